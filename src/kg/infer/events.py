"""Events: bounds of their day, reports of one event, and the year that another report tells."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

from kg.gist import enough
from kg.infer.background import Background
from kg.infer.common import Common
from kg.infer.conclusions import Conclusions, day, node
from kg.keys import Keys, Resolved
from kg.lines import Lines
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


class _Report(NamedTuple):
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
    """The events of all articles: each is dated by itself, then those of one month and day are compared."""

    def __init__(
        self, common: Common, background: Background, reports: Lines, conclusions: Conclusions
    ) -> None:
        self._common, self._background = common, background
        self._reports, self._conclusions = reports, conclusions
        self._local = f"{background.base}id/article/"

    def add(self, keys: Keys, organs: Resolved, documents: Resolved) -> None:
        """bounds-from-documents, bound-from-publication: for a day without a year, or none at all.

        `organs`, `documents`: what those are that the article calls by a name of its own.
        """
        for event in keys.of_kind("event"):
            first = self._first(keys, documents, event)
            if not keys.said(CKG.heldOn, event):
                if first:
                    self._bound(event, CKG.heldNotBefore, first, "bounds-from-documents")
                if keys.published:
                    last = _Bound(keys.published.value, (keys.published.claim,))
                    self._bound(event, CKG.heldNotAfter, last, "bound-from-publication")
            if report := self._report(keys, event, first):
                self._note(report, self._about(keys, organs, documents, event))

    def _bound(self, event: str, predicate: str, bound: _Bound, rule: str) -> None:
        self._conclusions.add(event, predicate, day(bound.day), rule, bound.grounds)

    def _first(self, keys: Keys, documents: Resolved, event: str) -> _Bound | None:
        """The day of the youngest document that it disseminates; of a document with two days, the earlier."""
        found = []
        for said in keys.said(CKG.disseminates, event):
            issued = self._issued(keys, documents, said.value)
            if issued:
                found.append(_Bound(issued.day, (*issued.grounds, said.claim)))
        return max(found, default=None)

    def _issued(self, keys: Keys, documents: Resolved, document: str) -> _Bound | None:
        """When a document was issued: as this article says, else as others do, else as the register does."""
        if own := keys.said(CKG.issuedOn, document):
            earliest = own[0].value
            return _Bound(earliest, tuple(enough(s.claim for s in own if s.value == earliest)))
        it, claim = documents.get(document, (document, ""))
        common = self._common.documents.get(it)
        if common and common.days:
            earliest = min(common.days)
            return _Bound(earliest, (*common.days[earliest], claim))
        register = self._background.documents.get(it)
        if register and register.day and register.sourced:
            return _Bound(register.day, (it, claim))
        return None

    # one event in several articles

    def _report(self, keys: Keys, event: str, first: _Bound | None) -> _Report | None:
        """What is said of its day; None where no month and day are known, or two."""
        held = keys.said(CKG.heldOn, event)
        told = held or keys.said(CKG.monthDay, event)
        values = {s.value for s in told}
        if len(values) != 1:
            return None
        value = values.pop()
        return _Report(
            event,
            value if held else "",
            f"-{value[4:]}" if held else value,
            tuple(s.claim for s in told),
            first.day if first and not held else "",
            keys.published.value if keys.published and not held else "",
        )

    def _about(self, keys: Keys, organs: Resolved, documents: Resolved, event: str) -> Iterator[list[str]]:
        """Organiser and document, under names for all articles, with the claims that say so."""
        for organiser in keys.said(CKG.organisedBy, event):
            for document in keys.said(CKG.disseminates, event):
                who, who_claim = organs.get(organiser.value, (organiser.value, ""))
                what, what_claim = documents.get(document.value, (document.value, ""))
                if not who.startswith(self._local) and not what.startswith(self._local):
                    yield [who, what, organiser.claim, document.claim, who_claim, what_claim]

    def _note(self, report: _Report, about: Iterable[list[str]]) -> None:
        """Keep a report, if anything of it can be shared: a line that begins with month and day."""
        if found := list(about):
            line = json.dumps([report.month_day, report, found], separators=(",", ":")).encode() + b"\n"
            self._reports.add([line], len(line))

    def same_events(self) -> None:
        """same-event, year-from-other-article: reports that share day, organiser and a document.

        Where reports that hang together give two years, those without a year are left alone: which of the two
        is theirs is not known. Only what was reported of one month and day is in memory at a time.
        """
        told = (json.loads(line) for line in self._reports)
        for _, lines in groupby(told, key=itemgetter(0)):
            reports: dict[str, _Report] = {}
            alike: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
            for _, fields, about in lines:
                report = _Report(*fields)
                reports[report.iri] = report
                for who, what, *claims in about:
                    alike[who, what][report.iri] += claims
            self._compare(reports, _shared(reports, alike))

    def _compare(self, reports: dict[str, _Report], shared: dict[tuple[str, str], list[str]]) -> None:
        for group, joined in _groups(shared):
            days = {reports[event].held for event in group} - {""}
            told: dict[str, list[tuple[bool, str]]] = defaultdict(list)
            for one, other in joined:
                if len(days) < 2 or bool(reports[one].held) == bool(reports[other].held):
                    grounds = [*shared[one, other], *reports[one].grounds, *reports[other].grounds]
                    for a, b in ((one, other), (other, one)):
                        claim = self._conclusions.add(a, CKG.sameEventAs, node(b), "same-event", grounds)
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
                self._conclusions.add(event, CKG.heldOn, day(held), "year-from-other-article", grounds)


def _shared(
    reports: dict[str, _Report], alike: dict[tuple[str, str], dict[str, list[str]]]
) -> dict[tuple[str, str], list[str]]:
    """Pairs of reports from two articles that share day, organiser and document, with their claims."""
    shared: dict[tuple[str, str], list[str]] = {}
    for _, claims in sorted(alike.items()):
        in_order = sorted(claims, key=lambda event: (reports[event].held, event))
        for one, other in pairs(in_order):
            if _article(one) != _article(other) and _agree(reports[one], reports[other]):
                key = (one, other) if one < other else (other, one)
                shared.setdefault(key, [*claims[one], *claims[other]])
    return shared


def _article(event: str) -> str:
    """The article that tells of an event: it is in the event's name."""
    return event.rpartition("/event/")[0]


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
