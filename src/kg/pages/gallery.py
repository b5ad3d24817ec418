"""Saved queries as pages: a gallery by group, and for each query a form that answers at the first click."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.ask import Parameter, SavedQuery, Table, bind, text_of
from kg.ask.bind import rebase
from kg.ask.names import Term, solutions, value
from kg.errors import KgError, QueryError
from kg.namespaces import XSD
from kg.pages.data import text
from kg.pages.facts import Quote, quotes_of
from kg.pages.site import MissingError, View, Visit

_OPTIONS = 120  # entries of a drop-down
_ROWS = 50  # rows of a table on a page
_QUOTED = 20  # rows whose sentences are looked up
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
    page: int = 1
    pages: int = 1
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
    pages = max(-(-len(table) // _ROWS), 1)
    page = visit.number("page", most=pages)
    shown = table.rows[(page - 1) * _ROWS : page * _ROWS]
    visit.learn({cell.value for row in shown for cell in row if isinstance(cell, ox.NamedNode)})
    rows = [[_cell(visit, cell) for cell in row] for row in shown]
    quotes: list[list[Quote]] = [[] for _ in shown]
    if query.evidence in table.columns:
        quotes = _quotes(visit, shown, table.columns.index(query.evidence))
    return Answer(list(table.columns), rows, quotes, len(table), page, pages, cut)


def _cell(visit: Visit, term: Term | None) -> Cell:
    if term is None:
        return Cell("")
    if isinstance(term, ox.NamedNode):
        return Cell(visit.name(term.value), term.value)
    if isinstance(term, ox.Literal) and term.datatype.value == XSD.boolean:
        return Cell("✓" if term.value == "true" else "–")
    return Cell(value(term))


def _quotes(visit: Visit, rows: tuple[tuple[Term | None, ...], ...], place: int) -> list[list[Quote]]:
    """A sentence for each of the first rows: of a claim about the evidence column's thing that has another
    cell of the row as its object, else of any claim about it; a claim in that column gives its own."""
    wanted: dict[tuple[str, str], list[int]] = {}  # (subject, object) as SPARQL → rows
    for number, row in enumerate(rows[:_QUOTED]):
        subject = row[place]
        if isinstance(subject, ox.NamedNode):
            for other in dict.fromkeys((*row[:place], *row[place + 1 :], None)):
                if other is None or _tells(other):
                    wanted.setdefault((str(subject), str(other or "")), []).append(number)
    claims: dict[int, str] = {}
    for pair, claim in _claims(visit, list(wanted)):
        for number in wanted[pair]:
            if pair[1] or number not in claims:
                claims[number] = claim
    told = visit.reader.ask("claims-passages", claim=sorted(set(claims.values()))) if claims else []
    by_claim = {
        text(row, "claim"): quote for row, quote in zip(told, quotes_of(visit.reader, told), strict=True)
    }
    found = [by_claim.get(claims.get(number, "")) for number in range(len(rows))]
    return [[quote] if quote else [] for quote in found]


def _tells(term: Term) -> bool:
    """Whether a cell may be what a claim says: not a count or a tick."""
    counted = (XSD.boolean, XSD.integer)
    literal = isinstance(term, ox.Literal) and term.datatype.value not in counted
    return literal or isinstance(term, ox.NamedNode)


def _claims(visit: Visit, pairs: list[tuple[str, str]]) -> list[tuple[tuple[str, str], str]]:
    """A claim with a sentence for each pair of subject and object that has one, those of any object last.

    Each part of the question ends at its first claim, however many there are.
    """
    pairs = sorted(pairs, key=lambda pair: not pair[1])
    parts = []
    for number, (subject, object_) in enumerate(pairs):
        # The subject first: it has few claims, while an object such as a level has thousands.
        of = f" ; rdf:object {object_}" if object_ else ""
        about = f"?claim rdf:subject {subject}{of} FILTER EXISTS {{ ?claim ckg:evidence ?any }}"
        own = "" if object_ else f" UNION {{ {subject} ckg:evidence ?any BIND({subject} AS ?claim) }}"
        parts.append(f"{{ SELECT ({number} AS ?i) ?claim {{ {{ {about} }}{own} }} LIMIT 1 }}")
    if not parts:
        return []
    rows = solutions(visit.reader.store, f"SELECT ?i ?claim {{ {' UNION '.join(parts)} }}")
    return [(pairs[int(text(row, "i"))], text(row, "claim")) for row in rows]
