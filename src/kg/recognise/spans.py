"""Questions about places in a text, asked thousands of times an article: answered by bisection.

Mentions, tokens and dates are in order of place, so that nobody looks at all of them for one sentence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Protocol, TypeVar


class _Placed(Protocol):
    @property
    def start(self) -> int: ...


Placed = TypeVar("Placed", bound=_Placed)
_START = attrgetter("start")


def between(items: Sequence[Placed], start: int, end: int) -> Sequence[Placed]:
    """Those of `items`, which are in order of place, that begin in `start:end`."""
    first = bisect_left(items, start, key=_START)
    if first == len(items) or items[first].start >= end:  # as a rule: none
        return items[:0]
    return items[first : bisect_left(items, end, first, key=_START)]


class Cover:
    """The union of stretches of the text: `offset in cover` is whether one of them holds the offset."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            elif end > start:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, offset: int) -> bool:
        found = bisect_right(self._starts, offset)
        return found > 0 and offset < self._ends[found - 1]

    def touches(self, start: int, end: int) -> bool:
        """Whether a stretch has an offset in common with `start:end`."""
        found = bisect_left(self._starts, end)
        return found > 0 and start < self._ends[found - 1]
