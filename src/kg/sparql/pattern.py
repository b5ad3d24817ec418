"""The parts of a SPARQL query's graph pattern, as they stand in its text.

The query is valid: a parser has read it before. What is cut here is only ever joined again and asked of a
parser once more, so that a part that was cut wrongly costs an answer and never gives a false one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.sparql.text import QUOTED

_TOKEN = re.compile(
    QUOTED + r"|(?P<comment>\#[^\n\r]*+)"
    r"|[?$]\w++"
    r"|_:[\w.-]*\w"
    r"|\d*\.\d+(?:[eE][+-]?\d+)?|\d+(?:[eE][+-]?\d+)?"
    r"|(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:(?:[\w:-]|\\.|%\w\w|\.(?=[\w:.%\\-]*[\w:%\\-]))*+)"
    r"|@[A-Za-z-]++"
    r"|[^\W\d]\w*+"
    r"|\^\^|&&|\|\||!=|<=|>="
    r"|\S",
    re.DOTALL,
)
_OPEN, _CLOSE = {"{": "}", "(": ")", "[": "]"}, {"}", ")", "]"}
_STARTS = {"optional", "minus", "graph", "service", "filter", "bind", "values"}
SOLID = ("triples", "union", "select", "values")
"""Kinds of parts that give rows; the others take rows away, add to them, or name what is computed."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the query: `text` stands at `start`."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the word ends."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The word in small letters, as keywords are compared."""
        return self.text.lower()


@dataclass(frozen=True, slots=True)
class Part:
    """A part that can be left out: triple pattern, FILTER, OPTIONAL, MINUS, BIND, VALUES, UNION, sub-SELECT.

    `around` are the openings of the groups that it stands in, from the outermost (`GRAPH ?g {`), each with
    the place of its brace; `branches` the groups of a UNION, or the group of a sub-SELECT.
    """

    kind: str
    text: str
    start: int
    around: tuple[tuple[str, int], ...] = ()
    variables: frozenset[str] = frozenset()  # without ? or $; those of `around` too
    branches: tuple[Pattern, ...] = ()

    @property
    def shown(self) -> str:
        """The part with the GRAPH clauses around it, on one line."""
        graphs = [opening for opening, _ in self.around if opening != "{"]
        return " ".join(" ".join((*graphs, self.text, *("}" for _ in graphs))).split())


@dataclass(frozen=True, slots=True)
class Pattern:
    """A group of parts, all of which must match together."""

    parts: tuple[Part, ...]

    def text(self, kept: Sequence[Part] | None = None) -> str:
        """The group's text with the parts `kept` alone, without the braces around it."""
        lines: list[str] = []
        opened: list[tuple[str, int]] = []
        for part in self.parts if kept is None else kept:
            while opened and tuple(opened) != part.around[: len(opened)]:
                opened.pop()
                lines.append("}")
            for opening in part.around[len(opened) :]:
                opened.append(opening)
                lines.append(opening[0])
            lines.append(f"{part.text} ." if part.kind == "triples" else part.text)
        return "\n".join([*lines, *("}" for _ in opened)])


@dataclass(frozen=True, slots=True)
class Query:
    """A query taken apart: what stands before its WHERE clause, the clause, and what follows it."""

    prologue: str
    form: str  # "select", "ask", "construct", "describe"
    dataset: str  # the FROM clauses
    where: Pattern
    tail: str  # GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET, VALUES


def tokens(text: str) -> list[Token]:
    """The words of a query, without its comments."""
    return [Token(m[0], m.start()) for m in _TOKEN.finditer(text) if not m["comment"]]


def parse(text: str) -> Query | None:
    """Take a query apart; None where there is no WHERE clause or the text is not understood."""
    words = tokens(text)
    form = next((i for i, t in enumerate(words) if t.word in ("select", "ask", "construct", "describe")), -1)
    if form < 0:
        return None
    try:
        at = _where(words, form)
        end = _closing(words, at)
        whole = words[at : end + 1]
        inside = whole[1:-1]
        sub_select = bool(inside) and inside[0].word == "select"
        parts = tuple(_group(text, whole, ()) if sub_select else _parts(text, inside, ()))
    except (IndexError, ValueError):
        return None
    clauses = [i for i in range(form, at) if words[i].word in ("from", "where")]
    froms = [i for i in clauses if words[i].word == "from"]
    dataset = ""
    if froms:
        stop = next((i for i in clauses if words[i].word == "where"), at)
        dataset = text[words[froms[0]].start : words[stop].start]
    return Query(
        prologue=text[: words[form].start],
        form=words[form].word,
        dataset=dataset,
        where=Pattern(parts),
        tail=text[words[end].end :],
    )


def _where(tokens: Sequence[Token], at: int) -> int:
    """The place of the brace that opens the WHERE clause of the query whose form stands at `at`."""
    if tokens[at].word == "construct" and tokens[at + 1].text == "{":
        at = _closing(tokens, at + 1) + 1
    while tokens[at].text != "{":
        at = _closing(tokens, at) + 1 if tokens[at].text == "(" else at + 1
    return at


def _closing(tokens: Sequence[Token], at: int) -> int:
    """The place of the bracket that closes the one at `at`. Raises ValueError where it is missing."""
    depth: list[str] = []
    for place in range(at, len(tokens)):
        text = tokens[place].text
        if text in _OPEN:
            depth.append(_OPEN[text])
        elif text in _CLOSE:
            if not depth or depth.pop() != text:
                raise ValueError("brackets do not match")
            if not depth:
                return place
    raise ValueError("a bracket is not closed")


