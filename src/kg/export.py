"""`kg export`: the graph as a file, the same bytes for the same articles, whatever the store went through.

Formats that keep graphs apart (TriG, N-Quads, JSON-LD) hold all graphs by default; the others merge stated
and inferred facts. Files are written graph by graph, each graph sorted: the memory needed is that of the
largest graph, or of all that are merged.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, TypeVar

import pyoxigraph as ox

from kg.errors import KgError
from kg.namespaces import PREFIXES
from kg.schema import graph_iri
from kg.store import Store
from kg.turtle import Block, Names, Statement, natural

OWN_GRAPHS = ("inferred", "register", "ontology", "report")
GRAPHS = ("facts", "claims", *OWN_GRAPHS, "all")
_CLAIMS = "#claims"
_T = TypeVar("_T")

Graph = tuple[str, list[ox.Quad]]
"""The IRI of a graph with its quads, whose blank nodes have stable names."""


def export(
    store: Store,
    target: str | os.PathLike[str] | BinaryIO,
    format: str = "turtle",  # noqa: A002  the word that everybody uses for it
    graphs: Sequence[str] = (),
) -> None:
    """Write graphs of the store to a file or an open binary stream.

    `format` is one of `FORMATS`, `graphs` are of `GRAPHS` (none: the format's default). A file appears under
    its name when it is complete. Raises KgError for unknown names and for a file that cannot be written.
    """
    pieces = serialised(store, format, graphs)
    if not isinstance(target, (str, os.PathLike)):
        for piece in pieces:
            target.write(piece)
        return
    path = Path(target)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.writelines(pieces)
        temporary.replace(path)
    except OSError as error:
        raise KgError(
            f"cannot be written ({error.strerror})", where=str(path), hint="check the folder"
        ) from None
    finally:
        temporary.unlink(missing_ok=True)


def serialised(store: Store, format: str = "turtle", graphs: Sequence[str] = ()) -> Iterator[bytes]:  # noqa: A002
    """Return the bytes of an export in pieces. Raises KgError at once for unknown names."""
    if format not in FORMATS:
        raise KgError(f"no format {format!r}", hint=f"one of {', '.join(FORMATS)}")
    for name in graphs:
        if name not in GRAPHS:
            raise KgError(f"no graphs called {name!r}", hint=f"one of {', '.join(GRAPHS)}")
    rdf_format, write = FORMATS[format]
    chosen = set(graphs) or ({"all"} if rdf_format.supports_datasets else {"facts", "inferred"})
    found = ((iri, _quads(store, iri)) for iri in _chosen_graphs(store, chosen))
    if rdf_format.supports_datasets:
        return write(found, store.base)
    merged = {quad.triple: quad for _, quads in found for quad in quads}
    return write([("", list(merged.values()))], store.base)


def _chosen_graphs(store: Store, chosen: set[str]) -> list[str]:
    """Return the IRIs of the graphs in the order of a file: articles, each with its claims, then our own."""
    own = {graph_iri(store.base, name): name for name in OWN_GRAPHS}
    articles: list[str] = []
    ours: list[str] = []
    for iri in store.graphs():
        kind = own.get(iri) or ("claims" if iri.endswith(_CLAIMS) else "facts")
        if kind in chosen or "all" in chosen:
            (ours if iri in own else articles).append(iri)
    return sorted(articles, key=natural) + sorted(ours, key=lambda iri: OWN_GRAPHS.index(own[iri]))


def _quads(store: Store, graph: str) -> list[ox.Quad]:
    """Return the quads of a graph; blank nodes are named after what they say (RDFC-1.0), not by the store."""
    quads = list(store.quads(graph))
    named = [quad for quad in quads if ox.BlankNode not in (type(quad.subject), type(quad.object))]
    if len(named) == len(quads):
        return quads
    blank = ox.Dataset(q for q in quads if ox.BlankNode in (type(q.subject), type(q.object)))
    blank.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    prefix = re.sub(
        r"[^A-Za-z0-9]", "", graph.rpartition("/")[2]
    )  # other graphs have nodes of these names too

    def renamed(term: _T) -> _T | ox.BlankNode:
        return ox.BlankNode(term.value.replace("c14n", prefix)) if isinstance(term, ox.BlankNode) else term

    return named + [ox.Quad(renamed(s), p, renamed(o), g) for s, p, o, g in blank]


def _nquads(graphs: Iterable[Graph], _: str) -> Iterator[bytes]:
    for _iri, quads in graphs:
        yield _sorted_lines(ox.serialize(quads, format=ox.RdfFormat.N_QUADS))


def _ntriples(graphs: Iterable[Graph], _: str) -> Iterator[bytes]:
    for _iri, quads in graphs:
        yield _sorted_lines(ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES))


def _sorted_lines(text: bytes | None) -> bytes:
    return b"".join(sorted((text or b"").splitlines(keepends=True)))


def _turtle(graphs: Iterable[Graph], base: str) -> Iterator[bytes]:
    names = Names(base, PREFIXES)
    yield names.header().encode()
    for _iri, quads in graphs:
        for text in Block(map(_statement, quads), names).texts():
            yield text.encode()


def _trig(graphs: Iterable[Graph], base: str) -> Iterator[bytes]:
    names = Names(base, PREFIXES)
    yield names.header().encode()
    for iri, quads in graphs:
        yield f"\n{names(iri)} {{\n".encode()
        for text in Block(map(_statement, quads), names).texts("    "):
            yield text.encode()
        yield b"}\n"


def _jsonld(graphs: Iterable[Graph], _: str) -> Iterator[bytes]:
    quads = (quad for _iri, quads in graphs for quad in sorted(quads, key=str))
    yield ox.serialize(quads, format=ox.RdfFormat.JSON_LD) or b""


def _rdfxml(graphs: Iterable[Graph], _: str) -> Iterator[bytes]:
    from kg.rdfxml import document

    for _iri, quads in graphs:
        for text in document(map(_statement, sorted(quads, key=str)), PREFIXES):
            yield text.encode()


def _statement(quad: ox.Quad) -> Statement:
    if isinstance(quad.subject, ox.Triple):
        raise KgError("a triple as subject is not written in this format", hint="use --format nquads")
    return quad.subject, quad.predicate, quad.object


FORMATS: dict[str, tuple[ox.RdfFormat, Callable[[Iterable[Graph], str], Iterator[bytes]]]] = {
    "turtle": (ox.RdfFormat.TURTLE, _turtle),
    "trig": (ox.RdfFormat.TRIG, _trig),
    "nquads": (ox.RdfFormat.N_QUADS, _nquads),
    "ntriples": (ox.RdfFormat.N_TRIPLES, _ntriples),
    "jsonld": (ox.RdfFormat.JSON_LD, _jsonld),
    "rdfxml": (ox.RdfFormat.RDF_XML, _rdfxml),
}
"""What can be written: by name, the format as pyoxigraph knows it and the writer."""
