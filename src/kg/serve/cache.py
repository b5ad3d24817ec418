"""Answers kept for the next who asks the same of the same version of the graph."""

from __future__ import annotations

from collections import OrderedDict

from kg.pool.answer import Answer

_OVERHEAD = 1024  # bytes that an entry takes beside key and body, about
_SHARE = 16  # no answer takes more than this part of the whole


class Answers:
    """The most recently used answers, up to `size` bytes of them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._used = 0
        self._kept: OrderedDict[tuple[str, str], Answer] = OrderedDict()

    def get(self, key: tuple[str, str]) -> Answer | None:
        """Return the answer kept under `key`, if there is one."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: tuple[str, str], answer: Answer) -> None:
        """Keep an answer, and forget those not asked for longest."""
        if _weight(key, answer) > self._size // _SHARE or key in self._kept:
            return
        self._kept[key] = answer
        self._used += _weight(key, answer)
        while self._used > self._size:
            old, forgotten = self._kept.popitem(last=False)
            self._used -= _weight(old, forgotten)


def _weight(key: tuple[str, str], answer: Answer) -> int:
    return len(answer.body) + 2 * len(key[1]) + _OVERHEAD
