"""W3C's suites: SPARQL 1.1 Protocol, Service Description, and the readable part of Graph Store Protocol."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from serving import Reply, Server, Start

SUITES = Path(__file__).parents[3] / "shared" / "w3c" / "sparql11"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
SD = "http://www.w3.org/ns/sparql-service-description#"
DATA = "http://kasei.us/2009/09/sparql/data/"
NAME = "http://xmlns.com/foaf/0.1/name"
FORMATS = {
    "boolean": ("application/sparql-results+json", "application/sparql-results+xml"),
    "tabular": (
        "application/sparql-results+json", "application/sparql-results+xml", "text/csv",
        "text/tab-separated-values",
    ),
    "RDF": ("text/turtle", "application/n-triples", "application/rdf+xml"),
}  # fmt: skip

pytestmark = pytest.mark.skipif(not SUITES.is_dir(), reason="the W3C suites are not here (../shared/w3c)")


def _name(term: Any) -> str:
    return str(term.value).rpartition("#")[2]


class Manifest:
    """A manifest in W3C's vocabularies for tests and HTTP."""

    def __init__(self, path: Path) -> None:
        self._store = ox.Store()
        if path.exists():
            self._store.load(path=path, format=ox.RdfFormat.TURTLE, base_iri="http://m/")

    def values(self, subject: Any, predicate: str) -> list[Any]:
        return [q.object for q in self._store.quads_for_pattern(subject, ox.NamedNode(predicate), None)]

    def value(self, subject: Any, predicate: str) -> Any:
        return next(iter(self.values(subject, predicate)), None)

    def members(self, head: Any) -> Iterator[Any]:
        rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        while head is not None and head.value != f"{rdf}nil":
            yield self.value(head, f"{rdf}first")
            head = self.value(head, f"{rdf}rest")

    def requests(self, name: str) -> list[Any]:
        """The requests of one test, in order."""
        found = self._store.quads_for_pattern(None, ox.NamedNode(f"{MF}action"), None)
        (action,) = [q.object for q in found if _name(q.subject) == name]
        return list(self.members(self.value(action, f"{HT}requests")))

    def names(self) -> list[str]:
        found = self._store.quads_for_pattern(None, ox.NamedNode(f"{MF}action"), None)
        return sorted(
            q.subject.value.rpartition("#")[2] for q in found if isinstance(q.subject, ox.NamedNode)
        )

    def send(self, server: Server, request: Any, path: tuple[str, str]) -> Reply:
        """Send one of the manifest's requests, its path moved to where ours is."""
        target = self.value(request, f"{HT}absolutePath").value.replace(*path, 1)
        headers = {"Host": "www.example"}
        for header in self.members(self.value(request, f"{HT}headers")):
            name = self.value(header, f"{HT}fieldName").value
            headers[name] = self.value(header, f"{HT}fieldValue").value
        body = None
        if (content := self.value(request, f"{HT}body")) is not None:
            encoding = self.value(content, f"{CNT}characterEncoding")
            body = self.value(content, f"{CNT}chars").value.encode(encoding.value if encoding else "utf-8")
        return server.send(self.value(request, f"{HT}methodName").value, target, body, headers)

    def check(self, reply: Reply, request: Any) -> None:
        """Compare a reply with what the manifest expects."""
        expected = self.value(request, f"{HT}resp")
        statuses = [status.value for status in self.values(expected, f"{MF}expectedStatus")]
        family = f"StatusCode{reply.status // 100}xx"
        names = {200: "OK", 404: "NotFound"}
        assert any(s.endswith((family, f"#{names.get(reply.status)}")) for s in statuses), (reply, statuses)
        if (form := self.value(expected, f"{MF}expectedFormat")) is not None:
            assert reply.headers["content-type"].partition(";")[0] in FORMATS[form.value]
        if (boolean := self.value(expected, f"{MF}expectedBoolean")) is not None:
            assert reply.json()["boolean"] is (boolean.value == "true")


PROTOCOL = Manifest(SUITES / "protocol" / "manifest.ttl")
NAMES = PROTOCOL.names() if SUITES.is_dir() else []


@pytest.fixture(scope="module")
def server(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A server over the suites' graphs, each under the name that its manifest gives it."""
    path = tmp_path_factory.mktemp("w3c") / "data.nq"
    # The suite names a graph by its address (ours begins with /graphs), or in a parameter, which stays.
    places = ("graphs/person/1", "gsp/person/1", "gsp/person/%31")
    lines = [f'<http://x/1> <{NAME}> "A" <http://www.example/{place}.ttl> .' for place in places]
    for n in (1, 2, 3):
        text = (SUITES / "protocol" / f"data{n}.nt").read_text("ascii").strip()
        lines.append(text.removesuffix(".") + f"<{DATA}data{n}.rdf> .")
    path.write_text("\n".join(lines) + "\n", "ascii")
    return start(path, hosts=["www.example"])


def test_the_manifest_is_read() -> None:
    counts = {kind: sum(n.startswith(kind) for n in NAMES) for kind in ("query_", "bad_", "update_")}
    assert counts == {"query_": 13, "bad_": 14, "update_": 7}


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith(("query_", "bad_"))])
def test_protocol(server: Server, name: str) -> None:
    """Queries as the manifest says; a wrong update is refused as a wrong request here too."""
    for request in PROTOCOL.requests(name):
        PROTOCOL.check(PROTOCOL.send(server, request, ("/sparql/", "/sparql")), request)


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("update_")])
def test_updates_are_refused(server: Server, name: str) -> None:
    before = server.get("/export.nq.gz").body
    reply = PROTOCOL.send(server, PROTOCOL.requests(name)[0], ("/sparql/", "/sparql"))
    assert (reply.status, reply.problem) == (403, "read-only")
    assert server.get("/export.nq.gz").body == before


