"""Where a worker's answers come from: quads on this machine, or a SPARQL endpoint elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import pyoxigraph as ox

from kg.pool.answer import QueryFault, Question, require_syntax
from kg.sparql.text import has_dataset_clause

_NOWHERE = "urn:x-kg:no-such-graph"


class Source(Protocol):
    """Answers queries; `cut` is the number of rows to which the last answer was cut already, else None."""

    @property
    def cut(self) -> int | None:
        """See above."""

    def results(self, question: Question) -> object:
        """Return what the engine gives. Raises QueryFault, or what the engine raises."""


class Here:
    """A store on this machine."""

    cut: int | None = None

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    @classmethod
    def open(cls, quads: str) -> Here:
        """Open a folder of quads for reading. Raises OSError."""
        store = ox.Store.read_only(quads)
        store.query("ASK { GRAPH ?g { ?s ?p ?o } }")  # what is opened late is opened now
        return cls(store)

    def results(self, question: Question) -> object:
        """Answer over the protocol's dataset, else the query's own, else all graphs."""
        options: dict[str, Any] = {"base_iri": question.base or None}
        if question.default_graphs is not None or question.named_graphs is not None:
            options["default_graph"] = [ox.NamedNode(iri) for iri in question.default_graphs or ()]
            options["named_graphs"] = [ox.NamedNode(iri) for iri in question.named_graphs or ()]
        else:
            # The engine's union flag overrides FROM without a word.
            options["use_default_graph_as_union"] = not has_dataset_clause(question.query)
        return self._store.query(question.query, **options)


class Elsewhere:
    """An endpoint that is asked over HTTP, of graphs that it has: some servers would fetch others."""

    def __init__(self, url: str, login: Sequence[str], timeout: float) -> None:
        from kg.remote import Endpoint, Login

        self._endpoint = Endpoint(url, Login(*login), timeout=timeout)
        self.cut: int | None = None

    def results(self, question: Question) -> object:
        """Pass the query on. Raises QueryFault: refused there, out of reach, or a dataset of its own."""
        from kg.errors import QueryError, StoreError

        if has_dataset_clause(question.query):
            detail = "FROM is not passed on to a remote store: use default-graph-uri and named-graph-uri"
            raise QueryFault("forbidden", detail)
        try:
            parameters = self._dataset(question)
            ask = self._endpoint.query if parameters is None else self._endpoint.plain
            results = ask(question.query, *([parameters] if parameters is not None else []))
            self.cut = self._endpoint.cut
            return results
        except QueryError as error:
            _check_syntax(question.query)
            raise QueryFault("query-failed", error.message) from None
        except StoreError as error:
            raise QueryFault("upstream", error.message) from None

    def _dataset(self, question: Question) -> tuple[tuple[str, str], ...] | None:
        """Return the protocol's dataset as parameters, without the graphs that are not there."""
        if question.default_graphs is None and question.named_graphs is None:
            return None
        defaults = [("default-graph-uri", iri) for iri in question.default_graphs or () if self._has(iri)]
        named = [("named-graph-uri", iri) for iri in question.named_graphs or () if self._has(iri)]
        return (*(defaults or [("default-graph-uri", _NOWHERE)]), *(named or [("named-graph-uri", _NOWHERE)]))

    def _has(self, graph: str) -> bool:
        return bool(self._endpoint.plain(f"ASK {{ GRAPH {ox.NamedNode(graph)} {{ ?s ?p ?o }} }}"))


def _check_syntax(query: str) -> None:
    """Raise QueryFault with line and column where our own parser does not like the query either."""
    if "service" in query.lower():
        return  # parsing it here would ask
    require_syntax(query)
