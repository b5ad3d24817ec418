"""What took place and when: the words in a sentence that name an event, and its day.

A day is the event's own unless it is a deadline or a document's; "sáng nay" is counted from the page's date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from kg.lexicon import Lexicon
from kg.link.documents import DocumentEntity
from kg.link.organs import OrganEntity
from kg.model import Date, DocumentMention, OrganMention, Span
from kg.recognise.reading import senses
from kg.recognise.spans import between
from kg.relate.cues import once_a_lexicon
from kg.relate.index import Index
from kg.scanner import Token

_CELLS = 2  # bars in a line that make it a row of a table
_NO_EVENTS = frozenset(("Congress", "LocalPoint"))
# "(31/10/1968 - 31/10/2018)" is an anniversary; "…, tức một ngày trước …" counts from the event
_SEVERAL_DAYS = re.compile(r"\d\s?(?:-|đến|tới)\s?(?:hết\s)?(?:ngày\s)?\d{1,2}\s?[/.-]\s?\d")
_UNTIL = re.compile(r"\s(?:đến|tới)\s(?:hết\s)?(?:ngày\s)?\d{1,2}\s?[/.-]\s?\d")
_PAIRED = re.compile(r"\s*-\s*\d{1,2}[/.-]\d|,? tức (?:là )?(?:\w+ ){1,3}(?:trước|sau)(?!\w)")
_OF_A_PAPER = re.compile(r"(?:\s(?:của|giữa|do)\s[^,.;:()]{2,80})?\s(?:ký\s|ban hành\s)?ngày\s")
_MADE_BEHIND = re.compile(r"(?:ban hành|có|ra|ký|gửi|phê duyệt)(?: \w+){0,6} $")
_NUMBERED = re.compile(
    r"(?:văn bản|công văn)\s(?:số\s)?\d[^,.;]{0,60}?\sngày\s$|\(số\s\d[^()]{0,40}\sngày\s$"
)
# a plenum that issues papers is their maker: "Hội nghị lần thứ 8 Ban Chấp hành Trung ương … ban hành …"
_ADOPTS = re.compile(
    r"hội nghị (?:lần thứ [\w ]{1,12}?|trung ương \w+) ?[^.;:]{0,60}?(?:ban hành|thông qua) (?:\w+ ){0,2}"
    r"(?=nghị quyết|kết luận|quy định)"
)
# a day on which a session is told of, and not held: "Ngày 15-3, Ủy ban … ra thông báo về kỳ họp 23"
_ANNOUNCES = re.compile(
    r"[^.;:]{0,60}?\s(?:ra|có|phát đi|công bố|phát|đăng tải) (?:\w+ ){0,2}thông (?:báo|cáo)(?!\w)"
)
_BY_NOTICE = re.compile(r"(?:theo|trong) thông (?:báo|cáo) [^.;:,]{0,60}$")
_GENERAL = re.compile(
    r"(?:các|những|nhiều|mọi|mỗi|từng|sau|một số|trước|tại các|qua các|chuẩn bị(?: cho)?|"
    r"trước thềm|tiến tới)\s+$"
)
_SPECIFIED = re.compile(r"\s(?:của|do|sáng|chiều|tối|ngày|này|nói trên)(?!\w)")
_PLANNED = re.compile(r"(?<!\w)(?:sẽ|dự kiến|sắp)\s[^,;.:]*$")
_PLACE_LINE = re.compile(r"[^,.;:\d]{2,30}, (?:ngày )?")
_DASH = re.compile(r"\s*[.:]?\s*[-–]\s")
_RELATIVE = re.compile(r"(?<!\w)(?:(?:sáng|chiều|tối|trưa|hôm)\s+(?:nay|(?P<past>(?:hôm )?qua)))(?!\w)")


@dataclass(slots=True)
class Event:
    """An event of the article. `sentence` is the one that reports it first.

    `parts` is the address that the addresses of its participations begin with.
    """

    iri: str
    parts: str
    kind: str
    label: str
    sentence: int
    at: Span
    date: Date | None = None
    dated_in: int = -1
    year: int = 0  # from another part of the page
    year_in: int = -1
    elsewhere: frozenset[int] = frozenset()  # sentences that speak of another event of the article
    organisers: list[tuple[OrganEntity, OrganMention]] = field(default_factory=list)
    documents: dict[str, tuple[DocumentEntity, int, DocumentMention]] = field(default_factory=dict)


class EventWord(NamedTuple):
    """Words that name an event: "hội nghị trực tuyến". `kind` is the local name of its class."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class EventWording:
    """The lexicon's words about events, as patterns."""

    organise: re.Pattern[str]
    disseminate: re.Pattern[str]
    passed_on: re.Pattern[str]
    other_document: re.Pattern[str]
    chair: re.Pattern[str]
    not_the_day: re.Pattern[str]
    building: re.Pattern[str]
    points: re.Pattern[str]
    delegates: re.Pattern[str]
    approximate: re.Pattern[str]


