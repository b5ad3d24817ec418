"""What all articles together say of the things that more than one may name: documents and organs.

Documents grow with the articles: they are merged and kept on disk. Organs are those of the register's
territories: they are few, and held in memory.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby

from kg.gist import DOCUMENT, Document, LocalIssuer, Organ
from kg.infer.background import Background
from kg.infer.register import Register
from kg.infer.table import Documents
from kg.lines import Lines


class Common:
    """The documents and organs of all articles, by IRI. `lines`: where those of documents are sorted."""

    def __init__(
        self, background: Background, register: Register, documents: Documents, lines: Lines
    ) -> None:
        self._background, self._register, self._lines = background, register, lines
        self.documents = documents
        self.organs: defaultdict[str, Organ] = defaultdict(Organ)

    def add(self, line: bytes) -> None:
        """Add a line of a gist that tells of a document or an organ."""
        if line.startswith(DOCUMENT):
            self._lines.add([line], len(line))
        else:
            iri, *told = json.loads(line[1:])
            self.organs[iri].merge(told)

    def merge(self) -> None:
        """Put together what was added."""
        self.documents.fill(self._merged())

    def _merged(self) -> Iterator[tuple[str, Document]]:
        """The documents in order; which of their issuers are the register's is settled article by article."""
        for _, lines in groupby(self._lines, key=lambda line: line.partition(b'",')[0]):
            document = Document()
            for line in lines:
                iri, *told, local = json.loads(line[1:])
                document.merge([*told, ()])
                for issuer in map(LocalIssuer._make, local):
                    if organ := self._register.named(issuer.label, issuer.day):
                        document.issuers.add(organ)
                    else:
                        document.local_issuers.add(issuer._replace(label="", day=""))
            yield iri, document

    def issuers(self, organs: Iterable[str]) -> set[tuple[str, str]]:
        """Class and level of organs; level "" where it is not known."""
        found = set()
        for iri in organs:
            register, organ = self._background.register_organs.get(iri), self.organs.get(iri)
            if register:
                found.add((register.kind, register.level))
            elif organ and organ.kind:
                found.add((organ.kind, min(organ.levels, default="")))
        return found

    def territories(self, organ: str) -> Iterable[str]:
        """The territories that articles give an organ."""
        return self.organs[organ].territories if organ in self.organs else ()
