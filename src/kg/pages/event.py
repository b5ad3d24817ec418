"""The page of an event: when, where, which documents, who took part in which role."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from kg.namespaces import CKG
from kg.pages import entity as entities
from kg.pages.data import text
from kg.pages.facts import Fact, quote, steps
from kg.pages.site import View, Visit

_ROLES = ("Chair", "Speaker", "Presenter", "Attendee")


@dataclass(slots=True)
class Part:
    """Somebody's part in an event: their role, the post in which they came, the fact."""

    who: str
    role: str
    posts: list[str]  # without the name
    fact: Fact | None = None


def view(visit: Visit, iri: str) -> View:
    """The page of an event."""
    entity = entities.describe(visit, iri)
    rows = visit.reader.ask("participants", this=iri)
    subjects = [text(row, "s") for row in rows]
    posts = visit.reader.values(subjects, "ckg:inCapacity/rdfs:label")
    told = {fact.subject: fact for fact in steps(visit.reader, subjects, CKG.participant)}
    quote(visit.reader, list(told.values()))
    parts = [
        Part(text(r, "participant"), text(r, "role"), _titles(posts, text(r, "s")), told.get(text(r, "s")))
        for r in rows
    ]
    visit.learn({part.who for part in parts} | {part.role for part in parts})
    parts.sort(key=lambda part: (_rank(part.role), part.role, visit.name(part.who)))
    by_role = {role: list(of) for role, of in groupby(parts, key=lambda part: part.role)}
    return View(
        "event.html", entity.label, {"entity": entity, "parts": by_role, "total": len(parts)}, "Event"
    )


def _titles(posts: dict[str, list[str]], part: str) -> list[str]:
    """The posts in which somebody came: a post's name is "person: title"."""
    return [label.partition(": ")[2] or label for label in posts.get(part, ())]


def _rank(role: str) -> int:
    name = role.rpartition("#")[2]
    return _ROLES.index(name) if name in _ROLES else len(_ROLES)
