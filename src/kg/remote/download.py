"""All quads behind an endpoint, in answers small enough that no server cuts them, and counted all the same.

Small graphs come several in an answer, a large one by its subjects: each page begins where the last whole
subject ended (keyset paging; a large OFFSET costs a server the square). What arrives is counted against what
the server says it has, so that an answer that was cut in silence is an error and never a small graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox

from kg.errors import StoreError
from kg.remote.endpoint import Endpoint
from kg.remote.transfer import counts, names

PAGE = 2_000
"""Rows asked for at once: Virtuoso cuts at 10,000, others where they please."""
_BATCH = 100  # graphs counted by one query
_Row = list[Any]  # the terms of a solution, in the order of its variables


def fetch(endpoint: Endpoint) -> Iterator[ox.Quad]:
    """Every quad of the endpoint's graphs, and of a default graph that is not made of them.

    Raises StoreError where an answer was cut and a smaller one cannot be asked for, QueryError where the
    server refuses.
    """
    graphs = list(names(endpoint, ""))
    for start in range(0, len(graphs), _BATCH):
        for some in _together(counts(endpoint, graphs[start : start + _BATCH])):
            yield from _graphs(endpoint, some)
    alone = "?s ?p ?o FILTER NOT EXISTS { GRAPH ?any { ?s ?p ?o } }" if graphs else "?s ?p ?o"
    yield from _pages(endpoint, alone, _count(endpoint, alone), ox.DefaultGraph())


def _together(sizes: dict[str, int]) -> Iterator[dict[str, int]]:
    """Graphs whose triples fit into one page; a larger one by itself."""
    some: dict[str, int] = {}
    for graph, size in sizes.items():
        if some and sum(some.values()) + size > PAGE:
            yield some
            some = {}
        some[graph] = size
    if some:
        yield some


def _graphs(endpoint: Endpoint, sizes: dict[str, int]) -> Iterator[ox.Quad]:
    """The quads of some graphs, in one answer if they fit into it."""
    total = sum(sizes.values())
    if total <= PAGE:
        named = " ".join(str(ox.NamedNode(graph)) for graph in sizes)
        asked = f"?g ?s ?p ?o WHERE {{ VALUES ?g {{ {named} }} GRAPH ?g {{ ?s ?p ?o }} }}"
        rows = _ask(endpoint, asked)
        if len(rows) == total:
            yield from (_quad(row[1:], row[0]) for row in rows)
            return
    for graph, size in sizes.items():
        node = ox.NamedNode(graph)
        yield from _pages(endpoint, f"GRAPH {node} {{ ?s ?p ?o }}", size, node)


def _pages(
    endpoint: Endpoint, pattern: str, size: int, graph: ox.NamedNode | ox.DefaultGraph
) -> Iterator[ox.Quad]:
    """The quads that fit a pattern, `size` of them, a page of whole subjects at a time."""
    arrived = 0
    if size:  # what blank nodes hang together has to come in one answer, which alone knows their labels
        for row in _ask(endpoint, f"?s ?p ?o WHERE {{ {pattern} FILTER(isBlank(?s) || isBlank(?o)) }}"):
            arrived += 1
            yield _quad(row, graph)
    last = ""
    while arrived < size:
        rest = f"FILTER(isIRI(?s) && !isBlank(?o) && STR(?s) > {ox.Literal(last)})"
        rows = _ask(endpoint, f"?s ?p ?o WHERE {{ {pattern} {rest} }} ORDER BY STR(?s) LIMIT {PAGE}")
        subjects = list(dict.fromkeys(row[0].value for row in rows))
        if not subjects:
            break
        whole = set(subjects[:-1])  # the last may have been cut off
        if not whole:
            whole = {subjects[0]}
            own = f"FILTER(?s = {ox.NamedNode(subjects[0])} && !isBlank(?o))"
            rows = _ask(endpoint, f"?s ?p ?o WHERE {{ {pattern} {own} }}")
        for row in rows:
            if row[0].value in whole:
                arrived += 1
                yield _quad(row, graph)
        last = subjects[-2] if len(subjects) > 1 else subjects[0]
    if arrived != size:
        raise StoreError(
            f"{arrived} of {size} triples of {graph} arrived: its answers are cut, or it was written to",
            where=endpoint.url,
            hint="raise the server's limit of rows, or validate a dump of it",
        )


def _count(endpoint: Endpoint, pattern: str) -> int:
    found = endpoint.rows(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
    return int(found[0][0]) if found else 0


def _ask(endpoint: Endpoint, rest: str) -> list[_Row]:
    """The rows of an answer; its blank nodes have labels that no other answer uses."""
    answer = endpoint.plain(f"SELECT {rest}")
    assert isinstance(answer, ox.QuerySolutions)
    width, blank = len(answer.variables), defaultdict[ox.BlankNode, ox.BlankNode](ox.BlankNode)

    def renamed(term: Any) -> Any:
        return blank[term] if isinstance(term, ox.BlankNode) else term

    return [[renamed(row[n]) for n in range(width)] for row in answer]


def _quad(row: _Row, graph: ox.NamedNode | ox.DefaultGraph) -> ox.Quad:
    return ox.Quad(row[0], row[1], row[2], graph)
