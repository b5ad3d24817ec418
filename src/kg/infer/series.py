"""Number series: whose series and term a document's number is of, and its symbol."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.gist import Document, enough
from kg.identity import Mint, national_term, provincial_term
from kg.infer.background import Background, Template, Territory
from kg.infer.common import Common
from kg.infer.conclusions import Conclusions, node, plain
from kg.infer.key import Key, key_of
from kg.infer.organs import declare
from kg.namespaces import CKG
from kg.vietnamese import slug


def number_series(common: Common, background: Background, conclusions: Conclusions) -> None:
    """What the numbers of the documents tell: their terms, the committees of their series, their symbols."""
    provinces: dict[str, list[Territory]] = defaultdict(list)
    for territory in background.territories.values():
        if not territory.province:
            provinces[slug(territory.name)].append(territory)
    series = _Series(common, background, conclusions, provinces)
    for iri, document in common.documents.mentioned():
        if key := key_of(iri):
            series.term(iri, document, key)
            series.symbol(iri, document, key)


@dataclass(frozen=True, slots=True)
class _Series:
    """The rules on one document after the other. `provinces`: slug of the name → those that had it."""

    common: Common
    background: Background
    conclusions: Conclusions
    provinces: dict[str, list[Territory]]

    def term(self, iri: str, document: Document, key: Key) -> None:
        """term-from-date, term-from-publication: the term, and the committee whose series it is."""
        register = self.background.documents.get(iri)
        if not key.term or CKG.inTerm in document.said or (register and register.in_term):
            return
        rule, grounds = _term_grounds(document, key)
        marks = document.said.get(CKG.symbol) or document.said.get(CKG.issuedBy) or ()
        numbers = [*grounds, *marks]
        numbered = CKG.numberedBy in document.said
        if key.central:
            term = Mint(self.background.base).resource("term", str(key.term))
            self.conclusions.add(iri, CKG.inTerm, node(term), rule, grounds)
            committee = _only(self.background.committees.get(key.organ, set()))
            if committee and not numbered:
                self.conclusions.add(iri, CKG.numberedBy, node(committee), rule, numbers)
        elif not numbered:
            made = _committees(document, self.background, key, self.provinces.get(key.series, ()))
            if len(made) == 1:
                committee, (template, territory) = made.popitem()
                self.conclusions.add(iri, CKG.numberedBy, node(committee), rule, numbers)
                declare(self.common, committee, template, territory, numbers, self.conclusions)

    def symbol(self, iri: str, document: Document, key: Key) -> None:
        """symbol-from-issuer: symbol and code of a document that articles name with its issuer instead."""
        register = self.background.documents.get(iri)
        if CKG.symbol in document.said or (register and register.symbol):
            return
        issuers: list[str] = document.said.get(CKG.issuedBy) or []
        letters = {n for n in self.background.notations.get(document.kind, ()) if slug(n) == key.letters}
        suffix = _only(self.background.written.get(key.organ, set()))
        if len(letters) == 1 and suffix and key.term:
            symbol = f"{letters.pop()}/{suffix}"
            for predicate, value in ((CKG.symbol, symbol), (CKG.code, f"{key.number}-{symbol}")):
                self.conclusions.add(iri, predicate, plain(value), "symbol-from-issuer", issuers)


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
