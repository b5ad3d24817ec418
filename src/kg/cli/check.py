"""`kg validate`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import options


@click.command()
@click.argument("data", nargs=-1, type=click.Path(path_type=Path))
@options.store
@click.option(
    "--shapes", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="Shapes of your own."
)
@click.option("--format", "form", default="text", show_default=True, metavar="FORMAT", help="text or turtle.")
@click.option(
    "--engine", default="auto", show_default=True, metavar="NAME", help="auto, compiled or pyshacl."
)
@options.output
@options.lang
@options.common
def validate(
    data: tuple[Path, ...],
    store: Path,
    shapes: tuple[Path, ...],
    form: str,
    engine: str,
    output: Path | None,
    lang: str,
) -> int:
    """Check the graph against its shapes.

    What is checked is the store, or the RDF files DATA. Each result names its article and sentence.
    Exit code: 0 conforms, 1 does not, 2 could not run.

    \b
    Example:
      kg validate
      kg validate export.trig --format turtle -o report.ttl
    """
    import kg
    from kg import check

    if form not in check.FORMATS:
        raise click.BadParameter(f"{form!r} is not one of {', '.join(check.FORMATS)}", param_hint="--format")
    if data:
        report = check.validate_files(data, shapes or None, engine)
    else:
        with kg.open(store) as graph:
            report = graph.validate(shapes or None, engine)
    if not options.quiet() or output:
        options.write(check.render(report, form, lang, options.coloured() and output is None), output)
    return 1 if report.fails() else 0
