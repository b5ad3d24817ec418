"""Graphs of any size with injected violations of every kind, and the manifest of what was put in.

The sound part is the good cases of all shapes, again and again, each under names of its own; the violations
are their bad cases. A case is a file of `cases/shapes`; that it violates exactly its shape is tested there.

    python tests/violations.py --triples 100000 --manifest manifest.json -o graph.nq
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from pyoxigraph import BlankNode, Quad

from kg.check.load import quads_of
from kg.resources import ontology_dir

CASES = Path(__file__).parent / "cases" / "shapes"
NAMESPACE = "https://example.org/id/"


def shapes_of(path: Path) -> frozenset[str]:
    """The shapes that a bad case violates: its own, and those that its first line names."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    also = first.removeprefix("# also:").split("(")[0].split() if first.startswith("# also:") else []
    return frozenset([path.name.split(".")[0], *also])


@cache
def case(path: Path) -> tuple[Quad, ...]:
    return tuple(quads_of(path))


def apart(path: Path, number: int) -> Iterator[Quad]:
    """A case under names that no other has."""
    place = f"https://example.org/case-{number}/"
    for quad in case(path):
        subject, predicate, value, graph = quad
        yield Quad(_moved(subject, place), predicate, _moved(value, place), _moved(graph, place))


def _moved(term: Any, place: str) -> Any:
    if isinstance(term, ox.NamedNode) and term.value.startswith(NAMESPACE):
        return ox.NamedNode(place + term.value.removeprefix(NAMESPACE))
    if isinstance(term, BlankNode):
        return BlankNode(term.value + place.rpartition("-")[2].rstrip("/"))
    return term


def graph(triples: int, seed: int = 0, rounds: int = 1) -> tuple[list[Quad], dict[str, frozenset[str]]]:
    """At least so many quads, ontology and register included, and the manifest: place → shapes violated.

    Every bad case is put in `rounds` times, among the good ones in random order.
    """
    good, bad = sorted(CASES.glob("*.good.*")), sorted(CASES.glob("*.bad.*")) * rounds
    # a register has tens of issuing rules, and each meets each document of its type: as many as bad ones
    rules = [path for path in good if "mayNotIssue" in path.read_text(encoding="utf-8")]
    good = [path for path in good if path not in rules]
    quads = [quad for path in sorted(ontology_dir().glob("*.ttl")) for quad in quads_of(path)]
    chosen: list[Path] = bad + rules * rounds
    size = len(quads) + sum(len(case(path)) for path in chosen)
    draw = random.Random(seed)
    while size < triples:
        chosen.append(draw.choice(good))
        size += len(case(chosen[-1]))
    draw.shuffle(chosen)
    manifest = {}
    for number, path in enumerate(chosen):
        quads += apart(path, number)
        if ".bad." in path.name:
            manifest[f"https://example.org/case-{number}/"] = shapes_of(path)
    return quads, manifest


def main() -> None:
    """Write a graph and its manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--manifest", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    quads, manifest = graph(options.triples, options.seed, options.rounds)
    ox.serialize(quads, str(options.output), format=ox.RdfFormat.N_QUADS)
    if options.manifest:
        listed = {place: sorted(shapes) for place, shapes in manifest.items()}
        options.manifest.write_text(json.dumps(listed, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
