"""The conclusions as they are drawn: lines of N-Quads, sorted on disk where they are many."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.lines import Lines
from kg.namespaces import CKG, PROV, RDF, XSD


def node(value: str) -> str:
    """An IRI as N-Quads writes it."""
    return f"<{value}>"


def words(value: str) -> str:
    """Vietnamese words as an N-Quads literal."""
    return str(ox.Literal(value, language="vi"))


def plain(value: str) -> str:
    """A string without language as an N-Quads literal."""
    return str(ox.Literal(value))


def day(value: str) -> str:
    """An ISO day as an N-Quads literal."""
    return f'"{value}"^^<{XSD.date}>'


class Conclusions:
    """Writes triples with their grounds to `lines`; the first rule that gives a triple keeps it.

    Only what was concluded of organs is remembered, of which the register has a limited number: of other
    things no rule gives a triple twice.
    """

    def __init__(self, base: str, lines: Lines) -> None:
        self._base, self._lines = base, lines
        self._organ = f"{base}id/organ/"
        self._graph = f"<{base}graph/inferred> .\n"
        self._first: dict[tuple[str, str, str], str] = {}

    def add(
        self,
        subject: str,
        predicate: str,
        value: str,
        rule: str,
        grounds: Iterable[str],
        score: float | None = None,
    ) -> str:
        """Conclude a triple and return its claim's IRI; "" where there is nothing that it rests on.

        `subject` and `predicate` are IRIs, `value` an N-Quads term, `rule` the tail of ckg:rule-…, `grounds`
        IRIs of claims, or of documents and organs of the register; `score` lies between 0 and 1.
        """
        triple = (subject, predicate, value)
        if known := self._first.get(triple):
            return known
        rests_on = sorted(set(grounds) - {""})
        if not rests_on:
            return ""
        rule = CKG[f"rule-{rule}"]
        digest = hashlib.sha256("\n".join((*triple, rule)).encode()).hexdigest()[:16]
        claim = f"{self._base}id/inferred/{digest}"
        if subject.startswith(self._organ):
            self._first[triple] = claim
        lines = [(line + self._graph).encode() for line in _lines(triple, claim, rule, rests_on, score)]
        self._lines.add(lines, sum(map(len, lines)))
        return claim


def _lines(
    triple: tuple[str, str, str], iri: str, rule: str, grounds: list[str], score: float | None
) -> Iterator[str]:
    (subject, predicate, value), claim = triple, node(iri)
    yield f"<{subject}> <{predicate}> {value} "
    yield f"{claim} <{RDF.type}> <{CKG.Claim}> "
    yield f"{claim} <{RDF.subject}> <{subject}> "
    yield f"{claim} <{RDF.predicate}> <{predicate}> "
    yield f"{claim} <{RDF.object}> {value} "
    yield f"{claim} <{CKG.status}> <{CKG.Inferred}> "
    yield f"{claim} <{CKG.rule}> <{rule}> "
    for ground in grounds:
        yield f"{claim} <{PROV.wasDerivedFrom}> <{ground}> "
    if score is not None:
        yield f'{claim} <{CKG.score}> "{score:.2f}"^^<{XSD.decimal}> '
