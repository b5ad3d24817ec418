"""Questions about places in a text, asked thousands of times an article: answered by bisection.

Mentions, tokens and dates are in order of place, so that nobody looks at all of them for one sentence.
"""

from __future__ import annotations

from bisect import bisect_left
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


def cover(spans: Iterable[tuple[int, int]], length: int) -> bytearray:
    """The union of stretches of a text of this length: a byte for each offset, 1 where a stretch holds it."""
    covered = bytearray(length + 1)
    for start, end in spans:
        covered[start:end] = b"\1" * (end - start)
    return covered
