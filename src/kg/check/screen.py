"""The compiled shapes, asked of an embedded store: results without loading a single triple into rdflib.

The union default graph repeats a triple once for every graph that holds it. A query that joins k patterns
about one document, told by n articles, then walks n^k rows (60 articles of one document: 24 s for a single
constraint, hours for 300). So the constraints are asked where each triple stands once (`kg.check.once`);
only a constraint that speaks of GRAPH is asked of the store as it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import cache

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store

from kg.check.compile import Plan, Select, compile_shapes, focus_pattern
from kg.check.expression import NotCompiledError, Subclasses
from kg.check.once import each_triple_once
from kg.check.paths import RDF, RDFS, Path, predicate
from kg.check.report import Result, Term
from kg.check.shapes import Shape, Shapes
from kg.check.walk import Data
from kg.errors import ShapesError

_VARIABLE = re.compile(r"\{[$?](\w+)\}")
_TYPE = NamedNode(RDF + "type")
#: a shape that has targets, and what it or one of its property shapes found
Found = tuple[Shape, Result]
#: rows about other nodes than focus nodes after which looking at the values first does not pay
_MANY = 10_000
_GRAPH = re.compile(r"\bGRAPH\b", re.IGNORECASE)


def plan_for(store: Store, shapes: Shapes) -> Plan:
    """Compile shapes against the class tree that the store holds."""
    return compile_shapes(shapes, class_tree(store))


def focus_patterns(store: Store, shapes: Shapes) -> Iterator[tuple[Shape, str]]:
    """Each shape whose targets compile, with the pattern of its focus nodes."""
    tree = class_tree(store)
    for root in shapes.roots:
        with suppress(NotCompiledError):
            yield root, focus_pattern(root, tree)


def count(store: Store, pattern: str) -> int:
    """How many nodes a focus pattern finds."""
    if not pattern:
        return 0
    text = f"SELECT (COUNT(DISTINCT ?this) AS ?nodes) WHERE {{ {pattern} }}"
    rows = store.query(text, use_default_graph_as_union=True)
    assert isinstance(rows, QuerySolutions)
    return int(next(iter(rows))["nodes"].value)


def class_tree(store: Store) -> Subclasses:
    """A function that gives the IRI of a class and those of all its subclasses in the store, sorted."""

    @cache
    def subclasses(iri: str) -> tuple[str, ...]:
        found = {iri}
        todo = [NamedNode(iri)]
        while todo:
            for quad in store.quads_for_pattern(None, NamedNode(RDFS + "subClassOf"), todo.pop(), None):
                if isinstance(quad.subject, NamedNode) and quad.subject.value not in found:
                    found.add(quad.subject.value)
                    todo.append(quad.subject)
        return tuple(sorted(found))

    return subclasses


def run(store: Store, plan: Plan, ours: bool = False) -> Iterator[Found]:
    """All results of the compiled constraints over the union of the store's graphs, one after the other.

    `ours`: the store is in memory and nobody else uses it, so that it may be changed in the meantime.
    """
    of_triples: list[Select] = []
    for select in plan.selects:
        if _GRAPH.search(select.sparql):
            yield from ((select.root, result) for result in _results(store, select.sparql, select))
        else:
            of_triples.append(select)
    focus = Focus(store, plan.subclasses)
    with closing(each_triple_once(store, replace(plan, selects=tuple(of_triples)), ours)) as parts:
        for once, selects in parts:
            on_disk = once is store and not ours
            yield from _found_in(once, selects, focus, on_disk)


def _found_in(store: Store, selects: Sequence[Select], focus: Focus, on_disk: bool) -> Iterator[Found]:
    """The results of constraints, those on the values of one path by one look at these values."""
    paths: dict[str, list[Select]] = defaultdict(list)
    for select in selects:
        if select.values:
            paths[select.values].append(select)
    together: dict[int, list[Result]] = {}
    for select in selects:
        asked = paths.pop(select.values, [])
        found = _odd_values(store, asked, focus) if asked else None
        together |= {id(other): found[n] for n, other in enumerate(asked)} if found is not None else {}
        rows: Iterable[Result] | None = together.pop(id(select), None)
        if rows is None:
            first, by_focus = select.queries(on_disk)
            rows = _values_first(store, first, select, focus) if first else None
            rows = _results(store, by_focus, select) if rows is None else rows
        yield from ((select.root, result) for result in rows)


def _odd_values(store: Store, asked: Sequence[Select], focus: Focus) -> list[list[Result]] | None:
    """The results of each of the constraints on one path; None where more nodes have odd values."""
    tests = {select.holds: f"odd_{n}" for n, select in enumerate(asked)}
    odd = " || ".join(f"!({test})" for test in tests)
    told = " ".join(f"BIND(!({test}) AS ?{name})" for test, name in tests.items())
    names = " ".join(f"?{name}" for name in tests.values())
    odd_ones = f"{{ {asked[0].values} FILTER({odd}) }}"
    query = f"SELECT DISTINCT ?this ?value {names} WHERE {{ {odd_ones} {told} }}"
    out: list[list[Result]] = [[] for _ in asked]
    for number, row in enumerate(_solutions(store, asked[0], query)):
        if number > _MANY:
            return None
        for select, results in zip(asked, out, strict=True):
            fails = row[tests[select.holds]]
            if fails is not None and fails.value == "true" and focus.holds(select.root, row["this"]):
                results.append(_result(select, {"this": row["this"], "value": row["value"]}))
    return out


def _values_first(store: Store, query: str, select: Select, focus: Focus) -> list[Result] | None:
    """The results by way of the values; None where more nodes than focus nodes have odd ones."""
    found = []
    rows = _solutions(store, select, query)
    names = [variable.value for variable in rows.variables]
    for n, row in enumerate(rows):
        if n > _MANY:
            return None
        if focus.holds(select.root, row["this"]):
            found.append(_result(select, {name: row[name] for name in names if row[name] is not None}))
    return found


class Focus:
    """Answers whether a node is a focus node of a shape, by look-ups."""

    def __init__(self, data: Data, subclasses: Subclasses) -> None:
        self.data, self.subclasses = data, subclasses
        self.types: dict[Term, frozenset[str]] = {}

    def holds(self, root: Shape, node: Term) -> bool:
        """Whether one of the shape's targets finds the node."""
        return any(self._hit(kind, term, node) for kind, term in root.targets)

    def _hit(self, kind: str, term: Term, node: Term) -> bool:
        look = self.data.quads_for_pattern
        if kind == "targetNode":
            return node == term
        predicate = NamedNode(term.value)
        if kind == "targetObjectsOf":
            return any(True for _ in look(None, predicate, node, None))
        if isinstance(node, Literal):
            return False
        if kind == "targetSubjectsOf":
            return any(True for _ in look(node, predicate, None, None))
        if node not in self.types:
            self.types[node] = frozenset(str(quad.object)[1:-1] for quad in look(node, _TYPE, None, None))
        return not self.types[node].isdisjoint(self.subclasses(term.value))


