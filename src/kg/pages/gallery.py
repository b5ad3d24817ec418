"""Saved queries as pages: a gallery by group, and for each query a form that answers at the first click."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.ask import Parameter, SavedQuery, Table, bind, text_of
from kg.ask.bind import rebase
from kg.ask.names import Term, value
from kg.errors import KgError, QueryError
from kg.namespaces import XSD
from kg.pages.data import text
from kg.pages.facts import Quote, quotes_of
from kg.pages.site import MissingError, View, Visit

_OPTIONS = 120  # entries of a drop-down
_ROWS = 200  # rows of a table that the page shows
_QUOTED = 60  # rows whose sentences are looked up
_INPUTS = {"xsd:date": "date", "xsd:integer": "number", "xsd:decimal": "number"}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: what stands in it, and what may be chosen (value, name)."""

    name: str
    label: str
    input: str
    value: str
    optional: bool
    kind: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Cell:
    """A cell of the answer: a resource, or text."""

    text: str
    iri: str = ""


@dataclass(slots=True)
class Answer:
    """An answer as the page shows it: rows of cells, each with the sentence of its evidence column."""

    columns: list[str]
    rows: list[list[Cell]]
    quotes: list[list[Quote]]
    total: int
    cut: bool = False


@dataclass(slots=True)
class Asked:
    """A saved query with its parameters put in: SPARQL to run, or what is wrong with the parameters."""

    query: SavedQuery
    params: dict[str, str] = field(default_factory=dict)
    sparql: str = ""
    error: str = ""


def index(visit: Visit) -> View:
    """The gallery."""
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for query in visit.site.queries:
        said = (query.name, text_of(query.title, visit.lang), text_of(query.description, visit.lang))
        groups.setdefault(query.group, []).append(said)
    return View("queries.html", "", {"groups": groups}, "queries")


def prepare(visit: Visit, name: str) -> Asked:
    """The query `group/name` with the reader's parameters. Raises MissingError where there is none."""
    query = next((query for query in visit.site.queries if query.name == name), None)
    if query is None:
        raise MissingError(name)
    given = {p.name: visit.params[p.name].strip() for p in query.params if p.name in visit.params}
    given = {key: text for key, text in given.items() if text or query.param(key).optional}
    asked = Asked(query, given)
    try:
        asked.sparql = bind(visit.site.store, query, given)
    except KgError as error:
        asked.error = str(error)
    return asked


def view(visit: Visit, asked: Asked, table: Table | None, error: str = "", cut: bool = False) -> View:
    """The page of a saved query, with its answer if there is one, or with what went wrong."""
    query = asked.query
    data = {
        "query": query,
        "title": text_of(query.title, visit.lang),
        "description": text_of(query.description, visit.lang),
        "fields": [_field(visit, p, asked.params) for p in query.params],
        "params": asked.params,
        "error": error or asked.error,
        "sparql": asked.sparql or query.text,
        "answer": _answer(visit, query, table, cut) if table is not None else None,
    }
    return View("query.html", text_of(query.title, visit.lang), data, "queries", 400 if asked.error else 200)


def run(visit: Visit, asked: Asked) -> tuple[Table | None, str]:
    """The answer from the graph itself, without a deadline: for static sites and tests."""
    from kg.ask import collect

    if not asked.sparql:
        return None, asked.error
    try:
        return collect(visit.site.store.query(asked.sparql)), ""
    except QueryError as error:
        return None, str(error)


def _field(visit: Visit, parameter: Parameter, params: Mapping[str, str]) -> Field:
    default = _plain(rebase(parameter.default, visit.site.base))
    now = params.get(parameter.name, default)
    kind = parameter.entity_class.rpartition("#")[2]
    options = _options(visit, kind, now) if parameter.kind == "iri" else ()
    given = "select" if options else _INPUTS.get(parameter.kind, "text")
    if parameter.kind == "xsd:boolean":
        given, options = "select", (("true", "true"), ("false", "false"))
    label = text_of(parameter.label, visit.lang) or parameter.name
    return Field(parameter.name, label, given, now, parameter.optional, kind, options)


def _options(visit: Visit, kind: str, now: str) -> tuple[tuple[str, str], ...]:
    """The instances of a class that articles tell of; none where there are too many to choose from."""
    entries = [e for e in visit.site.catalogue.of(kind) if e.articles or e.kind in ("Article", "Topic")]
    if not entries:
        return ()
    chosen = sorted(sorted(entries, key=lambda e: -e.articles)[:_OPTIONS], key=lambda e: e.label)
    found = {e.iri: e.label[:90] for e in chosen}
    if now.startswith("http"):
        found.setdefault(now, visit.name(now)[:90])
    return tuple(found.items())


def _plain(default: str) -> str:
    """A default as a person would type it: an IRI without brackets, a literal without quotes."""
    if default.startswith("<") and default.endswith(">"):
        return default[1:-1]
    if default.startswith('"'):
        return default[1:].partition('"')[0]
    return "" if default == "UNDEF" else default


def _answer(visit: Visit, query: SavedQuery, table: Table, cut: bool) -> Answer:
    shown = table.rows[:_ROWS]
    visit.learn({cell.value for row in shown for cell in row if isinstance(cell, ox.NamedNode)})
    rows = [[_cell(visit, cell) for cell in row] for row in shown]
    quotes: list[list[Quote]] = [[] for _ in shown]
    if query.evidence in table.columns:
        quotes = _quotes(visit, shown, table.columns.index(query.evidence))
    return Answer(list(table.columns), rows, quotes, len(table), cut)


def _cell(visit: Visit, term: Term | None) -> Cell:
    if term is None:
        return Cell("")
    if isinstance(term, ox.NamedNode):
        return Cell(visit.name(term.value), term.value)
    if isinstance(term, ox.Literal) and term.datatype.value == XSD.boolean:
        return Cell("✓" if term.value == "true" else "–")
    return Cell(value(term))


def _quotes(visit: Visit, rows: tuple[tuple[Term | None, ...], ...], place: int) -> list[list[Quote]]:
    """A sentence for each row: of a claim about the evidence column's thing that has another cell of the row
    as its object, else of any claim about it."""
    subjects = [row[place] for row in rows[:_QUOTED]]
    wanted = sorted({term.value for term in subjects if isinstance(term, ox.NamedNode)})
    found: dict[str, list[tuple[str, Quote]]] = {}
    if wanted:
        told = visit.reader.ask("claims-of", s=wanted)
        for row, quote in zip(told, quotes_of(visit.reader, told), strict=True):
            for key in (text(row, "s"), text(row, "claim")):
                found.setdefault(key, []).append((text(row, "o"), quote))
    made: list[list[Quote]] = []
    for place_, cells_ in enumerate(rows):
        subject = subjects[place_] if place_ < len(subjects) else None
        of = found.get(value(subject), []) if subject is not None else []
        cells = {value(cell) for cell in cells_ if cell is not None}
        fitting = [quote for object_, quote in of if object_ in cells] or [quote for _, quote in of]
        made.append(list(dict.fromkeys(fitting))[:1])
    return made
