"""`kg mcp`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import options


@click.command()
@click.argument("data", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@options.store
@options.endpoint
@click.option("--http", is_flag=True, help="Speak streamable HTTP at /mcp, not on standard input and output.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on, with --http.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="With --http; 0: any free."
)
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A host name to answer to.")
@click.option(
    "--timeout", type=click.FloatRange(0.1, 3600), default=30, show_default=True, help="In seconds."
)
@click.option("--workers", type=click.IntRange(1, 256), default=2, show_default=True, help="Queries at once.")
@options.lang
@options.common
def mcp(
    data: tuple[Path, ...],
    store: Path,
    endpoint: str,
    auth: str,
    http: bool,
    host: str,
    port: int,
    hosts: tuple[str, ...],
    timeout: float,
    workers: int,
    lang: str,
) -> None:
    """Give the graph to language models as tools (MCP).

    Each saved query is a tool, besides search, describe, evidence, vocabulary and read-only SPARQL. Answers
    carry the sentences that say so. Needs the extra [mcp].

    \b
    Example:
      kg mcp --store kg-store
      kg mcp --http --port 0
      kg mcp --endpoint http://localhost:7878/query
    """
    from kg.mcp.server import on_http, on_streams
    from kg.serve.run import listen, url
    from kg.serve.settings import Settings

    dataset = options.dataset(data, store, endpoint, auth, timeout)
    settings = Settings(lang=lang, timeout=timeout, workers=workers, hosts=hosts)
    if not http:
        on_streams(dataset, settings)
        return
    with listen(host, port) as listener:
        on_http(dataset, settings, listener, lambda: click.echo(f"kg: speaking MCP at {url(listener)}/mcp"))
