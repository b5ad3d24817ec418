"""What a parser says of a query that it cannot read, in words and with its place.

Oxigraph lists what its grammar tried last, letter by letter and mostly beside the point; readers want the
place, what stands there, and a word where the reason is known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLACE = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_PREFIX = re.compile(r"([\w.-]*):[\w.%-]*$")
_STANDS = re.compile(r"\s*(\S{1,20})")
_TOLD = {
    "IRI parsing failed": "this is no valid IRI",
    "a variable that is unbound": "SELECT names a variable that is neither grouped nor bound",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """`line` and `column` count from 1, 0 where the parser names no place."""

    text: str
    line: int = 0
    column: int = 0

    @property
    def place(self) -> str:
        """`line 2, column 9`, or nothing."""
        return f"line {self.line}, column {self.column}" if self.line else ""


def complaint(error: SyntaxError, query: str) -> Complaint:
    """Return what is wrong with the query. `error` is what pyoxigraph raised for it."""
    message = error.msg or str(error)
    m = _PLACE.match(message)
    if not m:
        return Complaint(message, error.lineno or 0, error.offset or 0)
    line, column = int(m[1]), int(m[2])
    lines = query.split("\n")
    whole, last = lines[: line - 1], lines[line - 1 : line]
    before = "\n".join([*whole, *(text[: column - 1] for text in last)])
    return Complaint(_told(m[3], before, query[len(before) :]), line, column)


def _told(wanted: str, before: str, behind: str) -> str:
    if "Prefix not found" in wanted:
        name = _PREFIX.search(before)
        return f'the prefix "{name[1]}:" is not declared' if name else "a prefix is not declared"
    for said, told in _TOLD.items():
        if said in wanted:
            return told
    stands = _STANDS.match(behind)
    return (
        f'cannot be read from "{stands[1]}" on'
        if stands
        else "incomplete, or misspelt somewhere before its end"
    )
