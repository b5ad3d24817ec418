"""From a result to the sentences behind it: which article says it, where, in which words.

A result is about a focus node, often about one of its triples. What articles state of the node with the days
and things that the message names comes first, a sentence for each; then the claims on that very triple, those
on the same property, and any claim about the node; an article that only mentions the node is named without
sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice, zip_longest

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from kg.check import select
from kg.check.paths import PREDICATE
from kg.check.patterns import THIS, Group, Maker
from kg.check.report import IRI_IN_TEXT, Evidence, Report, Result, Term
from kg.check.shapes import Sparql
from kg.namespaces import CKG, DCTERMS, OA, PREFIXES, PROV, RDF, RDFS, SCHEMA

_SUBJECT, _PREDICATE, _OBJECT = (NamedNode(RDF[name]) for name in ("subject", "predicate", "object"))
_EVIDENCE, _IN_ARTICLE, _MENTIONS = (NamedNode(CKG[name]) for name in ("evidence", "inArticle", "mentions"))
_CANDIDATE = CKG.candidate
_DERIVED_FROM = NamedNode(PROV.wasDerivedFrom)
_IDENTIFIER = NamedNode(DCTERMS.identifier)
_LABEL = NamedNode(RDFS.label)
_BODY = NamedNode(SCHEMA.articleBody)
#: the days and IRIs of a message
_NAMED = re.compile(rf"{IRI_IN_TEXT.pattern}|\b\d{{4}}-\d\d-\d\d\b")
#: the texts that a message quotes
_QUOTED = re.compile(r"“(.*?)”(?!\w)", re.DOTALL)
#: sentences shown for one result
_MOST = 4
#: claims whose sentences are looked up for one result: a document may be named by thousands of articles
_LOOKED_AT = 40
#: all that the sentences of a result hang on, from its focus node or its value
_GROUNDS = """
    SELECT $this WHERE {
        OPTIONAL { ?mentioning ckg:mentions $this ; dcterms:identifier ?name }
        OPTIONAL { GRAPH ?graph { $this ?any ?thing } }
        OPTIONAL {
            { $this prov:wasDerivedFrom* ?ground }
            UNION
            {
                ?claim rdf:subject|rdf:object $this ; prov:wasDerivedFrom* ?ground .
                OPTIONAL { ?claim rdf:subject|rdf:predicate|rdf:object ?term }
            }
            OPTIONAL { ?ground ckg:words|ckg:wordsStart ?words }
            OPTIONAL {
                ?ground ckg:evidence? ?passage .
                OPTIONAL { ?passage oa:exact|oa:start|oa:end ?place }
                OPTIONAL {
                    ?passage ckg:inArticle ?article .
                    OPTIONAL { ?article dcterms:identifier|schema:articleBody ?text }
                }
            }
        }
    }
