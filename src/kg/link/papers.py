"""The documents of one article, each with every reference to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.link.organs import OrganEntity
from kg.model import Date, DocumentMention, OrganMention, Span
from kg.recognise.documents import document_date
from kg.vietnamese import fold


@dataclass(slots=True)
class DocumentEntity:
    """One document of the article, with every reference to it."""

    type: str
    number: str = ""
    symbol: str = ""
    name: str = ""
    iri: str = ""
    resolved: bool = False
    inferred_symbol: str = ""
    term: int = 0  # of the national congress, where the text states it of the issuer
    term_words: Span | None = None
    year: Date | None = None  # of issue, where the text gives no day and the register bears the year out
    mentions: list[DocumentMention] = field(default_factory=list)
    dates: list[tuple[Date, DocumentMention | None]] = field(default_factory=list)
    issuers: list[tuple[OrganEntity, OrganMention]] = field(default_factory=list)

    @property
    def first(self) -> int:
        """Where the article names it first."""
        return min(m.start for m in self.mentions)


class Papers:
    """Which document each reference of an article means, as far as it is known yet."""

    def __init__(self) -> None:
        self.entities: list[DocumentEntity] = []
        self._of: dict[int, DocumentEntity] = {}

    def of(self, mention: DocumentMention) -> DocumentEntity | None:
        """The document that a reference means, None where it means none in particular."""
        return self._of.get(id(mention))

    def add(self, entity: DocumentEntity, m: DocumentMention) -> None:
        """A further reference to a document, with what its words say of it."""
        entity.mentions.append(m)
        self._of[id(m)] = entity
        entity.symbol = entity.symbol or m.symbol
        if m.type == "ActionProgramme":
            entity.type = m.type
        if "/" in m.number:
            entity.number = m.number
        self._date(entity, m)

    def new(self, m: DocumentMention) -> None:
        """A document without a number; the one of that type and name if there is one."""
        entity = self._namesake(m) if m.name else None
        if entity is None:
            entity = DocumentEntity(m.type, name=m.name)
            self.entities.append(entity)
        self.add(entity, m)

    def _namesake(self, m: DocumentMention) -> DocumentEntity | None:
        unnumbered = (e for e in reversed(self.entities) if e.type == m.type and not e.number)
        return next((e for e in unnumbered if fold(e.name) == fold(m.name)), None)

    def lean(self, entity: DocumentEntity, m: DocumentMention) -> None:
        """A reference back; what its own words say (date, issuer, subject) is said of the document."""
        self._of[id(m)] = entity
        if m.demonstrative and (m.issuers or m.date or m.subject):
            entity.mentions.append(m)
            self._date(entity, m)

    @staticmethod
    def _date(entity: DocumentEntity, m: DocumentMention) -> None:
        dated = document_date(m)
        if dated:
            entity.dates.append((dated, m))
