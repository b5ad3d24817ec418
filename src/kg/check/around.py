"""Which triples a shape looks at: the patterns of its paths and queries, from the focus node on."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from pyoxigraph import NamedNode

from kg.check import select
from kg.check.paths import RDF, RDFS
from kg.check.patterns import THIS, Group, Maker, Node, Step
from kg.check.shapes import Constraint, Shape

_TYPE, _SUBCLASS = frozenset([RDF + "type"]), frozenset([RDFS + "subClassOf"])


@lru_cache(maxsize=4096)
def around(shape: Shape) -> Group:
    """All that a shape with targets looks at, but for its targets; read only. Raises NotLocalError."""
    return _shape(shape, THIS, Maker())


def around_one(shape: Shape, constraint: Constraint) -> Group:
    """What one constraint of a shape looks at. Raises NotLocalError."""
    return _shape(replace(shape, constraints=(constraint,), properties=()), THIS, Maker())


def _shape(shape: Shape, focus: Node, maker: Maker) -> Group:
    group = Group()
    value: Node = focus
    if shape.path is not None:
        value = maker.fresh()
        group.add(maker.path(focus, shape.path, value))
    for constraint in shape.constraints:
        group.inner.append(_constraint(constraint, focus, value, maker))
    for nested in shape.properties:
        group.inner.append(_shape(nested, value, maker))
    return group


def _constraint(constraint: Constraint, focus: Node, value: Node, maker: Maker) -> Group:
    if constraint.sparql:
        return select.read(constraint.sparql, maker, focus)
    if constraint.name == "class":
        own, above = maker.fresh(), constraint.values[0]
        within = above if isinstance(above, NamedNode) else None
        has_type = Step(value, _TYPE, own, within=within)
        return Group([has_type, Step(own, _SUBCLASS, maker.fresh(), repeats=True)])
    if constraint.name in ("equals", "disjoint", "lessThan", "lessThanOrEquals"):
        return Group([Step(focus, frozenset([constraint.values[0].value]), maker.fresh())])
    if constraint.name == "closed":
        return Group([Step(focus, None, maker.fresh())])
    return Group(inner=[_shape(member, value, maker) for member in constraint.members])
