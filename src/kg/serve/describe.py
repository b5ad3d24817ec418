"""What is served, in RDF: SPARQL service description, VoID and DCAT, saved queries as SHACL executables."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.namespaces import DCAT, DCTERMS, OWL, PREFIXES, RDF, RDFS, SCHEMA, SH, VOID, XSD
from kg.pool.answer import GRAPHS
from kg.serve.app import Service
from kg.serve.dataset import Snapshot
from kg.serve.dumps import DUMPS
from kg.serve.formats import content_type, not_acceptable, wanted
from kg.serve.negotiate import address, etag, not_modified, revalidated
from kg.serve.settings import Settings

if TYPE_CHECKING:
    from kg.ask import SavedQuery

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
_TITLE = {
    "vi": "Đồ thị tri thức về việc triển khai văn bản của Đảng",
    "en": "Knowledge graph of how directives of the Party are carried out",
}
_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV", "Turtle",
    "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads",
)  # fmt: skip

Term = ox.NamedNode | ox.BlankNode | ox.Literal


class _Writer:
    """Collects triples."""

    def __init__(self) -> None:
        self.triples: list[ox.Triple] = []

    def add(self, subject: ox.NamedNode | ox.BlankNode, predicate: str, *objects: Term | str | int) -> None:
        """Add a triple for each object; a text that looks like an IRI is one."""
        for value in objects:
            self.triples.append(ox.Triple(subject, ox.NamedNode(predicate), _term(value)))

    def texts(self, subject: ox.NamedNode, predicate: str, texts: Mapping[str, str]) -> None:
        """Add a text in each of its languages."""
        self.add(subject, predicate, *(ox.Literal(text, language=lang) for lang, text in texts.items()))

    def write(self, form: str) -> bytes:
        """Return the triples in the format with that short name."""
        prefixes = {name: iri for name, iri in PREFIXES.items() if name != "xml"} | {
            "sd": SD,
            "formats": FORMATS,
        }
        return ox.serialize(self.triples, format=GRAPHS[form], prefixes=prefixes) or b""


def _term(value: Term | str | int) -> Term:
    if isinstance(value, int):
        return ox.Literal(str(value), datatype=ox.NamedNode(XSD.integer))
    if isinstance(value, str):
        return ox.NamedNode(value)
    return value


def description(settings: Settings, home: str, form: str) -> bytes:
    """Return the service description of the endpoint under the address `home`, with the saved queries."""
    writer = _Writer()
    _service(writer, home, settings)
    _queries(writer, home)
    return writer.write(form)


def _service(writer: _Writer, home: str, settings: Settings) -> None:
    service, dataset = ox.NamedNode(f"{home}/sparql"), ox.BlankNode("dataset")
    writer.add(service, RDF.type, f"{SD}Service")
    writer.add(service, f"{SD}endpoint", service)
    writer.add(service, f"{SD}supportedLanguage", f"{SD}SPARQL11Query")
    writer.add(service, f"{SD}feature", f"{SD}UnionDefaultGraph")
    if settings.services:
        writer.add(service, f"{SD}feature", f"{SD}BasicFederatedQuery")
    writer.add(service, f"{SD}resultFormat", *(FORMATS + name for name in _FORMATS))
    writer.add(service, f"{SD}defaultDataset", dataset)
    writer.add(dataset, RDF.type, f"{SD}Dataset")
    default = ox.BlankNode("default")
    writer.add(dataset, f"{SD}defaultGraph", default)
    writer.add(default, RDF.type, f"{SD}Graph")
    writer.add(service, RDFS.seeAlso, f"{home}/.well-known/void", f"{home}/limits")


def _queries(writer: _Writer, home: str) -> None:
    """Describe the saved queries, so that editors and other programs can load them from the endpoint."""
    for saved, kind, predicate in _executables():
        query = ox.NamedNode(f"{home}/queries/{saved.name}")
        writer.add(query, RDF.type, f"{SH}SPARQLExecutable", f"{SH}{kind}")
        writer.add(query, f"{SH}{predicate}", ox.Literal(saved.text))
        writer.texts(query, str(RDFS.label), saved.title)
        writer.texts(query, str(RDFS.comment), saved.description)
        writer.add(query, f"{SCHEMA}target", f"{home}/sparql")
        writer.add(query, f"{SCHEMA}keywords", *(ox.Literal(tag) for tag in saved.tags))


@cache
def _executables() -> list[tuple[SavedQuery, str, str]]:
    """Return the saved queries, each with SHACL's class for it and the property that holds its text."""
    from kg import ask

    return [(saved, *_executable(saved.text)) for saved in ask.saved()]


