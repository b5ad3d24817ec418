"""Explaining: the sentences behind a fact, the words in them that carry it, the article, or the rule and its
grounds.

`explain` gathers, `render` writes; both know Vietnamese (the default) and English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import pyoxigraph as ox

from kg.ask.names import Term, iris_in, labels, readable, rows, short, solutions, value
from kg.ask.resolve import as_iri, resolve, spell
from kg.errors import QueryError
from kg.store import Queryable
from kg.vietnamese import fold

_CLAIMS = """
SELECT DISTINCT ?claim ?s ?p ?o ?status ?rule WHERE {
  %s
  ?claim rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o .
  OPTIONAL { ?claim ckg:status ?status }
  OPTIONAL { ?claim ckg:rule ?rule }
}"""
_SENTENCES = """
SELECT DISTINCT ?claim ?exact ?start ?end ?zone ?article ?stem ?headline ?published ?words ?from ?to WHERE {
  VALUES ?claim { %s }
  ?claim ckg:evidence ?passage .
  ?passage oa:exact ?exact ; ckg:inArticle ?article .
  OPTIONAL { ?passage oa:start ?start }
  OPTIONAL { ?passage oa:end ?end }
  OPTIONAL { ?passage ckg:zone ?zone }
  OPTIONAL { ?article dcterms:identifier ?stem }
  OPTIONAL { ?article schema:headline ?headline }
  OPTIONAL { ?article schema:datePublished ?published }
  OPTIONAL { ?claim ckg:words ?words }
  OPTIONAL { ?claim ckg:wordsStart ?from }
  OPTIONAL { ?claim ckg:wordsEnd ?to }
}"""  # one pattern in each OPTIONAL: engines look up one, and join more with all passages there are
_WORDS = {
    "inferred": ("suy luận", "inferred"),
    "rule": ("quy tắc", "rule"),
    "from": ("dựa trên", "resting on"),
}


class Span(NamedTuple):
    """A stretch of a sentence: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as evidence. `start` and `end` are code points in the article's text, -1 where not
    known."""

    text: str
    spans: tuple[Span, ...]  # the words that carry the fact, in order, apart from each other
    article: str
    stem: str = ""
    headline: str = ""
    published: str = ""
    zone: str = ""
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Explained:
    """A fact with all that supports it: sentences where articles state it; a rule and its grounds where
    not."""

    subject: str
    predicate: str
    object: Term
    words: str  # the fact as a person would say it
    sentences: tuple[Sentence, ...] = ()
    rule: str = ""  # IRI
    rule_label: str = ""
    grounds: tuple[Explained, ...] = ()

    @property
    def inferred(self) -> bool:
        """Whether a rule concluded it."""
        return bool(self.rule) or not self.sentences


class _Claim(NamedTuple):
    iri: str
    fact: tuple[str, str, Term]
    rule: str


def explain(
    store: Queryable, subject: str, predicate: str = "", object_: str = "", lang: str = "vi"
) -> list[Explained]:
    """Why the graph says what it says of `subject`, as an IRI or as people type it.

    `predicate` is a local name ("implements"), a prefixed name, an IRI or a label ("thực hiện"); `object_` a
    name, an IRI or words of a literal. Without a claim that has the subject as its subject, those that have
    it as their object are given. Raises QueryError where there is no such claim, UnclearNameError for an
    unclear name.
    """
    this = resolve(store, subject)
    here = f"{{ VALUES ?x {{ {this} }} }} UNION {{ ?x ckg:resolvedTo {this} }}"
    claims = _claims(store, f"{here} BIND(?x AS ?s)") or _claims(store, f"{here} BIND(?x AS ?o)")
    if not claims:
        raise QueryError(f"no claim about {subject!r}", hint="`kg show` tells what is known of it")
    if predicate:
        wanted = find_property(store, predicate, {c.fact[1] for c in claims})
        claims = _kept(
            claims, [c for c in claims if c.fact[1] in wanted], f"{predicate!r} of {subject!r}", 1, store
        )
    if object_:
        fits = [c for c in claims if _is(store, c.fact[2], object_)]
        claims = _kept(claims, fits, f"{object_!r} of {subject!r}", 2, store)
    return _explained(store, claims, lang, frozenset())


def find_property(store: Queryable, text: str, among: Iterable[str]) -> frozenset[str]:
    """The properties of `among` (IRIs) that `text` means: the name itself, or words of a label in order.

    Raises QueryError where there is none.
    """
    iri = as_iri(text)
    if iri is not None:
        return frozenset({iri.value})
    known = sorted(among)
    local = {p for p in known if re.split(r"[#/]", p)[-1].lower() == text.lower()}
    named = " ".join(f"<{p}>" for p in known)
    names = list(rows(store, f"SELECT DISTINCT ?p ?label {{ VALUES ?p {{ {named} }} ?p rdfs:label ?label }}"))
    phrase = f" {' '.join(spell(text))} "
    equal = {row["p"] for row in names if phrase == f" {' '.join(spell(row['label']))} "}
    part = {row["p"] for row in names if phrase in f" {' '.join(spell(row['label']))} "}
    found = local or equal or part
    if not found:
        hint = f"there are: {', '.join(short(p, store.base) for p in known)}"
        raise QueryError(f"no claim has a property called {text!r}", hint=hint)
    return frozenset(found)


def _claims(store: Queryable, pattern: str) -> list[_Claim]:
    found = {}
    for row in solutions(store, _CLAIMS % pattern):
        fact = (value(row["s"]), value(row["p"]), row["o"])
        claim = _Claim(value(row["claim"]), fact, value(row["rule"]) if "rule" in row else "")
        found[claim.iri, claim.rule] = claim
    return [found[key] for key in sorted(found)]


def _kept(claims: list[_Claim], kept: list[_Claim], what: str, place: int, store: Queryable) -> list[_Claim]:
    if kept:
        return kept
    others = {c.fact[place] for c in claims}
    texts = sorted(
        {short(o, store.base) if isinstance(o, str) else readable(o, {}, store.base) for o in others}
    )
    raise QueryError(f"no claim says {what}", hint=f"there are: {', '.join(texts[:12])}")


def _is(store: Queryable, term: Term, text: str) -> bool:
    """Whether `text` names `term`: its IRI, or words of one of its labels or of the literal, in order."""
    iri = as_iri(text)
    if iri is not None:
        return value(term) == iri.value
    names = [value(term)]
    if isinstance(term, ox.NamedNode):
        names = [
            row["n"] for row in rows(store, f"SELECT ?n {{ {term} rdfs:label|ckg:code|skos:altLabel ?n }}")
        ]
    phrase = f" {' '.join(spell(text))} "
    return any(phrase in f" {' '.join(spell(name))} " for name in names)


def _explained(store: Queryable, claims: list[_Claim], lang: str, above: frozenset[str]) -> list[Explained]:
    """One explanation for each fact, whichever claims make it; `above` are the claims being explained by
    these."""
    facts: dict[tuple[str, str, Term], list[_Claim]] = {}
    for claim in claims:
        facts.setdefault(claim.fact, []).append(claim)
    rules = {c.rule for c in claims if c.rule}
    shown = {iri for s, p, o in facts for iri in (s, p, *iris_in([o]))}
    names = labels(store, shown | rules, lang)
    found = _sentences(store, claims, names)
    return [
        Explained(
            *fact,
            words=_in_words(fact, names, store.base),
            sentences=tuple(sentence for claim in same for sentence in found.get(claim.iri, ())),
            rule=(rule := next((c.rule for c in same if c.rule), "")),
            rule_label=names.get(rule, short(rule)) if rule else "",
            grounds=tuple(_grounds(store, same, lang, above)),
        )
        for fact, same in sorted(facts.items(), key=lambda item: (item[0][1], str(item[0][2]), item[0][0]))
    ]


def _grounds(store: Queryable, claims: list[_Claim], lang: str, above: frozenset[str]) -> Iterator[Explained]:
    """What the inferred claims among `claims` rest on. A claim that rests on itself is not followed
    again."""
    named = " ".join(f"<{claim.iri}>" for claim in claims if claim.iri not in above)
    derived = list(rows(store, f"SELECT DISTINCT ?g {{ VALUES ?c {{ {named} }} ?c prov:wasDerivedFrom ?g }}"))
    grounds = sorted({row["g"] for row in derived} - above - {claim.iri for claim in claims})
    if not grounds:
        return
    below = _claims(store, f"VALUES ?claim {{ {' '.join(f'<{iri}>' for iri in grounds)} }}")
    yield from _explained(store, below, lang, above | {claim.iri for claim in claims})
    others = sorted(set(grounds) - {claim.iri for claim in below})
    names = labels(store, others, lang)
    for iri in others:
        yield Explained(iri, "", ox.NamedNode(iri), words=names.get(iri) or short(iri, store.base))


def _in_words(fact: tuple[str, str, Term], names: dict[str, str], base: str) -> str:
    """`X` + "do … ban hành" + `Y` → X do Y ban hành."""
    subject, predicate, term = fact
    label = names.get(predicate) or short(predicate)
    said = readable(term, names, base)
    subject = names.get(subject) or short(subject, base)
    return f"{subject} {label.replace('…', said)}" if "…" in label else f"{subject} — {label} — {said}"


def _sentences(
    store: Queryable, claims: list[_Claim], names: dict[str, str]
) -> dict[str, tuple[Sentence, ...]]:
    facts = {claim.iri: claim.fact for claim in claims}
    named = " ".join(f"<{iri}>" for iri in facts)
    found: dict[str, dict[tuple[str, int], Sentence]] = {}
    for row in rows(store, _SENTENCES % named):
        start = int(row.get("start", -1))
        sentence = Sentence(
            text=row["exact"],
            spans=_spans(row, start, facts[row["claim"]], names),
            article=row["article"],
            stem=row.get("stem", ""),
            headline=row.get("headline", ""),
            published=row.get("published", "")[:10],
            zone=row.get("zone", ""),
            start=start,
            end=int(row.get("end", -1)),
        )
        found.setdefault(row["claim"], {})[row["article"], start] = sentence
    return {iri: tuple(of[key] for key in sorted(of)) for iri, of in found.items()}


def _spans(
    row: dict[str, str], start: int, fact: tuple[str, str, Term], names: dict[str, str]
) -> tuple[Span, ...]:
    """The words that carry the fact: as the claim says, else the names of subject and object in the
    sentence."""
    text = row["exact"]
    if "from" in row and "to" in row and start >= 0:
        span = Span(int(row["from"]) - start, int(row["to"]) - start)
        if 0 <= span.start < span.end <= len(text):
            return (span,)
    if row.get("words", "") and row["words"] in text:
        return (Span(text.index(row["words"]), text.index(row["words"]) + len(row["words"])),)
    subject, _, term = fact
    wanted = (names.get(subject, ""), readable(term, names) if value(term) in names else value(term))
    return tuple(_apart(span for name in wanted for span in _occurrences(name, text)))


def _occurrences(name: str, text: str) -> Iterator[Span]:
    if len(name) > 1:
        pattern = rf"(?<!\w){re.escape(fold(name))}(?!\w)"
        for match in re.finditer(pattern, fold(text)):
            yield Span(*match.span())


def _apart(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans in order, each without what an earlier one covers."""
    reached = 0
    for start, end in sorted(spans):
        if end > reached:
            yield Span(max(start, reached), end)
            reached = end


