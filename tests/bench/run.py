"""All benchmarks, one after the other: a report in Markdown and the figures as JSON.

    python tests/bench/run.py [--quick] [--only start,convert] [--out FOLDER]

All take about a quarter of an hour on a machine that does nothing else; how long each took is in the report.
`--quick` takes smaller sizes. Each benchmark is a program beside this one, and says what it measures; a peer
that is not installed is skipped with the reason, and a benchmark that cannot run is named. FOLDER (default:
`bench`) gets `report.md` and a JSON file each. The table of the README is made of them: `--table FOLDER`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SEEDS = HERE.parents[1] / "seeds"

# name → arguments, and what takes their place for a quick run
BENCHES: dict[str, tuple[list[str], list[str]]] = {
    "start": ([], ["--rounds", "5"]),
    "convert": ([], ["--seconds", "1"]),
    "store": ([], ["--articles", "30"]),
    "validate": (["--triples", "1000000"], ["--triples", "5000"]),
    "search": ([], ["--entities", "10000", "--rounds", "5"]),
    "serve": ([str(SEEDS)], [str(SEEDS), "--rounds", "2", "--seconds", "1", "--minutes", "0.2"]),
    "pages": ([], ["--copies", "20"]),
    "growth": (
        ["--sizes", "1000,3000,10000", "--jobs", "1,2", "--mix", "newspaper", "--load"],
        ["--sizes", "100,300", "--jobs", "1,2", "--load"],
    ),
}


def run(name: str, arguments: list[str], out: Path) -> str:
    """Run one benchmark; its report, or why there is none."""
    program = HERE / f"bench_{name}.py"
    command = [sys.executable, str(program), *arguments, "--json", str(out / f"{name}.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return f"Could not run: {reason}"
    return done.stdout.strip()


def machine() -> str:
    """What it ran on, and how busy that was."""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python "
        f"{platform.python_version()}; load {', '.join(f'{load:.1f}' for load in os.getloadavg())}."
    )


def table(folder: Path) -> str:
    """How fast it is beside what a user would pick instead: each line of one run, figures as they were."""
    lines = ["| task | kg | beside | takes |", "|---|---:|---|---:|"]
    for name, rows in (("convert", _convert), ("store", _store), ("validate", _validate), ("serve", _serve)):
        path = folder / f"{name}.json"
        if path.exists():
            lines += rows(json.loads(path.read_text()))
    if (folder / "start.json").exists():
        found = json.loads((folder / "start.json").read_text())
        own = found.pop("python -c pass")["cpu"]
        lines += [
            f"| start of `{command}`, processor time | {took['cpu']:.2f} s | `python -c pass` | {own:.2f} s |"
            for command, took in found.items()
        ]
    return "\n".join(lines)


def _convert(found: dict[str, Any]) -> list[str]:
    kg, *others = found["programs"]
    speed = f"{kg['articles_per_second']:,.0f} articles/s"
    return [
        f"| text → N-Quads, one core | {speed} | {p['name']} | {_times(p)} |"
        for p in others
        if not p["name"].startswith("kg")
    ]


def _times(program: dict[str, Any]) -> str:
    return f"skipped: {program['skipped']}" if "skipped" in program else f"{program['ratio']:.2f}×"


def _store(found: dict[str, Any]) -> list[str]:
    kg, *others = found["engines"]
    there = [row for row in found["engines"] if "skipped" not in row]
    common = [name for name in kg["queries"] if all(row["queries"][name] is not None for row in there)]

    def asked(row: dict[str, Any]) -> float:
        return math.fsum(row["queries"][name] for name in common)

    load = [
        f"| load {found['quads']:,} quads, processor time | {found['quads'] / kg['load_cpu']:,.0f} quads/s "
        f"| {row['engine']} | {row['load_cpu'] / kg['load_cpu']:.2f}× |"
        for row in others
        if row in there
    ]
    query = [
        f"| {len(common)} saved queries | {asked(kg):.2f} s | {row['engine']} | {asked(row) / asked(kg):.1f}×"
        f"{_unanswered(row)} |"
        for row in others
        if row in there
    ]
    skipped = [
        f"| load and ask | | {r['engine']} | skipped: {r['skipped']} |" for r in others if r not in there
    ]
    return [*load, *query, *skipped]


def _unanswered(row: dict[str, Any]) -> str:
    number = sum(seconds is None for seconds in row["queries"].values())
    return f", {number} more not in time" if number else ""


def _validate(found: list[dict[str, Any]]) -> list[str]:
    kg, *others = found
    own = kg["triples"] / kg["seconds"]
    task = f"| validate, processor time | {own:,.0f} triples/s "
    return [
        f"{task}| {row['engine']} | "
        + (
            f"skipped: {row['skipped']} |"
            if row.get("skipped")
            else f"{own * row['seconds'] / row['triples']:.1f}× |"
        )
        for row in others
    ]


def _serve(found: dict[str, Any]) -> list[str]:
    lines = []
    for what, servers in found["throughput"].items():
        own = servers["kg serve"]["requests_per_second"]
        lines += [
            f"| requests: {what} | {own:,.0f}/s | {name} | {own / took['requests_per_second']:.1f}× |"
            for name, took in servers.items()
            if name != "kg serve"
        ]
    return lines


def main() -> None:
    """Runs them and writes the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="smaller sizes")
    parser.add_argument("--only", default=",".join(BENCHES), help=f"of {','.join(BENCHES)}")
    parser.add_argument("--out", type=Path, default=Path("bench"), help="folder of the results")
    parser.add_argument("--table", type=Path, help="print the README's table of such a folder, and end")
    options = parser.parse_args()
    if options.table:
        print(table(options.table))
        return
    options.out.mkdir(parents=True, exist_ok=True)
    parts = [f"# Benchmarks\n\n{machine()}"]
    for name in options.only.split(","):
        full, quick = BENCHES[name]
        print(f"{name} …", file=sys.stderr)
        begun = time.monotonic()
        found = run(name, quick if options.quick else full, options.out)
        parts.append(f"## {name} ({time.monotonic() - begun:,.0f} s)\n\n{found}")
    parts.append(f"## Beside others\n\n{table(options.out)}")
    text = "\n\n".join(parts) + "\n"
    (options.out / "report.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
