"""The text of an article with its mentions: which stretch names what, from the words of its claims.

A claim keeps the words that carry it and their place. For some properties these words are the name of the
fact's subject or object: they make the mentions. Every later place where the same name stands is one too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from kg.namespaces import CKG, ORG
from kg.vietnamese import fold

_SUBJECT = {CKG.code, CKG.documentNumber, CKG.level, CKG.territory}  # the words name the fact's subject
_OBJECT = {CKG.issuedBy, CKG.organisedBy, CKG.about, CKG.heldAt, CKG.signedBy}  # ... the fact's object
_PLAIN = {
    CKG.issuedOn: "date",
    CKG.heldOn: "date",
    CKG.monthDay: "date",
    ORG.member: "post",
    CKG.task: "task",
}
_LONGEST = 160  # characters of a mention; longer words are a sentence, not a name
_REPEATS = 400


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim of an article: the fact, its sentence and its words as places in the text."""

    subject: str
    predicate: str
    object: str
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of the text that names something; `kind` colours it, `claims` are the facts it carries."""

    start: int
    end: int
    iri: str
    kind: str
    claims: tuple[Claimed, ...] = ()


@dataclass(slots=True)
class Piece:
    """A stretch of a paragraph: plain, or a mention. `anchors` are the sentences that begin here."""

    text: str
    mention: Mention | None = None
    anchors: tuple[str, ...] = ()


@dataclass(slots=True)
class Paragraph:
    """A line of the stored text."""

    pieces: list[Piece] = field(default_factory=list)


def mentions(
    text: str, claims: Iterable[Claimed], names: Iterable[tuple[str, str]], kind: object
) -> list[Mention]:
    """The mentions of a text in order, apart from each other, the shorter ones inside longer ones dropped.

    `names` are (IRI, name) of what the article states something of; `kind` maps an IRI to its kind.
    """
    found: dict[tuple[int, int], dict[str, list[Claimed]]] = {}
    kinds: dict[tuple[int, int], str] = {}
    for claim in claims:
        iri = claim.subject if claim.predicate in _SUBJECT or claim.predicate in _PLAIN else claim.object
        if claim.predicate == ORG.member:
            iri = claim.object
        known = claim.predicate in _SUBJECT or claim.predicate in _OBJECT or claim.predicate in _PLAIN
        if known and 0 <= claim.first < claim.last <= len(text) and claim.last - claim.first <= _LONGEST:
            place = (claim.first, claim.last)
            found.setdefault(place, {}).setdefault(iri, []).append(claim)
            kinds.setdefault(place, _PLAIN.get(claim.predicate, ""))
    for start, end, iri in _repeats(text, names):
        found.setdefault((start, end), {}).setdefault(iri, [])
    made = [
        Mention(start, end, next(iter(by_iri)), kinds.get((start, end)) or kind(next(iter(by_iri))),  # type: ignore[operator]
                tuple(c for of in by_iri.values() for c in of))
        for (start, end), by_iri in found.items()
    ]  # fmt: skip
    return list(_apart(made))


def _repeats(text: str, names: Iterable[tuple[str, str]]) -> Iterator[tuple[int, int, str]]:
    """Where the names stand in the text, longest names first, tone placement and case set aside."""
    by_name = {fold(name): iri for iri, name in names if len(name) > 3}
    if not by_name:
        return
    longest_first = sorted(by_name, key=len, reverse=True)[:_REPEATS]
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    for match in pattern.finditer(fold(text)):
        yield match.start(), match.end(), by_name[match.group()]


def _apart(made: Iterable[Mention]) -> Iterator[Mention]:
    """What carries facts comes before what only repeats a name; then the longer before the shorter."""
    taken: list[Mention] = []
    for mention in sorted(made, key=lambda m: (not m.claims, m.kind == "task", m.start - m.end, m.start)):
        if all(mention.end <= other.start or mention.start >= other.end for other in taken):
            taken.append(mention)
    yield from sorted(taken, key=lambda m: m.start)


def paragraphs(text: str, marked: Iterable[Mention], anchors: Iterable[tuple[int, str]]) -> list[Paragraph]:
    """The text as paragraphs of pieces; an anchor (place, name) stands before the piece at its place."""
    starts: dict[int, list[str]] = {}
    first: dict[str, int] = {}
    for start, anchor in anchors:  # a claim with two sentences stands at the first
        first.setdefault(anchor, start)
    for anchor, start in first.items():
        starts.setdefault(start, []).append(anchor)
    by_start = {mention.start: mention for mention in marked}
    ends = {m.end for m in by_start.values()}
    cuts = sorted({0, len(text), *starts, *by_start, *ends, *(m.start() for m in re.finditer("\n", text))})
    inside, made = 0, [Paragraph()]
    for here, there in pairwise(cuts):
        mention = by_start.get(here)
        if here < inside:
            continue
        stop = mention.end if mention else there
        inside = stop
        piece = text[here:stop]
        if piece.startswith("\n"):
            made.append(Paragraph())
            piece = piece.lstrip("\n")
        found = tuple(a for place in range(here, stop) for a in starts.get(place, ()))
        made[-1].pieces.append(Piece(piece, mention, found))
    return [paragraph for paragraph in made if any(p.text.strip() or p.anchors for p in paragraph.pieces)]
