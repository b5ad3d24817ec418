"""Shapes compiled to SPARQL: one SELECT a constraint answers for all focus nodes at once.

A shape engine asks each focus node one question after the other; a store answers the same question for all
of them in one join. Each `Select` returns the offending focus nodes, with `?value` and `?path` where the
constraint has them. What does not compile is told (`Plan.left_over`) and is work for the reference engine,
never skipped.

Traps that shape this text and the queries of our own shapes: Oxigraph's union default graph repeats a
triple that two graphs hold (so everything is DISTINCT); `rdfs:subClassOf*` from an unbound node is slow (so
the subclasses are written out); a date compared with a string is an error in Oxigraph and true in rdflib (so
our constraints guard the datatype). Two patterns in one EXISTS that meet only in outer variables are joined
as a cross product in some runs and not in others (2.7 s or 0.01 s for the same query, since the order of a
plan is not fixed): nest the second in an EXISTS of its own. "NOT EXISTS" over a join of several patterns is
slower than OPTIONAL and !BOUND (0.26 s against 0.007 s for facts without evidence, 12k triples; the square
of the number of articles against a straight line for a path of two steps: 2.4 s or 0.04 s at 980k).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode

from kg.check.expression import TESTS, NotCompiledError, Subclasses, constant, holds
from kg.check.paths import ALTERNATIVE, PREDICATE, RDF, Path
from kg.check.query import at_once, unfocused
from kg.check.regex import all_alike
from kg.check.report import Term
from kg.check.shapes import Constraint, Shape, Shapes

#: allowed values that are tested one by one; more are joined with
_FEW = 100


@dataclass(frozen=True, slots=True)
class Select:
    """A compiled constraint of a shape or of one of its property shapes.

    Its query gives `?this`, and `?value`, `?path` and message variables where it has them. `values_first`
    asks the same without the focus nodes: it looks at the path's or the query's own triples alone, which is
    two to eight times faster, and gives rows about other nodes too. `values` and `holds` are set where one
    expression about one value decides: constraints with the same `values` can be asked together. `joined`
    stands in for the first of the two that there is in a store on disk, where look-ups cost 5 to 10 µs each
    and scans little.
    """

    root: Shape
    shape: Shape
    constraint: Constraint
    sparql: str
    values_first: str = ""
    values: str = ""
    holds: str = ""
    joined: str = ""

    def queries(self, on_disk: bool) -> tuple[str, str]:
        """By way of the values (empty where that is no way), and by way of the focus nodes."""
        if not on_disk or not self.joined:
            return self.values_first, self.sparql
        return (self.joined, self.sparql) if self.values_first else ("", self.joined)

    @property
    def at_most_one(self) -> str:
        """The predicate that the constraint allows one value of; else empty."""
        path, wanted = self.shape.path, self.constraint
        once = path is not None and path.kind == PREDICATE and wanted.name == "maxCount"
        return path.iri if once and path is not None and wanted.values[0].value == "1" else ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Compiled constraints; shapes that the reference engine looks at instead, each with the construct.

    `subclasses` is the class tree that they were compiled against.
    """

    selects: tuple[Select, ...]
    left_over: Mapping[Term, str]  # by node
    subclasses: Subclasses


def compile_shapes(shapes: Shapes, subclasses: Subclasses) -> Plan:
    """Compile every shape that has a target.

    `subclasses` gives a class's IRI and those of all its subclasses.
    """
    selects: list[Select] = []
    left_over: dict[Term, str] = {}
    for root in shapes.roots:
        try:
            focus = focus_pattern(root, subclasses)
            selects += [_compiled(focus, root, shape, c, subclasses) for shape, c in _pairs(root)]
        except NotCompiledError as why:
            left_over[root.node] = f"{root.iri}: {why}"
    return Plan(tuple(s for s in selects if s.root.node not in left_over), left_over, subclasses)


def _pairs(root: Shape) -> Iterator[tuple[Shape, Constraint]]:
    """Each constraint of a shape and of its property shapes, with the one that it belongs to."""
    for shape in (root, *root.properties):
        if shape.foreign:
            raise NotCompiledError(shape.foreign[0])
        if shape is not root and shape.properties:
            raise NotCompiledError("sh:property inside a property shape")
        for constraint in shape.constraints:
            yield shape, constraint
    if root.path is not None and root.properties:
        raise NotCompiledError("sh:property inside a property shape")


