"""What a saved query must be like, so that it can be an address, a form and a tool: checked, not hoped for.

`lint` reads the text; `check` also asks the query of a store and compares with what its header expects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import pyoxigraph as ox

from kg.ask.bind import bind
from kg.ask.saved import RESERVED, UNDEF, VALUES_LINE, SavedQuery
from kg.ask.table import collect
from kg.errors import QueryError
from kg.namespaces import CKG, PREFIXES
from kg.resources import ontology_dir
from kg.sparql.joins import loose
from kg.store import Queryable, Store

LANGUAGES = ("vi", "en")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*(/[a-z][a-z0-9]*(-[a-z0-9]+)*)?")
_COMMENT = re.compile(r"(?m)^\s*#.*$|(?<=\s)#.*$")
_QUIET = re.compile(r'"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>')
_USED = re.compile(r"(?<![\w?$:])([a-z]\w*|):([A-Za-z_][\w-]*)")
_DECLARED = re.compile(r"^\s*PREFIX\s+(\w*):\s*<([^>]*)>", re.MULTILINE | re.IGNORECASE)
_ELSEWHERE = re.compile(r"(?<![\w?$:])(SERVICE|FROM)\b(?!:)", re.IGNORECASE)


def lint(query: SavedQuery) -> list[str]:
    """What is wrong with a saved query as a text; each finding is a sentence. Empty: nothing is."""
    checks: tuple[Callable[[SavedQuery], Iterable[str]], ...] = (_header, _params, _expected, _names, _syntax)
    return [finding for check in checks for finding in check(query)]


def check(query: SavedQuery, store: Queryable) -> list[str]:
    """What is wrong with a saved query on a graph: it fails there, or its rows are not what it expects."""
    try:
        table = collect(store.query(bind(store, query)))
    except QueryError as error:
        return [f"cannot be asked: {error}"]
    expect = query.expect
    least, most = int(expect.get("min_rows", 0)), int(expect.get("max_rows", len(table)))
    found = []
    if list(table.columns) != list(expect.get("columns", table.columns)):
        found.append(
            f"its columns are {', '.join(table.columns)}; expect says {', '.join(expect['columns'])}"
        )
    if not least <= len(table) <= most:
        found.append(f"{len(table)} row(s); expect says {least} to {most}")
    if len(set(table.rows)) < len(table):
        found.append("a row comes twice: the union of graphs is a bag, use DISTINCT")
    return found


def _header(query: SavedQuery) -> Iterator[str]:
    if not _NAME.fullmatch(query.name):
        yield "its name is not small letters, digits and hyphens, as in organs/level-counts"
    for what, texts in (("title", query.title), ("description", query.description)):
        for lang in LANGUAGES:
            if not texts.get(lang, "").strip():
                yield f"no {what} in {lang!r}"
    if not query.tags:
        yield "no tags"


def _params(query: SavedQuery) -> Iterator[str]:
    for parameter in query.params:
        where = f"parameter {parameter.name!r}"
        for lang in LANGUAGES:
            if not parameter.label.get(lang, "").strip():
                yield f"{where} has no label in {lang!r}"
        if parameter.entity_class and parameter.kind != "iri":
            yield f"{where} has a class but is no iri"
        if parameter.entity_class.startswith(str(CKG)) and parameter.entity_class not in _terms():
            yield f"{where}: the ontology has no class {parameter.entity_class}"
        if parameter.default == UNDEF and not parameter.optional:
            yield f"{where} is not set by default and must be optional"
        if parameter.name in RESERVED:
            yield f"{where} has a name that addresses use for something else"
        rest = VALUES_LINE.sub("", query.text)
        if not re.search(rf"[?$]{parameter.name}\b", rest):
            yield f"{where} is used nowhere but in its VALUES line"


def _expected(query: SavedQuery) -> Iterator[str]:
    columns = query.expect.get("columns", [])
    if not columns:
        yield "expect has no columns"
    if "min_rows" not in query.expect and "max_rows" not in query.expect:
        yield "expect has neither min_rows nor max_rows"
    if not query.evidence:
        yield "no evidence column"
    elif query.evidence not in {*columns, *(parameter.name for parameter in query.params)}:
        yield f"the evidence column {query.evidence!r} is neither a column nor a parameter"


def _names(query: SavedQuery) -> Iterator[str]:
    body = _QUIET.sub("", _COMMENT.sub("", query.text))
    declared = dict(_DECLARED.findall(query.text))
    for prefix, iri in declared.items():
        if PREFIXES.get(prefix) != iri:
            yield f"the prefix {prefix}: <{iri}> is not one of ours"
    body = re.sub(r"(?im)^\s*PREFIX\s+\w*:\s*", "", body)
    used = set(_USED.findall(body))
    for prefix in sorted(declared.keys() - {prefix for prefix, _ in used}):
        yield f"the prefix {prefix}: is declared and not used"
    for prefix, local in sorted(used):
        if declared.get(prefix) == str(CKG) and str(CKG) + local not in _terms():
            yield f"the ontology has no term ckg:{local}"
    if word := _ELSEWHERE.search(body):
        yield f"{word[0].upper()} is not allowed: the query asks the whole graph, and nothing else"


def _syntax(query: SavedQuery) -> Iterator[str]:
    """Both engines must be able to read it."""
    from rdflib.plugins.sparql import prepareQuery

    try:
        Store.in_memory().query(query.text)
    except QueryError as error:
        yield str(error)
        return
    try:
        algebra = prepareQuery(query.text).algebra
    except Exception as error:  # rdflib's parser raises whatever it meets
        reason = " ".join(str(error).split())
        yield f"rdflib cannot read it ({type(error).__name__}: {reason})"
        return
    for name in sorted(loose(algebra)):
        yield f"an OPTIONAL or EXISTS is joined by ?{name} alone: where that is unbound, it matches anything"


@cache
def _terms() -> frozenset[str]:
    """The IRIs that the ontology's files speak of."""
    found: set[str] = set()
    for path in [*ontology_dir().glob("*.ttl"), *ontology_dir().glob("vocabulary/*.ttl")]:
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
            if isinstance(quad.subject, ox.NamedNode):
                found.add(quad.subject.value)
    return frozenset(found)
