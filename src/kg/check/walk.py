"""Along the patterns of a shape over the data, to all that a focus node needs.

It gives a superset, by sets of terms for each variable, without a join: what a focus node's results depend on
is always in it. Of several steps that can be walked next, the one with the fewest triples is taken,
so that a walk goes around hubs (an organ that every article names) wherever there is another way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from operator import attrgetter
from typing import Protocol

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple, Variable

from kg.check.patterns import THIS, Group, Node, NotLocalError, Step
from kg.check.report import Term

Resource = NamedNode | BlankNode
_SUBJECT, _OBJECT, _GRAPH = attrgetter("subject"), attrgetter("object"), attrgetter("graph_name")
#: more triples than this are not counted when two ways are compared
_ENOUGH = 5_000


class Data(Protocol):
    """What a walk asks: the quads that fit, None for what does not matter; a pyoxigraph Store, for one."""

    def quads_for_pattern(
        self,
        subject: NamedNode | BlankNode | Triple | None,
        predicate: NamedNode | None,
        object: Term | Triple | None,  # noqa: A002  pyoxigraph's own name
        graph_name: NamedNode | BlankNode | DefaultGraph | None = None,
    ) -> Iterable[Quad]:
        """The quads that fit."""


def needed(data: Data, group: Group, focus: Iterable[Term]) -> set[Quad]:
    """All quads that decide what a shape finds at the focus nodes. Raises NotLocalError."""
    walk = _Walk(data)
    walk.found[THIS] = set(focus)
    walk.group(group, {THIS})
    return walk.quads


class _Walk:
    """`found`: the terms that each variable may stand for; `quads`: what was walked over."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.found: dict[Variable, set[Term]] = {}
        self.quads: set[Quad] = set()

    def group(self, group: Group, certain: set[Variable]) -> set[Variable]:
        """Walk all steps; gives the variables that every match binds."""
        steps, unions = list(group.steps), list(group.unions)
        while steps or unions:
            step = self._next(steps, certain)
            if step is not None:
                steps.remove(step)
                self._follow(step, certain)
                certain |= step.variables
            elif unions:
                branches = [self.group(branch, set(certain)) for branch in unions.pop(0)]
                certain |= set.intersection(*branches)
            else:
                raise NotLocalError("patterns that do not hang on the focus node")
        for inner in group.inner:
            self.group(inner, set(certain))
        return certain

    def _next(self, steps: list[Step], certain: set[Variable]) -> Step | None:
        """The step to walk next, None where none begins at what is known."""
        open_ones = [step for step in steps if self._starts(step, certain)]
        if len(open_ones) < 2:
            return open_ones[0] if open_ones else None
        best, least = open_ones[0], _ENOUGH + 1
        for step in open_ones:
            if self._known(step.subject, certain) is not None:
                return step
            size = sum(1 for _ in islice(self._quads(step, certain), least))
            if size < least:
                best, least = step, size
        return best

    def _starts(self, step: Step, certain: set[Variable]) -> bool:
        ends = (step.subject, step.object, step.graph)
        return isinstance(step.subject, NamedNode) or any(
            isinstance(end, Variable) and end in certain for end in ends
        )

    def _known(self, node: Node | None, certain: set[Variable]) -> set[Term] | None:
        if isinstance(node, Variable):
            return self.found[node] if node in certain else None
        return {node} if node is not None else None

    def _follow(self, step: Step, certain: set[Variable]) -> None:
        for variable in step.variables:
            self.found.setdefault(variable, set())
        if step.repeats:
            forward = self._known(step.subject, certain) is not None
            start, end = (step.subject, step.object) if forward else (step.object, step.subject)
            for node, quad in self.closure(step, self._known(start, certain) or set(), forward):
                if isinstance(end, Variable):
                    self.found[end].add(node)
                if quad is not None:
                    self.quads.add(quad)
            return
        ends = [(step.object, _OBJECT), (step.subject, _SUBJECT), (step.graph, _GRAPH)]
        wanted = [(known, part) for node, part in ends if (known := self._known(node, certain)) is not None]
        for quad in self._quads(step, certain):
            if all(part(quad) in known for known, part in wanted):
                self.quads.add(quad)
                self.bind(step, quad)

    def bind(self, step: Step, quad: Quad) -> None:
        """Note the terms of a quad that a step matches."""
        parts = (
            (step.subject, quad.subject),
            (step.predicate, quad.predicate),
            (step.object, quad.object),
            (step.graph, quad.graph_name),
        )
        for node, term in parts:
            if isinstance(node, Variable):
                self.found.setdefault(node, set()).add(term)  # type: ignore[arg-type]

    def _quads(self, step: Step, certain: set[Variable]) -> Iterator[Quad]:
        """The quads of a step from one of its known ends."""
        predicates = _named(step)
        for node, at in ((step.subject, 0), (step.graph, 3), (step.object, 2)):
            known = self._known(node, certain)
            if known is None:
                continue
            for term in known:
                if at == 2 or not isinstance(term, Literal):
                    for predicate in predicates:
                        yield from self._look_up(term, predicate, at)
            return

    def _look_up(self, term: Term, predicate: NamedNode | None, at: int) -> Iterable[Quad]:
        look = self.data.quads_for_pattern
        if at == 2:
            return look(None, predicate, term, None)
        assert not isinstance(term, Literal)
        return look(term, predicate, None, None) if at == 0 else look(None, predicate, None, term)

    def closure(self, step: Step, start: Iterable[Term], forward: bool) -> Iterator[tuple[Term, Quad | None]]:
        """Every node on the way from `start` along a step that repeats, with the quad that led there."""
        predicates, seen = _named(step), set(start)
        todo = list(seen)
        yield from ((node, None) for node in todo)
        while todo:
            node = todo.pop()
            for ahead in (True, False) if step.both else (forward,):
                if ahead and isinstance(node, Literal):
                    continue
                for predicate in predicates:
                    for quad in self._look_up(node, predicate, 0 if ahead else 2):
                        other = quad.object if ahead else quad.subject
                        yield other, quad  # type: ignore[misc]
                        if other not in seen:
                            seen.add(other)  # type: ignore[arg-type]
                            todo.append(other)  # type: ignore[arg-type]


def _named(step: Step) -> list[NamedNode | None]:
    return [None] if step.predicates is None else [NamedNode(iri) for iri in step.predicates]
