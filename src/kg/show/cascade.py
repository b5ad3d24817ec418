"""The cascade below a document: which documents carry it out, and the events that passed each of them on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import pyoxigraph as ox

from kg.ask.names import rows, values_of
from kg.store import Queryable

_STEP = "(ckg:implements/ckg:resolvedTo?)"
_EDGES = f"""
SELECT DISTINCT ?node ?child ?source WHERE {{
  VALUES ?root {{ %s }}
  ?above {_STEP}* ?root .
  ?node ckg:resolvedTo? ?above .
  GRAPH ?source {{ ?child ckg:implements ?node }}
}}"""
_ALL_EDGES = "SELECT DISTINCT ?node ?child ?source WHERE { GRAPH ?source { ?child ckg:implements ?node } }"
_CODES = "ckg:code", "ckg:documentNumber"
_WHEN = "ckg:heldOn|ckg:monthDay"
_EVENTS = """
SELECT DISTINCT ?node ?event WHERE { VALUES ?node { %s } ?event ckg:disseminates/ckg:resolvedTo? ?node }"""
_DEEPEST = 60  # steps below the root: no cascade of ours has ten, a stranger's graph may have thousands
Texts = dict[str, set[str]]  # IRI → texts


@dataclass(slots=True)
class Gathering:
    """An event that passed a document on. `days` after the document's date, for each pair of known dates."""

    iri: str
    dates: list[str] = field(default_factory=list)
    organisers: list[str] = field(default_factory=list)
    days: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Node:
    """A document in a cascade. Lists hold every value that the sources give; an empty list is a hole.

    `days` after the document above; `inferred` = no article states the step; `again` = its cascade is shown
    at another place, which also ends cycles; `deeper` = it goes on beyond 60 steps from the root.
    """

    iri: str
    codes: list[str] = field(default_factory=list)
    issuers: list[str] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    days: list[int] = field(default_factory=list)
    articles: int = 0
    inferred: bool = False
    again: bool = False
    deeper: bool = False
    events: list[Gathering] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)


def cascade(store: Queryable, root: str) -> Node:
    """The tree of documents that carry out `root` (an IRI), children by date, undated ones last."""
    edges = list(rows(store, _EDGES % ox.NamedNode(root)))
    known = Known(names=values_of(store, {row["node"] for row in edges}, "ckg:resolvedTo"))
    known.add(edges)
    iris = {root, *known.below, *(child for children in known.below.values() for child in children)}
    named = " ".join(str(ox.NamedNode(iri)) for iri in sorted(iris))
    known.codes, numbers = (values_of(store, iris, path) for path in _CODES)
    known.codes = numbers | known.codes
    known.issuers = values_of(store, iris, "ckg:issuedBy")
    known.levels = values_of(store, {i for of in known.issuers.values() for i in of}, "ckg:level")
    known.dates = values_of(store, iris, "ckg:issuedOn")
    for row in rows(store, _EVENTS % named):
        known.events[row["node"]].add(row["event"])
    events = {event for of in known.events.values() for event in of}
    known.dates |= values_of(store, events, _WHEN)
    known.organisers = values_of(store, events, "ckg:organisedBy")
    return known.grow(root)


def whole(store: Queryable) -> Known:
    """What the store says of all documents at once: a tenth of a second for a million triples.

    Who draws many cascades of a graph that does not change asks this once, and `Known.grow` for each.
    """
    known = Known(names=_all(store, "ckg:resolvedTo"))
    known.add(rows(store, _ALL_EDGES))
    known.issuers = _all(store, "ckg:issuedBy")
    known.levels = _all(store, "ckg:level")
    known.dates = _all(store, f"ckg:issuedOn|{_WHEN}")
    for event, documents in _all(store, "ckg:disseminates").items():
        for document in {d for name in documents for d in (name, *known.names.get(name, ()))}:
            known.events[document].add(event)
    known.organisers = _all(store, "ckg:organisedBy")
    return known


def _all(store: Queryable, path: str) -> Texts:
    found: Texts = {}
    for row in rows(store, f"SELECT DISTINCT ?x ?y {{ ?x {path} ?y }}"):
        found.setdefault(row["x"], set()).add(row["y"])
    return found


@dataclass(slots=True)
class Known:
    """What a graph says of documents and of the events that pass them on. `names`: what articles call by a
    name of their own → what it is."""

    names: Texts
    below: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )  # document → what carries it out → the graphs that say so
    events: Texts = field(default_factory=lambda: defaultdict(set))
    codes: Texts = field(default_factory=dict)
    issuers: Texts = field(default_factory=dict)
    levels: Texts = field(default_factory=dict)  # of organs
    dates: Texts = field(default_factory=dict)  # of documents and events
    organisers: Texts = field(default_factory=dict)

    def add(self, edges: Iterable[dict[str, str]]) -> None:
        """Take in steps: `child` carries out `node`, as the graph `source` says."""
        for row in edges:
            for parent in self.names.get(row["node"]) or (row["node"],):
                self.below[parent][row["child"]].add(row["source"])

    def grow(self, root: str) -> Node:
        """The tree below a document."""
        return self._grow(root, [], set(), _DEEPEST)

    def _grow(self, iri: str, before: list[str], seen: set[str], depth: int) -> Node:
        """The tree below `iri`, of at most `depth` steps; its document above bears the dates `before`."""
        issuers = sorted(self.issuers.get(iri, ()))
        levels = sorted({level for organ in issuers for level in self.levels.get(organ, ())})
        node = Node(iri, sorted(self.codes.get(iri, ())), issuers, levels, sorted(self.dates.get(iri, ())))
        node.days = days_between(before, node.dates)
        if iri in seen:
            node.again = iri in self.below or iri in self.events
            return node
        seen.add(iri)
        node.events = [self._gathering(event, node.dates) for event in self.events.get(iri, ())]
        node.events.sort(key=lambda e: (not any(map(_day, e.dates)), e.dates, e.iri))
        below = self.below.get(iri, {})
        node.deeper = bool(below) and not depth
        for child, sources in sorted(below.items()) if depth else ():
            grown = self._grow(child, node.dates, seen, depth - 1)
            grown.articles = sum("/id/article/" in source for source in sources)
            grown.inferred = not grown.articles and not any(s.endswith("graph/register") for s in sources)
            node.children.append(grown)
        node.children.sort(key=lambda n: (not n.dates, n.dates, n.iri))
        return node

    def _gathering(self, event: str, before: list[str]) -> Gathering:
        dates, organisers = sorted(self.dates.get(event, ())), sorted(self.organisers.get(event, ()))
        return Gathering(event, dates, organisers, days_between(before, dates))


def days_between(before: list[str], after: list[str]) -> list[int]:
    """Days from each full date of `before` to each of `after`, sorted; other values are passed over."""
    pairs = [(_day(a), _day(b)) for a in before for b in after]
    return sorted({(b - a).days for a, b in pairs if a and b})


@lru_cache(maxsize=4096)  # the same days come again and again
def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
