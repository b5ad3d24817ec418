"""Who had a name first, for any number of names: a small database on disk, that goes when it is closed."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Collection


class Names:
    """Names and their first owners. A context manager."""

    def __enter__(self) -> Names:
        self._folder = tempfile.TemporaryDirectory(prefix="kg-names-")
        self._known = sqlite3.connect(f"{self._folder.name}/names", isolation_level=None)
        self._known.execute("PRAGMA synchronous = OFF")
        self._known.execute("PRAGMA journal_mode = OFF")
        self._known.execute("CREATE TABLE names (name TEXT PRIMARY KEY, owner TEXT) WITHOUT ROWID")
        self._known.execute("BEGIN")
        return self

    def __exit__(self, *_: object) -> None:
        self._known.close()
        self._folder.cleanup()

    def taken(self, names: Collection[str], owner: str) -> dict[str, str]:
        """Give `owner` those names that nobody had; the others, each with its first owner."""
        before = self._known.total_changes
        self._known.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", ((n, owner) for n in names))
        if self._known.total_changes - before == len(names):
            return {}
        query = "SELECT name, owner FROM names WHERE name = ? AND owner != ?"
        return dict(row for n in names for row in self._known.execute(query, (n, owner)))
