"""A report as RDF: SHACL's own vocabulary, and for each result the passages and articles behind it.

The same report gives the same bytes: results are named after their stable ids, blank nodes (only in paths
that are no single predicate) after the result. So the triples can stand in a named graph and be compared
over time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode

from kg.check.paths import RDF, RDFS, SH, XSD
from kg.check.report import Report, Result
from kg.check.view import View, remarks
from kg.namespaces import CKG, DCTERMS, DEFAULT_BASE, PROV

PREFIXES = {
    "ckg": str(CKG),
    "ckg-sh": "https://w3id.org/cascade-kg/shapes#",
    "dcterms": str(DCTERMS),
    "prov": str(PROV),
    "rdf": RDF,
    "rdfs": RDFS,
    "sh": SH,
    "xsd": XSD,
}
_DERIVED_FROM = f"<{PROV.wasDerivedFrom}>"
_SOURCE = f"<{DCTERMS.source}>"
_IRI = re.compile(r"^<([^>]*)>$")
_LOCAL = re.compile(r"^[A-Za-z_][A-Za-z0-9_-]*$")
_Triple = tuple[str, str, str]


def triples(report: Report, base: str = DEFAULT_BASE) -> Iterator[_Triple]:
    """The report's triples as N-Triples terms, in a fixed order."""
    node = f"<{base}graph/report>"
    yield node, f"<{RDF}type>", f"<{SH}ValidationReport>"
    yield node, *conforming(report.conforms)
    for remark in remarks(report, View("en")):
        yield node, f"<{RDFS}comment>", str(Literal(remark, language="en"))
    for result in report.listed:
        yield node, f"<{SH}result>", _name(result, base)
    for result in report.listed:
        yield from _of_result(result, _name(result, base))


def report_node(base: str) -> NamedNode:
    """The name of the report and of the graph that holds it."""
    return NamedNode(f"{base}graph/report")


def conforming(conforms: bool) -> tuple[str, str]:
    """Predicate and object of the statement whether data conform."""
    return f"<{SH}conforms>", f'"{str(conforms).lower()}"^^<{XSD}boolean>'


def nquads(report: Report, base: str = DEFAULT_BASE) -> str:
    """The report as N-Quads, in the graph that is named like the report."""
    return _lines(triples(report, base), base)


def results_nquads(results: Iterable[Result], base: str = DEFAULT_BASE) -> str:
    """Results as N-Quads in the graph of the report that has them."""
    return _lines((triple for result in results for triple in _with_result(result, base)), base)


def _lines(triples: Iterable[_Triple], base: str) -> str:
    return "".join(f"{s} {p} {o} <{base}graph/report> .\n" for s, p, o in triples)


def _with_result(result: Result, base: str) -> Iterator[_Triple]:
    yield f"<{base}graph/report>", f"<{SH}result>", _name(result, base)
    yield from _of_result(result, _name(result, base))


def render(report: Report, base: str = DEFAULT_BASE) -> str:
    """The report as Turtle."""
    lines = [f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items()]
    last_subject = last_predicate = ""
    for s, p, o in triples(report, base):
        if s != last_subject:
            lines.append((" ." if last_subject else "") + f"\n\n{_short(s)} {_verb(p)} {_short(o)}")
        elif p != last_predicate:
            lines.append(f" ;\n    {_verb(p)} {_short(o)}")
        else:
            lines.append(f" ,\n        {_short(o)}")
        last_subject, last_predicate = s, p
    head = len(PREFIXES)
    return "\n".join(lines[:head]) + "".join(lines[head:]) + " .\n"


def _name(result: Result, base: str) -> str:
    return f"<{base}graph/report#result-{result.id}>"


def _of_result(result: Result, node: str) -> Iterator[_Triple]:
    yield node, f"<{RDF}type>", f"<{SH}ValidationResult>"
    yield node, f"<{SH}resultSeverity>", f"<{result.severity}>"
    yield node, f"<{SH}focusNode>", str(result.focus)
    below: list[_Triple] = []
    if result.path is not None:
        path, below = result.path.triples(f"path-{result.id}")
        yield node, f"<{SH}resultPath>", path
    if result.value is not None:
        yield node, f"<{SH}value>", str(result.value)
    for message in sorted(result.messages, key=_by_language):
        yield node, f"<{SH}resultMessage>", str(message)
    if result.component:
        yield node, f"<{SH}sourceConstraintComponent>", f"<{result.component}>"
    if result.constraint:
        yield node, f"<{SH}sourceConstraint>", f"<{result.constraint}>"
    if result.shape:
        yield node, f"<{SH}sourceShape>", f"<{result.shape}>" if ":" in result.shape else f"_:{result.shape}"
    for passage in sorted({e.passage for e in result.evidence if e.passage}):
        yield node, _DERIVED_FROM, f"<{passage}>"
    for article in sorted({e.article for e in result.evidence}):
        yield node, _SOURCE, f"<{article}>"
    yield from below


def _by_language(message: Literal) -> tuple[bool, str, str]:
    return message.language != "vi", message.language or "", message.value


def _verb(predicate: str) -> str:
    return "a" if predicate == f"<{RDF}type>" else _short(predicate)


def _short(term: str) -> str:
    """A term with its IRI, or its datatype's, as a prefixed name where that is possible."""
    if term.startswith('"') and "^^<" in term:
        text, datatype = term.rsplit("^^", 1)
        return f"{text}^^{_short(datatype)}"
    match = _IRI.match(term)
    if match:
        for name, namespace in PREFIXES.items():
            local = match[1].removeprefix(namespace)
            if local != match[1] and _LOCAL.match(local):
                return f"{name}:{local}"
    return term
