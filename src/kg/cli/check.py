"""`kg validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import options

if TYPE_CHECKING:
    from kg.check import Report

#: results that a report for people lists unless --max says otherwise; formats for programs list them all
_PEOPLE = {"text": 1000, "html": 1000, "markdown": 100}
_FORMATS = "text, turtle, jsonld, json, csv, html, sarif, junit or markdown."


@click.command()
@click.argument("data", nargs=-1, type=click.Path(path_type=Path))
@options.store
@click.option(
    "--shapes", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Shapes of your own."
)
@click.option(
    "--report",
    "stored",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Show this SHACL report, of any engine, instead of validating.",
)
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    help=f"{_FORMATS} [default: what the suffix of --output says, else text]",
)
@click.option(
    "--fail-on",
    type=click.Choice(["info", "warning", "violation"]),
    default="info",
    show_default=True,
    help="The least severity that makes the exit code 1.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Tell what is new and what is gone since this report; only what is new counts as a failure.",
)
@click.option(
    "--max",
    "most",
    type=click.IntRange(min=0),
    metavar="N",
    help="List N results; all are counted [default: text and html 1000, markdown 100, others all].",
)
@click.option(
    "--engine", default="auto", show_default=True, metavar="NAME", help="auto, compiled or pyshacl."
)
@options.timeout
@options.output
@options.lang
@options.common
def validate(
    data: tuple[Path, ...],
    store: Path,
    shapes: tuple[Path, ...],
    stored: Path | None,
    form: str | None,
    fail_on: str,
    baseline: Path | None,
    most: int | None,
    engine: str,
    timeout: float,
    output: Path | None,
    lang: str,
) -> int:
    """Check the graph against its shapes.

    What is checked is the store, or the RDF files DATA. Each result names its article and sentence.
    Exit code: 0 conforms, 1 does not, 2 could not run or not everything could be checked.

    \b
    Example:
      kg validate
      kg validate -o report.html
      kg validate --fail-on warning --format sarif -o kg.sarif
      kg validate --baseline last.ttl
      kg validate export.trig --shapes my-shapes.ttl --format turtle
      kg validate --report pyshacl-report.ttl --format markdown
    """
    from kg import check

    form = _format(form, output)
    limit = most if most is not None else _PEOPLE.get(form)
    with options.deadline(timeout, "validation"):
        former = check.read_report(baseline) if baseline else None
        if stored is not None:
            report = _stored(stored, data, store, shapes, former, limit)
        elif data:
            report = check.validate_files(data, shapes or None, engine, limit=limit, baseline=former)
        else:
            report = _store(store, shapes, engine, former, limit)
    if not options.quiet() or output:
        shown = check.render(report, form, lang, options.coloured() and output is None, fail_on)
        options.write(shown, output)
    return 1 if report.fails(fail_on) else 2 if report.unsupported else 0


def _format(form: str | None, output: Path | None) -> str:
    """The format that was asked for, else what the suffix of the output file says, else text."""
    from kg import check

    if form is None:
        return check.SUFFIXES.get(output.suffix.lower(), "text") if output else "text"
    if form not in check.FORMATS:
        raise click.BadParameter(f"{form!r} is not one of {', '.join(check.FORMATS)}", param_hint="--format")
    return form


def _store(
    store: Path, shapes: tuple[Path, ...], engine: str, baseline: Report | None, limit: int | None
) -> Report:
    import kg

    with kg.open(store) as graph:
        return graph.validate(shapes or None, engine, limit, baseline)


def _stored(
    path: Path,
    data: tuple[Path, ...],
    store: Path,
    shapes: tuple[Path, ...],
    baseline: Report | None,
    limit: int | None,
) -> Report:
    """A report of any engine; names and sentences come from the data, else from a store if there is one."""
    import kg
    from kg import check
    from kg.check.load import store_of

    report = check.read_report(path, shapes or None, limit)
    if baseline is not None:
        report = check.compared(report, baseline)
    if data:
        return check.located(report, store_of(data))
    if not store.exists():
        return report
    with kg.open(store) as graph:
        return graph.locate(report)
