"""The cascade below a document: which documents carry it out, and the events that passed each of them on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import pyoxigraph as ox

from kg.ask.names import rows, values_of
from kg.store import Queryable

_STEP = "(ckg:implements/ckg:resolvedTo?)"
_EDGES = f"""
SELECT DISTINCT ?parent ?child ?source WHERE {{
  VALUES ?root {{ %s }}
  ?above {_STEP}* ?root .
  ?node ckg:resolvedTo? ?above .
  GRAPH ?source {{ ?child ckg:implements ?node }}
  OPTIONAL {{ ?node ckg:resolvedTo ?target }}
  BIND(COALESCE(?target, ?node) AS ?parent)
}}"""
_FACTS = {
    "code": "ckg:code",
    "number": "ckg:documentNumber",
    "issuer": "ckg:issuedBy",
    "level": "ckg:issuedBy/ckg:level",
    "date": "ckg:issuedOn",
}
_EVENTS = """
SELECT DISTINCT ?node ?event WHERE { VALUES ?node { %s } ?event ckg:disseminates/ckg:resolvedTo? ?node }"""


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
    at another place, which also ends cycles.
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
    events: list[Gathering] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)


def cascade(store: Queryable, root: str) -> Node:
    """The tree of documents that carry out `root` (an IRI), children by date, undated ones last."""
    known = _Known()
    for row in rows(store, _EDGES % ox.NamedNode(root)):
        known.below[row["parent"]][row["child"]].add(row["source"])
    iris = {root, *known.below, *(child for children in known.below.values() for child in children)}
    named = " ".join(str(ox.NamedNode(iri)) for iri in sorted(iris))
    for name, path in _FACTS.items():
        known.facts[name] = values_of(store, iris, path)
    passed = [(row["node"], row["event"]) for row in rows(store, _EVENTS % named)]
    dates = values_of(store, {event for _, event in passed}, "ckg:heldOn|ckg:monthDay")
    organisers = values_of(store, {event for _, event in passed}, "ckg:organisedBy")
    for node, event in passed:
        gathering = Gathering(event, sorted(dates.get(event, ())), sorted(organisers.get(event, ())))
        known.events.setdefault(node, []).append(gathering)
    return known.grow(root, [])


@dataclass(slots=True)
class _Known:
    """What the store says of the documents of one cascade, and which of them stand in the tree already."""

    below: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    facts: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    events: dict[str, list[Gathering]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def grow(self, iri: str, before: list[str]) -> Node:
        """The tree below `iri`, whose document above bears the dates `before`."""
        facts = {name: sorted(of.get(iri, ())) for name, of in self.facts.items()}
        codes = facts["code"] or facts["number"]
        node = Node(iri, codes, facts["issuer"], facts["level"], facts["date"])
        node.days = days_between(before, node.dates)
        if iri in self.seen:
            node.again = iri in self.below or iri in self.events
            return node
        self.seen.add(iri)
        for event in self.events.get(iri, []):
            event.days = days_between(node.dates, event.dates)
            node.events.append(event)
        node.events.sort(key=lambda e: (not any(map(_day, e.dates)), e.dates, e.iri))
        for child, sources in sorted(self.below.get(iri, {}).items()):
            grown = self.grow(child, node.dates)
            grown.articles = sum("/id/article/" in source for source in sources)
            grown.inferred = not any("/id/article/" in s or s.endswith("graph/register") for s in sources)
            node.children.append(grown)
        node.children.sort(key=lambda n: (not n.dates, n.dates, n.iri))
        return node


def days_between(before: list[str], after: list[str]) -> list[int]:
    """Days from each full date of `before` to each of `after`, sorted; other values are passed over."""
    pairs = [(_day(a), _day(b)) for a in before for b in after]
    return sorted({(b - a).days for a, b in pairs if a and b})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
