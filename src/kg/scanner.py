"""Finds the forms of the lexicon in a text, and says what they may stand for."""

from __future__ import annotations

from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import ahocorasick

from kg.vietnamese import spaced


class Token(NamedTuple):
    """A form of the lexicon in the text: `start:end`, and what the form may stand for (also by category)."""

    start: int
    end: int
    senses: tuple[Sense, ...]
    by_category: Mapping[str, tuple[Sense, ...]] = MappingProxyType({})


class Sense(NamedTuple):
    """One meaning of a form: category ("document", "organ", "post", "cue", …) and the key within it."""

    category: str
    key: str


class Scanner:
    """Finds the longest forms, left to right, whole words only, in one pass over folded text.

    Forms without a key among the `told` are not told of: they only hide shorter ones ("xã giao" | "giao").
    """

    def __init__(self, forms: dict[str, set[Sense]], told: Container[str] | None = None) -> None:
        self._automaton: Any = ahocorasick.Automaton()
        for form, unordered in forms.items():
            key = " " + spaced(form)
            senses = tuple(sorted(unordered))
            by_category = {s.category: tuple(x for x in senses if x.category == s.category) for s in senses}
            wanted = told is None or any(s.key in told for s in senses)
            self._automaton.add_word(key, (len(key) - 1, senses, by_category) if wanted else None)
        self._automaton.make_automaton()

    def scan(self, words: str) -> list[Token]:
        """Tokens of `words`, which `words_of` made of a folded text."""
        new = tuple.__new__  # a named tuple's own constructor is Python: half of the time of a scan
        return [
            new(Token, (last - found[0], last, found[1], found[2]))
            for last, found in self._automaton.iter_long(words)
            if found and not words[last + 1].isalpha()
        ]


def words_of(shadow: str) -> str:
    """The folded text as `Scanner.scan` reads it: a space, words with punctuation as spaces, an end of line.

    Every offset is one more than in `shadow`.
    """
    return f" {spaced(shadow)}\n"
