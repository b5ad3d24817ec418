"""A report for a terminal.

Grouped by group and shape, each result with its article, its sentence and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.check import view as views
from kg.check.report import INFO, THRESHOLDS, VIOLATION, WARNING, Evidence, Report, Result, chosen
from kg.check.view import Section, View, plain, squeezed

_COLOURS = {VIOLATION: "31", WARNING: "33", INFO: "36"}
#: code points of a sentence shown on each side of the words that carry the fact
_AROUND = 110


def render(report: Report, view: View) -> str:
    """The report as lines for people, in Vietnamese or English; with ANSI colours if asked."""
    return "\n".join(_Page(report, view).lines()) + "\n"


class _Page:
    def __init__(self, report: Report, view: View) -> None:
        self.report, self.view = report, view

    def lines(self) -> Iterator[str]:
        yield self._paint(views.verdict(self.report, self.view), "32" if self.report.conforms else "1")
        yield from (f"({plain(remark)})" for remark in views.remarks(self.report, self.view))
        for info, sections in views.sections(self.report):
            yield f"\n{self._paint(plain(views.group_name(info, self.view.lang)), '1')}"
            for section in sections:
                yield from self._of_shape(section)
        yield from self._gone()
        idle = views.idle(self.report, self.view)
        if idle:
            yield f"\n{idle}"

    def _of_shape(self, section: Section) -> Iterator[str]:
        severity = THRESHOLDS[section.severity]
        name = plain(section.info.name(self.view.lang))
        heading = self._paint(f"{views.SIGNS[severity]} {name}", _COLOURS[severity])
        yield f"  {heading} ({section.total})"
        for result in section.results:
            yield f"    - {self._state(result)}{views.message(self.report, result, self.view.lang)}"
            for evidence in result.evidence:
                stem = self._paint(plain(evidence.stem), "2")
                yield f"      {stem}  {sentence(evidence, self.view.color)}".rstrip()
        if len(section.results) < section.total:
            yield f"    … {section.total - len(section.results)}"
        hint = chosen(section.info.hints, self.view.lang)
        if hint:
            yield f"    {self.view.word('hint')}: {plain(hint)}"

    def _state(self, result: Result) -> str:
        new = self.report.state(result) == "new"
        return f"[{self._paint(self.view.word('new'), '1')}] " if new else ""

    def _gone(self) -> Iterator[str]:
        gone = self.report.gone
        if gone:
            yield f"\n{self._paint(self.view.word('gone'), '1')}"
        for result in gone:
            yield f"    - {views.message(self.report, result, self.view.lang)}"

    def _paint(self, text: str, code: str) -> str:
        return _paint(text, code, self.view.color)


def sentence(evidence: Evidence, color: bool = False) -> str:
    """The sentence with the words that carry the fact marked, cut to what stands around them; one line."""
    before, words, after = map(squeezed, evidence.parts())
    if not words:
        return before.strip() if len(before) <= 2 * _AROUND else before[: 2 * _AROUND] + " …"
    before = before if len(before) <= _AROUND else "… " + before[-_AROUND:]
    after = after if len(after) <= _AROUND else after[:_AROUND] + " …"
    return (before + (_paint(words, "1;4", True) if color else f"«{words}»") + after).strip()


def _paint(text: str, code: str, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text
