"""Shapes that break SHACL's rules of syntax, and messages that name what their query does not give."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kg.check.paths import SH
from kg.check.report import Term
from kg.check.syntax import faults

LINT = "https://w3id.org/cascade-kg/lint#"
_SELECT, _MESSAGE = SH + "select", SH + "message"
_SELECTED = re.compile(r"\bSELECT\b(.*?)\{", re.IGNORECASE | re.DOTALL)
_VARIABLE = re.compile(r"[?$](\w+)")
_PLACEHOLDER = re.compile(r"\{[?$](\w+)\}")
#: what SHACL itself gives to a message
_GIVEN = {"this", "path", "PATH", "value"}


def malformed(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Of a shape `lint:fault`, of a constraint `lint:unfilled`; a blank node's are told of its owner."""
    parameters: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    belongs: dict[Term, Term] = {}
    for quad in quads:
        parameters[quad.subject][quad.predicate.value].append(quad.object)  # type: ignore[index,arg-type]
        if isinstance(quad.object, BlankNode):
            belongs[quad.object] = quad.subject  # type: ignore[assignment]
    for node, about in parameters.items():
        found = [("fault", text) for text in faults(about)]
        found += [("unfilled", name) for name in sorted(_unfilled(about))]
        for name, text in found:
            yield Quad(_named(node, belongs), NamedNode(LINT + name), Literal(text))


def _unfilled(about: dict[str, list[Term]]) -> set[str]:
    """The variables in a constraint's messages that its query does not select."""
    selected = [head for query in about.get(_SELECT, ()) for head in _SELECTED.findall(query.value)[:1]]
    if not selected or "*" in selected[0]:
        return set()
    named = {name for text in about.get(_MESSAGE, ()) for name in _PLACEHOLDER.findall(text.value)}
    return named - _GIVEN - {name for head in selected for name in _VARIABLE.findall(head)}


def _named(node: Term, belongs: dict[Term, Term]) -> NamedNode | BlankNode:
    """The node itself, or, of a blank node, the nearest around it that has an IRI."""
    seen: set[Term] = set()
    while isinstance(node, BlankNode) and node in belongs and node not in seen:
        seen.add(node)
        node = belongs[node]
    assert not isinstance(node, Literal)
    return node
