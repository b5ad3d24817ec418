"""`kg search`."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import options

if TYPE_CHECKING:
    from kg.ask import Table
    from kg.search import Hit

_HEADINGS = {
    "vi": ("tên", "loại", "ngày", "bài báo", "địa chỉ"),
    "en": ("name", "kind", "date", "articles", "address"),
}


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--kind", default="", metavar="KIND", help="Only a Document, Organ, Person, Event, Territory …")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Hits at most.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "tsv", "json", "markdown"]),
    default="table",
    show_default=True,
    help="How the hits are written.",
)
@options.store
@options.output
@options.lang
@options.common
def search(
    text: tuple[str, ...], kind: str, limit: int, form: str, store: Path, output: Path | None, lang: str
) -> int:
    """Find things by their names.

    Accents and capitals may be left out, abbreviations are understood, the last word may be cut short; the
    best hits come first. The exit code is 1 where nothing is found.

    \b
    Example:
      kg search chi thi 25
      kg search "tỉnh ủy lai" --kind Organ
    """
    import kg
    from kg import ask

    with kg.open(store) as graph:
        hits = graph.search(" ".join(text), kind=kind, limit=limit, lang=lang)
        base = graph.store.base
    if form == "json":
        listed = [dataclasses.asdict(hit) for hit in hits]
        options.write(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", output)
    elif hits or form != "table":
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() and output is None else None
        table = _table(hits, lang, base if form == "table" else "")
        options.write(ask.render(table, form, width=width), output)
    return 0 if hits else 1


def _table(hits: list[Hit], lang: str, base: str) -> Table:
    import pyoxigraph as ox

    from kg import ask

    def row(hit: Hit) -> tuple[ox.Literal, ...]:
        address = hit.iri.removeprefix(base + "id/") if base else hit.iri
        cells = (hit.label, hit.class_label, " ".join(hit.days), str(hit.articles), address)
        return tuple(map(ox.Literal, cells))

    return ask.Table(_HEADINGS[lang], tuple(map(row, hits)))
