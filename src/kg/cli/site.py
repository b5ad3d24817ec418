"""`kg site`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import options


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@options.store
@options.common
def site(folder: Path, store: Path) -> None:
    """Write the pages as a static site, for any file host.

    The same pages as `kg serve` has, in both languages: queries answered with their defaults, a search index,
    dumps of the data. A folder that holds such a site is replaced, another that is not empty is refused.

    \b
    Example:
      kg site public
      kg site /srv/www/graph --store kg-store
    """
    from kg.pages.publish import publish
    from kg.store import Store

    with Store.open(store, read_only=True) as opened:
        made = publish(opened, folder)
    if not options.quiet():
        click.echo(f"{made.pages} pages, {made.files} files, {made.size / 1e6:.1f} MB in {folder}", err=True)
