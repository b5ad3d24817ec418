"""`kg load`, `kg recipes`, `kg backup`, `kg restore`: graphs moved as a whole."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import make, options

_ENGINES = ("oxigraph", "virtuoso", "qlever", "jena", "graphdb", "neptune", "stardog")


@click.command()
@click.argument("dataset", metavar="DIR")
@options.store
@click.option("--jobs", type=click.IntRange(1, 256), default=1, show_default=True, help="Threads that load.")
@options.lang
@options.common
def load(dataset: str, store: Path, jobs: int, lang: str) -> int:
    """Load a dataset of shards into the store.

    DIR is what kg build --out wrote. The store is replaced in one step by exactly that: each file is held
    against its digest, and a damaged one leaves the store as it was.

    \b
    Example:
      kg load shards --store graph
    """
    from kg.shards.load import load as loaded

    with make.progress() as progress:
        result = loaded(dataset, store, jobs=jobs, progress=progress)
    if not options.quiet():
        make.show(result, lang)
    return 0


@click.command()
@click.argument("engine", type=click.Choice(_ENGINES), metavar="ENGINE")
@click.argument("dataset", metavar="DIR")
@options.output
@options.common
def recipes(engine: str, dataset: str, output: Path | None) -> None:
    """Print the commands that load a dataset of shards into another engine.

    ENGINE is one of oxigraph, virtuoso, qlever, jena, graphdb, neptune, stardog; DIR is what kg build --out
    wrote.

    \b
    Example:
      kg recipes oxigraph shards | sh
    """
    from kg.shards.recipes import recipe

    options.write(recipe(engine, dataset), output)


@click.command()
@click.argument("target", type=click.Path(path_type=Path), metavar="DIR")
@options.store
@options.common
def backup(target: Path, store: Path) -> None:
    """Copy the store's graph to a new folder.

    Readers go on reading meanwhile, and a build building: what is copied is what was published last. The
    digest of each file is kept with it.

    \b
    Example:
      kg backup /mnt/backup/2024-06-01
    """
    from kg import backup as backups

    size = backups.backup(store, target)
    if not options.quiet():
        click.echo(f"{target}: {size:,} bytes")


@click.command()
@click.argument("source", type=click.Path(path_type=Path), metavar="DIR")
@options.store
@options.common
def restore(source: Path, store: Path) -> None:
    """Make the store hold a backup, and nothing else.

    It happens in one step, after each file was held against its digest: one that is damaged leaves the store
    as it was.

    \b
    Example:
      kg restore /mnt/backup/2024-06-01 --store graph
    """
    from kg import backup as backups

    size = backups.restore(source, store)
    if not options.quiet():
        click.echo(f"{store}: {size:,} bytes")
