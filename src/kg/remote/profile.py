"""`kg doctor --endpoint`: what a SPARQL server does where servers differ, found out by asking it.

Reading alone, small questions only. With an address for writing, three scratch graphs of random names are
written too and dropped again. Each finding says what follows for those who use the graph there.
"""

from __future__ import annotations

import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pyoxigraph as ox

from kg.errors import KgError, StoreError
from kg.namespaces import DEFAULT_BASE, XSD
from kg.remote.endpoint import RESULTS, Endpoint
from kg.remote.transfer import LIMIT
from kg.remote.transfer import sender as sender_to
from kg.remote.web import Web

_PATIENCE = 10.0  # seconds for a question that some servers hang on
_MANY = 25_000  # rows asked for to find a cap
_TABLES = {
    "JSON": RESULTS,
    "XML": "application/sparql-results+xml",
    "CSV": "text/csv",
    "TSV": "text/tab-separated-values",
}
_GRAPHS = {
    "Turtle": "text/turtle", "N-Triples": "application/n-triples", "RDF/XML": "application/rdf+xml",
    "JSON-LD": "application/ld+json",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """A property of a server: its `value`, whether it is `good` for us, and what follows, vi and en."""

    name: str
    value: str
    good: bool = True
    advice: str = ""


def probe(endpoint: Endpoint, *, update: str = "", graph_store: str = "") -> Iterator[Finding]:
    """Ask the server one thing after the other. Raises StoreError where it does not answer SPARQL at all."""
    yield _server(endpoint)
    for check in _CHECKS:
        yield _told(check, endpoint)
    if update or graph_store:
        yield from _written(endpoint, update, graph_store)


def _told(check: Callable[[Endpoint], Finding], endpoint: Endpoint) -> Finding:
    try:
        return check(endpoint)
    except KgError as error:
        return Finding(check.__name__.strip("_").replace("_", " "), error.message, good=False)


def _server(endpoint: Endpoint) -> Finding:
    """The program behind, and the least time of three trivial questions. The one check that must succeed."""
    from kg.remote.wrapper import request

    times = []
    for _ in range(3):
        start = time.perf_counter()
        reply = endpoint.web.send(request(endpoint.url, "ASK {}", RESULTS))
        times.append(time.perf_counter() - start)
    if not bool(endpoint.plain("ASK {}")):
        raise StoreError("it says that the empty pattern has no match", where=endpoint.url)
    name = " ".join((reply.headers.get("Server") or "unnamed").split())[:80]
    return Finding("server", f"{name}, {1000 * min(times):.0f} ms")


def _status(endpoint: Endpoint, request: urllib.request.Request) -> str:
    """The media type of an answer, or why there was none."""
    web = Web(endpoint.web.login, min(_PATIENCE, endpoint.web.timeout))
    try:
        return web.send(request, tries=1).media_type or "no media type"
    except StoreError as error:
        return error.message


def _get(endpoint: Endpoint) -> Finding:
    url = f"{endpoint.url}{_joint(endpoint.url)}query={quote('ASK {}')}"
    value = _status(endpoint, urllib.request.Request(url, headers={"Accept": RESULTS}))
    return Finding("GET", value, "json" in value)


def _direct(endpoint: Endpoint) -> Finding:
    headers = {"Accept": RESULTS, "Content-Type": "application/sparql-query"}
    value = _status(endpoint, urllib.request.Request(endpoint.url, b"ASK {}", headers))
    return Finding(
        "direct POST", value, "json" in value, "" if "json" in value else "post queries as forms, as kg does"
    )


def _no_accept(endpoint: Endpoint) -> Finding:
    url = f"{endpoint.url}{_joint(endpoint.url)}query={quote('ASK {}')}"
    value = _status(endpoint, urllib.request.Request(url))
    good = "html" not in value
    return Finding("without Accept", value, good, "" if good else "always send an Accept header, as kg does")


def _tables(endpoint: Endpoint) -> Finding:
    return _formats(endpoint, "formats of rows", "SELECT (1 AS ?x) {}", _TABLES)


def _graphs(endpoint: Endpoint) -> Finding:
    construct = "CONSTRUCT { <urn:s> <urn:p> ?x } { VALUES ?x { 1 } }"
    return _formats(endpoint, "formats of graphs", construct, _GRAPHS)


def _formats(endpoint: Endpoint, name: str, query: str, types: dict[str, str]) -> Finding:
    from kg.remote.wrapper import request

    spoken = [
        label
        for label, media_type in types.items()
        if _status(endpoint, request(endpoint.url, query, media_type)) == media_type
    ]
    missing = [label for label in types if label not in spoken]
    return Finding(
        name, ", ".join(spoken) or "none", bool(spoken), f"not {', '.join(missing)}" if missing else ""
    )


def _default_graph(endpoint: Endpoint) -> Finding:
    try:
        union = endpoint.union
    except StoreError:
        return Finding(
            "default graph", "stands alone", False, "saved queries find nothing: set up a union default graph"
        )
    if union:
        name, value = union[0]
        return Finding("default graph", "stands alone", True, f"kg asks for the union by {name}={value}")
    empty = not endpoint.rows("SELECT ?g { GRAPH ?g { ?s ?p ?o } } LIMIT 1")
    return Finding(
        "default graph", "unknown: no named graph holds anything" if empty else "union of the named graphs"
    )


def _base(endpoint: Endpoint) -> Finding:
    named = f"SELECT ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g = <{endpoint.base}graph/ontology>) }} LIMIT 1"
    if endpoint.rows(named):
        return Finding("graph of cascade-kg", endpoint.base)
    return Finding("graph of cascade-kg", f"none here (assumed {DEFAULT_BASE})", False, "kg push sends one")


def _bag(endpoint: Endpoint) -> Finding:
    """Whether a triple that two graphs hold matches twice in their union."""
    twice = endpoint.rows(
        "SELECT ?s ?o ?g ?h { { SELECT ?s ?o ?g { GRAPH ?g { ?s a ?o } } LIMIT 2000 } "
        "GRAPH ?h { ?s a ?o } FILTER(STR(?g) < STR(?h)) } LIMIT 1"
    )
    if not twice:
        return Finding("a triple in two graphs", "unknown: none was found")
    subject, kind = (ox.NamedNode(iri) for iri in twice[0][:2])
    found = endpoint.rows(f"SELECT ?t {{ {subject} a ?t FILTER(?t = {kind}) }}", endpoint.union)
    return _matches(len(found))


def _matches(times: int) -> Finding:
    name = "a triple in two graphs"
    if times > 1:
        return Finding(name, f"matches {times} times", True, "count with DISTINCT, as the saved queries do")
    return Finding(name, "matches once")


def _cap(endpoint: Endpoint) -> Finding:
    digits = "{ 0 1 2 3 4 5 6 7 8 9 }"
    blocks = " ".join(f"VALUES ?{name} {digits}" for name in "abcd")
    found = endpoint.rows(f"SELECT (1 AS ?x) {{ {blocks} VALUES ?e {{ 0 1 2 }} }} LIMIT {_MANY}")
    rows = len(found)
    if rows == _MANY and endpoint.cut is None:
        return Finding("rows of an answer", f"{rows} of {_MANY}")
    told = "told by X-SPARQL-MaxRows" if endpoint.cut is not None else "not told"
    return Finding(
        "rows of an answer", f"cut at {rows}, {told}", endpoint.cut is not None, "ask by pages of LIMIT"
    )


def _values(endpoint: Endpoint) -> Finding:
    name = "VALUES"
    inside = endpoint.rows("SELECT ?x { VALUES ?x { <urn:a> } }")
    try:
        behind = endpoint.rows("SELECT ?x { BIND(<urn:a> AS ?x) } VALUES ?x { <urn:a> <urn:b> }")
    except KgError:
        behind = []
    if inside != [("urn:a",)]:
        return Finding(name, "fails inside a group", False, "parameters of saved queries do not work here")
    if behind != [("urn:a",)]:
        return Finding(name, "inside groups only", True, "initBindings of rdflib fails here")
    return Finding(name, "inside groups and at the end")


def _dates(endpoint: Endpoint) -> Finding:
    date = f"^^<{XSD.date}>"
    value = endpoint.rows(f'SELECT (STR("2019-09-13"{date} - "2019-02-18"{date}) AS ?d) {{}}')[0][0]
    good = value.startswith("P207D")
    return Finding(
        "date minus date", value or "unbound", good, "" if good else "days are computed another way here"
    )


def _paths(endpoint: Endpoint) -> Finding:
    value = endpoint.rows("SELECT (COUNT(*) AS ?n) { <urn:kg-probe> (<urn:p>/<urn:q>?)* ?x }")[0][0]
    ways = {"0": "zero steps only from terms that the graph holds", "1": "zero steps from any term"}
    return Finding("property paths", ways.get(value, f"{value} matches, not 1"), value in ways)


def _tags(endpoint: Endpoint) -> Finding:
    equal = bool(endpoint.plain('ASK { FILTER("x"@vi = "x") }'))
    return Finding("language tags", "ignored by =" if equal else "tell literals apart", not equal)


def _unicode(endpoint: Endpoint) -> Finding:
    composed = bool(endpoint.plain('ASK { FILTER("u\u031b" = "\u01b0") }'))
    return Finding("decomposed letters", "equal composed ones" if composed else "kept as they are")


def _booleans(endpoint: Endpoint) -> Finding:
    answer = endpoint.plain("SELECT ?x { VALUES ?x { true } }")
    found = str(next(answer)[0]) if isinstance(answer, ox.QuerySolutions) else "not a table"
    good = found == str(ox.Literal(True))
    return Finding("true", found, good, "" if good else "compare booleans by value, not by text")


_CHECKS: tuple[Callable[[Endpoint], Finding], ...] = (
    _get, _direct, _no_accept, _tables, _graphs, _default_graph, _base, _bag, _cap, _values, _dates,
    _paths, _tags, _unicode, _booleans,
)  # fmt: skip


def _joint(url: str) -> str:
    return "&" if "?" in url else "?"


# ------------------------------------------------------------------ with leave to write
def _written(endpoint: Endpoint, update: str, graph_store: str) -> Iterator[Finding]:
    """Write scratch graphs, look, and drop them whatever happens."""
    graphs = [f"urn:uuid:{uuid.uuid4()}" for _ in range(3)]
    sender = sender_to(endpoint, graph_store, update)
    way = "graph store" if graph_store else "update"
    try:
        line = "<urn:kg:s> <urn:kg:p> <urn:kg:o> .\n"
        values = [f"<urn:kg:s> <urn:kg:v> {value} .\n" for value in (ox.Literal(True), ox.Literal(1))]
        sender.replace(graphs[0], ["<urn:kg:s> <urn:kg:p> <urn:kg:old> .\n"])
        sender.replace(graphs[0], [line, *values])
        sender.replace(graphs[1], [line])
        named = f"VALUES ?g {{ <{graphs[0]}> }} GRAPH ?g"
        held = endpoint.rows(f"SELECT ?o {{ {named} {{ <urn:kg:s> <urn:kg:p> ?o }} }}")
        good = held == [("urn:kg:o",)]
        yield Finding(way, "replaces a graph" if good else f"holds {held} after it was replaced", good)
        yield _matches(len(endpoint.rows("SELECT ?o { <urn:kg:s> <urn:kg:p> ?o }", endpoint.union)))
        found = endpoint.rows(f"SELECT ?o {{ {named} {{ <urn:kg:s> <urn:kg:v> ?o }} }}")
        apart = len(found) == 2
        advice = "" if apart else "counts may differ by those triples"
        yield Finding("true and 1", "two values" if apart else "collapse into one", apart, advice)
        if update:
            yield _largest(endpoint, update, graphs[2])
    except KgError as error:
        yield Finding(way, str(error), good=False)
    finally:
        for graph in graphs:
            sender.drop(graph)


def _largest(endpoint: Endpoint, update: str, graph: str) -> Finding:
    from kg.remote.wrapper import request

    largest = 0
    for size in (LIMIT, 2000, 10_000):
        triples = "".join(f"<urn:kg:{size}:{n}> <urn:kg:p> {n} .\n" for n in range(size))
        text = f"INSERT DATA {{ GRAPH <{graph}> {{\n{triples}}} }}"
        try:
            endpoint.web.send(request(update, text, "*/*", update=True), tries=1)
        except StoreError:
            break
        largest = size
    good = largest >= LIMIT
    return Finding("triples an update", f"at least {largest}", good, f"kg push sends {LIMIT}" if good else "")