"""


@cache
def grounds() -> Group:
    """The patterns of _GROUNDS; read only."""
    prefixes = "\n".join(f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items())
    return select.read(Sparql(_BODY, _GROUNDS, prefixes, ()), Maker(), THIS)


def located(report: Report, store: Store) -> Report:
    """The report with the sentences of the results that it lists, and with names for the IRIs in them."""
    locator = Locator(store)
    found = {result.id: result for result in locator.located(report.listed)}
    gone = report.gone
    names = locator.names((*found.values(), *gone))
    return replace(report, results=tuple(found.get(r.id, r) for r in report.results), names=names)


class Locator:
    """Looks up, in one store, the sentences of results and the names of things.

    Index look-ups only, no queries.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.has_articles = any(True for _ in store.quads_for_pattern(None, _IDENTIFIER, None, None))
        self.stems: dict[Term, str] = {}
        self.starts: dict[Term, list[int]] = {}  # of the lines of an article's stored text

    def located(self, results: Iterable[Result]) -> Iterator[Result]:
        """The results, each with its evidence."""
        for result in results:
            yield replace(result, evidence=tuple(self._evidence(result))) if self.has_articles else result

    def names(self, results: Iterable[Result]) -> dict[str, dict[str, str]]:
        """What to call the IRIs in results, by language tag; the longest label where there are several."""
        found: dict[str, dict[str, str]] = {}
        for result in results:
            terms: list[Term | None] = [result.focus, result.value]
            if result.path is not None and result.path.kind == PREDICATE:
                terms.append(NamedNode(result.path.iri))
            terms += [
                NamedNode(iri) for message in result.messages for iri in IRI_IN_TEXT.findall(message.value)
            ]
            for term in terms:
                if isinstance(term, NamedNode) and term.value not in found:
                    found[term.value] = self._labels(term)
        return {iri: labels for iri, labels in found.items() if labels}

    def _stem(self, node: Term) -> str:
        """The stem of an article; empty for what is none."""
        if node not in self.stems:
            named = (o.value for o in self._objects(node, _IDENTIFIER) if isinstance(o, Literal))
            self.stems[node] = min(named, default="")
        return self.stems[node]

    def _labels(self, node: NamedNode) -> dict[str, str]:
        best = {"": self._stem(node)} if self._stem(node) else {}
        for label in self._objects(node, _LABEL):
            if isinstance(label, Literal):
                tag = label.language or ""
                best[tag] = max(best.get(tag, ""), label.value, key=lambda text: (len(text), text))
        return best

    def _objects(self, subject: Term, predicate: NamedNode) -> list[Term]:
        """The values, in one order whatever the store's: what is cut off must not depend on that."""
        if isinstance(subject, Literal):
            return []
        quads = self.store.quads_for_pattern(subject, predicate, None, None)
        found = [quad.object for quad in quads if not isinstance(quad.object, Triple)]
        return sorted(found, key=str) if len(found) > 1 else found

    def _subjects(self, predicate: NamedNode, obj: Term) -> list[Term]:
        quads = self.store.quads_for_pattern(None, predicate, obj, None)
        found: list[Term] = [quad.subject for quad in quads if not isinstance(quad.subject, Triple)]
        return sorted(found, key=str) if len(found) > 1 else found

    def _one(self, subject: Term, name: str) -> Term | None:
        return next(iter(self._objects(subject, NamedNode(name))), None)

    def _evidence(self, result: Result) -> list[Evidence]:
        passages: dict[tuple[str, int], Evidence] = {}
        for claims in self._tiers(result):
            for claim in islice(claims, _LOOKED_AT):
                for found in self._of_claim(claim, 0):
                    if len(passages) < _MOST:
                        passages.setdefault((found.stem, found.start), found)
            if passages:
                break
        if not passages:
            return self._without_sentence(result)
        return [passages[key] for key in sorted(passages)]

    def _tiers(self, result: Result) -> Iterator[Iterable[Term]]:
        """Claims, the nearest first."""
        focus, value = result.focus, result.value
        if self._one(focus, _EVIDENCE.value) or self._one(focus, _IN_ARTICLE.value):
            yield [focus]
        if self._stem(focus):
            if value is not None and value != focus:
                about = self._subjects(_SUBJECT, value) + self._subjects(_OBJECT, value)
                yield [claim for claim in about if self._article_of(claim) == focus]
            return
        claims = self._subjects(_SUBJECT, focus)
        stated = [claim for claim in claims if self._one(claim, _EVIDENCE.value)]
        yield self._told(stated, result)
        if result.path is not None and result.path.iri == _CANDIDATE:
            yield stated  # the name's own sentences, not those of what it may mean
        if result.path is not None and result.path.kind == PREDICATE:
            predicate = NamedNode(result.path.iri)
            claims_on = [c for c in claims if predicate in self._objects(c, _PREDICATE)]
            yield [c for c in claims_on if any(o == value for o in self._objects(c, _OBJECT))]
            yield claims_on
        yield stated  # a conclusion rests on sentences about other things too, the day of the page for one
        named = self._subjects(_OBJECT, focus)
        yield [claim for claim in named if self._one(claim, _EVIDENCE.value)]
        yield claims
        yield named

    def _told(self, claims: Iterable[Term], result: Result) -> Iterator[Term]:
        """Those of the claims whose object, a day, a thing or a text, the message names, taking turns."""
        words = {word for message in result.messages for word in _NAMED.findall(message.value)}
        words |= {word for message in result.messages for word in _QUOTED.findall(message.value)}
        told: dict[str, list[Term]] = {}
        for claim in claims:
            for named in self._objects(claim, _OBJECT):
                if named.value in words and named != result.focus:
                    told.setdefault(named.value, []).append(claim)
        turns = zip_longest(*(told[name] for name in sorted(told, reverse=True)))
        return (claim for turn in turns for claim in turn if claim is not None)

    def _article_of(self, claim: Term) -> Term | None:
        passage = self._one(claim, _EVIDENCE.value)
        return self._one(passage, _IN_ARTICLE.value) if passage is not None else None

    def _of_claim(self, claim: Term, depth: int) -> Iterator[Evidence]:
        """The sentences of a claim; of an inferred one, those of the claims that it rests on."""
        passages = [claim] if self._one(claim, _IN_ARTICLE.value) else self._objects(claim, _EVIDENCE)
        for passage in passages:
            found = self._passage(passage)
            if found is not None:
                words, start = self._one(claim, CKG.words), self._one(claim, CKG.wordsStart)
                if words is not None:
                    found = replace(found, words=words.value, words_start=_number(start))
                yield found
        if not passages and depth < 3:
            for source in self._objects(claim, _DERIVED_FROM):
                yield from self._of_claim(source, depth + 1)

    def _passage(self, passage: Term) -> Evidence | None:
        article = self._one(passage, _IN_ARTICLE.value)
        exact = self._one(passage, OA.exact)
        if article is None or not self._stem(article):
            return None
        start, end = _number(self._one(passage, OA.start)), _number(self._one(passage, OA.end))
        return Evidence(
            self._stem(article),
            article.value,
            passage.value,
            exact.value if exact is not None else "",
            start,
            end,
            region=self._region(article, start, end),
        )

    def _region(self, article: Term, start: int, end: int) -> tuple[int, int, int, int] | None:
        """Lines and columns of a passage, from 1; None where the graph holds no text of the article."""
        if article not in self.starts:
            text = self._one(article, _BODY.value)
            ends = [n for n, letter in enumerate(text.value) if letter == "\n"] if text is not None else []
            self.starts[article] = [0, *(n + 1 for n in ends)] if text is not None else []
        starts = self.starts[article]
        if not starts or not 0 <= start <= end:
            return None
        first, last = bisect_right(starts, start), bisect_right(starts, max(start, end - 1))
        return first, start - starts[first - 1] + 1, last, end - starts[last - 1] + 1

    def _without_sentence(self, result: Result) -> list[Evidence]:
        articles: set[Term] = {a for a in self._subjects(_MENTIONS, result.focus) if self._stem(a)}
        if self._stem(result.focus):
            articles.add(result.focus)
        if not articles and not isinstance(result.focus, Literal):
            quads: Iterable[Quad] = self.store.quads_for_pattern(result.focus, None, None, None)
            articles = {a for a in map(_article_graph, quads) if self._stem(a)}
        return [self._named_in(a, result.focus) for a in sorted(articles, key=str)[:_MOST]]

    def _named_in(self, article: Term, focus: Term) -> Evidence:
        """The article with the line that names the focus node, where one does so word for word."""
        found = Evidence(self._stem(article), article.value)
        body, label = self._one(article, _BODY.value), self._one(focus, _LABEL.value)
        at = _place(body.value, label.value) if body is not None and label is not None else -1
        if body is None or label is None or at < 0:
            return found
        text, size = body.value, len(label.value)
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at + size)
        end = len(text) if end < 0 else end
        place = {"start": start, "end": end, "words_start": at, "words": text[at : at + size]}
        region = self._region(article, start, end)
        return replace(found, sentence=text[start:end], region=region, **place)  # type: ignore[arg-type]


def _article_graph(quad: Quad) -> Term:
    """The article that a quad's graph belongs to.

    An article's graph is the article, its claims' graph ends in #claims.
    """
    name = quad.graph_name
    return NamedNode(name.value.removesuffix("#claims")) if isinstance(name, NamedNode) else quad.predicate


def _place(text: str, name: str) -> int:
    """Where a name stands in a text as a whole, in whatever letters; −1 if nowhere."""
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
    return found.start() if found and len(found[0]) == len(name) else -1


def _number(term: Term | None) -> int:
    return int(term.value) if term is not None and term.value.lstrip("-").isdigit() else -1
