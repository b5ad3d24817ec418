"""From a finding to file and line: the line is shown as the sentence behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pyoxigraph import NamedNode

from kg.check import Evidence, Report, Result
from kg.lint.sources import Source

_AT = re.compile(r"#L(\d+)C(\d+)-")


def placed(report: Report, sources: list[Source]) -> Report:
    """The report with, for each finding, the line that it is about."""
    finder = _Finder(sources)
    results = tuple(replace(result, evidence=tuple(finder.of(result))) for result in report.results)
    return replace(report, results=results, names={**report.names, **finder.names(results)})


class _Finder:
    def __init__(self, sources: list[Source]) -> None:
        self.sources = {source.iri: source for source in sources}
        self.prefixes = {iri: name for source in sources for name, iri in source.prefixes.items()}

    def of(self, result: Result) -> Iterator[Evidence]:
        """At most one line: that of a place, else where the term or the query is defined."""
        if not isinstance(result.focus, NamedNode):
            return
        iri = result.focus.value
        source = self.sources.get(iri.partition("#L")[0])
        at = _AT.search(iri)
        if source is not None and at is not None:
            yield _evidence(source, int(at[1]), int(at[2]))
        elif source is not None:
            yield _evidence(source, _line(source, str(result.value or "")) or 1, 1)
        else:
            yield from self._definition(iri)

    def _definition(self, iri: str) -> Iterator[Evidence]:
        for source in self.sources.values():
            if source.kind != "turtle":
                continue
            for name in (self._short(iri, source), f"<{iri}>"):
                found = re.search(rf"(?m)^{re.escape(name)}(?=[\s;])", source.text) if name else None
                if found:
                    yield _evidence(source, source.text.count("\n", 0, found.start()) + 1, 1, name)
                    return

    def names(self, results: tuple[Result, ...]) -> dict[str, dict[str, str]]:
        """What to call files, places and terms."""
        found = {}
        for result in results:
            for term in (result.focus, result.value):
                if isinstance(term, NamedNode):
                    name = self._name(term.value)
                    if name:
                        found[term.value] = {"": name}
        return found

    def _name(self, iri: str) -> str:
        source = self.sources.get(iri.partition("#L")[0])
        if source is not None:
            at = _AT.search(iri)
            return f"{source.name}:{at[1]}" if at else source.name
        return next((self._short(iri, s) for s in self.sources.values() if self._short(iri, s)), "")

    @staticmethod
    def _short(iri: str, source: Source) -> str:
        for prefix, namespace in source.prefixes.items():
            if iri.startswith(namespace) and re.fullmatch(r"[\w-]+", iri[len(namespace) :]):
                return f"{prefix}:{iri[len(namespace) :]}"
        return ""


def _line(source: Source, variable: str) -> int:
    """The first line that holds a variable of a query; 0 where none does."""
    wanted = re.compile(rf"[?$]{re.escape(variable.strip(chr(34)))}\b")
    return next((n for n, line in enumerate(source.lines, 1) if wanted.search(line)), 0)


def _evidence(source: Source, line: int, column: int, words: str = "") -> Evidence:
    text = source.lines[line - 1] if line <= len(source.lines) else ""
    here = Path.cwd()
    path = source.path.absolute()
    file = (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()
    region = (line, column, line, max(column, len(text)) + 1)
    name = f"{source.name}:{line}"
    return Evidence(name, source.iri, sentence=text.strip(), words=words, region=region, file=file)
