"""Territories named in running text: "tỉnh Lai Châu", "huyện Tủa Chùa", a bare "Đồng Nai".

They are the context in which "Tỉnh ủy" and "UBND huyện" mean one organ.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kg.recognise.names import ProperNames
from kg.recognise.reading import Reading


class PlaceMention(NamedTuple):
    """A territory in the text. `province` is its folded name for a province; `kind` and `name` as written."""

    start: int
    end: int
    kind: str
    name: str
    province: str


def find_places(reading: Reading, names: ProperNames) -> list[PlaceMention]:
    """Provinces and districts in order of place; a province's name in small letters is none."""
    found: list[PlaceMention] = []
    for start, (end, province) in names.provinces.items():
        kind = next((k for k in ("tỉnh", "thành phố") if reading.shadow.endswith(k + " ", 0, start)), "")
        found.append(PlaceMention(start, end, kind, reading.text[start:end], province))
    named = set(names.provinces)
    for kind, whole in reading.lexicon.local_kinds:
        for at in _words(reading.shadow, kind + " "):
            name = reading.skip(at + len(kind))
            if reading.plain[name : name + 1].islower():
                continue  # "xã hội": most are no names
            end = names.local(name, whole)
            if end > name and name not in named:
                named.add(name)
                found.append(PlaceMention(at, end, whole, reading.squeeze(name, end), ""))
    return sorted(found)


def _words(shadow: str, words: str) -> Iterator[int]:
    """Where words stand: of a few, `str.find` finds them in a fifth of a pattern's time."""
    at = shadow.find(words)
    while at >= 0:
        if at == 0 or not (shadow[at - 1].isalnum() or shadow[at - 1] == "_"):
            yield at
        at = shadow.find(words, at + 1)
