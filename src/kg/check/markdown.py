"""A report for a comment on a merge request or the summary page of a CI run: Markdown as GitHub reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.check import view as views
from kg.check.report import THRESHOLDS, Evidence, Report, chosen
from kg.check.view import Section, View, squeezed

#: characters that mean something in Markdown or HTML
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$@-])")


def render(report: Report, view: View) -> str:
    """A table of shapes, then each shape folded with its results, sentences and hint."""
    found = [(views.group_name(info, view.lang), sections) for info, sections in views.sections(report)]
    lines = [f"## {escaped(views.verdict(report, view))}", ""]
    lines += [f"> {escaped(remark)}\n" for remark in views.remarks(report, view)]
    if found:
        heads = (view.word("severity"), view.word("shape"), view.word("results"))
        lines += [f"| {' | '.join(heads)} |", "|---|---|--:|"]
        for _, sections in found:
            lines += [_row(section, view) for section in sections]
    for group, sections in found:
        lines += ["", f"### {escaped(group)}"]
        for section in sections:
            lines += ["", *_details(report, section, view)]
    lines += _gone(report, view)
    idle = views.idle(report, view)
    return "\n".join([*lines, *(["", escaped(idle)] if idle else [])]) + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _SPECIAL.sub(r"\\\1", squeezed(text)).strip()


def _row(section: Section, view: View) -> str:
    name = escaped(section.info.name(view.lang))
    return f"| {view.word(section.severity)} | {name} | {section.total} |"


def _details(report: Report, section: Section, view: View) -> Iterator[str]:
    name = escaped(section.info.name(view.lang))
    sign = views.SIGNS[THRESHOLDS[section.severity]].replace("!", "⚠")
    yield f"<details><summary>{sign} {name} ({section.total})</summary>\n"
    for result in section.results:
        new = f"**{view.word('new')}** " if report.state(result) == "new" else ""
        yield f"- {new}{escaped(views.message(report, result, view.lang))}"
        for evidence in result.evidence:
            yield f"  > {_quoted(evidence)}\n"
    hint = chosen(section.info.hints, view.lang)
    if hint:
        yield f"\n_{view.word('hint')}:_ {escaped(hint)}"
    yield "\n</details>"


def _quoted(evidence: Evidence) -> str:
    """The whole sentence with its words in bold, and the article that it stands in."""
    before, words, after = (_SPECIAL.sub(r"\\\1", squeezed(part)) for part in evidence.parts())
    marked = f"{before}**{words}**{after}" if words else before
    return f"{marked.strip()} — {escaped(evidence.stem)}".removeprefix(" — ")


def _gone(report: Report, view: View) -> Iterator[str]:
    gone = report.gone
    if gone:
        yield f"\n### {view.word('gone')}\n"
    for result in gone:
        yield f"- ~~{escaped(views.message(report, result, view.lang))}~~"
