"""The files that are looked over, and where in them a term stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg.errors import KgError
from kg.resources import ontology_dir, queries_dir

_PREFIX = re.compile(r"^\s*(?:@prefix|PREFIX)\s+([\w-]*):\s*<([^>]*)>", re.MULTILINE | re.IGNORECASE)
_NAME = re.compile(r"(?<![\w:#?$.-])([A-Za-z][\w-]*):([A-Za-z_][\w-]*)")
_IRI = re.compile(r"<([a-z][a-z0-9+.-]*:[^<>\s\"]*)>")
_COMMENT = re.compile(r"(?m)^[ \t]*#.*$")
_STRING = re.compile(r"\"\"\"[\s\S]*?\"\"\"|\"(?:[^\"\\\n]|\\.)*\"")
_CODE = re.compile(r"\bCKG(?:\.(\w+)\b(?!\()|\[\"([\w-]+)\"\])")
_SUFFIXES = {".ttl": "turtle", ".rq": "query"}


@dataclass(frozen=True, slots=True)
class Place:
    """A term in a file: line and column from 1, and what was written there."""

    line: int
    column: int
    name: str


@dataclass(frozen=True)
class Source:
    """A file: `name` as people know it, `kind` one of "turtle", "query" and "code"."""

    path: Path
    name: str
    kind: str
    text: str

    @property
    def iri(self) -> str:
        """The file's address, which names its graph and, with #L and a line, places in it."""
        return self.path.absolute().as_uri()

    @cached_property
    def lines(self) -> list[str]:
        """The text by lines."""
        return self.text.splitlines()

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the file declares, with their namespaces."""
        return dict(_PREFIX.findall(self.text)) if self.kind != "code" else {}

    def terms(self, namespaces: dict[str, str], code: str) -> Iterator[tuple[str, Place]]:
        """Each term that is used, by IRI, with its place; `namespaces` are prefixes that need no declaration.

        Of Python code, the terms of `CKG`, in the namespace `code`.
        """
        text = _COMMENT.sub(_blank, self.text)
        if self.kind == "code":
            for found in _CODE.finditer(text):
                name = found[1] or found[2]
                yield code + name, self._place(found.start(), f"CKG.{name}")
            return
        # a string of one line is for people; one of several is a shape's query
        text = _STRING.sub(lambda m: m[0] if m[0].startswith('"""') else _blank(m), text)
        prefixes = namespaces | self.prefixes
        for found in _NAME.finditer(text):
            if found[1] in prefixes:
                yield prefixes[found[1]] + found[2], self._place(found.start(), found[0])
        for found in _IRI.finditer(text):
            yield found[1], self._place(found.start(), found[0])

    def declarations(self) -> Iterator[tuple[str, str, Place]]:
        """The prefixes that the file declares: name, namespace, place."""
        for found in _PREFIX.finditer(self.text) if self.kind != "code" else ():
            yield found[1], found[2], self._place(found.start(1), f"{found[1]}:")

    def _place(self, offset: int, name: str) -> Place:
        start = self.text.rfind("\n", 0, offset) + 1
        return Place(self.text.count("\n", 0, offset) + 1, offset - start + 1, name)


def _blank(found: re.Match[str]) -> str:
    """As many spaces: what follows keeps its place."""
    return re.sub(r"[^\n]", " ", found[0])


def own_sources() -> list[Source]:
    """Our ontology with shapes and rules, our saved queries, and the code that speaks of terms."""
    package = Path(__file__).parent.parent
    files = [
        *((path, "ontology", ontology_dir()) for path in sorted(ontology_dir().rglob("*.ttl"))),
        *((path, "queries", queries_dir()) for path in sorted(queries_dir().rglob("*.rq"))),
        *((path, "src/kg", package) for path in sorted(package.rglob("*.py"))),
    ]
    return [
        Source(path, f"{name}/{path.relative_to(folder).as_posix()}", _kind(path), path.read_text("utf-8"))
        for path, name, folder in files
        if not path.is_relative_to(package / "_data") or name != "src/kg"
    ]


def read_sources(paths: Sequence[Path]) -> list[Source]:
    """The files named. Raises KgError: no such file, not UTF-8, neither Turtle nor a query."""
    out = []
    for path in paths:
        if path.suffix not in _SUFFIXES:
            raise KgError("neither Turtle nor a query", where=str(path), hint="name it .ttl or .rq")
        try:
            text = path.read_text("utf-8")
        except OSError as error:
            reason = f"cannot be read ({error.strerror})"
            raise KgError(reason, where=str(path), hint="is it there?") from None
        except UnicodeDecodeError as error:
            where = f"{path}: byte {error.start}"
            raise KgError("not UTF-8", where=where, hint="save it as UTF-8") from None
        out.append(Source(path, str(path), _kind(path), text))
    return out


def _kind(path: Path) -> str:
    return _SUFFIXES.get(path.suffix, "code")