# ------------------------------------------------------------------ writing
def render(explained: list[Explained], lang: str = "vi", mark: tuple[str, str] = ("«", "»")) -> str:
    """Write explanations as text; `mark` stands around the words that carry the fact (a terminal gives
    colours)."""
    return "\n".join("\n".join(_lines(one, lang, mark, "")) + "\n" for one in explained)


def _lines(one: Explained, lang: str, mark: tuple[str, str], indent: str) -> Iterator[str]:
    say = partial(_say, lang=lang)
    tag = f"  ({say('inferred')})" if one.rule else ""
    yield f"{indent}{one.words}{tag}"
    for sentence in one.sentences:
        yield f"{indent}    {marked(sentence, mark)}"
        source = [sentence.stem or sentence.article, sentence.headline, sentence.published]
        place = f"[{sentence.start}:{sentence.end}]" if sentence.start >= 0 else ""
        yield f"{indent}    — {' · '.join(part for part in source if part)} {place}".rstrip()
    if one.rule:
        yield f"{indent}    {say('rule')}: {one.rule_label}"
    if one.grounds:
        yield f"{indent}    {say('from')}:"
        for ground in one.grounds:
            yield from _lines(ground, lang, mark, indent + "      ")


def _say(key: str, lang: str) -> str:
    vi, en = _WORDS[key]
    return en if lang == "en" else vi


def marked(sentence: Sentence, mark: tuple[str, str]) -> str:
    """The sentence on one line with `mark` around its words."""
    parts, reached = [], 0
    for start, end in sentence.spans:
        parts += [sentence.text[reached:start], mark[0], sentence.text[start:end], mark[1]]
        reached = end
    return " ".join("".join([*parts, sentence.text[reached:]]).split())
