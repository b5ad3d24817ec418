"""Cue words in a stretch of text, as the lexicon's longest forms: "xã giao" hides "giao"."""

from __future__ import annotations

from bisect import bisect_left

from kg.lexicon import Token
from kg.recognise.reading import Reading


def cues(reading: Reading, start: int, end: int, *keys: str) -> list[Token]:
    """The cue tokens of these kinds that lie in `start:end`, in order."""
    found = []
    tokens = reading.verbs
    for i in range(bisect_left(tokens, (start,)), len(tokens)):
        token = tokens[i]
        if token.start >= end:
            break
        if token.end <= end and any(s.key in keys for s in token.senses):
            found.append(token)
    return found