# ---------------------------------------------------------------------- service description
@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/n-triples", None])
def test_service_description(server: Server, accept: str | None) -> None:
    reply = server.get("/sparql", accept)
    assert reply.status == 200  # returns-rdf
    media = reply.headers["content-type"].partition(";")[0]
    assert media == (accept or "text/turtle")
    graph = ox.Store()
    form = ox.RdfFormat.from_media_type(media)
    assert form is not None
    graph.load(reply.body, form)
    endpoint = ox.NamedNode(f"{server.url}/sparql")
    found = graph.quads_for_pattern(None, ox.NamedNode(f"{SD}endpoint"), endpoint)
    services = [quad.subject for quad in found]
    assert len(services) == 1  # has-endpoint-triple
    # conforms-to-schema: each property of sd: on what it belongs to, with a value of its range
    rdf_type = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    for predicate, domain, range_ in (
        ("endpoint", "Service", None), ("supportedLanguage", "Service", "SPARQL11Query"),
        ("feature", "Service", "UnionDefaultGraph"), ("defaultDataset", "Service", "Dataset"),
        ("defaultGraph", "Dataset", "Graph"), ("resultFormat", "Service", None),
    ):  # fmt: skip
        quads = list(graph.quads_for_pattern(None, ox.NamedNode(SD + predicate), None))
        assert quads, predicate
        for quad in quads:
            assert next(graph.quads_for_pattern(quad.subject, rdf_type, ox.NamedNode(SD + domain)), None)
            if range_ in ("Dataset", "Graph"):
                assert isinstance(quad.object, ox.BlankNode)
                assert next(graph.quads_for_pattern(quad.object, rdf_type, ox.NamedNode(SD + range_)), None)
            elif range_:
                assert quad.object == ox.NamedNode(SD + range_)


def test_the_saved_queries_are_described(server: Server) -> None:
    graph = ox.Store()
    graph.load(server.get("/.well-known/void", "application/n-triples").body, ox.RdfFormat.N_TRIPLES)
    rows = graph.query("""
        PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX void: <http://rdfs.org/ns/void#>
        PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX schema: <https://schema.org/>
        SELECT ?query ?text ?triples { ?query a sh:SPARQLExecutable ; sh:select|sh:construct ?text ;
          schema:target ?endpoint . ?data void:sparqlEndpoint ?endpoint ; void:triples ?triples ;
          dcat:distribution/dcat:downloadURL ?dump FILTER(STRENDS(STR(?dump), ".nq.gz")) }""")
    assert isinstance(rows, ox.QuerySolutions)
    found: list[Any] = [(row["query"], row["text"], row["triples"]) for row in rows]
    assert len(found) >= 25
    assert {triples.value for _, _, triples in found} == {"4"}
    for _, text, _ in found:
        ox.Store().query(text.value)


# ---------------------------------------------------------------------- graph store
GRAPH_STORE = [
    (Manifest(SUITES / "graph-store-protocol" / f"manifest-{way}.ttl"), way) for way in ("direct", "indirect")
]
READS = [
    (manifest, f"{way}-{name}", request)
    for manifest, way in GRAPH_STORE
    for name in (manifest.names() if SUITES.is_dir() else ())
    for request in manifest.requests(name)
    if manifest.value(request, f"{HT}methodName").value in ("GET", "HEAD")
    and "$LOCATION$" not in manifest.value(request, f"{HT}absolutePath").value  # where a write before it went
]


@pytest.mark.parametrize(("manifest", "name", "request_"), READS, ids=[name for _, name, _ in READS])
def test_graph_store_reads(server: Server, manifest: Manifest, name: str, request_: Any) -> None:
    """Each GET and HEAD of the suite. What comes before it there is a write; here the graphs lie ready."""
    reply = manifest.send(server, request_, ("/gsp", "/graphs"))
    manifest.check(reply, request_)
    if reply.status == 200:
        assert reply.headers["content-type"] == "text/turtle; charset=utf-8"
        if reply.body:
            assert {str(t.predicate.value) for t in ox.parse(reply.body, ox.RdfFormat.TURTLE)} >= {NAME}


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("target", ["/graphs?default", "/graphs/person/1.ttl"])
def test_graph_store_writes_are_refused(server: Server, method: str, target: str) -> None:
    reply = server.send(method, target, b"<s> <p> <o> .", {"Content-Type": "text/turtle"})
    assert (reply.status, reply.problem) == (405, "method-not-allowed")
    assert "GET" in reply.headers["allow"]
