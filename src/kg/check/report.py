"""What a validation says: results, where each one stands in which article, and the report that holds them.

`conforms` is SHACL's own word: false as soon as there is one result, of whatever severity. What a caller
does about it is `Report.fails(threshold)`; the default threshold is Info, so that the exit code of `kg
validate` and `sh:conforms` say the same.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from pyoxigraph import BlankNode, Literal, NamedNode

from kg.check.paths import SH, Path

Term = NamedNode | BlankNode | Literal

VIOLATION, WARNING, INFO = SH + "Violation", SH + "Warning", SH + "Info"
#: worst first; a severity of somebody's own counts as a violation, which is SHACL's default
SEVERITIES = (VIOLATION, WARNING, INFO)
THRESHOLDS = {"violation": VIOLATION, "warning": WARNING, "info": INFO}
IRI_IN_TEXT = re.compile(r"(?:https?://|urn:)[^\s<>\"“”«»]*[^\s<>\"“”«».,;:)!?]")


def rank(severity: str) -> int:
    """0 for a violation, 1 for a warning, 2 for an info."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence behind a result: offsets are Unicode code points of the article's stored text.

    `words` are the very words that carry the fact, `words_start` their place in the article (−1: unknown).
    """

    stem: str
    article: str
    passage: str = ""
    sentence: str = ""
    start: int = -1
    end: int = -1
    words: str = ""
    words_start: int = -1


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


@dataclass(frozen=True)
class Report:
    """All results of one validation, in a fixed order (worst first, then shape, focus, path, value).

    `names` maps IRIs that occur in results to their labels by language tag; `notes` are what the caller
    must be told (a fallback, what was not supported, nothing to look at); `engine` says who did the work.
    """

    results: tuple[Result, ...]
    shapes: Mapping[str, ShapeInfo] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    engine: str = ""

    @property
    def conforms(self) -> bool:
        """SHACL's `sh:conforms`: no result at all."""
        return not self.results

    def fails(self, threshold: str = "info") -> bool:
        """Whether a result is at least as grave as "violation", "warning" or "info"."""
        limit = rank(THRESHOLDS[threshold])
        return any(rank(r.severity) <= limit for r in self.results)

    def counts(self) -> dict[str, int]:
        """Results by severity: {"violation": n, "warning": n, "info": n}."""
        found = Counter(rank(r.severity) for r in self.results)
        return {name: found[rank(iri)] for name, iri in THRESHOLDS.items()}

    def name(self, iri: str, lang: str = "vi") -> str:
        """What a reader calls an IRI; what follows `/id/` in it where nothing is known."""
        labels = self.names.get(iri, {})
        return labels.get(lang) or labels.get("") or next(iter(labels.values()), iri.rpartition("/id/")[2])

    def readable(self, message: str, lang: str = "vi") -> str:
        """A message with the IRIs that have a name replaced by it."""
        return IRI_IN_TEXT.sub(lambda m: self.name(m.group(), lang), message)


def arranged(results: Iterable[Result]) -> tuple[Result, ...]:
    """Results in their fixed order, each with its id.

    Equal ones (one focus, several messages) are numbered.
    """
    ordered = sorted(
        results, key=lambda r: (rank(r.severity), r.key, r.constraint, [str(m) for m in r.messages])
    )
    seen: Counter[str] = Counter()
    out = []
    for result in ordered:
        text = "\n".join((*result.key, result.constraint))
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        seen[digest] += 1
        out.append(replace(result, id=digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"))
    return tuple(out)
