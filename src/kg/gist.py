"""What conclusions across articles need of some articles, gathered where these are converted.

A gist is lines of bytes, each with a letter for what it tells; many gists are merged by sorting their lines::

    d["iri",first,kind,since,published,said,days,issuers,local issuers]   a document that others may name
    o["iri",first,kind,territories,levels,about,placed]                   an organ, likewise
    p<iri> TAB <article> TAB <folded name> TAB ["claim",…]                a person; no article: only spoken of
    k["article",claims,entities]                                          keys of one with names of its own

Of the claims that say one thing a few are kept, always the same few, whatever the order of the articles.
"""

from __future__ import annotations

import gzip
import json
from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from kg.keys import Keys
from kg.namespaces import CKG
from kg.vietnamese import fold

DOCUMENT, ORGAN, PERSON, KEYS = b"d", b"o", b"p", b"k"
ENOUGH = 5
"""Claims of one kind that are kept: a directive's number may be stated by thousands of articles."""
_MANY = 500  # articles that are gathered in memory

_OF_DOCUMENTS = frozenset(
    (CKG.documentNumber, CKG.symbol, CKG.issuedBy, CKG.inTerm, CKG.numberedBy, CKG.dateAsWritten)
)
_OF_ORGANS = frozenset((CKG.partOf, CKG.standingBodyOf))
_OWN = frozenset(("document", "organ", "event"))  # kinds of things of one article that conclusions are on
_json = partial(json.dumps, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _kind(iri: str) -> str:
    """What the IRI calls a thing: "document", "organ", "person", "event"."""
    return iri.split("/")[-2]


def enough(claims: Iterable[str]) -> list[str]:
    """A few of the claims that say one thing: always the same few."""
    return sorted(set(claims))[:ENOUGH]


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


class LocalIssuer(NamedTuple):
    """An organ under a name of one article: its name, class and level ("" unknown), the article's day."""

    label: str
    kind: str
    level: str
    day: str

    @classmethod
    def of(cls, keys: Keys, iri: str) -> LocalIssuer:
        """What an article says of it."""
        kind, label = keys.entities[iri]
        levels = keys.said(CKG.level, iri)
        day = keys.published.value if keys.published else ""
        return cls(label if _kind(iri) == "organ" else "", kind, levels[0].value if levels else "", day)


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

    since: str = ""  # the first day on which an article that mentions it was published
    published: Few = field(default_factory=Few)  # claims of those days
    said: defaultdict[str, Few] = field(default_factory=few)
    days: defaultdict[str, Few] = field(default_factory=few)
    issuers: set[str] = field(default_factory=set)  # organs that issued it, under a name for all articles
    local_issuers: set[LocalIssuer] = field(default_factory=set)  # those under a name of one article

    def seen(self, day: str, claims: Iterable[str]) -> None:
        """Note the day on which an article that mentions it was published."""
        self.published.take(claims)
        self.since = min(self.since or day, day or self.since)

    def state(self, keys: Keys, predicate: str, value: str, claim: str) -> None:
        """Note what an article says of it."""
        if predicate == CKG.issuedOn:
            self.days[value].take([claim])
        elif predicate in _OF_DOCUMENTS:
            self.said[predicate].take([claim])
        if predicate == CKG.issuedBy:
            if not keys.knows_alone(value):
                self.issuers.add(value)
            elif value in keys.entities:
                self.local_issuers.add(LocalIssuer.of(keys, value))

    def told(self) -> list[Any]:
        """It as values of JSON."""
        issuers = [sorted(self.issuers), sorted(self.local_issuers)]
        return [self.first, self.kind, self.since, self.published, self.said, self.days, *issuers]

    def merge(self, told: list[Any]) -> None:
        """Add what `told` gave of the same document."""
        first, kind, since, published, said, days, issuers, local = told
        self.mentioned(first, kind)
        self.seen(since, published)
        _merge(self.said, said)
        _merge(self.days, days)
        self.issuers.update(issuers)
        self.local_issuers.update(LocalIssuer(*issuer) for issuer in local)


@dataclass(slots=True)
class Organ(Thing):
    """`territories` and `levels`: value → claims; `about`: claims in which it does something."""

    territories: defaultdict[str, Few] = field(default_factory=few)
    levels: defaultdict[str, Few] = field(default_factory=few)
    about: Few = field(default_factory=Few)
    placed: set[str] = field(default_factory=set)  # ckg:partOf, ckg:standingBodyOf: those stated

    def state(self, predicate: str, value: str, claim: str) -> None:
        """Note what an article says of it."""
        if predicate == CKG.territory:
            self.territories[value].take([claim])
        elif predicate == CKG.level:
            self.levels[value].take([claim])
        elif predicate in _OF_ORGANS:
            self.placed.add(predicate)

    def told(self) -> list[Any]:
        """It as values of JSON."""
        return [self.first, self.kind, self.territories, self.levels, self.about, sorted(self.placed)]

    def merge(self, told: list[Any]) -> None:
        """Add what `told` gave of the same organ."""
        first, kind, territories, levels, about, placed = told
        self.mentioned(first, kind)
        _merge(self.territories, territories)
        _merge(self.levels, levels)
        self.about.take(about)
        self.placed.update(placed)

    def vouching(self) -> list[str]:
        """Claims of its territory or level, else any that names it."""
        found = Few()
        for claims in (self.territories or self.levels).values():
            found.take(claims)
        return found or self.about


def _merge(here: defaultdict[str, Few], there: dict[str, list[str]]) -> None:
    for value, claims in there.items():
        here[value].take(claims)


class Gist:
    """Gathers the gist of articles with the base IRI `base`."""

    def __init__(self, base: str) -> None:
        self._documents: defaultdict[str, Document] = defaultdict(Document)
        self._organs: defaultdict[str, Organ] = defaultdict(Organ)
        self._lines: list[bytes] = []
        self._document, self._organ = f"{base}id/document/", f"{base}id/organ/"
        self._articles = 0

    @property
    def is_full(self) -> bool:
        """Whether so many articles were added that it should be taken away."""
        return self._articles >= _MANY

    def add(self, keys: Keys) -> None:
        """Add an article."""
        self._articles += 1
        self._mentioned(keys)
        for claim, (predicate, subject, value) in keys.claims.items():
            if subject.startswith(self._document):
                self._documents[subject].state(keys, predicate, value, claim)
            elif subject.startswith(self._organ):
                self._organs[subject].state(predicate, value, claim)
        for value, claims in keys.about.items():
            if value.startswith(self._organ):
                self._organs[value].about.take(claims)
        self._lines += _people(keys)

    def _mentioned(self, keys: Keys) -> None:
        """Note what an article mentions, and the keys of one with things of its own."""
        day = keys.published
        own = False
        for iri, (kind, _) in keys.entities.items():
            if iri.startswith(self._document):
                self._documents[iri].mentioned(keys.article, kind)
                if day:
                    self._documents[iri].seen(day.value, [day.claim])
            elif iri.startswith(self._organ):
                self._organs[iri].mentioned(keys.article, kind)
            else:
                own = own or _kind(iri) in _OWN
        if own:
            self._lines.append(KEYS + str(keys).encode() + b"\n")

    def take(self) -> list[bytes]:
        """The lines of what was added, sorted; then it is empty."""
        lines = self._lines
        for letter, things in ((DOCUMENT, self._documents), (ORGAN, self._organs)):
            lines += (letter + _json([iri, *it.told()]).encode() + b"\n" for iri, it in things.items())
            things.clear()
        self._lines, self._articles = [], 0
        return sorted(lines)


def _people(keys: Keys) -> Iterator[bytes]:
    """Who an article speaks of: how it names them, and the claims that speak of them."""
    mentioned = keys.of_kind("person")
    for iri in mentioned:
        yield _person(keys, iri, keys.article, " ".join(fold(keys.entities[iri].label).split()))
    for iri in keys.about.keys() - set(mentioned):
        if "/person/" in iri:
            yield _person(keys, iri, "", "")


def _person(keys: Keys, iri: str, article: str, name: str) -> bytes:
    fields = (iri, article, name, _json(enough(keys.vouching(iri))))
    return PERSON + "\t".join(fields).encode() + b"\n"


def gathered(articles: Iterable[Keys], base: str) -> Iterator[bytes]:
    """The gist of any number of articles, some at a time."""
    gist = Gist(base)
    for keys in articles:
        gist.add(keys)
        if gist.is_full:
            yield from gist.take()
    yield from gist.take()


def write(path: Path, articles: Iterable[Keys], base: str) -> None:
    """Write the gist of articles as a packed file."""
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.writelines(gathered(articles, base))


def read(path: Path) -> Iterator[bytes]:
    """Read what `write` wrote, a line at a time."""
    with gzip.open(path, "rb") as file:
        yield from file
