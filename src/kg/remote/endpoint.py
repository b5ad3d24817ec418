"""A remote SPARQL endpoint that answers like the embedded store: the union of its graphs, typed terms.

What servers do differently is settled here, once, from what they answer: whether their default graph is the
union, where the graph's resources are minted, and whether an answer was cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import pyoxigraph as ox

from kg.errors import QueryError, StoreError
from kg.namespaces import CKG, DEFAULT_BASE
from kg.remote.web import Login, Reply, Web, checked
from kg.store import Answer

RESULTS = "application/sparql-results+json"
TRIPLES = "application/n-triples, text/turtle;q=0.9"
# How servers whose default graph stands alone are asked for the union: Oxigraph, Jena, Stardog.
UNIONS = (
    ("union-default-graph", "true"),
    ("default-graph-uri", "urn:x-arq:UnionGraph"),
    ("default-graph-uri", "tag:stardog:api:context:all"),
)
CUT = "X-SPARQL-MaxRows"  # Virtuoso's header, and that of `kg serve`, where an answer was cut
# Virtuoso's labels of blank nodes are addresses, which SPARQL allows no label to be.
_ADDRESS = re.compile(rb'("type":\s*"bnode",\s*"value":\s*")nodeID://')
_FORM = re.compile(
    r"(?:\s+|\#[^\n\r]*|BASE\s*<[^>]*>|PREFIX\s+[^\s:<]*:\s*<[^>]*>)*+(?P<form>SELECT|ASK|CONSTRUCT|DESCRIBE)\b",
    re.IGNORECASE,
)


class Endpoint:
    """A SPARQL endpoint open for queries: a `kg.store.Queryable`.

    `cut` is the number of rows to which the server cut the last answer, else None.
    """

    def __init__(
        self, url: str, login: Login | None = None, *, timeout: float = 60, whole: float | None = None
    ) -> None:
        self.url = checked(url)
        self.web = Web(login, timeout, whole)
        self.cut: int | None = None

    def close(self) -> None:
        """Do nothing: each query is a connection of its own."""

    @cached_property
    def base(self) -> str:
        """The base IRI under which the graph's resources are minted, from the ontology's graph there."""
        sparql = f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ <{CKG.Document}> a ?class }} }}"
        for (name,) in self.rows(sparql):
            if name.endswith("graph/ontology"):
                return name.removesuffix("graph/ontology")
        return DEFAULT_BASE

    @cached_property
    def union(self) -> tuple[tuple[str, str], ...]:
        """The parameters that make the server's default graph the union of its graphs, often none.

        Raises StoreError where no way is found.
        """
        found = self.rows("SELECT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } FILTER(isIRI(?s) && isIRI(?o)) } LIMIT 1")
        if not found:
            return ()
        ask = "ASK { %s %s %s }" % tuple(map(ox.NamedNode, found[0]))  # noqa: UP031
        for parameters in ((), *((union,) for union in UNIONS)):
            try:
                if bool(self.plain(ask, parameters)):
                    return parameters
            except (QueryError, StoreError):
                continue  # a server that refuses a parameter it does not know
        raise StoreError(
            "its default graph is not the union of its graphs, and no known parameter makes it so",
            where=self.url,
            hint="set up the server so, or add its parameter to the address",
        )

    def query(self, sparql: str) -> Answer:
        """Answer a query over the union of all graphs there.

        Raises QueryError with the server's words where it refuses, StoreError where it cannot be reached.
        """
        return self.plain(sparql, self.union)

    def plain(self, sparql: str, parameters: tuple[tuple[str, str], ...] = ()) -> Answer:
        """Answer a query over whatever the server takes for its default graph."""
        match = _FORM.match(sparql)
        if match is None:
            raise QueryError("not a SELECT, ASK, CONSTRUCT or DESCRIBE query")
        form = match["form"].upper()
        tabular = form in ("SELECT", "ASK")
        reply = self._reply(sparql, RESULTS if tabular else TRIPLES, parameters)
        self.cut = _cut(reply)
        try:
            return _results(reply, form) if tabular else _triples(reply)
        except (SyntaxError, ValueError) as error:
            what = reply.media_type or "nothing"
            raise QueryError(f"its answer ({what}) cannot be read ({error})", where=self.url) from None

    def rows(self, sparql: str, parameters: tuple[tuple[str, str], ...] = ()) -> list[tuple[str, ...]]:
        """Answer a SELECT query, like `plain`, as tuples of IRIs and lexical forms."""
        answer = self.plain(sparql, parameters)
        assert isinstance(answer, ox.QuerySolutions)
        return [tuple("" if term is None else str(term.value) for term in solution) for solution in answer]

    def _reply(self, sparql: str, accept: str, parameters: tuple[tuple[str, str], ...]) -> Reply:
        from kg.remote.wrapper import request

        try:
            return self.web.send(request(self.url, sparql, accept, parameters=parameters))
        except StoreError as error:
            if re.match("status (400|500)", error.message):  # Virtuoso says 500 of queries it cannot run
                raise QueryError(error.message, where=error.where) from None
            raise


def _results(reply: Reply, form: str) -> ox.QuerySolutions | ox.QueryBoolean:
    if "html" in reply.media_type:
        raise ValueError("a web page; is this the address of a SPARQL endpoint?")
    syntax = ox.QueryResultsFormat.from_media_type(reply.media_type) or ox.QueryResultsFormat.JSON
    body = _ADDRESS.sub(rb"\1", reply.body)
    answer = ox.parse_query_results(body, format=syntax)
    if form == "ASK" and isinstance(answer, ox.QuerySolutions):
        # Virtuoso answers some questions with a table of one row, or of none.
        yes = "true" if next(answer, None) is not None else "false"
        return ox.parse_query_results(f'{{"head":{{}},"boolean":{yes}}}', format=ox.QueryResultsFormat.JSON)
    if (form == "ASK") != isinstance(answer, ox.QueryBoolean):
        raise ValueError("not what a " + form + " gives")
    if isinstance(answer, ox.QuerySolutions):
        try:
            for (
                _
            ) in answer:  # rows are read when they are asked for: find faults here, where they are expected
                pass
        finally:
            del (
                answer
            )  # a traceback would keep it, until another thread collects it, which pyoxigraph forbids
        return ox.parse_query_results(body, format=syntax)
    return answer


def _triples(reply: Reply) -> Iterator[ox.Triple]:
    form = ox.RdfFormat.from_media_type(reply.media_type)
    if form is None:
        raise ValueError("not a graph")
    # Read to the end here, where faults of the syntax are expected.
    return iter([quad.triple for quad in ox.parse(reply.body, format=form)])


def _cut(reply: Reply) -> int | None:
    value = (reply.headers.get(CUT) or "").strip()
    if not value:
        return None
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else 0
