"""What a query does that engines answer differently: dates compared without a guard, \\p{…} in patterns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pyoxigraph import NamedNode, Quad

from kg.check.paths import SH

_ORDERING = {"<", ">", "<=", ">="}
_PATTERNS = ("Builtin_REGEX", "Builtin_REPLACE")


def declared(quads: Iterable[Quad]) -> str:
    """The prefixes that shapes declare for their queries (sh:declare), as the head of a query."""
    parts: dict[object, dict[str, str]] = {}
    for quad in quads:
        if quad.predicate in (NamedNode(SH + "prefix"), NamedNode(SH + "namespace")):
            found = parts.setdefault(quad.subject, {})
            found[quad.predicate.value] = quad.object.value  # type: ignore[union-attr]
    pairs = {d[SH + "prefix"]: d[SH + "namespace"] for d in parts.values() if len(d) == 2}
    return "\n".join(f"PREFIX {name}: <{iri}>" for name, iri in sorted(pairs.items()))


def remarks(text: str, dates: set[str]) -> Iterator[tuple[str, str]]:
    """Pairs of a property of lint: and its value; `dates` are IRIs of properties whose values are dates."""
    from rdflib.plugins.sparql import prepareQuery

    try:
        algebra = prepareQuery(text).algebra
    except Exception as error:  # the parser raises whatever it meets
        yield "syntaxError", " ".join(str(error).split())[:300]
        return
    nodes = list(_nodes(algebra))
    dated = {name for node in nodes for name in _dated(node, dates)}
    guarded = {str(node["arg"]) for node in nodes if getattr(node, "name", "") == "Builtin_DATATYPE"}
    compared = {name for node in nodes for name in _compared(node)}
    for name in sorted(dated & compared - guarded):
        yield "comparesUnguarded", name
    for node in nodes:
        pattern = str(node.get("pattern", "")) if getattr(node, "name", "") in _PATTERNS else ""
        if "\\p{" in pattern or "\\P{" in pattern:
            yield "unicodeClass", pattern


def _nodes(node: Any) -> Iterator[Any]:
    """All parts of a query's algebra that have a name."""
    if hasattr(node, "name") and isinstance(node, dict):
        yield node
    if isinstance(node, dict):
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list | tuple | set):
        for value in node:
            yield from _nodes(value)


def _dated(node: Any, dates: set[str]) -> Iterator[str]:
    """Variables that stand as object of a property whose values are dates."""
    from rdflib import Variable

    for triples in node.get("triples") or ():  # one, or, where a group is left as it was parsed, several
        for predicate, value in zip(triples[1::3], triples[2::3], strict=True):
            if isinstance(value, Variable) and _last(predicate) & dates:
                yield str(value)


def _last(path: Any) -> set[str]:
    """The properties that a path may end with."""
    from rdflib.paths import AlternativePath, MulPath, SequencePath

    if isinstance(path, SequencePath):
        return _last(path.args[-1])
    if isinstance(path, AlternativePath):
        return {iri for part in path.args for iri in _last(part)}
    return _last(path.path) if isinstance(path, MulPath) else {str(path)}


def _compared(node: Any) -> Iterator[str]:
    """Variables on either side of < or >."""
    from rdflib import Variable

    if getattr(node, "name", "") == "RelationalExpression" and node["op"] in _ORDERING:
        for side in (node["expr"], node["other"]):
            if isinstance(side, Variable):
                yield str(side)
