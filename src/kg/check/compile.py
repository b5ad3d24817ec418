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

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.check.paths import PREDICATE, RDF, SH, XSD
from kg.check.prebound import asked_node_by_node
from kg.check.report import Term
from kg.check.shapes import Constraint, Shape, Shapes

#: datatypes whose lexical form is checked, by a cast that fails (SHACL asks it for SPARQL's own datatypes;
#: the
#: reference engine adds xsd:date and xsd:time)
_CAST = {
    XSD + name for name in ["date", "dateTime", "time", "integer", "decimal", "float", "double", "boolean"]
}
_KINDS = {
    "IRI": "isIRI(?value)",
    "BlankNode": "isBlank(?value)",
    "Literal": "isLiteral(?value)",
    "BlankNodeOrIRI": "!isLiteral(?value)",
    "BlankNodeOrLiteral": "!isIRI(?value)",
    "IRIOrLiteral": "!isBlank(?value)",
}
#: allowed values that are tested one by one; more are joined with
_FEW = 100
_HEAD = re.compile(r"\s*SELECT\s+(?:DISTINCT\s+)?(?P<variables>[^{]*?)(?:\bWHERE\b)?\s*\{", re.IGNORECASE)

Subclasses = Callable[[str], tuple[str, ...]]
_Test = Callable[[Constraint], str]


class NotCompiledError(Exception):
    """A construct that has no set-at-a-time form here; its text says which."""


@dataclass(frozen=True, slots=True)
class Select:
    """A compiled constraint of a shape or of one of its property shapes.

    Its query gives `?this`, and `?value`, `?path` and message variables where it has them. `values_first`
    asks the same without the focus nodes: it looks at the path's triples alone, which is two to five times
    faster, and gives rows about other nodes too.
    """

    root: Shape
    shape: Shape
    constraint: Constraint
    sparql: str
    values_first: str = ""


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
    first = ""
    if shape.path is not None and not shape.path.repeats:
        values = f"?this {shape.path.sparql()} ?value"
        once = shape.path.kind == PREDICATE  # along other paths a value may come more than once
        if constraint.name == "maxCount" and constraint.values[0].value == "1" and once:
            first = f"SELECT ?this WHERE {{ {values} }} GROUP BY ?this HAVING (COUNT(*) > 1)"
        elif len(constraint.values) <= _FEW and constraint.name in {
            *_TESTS,
            "class",
            "and",
            "or",
            "not",
            "node",
        }:
            holds = _holds(constraint, subclasses)
            first = f"SELECT DISTINCT ?this ?value WHERE {{ {values} FILTER(!({holds})) }}"
    return Select(root, shape, constraint, _select(focus, shape, constraint, subclasses), first)


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
        return _sparql_constraint(focus, constraint)
    if constraint.name in ("minCount", "maxCount"):
        return _cardinality(focus, shape, constraint)
    values = f"?this {shape.path.sparql()} ?value ." if shape.path else "BIND(?this AS ?value)"
    if constraint.name == "hasValue":
        wanted = values.replace("?value", _constant(constraint.values[0]))
        if shape.path is None:
            wanted = f"FILTER(sameTerm(?this, {_constant(constraint.values[0])}))"
        return f"SELECT DISTINCT ?this WHERE {{ {focus} FILTER NOT EXISTS {{ {wanted} }} }}"
    if constraint.name in ("in", "disjoint"):
        return f"SELECT DISTINCT ?this ?value WHERE {{ {focus} {values} {_offending(constraint)} }}"
    if constraint.name in ("equals", "lessThan", "lessThanOrEquals"):
        return _against_property(focus, shape, constraint)
    if constraint.name == "uniqueLang":
        return _unique_language(focus, values, constraint)
    holds = _holds(constraint, subclasses)
    return f"SELECT DISTINCT ?this ?value WHERE {{ {focus} {values} FILTER(!({holds})) }}"


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
    return f"MINUS {{ VALUES ?value {{ {' '.join(map(_constant, constraint.values))} }} }}"


def _cardinality(focus: str, shape: Shape, constraint: Constraint) -> str:
    if shape.path is None:
        raise NotCompiledError(f"sh:{constraint.name} on a node shape")
    limit, path = int(constraint.values[0].value), shape.path.sparql()
    if constraint.name == "minCount" and limit <= 1:
        if shape.path.repeats:  # from an unbound ?this, such a path would be walked from every node
            missing = f"FILTER(NOT EXISTS {{ ?this {path} ?value }} && {limit} > 0)"
        else:
            missing = f"OPTIONAL {{ ?this {path} ?value }} FILTER(!BOUND(?value) && {limit} > 0)"
        return f"SELECT DISTINCT ?this WHERE {{ {focus} {missing} }}"
    if constraint.name == "maxCount" and limit == 1:
        two = f"?this {path} ?value, ?other_ FILTER(!sameTerm(?value, ?other_))"
        return f"SELECT DISTINCT ?this WHERE {{ {focus} {two} }}"
    sign = "<" if constraint.name == "minCount" else ">"
    return (
        f"SELECT ?this WHERE {{ {focus} OPTIONAL {{ ?this {path} ?value }} }} "
        f"GROUP BY ?this HAVING (COUNT(DISTINCT ?value) {sign} {limit})"
    )


