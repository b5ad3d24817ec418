"""A report as SARIF 2.1.0, which code hosts and editors show beside the article's lines.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. A rule is a shape, a location is the
article's file and the region of the sentence. Regions count code points of the stored text; an article that
was not read from plain text is located by its IRI, where the stored text is served.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kg import __version__
from kg.check import view as views
from kg.check.report import Evidence, Report, Result, ShapeInfo, chosen
from kg.check.view import View

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}


def render(report: Report, view: View) -> str:
    """One run: rules in a fixed order, results with stable fingerprints and their state since a baseline."""
    shapes = _rules(report)
    index = {info.iri: n for n, info in enumerate(shapes)}
    found = [_result(report, result, index, view) for result in report.listed]
    found += [_result(report, r, index, view) | {"baselineState": "absent"} for r in report.gone]
    driver = {
        "name": "kg validate",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(info, view) for info in shapes],
    }
    run = {
        "tool": {"driver": driver},
        "language": view.lang,
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report, view)],
        "results": found,
        "properties": {"total": report.total, "counts": report.counts()},
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _rules(report: Report) -> list[ShapeInfo]:
    known = dict(report.shapes)
    gone = report.comparison.gone if report.comparison else ()
    for result in (*report.results, *gone):
        known.setdefault(result.shape, report.shape(result))
    return sorted(known.values(), key=lambda info: info.iri)


def rule_id(info: ShapeInfo) -> str:
    """The name of a shape: the end of its IRI, or its path where it has none."""
    return info.iri.rpartition("#")[2] if ":" in info.iri else info.name("en")


def _rule(info: ShapeInfo, view: View) -> dict[str, Any]:
    level = _LEVELS[views.NAMES.get(info.severity, "violation")]
    rule: dict[str, Any] = {
        "id": rule_id(info),
        "shortDescription": {"text": info.name(view.lang)},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": [views.group_name(info, view.lang)]},
    }
    hint = chosen(info.hints, view.lang)
    if hint:
        rule["help"] = {"text": hint}
    if info.iri.startswith(("https://", "http://")):
        rule["helpUri"] = quote(info.iri, safe="%/:?#[]@!$&'()*+,;=~")
    return rule


def _result(report: Report, result: Result, index: dict[str, int], view: View) -> dict[str, Any]:
    node = {"fullyQualifiedName": str(result.focus).strip("<>"), "kind": "resource"}
    places = [_location(evidence) | {"logicalLocations": [node]} for evidence in result.evidence]
    properties = {"shape": result.shape, "component": result.component, "focus": str(result.focus)}
    if result.path is not None:
        properties["path"] = result.path.sparql()
    if result.value is not None:
        properties["value"] = str(result.value)
    found: dict[str, Any] = {
        "ruleId": rule_id(report.shape(result)),
        "ruleIndex": index[result.shape],
        "level": _LEVELS[views.severity(result)],
        "message": {"text": views.message(report, result, view.lang)},
        "locations": places[:1] or [{"logicalLocations": [node]}],
        "partialFingerprints": {"kgResult/v1": result.id},
        "properties": properties,
    }
    if places[1:]:
        found["relatedLocations"] = places[1:]
    state = report.state(result)
    return found | {"baselineState": state} if state else found


def _location(evidence: Evidence) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(evidence)}}
    if evidence.region is not None:
        names = ("startLine", "startColumn", "endLine", "endColumn")
        region: dict[str, Any] = dict(zip(names, evidence.region, strict=True))
        place["region"] = region | {"snippet": {"text": evidence.sentence}}
    found: dict[str, Any] = {"physicalLocation": place}
    if evidence.words:
        found["message"] = {"text": f"«{evidence.words}»"}
    return found


def _uri(evidence: Evidence) -> str:
    """The file, relative to the working folder where it lies below it; else the article's IRI."""
    if not evidence.file:
        return quote(evidence.article, safe="%/:?#[]@!$&'()*+,;=~")
    path = Path(evidence.file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _invocation(report: Report, view: View) -> dict[str, Any]:
    told = [*views.remarks(report, view), *filter(None, [views.idle(report, view)])]
    notes = [{"level": "note", "message": {"text": views.plain(text)}} for text in told]
    return {"executionSuccessful": not report.unsupported, "toolExecutionNotifications": notes}
