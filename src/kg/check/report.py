"""What a validation says: results, where each one stands in which article, and the report that holds them.

`conforms` is SHACL's own word: false as soon as there is one result, of whatever severity; and false where a
shape holds what no engine of ours looks at. What a caller does about it is `Report.fails(threshold)`; the
default threshold is Info, so that the exit code of `kg validate` and `sh:conforms` say the same.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.check.paths import SH, Path

Term = NamedNode | BlankNode | Literal

VIOLATION, WARNING, INFO = SH + "Violation", SH + "Warning", SH + "Info"
#: worst first; a severity of somebody's own counts as a violation, which is SHACL's default
SEVERITIES = (VIOLATION, WARNING, INFO)
THRESHOLDS = {"violation": VIOLATION, "warning": WARNING, "info": INFO}
IRI_IN_TEXT = re.compile(r"(?:https?://|urn:)[^\s<>\"“”«»]*[^\s<>\"“”«».,;:)!?]")

#: an xsd:gMonthDay in a sentence; in quotation marks it is meant as it stands
_MONTH_DAY = re.compile(r"(?<![\w“\"-])--(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\b")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _day(month: int, day: int, lang: str) -> str:
    """A day without a year: "24/11" in Vietnamese, "24 November" in English."""
    return f"{day} {_MONTHS[month - 1]}" if lang == "en" else f"{day}/{month}"


def rank(severity: str) -> int:
    """0 for a violation, 1 for a warning, 2 for an info."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence behind a result: offsets are Unicode code points of the article's stored text.

    `words` are the very words that carry the fact, `words_start` their place in the article (−1: unknown).
    `region` is the sentence's first line and column and its last line and the column after its last
    character, counted from 1 in the stored text. `file` is the plain text file that the article was read
    from, empty where that is not known or another kind of file.
    """

    stem: str
    article: str
    passage: str = ""
    sentence: str = ""
    start: int = -1
    end: int = -1
    words: str = ""
    words_start: int = -1
    region: tuple[int, int, int, int] | None = None
    file: str = ""

    def parts(self) -> tuple[str, str, str]:
        """The sentence before the words that carry the fact, these words, and the sentence after them.

        Words that the sentence does not hold leave it whole, in the first part.
        """
        text, offset = self.sentence, self.words_start - self.start
        at = offset if offset >= 0 and text.startswith(self.words, offset) else text.find(self.words)
        if not self.words or at < 0:
            return text, "", ""
        end = at + len(self.words)
        return text[:at], text[at:end], text[end:]


@dataclass(frozen=True, slots=True)
class ShapeInfo:
    """What a reader needs of a shape; labels, group labels and hints are by language tag.

    `focus_nodes` says how many nodes the shape looked at, −1 where that was not counted.
    """

    iri: str
    severity: str
    labels: Mapping[str, str]
    group: str = ""
    group_labels: Mapping[str, str] = field(default_factory=dict)
    group_order: float = 0.0
    hints: Mapping[str, str] = field(default_factory=dict)
    focus_nodes: int = -1
    path: Path | None = None

    def name(self, lang: str) -> str:
        """What a reader calls the shape: its label, else the end of its IRI, else its path."""
        if self.labels:
            return chosen(self.labels, lang)
        if ":" in self.iri:
            return re.split(r"[/#:]", self.iri.rstrip("/#:"))[-1]
        return self.path.short() if self.path else "(shape)"


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result.

    `id` depends on focus, shape, constraint, path and value only, so it is stable over runs.
    """

    shape: str
    component: str
    severity: str
    focus: Term
    path: Path | None = None
    value: Term | None = None
    constraint: str = ""
    messages: tuple[Literal, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    id: str = ""

    def message(self, lang: str) -> str:
        """The message in a language, else without a language, else whatever there is."""
        tagged = {m.language or "": m.value for m in reversed(self.messages)}
        return tagged.get(lang) or tagged.get("") or next(iter(tagged.values()), "")

    @property
    def stems(self) -> tuple[str, ...]:
        """The articles that the result comes from, sorted."""
        return tuple(sorted({e.stem for e in self.evidence}))

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What makes two engines' results the same: shape, focus, path, value, component."""
        path = self.path.sparql() if self.path else ""
        return (
            self.shape,
            str(self.focus),
            path,
            str(self.value) if self.value is not None else "",
            self.component,
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed since an earlier report: ids that are new, results that are gone, the baseline's name."""

    new: frozenset[str]
    gone: tuple[Result, ...]
    baseline: str = ""


@dataclass(frozen=True)
class Report:
    """All results of one validation, in a fixed order (worst first, then shape, focus, path, value).

    `names` maps IRIs that occur in results to their labels by language tag; `notes` are what the caller
    must be told (a fallback, nothing to look at); `unsupported` are constructs of the shapes that were not
    looked at; `engine` says who did the work, or which file the report comes from. `limit` bounds what is
    `listed`, never what is counted; `unlisted` counts, by shape and severity, results that were not kept.
    """

    results: tuple[Result, ...]
    shapes: Mapping[str, ShapeInfo] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    engine: str = ""
    unsupported: tuple[str, ...] = ()
    limit: int | None = None
    comparison: Comparison | None = None
    unlisted: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many results there are, kept or only counted."""
        return len(self.results) + sum(self.unlisted.values())

    @property
    def conforms(self) -> bool:
        """SHACL's `sh:conforms`: no result at all, and nothing that was not looked at."""
        return not self.total and not self.unsupported

    @property
    def listed(self) -> tuple[Result, ...]:
        """The results to show, `limit` of them at most; where there is a baseline, new ones first."""
        compared = self.comparison
        if compared is None:
            return self.results[: self.limit]
        return tuple(sorted(self.results, key=lambda r: r.id not in compared.new))[: self.limit]

    @property
    def gone(self) -> tuple[Result, ...]:
        """The results of the baseline that are no more, `limit` of them at most."""
        return self.comparison.gone[: self.limit] if self.comparison else ()

    def fails(self, threshold: str = "info") -> bool:
        """Whether a result is at least as grave as "violation", "warning" or "info".

        Where there is a baseline, only results that are not in it count.
        """
        limit = rank(THRESHOLDS[threshold])
        return any(self.counts_against(r, threshold) for r in self.results) or any(
            rank(severity) <= limit for _, severity in self.unlisted
        )

    def counts_against(self, result: Result, threshold: str) -> bool:
        """Whether this one result makes the report fail."""
        return rank(result.severity) <= rank(THRESHOLDS[threshold]) and self.state(result) != "unchanged"

    def state(self, result: Result) -> str:
        """ "new" or "unchanged" since the baseline; empty where there is none."""
        if self.comparison is None:
            return ""
        return "new" if result.id in self.comparison.new else "unchanged"

    def shape(self, result: Result) -> ShapeInfo:
        """What is known of the shape of a result."""
        return self.shapes.get(result.shape) or ShapeInfo(result.shape, result.severity, {}, path=result.path)

    def idle(self) -> tuple[ShapeInfo, ...]:
        """The shapes that had no node to look at, sorted; of a node shape and its properties the former."""
        found = sorted(i.iri for i in self.shapes.values() if i.focus_nodes == 0)
        return tuple(self.shapes[iri] for iri in found if iri.rpartition("-")[0] not in found)

    def counts(self) -> dict[str, int]:
        """Results by severity: {"violation": n, "warning": n, "info": n}."""
        found = Counter(rank(r.severity) for r in self.results)
        for (_, severity), n in self.unlisted.items():
            found[rank(severity)] += n
        return {name: found[rank(iri)] for name, iri in THRESHOLDS.items()}

    def by_shape(self) -> Counter[str]:
        """How many results each shape has, kept or only counted."""
        found = Counter(r.shape for r in self.results)
        for (shape, _), n in self.unlisted.items():
            found[shape] += n
        return found

    def name(self, iri: str, lang: str = "vi") -> str:
        """What a reader calls an IRI; what follows `/id/` in it where nothing is known."""
        labels = self.names.get(iri, {})
        return labels.get(lang) or labels.get("") or next(iter(labels.values()), iri.rpartition("/id/")[2])

    def in_files(self, files: Mapping[str, str]) -> Report:
        """The report with the files that articles were read from, by stem; only plain text has lines.

        A file below the working folder is named from there.
        """
        here = FilePath.cwd()
        texts = {stem: FilePath(path) for stem, path in files.items() if path.endswith(".txt")}
        plain = {
            stem: (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()
            for stem, path in texts.items()
        }

        def placed(result: Result) -> Result:
            found = tuple(replace(e, file=plain.get(e.stem, "")) for e in result.evidence)
            return replace(result, evidence=found)

        return replace(self, results=tuple(placed(r) if r.evidence else r for r in self.results))

    def subject(self, result: Result, lang: str = "vi") -> str:
        """What a reader calls the focus node of a result."""
        return self.name(
            str(result.focus) if isinstance(result.focus, BlankNode) else result.focus.value, lang
        )

    def readable(self, message: str, lang: str = "vi") -> str:
        """A message for people: with the names of IRIs, and days without a year as they write them."""
        named = IRI_IN_TEXT.sub(lambda m: self.name(m.group(), lang), message)
        return _MONTH_DAY.sub(lambda m: _day(int(m[1]), int(m[2]), lang), named)


def compared(report: Report, former: Report) -> Report:
    """The report with what is new in it and what is gone since a former one."""
    before, now = {r.id for r in former.results}, {r.id for r in report.results}
    gone = tuple(r for r in former.results if r.id not in now)
    return replace(report, comparison=Comparison(frozenset(now - before), gone, former.engine))


def arranged(results: Iterable[Result]) -> tuple[Result, ...]:
    """Results in their fixed order, each with its id.

    Equal ones (one focus, several messages) are numbered. Blank nodes have other labels in every run: in
    ids and order they count as one.
    """
    seen: Counter[str] = Counter()
    out = []
    for result in sorted(results, key=_order):
        digest = hashlib.sha256("\n".join(_steady(result)[:-1]).encode()).hexdigest()[:16]
        seen[digest] += 1
        out.append(replace(result, id=digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"))
    return tuple(out)


def first(results: Iterable[Result], limit: int) -> tuple[tuple[Result, ...], Counter[tuple[str, str]]]:
    """The first `limit` results in their order, and how many more there are by shape and severity.

    No more than these are held in memory, however many there are.
    """
    counts: Counter[tuple[str, str]] = Counter()

    def counted() -> Iterator[Result]:
        for result in results:
            counts[result.shape, result.severity] += 1
            yield result

    stream = counted()
    kept = arranged(heapq.nsmallest(limit, stream, key=_order))
    for _ in stream:  # a limit of 0 asks for none
        pass
    counts.subtract((r.shape, r.severity) for r in kept)
    return kept, +counts


def _order(result: Result) -> tuple[int, tuple[str, ...], str]:
    return rank(result.severity), _steady(result), str(result.focus)


def _steady(result: Result) -> tuple[str, ...]:
    """The key of a result with its messages, in which no label of a blank node occurs."""
    shape, focus, path, value, component = result.key
    focus = "_:" if isinstance(result.focus, BlankNode) else focus
    value = "_:" if isinstance(result.value, BlankNode) else value
    constraint = result.constraint
    messages = "" if BlankNode in (type(result.focus), type(result.value)) else _text(result.messages)
    return shape if ":" in shape else "_:", focus, path, value, component, constraint, messages


def _text(messages: tuple[Literal, ...]) -> str:
    return "\n".join(map(str, messages))


def chosen(labels: Mapping[str, str], lang: str) -> str:
    """The label in a language, else in English, else whatever there is."""
    return labels.get(lang) or labels.get("en") or next(iter(labels.values()), "")