def _compiled(
    focus: str, root: Shape, shape: Shape, constraint: Constraint, subclasses: Subclasses
) -> Select:
    made = Select(root, shape, constraint, _select(focus, shape, constraint, subclasses))
    if constraint.sparql:
        return replace(made, values_first=unfocused(constraint.sparql))
    if shape.path is None or shape.path.repeats:
        return made
    values = _triples(shape.path)
    if constraint.name == "minCount" and int(constraint.values[0].value) <= 1:
        inner = f"{{ SELECT ?this ?value WHERE {{ {values} }} }}"
        return replace(made, joined=_missing(focus, inner, constraint))
    return _by_values(made, values, subclasses)


def _triples(path: Path) -> str:
    """A path from any node; each predicate of an alternative by itself takes half the time of a path."""
    if path.kind == ALTERNATIVE and all(part.kind == PREDICATE for part in path.parts):
        return " UNION ".join(f"{{ ?this {part.sparql()} ?value }}" for part in path.parts)
    return f"?this {path.sparql()} ?value"


def _by_values(made: Select, values: str, subclasses: Subclasses) -> Select:
    """The constraint with its query by way of the values, where it has one."""
    constraint = made.constraint
    if made.at_most_one:
        first = f"SELECT ?this WHERE {{ {values} }} GROUP BY ?this HAVING (COUNT(*) > 1)"
        return replace(made, values_first=first)
    if constraint.name == "class":  # asked once of a value that many nodes share
        each = f"SELECT DISTINCT ?value WHERE {{ {values} }}"
        classes = " ".join(f"<{iri}>" for iri in subclasses(constraint.values[0].value))
        of_class = (
            f"{{ SELECT ?value ?type_ WHERE {{ VALUES ?type_ {{ {classes} }} ?value <{RDF}type> ?type_ }} }}"
        )
        looked_up, joined = (
            f"SELECT DISTINCT ?this ?value WHERE {{ {{ SELECT ?value WHERE {{ {odd} }} }} {values} }}"
            for odd in (
                f"{{ {each} }} FILTER(!({holds(constraint, subclasses)}))",
                f"{{ {each} }} OPTIONAL {{ {of_class} }} FILTER(!BOUND(?type_))",
            )
        )
        return replace(made, values_first=looked_up, joined=joined)
    if len(constraint.values) <= _FEW and constraint.name in {*TESTS, "and", "or", "not", "node"}:
        test = holds(constraint, subclasses)
        first = f"SELECT DISTINCT ?this ?value WHERE {{ {values} FILTER(!({test})) }}"
        return replace(made, values_first=first, values=values, holds=test)
    return made


def focus_pattern(shape: Shape, subclasses: Subclasses) -> str:
    """A group that binds `?this` to the shape's focus nodes (one row may come more than once)."""
    branches = []
    for kind, term in shape.targets:
        if kind == "targetClass":
            classes = " ".join(f"<{iri}>" for iri in subclasses(term.value))
            branches.append(f"{{ VALUES ?class_ {{ {classes} }} ?this <{RDF}type> ?class_ }}")
        elif kind == "targetSubjectsOf":
            branches.append(f"{{ ?this {term} ?any_ }}")
        elif kind == "targetObjectsOf":
            branches.append(f"{{ ?any_ {term} ?this }}")
        elif kind == "targetNode" and isinstance(term, NamedNode):
            branches.append(f"{{ VALUES ?this {{ {term} }} }}")
        else:
            raise NotCompiledError(f"sh:{kind} {term}")
    return " UNION ".join(branches)


