"""What a global document's IRI says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kg.identity import LASTING, TERMS
from kg.vietnamese import slug

_CENTRAL = re.compile(r"(?P<type>quyet-dinh|[a-z]+)-(?P<number>\d+)-(?P<organ>[a-z]*tw)-k(?P<term>\d+)")
_PROVINCIAL = re.compile(
    r"(?P<type>quyet-dinh|[a-z]+)-(?P<number>\d+)-(?P<organ>[a-z]+)-(?P<series>[a-z0-9-]+)-(?P<term>\d{4})"
)
_STATE = re.compile(
    r"(?P<type>quyet-dinh|[a-z]+)-(?P<number>\d+)-(?P<year>\d{4})-(?P<organ>[a-z0-9]+)(?:-(?P<series>[a-z0-9-]+))?"
)


@dataclass(frozen=True, slots=True)
class Key:
    """What a global document's IRI says, which `identity.DocumentKey.slug` made; "" and 0 for nothing."""

    type: str
    number: str
    organ: str
    series: str
    term: int
    year: str

    @property
    def letters(self) -> str:
        """`ct`: the slug of the type's letters; a Quyết định has its words in its address, "QĐ" as symbol."""
        return "qd" if self.type == "quyet-dinh" else self.type

    @property
    def symbol(self) -> str:
        """`ct-tw`: the slug of the symbol."""
        return f"{self.letters}-{self.organ}"

    @property
    def lasting(self) -> bool:
        """Whether such central documents are cited long after their term."""
        return self.central and self.type in {slug(letters) for letters in LASTING}

    @property
    def central(self) -> bool:
        """Whether the number is of a national term."""
        return 0 < self.term < 1000

    def first_day(self) -> str:
        """The first day on which such a document can have been issued; "" where the IRI does not tell."""
        if self.central:
            return dict(TERMS).get(self.term, "")
        return f"{self.year or self.term}-01-01" if self.year or self.term else ""


@lru_cache(maxsize=256)
def key_of(iri: str) -> Key | None:
    """The key in a global document's IRI; None for one that has none."""
    tail = iri.rpartition("/id/document/")[2]
    found = _CENTRAL.fullmatch(tail) or _PROVINCIAL.fullmatch(tail) or _STATE.fullmatch(tail)
    if found is None:
        return None
    parts = found.groupdict()
    series, term = parts.get("series") or "", int(parts.get("term") or 0)
    return Key(parts["type"], parts["number"], parts["organ"], series, term, parts.get("year") or "")