def _sparql_constraint(focus: str, constraint: Constraint) -> str:
    assert constraint.sparql
    text = constraint.sparql.select
    head = _HEAD.match(text)
    if head is None or asked_node_by_node(text):
        raise NotCompiledError("a sh:select that is asked node by node")
    variables = head["variables"].strip()
    body = text[head.end() :]
    return f"{constraint.sparql.prefixes}\nSELECT DISTINCT {variables} WHERE {{ {{ {focus} }} {body}"


def _constant(term: Term) -> str:
    if isinstance(term, BlankNode):
        raise NotCompiledError("a blank node as a constant")
    return str(term)


def _string(value: str) -> str:
    return str(Literal(value))


def _holds(constraint: Constraint, subclasses: Subclasses) -> str:
    """A SPARQL expression: whether `?value` satisfies the constraint; false rather than an error."""
    name, values = constraint.name, constraint.values
    if name == "class":
        classes = ", ".join(f"<{iri}>" for iri in subclasses(values[0].value))
        return f"EXISTS {{ ?value <{RDF}type> ?type_ FILTER(?type_ IN ({classes})) }}"
    if name in ("and", "or", "not", "node"):
        return _composed(constraint, subclasses)
    if name in _TESTS:
        return _TESTS[name](constraint)
    raise NotCompiledError(f"sh:{name}")


def _in(constraint: Constraint) -> str:
    return _joined([f"sameTerm(?value, {_constant(v)})" for v in constraint.values], "||") or "false"


def _joined(tests: list[str], operator: str) -> str:
    """Tests joined in a balanced tree: a parser goes down a chain as deep as it is long, and overflows."""
    if len(tests) < 8:
        return f" {operator} ".join(tests)
    half = len(tests) // 2
    return f"({_joined(tests[:half], operator)}) {operator} ({_joined(tests[half:], operator)})"


def _pattern(constraint: Constraint) -> str:
    pattern, flags = _string(constraint.values[0].value), _string(constraint.flags)
    return f"(!isBlank(?value) && REGEX(STR(?value), {pattern}, {flags}))"


def _length(sign: str) -> _Test:
    return lambda c: f"(!isBlank(?value) && STRLEN(STR(?value)) {sign} {c.values[0].value})"


def _compared(sign: str) -> _Test:
    return lambda c: f"COALESCE(?value {sign} {_constant(c.values[0])}, false)"


def _languages(constraint: Constraint) -> str:
    tags = _joined([f"LANGMATCHES(LANG(?value), {_string(v.value)})" for v in constraint.values], "||")
    return f"(isLiteral(?value) && ({tags}))"


def _has_datatype(constraint: Constraint) -> str:
    datatype = constraint.values[0]
    same = f"isLiteral(?value) && DATATYPE(?value) = {datatype}"
    if datatype.value in _CAST:
        return f"({same} && COALESCE(BOUND(?value) && STRLEN(STR({datatype}(STR(?value)))) > 0, false))"
    return f"({same})"


#: tests of one value that need nothing but the constraint
_TESTS: dict[str, _Test] = {
    "nodeKind": lambda c: _KINDS[c.values[0].value.removeprefix(SH)],
    "datatype": _has_datatype,
    "in": _in,
    "pattern": _pattern,
    "minLength": _length(">="),
    "maxLength": _length("<="),
    "minInclusive": _compared(">="),
    "maxInclusive": _compared("<="),
    "minExclusive": _compared(">"),
    "maxExclusive": _compared("<"),
    "languageIn": _languages,
}


def _composed(constraint: Constraint, subclasses: Subclasses) -> str:
    parts = []
    for member in constraint.members:
        if member.path is not None or member.properties or member.unsupported:
            raise NotCompiledError(f"sh:{constraint.name} of shapes with paths")
        if any(c.name in ("sparql", "hasValue", "disjoint", "uniqueLang") for c in member.constraints):
            raise NotCompiledError(f"sh:{constraint.name} of shapes with constraints on the focus node")
        parts.append(
            "(" + (_joined([_holds(c, subclasses) for c in member.constraints], "&&") or "true") + ")"
        )
    if constraint.name == "not":
        return f"!{parts[0]}"
    return "(" + _joined(parts, "||" if constraint.name == "or" else "&&") + ")"
