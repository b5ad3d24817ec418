"""`kg evaluate`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli import options


@click.command()
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DATASET|SOURCE...")
@click.argument("gold", type=click.Path(path_type=Path), metavar="GOLD.jsonl")
@click.option("--misses", is_flag=True, help="List what was missed and what was too much, with its sentence.")
@click.option("--json", "as_json", is_flag=True, help="Figures as JSON.")
@click.option("--only", metavar="ID,...", help="Only these articles of the gold file.")
@options.output
@options.common
def evaluate(
    data: tuple[Path, ...], gold: Path, misses: bool, as_json: bool, only: str | None, output: Path | None
) -> int:
    """Measure a dataset, or the reading of articles, against annotated facts.

    DATASET is a store, a TriG or an N-Quads file; SOURCEs are articles, which are converted for this alone.
    GOLD.jsonl holds the facts of one article a line (tests/gold/README.md says how they are annotated).
    Precision, recall and F1 are given for each kind of fact.

    \b
    Example:
      kg evaluate kg-store tests/gold/seeds.jsonl
      kg evaluate seeds tests/gold/seeds.jsonl --misses
    """
    from kg import evaluate as measure
    from kg import read

    ids = [part for part in (only or "").split(",") if part] or None
    if len(data) == 1 and measure.is_dataset(data[0]):
        evaluation = measure.evaluate(data[0], gold, only=ids)
    else:
        evaluation = measure.evaluate(measure.converted(read.sources(data)), gold, only=ids)
    text = evaluation.json(misses=misses) if as_json else evaluation.text(misses=misses)
    if not options.quiet() or output:
        options.write(text + "\n", output)
    return 0
