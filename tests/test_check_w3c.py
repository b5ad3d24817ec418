"""The W3C's SHACL test suite (https://w3c.github.io/data-shapes/data-shapes-test-suite/), by the Python API.

Each case is validated as `kg validate` would: compiled where that is possible, confirmed by pySHACL, else by
pySHACL alone. pySHACL 0.40.1 fails the cases in KNOWN; nothing else may fail, and none of them may pass
unnoticed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from kg.check import validate
from kg.check.reference import read_report
from kg.check.shapes import read_shapes
from kg.errors import ShapesError

SUITE = Path(__file__).parent.parent.parent / "shared" / "w3c" / "shacl"
MF, SHT = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#", "http://www.w3.org/ns/shacl-test#"
#: what pySHACL does not pass either: sh:uniqueLang "1" counts as false; $shapesGraph, which is optional
KNOWN = {"core/property/uniqueLang-002", "sparql/pre-binding/shapesGraph-001"}

pytestmark = pytest.mark.skipif(not SUITE.is_dir(), reason="the W3C SHACL suite is not in ../shared")

Term = NamedNode | BlankNode | Literal | Triple


@cache
def document(path: Path) -> tuple[Quad, ...]:
    return tuple(parse(path=str(path), format=RdfFormat.TURTLE, base_iri=path.as_uri()))


def objects(quads: tuple[Quad, ...], subject: Term, name: str) -> Iterator[Term]:
    return (q.object for q in quads if q.subject == subject and q.predicate.value == name)


def one(quads: tuple[Quad, ...], subject: Term, name: str) -> Term:
    return next(objects(quads, subject, name))


def file(iri: Term) -> Path:
    assert isinstance(iri, NamedNode)
    return Path(iri.value.removeprefix("file://"))


def cases() -> list[Path]:
    return sorted(
        path
        for part in ("core", "sparql")
        for path in (SUITE / part).rglob("*.ttl")
        if any(q.predicate.value == MF + "action" for q in document(path))
    )


def name(path: Path) -> str:
    return str(path.relative_to(SUITE).with_suffix(""))


def below(quads: tuple[Quad, ...], node: Term) -> tuple[Quad, ...]:
    """The expected report: all that can be reached from its node, but not through shapes or data."""
    found: list[Quad] = []
    todo, seen = [node], {node}
    while todo:
        here = todo.pop()
        for quad in quads:
            if quad.subject == here:
                found.append(quad)
                if isinstance(quad.object, BlankNode) and quad.object not in seen:
                    seen.add(quad.object)
                    todo.append(quad.object)
    return tuple(found)


@pytest.mark.parametrize("path", cases() if SUITE.is_dir() else [], ids=name)
def test_case(path: Path) -> None:
    manifest = document(path)
    entry = next(q.subject for q in manifest if q.predicate.value == MF + "action")
    action, expected = one(manifest, entry, MF + "action"), one(manifest, entry, MF + "result")
    data = document(file(one(manifest, action, SHT + "dataGraph")))
    graph = document(file(one(manifest, action, SHT + "shapesGraph")))
    try:
        report = validate(data, graph, evidence=False)
    except ShapesError:
        assert (expected == NamedNode(SHT + "Failure")) == (name(path) not in KNOWN)
        return
    wanted = read_report(below(manifest, expected), read_shapes(graph))
    same = Counter(r.key for r in report.results) == Counter(r.key for r in wanted)
    severities = Counter(r.severity for r in report.results) == Counter(r.severity for r in wanted)
    assert (same and severities) == (name(path) not in KNOWN), report.notes
