"""What an article states of documents, and how they relate: from the verbs between them, never from nearness.

A false `implements` is the worst error here, so the words between two documents must be nothing but the construction
itself: "Kế hoạch số 109 … | về triển khai thực hiện | Chỉ thị 25". A plan to review a document does not implement it.
"""

from __future__ import annotations

import re

from kg.link.documents import DocumentEntity
from kg.link.page import Page
from kg.model import DocumentMention, OrganMention, Sentence, Span
from kg.namespaces import CKG
from kg.recognise.reading import STORY
from kg.relate.facts import Facts, day, iri, literal

_LIGHT = (
    r"(?:về|việc|để|nhằm|đã|được|đang|và|cùng|tổ chức|ban hành|tích cực|chủ động|tốt|kịp thời|góp phần|tiếp|cụ thể|một bước|nghiêm túc|sâu rộng|"
    r"hiệu quả|có hiệu quả|các|nội dung|những|tinh thần|của|theo|đầu tiên|trực tiếp|toàn văn|mục tiêu|quan điểm|chỉ đạo|trên địa bàn tỉnh|trong tỉnh|nhiệm vụ|giải pháp|"
    r"tại|trong|từ|lớn|mục tiêu,|chương trình hành động|kế hoạch|một số|điều|khoản|quy định|chủ trương|cả|lại|cũng|chính là|,)"
)
_ADVERBS = r"(?:đã |vừa |chính thức |kịp thời |cũng |liền |thì |lại |mới |còn |trước đó |thảo luận và |xây dựng và |xây dựng, )*"
_MADE = re.compile(rf"(?<!\w){_ADVERBS}(?:(?P<sure>(?:ký )?ban hành|ra|ký|(?<=vừa )có|(?<=đã )có)|có|thông qua|công bố)\s+(?:\w+ \w+ )?$")
# what is not so, or not yet so, states no relation
_UNREAL = re.compile(r"(?<!\w)(?:chưa|không|sẽ|cần|đề nghị|trong khi|nếu|kiến nghị|đề xuất|dự kiến|nghiên cứu (?:sửa|thay|bổ))(?!\w)")
# "quán triệt A và thực hiện B", "…, việc thực hiện B": verbs side by side, not A's predicate
_COORDINATED = re.compile(r"\s*(?:,?\s*và\s+(?!được)|,\s*(?:việc|triển khai|thực hiện|tổ chức)\s)|.*,\s*việc\s")
_GOVERNS = re.compile(
    r"(?:thực hiện|triển khai|quán triệt|học tập|phổ biến|nghiên cứu|sửa đổi|bổ sung|khoản \d+,?|điều \d+,?|nghe|kiểm tra|giám sát|theo|tại|trong|sau|trước|từ|ngoài|bên cạnh|cùng với|kèm theo|xem xét|về|với|việc|ý|dẫn)"
    r"\s+(?:(?:tốt|nghiêm túc|có hiệu quả|hiệu quả|nội dung|các|những|toàn văn|tinh thần|của|và|đúng|đầy đủ)\s+)*$"
)
_BY_SIGNER = re.compile(r"\s*,?\s*do [^;]{2,150}? (?:ký )?ban hành ")
_BARE = re.compile(r"(?:để|nhằm) (?:tổ chức |triển khai )*thực hiện,")
_PREFIXES = {"BTG": "ban-tuyen-giao", "BTC": "ban-to-chuc", "BDV": "ban-dan-van", "BNC": "ban-noi-chinh", "UBKT": "uy-ban-kiem-tra", "VP": "van-phong", "BĐN": "ban-doi-ngoai", "BKT": "ban-kinh-te"}
_SAID_IN = re.compile(r"\s(?:tại|trong|ở)\s$")
_SERIES = {  # the organ part of a symbol → whose series it is (Hướng dẫn 36-HD/VPTW, II.1.3)
    "TW": re.compile(r"bo-chinh-tri|ban-bi-thu|ban-chap-hanh-trung-uong"),
    "TU": re.compile(r"(?:.*-)?(?:tinh-uy|thanh-uy)(?:-.*)?|ban-chap-hanh-dang-bo-(?:tinh|thanh-pho).*"),
    "HU": re.compile(r"(?:.*-)?huyen-uy(?:-.*)?"),
    "QU": re.compile(r"(?:.*-)?quan-uy(?:-.*)?"),
    "ĐU": re.compile(r"(?:.*-)?dang-uy(?:-.*)?"),
    "ĐUK": re.compile(r"(?:.*-)?dang-uy-khoi(?:-.*)?"),
    "UBND": re.compile(r"ubnd-.*|ubnd"),
    "HĐND": re.compile(r"hdnd-.*|hdnd"),
    "CP": re.compile(r"chinh-phu"),
    "TTg": re.compile(r"thu-tuong.*|chinh-phu"),
}
_OPENING = re.compile(r"^\s*(?:để\s+|nhằm\s+)?$")
_PLENUM = re.compile(r"hội nghị lần thứ \w+")
_COUNTED_DAY = re.compile(r"cùng (?:ký|ban hành)(?: ban hành)? (?:ngày|vào ngày)\s*$")


