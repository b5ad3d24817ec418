"""From what a person types to a typed RDF term, and from terms to a query that can be run.

Terms are serialised by the RDF library and stand only between the braces of their VALUES line, so that no
value can change what the query does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import pyoxigraph as ox

from kg.ask.resolve import resolve
from kg.ask.saved import UNDEF, VALUES_LINE, Parameter, SavedQuery
from kg.errors import QueryError
from kg.namespaces import DEFAULT_BASE, XSD
from kg.sparql.text import may_federate
from kg.store import Queryable

_XSD = str(XSD)
_PATTERNS = {
    "xsd:boolean": re.compile(r"true|false", re.ASCII),
    "xsd:decimal": re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII),
    "xsd:integer": re.compile(r"[+-]?\d+", re.ASCII),
}
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)

Value = str | int | date | ox.NamedNode | ox.Literal | None


def bind(store: Queryable, query: SavedQuery, values: Mapping[str, Value] | None = None) -> str:
    """Return the query's text with `values` in place of the defaults, for a store of any base IRI.

    A value is text as a person types it, a Python value or a term; None or "" leaves an optional parameter
    unset. Raises QueryError: unknown parameter, a value of the wrong type, a name that means nothing or
    several things.
    """
    terms = {name: _term(store, query, query.param(name), value) for name, value in (values or {}).items()}
    names = {parameter.name for parameter in query.params}

    def line(match: re.Match[str]) -> str:
        name = match["name"]
        if name not in names:
            return match[0]
        value = terms[name] if name in terms else rebase(match["value"].strip(), store.base)
        if value == UNDEF:
            return ""  # the same by SPARQL's algebra, but Virtuoso loses the variable's values
        return f"{match['before']} {value} {match['after']}"

    text = VALUES_LINE.sub(line, query.text)
    refuse_federation(text, query.name)
    return text


def rebase(sparql: str, base: str) -> str:
    """Move the resources named in `sparql` from the default base IRI to `base`; the ontology's terms
    stay."""
    if not base or base == DEFAULT_BASE:
        return sparql
    return re.sub(rf"<{re.escape(DEFAULT_BASE)}(?=id/|graph/)", lambda _: f"<{base}", sparql)


def refuse_federation(sparql: str, where: str = "") -> None:
    """Raise QueryError where the text could hold a SERVICE clause, which would fetch addresses from this
    machine.

    Sound rather than exact: SPARQL's grammar cannot be told from its words alone (comments, IRIs and strings
    nest into each other, and code point escapes hide letters), hence the word is refused in strings too.
    Updates (LOAD, INSERT, DROP …) need no such care: the query parser does not know them.
    """
    if may_federate(sparql):
        raise QueryError("SERVICE is not allowed", where=where, hint="ask the other endpoint itself")


def _term(store: Queryable, query: SavedQuery, parameter: Parameter, value: Value) -> str:
    where = f"{query.name}, parameter {parameter.name}"
    if value is None or value == "":
        if not parameter.optional:
            raise QueryError("a value is needed", where=where)
        return UNDEF
    try:
        return str(_typed(store, parameter, value))
    except QueryError as error:
        error.where = error.where or where
        raise
    except ValueError as error:
        raise QueryError(f"{value!r} is not {parameter.kind} ({error})", where=where) from None


def _typed(store: Queryable, parameter: Parameter, value: Value) -> ox.NamedNode | ox.Literal:
    kind = parameter.kind
    if isinstance(value, ox.NamedNode) and kind == "iri":
        return value
    if isinstance(value, ox.Literal) and kind == "string":
        return ox.Literal(value.value)
    if isinstance(value, ox.NamedNode | ox.Literal):
        value = value.value
    if isinstance(value, date):
        value = value.isoformat()
    text = str(value).strip() if not isinstance(value, bool) else str(value).lower()
    if kind == "iri":
        return resolve(store, text, parameter.entity_class)
    if kind == "string":
        return ox.Literal(text)
    if kind == "xsd:date":
        text = _iso_date(text)
    elif not _PATTERNS[kind].fullmatch(text):
        raise ValueError("expected " + {"xsd:boolean": "true or false"}.get(kind, "a number"))
    return ox.Literal(text, datatype=ox.NamedNode(_XSD + kind.removeprefix("xsd:")))


def _iso_date(text: str) -> str:
    """`2019-02-18` as it is, `18/2/2019` turned round. Raises ValueError for what is no day."""
    day_first = _DAY_FIRST.fullmatch(text)
    if day_first:
        day, month, year = map(int, day_first.groups())
        return date(year, month, day).isoformat()
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError("expected a day such as 2019-02-18 or 18/2/2019")
    return date.fromisoformat(text).isoformat()
