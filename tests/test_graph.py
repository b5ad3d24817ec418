"""The Python API: what a program of somebody else's relies on."""

from __future__ import annotations

import io
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

import kg
from kg.errors import StoreError

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("api") / "store"
    result = kg.build([SEEDS], path)
    assert result.ok
    assert len(result.converted) == result.articles == 5
    assert sum(result.facts.values()) > 100
    assert result.entities["Document"] > 5
    assert result.store == path
    assert result.seconds > 0
    return path


def test_names_are_found_when_used() -> None:
    names = {"build", "open", "connect", "Graph", "Remote", "BuildResult", "KgError", "__version__"}
    assert names == set(kg.__all__) <= set(dir(kg))
    with pytest.raises(AttributeError, match="has no attribute 'frob'"):
        kg.frob  # type: ignore[attr-defined]  # noqa: B018


def test_queries_by_name_by_text_and_with_parameters(store: Path) -> None:
    with kg.open(store) as graph:
        names = {query.name for query in graph.queries()}
        assert "cascade/tree" in names
        assert {query.group for query in graph.queries("cascade")} == {"cascade"}
        table = graph.query("cascade/tree", directive="32-CT/TW")
        assert "document" in table.columns
        assert table.dicts()
        count = graph.query("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }")
        assert isinstance(count.rows[0][0], ox.Literal)
        with pytest.raises(kg.KgError, match="not valid SPARQL"):
            graph.query("SELECT { oops")


def test_show_and_explain(store: Path) -> None:
    with kg.open(store) as graph:
        assert "32-CT/TW" in graph.show("32-CT/TW").label
        (fact,) = graph.explain("221-KH/TU", "implements")
        assert "32-CT/TW" in fact.words
        assert fact.sentences


def test_validation(store: Path) -> None:
    with kg.open(store) as graph:
        report = graph.validate()
    assert not report.conforms
    assert report.counts()["warning"] >= 3  # the sources disagree …
    assert report.counts().get("violation", 0) == 0  # … and our graph is right


def test_rdflib_gets_every_quad_letter_for_letter(store: Path) -> None:
    with kg.open(store) as graph:
        dataset = graph.to_rdflib()
        expected = ox.Dataset(graph.store.quads())
        stream = io.BytesIO()
        graph.export(stream, "nquads")
    assert dataset.default_union
    found = ox.Dataset(ox.parse(dataset.serialize(format="nquads"), ox.RdfFormat.N_QUADS))
    for quads in (found, expected):
        quads.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert found == expected
    exported = rdflib.Dataset()
    exported.parse(data=stream.getvalue(), format="nquads")
    assert len(exported) == len(dataset)


def test_a_closed_graph_says_so(store: Path) -> None:
    graph = kg.open(store)
    assert len(graph) > 1000
    graph.close()
    with pytest.raises(StoreError, match="closed"):
        len(graph)


def test_a_base_of_ones_own(tmp_path: Path) -> None:
    kg.build([SEEDS], tmp_path / "s", base="https://kg.example.vn/")
    with kg.open(tmp_path / "s") as graph:
        rows = graph.query("SELECT ?a { ?a a <https://w3id.org/cascade-kg/ontology#Article> }").rows
        assert len(rows) == 5
        assert all(str(row[0]).startswith("<https://kg.example.vn/id/article/") for row in rows)
        stream = io.BytesIO()
        graph.export(stream, "nquads")
    assert b"<https://w3id.org/cascade-kg/id/" not in stream.getvalue()
    assert b"<https://w3id.org/cascade-kg/graph/" not in stream.getvalue()
