"""`kg serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kg.cli import options


@click.command()
@click.argument("data", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@options.store
@options.endpoint
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free.")
@click.option("--timeout", type=click.FloatRange(0.1, 3600), metavar="S", help="Of a query, in seconds [30].")
@click.option("--max-rows", type=click.IntRange(1), metavar="N", help="Rows of one answer [100000].")
@click.option("--memory", type=click.IntRange(16), metavar="MIB", help="Memory a query may take [1024].")
@click.option(
    "--workers", type=click.IntRange(1, 256), metavar="N", help="Queries at once, and as many long."
)
@click.option("--cache", type=click.IntRange(0), metavar="MIB", help="Answers kept for who asks again [64].")
@click.option(
    "--allow-host", "hosts", multiple=True, metavar="NAME", help="A host name to answer to; * for any."
)
@click.option(
    "--allow-service", "services", multiple=True, metavar="URL", help="An endpoint that SERVICE may name."
)
@click.option("--public", metavar="URL", help="The address under which readers know this server.")
@click.option("--csv-safe", is_flag=True, help="Cells that a spreadsheet would run get an apostrophe.")
@click.option("--no-access-log", is_flag=True, help="Write no line for each request.")
@options.lang
@options.common
def serve(
    data: tuple[Path, ...],
    store: Path,
    endpoint: str,
    auth: str,
    host: str,
    port: int,
    lang: str,
    no_access_log: bool,
    **given: Any,
) -> None:
    """Answer over HTTP, read-only.

    Serves the store, the RDF files DATA, or a SPARQL endpoint elsewhere: SPARQL at /sparql, graphs, dumps,
    pages. It listens on loopback unless --host says otherwise. A store that is rebuilt is taken over while
    it serves.

    \b
    Example:
      kg serve
      kg serve export.trig --port 0
      kg serve --endpoint http://localhost:7878/query
      kg serve --host 0.0.0.0 --allow-host graph.example.org --public https://graph.example.org
    """
    from kg.serve.run import listen, url
    from kg.serve.run import serve as run
    from kg.serve.settings import MIB, Settings

    chosen = {name: value for name, value in given.items() if value is not None and value != ()}
    chosen |= {name: chosen[name] * MIB for name in ("memory", "cache") if name in chosen}
    settings = Settings(lang=lang, access_log=not no_access_log, **chosen)
    dataset = options.dataset(data, store, endpoint, auth, settings.timeout)
    with listen(host, port) as listener:
        run(dataset, settings, listener, lambda: click.echo(f"kg: serving {url(listener)}/"))