def _parts(text: str, tokens: Sequence[Token], around: tuple[tuple[str, int], ...]) -> Iterator[Part]:
    """The parts of the group whose words are `tokens`."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.text in ".;":
            at += 1
        elif token.word in _STARTS:
            end = _clause_end(tokens, at)
            if token.word == "graph":
                brace = next(i for i in range(at, end) if tokens[i].text == "{")
                opening = (text[token.start : tokens[brace].end], tokens[brace].start)
                yield from _parts(text, tokens[brace + 1 : end - 1], (*around, opening))
            else:
                yield _part(text, token.word, tokens[at:end], around)
            at = end
        elif token.text == "{":
            end = _closing(tokens, at) + 1
            while end < len(tokens) and tokens[end].word == "union":
                end = _closing(tokens, end + 1) + 1
            yield from _group(text, tokens[at:end], around)
            at = end
        else:
            end = _triples_end(tokens, at)
            yield from _triples(text, tokens[at:end], around)
            at = end


def _clause_end(tokens: Sequence[Token], at: int) -> int:
    """Behind the clause whose keyword stands at `at`: FILTER, BIND and VALUES may have no brace."""
    word = tokens[at].word
    at += 1
    if word == "filter":
        while tokens[at].text not in "({":  # NOT EXISTS {, a function's name (
            at += 1
        return _closing(tokens, at) + 1
    if word == "bind":
        return _closing(tokens, at) + 1
    while tokens[at].text != "{":
        at = _closing(tokens, at) + 1 if tokens[at].text == "(" else at + 1
    return _closing(tokens, at) + 1


def _group(text: str, tokens: Sequence[Token], around: tuple[tuple[str, int], ...]) -> Iterator[Part]:
    """`{ … }`, `{ … } UNION { … }` or `{ SELECT … }`."""
    groups, at = [], 0
    while at < len(tokens):
        end = _closing(tokens, at)
        groups.append(tokens[at + 1 : end])
        at = end + 2
    if len(groups) > 1:
        branches = tuple(_branch(text, group) for group in groups)
        yield _part(text, "union", tokens, around, branches)
    elif groups[0] and groups[0][0].word == "select":
        yield _part(text, "select", tokens, around, (_branch(text, groups[0]),))
    else:
        yield from _parts(text, groups[0], (*around, ("{", tokens[0].start)))


def _branch(text: str, tokens: Sequence[Token]) -> Pattern:
    if tokens and tokens[0].word == "select":
        at = _where(tokens, 0)
        tokens = tokens[at + 1 : _closing(tokens, at)]
        if tokens and tokens[0].word == "select":
            return _branch(text, tokens)
    return Pattern(tuple(_parts(text, tokens, ())))


def _triples_end(tokens: Sequence[Token], at: int) -> int:
    """Behind the triples that begin at `at`: at a dot, a clause or a group."""
    while at < len(tokens):
        token = tokens[at]
        if token.text in (".", "{") or token.word in _STARTS:
            return at
        at = _closing(tokens, at) + 1 if token.text in _OPEN else at + 1
    return at


def _triples(text: str, tokens: Sequence[Token], around: tuple[tuple[str, int], ...]) -> Iterator[Part]:
    """Each triple of `subject predicate object , object ; predicate object` by itself."""
    if tokens[0].text in "[(":  # said again, the subject would be another node
        yield _part(text, "triples", tokens, around)
        return
    subject = tokens[0]
    for verbs in _split(tokens[1:], ";"):
        objects = list(_split(verbs, ","))
        for number, some in enumerate(objects):
            words = some if number == 0 else [*_verb(objects[0]), *some]
            said = f"{text[some[0].start : some[-1].end]}"
            if number:
                verb = _verb(objects[0])
                said = f"{text[verb[0].start : verb[-1].end]} {said}"
            start = some[0].start if number or verbs is not tokens[1:] else subject.start
            variables = _variables([subject, *words]) | _named(around)
            yield Part("triples", f"{subject.text} {said}", start, around, variables)


def _verb(words: Sequence[Token]) -> Sequence[Token]:
    """The words of a predicate, which may be a path, before its first object."""
    end = len(words) - 1
    if words[end].text in _CLOSE:
        depth = 0
        while True:
            depth += (words[end].text in _CLOSE) - (words[end].text in _OPEN)
            if depth == 0:
                break
            end -= 1
    elif end >= 2 and words[end - 1].text == "^^":
        end -= 2
    elif words[end].text.startswith("@") or (
        end > 1 and words[end - 1].text in "+-" and words[end].text[0].isdigit()
    ):
        end -= 1
    return words[:end]


def _split(tokens: Sequence[Token], mark: str) -> Iterator[Sequence[Token]]:
    """The stretches between marks that stand in no bracket; empty ones left out."""
    begin = at = 0
    while at < len(tokens):
        if tokens[at].text == mark:
            if at > begin:
                yield tokens[begin:at]
            begin = at + 1
        at = _closing(tokens, at) + 1 if tokens[at].text in _OPEN else at + 1
    if at > begin:
        yield tokens[begin:at]


def _part(
    text: str,
    kind: str,
    tokens: Sequence[Token],
    around: tuple[tuple[str, int], ...],
    branches: tuple[Pattern, ...] = (),
) -> Part:
    said = text[tokens[0].start : tokens[-1].end]
    return Part(kind, said, tokens[0].start, around, _variables(tokens) | _named(around), branches)


def _named(around: tuple[tuple[str, int], ...]) -> frozenset[str]:
    """The variables that stand for the graphs around a part."""
    return frozenset(name for opening, _ in around for name in re.findall(r"[?$](\w+)", opening))


def _variables(tokens: Sequence[Token]) -> frozenset[str]:
    return frozenset(token.text[1:] for token in tokens if token.text[0] in "?$" and len(token.text) > 1)
