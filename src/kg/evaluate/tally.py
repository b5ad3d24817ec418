"""Counting: how many facts of each facet are right, wrongly stated or missed, and which."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

FACETS = (
    "documents",
    "issuer",
    "issue date",
    "subject",
    "implements",
    "relations",
    "persons",
    "posts",
    "organs",
    "events",
    "event date",
    "organiser",
    "disseminates",
    "participants",
    "tasks",
)


@dataclass(frozen=True, slots=True)
class Miss:
    """One difference: `what` is "missed", "extra" or "wrong".

    `clue` is what to find it by in the article; `sentence` is the sentence there, "" where none is known.
    """

    article: str
    facet: str
    what: str
    text: str
    clue: str = ""
    sentence: str = ""


@dataclass(slots=True)
class Count:
    """How many facts of a facet are right, wrongly stated and not found."""

    right: int = 0
    extra: int = 0
    missed: int = 0


@dataclass(slots=True)
class Tally:
    """Counts by facet, and the differences behind them."""

    counts: dict[str, Count] = field(default_factory=lambda: {facet: Count() for facet in FACETS})
    misses: list[Miss] = field(default_factory=list)

    def add(self, facet: str, *, right: int = 0, extra: int = 0, missed: int = 0) -> None:
        """Add to the counts of a facet."""
        count = self.counts[facet]
        count.right += right
        count.extra += extra
        count.missed += missed

    def miss(self, article: str, facet: str, what: str, text: str, clue: str) -> None:
        """Note a difference."""
        self.misses.append(Miss(article, facet, what, text, clue))

    def value(self, facet: str, wanted: str | None, found: Collection[str], *, right: bool) -> None:
        """Count one value that gold may state and the dataset may have."""
        self.add(facet, right=right, missed=bool(wanted) and not right, extra=bool(found) and not right)
