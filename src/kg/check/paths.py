"""SHACL property paths (https://www.w3.org/TR/shacl/#property-paths), written as SPARQL or as RDF."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg import namespaces

# plain strings: shapes of others use terms that ours do not
SH, RDF, RDFS = str(namespaces.SH), str(namespaces.RDF), str(namespaces.RDFS)
OWL, XSD = str(namespaces.OWL), str(namespaces.XSD)

PREDICATE, SEQUENCE, ALTERNATIVE = "predicate", "sequence", "alternative"
#: SHACL's name of a path operator with one operand → (before, after) of its SPARQL form
OPERATORS = {
    "inversePath": ("^", ""),
    "zeroOrMorePath": ("", "*"),
    "oneOrMorePath": ("", "+"),
    "zeroOrOnePath": ("", "?"),
}


@dataclass(frozen=True, slots=True)
class Path:
    """A property path.

    `kind` is "predicate" (then `iri` is set), "sequence", "alternative", or a key of OPERATORS.
    """

    kind: str
    iri: str = ""
    parts: tuple[Path, ...] = ()

    def sparql(self) -> str:
        """The path as a SPARQL 1.1 property path."""
        if self.kind == PREDICATE:
            return f"<{self.iri}>"
        if self.kind in OPERATORS:
            before, after = OPERATORS[self.kind]
            return f"({before}{self.parts[0].sparql()}{after})"
        return "(" + ("/" if self.kind == SEQUENCE else "|").join(part.sparql() for part in self.parts) + ")"

    def short(self) -> str:
        """The path for readers: of each IRI only its last part."""
        return re.sub(r"<[^>]*?([^/#:>]+)[/#]?>", r"\1", self.sparql())

    @property
    def repeats(self) -> bool:
        """Whether a part of the path may be walked other than exactly once."""
        return bool(OPERATORS.get(self.kind, ("", ""))[1]) or any(part.repeats for part in self.parts)

    def triples(self, label: str) -> tuple[str, list[tuple[str, str, str]]]:
        """The path as RDF in N-Triples terms: its node, and the triples below it.

        Blank nodes are named after `label`.
        """
        if self.kind == PREDICATE:
            return f"<{self.iri}>", []
        node = f"_:{label}"
        nodes: list[str] = []
        below: list[tuple[str, str, str]] = []
        for n, part in enumerate(self.parts):
            inner, triples = part.triples(f"{label}-{n}")
            nodes.append(inner)
            below += triples
        if self.kind in OPERATORS:
            return node, [(node, f"<{SH}{self.kind}>", nodes[0]), *below]
        head = f"{node}-list" if self.kind == ALTERNATIVE else node
        cells = [head, *(f"{head}-rest{n}" for n in range(1, len(nodes))), f"<{RDF}nil>"]
        listed = [
            triple
            for cell, item, rest in zip(cells, nodes, cells[1:], strict=False)
            for triple in ((cell, f"<{RDF}first>", item), (cell, f"<{RDF}rest>", rest))
        ]
        start = [(node, f"<{SH}alternativePath>", head)] if self.kind == ALTERNATIVE else []
        return node, [*start, *listed, *below]


def predicate(iri: str) -> Path:
    """The simplest path: one predicate."""
    return Path(PREDICATE, iri)
