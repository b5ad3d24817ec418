"""Our Turtle as rows: subject → predicate → objects, without a store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.namespaces import CKG, RDF, RDFS
from kg.vietnamese import nfc

_TYPE, _LABEL = str(RDF.type), str(RDFS.label)


class Descriptions:
    """Subject → predicate → objects of a few Turtle files.

    Raises SyntaxError or OSError where a file is no Turtle or cannot be read.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self.of: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self._typed: dict[str, list[str]] = {}  # class → its members, in order
        for file in files:
            for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE):
                if isinstance(quad.subject, ox.NamedNode):
                    subject, predicate = quad.subject.value, quad.predicate.value
                    self.of[subject][predicate].append(quad.object)
                    if predicate == _TYPE:
                        self._typed.setdefault(quad.object.value, []).append(subject)

    def typed(self, kind: str) -> Iterator[tuple[str, dict[str, list[Any]]]]:
        """Subjects of a class of ours, with their rows."""
        for subject in self._typed.get(str(CKG[kind]), ()):
            yield subject, self.of[subject]

    def below(self, root: str) -> Iterator[tuple[str, dict[str, list[Any]]]]:
        """The classes below one of ours, at any depth, with their rows."""
        parents = {
            s: [o.value for o in row.get(RDFS.subClassOf, ()) if hasattr(o, "value")]
            for s, row in self.of.items()
        }
        for subject, row in self.of.items():
            seen, todo = {subject}, list(parents.get(subject, ()))
            while todo:
                parent = todo.pop()
                if parent == CKG[root]:
                    yield subject, row
                    break
                if parent not in seen:
                    seen.add(parent)
                    todo += parents.get(parent, ())


def texts(row: dict[str, list[Any]], *predicates: str) -> list[str]:
    """The texts of a row in Vietnamese or in no language."""
    return [
        o.value for p in predicates for o in row.get(p, ()) if getattr(o, "language", None) in (None, "vi")
    ]


def one(row: dict[str, list[Any]], name: str, default: str = "") -> str:
    """The first value of a property of ours; of an IRI what follows "#"."""
    values = row.get(CKG[name])
    return values[0].value.rsplit("#", 1)[-1] if values else default


def label(row: dict[str, list[Any]]) -> str:
    """The Vietnamese label."""
    return next((nfc(o.value) for o in row.get(_LABEL, ()) if o.language == "vi"), "")
