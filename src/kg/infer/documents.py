"""Local documents: the global one that each must be, or those that it may be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from kg.identity import national_term, near_term_start, provincial_term
from kg.infer.background import Background
from kg.infer.common import Common
from kg.infer.conclusions import Conclusions, node
from kg.infer.key import Key, key_of
from kg.keys import Keys, Resolved
from kg.namespaces import CKG
from kg.vietnamese import slug

_TERM_YEARS = 5  # also the distance at which a candidate is half as likely as one of the same day
_CACHED = 1000  # candidates that are in memory
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


def resolve_documents(keys: Keys, organs: Resolved, index: Candidates, conclusions: Conclusions) -> Resolved:
    """single-candidate: the document for all that a local, numbered one must be, or those that it may be.

    Where two of one number are of two terms, the day of the page tells which is meant, but not between
    resolutions, which are cited long after their term.
    A bare "Chỉ thị 12" has candidates only, even a single one: without issuer, symbol or day it may be a
    directive of the Party, of the Prime Minister or of a province, and the graph need not know them all.
    """
    resolved: Resolved = {}
    for document in filter(keys.knows_alone, keys.of_kind("document")):
        numbers = keys.said(CKG.documentNumber, document)
        if not numbers:
            continue
        limits = _Limits.of(keys, document)
        found = [c for c in index.of(keys, organs, document, numbers[0].value) if limits.allow(c)]
        fitting = [c for c in found if limits.fits(c)]
        lasting = any(c.key.lasting for c in found)
        sure = fitting if limits.published and not lasting else found
        marks = [*keys.said(CKG.issuedBy, document), *keys.said(CKG.symbol, document)]
        grounds = [*(s.claim for s in (*numbers, *marks)), *limits.grounds]
        if len(sure) == 1 and sure[0].attested and sure[0] in fitting and (marks or limits.own):
            it = sure[0].iri
            why = [*grounds, *index.vouching(it)]
            claim = conclusions.add(document, CKG.resolvedTo, node(it), "single-candidate", why)
            resolved[document] = (it, claim)
            continue
        for candidate, score in _scores(found, limits.day):
            rule = "register-match" if index.is_registered(candidate.iri) else "single-candidate"
            why = [*grounds, *index.vouching(candidate.iri)]
            conclusions.add(document, CKG.candidate, node(candidate.iri), rule, why, score)
    return resolved


@dataclass(frozen=True, slots=True)
class _Limits:
    """What an article's days say of a document that it names. `day` is "" where nothing tells."""

    day: str  # of publication, else the latest that the article names
    until: str  # the document was issued by then
    published: bool
    own: frozenset[str]  # days that the article gives the document
    grounds: tuple[str, ...]

    @classmethod
    def of(cls, keys: Keys, document: str) -> _Limits:
        published = keys.published
        held = [
            day
            for event, documents in keys.facts(CKG.disseminates)
            if any(said.value == document for said in documents)
            for day in keys.said(CKG.heldOn, event)
        ]
        own = keys.said(CKG.issuedOn, document)
        until = min([s.value for s in held] + ([published.value] if published else []), default="")
        day = published.value if published else keys.latest
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


class Candidates:
    """The documents that more than one article may name, or the register has, by class and number."""

    def __init__(self, common: Common, background: Background) -> None:
        self._common, self._background = common, background
        self._registered: dict[tuple[str, str], list[str]] = defaultdict(list)
        for iri, document in background.documents.items():
            if key := key_of(iri):
                self._registered[document.kind, key.number.lstrip("0")].append(iri)
        self._candidate = lru_cache(maxsize=_CACHED)(self._made)

    def _numbered(self, kind: str, number: str) -> Iterator[str]:
        """Those that articles mention, and those that the register alone has."""
        documents = self._common.documents
        yield from documents.numbered(kind, number)
        for iri in self._registered.get((kind, number), ()):
            document = documents.get(iri)
            if not document or not document.kind:
                yield iri

    def _made(self, iri: str, key: Key) -> Candidate:
        register, document = self._background.documents.get(iri), self._common.documents.get(iri)
        days = frozenset(document.days) if document else frozenset()
        if not days and register and register.day:
            days = frozenset((register.day,))
        issuers = self._background.suffixes.get(key.organ, set())
        if document:
            local = {(issuer.kind, issuer.level) for issuer in document.local_issuers}
            issuers = issuers | self._common.issuers(document.issuers) | local
        attested = (document and document.kind) or (register and register.sourced)
        return Candidate(iri, key, days, bool(attested), frozenset(issuers))

    def is_registered(self, document: str) -> bool:
        """Whether the register has the document."""
        return document in self._background.documents

    def vouching(self, document: str) -> list[str]:
        """A few claims of its number; the document itself where only the register has it."""
        found = self._common.documents.get(document)
        return (found and found.said.get(CKG.documentNumber)) or [document]

    def of(self, keys: Keys, organs: Resolved, document: str, number: str) -> Iterable[Candidate]:
        """Documents of this class and number that neither symbol, issuer nor province speaks against.

        One that the article names beside the local document is another one: the article told them apart.
        """
        plain_number, _, year = number.partition("/")
        symbols = {slug(s.value) for s in keys.said(CKG.symbol, document)}
        named = [organs.get(s.value, (s.value, ""))[0] for s in keys.said(CKG.issuedBy, document)]
        issuers = self._issuers(keys, named)
        provinces = self._provinces(keys, named or keys.of_kind("organ"))
        kind = keys.entities[document].kind
        for iri in self._numbered(kind, plain_number.lstrip("0")):
            key = key_of(iri)
            if not key or iri in keys.entities or (year and key.year and year != key.year):
                continue
            if symbols and key.symbol not in symbols:
                continue
            if key.series and provinces != {key.series}:
                continue
            candidate = self._candidate(iri, key)
            if not issuers or not candidate.issuers or _compatible(issuers, candidate.issuers):
                yield candidate

    def _issuers(self, keys: Keys, organs: list[str]) -> set[tuple[str, str]]:
        """Class and level of organs that an article names; level "" where it is not known."""
        found = self._common.issuers(organs)
        for organ in filter(keys.knows_alone, organs):
            if organ in keys.entities:
                levels = keys.said(CKG.level, organ)
                found.add((keys.entities[organ].kind, levels[0].value if levels else ""))
        return found

    def _provinces(self, keys: Keys, organs: list[str]) -> set[str]:
        """The provinces of organs that an article names."""
        territories = {
            territory
            for organ in organs
            for territory in (
                (s.value for s in keys.said(CKG.territory, organ))
                if keys.knows_alone(organ)
                else self._common.territories(organ)
            )
        }
        return {self._background.province(territory) for territory in territories} - {""}


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
