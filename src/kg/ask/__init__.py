"""Asking: saved queries with typed parameters, names as people type them, answers as tables.

`saved` lists the queries, `run` asks one, `render` writes the answer, `resolve` finds the thing that a name
means.
"""

from __future__ import annotations

from collections.abc import Mapping

from kg.ask.bind import Value, bind, refuse_federation
from kg.ask.names import labels
from kg.ask.resolve import Candidate, UnclearNameError, candidates, resolve
from kg.ask.saved import Parameter, SavedQuery, find, groups, parse, saved, text_of
from kg.ask.table import FORMATS, Table, collect, render, to_rich
from kg.store import Queryable

__all__ = [
    "FORMATS", "Candidate", "Parameter", "SavedQuery", "Table", "UnclearNameError", "Value", "bind",
    "candidates", "collect", "find", "groups", "labels", "parse", "refuse_federation", "render", "resolve",
    "run", "saved", "text_of", "to_rich",
]  # fmt: skip


def run(store: Queryable, query: str | SavedQuery, params: Mapping[str, Value] | None = None) -> Table:
    """Ask a saved query by name, a query file, "-" for one on standard input, or a `SavedQuery`.

    `params` are values as people type them ("32-CT/TW"), Python values or terms; those left out keep their
    default. Raises QueryError: no such query or parameter, an unclear name (UnclearNameError), SPARQL that
    is not a query.
    """
    chosen = find(query) if isinstance(query, str) else query
    return collect(store.query(bind(store, chosen, params)))