def _executable(text: str) -> tuple[str, str]:
    try:
        found = ox.Store().query(text)  # over nothing: only the form of the query is of interest
    except (SyntaxError, RuntimeError):
        return "SPARQLSelectExecutable", "select"
    if isinstance(found, ox.QueryBoolean):
        return "SPARQLAskExecutable", "ask"
    if isinstance(found, ox.QueryTriples):
        return "SPARQLConstructExecutable", "construct"
    return "SPARQLSelectExecutable", "select"


# ---------------------------------------------------------------------- VoID and DCAT
def void(snapshot: Snapshot, settings: Settings, home: str) -> _Writer:
    """Describe the dataset: how much of what, where it can be asked and downloaded. It blocks: it counts."""
    writer = _Writer()
    data = ox.NamedNode(f"{home}/.well-known/void#dataset")
    writer.add(data, RDF.type, f"{VOID}Dataset", f"{DCAT}Dataset")
    writer.texts(data, f"{DCTERMS}title", _TITLE)
    writer.add(data, f"{DCTERMS}language", ox.Literal("vi"))
    if snapshot.version:
        writer.add(data, f"{OWL}versionInfo", ox.Literal(snapshot.version))
    writer.add(data, f"{VOID}sparqlEndpoint", f"{home}/sparql")
    writer.add(data, f"{VOID}uriSpace", ox.Literal(f"{snapshot.base}id/"))
    writer.add(data, f"{VOID}vocabulary", *(PREFIXES[p] for p in ("ckg", "schema", "prov", "oa", "skos")))
    _counts(writer, data, snapshot)
    for suffix, dump in DUMPS.items():
        target = ox.NamedNode(f"{home}/export.{suffix}")
        if dump.whole:
            writer.add(data, f"{VOID}dataDump", target)
        writer.add(data, f"{DCAT}distribution", place := ox.NamedNode(f"{home}/.well-known/void#{suffix}"))
        writer.add(place, RDF.type, f"{DCAT}Distribution")
        writer.texts(place, f"{DCTERMS}description", dump.holds)
        writer.add(place, f"{DCAT}downloadURL", target)
        writer.add(place, f"{DCAT}mediaType", ox.Literal(dump.media))
    access = ox.NamedNode(f"{home}/.well-known/void#service")
    writer.add(access, RDF.type, f"{DCAT}DataService")
    writer.add(access, f"{DCAT}endpointURL", f"{home}/sparql")
    writer.add(access, f"{DCAT}servesDataset", data)
    _service(writer, home, settings)
    _queries(writer, home)
    return writer


def _counts(writer: _Writer, data: ox.NamedNode, snapshot: Snapshot) -> None:
    one = "SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } } }"
    (total,) = (n for _, n in _pairs(snapshot, one.replace("(COUNT", '("" AS ?x) (COUNT')))
    writer.add(data, f"{VOID}triples", total)
    classes = "SELECT ?x (COUNT(DISTINCT ?s) AS ?n) { ?s a ?x FILTER(isIRI(?x)) } GROUP BY ?x ORDER BY ?x"
    for n, (name, count) in enumerate(_pairs(snapshot, classes)):
        part = ox.BlankNode(f"class{n}")
        writer.add(data, f"{VOID}classPartition", part)
        writer.add(part, f"{VOID}class", name)
        writer.add(part, f"{VOID}entities", count)
    properties = (
        "SELECT ?x (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?x ?o { ?s ?x ?o } } GROUP BY ?x ORDER BY ?x"
    )
    for n, (name, count) in enumerate(_pairs(snapshot, properties)):
        part = ox.BlankNode(f"property{n}")
        writer.add(data, f"{VOID}propertyPartition", part)
        writer.add(part, f"{VOID}property", name)
        writer.add(part, f"{VOID}triples", count)


def _pairs(snapshot: Snapshot, select: str) -> Iterator[tuple[str, int]]:
    for row in snapshot.query(select):  # type: ignore[union-attr]
        yield row["x"].value, int(row["n"].value)


def routes(service: Service) -> list[BaseRoute]:
    """Return /.well-known/void; counted once for each version of the graph."""
    turn = asyncio.Lock()
    kept: dict[tuple[str, str], _Writer] = {}

    async def well_known(request: Request) -> Response:
        form, media = wanted(request, "graph", request.query_params.get("format"))
        if not form:
            raise not_acceptable("graph")
        snapshot, home = service.dataset.current, address(request)
        tag = etag(snapshot.version, home, form) if snapshot.version else ""
        if fresh := not_modified(request, tag):
            return fresh
        async with turn:
            found = kept.get((snapshot.version, home))
            if found is None:
                found = await run_in_threadpool(void, snapshot, service.settings, home)
                kept.clear()
                if snapshot.version:
                    kept[snapshot.version, home] = found
        headers = revalidated(tag) if tag else {"Cache-Control": "no-store", "Vary": "Accept"}
        return Response(found.write(form), headers=headers, media_type=content_type(media))

    return [Route("/.well-known/void", well_known)]
