"""The keys of one article: the few of its facts, with their claims, that conclusions are drawn from.

Made with the quads, or read from a store; `kg.gist` gathers those of many articles.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from kg.namespaces import CKG, ORG, SCHEMA

_FACTS = (
    *(
        CKG.documentNumber,
        CKG.symbol,
        CKG.issuedBy,
        CKG.issuedOn,
        CKG.dateAsWritten,
        CKG.inTerm,
        CKG.numberedBy,
    ),
    *(CKG.heldOn, CKG.monthDay, CKG.organisedBy, CKG.disseminates),
    *(CKG.level, CKG.territory, CKG.partOf, CKG.standingBodyOf),
    SCHEMA.datePublished,
)
_ABOUT = (
    *(ORG.member, ORG.organization, CKG.participant, CKG.issuedBy, CKG.organisedBy),
    *(CKG.assignedBy, CKG.assignedTo, CKG.saidBy, CKG.signedBy),
)
"""Facts whose object is a person or an organ: they vouch for it where it is the subject of none."""

PREDICATES = frozenset({*_FACTS, *_ABOUT})
"""All that is read of the articles' claims; beside it, what articles mention, with types and labels."""

Resolved = dict[str, tuple[str, str]]
"""What an article calls by a name of its own → its name for all articles, and the claim of that."""


class Said(NamedTuple):
    """A value that an article states, and the claim."""

    value: str
    claim: str


class Entity(NamedTuple):
    """What an article calls a thing that it mentions."""

    kind: str
    label: str


@dataclass(frozen=True)
class Keys:
    """What conclusions need of one article. `claims`: claim → (predicate, subject, value)."""

    article: str
    claims: dict[str, tuple[str, str, str]]
    entities: dict[str, Entity]

    def __str__(self) -> str:
        """One line of JSON; the same for the same article."""
        claims = sorted((claim, *said) for claim, said in self.claims.items())
        found = [self.article, claims, sorted((iri, *entity) for iri, entity in self.entities.items())]
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def parse(cls, line: str | bytes) -> Keys:
        """Read what `str` wrote."""
        article, claims, entities = json.loads(line)
        return cls(
            article,
            {claim: (predicate, subject, value) for claim, predicate, subject, value in claims},
            {iri: Entity(kind, label) for iri, kind, label in entities},
        )

    # what rules ask

    def said(self, predicate: str, subject: str) -> list[Said]:
        """What the article states of `subject`, by value and claim."""
        return self._facts.get((predicate, subject), [])

    @cached_property
    def _facts(self) -> dict[tuple[str, str], list[Said]]:
        found: dict[tuple[str, str], list[Said]] = defaultdict(list)
        for claim, (predicate, subject, value) in self.claims.items():
            found[predicate, subject].append(Said(value, claim))
        return {key: sorted(said) for key, said in sorted(found.items())}

    @cached_property
    def about(self) -> dict[str, list[str]]:
        """Thing → the claims that have it as a person or an organ who did something."""
        found: dict[str, list[str]] = defaultdict(list)
        for claim, (predicate, _, value) in sorted(self.claims.items()):
            if predicate in _ABOUT:
                found[value].append(claim)
        return found

    def facts(self, predicate: str) -> Iterator[tuple[str, list[Said]]]:
        """The subjects of which a predicate is stated, each with what is said."""
        return ((subject, said) for (p, subject), said in self._facts.items() if p == predicate)

    def vouching(self, entity: str) -> list[str]:
        """Claims that speak of a person or an organ: of its level or territory, else any that names it."""
        stated = self.said(CKG.territory, entity) or self.said(CKG.level, entity)
        return [s.claim for s in stated] or self.about.get(entity, [])

    @cached_property
    def published(self) -> Said | None:
        """The day on which the article was published, the earliest where it gives several."""
        found = self.said(SCHEMA.datePublished, self.article)
        return Said(found[0].value[:10], found[0].claim) if found else None

    @cached_property
    def latest(self) -> str:
        """The latest full day of a document or an event that it states; "" without one."""
        dated = (*self.facts(CKG.issuedOn), *self.facts(CKG.heldOn))
        return max((said.value for _, stated in dated for said in stated), default="")

    def of_kind(self, kind: str) -> list[str]:
        """The entities that it mentions whose IRI calls them "document", "organ", "person", "event"."""
        return sorted(iri for iri in self.entities if iri.split("/")[-2] == kind)

    def knows_alone(self, iri: str) -> bool:
        """Whether the thing has its name in this article alone."""
        return iri.startswith(f"{self.article}/")
