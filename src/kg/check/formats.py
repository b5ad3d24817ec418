"""A report in the formats that people and programs read.

A new format is one function and one line in FORMATS.
"""

from __future__ import annotations

from collections.abc import Callable

from kg.check import html, junit, markdown, sarif, tables, text, turtle
from kg.check.report import Report
from kg.check.view import View
from kg.errors import ShapesError

FORMATS: dict[str, Callable[[Report, View], str]] = {
    "text": text.render,
    "turtle": lambda report, _view: turtle.render(report),
    "jsonld": tables.json_ld,
    "json": tables.json_text,
    "csv": tables.csv_text,
    "html": html.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "markdown": markdown.render,
}
#: suffix of a report's file → its format
SUFFIXES = {
    ".txt": "text",
    ".ttl": "turtle",
    ".jsonld": "jsonld",
    ".json": "json",
    ".csv": "csv",
    ".html": "html",
    ".sarif": "sarif",
    ".xml": "junit",
    ".md": "markdown",
}


def render(
    report: Report, form: str = "text", lang: str = "vi", color: bool = False, threshold: str = "info"
) -> str:
    """The report in a format of FORMATS.

    `lang` ("vi" or "en") is for formats that speak one language; `threshold` says from which severity on a
    result is a failure, for formats that know failures. Raises ShapesError for an unknown format.
    """
    if form not in FORMATS:
        raise ShapesError(f"there is no report format {form!r}", hint=f"one of {', '.join(FORMATS)}")
    return FORMATS[form](report, View(lang, color, threshold))
