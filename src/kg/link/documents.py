"""Which document a reference means, over the whole article: the short form may come first and the full one later.

One document an article: same type, same number, no contradicting symbol or date. Two full dates that differ by the
year alone are one document with a misprint (both dates are kept); dates that differ in day or month are two documents.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from kg.identity import Mint, document_key
from kg.lexicon import DocumentType, Place
from kg.link.context import Context, register_place
from kg.link.organs import OrganEntity, OrganLinker
from kg.model import Date, DocumentMention, OrganMention, Span
from kg.recognise.documents import document_date
from kg.recognise.reading import Reading
from kg.vietnamese import fold, slug

_SAME_FAMILY = {"ActionProgramme": "Programme"}
_GENERIC_BEFORE = re.compile(
    r"(?:các|những|nhiều|một số|mọi|mỗi|từng|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|\d+|thành|bằng|theo|,|và|hoặc)\s+(?:\w+\s+)?$"
)
_PLANNED = re.compile(r"(?:sẽ|cần|phải|đang|chuẩn bị|sắp|tham mưu|xây dựng|để)\s+(?:\w+\s+){0,3}$")
_MADE = re.compile(r"(?:đã |vừa |chính thức |kịp thời |cũng |thì |liền |còn |lại )*(?:ký )?(?:ban hành|ra)\s+(?:\w+\s+)?$")
_CARRIES = re.compile(r"\s*(?:để\s+|nhằm\s+|về (?:việc )?)?(?:(?:tổ chức|triển khai|thực hiện|cụ thể hóa)(?!\w)\s*)+")
_PLANNING = re.compile(r"(?:tham mưu|đề nghị|yêu cầu|sẽ|cần|khẩn trương|chỉ đạo|sớm|chuẩn bị|đề xuất|giúp|trình)(?:\s+\w+)?\s+$")
_OWN = re.compile(r"\s*(?:chuyên đề\s+)?(?:riêng|của mình|chuyên đề)(?!\w)")
_NATIONAL = re.compile(r"đại hội(?: đại biểu)?(?: toàn quốc)?(?: đảng)?\s+(?:lần thứ\s+)?([ivx]+|\d{1,2})(?: của đảng)?$")
_TITLED = frozenset(("Rules",))
_QUOTABLE = frozenset(("Directive", "Resolution", "Conclusion", "Regulation", "Rules", "Guidance", "Scheme", "Decision", "Circular"))


@dataclass(slots=True)
class DocumentEntity:
    """One document of the article, with every reference to it."""

    type: str
    number: str = ""
    symbol: str = ""
    name: str = ""
    iri: str = ""
    resolved: bool = False
    inferred_symbol: str = ""
    mentions: list[DocumentMention] = field(default_factory=list)
    dates: list[tuple[Date, DocumentMention | None]] = field(default_factory=list)
    issuers: list[tuple[OrganEntity, OrganMention]] = field(default_factory=list)

    @property
    def first(self) -> int:
        """Where the article names it first."""
        return min(m.start for m in self.mentions)


class DocumentLinker:
    """Links the references of one article."""

    def __init__(self, reading: Reading, context: Context, organs: OrganLinker, mint: Mint, article: str) -> None:
        self.r, self.context, self.organs, self.mint, self.article = reading, context, organs, mint, article
        self.entities: list[DocumentEntity] = []
        self._of: dict[int, DocumentEntity] = {}
        self.organ_mentions: list[OrganMention] = []
        self.bare: set[int] = set()  # a bare "nghị quyết": enough for what a task is about, too little for a relation
        self.groups: list[tuple[DocumentMention, list[DocumentEntity]]] = []  # "các chỉ thị", "ba văn bản"

    def link_all(self, mentions: list[DocumentMention], organs: list[OrganMention]) -> None:
        """Numbered documents, then named and singled-out ones, then what refers back to them."""
        self.organ_mentions = organs
        families: dict[tuple[str, str], list[DocumentMention]] = defaultdict(list)
        for m in mentions:
            if m.number:
                families[_SAME_FAMILY.get(m.type, m.type), m.number.split("/")[0].lstrip("0")].append(m)
        for family in families.values():
            self._split(family)
        for m in mentions:
            if not m.number and not m.demonstrative and not m.plural:
                self._unnumbered(m)
        self.entities.sort(key=lambda e: e.first)
        for m in mentions:
            if id(m) not in self._of:
                self._refer_back(m)
        self._issuers()
        for entity in self.entities:
            self._address(entity)

    def of(self, mention: DocumentMention) -> DocumentEntity | None:
        """The document that a reference means, None where it means none in particular."""
        return self._of.get(id(mention))

    # numbered

    def _split(self, family: list[DocumentMention]) -> None:
        """One entity for each symbol and date that contradict."""
        found: list[DocumentEntity] = []
        for m in sorted(family, key=lambda m: (not (m.symbol and m.date), not m.date, not m.symbol, m.start)):
            fitting = [e for e in found if self._fits(e, m)]
            if len(fitting) > 1:
                fitting = [self._nearest(fitting, m)]
            if fitting:
                entity = fitting[0]
            else:
                entity = DocumentEntity(m.type, m.number)
                found.append(entity)
            self._add(entity, m)
        self.entities += found

    def _fits(self, entity: DocumentEntity, m: DocumentMention) -> bool:
        if m.symbol and entity.symbol and m.symbol != entity.symbol:
            return False
        if "/" in m.number and "/" in entity.number and m.number != entity.number:
            return False
        mine = document_date(m)
        for theirs, _ in entity.dates:
            if mine and (mine.day, mine.month) != (theirs.day, theirs.month):
                return False
        return True

    def _nearest(self, entities: list[DocumentEntity], m: DocumentMention) -> DocumentEntity:
        """Of several, the one that the text gave this short name, else the one named last before."""
        for e in entities:
            if any(x.end < m.start <= x.tail for x in e.mentions) or any(
                self.r.shadow[x.end : x.tail].find("gọi") >= 0 for x in e.mentions
            ):
                return e
        before = [(x.start, e) for e in entities for x in e.mentions if x.start < m.start]
        return max(before, key=lambda p: p[0])[1] if before else entities[0]

    def _add(self, entity: DocumentEntity, m: DocumentMention) -> None:
        entity.mentions.append(m)
        self._of[id(m)] = entity
        entity.symbol = entity.symbol or m.symbol
        if m.type == "ActionProgramme":
            entity.type = m.type
        if "/" in m.number:
            entity.number = m.number
        dated = document_date(m)
        if dated:
            entity.dates.append((dated, m))

    def _gains_number(self, e: DocumentEntity, m: DocumentMention) -> bool:
        """"quyết định của Tỉnh ủy về … . Quyết định mang số 627-QĐ/TU": the paper spoken of just before gets its number."""
        numbered = min(e.mentions, key=lambda x: x.start)
        return (
            e.type == m.type
            and m.start < numbered.start < m.start + 400
            and "mang số" in self.r.shadow[numbered.start : numbered.end]
            and not any(x.issuers for x in e.mentions)
        )

    # unnumbered

    def _unnumbered(self, m: DocumentMention) -> None:
        """A document without a number counts only where the text singles it out."""
        if self.r.zone_at(m.start) == "title":
            return
        if m.name:
            self._known_by_name(m)
            return
        if m.draft:
            if m.issuers and m.subject:
                self._new(m)
            return
        kind = self.r.lexicon.documents[m.type]
        before = self.r.shadow[max(0, m.start - 40) : m.start]
        quoted = bool(m.subject) and self.r.plain[m.subject.start - 1] == '"' if m.subject else False
        if quoted and m.subject and not m.inside and self.r.plain[m.start].isupper() and (m.issuers or self._title_like(m)):
            m.name = self.r.squeeze(*m.subject) if m.subject else ""
            self._new(m)
            return
        if m.inside or _GENERIC_BEFORE.search(before) or _PLANNED.search(before) and not _MADE.search(before):
            return
        if m.issuers and self.organs.of(m.issuers[0]) and m.subject and (self._names_a_document(m.subject.start, m.subject.end) or any(e.number and self._gains_number(e, m) for e in self.entities)):
            self._singled_out(m)
        elif _MADE.search(before) and (maker := self._maker(m)):
            if m.issuers or not _CARRIES.match(self.r.shadow, m.end) and not m.subject and not _OWN.match(self.r.shadow, m.end):
                return
            m.issuers.append(maker)
            self._singled_out(m)
        elif kind.key in _TITLED and self.r.plain[m.start].isupper() and self._titled(m):
            self._new(m)

    def _title_like(self, m: DocumentMention) -> bool:
        """A quoted title of some length that begins with a capital; programmes and projects have names, not titles."""
        words = self.r.plain[m.subject.start : m.subject.end].split() if m.subject else []
        return m.type in _QUOTABLE and len(words) >= 5 and words[0][:1].isupper()

    def _names_a_document(self, start: int, end: int) -> bool:
        return bool(re.search(r"\d", self.r.shadow[start:end])) or " này" in self.r.shadow[start:end] or "nghị quyết" in self.r.shadow[start:end]

    def _maker(self, m: DocumentMention) -> OrganMention | None:
        """The organ that is said to have issued the document: the nearest one before "ban hành"."""
        sentence = self.r.sentences[self.r.sentence_at(m.start)]
        before = [o for o in self.organ_mentions if sentence.start <= o.start and o.end <= m.start and not o.generic]
        if not before or _PLANNING.search(self.r.shadow, max(sentence.start, before[-1].start - 30), before[-1].start):
            return None
        gap = self.r.shadow[before[-1].end : m.start].strip()
        return before[-1] if _MADE.fullmatch(gap + " ") else None

    def _titled(self, m: DocumentMention) -> bool:
        """"thực hiện tốt Quy chế quản lý thống nhất …": a capital and a title in small letters."""
        sentence = self.r.sentences[self.r.sentence_at(m.start)]
        if m.start == sentence.start:
            return False
        stop = re.compile(r"[,;.:(\"]|\s(?:đã|được|sẽ|là|và|của|tại|ở|trong|với|do|cho|đến)\s").search(self.r.shadow, m.end, sentence.end)
        end = stop.start() if stop else sentence.end
        title = self.r.plain[m.end : end].split()
        used = re.search(r"(?:thực hiện|triển khai|ban hành|theo)(?: \w+){0,2} $", self.r.shadow[max(0, m.start - 30) : m.start])
        if not used or len(title) < 5 or not title[0][0].islower() or title[0] in ("này", "đó", "số", "về", "mới"):
            return False
        m.subject = m.subject or Span(m.start, end)
        m.name = self.r.squeeze(m.start, end)
        m.tail = max(m.tail, end)
        return True

    def _singled_out(self, m: DocumentMention) -> None:
        """The article's numbered document of that type and issuer, when it is said once and only one fits; else a new one."""
        issuer = self.organs.of(m.issuers[0])
        for e in self.entities:
            if e.number and self._gains_number(e, m):
                self._add(e, m)
                return
        same = [
            e
            for e in self.entities
            if e.type == m.type
            and e.number
            and any(self.organs.of(o) is issuer for x in e.mentions for o in x.issuers)
            and self._targets(m) & {t for x in e.mentions for t in self._targets(x)}
        ]
        twins = [
            e for e in self.entities if e.type == m.type and not e.number and any(self.organs.of(o) is issuer for x in e.mentions for o in x.issuers)
        ]
        if len(same) == 1:
            self._add(same[0], m)
        elif len(twins) == 1:
            self._add(twins[0], m)
        else:
            self._new(m)

    def _targets(self, m: DocumentMention) -> set[int]:
        """The documents named in the rest of the reference's sentence."""
        sentence = self.r.sentences[self.r.sentence_at(m.start)]
        return {id(e) for e in self.entities for x in e.mentions if m.end <= x.start < sentence.end and x is not m}

    def _known_by_name(self, m: DocumentMention) -> None:
        for e in self.entities:
            if e.name and e.type == m.type and self._name_key(e.name) == self._name_key(m.name):
                self._add(e, m)
                e.name = max(e.name, m.name, key=len)
                return
        self._new(m)

    @staticmethod
    def _name_key(name: str) -> str:
        """The ordinal of a national congress, however long its name is written; else the folded name."""
        congress = _NATIONAL.search(fold(name))
        return f"đại hội {congress.group(1)}" if congress else fold(name)

    def _new(self, m: DocumentMention) -> None:
        entity = DocumentEntity(m.type, name=m.name)
        for e in self.entities:
            if m.name and not e.number and fold(e.name) == fold(m.name) and e.type == m.type:
                entity = e
        if entity not in self.entities:
            self.entities.append(entity)
        self._add(entity, m)

    # issuers and addresses

    def _issuers(self) -> None:
        for e in self.entities:
            for m in sorted(e.mentions, key=lambda m: m.start):
                for o in m.issuers:
                    organ = self.organs.of(o)
                    if organ and organ not in [x for x, _ in e.issuers]:
                        e.issuers.append((organ, o))

    def _address(self, e: DocumentEntity) -> None:
        kind = self.r.lexicon.documents[e.type]
        day = e.dates[0][0].iso if e.dates else ""
        if not day and self.context.day:
            day = "~" + self.context.day
        symbol = e.symbol or self._symbol_from_issuer(e, kind)
        block = self.r.sentences[self.r.sentence_at(e.first)].block
        place = register_place(self.r.lexicon, self.context.province_of(block), self.context.day)
        series = self._series(symbol, place)
        key = document_key(e.number, symbol, day, series, self.r.lexicon.known_documents, e.type) if e.number and symbol else None
        if key:
            e.iri, e.resolved = self.mint.resource("document", key.slug()), True
            e.inferred_symbol = "" if e.symbol else symbol
            return
        tail = slug(f"{kind.label} {e.number} {e.symbol}") if e.number else slug(f"{kind.label} {e.name}")[:60].strip("-")
        taken = {x.iri for x in self.entities}
        iri = base = self.mint.local(self.article, "document", tail)
        n = 2
        while iri in taken:
            iri, n = f"{base}-{n}", n + 1
        e.iri = iri

    def _series(self, symbol: str, place: Place | None) -> str:
        """The slug of the committee's territory: the province, or for a district's series that district."""
        organ = symbol.replace("/", "-").rpartition("-")[2]
        if organ in ("HU", "QU", "ThU", "ĐU"):
            names = list(self.context.districts.values())
            return slug(f"{names[0]} {place.name}") if len(names) == 1 and place and organ != "ĐU" else ""
        return slug(place.name) if place else ""

    def _symbol_from_issuer(self, e: DocumentEntity, kind: DocumentType) -> str:
        """A central organ numbers in the centre's series: type and issuer give the symbol (Quy định 66-QĐ/TW)."""
        central = {o.key for o, _ in e.issuers}
        if central and central <= {"ban-bi-thu", "bo-chinh-tri", "ban-chap-hanh-trung-uong"} and kind.symbols and e.number:
            return f"{kind.symbols[0]}/TW"
        return ""

    # references back

    def _refer_back(self, m: DocumentMention) -> None:
        """"Chỉ thị này", a bare "Kế hoạch": the document of that type that was named last."""
        if m.draft or m.inside and not m.demonstrative:
            return
        if not m.type:
            spoken = [(self.r.sentence_at(x.start), -x.start, e) for e in self.entities for x in e.mentions if m.start - 500 < x.start < m.start and not x.inside]
            if spoken:  # the first document of the sentence before: its subject, not what it carries out
                self._lean(max(spoken, key=lambda p: p[:2])[2], m)
            return
        same = [e for e in self.entities if e.type == m.type or _SAME_FAMILY.get(e.type, e.type) == _SAME_FAMILY.get(m.type, m.type)]
        earlier = [(x.start, e) for e in same for x in e.mentions if x.start < m.start]
        if m.plural:
            self.groups.append((m, [e for e in same if e.first < m.start]))
        elif earlier and (m.demonstrative or len(same) == 1 or self._definite(m)):
            if not m.demonstrative and not self._definite(m):
                self.bare.add(id(m))
            self._lean(self._antecedent(earlier, m), m)

    def _antecedent(self, earlier: list[tuple[int, DocumentEntity]], m: DocumentMention) -> DocumentEntity:
        """In the sentence that names one last, the one named first: its subject, not what it carries out or follows."""
        last = self.r.sentence_at(max(earlier, key=lambda p: p[0])[0])
        return min((p for p in earlier if self.r.sentence_at(p[0]) == last), key=lambda p: p[0])[1]

    def _lean(self, entity: DocumentEntity, m: DocumentMention) -> None:
        """A reference back; what its own words say (date, issuer, subject) is said of the document."""
        self._of[id(m)] = entity
        if m.demonstrative and (m.issuers or m.date or m.subject):
            entity.mentions.append(m)
            dated = document_date(m)
            if dated:
                entity.dates.append((dated, m))

    def _definite(self, m: DocumentMention) -> bool:
        before = self.r.shadow[max(0, m.start - 12) : m.start]
        if re.search(r"(?:đây|cũng|chính) là\s+$", before):
            return True
        opens = self.r.sentences[self.r.sentence_at(m.start)].start == m.start
        return opens and bool(re.match(r"\s+(?:được ban hành|ra đời|có hiệu lực)", self.r.shadow[m.end : m.end + 18]))

