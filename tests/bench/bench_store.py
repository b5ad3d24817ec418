"""Loading a graph and asking it the saved queries, beside rdflib, raw pyoxigraph and Virtuoso.

    python tests/bench/bench_store.py [--articles 100] [--limit 20] [--json result.json]

The graph is that of made-up articles with ontology, register and conclusions. Every engine loads the same
N-Quads file in a process of its own, and is then asked every saved query without parameters: the best of
three, answers read to the end; what takes longer than `--limit` seconds is ended and counted as such. Loading
is told in processor seconds, which a busy machine moves less. An engine that is not installed is skipped with
the reason. No test asserts a time.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import generate
import pyoxigraph as ox

import kg
from kg import ask
from kg.store import Store

sys.path.insert(0, str(Path(__file__).parent.parent))

Ask = Callable[[ask.SavedQuery], int]
"""Asks a query and reads its answer; the number of rows."""


@dataclass
class Loaded:
    """An engine that holds the graph: how to ask it, and what loading took."""

    ask: Ask
    cpu: float
    wall: float


def spent(load: Callable[[], Any]) -> tuple[float, float]:
    """Processor and wall seconds that a call takes, its threads included."""
    begun, wall = time.process_time(), time.perf_counter()
    load()
    return time.process_time() - begun, time.perf_counter() - wall


def rows_of(found: Any) -> int:
    return sum(1 for _ in found)


@contextmanager
def by_kg(data: Path, folder: Path) -> Iterator[Loaded]:
    def load() -> None:
        with Store.open(folder / "store", create=True) as store:
            store.load_file(data, ours=True)

    times = spent(load)
    with closing(Store.open(folder / "store", read_only=True)) as store:
        yield Loaded(lambda query: len(ask.run(store, query).rows), *times)


@contextmanager
def by_pyoxigraph(data: Path, folder: Path) -> Iterator[Loaded]:
    store = ox.Store(folder / "store")
    times = spent(lambda: store.bulk_load(path=data, format=ox.RdfFormat.N_QUADS))
    texts = bound(store)
    yield Loaded(
        lambda query: rows_of(store.query(texts[query.name], use_default_graph_as_union=True)), *times
    )


@contextmanager
def by_rdflib(data: Path, folder: Path) -> Iterator[Loaded]:
    from rdflib import Dataset

    warnings.simplefilter("ignore", DeprecationWarning)  # rdflib 7.6 warns of its own internals
    dataset = Dataset(default_union=True)
    times = spent(lambda: dataset.parse(data, format="nquads"))
    other = ox.Store()
    other.bulk_load(path=data, format=ox.RdfFormat.N_QUADS)
    texts = bound(other)
    yield Loaded(lambda query: rows_of(dataset.query(texts[query.name])), *times)


@contextmanager
def by_virtuoso(data: Path, folder: Path) -> Iterator[Loaded]:
    """Debian's Virtuoso 7, loaded by its bulk loader, asked over HTTP."""
    from conftest import VIRTUOSO, free_port, running
    from kg.remote import Endpoint, Login

    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(sql=sql, http=http))
    shutil.copy(data, folder)

    def isql(statement: str) -> None:
        command = ["isql-vt", str(sql), "dba", "dba", "VERBOSE=OFF", f"exec={statement};"]
        subprocess.run(command, capture_output=True, check=True)

    url = f"http://127.0.0.1:{http}/sparql"
    with running(["virtuoso-t", "-f", "-c", "virtuoso.ini"], folder, url) as server:
        isql(f"ld_dir('.', '{data.name}', 'urn:kg:no-graph')")
        before, wall = spent_by(server), time.perf_counter()
        isql("rdf_loader_run()")
        isql("checkpoint")
        endpoint = Endpoint(url, Login("none", "", ""))
        cpu, wall = spent_by(server) - before, time.perf_counter() - wall
        yield Loaded(lambda query: len(ask.run(endpoint, query).rows), cpu, wall)