def state_documents(page: Page, facts: Facts) -> None:
    """Type, number, symbol, dates, issuers, subject of each document."""
    _spread_issuers(page)
    _spread_dates(page)
    for entity in page.documents.entities:
        first = min(entity.mentions, key=lambda m: m.start)
        kind = page.reading.lexicon.documents[entity.type]
        sentence = page.reading.sentence_at(first.start)
        facts.entity(entity.iri, CKG[entity.type], literal(label_of(entity, kind.label), "vi"), sentence)
        words = Span(first.start, first.end)
        if entity.number:
            facts.add(entity.iri, CKG.documentNumber, literal(entity.number), sentence, words)
        if entity.symbol:
            where = next(m for m in entity.mentions if m.symbol)
            at, span = page.reading.sentence_at(where.start), Span(where.start, where.end)
            facts.add(entity.iri, CKG.symbol, literal(entity.symbol), at, span)
            facts.add(entity.iri, CKG.code, literal(code_of(entity)), at, span)
        for m in sorted(entity.mentions, key=lambda m: m.start):
            _state_reference(page, facts, entity, m)


def label_of(entity: DocumentEntity, kind: str) -> str:
    """The name that a reader knows: "Chỉ thị số 32-CT/TW", or a document's own name."""
    if entity.number:
        return f"{kind} số {code_of(entity) if entity.symbol else entity.number}"
    if entity.name:
        return entity.name if entity.name.lower().startswith(kind.lower()) else f"{kind} “{entity.name}”"
    return f"{kind} của {entity.issuers[0][0].label}" if entity.issuers else kind


def code_of(entity: DocumentEntity) -> str:
    """Normal form: Party `32-CT/TW`, state `03/NQ-CP`, `30/2020/NĐ-CP`."""
    return f"{entity.number}{'-' if '/' in entity.symbol else '/'}{entity.symbol}"


def _state_reference(page: Page, facts: Facts, entity: DocumentEntity, m: DocumentMention) -> None:
    sentence = page.reading.sentence_at(m.start)
    if m.date and m.date.kind == "full":
        facts.add(entity.iri, CKG.issuedOn, day(m.date.iso), sentence, Span(m.date.start, m.date.end))
    elif m.date and m.date.kind == "bad":
        facts.add(entity.iri, CKG.dateAsWritten, literal(page.reading.squeeze(m.date.start, m.date.end)), sentence, Span(m.date.start, m.date.end))
    for organ in m.issuers:
        issuer = page.organ(organ)
        if issuer:
            facts.add(entity.iri, CKG.issuedBy, iri(issuer.iri), page.reading.sentence_at(m.start), Span(organ.start, organ.end))
    if m.name and not m.subject and not entity.number:
        facts.add(entity.iri, CKG.subjectMatter, literal(entity.name, "vi"), sentence, Span(m.start, m.end))
    if m.subject and (not m.demonstrative or m.tail > m.end):
        words = page.reading.squeeze(*m.subject)
        facts.add(entity.iri, CKG.subjectMatter, literal(words, "vi"), sentence, m.subject)


def _spread_issuers(page: Page) -> None:
    """An issuer given once for a list: "A và B của Bộ Chính trị", "A và B, đều của Ban Bí thư", a plenum's committee."""
    r = page.reading
    mentions = [m for m in page.document_mentions if page.document(m) and not m.inside]
    for a, b in zip(reversed(mentions[:-1]), reversed(mentions), strict=False):
        one, two = page.document(a), page.document(b)
        if not one or not two or one is two or not b.issuers or any(m.issuers for m in one.mentions):
            continue
        joined = re.fullmatch(r"\s*(?:,|và|;|,\s*và)\s*", r.shadow[a.tail : b.start])
        if joined and not a.subject and _same_series(a, b):
            a.issuers = list(b.issuers)
    _all_same(page, mentions)
    _by_issue(page, mentions)
    _by_signing(page, mentions)
    _by_place_of_saying(page, mentions)
    _by_plenum(page)


