"""Issuers that the text gives to a document elsewhere than in its reference.

Once for a list, by the verb of issuing, by who signs, by where something is said, by a plenum. An organ
becomes an issuer only where the series that the document's symbol names can be its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from kg.expressions import WORD, any_of
from kg.lexicon import Lexicon
from kg.model import DocumentMention, OrganMention
from kg.recognise.offices import office_ending
from kg.recognise.spans import between
from kg.relate.cues import once_a_lexicon
from kg.relate.days import give_date
from kg.relate.index import Index
from kg.relate.series import in_series, same_series

_ADVERBS = (
    r"(?:đã |vừa |lần lượt |hiện |chính thức |kịp thời |cũng |liền |thì |lại |mới |còn |trước đó |"
    r"thảo luận và |xây dựng và |xây dựng, )*"
)
_BEHIND_VERB = r"\s+(?:\w+ \w+ )?$"
_VERB_BEFORE = re.compile(
    any_of(
        ("ban hành", "ra", "ký", "có", "thông qua", "công bố", "xây dựng", "cụ thể hóa bằng"), not_behind=WORD
    )
    + _BEHIND_VERB
)
_MADE = re.compile(
    rf"\b{_ADVERBS}(?:(?P<sure>(?:ký )?ban hành|ra|ký|(?<=vừa )có|(?<=đã )có)|có|thông qua|công bố"
    + r"|xây dựng|cụ thể hóa bằng)"
    + _BEHIND_VERB
)
_LISTED = re.compile(r"\s*(?:,|và|;|,\s*và)\s*")
_AND = re.compile(r"\s*(?:và|,|;|;\s*và)\s*")
_COMMA = re.compile(
    r"\s*,?\s*(?:(?:chỉ )?(?:\w+ ){1,2}(?:ngày|tuần|tháng) sau (?:khi )?[^,;.]{3,40},\s*)?"
    r"(?:hội nghị (?:lần thứ \w+|trung ương \w+),?\s*(?:của )?)?"
)
_AFTER_SEMICOLON = re.compile(r"; [^;]{0,24}$")
_ERSTWHILE = re.compile(r"\s*\((?:cũ|trước đây|khóa [ivxlc]+|nhiệm kỳ [\d –-]+)\)\s*")
_NAME = 60  # characters: no person's name is longer
_AND_THEN = re.compile(r"\s*(?:[^,;:.]{3,40} rồi )?")  # "Tỉnh ủy | họp hai lần rồi | ban hành …"
_GROUNDS = re.compile(r"\s*,?\s*(?:căn cứ|trên cơ sở|thực hiện|triển khai)\s+(?=\w)")
_SIGNS = re.compile(r"\s*(?:đã )?ký")
_SIGNED = re.compile(r"\s(?:đã |vừa )?(?:ký|ký ban hành|ban hành) (?:\w+ \w+ )?$")
_SAID_IN = re.compile(r"\s(?:tại|trong|ở)\s$")
_PLENUM = re.compile(r"hội nghị lần thứ \w+")


@dataclass(frozen=True, slots=True)
class _Wording:
    all_same: re.Pattern[str]


@once_a_lexicon
def _wording(lexicon: Lexicon) -> _Wording:
    return _Wording(lexicon.pattern("{all-same} "))


def spread_issuers(index: Index) -> None:
    """Gives issuers to documents that stand without one: "A và B của Bộ Chính trị" is of both."""
    page, shadow = index.page, index.reading.shadow
    mentions = [m for m in page.document_mentions if page.document(m) and not m.inside]
    for a, b in reversed(list(pairwise(mentions))):
        one, two = page.document(a), page.document(b)
        if not one or not two or one is two or not b.issuers or any(m.issuers for m in one.mentions):
            continue
        if (not a.subject or _closes(b)) and same_series(a, b) and _LISTED.fullmatch(shadow, a.tail, b.start):
            a.issuers = list(b.issuers)
    _all_same(index, mentions)
    _by_issue(index, mentions)
    if "thay mặt " in shadow:
        _by_signing(index, mentions)
        _by_signing_first(index, mentions)
    _by_place_of_saying(index, mentions)
    _by_plenum(index)


def _closes(d: DocumentMention) -> bool:
    """Whether the issuer stands behind the subject: "A về … và B về … | của Bộ Chính trị" is of both."""
    return d.subject is not None and d.issuers[0].start >= d.subject.end


def made_before(shadow: str, start: int, end: int) -> re.Match[str] | None:
    """The verb of issuing in `start:end`, right before a document, with its adverbs.

    Its group `sure` has matched where it says so without the symbol's help.
    """
    verb = _VERB_BEFORE.search(shadow, start, end)
    return _MADE.search(shadow, start, end) if verb else None


def _made(index: Index, start: int, end: int) -> re.Match[str] | None:
    """The same, but for a verb that is the last word of an organ's name: "Bộ Xây dựng | ban hành"."""
    made = made_before(index.reading.shadow, start, end)
    while made and index.in_organs[made.start()]:
        start = made.start()
        while index.in_organs[start]:
            start += 1
        made = made_before(index.reading.shadow, start, end)
    return made


