"""The documents that more than one article may name, on disk: by IRI, and by class and number."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache

from kg.gist import Document
from kg.infer.key import key_of

_CACHED = 1000  # documents that are in memory


class Documents:
    """What articles say of documents; filled once. A context manager; `scratch` is the folder of its file."""

    def __init__(self, scratch: str | None) -> None:
        self._folder = tempfile.TemporaryDirectory(dir=scratch, suffix=".tmp")
        self._rows = sqlite3.connect(f"{self._folder.name}/documents", isolation_level=None)
        self._rows.execute("PRAGMA synchronous = OFF")
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute(
            "CREATE TABLE document (iri TEXT PRIMARY KEY, kind TEXT, number TEXT, told TEXT) WITHOUT ROWID"
        )
        self.get = lru_cache(maxsize=_CACHED)(self._get)

    def __enter__(self) -> Documents:
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.close()
        self._folder.cleanup()

    def fill(self, documents: Iterable[tuple[str, Document]]) -> None:
        """Take the documents, in order of their IRIs."""
        self._rows.execute("BEGIN")
        self._rows.executemany("INSERT INTO document VALUES (?, ?, ?, ?)", map(_row, documents))
        self._rows.execute("CREATE INDEX numbers ON document (kind, number)")
        self._rows.execute("COMMIT")

    def _get(self, iri: str) -> Document | None:
        """What is said of a document; None where no article speaks of it."""
        found = self._rows.execute("SELECT told FROM document WHERE iri = ?", (iri,)).fetchone()
        return _read(found[0]) if found else None

    def numbered(self, kind: str, number: str) -> list[str]:
        """The documents of a class and number (without leading zeros) that articles mention."""
        query = "SELECT iri FROM document WHERE kind = ? AND number = ?"
        return [iri for (iri,) in self._rows.execute(query, (kind, number))]

    def mentioned(self) -> Iterator[tuple[str, Document]]:
        """All that articles mention, in order."""
        rows = self._rows.execute("SELECT iri, told FROM document WHERE kind != '' ORDER BY iri")
        return ((iri, _read(told)) for iri, told in rows)


def _row(document: tuple[str, Document]) -> tuple[str, str, str, str]:
    iri, it = document
    key = key_of(iri)
    return iri, it.kind, key.number.lstrip("0") if key else "", json.dumps(it.told(), ensure_ascii=False)


def _read(told: str) -> Document:
    document = Document()
    document.merge(json.loads(told))
    return document
