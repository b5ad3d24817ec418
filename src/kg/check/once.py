"""Where each triple stands once, although several graphs of a store hold it.

A store in memory of our own gives its repetitions up meanwhile. From any other the triples of those
predicates that have repetitions, and of what is asked together with them, are read into memory; what else
is asked, most of all the claims, which are nine quads in ten, is asked of the store itself: a copy of all
takes 9 µs a quad from a disk (1,890,000 quads: 17 s; of what is needed 2 s).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import NamedNode, Quad, QuerySolutions, Store

from kg.check.around import around_one
from kg.check.compile import Plan, Select
from kg.check.expression import Subclasses
from kg.check.paths import RDF
from kg.check.patterns import Group, NotLocalError, Step

_TYPE = RDF + "type"
#: a store, and the constraints to ask of it
_Part = tuple[Store, list[Select]]
#: triples in named graphs, and in whichever graph, the default one included
_NAMED = "GRAPH ?g {{ ?s {0} ?o }}"
_ANYWHERE = f"{{{{ ?s {{0}} ?o }}}} UNION {{{{ {_NAMED} }}}}"
#: quads that may be looked up one by one: a thirtieth of a second in memory, a third from a disk
_SMALL = 50_000
_COUNTS = f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ {_NAMED.format('?p')} }} GROUP BY ?p"
_Triple = tuple[Any, ...]


@dataclass(slots=True)
class Repetitions:
    """Of each triple that several graphs hold, all quads but one; which nodes have them.

    `single` are predicates that no node has two values of, nor one value in two graphs.
    """

    quads: list[Quad] = field(default_factory=list)
    predicates: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)  # of nodes whose type is told more than once
    single: set[str] = field(default_factory=set)

    def add(self, quad: Quad) -> None:
        """Note a quad whose triple is told elsewhere."""
        self.quads.append(quad)
        self.predicates.add(quad.predicate.value)
        if quad.predicate.value == _TYPE:
            self.classes.add(str(quad.object)[1:-1])


def each_triple_once(store: Store, plan: Plan, ours: bool) -> Generator[_Part, None, None]:
    """Where to ask which constraints of a plan; those that cannot find anything are left out."""
    found = repetitions(store, plan.selects)
    open_ones = [select for select in plan.selects if select.at_most_one not in found.single]
    if not found.quads:
        yield store, open_ones
    elif ours:
        for quad in found.quads:
            store.remove(quad)
        try:
            yield store, open_ones
        finally:
            store.extend(found.quads)
    else:
        here: list[Select] = []
        apart: list[Select] = []
        for select in open_ones:
            (apart if _touched(_looked_at(select), found, plan.subclasses) else here).append(select)
        yield store, here
        yield copied(store, apart), apart


def repetitions(store: Store, selects: Sequence[Select]) -> Repetitions:
    """What is repeated of the triples that constraints look at.

    Only what named graphs hold can be told twice, so nothing else is gone through.
    """
    looked_at = _predicates(selects)
    counts = {term: int(n.value) for term, n in _rows(store, _COUNTS)}
    wanted = {term for term in counts if looked_at is None or term.value in looked_at}
    out = Repetitions()
    if sum(counts.values()) < _SMALL:
        pairs = _grouped(store, _NAMED.format("?p"), "?p") + _across(store, _NAMED.format("?p"), "?s ?p ?o")
    else:
        pairs = _of_predicates(store, wanted, {select.at_most_one for select in selects}, out.single)
    for subject, predicate, value in set(pairs):
        if predicate in wanted:
            for quad in list(store.quads_for_pattern(subject, predicate, value, None))[1:]:
                out.add(quad)
    return out


def _of_predicates(store: Store, names: set[Any], at_most_one: set[str], single: set[str]) -> list[_Triple]:
    """The triples that are told again, a predicate at a time: only the pairs of one are in memory.

    The store counts, six times as fast as reading every quad. Where one value is allowed, nodes alone are
    counted, which shows both; predicates without either are put into `single`.
    """
    default = f"SELECT (COUNT(*) AS ?n) WHERE {{ {{ SELECT ?s WHERE {{ ?s ?p ?o }} LIMIT {_SMALL} }} }}"
    few = int(next(_rows(store, default))[0].value) < _SMALL
    out = _across(store, "?s ?p ?o", _NAMED.format("?p")) if few else []
    for term in names:
        anywhere = _ANYWHERE.format(term)
        if term.value in at_most_one:
            text = f"SELECT ?s WHERE {{ {anywhere} }} GROUP BY ?s HAVING(COUNT(*) > 1) LIMIT 1"
            if not any(True for _ in _rows(store, text)):
                single.add(term.value)
                continue
        out += _grouped(store, _NAMED.format(term) if few else anywhere, str(term))
    return out


def _grouped(store: Store, pattern: str, predicate: str) -> list[_Triple]:
    """The triples that a pattern finds more than once; `predicate` is a variable or the only one."""
    own = predicate if predicate.startswith("?") else ""
    bind = "" if own else f"BIND({predicate} AS ?p)"
    query = f"SELECT ?s ?o {own} WHERE {{ {pattern} }} GROUP BY ?s ?o {own} HAVING(COUNT(*) > 1)"
    return list(map(tuple, _rows(store, f"SELECT ?s ?p ?o WHERE {{ {{ {query} }} {bind} }}")))


def _across(store: Store, here: str, there: str) -> list[_Triple]:
    """The triples of one side, the default graph or the named ones, that the other holds too."""
    query = f"SELECT ?s ?p ?o WHERE {{ {here} FILTER EXISTS {{ {there} }} }}"
    return list(map(tuple, _rows(store, query)))


def copied(store: Store, selects: Iterable[Select]) -> Store:
    """A store in memory with each triple that constraints look at, once, in the default graph."""
    out, names = Store(), _predicates(selects)
    if names is None:
        out.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in store)
        return out
    for name in sorted(names):
        predicate = NamedNode(name)
        rows = _rows(store, f"SELECT ?s ?o WHERE {{ {_ANYWHERE.format(predicate)} }}")
        out.extend(Quad(subject, predicate, value) for subject, value in rows)
    return out


def _predicates(selects: Iterable[Select]) -> set[str] | None:
    """The predicates that constraints look at; None where that may be any."""
    out: set[str] = set()
    for select in selects:
        steps = _looked_at(select)
        if steps is None:
            return None
        for step in steps:
            if step.predicates is None:
                return None
            out |= step.predicates
    return out


def _looked_at(select: Select) -> list[Step] | None:
    """The patterns of a constraint and of its targets; None where they do not hang together."""
    try:
        return [*_steps(around_one(select.shape, select.constraint)), *_targets(select)]
    except NotLocalError:
        return None


def _targets(select: Select) -> Iterator[Step]:
    for kind, term in select.root.targets:
        if kind == "targetClass":
            yield Step(term, frozenset([_TYPE]), term, within=NamedNode(term.value))
        elif kind != "targetNode":
            yield Step(term, frozenset([term.value]), term)


def _steps(group: Group) -> Iterator[Step]:
    yield from group.steps
    for inner in (*group.inner, *(branch for union in group.unions for branch in union)):
        yield from _steps(inner)


def _touched(steps: list[Step] | None, found: Repetitions, subclasses: Subclasses) -> bool:
    """Whether patterns may meet a repeated triple; of the types of nodes, those of a class that is named."""
    if steps is None:
        return True
    for step in steps:
        if step.predicates is None:
            return True
        for name in step.predicates & found.predicates:
            if (
                name != _TYPE
                or step.within is None
                or found.classes.intersection(subclasses(step.within.value))
            ):
                return True
    return False


def _rows(store: Store, query: str) -> Iterator[Any]:
    rows = store.query(query)
    assert isinstance(rows, QuerySolutions)
    return iter(rows)