def _all_same(index: Index, mentions: list[DocumentMention]) -> None:
    """ "…, đều của Ban Bí thư": the issuer of every document that the sentence names before."""
    r = index.reading
    if not mentions or not r.says("all-same"):
        return
    pattern = _wording(r.lexicon).all_same
    for number, named in r.by_sentence(mentions).items():
        s = r.sentences[number]
        for m in pattern.finditer(r.shadow, s.start, s.end):
            organ = index.organ_at.get(m.end())
            for d in named:
                if organ and d.start < m.start() and not d.issuers:
                    d.issuers = [organ]


def _by_issue(index: Index, mentions: list[DocumentMention]) -> None:
    """ "Ngày 15/6/2023, Bộ Chính trị ban hành Kết luận số 57-KL/TW": issuer, and the date before it."""
    r = index.reading
    last: tuple[DocumentMention, OrganMention] | None = None  # the document issued last, and by whom
    for d in mentions:
        number = r.sentence_at(d.start)
        s = r.sentences[number]
        made = _made(index, max(s.start, d.start - 60), d.start)
        if not made and last and s.start <= last[0].start and _AND.fullmatch(r.shadow, last[0].tail, d.start):
            if not d.issuers and in_series(index, d, last[1], False):
                d.issuers = [last[1]]  # "ban hành A và B"
                last = (d, last[1])
            continue
        if not made or not d.number:
            continue
        maker = _maker(index, mentions, d, number, made)
        if maker:
            last = (d, maker)
            d.issuers = d.issuers or [maker]
        if not d.date:
            _date_before(index, d, _maker_start(index, s.start, maker, made.start()), s.start)


def _maker(
    index: Index, mentions: list[DocumentMention], d: DocumentMention, number: int, made: re.Match[str]
) -> OrganMention | None:
    """The organ right before the verb of issuing; behind ";", the issuer or subject of what stands before."""
    shadow = index.reading.shadow
    sure = bool(made.group("sure"))
    office = _office(index, made.start())
    if office:
        return office if in_series(index, d, office, sure) else None
    before = [
        o
        for o in index.organs_in(number)
        if o.end <= made.start() + 1 and not o.generic and not index.aside[o.start]
    ]
    if not before:
        return None
    nearest = before[-1]
    maker: OrganMention | None = nearest
    erstwhile = _ERSTWHILE.match(shadow, nearest.end, made.start())  # "Tỉnh ủy Hà Giang (cũ) | đã ban hành"
    end = erstwhile.end() if erstwhile else nearest.end
    stands = _AND_THEN.fullmatch(_behind_grounds(index, end, made.start())) is not None
    if not stands or index.in_posts[nearest.start]:
        maker = None
    if maker is None and _AFTER_SEMICOLON.search(shadow, nearest.end, made.start() + 1):
        start = index.reading.sentences[number].start
        maker = next((x for m in between(mentions, start, d.start) for x in m.issuers), None)
        opening = index.organ_at.get(start)  # "Tỉnh ủy … bằng Chương trình …; hôm 28/5 lại | ra Kế hoạch"
        if maker is None and opening is before[0] and in_series(index, d, opening, False):
            return opening
    return maker if maker and in_series(index, d, maker, sure) else None


def _office(index: Index, verb: int) -> OrganMention | None:
    """ "Thủ tướng Chính phủ | ký", or with who holds the office named between: it signs its own paper."""
    r = index.reading
    end = _word_end(r.shadow, verb)
    near = between(index.page.person_mentions, end - _NAME, end)
    holder = next((p for p in near if p.right == end), None)
    return office_ending(r, _word_end(r.shadow, holder.start) if holder else end)


def _word_end(shadow: str, at: int) -> int:
    """Where the last word before `at` ends."""
    while at > 0 and shadow[at - 1] == " ":
        at -= 1
    return at


