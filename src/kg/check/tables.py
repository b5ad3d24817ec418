"""A report as data: JSON for programs, CSV for spreadsheets, JSON-LD for the web of data."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from kg.check import turtle
from kg.check.report import Evidence, Report, Result, ShapeInfo
from kg.check.view import View, message, plain, severity
from kg.spreadsheet import harmless

_COLUMNS = (
    *("id", "state", "severity", "shape", "shape_name", "focus", "focus_name", "path", "value", "message"),
    *("articles", "file", "line", "sentence", "words"),
)


def json_text(report: Report, _view: View) -> str:
    """The report as JSON, in both languages; counts are of all results, `results` are those listed."""
    compared = report.comparison
    found: dict[str, Any] = {
        "conforms": report.conforms,
        "engine": report.engine,
        "counts": report.counts(),
        "total": report.total,
        "listed": len(report.listed),
        "notes": list(report.notes),
        "unsupported": list(report.unsupported),
        "idle": [info.iri for info in report.idle()],
        "shapes": _shapes(report),
        "results": [_result(report, result) for result in report.listed],
    }
    if compared is not None:
        gone = [_result(report, result) | {"state": "gone"} for result in compared.gone[: report.limit]]
        found["baseline"] = {"name": compared.baseline, "new": len(compared.new), "gone": len(compared.gone)}
        found["gone"] = gone
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _shapes(report: Report) -> list[dict[str, Any]]:
    totals = report.by_shape()
    known: dict[str, ShapeInfo] = dict(report.shapes)
    for result in report.results:
        if result.shape not in known:
            known[result.shape] = report.shape(result)
    return [
        {
            "iri": iri,
            "labels": dict(info.labels),
            "group": info.group,
            "group_labels": dict(info.group_labels),
            "hints": dict(info.hints),
            "focus_nodes": info.focus_nodes if info.focus_nodes >= 0 else None,
            "results": totals[iri],
        }
        for iri, info in sorted(known.items())
    ]


def _result(report: Report, result: Result) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": result.id,
        "shape": result.shape,
        "component": result.component,
        "severity": severity(result),
        "focus": _plain_term(result.focus),
        "focus_labels": dict(report.names.get(result.focus.value, {})),
        "path": result.path.sparql() if result.path else None,
        "value": str(result.value) if result.value is not None else None,
        "messages": {m.language or "": m.value for m in result.messages},
        "evidence": [_evidence(evidence) for evidence in result.evidence],
    }
    state = report.state(result)
    return found | {"state": state} if state else found


def _evidence(evidence: Evidence) -> dict[str, Any]:
    found: dict[str, Any] = {"stem": evidence.stem, "article": evidence.article}
    if evidence.file:
        found["file"] = evidence.file
    if evidence.sentence:
        found |= {"passage": evidence.passage, "start": evidence.start, "end": evidence.end}
        found |= {"sentence": evidence.sentence, "words": evidence.words}
        found |= {"words_start": evidence.words_start if evidence.words else None}
    if evidence.region is not None:
        names = ("start_line", "start_column", "end_line", "end_column")
        found |= dict(zip(names, evidence.region, strict=True))
    return found


def csv_text(report: Report, view: View) -> str:
    """One row a result, with the first sentence behind it; no cell begins like a formula."""
    target = io.StringIO()
    writer = csv.DictWriter(target, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for result in report.listed:
        writer.writerow({name: harmless(plain(value)) for name, value in _row(report, result, view).items()})
    for result in report.gone:
        row = _row(report, result, view) | {"state": "gone"}
        writer.writerow({name: harmless(plain(value)) for name, value in row.items()})
    return target.getvalue()


def _row(report: Report, result: Result, view: View) -> dict[str, str]:
    first = result.evidence[0] if result.evidence else Evidence("", "")
    return {
        "id": result.id,
        "state": report.state(result),
        "severity": severity(result),
        "shape": result.shape,
        "shape_name": report.shape(result).name(view.lang),
        "focus": _plain_term(result.focus),
        "focus_name": report.subject(result, view.lang),
        "path": result.path.sparql() if result.path else "",
        "value": result.value.value if result.value is not None else "",
        "message": message(report, result, view.lang),
        "articles": " ".join(result.stems),
        "file": first.file,
        "line": str(first.region[0]) if first.region else "",
        "sentence": first.sentence,
        "words": first.words,
    }


def _plain_term(term: object) -> str:
    """An IRI without its angle brackets, a blank node as _:label, a literal as in N-Triples."""
    text = str(term)
    return text[1:-1] if text.startswith("<") else text


def json_ld(report: Report, _view: View) -> str:
    """The triples of the Turtle report as expanded JSON-LD, which needs no context."""
    from pyoxigraph import RdfFormat, parse, serialize

    text = "".join(f"{s} {p} {o} .\n" for s, p, o in turtle.triples(report))
    triples = (quad.triple for quad in parse(text.encode(), RdfFormat.N_TRIPLES))
    written = serialize(triples, format=RdfFormat.JSON_LD)
    assert written is not None
    return written.decode() + "\n"
