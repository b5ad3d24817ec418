"""The things that travel through the house: article, zones, sentences, mentions, entities, facts.

Offsets are Unicode code points of the article's stored text (NFC), half open: `text[start:end]`.
The classes are slotted and treated as values: a stage makes new ones and changes none that it was given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Article:
    """One source as it was read. `text` is NFC with LF line ends; `digest` is the SHA-256 of the bytes."""

    stem: str
    path: Path
    text: str
    digest: str
    reader: str = "text"


class Span(NamedTuple):
    """A stretch of the text: `text[start:end]`."""

    start: int
    end: int


class Block(NamedTuple):
    """A paragraph, heading, caption or stamp, with the zone of the page it belongs to."""

    start: int
    end: int
    zone: str


class Sentence(NamedTuple):
    """One sentence: the passage behind the facts that it carries. `block` numbers its paragraph."""

    start: int
    end: int
    zone: str
    block: int


class Date(NamedTuple):
    """A date as written. `day`/`month`/`year` are 0 where the text gives none."""

    start: int
    end: int
    year: int
    month: int
    day: int
    kind: str  # "full" | "month-day" | "month" | "year" | "bad"

    @property
    def iso(self) -> str:
        """`2019-02-18` for a full date, `--02-18` for a month-day, else ''."""
        if self.kind == "full":
            return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"
        return f"--{self.month:02d}-{self.day:02d}" if self.kind == "month-day" else ""


@dataclass(slots=True)
class OrganMention:
    """A named organ. `kind` is its lexical kind, `name` the words that a reader knows, without territory."""

    start: int
    end: int
    kind: str
    name: str
    level: str = ""
    place: str = ""  # register key of the territory that the words name
    parent: OrganMention | None = None  # "Tỉnh ủy" inside "Ban Thường vụ Tỉnh ủy"
    generic: bool = False  # "các huyện ủy": no particular organ
    register: str = ""  # key of a central organ


@dataclass(slots=True)
class DocumentMention:
    """A reference to a document. `type` is the local name of its class."""

    start: int
    end: int  # end of the reference proper: type, number, symbol
    type: str
    number: str = ""
    symbol: str = ""
    date: Date | None = None
    year: Date | None = (
        None  # a year alone behind the reference: of the document, or of what is done about it
    )
    issuers: list[OrganMention] = field(default_factory=list)
    subject: Span | None = None
    name: str = ""  # unnumbered documents known by name
    demonstrative: bool = False
    draft: bool = False
    inside: bool = False  # within the subject of another document
    tail: int = 0  # end of date, issuer, alias and subject
    subject_end: int = 0
    alias_of: DocumentMention | None = None
    issuer_by_plenum: str = ""
    plural: bool = False


class PostMention(NamedTuple):
    """A post that somebody holds: title and organ, as stated; `former` for "nguyên"."""

    start: int
    end: int
    title: str
    organ: OrganMention | None
    former: bool


@dataclass(slots=True)
class PersonMention:
    """A person's name with the posts that the words around it give."""

    start: int
    end: int
    name: str
    posts: list[PostMention] = field(default_factory=list)
    left: int = 0  # where the introduction (title, posts before the name) begins
    right: int = 0  # where the posts after the name end


class Entity(NamedTuple):
    """Somebody or something with an address. `kind` is the local name of its class."""

    iri: str
    kind: str
    label: str


class Fact(NamedTuple):
    """subject – predicate – object with the sentence that carries it.

    `predicate` is a full IRI; `object` is already an N-Quads term ("<iri>" or a literal); `words` the span
    inside the sentence that carries the fact; `also` further sentences of the same fact.
    """

    subject: str
    predicate: str
    object: str
    sentence: int
    words: tuple[int, int] | None = None
    also: tuple[int, ...] = ()
