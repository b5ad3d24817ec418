"""The event that an article reports: kind, day, organisers, place, documents passed on, attendance.

An article reports one event as a rule: that of the sentence which says most of it. What an event "is about"
are the documents of its own sentence and of sentences in which somebody passes them on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kg.expressions import WORD, any_of
from kg.model import Date, DocumentMention, Sentence, Span
from kg.namespaces import CKG
from kg.relate.cues import cues
from kg.relate.dissemination import Dissemination
from kg.relate.facts import Facts, boolean, day, integer, iri, literal
from kg.relate.index import Index
from kg.relate.occasions import Event, Occasions, event_wording
from kg.relate.organisers import Organisers
from kg.relate.turns import REVIEWED, SAME_DAY, Turns

_REVIEWS = re.compile(r"(?:tiến hành|tổ chức|\d)\s+(?P<what>(?:sơ kết|tổng kết)(?!\w))")
_NUMBER = re.compile(r"(?<![\w/.,-])(\d{1,3}(?:\.\d{3})+|\d{1,6})\s+")
_ATTENDED = re.compile(any_of(("dự", "tham gia", "có mặt"), not_behind=WORD) + r"(?!\w)")
_LONGEST = 90  # characters of an event's name
_MOST, _LEAST = 12, 3  # what the signs of an event add up to at most, and must at least


class _Report(NamedTuple):
    """A sentence that reports an event. `score` adds up the signs of it: word, day, documents, verb."""

    score: int
    sentence: int
    kind: str
    at: Span


class EventReader:
    """Finds the event of one article and states it."""

    def __init__(self, index: Index, facts: Facts) -> None:
        self.index, self.page, self.facts, self.r = index, index.page, facts, index.reading
        self.wording = event_wording(self.r.lexicon)
        self.occasions = Occasions(index)
        self.organisers = Organisers(index, self.occasions)
        self.turns = Turns(index, self.occasions)
        self.dissemination = Dissemination(index, self.occasions, self.turns)

    def read(self) -> list[Event]:
        """The article's events, stated, the main one first; none without a word of the Party's cascade."""
        report = self._best_report()
        if report is None:
            return []
        main = self._event(report, 1)
        self.occasions.set_day(main)
        numbers = self.turns.further(main)
        if numbers:
            main.elsewhere, *others = self.turns.divide(main, numbers)
            events = [main, *self._further(main, numbers, others)]
        else:
            events = [main]
        return [event for event in events if self._complete(event)]

    def _event(self, report: _Report, number: int) -> Event:
        label = self.r.lexicon.events.get(report.kind, "Sự kiện")
        address = f"{self.page.iri}/event/{number}"
        parts = self.page.iri if number == 1 else address
        return Event(address, parts, report.kind, label, report.sentence, report.at)

    def _further(self, main: Event, numbers: list[int], others: list[frozenset[int]]) -> Iterator[Event]:
        """The events that further sentences report, each with its day."""
        for count, (number, elsewhere) in enumerate(zip(numbers, others, strict=True), 2):
            s = self.r.sentences[number]
            report = self._report(number, s)
            if report is None:
                continue
            event = self._event(report, count)
            event.elsewhere = elsewhere
            if SAME_DAY.match(self.r.shadow, s.start) and not self.occasions.day(number):
                event.date, event.dated_in = main.date, main.dated_in
                event.year, event.year_in = main.year, main.year_in
            else:
                self.occasions.set_day(event)
            yield event

    def _complete(self, event: Event) -> bool:
        """Organisers and documents of an event, and its statement; False for what says nothing of them."""
        self.organisers.set_organisers(event)
        self.dissemination.read(event)
        if not event.organisers and not event.documents and not self._officials_near(event):
            return False
        self._state(event)
        return True

    def _officials_near(self, event: Event) -> bool:
        """Whether the event's paragraph or the next names somebody with a post in an organ."""
        sentences = self.r.sentences
        block = sentences[event.sentence].block
        return any(
            post.organ
            for p in self.page.person_mentions
            if sentences[self.r.sentence_at(p.start)].block in (block, block + 1)
            for post in p.posts
        )

    # which sentence reports it

    def _best_report(self) -> _Report | None:
        """The report with the most signs; the earlier of equal ones. A sentence further down weighs less."""
        best: _Report | None = None
        for number in self.occasions.numbers():
            if best and _MOST - number // 4 <= best.score:
                break
            report = self._report(number, self.r.sentences[number])
            if report and (best is None or report.score > best.score):
                best = report
        return best

    def _report(self, number: int, s: Sentence) -> _Report | None:
        words, held = self.occasions.named(number), self.occasions.day(number)
        documents = [m for m in self.index.documents_in(number) if not m.inside and self.page.document(m)]
        passed = bool(documents and self.wording.disseminate.search(self.r.shadow, s.start, s.end))
        lead = (s.zone == "lead") - number // 4
        if not words:
            return self._without_word(number, s, held, documents, passed, lead)
        organised = self.occasions.held(number)
        if not held and self._duty(s):
            return None
        told = not held and not organised and cues(self.r, s.start, s.end, "assign", "assigned")
        chaired = self.wording.chair.search(self.r.shadow, s.start, s.end)
        score = 3 + 2 * organised + 3 * bool(held) + 2 * passed - 3 * bool(told) + bool(chaired) + lead
        start, end, kind = words[0]
        return _Report(score, number, kind, Span(start, end)) if score >= _LEAST else None

    def _duty(self, s: Sentence) -> bool:
        """Whether an item of a list says what an organ has to do: "- Sở Tư pháp: tập huấn cho …"."""
        organ = self.index.organ_at.get(s.start + 2) if self.index.bulleted(s) else None
        return organ is not None and self.r.shadow.startswith(":", organ.end)

    def _without_word(
        self,
        number: int,
        s: Sentence,
        held: Date | None,
        documents: list[DocumentMention],
        passed: bool,
        lead: int,
    ) -> _Report | None:
        """A report without a word for the event: on a day, an organ reviews, or passes documents on."""
        acting = self.organisers.acting(number) if held else None
        if not acting:
            return None
        shadow = self.r.shadow
        reviewed = REVIEWED.match(shadow, acting.end, s.end) or _REVIEWS.search(shadow, s.start, s.end)
        if reviewed:
            at = Span(reviewed.start("what"), reviewed.end())
            return _Report(6 + lead, number, "ReviewConference", at)
        if not documents or not (passed or " cho " in shadow[s.start : documents[0].start]):
            return None
        score = 2 * self.occasions.held(number) + 3 + 2 * passed + lead
        at = Span(documents[0].start, documents[0].end)
        return _Report(score, number, "Conference", at) if score >= _LEAST else None

    # statements

    def _state(self, event: Event) -> None:
        f = self.facts
        f.entity(event.iri, CKG[event.kind], literal(self._title(event), "vi"))
        if event.date:
            self._held_on(event, event.date)
        for entity, organ in event.organisers:
            at, words = self.r.sentence_at(organ.start), Span(organ.start, organ.end)
            f.add(event.iri, CKG.organisedBy, iri(entity.iri), at, words)
        for document, number, m in event.documents.values():
            f.add(event.iri, CKG.disseminates, iri(document.iri), number, Span(m.start, m.end))
        self._held_at(event)
        points = self.r.says("point")
        for number, s in self.index.telling(event.elsewhere):
            if points:
                self._points(event, number, s)
            self._attendance(event, number, s)

    def _title(self, event: Event) -> str:
        """ "Hội nghị quán triệt Chỉ thị số 12-CT/TW": the event's words, to the first document they name."""
        behind = (m for m in self.index.documents_in(event.sentence) if m.start >= event.at.start)
        documents = [m for m in behind if m.number or m.name]
        end = documents[0].end if documents else self.r.sentences[event.sentence].end
        words = self.r.squeeze(event.at.start, min(end, event.at.start + _LONGEST))
        if end > event.at.start + _LONGEST:
            words = words.rsplit(" ", 1)[0]
        words = words.strip(" ,;:.") or event.label
        if len(documents) > 1 or end > event.at.start + _LONGEST:
            words += " …"
        if documents and documents[0].start == event.at.start:
            return f"{event.label}: {words}"  # no word of the sentence names it
        return words[0].upper() + words[1:]

    def _held_on(self, event: Event, d: Date) -> None:
        """The day; without a year, also the full day if another part of the page has the year."""
        add, words = self.facts.add, Span(d.start, d.end)
        if d.kind == "relative":
            told = day(f"{d.year:04d}-{d.month:02d}-{d.day:02d}")
            also = self.page.context.published_sentence
            add(event.iri, CKG.heldOn, told, event.dated_in, words, also=also)
        elif d.kind == "full":
            add(event.iri, CKG.heldOn, day(d.iso), event.dated_in, words)
        else:
            add(event.iri, CKG.monthDay, day(d.iso), event.dated_in, words)
            if event.year:
                also = event.year_in if event.year_in != event.dated_in else -1
                add(
                    event.iri,
                    CKG.heldOn,
                    day(f"{event.year:04d}{d.iso[1:]}"),
                    event.dated_in,
                    words,
                    also=also,
                )

    def _held_at(self, event: Event) -> None:
        """The building that the event's paragraph, one before or the next one names first."""
        block = self.r.sentences[event.sentence].block
        for number, s in self.index.told:
            m = self.wording.building.search(self.r.shadow, s.start, s.end) if s.block <= block + 1 else None
            if m:
                words = Span(*m.span(1))
                self.facts.add(event.iri, CKG.place, literal(self.r.squeeze(*words), "vi"), number, words)
                return

    def _points(self, event: Event, number: int, s: Sentence) -> None:
        """ "kết nối đến 50 điểm cầu": the first number of places that the event was held in at once."""
        if self.facts.has(event.iri, CKG.pointCount):
            return
        for at in self.r.numbers_in(s):
            m = self.wording.points.match(self.r.shadow, at, s.end)
            if m:
                value = integer(int(m.group(1).replace(".", "") or 0))
                self.facts.add(event.iri, CKG.pointCount, value, number, Span(*m.span()))
                return

    def _attendance(self, event: Event, number: int, s: Sentence) -> None:
        """ "hơn 3.000 đại biểu tham dự": the first number of people who came."""
        if self.facts.has(event.iri, CKG.attendance):
            return
        shadow = self.r.shadow
        for at in self.r.numbers_in(s):
            m = _NUMBER.match(shadow, at, s.end)
            if not m or not self.wording.delegates.match(shadow, m.end(), m.end() + 30):
                continue
            if not _ATTENDED.search(shadow, s.start, s.end):
                return
            about = self.wording.approximate.search(shadow, max(s.start, m.start() - 12), m.start())
            words = Span(about.start() if about else m.start(), m.end())
            value = integer(int(m.group(1).replace(".", "")))
            self.facts.add(event.iri, CKG.attendance, value, number, words)
            self.facts.add(event.iri, CKG.approximate, boolean(bool(about)), number, words)
            return