def spent_by(process: int) -> float:
    """Processor seconds of another process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bound(store: ox.Store) -> dict[str, str]:
    """The saved queries as text that any engine takes."""
    named = Store(store, kg.namespaces.DEFAULT_BASE)
    return {query.name: ask.bind(named, query) for query in ask.saved()}


ENGINES: dict[str, Callable[[Path, Path], Any]] = {
    "kg": by_kg,
    "pyoxigraph": by_pyoxigraph,
    "Virtuoso 7": by_virtuoso,
    "rdflib": by_rdflib,
}


def missing(engine: str) -> str:
    """Why an engine is skipped; "" where it is there."""
    if engine == "Virtuoso 7" and not (shutil.which("virtuoso-t") and shutil.which("isql-vt")):
        return "Debian's virtuoso-opensource-7-bin is not installed"
    return ""


def measure(engine: str, data: Path, limit: int) -> dict[str, Any]:
    """Load and ask one engine, in this process."""

    def stop(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    queries: dict[str, float | None] = {}
    with tempfile.TemporaryDirectory() as folder, ENGINES[engine](data, Path(folder)) as loaded:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        for query in ask.saved():
            signal.alarm(limit)
            try:
                queries[query.name] = min(spent(partial(loaded.ask, query))[1] for _ in range(3))
            except TimeoutError:
                queries[query.name] = None
            except Exception as fault:  # another engine's refusal is a result
                print(f"{engine}, {query.name}: {fault}", file=sys.stderr)
                queries[query.name] = None
            finally:
                signal.alarm(0)
        return {
            "engine": engine,
            "load_cpu": loaded.cpu,
            "load_wall": loaded.wall,
            "memory": memory,
            "queries": queries,
        }


def prepared(articles: int, folder: Path) -> tuple[Path, int]:
    """The graph of so many articles as one N-Quads file, and its number of quads."""
    news = generate.write(articles, folder, jsonl=True)
    kg.build(news, folder / "store")
    with closing(Store.open(folder / "store", read_only=True)) as store:
        text = ox.serialize(store.quads(), format=ox.RdfFormat.N_QUADS) or b""
        (folder / "data.nq").write_bytes(text)
        return folder / "data.nq", len(store)


def report(found: list[dict[str, Any]], quads: int, limit: int) -> str:
    """A table in Markdown; the sum is over the queries that every engine answered."""
    there = [row for row in found if "skipped" not in row]
    common = [name for name in there[0]["queries"] if all(row["queries"][name] is not None for row in there)]
    lines = [
        f"{quads:,} quads; the sum is of the {len(common)} saved queries that all answered in {limit} s.",
        "",
        "| engine | load, processor s | quads/s | against kg | queries, s | against kg | not answered |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    sums = {row["engine"]: sum(row["queries"][name] for name in common) for row in there}
    for row in found:
        if "skipped" in row:
            lines.append(f"| {row['engine']} | skipped: {row['skipped']} | | | | | |")
            continue
        took, own = sums[row["engine"]], row["load_cpu"]
        unanswered = sum(seconds is None for seconds in row["queries"].values())
        lines.append(
            f"| {row['engine']} | {own:.2f} | {quads / own:,.0f} | {own / there[0]['load_cpu']:.2f}× "
            f"| {took:.3f} | {took / sums[there[0]['engine']]:.2f}× | {unanswered} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100, help="of the graph (default: 100)")
    parser.add_argument("--limit", type=int, default=20, help="seconds for three runs of a query")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one[0], Path(options.one[1]), options.limit)))
        return
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as folder:
        data, quads = prepared(options.articles, Path(folder))
        for engine in ENGINES:
            if reason := missing(engine):
                found.append({"engine": engine, "skipped": reason})
                continue
            command = [sys.executable, __file__, "--limit", str(options.limit), "--one", engine, str(data)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            found.append(json.loads(done.stdout))
    print(report(found, quads, options.limit))
    if options.json:
        options.json.write_text(json.dumps({"quads": quads, "engines": found}, indent=2) + "\n")


if __name__ == "__main__":
    main()
