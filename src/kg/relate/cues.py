"""Cue words in a stretch of text, as the lexicon's longest forms: "xã giao" hides "giao"."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kg.lexicon import Lexicon
from kg.recognise.reading import Reading
from kg.recognise.spans import between
from kg.scanner import Token

Patterns = TypeVar("Patterns")


def cues(reading: Reading, start: int, end: int, *keys: str) -> list[Token]:
    """The cue tokens of these kinds that lie in `start:end`, in order."""
    found = {t.start: t for key in keys for t in between(reading.cues(key), start, end) if t.end <= end}
    return [found[at] for at in sorted(found)] if len(keys) > 1 else list(found.values())


def once_a_lexicon(build: Callable[[Lexicon], Patterns]) -> Callable[[Lexicon], Patterns]:
    """Decorates a function that makes patterns of a lexicon's words: they are made once for all articles.

    The lexicon last used is kept, since a run has one.
    """
    kept: list[tuple[Lexicon, Patterns]] = []

    def built(lexicon: Lexicon) -> Patterns:
        for known, patterns in kept:
            if known is lexicon:
                return patterns
        made = build(lexicon)
        kept[:] = [(lexicon, made)]
        return made

    return built
