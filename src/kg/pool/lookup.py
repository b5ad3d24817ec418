"""Look-ups: queries so small that they are answered where they arrive, as labels are by the thousand.

To hand a query to a worker and to take its answer costs more than to read a label. A query is a look-up if
its whole text is one triple pattern with a given subject, which a regular expression tells: there is no place
in it for SERVICE, FROM, a path, a function or a filter. At most `MOST` of its matches are read. So neither
time, memory nor network need a wall; whatever is more than that goes to a worker.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pyoxigraph as ox

from kg.pool.answer import Answer, QueryFault, Question, compressed, compute
from kg.pool.source import Here

MOST = 200  # rows
_BYTES = 64 * 1024
_LONGEST = 2000  # characters of a query
_IRI = r'<[^<>"{}|^`\\\x00-\x20]*+>'
_NAME = rf"(?:{_IRI}|[A-Za-z]\w*+:\w++)"
_VARIABLE = r"[?$][A-Za-z_]\w*+"
_LOOKUP = re.compile(
    rf"\s*+(?:PREFIX\s++[A-Za-z]\w*+:\s*+{_IRI}\s*+)*+"
    rf"(?:SELECT\s*+(?:\*|{_VARIABLE}(?:\s++{_VARIABLE})*+)|ASK)\s*+(?:WHERE\s*+)?"
    rf"\{{\s*+{_NAME}\s++(?:{_NAME}|a|(?P<predicate>{_VARIABLE}))\s++(?:{_NAME}|(?P<object>{_VARIABLE}))\s*+\.?"
    r"\s*+\}\s*+(?:LIMIT\s++[0-9]{1,9}\s*+)?",
    re.ASCII | re.IGNORECASE,
)


def is_lookup(query: str) -> bool:
    """Whether a query is one pattern of a given subject, and nothing else."""
    found = _LOOKUP.fullmatch(query) if len(query) <= _LONGEST else None
    # The same variable twice is a filter: all that the subject has would be read.
    return found is not None and (found["predicate"] is None or found["predicate"] != found["object"])


def stays_in_memory(folder: Path) -> bool:
    """Whether the system is likely to keep a store's files in memory: a look-up must not wait for a disk."""
    size = sum(path.stat().st_size for path in folder.iterdir())
    return size < os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4


class Lookups:
    """Answers look-ups over one version of a store."""

    def __init__(self, store: ox.Store, version: str) -> None:
        self._source = Here(store)
        self._version = version

    def answer(self, question: Question) -> Answer | None:
        """Return the answer; None where a worker must give it, or say what is wrong."""
        if not is_lookup(question.query):
            return None
        try:
            answer = compute(self._source.results(question), question, MOST, _BYTES)
        except (QueryFault, SyntaxError, RuntimeError, ValueError, OSError):
            return None
        return None if answer.cut else compressed(answer, question, self._version)
