"""`kg query`, `kg show`, `kg explain`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import options

if TYPE_CHECKING:
    from kg.store import Queryable


@click.command()
@click.argument("query", metavar="NAME|FILE|-")
@click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="An IRI, or what you would type."
)
@click.option(
    "--format",
    "form",
    default="table",
    show_default=True,
    metavar="FORMAT",
    help="table, csv, tsv, json, markdown or turtle.",
)
@click.option("--explain", "why", is_flag=True, help="Where there are no rows, say which part has no match.")
@options.store
@options.endpoint
@options.output
@options.lang
@options.common
def query(
    query: str,
    params: tuple[str, ...],
    form: str,
    why: bool,
    store: Path,
    endpoint: str,
    auth: str,
    output: Path | None,
    lang: str,
) -> None:
    """Ask a saved query.

    By NAME, from a FILE, or on standard input (-); of the store, or of a SPARQL endpoint elsewhere. Where a
    server cuts its answer, standard error says so.

    \b
    Example:
      kg query cascade/tree --param directive=32-CT/TW
      kg query cascade/implementers --param directive=57-KL/TW --explain
      kg query people/posts-over-time --param person="nguyễn văn a" --format csv
      kg query cascade/depth --endpoint http://localhost:8890/sparql
    """
    from kg import ask

    if form not in ask.FORMATS:
        raise click.BadParameter(f"{form!r} is not one of {', '.join(ask.FORMATS)}", param_hint="--format")
    values = dict(_pair(param) for param in params)
    with options.source(store, endpoint, auth) as graph:
        saved = ask.find(query)
        table = graph.query(saved, **values)
        if table.cut is not None:
            click.echo(f"kg: the server cut the answer to {len(table)} rows: it is not whole", err=True)
        if why and not len(table):
            _explain_empty(graph.store, ask.bind(graph.store, saved, values), lang)
        if form == "table" and output is None and options.coloured():
            from rich.console import Console

            Console().print(ask.to_rich(table, graph.store, lang))
        else:
            width = shutil.get_terminal_size().columns if sys.stdout.isatty() and output is None else None
            options.write(ask.render(table, form, store=graph.store, lang=lang, width=width), output)


def _explain_empty(store: Queryable, sparql: str, lang: str) -> None:
    from kg.ask import empty

    explanation = empty.of_store(store, sparql)
    if explanation is not None:
        click.echo(empty.render(explanation, store, lang), nl=False, err=True)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--param")
    return name, value


@click.command()
@click.argument("entity")
@options.store
@options.endpoint
@options.lang
@options.common
def show(entity: str, store: Path, endpoint: str, auth: str, lang: str) -> None:
    """Show a card of one thing.

    ENTITY is an IRI, or what you would type. For a document, its cascade is shown as a tree: what carries it
    out at which level, when, after how many days, and what has not been seen.

    \b
    Example:
      kg show 32-CT/TW
      kg show "tỉnh ủy lai châu"
    """
    from kg.show import render

    with options.source(store, endpoint, auth) as graph:
        options.write(render(graph.show(entity, lang), lang), None)


@click.command()
@click.argument("subject")
@click.argument("predicate", default="")
@click.argument("object", default="")
@options.store
@options.endpoint
@options.lang
@options.common
def explain(
    subject: str,
    predicate: str,
    object: str,  # noqa: A002  the third of subject, predicate, object
    store: Path,
    endpoint: str,
    auth: str,
    lang: str,
) -> None:
    """Show the sentences behind facts.

    The words that carry the fact are marked; what was concluded comes with its rule and grounds.

    \b
    Example:
      kg explain 221-KH/TU implements 32-CT/TW
    """
    from kg.explain import render

    mark = ("\x1b[1;33m", "\x1b[0m") if options.coloured() else ("«", "»")
    with options.source(store, endpoint, auth) as graph:
        options.write(render(graph.explain(subject, predicate, object, lang), lang, mark), None)