def _solutions(store: Store, select: Select, query: str) -> QuerySolutions:
    try:
        rows = store.query(query, use_default_graph_as_union=True)
    except SyntaxError as error:
        hint = "mend its sh:select; prefixes come from sh:prefixes"
        raise ShapesError(
            f"its query cannot be read ({error.msg})", where=select.shape.iri, hint=hint
        ) from error
    assert isinstance(rows, QuerySolutions)
    return rows


def _results(store: Store, query: str, select: Select) -> Iterator[Result]:
    rows = _solutions(store, select, query)
    names = [variable.value for variable in rows.variables]
    for row in rows:
        yield _result(select, {name: row[name] for name in names if row[name] is not None})


def _result(select: Select, row: dict[str, Term]) -> Result:
    shape, sparql = select.shape, select.constraint.sparql
    value = row.get("value")
    path = row.get("path")
    if sparql and value is None and shape.path is None:
        value = row["this"]
    where: Path | None = predicate(path.value) if isinstance(path, NamedNode) else shape.path
    templates = (sparql.messages if sparql else ()) or shape.messages
    return Result(
        shape=shape.iri,
        component=select.constraint.component,
        severity=shape.severity,
        focus=row["this"],
        path=where,
        value=value,
        constraint=sparql.node.value if sparql and isinstance(sparql.node, NamedNode) else "",
        messages=tuple(filled(template, row) for template in templates),
    )


def filled(template: Literal, row: dict[str, Term]) -> Literal:
    """A message with its `{?variable}` places filled, its language kept."""
    text = _VARIABLE.sub(lambda m: _plain(row[m[1]]) if m[1] in row else m[0], template.value)
    return Literal(text, language=template.language) if template.language else Literal(text)


def _plain(term: Term) -> str:
    return str(term) if isinstance(term, BlankNode) else term.value
