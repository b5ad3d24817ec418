"""A report as JUnit XML, which every CI server shows: a case per shape, so that a silent shape has passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.etree import ElementTree as ET

from kg.check import view as views
from kg.check.report import THRESHOLDS, Report, Result, ShapeInfo, rank
from kg.check.text import sentence
from kg.check.view import View, plain


def render(report: Report, view: View) -> str:
    """One suite a group, one case a shape; results below the threshold are told and do not fail."""
    cases = [_case(report, info, view) for info in _shapes(report)]
    root = ET.Element("testsuites", name="kg validate")
    for (_, title), members in groupby(cases, key=lambda pair: pair[0]):
        suite = ET.SubElement(root, "testsuite", name=plain(title))
        suite.extend(case for _, case in members)
        _count(suite)
    unread = _unsupported(report)
    if unread is not None:
        root.append(unread)
    _count(root)
    remarks = " ".join(plain(remark) for remark in views.remarks(report, view))
    if remarks:
        root.insert(0, _remarks(remarks))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _shapes(report: Report) -> list[ShapeInfo]:
    """The shapes that looked at something or could have, in the order of their groups.

    Helpers that others refer to have no nodes of their own, and no case.
    """
    known = {i.iri: i for i in report.shapes.values() if i.focus_nodes >= 0}
    for result in report.results:
        known.setdefault(result.shape, report.shape(result))
    return sorted(known.values(), key=lambda i: (i.group_order or 99, i.group, rank(i.severity), i.iri))


def _case(report: Report, info: ShapeInfo, view: View) -> tuple[tuple[float, str], ET.Element]:
    group = views.group_name(info, view.lang)
    name = info.iri if ":" in info.iri else info.name("en")
    case = ET.Element("testcase", classname=plain(name), name=plain(info.name(view.lang)))
    own = [r for r in report.results if r.shape == info.iri]
    more = [severity for shape, severity in report.unlisted if shape == info.iri]
    failing = [r for r in own if report.counts_against(r, view.threshold)]
    listed = {r.id for r in report.listed}
    if failing or any(rank(severity) <= rank(THRESHOLDS[view.threshold]) for severity in more):
        total = len(failing) + sum(n for (shape, _), n in report.unlisted.items() if shape == info.iri)
        summary = view.counted(total, "results")
        failure = ET.SubElement(
            case, "failure", type=views.NAMES.get(info.severity, "violation"), message=summary
        )
        failure.text = "\n".join(_lines(report, (r for r in failing if r.id in listed), view))
    elif not own and info.focus_nodes == 0:
        ET.SubElement(case, "skipped", message="0 focus nodes")
    told = [r for r in own if r not in failing and r.id in listed]
    if told:
        ET.SubElement(case, "system-out").text = "\n".join(_lines(report, told, view))
    return (info.group_order or 99, group), case


def _lines(report: Report, results: Iterable[Result], view: View) -> Iterator[str]:
    for result in results:
        yield f"{views.message(report, result, view.lang)} [{result.id}]"
        for evidence in result.evidence:
            yield f"    {plain(evidence.stem)}  {sentence(evidence)}".rstrip()


def _unsupported(report: Report) -> ET.Element | None:
    if not report.unsupported:
        return None
    suite = ET.Element("testsuite", name="not supported")
    for name in report.unsupported:
        case = ET.SubElement(suite, "testcase", classname="not supported", name=plain(name))
        ET.SubElement(case, "error", message=f"not supported: {plain(name)}")
    _count(suite)
    return suite


def _remarks(text: str) -> ET.Element:
    """JUnit knows properties of suites only: remarks on the whole have a suite without cases."""
    suite = ET.Element("testsuite", name="kg validate")
    ET.SubElement(ET.SubElement(suite, "properties"), "property", name="remarks", value=text)
    _count(suite)
    return suite


def _count(parent: ET.Element) -> None:
    """Set the counters of a suite, or of all suites, from the cases in it."""
    for name, path in (
        ("tests", ".//testcase"),
        ("failures", ".//failure"),
        ("errors", ".//error"),
        ("skipped", ".//skipped"),
    ):
        parent.set(name, str(len(parent.findall(path))))
