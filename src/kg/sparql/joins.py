"""Which variables every row of a query binds, by rdflib's algebra, and who relies on one that may be unbound.

    OPTIONAL { ?task ckg:concerns ?document }
    OPTIONAL { ?document ckg:resolvedTo ?other }

Where a task concerns nothing, the second pattern matches whatever the graph holds: false rows, and slow ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_ALWAYS = ("Aggregate_Count", "Aggregate_Sum")  # have a value in an empty group too
_EXISTS = ("Builtin_EXISTS", "Builtin_NOTEXISTS")


def loose(algebra: Any) -> set[str]:
    """Return the variables by which alone an OPTIONAL or EXISTS is joined, though rows may not bind them."""
    found: set[str] = set()
    for node in _nodes(algebra):
        if node.name == "LeftJoin":
            found |= _unsure(node["p1"], _bound(node["p2"], every=False))
        elif node.name in ("Filter", "Extend"):
            for test in _nodes(node["expr"]):
                if test.name in _EXISTS:
                    found |= _unsure(node["p"], _variables(test["graph"]))
    return found


def _unsure(left: Any, right: frozenset[str]) -> frozenset[str]:
    """What a pattern shares with rows that may not bind it, unless it shares something they do bind."""
    if right & _bound(left, every=True):
        return frozenset()
    return right & _bound(left, every=False)


def _bound(node: Any, *, every: bool) -> frozenset[str]:
    """The variables that every row of a pattern binds, or those that some row may."""
    name = node.name
    if name == "values":
        rows = [frozenset(str(key) for key, term in row.items() if term != "UNDEF") for row in node["res"]]
        return frozenset.intersection(*rows) if every and rows else frozenset().union(*rows)
    if name == "AggregateJoin":
        return frozenset(str(one["res"]) for one in node["A"] if not every or _is_sure(one, node["p"]))
    sides = [_bound(node[side], every=every) for side in ("p", "p1", "p2") if side in node]
    if name == "Minus" or (every and name == "LeftJoin"):
        sides = sides[:1]
    kept = sides[0] & sides[1] if every and name == "Union" else frozenset().union(*sides)
    if name == "Project":
        return kept & _variables(node["PV"])
    if name == "Extend" and (not every or _has_value(node["expr"], kept)):
        return kept | _variables(node["var"])
    return kept | _variables([node[own] for own in ("triples", "term") if own in node])


def _has_value(expression: Any, bound: frozenset[str]) -> bool:
    """Whether an expression certainly has a value: a term, a variable that is bound, the first of several."""
    if getattr(expression, "name", "") == "Builtin_COALESCE":
        return any(_has_value(one, bound) for one in expression["arg"])
    return not hasattr(expression, "name") and _variables(expression) <= bound


def _is_sure(aggregate: Any, pattern: Any) -> bool:
    sampled = aggregate.name == "Aggregate_Sample" and _has_value(
        aggregate["vars"], _bound(pattern, every=True)
    )
    return aggregate.name in _ALWAYS or sampled


def _nodes(part: Any) -> Iterator[Any]:
    """All parts of an algebra that have a name."""
    if hasattr(part, "name"):
        yield part
    if isinstance(part, dict):
        for value in part.values():
            yield from _nodes(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _nodes(value)


def _variables(part: Any) -> frozenset[str]:
    """The variables that stand anywhere in a part."""
    from rdflib import Variable

    if isinstance(part, Variable):
        return frozenset([str(part)])
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else ()
    return frozenset().union(*map(_variables, parts))
