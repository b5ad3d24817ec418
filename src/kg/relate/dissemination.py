"""Which documents an event is about: those of its own sentence, and those that somebody passes on."""

from __future__ import annotations

import re

from kg.model import DocumentMention, Sentence
from kg.relate.cues import cues
from kg.relate.index import Index
from kg.relate.occasions import Event, Occasions, event_wording
from kg.relate.turns import Turns

_ISSUING = re.compile(r"(?:ban hành|ký)\s+(?:\w+\s+){0,2}$")
_AT_EVENT = re.compile(
    r"(?:nghe|nội dung (?:chính|gồm|là)|chuyên đề|báo cáo viên|giảng viên|đại biểu|học viên"
    r"|(?:cũng|còn|đồng thời) (?:công bố|phổ biến|giới thiệu))\b"
)
_THESE = re.compile(r"(?:các|những|hai|ba|bốn|năm) văn bản (?:trên|này|nói trên|nêu trên|ấy|đó)(?!\w)")
_REPLACED = re.compile(r"[^.;,]{0,24}được (?:thay thế|bãi bỏ)")
_REPORTED = re.compile(r"(?<!\w)(?:cho thấy|cho biết|cho hay|thừa nhận)(?: thêm| rõ)?\s*[,:]")
_CARRYING = re.compile(r"(?:^|[-–:)] )(?:để )?(?:triển khai )?(?:thực hiện|căn cứ) $")
_ENDS_OF_CARRYING = ("thực hiện ", "căn cứ ")  # sooner told than searched for


class Dissemination:
    """Gives the events of one article the documents that they are about."""

    def __init__(self, index: Index, occasions: Occasions, turns: Turns) -> None:
        self.index, self.page, self.r = index, index.page, index.reading
        self.occasions, self.turns = occasions, turns
        self.wording = event_wording(self.r.lexicon)

    def read(self, event: Event) -> None:
        """The documents of the event's sentence, of those that pass some on, and of lists that these open."""
        listing = False
        for number, s in self.index.telling(event.elsewhere):
            mentions = [m for m in self.index.documents_in(number) if not m.inside and not m.demonstrative]
            item = listing and self.index.bulleted(s)
            own = number == event.sentence and not self._told_otherwise(s, mentions)
            passed = mentions and self._passes_on(number, s, mentions)
            if own or item or (passed and not self.turns.another(number, event)):
                for m in mentions:
                    if own or item or not self._reported(m, s):
                        self._pass_on(event, m, number)
            if own and _THESE.search(self.r.shadow, s.start, s.end):
                self._papers_before(event, s)
            opens = self.index.opens_list(s) and self.wording.passed_on.search(self.r.shadow, s.start, s.end)
            listing = bool(opens) or item
        if not event.documents:
            self._spoken_of(event)

    def _reported(self, m: DocumentMention, s: Sentence) -> bool:
        """Whether a document stands in what somebody says of the work: "trình bày báo cáo cho thấy: …"."""
        return _REPORTED.search(self.r.shadow, s.start, m.start) is not None

    def _papers_before(self, event: Event, s: Sentence) -> None:
        """ "Các văn bản trên được phổ biến tại …": the numbered ones of the paragraph before that has any."""
        papers = [
            (m, self.r.sentence_at(m.start))
            for m in self.page.document_mentions
            if m.number and m.start < s.start and not m.inside and not m.draft
        ]
        blocks = {number: self.r.sentences[number].block for _, number in papers}
        nearest = max(blocks.values(), default=-1)
        for m, number in papers:
            if blocks[number] == nearest and not self._replaced(m):
                self._pass_on(event, m, number)

    def _replaced(self, m: DocumentMention) -> bool:
        """Whether the words behind a reference say that the document is no longer in force."""
        return bool(_REPLACED.match(self.r.shadow, m.tail))

    def _spoken_of(self, event: Event) -> None:
        """An event "quán triệt", "sơ kết" without documents: its paragraph's, else the last one before."""
        s = self.r.sentences[event.sentence]
        words = self.r.shadow[event.at.start : min(s.end, event.at.end + 40)]
        working = event.kind == "WorkingSession"
        if "báo cáo viên" in words or not (working or self.wording.disseminate.search(words)):
            return
        for number, other in self.index.telling(event.elsewhere):
            for m in self.index.documents_in(number) if other.block == s.block else ():
                if not m.inside and not m.demonstrative and not m.draft:
                    self._pass_on(event, m, number)
            if event.documents:
                return
        mentions = self.page.document_mentions
        before = [m for m in mentions if m.start < event.at.start and not m.inside and self.page.document(m)]
        if before and not working:
            self._pass_on(event, before[-1], event.sentence)

    def _told_otherwise(self, s: Sentence, mentions: list[DocumentMention]) -> bool:
        """Documents behind a verb of assigning are those of the task, not of the event."""
        told = cues(self.r, s.start, s.end, "assign", "assigned") if mentions else []
        return bool(told) and told[0].start < mentions[0].start

    def _passes_on(self, number: int, s: Sentence, mentions: list[DocumentMention]) -> bool:
        """Whether somebody at the event speaks of the documents, rather than issues them."""
        shadow = self.r.shadow
        cue = self.wording.passed_on.search(shadow, s.start, s.end)
        if not cue or self._within_title(*cue.span()) or self._told_otherwise(s, mentions):
            return False
        at_event = (
            self.occasions.named(number)
            or self.index.people_in(number)
            or _AT_EVENT.search(shadow, s.start, s.end)
        )
        return bool(at_event) and not _ISSUING.search(shadow, s.start, mentions[0].start)

    def _within_title(self, start: int, end: int) -> bool:
        subjects = (m.subject for m in self.page.document_mentions if m.subject)
        return any(x.start <= start and end <= x.end for x in subjects)

    def _carried_out(self, m: DocumentMention, number: int) -> bool:
        """Whether the event carries a document out and is about another: "Thực hiện A, … học tập B"."""
        if not self.r.shadow.endswith(_ENDS_OF_CARRYING, 0, m.start):
            return False
        s = self.r.sentences[number]
        opening = _CARRYING.search(self.r.shadow, s.start, m.start)
        others = any(x.start > m.tail and not x.inside for x in self.index.documents_in(number))
        return bool(opening and others and self.r.shadow.startswith(",", m.tail))

    def _pass_on(self, event: Event, m: DocumentMention, number: int) -> None:
        entity = self.page.document(m)
        if not entity or entity.iri in event.documents or self._carried_out(m, number):
            return
        start = max(0, m.start - 40)
        shadow = self.r.shadow
        if not _ISSUING.search(shadow, start, m.start) and not self.wording.other_document.search(
            shadow, start, m.start
        ):
            event.documents[entity.iri] = (entity, number, m)
