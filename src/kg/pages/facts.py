"""Facts with who says so: how many articles, the sentence of each, or the rule that concluded it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from kg.ask.names import Term, solutions, value
from kg.pages.data import Reader, Row, text

SHOWN = 12  # facts of a page whose sentences are given at once
_EXAMPLES = 2  # articles whose sentences stand behind a fact


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
    """A triple: `articles` = how many state it, `quotes` = the sentences of some of them.

    `status` is "stated", "register" or "inferred", "" as long as nobody counted; `rule` is the IRI of an
    inference's rule.
    """

    subject: str
    predicate: str
    object: Term
    articles: int = 0
    status: str = ""
    quotes: tuple[Quote, ...] = ()
    rule: str = ""

    @property
    def iri(self) -> str:
        """The object's IRI, "" for a literal."""
        return self.object.value if isinstance(self.object, ox.NamedNode) else ""

    @property
    def value(self) -> str:
        """The object as text."""
        return value(self.object)

    @property
    def named(self) -> bool:
        """Whether a question can name the fact: blank nodes of foreign data have no name."""
        return not self.subject.startswith("_:") and isinstance(self.object, ox.NamedNode | ox.Literal)

    @property
    def triple(self) -> tuple[str, str, str]:
        """What tells this fact from others."""
        return self.subject, self.predicate, str(self.object)

    def weigh(self, graphs: int, elsewhere: Sequence[str]) -> None:
        """Take in how many `graphs` say so, and which of them are no article's."""
        self.articles = graphs - len(elsewhere)
        inferred = all(graph.endswith("graph/inferred") for graph in elsewhere)
        self.status = "stated" if self.articles else "inferred" if inferred else "register"


def outgoing(reader: Reader, iri: str) -> list[Fact]:
    """All facts whose subject is `iri`, each with how many say so, the best supported first."""
    elsewhere: dict[str, list[str]] = {}
    for row in reader.ask("facts-elsewhere", g=[(graph, iri) for graph in reader.elsewhere]):
        elsewhere.setdefault(f"{row['p']} {row['o']}", []).append(text(row, "g"))
    found = []
    for row in reader.ask("facts", this=iri):
        fact = Fact(iri, text(row, "p"), row["o"])
        fact.weigh(int(text(row, "n")), elsewhere.get(f"{row['p']} {row['o']}", ()))
        found.append(fact)
    return sorted(found, key=lambda f: (f.predicate, -f.articles, f.value))


def incoming(reader: Reader, iri: str, predicates: Iterable[str]) -> list[Fact]:
    """The facts whose object is `iri`, of the given properties; `weigh` tells who states them."""
    node = ox.NamedNode(iri)
    rows = reader.ask("incoming", p=[(name, iri) for name in predicates])
    return sorted(
        (Fact(text(row, "s"), text(row, "p"), node) for row in rows), key=lambda f: (f.predicate, f.subject)
    )


def steps(reader: Reader, subjects: Iterable[str], predicate: str) -> list[Fact]:
    """The facts of one property of many subjects, each with how many say so."""
    pairs = [(subject, predicate) for subject in sorted(set(subjects))]
    rows = reader.ask("steps", s=pairs) if pairs else []
    found = [Fact(text(row, "s"), predicate, row["o"]) for row in rows]
    weigh(reader, found)
    return found


def weigh(reader: Reader, facts: Iterable[Fact]) -> None:
    """Count who says each of `facts`: two questions, the second on facts that several graphs say."""
    by_triple = {fact.triple: fact for fact in facts if fact.named}
    if not by_triple:
        return
    several = {}
    for row in reader.ask("said", s=[(f.subject, f.predicate, f.object) for f in by_triple.values()]):
        fact, graphs, one = by_triple[_triple(row)], int(text(row, "n")), text(row, "g")
        fact.weigh(graphs, [one] if one in reader.elsewhere else [])
        if graphs > 1:
            several[fact.triple] = (fact, graphs, list[str]())
    named = [(g, f.subject, f.predicate, f.object) for g in reader.elsewhere for f, *_ in several.values()]
    for row in reader.ask("said-elsewhere", g=named) if named else ():
        several[_triple(row)][2].append(text(row, "g"))
    for fact, graphs, elsewhere in several.values():
        fact.weigh(graphs, elsewhere)


def _triple(row: Row) -> tuple[str, str, str]:
    return text(row, "s"), text(row, "p"), str(row["o"])


def quote(reader: Reader, facts: Sequence[Fact], most: int = SHOWN) -> None:
    """Give the first `most` of `facts` up to two sentences each, inferences their rule."""
    stated = {fact.triple: fact for fact in facts if fact.articles and fact.named}
    by_triple = dict(islice(stated.items(), most))
    found = _examples(reader, list(by_triple.values()))
    if found:
        rows = reader.ask("claims", graph=found)
        for row, quoted in zip(rows, quotes_of(reader, rows), strict=True):
            fact = by_triple[_triple(row)]
            if quoted not in fact.quotes and len(fact.quotes) < 3:
                fact.quotes += (quoted,)
    concluded = ((f.triple, f) for f in facts if f.status == "inferred" and f.named)
    inferred = dict(islice(concluded, most))
    if inferred:
        for row in reader.ask("rules", s=[(f.subject, f.predicate, f.object) for f in inferred.values()]):
            inferred[_triple(row)].rule = text(row, "rule")


def _examples(reader: Reader, facts: Sequence[Fact]) -> list[tuple[object, ...]]:
    """The claims graphs of two articles that state each of `facts`, with the fact.

    A part of its own for each fact ends at the second article, however many there are.
    """
    if not facts:
        return []
    but = ", ".join(str(ox.NamedNode(graph)) for graph in reader.elsewhere)
    parts = [
        f"{{ SELECT ({number} AS ?i) ?g {{ GRAPH ?g {{ {ox.NamedNode(fact.subject)} "
        f"{ox.NamedNode(fact.predicate)} {fact.object} }} FILTER(?g NOT IN ({but})) }} LIMIT {_EXAMPLES} }}"
        for number, fact in enumerate(facts)
    ]
    found: list[tuple[object, ...]] = []
    for row in solutions(reader.store, f"SELECT ?i ?g {{ {' UNION '.join(parts)} }}"):
        fact = facts[int(text(row, "i"))]
        found.append((f"{text(row, 'g')}#claims", fact.subject, fact.predicate, fact.object))
    return found


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
