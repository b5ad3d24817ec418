"""`kg queries`, `kg queries new`, `kg queries lint`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import options


class _Groups(click.Group):
    """A group whose unknown commands are groups of saved queries: `kg queries cascade`."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = super().get_command(ctx, cmd_name)
        if found is not None or cmd_name.startswith("-"):
            return found

        @click.command(cmd_name)
        @options.lang
        @options.common
        def group(lang: str) -> None:
            """List the saved queries of one group."""
            _list(cmd_name, lang)

        return group


@click.group(cls=_Groups, invoke_without_command=True, subcommand_metavar="[GROUP | new | lint]")
@options.lang
@options.common
@click.pass_context
def queries(context: click.Context, lang: str) -> None:
    """List the saved queries, write a new one, or check them.

    They are listed with their parameters, only those of GROUP if one is given. Your own lie in the folders of
    $KG_QUERIES, as GROUP/NAME.rq, and go before ours of the same name.

    \b
    Example:
      kg queries
      kg queries cascade --lang en
      kg queries new organs/silent --class Organ --param since:date
    """
    if context.invoked_subcommand is None:
        _list("", lang)
    else:
        context.default_map = {context.invoked_subcommand: {"lang": lang}}


def _list(group: str, lang: str) -> None:
    from kg import ask

    for saved in ask.saved(group):
        click.echo(f"{saved.name}\n    {ask.text_of(saved.title, lang)}")
        for parameter in saved.params if not options.quiet() else ():
            label = ask.text_of(parameter.label, lang)
            click.echo(
                f"    --param {parameter.name}=…  {label} [{parameter.kind}; {parameter.default.strip()}]"
            )


@queries.command()
@click.argument("name", metavar="GROUP/NAME")
@click.option("--title", default="", metavar="TEXT", help="The question in Vietnamese.")
@click.option("--title-en", default="", metavar="TEXT", help="The question in English.")
@click.option("--class", "class_", default="Document", show_default=True, help="The class that it is about.")
@click.option("--param", "params", multiple=True, metavar="NAME[:TYPE]", help="A parameter; see the example.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where queries lie [default: the first of $KG_QUERIES, else ./queries].",
)
@options.common
def new(
    name: str, title: str, title_en: str, class_: str, params: tuple[str, ...], folder: Path | None
) -> None:
    """Write a new saved query from a template.

    It runs as it is; `kg queries lint` tells what is left to fill in. A TYPE is string, date, integer,
    decimal, boolean, or a class of the ontology.

    \b
    Example:
      kg queries new organs/silent --title "Cơ quan nào im lặng?" --class Organ
      kg queries new documents/late --param since:date --param issuer:Organ
    """
    from kg.ask.new import create, template
    from kg.resources import queries_dirs

    folder = folder or (queries_dirs()[0] if len(queries_dirs()) > 1 else Path("queries"))
    path = create(folder, name, template(name, {"vi": title, "en": title_en}, class_, params))
    click.echo(path)
    if not options.quiet() and folder.resolve() not in {known.resolve() for known in queries_dirs()}:
        click.echo(f"kg: ask it with kg query {path}, or set KG_QUERIES={folder}", err=True)


@queries.command()
@click.argument("names", nargs=-1, metavar="[NAME|FILE]...")
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Ask them of this store too, and compare with what their headers expect.",
)
@options.common
def lint(names: tuple[str, ...], store: Path | None) -> int:
    """Check saved queries: all, or those named.

    Each finding is a line on standard output; the exit code is 1 where there is one.

    \b
    Example:
      kg queries lint
      kg queries lint organs/silent --store kg-store
    """
    import kg
    from kg import ask
    from kg.ask.lint import check, lint

    chosen = [ask.find(name) for name in names] if names else ask.saved()
    findings = [(query, finding) for query in chosen for finding in lint(query)]
    if store is not None:
        with kg.open(store) as graph:
            findings += [(query, finding) for query in chosen for finding in check(query, graph.store)]
    for query, finding in findings:
        click.echo(f"{query.path or query.name}: {finding}")
    if not options.quiet():
        click.echo(f"kg: {len(chosen)} queries, {len(findings)} findings", err=True)
    return 1 if findings else 0
