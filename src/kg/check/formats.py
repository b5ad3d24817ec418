"""A report in the formats that people and programs read. A new format is one function and one line in FORMATS."""

from __future__ import annotations

from collections.abc import Callable

from kg.check import text, turtle
from kg.check.report import Report
from kg.errors import ShapesError

#: (report, language tag, whether to use terminal colours) → the text
Renderer = Callable[[Report, str, bool], str]

FORMATS: dict[str, Renderer] = {
    "text": text.render,
    "turtle": lambda report, lang, color: turtle.render(report),
}


def render(report: Report, form: str = "text", lang: str = "vi", color: bool = False) -> str:
    """The report as text in a format of FORMATS, messages in `lang` ("vi" or "en") where a format has one language.

    Raises ShapesError for an unknown format.
    """
    if form not in FORMATS:
        raise ShapesError(f"there is no report format {form!r}", hint=f"one of {', '.join(FORMATS)}")
    return FORMATS[form](report, lang, color)
