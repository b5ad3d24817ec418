"""Clients that others wrote, with their own HTTP stacks, against `kg serve`: Comunica from npm."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import ask, builder
from kg.namespaces import CKG, RDFS
from kg.store import Store
from serving import running

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clients") / "store"
    builder.build([SEEDS], path)
    return path


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    """The address of `kg serve`'s endpoint."""
    command = [sys.executable, "-m", "kg", "serve", "--store", str(folder), "--port", "0"]
    with running(command, folder.with_name("serve-errors")) as server:
        yield f"{server.url}/sparql"


QUESTIONS = [
    f"SELECT DISTINCT ?s ?o WHERE {{ ?s <{CKG.implements}> ?o }}",
    f'SELECT DISTINCT ?s WHERE {{ ?s <{RDFS.label}> "Bộ Chính trị"@vi }}',
    "SELECT (COUNT(DISTINCT ?g) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }",
]  # fmt: skip


@pytest.mark.parametrize("sparql", QUESTIONS)
def test_comunica_gets_the_same_rows(
    sparql: str, served: str, folder: Path, node_script: Callable[[str, str, str], str]
) -> None:
    found = json.loads(node_script("ask.mjs", served, sparql))
    rows = Counter(
        tuple(sorted((k, v["value"]) for k, v in row.items())) for row in found["results"]["bindings"]
    )
    with Store.open(folder, read_only=True) as store:
        own = json.loads(ask.table.to_json(ask.collect(store.query(sparql))))["results"]["bindings"]
    assert rows == Counter(tuple(sorted((k, v["value"]) for k, v in row.items())) for row in own)
    assert rows


def test_comunica_constructs_and_asks(served: str, node_script: Callable[[str, str, str], str]) -> None:
    assert json.loads(node_script("ask.mjs", served, "ASK { ?s ?p ?o }"))["boolean"] is True
    made = node_script(
        "ask.mjs", served, "CONSTRUCT { ?s <urn:p> ?o } WHERE { SELECT ?s ?o { ?s ?p ?o } LIMIT 3 }"
    )
    assert 1 <= len(list(ox.parse(made, ox.RdfFormat.N_TRIPLES))) <= 3
