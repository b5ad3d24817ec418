"""Number series: what a document's IRI says, whose series and term it is of, and its symbol."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from kg.identity import TERMS, Mint, national_term, provincial_term
from kg.infer.conclusions import Conclusions, enough, node, plain
from kg.infer.known import Known, Template, Territory
from kg.infer.organs import declare
from kg.namespaces import CKG
from kg.vietnamese import slug

_CENTRAL = re.compile(r"(?P<type>[a-z]+)-(?P<number>\d+)-(?P<organ>[a-z]*tw)-k(?P<term>\d+)")
_PROVINCIAL = re.compile(
    r"(?P<type>[a-z]+)-(?P<number>\d+)-(?P<organ>[a-z]+)-(?P<series>[a-z0-9-]+)-(?P<term>\d{4})"
)
_STATE = re.compile(
    r"(?P<type>[a-z]+)-(?P<number>\d+)-(?P<year>\d{4})-(?P<organ>[a-z0-9]+)(?:-(?P<series>[a-z0-9-]+))?"
)


@dataclass(frozen=True, slots=True)
class Key:
    """What a global document's IRI says, which `identity.DocumentKey.slug` made; "" and 0 for nothing."""

    type: str
    number: str
    organ: str
    series: str
    term: int
    year: str

    @property
    def symbol(self) -> str:
        """`ct-tw`: the slug of the symbol."""
        return f"{self.type}-{self.organ}"

    @property
    def central(self) -> bool:
        """Whether the number is of a national term."""
        return 0 < self.term < 1000

    def first_day(self) -> str:
        """The first day on which such a document can have been issued; "" where the IRI does not tell."""
        if self.central:
            return dict(TERMS).get(self.term, "")
        return f"{self.year or self.term}-01-01" if self.year or self.term else ""


@lru_cache(maxsize=65536)
def key_of(iri: str) -> Key | None:
    """The key in a global document's IRI; None for one that has none."""
    tail = iri.rpartition("/id/document/")[2]
    found = _CENTRAL.fullmatch(tail) or _PROVINCIAL.fullmatch(tail) or _STATE.fullmatch(tail)
    if found is None:
        return None
    parts = found.groupdict()
    series, term = parts.get("series") or "", int(parts.get("term") or 0)
    return Key(parts["type"], parts["number"], parts["organ"], series, term, parts.get("year") or "")


def number_series(known: Known, conclusions: Conclusions) -> None:
    """term-from-date, term-from-publication: the term, and the committee whose series the number is of."""
    provinces: dict[str, list[Territory]] = defaultdict(list)
    for territory in known.territories.values():
        if not territory.province:
            provinces[slug(territory.name)].append(territory)
    for document in global_documents(known):
        key, register = key_of(document), known.documents.get(document)
        if not key or not key.term or known.said(CKG.inTerm, document) or (register and register.in_term):
            continue
        rule, grounds = _term_grounds(known, document, key)
        symbol = known.said(CKG.symbol, document) or known.said(CKG.issuedBy, document)
        numbers = [*grounds, *enough(s.claim for s in symbol)]
        numbered = bool(known.said(CKG.numberedBy, document))
        if key.central:
            term = Mint(known.base).resource("term", str(key.term))
            conclusions.add(document, CKG.inTerm, node(term), rule, grounds)
            committee = _only(known.committees.get(key.organ, set()))
            if committee and not numbered:
                conclusions.add(document, CKG.numberedBy, node(committee), rule, numbers)
        elif not numbered:
            made = _committees(known, document, key, provinces.get(key.series, ()))
            if len(made) == 1:
                committee, (template, territory) = made.popitem()
                conclusions.add(document, CKG.numberedBy, node(committee), rule, numbers)
                declare(known, committee, template, territory, numbers, conclusions)


def _term_grounds(known: Known, document: str, key: Key) -> tuple[str, list[str]]:
    term_of = national_term if key.central else provincial_term
    dated = [s.claim for s in known.said(CKG.issuedOn, document) if term_of(s.value) == key.term]
    if dated:
        return "term-from-date", enough(dated)
    published = [p.claim for article in known.articles[document] if (p := known.published(article))]
    numbers = [s.claim for s in known.said(CKG.documentNumber, document)]
    return "term-from-publication", enough(published) or enough(numbers)


def _only(found: set[str]) -> str:
    return next(iter(found)) if len(found) == 1 else ""


def _committees(
    known: Known, document: str, key: Key, territories: Iterable[Territory]
) -> dict[str, tuple[Template, Territory]]:
    """`tinh-uy-lai-chau` for the series TU of `lai-chau`; a province made in 2025 has one of its own."""
    issued = [s.value for s in known.said(CKG.issuedOn, document)]
    published = [p.value for article in known.articles[document] if (p := known.published(article))]
    day = min(issued or published, default=f"{key.term}-12-31")
    found = {}
    for territory in territories:
        if territory.since <= day < (territory.until or "9999"):
            end = f"-{key.series}-2025" if territory.iri.endswith("-2025") else f"-{key.series}"
            for template in known.heads.get(territory.kind, {}).values():
                numbers = slug(template.suffix) == key.organ and not template.standing
                if numbers and not _numbers_for(known, template.part, key):
                    found[Mint(known.base).resource("organ", template.head + end)] = template, territory
    return found


def _numbers_for(known: Known, parent: str, key: Key) -> bool:
    """Whether the organ above numbers in the same series: then the series is that organ's."""
    found = known.templates.get(parent)
    return found is not None and slug(found.suffix) == key.organ


def symbols(known: Known, conclusions: Conclusions) -> None:
    """symbol-from-issuer: symbol and code of a document that articles name with its issuer instead."""
    for document in global_documents(known):
        key, register = key_of(document), known.documents.get(document)
        if not key or known.said(CKG.symbol, document) or (register and register.symbol):
            continue
        issuers = enough(s.claim for s in known.said(CKG.issuedBy, document))
        letters = {n for n in known.notations.get(known.classes[document], ()) if slug(n) == key.type}
        suffix = _only(known.written.get(key.organ, set()))
        if len(letters) == 1 and suffix and key.term:
            symbol = f"{letters.pop()}/{suffix}"
            conclusions.add(document, CKG.symbol, plain(symbol), "symbol-from-issuer", issuers)
            if not known.said(CKG.code, document):
                conclusions.add(
                    document, CKG.code, plain(f"{key.number}-{symbol}"), "symbol-from-issuer", issuers
                )


def global_documents(known: Known) -> list[str]:
    """The documents of the articles that more than one article may name."""
    return [d for d in known.of_kind("document") if not known.is_local(d)]