def _same_series(a: DocumentMention, b: DocumentMention) -> bool:
    tail = lambda m: m.symbol.rpartition("/")[2]  # noqa: E731
    return tail(a) == tail(b) if a.symbol or b.symbol else a.type == b.type


def _all_same(page: Page, mentions: list[DocumentMention]) -> None:
    """"…, đều của Ban Bí thư": the issuer of every document that the sentence names before."""
    r = page.reading
    pattern = r.lexicon.pattern(r"{all-same} ")
    organs = {o.start: o for o in page.organ_mentions}
    for s in r.sentences:
        for m in pattern.finditer(r.shadow, s.start, s.end):
            organ = organs.get(m.end())
            for d in mentions:
                if organ and s.start <= d.start < m.start() and not d.issuers:
                    d.issuers = [organ]


def _by_issue(page: Page, mentions: list[DocumentMention]) -> None:
    """"Ngày 15/6/2023, Bộ Chính trị ban hành Kết luận số 57-KL/TW": issuer, and the date before it."""
    r = page.reading
    in_posts = [(p.start, p.end) for p in page.posts]
    made_before: tuple[DocumentMention, OrganMention] | None = None
    for d in mentions:
        s = r.sentences[r.sentence_at(d.start)]
        made = _MADE.search(r.shadow, max(s.start, d.start - 60), d.start)
        if not made and made_before and s.start <= made_before[0].start and re.fullmatch(r"\s*(?:và|,)\s*", r.shadow[made_before[0].tail : d.start]):
            if not d.issuers and _in_series(page, d, made_before[1], False):
                d.issuers = [made_before[1]]  # "ban hành A và B"
                made_before = (d, made_before[1])
            continue
        if not made or not d.number:
            continue
        before = [o for o in page.organ_mentions if s.start <= o.start and o.end <= made.start() + 1 and not o.generic]
        maker = before[-1] if before and not r.shadow[before[-1].end : made.start()].strip() else None
        if maker and any(a <= maker.start < b for a, b in in_posts):
            maker = None
        if maker is None and before and re.search(r"; [^;]{0,24}$", r.shadow[before[-1].end : made.start() + 1]):
            maker = next((x for m in mentions if s.start <= m.start < d.start for x in m.issuers), None)
        if maker and not _in_series(page, d, maker, bool(made.group("sure"))):
            maker = None
        person = next((p for p in page.person_mentions if s.start <= p.start and not r.shadow[p.right : made.start()].strip()), None)
        if maker:
            made_before = (d, maker)
        if maker and not d.issuers:
            d.issuers = [maker]
        start = maker.start if maker else person.left if person else -1
        if start >= 0 and not d.date:
            d.date = next((x for x in r.dates if x.kind == "full" and s.start <= x.start and x.end <= start and re.fullmatch(r"\s*,?\s*", r.shadow[x.end : start])), None)
            entity = page.document(d)
            if d.date and entity:
                entity.dates.append((d.date, d))


def _by_signing(page: Page, mentions: list[DocumentMention]) -> None:
    """"do đồng chí …, thay mặt Ban Thường vụ Tỉnh ủy ký": who signs for an organ signs the organ's paper."""
    r = page.reading
    for o in page.organ_mentions:
        if not r.shadow[max(0, o.start - 9) : o.start].endswith("thay mặt ") or not re.match(r"\s*(?:đã )?ký", r.shadow[o.end : o.end + 8]):
            continue
        s = r.sentences[r.sentence_at(o.start)]
        before = [d for d in mentions if s.start <= d.start < o.start and not d.inside and d.number]
        entity = page.document(before[-1]) if before else None
        if entity and not any(m.issuers for m in entity.mentions) and _in_series(page, before[-1], o, True):
            before[-1].issuers = [o]


