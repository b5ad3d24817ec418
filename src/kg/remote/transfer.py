"""`kg push`: the graphs of a store to a remote one, each replaced as a whole, resumed where it stopped.

A graph is sent by one PUT of the Graph Store Protocol, or by SPARQL updates of at most `LIMIT` triples. What
arrived is counted there, and only then noted in a journal beside the store, with the digest of what was sent:
the next push sends what is new, changed, or not there any more.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from kg.errors import StoreError
from kg.remote.endpoint import Endpoint
from kg.store import Store

LIMIT = 500  # triples an update: Virtuoso fails at 2,000
_BYTES = 200_000  # ... and characters, since one literal may be a whole article
_BATCH = 100  # graphs counted by one query
_PAGE = 1000  # graph names by one query

Progress = Callable[[int, int, str], None]
"""Told graphs done, graphs in all, and the graph at work."""


@dataclass(slots=True)
class PushResult:
    """What a push did, by graph IRI. `strangers` are graphs of our base there that the store has not."""

    sent: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    triples: int = 0  # in the graphs of the store, all of them verified to be there
    requests: int = 0  # PUTs or updates


def push(
    store: Store,
    endpoint: Endpoint,
    *,
    graph_store: str = "",
    update: str = "",
    prune: bool = False,
    progress: Progress | None = None,
) -> PushResult:
    """Send every graph of `store` to where `endpoint` asks: by PUT to `graph_store`, else by updates to
    `update` (the endpoint's own address if neither is given).

    With `prune`, graphs of our base there that the store has not are dropped. Raises StoreError: no
    connection, a refusal, or a count that differs afterwards; graphs that arrived before stay noted.
    """
    target = sender(endpoint, graph_store, update)
    graphs = store.graphs()
    result, journal = PushResult(), _Journal(store, target.url, graphs)
    for start in range(0, len(graphs), _BATCH):
        batch = graphs[start : start + _BATCH]
        there = counts(endpoint, batch)
        fresh: dict[str, tuple[int, str]] = {}
        for number, graph in enumerate(batch):
            if progress:
                progress(start + number, len(graphs), graph)
            lines = _lines(store, graph)
            result.triples += len(lines)
            digest = hashlib.sha256("".join(lines).encode()).hexdigest()
            if there.get(graph, 0) == len(lines) and journal.holds(graph, digest):
                result.unchanged.append(graph)
                continue
            target.replace(graph, lines)
            fresh[graph] = (len(lines), digest)
        _verify(endpoint, fresh)
        journal.note({graph: digest for graph, (_, digest) in fresh.items()})
        result.sent += fresh
    known = set(graphs)
    result.strangers = [name for name in names(endpoint, store.base) if name not in known]
    if prune:
        for graph in result.strangers:
            target.drop(graph)
        result.removed, result.strangers = result.strangers, []
    result.requests = target.requests
    return result


def counts(endpoint: Endpoint, graphs: Iterable[str]) -> dict[str, int]:
    """Triples of each of the named graphs at an endpoint; those that are empty there are left out."""
    named = " ".join(str(ox.NamedNode(graph)) for graph in graphs)
    rows = endpoint.rows(
        f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ VALUES ?g {{ {named} }} GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g"
    )
    return {graph: int(n) for graph, n in rows if graph}


def _verify(endpoint: Endpoint, sent: dict[str, tuple[int, str]]) -> None:
    there = counts(endpoint, sent) if sent else {}
    wrong = {graph: n for graph, (n, _) in sent.items() if there.get(graph, 0) != n}
    if wrong:
        graph, n = next(iter(wrong.items()))
        raise StoreError(
            f"{len(wrong)} graph(s) hold another number of triples than was sent, first {graph}: "
            f"{there.get(graph, 0)} instead of {n}",
            where=endpoint.url,
            hint="does the address ask the server that was sent to, and does another program write there?",
        )


def names(endpoint: Endpoint, base: str) -> Iterator[str]:
    """The named graphs there whose IRIs begin with `base`, page by page: servers cut long answers."""
    last = ""
    ours = f"STRSTARTS(STR(?g), {ox.Literal(base)}) && " if base else ""
    while True:
        rest = f"FILTER({ours}STR(?g) > {ox.Literal(last)})"
        page = endpoint.rows(
            f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {rest} }} ORDER BY STR(?g) LIMIT {_PAGE}"
        )
        if not page:
            return
        yield from (graph for (graph,) in page)
        last = page[-1][0]


def _lines(store: Store, graph: str) -> list[str]:
    """The triples of a graph as sorted N-Triples lines; blank nodes bear canonical names (RDFC-1.0)."""
    dataset = ox.Dataset(ox.Quad(q.subject, q.predicate, q.object) for q in store.quads(graph))
    if any(isinstance(term, ox.BlankNode) for q in dataset for term in (q.subject, q.object)):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(f"{quad.triple} .\n" for quad in dataset)


class _Put:
    """Graphs by the Graph Store Protocol: one PUT replaces one graph."""

    def __init__(self, endpoint: Endpoint, url: str) -> None:
        self.web, self.url, self.requests = endpoint.web, url, 0

    def replace(self, graph: str, lines: list[str]) -> None:
        # N-Triples is Turtle, and Turtle is what every graph store must take.
        self._send("PUT", graph, "".join(lines).encode())

    def drop(self, graph: str) -> None:
        self._send("DELETE", graph, None)

    def _send(self, method: str, graph: str, body: bytes | None) -> None:
        joint = "&" if "?" in self.url else "?"
        request = urllib.request.Request(
            f"{self.url}{joint}graph={quote(graph, safe='')}", body, method=method,
            headers={"Content-Type": "text/turtle; charset=utf-8"} if body is not None else {},
        )  # fmt: skip
        self.web.send(request)
        self.requests += 1


class _Update:
    """Graphs by SPARQL Update: dropped, then filled by INSERT DATA in pieces."""

    def __init__(self, endpoint: Endpoint, url: str) -> None:
        self.web, self.url, self.requests = endpoint.web, url, 0

    def replace(self, graph: str, lines: list[str]) -> None:
        self.drop(graph)
        for piece in pieces(lines):
            data = f"{{ GRAPH {ox.NamedNode(graph)} {{\n{''.join(piece)}}} }}"
            blank = any(line.startswith("_:") or " _:" in line for line in piece)
            # Virtuoso refuses blank nodes in INSERT DATA, but makes them from a template.
            self._send(f"INSERT {data} WHERE {{}}" if blank else f"INSERT DATA {data}")

    def drop(self, graph: str) -> None:
        self._send(f"DROP SILENT GRAPH {ox.NamedNode(graph)}")

    def _send(self, sparql: str) -> None:
        from kg.remote.wrapper import request

        self.web.send(request(self.url, sparql, "*/*", update=True))
        self.requests += 1


def sender(endpoint: Endpoint, graph_store: str = "", update: str = "") -> _Put | _Update:
    """Return what writes: to `graph_store` if given, else to `update`, else to the endpoint's own address."""
    return _Put(endpoint, graph_store) if graph_store else _Update(endpoint, update or endpoint.url)


def pieces(lines: list[str]) -> Iterator[list[str]]:
    """Cut N-Triples lines into pieces of at most LIMIT triples and 200,000 characters (or one line).

    Triples that share blank nodes stay together, since a label means another node in another request. Raises
    StoreError where more than LIMIT hang together so.
    """
    piece: list[str] = []
    size = 0
    for group in _groups(lines):
        length = sum(map(len, group))
        if len(group) > LIMIT:
            raise StoreError(
                f"{len(group)} triples hang together by blank nodes, an update takes {LIMIT}",
                hint="use --graph-store",
            )
        if piece and (len(piece) + len(group) > LIMIT or size + length > _BYTES):
            yield piece
            piece, size = [], 0
        piece += group
        size += length
    if piece:
        yield piece


def _groups(lines: list[str]) -> Iterator[list[str]]:
    """Lines one by one, but those that are connected by blank nodes together, behind the others."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = node = parent[parent[node]]
        return node

    blank: list[tuple[str, str]] = []  # one of its nodes, line
    for line in lines:
        first, rest = line.split(" ", 1)
        last = rest.split(" ", 1)[1][:-3]
        nodes = [node for node in (first, last) if node.startswith("_:")]
        if not nodes:
            yield [line]
            continue
        parent[root(nodes[0])] = root(nodes[-1])
        blank.append((nodes[0], line))
    together: dict[str, list[str]] = {}
    for node, line in blank:
        together.setdefault(root(node), []).append(line)
    yield from together.values()


class _Journal:
    """Digests of the graphs that arrived at one address, in a file beside the store.

    It grows line by line, so that an interrupted push loses at most one batch; the next push leaves out what
    was said again since and graphs that the store has no more. A store in memory keeps none.
    """

    def __init__(self, store: Store, url: str, graphs: Iterable[str]) -> None:
        name = f"pushed-{hashlib.sha256(url.encode()).hexdigest()[:16]}.jsonl"
        self._path: Path | None = store.folder.parent / name if store.folder else None
        try:
            lines = self._path.read_text("utf-8").splitlines() if self._path else []
        except FileNotFoundError:
            lines = []
        known = dict(_noted(lines))
        self._digests = {graph: known[graph] for graph in graphs if graph in known}
        if self._path and len(lines) > len(self._digests):
            self._compact(self._path)

    def _compact(self, path: Path) -> None:
        """Write it anew; where that cannot be done it stays as it is."""
        temporary = path.with_suffix(".tmp")
        with contextlib.suppress(OSError):
            temporary.write_text(_lines_of(self._digests), "utf-8")
            temporary.replace(path)

    def holds(self, graph: str, digest: str) -> bool:
        """Whether this very content arrived once."""
        return self._digests.get(graph) == digest

    def note(self, digests: dict[str, str]) -> None:
        """Keep what arrived."""
        if self._path is None or not digests:
            return
        self._digests |= digests
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(_lines_of(digests))
        except OSError as error:
            hint = "the graphs arrived, but a later push will send them again"
            raise StoreError(
                f"cannot be written ({error.strerror})", where=str(self._path), hint=hint
            ) from None


def _noted(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Graph and digest of each line of a journal."""
    for line in lines:
        try:
            graph, digest = json.loads(line)
        except ValueError:
            continue  # the end of a line that was cut by a crash
        yield graph, digest


def _lines_of(digests: Mapping[str, str]) -> str:
    return "".join(json.dumps(item) + "\n" for item in digests.items())
