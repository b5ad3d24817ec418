"""Names that were given up: where a thing that an earlier build called otherwise is found now.

A rebuilt graph may know more: "Kế hoạch số 150" of an article becomes the plan of a certain committee and
term, and gets another address. The old one leads on, as long as what it stood for can be told for certain:
one thing of the same kind and name, and, where the old name lay in an article, in what that article mentions.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pyoxigraph as ox

from kg.namespaces import CKG
from kg.store import Queryable

_ARTICLE = "/id/article/"
_GONE = """
SELECT o.iri, n.iri FROM old.entity o
JOIN old.form f ON f.id = o.id JOIN main.form g ON g.form = f.form
JOIN main.entity n ON n.id = g.id AND n.kind = o.kind
WHERE NOT EXISTS (SELECT 1 FROM main.entity e WHERE e.iri = o.iri)
GROUP BY o.iri, n.iri ORDER BY o.iri, n.iri
"""
_KEPT = """
INSERT OR IGNORE INTO main.moved
SELECT m.old, coalesce(again.new, m.new) FROM old.moved m LEFT JOIN main.moved again ON again.old = m.new
WHERE NOT EXISTS (SELECT 1 FROM main.entity e WHERE e.iri = m.old)
  AND EXISTS (SELECT 1 FROM main.entity e WHERE e.iri = coalesce(again.new, m.new))
"""


def carry(index: sqlite3.Connection, store: Queryable, before: Path) -> None:
    """Write into `index` where the names went that the index file `before` has and the graph has no more."""
    index.execute("ATTACH ? AS old", (str(before),))
    try:
        candidates: dict[str, list[str]] = {}
        for old, new in index.execute(_GONE):
            candidates.setdefault(old, []).append(new)
        found = {old: fitting for old, news in candidates.items() if (fitting := _fitting(store, old, news))}
        moved = [(old, fitting[0]) for old, fitting in found.items() if len(fitting) == 1]
        index.executemany("INSERT OR REPLACE INTO main.moved VALUES (?, ?)", moved)
        index.execute(_KEPT)
    finally:
        index.execute("DETACH old")


def _fitting(store: Queryable, old: str, news: list[str]) -> list[str]:
    """Those of `news` that may be what `old` was."""
    place = old.find(_ARTICLE)
    if place < 0:
        return [new for new in news if _ARTICLE not in new]
    article = old[: old.find("/", place + len(_ARTICLE))]
    named = " ".join(str(ox.NamedNode(new)) for new in news)
    query = f"SELECT DISTINCT ?x {{ VALUES ?x {{ {named} }} <{article}> <{CKG.mentions}> ?x }}"
    return [row[0].value for row in store.query(query)]  # type: ignore[union-attr]