def _by_place_of_saying(page: Page, mentions: list[DocumentMention]) -> None:
    """"chỉ đạo của Ban Bí thư tại Chỉ thị số 13-CT/TW": what an organ says in a paper, it says in its own."""
    r = page.reading
    for d in mentions:
        if d.issuers or not d.symbol or not _SAID_IN.search(r.shadow, max(0, d.start - 8), d.start):
            continue
        maker = next((o for o in page.organ_mentions if 0 <= d.start - o.end <= 8 and not o.generic), None)
        if maker and _in_series(page, d, maker, False):
            d.issuers = [maker]


def _in_series(page: Page, d: DocumentMention, maker: OrganMention, sure: bool) -> bool:
    """Whether the number's symbol is of the maker's series; without a symbol only "ban hành" and its like will do."""
    entity, organ = page.document(d), page.organ(maker)
    symbol = d.symbol or (entity.symbol if entity else "")
    if not organ or not symbol:
        return sure and organ is not None
    tail = symbol.replace("/", "-").rpartition("-")[2]
    series = _SERIES.get(tail)
    prefix = next((v for k, v in _PREFIXES.items() if tail.startswith(k) and tail.endswith(("TW", "TU"))), "")
    if prefix:
        return organ.key.startswith(prefix)
    if series is None:
        return sure or symbol.rpartition("-")[2].startswith("QH") and organ.key == "quoc-hoi"
    return bool(series.fullmatch(organ.key))


def _by_plenum(page: Page) -> None:
    """"các Nghị quyết Hội nghị lần thứ Tám, Ban Chấp hành Trung ương Đảng khóa XIII": the committee issued the list."""
    r = page.reading
    for head in page.document_mentions:
        if not head.plural or not _PLENUM.match(r.shadow, r.skip(head.end)):
            continue
        s = r.sentences[r.sentence_at(head.start)]
        committee = next((o for o in page.organ_mentions if head.end <= o.start < min(s.end, head.end + 60) and o.register == "ban-chap-hanh-trung-uong"), None)
        for entity in page.documents.entities:
            if committee and entity.type == head.type and not entity.issuers and entity.symbol.endswith("/TW") and not any(m.issuers for m in entity.mentions):
                entity.mentions[0].issuers = [committee]


def _spread_dates(page: Page) -> None:
    """"Bốn nghị quyết cùng ký ngày 24/11/2023 …:" dates the list; "cùng ngày với" takes the other's date."""
    r = page.reading
    for x in r.dates:
        before = r.shadow[max(0, x.start - 30) : x.start]
        if x.kind != "full" or not _COUNTED_DAY.search(before):
            continue
        s = r.sentences[r.sentence_at(x.start)]
        head = next((m for m in page.document_mentions if s.start <= m.start < x.start and m.plural), None)
        undated = [e for e in page.documents.entities if head and e.type == head.type and not e.dates and e.number and e.first > x.end]
        for entity in undated:
            entity.mentions[0].date = x
            entity.dates.append((x, entity.mentions[0]))
    for m in page.document_mentions:
        same = r.lexicon.pattern(r"{same-day} $").search(r.shadow, max(0, m.start - 40), m.start)
        entity = page.document(m)
        if not same or not entity or entity.dates:
            continue
        s = r.sentences[r.sentence_at(m.start)]
        other = next((page.document(x) for x in page.document_mentions if s.start <= x.start < m.start and page.document(x)), None)
        if other and other.dates and other is not entity:
            m.date = other.dates[0][0]
            entity.dates.append((m.date, m))