@once_a_lexicon
def event_wording(lexicon: Lexicon) -> EventWording:
    """The patterns of this lexicon."""
    p = lexicon.pattern
    return EventWording(
        organise=p(r"<{organise}(?!\w)"),
        disseminate=p(r"<{disseminate}(?!\w)"),
        passed_on=p(r"<{present+pass-on}(?!\w)"),
        other_document=p(
            r"(?:{based-on}(?: \w+ \w+)?|{replace}|{amend}|cùng ngày với|so với|liên hệ với|khác|theo) $"
        ),
        building=p(r"(?:tại|ở) ({building}[^,.;()]{2,60}(?:, (?:nhà quốc hội|tp\.?\x20[^,.;()]+))?)"),
        not_the_day=p(r"{not-the-day}\s+$|[12]\d{3}\s*-\s*$"),
        chair=p(r"<{chair}(?!\w)"),
        points=p(r"([0-9][0-9.]*) {point}"),
        delegates=p(r"{delegates}(?!\w)"),
        approximate=p(r"<{approximate} $"),
    )


class Occasions:
    """The event words and the days of an article's sentences."""

    def __init__(self, index: Index) -> None:
        self.index, self.page, self.r = index, index.page, index.reading
        self.wording = event_wording(self.r.lexicon)
        self._named: dict[int, list[EventWord]] = {}
        self._days: dict[int, Date] = {}
        self._held: dict[int, bool] = {}
        for token in self.r.meaning("event"):
            kinds = [x.key for x in senses(token, "event") if x.key not in _NO_EVENTS]
            if kinds and self._particular(token) and not self._cuts_a_name(token):
                number = self.r.sentence_at(token.start)
                word = EventWord(token.start, token.end, kinds[0])
                self._named.setdefault(number, []).append(word)
        of_documents = {id(m.date) for m in self.page.document_mentions}
        for d in self.r.dates:
            if d.kind not in ("full", "month-day") or id(d) in of_documents:
                continue
            number = self.r.sentence_at(d.start)
            if number in self._days or self._due(d) or self._planned(d):
                continue
            if not self._of_a_paper(d, number):
                self._days[number] = d

    def _particular(self, word: Token) -> bool:
        """Whether an event word is of one event: not "các hội nghị", not in a document's title.

        "Trước hội nghị, …" and "trước hội nghị | của Tỉnh ủy" are one, "gửi tài liệu trước hội nghị" any.
        """
        shadow, start = self.r.shadow, word.start
        if self.index.aside[start]:
            return False
        if _ADOPTS.match(shadow, start):
            return False
        general = _GENERAL.search(shadow, max(0, start - 14), start)
        if not general or not shadow.startswith("trước ", start - 6):
            return not general
        opens = self.r.sentences[self.r.sentence_at(start)].start == start - 6
        return opens or _SPECIFIED.match(shadow, word.end) is not None

    def _cuts_a_name(self, token: Token) -> bool:
        """Whether it ends with the first word of an organ: "giao | Ban cán sự đảng" is no "giao ban"."""
        organs = self.index.organs_between(token.start + 1, token.end)
        return any(" " not in self.r.shadow[organ.start : token.end] for organ in organs)

    def _due(self, d: Date) -> bool:
        """Whether a date says until or since when, or stands in a document's reference."""
        shadow = self.r.shadow
        before = self.wording.not_the_day.search(shadow, max(0, d.start - 24), d.start)
        lasts = _SEVERAL_DAYS.search(shadow, d.start, d.end) or _UNTIL.match(shadow, d.end)
        if before and lasts and before.group().startswith("từ"):
            before = None  # "từ ngày 12 đến ngày 13/12/2017": it lasted so long
        return before is not None or bool(_PAIRED.match(shadow, d.end)) or bool(self.index.aside[d.start])

    def _planned(self, d: Date) -> bool:
        """Whether something is only planned for a day: "sẽ mở vào ngày 5/6", "dự kiến ngày 5/6"."""
        return _PLANNED.search(self.r.shadow, max(0, d.start - 60), d.start) is not None

    def _of_a_paper(self, d: Date, number: int) -> bool:
        """Whether a paper was issued that day: "Kết luận số 26 giữa A và B ngày …", "ngày …, A ban hành …".

        Where an event is named between the day and the paper, the day is the event's.
        """
        shadow, start = self.r.shadow, self.r.sentences[number].start
        if _ANNOUNCES.match(shadow, d.end) or _BY_NOTICE.search(shadow, max(start, d.start - 70), d.start):
            return True
        if _NUMBERED.search(shadow, max(start, d.start - 90), d.start):
            return True
        papers = [m for m in self.index.documents_in(number) if m.number]
        before = next((m for m in reversed(papers) if m.end <= d.start), None)
        if before and not before.date and _OF_A_PAPER.fullmatch(shadow, before.end, d.start):
            return d.kind == "full" and not self._event_between(number, before.end, d.start)
        after = next((m for m in papers if m.start >= d.end and not m.inside), None)
        if not after or not _MADE_BEHIND.search(shadow, d.end, after.start):
            return False
        return not self._event_between(number, d.end, after.start)

    def _event_between(self, number: int, start: int, end: int) -> bool:
        return any(start <= word.start < end for word in self.named(number))

    def named(self, number: int) -> list[EventWord]:
        """The words of a sentence that name one event."""
        return self._named.get(number, [])

    def held(self, number: int) -> bool:
        """Whether a sentence says that something was organised."""
        known = self._held.get(number)
        if known is None:
            s = self.r.sentences[number]
            known = self._held[number] = bool(self.wording.organise.search(self.r.shadow, s.start, s.end))
        return known

    def day(self, number: int) -> Date | None:
        """The first day of a sentence on which something may have taken place."""
        return self._days.get(number)

    def numbers(self) -> list[int]:
        """The sentences of the story that name an event or a day, in order; no rows of a table."""
        told = ((n, s) for n, s in self.index.told if n in self._named or n in self._days)
        return [n for n, s in told if self.r.shadow.count(" | ", s.start, s.end) < _CELLS]

    def _counted(self, number: int) -> Date | None:
        """ "Pleiku, 14/11/2024 - … hôm qua": a day counted from the date that the place line gives."""
        d, s = self.day(number), self.r.sentences[number]
        if not d or d.kind != "full" or not _PLACE_LINE.fullmatch(self.r.shadow, s.start, d.start):
            return None
        dash = _DASH.match(self.r.shadow, d.end)
        return self._relative_day(number, d) if dash else None

    def _relative_day(self, number: int, page: Date | None) -> Date | None:
        """ "sáng nay", "hôm qua": a day counted from the page's date."""
        s = self.r.sentences[number]
        m = _RELATIVE.search(self.r.shadow, s.start, s.end) if page else None
        if not m or page is None or self.index.in_subjects[m.start()]:
            return None
        told = date(page.year, page.month, page.day) - timedelta(days=1 if m.group("past") else 0)
        return Date(m.start(), m.end(), told.year, told.month, told.day, "relative")

    def set_day(self, event: Event) -> None:
        """Gives the event its day: of its sentence, its paragraph, the lead, or where an event is named."""
        told = self.index.telling(event.elsewhere)
        block = self.r.sentences[event.sentence].block
        same_block = (n for n, s in told if s.block == block)
        lead = (n for n, s in told if s.zone == "lead")
        order = list(dict.fromkeys((event.sentence, *same_block, *lead, *(n for n, _ in told))))
        for place, number in enumerate(order):
            near = place < 6 and self.r.sentences[number].zone == "lead"
            if number != event.sentence and not near and number not in self._named:
                continue
            found = self._counted(number) or self.day(number)
            found = found or self._relative_day(number, self.page.context.published)
            if found:
                event.date, event.dated_in = found, number
                break
        if event.date and event.date.kind == "month-day":
            self._set_year(event, event.date)

    def _set_year(self, event: Event, d: Date) -> None:
        """The year that the text gives with the month ("tháng 9/2018"), or that of the page's near date."""
        s = self.r.sentences[event.dated_in]
        for other in between(self.r.dates, s.start, s.end):
            if other.kind == "month" and other.month == d.month:
                event.year, event.year_in = other.year, event.dated_in
                return
        page = self.page.context.published
        if page is None:
            return
        for year in (page.year, page.year - 1):
            apart = (page.year - year) * 365 + (page.month - d.month) * 30.4 + page.day - d.day
            if -1 < apart <= 45:
                event.year, event.year_in = year, self.page.context.published_sentence
                return
