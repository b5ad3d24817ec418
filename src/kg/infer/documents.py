"""Local documents: the global one that each must be, or those that it may be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kg.identity import national_term, near_term_start, provincial_term
from kg.infer.conclusions import Conclusions, enough, node
from kg.infer.known import Known
from kg.infer.series import Key, global_documents, key_of
from kg.namespaces import CKG
from kg.vietnamese import slug

_TERM_YEARS = 5  # also the distance at which a candidate is half as likely as one of the same day
_NEW_PROVINCIAL_TERM = timedelta(days=180)  # so long an undated number may be of the provincial term before


@dataclass(frozen=True, slots=True)
class Candidate:
    """A global document that a local one may be."""

    iri: str
    key: Key
    days: frozenset[str]  # on which it was issued, as far as anybody says
    attested: bool  # an article names it, or the register gives a source
    issuers: frozenset[tuple[str, str]]  # classes and levels of those who number or issue such documents

    @property
    def since(self) -> str:
        """The earliest day that it can be of."""
        return min(self.days) if self.days else self.key.first_day()


def resolve_documents(
    known: Known, organs: dict[str, tuple[str, str]], conclusions: Conclusions
) -> dict[str, tuple[str, str]]:
    """single-candidate: the global document that a local, numbered one must be, or those that it may be.

    A bare "Chỉ thị 12" has candidates only, even a single one: without issuer, symbol or day it may be a
    directive of the Party, of the Prime Minister or of a province, and the graph need not know them all.
    `organs`: local organ → (global organ, claim). Returns local document → (global document, claim).
    """
    index = _Index(known, organs)
    resolved: dict[str, tuple[str, str]] = {}
    for document in known.of_kind("document"):
        numbers = known.said(CKG.documentNumber, document)
        if not numbers or not known.is_local(document):
            continue
        limits = _Limits.of(known, document)
        found = [c for c in index.candidates(document, numbers[0].value) if limits.allow(c)]
        fitting = [c for c in found if limits.fits(c)]
        sure = fitting if limits.published else found
        marks = [*known.said(CKG.issuedBy, document), *known.said(CKG.symbol, document)]
        grounds = [*(s.claim for s in (*numbers, *marks)), *limits.grounds]
        if len(sure) == 1 and sure[0].attested and sure[0] in fitting and (marks or limits.own):
            it = sure[0].iri
            why = [*grounds, *_vouching(known, it)]
            resolved[document] = (
                it,
                conclusions.add(document, CKG.resolvedTo, node(it), "single-candidate", why),
            )
            continue
        for candidate, score in _scores(found, limits.day):
            rule = "register-match" if candidate.iri in known.documents else "single-candidate"
            why = [*grounds, *_vouching(known, candidate.iri)]
            conclusions.add(document, CKG.candidate, node(candidate.iri), rule, why, score)
    return resolved


def _vouching(known: Known, document: str) -> list[str]:
    claims = enough(s.claim for s in known.said(CKG.documentNumber, document))
    return claims or [document]


@dataclass(frozen=True, slots=True)
class _Limits:
    """What an article's days say of a document that it names. `day` is "" where nothing tells."""

    day: str  # of publication, else the latest that the article names
    until: str  # the document was issued by then
    published: bool
    own: frozenset[str]  # days that the article gives the document
    grounds: tuple[str, ...]

    @classmethod
    def of(cls, known: Known, document: str) -> _Limits:
        article = next(iter(known.articles[document]))
        published = known.published(article)
        held = known.dissemination.get(document, [])
        own = known.said(CKG.issuedOn, document)
        until = min([s.value for s in held] + ([published.value] if published else []), default="")
        day = published.value if published else max(known.days.get(article, []), default="")
        grounds = [s.claim for s in (*held, *own)] + ([published.claim] if published else [])
        return cls(day, until, published is not None, frozenset(s.value for s in own), tuple(grounds))

    def allow(self, candidate: Candidate) -> bool:
        """Whether the candidate's day contradicts nothing."""
        if self.until and candidate.since > self.until:
            return False
        return not self.own or not candidate.days or bool(self.own & candidate.days)

    def fits(self, candidate: Candidate) -> bool:
        """Whether its number is of the term, or the year, that a number without a day means on this day."""
        if self.own & candidate.days or not self.day:
            return True
        key = candidate.key
        if key.central:
            now = national_term(self.day)
            return key.term == now or (key.term == now - 1 and near_term_start(self.day))
        if key.term:
            return key.term in _provincial_terms(self.day)
        return key.year == self.day[:4]


