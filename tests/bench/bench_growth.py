"""How time, memory and size grow with the number of articles: a sharded build, the store made of it, queries.

    python tests/bench/bench_growth.py [--sizes 1000,10000] [--jobs 2] [--load] [--json FILE]

The articles are made up by generate.py, as long and as dense as those of newspapers. Each run is a process of
its own. The processor time is that of all its processes, the memory that of the largest one. `--load` adds
`kg load`, which validates and makes the search index, and whole runs of `kg query`. Rows are written to FILE
as they come. The exponent is the slope of log(processor time) over log(articles) from the smallest to the
largest size: 1 is linear. `nice` helps; `--home` says on which disk the files lie, which are removed. No test
asserts a time.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import generate

QUERIES = ("organs/level-counts", "cascade/provinces-count", "people/who-chairs")


@dataclass(frozen=True)
class Run:
    """One measured command. Times in seconds, memory and size in bytes."""

    what: str
    articles: int
    jobs: int
    wall: float
    cpu: float
    memory: int
    quads: int
    size: int


def measured(command: Sequence[str]) -> tuple[float, float, int]:
    """Wall seconds, processor seconds of it and its children, bytes of the largest process."""
    begun = time.perf_counter()
    silent = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    process = os.posix_spawn(
        sys.executable, [sys.executable, "-m", "kg", *command, "-q"], os.environ, file_actions=[silent]
    )
    _, status, used = os.wait4(process, 0)
    if status:
        sys.exit(f"kg {' '.join(command)} failed")
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def runs(articles: int, jobs: int, options: argparse.Namespace, home: Path) -> Iterator[Run]:
    """Build a dataset of that many articles and, if wanted, load it and ask it."""
    (source,) = generate.write(articles, home, mix=options.mix, jsonl=True)
    out, store = home / "dataset", home / "store"
    try:
        used = measured(["build", str(source), "--out", str(out), "--jobs", str(jobs)])
        quads = json.loads((out / "manifest.json").read_text())["quads"]
        size = sum(path.stat().st_size for path in out.glob("*.nq.gz"))
        yield Run("build --out", articles, jobs, *used, quads, size)
        if options.load:
            used = measured(["load", str(out), "--store", str(store), "--jobs", str(jobs)])
            size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
            yield Run("load", articles, jobs, *used, quads, size)
            for query in QUERIES:
                used = measured(["query", query, "--store", str(store)])
                yield Run(f"query {query}", articles, jobs, *used, quads, 0)
    finally:
        for path in (out, store):
            shutil.rmtree(path, ignore_errors=True)
        source.unlink()


def exponent(found: Sequence[Run]) -> float:
    """The slope of log(processor time) over log(articles)."""
    first, last = min(found, key=lambda r: r.articles), max(found, key=lambda r: r.articles)
    if first.articles == last.articles:
        return math.nan
    return math.log(last.cpu / first.cpu) / math.log(last.articles / first.articles)


def report(found: Sequence[Run]) -> str:
    """A table in Markdown, with the exponents below."""
    lines = [
        f"Python {platform.python_version()}, {os.cpu_count()} processors; articles by generate.py, seed 1.",
        "",
        "| run | articles | jobs | seconds | articles/s | processor s | memory MB | quads an article "
        "| bytes an article |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {r.what} | {r.articles:,} | {r.jobs} | {r.wall:,.1f} | {r.articles / r.wall:,.0f} | {r.cpu:,.1f} "
        f"| {r.memory / 1e6:,.0f} | {r.quads / r.articles:,.0f} | {r.size / r.articles:,.0f} |"
        for r in found
    ]
    lines.append("")
    for kind in dict.fromkeys((r.what, r.jobs) for r in found):
        same = [r for r in found if (r.what, r.jobs) == kind]
        lines.append(f"- {kind[0]}, {kind[1]} job(s): processor time grows as articles^{exponent(same):.2f}")
    return "\n".join(lines)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1000,3000,10000", help="numbers of articles, by commas")
    parser.add_argument("--jobs", default="1,2", help="numbers of processes, by commas")
    parser.add_argument("--mix", choices=generate.MIXES, default="newspaper", help="what kind of pages")
    parser.add_argument("--load", action="store_true", help="also load each dataset into a store and ask it")
    parser.add_argument("--home", type=Path, help="folder for the files (default: the usual one)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    found: list[Run] = []
    with tempfile.TemporaryDirectory(prefix="kg-growth-", dir=options.home) as home:
        for jobs in map(int, options.jobs.split(",")):
            for size in map(int, options.sizes.split(",")):
                for run in runs(size, jobs, options, Path(home)):
                    found.append(run)
                    if options.json:
                        options.json.write_text(json.dumps([asdict(run) for run in found], indent=2) + "\n")
    print(report(found))


if __name__ == "__main__":
    main()
