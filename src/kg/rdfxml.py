"""RDF/XML for tools that read nothing else: one description a resource, and text that survives a parser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from kg.errors import KgError
from kg.namespaces import RDF, XSD

if TYPE_CHECKING:
    from kg.turtle import Statement

_NAME = re.compile(r"[A-Za-z_][\w.-]*$", re.ASCII)
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0 has no way to write them
_BREAKS = {"\r": "&#xD;"}  # a parser turns a bare one into a line feed


def document(statements: Iterable[Statement], prefixes: Mapping[str, str]) -> Iterator[str]:
    """Yield an RDF/XML document for statements that are sorted by subject.

    Raises KgError for a predicate that is no XML name and for characters that XML cannot hold.
    """
    declared = {str(RDF): "rdf"} | {namespace: prefix for prefix, namespace in prefixes.items()}
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF'
    for namespace, prefix in sorted(declared.items(), key=lambda item: item[1]):
        yield f"\n    xmlns:{prefix}={quoteattr(namespace)}"
    yield ">\n"
    for subject, group in groupby(statements, key=lambda statement: statement[0]):
        yield f"  <rdf:Description {_node('about', subject)}>\n"
        for _, predicate, object_ in group:
            yield f"    {_property(predicate.value, object_, declared)}\n"
        yield "  </rdf:Description>\n"
    yield "</rdf:RDF>\n"


def _node(attribute: str, term: ox.NamedNode | ox.BlankNode) -> str:
    if isinstance(term, ox.BlankNode):
        return f"rdf:nodeID={quoteattr(term.value)}"
    return f"rdf:{attribute}={quoteattr(term.value)}"


def _property(
    predicate: str, term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple, declared: dict[str, str]
) -> str:
    match = _NAME.search(predicate)
    if match is None:
        raise KgError(f"<{predicate}> is no XML name", hint="use --format turtle")
    namespace, local = predicate[: match.start()], match[0]
    prefix = declared.get(namespace)
    name = f"{prefix}:{local}" if prefix else f"p:{local}"
    start = name if prefix else f"{name} xmlns:p={quoteattr(namespace)}"
    if isinstance(term, ox.Triple):
        raise KgError("a triple as object is not written in this format", hint="use --format nquads")
    if not isinstance(term, ox.Literal):
        return f"<{start} {_node('resource', term)}/>"
    if _FORBIDDEN.search(term.value):
        raise KgError(
            f"XML cannot hold a control character of {term.value[:40]!r}", hint="use --format turtle"
        )
    if term.language:
        start += f" xml:lang={quoteattr(term.language)}"
    elif term.datatype.value != XSD.string:
        start += f" rdf:datatype={quoteattr(term.datatype.value)}"
    return f"<{start}>{escape(term.value, _BREAKS)}</{name}>"
