"""References to documents: type, number, symbol, and the tail that dates, issues and names them.

Numbers are anchored on digits behind a type's words (`numbers`); what follows is read by `tails` and
`subjects`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.expressions import SPACELESS, any_of
from kg.model import Date, DocumentMention, OrganMention
from kg.recognise.numbers import (
    COUNTED,
    DESCRIBED,
    LISTED,
    NAMED_LAW,
    NEXT,
    NUMBER,
    TERM,
    TERM_NUMBER,
    Numbers,
    listed_symbol,
    number,
    symbol,
    symbol_letters,
)
from kg.recognise.reading import STORY, Reading, senses
from kg.recognise.spans import between
from kg.recognise.subjects import Subjects
from kg.recognise.tails import Tails
from kg.scanner import Token

_LIST_OPENS = re.compile(
    r"[^.;:]{0,80}?(?:gồm|là|như sau|sau đây)?\s*:\s*"
    r"(?:(?:nghị quyết|chỉ thị|kết luận)?\s*(?:các\s*)?(?:số\s*)?)(?=\d)"
)
_THIS = re.compile(r"\s*(?:này|nói trên|nêu trên|trên đây|ấy)(?!\w)")
_NUMERALS = (
    "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười",
    *(str(n) for n in range(100)), *(f"{n:02}" for n in range(10)),
)  # fmt: skip
_COUNTS = frozenset(("các", "những", "số", "nhiều", "cùng", *_NUMERALS, "bản", "thảo"))  # the last words
_PLURAL = re.compile(
    any_of(("các", "những", "một số", "nhiều", "cùng", *_NUMERALS), not_behind=SPACELESS)
    + r"\s+(?:bản\s+|dự thảo\s+)?$"
)
_PLURAL_LIST = re.compile(
    any_of(("các", "những", "nhiều", "một số"), not_behind=SPACELESS)
    + r"\s+(?:\w+\s\w+(?:\s\w+\s\w+)?(?:,\s|\svà\s))+$"
)
_CONGRESS = re.compile(
    r"\s*(?:của\s+)?(?:hội nghị lần thứ (?P<ordinal>\w+(?: \w+)?),?\s+(?:của\s+)?"
    r"(?P<committee>(?:ban chấp hành|bch)\s+(?:trung ương|tw)(?:\s+đảng)?)"
    rf"(?:\s*,?\s*\(?{TERM}\)?)?"
    r"|đại hội(?: đại biểu)?(?: toàn quốc)?(?: đảng bộ [^,.;()]{2,40}?)?(?: đảng)?\s+"
    r"(?:lần thứ\s+)?(?P<congress>[ivx]+|\d{1,2})(?: của đảng)?(?!\w)"
    r"|(?:hội nghị\s+)?(?:bch\s+)?(?:trung ương|t\.ư|tw)\s+(?:lần thứ\s+)?(?P<plenum>\d{1,2}|[ivx]+|\w+)"
    rf"(?:\s*,?\s*\(?{TERM}(?:\s*(?:,|và)\s*{TERM})*\)?))"
)
_TERM = re.compile(rf"khóa\s+({TERM_NUMBER})")
# the words first: the engine then skips from one "văn bản" to the next
_PAPER = re.compile(
    r"văn bản(?<![\w/]văn bản)(?:(?<=đó là văn bản)|(?<=đây là văn bản)| này(?! số)"
    r"|(?= (?:thay thế|được |sửa đổi|căn cứ|cụ thể hóa|triển khai |kế thừa)))(?: này)?(?!\w)"
)
_OF_PARTY = re.compile(r"/(?:TW|TU|HU|QU|ĐU)$")
_BY_NUMBER = re.compile(r"văn bản(?<![\w/]văn bản)(?= (?:mang )?số )")
# in a list whose head tells the type: "đều là chỉ thị: | số 46-CT/TW về …; | số 47-CT/TW về …"
_BARE_NUMBER = re.compile(
    r"số(?=\s\d{1,4}\s?-\s?[a-zđ]{2,4}/(?:tw|tu|hu|qu|đu)(?!\w))(?:(?<=[:;,]\ssố)|(?<=và\ssố))"
)
_STEPS = 8  # no reference has more parts behind it


class DocumentGrammar:
    """Finds the documents that one article refers to. Needs the article's organs."""

    def __init__(self, reading: Reading, organs: list[OrganMention]) -> None:
        self.r = reading
        self.organs = organs
        self.types = {t.start: t for t in reading.meaning("document")}
        self.dates_from = {d.start for d in reading.dates}
        self.numbers = Numbers(reading, self.types)
        self.tails = Tails(reading, organs, self.types)
        self.subjects = Subjects(reading, self.tails, self.numbers)
        self.is_draft = reading.lexicon.pattern(r"{draft}\s*$")
        self.found: list[DocumentMention] = []

    def find(self) -> list[DocumentMention]:
        """All references in the story, in order; those inside another's subject are marked `inside`."""
        end = -1
        for start, token in sorted(self.types.items()):
            if start >= end and self.r.zone_at(start) in STORY:
                self.found += self._mentions(token)
                end = self.found[-1].end
        self.found += self._papers()
        self.found.sort(key=lambda mention: mention.start)
        self._mark_inside()
        return self.found

    def _papers(self) -> list[DocumentMention]:
        """The document spoken of before, whatever its type: "Văn bản này", "Đó là văn bản …"."""
        if "văn bản" not in self.r.shadow:
            return []
        shadow = self.r.shadow
        ends = {d.start: d.end for d in self.found}
        bare = (m for m in _BARE_NUMBER.finditer(shadow) if not self._covered(m.start(), ends))
        numbered = map(self._typed_by_symbol, (*_BY_NUMBER.finditer(shadow), *bare))
        papers = [mention for mention in numbered if mention]
        for m in _PAPER.finditer(self.r.shadow):
            if self.r.zone_at(m.start()) in STORY:
                mention = DocumentMention(m.start(), m.end(), "", demonstrative=True)
                self._tail(mention)
                papers.append(mention)
        return papers

    @staticmethod
    def _covered(at: int, ends: dict[int, int]) -> bool:
        """Whether a reference that begins at most its "số" before `at` or around it has this number."""
        return any(start <= at + len("số ") and at < end for start, end in ends.items())

    def _typed_by_symbol(self, m: re.Match[str]) -> DocumentMention | None:
        """ "văn bản mang số 01-CT/TU": of the one type of the Party's whose symbol the number carries."""
        number_of = NUMBER.match(self.r.shadow, m.end() if m.group() != "số" else m.start())
        if not number_of or self.r.zone_at(m.start()) not in STORY or not _OF_PARTY.search(symbol(number_of)):
            return None
        letters = symbol_letters(number_of).upper()
        types = self.r.lexicon.documents.values()
        kinds = [t for t in types if t.party and letters in {s.upper() for s in t.symbols}]
        if len(kinds) != 1:
            return None
        mention = DocumentMention(
            m.start(), number_of.end(), kinds[0].key, number(number_of), symbol(number_of)
        )
        self._tail(mention)
        return mention

    def _mark_inside(self) -> None:
        """References within another's subject: real ones when numbered, part of a title when not."""
        for outer in self.found:
            for inner in between(self.found, *outer.subject) if outer.subject else ():
                inner.inside = inner.inside or inner is not outer

    # one reference

    def _mentions(self, token: Token) -> list[DocumentMention]:
        """The references that one type opens: one, or all numbers of a list. At least one."""
        r = self.r
        mention = DocumentMention(token.start, token.end, senses(token, "document")[0].key)
        before = r.shadow[max(0, token.start - 30) : token.start]
        mention.draft = bool(self.is_draft.search(before))
        mention.plural = _counted(before)
        described = (NAMED_LAW if mention.type == "Law" else DESCRIBED).match(r.shadow, token.end)
        if described and self.tails.types_between(token.end, described.end()):
            described = None  # "Luật Bảo hiểm xã hội, Nghị quyết | số 93/2015/QH13"
        m = self.numbers.behind(token, described.end() if described else token.end)
        return self._numbered(mention, token, m) if m else self._unnumbered(mention)

    def _numbered(self, first: DocumentMention, token: Token, m: re.Match[str]) -> list[DocumentMention]:
        first.end = m.end()
        first.type = self._type(token, symbol_letters(m))
        first.number, first.symbol = number(m), symbol(m)
        return self._with_tails([first, *self._further(first)])

    def _type(self, token: Token, letters: str) -> str:
        """Of several types with these words, the one whose symbol the number carries."""
        meant = senses(token, "document")
        if len(meant) == 1:
            return meant[0].key
        kinds = [self.r.lexicon.documents[s.key] for s in meant]
        written = letters.upper()
        carried = (k for k in kinds if written and written in {s.upper() for s in k.symbols})
        return next(carried, kinds[0]).key

    def _with_tails(
        self, mentions: list[DocumentMention], issuers: Sequence[OrganMention] = ()
    ) -> list[DocumentMention]:
        """Reads what follows each. `issuers`, else what follows the last, issued those that say no other."""
        for mention in mentions:
            self._tail(mention)
            mention.issuers = mention.issuers or list(issuers)
        for mention in mentions[:-1]:
            mention.issuers = mention.issuers or list(mentions[-1].issuers)
        return mentions

    def _tail(self, mention: DocumentMention) -> None:
        """Date, issuer, alias and subject behind the reference, in any order, each once."""
        before = self.found[-1] if self.found else None
        at = mention.end
        for _ in range(_STEPS):
            step = (
                self.tails.alias(at)
                or self.tails.date(mention, at)
                or self.tails.same_day(at)
                or self.tails.year(at)
                or self.tails.issuers(mention, at)
                or self.tails.issued(mention, at, before)
                or self.subjects.read(mention, at)
            )
            if step <= at:
                break
            at = step
        mention.tail = at

    def _unnumbered(self, mention: DocumentMention) -> list[DocumentMention]:
        """A reference without its own number: "Chỉ thị này", a list's head, "Nghị quyết Đại hội XIII"."""
        r, at = self.r, mention.end
        mention.tail = at
        this = _THIS.match(r.shadow, at)
        if this:
            mention.demonstrative, mention.end = True, this.end()
            return self._with_tails([mention])
        listed = _LIST_OPENS.match(r.shadow, at) if mention.plural else None
        numbers = self._listed(mention, listed.end()) if listed else []
        if len(numbers) > 1:
            return numbers
        named = None if mention.plural else _CONGRESS.match(r.shadow, at)
        if not named:
            return self._with_tails([mention])
        if named.group("plenum"):
            return self._by_plenum(mention, named)
        if named.group("committee"):
            organ = self.tails.organ_at.get(named.start("committee"))
            mention.issuers = [organ] if organ else []
        mention.end = mention.tail = named.end()
        mention.name = r.squeeze(mention.start, named.end()).rstrip("()")
        return [mention]

    def _by_plenum(self, head: DocumentMention, m: re.Match[str]) -> list[DocumentMention]:
        """Resolutions known by their plenum; "khóa XI, khóa XII" names two."""
        stem = self.r.squeeze(head.start, m.end("plenum"))
        terms = _TERM.findall(self.r.shadow, m.start(), m.end())
        return [
            DocumentMention(head.start, m.end(), head.type, name=f"{stem} khóa {term.upper()}", tail=m.end())
            for term in terms
        ]

    # lists of numbers

    def _further(self, first: DocumentMention) -> list[DocumentMention]:
        """The numbers that follow under the same head: "các Nghị quyết 18, 19-NQ/TW"."""
        more: list[DocumentMention] = []
        at = first.end
        while m := NEXT.match(self.r.shadow, self._behind_title(more[-1] if more else first, at)):
            dated_or_counted = m.start("n") in self.dates_from or COUNTED.match(self.r.shadow, m.end())
            if dated_or_counted or not (m.group("sym") or first.plural):
                break
            more.append(self._listed_one(first, m))
            at = m.end()
        if more:
            last = next((d.symbol for d in reversed([first, *more]) if d.symbol), "")
            for mention in (first, *more):
                mention.symbol = mention.symbol or last
        return more

    def _behind_title(self, mention: DocumentMention, at: int) -> int:
        """Where a title in brackets ends, which is written into the mention; `at` where there is none."""
        return self.subjects.bracketed(mention, at) or at

    @staticmethod
    def _listed_one(head: DocumentMention, m: re.Match[str]) -> DocumentMention:
        return DocumentMention(
            m.start("n"), m.end(), head.type, m.group("n"), listed_symbol(m), draft=head.draft
        )

    def _listed(self, head: DocumentMention, at: int) -> list[DocumentMention]:
        """The numbers that a plural head announces: "04 Nghị quyết của Bộ Chính trị: 57, 59 …"."""
        m = LISTED.match(self.r.shadow, at)
        if not m or at in self.dates_from:
            return []
        first = self._listed_one(head, m)
        first.draft, first.plural = False, True
        issuers = [o for o in between(self.organs, head.end, at) if self._issues(o)]
        return self._with_tails([first, *self._further(first)], issuers[:1])

    def _issues(self, organ: OrganMention) -> bool:
        return not organ.generic and self.r.shadow.startswith("của ", organ.start - 4)


def _counted(before: str) -> bool:
    """Whether what stands before a type says that several are meant: "các", "hai", "các quyết định, "."""
    words = before.rstrip()
    if words.endswith((",", " và")):
        return _PLURAL_LIST.search(before) is not None
    last = words.rpartition(" ")[2]
    return last in _COUNTS and not before.endswith("năm ") and _PLURAL.search(before) is not None


def document_date(mention: DocumentMention) -> Date | None:
    """The full date of a reference, None where it has none or an impossible one."""
    return mention.date if mention.date and mention.date.kind == "full" else None
