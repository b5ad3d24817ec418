"""Patterns of triples that hang together, as a shape or a query looks at them, and those of property paths.

A `Group` has the shape of a SPARQL group: its `steps` hold all together, of each of its `unions` one branch
does, and each of its `inner` groups (OPTIONAL, EXISTS, a part of `sh:or`) may or may not. `kg.check.around`
makes them of shapes, `kg.check.walk` goes along them over the data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from kg.check.paths import ALTERNATIVE, PREDICATE, SEQUENCE, Path

Node = Variable | NamedNode | BlankNode | Literal
THIS = Variable("this")


class NotLocalError(Exception):
    """Part of a shape does not hang on its focus node, so that all data may matter to it."""


@dataclass(frozen=True, slots=True)
class Step:
    """Triples from `subject` to `object` by one of `predicates` (None: by any, which `predicate` names).

    `repeats`: by any number of them in a row, none included; `both`: in either direction. `graph` is set
    where the graph matters, `within` where an object matters only if it is that class or one below it.
    """

    subject: Node
    predicates: frozenset[str] | None
    object: Node
    predicate: Variable | None = None
    graph: Node | None = None
    repeats: bool = False
    both: bool = False
    within: NamedNode | None = None

    @property
    def variables(self) -> frozenset[Variable]:
        """The variables that a match of this step binds."""
        ends = (self.subject, self.object, self.predicate, self.graph)
        return frozenset(end for end in ends if isinstance(end, Variable))


@dataclass(slots=True)
class Group:
    """Steps that hold together, unions of which one branch holds, groups that may hold or not."""

    steps: list[Step] = field(default_factory=list)
    unions: list[list[Group]] = field(default_factory=list)
    inner: list[Group] = field(default_factory=list)

    def add(self, other: Group) -> None:
        """Take in all of another group, as if it stood here."""
        self.steps += other.steps
        self.unions += other.unions
        self.inner += other.inner


class Maker:
    """Makes the groups of paths; every variable that it needs on the way has a name of its own."""

    def __init__(self) -> None:
        self._numbers = count()

    def fresh(self) -> Variable:
        """A variable that nothing else names."""
        return Variable(f"v{next(self._numbers)}_")

    def path(self, start: Node, path: Path, end: Node) -> Group:
        """The steps of a property path."""
        if path.kind == PREDICATE:
            return Group([Step(start, frozenset([path.iri]), end)])
        if path.kind == "inversePath":
            return self.path(end, path.parts[0], start)
        if path.kind == SEQUENCE:
            group, here = Group(), start
            for part in path.parts[:-1]:
                after = self.fresh()
                group.add(self.path(here, part, after))
                here = after
            group.add(self.path(here, path.parts[-1], end))
            return group
        if path.kind == ALTERNATIVE:
            if all(part.kind == PREDICATE for part in path.parts):
                return Group([Step(start, frozenset(part.iri for part in path.parts), end)])
            return Group(unions=[[self.path(start, part, end) for part in path.parts]])
        return self._repeated(start, path.parts[0], end)

    def _repeated(self, start: Node, path: Path, end: Node) -> Group:
        """A path that is walked any number of times; of a winding one, each predicate in both directions."""
        if path.kind == "inversePath":
            return self._repeated(end, path.parts[0], start)
        straight = path.kind == PREDICATE or (
            path.kind == ALTERNATIVE and all(part.kind == PREDICATE for part in path.parts)
        )
        return Group([Step(start, frozenset(_predicates(path)), end, repeats=True, both=not straight)])


def _predicates(path: Path) -> Iterator[str]:
    if path.kind == PREDICATE:
        yield path.iri
    for part in path.parts:
        yield from _predicates(part)
