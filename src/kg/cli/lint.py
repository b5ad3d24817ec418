"""`kg lint`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import options, reports


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@reports.form
@reports.fail_on("warning")
@reports.most
@options.output
@options.lang
@options.common
def lint(
    files: tuple[Path, ...], form: str | None, fail_on: str, most: int | None, output: Path | None, lang: str
) -> int:
    """Look over ontology, shapes and queries for what parsers accept and people or other engines do not.

    FILES are Turtle (.ttl) and queries (.rq); without any, all that comes with kg is looked over, with the
    code that uses it. Exit code: 0 nothing at or above --fail-on, 1 something, 2 could not run.

    \b
    Example:
      kg lint
      kg lint my-shapes.ttl my-query.rq --lang en
      kg lint --format sarif -o lint.sarif
    """
    from kg.lint import lint as look_over

    form = reports.chosen(form, output)
    report = look_over(files, reports.limit(form, most))
    return reports.tell(report, form, fail_on, output, lang)