def _select(  # noqa: PLR0911  one return for each form of query
    focus: str, shape: Shape, constraint: Constraint, subclasses: Subclasses
) -> str:
    if constraint.sparql:
        query = at_once(constraint.sparql, focus)
        if query is None:
            raise NotCompiledError("a sh:select that is asked node by node")
        if not all_alike(constraint.sparql.select):
            raise NotCompiledError("a pattern in a sh:select, which the store does not read as pySHACL does")
        return query
    if constraint.name in ("minCount", "maxCount"):
        return _cardinality(focus, shape, constraint)
    values = f"?this {shape.path.sparql()} ?value ." if shape.path else "BIND(?this AS ?value)"
    if constraint.name == "hasValue":
        wanted = values.replace("?value", constant(constraint.values[0]))
        if shape.path is None:
            wanted = f"FILTER(sameTerm(?this, {constant(constraint.values[0])}))"
        return f"SELECT DISTINCT ?this WHERE {{ {focus} FILTER NOT EXISTS {{ {wanted} }} }}"
    if constraint.name in ("in", "disjoint"):
        return f"SELECT DISTINCT ?this ?value WHERE {{ {focus} {values} {_offending(constraint)} }}"
    if constraint.name in ("equals", "lessThan", "lessThanOrEquals"):
        return _against_property(focus, shape, constraint)
    if constraint.name == "uniqueLang":
        return _unique_language(focus, values, constraint)
    test = holds(constraint, subclasses)
    return f"SELECT DISTINCT ?this ?value WHERE {{ {focus} {values} FILTER(!({test})) }}"


def _unique_language(focus: str, values: str, constraint: Constraint) -> str:
    if constraint.values[0].value != "true":
        raise NotCompiledError(f"sh:uniqueLang {constraint.values[0]}")
    return (
        f"SELECT ?this ?language_ WHERE {{ {focus} {values} FILTER(LANG(?value) != '') "
        "BIND(LCASE(LANG(?value)) AS ?language_) } "
        "GROUP BY ?this ?language_ HAVING (COUNT(DISTINCT ?value) > 1)"
    )


def _against_property(focus: str, shape: Shape, constraint: Constraint) -> str:
    """Values compared with those of another property of the focus node."""
    if shape.path is None:
        raise NotCompiledError(f"sh:{constraint.name} on a node shape")
    mine, other = shape.path.sparql(), constraint.values[0]
    if constraint.name == "equals":
        return (
            f"SELECT DISTINCT ?this ?value WHERE {{ {{ {focus} }} "
            f"{{ ?this {mine} ?value FILTER NOT EXISTS {{ ?this {other} ?value }} }} UNION "
            f"{{ ?this {other} ?value FILTER NOT EXISTS {{ ?this {mine} ?value }} }} }}"
        )
    sign = "<" if constraint.name == "lessThan" else "<="
    return (
        f"SELECT DISTINCT ?this ?value ?other_ WHERE {{ {focus} ?this {mine} ?value ; {other} ?other_ "
        f"FILTER(!COALESCE(?value {sign} ?other_, false)) }}"
    )


def _offending(constraint: Constraint) -> str:
    """A pattern that keeps the values at fault: a join, since a list of allowed values may be long."""
    if constraint.name == "disjoint":
        return f"?this {constraint.values[0]} ?value"
    return f"MINUS {{ VALUES ?value {{ {' '.join(map(constant, constraint.values))} }} }}"


def _cardinality(focus: str, shape: Shape, constraint: Constraint) -> str:
    if shape.path is None:
        raise NotCompiledError(f"sh:{constraint.name} on a node shape")
    limit, path = int(constraint.values[0].value), shape.path.sparql()
    if constraint.name == "minCount" and limit <= 1:
        if not shape.path.repeats:
            return _missing(focus, f"?this {path} ?value", constraint)
        # from an unbound ?this, such a path would be walked from every node
        missing = f"FILTER(NOT EXISTS {{ ?this {path} ?value }} && {limit} > 0)"
        return f"SELECT DISTINCT ?this WHERE {{ {focus} {missing} }}"
    if constraint.name == "maxCount" and limit == 1:
        two = f"?this {path} ?value, ?other_ FILTER(!sameTerm(?value, ?other_))"
        return f"SELECT DISTINCT ?this WHERE {{ {focus} {two} }}"
    sign = "<" if constraint.name == "minCount" else ">"
    return (
        f"SELECT ?this WHERE {{ {focus} OPTIONAL {{ ?this {path} ?value }} }} "
        f"GROUP BY ?this HAVING (COUNT(DISTINCT ?value) {sign} {limit})"
    )


def _missing(focus: str, values: str, constraint: Constraint) -> str:
    """Focus nodes without a value, for a minCount of 0 or 1."""
    limit = int(constraint.values[0].value)
    none = f"OPTIONAL {{ {values} }} FILTER(!BOUND(?value) && {limit} > 0)"
    return f"SELECT DISTINCT ?this WHERE {{ {focus} {none} }}"
