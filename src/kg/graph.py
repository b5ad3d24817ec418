"""The graph as Python programs use it; the command line does nothing that is not here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Generic, Self, TypeVar

import pyoxigraph as ox

from kg.namespaces import XSD
from kg.store import Queryable, Store, default_path

if TYPE_CHECKING:
    import rdflib

    from kg.ask import SavedQuery, Table, Value
    from kg.check import Report
    from kg.explain import Explained
    from kg.remote import Endpoint  # noqa: F401  named in the base of Remote
    from kg.search import Hit
    from kg.show import Card

S = TypeVar("S", bound=Queryable)


def open(store: str | os.PathLike[str] | None = None) -> Graph:  # noqa: A001  kg.open(...), on purpose
    """Open a built graph for reading; `store` defaults to $KG_STORE or ./kg-store.

    The graph stays as it is while it is open, even if a build publishes a new one. Raises KgError where there
    is no store or another version wrote it.
    """
    return Graph(Store.open(store if store is not None else default_path(), read_only=True))


def connect(
    url: str, scheme: str = "none", user: str = "", secret: str = "", *, timeout: float = 60
) -> Remote:
    """Return the graph behind the SPARQL endpoint `url`; `scheme` is none, basic, digest or bearer.

    `secret` is the password or the token, `timeout` seconds are waited for an answer. Nothing is asked yet.
    Raises KgError where `url` is no http(s) address.
    """
    from kg.remote import Endpoint, Login

    return Remote(Endpoint(url, Login(scheme, user, secret), timeout=timeout))


class Asked(Generic[S]):
    """What any store answers, here or elsewhere: a context manager around `store`."""

    def __init__(self, store: S) -> None:
        self.store = store

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files and connections."""
        self.store.close()

    @staticmethod
    def queries(group: str = "") -> list[SavedQuery]:
        """Return the saved queries, or those of one group. Raises QueryError for an unknown group."""
        from kg import ask

        return ask.saved(group)

    def query(self, query: str | SavedQuery, /, **params: Value) -> Table:
        """Ask a saved query ("cascade/tree"), a query file or SPARQL text.

        `params` are values as people type them ("32-CT/TW"), Python values or pyoxigraph terms; those left
        out keep the query's default. The table has `columns`, `rows` of pyoxigraph terms (None: not bound)
        and `dicts()`. Raises QueryError: unknown query or parameter, a name that fits nothing or several
        things, invalid SPARQL.
        """
        from kg import ask

        if isinstance(query, str) and ("{" in query or "\n" in query):
            query = ask.parse(query)
        return ask.run(self.store, query, params)

    def show(self, entity: str, lang: str = "vi") -> Card:
        """Return what is known of one thing, and for a document its cascade. Raises QueryError."""
        from kg import show

        return show.card(self.store, entity, lang)

    def explain(
        self, subject: str, predicate: str = "", object_: str = "", lang: str = "vi"
    ) -> list[Explained]:
        """Return the facts about `subject` with the sentences and rules behind them. Raises QueryError."""
        from kg.explain import explain

        return explain(self.store, subject, predicate, object_, lang)


class Remote(Asked["Endpoint"]):
    """A graph behind a SPARQL endpoint: it answers, shows and explains like one on disk."""

    def query(self, query: str | SavedQuery, /, **params: Value) -> Table:
        """As `Asked.query`; the table's `cut` is the number of rows that the server cut it to, if it did."""
        table = super().query(query, **params)
        return replace(table, cut=self.store.cut)

    def validate(
        self,
        shapes: Sequence[Path | str] | None = None,
        engine: str = "auto",
        limit: int | None = None,
        baseline: Report | None = None,
    ) -> Report:
        """As `Graph.validate`; all graphs are fetched first. Raises StoreError where answers are cut."""
        from kg.check import validate_quads
        from kg.remote import fetch

        return validate_quads(fetch(self.store), shapes, engine, limit, baseline)


class Graph(Asked[Store]):
    """A graph open for reading: a context manager whose methods answer, show, check and write.

    `len(graph)` is the number of its quads.
    """

    def __len__(self) -> int:
        return len(self.store)

    def search(self, text: str, *, kind: str = "", limit: int = 20, lang: str = "vi") -> list[Hit]:
        """Return what `text` may name, best first, whether accents are typed or not: "chi thi 25", "bct".

        `kind` is one of `kg.search.KINDS` ("Document"). Raises QueryError for a text without a word.
        """
        from kg.search import Search

        index = Search.of(self.store)
        try:
            return index.find(text, kind=kind, limit=limit, lang=lang)
        finally:
            index.close()

    def validate(
        self,
        shapes: Sequence[Path | str] | None = None,
        engine: str = "auto",
        limit: int | None = None,
        baseline: Report | None = None,
    ) -> Report:
        """Check the graph against our shapes, or those in the files `shapes`.

        `report.conforms` is SHACL's answer, `report.results` name focus node, articles and sentences; `limit`
        bounds what is listed, never what is counted; `baseline` is an earlier report to compare with. Raises
        ShapesError where validation cannot run.
        """
        from kg.check import validate_store

        return self._in_files(validate_store(self.store.engine, shapes, engine, True, limit, baseline))

    def locate(self, report: Report) -> Report:
        """Return a report of any engine with the sentences, names and files that this graph knows."""
        from kg.check import located

        return self._in_files(located(report, self.store.engine))

    def _in_files(self, report: Report) -> Report:
        from kg.manifest import Manifest

        read = Manifest.read(self.store.folder).articles
        return report.in_files({stem: record.path for stem, record in read.items()})

    def export(
        self,
        target: str | os.PathLike[str] | BinaryIO,
        format: str = "turtle",  # noqa: A002  the word that everybody uses for it
        graphs: Sequence[str] = (),
    ) -> None:
        """Write the graph to a file or a binary stream; see `kg.export.export`."""
        from kg.export import export

        export(self.store, target, format, graphs)

    def to_rdflib(self) -> rdflib.Dataset:
        """Return a copy in rdflib: a `Dataset` whose default graph is the union; literals are as written."""
        import rdflib

        dataset = rdflib.Dataset(default_union=True)
        graphs: dict[str, rdflib.Graph] = {}

        def node(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> rdflib.term.Node:
            if isinstance(term, ox.NamedNode):
                return rdflib.URIRef(term.value)
            if isinstance(term, ox.BlankNode):
                return rdflib.BNode(term.value)
            if isinstance(term, ox.Literal):
                if term.language:
                    return rdflib.Literal(term.value, lang=term.language)
                datatype = None if term.datatype == _STRING else rdflib.URIRef(term.datatype.value)
                return rdflib.Literal(term.value, datatype=datatype, normalize=False)
            raise TypeError("rdflib has no triple terms")

        for subject, predicate, object_, name in self.store.quads():
            iri = name.value if isinstance(name, ox.NamedNode) else ""
            graph = graphs.get(iri)
            if graph is None:
                graph = graphs[iri] = dataset.graph(rdflib.URIRef(iri)) if iri else dataset.default_graph
            graph.add((node(subject), node(predicate), node(object_)))
        return dataset


_STRING = ox.NamedNode(XSD.string)
