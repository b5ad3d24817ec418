"""Which document a reference means, over the whole article: the short form may come before the full one.

One document an article: same type, same number, no contradicting symbol or date. Two full dates that differ
by the year alone are one document with a misprint (both dates are kept); dates that differ in day or month
are two documents.
"""

from __future__ import annotations

import re
from collections import defaultdict

from kg.expressions import BULLET
from kg.identity import TERMS, Mint, When, document_key, issued_in, term_number
from kg.lexicon import Place
from kg.link.context import Context, register_place
from kg.link.organs import OrganLinker
from kg.link.papers import DocumentEntity, Papers
from kg.link.unnumbered import Unnumbered
from kg.model import Date, DocumentMention, OrganMention, Span
from kg.recognise.documents import document_date
from kg.recognise.numbers import TERM_NUMBER
from kg.recognise.reading import Reading
from kg.vietnamese import fold, slug

_FAMILY = {"ActionProgramme": "Programme"}
_SERIES_OF_DISTRICTS = ("HU", "QU", "ThU")
_CENTRE = frozenset(("ban-bi-thu", "bo-chinh-tri", "ban-chap-hanh-trung-uong"))
_THIS_IS = re.compile(r"(?:đây|cũng|chính) là\s+$")
_THAT_IS = re.compile(r"(?:đây|đó) (?:cũng |chính )?là ")
_NEWS_OF_IT = re.compile(r"\s+(?:được ban hành|ra đời|có hiệu lực)")
_WHICHEVER = re.compile(r"(?:\s*,\s*\w+ \w+| và \w+ \w+)*\s+(?:của|về|do)(?!\w)")
_NEAR = 500  # characters: how far back "văn bản này" may lean
_TERM = re.compile(rf"\(?\s*khóa\s+({TERM_NUMBER})(?!\w)(?!\s*(?:,|và)\s*khóa)")
_LONGEST_TAIL = 60  # of an address that a name makes


def _family(kind: str) -> str:
    """Types that newspapers use for one another have one family."""
    return _FAMILY.get(kind, kind)


