"""The compiled shapes, asked of an embedded store: results without loading a single triple into rdflib.

The union default graph repeats a triple once for every graph that holds it. A query that joins k patterns
about one document, told by n articles, then walks n^k rows (60 articles of one document: 24 s for a single
constraint, hours for 300). So the constraints are asked where each triple stands once; only a constraint
that speaks of GRAPH is asked of the store as it is.

Measured on 1,000,000 quads of 1,750 articles: finding the repetitions 0.9 s, all constraints 2.0 s where the
values are looked at first, 4.2 s where the focus nodes are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions, Store

from kg.check.compile import NotCompiledError, Plan, Select, Subclasses, compile_shapes, focus_pattern
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
#: triples in whichever graph, the default one included
_ANYWHERE = "{{ ?s {0} ?o }} UNION {{ GRAPH ?g {{ ?s {0} ?o }} }}"
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

    `ours`: nobody else uses the store, so that it may be changed in the meantime.
    """
    whole = [select for select in plan.selects if _GRAPH.search(select.sparql)]
    for select in whole:
        yield from ((select.root, result) for result in _results(store, select))
    with each_triple_once(store, ours) as once:
        focus = Focus(once, plan.subclasses)
        for select in plan.selects:
            if select not in whole:
                rows = _values_first(once, select, focus) if select.values_first else None
                found = _results(once, select) if rows is None else rows
                yield from ((select.root, result) for result in found)


@contextmanager
def each_triple_once(store: Store, ours: bool) -> Iterator[Store]:
    """The store, or a copy in memory, without the triples that another of its graphs holds too.

    A store that is `ours` is not copied: it gives its repetitions up, and has them back at the end.
    """
    repeated = _repetitions(store)
    if not repeated:
        yield store
    elif ours:
        for quad in repeated:
            store.remove(quad)
        try:
            yield store
        finally:
            store.extend(repeated)
    else:
        left, once = set(repeated), Store()
        once.extend(quad for quad in store if quad not in left)
        yield once


def _repetitions(store: Store) -> list[Quad]:
    """Of each triple that several graphs hold, all quads but one.

    The store counts, a predicate at a time: six times as fast as reading every quad, and only the pairs of
    one predicate are in memory.
    """
    out = []
    for (term,) in _rows(store, f"SELECT DISTINCT ?p WHERE {{ {_ANYWHERE.format('?p')} }}"):
        text = f"SELECT ?s ?o WHERE {{ {_ANYWHERE.format(term)} }} GROUP BY ?s ?o HAVING(COUNT(*) > 1)"
        for subject, value in _rows(store, text):
            out += list(store.quads_for_pattern(subject, term, value, None))[1:]
    return out


def _rows(store: Store, query: str) -> Iterator[Any]:
    rows = store.query(query)
    assert isinstance(rows, QuerySolutions)
    return iter(rows)


def _values_first(store: Store, select: Select, focus: Focus) -> list[Result] | None:
    """The results by way of the values; None where more nodes than focus nodes have odd ones."""
    found = []
    rows = _solutions(store, select, select.values_first)
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


def _results(store: Store, select: Select) -> Iterator[Result]:
    rows = _solutions(store, select, select.sparql)
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
