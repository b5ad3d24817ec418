"""The background of every graph: ontology and vocabulary, and the register of facts that we assert ourselves.

Both are written as Turtle under ``ontology/`` and go into the store as two graphs. A publisher who mints
under a domain of its own has the register's resources there too; the names of the ontology never move.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from kg.errors import KgError
from kg.namespaces import DEFAULT_BASE
from kg.resources import ontology_dir

Background = Literal["ontology", "register"]
_MINTED = ("id/", "graph/")  # what lies under the base; the ontology's own namespace lies beside it


def graph_iri(base: str, name: str) -> str:
    """Return the IRI of one of our own graphs: ``ontology``, ``register``, ``inferred``, ``report``."""
    return f"{base}graph/{name}"


def files(name: Background) -> list[Path]:
    """Return the Turtle files that make one of the two graphs; shapes belong to neither."""
    folder = ontology_dir()
    if name == "register":
        return sorted((folder / "register").glob("*.ttl"))
    return sorted([*folder.glob("*.ttl"), *(folder / "vocabulary").glob("*.ttl")])


def digest(name: Background, base: str) -> str:
    """Return the SHA-256 of what `nquads` is made from."""
    total = hashlib.sha256(base.encode())
    for path in files(name):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def shapes_digest() -> str:
    """Return the SHA-256 of the shapes that a graph is validated against."""
    total = hashlib.sha256()
    for path in sorted((ontology_dir() / "shapes").glob("*.ttl")):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def nquads(name: Background, base: str) -> str:
    """Return one of the two graphs as N-Quads, its resources under `base`.

    Raises KgError with file, line and column when one of the files is not valid Turtle.
    """
    graph = ox.NamedNode(graph_iri(DEFAULT_BASE, name))
    quads = (
        ox.Quad(quad.subject, quad.predicate, quad.object, graph)
        for path in files(name)
        for quad in _statements(path)
    )
    text = (ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"").decode()
    for folder in _MINTED:
        text = text.replace(f"<{DEFAULT_BASE}{folder}", f"<{base}{folder}")
    return text


def _statements(path: Path) -> Iterator[ox.Quad]:
    """Parse one file; its blank nodes are renamed, since another file may use the same labels."""
    try:
        yield from ox.parse(path=path, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    except SyntaxError as error:
        place = f"{path}: line {error.lineno}, column {error.offset}"
        raise KgError(f"not valid Turtle: {error.msg}", where=place) from None