class DocumentLinker:
    """Links the references of one article."""

    def __init__(
        self, reading: Reading, context: Context, organs: OrganLinker, mint: Mint, article: str
    ) -> None:
        self.r, self.context, self.organs, self.mint, self.article = reading, context, organs, mint, article
        self.papers = Papers()
        self.entities = self.papers.entities
        self.bare: set[int] = set()  # a bare "nghị quyết": what a task is about, too little for a relation
        self.groups: list[tuple[DocumentMention, list[DocumentEntity]]] = []  # "các chỉ thị", "ba văn bản"

    def link_all(self, mentions: list[DocumentMention], organs: list[OrganMention]) -> None:
        """Numbered documents, then named and singled-out ones, then what refers back to them."""
        families: dict[tuple[str, str], list[DocumentMention]] = defaultdict(list)
        for m in mentions:
            if m.number:
                families[_family(m.type), m.number.split("/")[0].lstrip("0")].append(m)
        for family in families.values():
            self._split(family)
        unnumbered = Unnumbered(self.r, self.papers, self.organs, organs)
        for m in mentions:
            if not m.number and not m.demonstrative and not m.plural:
                unnumbered.read(m)
        self.entities.sort(key=lambda e: e.first)
        for m in mentions:
            if self.of(m) is None:
                self._refer_back(m)

    def address_all(self) -> None:
        """Issuers and addresses: once the sentences around have given each reference its issuer and day."""
        taken: set[str] = set()
        for entity in self.entities:
            self._issuers(entity)
            self._address(entity, taken)
            taken.add(entity.iri)

    def of(self, mention: DocumentMention) -> DocumentEntity | None:
        """The document that a reference means, None where it means none in particular."""
        return self.papers.of(mention)

    # numbered

    def _split(self, family: list[DocumentMention]) -> None:
        """One entity for each symbol and date that contradict; the fullest references come first."""
        found: list[DocumentEntity] = []
        for m in sorted(family, key=lambda m: (not (m.symbol and m.date), not m.date, not m.symbol, m.start)):
            fitting = [e for e in found if self._fits(e, m)]
            if not fitting:
                fitting = [DocumentEntity(m.type, m.number)]
                found += fitting
            self.papers.add(fitting[0] if len(fitting) == 1 else self._nearest(fitting, m), m)
        self.entities += found

    @staticmethod
    def _fits(entity: DocumentEntity, m: DocumentMention) -> bool:
        if m.symbol and entity.symbol and m.symbol != entity.symbol:
            return False
        if "/" in m.number and "/" in entity.number and m.number != entity.number:
            return False
        mine = document_date(m)
        return not mine or all(
            (mine.day, mine.month) == (theirs.day, theirs.month) for theirs, _ in entity.dates
        )

    def _nearest(self, entities: list[DocumentEntity], m: DocumentMention) -> DocumentEntity:
        """Of several, the one that the text gave this short name, else the one named last before."""
        for e in entities:
            if any(x.end < m.start <= x.tail or "gọi" in self.r.shadow[x.end : x.tail] for x in e.mentions):
                return e
        before = [(x.start, e) for e in entities for x in e.mentions if x.start < m.start]
        return max(before, key=lambda p: p[0])[1] if before else entities[0]

    # references back

    def _refer_back(self, m: DocumentMention) -> None:
        """What "Chỉ thị này" or a bare "Kế hoạch" means: the document of that type that was named last."""
        if m.draft or (m.inside and not m.demonstrative and not self.closes(m)):
            return
        if not m.type:
            self._paper(m)
            return
        same = [e for e in self.entities if _family(e.type) == _family(m.type)]
        if m.plural:
            # "các nghị quyết, chỉ thị của Trung ương" are whichever there are; "các nghị quyết này" are named
            if _WHICHEVER.match(self.r.shadow, m.end):
                return
            self.groups.append((m, [e for e in same if e.first < m.start]))
            return
        earlier = [(x.start, e) for e in same for x in e.mentions if x.start < m.start]
        definite = m.demonstrative or self._definite(m)
        if earlier and (definite or len(same) == 1):
            if not definite:
                self.bare.add(id(m))
            self.papers.lean(self._antecedent(earlier), m)

    def closes(self, m: DocumentMention) -> bool:
        """Whether a bare type with a capital ends its clause: "ban hành Kế hoạch thực hiện Chỉ thị."."""
        return self.r.plain[m.start].isupper() and self.r.shadow.startswith((".", ",", ";"), m.end)

    def _paper(self, m: DocumentMention) -> None:
        """What "Văn bản này" means: the first document of the sentence before, not what it carries out.

        In an item of a list it is what the list retells: the sentence that ends in a colon names it.
        """
        listed = BULLET.match(self.r.shadow, self.r.sentences[self.r.sentence_at(m.start)].start)
        near = [
            (self.r.sentence_at(x.start), -x.start, e)
            for e in self.entities
            for x in e.mentions
            if m.start - _NEAR < x.start < m.start and not x.inside and (not listed or self._announces(x))
        ]
        if near:
            self.papers.lean(max(near, key=lambda p: p[:2])[2], m)

    def _announces(self, m: DocumentMention) -> bool:
        """Whether the sentence of a reference opens a list: "Thông báo số 7 … nêu rõ:"."""
        return self.r.shadow.startswith(":", self.r.sentences[self.r.sentence_at(m.start)].end - 1)

    def _antecedent(self, earlier: list[tuple[int, DocumentEntity]]) -> DocumentEntity:
        """The first named in the sentence that names one last: its subject, not what it follows.

        Where "Đây" is the subject, "Đây là bước tiếp nối Chỉ thị số 04", it is what was spoken of before.
        """
        last = self.r.sentence_at(max(start for start, _ in earlier))
        first, entity = min((p for p in earlier if self.r.sentence_at(p[0]) == last), key=lambda p: p[0])
        that = _THAT_IS.match(self.r.shadow, self.r.sentences[last].start)
        if that and that.end() < first:
            before = [p for p in earlier if self.r.sentence_at(p[0]) < last]
            return self._antecedent(before) if before else entity
        return entity

    def _definite(self, m: DocumentMention) -> bool:
        """Whether the words around say that it is the one spoken of: "Đây là Chỉ thị …"."""
        if _THIS_IS.search(self.r.shadow, max(0, m.start - 12), m.start):
            return True
        opens = self.r.sentences[self.r.sentence_at(m.start)].start == m.start
        return opens and bool(_NEWS_OF_IT.match(self.r.shadow, m.end, m.end + 18))

    # issuers and addresses

    def _issuers(self, e: DocumentEntity) -> None:
        for m in sorted(e.mentions, key=lambda m: m.start):
            for mention in m.issuers:
                organ = self.organs.of(mention)
                if organ and all(organ is not known for known, _ in e.issuers):
                    e.issuers.append((organ, mention))

    def _address(self, e: DocumentEntity, taken: set[str]) -> None:
        """The address of its key, if that is complete; else one of this article that is not `taken`."""
        symbol = e.symbol or self._symbol_from_issuer(e)
        if e.number and symbol:
            self._term(e)
            published = self.context.published
            own = e.dates[0][0].iso if e.dates else ""
            known = self.r.lexicon.known_documents
            if not own and not e.term:
                e.year = self._year(e, symbol)
            when = When(own, e.term, published.iso if published else "", e.year.year if e.year else 0)
            series = self._series(symbol, e)
            if key := document_key(e.number, symbol, when, series, known, e.type):
                e.iri, e.resolved = self.mint.resource("document", key.slug()), True
                e.inferred_symbol = "" if e.symbol else symbol
                return
        label = self.r.lexicon.documents[e.type].label
        name = e.name if fold(e.name).startswith(fold(label)) else f"{label} {e.name}"
        tail = slug(name)[:_LONGEST_TAIL].strip("-")
        if e.number:
            tail = slug(f"{label} {e.number} {e.symbol}")
        e.iri = base = self.mint.local(self.article, "document", tail)
        n = 2
        while e.iri in taken:
            e.iri, n = f"{base}-{n}", n + 1

    def _year(self, e: DocumentEntity, symbol: str) -> Date | None:
        """The year that stands behind its number, if the register has such a document of that year."""
        named = [m.year for m in e.mentions if m.year]
        borne_out = (y for y in named if issued_in(e.number, symbol, y.year, self.r.lexicon.known_documents))
        return next(borne_out, None) if len({y.year for y in named}) == 1 else None

    def _term(self, e: DocumentEntity) -> None:
        """The term that its central issuer is said to be of: "của Ban Bí thư (khóa XI)"."""
        stated: dict[int, Span] = {}
        for organ, mention in e.issuers:
            if organ.key in _CENTRE:
                text = self.r.shadow
                m = _TERM.search(text, mention.start, mention.end) or _TERM.match(
                    text, self.r.skip(mention.end)
                )
                if m:
                    stated.setdefault(term_number(m.group(1)), Span(*m.span()))
        if len(stated) == 1:
            term, words = stated.popitem()
            if term in dict(TERMS):
                e.term, e.term_words = term, words

    def _place(self, e: DocumentEntity) -> Place | None:
        """The territory whose committee numbers it: its issuer's, else the one that the article is about."""
        if e.issuers:
            places = {organ.place for organ, _ in e.issuers}
            return self.r.lexicon.places.get(places.pop()) if len(places) == 1 else None
        block = self.r.sentences[self.r.sentence_at(e.first)].block
        return register_place(self.r.lexicon, self.context.province_of(block), self.context.day)

    def _series(self, symbol: str, e: DocumentEntity) -> str:
        """The slug of the committee's territory: the province, or for a district's series that district."""
        organ, place = symbol.replace("/", "-").rpartition("-")[2], self._place(e)
        if organ == "ĐU" or not place:
            return ""
        if organ not in _SERIES_OF_DISTRICTS:
            return "" if place.province else slug(place.name)
        if place.province:
            return slug(f"{place.name} {self.r.lexicon.places[place.province].name}")
        districts = list(self.context.districts.values())
        return slug(f"{districts[0]} {place.name}") if len(districts) == 1 else ""

    def _symbol_from_issuer(self, e: DocumentEntity) -> str:
        """The centre's series, if the issuer is central: type and issuer give the symbol ("66-QĐ/TW")."""
        symbols = self.r.lexicon.documents[e.type].symbols
        issuers = {organ.key for organ, _ in e.issuers}
        return f"{symbols[0]}/TW" if issuers and issuers <= _CENTRE and symbols and e.number else ""


__all__ = ["DocumentEntity", "DocumentLinker"]
