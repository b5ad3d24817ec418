"""Events: bounds of their day, reports of one event, and the year that another report tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import NamedTuple

from kg.infer.conclusions import Conclusions, day, enough, node
from kg.infer.known import Known, Said
from kg.namespaces import CKG

_EACH_PAIR = 20
"""Of up to so many things each pair is told; of more, each with the next, so that work stays linear."""


def pairs(things: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs of a sorted list that join all of it: every pair, or each with the next in a long list."""
    return iter(combinations(things, 2) if len(things) <= _EACH_PAIR else pairwise(things))


class _Bound(NamedTuple):
    """A first or last possible day and the claims it rests on."""

    day: str
    grounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Report:
    """What one article says of an event. `held` "" where no year is known, `month_day` "--11-24"."""

    iri: str
    held: str
    month_day: str
    grounds: tuple[str, ...]
    first: str
    last: str

    def allows(self, held: str) -> bool:
        """Whether it can have been on this day."""
        return (not self.held or self.held == held) and self.first <= held <= (self.last or "9999")


class Calendar:
    """The events of all articles. `organs`, `documents`: local → (global, claim of ckg:resolvedTo)."""

    def __init__(
        self,
        known: Known,
        organs: dict[str, tuple[str, str]],
        documents: dict[str, tuple[str, str]],
        conclusions: Conclusions,
    ) -> None:
        self.known, self.organs, self.documents, self.conclusions = known, organs, documents, conclusions
        self.events = known.of_kind("event")
        self.firsts = {event: self._first(event) for event in self.events}
        self.lasts = {event: known.published(self._article(event)) for event in self.events}

    def _article(self, event: str) -> str:
        return next(iter(self.known.articles[event]))

    # bounds

    def bounds(self) -> None:
        """bounds-from-documents, bound-from-publication: for a day without a year, or none at all."""
        for event in self.events:
            if self.known.said(CKG.heldOn, event):
                continue
            first, last = self.firsts[event], self.lasts[event]
            if first:
                self.conclusions.add(
                    event, CKG.heldNotBefore, day(first.day), "bounds-from-documents", first.grounds
                )
            if last:
                self.conclusions.add(
                    event, CKG.heldNotAfter, day(last.value), "bound-from-publication", [last.claim]
                )

    def _first(self, event: str) -> _Bound | None:
        """The day of the youngest document that it disseminates; of a document with two days, the earlier."""
        found = []
        for said in self.known.said(CKG.disseminates, event):
            issued = self._issued(said.value, said.article)
            if issued:
                found.append(_Bound(issued.day, (*issued.grounds, said.claim)))
        return max(found, default=None)

    def _issued(self, document: str, article: str) -> _Bound | None:
        """When a document was issued: as this article says, else as others do, else as the register does."""
        own = [s for s in self.known.said(CKG.issuedOn, document) if s.article == article]
        it, claim = self.documents.get(document, (document, ""))
        stated = own or self.known.said(CKG.issuedOn, it)
        if stated:
            earliest = min(s.value for s in stated)
            grounds = enough(s.claim for s in stated if s.value == earliest)
            return _Bound(earliest, tuple(grounds if own else [*grounds, claim]))
        register = self.known.documents.get(it)
        if register and register.day and register.sourced:
            return _Bound(register.day, (it, claim))
        return None

    # one event in several articles

    def same_events(self) -> None:
        """same-event, year-from-other-article: reports that share day, organiser and a document.

        Where reports that hang together give two years, those without a year are left alone: which of the two
        is theirs is not known.
        """
        reports = self._reports()
        shared = self._shared(reports)
        for group, joined in _groups(shared):
            days = {reports[event].held for event in group} - {""}
            told: dict[str, list[tuple[bool, str]]] = defaultdict(list)
            for one, other in joined:
                if len(days) < 2 or bool(reports[one].held) == bool(reports[other].held):
                    grounds = [*shared[one, other], *reports[one].grounds, *reports[other].grounds]
                    for a, b in ((one, other), (other, one)):
                        claim = self.conclusions.add(a, CKG.sameEventAs, node(b), "same-event", grounds)
                        told[a].append((not reports[b].held, claim))
            if len(days) == 1:
                self._year(reports, group, days.pop(), told)

    def _year(
        self,
        reports: dict[str, _Report],
        group: list[str],
        held: str,
        told: dict[str, list[tuple[bool, str]]],
    ) -> None:
        telling = enough(claim for event in group if reports[event].held for claim in reports[event].grounds)
        for event in group:
            report = reports[event]
            if not report.held and report.allows(held):
                same = min(told[event])[1]  # one pair shows it, best one with a report that has the year
                grounds = [*telling, *report.grounds, same]
                self.conclusions.add(event, CKG.heldOn, day(held), "year-from-other-article", grounds)

    def _reports(self) -> dict[str, _Report]:
        """The events of which a month and day are known, without those to which an article gives two days."""
        found = {}
        for event in self.events:
            held = self.known.said(CKG.heldOn, event)
            told = held or self.known.said(CKG.monthDay, event)
            values = {s.value for s in told}
            if len(values) != 1:
                continue
            value = values.pop()
            first, last = self.firsts[event], self.lasts[event]
            found[event] = _Report(
                event,
                value if held else "",
                f"-{value[4:]}" if held else value,
                tuple(s.claim for s in told),
                first.day if first and not held else "",
                last.value if last and not held else "",
            )
        return found

    def _shared(self, reports: dict[str, _Report]) -> dict[tuple[str, str], list[str]]:
        """Pairs of reports from two articles that share day, organiser and document, with their claims."""
        alike: dict[tuple[str, str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for event, report in reports.items():
            for organiser in self.known.said(CKG.organisedBy, event):
                for document in self.known.said(CKG.disseminates, event):
                    who, found = self._global(self.organs, organiser), self._global(self.documents, document)
                    if who and found:
                        alike[who.value, found.value, report.month_day][event] += [
                            *(organiser.claim, document.claim, who.claim, found.claim)
                        ]
        shared: dict[tuple[str, str], list[str]] = {}
        for claims in alike.values():
            in_order = sorted(claims, key=lambda event: (reports[event].held, event))
            for one, other in pairs(in_order):
                if self._article(one) != self._article(other) and _agree(reports[one], reports[other]):
                    key = (one, other) if one < other else (other, one)
                    shared.setdefault(key, [*claims[one], *claims[other]])
        return shared

    def _global(self, resolved: dict[str, tuple[str, str]], said: Said) -> Said | None:
        """What a local name is resolved to, with the claim of that; None where only its article knows it."""
        it, claim = resolved.get(said.value, (said.value, ""))
        return None if self.known.is_local(it) else Said(it, claim)


def _agree(one: _Report, other: _Report) -> bool:
    return (not other.held or one.allows(other.held)) and (not one.held or other.allows(one.held))


def _groups(shared: Iterable[tuple[str, str]]) -> Iterator[tuple[list[str], list[tuple[str, str]]]]:
    """The events that hang together by pairs: each group, and its pairs, sorted."""
    leader: dict[str, str] = {}

    def lead(event: str) -> str:
        while leader.setdefault(event, event) != event:
            leader[event] = event = leader[leader[event]]
        return event

    joined = sorted(shared)
    for one, other in joined:
        a, b = sorted((lead(one), lead(other)))
        leader[b] = a
    groups: dict[str, tuple[list[str], list[tuple[str, str]]]] = defaultdict(lambda: ([], []))
    for event in sorted(leader):
        groups[lead(event)][0].append(event)
    for pair in joined:
        groups[lead(pair[0])][1].append(pair)
    yield from groups.values()
