"""Which province an organ or a place belongs to, and the provinces of an era.

All of it is read once from a graph that does not change: some thousand organs and territories, which pages
would otherwise climb from step by step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kg.namespaces import CKG
from kg.pages.data import Reader, text

ERAS = {"63": "2024-12-31", "34": "2025-07-01"}  # number of provinces → a day on which there were as many


@dataclass(frozen=True, slots=True)
class Tile:
    """A province of an era and where it stands in the grid of tiles; row 0 = it has no tile."""

    iri: str
    code: str
    row: int
    column: int


@dataclass(slots=True)
class Places:
    """What lies in what. `above`: organs and places → what they belong to; `around` only of places."""

    above: dict[str, set[str]]
    around: dict[str, set[str]]
    territory: dict[str, set[str]]
    successor: dict[str, set[str]]
    held_at: dict[str, set[str]]  # events → where, their points included
    eras: dict[str, list[Tile]]
    _seen: dict[str, frozenset[str]] = field(default_factory=dict)

    def of_organ(self, iri: str) -> frozenset[str]:
        """The territories of an organ and of those it belongs to, all that these lie in, and what followed
        them."""
        if iri not in self._seen:
            own = (place for organ in _reached(iri, self.above) for place in self.territory.get(organ, ()))
            self._seen[iri] = frozenset().union(*map(self.of_place, own))
        return self._seen[iri]

    def of_place(self, iri: str) -> frozenset[str]:
        """A place, all that it lies in, and what followed these."""
        reached = _reached(iri, self.around)
        return frozenset(reached.union(*(self.successor.get(place, ()) for place in reached)))


def _reached(iri: str, steps: dict[str, set[str]]) -> set[str]:
    """`iri` and all that the steps lead to from it."""
    todo, seen = [iri], {iri}
    while todo:
        further = steps.get(todo.pop(), set()) - seen
        seen |= further
        todo += further
    return seen


def places(reader: Reader) -> Places:
    """Read the places of a graph."""

    def pairs(*properties: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name in properties:
            for row in reader.ask("pairs", p=name):
                found.setdefault(text(row, "x"), set()).add(text(row, "y"))
        return found

    part_of = pairs(CKG.partOf)
    above = {iri: set(of) for iri, of in part_of.items()}
    for iri, of in pairs(CKG.standingBodyOf).items():
        above.setdefault(iri, set()).update(of)
    held_at = pairs(CKG.heldAt)
    for point, conferences in pairs(CKG.subEventOf).items():
        for conference in conferences:
            held_at[conference] = held_at.get(conference, set()) | held_at.get(point, set())
    codes = {text(row, "province"): text(row, "code") for row in reader.ask("provinces")}
    since, until = reader.values(codes, "ckg:validFrom"), reader.values(codes, "ckg:validUntil")
    eras = {
        era: [
            Tile(iri, code, *_tiles().get((era, code), (0, 0)))
            for iri, code in codes.items()
            if _there(day, since.get(iri, ()), until.get(iri, ()))
        ]
        for era, day in ERAS.items()
    }
    return Places(above, part_of, pairs(CKG.territory), pairs(CKG.successor), held_at, eras)


def _there(day: str, since: Iterable[str], until: Iterable[str]) -> bool:
    return all(first <= day for first in since) and all(last > day for last in until)


@cache
def _tiles() -> dict[tuple[str, str], tuple[int, int]]:
    lines = (Path(__file__).parent / "tiles.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {(era, code): (int(row), int(column)) for era, code, row, column in rows}
