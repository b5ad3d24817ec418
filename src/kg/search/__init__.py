"""Searching by name: blind to accents, at home with abbreviations, ranked, fast at any size.

`keep` writes the folded index that every build has beside its graph; `Search` asks it.
"""

from __future__ import annotations

from kg.search.find import Hit, Search
from kg.search.fold import folded
from kg.search.index import FILE, KINDS, keep, write

__all__ = ["FILE", "KINDS", "Hit", "Search", "folded", "keep", "write"]
