"""convert: recognise → link → relate → emit, for one article. The only function that runs the stages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter

from kg.emit import Emitter
from kg.identity import Mint
from kg.keys import Keys
from kg.lexicon import Lexicon
from kg.link import link
from kg.model import Article
from kg.namespaces import DEFAULT_BASE
from kg.relate import relate


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of one article.

    `facts` and `claims` are N-Quads (UTF-8) of the graphs `article_iri` and `article_iri#claims`; `kinds`
    counts facts by predicate's local name; `unresolved` names organs that only this article knows.
    """

    stem: str
    article_iri: str
    facts: bytes
    claims: bytes
    kinds: dict[str, int]
    unresolved: tuple[str, ...]
    make_keys: Callable[[], Keys] = field(repr=False, compare=False)

    @property
    def keys(self) -> Keys:
        """What conclusions across articles need, made when it is asked for: nobody else does."""
        return self.make_keys()


class Converter:
    """Turns articles into N-Quads under one base IRI. One instance serves any number of articles."""

    def __init__(self, base: str = DEFAULT_BASE, lexicon: Lexicon | None = None) -> None:
        self.mint = Mint(base)
        self.lexicon = lexicon or Lexicon.load()

    def convert(self, article: Article) -> Conversion:
        """The stages in order. The same article gives the same bytes."""
        page = link(article, self.lexicon, self.mint)
        facts = relate(page)
        emitter = Emitter(page, facts)
        predicates = Counter(map(attrgetter("predicate"), facts))
        kinds = {_local(predicate): count for predicate, count in predicates.items()}
        unresolved = tuple(e.label for e in page.organs.entities.values() if not e.resolved)
        stated, claims = emitter.stated(), emitter.claims()
        return Conversion(article.stem, page.iri, stated, claims, kinds, unresolved, emitter.keys)


@cache
def _local(predicate: str) -> str:
    """The local name of a property; ours and those that we borrow have different ones."""
    return predicate.rsplit("#", 1)[-1].rsplit("/", 1)[-1]
