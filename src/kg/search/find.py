"""Asking the folded index: whole names first, then beginnings, phrases, words, and words of what is said of
a thing.

Rows are numbered by weight, so that each test stops at the first rows that pass it: the time does not grow
with the number of matches.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kg.errors import QueryError, StoreError
from kg.search.fold import folded
from kg.search.index import EDGE, FILE, KINDS, VERSION, write
from kg.store import Queryable

Row = tuple[Any, ...]
LIMIT = 1000  # hits at most
LONGEST = 500  # characters of a search; names are shorter
_WORDS = 24  # words of a search that count
_COLUMNS = """
SELECT e.iri, e.kind, e.class, e.vi, e.en, e.days, e.articles, c.vi, c.en
FROM %s JOIN entity e ON e.id = %s LEFT JOIN class c ON c.iri = e.class
WHERE %s ORDER BY %s LIMIT ?
"""
_WORDS_TEST = _COLUMNS % ("words", "words.rowid", "words MATCH ?", "words.rowid")
_FORM_TEST = _COLUMNS % ("form", "form.id", "form.form = ? AND ? IN ('', e.kind)", "form.id")
MATCHES = ("name", "beginning", "phrase", "words", "context")
"""How a hit was found, best first: its whole name, the beginning of one, words of one in a row, words of its
names in any order, words of its names and of what is said of it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found."""

    iri: str
    label: str
    kind: str  # local name of the top class: "Document"
    class_iri: str
    class_label: str
    days: tuple[str, ...]  # of issue, of holding or of publication, as YYYY-MM-DD
    articles: int  # that speak of it
    match: str  # one of MATCHES


class Search:
    """The folded index, open for reading; threads may share it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._index = connection

    @classmethod
    def of(cls, store: Queryable) -> Search:
        """The index that the build keeps beside the store; where there is none (RDF files, a remote
        endpoint), one made now in memory."""
        folder: Path | None = getattr(store, "folder", None)
        if folder is not None and (folder / FILE).is_file():
            with suppress(StoreError):  # another version's index: what it was made from is at hand
                return cls.open(folder / FILE)
        return cls(write(store))

    @classmethod
    def open(cls, path: Path) -> Search:
        """Open an index file. Raises StoreError where it is none, or another version's."""
        try:
            connection = sqlite3.connect(
                f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            (version,) = connection.execute("SELECT version FROM about").fetchone()
        except (sqlite3.Error, TypeError) as error:
            raise StoreError(f"no search index ({error})", where=str(path), hint="build it again") from None
        if version != VERSION:
            connection.close()
            raise StoreError("another version's search index", where=str(path), hint="build it again")
        return cls(connection)

    def close(self) -> None:
        """Let go of the file."""
        self._index.close()

    def __len__(self) -> int:
        (count,) = self._index.execute("SELECT count(*) FROM entity").fetchone()
        return int(count)

    def find(
        self, text: str, *, kind: str = "", limit: int = 20, offset: int = 0, lang: str = "vi"
    ) -> list[Hit]:
        """What `text` may mean, best first: "chi thi 25", "bct", "Tỉnh uỷ Lai Ch".

        `kind` is one of KINDS. Raises QueryError for a text without a word,
        one of more than 500 characters, a `limit` + `offset` over 1000, an unknown kind.
        """
        if len(text) > LONGEST:
            raise QueryError(f"{len(text)} characters are too many to search for", hint=f"at most {LONGEST}")
        if not 0 < limit + offset <= LIMIT or limit < 1 or offset < 0:
            raise QueryError(f"limit {limit} and offset {offset} are out of bounds", hint=f"up to {LIMIT}")
        words = folded(text)[:_WORDS]
        if not words:
            raise QueryError(f"{text!r} has no word to search for", hint='such as "chi thi 25"')
        found: dict[str, Hit] = {}
        for match, row in self._rows(words, _kind(kind), limit + offset):
            found.setdefault(row[0], _hit(row, match, lang))
            if len(found) >= limit + offset:
                break
        return list(found.values())[offset:]

    def moved(self, iri: str) -> str:
        """The IRI of what an earlier build called `iri`; "" where nobody knows."""
        row = self._index.execute("SELECT new FROM moved WHERE old = ?", (iri,)).fetchone()
        return str(row[0]) if row else ""

    def forms(self) -> dict[str, list[str]]:
        """IRI → its names as they are compared, initials among them."""
        found: dict[str, list[str]] = {}
        for iri, form in self._index.execute("SELECT e.iri, f.form FROM form f JOIN entity e ON e.id = f.id"):
            found.setdefault(iri, []).append(form)
        return found

    def first(self, kind: str = "", limit: int = 20, lang: str = "vi") -> list[Hit]:
        """What most articles speak of, of one kind or of all."""
        wanted = _COLUMNS % ("(SELECT id AS first FROM entity)", "first", "? IN ('', e.kind)", "first")
        found = self._index.execute(wanted, (_kind(kind), limit))
        return [_hit(row, MATCHES[0], lang) for row in found]

    def _rows(self, words: Sequence[str], kind: str, most: int) -> Iterator[tuple[str, Row]]:
        """Rows in the order of MATCHES. A phrase is looked for only where its words are somewhere, and at the
        beginning of a name only where it is in one: to find nothing takes longest."""
        phrase, names = " ".join(words), "{names}"
        cut = "*" if words[-1].isalpha() else ""  # the last word may be cut short
        each = [_quoted(word) for word in words if word != "cua"] or [_quoted("cua")]
        every = " AND ".join(each) + cut

        def test(columns: str, what: str) -> list[Row]:
            only = f"kind : {_quoted(kind.lower())} AND " if kind else ""
            return list(self._index.execute(_WORDS_TEST, (f"{only}{columns} : {what}", most)))

        for row in self._index.execute(_FORM_TEST, (phrase, kind, most)):
            yield "name", row
        anywhere = test(names, f"({every})")
        inside = test(names, _quoted(phrase) + "*") if anywhere or not cut else []
        begin = test(names, _quoted(f"{EDGE} {phrase}") + cut) if inside else []
        if inside and not cut:  # "chi thi 2" may go on as 25, after all that have the number 2
            begin += test(names, _quoted(f"{EDGE} {phrase}") + "*")
        yield from (("beginning", row) for row in begin)
        yield from (("phrase", row) for row in inside)
        yield from (("words", row) for row in anywhere)
        yield from (("context", row) for row in test("{names more}", f"({every})"))


def _kind(name: str) -> str:
    for kind in ("", *KINDS):
        if kind.lower() == name.lower():
            return kind
    raise QueryError(f"no kind {name!r}", hint=f"one of {', '.join(KINDS)}")


def _quoted(words: str) -> str:
    """A phrase of the full-text language. Folded words are letters and digits: nothing can end it early."""
    return f'"{words}"'


def _hit(row: Row, match: str, lang: str) -> Hit:
    iri, kind, class_iri, vi, en, days, articles, class_vi, class_en = row
    english = lang == "en"
    return Hit(
        iri=iri,
        label=en if english else vi,
        kind=kind,
        class_iri=class_iri,
        class_label=(class_en if english else class_vi) or kind,
        days=tuple(days.split()),
        articles=int(articles),
        match=match,
    )
