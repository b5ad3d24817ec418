"""The sentences behind the rows of an answer: what a reader sees beside each row, and a program with it.

A claim carries a row where it speaks of the thing in the row's evidence column and says something that the
row shows; where no claim does both, those of the thing itself stand for the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import pyoxigraph as ox

from kg.ask.names import Term, solutions, value
from kg.store import Queryable

EACH = 3  # sentences of a row, at most
_MOST = 20_000  # claims that are looked at for one answer
_CLAIMS = """
SELECT DISTINCT ?thing ?s ?p ?o ?exact ?article ?start ?end ?headline ?published ?words WHERE {
  VALUES ?thing { %s }
  %s .
  ?claim rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; ckg:evidence ?passage .
  ?passage oa:exact ?exact ; ckg:inArticle ?article ; oa:start ?start ; oa:end ?end .
  OPTIONAL { ?article schema:headline ?headline }
  OPTIONAL { ?article schema:datePublished ?published }
  OPTIONAL { ?claim ckg:words ?words }
} LIMIT %d"""
# How a thing is spoken of: it is the claim itself, the article; what claims say something of, under its own
# name or one that was resolved to it; what claims say something with.
_WAYS = (
    "BIND(?thing AS ?claim)",
    "?claim rdf:subject ?thing",
    "?local ckg:resolvedTo ?thing . ?claim rdf:subject ?local",
    "?claim rdf:object ?thing",
    "?local ckg:resolvedTo ?thing . ?claim rdf:object ?local",
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that carries a row. `start` and `end` are code points in the article's text."""

    sentence: str
    article: str  # IRI
    start: int
    end: int
    headline: str = ""
    published: str = ""  # YYYY-MM-DD
    words: str = ""  # the part of the sentence that says it
    predicate: str = ""  # IRI of what it says of the thing

    def document(self) -> dict[str, object]:
        """The evidence for JSON, without what is not known."""
        return {name: found for name, found in asdict(self).items() if found != ""}


@dataclass(frozen=True, slots=True)
class _Claim:
    terms: frozenset[Term]
    evidence: Evidence


def sentences(
    store: Queryable, rows: Sequence[Sequence[Term | None]], things: Sequence[Term | None]
) -> list[list[Evidence]]:
    """Return for each row the sentences behind it, at most EACH; `things` has each row's evidence cell."""
    claims = _claims(store, {thing for thing in things if isinstance(thing, ox.NamedNode)})
    return [
        _best(claims.get(thing.value, []), {cell for cell in row if cell is not None and cell != thing})
        if isinstance(thing, ox.NamedNode)
        else []
        for row, thing in zip(rows, things, strict=True)
    ]


def _claims(store: Queryable, things: set[ox.NamedNode]) -> dict[str, list[_Claim]]:
    """Thing → the claims that speak of it, in the nearest of the ways in which any does."""
    found: dict[str, list[_Claim]] = {}
    for way in _WAYS:
        left = sorted(str(thing) for thing in things if thing.value not in found)
        if not left:
            break
        for row in solutions(store, _CLAIMS % (" ".join(left), way, _MOST)):
            found.setdefault(value(row["thing"]), []).append(_claim(row))
    return found


def _claim(row: dict[str, Term]) -> _Claim:
    text = {name: value(term) for name, term in row.items()}
    evidence = Evidence(
        sentence=text["exact"],
        article=text["article"],
        start=int(text["start"]),
        end=int(text["end"]),
        headline=text.get("headline", ""),
        published=text.get("published", "")[:10],
        words=text.get("words", ""),
        predicate=text["p"],
    )
    return _Claim(frozenset((row["s"], row["p"], row["o"])), evidence)


def _best(claims: Iterable[_Claim], cells: set[Term]) -> list[Evidence]:
    """The sentences whose claims show most of what the row shows, each sentence once."""
    ranked = sorted(
        claims,
        key=lambda c: (-len(c.terms & cells), c.evidence.article, c.evidence.start, c.evidence.predicate),
    )
    if not ranked:
        return []
    most = len(ranked[0].terms & cells)
    chosen: dict[tuple[str, int], Evidence] = {}
    for claim in ranked:
        if len(claim.terms & cells) < most:
            break
        chosen.setdefault((claim.evidence.article, claim.evidence.start), claim.evidence)
    return list(chosen.values())[:EACH]
