"""SHACL's rules of syntax: what the parameters of a shape may hold.

https://www.w3.org/TR/shacl/#syntax-rules. An engine that meets a parameter it cannot use skips it in silence
or stops somewhere else; here it is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg.check.paths import RDF, SH, XSD
from kg.check.regex import readable, readable_by_python
from kg.check.report import Term
from kg.errors import ShapesError

_NODE_KINDS = {
    NamedNode(SH + name)
    for name in ("BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
}
_QUERIES = {SH + name for name in ("select", "ask", "construct", "update")}
_ELSEWHERE = re.compile(r"(?<![?$:\w-])(?:SERVICE|FROM|LOAD)(?![\w:-])", re.IGNORECASE)
_BOOLEANS = ("true", "false", "1", "0")


def _typed(term: Term, *names: str) -> bool:
    return isinstance(term, Literal) and term.datatype.value in names


def _integer(term: Term) -> bool:
    return _typed(term, XSD + "integer") and re.fullmatch(r"[+-]?[0-9]+", term.value) is not None


def _boolean(term: Term) -> bool:
    return _typed(term, XSD + "boolean") and term.value in _BOOLEANS


def _string(term: Term) -> bool:
    return _typed(term, XSD + "string")


def _text(term: Term) -> bool:
    return _typed(term, XSD + "string", RDF + "langString")


def _regex(term: Term) -> bool:
    return _string(term) and (readable(term.value) or readable_by_python(term.value))


def _iri(term: Term) -> bool:
    return isinstance(term, NamedNode)


def _literal(term: Term) -> bool:
    return isinstance(term, Literal)


def _node(term: Term) -> bool:
    return isinstance(term, NamedNode | BlankNode)


_Rule = tuple[Callable[[Term], bool], str]
_INTEGER: _Rule = (_integer, "an xsd:integer")
_BOOLEAN: _Rule = (_boolean, "true or false")
_IRI: _Rule = (_iri, "an IRI")
_LITERAL: _Rule = (_literal, "a literal")
_SHAPE: _Rule = (_node, "a shape")
#: parameters that a shape has once
_ONCE: dict[str, _Rule] = {
    **dict.fromkeys(("minCount", "maxCount", "minLength", "maxLength"), _INTEGER),
    **dict.fromkeys(("qualifiedMinCount", "qualifiedMaxCount"), _INTEGER),
    **dict.fromkeys(("minInclusive", "maxInclusive", "minExclusive", "maxExclusive"), _LITERAL),
    **dict.fromkeys(("closed", "uniqueLang", "deactivated", "qualifiedValueShapesDisjoint"), _BOOLEAN),
    **dict.fromkeys(("in", "languageIn", "ignoredProperties"), (_node, "a list")),
    "path": (_node, "a property path"),
    "datatype": _IRI,
    "severity": _IRI,
    "nodeKind": (_NODE_KINDS.__contains__, "one of SHACL's six kinds of nodes"),
    "pattern": (_regex, "a regular expression"),
    "flags": (_string, "a string"),
    "qualifiedValueShape": _SHAPE,
}
#: parameters of which a shape may have several
_SEVERAL: dict[str, _Rule] = {
    **dict.fromkeys(("targetClass", "targetSubjectsOf", "targetObjectsOf"), _IRI),
    **dict.fromkeys(("class", "equals", "disjoint", "lessThan", "lessThanOrEquals"), _IRI),
    **dict.fromkeys(("property", "node", "not"), _SHAPE),
    **dict.fromkeys(("and", "or", "xone"), (_node, "a list of shapes")),
    "message": (_text, "a text"),
}
_RULES = {SH + name: rule for name, rule in (_ONCE | _SEVERAL).items()}


def faults(parameters: Mapping[str, list[Term]]) -> Iterator[str]:
    """What is wrong with the parameters of a shape, by IRI of the property, each in one line."""
    for iri, values in parameters.items():
        if iri not in _RULES:
            continue
        name = iri.removeprefix(SH)
        fits, wanted = _RULES[iri]
        for value in values:
            if not fits(value):
                yield f"sh:{name} {_shown(value)} is not {wanted}"
        if len(values) > 1 and name in _ONCE:
            yield f"sh:{name} has {len(values)} values, a shape has one"


def _shown(term: Term) -> str:
    text = "(a blank node)" if isinstance(term, BlankNode) else str(term)
    return text if len(text) < 80 else text[:79] + "…"


def refuse_reading_elsewhere(quad: Quad) -> None:
    """Raise ShapesError for a query of a shape that names SERVICE, FROM or LOAD, be it in a comment.

    SERVICE opens connections and FROM reads files in some engines.
    """
    if quad.predicate.value not in _QUERIES or not isinstance(quad.object, Literal):
        return
    text = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), quad.object.value)
    found = _ELSEWHERE.search(text)
    if found:
        hint = "validation reads only the data that it is given"
        raise ShapesError(
            f"{found[0].upper()} is not allowed in a shape's query", where=str(quad.subject), hint=hint
        )
