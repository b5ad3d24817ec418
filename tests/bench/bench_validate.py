"""What a validation costs, load and report included, beside other SHACL engines on the same data in one run.

    python tests/bench/bench_validate.py [--triples 1000000] [--json result.json] [FILE.nq]

Every engine runs in a process of its own, on a graph of `tests/violations.py` (or on N-Quads of yours): its
processor seconds and its peak of memory. After ours comes what one changed article costs. Slow engines get
smaller graphs; compare the triples a second. An engine that is not installed is skipped with the reason. No
test asserts a time.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

_CHANGE = "change"
#: most triples that an engine is given
LARGEST = {
    "kg": 10**9,
    "shacl-rust": 10**9,
    "pyshacl-turbo": 10**9,
    "pySHACL, cached": 30_000,
    "pySHACL": 21_000,
}


def by_kg(data: Path) -> int:
    from kg.check import render, validate_files

    report = validate_files([data], limit=1000)
    for note in report.notes:
        print(note, file=sys.stderr)
    render(report, "turtle")
    return report.total


def by_pyshacl(data: Path, cached: bool = False) -> int:
    from kg.check import load_shapes, reference
    from kg.check.load import quads_of
    from kg.resources import ontology_dir

    quads = [q for path in (*sorted(ontology_dir().glob("*.ttl")), data) for q in quads_of(path)]
    return len(reference.validate(quads, load_shapes(), cached=cached))


def by_cached_pyshacl(data: Path) -> int:
    return by_pyshacl(data, cached=True)


def triples(data: Path) -> tuple[str, str]:
    """Data and shapes as N-Triples, for engines that know no graphs."""
    from kg.check import load_shapes
    from kg.check.load import quads_of
    from kg.resources import ontology_dir

    files = (*sorted(ontology_dir().glob("*.ttl")), data)
    found = dict.fromkeys(str(q.triple) for path in files for q in quads_of(path))
    shapes = "".join(f"{q.triple} .\n" for q in load_shapes().quads)
    return "".join(f"{triple} .\n" for triple in found), shapes


def by_turbo(data: Path) -> int:
    turbo = import_module("pyshacl_turbo")
    graph, shapes = triples(data)
    _, report, _ = turbo.validate(graph, shacl_graph=shapes, data_graph_format="nt", shacl_graph_format="nt")
    return sum(1 for predicate in report.predicates() if str(predicate).endswith("#focusNode"))


def by_rust(data: Path) -> int:
    rust = import_module("shacl_rust")
    return len(rust.validate(*triples(data))["results"])


def renewals(data: Path) -> tuple[int, list[float]]:
    """The quads of one article; processor seconds until a report is current without it, and with it again."""
    from pyoxigraph import NamedNode, RdfFormat

    from kg.check import load_shapes, validate_store
    from kg.check.increment import Change, renewed
    from kg.check.load import read
    from kg.check.turtle import nquads
    from kg.namespaces import DEFAULT_BASE
    from kg.resources import ontology_dir

    store, _ = read([*sorted(ontology_dir().glob("*.ttl")), data])
    report = validate_store(store, engine="compiled", ours=True)
    store.load(nquads(report), RdfFormat.N_QUADS)
    names = {str(graph.value) for graph in store.named_graphs()}
    name = min((n for n in names if f"{n}#claims" in names), default="")
    graphs = [NamedNode(n) for n in ([name, f"{name}#claims"] if name else sorted(names)[:1])]
    article = frozenset(q for graph in graphs for q in store.quads_for_pattern(None, None, None, graph))
    seconds, findings, nothing = [], report.counts(), frozenset[Any]()
    for change in (Change(article, nothing), Change(nothing, article)):
        for quad in change.gone:
            store.remove(quad)
        store.extend(change.came)
        start = time.process_time()
        renewal = renewed(store, load_shapes(), change, findings, DEFAULT_BASE)
        for quad in renewal.gone:
            store.remove(quad)
        store.load(renewal.came, RdfFormat.N_QUADS)
        seconds.append(round(time.process_time() - start, 3))
        findings = renewal.findings
    return len(article), seconds


ENGINES: dict[str, Callable[[Path], int]] = {
    "kg": by_kg,
    "shacl-rust": by_rust,
    "pyshacl-turbo": by_turbo,
    "pySHACL, cached": by_cached_pyshacl,
    "pySHACL": by_pyshacl,
}


def one(name: str, data: Path) -> None:
    """Run one engine in this process and print its figures."""
    if name == _CHANGE:
        size, seconds = renewals(data)
        print(f"kg, one article of {size} quads taken out and put in: {seconds[0]} s, {seconds[1]} s")
        return
    start = time.process_time()
    try:
        results = ENGINES[name](data)
    except ModuleNotFoundError as error:
        print(json.dumps({"skipped": str(error)}))
        return
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": round(time.process_time() - start, 2), "MB": peak, "results": results}))


def write(target: Path, size: int) -> int:
    """A graph with violations of every kind, without the ontology, which every engine reads beside it."""
    import pyoxigraph as ox

    from violations import graph

    quads, _ = graph(size)
    ox.serialize(quads, str(target), format=ox.RdfFormat.N_QUADS)
    return len(quads)


def main() -> None:
    """Measure all engines, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--triples", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.data)
        return
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, largest in LARGEST.items():
            data = options.data if largest > options.triples else None
            size = min(largest, options.triples)
            if data is None:
                data = Path(folder) / f"{size}.nq"
                size = write(data, size)
            command = [sys.executable, __file__, "--one", name, str(data)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            row = {"engine": name, "triples": size, **json.loads(done.stdout)}
            rows.append(row)
            told = row.get("skipped") or f"{row['seconds']} s  {row['MB']} MB  {row['results']} results"
            print(f"{name:18}{row['triples']:>10} triples  {told}", flush=True)
            if name == "kg":
                subprocess.run([sys.executable, __file__, "--one", _CHANGE, str(data)], check=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
