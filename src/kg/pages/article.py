"""The page of an article: its text with every mention marked, its facts in the order of the text, and what
could not be resolved."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from kg.namespaces import CKG, ORG, RDF
from kg.pages import entity as entities
from kg.pages.data import text
from kg.pages.entity import Finding
from kg.pages.highlight import Claimed, mentions, paragraphs
from kg.pages.site import View, Visit

#: What the names of posts, parts and documents say already.
_LEFT_OUT = {
    *(CKG.symbol, CKG.former, CKG.approximate, CKG.participant, CKG.role, CKG.level, CKG.postTitle),
    *(CKG.inCapacity, CKG.documentNumber, ORG.member),
}
_TEXT = 60_000  # characters of a text that one page shows
_FACTS = 250


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as the article's page lists it: with the place of its sentence."""

    subject: str
    predicate: str
    object: str
    iri: bool  # whether the object is a resource
    anchor: str


def view(visit: Visit, iri: str) -> View:
    """The page of an article."""
    entity = entities.describe(visit, iri)
    rows = visit.reader.ask("article-claims", graph=iri + "#claims")
    spans = {
        text(row, "claim"): (int(text(row, "from")), int(text(row, "to")))
        for row in (visit.reader.ask("words", claim=[text(r, "claim") for r in rows]) if rows else ())
    }
    claims = [
        Claimed(
            text(row, "s"), text(row, "p"), text(row, "o"), int(text(row, "start")), int(text(row, "end")),
            *spans.get(text(row, "claim"), (-1, -1)),
        )
        for row in rows
    ]  # fmt: skip
    stored = next((text(row, "text") for row in visit.reader.ask("article-text", this=iri)), "")
    shown = stored[:_TEXT]
    things = {c.subject for c in claims} | {text(r, "o") for r in rows if isinstance(r["o"], ox.NamedNode)}
    visit.learn(things | {c.predicate for c in claims})
    marked = mentions(shown, claims, _names(visit, iri, things), visit.kind)
    told = _told(
        iri, claims, {id(c): isinstance(r["o"], ox.NamedNode) for c, r in zip(claims, rows, strict=True)}
    )
    visit.learn({m.iri for m in marked})
    anchors = [(c.start, f"passage-{c.start}-{c.end}") for c in claims]
    anchors += [(c.start, text(row, "claim").partition("#")[2]) for c, row in zip(claims, rows, strict=True)]
    data = {
        "entity": entity,
        "paragraphs": paragraphs(shown, marked, anchors),
        "cut": len(stored) - len(shown),
        "told": told[:_FACTS],
        "told_count": len(told),
        "kinds": sorted({m.kind for m in marked if m.kind}),
        "findings": _findings(visit, iri),
    }
    return View("article.html", entity.label, data, "Article")


def _names(visit: Visit, article: str, things: set[str]) -> list[tuple[str, str]]:
    """What the text may call the things of an article: their labels, and the codes of documents."""
    found = []
    for iri in sorted(things):
        kind = visit.kind(iri)
        if iri == article or kind not in ("document", "organ", "person"):
            continue
        entry = visit.entry(iri)
        found += [(iri, name) for name in (visit.name(iri), entry.code if entry else "") if name]
    return found


def _told(article: str, claims: list[Claimed], resource: dict[int, bool]) -> list[Told]:
    kept = [
        c for c in claims if c.predicate not in _LEFT_OUT and c.predicate != RDF.type and c.subject != article
    ]
    ordered = sorted(kept, key=lambda c: (c.start, c.subject, c.predicate, c.object))
    made = [
        Told(c.subject, c.predicate, c.object, resource[id(c)], f"passage-{c.start}-{c.end}") for c in ordered
    ]
    return list(dict.fromkeys(made))


def _findings(visit: Visit, iri: str) -> list[tuple[Finding, str]]:
    """What the validation says of the article's things, with the thing."""
    kept: dict[str, tuple[Finding, str]] = {}
    for row in visit.reader.ask("article-findings", this=iri):
        lang = getattr(row["message"], "language", None)
        if lang == visit.lang or text(row, "result") not in kept:
            severity = text(row, "severity").rpartition("#")[2].lower()
            message = entities.readable(visit, text(row, "message"))
            kept[text(row, "result")] = (Finding(text(row, "shape"), severity, message), text(row, "focus"))
    return sorted(kept.values(), key=lambda pair: (pair[0].severity, pair[0].message))
