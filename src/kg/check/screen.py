"""The compiled shapes, asked of an embedded store: results without loading a single triple into rdflib.

The union default graph repeats a triple once for every graph that holds it. A query that joins k patterns
about one document, told by n articles, then walks n^k rows (60 articles of one document: 24 s for a single
constraint, hours for 300). So the constraints are asked of a copy that holds each triple once, which costs
about 3 µs a quad; only a constraint that speaks of GRAPH is asked of the store itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions, Store

from kg.check.compile import Plan, Select, Subclasses, compile_shapes, focus_pattern
from kg.check.paths import RDFS, Path, predicate
from kg.check.report import Result, Term
from kg.check.shapes import Shape, Shapes
from kg.errors import ShapesError

_VARIABLE = re.compile(r"\{[$?](\w+)\}")
_GRAPH = re.compile(r"\bGRAPH\b", re.IGNORECASE)


def plan_for(store: Store, shapes: Shapes) -> Plan:
    """Compile shapes against the class tree that the store holds."""
    return compile_shapes(shapes, _class_tree(store))


def focus_patterns(store: Store, shapes: Shapes) -> Iterator[tuple[Shape, str]]:
    """Each shape that has targets, with the pattern of its focus nodes."""
    tree = _class_tree(store)
    for root in shapes.roots:
        yield root, focus_pattern(root, tree)


def count(store: Store, pattern: str) -> int:
    """How many nodes a focus pattern finds."""
    if not pattern:
        return 0
    text = f"SELECT (COUNT(DISTINCT ?this) AS ?nodes) WHERE {{ {pattern} }}"
    rows = store.query(text, use_default_graph_as_union=True)
    assert isinstance(rows, QuerySolutions)
    return int(next(iter(rows))["nodes"].value)


def _class_tree(store: Store) -> Subclasses:
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


def run(store: Store, plan: Plan) -> Iterator[Result]:
    """All results of the compiled constraints over the union of the store's graphs, one after the other."""
    once = _merged(store)
    for select in plan.selects:
        yield from _results(store if _GRAPH.search(select.sparql) else once, select)


def _merged(store: Store) -> Store:
    """Every triple of a store's graphs, once, in the default graph of a store in memory."""
    once = Store()
    once.bulk_extend(Quad(quad.subject, quad.predicate, quad.object) for quad in store)
    return once


def _results(store: Store, select: Select) -> Iterator[Result]:
    try:
        rows = store.query(select.sparql, use_default_graph_as_union=True)
    except SyntaxError as error:
        hint = "mend its sh:select; prefixes come from sh:prefixes"
        raise ShapesError(
            f"its query cannot be read ({error.msg})", where=select.shape.iri, hint=hint
        ) from error
    assert isinstance(rows, QuerySolutions)
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
