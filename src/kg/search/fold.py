"""One form for all the ways in which people write a name, in the index and in what is searched for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from kg.ask.resolve import spell

_PARTS = re.compile(r"\d+|\D+")
_BEFORE_NUMBERS = frozenset({"so", "ngay"})  # "Chỉ thị số 25", "ngày 5/8"; "Sở" stands before letters
_SMALL = frozenset({"va", "cua"})  # words that initials leave out


@lru_cache(maxsize=16384)  # names come again and again: of issuers, of provinces
def folded(text: str) -> tuple[str, ...]:
    """The words of a name without accents, abbreviations spelled out, zeros and fillers left out.

    >>> folded("Chỉ thị số 05-CT/TW ngày 15/05/2016")
    ('chi', 'thi', '5', 'ct', 'trung', 'uong', '15', '5', '2016')
    >>> folded("25ct/tư") == folded("số 25-CT/TW")
    True
    """
    parts = [part.lstrip("0") or "0" for word in spell(text) for part in _PARTS.findall(word)]
    following = [*parts[1:], ""][: len(parts)]
    return tuple(
        word
        for word, after in zip(parts, following, strict=True)
        if not (word in _BEFORE_NUMBERS and after.isdigit())
    )


def initials(words: Sequence[str]) -> str:
    """ "bo giao duc va dao tao" → bgddt; nothing for short names, whose initials mean too much."""
    letters = [word[0] for word in words if word not in _SMALL]
    return "".join(letters) if len(letters) >= 3 and not any(c.isdigit() for c in letters) else ""
