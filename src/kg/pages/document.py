"""The page of a document: its card, the cascade below it as drawing, table and timeline, its provinces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kg.namespaces import CKG
from kg.pages import entity as entities
from kg.pages import provinces
from kg.pages.drawing import LEVELS, MOST, Drawing, draw
from kg.pages.facts import Fact, quote, steps
from kg.pages.site import View, Visit
from kg.show.cascade import Gathering, Node

_DRAWN = 20  # rows that the page of a document draws; the drawing's own page has them all
_TABLE = 20
_PROVED = 6  # steps whose sentences are on the page


@dataclass(slots=True)
class Step:
    """A line of the cascade's table: what carries out or passes on the document above it."""

    kind: str
    iri: str
    above: str
    level: str
    organs: list[str]
    dates: list[str]
    days: list[int]
    depth: int
    inferred: bool = False
    fact: Fact | None = None
    notes: tuple[str, ...] = ()  # attendance and number of points of an event


@dataclass(slots=True)
class Cascade:
    """The cascade below a document in its three forms."""

    drawing: Drawing
    steps: list[Step]  # the first of all
    documents: int
    events: int
    timeline: list[Step]

    @property
    def total(self) -> int:
        """How many steps there are."""
        return self.documents + self.events


def view(visit: Visit, iri: str) -> View:
    """The page of a document."""
    entity = entities.describe(visit, iri)
    tree = visit.site.known.grow(iri)
    central = any(level.endswith("#Central") for level in tree.levels)
    seen = provinces.summary(visit, tree, provinces.era_of(tree)) if central else None
    unseen = seen.count("nothing") if seen else 0
    data = {
        "entity": entity,
        "cascade": below(visit, tree, unseen > 0),
        "provinces": seen,
        "unseen": unseen,
    }
    return View("document.html", entity.label, data, "Document")


def drawing_view(visit: Visit, iri: str) -> View:
    """The whole drawing on pages of its own."""
    entity = entities.heading(visit, iri)
    tree = visit.site.known.grow(iri)
    visit.learn(set(_iris(tree)))
    rows = sum(1 for _ in _steps(tree, 0)) - 1
    pages = max(-(-rows // MOST), 1)
    page = visit.number("page", most=pages)
    data = {
        "entity": entity,
        "drawing": draw(tree, visit.name, MOST, first=(page - 1) * MOST),
        "rows": rows,
        "page": page,
        "pages": pages,
    }
    return View("cascade.html", entity.label, data, "Document")


def below(visit: Visit, tree: Node, hole: bool) -> Cascade:
    """A cascade in its three forms, with the sentences of its first steps."""
    visit.learn(set(_iris(tree)))
    root, *rows = _steps(tree, 0)
    shown = rows[:_TABLE]
    _prove(visit, shown)
    dated = sorted((s for s in (root, *rows) if s.dates), key=lambda s: (s.dates[0], s.depth, s.iri))
    line = dated[:_TABLE]
    _note(visit, [step for step in line if step.kind == "event"])
    counts = Counter(step.kind for step in rows)
    drawing = draw(tree, visit.name, _DRAWN, hole=hole)
    return Cascade(drawing, shown, counts["document"], counts["event"], line)


def _prove(visit: Visit, rows: list[Step]) -> None:
    """Give each step the fact that makes it one, the first of them with their sentences."""
    documents = [step.iri for step in rows if step.kind == "document"]
    events = [step.iri for step in rows if step.kind == "event"]
    found = steps(visit.reader, documents, CKG.implements) + steps(visit.reader, events, CKG.disseminates)
    found.sort(key=lambda fact: (fact.status == "stated", fact.articles))  # the best comes last
    told = {(fact.subject, fact.iri): fact for fact in found} | {(fact.subject, ""): fact for fact in found}
    for step in rows:
        step.fact = told.get((step.iri, step.above)) or told.get((step.iri, ""))
    facts = [step.fact for step in rows if step.fact]
    quote(visit.reader, facts, _PROVED)
    visit.learn({fact.rule for fact in facts})


def _note(visit: Visit, events: list[Step]) -> None:
    """How many points and people an event had."""
    iris = [step.iri for step in events]
    points = visit.reader.values(iris, "ckg:pointCount")
    people = visit.reader.values(iris, "ckg:attendance")
    for step in events:
        found = [("points-of", n) for n in points.get(step.iri, [])] + [
            ("people-of", n) for n in people.get(step.iri, [])
        ]
        step.notes = tuple(f"{key} {n}" for key, n in found)


def _steps(node: Node, depth: int, above: str = "") -> Iterator[Step]:
    level = min(
        (n for n in (i.rpartition("#")[2] for i in node.levels) if n in LEVELS), key=LEVELS.index, default=""
    )
    yield Step(
        "document",
        node.iri,
        above,
        level,
        node.issuers,
        node.dates,
        node.days,
        depth,
        node.inferred and depth > 0,
    )
    for event in node.events:
        yield _gathering(event, node.iri, level, depth + 1)
    for child in node.children:
        yield from _steps(child, depth + 1, node.iri)


def _gathering(event: Gathering, above: str, level: str, depth: int) -> Step:
    return Step("event", event.iri, above, level, event.organisers, event.dates, event.days, depth)


def _iris(node: Node) -> Iterator[str]:
    yield from (node.iri, *node.issuers, *node.levels)
    for event in node.events:
        yield from (event.iri, *event.organisers)
    for child in node.children:
        yield from _iris(child)
