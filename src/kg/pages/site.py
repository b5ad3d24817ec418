"""The site of one graph: what all its pages share, and the page that a reader's language and address make."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kg.ask import SavedQuery, saved
from kg.pages.catalogue import Catalogue, Entry, catalogue
from kg.pages.data import Reader, text
from kg.pages.layout import noun
from kg.pages.links import Links
from kg.pages.places import Places, places
from kg.search import Search
from kg.show.cascade import Known, Node, whole
from kg.store import Queryable

_FURTHEST = 6  # cascades that the home page tells of


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered page. `title` is its heading without markup."""

    html: str
    status: int = 200


class MissingError(Exception):
    """There is no page at this address."""


class Site:
    """A graph as pages. What every page needs of it is read once, when first used."""

    def __init__(
        self, store: Queryable, *, static: bool = False, search: Callable[[], Search] | None = None
    ) -> None:
        """`search` gives the folded index, where somebody holds it already."""
        self.store = store
        self.static = static
        self._search = search

    @cached_property
    def catalogue(self) -> Catalogue:
        """The names, counts and lists of the graph."""
        return catalogue(self.store)

    @cached_property
    def search(self) -> Search:
        """The index of names, the same that `kg search` and /search ask."""
        return self._search() if self._search else Search.of(self.store)

    @cached_property
    def known(self) -> Known:
        """What the graph says of all cascades."""
        return whole(self.store)

    @cached_property
    def furthest(self) -> list[Node]:
        """The cascades of the documents with most steps right below them, the largest first."""
        steps = {iri: len(of) for iri, of in self.known.below.items()}
        for iri, events in self.known.events.items():
            steps[iri] = steps.get(iri, 0) + len(events)
        most = sorted(steps.items(), key=lambda item: (-item[1], item[0]))[:_FURTHEST]
        return [self.known.grow(iri) for iri, _ in most if iri in self.catalogue.entries]

    @cached_property
    def places(self) -> Places:
        """Where organs and events are."""
        return places(Reader(self.store))

    @cached_property
    def elsewhere(self) -> tuple[str, ...]:
        """The graphs that are no article's: register, inferred, ontology, report, and what else there is."""
        named = {text(row, "g") for row in Reader(self.store).ask("graphs")}
        own = {f"{self.base}graph/{name}" for name in ("register", "inferred", "ontology", "report")}
        return tuple(sorted(own | {graph for graph in named if "/id/article/" not in graph}))

    def warm(self) -> None:
        """Read now what pages share, so that the first reader does not wait for it."""
        for shared in ("catalogue", "known", "places", "furthest", "elsewhere", "search", "queries"):
            getattr(self, shared)

    @cached_property
    def queries(self) -> list[SavedQuery]:
        """The saved queries: reading their headers takes longer than making most pages."""
        return saved()

    @property
    def base(self) -> str:
        """The base IRI of the graph's resources."""
        return self.store.base


@dataclass(slots=True)
class Visit:
    """One reader at one page: language, address, parameters, and the reader that asks the graph."""

    site: Site
    path: str
    lang: str
    params: dict[str, str] = field(default_factory=dict)
    reader: Reader = field(init=False)
    links: Links = field(init=False)

    def __post_init__(self) -> None:
        self.reader = Reader(self.site.store, self.lang, self.site.elsewhere)
        self.links = Links(
            self.site.base, self.lang, self.path, self.site.static, tuple(sorted(self.params.items()))
        )

    def name(self, iri: str) -> str:
        """What to call a resource: entries have one name in both languages, terms have two."""
        return self.site.catalogue.label(iri) or self.reader.name(iri)

    def property(self, iri: str) -> str:
        """What to call a property as the heading of its values."""
        return noun(iri, self.lang) or self.reader.name(iri)

    def learn(self, iris: set[str]) -> None:
        """Look up the names of `iris` that the catalogue does not have, in one question."""
        entries = self.site.catalogue.entries
        self.reader.learn(iri for iri in iris if iri not in entries)

    def entry(self, iri: str) -> Entry | None:
        """What the catalogue has of a resource."""
        return self.site.catalogue.entries.get(iri)

    def day(self, iri: str) -> str:
        """The day of an entry, "" where none is known."""
        entry = self.entry(iri)
        return entry.date if entry else ""

    def place(self, iri: str) -> str:
        """An IRI of ours without what all begin with, as paths hold it; "" for others."""
        own = self.site.base + "id/"
        return iri[len(own) :] if iri.startswith(own) else ""

    def kind(self, iri: str) -> str:
        """The kind of a resource in lower case, for its colour and mark; "" where it has none."""
        entry = self.entry(iri)
        if entry:
            return entry.kind.lower()
        found = re.search(r"/(document|organ|person|event|task|statement|tenure|territory|term)/", iri)
        return found[1] if found else ""

    def language_of(self, iri: str) -> str:
        """The language of a resource's name: Vietnamese for what articles and the register name."""
        return "vi" if iri.startswith(self.site.base + "id/") else self.lang

    def number(self, name: str, default: int = 1, most: int = 100_000) -> int:
        """A parameter as a number from 1 to `most`; `default` where it is none."""
        given = self.params.get(name, "")
        return (
            min(max(int(given), 1), most)
            if given.isascii() and given.isdigit() and len(given) < 9
            else default
        )


@dataclass(frozen=True, slots=True)
class View:
    """What a module of pages hands to its template: `data` are the template's names."""

    template: str
    title: str
    data: dict[str, Any] = field(default_factory=dict)
    section: str = ""
    status: int = 200
