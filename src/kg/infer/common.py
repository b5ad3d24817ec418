"""What all articles together say of the things that more than one may name: documents and organs.

It grows with the number of distinct documents and organs, and not with that of articles. Of the claims that
say one thing a few are kept, always the same few, whatever the order of the articles.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.infer.background import Background
from kg.infer.conclusions import ENOUGH
from kg.keys import Keys, Resolved
from kg.namespaces import CKG

_OF_DOCUMENTS = (
    CKG.documentNumber, CKG.symbol, CKG.issuedBy, CKG.inTerm, CKG.numberedBy, CKG.dateAsWritten,
)  # fmt: skip
_OF_ORGANS = (CKG.partOf, CKG.standingBodyOf)


class Few(list[str]):
    """The first few, in order, of all claims that were added."""

    def take(self, claims: Iterable[str]) -> None:
        """Add claims."""
        for claim in claims:
            if (len(self) < ENOUGH or claim < self[-1]) and claim not in self:
                insort(self, claim)
                del self[ENOUGH:]


def few() -> defaultdict[str, Few]:
    """Nothing yet, by predicate or value."""
    return defaultdict(Few)


@dataclass(slots=True)
class Thing:
    """A document or an organ under its name for all articles; `kind` is "" if none mentions it."""

    first: str = "\uffff"  # the first article, in order, that mentions it, and its class there
    kind: str = ""

    def mentioned(self, article: str, kind: str) -> None:
        """Note that an article mentions it."""
        self.first, self.kind = min((self.first, self.kind), (article, kind))


@dataclass(slots=True)
class Document(Thing):
    """`said`: predicate → claims; `days`: day of issue → claims."""

    said: defaultdict[str, Few] = field(default_factory=few)
    days: defaultdict[str, Few] = field(default_factory=few)
    issuers: set[str] = field(default_factory=set)  # organs that issued it, under the widest name of each
    local_issuers: set[tuple[str, str]] = field(default_factory=set)  # class and level of those without one
    published: Few = field(default_factory=Few)  # claims of the days of the articles that mention it
    since: str = ""  # the first of those days


@dataclass(slots=True)
class Organ(Thing):
    """`territories` and `levels`: value → claims; `about`: claims in which it does something."""

    territories: defaultdict[str, Few] = field(default_factory=few)
    levels: defaultdict[str, Few] = field(default_factory=few)
    about: Few = field(default_factory=Few)
    placed: set[str] = field(default_factory=set)  # ckg:partOf, ckg:standingBodyOf: those stated

    def vouching(self) -> list[str]:
        """Claims of its territory or level, else any that names it."""
        found = Few()
        for claims in (self.territories or self.levels).values():
            found.take(claims)
        return found or self.about


class Common:
    """The documents and organs of all articles, by IRI."""

    def __init__(self, background: Background) -> None:
        self._base = f"{background.base}id/"
        self._local = f"{background.base}id/article/"
        self.documents: defaultdict[str, Document] = defaultdict(Document)
        self.organs: defaultdict[str, Organ] = defaultdict(Organ)

    def add(self, keys: Keys, resolved: Resolved) -> None:
        """Add what an article says; `resolved` tells which of its organs are the register's."""
        day = keys.published
        for iri, entity in keys.entities.items():
            if thing := self._thing(iri):
                thing.mentioned(keys.article, entity.kind)
                if isinstance(thing, Document) and day:
                    thing.published.take([day.claim])
                    thing.since = min(thing.since or day.value, day.value)
        for claim, (predicate, subject, value) in keys.claims.items():
            match self._thing(subject):
                case Document() as document:
                    self._of_document(document, keys, resolved, predicate, value, claim)
                case Organ() as organ:
                    _of_organ(organ, predicate, value, claim)
        for value, claims in keys.about.items():
            if isinstance(thing := self._thing(value), Organ):
                thing.about.take(claims)

    def _thing(self, iri: str) -> Document | Organ | None:
        if not iri.startswith(self._base) or iri.startswith(self._local):
            return None
        if iri.startswith("document/", len(self._base)):
            return self.documents[iri]
        return self.organs[iri] if iri.startswith("organ/", len(self._base)) else None

    def _of_document(
        self, document: Document, keys: Keys, resolved: Resolved, predicate: str, value: str, claim: str
    ) -> None:
        if predicate == CKG.issuedOn:
            document.days[value].take([claim])
        elif predicate in _OF_DOCUMENTS:
            document.said[predicate].take([claim])
        if predicate == CKG.issuedBy:
            organ = resolved.get(value, (value, ""))[0]
            if not organ.startswith(self._local):
                document.issuers.add(organ)
            elif organ in keys.entities:
                levels = keys.said(CKG.level, organ)
                document.local_issuers.add((keys.entities[organ].kind, levels[0].value if levels else ""))

    def issuers(self, background: Background, organs: Iterable[str]) -> set[tuple[str, str]]:
        """Class and level of organs; level "" where it is not known."""
        found = set()
        for iri in organs:
            register, organ = background.register_organs.get(iri), self.organs.get(iri)
            if register:
                found.add((register.kind, register.level))
            elif organ and organ.kind:
                found.add((organ.kind, min(organ.levels, default="")))
        return found

    def territories(self, organ: str) -> Iterable[str]:
        """The territories that articles give an organ."""
        return self.organs[organ].territories if organ in self.organs else ()


def _of_organ(organ: Organ, predicate: str, value: str, claim: str) -> None:
    if predicate == CKG.territory:
        organ.territories[value].take([claim])
    elif predicate == CKG.level:
        organ.levels[value].take([claim])
    elif predicate in _OF_ORGANS:
        organ.placed.add(predicate)
