"""The conclusions as they are drawn, and their N-Quads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import pyoxigraph as ox

from kg.namespaces import CKG, PROV, RDF, XSD

_ENOUGH = 5
"""Grounds of one kind that a claim names: a directive's number may be stated by thousands of articles."""


class _Ground(NamedTuple):
    """Why a triple holds."""

    claim: str
    rule: str
    grounds: tuple[str, ...]
    score: float | None


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


def enough(claims: Iterable[str]) -> list[str]:
    """A few of the claims that say one thing: always the same few."""
    return sorted(set(claims))[:_ENOUGH]


class Conclusions:
    """Collects triples with their grounds; the first rule that gives a triple keeps it."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._found: dict[tuple[str, str, str], _Ground] = {}

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
        key = (subject, predicate, value)
        known = self._found.get(key)
        if known is not None:
            return known.claim
        rests_on = tuple(sorted(set(grounds) - {""}))
        if not rests_on:
            return ""
        rule = CKG[f"rule-{rule}"]
        digest = hashlib.sha256("\n".join((subject, predicate, value, rule)).encode()).hexdigest()[:16]
        claim = f"{self._base}id/inferred/{digest}"
        self._found[key] = _Ground(claim, rule, rests_on, score)
        return claim

    def nquads(self) -> str:
        """All triples and their claims, sorted."""
        graph = f"<{self._base}graph/inferred> .\n"
        lines = {line + graph for key, ground in self._found.items() for line in _lines(*key, ground)}
        return "".join(sorted(lines))


def _lines(subject: str, predicate: str, value: str, ground: _Ground) -> list[str]:
    claim = f"<{ground.claim}>"
    lines = [
        f"<{subject}> <{predicate}> {value} ",
        f"{claim} <{RDF.type}> <{CKG.Claim}> ",
        f"{claim} <{RDF.subject}> <{subject}> ",
        f"{claim} <{RDF.predicate}> <{predicate}> ",
        f"{claim} <{RDF.object}> {value} ",
        f"{claim} <{CKG.status}> <{CKG.Inferred}> ",
        f"{claim} <{CKG.rule}> <{ground.rule}> ",
        *(f"{claim} <{PROV.wasDerivedFrom}> <{source}> " for source in ground.grounds),
    ]
    if ground.score is not None:
        lines.append(f'{claim} <{CKG.score}> "{ground.score:.2f}"^^<{XSD.decimal}> ')
    return lines
