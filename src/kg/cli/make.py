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
    from kg.shards import DatasetResult

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
        "shards": "Tệp",
        "new": "mới",
        "missing": "còn thiếu",
        "complete": "đủ",
        "incomplete": "chưa đủ",
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
        "shards": "Shards",
        "new": "new",
        "missing": "still missing",
        "complete": "complete",
        "incomplete": "not complete",
    },
}


def _slice(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """Read "17/400"."""
    if value is None:
        return None
    index, slash, count = value.partition("/")
    if not (slash and index.isascii() and index.isdigit() and count.isascii() and count.isdigit()):
        raise click.BadParameter(f"{value!r} is not I/N, as in 17/400")
    if not 1 <= int(index) <= int(count) <= 100_000:
        raise click.BadParameter(f"{value!r}: I lies between 1 and N, and N up to 100,000")
    return int(index), int(count)


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
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
@click.option("--out", metavar="DIR", help="Write sorted, packed N-Quads files there, in place of a store.")
@click.option("--shards", metavar="I/N", callback=_slice, help="With --out: make the I-th of N files alone.")
@click.option("--scheduler", metavar="URL", help="With --out: a Dask scheduler whose workers make the files.")
@options.lang
@options.common
def build(
    sources: tuple[str, ...],
    store: Path,
    base_iri: str | None,
    reader: str | None,
    prune: bool,
    jobs: int,
    out: str | None,
    shards: tuple[int, int] | None,
    scheduler: str | None,
    lang: str,
) -> int:
    """Turn articles into the graph.

    SOURCEs are files (.txt, .html, .jsonl, .jsonl.gz, .parquet, .warc, .warc.gz) and folders; only what is
    new or changed is converted. The graph is replaced in one step at the end: an interrupted build leaves the
    old one whole. A source that cannot be used is named on standard error, the others are converted, and the
    exit code is 2. What had to be put right in the letters of an article is said there too.

    With --out the graph becomes files for any store, part-00000.nq.gz …, whole when manifest.json is there:
    the same bytes whatever --jobs, --shards or --scheduler; what is finished is not made again. SOURCEs and
    DIR may be addresses then (s3://…, https://…). kg load puts them into the store, kg recipes says how
    other engines load them.

    \b
    Example:
      kg build seeds
      kg build news/2024 extra.txt --store graph --prune
      kg build news.jsonl --out shards --jobs 8
      kg build news.jsonl --out shards --shards 17/400
    """
    import kg

    if out is not None:
        return _dataset(sources, out, base_iri, reader, prune, jobs, shards, scheduler, lang)
    if shards or scheduler:
        raise click.UsageError("--shards and --scheduler go with --out")
    if addresses := [source for source in sources if "://" in source]:
        raise click.UsageError(f"{addresses[0]}: addresses are read with --out only")
    with progress() as shown:
        result = kg.build(
            sources, store, base=base_iri, prune=prune, reader=reader, jobs=jobs, progress=shown
        )
    for error in result.failed:
        click.echo(f"kg: {error}", err=True)
    if not options.quiet():
        for stem, repaired in result.repaired.items():
            click.echo(f"kg: {stem}: put right: {repaired}", err=True)
        show(result, lang)
    return 0 if result.ok else 2


def _dataset(
    sources: tuple[str, ...],
    out: str,
    base_iri: str | None,
    reader: str | None,
    prune: bool,
    jobs: int,
    shards: tuple[int, int] | None,
    scheduler: str | None,
    lang: str,
) -> int:
    """`kg build --out`: shards, and what became of them."""
    from kg.shards import build_shards

    if prune:
        raise click.UsageError("--prune is not for --out: its files hold the SOURCEs and nothing else")
    with progress() as shown:
        result = build_shards(
            *(sources, out),
            base=base_iri or "",
            reader=reader,
            jobs=jobs,
            shards=shards,
            scheduler=scheduler,
            progress=shown,
        )
    for error in result.failed:
        click.echo(f"kg: {error}", err=True)
    if not options.quiet():
        _print(_dataset_summary(result, lang))
    return 0 if result.ok else 2


def _dataset_summary(result: DatasetResult, lang: str) -> Table:
    from rich.table import Table

    words = _WORDS[lang]
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column()
    states = {"new": result.made, "missing": result.missing}
    told = {words[name]: n for name, n in states.items() if n}
    table.add_row(words["shards"], str(result.shards), _listed(told))
    failed = {words["failed"]: len(result.failed)} if result.failed else {}
    table.add_row(words["articles"], str(result.articles), _listed(failed))
    state = words["complete"] if result.complete else words["incomplete"]
    seconds = f"{result.seconds:.2f} {words['seconds']}"
    table.add_row(words["quads"], str(result.quads), f"{result.out} · {state} · {seconds}")
    return table


def show(result: BuildResult, lang: str) -> None:
    """Print what a build did, and what the graph holds."""
    _print(_summary(result, lang))


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
    help="RDF: turtle, trig, nquads, ntriples, jsonld, rdfxml. Tables: csv, parquet. "
    "Pictures: dot, mermaid, graphml.",
)
@click.option(
    "--graphs",
    default="",
    metavar="NAMES",
    help="Of facts, claims, inferred, register, ontology, report, all; separated by commas "
    "[default: all for trig, nquads and jsonld, else facts,inferred].",
)
@click.option(
    "--document", default="", metavar="NAME", help="dot, mermaid: the cascade of this one [default: all]."
)
@click.option(
    "--csv-safe",
    is_flag=True,
    help="csv: no cell is run by a spreadsheet, which also learns that it is UTF-8.",
)
@options.store
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PATH",
              help="Write to this file, tables to this new folder, instead of standard output.")  # fmt: skip
@options.lang
@options.common
def export(
    form: str, graphs: str, document: str, csv_safe: bool, store: Path, output: Path | None, lang: str
) -> None:
    """Write the graph as RDF, as tables or as a picture.

    The same articles give the same bytes of RDF, whatever their order and whatever the store went through.
    Tables are one file for each kind of thing, in a folder. dot (Graphviz) and mermaid draw cascades,
    graphml holds the network of all that articles state, for Gephi and yEd.

    \b
    Example:
      kg export -o graph.ttl
      kg export --format trig --graphs facts,claims > graph.trig
      kg export --format csv -o tables
      kg export --format dot --document 32-CT/TW | dot -Tsvg > cascade.svg
    """
    import kg
    from kg import picture, tables
    from kg.export import FORMATS

    known = (*FORMATS, *tables.FORMATS, *picture.FORMATS)
    if form not in known:
        raise click.BadParameter(f"{form!r} is not one of {', '.join(known)}", param_hint="--format")
    if form in tables.FORMATS and output is None:
        raise click.UsageError(f"--format {form} writes a folder: give --output")
    with kg.open(store) as graph:
        names = [name.strip() for name in graphs.split(",") if name.strip()]
        if form in FORMATS:
            graph.export(output or sys.stdout.buffer, form, names)
        elif form in picture.FORMATS:
            options.write(picture.draw(graph.store, form, document, lang), output)
        elif output is not None:
            tables.write(graph.store, output, form, lang=lang, safe=csv_safe)
