"""The part that pages of all things share: heading, facts with their sources, what points here, findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.namespaces import SKOS
from kg.pages.data import text
from kg.pages.facts import Fact, outgoing, quote
from kg.pages.layout import HIDDEN, LINES, Line
from kg.pages.related import Listing, articles, iris_of, listings
from kg.pages.site import MissingError, View, Visit

_TOPS = (
    "Document",
    "Organ",
    "Person",
    "Event",
    "Territory",
    "Task",
    "Statement",
    "Tenure",
    "Article",
    "Topic",
)
_VALUES = 10  # values of a property on the page of its thing
_OPEN = 4  # facts of each line and list whose sentences are on the page


@dataclass(slots=True)
class Row:
    """A line of the fact table: the first of `total` facts. None = a hole; `conflict` = the sources
    contradict each other."""

    property: str
    name: str
    facts: list[Fact]
    total: int
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A validation result about this thing."""

    shape: str
    severity: str
    message: str


@dataclass(slots=True)
class Entity:
    """What is known of one thing."""

    iri: str
    label: str
    top: str
    classes: list[str]
    names: list[str]
    rows: list[Row]
    lists: list[Listing] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    articles: Listing = field(default_factory=lambda: Listing("told-by", [], 0))

    @property
    def facts(self) -> list[Fact]:
        """All facts of the table."""
        return [fact for row in self.rows for fact in row.facts]


def describe(visit: Visit, iri: str) -> Entity:
    """Gather what is known of a resource. Raises MissingError where nothing is."""
    classes, top = _kinds(visit, iri)
    facts = outgoing(visit.reader, iri)
    lists = listings(visit, iri, top)
    if not classes and not facts and not lists:
        raise MissingError(iri)
    entity = Entity(
        iri=iri, label=visit.name(iri), top=top, classes=classes, names=_names(visit, iri, facts),
        rows=_rows(visit, facts, LINES.get(top, ())), lists=lists,
        findings=findings(visit, iri), articles=articles(visit, iri),
    )  # fmt: skip
    shown = [fact for row in entity.rows for fact in row.facts[:_OPEN]]
    shown += [fact for made in entity.lists for item in made.items[:_OPEN] for fact in item.facts]
    quote(visit.reader, shown)
    visit.learn(_iris(entity))
    return entity


def _kinds(visit: Visit, iri: str) -> tuple[list[str], str]:
    """The classes of a thing, and which of the kinds that have a page of their own it is."""
    rows = visit.reader.ask("kind", this=iri)
    tops = {text(row, "top").rpartition("#")[2] for row in rows}
    return sorted({text(row, "class") for row in rows}), next((name for name in _TOPS if name in tops), "")


def heading(visit: Visit, iri: str) -> Entity:
    """Only the name of a thing and what it is. Raises MissingError where nothing is known of it."""
    classes, top = _kinds(visit, iri)
    if not classes:
        raise MissingError(iri)
    visit.learn(set(classes))
    return Entity(iri, visit.name(iri), top, classes, [], [])


def view(visit: Visit, iri: str) -> View:
    """The page of a thing that has no page of its own kind."""
    entity = describe(visit, iri)
    return View("entity.html", entity.label, {"entity": entity}, entity.top)


def _names(visit: Visit, iri: str, facts: Sequence[Fact]) -> list[str]:
    labels = [text(row, "label") for row in visit.reader.ask("labels", this=iri)]
    others = [fact.value for fact in facts if fact.predicate == SKOS.altLabel]
    return [name for name in dict.fromkeys([*labels, *others]) if name != visit.name(iri)][:12]


def _rows(visit: Visit, facts: Sequence[Fact], lines: Sequence[Line]) -> list[Row]:
    by_property: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.predicate not in HIDDEN:
            by_property.setdefault(fact.predicate, []).append(fact)
    order = [line for line in lines if line.property in by_property or line.hole]
    listed = {line.property for line in lines}
    order += [Line(name) for name in sorted(by_property) if name not in listed]
    visit.learn({line.property for line in order})
    return [_row(visit, line, by_property.get(line.property, [])) for line in order]


def _row(visit: Visit, line: Line, facts: list[Fact]) -> Row:
    name = visit.property(line.property)
    facts = sorted(facts, key=lambda fact: (-fact.articles, fact.value))
    told = {fact.value for fact in facts if fact.status != "inferred"}
    return Row(
        line.property, name[:1].upper() + name[1:], facts[:_VALUES], len(facts), line.single and len(told) > 1
    )


def findings(visit: Visit, iri: str) -> list[Finding]:
    """What the newest validation says of a thing, worst first."""
    rows = visit.reader.ask("findings-of", this=iri)
    kept: dict[str, Finding] = {}
    for row in rows:
        message, lang = row.get("message"), getattr(row.get("message"), "language", None)
        if message is not None and (lang == visit.lang or text(row, "result") not in kept):
            severity = text(row, "severity").rpartition("#")[2].lower()
            kept[text(row, "result")] = Finding(
                text(row, "shape"), severity, readable(visit, text(row, "message"))
            )
    order = ("violation", "warning", "info")
    return sorted(
        kept.values(), key=lambda f: (order.index(f.severity) if f.severity in order else 0, f.message)
    )


def readable(visit: Visit, message: str) -> str:
    """A message with the IRIs that have a name replaced by it."""
    from kg.check.report import IRI_IN_TEXT

    visit.learn(set(IRI_IN_TEXT.findall(message)))
    return IRI_IN_TEXT.sub(lambda m: visit.name(m.group()), message)


def _iris(entity: Entity) -> set[str]:
    found = {*entity.classes, *(f.shape for f in entity.findings)} | iris_of([*entity.lists, entity.articles])
    stated = [*entity.facts, *(fact for made in entity.lists for item in made.items for fact in item.facts)]
    for fact in stated:
        found |= {fact.iri, fact.rule}
    return found - {""}
