"""The facts of one article as they are found, without repetition: a fact said twice has two sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from kg.model import Fact
from kg.namespaces import XSD

_ESCAPES = {"\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_ESCAPED = re.compile(r"\\(u[0-9A-F]{4}|.)")
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_SPECIAL = re.compile('[\x00-\x1f\x7f"\\\\]')
_INTEGER = f'"^^<{XSD.integer}>'
_TRUE, _FALSE = f'"true"^^<{XSD.boolean}>', f'"false"^^<{XSD.boolean}>'
_BAD_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")


def escaped(value: str, *, lines: bool = False) -> str:
    """The text between the quotes of a literal. `lines`: it is known to be `made_of_lines`."""
    if not _SPECIAL.search(value):  # as a rule
        return value
    value = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    if lines or made_of_lines(value):
        return value
    return _CONTROL.sub(lambda m: _ESCAPES.get(m.group(), f"\\u{ord(m.group()):04X}"), value)


def made_of_lines(text: str) -> bool:
    """Whether a text has no control characters but line ends; so has then every stretch of it."""
    return not _CONTROL.search(text.replace("\n", ""))


def literal(value: str, language: str = "", datatype: str = "") -> str:
    """An N-Quads literal (RDF 1.1 N-Quads, canonical escapes); Vietnamese letters stay as they are."""
    value = escaped(value)
    if language:
        return f'"{value}"@{language}'
    return f'"{value}"^^<{datatype}>' if datatype else f'"{value}"'


@lru_cache(maxsize=8192)
def iri(value: str) -> str:
    """An N-Quads IRI; characters that an IRI may not hold are percent-encoded."""
    if _BAD_IRI.search(value):
        value = _BAD_IRI.sub(lambda m: f"%{ord(m.group()):02X}", value)
    return f"<{value}>"


def value(term: str) -> str:
    """An N-Quads term as queries see it: an IRI without brackets, the lexical form of a literal."""
    if term.startswith("<"):
        return term[1:-1]
    lexical = term[1 : term.rindex('"')]
    return _ESCAPED.sub(_unescaped, lexical) if "\\" in lexical else lexical


def _unescaped(found: re.Match[str]) -> str:
    letters = found[1]
    return chr(int(letters[1:], 16)) if letters[0] == "u" else _PLAIN.get(letters, letters)


def day(value: str) -> str:
    """An xsd:date, or an xsd:gMonthDay for `--MM-DD`."""
    return literal(value, datatype=XSD.gMonthDay if value.startswith("--") else XSD.date)


def integer(value: int) -> str:
    """An xsd:integer."""
    return f'"{value}{_INTEGER}'


def boolean(value: bool) -> str:
    """An xsd:boolean."""
    return _TRUE if value else _FALSE


_new = tuple.__new__  # a named tuple's own constructor takes twice as long


class Facts:
    """Collects facts; the order of first mention is kept.

    `sentence_at` gives the sentence of an offset: the words that carry a fact decide which is its evidence.
    """

    def __init__(self, sentence_at: Callable[[int], int]) -> None:
        self._sentence_at = sentence_at
        self._facts: dict[tuple[str, str, str], Fact] = {}
        self.entities: dict[str, tuple[str, str]] = {}  # iri → class, N-Quads label
        self._said: dict[tuple[str, str], str] = {}  # subject, predicate → the object said first

    def entity(self, subject: str, kind: str, label: str) -> None:
        """Declares an entity with its class (full IRI) and N-Quads label."""
        if subject not in self.entities:
            self.entities[subject] = (kind, label)

    def add(
        self,
        subject: str,
        predicate: str,
        value: str,
        sentence: int,
        words: tuple[int, int] | None = None,
        also: int = -1,
    ) -> None:
        """A fact with its sentence; said again, it gains a sentence.

        Where the words stand in another sentence than the one that speaks of the subject ("Bốn nghị quyết
        cùng ký ngày …:" above a list), theirs is the evidence and the other stands beside it.
        """
        beside = () if also < 0 else (also,)
        if words and (carrying := self._sentence_at(words[0])) != sentence:
            sentence, beside = carrying, (sentence, *beside)
        key = (subject, predicate, value)
        known = self._facts.get(key)
        if known is None:
            self._facts[key] = _new(Fact, (subject, predicate, value, sentence, words, beside))
            self._said.setdefault((subject, predicate), value)
        elif sentence != known.sentence and sentence not in known.also:
            self._facts[key] = known._replace(also=(*known.also, sentence))

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def __len__(self) -> int:
        return len(self._facts)

    def has(self, subject: str, predicate: str) -> bool:
        """Whether anything is said of this subject by this predicate."""
        return (subject, predicate) in self._said

    def first(self, subject: str, predicate: str) -> str:
        """The N-Quads term that was said first of this subject by this predicate; "" for none."""
        return self._said.get((subject, predicate), "")
