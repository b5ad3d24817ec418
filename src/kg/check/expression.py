"""One value against one constraint, as a SPARQL expression."""

from __future__ import annotations

from collections.abc import Callable

from pyoxigraph import BlankNode, Literal

from kg.check.paths import RDF, SH, XSD
from kg.check.regex import alike
from kg.check.report import Term
from kg.check.shapes import Constraint

#: datatypes whose lexical form is checked, by a cast that fails (SHACL asks it for SPARQL's own datatypes;
#: the reference engine adds xsd:date and xsd:time)
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

Subclasses = Callable[[str], tuple[str, ...]]
_Test = Callable[[Constraint], str]


class NotCompiledError(Exception):
    """A construct that has no set-at-a-time form here; its text says which."""


def constant(term: Term) -> str:
    """A term in a query. Raises NotCompiledError for a blank node."""
    if isinstance(term, BlankNode):
        raise NotCompiledError("a blank node as a constant")
    return str(term)


def _string(value: str) -> str:
    return str(Literal(value))


def holds(constraint: Constraint, subclasses: Subclasses) -> str:
    """A SPARQL expression: whether `?value` satisfies the constraint; false rather than an error."""
    name, values = constraint.name, constraint.values
    if name == "class":
        classes = ", ".join(f"<{iri}>" for iri in subclasses(values[0].value))
        return f"EXISTS {{ ?value <{RDF}type> ?type_ FILTER(?type_ IN ({classes})) }}"
    if name in ("and", "or", "not", "node"):
        return _composed(constraint, subclasses)
    if name in TESTS:
        return TESTS[name](constraint)
    raise NotCompiledError(f"sh:{name}")


def _in(constraint: Constraint) -> str:
    return _joined([f"sameTerm(?value, {constant(v)})" for v in constraint.values], "||") or "false"


def _joined(tests: list[str], operator: str) -> str:
    """Tests joined in a balanced tree: a parser goes down a chain as deep as it is long, and overflows."""
    if len(tests) < 8:
        return f" {operator} ".join(tests)
    half = len(tests) // 2
    return f"({_joined(tests[:half], operator)}) {operator} ({_joined(tests[half:], operator)})"


def _pattern(constraint: Constraint) -> str:
    pattern, flags = constraint.values[0].value, constraint.flags
    if not alike(pattern, flags):
        raise NotCompiledError(f"sh:pattern {pattern!r}, which the store does not read as pySHACL does")
    return f"(!isBlank(?value) && REGEX(STR(?value), {_string(pattern)}, {_string(flags)}))"


def _length(sign: str) -> _Test:
    return lambda c: f"(!isBlank(?value) && STRLEN(STR(?value)) {sign} {c.values[0].value})"


def _compared(sign: str) -> _Test:
    return lambda c: f"COALESCE(?value {sign} {constant(c.values[0])}, false)"


def _languages(constraint: Constraint) -> str:
    if not all(v.value for v in constraint.values):
        raise NotCompiledError("sh:languageIn with an empty tag")
    tags = _joined([f"LANGMATCHES(LANG(?value), {_string(v.value)})" for v in constraint.values], "||")
    return f"(isLiteral(?value) && ({tags or 'false'}))"


def _has_datatype(constraint: Constraint) -> str:
    datatype = constraint.values[0]
    same = f"isLiteral(?value) && DATATYPE(?value) = {datatype}"
    if datatype.value in _CAST:
        return f"({same} && COALESCE(BOUND(?value) && STRLEN(STR({datatype}(STR(?value)))) > 0, false))"
    return f"({same})"


#: tests of one value that need nothing but the constraint
TESTS: dict[str, _Test] = {
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
            "(" + (_joined([holds(c, subclasses) for c in member.constraints], "&&") or "true") + ")"
        )
    if constraint.name == "not":
        return f"!{parts[0]}"
    return "(" + _joined(parts, "||" if constraint.name == "or" else "&&") + ")"
