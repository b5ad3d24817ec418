"""The catalogue: everything that has a name and a page, read once from a graph that does not change.

Lists, counts and drop-downs work from it, so that no page counts a million triples.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.namespaces import CKG, SCHEMA
from kg.pages.data import Reader, text
from kg.store import Queryable

#: What the lists show.
KINDS = ("Document", "Organ", "Person", "Event", "Territory", "Article", "Topic")


@dataclass(slots=True)
class Entry:
    """A thing with a name. `date` is its day as far as known."""

    iri: str
    kind: str
    cls: str
    label: str
    date: str = ""
    code: str = ""
    level: str = ""
    articles: int = 0


@dataclass(slots=True)
class Catalogue:
    """All entries by IRI, the lists by kind, and the counts of the home page."""

    entries: dict[str, Entry]
    quads: int = 0
    findings: dict[tuple[str, str], int] = field(default_factory=dict)  # (shape, severity) → results
    lists: dict[str, list[Entry]] = field(default_factory=dict)

    def of(self, kind: str) -> list[Entry]:
        """The entries of a kind: dated ones newest first, others by name; those of articles first."""
        return self.lists.get(kind, [])

    def label(self, iri: str) -> str:
        """The name of an entry, "" for what is none."""
        entry = self.entries.get(iri)
        return entry.label if entry else ""

    def years(self) -> list[tuple[int, int, int]]:
        """(year, documents, events) for every year from the first to the last that has one."""
        counts: dict[str, Counter[int]] = {}
        for kind in ("Document", "Event"):
            years = (int(e.date[:4]) for e in self.of(kind) if re.match(r"\d{4}-\d\d", e.date))
            counts[kind] = Counter(years)
        both = counts["Document"] + counts["Event"]
        if not both:
            return []
        span = range(min(both), max(both) + 1)
        return [(year, counts["Document"][year], counts["Event"][year]) for year in span]


def catalogue(store: Queryable) -> Catalogue:
    """Read the catalogue of a graph: about a second for a million triples."""
    reader = Reader(store)
    entries: dict[str, Entry] = {}
    for kind in KINDS:
        for row in reader.ask("entities", top=CKG[kind]):
            iri = text(row, "x")
            entries.setdefault(iri, Entry(iri, kind, text(row, "class"), ""))
    reader.learn(entries)
    for iri, entry in entries.items():
        entry.label = reader.name(iri)
    for row in reader.ask("mentions"):
        if (found_ := entries.get(text(row, "x"))) is not None:
            found_.articles = int(text(row, "n"))
    _details(reader, entries)
    findings = {
        (text(row, "shape"), text(row, "severity")): int(text(row, "n"))
        for row in reader.ask("findings-count")
        if "shape" in row
    }
    quads = int(text(reader.ask("size")[0], "quads"))
    found = Catalogue(entries, quads, findings=findings)
    aliases = {text(row, "x") for row in reader.ask("pairs", p=CKG.resolvedTo)}
    for kind in KINDS:
        listed = [e for e in entries.values() if e.kind == kind and e.iri not in aliases]
        found.lists[kind] = sorted(listed, key=_order)
    return found


def _order(entry: Entry) -> tuple[bool, bool, str, str]:
    newest = "".join(chr(0x7F - ord(c)) if c.isascii() else c for c in entry.date)
    return not entry.articles and entry.kind != "Article", not entry.date, newest, entry.label


def _details(reader: Reader, entries: dict[str, Entry]) -> None:
    """Dates, codes and levels, one property of the whole graph at a time."""

    def values(*properties: str) -> Iterator[tuple[Entry, str]]:
        for name in properties:
            for row in reader.ask("pairs", p=name):
                entry = entries.get(text(row, "x"))
                if entry is not None:
                    yield entry, text(row, "y")

    for entry, day in values(CKG.issuedOn, CKG.heldOn, CKG.heldNotBefore, SCHEMA.datePublished):
        entry.date = entry.date or day[:10]
    for entry, level in values(CKG.level):
        entry.level = level.rpartition("#")[2]
    for entry, code in values(CKG.code):
        entry.code = code
