"""The facts of one article as they are found, without repetition: a fact said twice has two sentences."""

from __future__ import annotations

import re

from kg.model import Fact, Span
from kg.namespaces import XSD

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_NEEDS = re.compile('[\\\\"\x00-\x1f\x7f]')
_BAD_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")


def literal(value: str, language: str = "", datatype: str = "") -> str:
    """An N-Quads literal (RDF 1.1 N-Quads, canonical escapes); Vietnamese letters stay as they are."""
    if _NEEDS.search(value):
        value = _NEEDS.sub(lambda m: _ESCAPES.get(m.group(), f"\\u{ord(m.group()):04X}"), value)
    if language:
        return f'"{value}"@{language}'
    return f'"{value}"^^<{datatype}>' if datatype else f'"{value}"'


def iri(value: str) -> str:
    """An N-Quads IRI; characters that an IRI may not hold are percent-encoded."""
    if _BAD_IRI.search(value):
        value = _BAD_IRI.sub(lambda m: f"%{ord(m.group()):02X}", value)
    return f"<{value}>"


def day(value: str) -> str:
    """An xsd:date, or an xsd:gMonthDay for `--MM-DD`."""
    return literal(value, datatype=XSD.gMonthDay if value.startswith("--") else XSD.date)


def integer(value: int) -> str:
    """An xsd:integer."""
    return literal(str(value), datatype=XSD.integer)


def boolean(value: bool) -> str:
    """An xsd:boolean."""
    return literal("true" if value else "false", datatype=XSD.boolean)


class Facts:
    """Collects facts; the order of first mention is kept."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, str, str], Fact] = {}
        self.entities: dict[str, tuple[str, str]] = {}  # iri → class, N-Quads label
        self.first: dict[str, int] = {}  # iri → sentence of first mention

    def entity(self, subject: str, kind: str, label: str, sentence: int) -> None:
        """Declares an entity with its class (full IRI) and N-Quads label."""
        if subject not in self.entities:
            self.entities[subject] = (kind, label)
            self.first[subject] = sentence

    def add(self, subject: str, predicate: str, value: str, sentence: int, words: Span | None = None, rule: str = "", also: int = -1) -> None:
        """A fact with its sentence; said again, it gains a sentence."""
        key = (subject, predicate, value)
        known = self._facts.get(key)
        if known is None:
            self._facts[key] = Fact(subject, predicate, value, sentence, words, (also,) if also >= 0 else (), rule)
        elif sentence != known.sentence and sentence not in known.also:
            self._facts[key] = known._replace(also=(*known.also, sentence))

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self._facts.values())

    def __len__(self) -> int:
        return len(self._facts)

    def has(self, subject: str, predicate: str) -> bool:
        """Whether anything is said of this subject by this predicate."""
        return any(f.subject == subject and f.predicate == predicate for f in self._facts.values())
