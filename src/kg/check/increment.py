"""A report kept current: what a change can have touched is validated again, and nothing else.

For each shape the changed triples are followed back, along the shape's own paths and queries, to the focus
nodes whose results may rest on them. What these look at is taken out of the store and validated in memory;
their former results leave the report graph, the new ones come in. A result whose sentences may have changed
counts as touched too. What it costs is measured in `tests/bench/bench_validate.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from kg.check import screen
from kg.check.around import around
from kg.check.locate import grounds, located
from kg.check.paths import RDF, RDFS, SH
from kg.check.patterns import NotLocalError
from kg.check.report import THRESHOLDS, Report, Result, Term, arranged, rank
from kg.check.shapes import Shape, Shapes
from kg.check.turtle import conforming, report_node, results_nquads
from kg.check.walk import Changed, needed, reaching
from kg.namespaces import DCTERMS

_RESULT, _CONFORMS = NamedNode(SH + "result"), NamedNode(SH + "conforms")
_FOCUS, _VALUE = NamedNode(SH + "focusNode"), NamedNode(SH + "value")
_SHAPE, _SEVERITY = NamedNode(SH + "sourceShape"), NamedNode(SH + "resultSeverity")
_IDENTIFIER = NamedNode(DCTERMS.identifier)
_TYPE, _SUBCLASS = RDF + "type", RDFS + "subClassOf"
_Resource = NamedNode | BlankNode
#: shape with targets → nodes
_Nodes = dict[Term, set[Term]]


@dataclass(frozen=True, slots=True)
class Change:
    """Quads that left a store and quads that came, its report aside."""

    gone: frozenset[Quad]
    came: frozenset[Quad]


@dataclass(frozen=True, slots=True)
class Renewal:
    """What makes a former report graph current; `findings` is the number of results by severity."""

    gone: list[Quad]
    came: str  # N-Quads
    findings: dict[str, int]


def renewed(store: Store, shapes: Shapes, change: Change, findings: Mapping[str, int], base: str) -> Renewal:
    """What to change in a store's report so that it is that of a full validation by the compiled shapes.

    `store` holds the data as they are now, and the report, with so many `findings` by severity, on what they
    were. Raises NotLocalError where only a full validation can tell.
    """
    run = _Run(store, shapes, change, report_node(base))
    touched = run.touched()
    gone = run.former(touched)
    severities = [quad.object for quad in gone if quad.predicate == _SEVERITY]
    results = located(Report(arranged(run.results(touched))), store).results
    counts = Counter(findings)
    counts.subtract(_count(str(severity)[1:-1] for severity in severities))
    counts.update(_count(result.severity for result in results))
    came = results_nquads(results, base)
    conformed, conforms = (not any(numbers.values()) for numbers in (findings, counts))
    if conforms != conformed:
        gone += store.quads_for_pattern(run.report, _CONFORMS, None, run.report)
        came += f"{run.report} {' '.join(conforming(conforms))} {run.report} .\n"
    return Renewal(gone, came, dict(counts))


def _count(severities: Iterable[str]) -> Counter[str]:
    names = list(THRESHOLDS)
    return Counter(names[rank(severity)] for severity in severities)


class _View:
    """The quads of a store without those of its report; quads that are gone may stand beside them."""

    def __init__(self, store: Store, report: NamedNode, beside: Iterable[Quad] = ()) -> None:
        self.store, self.report = store, report
        gone = list(beside)
        self.beside = Store() if gone else None  # an empty one would be asked a hundred thousand times
        if self.beside is not None:
            self.beside.extend(gone)

    def quads_for_pattern(
        self,
        subject: NamedNode | BlankNode | Triple | None,
        predicate: NamedNode | None,
        object: Term | Triple | None,  # noqa: A002  pyoxigraph's own name
        graph_name: NamedNode | BlankNode | DefaultGraph | None = None,
    ) -> Iterator[Quad]:
        """The quads that fit."""
        for quad in self.store.quads_for_pattern(subject, predicate, object, graph_name):
            if quad.graph_name != self.report:
                yield quad
        if self.beside is not None:
            yield from self.beside.quads_for_pattern(subject, predicate, object, graph_name)


class _Run:
    """One renewal: the data now, and beside them what is gone."""

    def __init__(self, store: Store, shapes: Shapes, change: Change, report: NamedNode) -> None:
        self.store, self.shapes, self.report = store, shapes, report
        self.now, self.both = _View(store, report), _View(store, report, change.gone)
        self.plan = screen.plan_for(store, shapes)
        self.subclasses = self.plan.subclasses
        self.focus = screen.Focus(self.now, self.subclasses)
        triples = [*self._changed_triples(change)]
        self.changed = Changed(change.gone | change.came, triples, self.subclasses)
        self.triples = triples
        self._check()

    def _check(self) -> None:
        """What a change of it makes every result uncertain, or cannot be found again in a report."""
        if any(quad.predicate.value == _SUBCLASS for quad in self.triples):
            raise NotLocalError("the class tree has changed")
        if self.plan.left_over or self.shapes.unsupported or self.shapes.advanced:
            raise NotLocalError("shapes that the compiled ones do not cover")

    def _changed_triples(self, change: Change) -> Iterator[Quad]:
        """Of each triple that came to the union of all graphs or left it, one quad."""
        left = {quad.triple for quad in change.gone}
        for triple, quad in {quad.triple: quad for quad in change.gone | change.came}.items():
            holding = list(self.now.quads_for_pattern(quad.subject, quad.predicate, quad.object))
            was = triple in left or any(q not in change.came for q in holding)
            if was != bool(holding):
                yield quad

    # ------------------------------------------------------------------ what is touched
    def touched(self) -> _Nodes:
        """For each shape with targets the nodes whose results may be others now."""
        found: _Nodes = {}
        for root in self.shapes.roots:
            found[root.node] = reaching(self.both, around(root), self.changed) | self._targeted(root)
        for owner, focus in self._told_anew():
            found[owner].add(focus)
        if any(isinstance(node, BlankNode) for nodes in found.values() for node in nodes):
            raise NotLocalError("a blank node, which a report cannot name again")
        return found

    def _targeted(self, root: Shape) -> set[Term]:
        """The nodes that became focus nodes of a shape, or are none any more."""
        out: set[Term] = set()
        for kind, term in root.targets:
            if kind == "targetClass":
                for iri in self.subclasses(term.value):
                    out |= self._retyped.get(iri, set())
                continue
            for quad in self.changed.of(term.value):
                out.add(quad.object if kind == "targetObjectsOf" else quad.subject)  # type: ignore[arg-type]
        return out

    @cached_property
    def _retyped(self) -> dict[str, set[Term]]:
        """Class → the nodes that are of it now or are not any more."""
        found: dict[str, set[Term]] = defaultdict(set)
        for quad in self.changed.of(_TYPE):
            if isinstance(quad.object, NamedNode):
                found[quad.object.value].add(quad.subject)  # type: ignore[arg-type]
        return found

    def _told_anew(self) -> Iterator[tuple[Term, Term]]:
        """Shapes and focus nodes of results whose sentences may be others now.

        Sentences hang on the focus node, those of an article on the value too.
        """
        told = reaching(self.both, grounds(), self.changed)
        for predicate in (_FOCUS, _VALUE):
            for node in told:
                for result in self._results(predicate, node):
                    focus = self._one(result, _FOCUS)
                    if predicate == _FOCUS or self._is_article(focus):
                        yield self.owners[self._one(result, _SHAPE)], focus

    def _is_article(self, node: Term) -> bool:
        look = self.now.quads_for_pattern
        return not isinstance(node, Literal) and any(True for _ in look(node, _IDENTIFIER, None))

    @cached_property
    def owners(self) -> dict[Term, Term]:
        """Each shape and property shape → the shape with targets that it belongs to."""
        found: dict[Term, Term] = {}
        for root in self.shapes.roots:
            for shape in root.walk():
                if isinstance(shape.node, BlankNode) or shape.node in found:
                    raise NotLocalError("a shape without a name, or one that belongs to two")
                found[shape.node] = root.node
        return found

    # ------------------------------------------------------------------ results
    def former(self, touched: _Nodes) -> list[Quad]:
        """The quads of the report that tell of touched nodes."""
        results: dict[Term, list[tuple[Term, _Resource]]] = defaultdict(list)
        for focus in set().union(*touched.values()):
            for result in self._results(_FOCUS, focus):
                results[self.owners[self._one(result, _SHAPE)]].append((focus, result))
        out: list[Quad] = []
        for owner, told in results.items():
            for focus, result in told:
                if focus in touched[owner]:
                    out += self.store.quads_for_pattern(self.report, _RESULT, result, self.report)
                    out += self._below(result)
        return out

    def _results(self, predicate: NamedNode, node: Term) -> Iterator[_Resource]:
        """The results of the report that have this focus node or value."""
        for quad in self.store.quads_for_pattern(None, predicate, node, self.report):
            assert not isinstance(quad.subject, Triple)
            yield quad.subject

    def _below(self, node: _Resource) -> Iterator[Quad]:
        for quad in self.store.quads_for_pattern(node, None, None, self.report):
            yield quad
            if isinstance(quad.object, BlankNode):
                yield from self._below(quad.object)

    def _one(self, result: _Resource, predicate: NamedNode) -> Term:
        found = next(self.store.quads_for_pattern(result, predicate, None, self.report)).object
        assert not isinstance(found, Triple)
        return found

    def results(self, touched: _Nodes) -> Iterator[Result]:
        """What the compiled shapes find at touched nodes."""
        near, looked_at = Store(), {}
        for root in self.shapes.roots:
            nodes = {node for node in touched[root.node] if self.focus.holds(root, node)}
            if nodes:
                looked_at[root.node] = nodes
                near.extend(needed(self.now, around(root), nodes))
                near.extend(self._target_quads(root, nodes))
        selects = tuple(select for select in self.plan.selects if select.root.node in looked_at)
        for root, result in screen.run(near, replace(self.plan, selects=selects), ours=True):
            if result.focus in looked_at[root.node]:
                yield result

    def _target_quads(self, root: Shape, nodes: Iterable[Term]) -> Iterator[Quad]:
        """What makes nodes focus nodes of a shape."""
        look = self.now.quads_for_pattern
        for kind, term in root.targets:
            predicate = NamedNode(_TYPE if kind == "targetClass" else term.value)
            for node in nodes if kind != "targetNode" else ():
                if kind == "targetObjectsOf":
                    yield from look(None, predicate, node)
                elif not isinstance(node, Literal):
                    yield from look(node, predicate, None)
