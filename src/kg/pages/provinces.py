"""Provinces at a glance: where a document or a conference about it was seen, as a table and a grid of tiles.

The grid of the 63 provinces before 1 July 2025 and of the 34 after it is `tiles.tsv`: each tile stands about
where its province lies. What is not seen is never said not to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kg.namespaces import CKG
from kg.pages import entity as entities
from kg.pages.data import text
from kg.pages.facts import Fact, quote, steps
from kg.pages.site import MissingError, View, Visit
from kg.show.cascade import Gathering, Node, cascade

ERAS = {"63": "2024-12-31", "34": "2025-07-01"}  # number of provinces → a day on which there were as many
_STEPS = 8  # levels between the lowest organ or territory and its province, at most


@dataclass(slots=True)
class Province:
    """A province of an era and what was seen there: documents, events (IRIs), and their sentences."""

    iri: str
    code: str
    row: int
    column: int
    documents: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    @property
    def state(self) -> str:
        """What was seen: "document", "conference" or "nothing"."""
        return "document" if self.documents else "conference" if self.events else "nothing"


@dataclass(slots=True)
class Summary:
    """The provinces of an era and how many there are of each state."""

    era: str
    provinces: list[Province]

    def count(self, state: str) -> int:
        """How many provinces are in a state."""
        return sum(province.state == state for province in self.provinces)


@cache
def _tiles() -> dict[tuple[str, str], tuple[int, int]]:
    lines = (Path(__file__).parent / "tiles.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {(era, code): (int(row), int(column)) for era, code, row, column in rows}


def of_era(visit: Visit, era: str) -> list[Province]:
    """The provinces of an era, in the order of their codes, each with its tile."""
    day = ERAS[era]
    rows = {text(row, "province"): text(row, "code") for row in visit.reader.ask("provinces")}
    since = visit.reader.values(rows, "ckg:validFrom")
    until = visit.reader.values(rows, "ckg:validUntil")
    visit.learn(set(rows))
    there = {
        iri: code
        for iri, code in rows.items()
        if all(d <= day for d in since.get(iri, ())) and all(d > day for d in until.get(iri, ()))
    }
    return [Province(iri, code, *_tiles().get((era, code), (0, 0))) for iri, code in there.items()]


def era_of(root: Node) -> str:
    """The era in which a document was issued; that of today where its day is not known."""
    return "63" if root.dates and root.dates[0] < ERAS["34"] else "34"


def summary(visit: Visit, root: Node, era: str) -> Summary:
    """Where the documents and events of a cascade were seen."""
    found = of_era(visit, era)
    issuers = {node.iri: node.issuers for node in _documents(root)}
    organisers = {event.iri: event.organisers for event in _events(root)}
    documents, events = list(issuers), list(organisers)
    where = _territories(
        visit, {organ for of in (issuers, organisers) for organs in of.values() for organ in organs}
    )
    at = visit.reader.values(events, "ckg:heldAt|^ckg:subEventOf/ckg:heldAt")
    held_at = _upwards(visit, {place for of in at.values() for place in of}, "ckg:partOf")
    places = {
        iri: {place for organ in organs for place in where.get(organ, ())} for iri, organs in issuers.items()
    }
    held = {
        iri: {place for organ in organs for place in where.get(organ, ())}
        | {above for place in at.get(iri, ()) for above in held_at.get(place, ())}
        for iri, organs in organisers.items()
    }
    successors = visit.reader.values(
        {p for of in (*places.values(), *held.values()) for p in of}, "ckg:successor"
    )
    by_iri = {province.iri: province for province in found}
    for iris, of, name in ((documents, places, "documents"), (events, held, "events")):
        for iri in iris:
            for place in {q for p in of.get(iri, ()) for q in (p, *successors.get(p, ()))}:
                if place in by_iri:
                    getattr(by_iri[place], name).append(iri)
    return Summary(era, found)


def _territories(visit: Visit, organs: set[str]) -> dict[str, set[str]]:
    """Organ → the territories of the organs that it belongs to, and all that these lie in."""
    above = _upwards(visit, organs, "ckg:standingBodyOf|ckg:partOf")
    own = visit.reader.values({organ for of in above.values() for organ in of}, "ckg:territory")
    around = _upwards(visit, {place for of in own.values() for place in of}, "ckg:partOf")
    return {
        organ: {wide for higher in of for place in own.get(higher, ()) for wide in around[place]}
        for organ, of in above.items()
    }


def _upwards(visit: Visit, start: set[str], path: str) -> dict[str, set[str]]:
    """IRI → itself and all that `path` leads to from it, a level at a time.

    A path with a star is some hundred times slower here: the engine follows it once for every article.
    """
    steps_: dict[str, list[str]] = {}
    new = {iri for iri in start if iri.startswith("http")}
    for _ in range(_STEPS):
        found = visit.reader.values(new, path) if new else {}
        steps_ |= {iri: found.get(iri, []) for iri in new}
        new = {above for of in found.values() for above in of} - steps_.keys()
    reached = {}
    for iri in start:
        todo, seen = [iri], {iri}
        while todo:
            further = set(steps_.get(todo.pop(), ())) - seen
            seen |= further
            todo += further
        reached[iri] = seen
    return reached


def _documents(node: Node) -> Iterator[Node]:
    for child in node.children:
        yield child
        yield from _documents(child)


def _events(node: Node) -> Iterator[Gathering]:
    yield from node.events
    for child in node.children:
        yield from _events(child)


def view(visit: Visit, era: str, iri: str) -> View:
    """The provinces of an era, for a document."""
    if era not in ERAS:
        raise MissingError(era)
    entity = entities.heading(visit, iri)
    root = cascade(visit.site.store, iri)
    found = summary(visit, root, era)
    seen = [p for p in found.provinces if p.state != "nothing"]
    told = steps(visit.reader, {d for p in seen for d in p.documents}, CKG.implements)
    told += steps(visit.reader, {e for p in seen for e in p.events}, CKG.disseminates)
    quote(visit.reader, told)
    for province in seen:
        own = {*province.documents, *province.events}
        province.facts = [fact for fact in told if fact.subject in own]
    visit.learn({iri for p in seen for iri in (*p.documents, *p.events)} | {f.rule for f in told})
    data = {"entity": entity, "summary": found, "eras": list(ERAS)}
    return View("provinces.html", entity.label, data, "Territory")


def index(visit: Visit) -> View:
    """All provinces of today as tiles, and the documents of the centre to look at them for."""
    era = "34"
    central = [
        e for e in visit.site.catalogue.of("Document") if "-TW" in e.code.replace("/", "-") and e.articles
    ]
    data = {
        "summary": Summary(era, of_era(visit, era)),
        "former": of_era(visit, "63"),
        "documents": central[:30],
    }
    return View("provinces-index.html", "", data, "Territory")
