"""Look-ups: queries so small that they are answered where they arrive, as labels are by the thousand.

To hand a query to a worker costs more than to read a label. A query is a look-up if its whole text is one
triple pattern of given subject and predicate, which a regular expression tells: there is no place in it for
SERVICE, FROM, a path, a function or a filter. The engine never sees the text, only the terms. At most `MOST`
matches are read. So neither time, memory nor network need a wall; what is more than that goes to a worker.
"""

from __future__ import annotations

import json
import os
import re
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from kg.namespaces import RDF, XSD
from kg.pool.answer import Answer, Question, compressed

MOST = 200  # matches
_LONGEST = 2000  # characters of a query
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_LARGEST = 64 * 1024  # characters of a literal
_IRI = r'<[^<>"{}|^`\\\x00-\x20]*+>'
_NAME = rf"(?:{_IRI}|[A-Za-z]\w*+:\w++)"
_VARIABLE = r"[?$][A-Za-z_]\w*+"
_PREFIX = rf"PREFIX\s++([A-Za-z]\w*+):\s*+({_IRI})\s*+"
_LOOKUP = re.compile(
    rf"\s*+(?P<prefixes>(?:{_PREFIX})*+)"
    rf"(?:SELECT\s*+(?P<columns>\*|{_VARIABLE}(?:\s++{_VARIABLE})*+)|ASK)\s*+(?:WHERE\s*+)?"
    rf"\{{\s*+(?P<s>{_NAME})\s++(?P<p>{_NAME}|(?-i:a))\s++(?P<o>{_NAME}|{_VARIABLE})\s*+\.?\s*+\}}"
    r"\s*+(?:LIMIT\s++(?P<limit>[0-9]{1,9})\s*+)?",
    re.ASCII | re.IGNORECASE,
)
_PREFIXES = re.compile(_PREFIX, re.ASCII | re.IGNORECASE)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+-]*+:(?!.*/\.)", re.DOTALL)  # nothing that a base would change


def stays_in_memory(folder: Path) -> bool:
    """Whether the system is likely to keep a store's files in memory: a look-up must not wait for a disk."""
    size = sum(path.stat().st_size for path in folder.iterdir())
    return size < os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4


class Lookups:
    """Answers look-ups over the union of all graphs of one version of a store, in JSON."""

    def __init__(self, store: ox.Store, version: str) -> None:
        self._store = store
        self._version = version

    def answer(self, question: Question) -> Answer | None:
        """Return the answer, byte for byte a worker's; None where a worker must give it."""
        found = _LOOKUP.fullmatch(question.query) if len(question.query) <= _LONGEST else None
        if found is None or question.default_graphs is not None or question.named_graphs is not None:
            return None
        try:
            terms = _terms(found)
        except (KeyError, ValueError):
            return None  # a worker says what is wrong
        quads = list(islice(self._store.quads_for_pattern(*terms), MOST + 1))
        if len(quads) > MOST:
            return None
        answer = _rows(found, quads) if found["columns"] else _boolean(found, quads)
        if answer is None or question.formats[answer.kind] != "json":
            return None
        if question.max_rows and answer.count > question.max_rows:
            return None
        return compressed(answer, question, self._version)


def _terms(found: re.Match[str]) -> list[ox.NamedNode | None]:
    """Return subject, predicate and object, None for a variable. Raises KeyError, ValueError."""
    prefixes = {name: iri[1:-1] for name, iri in _PREFIXES.findall(found["prefixes"])}
    return [_term(found[place], prefixes) for place in ("s", "p", "o")]


def _term(text: str, prefixes: dict[str, str]) -> ox.NamedNode | None:
    if text[0] in "?$":
        return None
    if text == "a":
        return ox.NamedNode(RDF.type)
    prefix, _, local = text.partition(":")
    iri = text[1:-1] if text[0] == "<" else prefixes[prefix] + local
    if not _ABSOLUTE.match(iri):
        raise ValueError("a base would change it")
    return ox.NamedNode(iri)


def _boolean(found: re.Match[str], quads: list[ox.Quad]) -> Answer | None:
    if found["limit"]:
        return None
    return Answer(
        b'{"head":{},"boolean":true}' if quads else b'{"head":{},"boolean":false}', "boolean", "json"
    )


def _rows(found: re.Match[str], quads: list[ox.Quad]) -> Answer | None:
    """Return the answer of a SELECT; None where it has what JSON of this kind does not tell."""
    variable = found["o"][1:] if found["o"][0] in "?$" else ""
    columns = [variable] if found["columns"] == "*" else [name[1:] for name in found["columns"].split()]
    if len(columns) != len(set(columns)) or "" in columns:
        return None
    cells = [_cell(quad.object) for quad in quads[: int(found["limit"] or MOST)]]
    if None in cells:
        return None
    rows = [{variable: cell} if variable in columns else {} for cell in cells]
    told = {"head": {"vars": columns}, "results": {"bindings": rows}}
    body = _JSON.encode(told).encode()
    return Answer(body, "rows", "json", len(rows))


def _cell(term: object) -> dict[str, str] | None:
    """Return a term as the format tells it (SPARQL 1.1 Query Results JSON Format, 3.2.2)."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if not isinstance(term, ox.Literal) or len(term.value) > _LARGEST or term.direction:
        return None
    cell = {"type": "literal", "value": term.value}
    if term.language:
        return {**cell, "xml:lang": term.language}
    return cell if term.datatype.value == XSD.string else {**cell, "datatype": term.datatype.value}
