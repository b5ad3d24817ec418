"""Where an event takes place: its territory, and the local points of one that is held online.

"Sáng 5/3, tại Hà Nội, …" is where it is held. "Tham dự tại điểm cầu Đắk Lắk có đồng chí A" makes a point of
it there, and says of A's part in the event that it was at that point. What the register does not know, or
knows several of, is kept as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from kg.lexicon import Lexicon, Place
from kg.link.context import register_district, register_place
from kg.model import Sentence, Span
from kg.namespaces import CKG
from kg.recognise.places import PlaceMention
from kg.recognise.spans import between
from kg.relate.cues import once_a_lexicon
from kg.relate.facts import Facts, iri, literal
from kg.relate.index import Index
from kg.relate.occasions import Event
from kg.relate.roles import Part
from kg.vietnamese import fold, slug

# "…, tại Hà Nội, …", "tổ chức tại huyện …": a place of work done ("thực hiện Chỉ thị tại …") is none
_AT = re.compile(r"(?:^|,\s*|\d\s+|(?:tổ chức|diễn ra|khai mạc|mở|họp)\s+)(?:tại|ở)\s+$")
_BESIDE = re.compile(r"\s*(?:,|và|,\s*và)\s*$")
_RIGHT_BEFORE = re.compile(r"[^,.;:]{0,30}")
_LEFT = 40  # characters before a place in which its construction stands


@dataclass(frozen=True, slots=True)
class _Wording:
    point: re.Pattern[str]
    is_point: re.Pattern[str]


@once_a_lexicon
def _wording(lexicon: Lexicon) -> _Wording:
    return _Wording(
        point=lexicon.pattern(r"{point} (?:(?:trung tâm|chính|tại|ở|của) )?$"),
        is_point=lexicon.pattern(r"\s*(?:cũng )?là (?:một trong |1 trong )?(?:hơn |gần )?[\d.]+ {point}"),
    )


class _Named(NamedTuple):
    """A territory in a sentence, with the kind that is written before it: "tỉnh | Lai Châu"."""

    mention: PlaceMention
    start: int
    end: int


class Venues:
    """Reads the places of one event. `parts`: who took part in it."""

    def __init__(self, index: Index, facts: Facts, event: Event, parts: Iterable[Part]) -> None:
        self.index, self.page, self.facts, self.event = index, index.page, facts, event
        self.r = index.reading
        self.parts = list(parts)
        self.wording = _wording(self.r.lexicon)

    def read(self) -> None:
        """The territory that the event's own sentence gives, then the points that the story names."""
        if not self.page.places:
            return
        self._held_at(self.r.sentences[self.event.sentence])
        if self.r.says("point"):
            for number, sentence in self.index.telling(self.event.elsewhere):
                self._points(number, sentence)

    def _held_at(self, s: Sentence) -> None:
        """The one territory that the sentence says it is held at."""
        found = [
            p for p in self._places(s) if _AT.search(self.r.shadow, max(s.start, p.start - _LEFT), p.start)
        ]
        territory = self._territory(found[0].mention) if len(found) == 1 else None
        if territory:
            self._at(self.event.iri, territory, self.event.sentence, Span(*found[0][1:]))

    def _points(self, number: int, s: Sentence) -> None:
        """The points of a sentence; where it names one alone, who is named there was at it."""
        shadow, named = self.r.shadow, dict[str, int]()  # point → where its words begin
        listed = -1  # the end of a point's name, from which a list may go on
        for place in self._places(s):
            before = self.wording.point.search(shadow, max(s.start, place.start - _LEFT), place.start)
            goes_on = listed >= 0 and _BESIDE.fullmatch(shadow, listed, place.start)
            listed = -1
            if before or goes_on or self.wording.is_point.match(shadow, place.end, s.end):
                listed = place.end
                start = before.start() if before else place.start
                named.setdefault(self._point(number, place, Span(start, place.end)), start)
        if len(named) == 1:
            [(point, start)] = named.items()
            for part in self.parts:
                if part.sentence == number and self._is_at(part.words, start):
                    self.facts.add(part.iri, CKG.atPoint, iri(point), number, part.words)

    def _is_at(self, words: Span, point: int) -> bool:
        """Whether a part is told behind its point, or right before it: "A dự tại | điểm cầu …"."""
        return words.end > point or bool(_RIGHT_BEFORE.fullmatch(self.r.shadow, words.end, point))

    def _point(self, number: int, place: _Named, words: Span) -> str:
        """States a point and returns its IRI."""
        name = f"{place.mention.kind} {place.mention.name}".strip()
        territory = self._territory(place.mention)
        key = territory.key if territory else slug(name)
        address = self.page.mint.local(self.event.iri, "point", key)
        self.facts.entity(address, CKG.LocalPoint, literal(f"Điểm cầu {name}", "vi"))
        self.facts.add(address, CKG.subEventOf, iri(self.event.iri), number, words)
        if territory:
            self._at(address, territory, number, words)
        else:
            self.facts.add(address, CKG.place, literal(name, "vi"), number, words)
        return address

    def _at(self, subject: str, territory: Place, number: int, words: Span) -> None:
        self.facts.add(
            subject, CKG.heldAt, iri(self.page.mint.resource("territory", territory.key)), number, words
        )

    def _places(self, s: Sentence) -> list[_Named]:
        """The territories of a sentence that are not part of the name of an organ, a post or a title."""
        found = []
        for p in between(self.page.places, s.start, s.end):
            start = p.start - len(p.kind) - 1 if p.kind and p.province else p.start
            if not any(taken[start] for taken in self._names) and not self.index.aside[start]:
                found.append(_Named(p, start, p.end))
        return found

    @property
    def _names(self) -> tuple[bytearray, ...]:
        return self.index.in_organs, self.index.in_posts, self.index.in_subjects

    def _territory(self, place: PlaceMention) -> Place | None:
        """The register's territory; None for a commune, which the register has not, and for several."""
        context, lexicon = self.page.context, self.r.lexicon
        if place.province:
            return register_place(lexicon, place.province, context.day)
        if place.kind in lexicon.communes:
            return None
        name = context.province_of(self.r.sentences[self.r.sentence_at(place.start)].block)
        province = register_place(lexicon, name, context.day) if name else None
        return register_district(lexicon, fold(place.name), place.kind, province)
