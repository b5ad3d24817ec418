"""`kg build` and `kg export`."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import options

if TYPE_CHECKING:
    from rich.table import Table

    from kg.builder import BuildResult
    from kg.intake import Progress

_WORDS = {
    "vi": {
        "articles": "Bài báo",
        "converted": "mới hoặc đã đổi",
        "unchanged": "không đổi",
        "removed": "đã bỏ",
        "failed": "không dùng được",
        "repaired": "đã sửa mã chữ",
        "facts": "Điều được tường thuật",
        "entities": "Thực thể",
        "unresolved": "Tên chưa xác định",
        "findings": "Kiểm tra",
        "violation": "vi phạm",
        "warning": "cảnh báo",
        "info": "thông tin",
        "quads": "Bộ bốn",
        "seconds": "giây",
    },
    "en": {
        "articles": "Articles",
        "converted": "new or changed",
        "unchanged": "unchanged",
        "removed": "removed",
        "failed": "not usable",
        "repaired": "with letters put right",
        "facts": "Facts",
        "entities": "Entities",
        "unresolved": "Unresolved names",
        "findings": "Validation",
        "violation": "violation(s)",
        "warning": "warning(s)",
        "info": "info(s)",
        "quads": "Quads",
        "seconds": "seconds",
    },
}


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SOURCE...")
@options.store
@click.option(
    "--base-iri", metavar="IRI", help="Where to mint [default: $KG_BASE_IRI, else the store's own]."
)
@click.option(
    "--reader",
    type=click.Choice(["text", "html", "jsonl", "parquet", "warc"]),
    help="Read every SOURCE as this [default: by its suffix].",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes that convert; the graph is the same whatever their number.",
)
@click.option("--prune", is_flag=True, help="Drop the articles that are not among the SOURCEs.")
@options.lang
@options.common
def build(
    sources: tuple[Path, ...],
    store: Path,
    base_iri: str | None,
    reader: str | None,
    prune: bool,
    jobs: int,
    lang: str,
) -> int:
    """Turn articles into the graph.

    SOURCEs are files (.txt, .html, .jsonl, .jsonl.gz) and folders; only what is new or changed is converted.
    The graph is replaced in one step at the end: an interrupted build leaves the old one whole. A source that
    cannot be used is named on standard error, the others are converted, and the exit code is 2. What had to
    be put right in the letters of an article is said there too.

    \b
    Example:
      kg build seeds
      kg build news/2024 extra.txt --store graph --prune
    """
    import kg

    with progress() as shown:
        result = kg.build(
            sources, store, base=base_iri, prune=prune, reader=reader, jobs=jobs, progress=shown
        )
    for error in result.failed:
        click.echo(f"kg: {error}", err=True)
    if not options.quiet():
        for stem, repaired in result.repaired.items():
            click.echo(f"kg: {stem}: put right: {repaired}", err=True)
        _print(_summary(result, lang))
    return 0 if result.ok else 2


@contextlib.contextmanager
def progress() -> Iterator[Progress | None]:
    """Show a bar with rate and time left on standard error, if that is a terminal."""
    if options.quiet() or not sys.stderr.isatty():
        yield None
        return
    from rich import progress as bars
    from rich.console import Console

    columns = (
        bars.BarColumn(),
        bars.MofNCompleteColumn(),
        bars.TextColumn("{task.fields[rate]}"),
        bars.TimeRemainingColumn(),
        bars.TextColumn("{task.fields[what]}"),
    )
    with bars.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", rate="", what="")

        def show(done: int, total: int, what: str) -> None:
            speed = bar.tasks[task].speed
            bar.update(task, completed=done, total=total, what=what, rate=f"{speed:,.0f}/s" if speed else "")

        yield show


def _summary(result: BuildResult, lang: str) -> Table:
    from rich.table import Table

    words = _WORDS[lang]
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column()
    states = ("converted", "unchanged", "removed", "failed", "repaired")
    done = {name: len(getattr(result, name)) for name in states}
    table.add_row(
        words["articles"], str(result.articles), _listed({words[k]: n for k, n in done.items() if n})
    )
    table.add_row(words["facts"], str(sum(result.facts.values())), _listed(result.facts))
    table.add_row(words["entities"], str(sum(result.entities.values())), _listed(result.entities))
    names = ", ".join(list(result.unresolved)[:8]) + (", …" if len(result.unresolved) > 8 else "")
    table.add_row(words["unresolved"], str(len(result.unresolved)), names)
    findings = {words[name]: result.findings.get(name, 0) for name in ("violation", "warning", "info")}
    table.add_row(words["findings"], str(sum(findings.values())), _listed(findings))
    table.add_row(
        words["quads"], str(result.quads), f"{result.store} · {result.seconds:.2f} {words['seconds']}"
    )
    return table


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items())


def _print(table: Table) -> None:
    from rich.console import Console

    if sys.stdout.isatty():
        Console(highlight=False, no_color=not options.coloured()).print(table)
        return
    console = Console(width=100, highlight=False, no_color=True, file=io.StringIO())
    with console.capture() as capture:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))


@click.command()
@click.option(
    "--format",
    "form",
    default="turtle",
    show_default=True,
    metavar="FORMAT",
    help="turtle, trig, nquads, ntriples, jsonld or rdfxml.",
)
@click.option(
    "--graphs",
    default="",
    metavar="NAMES",
    help="Of facts, claims, inferred, register, ontology, report, all; separated by commas "
    "[default: all for trig, nquads and jsonld, else facts,inferred].",
)
@options.store
@options.output
@options.common
def export(form: str, graphs: str, store: Path, output: Path | None) -> None:
    """Write the graph as RDF.

    The same articles give the same bytes, whatever their order and whatever the store went through.

    \b
    Example:
      kg export -o graph.ttl
      kg export --format trig --graphs facts,claims > graph.trig
    """
    import kg

    with kg.open(store) as graph:
        names = [name.strip() for name in graphs.split(",") if name.strip()]
        graph.export(output or sys.stdout.buffer, form, names)
