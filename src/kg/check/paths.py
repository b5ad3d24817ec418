"""SHACL property paths (https://www.w3.org/TR/shacl/#property-paths), read once, written as SPARQL or as Turtle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

PREDICATE, SEQUENCE, ALTERNATIVE = "predicate", "sequence", "alternative"
#: SHACL's name of a path operator with one operand → (before, after) of its SPARQL form
OPERATORS = {"inversePath": ("^", ""), "zeroOrMorePath": ("", "*"), "oneOrMorePath": ("", "+"), "zeroOrOnePath": ("", "?")}


@dataclass(frozen=True, slots=True)
class Path:
    """A property path: `kind` is "predicate" (then `iri` is set), "sequence", "alternative", or a key of OPERATORS."""

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

    def turtle(self, iri: Callable[[str], str]) -> str:
        """The path as a Turtle object; `iri` writes one IRI (shortened, or in angle brackets)."""
        if self.kind == PREDICATE:
            return iri(self.iri)
        inner = " ".join(part.turtle(iri) for part in self.parts)
        if self.kind == SEQUENCE:
            return f"( {inner} )"
        if self.kind == ALTERNATIVE:
            return f"[ sh:alternativePath ( {inner} ) ]"
        return f"[ sh:{self.kind} {inner} ]"


def predicate(iri: str) -> Path:
    """The simplest path: one predicate."""
    return Path(PREDICATE, iri)
