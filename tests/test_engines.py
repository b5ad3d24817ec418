"""Each saved query has the same rows on every engine: pyoxigraph, rdflib, two servers, our own endpoint."""

from __future__ import annotations

import re
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg import ask, builder, schema
from kg.namespaces import DEFAULT_BASE, XSD
from kg.remote import Endpoint, Login, push
from kg.remote.transfer import names, sender
from kg.store import Store
from serving import running

ROOT = Path(__file__).parent.parent
CASE = ROOT / "tests" / "cases" / "ask" / "cascade.trig"
BASES = {"case": "https://example.org/kg/", "seeds": DEFAULT_BASE}
QUERIES = ask.saved()

# Where Virtuoso 7.2.5 answers wrongly on some of its plans, whatever way of asking was tried.
WRONG_ON_VIRTUOSO = {
    "cascade/tree": "a transitive path between two bound ends loses steps",
}

Rows = Counter[tuple[str, ...]]
Engine = Callable[[ask.SavedQuery], Rows]


@pytest.fixture(scope="module", params=list(BASES))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store on disk: the hand-written cascade with our ontology, or the graph of the five articles."""
    path = tmp_path_factory.mktemp("engines") / "store"
    if request.param == "seeds":
        builder.build([ROOT / "seeds"], path)
        return path
    base = BASES["case"]
    quads = ox.serialize(ox.parse(path=CASE, format=ox.RdfFormat.TRIG), format=ox.RdfFormat.N_QUADS) or b""
    with Store.open(path, create=True, base=base) as store:
        store.replace([], schema.nquads("ontology", base) + quads.decode())
    return path


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[Store]:
    with Store.open(folder, read_only=True) as opened:
        yield opened


def plain(term: Any) -> str:
    """A term as every engine can give it: numbers and booleans by value (Virtuoso answers true with 1)."""
    if term is None:
        return ""
    if not isinstance(term, ox.Literal):
        return str(term.value)
    if term.language:
        return f"{term.value}@{term.language}"
    if term.datatype.value == XSD.boolean:
        return "1" if term.value in ("true", "1") else "0"
    return re.sub(r"^([+-]?\d+)\.0+$", r"\1", term.value)


def rows_of(queryable: Any, query: ask.SavedQuery) -> Rows:
    table = ask.run(queryable, query)
    assert list(table.columns) == query.expect["columns"]
    return Counter(tuple(map(plain, row)) for row in table.rows)


@pytest.fixture(scope="module")
def rdflib_engine(store: Store) -> Engine:
    from rdflib import BNode, Dataset, Literal, URIRef

    dataset = Dataset(default_union=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib 7.6 warns of its own internals
        dataset.parse(data=ox.serialize(store.quads(), format=ox.RdfFormat.N_QUADS), format="nquads")

    def term(node: Any) -> Any:
        if isinstance(node, Literal):
            datatype = None if node.language or not node.datatype else ox.NamedNode(str(node.datatype))
            return ox.Literal(str(node), datatype=datatype, language=node.language)
        assert node is None or isinstance(node, URIRef | BNode)
        return node if node is None else ox.NamedNode(str(node))

    def rows(query: ask.SavedQuery) -> Rows:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            found = dataset.query(ask.bind(store, query))
            return Counter(
                tuple(plain(term(node)) for node in row) for row in found if isinstance(row, tuple)
            )

    return rows


def filled(store: Store, server: Any) -> Engine:
    """A server that holds the store's graphs and nothing else of ours."""
    scheme, _, user = (server.auth or "none").partition(":")
    endpoint = Endpoint(server.query, Login(scheme, user, server.secret))
    for base in BASES.values():
        for graph in list(names(endpoint, base)):
            sender(endpoint, server.graph_store).drop(graph)
    push(store, endpoint, graph_store=server.graph_store)
    return lambda query: rows_of(endpoint, query)


@pytest.fixture(scope="module")
def oxigraph_engine(store: Store, oxigraph_server: Any) -> Engine:
    return filled(store, oxigraph_server)


@pytest.fixture(scope="module")
def virtuoso_engine(store: Store, virtuoso_server: Any) -> Engine:
    return filled(store, virtuoso_server)


@pytest.fixture(scope="module")
def serve_engine(folder: Path) -> Iterator[Engine]:
    """`kg serve` on a port of its own choosing."""
    command = [sys.executable, "-m", "kg", "serve", "--store", str(folder), "--port", "0"]
    with running(command, folder.with_name("serve-errors")) as server:
        endpoint = Endpoint(f"{server.url}/sparql")
        yield lambda query: rows_of(endpoint, query)


@pytest.mark.parametrize("engine", ["rdflib", "oxigraph", "virtuoso", "serve"])
@pytest.mark.parametrize("query", QUERIES, ids=[query.name for query in QUERIES])
def test_the_same_rows_everywhere(
    query: ask.SavedQuery, engine: str, store: Store, request: pytest.FixtureRequest
) -> None:
    if engine == "virtuoso" and query.name in WRONG_ON_VIRTUOSO:
        request.applymarker(pytest.mark.xfail(reason=WRONG_ON_VIRTUOSO[query.name], strict=False))
    asked: Engine = request.getfixturevalue(f"{engine}_engine")
    assert asked(query) == rows_of(store, query)


def test_the_case_has_rows_for_most_queries(store: Store) -> None:
    """Equal empty tables would prove nothing."""
    assert sum(bool(rows_of(store, query)) for query in QUERIES) >= 22