def _behind_grounds(index: Index, start: int, end: int) -> str:
    """The words of `start:end` but for the document that one goes by: "Tỉnh ủy căn cứ … | ban hành"."""
    shadow = index.reading.shadow
    grounds = _GROUNDS.match(shadow, start, end)
    named = between(index.page.document_mentions, grounds.end(), end) if grounds else ()
    if grounds and len(named) == 1 and named[0].start == grounds.end():
        return shadow[named[0].tail : end]
    return shadow[start:end]


def _maker_start(index: Index, start: int, maker: OrganMention | None, verb: int) -> int:
    """Where who issues is named: the organ, or a person right before the verb; -1 for nobody."""
    if maker:
        return maker.start
    shadow, people = index.reading.shadow, index.page.person_mentions
    for p in between(people, start, verb):
        if p.right <= verb and not shadow[p.right : verb].strip():
            return p.left
    return -1


def _date_before(index: Index, d: DocumentMention, maker: int, start: int) -> None:
    """Gives the document the full date that stands right before its maker, and at most a comma between."""
    r = index.reading
    for x in between(r.dates, start, maker):
        if x.kind == "full" and x.end <= maker and _COMMA.fullmatch(r.shadow, x.end, maker):
            give_date(index, d, x)
            return


def _by_signing(index: Index, mentions: list[DocumentMention]) -> None:
    """ "do đồng chí …, thay mặt Ban Thường vụ Tỉnh ủy ký": who signs for an organ signs the organ's paper."""
    r, page = index.reading, index.page
    for o in page.organ_mentions:
        if not r.shadow.endswith("thay mặt ", 0, o.start) or not _SIGNS.match(r.shadow, o.end, o.end + 8):
            continue
        s = r.sentences[r.sentence_at(o.start)]
        before = [d for d in between(mentions, s.start, o.start) if d.number]
        if before:
            _signed_for(index, before[-1], o)


def _by_signing_first(index: Index, mentions: list[DocumentMention]) -> None:
    """ "Ngày 30/9, thay mặt Ban Thường vụ Tỉnh ủy, đồng chí … đã ký Thông tri 22": who signs first."""
    r = index.reading
    for d in mentions:
        s = r.sentences[r.sentence_at(d.start)]
        if not d.number or not _SIGNED.search(r.shadow, max(s.start, d.start - 30), d.start):
            continue
        for o in index.organs_between(s.start, d.start):
            if r.shadow.endswith("thay mặt ", 0, o.start) and not o.generic:
                _signed_for(index, d, o)
                if not d.date:
                    _date_before(index, d, o.start - len("thay mặt "), s.start)


def _signed_for(index: Index, d: DocumentMention, o: OrganMention) -> None:
    """Makes the organ for which somebody signs the issuer, unless another one is known."""
    entity = index.page.document(d)
    if entity and not any(m.issuers for m in entity.mentions) and in_series(index, d, o, True):
        d.issuers = [o]


def _by_place_of_saying(index: Index, mentions: list[DocumentMention]) -> None:
    """ "chỉ đạo của Ban Bí thư tại Chỉ thị số 13-CT/TW": who speaks in a paper, issued it."""
    shadow = index.reading.shadow
    for d in mentions:
        if d.issuers or not d.symbol or not _SAID_IN.search(shadow, max(0, d.start - 8), d.start):
            continue
        near = (o for o in index.page.organ_mentions if 0 <= d.start - o.end <= 8 and not o.generic)
        maker = next(near, None)
        if maker and in_series(index, d, maker, False):
            d.issuers = [maker]


def _by_plenum(index: Index) -> None:
    """ "các Nghị quyết Hội nghị lần thứ Tám, Ban Chấp hành Trung ương …": the committee issued the list."""
    r, page = index.reading, index.page
    for head in page.document_mentions:
        if not head.plural or not _PLENUM.match(r.shadow, r.skip(head.end)):
            continue
        s = r.sentences[r.sentence_at(head.start)]
        named = index.organs_between(head.end, min(s.end, head.end + 60))
        committee = next((o for o in named if o.register == "ban-chap-hanh-trung-uong"), None)
        for entity in page.documents.entities if committee else ():
            known = entity.issuers or any(m.issuers for m in entity.mentions)
            if committee and entity.type == head.type and entity.symbol.endswith("/TW") and not known:
                entity.mentions[0].issuers = [committee]
