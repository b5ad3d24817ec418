"""How long the command takes to start and answer, as whole processes.

    python tests/bench/bench_start.py [--rounds 15] [--json result.json]

The bounds are 0.15 s for `kg --help` and 0.25 s for `kg query` on the graph of the seeds. Beside the best
wall time stands the processor time, which a busy machine moves less, and Python's own start. No test asserts
a time.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import kg

SEEDS = Path(__file__).parents[2] / "seeds"
COMMANDS = {
    "python -c pass": ("-c", "pass"),
    "kg --help": ("-m", "kg", "--help"),
    "kg --version": ("-m", "kg", "--version"),
    "kg query cascade/implementers": ("-m", "kg", "query", "cascade/implementers"),
    "kg show 32-CT/TW": ("-m", "kg", "show", "32-CT/TW"),
    "kg search chi thi 25": ("-m", "kg", "search", "chi", "thi", "25"),
}
BOUNDS = {"kg --help": 0.15, "kg query cascade/implementers": 0.25}


def run(arguments: tuple[str, ...], store: str) -> tuple[float, float]:
    """Wall and processor seconds of a command whose output is thrown away."""
    actions = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    environment = os.environ | {"KG_STORE": store}
    begun = time.perf_counter()
    process = os.posix_spawn(sys.executable, [sys.executable, *arguments], environment, file_actions=actions)
    _, status, used = os.wait4(process, 0)
    if status:
        sys.exit(f"{' '.join(arguments)} failed")
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15, help="runs of each command (default: 15)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as folder:
        store = f"{folder}/store"
        kg.build([SEEDS], store)
        for name, arguments in COMMANDS.items():
            times = [run(arguments, store) for _ in range(options.rounds)]
            found[name] = {"wall": min(w for w, _ in times), "cpu": min(c for _, c in times)}
    print("| command | seconds, the best | processor seconds | bound |\n|---|---:|---:|---:|")
    for name, took in found.items():
        print(f"| `{name}` | {took['wall']:.3f} | {took['cpu']:.3f} | {BOUNDS.get(name, '')} |")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
