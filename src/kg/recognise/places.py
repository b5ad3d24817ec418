"""Territories named in running text: "tỉnh Lai Châu", "huyện Tủa Chùa", a bare "Đồng Nai".

They are the context in which "Tỉnh ủy" and "UBND huyện" mean one organ.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.patterns import WORD, any_of
from kg.recognise.names import ProperNames
from kg.recognise.reading import Reading

_KINDS = ("huyện", "quận", "thị xã", "thành phố", "tp", "tp.", "thị trấn", "xã", "phường")
_LOCAL = re.compile(rf"({any_of(_KINDS, not_behind=WORD)})\s+")


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
    for m in _LOCAL.finditer(reading.shadow):
        end = names.local(m.end())
        if end > m.end() and m.end() not in names.provinces:
            kind = "thành phố" if m.group(1).startswith("tp") else m.group(1)
            found.append(PlaceMention(m.start(), end, kind, reading.squeeze(m.end(), end), ""))
    return sorted(found)