class Relations:
    """Reads the relations between documents, sentence by sentence."""

    def __init__(self, page: Page, facts: Facts) -> None:
        self.page, self.facts, self.r = page, facts, page.reading
        p = page.reading.lexicon.pattern
        light = _LIGHT.replace(" ", r"\s+")
        self.implement = p(rf"^\s*(?:,\s*)?(?:{light}\s*)*{{implement}}\s*(?:{light}\s*)*$")
        self.far_implement = p(r"(?:để|nhằm) (?:tổ chức )?{implement}(?: (?:có )?hiệu quả| tốt| thắng lợi| kịp thời| nghiêm túc)*\s*(?:các nội dung (?:của )?)?$")
        self.review = p(r"{review}")
        self.based = p(rf"^[^;]{{0,60}}?{{based-on}}\s*(?:[\w,-]+\s+){{0,9}}?(?:của\s+|tại\s+|trong\s+|thực hiện\s+)?$")
        # a clause of the same subject: "…, gồm 5 chương, có hiệu lực từ ngày ký, | thay thế | …"
        self.far_replace = p(r"^[^;.]{0,90}?[\s,]{replace} (?:cho |cả |toàn bộ )?$")
        self.far_amend = p(r"^[^;.]{0,90}?[\s,](?:sửa đổi, bổ sung|sửa đổi và bổ sung|sửa đổi|đồng thời bổ sung) (?:một số |các )?(?:điều |nội dung )?(?:của |trong |tại )?$")
        self.far_succeed = p(r"^[^;.]{0,60}?,? (?:{succeed}) (?:tinh thần )?(?:của )?$")
        self.rests_passive = p(r"^[\s,]*(?:đã |sẽ )?được (?:\w+ ){0,3}?{based-on} (?:bằng|qua|tại|trong) (?:các |một )?$")
        self.carried_passive = p(r"^[\s,]*(?:đã )?được (?:\w+ ){0,4}?{implement} (?:bằng|qua) (?:các |một )?$")
        self.is_ground = p(r"^[\s,]*là (?:căn cứ|cơ sở) để (?:[\w ]{2,60}? )?(?:ban hành|xây dựng|ra) $")
        self.taken_up = p(r"^\s*(?:(?P<succeed>{succeed})|(?P<replace>{replace})|(?P<amend>{amend}))(?!\w)")
        self.study = p(r"^\s*về (?:việc )?(?:(?:nghiên cứu|học tập|quán triệt|tuyên truyền|phổ biến)(?:, | và ))+(?:tổ chức )?{implement} $")
        self.means_cue = p(r"(?P<cue>{based-on}|{implement})(?P<what> [^.;:,]{2,60})$")
        self.both = p(r"{replace} (?:cả )?hai văn bản (?:này|trên|trước|đó)")
        self.by_means = p(r"(?P<cue>{based-on}|{implement})(?P<what>[^.;:]{2,60}?) bằng (?:các |một |\w+ )?$")
        self.amend = p(rf"^\s*(?:,\s*)?(?:{light}\s*)*{{amend}}\s*(?:{light}\s*)*$")
        self.amended = p(r"^[\s,(]*(?:đã |vừa |mới |vừa mới )?được {amend} (?:một số điều |một số nội dung )?{passive} (?:theo |tại )?$")
        self.replace = p(rf"^\s*(?:,\s*)?(?:{light}\s*)*{{replace}}\s*(?:{light}\s*)*$")
        self.replaced = p(r"^[\s,(]*(?:đã |vừa |mới )?(?:được|bị) {replace} {passive} $")
        self.succeed = p(rf"^\s*(?:,\s*)?(?:{light}\s*)*{{succeed}}\s*(?:{light}\s*)*$")
        self.cue_implement = p(r"^\s*(?:(?:để|nhằm) )?(?:tiếp tục )?{implement}\s*(?:nghiêm túc |tốt |có hiệu quả |hiệu quả |các nội dung của )*$")
        self.cue_based = p(r"^\s*(?:và )?(?:(?:để|nhằm) )?{based-on}\s*$")

    def read(self) -> None:
        """All relations of the article."""
        by_sentence: dict[int, list[DocumentMention]] = {}
        for m in self.page.document_mentions:
            if self.page.document(m) and id(m) not in self.page.documents.bare:
                by_sentence.setdefault(self.r.sentence_at(m.start), []).append(m)
        for number in sorted(by_sentence):
            sentence = self.r.sentences[number]
            mentions = by_sentence[number]
            if sentence.zone in STORY:
                self._pairs(number, mentions)
                self._opening(sentence, number, mentions)
                self._means(sentence, number, mentions)
                self._both(sentence, number, mentions)
                self._bare_opening(sentence, number, mentions)

    def _pairs(self, number: int, mentions: list[DocumentMention]) -> None:
        subject: DocumentMention | None = None
        said: tuple[str, bool] | None = None
        for a, b in zip(mentions, mentions[1:], strict=False):
            if a.subject and a.subject.start <= b.start < a.subject.end:
                start = a.subject.start
            else:
                start = max(a.tail if not a.subject or a.tail <= b.start else a.end, a.end)
            gap = self.r.shadow[start : b.start]
            if subject and said and (a.type == b.type or said[0] in (CKG.basedOn, CKG.replaces) or _same_series(a, b) and a.symbol) and re.fullmatch(r"\s*(?:,|và|,\s*và)\s*(?:các\s+)?", gap):
                self._say(number, subject, b, said, a.start)
                continue
            if subject and (self.page.document(a) is self.page.document(b) or re.match(r"\s*,?\s*(?:để|đồng thời)\s", gap)):
                said = self._relate(number, subject, b, gap, start)
                continue
            said = self._relate(number, a, b, gap, start)
            subject = a if said else subject

    def _relate(self, number: int, a: DocumentMention, b: DocumentMention, gap: str, start: int) -> tuple[str, bool] | None:
        own = bool(a.subject and a.subject.start <= b.start < a.subject.end)
        found = self._taken_up(gap, b) or (self._reading(gap, start, b.start) if len(gap) < 240 and (own or not self._governed(a)) else None)
        return found if found and self._say(number, a, b, found, start) else None

    def _taken_up(self, gap: str, b: DocumentMention) -> tuple[str, bool] | None:
        """"A được B tiếp nối", "A đã được B thay thế": the verb stands behind its agent."""
        if not re.fullmatch(r"[\s,]*(?:đã |vừa )?được ", gap):
            return None
        m = self.taken_up.match(self.r.shadow[b.tail : b.tail + 40])
        if not m:
            return None
        return (CKG.succeeds if m.group("succeed") else CKG.replaces if m.group("replace") else CKG.amends), False

    def _governed(self, a: DocumentMention) -> bool:
        """Whether the document is the object of a verb that is not issuing: then what follows is not its own predicate."""
        return bool(_GOVERNS.search(self.r.shadow, max(0, a.start - 40), a.start))

    def _say(self, number: int, a: DocumentMention, b: DocumentMention, found: tuple[str, bool], start: int) -> bool:
        predicate, forward = found
        one, two = self.page.document(a), self.page.document(b)
        if not one or not two or one is two:
            return False
        if not forward:
            one, two = two, one
        self.facts.add(one.iri, predicate, iri(two.iri), number, Span(min(a.start, start), b.end))
        return True

    def _reading(self, gap: str, start: int, end: int) -> tuple[str, bool] | None:
        """The relation that the words between two documents state, and whether the first is its subject."""
        if _UNREAL.search(gap) or _COORDINATED.match(gap):
            return None
        if self.amended.search(gap):
            return CKG.amends, False
        if self.replaced.search(gap):
            return CKG.replaces, False
        if self.succeed.search(gap) or not self._interrupted(gap, start, end) and self.far_succeed.search(gap):
            return CKG.succeeds, True
        clear = not self._interrupted(gap, start, end)
        if self.replace.search(gap) or clear and self.far_replace.search(gap):
            return CKG.replaces, True
        if self.rests_passive.search(gap) or self.is_ground.search(gap):
            return CKG.basedOn, False
        if self.carried_passive.search(gap):
            return CKG.implements, False
        if "hợp nhất" in gap:
            return None
        if self.based.search(gap):
            return CKG.basedOn, True
        if self.study.search(gap):
            return CKG.implements, True
        if self.review.search(gap):
            return None
        if self.amend.search(gap) or clear and self.far_amend.search(gap):
            return CKG.amends, True
        if self.implement.search(gap):
            return CKG.implements, True
        if self.far_implement.search(gap) and len(gap) < 200 and (_BY_SIGNER.match(gap) or not self._interrupted(gap, start, end)):
            return CKG.implements, True
        return None

    def _interrupted(self, gap: str, start: int, end: int) -> bool:
        """Whether somebody or something else steps between, so that the clause may be of another subject."""
        if re.search(r"[;:.]", gap):
            return True
        return any(start <= o.start < end for o in self.page.organ_mentions) or any(start <= p.start < end for p in self.page.person_mentions)

    def _opening(self, sentence: Sentence, number: int, mentions: list[DocumentMention]) -> None:
        """"Thực hiện B, Tỉnh ủy đã ban hành A": A implements B; "Căn cứ B, … ban hành A": A is based on B."""
        outer = [m for m in mentions if not m.inside]
        if len(outer) < 2:
            return
        for i, target in enumerate(outer[:-1]):
            self._opened_by(sentence, number, target, outer[i + 1 :])

    def _opened_by(self, sentence: Sentence, number: int, target: DocumentMention, others: list[DocumentMention]) -> None:
        opening = self.r.shadow[sentence.start : target.start]
        clause = max(opening.rfind(", "), opening.rfind("; ")) + 1
        carries, rests = self.cue_implement.search(opening[clause:]), self.cue_based.search(opening[clause:])
        if not carries and not rests:
            return
        for m in others:
            made = _MADE.search(self.r.shadow, max(target.tail, m.start - 45), m.start)
            if ";" in self.r.shadow[target.tail : m.start]:
                break
            if made and self._somebody(target.tail, made.start() + 1) and self.page.document(m) is not self.page.document(target):
                predicate = CKG.implements if carries else CKG.basedOn
                one, two = self.page.document(m), self.page.document(target)
                if one and two:
                    self.facts.add(one.iri, predicate, iri(two.iri), number, Span(sentence.start, m.end))

    def _means(self, sentence: Sentence, number: int, mentions: list[DocumentMention]) -> None:
        """"Tỉnh ủy cụ thể hóa cả hai nghị quyết này bằng Chương trình hành động số 14": the programme rests on both."""
        for m in mentions:
            entity = self.page.document(m)
            found = self.by_means.search(self.r.shadow, sentence.start, m.start) or self._named_means(sentence, mentions, m)
            if not found or not entity or m.inside:
                continue
            based = bool(re.search(r"căn cứ|cụ thể hóa|cơ sở|dựa", found.group("cue")))
            targets = [self.page.document(x) for x in mentions if found.start("what") <= x.start < found.end("what")]
            for head, group in self.page.documents.groups:
                if found.start("what") <= head.start < found.end("what"):
                    targets += group[-2:] if "hai" in self.r.shadow[head.start - 5 : head.start] else group
            for other in targets:
                if other and other is not entity:
                    self.facts.add(entity.iri, CKG.basedOn if based else CKG.implements, iri(other.iri), number, Span(found.start(), m.end))
            maker = next((o for o in reversed(self.page.organ_mentions) if sentence.start <= o.start and o.end <= found.start() + 1 and not o.generic), None)
            if maker and not entity.issuers and not self.r.shadow[maker.end : found.start()].strip() and _in_series(self.page, m, maker, True):
                organ = self.page.organ(maker)
                if organ:
                    self.facts.add(entity.iri, CKG.issuedBy, iri(organ.iri), number, Span(maker.start, maker.end))

    def _named_means(self, sentence: Sentence, mentions: list[DocumentMention], m: DocumentMention) -> re.Match[str] | None:
        """The same with a document that has a date or a title of its own between."""
        for x in mentions:
            if x.start < m.start and re.fullmatch(r"\s*bằng\s+(?:các |một |\w+ )?", self.r.shadow[x.tail : m.start]):
                return self.means_cue.search(self.r.shadow, max(sentence.start, x.start - 40), x.end)
        return None

    def _both(self, sentence: Sentence, number: int, mentions: list[DocumentMention]) -> None:
        """"… đồng thời thay thế cả hai văn bản này": the documents that the sentence names before, but for its subject."""
        m = self.both.search(self.r.shadow, sentence.start, sentence.end)
        outer = [x for x in mentions if m and x.type and x.start < m.start() and not x.inside]
        if not m or len(outer) != 3:
            return
        for other in outer[1:]:
            self._say(number, outer[0], other, (CKG.replaces, True), sentence.start)

    def _bare_opening(self, sentence: Sentence, number: int, mentions: list[DocumentMention]) -> None:
        """"Để thực hiện, Tỉnh ủy ra Kế hoạch …": what is carried out is the document spoken of in the sentence before."""
        if number == 0 or not _BARE.match(self.r.shadow, sentence.start):
            return
        before = self.r.sentences[number - 1]
        spoken = next((m for m in self.page.document_mentions if before.start <= m.start < before.end and not m.inside and self.page.document(m)), None)
        for m in mentions:
            made = _MADE.search(self.r.shadow, max(sentence.start, m.start - 45), m.start)
            if spoken and made and not m.inside and self._somebody(sentence.start, made.start() + 1):
                self._say(number, m, spoken, (CKG.implements, True), sentence.start)

    def _somebody(self, start: int, end: int) -> bool:
        found: list[OrganMention] = [o for o in self.page.organ_mentions if start <= o.start < end]
        return bool(found) or bool(re.search(r"\b(?:tỉnh|huyện|thành phố|đảng bộ)\b", self.r.shadow[start:end]))
