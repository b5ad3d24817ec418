"""A report in the formats that people and programs read.

A new format is one function and one line in FORMATS.
"""

from __future__ import annotations

from collections.abc import Callable

from kg.check import text, turtle
from kg.check.report import Report
from kg.errors import ShapesError

#: (report, language tag, whether to use terminal colours) → the text
Renderer = Callable[[Report, str, bool], str]

FORMATS: dict[str, Renderer] = {
    "text": text.render,
    "turtle": lambda report, _lang, _color: turtle.render(report),
}


def render(report: Report, form: str = "text", lang: str = "vi", color: bool = False) -> str:
    """The report in a format of FORMATS; `lang` ("vi" or "en") is for formats that speak one language.

    Raises ShapesError for an unknown format.
    """
    if form not in FORMATS:
        raise ShapesError(f"there is no report format {form!r}", hint=f"one of {', '.join(FORMATS)}")
    return FORMATS[form](report, lang, color)