def _provincial_terms(day: str) -> set[int]:
    """The term of the day, and the one before while the day is near its end; both in congress months."""
    before = (date.fromisoformat(day) - _NEW_PROVINCIAL_TERM).isoformat()
    found = set()
    for moment in (day, before):
        term = provincial_term(moment)
        found |= {term} if term else {int(moment[:4]), int(moment[:4]) - _TERM_YEARS}
    return found


class _Index:
    """The global documents by class and number."""

    def __init__(self, known: Known, organs: dict[str, tuple[str, str]]) -> None:
        self.known, self.organs = known, organs
        self.by_number: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
        for iri in sorted({*global_documents(known), *known.documents}):
            key = key_of(iri)
            if key:
                kind = known.classes.get(iri) or known.documents[iri].kind
                self.by_number[kind, key.number.lstrip("0")].append(self._candidate(iri, key))

    def _candidate(self, iri: str, key: Key) -> Candidate:
        register = self.known.documents.get(iri)
        days = frozenset(s.value for s in self.known.said(CKG.issuedOn, iri))
        if not days and register and register.day:
            days = frozenset((register.day,))
        attested = iri in self.known.articles or (register is not None and bool(register.sourced))
        issuers = self.known.suffixes.get(key.organ, set()) | self._issuers(iri)
        return Candidate(iri, key, days, attested, frozenset(issuers))

    def _issuers(self, document: str) -> set[tuple[str, str]]:
        """Class and level of the stated issuers; level "" where it is not known."""
        found = set()
        for said in self.known.said(CKG.issuedBy, document):
            organ = self.organs.get(said.value, (said.value, ""))[0]
            register = self.known.register_organs.get(organ)
            if register:
                found.add((register.kind, register.level))
            elif organ in self.known.classes:
                levels = self.known.said(CKG.level, organ)
                found.add((self.known.classes[organ], levels[0].value if levels else ""))
        return found

    def candidates(self, document: str, number: str) -> Iterable[Candidate]:
        """Global documents of this class and number that neither symbol, issuer nor province speaks against.

        One that the article names beside the local document is another one: the article told them apart.
        """
        known = self.known
        plain_number, _, year = number.partition("/")
        article = next(iter(known.articles[document]))
        symbols = {slug(s.value) for s in known.said(CKG.symbol, document)}
        issuers = self._issuers(document)
        provinces = self._provinces(document, article)
        for candidate in self.by_number.get((known.classes[document], plain_number.lstrip("0")), ()):
            key = candidate.key
            if article in known.articles.get(candidate.iri, ()) or (year and key.year and year != key.year):
                continue
            if symbols and key.symbol not in symbols:
                continue
            if key.series and provinces != {key.series}:
                continue
            if not issuers or not candidate.issuers or _compatible(issuers, candidate.issuers):
                yield candidate

    def _provinces(self, document: str, article: str) -> set[str]:
        """The province of the document's issuers; without issuers, those of all organs of the article."""
        known = self.known
        organs = [self.organs.get(s.value, (s.value, ""))[0] for s in known.said(CKG.issuedBy, document)]
        territories = {
            t.value for o in organs or known.organs_of.get(article, []) for t in known.said(CKG.territory, o)
        }
        return {known.province(t) for t in territories} - {""}


def _compatible(one: set[tuple[str, str]], other: frozenset[tuple[str, str]]) -> bool:
    return any(a == b and (not x or not y or x == y) for a, x in one for b, y in other)


def _scores(found: list[Candidate], day: str) -> list[tuple[Candidate, float]]:
    """How near in time each is: 1 on the day, half of it a term before; shared out where many fit."""
    day = day or max((c.since for c in found), default="")
    weights = [1 / (1 + _years(c.since, day) / _TERM_YEARS) for c in found]
    total = max(1.0, sum(weights))
    return [(c, weight / total) for c, weight in zip(found, weights, strict=True)]


def _years(since: str, day: str) -> float:
    if not since or not day:
        return _TERM_YEARS
    return abs((date.fromisoformat(day) - date.fromisoformat(since)).days) / 365.25
