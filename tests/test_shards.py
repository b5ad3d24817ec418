"""Sharded builds: the output contract, the same bytes whoever makes them, and the way into stores."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

from kg import build
from kg.errors import KgError
from kg.export import export
from kg.lines import Lines
from kg.shards import build_shards
from kg.shards.load import load
from kg.shards.plan import plan
from kg.shards.recipes import RECIPES, recipe
from kg.store import Store

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
BASE = "https://w3id.org/cascade-kg/"


def generator() -> ModuleType:
    """tests/bench/generate.py, which is no package."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "tests" / "bench" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", autouse=True)
def _small_shards() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kg.shards.plan.SIZE", 40_000)
        yield


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles that make three shards: text files and two files of lines, one packed."""
    folder = tmp_path_factory.mktemp("news")
    generate = generator()
    (folder / "text").mkdir()
    for number in range(20):
        (folder / "text" / f"t{number:03}.txt").write_text(generate.article(number), "utf-8")
    for name, numbers in (("a.jsonl", range(200, 230)), ("b.jsonl", range(800, 805))):
        records = [{"id": n, "text": generate.article(n)} for n in numbers]
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (folder / name).write_text(text, "utf-8")
    with gzip.open(folder / "b.jsonl.gz", "wb") as file:
        file.write((folder / "b.jsonl").read_bytes())
    (folder / "b.jsonl").unlink()
    return folder


@pytest.fixture(scope="module")
def dataset(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dataset") / "d"
    result = build_shards([news], out, jobs=2)
    assert (result.ok, result.complete, result.articles, result.shards) == (True, True, 55, 3)
    return out


def digests(out: Path) -> dict[str, str]:
    """Every file of a dataset, without the lock."""
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def lines(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).splitlines(keepends=True)


def dump(store: Path, target: Path) -> bytes:
    with Store.open(store, read_only=True) as opened:
        export(opened, target, "nquads")
    return target.read_bytes()


# ---------------------------------------------------------------- the output contract
def test_files_keep_the_contract(dataset: Path) -> None:
    """Sorted, distinct, UTF-8 in NFC with raw letters, no blank nodes; read alike by two parsers."""
    files = sorted(dataset.glob("*.nq.gz"))
    assert [path.name for path in files] == [
        "inferred.nq.gz", "ontology.nq.gz", "part-00000.nq.gz", "part-00001.nq.gz", "part-00002.nq.gz",
        "register.nq.gz",
    ]  # fmt: skip
    for path in files:
        found = lines(path)
        assert found == sorted(set(found))
        text = b"".join(found).decode("utf-8")
        assert unicodedata.is_normalized("NFC", text)
        assert not re.search(r"\\u[0-9A-Fa-f]{4}", text)
        assert path.read_bytes()[3:8] == bytes(5)  # neither name nor time
        quads = list(ox.parse(text, ox.RdfFormat.N_QUADS))
        assert len(quads) == len(found)
        assert not [q for q in quads if ox.BlankNode in (type(q.subject), type(q.object))]
    seeds = b"".join(lines(files[2])[:3000]).decode()
    other = rdflib.Dataset()
    other.parse(data=seeds, format="nquads")
    assert len(list(other.quads())) == 3000


def test_the_manifest_tells_the_truth(dataset: Path) -> None:
    manifest = json.loads((dataset / "manifest.json").read_text())
    entries = [*manifest["parts"], *manifest["own"]]
    for entry in entries:
        packed = (dataset / entry["name"]).read_bytes()
        inside = gzip.decompress(packed)
        assert entry["sha256"] == hashlib.sha256(packed).hexdigest()
        assert entry["content"] == hashlib.sha256(inside).hexdigest()
        assert (entry["bytes"], entry["lines"]) == (len(packed), inside.count(b"\n"))
    assert manifest["quads"] == sum(entry["lines"] for entry in entries)
    assert manifest["articles"] == sum(part["articles"] for part in manifest["parts"]) == 55
    assert manifest["failed"] == []
    void = rdflib.Graph().parse(dataset / "void.ttl")
    triples = void.value(rdflib.URIRef(f"{BASE}dataset"), rdflib.URIRef("http://rdfs.org/ns/void#triples"))
    assert triples is not None
    assert int(str(triples)) == manifest["quads"]
    dumps = {str(o).rpartition("/")[2] for o in void.objects(None, rdflib.VOID.dataDump)}
    assert dumps == {entry["name"] for entry in entries}


# ---------------------------------------------------------------- the same bytes
def test_one_process_and_slices_in_any_order_give_the_same_bytes(news: Path, tmp_path: Path) -> None:
    backwards, forwards = tmp_path / "backwards", tmp_path / "forwards"
    results = [build_shards([news], backwards, shards=(number, 2)) for number in (2, 1)]
    assert [(r.complete, r.missing, r.made) for r in results] == [(False, 1, 1), (True, 0, 1)]
    for number in (1, 2):
        build_shards([news], forwards, shards=(number, 2))
    assert digests(backwards) == digests(forwards)
    assert not build_shards([news], forwards, shards=(2, 2)).made


def test_jobs_change_nothing(news: Path, dataset: Path, tmp_path: Path) -> None:
    sources = [news / "b.jsonl.gz", news / "text", news / "a.jsonl"]
    assert build_shards(sources, tmp_path / "one", jobs=1).complete
    assert digests(tmp_path / "one") == digests(dataset)


def test_lines_that_do_not_fit_into_memory_are_sorted_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.lines._HELD", 1000)
    monkeypatch.setattr("kg.lines._RUNS", 3)
    numbers = [f"{n * 7919 % 1009:05}\n".encode() for n in range(3000)]
    with Lines(str(tmp_path)) as some:
        for number in numbers:
            some.add([number], len(number))
        assert len(some._levels) > 2
        assert all(len(runs) < 3 for runs in some._levels)
        assert list(some) == sorted(set(numbers))


def test_any_address_will_do(news: Path, dataset: Path, tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    address = f"file://{tmp_path}/remote"
    result = build_shards([f"file://{news}/b.jsonl.gz", f"file://{news}/text"], address, jobs=2)
    assert (result.ok, result.complete, result.articles) == (True, True, 25)
    local = build_shards([news / "b.jsonl.gz", news / "text"], tmp_path / "local")
    assert local.articles == 25
    ours, theirs = digests(tmp_path / "local"), digests(tmp_path / "remote")
    assert {n: d for n, d in ours.items() if n.endswith(".gz")} == {
        n: d for n, d in theirs.items() if n.endswith(".gz")
    }
    assert not build_shards([f"file://{news}/b.jsonl.gz", f"file://{news}/text"], address).made
    missing = build_shards(["file:///nowhere/at/all.txt", news / "b.jsonl.gz"], tmp_path / "local")
    assert "no such file or folder" in str(missing.failed[0])


# ---------------------------------------------------------------- again
def test_what_is_finished_is_not_made_again_and_what_is_damaged_is(news: Path, tmp_path: Path) -> None:
    out = tmp_path / "d"
    first = build_shards([news], out, jobs=2)
    before = digests(out)
    again = build_shards([news], out)
    assert (first.made, again.made, again.complete) == (3, 0, True)
    part = out / "part-00001.nq.gz"
    part.write_bytes(part.read_bytes()[:-9])
    (out / "inferred.nq.gz").write_bytes(b"")
    (out / "part-00099.nq.gz").write_bytes(b"of a former, larger build")
    (out / "part-of-something-else.txt").write_text("stays")
    (out / "shards" / "x.tmp").mkdir()
    with pytest.raises(KgError, match=r"part-00001\.nq\.gz: is damaged"):
        load(out, tmp_path / "store")
    assert not (tmp_path / "store" / "store.json").exists()
    mended = build_shards([news], out)
    assert (mended.made, mended.complete) == (1, True)
    (out / "part-of-something-else.txt").unlink()
    assert digests(out) == before


def test_an_incremental_run_equals_a_full_one(news: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(news, tmp_path / "news")
    out = tmp_path / "d"
    (copy / "b.jsonl.gz").rename(tmp_path / "later")
    build_shards([copy], out)
    (tmp_path / "later").rename(copy / "z.jsonl.gz")
    (copy / "text" / "t019.txt").write_text("Tỉnh ủy Lai Châu họp ngày 1/3/2019.", "utf-8")
    more = build_shards([copy], out)
    assert 0 < more.made < more.shards
    build_shards([copy], tmp_path / "full")
    assert digests(out) == digests(tmp_path / "full")


# ---------------------------------------------------------------- what cannot be used
def test_bad_articles_and_names_that_occur_twice_are_told(tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    story = "Tỉnh ủy Lai Châu ban hành Kế hoạch số {}-KH/TU ngày 1/3/2019."
    (news / "n.jsonl").write_text(
        "".join(json.dumps({"id": i % 7, "text": story.format(i)}) + "\n" for i in range(9)) + "no json\n"
    )
    (news / "n-3.txt").write_text(story.format(99), "utf-8")
    (news / "empty.txt").write_text("")
    result = build_shards([news, tmp_path / "nowhere"], tmp_path / "d", jobs=2)
    assert (result.complete, result.articles) == (True, 7)
    told = sorted(re.sub(r"\S*/", "", str(fault)) for fault in result.failed)
    assert len(told) == 6, told
    assert sum("the same id as line" in line for line in told) == 2
    assert sum("has an article of the same name, n-3" in line for line in told) == 1
    slices = tmp_path / "s"
    for number in (1, 2):
        last = build_shards([news], slices, shards=(number, 2))
    assert last.articles == 7
    first = [fault for fault in last.failed if "has an article of the same name" in str(fault)]
    assert len(first) == 1
    assert not build_shards([news], slices, shards=(2, 2)).made
    (news / "n-3.txt").unlink()  # now the other may have the name
    for number in (1, 2):
        last = build_shards([news], slices, shards=(number, 2))
    assert (last.complete, last.articles) == (True, 7)
    assert not [fault for fault in last.failed if "has an article of the same name" in str(fault)]


def test_two_builds_of_one_dataset_are_refused(news: Path, tmp_path: Path) -> None:
    import fcntl

    (tmp_path / "shards").mkdir()
    with (tmp_path / "shards" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(KgError, match="another program is writing this dataset"):
            build_shards([SEEDS], tmp_path)


@pytest.mark.parametrize("count", [1, 2, 7, 50])
def test_every_piece_is_in_one_shard(news: Path, count: int) -> None:
    whole = plan([str(news)], "out", BASE)
    cut = plan([str(news)], "out", BASE, count=count)
    assert len(cut.shards) == count
    assert [p for s in cut.shards for p in s.pieces] == [p for s in whole.shards for p in s.pieces]


# ---------------------------------------------------------------- into stores
def test_a_loaded_dataset_is_what_a_build_makes(news: Path, tmp_path: Path) -> None:
    build_shards([SEEDS], tmp_path / "d")
    loaded = load(tmp_path / "d", tmp_path / "loaded", jobs=2)
    built = build([SEEDS], tmp_path / "built")
    assert dump(tmp_path / "loaded", tmp_path / "1.nq") == dump(tmp_path / "built", tmp_path / "2.nq")
    assert (loaded.articles, loaded.quads, loaded.facts, loaded.entities, loaded.findings) == (
        *(built.articles, built.quads, built.facts, built.entities),
        built.findings,
    )
    assert len(build([SEEDS], tmp_path / "loaded").unchanged) == 5
    load(tmp_path / "d", tmp_path / "loaded")  # again, over what is there
    assert dump(tmp_path / "loaded", tmp_path / "1.nq") == (tmp_path / "2.nq").read_bytes()


def test_what_is_no_dataset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KgError, match="no complete dataset is there"):
        load(tmp_path, tmp_path / "s")
    (tmp_path / "manifest.json").write_text('{"format": 99, "program": "7.0"}')
    with pytest.raises(KgError, match=r"another version wrote this dataset \(format 99, kg 7.0\)"):
        load(tmp_path, tmp_path / "s")
    with pytest.raises(KgError, match="no recipe for 'foo'"):
        recipe("foo", str(tmp_path))


@pytest.mark.parametrize("engine", RECIPES)
def test_recipes_are_shell(engine: str, dataset: Path, tmp_path: Path) -> None:
    strange = tmp_path / "it's a 'place' $HOME"
    strange.symlink_to(dataset)
    text = recipe(engine, str(strange))
    assert "55 articles" in text
    subprocess.run(["bash", "-n"], input=text, text=True, check=True)
    assert shlex.quote(str(strange)) in text or engine == "virtuoso"


def test_oxigraph_loads_by_its_recipe(dataset: Path, tmp_path: Path) -> None:
    """Its own program (not the library in this one) finds each quad once."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if program is None:
        pytest.skip("the program oxigraph is not installed")
    text = recipe("oxigraph", str(dataset))
    (command,) = [line for line in text.splitlines() if line.startswith("oxigraph load")]
    path = f"{Path(program).parent}:{os.environ['PATH']}"
    subprocess.run(["bash", "-ec", command], cwd=tmp_path, check=True, env={"PATH": path})
    ask = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    done = subprocess.run(
        [program, "query", "--location", "kg-oxigraph", "--query", ask, "--results-format", "csv"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    quads = json.loads((dataset / "manifest.json").read_text())["quads"]
    assert done.stdout.split() == ["n", str(quads)]


_VIRTUOSO = """\
[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
[TempDatabase]
DatabaseFile = t.db
TransactionFile = t.trx
[Parameters]
ServerPort = 127.0.0.1:{port}
DirsAllowed = {folder}
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
"""


def test_virtuoso_loads_by_its_recipe(dataset: Path, tmp_path: Path) -> None:
    """A real server, loaded by the commands as they are printed."""
    if not (server := shutil.which("virtuoso-t")) or not shutil.which("isql-vt"):
        pytest.skip("no Virtuoso (Debian package virtuoso-opensource-7-bin)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    (tmp_path / "virtuoso.ini").write_text(_VIRTUOSO.format(port=port, folder=dataset))
    environment = os.environ | {"ISQL_PORT": port, "DBA_PASSWORD": "dba"}  # of a new database

    def isql(statement: str) -> str:
        command = ["isql-vt", port, "dba", "dba", "VERBOSE=OFF", "BANNER=OFF", f"exec={statement};"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    process = subprocess.Popen(
        [server, "-f", "-c", "virtuoso.ini"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 120
        while "1" not in isql("SELECT 1") and time.monotonic() < deadline:
            time.sleep(0.3)
        text = recipe("virtuoso", str(dataset))
        subprocess.run(["bash", "-e"], input=text, text=True, env=environment, check=True, timeout=300)
        found = isql(
            "SPARQL SELECT COUNT(*) { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), '" + BASE + "')) }"
        )
        quads = json.loads((dataset / "manifest.json").read_text())["quads"]
        assert str(quads) in found.split()
    finally:
        process.kill()
        process.wait()


# ---------------------------------------------------------------- on a cluster
@pytest.fixture
def cluster() -> Iterator[Any]:
    """A real Dask cluster on this machine: a scheduler and three worker processes."""
    distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[dask]'")
    with distributed.LocalCluster(
        n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as running:
        yield running


@pytest.mark.filterwarnings("ignore")  # of Dask's own, about the worker that is killed
def test_a_dask_cluster_makes_the_same_though_a_worker_is_killed(
    news: Path, dataset: Path, tmp_path: Path, cluster: Any
) -> None:
    killed: list[int] = []

    def kill(done: int, total: int, what: str) -> None:
        if not killed:
            worker = next(iter(cluster.workers.values()))
            killed.append(worker.pid)
            os.kill(worker.pid, signal.SIGKILL)

    out = tmp_path / "d"
    result = build_shards([news], out, scheduler=cluster.scheduler_address, progress=kill)
    assert killed
    assert (result.ok, result.complete, result.made) == (True, True, 3)
    assert digests(out) == digests(dataset)


def test_no_scheduler_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="Dask is not installed: pip install '.[dask]'")
    monkeypatch.setattr("kg.shards.engines._PATIENCE", 1)
    with pytest.raises(KgError, match="no Dask scheduler answers"):
        build_shards([SEEDS], tmp_path / "d", scheduler="tcp://127.0.0.1:9")
