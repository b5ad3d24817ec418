"""Why a query has no rows: the smallest part of its pattern that nothing matches.

Parts are tried alone, then the pairs that share a variable, then all of them with one after the other left
out: what remains has no match, and has one as soon as any of its parts goes (a minimal failing sub-query).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from kg.ask.names import labels, short
from kg.errors import QueryError
from kg.namespaces import CKG, PREFIXES
from kg.sparql.pattern import SOLID, Part, Pattern, Query, parse
from kg.store import Queryable

Ask = Callable[[str], bool]
"""Whether an ASK query holds. Raises QueryError, or what its caller's limits raise."""

QUESTIONS = 80  # that one explanation may ask
_PAIRS = 14  # parts up to which pairs are tried
_PREFIX = re.compile(r"PREFIX\s+([^\s:]*):\s*<([^>]*)>", re.IGNORECASE)
_NAME = re.compile(r"<([^<>\s]+)>|(?<![\w?$:<])([A-Za-z][\w.-]*|):([\w-](?:[\w.-]*[\w-])?)")
_SAID = {
    "triples": ("Không có dữ liệu nào khớp phần này.", "Nothing in the data matches this."),
    "together": (
        "Từng phần thì có dữ liệu khớp, cả cụm thì không: không có gì khớp tất cả cùng một lúc.",
        "Each part has matches; all of them together have none.",
    ),
    "filter": (
        "Có dữ liệu khớp, nhưng điều kiện lọc loại hết.",
        "There are matches, but the condition leaves none of them.",
    ),
    "union": ("Không nhánh nào của UNION có dữ liệu khớp.", "No branch of the UNION has a match."),
    "tail": (
        "Mẫu có dữ liệu khớp; HAVING, OFFSET, LIMIT hay VALUES phía sau không để lại dòng nào.",
        "The pattern has matches; HAVING, OFFSET, LIMIT or VALUES after it leave no row.",
    ),
    "unknown": (
        "Chưa tìm ra phần nào: câu hỏi quá phức tạp hoặc quá lâu.",
        "No part could be named: the query is too complex, or asking took too long.",
    ),
}
_TAKES = ("filter", "minus")


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name in the query that occurs nowhere in the data; `near` are names that do and look like it."""

    iri: str
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The smallest part without a match. `reason` is one of: triples, together, filter, union, tail,
    unknown."""

    reason: str
    parts: tuple[str, ...] = ()  # as they stand in the query, in its order
    line: int = 0  # of the first of them, from 1
    unknown: tuple[Unknown, ...] = ()
    branches: tuple[Explanation, ...] = ()  # of a UNION, one for each

    def said(self, lang: str = "vi") -> str:
        """The reason in words."""
        vi, en = _SAID[self.reason]
        return en if lang == "en" else vi

    def document(self, lang: str = "vi") -> dict[str, object]:
        """The explanation for JSON."""
        return {
            "reason": self.reason,
            "message": self.said(lang),
            "parts": list(self.parts),
            **({"line": self.line} if self.line else {}),
            **(
                {"unknown": [{"iri": u.iri, "near": list(u.near)} for u in self.unknown]}
                if self.unknown
                else {}
            ),
            **({"branches": [branch.document(lang) for branch in self.branches]} if self.branches else {}),
        }


def explain(sparql: str, ask: Ask) -> Explanation | None:
    """Say why the SELECT `sparql`, which gave no row, gave none; None for what is no such query.

    `ask` answers ASK queries; at most QUESTIONS are put to it. One that fails or is stopped makes the
    explanation "unknown" at worst, never wrong.
    """
    query = parse(sparql)
    if query is None or query.form == "ask":
        return None
    asker = _Asker(query, ask)
    try:
        if asker.matches(query.where, query.where.parts):
            return Explanation("tail")
        return _explained(sparql, asker, query.where)
    except (QueryError, _EnoughError):
        return Explanation("unknown")


def of_store(store: Queryable, sparql: str) -> Explanation | None:
    """`explain` with a store at hand."""
    return explain(sparql, lambda question: bool(store.query(question)))


class _EnoughError(Exception):
    """So many questions were asked that no more are worth it."""


class _Asker:
    """Puts parts of a query to the store, in the query's own words."""

    def __init__(self, query: Query, ask: Ask) -> None:
        self.query = query
        self._ask = ask
        self._left = QUESTIONS

    def matches(self, pattern: Pattern, kept: Sequence[Part]) -> bool:
        """Whether the parts `kept` of `pattern` have a match together."""
        return self.holds(pattern.text(kept))

    def holds(self, pattern: str) -> bool:
        """Whether a pattern has a match."""
        if self._left == 0:
            raise _EnoughError
        self._left -= 1
        return self._ask(f"{self.query.prologue}\nASK {self.query.dataset} {{\n{pattern}\n}}")


