"""Days of issue, and issuers beside them, that a text gives to several documents at once."""

from __future__ import annotations

import re
from itertools import pairwise

from kg.model import Date, DocumentMention
from kg.relate.index import Index
from kg.relate.series import in_series

_SIGNED_ON = re.compile(r" được [^,;.:]{3,90}? (?:ký|ban hành|thông qua) (?:vào )?(?:ngày )?(?=\d)")
_LISTED = re.compile(r"\s*(?:,|và|;|,\s*và)\s*")
_SAME_DAY = re.compile(r"\s*,?\s*(?:ban hành |ký )?cùng ngày(?=\s*[,.;)]|\s(?:về|của|và)\s)")
_COUNTED_DAY = re.compile(r"cùng (?:ký|ban hành)(?: ban hành)? (?:ngày|vào ngày)\s*$")
_IN_TURN = re.compile(
    r"(?:lần lượt )(?:được |do )?(?P<who>[^,;.:]{5,60}?) (?:ký |ký ban hành |ban hành |thông qua )+"
    r"(?:vào )?(?:các )?ngày "
)
_BOTH_ON = re.compile(r"\s*,?\s*(?:đều |cùng |cùng ký |cùng ban hành |đều ký |đều ban hành )(?:vào )?ngày ")
_OF = re.compile(r"\s*,?\s*của\s+")


def give_date(index: Index, d: DocumentMention, x: Date) -> None:
    """Gives a document the day of its issue, wherever the text says it."""
    d.date = x
    entity = index.page.document(d)
    if entity:
        entity.dates.append((x, d))


def _in_turn(index: Index) -> None:
    """ "Các văn bản trên lần lượt được Bộ Chính trị ban hành ngày …, … và …": a day for each of the list.

    The list is that of the nearest sentence before, in the same paragraph, with as many documents as days.
    """
    r, page = index.reading, index.page
    for m in _IN_TURN.finditer(r.shadow):
        number = r.sentence_at(m.start())
        s = r.sentences[number]
        days = [x for x in r.dates if m.end() < x.end <= s.end and x.kind == "full"]
        organ = index.organ_at.get(m.start("who"))
        for at in (number, number - 1):
            same = at >= 0 and r.sentences[at].block == s.block
            named = [d for d in index.documents_in(at) if same and d.number and not d.inside]
            told = ((d, e) for d in named if d.start < m.start() and (e := page.document(d)))
            papers = {id(e): (d, e) for d, e in told}  # they have no addresses yet
            if len(days) < 2 or len(papers) != len(days):
                continue
            for x, (d, entity) in zip(days, papers.values(), strict=True):
                if not entity.dates:
                    give_date(index, d, x)
                if organ and not d.issuers and in_series(index, d, organ, True):
                    d.issuers = [organ]
            break


def _both_on(index: Index) -> None:
    """ "A và B, cùng ngày 25/10/2021, của Ban Chấp hành Trung ương": day and issuer of both."""
    r, page = index.reading, index.page
    mentions = [m for m in page.document_mentions if page.document(m) and not m.inside]
    for a, b in pairwise(mentions):
        m = _BOTH_ON.match(r.shadow, b.tail) if not b.date else None
        x = next((x for x in r.dates if m and x.start <= m.end() <= x.end), None)
        if not m or not x or x.kind != "full" or not _LISTED.fullmatch(r.shadow, a.tail, b.start):
            continue
        of = _OF.match(r.shadow, x.end)
        organ = index.organ_at.get(of.end()) if of else None
        for d in (a, b):
            if not d.date:
                give_date(index, d, x)
            if organ and not d.issuers and in_series(index, d, organ, True):
                d.issuers = [organ]


def spread_dates(index: Index) -> None:
    """Gives days to documents that stand without one, where another sentence or document has it."""
    shadow = index.reading.shadow
    if "lần lượt " in shadow:
        _in_turn(index)
    if "cùng " in shadow or "đều " in shadow:
        _both_on(index)
    if "cùng " in shadow:
        _of_a_list(index)
    for d in index.page.document_mentions:
        if not d.date and shadow.startswith(" được ", d.tail):
            _signed_on(index, d)
    if index.page.document_mentions and index.reading.says("same-day"):
        _same_day(index)


def _signed_on(index: Index, d: DocumentMention) -> None:
    """ "Nghị quyết số 59 được Tổng Bí thư … thay mặt Bộ Chính trị ký ban hành ngày …": its day."""
    m = _SIGNED_ON.match(index.reading.shadow, d.tail)
    x = next((x for x in index.reading.dates if m and x.start <= m.end() < x.end), None)
    if x and x.kind == "full" and (entity := index.page.document(d)) and not entity.dates:
        give_date(index, d, x)


def _of_a_list(index: Index) -> None:
    """ "Bốn nghị quyết cùng ký ngày 24/11/2023 …:" dates the list."""
    r, page = index.reading, index.page
    for x in r.dates:
        if x.kind != "full" or not _COUNTED_DAY.search(r.shadow, max(0, x.start - 30), x.start):
            continue
        named = index.documents_in(r.sentence_at(x.start))
        head = next((m for m in named if m.start < x.start and m.plural), None)
        for e in page.documents.entities if head else ():
            if head and e.type == head.type and not e.dates and e.number and e.first > x.end:
                e.mentions[0].date = x
                e.dates.append((x, e.mentions[0]))


def _same_day(index: Index) -> None:
    """ "cùng ngày với" takes the other's date."""
    r, page = index.reading, index.page
    same_day = r.lexicon.pattern("{same-day} $")
    for m in page.document_mentions:
        entity = page.document(m)
        beside = _SAME_DAY.match(r.shadow, m.end)
        if not entity or entity.dates:
            continue
        if not beside and not same_day.search(r.shadow, max(0, m.start - 40), m.start):
            continue
        named = index.documents_in(r.sentence_at(m.start))
        before = (page.document(x) for x in named if x.start < m.start)
        other = next(filter(None, before), None)
        if other and other.dates and other is not entity:
            give_date(index, m, other.dates[0][0])
