"""What can go wrong, said in one line: which file, where in it, and what to do."""

from __future__ import annotations


class KgError(Exception):
    """A fault that its reader can mend.

    `where` names a file and, if known, a place in it ("a.txt: byte 17"); `hint` says what to do.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        line = f"{self.where}: {self.message}" if self.where else self.message
        line = f"{line} — {self.hint}" if self.hint else line
        return line.replace("\n", "\\n").replace("\r", "\\r")


class SourceError(KgError):
    """A source that cannot be read as an article."""


class StoreError(KgError):
    """A store that cannot be opened, read or written."""


class QueryError(KgError):
    """A query, or a parameter of one, that cannot be run."""


class ShapesError(KgError):
    """Data or shapes that cannot be validated."""
