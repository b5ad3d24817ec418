"""The newest validation as pages: shapes by severity, and the results of each with sentence and query."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import pyoxigraph as ox

from kg.check import load_shapes
from kg.check.shapes import Shapes
from kg.pages.data import text
from kg.pages.entity import readable
from kg.pages.facts import Quote, quotes_of
from kg.pages.links import SHAPES
from kg.pages.site import MissingError, View, Visit

SEVERITIES = ("violation", "warning", "info")
_PAGE = 40


@dataclass(frozen=True, slots=True)
class Group:
    """A shape that found something."""

    iri: str
    severity: str
    label: str
    hint: str
    results: int


@dataclass(slots=True)
class Finding:
    """A result: what it is about, in words, the sentences, and a query that shows it."""

    focus: str
    message: str
    quotes: list[Quote] = field(default_factory=list)
    sparql: str = ""


@cache
def _shapes() -> Shapes:
    return load_shapes()


def index(visit: Visit) -> View:
    """The report: its shapes by severity."""
    groups = _groups(visit)
    data = {
        "groups": {severity: [g for g in groups if g.severity == severity] for severity in SEVERITIES},
        "total": sum(group.results for group in groups),
        "looked": len(_shapes().info),
    }
    return View("validation.html", "", data, "validation")


def _groups(visit: Visit) -> list[Group]:
    made = []
    for (iri, severity), results in visit.site.catalogue.findings.items():
        label, hint = _described(iri, visit.lang)
        made.append(Group(iri, severity.rpartition("#")[2].lower(), label, hint, results))
    return sorted(made, key=lambda group: (-group.results, group.label))


def _described(iri: str, lang: str) -> tuple[str, str]:
    info = _shapes().info.get(iri)
    if info is None:
        return iri.rpartition("#")[2], ""
    label = info.labels.get(lang) or info.labels.get("vi") or iri.rpartition("#")[2]
    return label, info.hints.get(lang) or info.hints.get("vi", "")


def shape_view(visit: Visit, name: str) -> View:
    """The results of one shape, page by page."""
    iri = SHAPES + name
    group = next((g for g in _groups(visit) if g.iri == iri), None)
    if group is None:
        raise MissingError(iri)
    pages = -(-group.results // _PAGE)
    page = visit.number("page", most=pages)
    rows = visit.reader.ask("findings-by-shape", shape=iri)
    results = sorted(
        {text(row, "result"): text(row, "focus") for row in rows}.items(), key=lambda r: (r[1], r[0])
    )
    shown = dict(results[(page - 1) * _PAGE : page * _PAGE])
    findings = _findings(visit, iri, shown)
    data = {"group": group, "findings": findings, "page": page, "pages": pages, "sparql": query_of(iri, "")}
    return View("shape.html", group.label, data, "validation")


def _findings(visit: Visit, shape: str, results: dict[str, str]) -> list[Finding]:
    if not results:
        return []
    found = {iri: Finding(focus, "", sparql=query_of(shape, focus)) for iri, focus in results.items()}
    visit.learn(set(results.values()))
    for row in visit.reader.ask("findings-messages", result=list(results)):
        finding, message = found[text(row, "result")], row["message"]
        if not finding.message or getattr(message, "language", None) == visit.lang:
            finding.message = readable(visit, text(row, "message"))
    rows = visit.reader.ask("findings-passages", result=list(results))
    for row, quote in zip(rows, quotes_of(visit.reader, rows), strict=True):
        finding = found[text(row, "result")]
        if quote not in finding.quotes and len(finding.quotes) < 3:
            finding.quotes.append(quote)
    return list(found.values())


def query_of(shape_iri: str, focus: str) -> str:
    """The question of a shape as SPARQL for the editor, for one focus node or for all; "" for shapes that
    are not a query."""
    every = (shape for root in _shapes().roots for shape in root.walk())
    shape = next((found for found in every if found.iri == shape_iri), None)
    sparql = next((c.sparql for c in shape.constraints if c.sparql), None) if shape else None
    if sparql is None:
        return f"SELECT ?property ?value WHERE {{ <{focus}> ?property ?value }}" if focus else ""
    select = sparql.select.replace("$this", "?this")
    if focus:
        head, brace, tail = select.partition("{")
        select = f"{head}{brace}\n  VALUES ?this {{ {ox.NamedNode(focus)} }}{tail}" if brace else select
    return select
