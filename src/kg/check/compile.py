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
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal

from kg.check.paths import RDF, SH, XSD
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
#: what makes a SELECT mean something else when all focus nodes are asked at once
_PER_NODE = re.compile(
    r"\b(?:LIMIT|OFFSET|HAVING|GROUP\s+BY|REDUCED)\b|[$?](?-i:shapesGraph|currentShape|PATH)\b", re.IGNORECASE
)
_HEAD = re.compile(r"\s*SELECT\s+(?:DISTINCT\s+)?(?P<variables>[^{]*?)(?:\bWHERE\b)?\s*\{", re.IGNORECASE)

Subclasses = Callable[[str], tuple[str, ...]]
_Test = Callable[[Constraint], str]


class NotCompiledError(Exception):
    """A construct that has no set-at-a-time form here; its text says which."""


@dataclass(frozen=True, slots=True)
class Select:
    """A compiled constraint.

    Its query gives `?this`, and `?value`, `?path` and message variables where it has them.
    """

    shape: Shape
    constraint: Constraint
    sparql: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Compiled constraints, and what the reference engine has to look at instead ("shape: construct")."""

    selects: tuple[Select, ...]
    left_over: tuple[str, ...]


def compile_shapes(shapes: Shapes, subclasses: Subclasses) -> Plan:
    """Compile every shape that has a target.

    `subclasses` gives a class's IRI and those of all its subclasses.
    """
    selects: list[Select] = []
    left_over: list[str] = []
    for root in shapes.roots:
        if not root.targets:
            continue
        focus = focus_pattern(root, subclasses)
        for shape, constraint in _pairs(root, left_over):
            try:
                selects.append(Select(shape, constraint, _select(focus, shape, constraint, subclasses)))
            except NotCompiledError as why:
                left_over.append(f"{shape.iri}: {why}")
    return Plan(tuple(selects), tuple(left_over))


def _pairs(root: Shape, left_over: list[str]) -> Iterator[tuple[Shape, Constraint]]:
    for constraint in root.constraints:
        yield root, constraint
    for prop in root.properties:
        if prop.properties:
            left_over.append(f"{prop.iri}: sh:property inside a property shape")
        for constraint in prop.constraints:
            yield prop, constraint


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
        elif not isinstance(term, BlankNode):
            branches.append(f"{{ VALUES ?this {{ {term} }} }}")
    return " UNION ".join(branches)


def _select(focus: str, shape: Shape, constraint: Constraint, subclasses: Subclasses) -> str:
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
    if constraint.name == "uniqueLang":
        if constraint.values[0].value not in ("true", "1"):
            raise NotCompiledError("sh:uniqueLang false")
        return (
            "SELECT ?this (LCASE(LANG(?value)) AS ?language_) "
            f"WHERE {{ {focus} {values} FILTER(LANG(?value) != '') }} "
            "GROUP BY ?this (LCASE(LANG(?value))) HAVING (COUNT(DISTINCT ?value) > 1)"
        )
    holds = _holds(constraint, subclasses)
    return f"SELECT DISTINCT ?this ?value WHERE {{ {focus} {values} FILTER(!({holds})) }}"


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
    if head is None or _PER_NODE.search(text):
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
