"""The store: union, atomic replacement, locks, versions, and what is left when a writer is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import QueryError, StoreError
from kg.store import Store, default_path

BASE = "https://example.org/"


def nquads(graph: str, n: int = 3, word: str = "chỉ thị") -> str:
    return "".join(f'<urn:s{i}> <urn:p> "{word} {i}"@vi <{graph}> .\n' for i in range(n))


def numbers(store: Store, sparql: str) -> list[int]:
    answer = store.query(sparql)
    assert isinstance(answer, ox.QuerySolutions)
    values = [row[0] for row in answer]
    return [int(value.value) for value in values if isinstance(value, ox.Literal)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    with Store.open(path, create=True, base=BASE) as store:
        store.replace([], nquads("urn:a") + nquads("urn:b", 5))
    return path


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("graph-"))


def test_default_graph_is_the_union(folder: Path) -> None:
    with Store.open(folder, read_only=True) as store:
        assert numbers(store, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s <urn:p> ?o }") == [5]
        assert numbers(store, "SELECT (COUNT(*) AS ?n) { GRAPH <urn:a> { ?s <urn:p> ?o } }") == [3]
        assert store.graphs() == ["urn:a", "urn:b"]
        assert len(list(store.quads("urn:a"))) == 3
        assert len(store) == len(list(store.quads())) == 8


def test_replace_changes_only_the_graphs_it_names(folder: Path) -> None:
    with Store.open(folder) as store:
        store.replace(["urn:a", "urn:never-there"], nquads("urn:a", 1) + nquads("urn:c", 2))
    with Store.open(folder, read_only=True) as store:
        counts = {graph: len(list(store.quads(graph))) for graph in store.graphs()}
    assert counts == {"urn:a": 1, "urn:b": 5, "urn:c": 2}
    assert len(generations(folder)) == 1


def test_large_text_takes_the_bulk_loader(tmp_path: Path) -> None:
    text = nquads("urn:a", 30_000)
    assert len(text) > 1_000_000
    with Store.open(tmp_path, create=True, base=BASE) as store:
        store.replace([], text)
        assert len(store) == 30_000


def test_an_exception_drops_the_changes(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), Store.open(folder) as store:  # noqa: PT012  the block is the test
        store.replace(["urn:a", "urn:b"], "")
        assert len(store) == 0
        raise ZeroDivisionError
    with Store.open(folder, read_only=True) as store:
        assert len(store) == 8
    assert len(generations(folder)) == 1


def test_invalid_nquads_leave_the_old_graph(folder: Path) -> None:
    with pytest.raises(StoreError, match="not valid N-Quads"), Store.open(folder) as store:
        store.replace(["urn:a"], nquads("urn:a") + "<urn:s> <not an iri> <urn:o> <urn:a> .\n")
    with Store.open(folder, read_only=True) as store:
        assert len(store) == 8


def test_readers_keep_their_generation(folder: Path) -> None:
    reader = Store.open(folder, read_only=True)
    for size in (7, 9, 11):
        with Store.open(folder) as writer:
            writer.replace(["urn:a", "urn:b"], nquads("urn:a", size))
            assert len(reader) == 8
    assert len(list(reader.quads())) == 8
    assert len(generations(folder)) == 2  # the one being read, and the newest
    reader.close()
    with Store.open(folder) as writer:
        writer.replace(["urn:a"], "")
    assert len(generations(folder)) == 1


def test_a_committed_store_goes_on_answering_but_not_writing(folder: Path) -> None:
    with Store.open(folder) as store:
        store.replace(["urn:a"], "")
        store.commit()
        assert len(store) == 5
        with pytest.raises(StoreError, match="reading only"):
            store.replace(["urn:b"], "")


def test_two_writers_are_refused(folder: Path) -> None:
    with Store.open(folder), pytest.raises(StoreError, match="another program is writing"):
        Store.open(folder)
    Store.open(folder).close()


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store here — run kg build"):
        Store.open(tmp_path / "none", read_only=True)
    with pytest.raises(StoreError, match="no store here"):
        Store.open(tmp_path)
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(StoreError, match="not a folder"):
        Store.open(file, read_only=True)
    with pytest.raises(StoreError, match=r"holds other files \(file\)"):
        Store.open(tmp_path, create=True, base=BASE)


def test_another_version(folder: Path) -> None:
    pointer = json.loads((folder / "store.json").read_text())
    pointer |= {"layout": 99, "program": "7.0"}
    (folder / "store.json").write_text(json.dumps(pointer))
    for read_only in (True, False):
        with pytest.raises(StoreError, match=r"another version wrote this store \(layout 99, kg 7.0"):
            Store.open(folder, read_only=read_only)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"layout": 1}', "\x00", '"x"'])
def test_a_broken_pointer_is_named(folder: Path, text: str) -> None:
    (folder / "store.json").write_text(text)
    with pytest.raises(StoreError, match=r"store\.json: not a store's"):
        Store.open(folder, read_only=True)


def test_missing_files_are_named(folder: Path) -> None:
    pointer = json.loads((folder / "store.json").read_text())
    (folder / "store.json").write_text(json.dumps(pointer | {"generation": "graph-000099"}))
    with pytest.raises(StoreError, match="its files are missing"):
        Store.open(folder, read_only=True)


def test_base_is_kept_and_compared(folder: Path) -> None:
    with Store.open(folder, read_only=True) as store:
        assert store.base == BASE
    with pytest.raises(StoreError, match=r"its base IRI is https://example\.org/, not https://other"):
        Store.open(folder, base="https://other.example/")


def test_invalid_sparql_has_a_place(folder: Path) -> None:
    with Store.open(folder, read_only=True) as store, pytest.raises(QueryError, match="not valid SPARQL"):
        store.query("SELECT ?x WHERE { ?x ?y }")


def test_closed_and_in_memory() -> None:
    store = Store.in_memory(nquads("urn:a"))
    store.replace(["urn:a"], nquads("urn:b", 2))
    store.commit()
    assert store.graphs() == ["urn:b"]
    assert store.folder is None
    store.close()
    with pytest.raises(StoreError, match="closed"):
        len(store)


def test_default_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE", "/srv/graph")
    assert default_path() == Path("/srv/graph")
    monkeypatch.delenv("KG_STORE")
    assert default_path() == Path("kg-store")


WRITER = """
import sys
from kg.store import Store
folder = sys.argv[1]
for n in range(1, 10_000):
    with Store.open(folder) as store:
        store.replace(["urn:a", "urn:b"], "".join(
            f'<urn:s{i}> <urn:p> "{n}" <urn:{g}> .\\n' for g in "ab" for i in range(50)))
    print(n, flush=True)
"""


def test_killed_writers_leave_whole_graphs(folder: Path) -> None:
    """SIGKILL at random moments: both graphs hold the same, complete, reported round."""
    chance = random.Random(17)
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True, env=os.environ
        )
        assert process.stdout is not None
        done = int(process.stdout.readline())
        time.sleep(chance.random() * 0.1)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
        process.wait()
        process.stdout.close()
        done = int(rest[-1]) if rest else done
        with Store.open(folder, read_only=True) as store:
            assert len(store) == 100
            (rounds,) = (
                {quad.object.value for quad in store.quads() if isinstance(quad.object, ox.Literal)},
            )
            assert len(rounds) == 1
            assert int(rounds.pop()) in {done, done + 1}
    with Store.open(folder) as store:
        store.replace([], nquads("urn:c"))
    assert len(generations(folder)) == 1
