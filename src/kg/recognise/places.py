"""Territories named in running text: "tỉnh Lai Châu", "huyện Tủa Chùa", a bare "Đồng Nai".

They are the context in which "Tỉnh ủy" and "UBND huyện" mean one organ.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kg.recognise.names import ProperNames, in_capitals
from kg.recognise.reading import Reading, senses

# letters first and what stands before them afterwards: the engine then skips ahead, in half of the time
_LOCAL = re.compile(r"(huyện|quận|thị xã|thành phố|tp|tp\.|thị trấn|xã|phường)\s+")


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
    for token in reading.names:
        for sense in senses(token, "province"):
            if in_capitals(reading.plain, token.start, token.end):
                before = reading.shadow[max(0, token.start - 10) : token.start]
                kind = (
                    "tỉnh"
                    if before.endswith("tỉnh ")
                    else "thành phố"
                    if before.endswith("thành phố ")
                    else ""
                )
                found.append(
                    PlaceMention(
                        token.start, token.end, kind, reading.text[token.start : token.end], sense.key
                    )
                )
    starts = {p.start for p in found}
    for m in _LOCAL.finditer(reading.shadow):
        before = reading.shadow[m.start() - 1 : m.start()]
        if before.isalnum() or before == "_":
            continue
        end = names.local(m.end())
        if end > m.end() and m.end() not in starts:
            kind = "thành phố" if m.group(1).startswith("tp") else m.group(1)
            found.append(PlaceMention(m.start(), end, kind, reading.squeeze(m.end(), end), ""))
    return sorted(found)
