"""Along the patterns of a shape over the data: to all that a focus node needs, and back from a change.

It gives a superset, by sets of terms for each variable, without a join: what a focus node's results depend on
is always in it. Of several steps that can be walked next, the one with the fewest triples is taken,
so that a walk goes around hubs (an organ that every article names) wherever there is another way.

The way back begins at a step that a changed triple fits, and takes any steps that must hold beside it until
it comes to the focus node: a match that the change makes or breaks goes along all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from operator import attrgetter
from typing import Any, Protocol

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple, Variable

from kg.check.patterns import THIS, Group, Node, NotLocalError, Step
from kg.check.report import Term

Resource = NamedNode | BlankNode
_SUBJECT, _PREDICATE = attrgetter("subject"), attrgetter("predicate")
_OBJECT, _GRAPH = attrgetter("object"), attrgetter("graph_name")
_CONSTANT = NamedNode | BlankNode | Literal
_Scope = tuple[Step, list[Step], list[list[Group]]]
#: how far triples are counted when ways are compared, until one has fewer
_ENOUGH = (32, 512, 8_192)


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


def reaching(data: Data, group: Group, changed: Changed) -> set[Term]:
    """The focus nodes for which a changed quad may matter to the group. Raises NotLocalError.

    `data` hold what is and what was; the class tree is the same in both.
    """
    out: set[Term] = set()
    for step, steps, unions in _scopes(group, [], []):
        quads = changed.fitting(step)
        if quads:
            out |= _Walk(data).back(step, quads, steps, unions)
    return out


def _scopes(group: Group, steps: list[Step], unions: list[list[Group]]) -> Iterator[_Scope]:
    """Each step of a group and of those in it, with the other steps and unions that must hold beside it."""
    for n, step in enumerate(group.steps):
        yield step, [*steps, *group.steps[:n], *group.steps[n + 1 :]], [*unions, *group.unions]
    for n, union in enumerate(group.unions):
        others = [*unions, *group.unions[:n], *group.unions[n + 1 :]]
        for branch in union:
            yield from _scopes(branch, [*steps, *group.steps], others)
    for inner in group.inner:
        yield from _scopes(inner, [*steps, *group.steps], [*unions, *group.unions])


class Changed:
    """Quads that came or went, by predicate; `triples` those whose triple came to the union or left it.

    `subclasses` gives the IRI of a class and those of all below it.
    """

    def __init__(
        self, quads: Iterable[Quad], triples: Iterable[Quad], subclasses: Callable[[str], tuple[str, ...]]
    ) -> None:
        self._quads, self._triples = _by_predicate(quads), _by_predicate(triples)
        self._subclasses = subclasses

    def of(self, predicate: str) -> list[Quad]:
        """The triples of a predicate that came to the union or left it."""
        return self._triples.get(predicate, [])

    def fitting(self, step: Step) -> list[Quad]:
        """The changes that a step may match; which graph holds a triple matters to a step with a graph."""
        of = self._triples if step.graph is None else self._quads
        names = of if step.predicates is None else step.predicates
        ends = ((step.subject, _SUBJECT), (step.object, _OBJECT), (step.graph, _GRAPH))
        wanted = [] if step.repeats else [(end, part) for end, part in ends if isinstance(end, _CONSTANT)]
        found = [q for name in names for q in of.get(name, ()) if all(part(q) == end for end, part in wanted)]
        if step.within is None or not found:
            return found
        classes = self._subclasses(step.within.value)
        return [q for q in found if isinstance(q.object, NamedNode) and q.object.value in classes]


def _by_predicate(quads: Iterable[Quad]) -> dict[str, list[Quad]]:
    out: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        out[quad.predicate.value].append(quad)
    return out


class _Walk:
    """`found`: the terms that each variable may stand for; `quads`: what was walked over."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.found: dict[Variable, set[Term]] = {}
        self.quads: set[Quad] = set()

    def group(self, group: Group, certain: set[Variable], inner: bool = True) -> set[Variable]:
        """Walk all steps, those of inner groups too if asked; gives the variables that every match binds."""
        steps, unions = list(group.steps), list(group.unions)
        while steps or unions:
            self._on(steps, unions, certain, inner)
        for part in group.inner if inner else ():
            self.group(part, set(certain))
        return certain

    def back(
        self, step: Step, quads: Iterable[Quad], steps: list[Step], unions: list[list[Group]]
    ) -> set[Term]:
        """From quads that a step matches to the focus nodes, along steps that must hold beside it."""
        terms = self._terms(step)
        for quad in quads:
            for part, known in terms:
                known.add(part(quad))
        if step.repeats:
            self._widen(step)
        certain, unions = set(step.variables), list(unions)
        while THIS not in certain:
            self._on(steps, unions, certain, inner=False)
        return self.found[THIS]

    def _widen(self, step: Step) -> None:
        """What lies before and behind a triple in the middle of a step that repeats."""
        for end, forward in ((step.subject, False), (step.object, True)):
            if isinstance(end, Variable):
                self.found[end] |= {node for node, _ in self.closure(step, self.found[end], forward)}

    def _on(self, steps: list[Step], unions: list[list[Group]], certain: set[Variable], inner: bool) -> None:
        """Walk one step, or where none begins at what is known a union, and take it off the list."""
        step = self._next(steps, certain)
        if step is not None:
            steps.remove(step)
            self._follow(step, certain)
            certain |= step.variables
        elif unions:
            branches = [self.group(branch, set(certain), inner) for branch in unions.pop(0)]
            certain |= set.intersection(*branches)
        else:
            raise NotLocalError("patterns that do not hang on the focus node")

    def _next(self, steps: list[Step], certain: set[Variable]) -> Step | None:
        """The step to walk next, None where none begins at what is known."""
        open_ones = [step for step in steps if self._starts(step, certain)]
        if len(open_ones) < 2:
            return open_ones[0] if open_ones else None
        for step in open_ones:
            if step.predicates is not None and self._known(step.subject, certain) is not None:
                return step  # a node has few values of one predicate
        for enough in _ENOUGH:
            sizes = [sum(1 for _ in islice(self._quads(step, certain), enough)) for step in open_ones]
            if min(sizes) < enough:
                return open_ones[sizes.index(min(sizes))]
        return open_ones[0]

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
        terms = self._terms(step)
        for quad in self._quads(step, certain):
            if all(part(quad) in known for known, part in wanted):
                self.quads.add(quad)
                for part, found in terms:
                    found.add(part(quad))

    def _terms(self, step: Step) -> list[tuple[Callable[[Quad], Any], set[Term]]]:
        """Which parts of a quad of the step are terms of a variable, and the set that these go into."""
        subject, predicate = (step.subject, _SUBJECT), (step.predicate, _PREDICATE)
        ends = (subject, predicate, (step.object, _OBJECT), (step.graph, _GRAPH))
        return [(part, self.found.setdefault(at, set())) for at, part in ends if isinstance(at, Variable)]

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
