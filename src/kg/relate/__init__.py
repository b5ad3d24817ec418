"""relate: the entities of an article → facts, each with the sentence that carries it."""

from __future__ import annotations

from kg.relate.facts import Facts
from kg.relate.story import relate

__all__ = ["Facts", "relate"]
