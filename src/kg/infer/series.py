"""Number series: what a document's IRI says, whose series and term it is of, and its symbol."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.identity import LASTING, TERMS, Mint, national_term, provincial_term
from kg.infer.background import Background, Template, Territory
from kg.infer.common import Common, Document
from kg.infer.conclusions import Conclusions, enough, node, plain
from kg.infer.organs import declare
from kg.namespaces import CKG
from kg.vietnamese import slug

_CENTRAL = re.compile(r"(?P<type>quyet-dinh|[a-z]+)-(?P<number>\d+)-(?P<organ>[a-z]*tw)-k(?P<term>\d+)")
_PROVINCIAL = re.compile(
    r"(?P<type>quyet-dinh|[a-z]+)-(?P<number>\d+)-(?P<organ>[a-z]+)-(?P<series>[a-z0-9-]+)-(?P<term>\d{4})"
)
_STATE = re.compile(
    r"(?P<type>quyet-dinh|[a-z]+)-(?P<number>\d+)-(?P<year>\d{4})-(?P<organ>[a-z0-9]+)(?:-(?P<series>[a-z0-9-]+))?"
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
    def letters(self) -> str:
        """`ct`: the slug of the type's letters; a Quyết định has its words in its address, "QĐ" as symbol."""
        return "qd" if self.type == "quyet-dinh" else self.type

    @property
    def symbol(self) -> str:
        """`ct-tw`: the slug of the symbol."""
        return f"{self.letters}-{self.organ}"

    @property
    def lasting(self) -> bool:
        """Whether such central documents are cited long after their term."""
        return self.central and self.type in {slug(letters) for letters in LASTING}

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


def number_series(common: Common, background: Background, conclusions: Conclusions) -> None:
    """term-from-date, term-from-publication: the term, and the committee whose series the number is of."""
    provinces: dict[str, list[Territory]] = defaultdict(list)
    for territory in background.territories.values():
        if not territory.province:
            provinces[slug(territory.name)].append(territory)
    for iri, document in _mentioned(common):
        key, register = key_of(iri), background.documents.get(iri)
        if not key or not key.term or CKG.inTerm in document.said or (register and register.in_term):
            continue
        rule, grounds = _term_grounds(document, key)
        marks = document.said.get(CKG.symbol) or document.said.get(CKG.issuedBy) or ()
        numbers = [*grounds, *marks]
        numbered = CKG.numberedBy in document.said
        if key.central:
            term = Mint(background.base).resource("term", str(key.term))
            conclusions.add(iri, CKG.inTerm, node(term), rule, grounds)
            committee = _only(background.committees.get(key.organ, set()))
            if committee and not numbered:
                conclusions.add(iri, CKG.numberedBy, node(committee), rule, numbers)
        elif not numbered:
            made = _committees(document, background, key, provinces.get(key.series, ()))
            if len(made) == 1:
                committee, (template, territory) = made.popitem()
                conclusions.add(iri, CKG.numberedBy, node(committee), rule, numbers)
                declare(common, committee, template, territory, numbers, conclusions)


def _mentioned(common: Common) -> Iterator[tuple[str, Document]]:
    return ((iri, document) for iri, document in sorted(common.documents.items()) if document.kind)


def _term_grounds(document: Document, key: Key) -> tuple[str, list[str]]:
    term_of = national_term if key.central else provincial_term
    dated = enough(
        claim for day, claims in document.days.items() if term_of(day) == key.term for claim in claims
    )
    dated = dated or document.said.get(CKG.dateAsWritten, [])
    if dated:
        return "term-from-date", dated
    return "term-from-publication", document.published or document.said.get(CKG.documentNumber, [])


def _only(found: set[str]) -> str:
    return next(iter(found)) if len(found) == 1 else ""


def _committees(
    document: Document, background: Background, key: Key, territories: Iterable[Territory]
) -> dict[str, tuple[Template, Territory]]:
    """`tinh-uy-lai-chau` for the series TU of `lai-chau`; a province made in 2025 has one of its own."""
    day = min(document.days, default=document.since or f"{key.term}-12-31")
    found = {}
    for territory in territories:
        if territory.since <= day < (territory.until or "9999"):
            end = f"-{key.series}-2025" if territory.iri.endswith("-2025") else f"-{key.series}"
            for template in background.heads.get(territory.kind, {}).values():
                numbers = slug(template.suffix) == key.organ and not template.standing
                if numbers and not _numbers_for(background, template.part, key):
                    organ = Mint(background.base).resource("organ", template.head + end)
                    found[organ] = template, territory
    return found


def _numbers_for(background: Background, parent: str, key: Key) -> bool:
    """Whether the organ above numbers in the same series: then the series is that organ's."""
    found = background.templates.get(parent)
    return found is not None and slug(found.suffix) == key.organ


def symbols(common: Common, background: Background, conclusions: Conclusions) -> None:
    """symbol-from-issuer: symbol and code of a document that articles name with its issuer instead."""
    for iri, document in _mentioned(common):
        key, register = key_of(iri), background.documents.get(iri)
        if not key or CKG.symbol in document.said or (register and register.symbol):
            continue
        issuers: list[str] = document.said.get(CKG.issuedBy) or []
        letters = {n for n in background.notations.get(document.kind, ()) if slug(n) == key.letters}
        suffix = _only(background.written.get(key.organ, set()))
        if len(letters) == 1 and suffix and key.term:
            symbol = f"{letters.pop()}/{suffix}"
            for predicate, value in ((CKG.symbol, symbol), (CKG.code, f"{key.number}-{symbol}")):
                conclusions.add(iri, predicate, plain(value), "symbol-from-issuer", issuers)
