"""`kg push` and `kg doctor`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import options
from kg.cli.make import progress

if TYPE_CHECKING:
    from kg.remote import Finding

_WORDS = {
    "vi": {
        "sent": "đồ thị đã gửi",
        "unchanged": "không đổi",
        "removed": "đã bỏ",
        "triples": "bộ ba, đã đếm lại ở nơi nhận",
        "strangers": "đồ thị ở đó không có trong kho; --prune bỏ đi",
    },
    "en": {
        "sent": "graph(s) sent",
        "unchanged": "unchanged",
        "removed": "removed",
        "triples": "triples, counted there again",
        "strangers": "graph(s) there are not in the store; --prune drops them",
    },
}

graph_store = click.option(
    "--graph-store", default="", metavar="URL", help="Write by the Graph Store Protocol: one PUT a graph."
)
update = click.option(
    "--update", default="", metavar="URL", help="Write by SPARQL updates of at most 500 triples."
)


@click.command()
@click.argument("url")
@graph_store
@update
@options.auth
@click.option("--prune", is_flag=True, help="Drop the graphs there that the store does not have.")
@options.store
@options.lang
@options.common
def push(url: str, graph_store: str, update: str, auth: str, prune: bool, store: Path, lang: str) -> None:
    """Send the store to a SPARQL server.

    URL is its query endpoint, where the triples of each graph are counted afterwards. Writing goes to
    --graph-store or --update, else as updates to URL itself. Each graph is replaced as a whole; what arrived
    is noted beside the store, so that the next push, or one after an interruption, sends only the rest.

    \b
    Example:
      kg push http://localhost:7878/query --graph-store http://localhost:7878/store
      kg push http://localhost:8890/sparql --update http://localhost:8890/sparql-auth --auth digest:dba
    """
    import kg
    from kg import remote

    if graph_store and update:
        raise click.UsageError("--graph-store and --update exclude each other")
    endpoint = remote.Endpoint(url, remote.Login(*options.login(auth)))
    with kg.open(store) as graph, progress() as shown:
        result = remote.push(
            graph.store, endpoint, graph_store=graph_store, update=update, prune=prune, progress=shown
        )
    if options.quiet():
        return
    words = _WORDS[lang]
    numbers = {name: len(getattr(result, name)) for name in ("sent", "unchanged", "removed")}
    parts = ", ".join(f"{n} {words[name]}" for name, n in numbers.items() if n)
    click.echo(f"{url}: {parts}; {result.triples} {words['triples']}")
    if result.strangers:
        click.echo(f"kg: {len(result.strangers)} {words['strangers']}", err=True)


@click.command()
@click.option("--endpoint", required=True, metavar="URL", help="The SPARQL endpoint to look at.")
@graph_store
@update
@options.auth
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
              help="How the profile is written.")  # fmt: skip
@options.output
@options.common
def doctor(endpoint: str, graph_store: str, update: str, auth: str, form: str, output: Path | None) -> None:
    """Find out what a SPARQL server does.

    Prints its profile: formats, default graph, cut answers, and whatever else servers do differently, with
    what follows from it ("!" marks what may hurt). With --update or --graph-store, three scratch graphs are
    written too and dropped again.

    \b
    Example:
      kg doctor --endpoint http://localhost:8890/sparql
      kg doctor --endpoint http://localhost:7878/query --update http://localhost:7878/update
    """
    from kg import remote

    asked = remote.Endpoint(endpoint, remote.Login(*options.login(auth)))
    found = list(remote.probe(asked, update=update, graph_store=graph_store))
    if form == "json":
        listed = [{"name": f.name, "value": f.value, "good": f.good, "advice": f.advice} for f in found]
        options.write(json.dumps(listed, ensure_ascii=False, indent=1) + "\n", output)
    else:
        options.write("".join(map(_line, found)), output)


def _line(finding: Finding) -> str:
    mark = " " if finding.good else "!"
    advice = f" — {finding.advice}" if finding.advice else ""
    return f"{mark} {finding.name:<24}{finding.value}{advice}\n"
