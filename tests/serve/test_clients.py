"""Clients that others wrote, against a running server."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from typing import Any

import pytest

from serving import Server

LABELS = "SELECT ?s ?l { ?s <http://x/label> ?l } ORDER BY ?s LIMIT 20"


def test_sparqlwrapper(server: Server) -> None:
    from SPARQLWrapper import CSV, JSON, POST, POSTDIRECTLY, RDFXML, TURTLE, XML, SPARQLWrapper

    client: Any = SPARQLWrapper(f"{server.url}/sparql")
    client.setQuery(LABELS)
    for method in ("GET", POST):
        client.setMethod(method)
        for direct in ("urlencoded", POSTDIRECTLY):
            client.setRequestMethod(direct)
            client.setReturnFormat(JSON)
            assert len(client.queryAndConvert()["results"]["bindings"]) == 20
    client.setMethod("GET")
    client.setReturnFormat(XML)
    assert len(client.queryAndConvert().getElementsByTagName("result")) == 20
    client.setReturnFormat(CSV)
    assert len(client.queryAndConvert().decode().splitlines()) == 21
    client.setQuery("CONSTRUCT WHERE { <http://x/7> ?p ?o }")
    client.setReturnFormat(RDFXML)
    assert len(client.queryAndConvert()) == 2
    client.setReturnFormat(TURTLE)
    assert b"Ch\xe1\xbb\x89 th\xe1\xbb\x8b" in client.queryAndConvert()


def test_rdflib_sparqlstore(server: Server) -> None:
    import rdflib
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    graph = rdflib.Graph(SPARQLStore(f"{server.url}/sparql"), identifier="http://g/1")
    assert str(graph.value(rdflib.URIRef("http://x/7"), rdflib.URIRef("http://x/label"))) == "Chỉ thị số 7"
    found = graph.query("SELECT ?o { <http://x/7> <http://x/next> ?o }")
    assert [str(row[0]) for row in found] == ["http://x/50"]  # type: ignore[index]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(server: Server) -> None:
    def curl(*arguments: str) -> str:
        command = ["curl", "-sS", "--fail-with-body", "--compressed", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    url = f"{server.url}/sparql"
    assert (
        len(curl("-G", url, "--data-urlencode", f"query={LABELS}", "-H", "Accept: text/csv").splitlines())
        == 21
    )
    assert json.loads(curl(url, "--data-urlencode", "query=ASK {}"))["boolean"] is True
    direct = curl(url, "-H", "Content-Type: application/sparql-query", "--data-binary", LABELS)
    assert len(json.loads(direct)["results"]["bindings"]) == 20
    assert "sd:endpoint" in curl(url)
    assert "SPARQL11Query" in curl(url, "-H", "Accept: application/n-triples")


def test_pandas_reads_csv(server: Server) -> None:
    pandas = pytest.importorskip("pandas")
    from urllib.parse import urlencode

    frame = pandas.read_csv(f"{server.url}/sparql?{urlencode({'query': LABELS, 'format': 'csv'})}")
    assert list(frame.columns) == ["s", "l"]
    assert len(frame) == 20
    assert frame["l"].str.startswith("Chỉ thị số").all()


def test_the_standard_library_reads_csv(server: Server) -> None:
    rows = list(csv.DictReader(io.StringIO(server.ask(LABELS, "text/csv").text)))
    assert [row["s"] for row in rows] == sorted(row["s"] for row in rows)
