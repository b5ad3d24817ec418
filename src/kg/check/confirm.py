"""pySHACL's word on what the compiled shapes found: asked of the neighbourhood of the hits alone.

For each shape with hits, pySHACL looks at the nodes that were hit, over the triples that the shape's own
paths and queries lead to from them. Its results must be the same as those of the screen, one for one; where
they are not, one of the two reads a construct differently, and the caller takes pySHACL's word on all data.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from pyoxigraph import BlankNode, Literal, Quad, Store

from kg.check import screen
from kg.check.around import around
from kg.check.compile import Plan
from kg.check.patterns import NotLocalError
from kg.check.regex import readable_by_python
from kg.check.report import Result, Term
from kg.check.screen import Found
from kg.check.shapes import Constraint, Shape, Shapes
from kg.check.walk import Data, needed

#: a repetition in a repetition: Python may go through such a pattern for ever, Oxigraph does not
_ENDLESS = re.compile(r"[+*}?]\)+[+*{]")
#: members of a list; pySHACL's time grows with their square
_LONG = 1_000
#: nodes of each shape that pySHACL looks at where there are more results than it could ever go through
SAMPLE = 200


def endless(shapes: Shapes) -> set[Term]:
    """The shapes that pySHACL is not asked about: patterns without end or that it cannot read, long lists."""
    return {root.node for root in shapes.roots if any(map(_keeps_busy, _constraints(root)))}


def _constraints(shape: Shape) -> Iterator[Constraint]:
    for own in shape.walk():
        for constraint in own.constraints:
            yield constraint
            for member in constraint.members:
                yield from _constraints(member)


def _keeps_busy(constraint: Constraint) -> bool:
    if constraint.name == "pattern":
        pattern = constraint.values[0].value
        return bool(_ENDLESS.search(pattern)) or not readable_by_python(pattern)
    return len(constraint.values) > _LONG


def confirmed(store: Store, shapes: Shapes, found: Iterable[Found]) -> list[Result] | None:
    """pySHACL's results, with the texts that it gives them; None where they are not the same."""
    hits: dict[Term, set[Term]] = defaultdict(set)
    screened = []
    for root, result in found:
        hits[root.node].add(result.focus)
        screened.append(result)
    if not hits:
        return []
    from kg.check import reference

    quads = neighbourhood(store, shapes, hits)
    results = reference.validate(iter(store) if quads is None else quads, shapes, hits)
    return results if Counter(map(_same, results)) == Counter(map(_same, screened)) else None


def agreed(store: Store, shapes: Shapes, plan: Plan, found: Iterable[Found]) -> bool:
    """Whether both engines say the same of the first nodes that each shape was hit at, for very many hits."""
    hits: dict[Term, set[Term]] = defaultdict(set)
    for root, result in found:
        if len(hits[root.node]) < SAMPLE:
            hits[root.node].add(result.focus)
    quads = neighbourhood(store, shapes, hits)
    if quads is None:
        return False
    around = Store()
    around.extend(quads)
    selects = tuple(select for select in plan.selects if select.root.node in hits)
    again = (
        (root, result)
        for root, result in screen.run(around, replace(plan, selects=selects), ours=True)
        if result.focus in hits[root.node]
    )
    return confirmed(around, shapes, again) is not None


def neighbourhood(data: Data, shapes: Shapes, hits: Mapping[Term, Iterable[Term]]) -> set[Quad] | None:
    """What the shapes look at around the nodes that each was hit at; None where that may be anything."""
    roots = {root.node: root for root in shapes.roots}
    out: set[Quad] = set()
    try:
        for node, focus in hits.items():
            out |= needed(data, around(roots[node]), focus)
            for term in focus:
                if isinstance(term, BlankNode):  # pySHACL copies it into its report: it must be somewhere
                    out.update(islice(_touching(data, term), 1))
    except NotLocalError:
        return None
    return out


def _touching(data: Data, node: BlankNode) -> Iterator[Quad]:
    yield from data.quads_for_pattern(node, None, None, None)
    yield from data.quads_for_pattern(None, None, node, None)


def _same(result: Result) -> tuple[str, ...]:
    """What both engines must agree on; rdflib writes language tags in small letters."""
    value = str(result.value).lower() if isinstance(result.value, Literal) else result.key[3]
    return (*result.key[:3], value, result.component, result.constraint, result.severity)
