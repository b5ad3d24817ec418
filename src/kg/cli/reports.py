"""Options of commands that write a report, and how they choose its format and its length."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.cli import options

if TYPE_CHECKING:
    from kg.check import Report

Command = TypeVar("Command", bound=Callable[..., Any])

#: results that a report for people lists unless --max says otherwise; formats for programs list them all
_PEOPLE = {"text": 1000, "html": 1000, "markdown": 100}

form = click.option(
    "--format",
    "form",
    metavar="FORMAT",
    help="text, turtle, jsonld, json, csv, html, sarif, junit or markdown. "
    "[default: what the suffix of --output says, else text]",
)
most = click.option(
    "--max",
    "most",
    type=click.IntRange(min=0),
    metavar="N",
    help="List N results; all are counted. [default: text and html 1000, markdown 100, others all]",
)
baseline = click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Tell what is new and what is gone since this report; only what is new counts as a failure.",
)


def fail_on(default: str) -> Callable[[Command], Command]:
    """Add --fail-on."""
    return click.option(
        "--fail-on",
        type=click.Choice(["info", "warning", "violation"]),
        default=default,
        show_default=True,
        help="The least severity that makes the exit code 1.",
    )


def chosen(form: str | None, output: Path | None) -> str:
    """The format that was asked for, else what the suffix of the output file says, else text."""
    from kg import check

    if form is None:
        return check.SUFFIXES.get(output.suffix.lower(), "text") if output else "text"
    if form not in check.FORMATS:
        raise click.BadParameter(f"{form!r} is not one of {', '.join(check.FORMATS)}", param_hint="--format")
    return form


def limit(form: str, most: int | None) -> int | None:
    """How many results to list; None for all."""
    return most if most is not None else _PEOPLE.get(form)


def tell(report: Report, form: str, threshold: str, output: Path | None, lang: str) -> int:
    """Write the report and return the exit code: 0, 1 for failures, 2 where not all could be looked at."""
    from kg import check

    if not options.quiet() or output:
        coloured = options.coloured() and output is None
        options.write(check.render(report, form, lang, coloured, threshold), output)
    return 1 if report.fails(threshold) else 2 if report.unsupported else 0
