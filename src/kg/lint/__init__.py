"""Ontology, shapes and queries looked over: what the parsers accept and people or other engines do not.

The rules are shapes (ontology/lint/*.ttl). Read the files → write down, as triples, which terms they use on
which line and what their queries compare (`kg.lint.facts`) → validate files and facts together → name file
and line of each finding. So findings have severities, hints, both languages and all report formats, and a new
rule is a few lines of Turtle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pyoxigraph import Store

from kg.check import Report, load_shapes, validate_store
from kg.lint import facts
from kg.lint.places import placed
from kg.lint.sources import own_sources, read_sources
from kg.resources import ontology_dir

__all__ = ["lint"]


def lint(paths: Sequence[Path] = (), limit: int | None = None) -> Report:
    """Look over Turtle and query files (.ttl, .rq), or, where none is named, over all of ours and our code.

    Terms of our ontology are known in both cases. Raises KgError for a file that cannot be read.
    """
    chosen = read_sources(paths) if paths else own_sources()
    rules = load_shapes(sorted((ontology_dir() / "lint").glob("*.ttl")))
    store = Store()
    store.bulk_extend(facts.of(chosen, whole=not paths))
    report = validate_store(store, rules, "compiled", limit=limit)
    return replace(placed(report, chosen), engine="kg lint")
