"""People: one name under two IRIs may be one person. A hint, never a merger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from kg.infer.conclusions import Conclusions, enough, node
from kg.infer.events import pairs
from kg.keys import Keys
from kg.lines import Lines
from kg.namespaces import CKG
from kg.vietnamese import fold


class People:
    """The people of all articles, sorted on disk: first by IRI, then by name."""

    def __init__(self, by_iri: Lines, by_name: Lines) -> None:
        self._by_iri, self._by_name = by_iri, by_name

    def add(self, keys: Keys) -> None:
        """Note who an article speaks of: how it names them, and the claims that speak of them."""
        mentioned = keys.of_kind("person")
        for iri in mentioned:
            name = [keys.article, *keys.entities[iri]]
            _put(self._by_iri, [iri, name, enough(keys.vouching(iri))])
        for iri in keys.about.keys() - set(mentioned):
            if "/person/" in iri:
                _put(self._by_iri, [iri, [], enough(keys.vouching(iri))])

    def same_names(self, conclusions: Conclusions) -> None:
        """same-name: people whose names are equal but for case and tone placement are possibly the same."""
        for iri, found in groupby(_read(self._by_iri), key=itemgetter(0)):
            told = [(name, claims) for _, name, claims in found]
            names = [name for name, _ in told if name]
            grounds = enough(claim for _, claims in told for claim in claims)
            if names and grounds:
                _put(self._by_name, [" ".join(fold(min(names)[2]).split()), iri, grounds])
        for _, found in groupby(_read(self._by_name), key=itemgetter(0)):
            grounds_of = {iri: grounds for _, iri, grounds in found}
            for one, other in pairs(sorted(grounds_of)):
                grounds = [*grounds_of[one], *grounds_of[other]]
                for a, b in ((one, other), (other, one)):
                    conclusions.add(a, CKG.possiblySame, node(b), "same-name", grounds)


def _put(lines: Lines, record: list[object]) -> None:
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    lines.add([line], len(line))


def _read(lines: Lines) -> Iterator[list[str]]:
    return (json.loads(line) for line in lines)
