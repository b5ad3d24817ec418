"""What a graph was built from: digests of articles, program and background, kept beside the quads of a store.

A later build reads it to convert only what is new or changed, and to say what the whole graph holds.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from kg import schema

_FILE = "manifest.json"
# Rooms whose code does not change what an article converts to; a new module counts until it is named here.
_OUTSIDE = (
    "__init__.py", "__main__.py", "ask", "builder.py", "check", "cli", "cli.py", "evaluate.py", "explain.py",
    "export", "export.py", "generations.py", "graph.py", "infer.py", "journal.py", "manifest.py", "show.py",
    "store.py",
)  # fmt: skip


@dataclass(slots=True)
class Record:
    """One article in the graph: where it was read, what it was, and what came of it."""

    path: str
    digest: str  # SHA-256 of the file's bytes
    converter: str  # `converter_digest` at the time
    graph: str  # IRI of the article; its claims lie in the same with "#claims"
    facts: dict[str, int]
    unresolved: list[str]


@dataclass(slots=True)
class Manifest:
    """Everything that a graph was built from. `findings` are the results of its validation by severity."""

    articles: dict[str, Record] = field(default_factory=dict)  # by stem
    background: dict[str, str] = field(default_factory=dict)  # digests of ontology and register
    conclusions: str = ""  # digest of what the inferred graph and the report were made from
    findings: dict[str, int] = field(default_factory=dict)
    reported: str = ""  # digest of what the report in the store rests on beside the articles

    @classmethod
    def read(cls, folder: Path | None) -> Manifest:
        """Read the manifest of a generation; an empty one where there is none."""
        if folder is None or not (folder / _FILE).exists():
            return cls()
        found: dict[str, Any] = json.loads((folder / _FILE).read_text("utf-8"))
        articles = {stem: Record(*record) for stem, record in found.pop("articles").items()}
        return cls(articles=articles, **found)

    def write(self, folder: Path | None) -> None:
        """Write the manifest into a generation that is not published yet; do nothing in memory."""
        if folder is not None:
            articles = {stem: list(attrgetter(*Record.__slots__)(r)) for stem, r in self.articles.items()}
            found = {name: getattr(self, name) for name in self.__slots__} | {"articles": articles}
            text = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            (folder / _FILE).write_text(text, "utf-8")

    def facts(self) -> dict[str, int]:
        """Facts by kind over all articles, most frequent first."""
        total: dict[str, int] = {}
        for record in self.articles.values():
            for kind, n in record.facts.items():
                total[kind] = total.get(kind, 0) + n
        return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))

    def unresolved(self) -> dict[str, list[str]]:
        """Names that no article gives enough to resolve, with the stems of the articles that use them."""
        found: dict[str, list[str]] = {}
        for stem, record in sorted(self.articles.items()):
            for name in record.unresolved:
                found.setdefault(name, []).append(stem)
        return dict(sorted(found.items()))

    def inputs(self) -> str:
        """Return one digest of all articles and the background: equal graphs need no new conclusions."""
        total = hashlib.sha256(self.rules().encode())
        for stem, record in sorted(self.articles.items()):
            total.update(f"{stem}\0{record.digest}\0{record.converter}\0".encode())
        return total.hexdigest()

    def rules(self) -> str:
        """Return one digest of what conclusions and report rest on beside the articles."""
        background = json.dumps(self.background, sort_keys=True)
        parts = (_code(everything=True), schema.shapes_digest(), background)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def converter_digest(base: str) -> str:
    """Return the SHA-256 of what a conversion depends on beside the article: code, vocabulary, base IRI."""
    parts = (_code(everything=False), schema.digest("ontology", base), schema.digest("register", base))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _code(*, everything: bool) -> str:
    """Return the SHA-256 of the program's own modules: all of them, or those a conversion passes through."""
    package = Path(__file__).parent
    total = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(package)
        if everything or relative.parts[0] not in _OUTSIDE:
            total.update(str(relative).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()
