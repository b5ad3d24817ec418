"""The constructions that relate two documents, as a table: words between them → what they state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.lexicon import Lexicon
from kg.namespaces import CKG
from kg.relate.cues import once_a_lexicon

_LIGHT = "light"  # words that may stand around a verb without changing what it states


class Stated(NamedTuple):
    """A relation as words state it: its property, and whether the document named first is its subject."""

    predicate: str
    forward: bool


class Construction(NamedTuple):
    """Words between two documents, as a template of `Lexicon.pattern`, and the relation that they state.

    `reach`: "" where the words are nothing but the construction; "clause" where a clause of the same subject
    may stand before it, with nobody else named between; "signer" where who signs the document may be named.
    """

    template: str
    stated: Stated | None  # None: these words state nothing, and no later construction is asked
    reach: str = ""

    @property
    def cues(self) -> tuple[str, ...]:
        """The cues that the template needs, which are all but those of a negative look-ahead."""
        named = re.findall(r"\{([a-z][a-z-]*)\}", re.sub(r"\(\?!.*?\)", "", self.template))
        return tuple(cue for cue in named if cue != _LIGHT)


def _alone(verb: str) -> str:
    """The template of a verb with nothing but light words around it."""
    light = rf"(?:{{{_LIGHT}}}\s*)*"
    return rf"^\s*(?:[,(]\s*)?{light}{{{verb}}}\s*{light}$"


IMPLEMENTS, IMPLEMENTED = Stated(CKG.implements, True), Stated(CKG.implements, False)
BASED_ON, BASIS_OF = Stated(CKG.basedOn, True), Stated(CKG.basedOn, False)
AMENDS, AMENDED = Stated(CKG.amends, True), Stated(CKG.amends, False)
REPLACES, REPLACED = Stated(CKG.replaces, True), Stated(CKG.replaces, False)
SUCCEEDS, SUCCEEDED = Stated(CKG.succeeds, True), Stated(CKG.succeeds, False)
CITES, CITED = Stated(CKG.cites, True), Stated(CKG.cites, False)
CONSTRUCTIONS = (  # the first that fits decides
    Construction(
        r"^[\s,(]*(?:đã |vừa |mới |vừa mới )?được {amend} (?:một số điều |một số nội dung )?{passive} "
        r"(?:theo |tại )?$",
        AMENDED,
    ),
    # the same without "được"
    Construction(r"^\s*[,(]?\s*{amend} (?:một số điều )?bởi $", AMENDED),
    Construction(r"^\s*[,(]\s*{amend} (?:một số điều )?(?:bằng|tại|theo) $", AMENDED),
    Construction(r"^[\s,(]*(?:đã |vừa |mới )?(?:được|bị) {replace} {passive} $", REPLACED),
    # "…, trước đây áp dụng rộng rãi, nay đã | bị thay thế bởi | …"
    Construction(
        r"^(?!.*{review})[^;.:]{0,60}?[\s,](?:nay |hiện |đã |vừa )*(?:được|bị) {replace} {passive} $",
        REPLACED,
        "clause",
    ),
    Construction(_alone("succeed"), SUCCEEDS),
    Construction(
        r"^(?!.*{review})[^;.]{0,60}?,? (?:{succeed}) (?:tinh thần )?(?:của )?$", SUCCEEDS, "clause"
    ),
    Construction(r"^[\s,]*(?:đã )?được {cite} (?:trong|tại|ở) (?:các |một )?$", CITED),
    Construction(r"^[\s,]*(?:(?:cũng|đã|có) )*{cite} (?:các |nội dung |tinh thần |của )*$", CITES),
    Construction(_alone("replace"), REPLACES),
    # "…, gồm 5 chương, có hiệu lực từ ngày ký, | thay thế | …"
    Construction(r"^(?!.*{review})[^;.]{0,90}?[\s,]{replace} (?:cho |cả |toàn bộ )?$", REPLACES, "clause"),
    Construction(
        r"^[\s,]*(?:đã |sẽ )?được (?:\w+ ){0,3}?{based-on} (?:bằng|qua|tại|trong) (?:các |một )?$", BASIS_OF
    ),
    Construction(r"^[\s,]*là (?:căn cứ|cơ sở) để (?:[\w ]{2,60}? )?(?:ban hành|xây dựng|ra) $", BASIS_OF),
    Construction(r"^[\s,]*(?:đã )?được (?:\w+ ){0,4}?{implement} (?:bằng|qua) (?:các |một )?$", IMPLEMENTED),
    # "Nghị định … | quy định chi tiết một số điều của | Luật …"
    Construction(
        r"^[\s,]*{spell-out} (?:thi hành )?(?:một số |các )?(?:điều|khoản|nội dung)?"
        r"(?: và biện pháp thi hành)? ?(?:của )?$",
        BASED_ON,
    ),
    Construction(r"hợp\x20nhất", None),
    Construction(
        # a review before the verb speaks of the work, not of the document: "đánh giá kết quả cụ thể hóa …"
        r"^(?!.*{review}.*{based-on})[^;]{0,60}?{based-on}\s*(?:[\w,-]+\s+){0,9}?"
        r"(?:của\s+|tại\s+|trong\s+|thực hiện\s+)?$",
        BASED_ON,
    ),
    Construction(
        r"^\s*về (?:việc )?(?:(?:nghiên cứu|học tập|quán triệt|tuyên truyền|phổ biến)(?:, | và ))+"
        r"(?:tổ chức )?{implement} $",
        IMPLEMENTS,
    ),
    Construction(
        r"^\s*hướng dẫn (?:một số )?(?:vấn đề |nội dung |điều )?(?:cụ thể )?(?:về )?(?:việc )?{implement} "
        r"(?:một số (?:điều|nội dung) (?:của )?)?$",
        IMPLEMENTS,
    ),
    Construction(
        r"^\s*(?:về |ban hành |về ban hành |về việc ban hành )"
        r"(?:chương trình hành động|chương trình|kế hoạch) (?:của [^,;.]{3,30} )?"
        r"(?:để |nhằm )?(?:triển khai )?{implement} $",
        IMPLEMENTS,
    ),
    Construction(r"{review}", None),
    Construction(_alone("amend"), AMENDS),
    Construction(
        r"^[^;.]{0,90}?[\s,](?:sửa đổi, bổ sung|sửa đổi và bổ sung|sửa đổi|đồng thời bổ sung) "
        r"(?:một số |các )?(?:điều |nội dung )?(?:của |trong |tại )?$",
        AMENDS,
        "clause",
    ),
    Construction(_alone("implement"), IMPLEMENTS),
    Construction(
        r"(?:để|nhằm) (?:tổ chức )?{implement}(?: (?:có )?hiệu quả| tốt| thắng lợi| kịp thời| nghiêm túc)*\s*"
        r"(?:các nội dung (?:của )?)?$",
        IMPLEMENTS,
        "signer",
    ),
)


class Constructions:
    """The table with the lexicon's words in it."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._cues = {cue: lexicon.pattern(f"{{{cue}}}") for c in CONSTRUCTIONS for cue in c.cues}
        self._rows = [(c, frozenset(c.cues), lexicon.pattern(c.template)) for c in CONSTRUCTIONS]

    def fitting(self, words: str) -> Iterator[Construction]:
        """The constructions that words are, in order; one is tried only where all its cues stand."""
        said = {cue for cue, form in self._cues.items() if form.search(words)}
        for construction, cues, pattern in self._rows:
            if cues <= said and pattern.search(words):
                yield construction


@once_a_lexicon
def constructions(lexicon: Lexicon) -> Constructions:
    """The constructions in this lexicon's words."""
    return Constructions(lexicon)
