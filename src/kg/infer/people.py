"""People: one name under two IRIs may be one person. A hint, never a merger."""

from __future__ import annotations

import json
from itertools import groupby

from kg.gist import PERSON, enough
from kg.infer.conclusions import Conclusions, node
from kg.infer.events import pairs
from kg.lines import Lines
from kg.namespaces import CKG


class People:
    """The people of all articles, sorted on disk: first by IRI, then by name.

    Most names are those of one person, and most people are of one article: such lines go through as they are.
    """

    def __init__(self, by_iri: Lines, by_name: Lines) -> None:
        self._by_iri, self._by_name = by_iri, by_name

    def add(self, line: bytes) -> None:
        """Add a line of a gist that tells of a person."""
        self._by_iri.add([line], len(line))

    def same_names(self, conclusions: Conclusions) -> None:
        """same-name: people whose names are equal but for case and tone placement are possibly the same."""
        for _, lines in groupby(self._by_iri, key=_head):
            if line := _named([line.rstrip().split(b"\t") for line in lines]):
                self._by_name.add([line], len(line))
        for _, lines in groupby(self._by_name, key=_head):
            found = [line.rstrip().split(b"\t")[1:] for line in lines]
            if len(found) > 1:
                _conclude({iri.decode(): json.loads(grounds) for iri, grounds in found}, conclusions)


def _head(line: bytes) -> bytes:
    return line.partition(b"\t")[0]


def _named(told: list[list[bytes]]) -> bytes:
    """What the lines of one person tell, as one: name, IRI, claims. The first article, in order, names it.

    Nothing where no article names the person, or no claim speaks of it.
    """
    iri, _, name, claims = told[0]
    if len(told) > 1:
        _, name = min(((article, name) for _, article, name, _ in told if article), default=(b"", b""))
        found = enough(claim for _, _, _, some in told for claim in json.loads(some))
        claims = json.dumps(found, separators=(",", ":")).encode()
    if not name or claims == b"[]":
        return b""
    return b"\t".join((name, iri.removeprefix(PERSON), claims)) + b"\n"


def _conclude(grounds_of: dict[str, list[str]], conclusions: Conclusions) -> None:
    """Pair people of one name."""
    for one, other in pairs(sorted(grounds_of)):
        grounds = [*grounds_of[one], *grounds_of[other]]
        for a, b in ((one, other), (other, one)):
            conclusions.add(a, CKG.possiblySame, node(b), "same-name", grounds)
