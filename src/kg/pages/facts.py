"""Facts with who says so: how many articles, the sentence of each, or the rule that concluded it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg.ask.names import Term
from kg.pages.data import Reader, Row, text

_SHOWN = 40  # facts of a page whose sentences are given at once


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence as evidence: what stands before, the words that carry the fact, what stands after."""

    before: str
    words: str
    after: str
    article: str  # IRI
    headline: str
    published: str
    anchor: str  # the place of the sentence on its article's page


@dataclass(slots=True)
class Fact:
    """A triple: `articles` = how many state it, `graphs` one or two of them.

    `status` is "stated", "register" or "inferred"; `rule` is the IRI of an inference's rule.
    """

    subject: str
    predicate: str
    object: Term
    articles: int = 0
    status: str = "stated"
    graphs: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    rule: str = ""

    @property
    def iri(self) -> str:
        """The object's IRI, "" for a literal."""
        return self.object.value if isinstance(self.object, ox.NamedNode) else ""

    @property
    def value(self) -> str:
        """The object as text."""
        return str(getattr(self.object, "value", self.object))


def outgoing(reader: Reader, iri: str) -> list[Fact]:
    """All facts whose subject is `iri`, the best supported first."""
    found = [_fact(row, iri, text(row, "p"), row["o"]) for row in reader.ask("facts", this=iri) if "o" in row]
    return sorted(found, key=lambda f: (f.predicate, -f.articles, f.value))


def incoming(reader: Reader, iri: str, predicates: Iterable[str]) -> list[Fact]:
    """The facts whose object is `iri`, of the given properties."""
    rows = reader.ask("incoming", this=iri, p=list(predicates))
    node = ox.NamedNode(iri)
    found = [_fact(row, text(row, "s"), text(row, "p"), node) for row in rows if "s" in row]
    return sorted(found, key=lambda f: (f.predicate, f.subject))


def _fact(row: Row, subject: str, predicate: str, object_: Term) -> Fact:
    ends = (text(row, "first"), text(row, "last"))
    graphs = tuple(dict.fromkeys(graph for graph in ends if graph not in ("", "~")))
    return Fact(subject, predicate, object_, int(text(row, "n") or 0), text(row, "kind"), graphs)


def quote(reader: Reader, facts: Sequence[Fact]) -> None:
    """Give the first of `facts` up to two sentences each, inferences their rule: four questions in all."""
    wanted: dict[tuple[str, str, str, str], Fact] = {}
    for fact in facts[:_SHOWN]:
        for graph in fact.graphs:
            wanted[graph + "#claims", fact.subject, fact.predicate, str(fact.object)] = fact
    if wanted:
        clause = [(g, s, p, fact.object) for (g, s, p, _), fact in wanted.items()]
        rows = reader.ask("claims", graph=clause)
        quotes = quotes_of(reader, rows)
        for row, found in zip(rows, quotes, strict=True):
            fact = wanted[text(row, "graph"), text(row, "s"), text(row, "p"), str(row["o"])]
            if found not in fact.quotes and len(fact.quotes) < 3:
                fact.quotes += (found,)
    inferred = {(f.subject, f.predicate, str(f.object)): f for f in facts if f.status == "inferred"}
    if inferred:
        rules = [(f.subject, f.predicate, f.object) for f in list(inferred.values())[:_SHOWN]]
        for row in reader.ask("rules", s=rules):
            inferred[text(row, "s"), text(row, "p"), str(row["o"])].rule = text(row, "rule")


def quotes_of(reader: Reader, rows: Sequence[Row]) -> list[Quote]:
    """The sentences of rows with the columns claim, article, exact, start, end."""
    claims = sorted({text(row, "claim") for row in rows if "claim" in row})
    spans = {
        text(row, "claim"): (int(text(row, "from")), int(text(row, "to")))
        for row in (reader.ask("words", claim=claims) if claims else ())
    }
    articles = {text(row, "article") for row in rows}
    headlines = reader.values(articles, "schema:headline")
    days = reader.values(articles, "schema:datePublished")
    return [_quote(row, spans.get(text(row, "claim"), (0, 0)), headlines, days) for row in rows]


def _quote(
    row: Row, span: tuple[int, int], headlines: dict[str, list[str]], days: dict[str, list[str]]
) -> Quote:
    exact, start, end = text(row, "exact"), int(text(row, "start")), int(text(row, "end"))
    article = text(row, "article")
    first, last = span[0] - start, span[1] - start
    if not 0 <= first < last <= len(exact):
        first = last = len(exact)
    return Quote(
        before=exact[:first], words=exact[first:last], after=exact[last:], article=article,
        headline=next(iter(headlines.get(article, ())), ""),
        published=next(iter(days.get(article, ())), "")[:10],
        anchor=f"passage-{start}-{end}",
    )  # fmt: skip


def steps(reader: Reader, subjects: Iterable[str], predicate: str) -> list[Fact]:
    """The facts of one property of many subjects."""
    wanted = sorted(set(subjects))
    rows = reader.ask("steps", s=wanted, p=predicate) if wanted else []
    return [_fact(row, text(row, "s"), predicate, row["o"]) for row in rows if "o" in row]
