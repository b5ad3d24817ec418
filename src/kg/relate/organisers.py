"""Who held an event: "do … tổ chức", "… tổ chức Hội nghị", "Hội nghị của …", "Đơn vị tổ chức: …"."""

from __future__ import annotations

import re

from kg.model import OrganMention, Sentence
from kg.recognise.spans import between
from kg.relate.index import Index
from kg.relate.occasions import Event, Occasions, event_wording

_HELD_BY = re.compile(r"\bdo\s+$")
_HOLDS = re.compile(
    r"\s*(?:\w+\s+){0,3}?(?:tổ chức|(?:chủ trì,?\s+)?phối hợp|chủ trì tổ chức|đăng cai|triệu tập)"
)
_AND = re.compile(r"\s*(?:,|và|,\s*và)\s*")
_NEW_CLAUSE = re.compile(r"[;.]")
_TOGETHER = re.compile(r"\bphối hợp\b")
_OTHER_AGENT = re.compile(r"\bdo\b")
_WITH = re.compile(r"[^.;]{0,20}?phối hợp (?:với|cùng)\s+")
_UNIT = re.compile(r"(?:đơn vị|cơ quan|ban) tổ chức\s*(?::|là)\s*")
_OF = re.compile(r"^[^,.;]{0,50}?\bcủa\s+$")
_ORDINAL = re.compile(r"[^,.;:]{2,30}? thứ \w+(?: \w+)?,?\s*")  # "Kỳ họp thứ 20, | HĐND tỉnh"
_NOT_SUBJECT = re.compile(
    r"(?:của|tại|từ|hội trường|trụ sở|văn phòng|nhà khách|"
    r"đại biểu|tiếp|đón|thăm|với|cho|về|là|đạo|diện|viên|lần thứ \w+)\s+$"
)
_OTHER_DEED = re.compile(r"\s*(?:yêu cầu|đề nghị|giao(?! ban)|ban hành|đã ban hành)")


class Organisers:
    """Finds the organs that hold the article's event."""

    def __init__(self, index: Index, occasions: Occasions) -> None:
        self.index, self.occasions, self.r = index, occasions, index.reading
        self.wording = event_wording(self.r.lexicon)
        # those that may act: no general ones, none within a post or a document's reference
        self._organs = [
            o
            for o in index.page.organ_mentions
            if not o.generic and not index.in_posts[o.start] and not index.aside[o.start]
        ]

    def set_organisers(self, event: Event) -> None:
        """Gives the event its organisers, the surest construction first."""
        number = event.sentence
        rest = (n for n, _ in self.index.telling(event.elsewhere) if n != number)
        found = next((x for n in (number, *rest) if (x := self._held_by(n))), [])
        if not found:
            s = self.r.sentences[number]
            found = self._active(s, event) or self._of_event(s, event) or self._named_as_organiser()
        if not found and (acting := self.acting(number)):
            found = [acting]
        for organ in found:
            entity = self.index.page.organ(organ)
            if entity and all(entity is not e for e, _ in event.organisers):
                event.organisers.append((entity, organ))

    def _held_by(self, number: int) -> list[OrganMention]:
        """ "do Bộ Chính trị, Ban Bí thư tổ chức", in a sentence that names the event."""
        if not self.occasions.named(number):
            return []
        s = self.r.sentences[number]
        for o in between(self._organs, s.start, s.end):
            if _HELD_BY.search(self.r.shadow, max(0, o.start - 6), o.start):
                chain = self._chain(o)
                if _HOLDS.match(self.r.shadow, chain[-1].end, chain[-1].end + 40):
                    return self._with_partners(chain, s)
        return []

    def _chain(self, first: OrganMention) -> list[OrganMention]:
        """The organ and those that a comma or "và" joins to it."""
        chain = [first]
        for o in self.index.organs_between(first.end + 1, len(self.r.shadow)):
            if o.start > chain[-1].end:
                if not _AND.fullmatch(self.r.shadow, chain[-1].end, o.start):
                    break
                chain.append(o)
        return chain

    def _active(self, s: Sentence, event: Event) -> list[OrganMention]:
        """ "Ban Thường vụ Tỉnh ủy … tổ chức Hội nghị"."""
        for o in between(self._organs, s.start, s.end):
            if self.r.shadow.endswith(" cho ", 0, o.start):
                continue  # "Ban Dân tộc, cơ quan tham mưu cho | Tỉnh ủy, tổ chức …"
            chain = self._chain(o)
            gap_end = event.at.start if event.at.start > chain[-1].end else s.end
            gap = self.r.shadow[chain[-1].end : gap_end]
            verb = self.wording.organise.search(gap)
            before = gap[: verb.start()] if verb else ""
            if not verb or len(before) > 60 or _NEW_CLAUSE.search(before):
                continue
            together = _TOGETHER.search(before)
            if not together and self._nearer(chain[-1].end, chain[-1].end + len(before)):
                continue  # the verb is of the organ that stands nearer to it
            if together or not _OTHER_AGENT.search(before):
                return self._with_partners(chain, s)
        return []

    def _nearer(self, start: int, end: int) -> bool:
        """Whether an organ stands in `start:end` that is no parent of the one before: "(Quân đoàn 4)"."""
        shadow, near = self.r.shadow, between(self._organs, start, end)
        return any(not shadow.endswith(("(", "thuộc "), 0, o.start) for o in near)

    def _with_partners(self, chain: list[OrganMention], s: Sentence) -> list[OrganMention]:
        """Adds those named by "phối hợp với"."""
        m = _WITH.match(self.r.shadow, chain[-1].end, s.end)
        partner = self.index.organ_at.get(m.end()) if m else None
        return [*chain, *self._chain(partner)] if partner and not partner.generic else chain

    def _of_event(self, s: Sentence, event: Event) -> list[OrganMention]:
        """ "Hội nghị của Ban Tổ chức Trung ương", "Hội nghị lần thứ 12 Ban Chấp hành Đảng bộ tỉnh"."""
        for o in between(self._organs, event.at.end, s.end):
            gap = self.r.shadow[event.at.end : o.start]
            if _OF.search(gap) or _ORDINAL.fullmatch(self.r.shadow, event.at.start, o.start):
                return [o]
        return []

    def _named_as_organiser(self) -> list[OrganMention]:
        """ "Đơn vị tổ chức: Đảng ủy Quốc hội"."""
        for _, s in self.index.told:
            m = _UNIT.search(self.r.shadow, s.start, s.end)
            organ = self.index.organ_at.get(m.end()) if m else None
            if organ:
                return self._chain(organ)
        return []

    def acting(self, number: int) -> OrganMention | None:
        """The first organ of the sentence that may be its subject, and does something of an event."""
        s, shadow = self.r.sentences[number], self.r.shadow
        for o in between(self._organs, s.start, s.end):
            if _NOT_SUBJECT.search(shadow, max(s.start, o.start - 22), o.start):
                continue
            after = self.r.skip(o.end)
            if not self.wording.chair.match(shadow, after) and not _OTHER_DEED.match(
                shadow, o.end, o.end + 60
            ):
                return o
        return None
