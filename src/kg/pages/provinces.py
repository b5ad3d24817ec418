"""Provinces at a glance: where a document or a conference about it was seen, as a table and a grid of tiles.

The grid of the 63 provinces before 1 July 2025 and of the 34 after it is `tiles.tsv`: each tile stands about
where its province lies. What is not seen is never said not to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.namespaces import CKG
from kg.pages import entity as entities
from kg.pages.facts import Fact, quote, steps
from kg.pages.places import ERAS, Tile
from kg.pages.site import MissingError, View, Visit
from kg.show.cascade import Gathering, Node

_FIRST = 3  # documents and events that the table lists of a province
_ALONE = 150  # ... of the one province that is asked for


@dataclass(slots=True)
class Province:
    """A province of an era and what was seen there: documents, events (IRIs), and the facts that say so."""

    tile: Tile
    documents: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)  # the first of both
    facts: list[Fact] = field(default_factory=list)

    @property
    def state(self) -> str:
        """What was seen: "document", "conference" or "nothing"."""
        return "document" if self.documents else "conference" if self.events else "nothing"

    @property
    def more(self) -> int:
        """How many documents and events are not shown."""
        return len(self.documents) + len(self.events) - len(self.shown)


@dataclass(slots=True)
class Summary:
    """The provinces of an era and how many there are of each state."""

    era: str
    provinces: list[Province]

    def count(self, state: str) -> int:
        """How many provinces are in a state."""
        return sum(province.state == state for province in self.provinces)


def era_of(root: Node) -> str:
    """The era in which a document was issued; that of today where its day is not known."""
    return "63" if root.dates and root.dates[0] < ERAS["34"] else "34"


def summary(visit: Visit, root: Node, era: str) -> Summary:
    """Where the documents and events of a cascade were seen."""
    places = visit.site.places
    by_iri = {tile.iri: Province(tile) for tile in places.eras[era]}
    seen: dict[tuple[str, str], None] = {}  # (province, IRI), each once

    def note(iri: str, organs: list[str], at: set[str], name: str) -> None:
        reached = {place for organ in organs for place in places.of_organ(organ)}
        reached |= {place for lower in at for place in places.of_place(lower)}
        for place in sorted(reached & by_iri.keys()):
            if (place, iri) not in seen:
                seen[place, iri] = None
                getattr(by_iri[place], name).append(iri)

    for node in documents(root):
        note(node.iri, node.issuers, set(), "documents")
    for event in events(root):
        note(event.iri, event.organisers, places.held_at.get(event.iri, set()), "events")
    return Summary(era, list(by_iri.values()))


def documents(node: Node) -> Iterator[Node]:
    """All documents below one."""
    for child in node.children:
        yield child
        yield from documents(child)


def events(node: Node) -> Iterator[Gathering]:
    """All events that passed on a document or one below it."""
    yield from node.events
    for child in node.children:
        yield from events(child)


def view(visit: Visit, era: str, iri: str) -> View:
    """The provinces of an era, for a document; with the parameter `in` all that was seen in one of them."""
    if era not in ERAS:
        raise MissingError(era)
    entity = entities.heading(visit, iri)
    found = summary(visit, visit.site.known.grow(iri), era)
    alone = visit.params.get("in", "")
    listed = [p for p in found.provinces if alone in ("", p.tile.code)]
    if alone and not listed:
        raise MissingError(alone)
    _prove(visit, listed, _ALONE if alone else _FIRST)
    listed.sort(key=lambda p: ("document", "conference", "nothing").index(p.state))
    data = {"entity": entity, "summary": found, "listed": listed, "eras": list(ERAS), "alone": alone}
    return View("provinces.html", entity.label, data, "Territory")


def _prove(visit: Visit, listed: list[Province], most: int) -> None:
    """Choose what the table lists of each province, and find the facts behind it."""
    for province in listed:
        province.shown = [*province.documents, *province.events][:most]
    issued = {iri for p in listed for iri in p.shown if iri in p.documents}
    held = {iri for p in listed for iri in p.shown} - issued
    told = steps(visit.reader, issued, CKG.implements) + steps(visit.reader, held, CKG.disseminates)
    quote(visit.reader, told)
    by_subject: dict[str, list[Fact]] = {}
    for fact in told:
        by_subject.setdefault(fact.subject, []).append(fact)
    for province in listed:
        province.facts = [fact for iri in province.shown for fact in by_subject.get(iri, ())]
    tiles = {tile.iri for era in visit.site.places.eras.values() for tile in era}
    visit.learn(tiles | {iri for p in listed for iri in p.shown} | {fact.rule for fact in told})


def index(visit: Visit) -> View:
    """All provinces of today as tiles, and the documents of the centre to look at them for."""
    eras = visit.site.places.eras
    visit.learn({tile.iri for era in eras.values() for tile in era})
    central = [
        e for e in visit.site.catalogue.of("Document") if "-TW" in e.code.replace("/", "-") and e.articles
    ]
    data = {"today": eras["34"], "former": eras["63"], "documents": central[:30]}
    return View("provinces-index.html", "", data, "Territory")
