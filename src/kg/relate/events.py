"""The events that an article reports: kind, day, organisers, place, documents passed on, attendance.

An article reports one event as a rule; a second one needs a day of its own. What an event "is about" are the
documents of its own sentence and of sentences in which somebody passes them on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from kg.link.documents import DocumentEntity
from kg.link.organs import OrganEntity
from kg.link.page import Page
from kg.model import Date, DocumentMention, OrganMention, Sentence, Span
from kg.namespaces import CKG
from kg.recognise.reading import senses
from kg.relate.cues import cues
from kg.relate.facts import Facts, boolean, day, integer, iri, literal

_ZONES = frozenset(("lead", "body", "caption"))
_NO_EVENTS = frozenset(("Congress",))
_DEADLINE = re.compile(r"(?:trước(?: ngày)?|xong trước ngày|đến hết ngày|chậm nhất(?: là)?(?: ngày)?|từ ngày|sau ngày|kể từ ngày|tính đến(?: ngày)?|kỷ niệm|nộp|sinh ngày)\s+$")
_GENERAL = re.compile(r"(?:các|những|nhiều|mọi|mỗi|từng|sau|một số|trước|tại các|qua các)\s+$")
_HELD_BY = re.compile(r"\bdo\s+$")
_REVIEWS = re.compile(r"(?:tiến hành|tổ chức|\d)\s+(?P<what>(?:sơ kết|tổng kết)(?!\w))")
_RELATIVE = re.compile(r"(?<!\w)(?:(?:sáng|chiều|tối|trưa|hôm)\s+(?:nay|(?P<past>(?:hôm )?qua)))(?!\w)")
_PLACE = re.compile(
    r"(?:tại|ở)\s+((?:hội trường|trung tâm hội nghị|nhà văn hóa|trung tâm văn hóa|nhà khách|trụ sở|trung tâm chính trị|nhà hát|cung văn hóa|khách sạn)[^,.;()]{2,60}(?:,\s+(?:nhà quốc hội|tp\.? [^,.;()]+))?)"
)
_UNIT = re.compile(r"(?:đơn vị|cơ quan|ban) tổ chức\s*(?::|là)\s*")
_NUMBER = re.compile(r"(?<![\w/.,-])(\d{1,3}(?:\.\d{3})+|\d{1,6})\s+")
_ISSUING = re.compile(r"(?:ban hành|ký)\s+(?:\w+\s+){0,2}$")


@dataclass(slots=True)
class Event:
    """An event of the article. `sentence` is the one that reports it first."""

    iri: str
    kind: str
    label: str
    sentence: int
    at: Span
    date: Date | None = None
    dated_in: int = -1
    year: int = 0  # from another part of the page
    year_in: int = -1
    organisers: list[tuple[OrganEntity, OrganMention]] = field(default_factory=list)
    documents: dict[str, tuple[DocumentEntity, int, DocumentMention]] = field(default_factory=dict)


class EventReader:
    """Finds the events of one article and states them."""

    def __init__(self, page: Page, facts: Facts) -> None:
        self.page, self.facts, self.r = page, facts, page.reading
        p = page.reading.lexicon.pattern
        self.organise = p(r"(?<!\w){organise}(?!\w)")
        self.disseminate = p(r"(?<!\w){disseminate}(?!\w)")
        self.passed_on = p(r"(?<!\w)(?:{present}|quán triệt|học tập|nghe|chủ đề|truyền đạt|triển khai|sơ kết|tổng kết|công bố|nội dung chính là|nội dung gồm|nội dung là)(?!\w)")
        self.points = p(r"(\d[\d.]*) {point}")
        self.delegates = p(r"^{delegates}(?!\w)")
        self.approximate = p(r"(?<!\w)({approximate}) $")
        self.chair = p(r"(?<!\w){chair}(?!\w)")
        self.documents_in: dict[int, list[DocumentMention]] = {}
        for m in page.document_mentions:
            self.documents_in.setdefault(self.r.sentence_at(m.start), []).append(m)
        self.tails = [(m.start if m.name else m.end, max(m.tail, m.end)) for m in page.document_mentions]
        self.subjects = [m.subject for m in page.document_mentions if m.subject]
        self.in_posts = [(p.start, p.end) for p in page.posts]

    def read(self) -> list[Event]:
        """The article's events, stated."""
        best: tuple[int, int, str, Span] | None = None
        for number, sentence in enumerate(self.r.sentences):
            if sentence.zone not in _ZONES:
                continue
            scored = self._score(sentence, number)
            if scored and (best is None or scored[0] > best[0]):
                best = (scored[0], number, scored[1], scored[2])
        if best is None:
            return []
        event = self._event(best[1], best[2], best[3])
        self._date(event)
        self._organisers(event)
        self._documents(event)
        block = self.r.sentences[event.sentence].block
        near = [p for p in self.page.person_mentions if self.r.sentences[self.r.sentence_at(p.start)].block in (block, block + 1)]
        if not event.organisers and not event.documents and not any(q.organ for p in near for q in p.posts):
            return []  # something took place, but nothing of the Party's cascade is said of it
        self._state(event)
        return [event]

    # which sentence reports it

    def _score(self, s: Sentence, number: int) -> tuple[int, str, Span] | None:
        tokens = [t for t in self._event_tokens(s)]
        date = self._date_in(s)
        organised = self.organise.search(self.r.shadow, s.start, s.end)
        documents = [m for m in self.documents_in.get(number, []) if not m.inside and self.page.document(m)]
        passed = bool(documents) and self.disseminate.search(self.r.shadow, s.start, s.end)
        organ = self._organiser_by_position(s, s.end)
        reviewed = _REVIEWS.search(self.r.shadow, s.start, s.end) if date and organ and not tokens else None
        if reviewed:
            return 6 + (s.zone == "lead") - number // 4, "ReviewConference", Span(reviewed.start("what"), reviewed.end())
        if not tokens and not (date and documents and organ and (passed or " cho " in self.r.shadow[s.start : documents[0].start])):
            return None
        told = cues(self.r, s.start, s.end, "assign", "assigned") and not date and not organised
        score = 3 * bool(tokens) + 2 * bool(organised) + 3 * bool(date) + 2 * bool(passed) + (s.zone == "lead") - 3 * bool(told)
        score += bool(tokens) and bool(self.chair.search(self.r.shadow, s.start, s.end))
        score -= number // 4
        if score < 3:
            return None
        if tokens:
            start, end, kind = tokens[0]
            return score, kind, Span(start, end)
        return score, "Conference", Span(documents[0].start, documents[0].end)

    def _event_tokens(self, s: Sentence) -> list[tuple[int, int, str]]:
        found = []
        for t in self.r.words:
            if t.start < s.start or t.end > s.end:
                continue
            kinds = [x.key for x in senses(t, "event") if x.key not in _NO_EVENTS]
            if not kinds or any(a <= t.start < b for a, b in self.tails) or any(x.start <= t.start < x.end for x in self.subjects):
                continue
            before = self.r.shadow[max(0, t.start - 14) : t.start]
            if _GENERAL.search(before) and not before.endswith("trước "):
                continue
            found.append((t.start, t.end, kinds[0]))
        return found

    def _event(self, number: int, kind: str, at: Span) -> Event:
        label = self.r.lexicon.events.get(kind, "Sự kiện")
        return Event(f"{self.page.iri}/event/1", kind, label, number, at)

    # when

    def _date_in(self, s: Sentence) -> Date | None:
        for d in self.r.dates:
            if d.start < s.start or d.end > s.end or d.kind not in ("full", "month-day"):
                continue
            if any(a <= d.start < b for a, b in self.tails) or any(x.start <= d.start < x.end for x in self.subjects):
                continue
            before = self.r.shadow[max(0, d.start - 24) : d.start]
            if _DEADLINE.search(before) or self._dates_a_document(d):
                continue
            return d
        return None

    def _relative(self, s: Sentence) -> Date | None:
        """"sáng nay", "hôm qua": a day counted from the page's date."""
        m = _RELATIVE.search(self.r.shadow, s.start, s.end)
        page = self.page.context.published
        if not m or page is None or any(x.start <= m.start() < x.end for x in self.subjects):
            return None
        told = date(page.year, page.month, page.day) - timedelta(days=1 if m.group("past") else 0)
        return Date(m.start(), m.end(), told.year, told.month, told.day, "relative")

    def _dates_a_document(self, d: Date) -> bool:
        return any(m.date is d for m in self.page.document_mentions)

    def _date(self, event: Event) -> None:
        order = [event.sentence]
        block = self.r.sentences[event.sentence].block
        order += [n for n, s in enumerate(self.r.sentences) if s.block == block and n != event.sentence and s.zone in _ZONES]
        order += [n for n, s in enumerate(self.r.sentences) if s.zone == "lead" and n not in order]
        order += [n for n, s in enumerate(self.r.sentences) if s.zone in _ZONES and n not in order]
        for number in order:
            s = self.r.sentences[number]
            d = self._date_in(s) or self._relative(s)
            if d and (number == event.sentence or self._event_tokens(s) or (s.zone == "lead" and number in order[:6])):
                event.date, event.dated_in = d, number
                break
        if event.date and event.date.kind == "month-day":
            self._year(event, event.date)

    def _year(self, event: Event, d: Date) -> None:
        """The year that the text gives with the month ("tháng 9/2018"), or the page's own date near to the event."""
        s = self.r.sentences[event.dated_in]
        for other in self.r.dates:
            if s.start <= other.start < s.end and other.kind == "month" and other.month == d.month:
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

    # who

    def _organisers(self, event: Event) -> None:
        s = self.r.sentences[event.sentence]
        order = [event.sentence, *(n for n, x in enumerate(self.r.sentences) if x.zone in _ZONES and n != event.sentence)]
        for number in order:
            found = self._held_by(self.r.sentences[number])
            if found:
                break
        else:
            found = self._active(s, event) or self._of_event(s, event) or self._named_as_organiser()
            fallback = self._organiser_by_position(s, s.end)
            if not found and fallback:
                found = [fallback]
        for organ in found:
            entity = self.page.organ(organ)
            if entity and entity not in [e for e, _ in event.organisers]:
                event.organisers.append((entity, organ))

    def _organs_in(self, start: int, end: int) -> list[OrganMention]:
        return [
            o
            for o in self.page.organ_mentions
            if start <= o.start < end
            and not o.generic
            and not any(a <= o.start < b for a, b in self.tails)
            and not any(a <= o.start < b for a, b in self.in_posts)
            and not any(x.start <= o.start < x.end for x in self.subjects)
        ]

    def _held_by(self, s: Sentence) -> list[OrganMention]:
        """"do Bộ Chính trị, Ban Bí thư tổ chức"."""
        for o in self._organs_in(s.start, s.end):
            if not _HELD_BY.search(self.r.shadow, max(0, o.start - 6), o.start):
                continue
            chain = self._chain(o)
            after = self.r.shadow[chain[-1].end : chain[-1].end + 40]
            if re.match(r"\s*(?:\w+\s+){0,3}?(?:tổ chức|phối hợp|chủ trì tổ chức|đăng cai|triệu tập)", after) and self._event_tokens(s):
                return self._with_partners(chain, s)
        return []

    def _chain(self, first: OrganMention) -> list[OrganMention]:
        chain = [first]
        for o in self.page.organ_mentions:
            if o.start > chain[-1].end and re.fullmatch(r"\s*(?:,|và|,\s*và)\s*", self.r.shadow[chain[-1].end : o.start]):
                chain.append(o)
        return chain

    def _active(self, s: Sentence, event: Event) -> list[OrganMention]:
        """"Ban Thường vụ Tỉnh ủy … tổ chức Hội nghị"."""
        for o in self._organs_in(s.start, s.end):
            chain = self._chain(o)
            gap_end = event.at.start if event.at.start > chain[-1].end else s.end
            gap = self.r.shadow[chain[-1].end : gap_end]
            verb = self.organise.search(gap)
            if verb and verb.start() <= 60 and not re.search(r"[;.]", gap[: verb.start()]):
                between = gap[: verb.start()]
                if re.search(r"\bphối hợp\b", between) or not re.search(r"\bdo\b", between):
                    return self._with_partners(chain, s)
        return []

    def _with_partners(self, chain: list[OrganMention], s: Sentence) -> list[OrganMention]:
        """Adds those named by "phối hợp với"."""
        rest = self.r.shadow[chain[-1].end : s.end]
        m = re.match(r"[^.;]{0,20}?phối hợp (?:với|cùng)\s+", rest)
        if m:
            partner = next((o for o in self.page.organ_mentions if o.start == chain[-1].end + m.end()), None)
            if partner and not partner.generic:
                return [*chain, *self._chain(partner)]
        return chain

    def _named_as_organiser(self) -> list[OrganMention]:
        """"Đơn vị tổ chức: Đảng ủy Quốc hội"."""
        for s in self.r.sentences:
            m = _UNIT.search(self.r.shadow, s.start, s.end) if s.zone in _ZONES else None
            found = [o for o in self.page.organ_mentions if m and o.start == m.end()]
            if found:
                return self._chain(found[0])
        return []

    def _of_event(self, s: Sentence, event: Event) -> list[OrganMention]:
        """"Hội nghị của Ban Tổ chức Trung ương"."""
        for o in self._organs_in(event.at.end, s.end):
            if re.search(r"^[^,.;]{0,50}?\bcủa\s+$", self.r.shadow[event.at.end : o.start]):
                return [o]
        return []

    def _organiser_by_position(self, s: Sentence, end: int) -> OrganMention | None:
        """The one organ that acts in the sentence: it stands before a verb and inside no post, document or place."""
        acting = []
        for o in self._organs_in(s.start, end):
            before = self.r.shadow[max(s.start, o.start - 22) : o.start]
            after = self.r.shadow[o.end : o.end + 60]
            if re.search(r"(?:của|tại|từ|hội trường|với|cho|về|là|đạo|diện|viên|lần thứ \w+)\s+$", before):
                continue
            if self.chair.match(self.r.shadow, self.r.skip(o.end)) or re.match(r"\s*(?:yêu cầu|đề nghị|giao|ban hành|đã ban hành)", after):
                continue
            acting.append(o)
        return acting[0] if acting else None

    # what

    def _documents(self, event: Event) -> None:
        listing = False
        for number, s in enumerate(self.r.sentences):
            if s.zone not in _ZONES:
                continue
            mentions = [m for m in self.documents_in.get(number, []) if not m.inside and not m.demonstrative]
            bullet = self.r.shadow[s.start : s.start + 2] in ("- ", "* ", "+ ", "• ")
            own = number == event.sentence and not self._told_otherwise(s, mentions)
            if own or (listing and bullet) or (mentions and self._passes_on(s, mentions, number)):
                for m in mentions:
                    self._pass_on(event, m, number)
            opened = self.passed_on.search(self.r.shadow, s.start, s.end) and self.r.shadow[s.start : s.end].rstrip().endswith(":")
            listing = bool(opened) or (listing and bullet)
        if not event.documents:
            self._spoken_of(event)

    def _spoken_of(self, event: Event) -> None:
        """An event "quán triệt", "sơ kết" that names no document is about those of its paragraph, else the one spoken of before."""
        s = self.r.sentences[event.sentence]
        words = self.r.shadow[event.at.start : min(s.end, event.at.end + 40)]
        if (event.kind != "WorkingSession" and not self.disseminate.search(words)) or "báo cáo viên" in words:
            return
        block = [n for n, x in enumerate(self.r.sentences) if x.block == s.block and x.zone in _ZONES]
        for number in block:
            for m in self.documents_in.get(number, []):
                if not m.inside and not m.demonstrative and not m.draft:
                    self._pass_on(event, m, number)
            if event.documents:
                return
        before = [m for m in self.page.document_mentions if m.start < event.at.start and not m.inside and self.page.document(m)]
        if before and event.kind != "WorkingSession":
            self._pass_on(event, before[-1], event.sentence)

    def _told_otherwise(self, s: Sentence, mentions: list[DocumentMention]) -> bool:
        """Documents behind a verb of assigning are those of the task, not of the event."""
        told = cues(self.r, s.start, s.end, "assign", "assigned")
        return bool(told and mentions and told[0].start < mentions[0].start)

    def _passes_on(self, s: Sentence, mentions: list[DocumentMention], number: int) -> bool:
        shadow = self.r.shadow
        cue = self.passed_on.search(shadow, s.start, s.end)
        if not cue or any(cue.start() >= x.start and cue.end() <= x.end for x in self.subjects):
            return False
        if self._told_otherwise(s, mentions):
            return False
        at_event = self._event_tokens(s) or re.search(r"(?:nghe|nội dung (?:chính|gồm|là)|chuyên đề|báo cáo viên|giảng viên|đại biểu)\b", shadow[s.start : s.end])
        person = any(s.start <= p.start < s.end for p in self.page.person_mentions)
        return bool(at_event or person) and not _ISSUING.search(shadow, s.start, mentions[0].start)

    def _pass_on(self, event: Event, m: DocumentMention, number: int) -> None:
        entity = self.page.document(m)
        if not entity or entity.iri in event.documents:
            return
        before = self.r.shadow[max(0, m.start - 40) : m.start]
        if _ISSUING.search(before) or self.r.lexicon.pattern(r"(?:{based-on}|{replace}|{amend}|cùng ngày với|khác|theo) $").search(before):
            return
        event.documents[entity.iri] = (entity, number, m)

    # statements

    def _state(self, event: Event) -> None:
        f, s = self.facts, event.sentence
        title = self._title(event)
        f.entity(event.iri, CKG[event.kind], literal(title, "vi"), s)
        if event.date:
            words = Span(event.date.start, event.date.end)
            if event.date.kind == "relative":
                f.add(event.iri, CKG.heldOn, day(f"{event.date.year:04d}-{event.date.month:02d}-{event.date.day:02d}"), event.dated_in, words, also=self.page.context.published_sentence)
            elif event.date.kind == "full":
                f.add(event.iri, CKG.heldOn, day(event.date.iso), event.dated_in, words)
            else:
                f.add(event.iri, CKG.monthDay, day(event.date.iso), event.dated_in, words)
                if event.year:
                    full = f"{event.year:04d}{event.date.iso[1:]}"
                    f.add(event.iri, CKG.heldOn, day(full), event.dated_in, words, also=event.year_in if event.year_in != event.dated_in else -1)
        for entity, organ in event.organisers:
            f.add(event.iri, CKG.organisedBy, iri(entity.iri), self.r.sentence_at(organ.start), Span(organ.start, organ.end))
        for document, number, m in event.documents.values():
            f.add(event.iri, CKG.disseminates, iri(document.iri), number, Span(m.start, m.end))
        self._held_at(event)
        self._counts(event)

    def _title(self, event: Event) -> str:
        """"Hội nghị … ngày 24/11": the event's words in its sentence, cut where the documents begin."""
        s = self.r.sentences[event.sentence]
        docs = [m.start for m in self.documents_in.get(event.sentence, []) if m.start > event.at.start]
        end = min([s.end, event.at.start + 90, *docs])
        words = self.r.squeeze(event.at.start, end)
        if end not in (s.end, *docs):
            words = words.rsplit(" ", 1)[0] + " …"
        words = words.strip(" ,;:.") or event.label
        return words[0].upper() + words[1:]

    def _held_at(self, event: Event) -> None:
        block = self.r.sentences[event.sentence].block
        for number, s in enumerate(self.r.sentences):
            if s.zone not in _ZONES or s.block > block + 1:
                continue
            m = _PLACE.search(self.r.shadow, s.start, s.end)
            if m:
                self.facts.add(event.iri, CKG.place, literal(self.r.squeeze(*m.span(1)), "vi"), number, Span(*m.span(1)))
                return

    def _counts(self, event: Event) -> None:
        for number, s in enumerate(self.r.sentences):
            if s.zone not in _ZONES:
                continue
            points = self.points.search(self.r.shadow, s.start, s.end)
            if points and not self.facts.has(event.iri, CKG.pointCount):
                self.facts.add(event.iri, CKG.pointCount, integer(int(points.group(1).replace(".", "") or 0)), number, Span(*points.span()))
            for m in _NUMBER.finditer(self.r.shadow, s.start, s.end):
                if self.facts.has(event.iri, CKG.attendance) or not self.delegates.match(self.r.shadow[m.end() : m.end() + 30]):
                    continue
                if not re.search(r"(?:^|\W)(?:dự|tham dự|tham gia|có mặt)(?:\W|$)", self.r.shadow[s.start : s.end]):
                    continue
                about = self.approximate.search(self.r.shadow, max(s.start, m.start() - 12), m.start())
                words = Span(about.start() if about else m.start(), m.end())
                self.facts.add(event.iri, CKG.attendance, integer(int(m.group(1).replace(".", ""))), number, words)
                self.facts.add(event.iri, CKG.approximate, boolean(bool(about)), number, words)
