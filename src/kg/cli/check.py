"""`kg validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import options, reports

if TYPE_CHECKING:
    from kg.check import Report


@click.command()
@click.argument("data", nargs=-1, type=click.Path(path_type=Path))
@options.store
@options.endpoint
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
    "--syntax",
    type=click.Choice(["ttl", "trig", "nq", "nt", "jsonld", "rdf"]),
    help="Format of DATA whose suffix says none. [default: trig on standard input]",
)
@reports.form
@reports.fail_on("info")
@reports.baseline
@reports.most
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
    endpoint: str,
    auth: str,
    shapes: tuple[Path, ...],
    stored: Path | None,
    syntax: str | None,
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

    What is checked is the store, or the RDF files DATA (.gz or not, "-" for standard
    input), or all graphs behind a SPARQL endpoint. Each result names its article and sentence.
    Exit code: 0 conforms, 1 does not, 2 could not run or not everything could be checked.

    \b
    Example:
      kg validate
      kg validate -o report.html
      kg validate --fail-on warning --format sarif -o kg.sarif
      kg validate --baseline last.ttl
      kg validate export.trig --shapes my-shapes.ttl --format turtle
      kg validate --endpoint http://localhost:8890/sparql
      kg validate --report pyshacl-report.ttl --format markdown
    """
    from kg import check

    if endpoint and (data or stored):
        raise click.UsageError("--endpoint does not go with DATA or --report")
    form = reports.chosen(form, output)
    limit = reports.limit(form, most)
    with options.deadline(timeout, "validation"):
        former = check.read_report(baseline) if baseline else None
        if stored is not None:
            report = _stored(stored, data, store, shapes, former, limit)
        elif data:
            report = check.validate_files(
                data, shapes or None, engine, limit=limit, baseline=former, syntax=syntax or ""
            )
        else:
            with options.source(store, endpoint, auth) as graph:
                report = graph.validate(shapes or None, engine, limit, former)
    return reports.tell(report, form, fail_on, output, lang)


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
