"""Who had a name first, for any number of names: a small database on disk, that goes when it is closed."""

from __future__ import annotations

import sqlite3
import tempfile


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

    def first(self, name: str, owner: str) -> str:
        """The first owner of a name: `owner` itself where nobody had it."""
        self._known.execute("INSERT OR IGNORE INTO names VALUES (?, ?)", (name, owner))
        found: tuple[str] = self._known.execute("SELECT owner FROM names WHERE name = ?", (name,)).fetchone()
        return found[0]