def _explained(sparql: str, asker: _Asker, pattern: Pattern) -> Explanation:
    """Explain a pattern that has no match."""
    found = _smallest(asker, pattern)
    if len(found) == 1 and found[0].kind == "union":
        branches = tuple(_explained(sparql, asker, branch) for branch in found[0].branches)
        return Explanation("union", (found[0].shown,), _line(sparql, found[0]), branches=branches)
    if len(found) == 1 and found[0].kind == "select":
        (inner,) = found[0].branches
        if not asker.matches(inner, inner.parts):
            return _explained(sparql, asker, inner)
        return Explanation("tail", (found[0].shown,), _line(sparql, found[0]))
    takes = any(part.kind in _TAKES for part in found)
    reason = "filter" if takes else "together" if len(found) > 1 else "triples"
    unknown = _unknown(asker, " ".join(part.text for part in found))
    return Explanation(reason, tuple(part.shown for part in found), _line(sparql, found[0]), unknown)


def _line(sparql: str, part: Part) -> int:
    return sparql.count("\n", 0, part.start) + 1


def _smallest(asker: _Asker, pattern: Pattern) -> list[Part]:
    """The smallest subset of a pattern's parts that has no match, as far as a few questions tell."""
    solid = [part for part in pattern.parts if part.kind in SOLID]
    for part in solid:
        if not asker.matches(pattern, [part]):
            return [part]
    if len(solid) <= _PAIRS:
        for one, other in combinations(solid, 2):
            shared = one.variables & other.variables
            if shared and not asker.matches(pattern, [one, other]):
                return [one, other]
    return _reduced(asker, pattern)


def _reduced(asker: _Asker, pattern: Pattern) -> list[Part]:
    """All parts but those without which there is no match either: first what adds nothing, then what takes
    rows away, then the rest from the end."""
    order = ("optional", "minus", "filter", "bind")
    places = {part: place for place, part in enumerate(pattern.parts)}
    ranked = sorted(
        places, key=lambda part: (order.index(part.kind) if part.kind in order else len(order), -places[part])
    )
    kept = list(pattern.parts)
    for part in ranked:
        fewer = [other for other in kept if other is not part]
        if fewer and _sensible(pattern, fewer) and not asker.matches(pattern, fewer):
            kept = fewer
    return kept


def _sensible(pattern: Pattern, kept: Sequence[Part]) -> bool:
    """Whether every condition and computation among `kept` has all the variables that it had: one that lost
    some fails for that reason alone."""
    return all(
        part.variables & _given(pattern.parts, part) <= _given(kept, part)
        for part in kept
        if part.kind in (*_TAKES, "bind")
    )


def _given(parts: Sequence[Part], but: Part) -> frozenset[str]:
    """The variables that `parts` give to `but`."""
    giving = (part.variables for part in parts if part is not but and part.kind not in _TAKES)
    return frozenset().union(*giving)


def _unknown(asker: _Asker, text: str) -> tuple[Unknown, ...]:
    """The names in `text` that occur nowhere."""
    prefixes = dict(_PREFIX.findall(asker.query.prologue))
    found: dict[str, Unknown] = {}
    text = re.sub(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'', '""', text)
    for match in _NAME.finditer(text):
        iri = match[1] or (prefixes[match[2]] + match[3] if match[2] in prefixes else "")
        if not iri or iri in found or iri.startswith((PREFIXES["xsd"], PREFIXES["rdf"])):
            continue
        places = " UNION ".join(
            f"{{ {place} }}" for place in (f"<{iri}> ?p ?o", f"?s <{iri}> ?o", f"?s ?p <{iri}>")
        )
        if not asker.holds(f"{places} UNION {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}"):
            found[iri] = Unknown(iri, _near(iri))
    return tuple(found.values())


def _near(iri: str) -> tuple[str, ...]:
    """Terms of our ontology that look like a misspelt one."""
    from difflib import get_close_matches

    local = CKG.local(iri)
    if local is None or iri in CKG:
        return ()
    return tuple(f"ckg:{name}" for name in get_close_matches(local, list(CKG), n=3, cutoff=0.6))


def render(explanation: Explanation, store: Queryable, lang: str = "vi", indent: str = "") -> str:
    """Write an explanation as text, with labels beside the IRIs that it names."""
    lines = [f"{indent}{explanation.said(lang)}"]
    if not explanation.branches:
        lines += [f"{indent}    {part}" for part in explanation.parts]
    iris = {match[1] for part in explanation.parts for match in _NAME.finditer(part) if match[1]}
    for iri, label in sorted(labels(store, iris, lang).items()):
        lines.append(f"{indent}    ({short(iri, store.base)} = {label})")
    for name in explanation.unknown:
        near = f" → {', '.join(name.near)}?" if name.near else ""
        word = "không có trong dữ liệu" if lang == "vi" else "is not in the data"
        lines.append(f"{indent}    {short(name.iri, store.base)} {word}{near}")
    text = "\n".join(lines) + "\n"
    return text + "".join(render(branch, store, lang, indent + "  ") for branch in explanation.branches)
