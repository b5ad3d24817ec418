"""References to documents: type, number, symbol, and the tail that dates, issues and names them.

Numbers are anchored on digits behind a type's words. Party form `N-SYMBOL/ORGAN`, state form `N[/YEAR]/SYMBOL-ORGAN`
(Quy định 66-QĐ/TW, Nghị định 30/2020/NĐ-CP), and the broken forms that newspapers print.
"""

from __future__ import annotations

import re

from kg.lexicon import Token
from kg.model import Date, DocumentMention, OrganMention, Span
from kg.recognise.reading import STORY, Reading, senses

_ORGAN = r"(?:tw|tư|t\.ư|tu|hu|qu|đu[a-zđ]*|[a-zđ]{1,8}tw|[a-zđ]{1,8}tu|bcđ[a-zđ]*|ubnd|hđnd|cp|ttg|ubtvqh\d*|qh\d{0,2}|mttq[a-zđ-]*|[a-zđ&]{2,12}\d{0,2})"
_NUMBER = re.compile(
    r"\s*(?:mang\s+)?(?:(?:s[ốôo]|số)\s*){0,2}:?\s*(?P<n>\d{1,5})(?P<rest>"
    r"\s?/\s?(?P<year>(?:19|20)\d\d)\s?/\s?(?P<sym3>[a-zđ]{1,5})(?:\s?-\s?(?P<org3>[a-zđ]{2,10}\d{0,2}))?(?P<law>\d{1,2})?"
    r"|\s?/\s?(?P<year2>(?:19|20)\d\d)(?!\s?/|\d)"
    rf"|\s?[-/]?\s?(?P<sym>[a-zđ]{{2,4}})\s?[/-]\s?(?P<org>{_ORGAN}(?:-[a-zđ]{{2,5}}(?=[\s,.;)]|$))*)"
    r")?(?![\w%])"
)
# types that a bare number may follow; of the others ("phương án 2", "dự án 7") only with "số" or a symbol
_BARE = frozenset(("Directive", "Resolution", "Conclusion", "Regulation", "Decision", "Decree", "Circular", "StateCircular", "Notice", "Guidance"))
_FOLLOWS = re.compile(
    r"\s*(?:$|[,;.:)(\"'…?!]|\s-\s|(?:của|về|ngày|và|với|được|là|đã|trên|trong|tại|cho|đến|vào|gồm|mà|thì|để|có|không|mới|này|xuống|đi|từ|do|ở|khi|sau|trước|nhằm|cũng|vẫn|còn|như|nói trên|lo|"
    r"triển khai|thực hiện|ban hành|quán triệt|nêu|yêu cầu|đặt|xác định|nhấn|ra đời|sẽ|đang|cùng|hay|hoặc|bằng|theo|rồi|chỉ|khác|nhiệm kỳ|khóa|thay thế|sửa đổi|bổ sung|cụ thể|tiếp|thành|kịp|chưa|rất|đúng)(?!\w))"
)
_STRONG = re.compile(r"(?:số|sô)\s*:?\s*0*(\d{1,5})(?!\d)|0*(\d{1,5})\s?[-/]\s?[a-zđ]{2,4}\s?[/-]")
# "Quy chế làm việc | số 04-QC/TU": a word or three between the type and its number, if a symbol follows
_DESCRIBED = re.compile(r"\s+(?!số)(?:\w+\s+){1,3}?(?=số\s*:?\s*\d{1,5}\s?[-/]\s?[a-zđ]{2,4}\s?[/-])")
_WITH_SO = re.compile(r"\s*(?:mang\s+)?(?:số|sô|so)\b")
_COUNTING = re.compile(
    r"\s*(?:năm|tháng|ngày|nội dung|nhiệm vụ|giải pháp|chỉ tiêu|điều|lần|tỷ|triệu|nghìn|người|nhóm|điểm|văn bản|bài|khâu|"
    r"đột phá|mục tiêu|vấn đề|bước|giai đoạn|-\s?\d{4}|,\d|\.\d)"
)
_MORE = re.compile(
    r"\s*(?:,|;|và|,\s*và)\s*(?:số\s*)?(?P<n>\d{1,4})(?:\s?-\s?(?P<sym>[a-zđ]{2,4})\s?/\s?(?P<org>[a-zđ]{2,8}))?(?=\s*(?:[,;.)]|và|của|về|ngày|\(|$))"
)
_LISTED = re.compile(r"[^.;:]{0,80}?(?:gồm|là|như sau|sau đây)?\s*:\s*(?:(?:nghị quyết|chỉ thị|kết luận)?\s*(?:các\s*)?(?:số\s*)?)(?=\d)")
_THIS = re.compile(r"\s*(?:này|nói trên|nêu trên|trên đây|ấy)(?!\w)")
_PLURAL = re.compile(
    r"(?:^|\s)(?:các|những|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|\d{1,2}|một số|nhiều|cùng)\s+(?:bản\s+|dự thảo\s+)?$"
    r"|(?:^|\s)(?:các|những|nhiều|một số)\s+(?:\w+\s\w+(?:\s\w+\s\w+)?(?:,\s|\svà\s))+$"
)
_CONGRESS = re.compile(
    r"\s*(?:của\s+)?(?:hội nghị lần thứ (?P<ordinal>\w+(?: \w+)?),?\s+(?:của\s+)?(?P<committee>(?:ban chấp hành|bch)\s+(?:trung ương|tw)(?:\s+đảng)?)(?:\s*,?\s*\(?khóa\s+[ivx\d]+\)?)?|đại hội(?: đại biểu)?(?: toàn quốc)?(?: đảng bộ [^,.;()]{2,40}?)?(?: đảng)?\s+(?:lần thứ\s+)?(?P<congress>[ivx]+|\d{1,2})(?: của đảng)?(?!\w)"
    r"|(?:hội nghị\s+)?(?:bch\s+)?(?:trung ương|t\.ư|tw)\s+(?:lần thứ\s+)?(?P<plenum>\d{1,2}|[ivx]+|\w+)"
    r"(?:\s*,?\s*\(?khóa\s+(?P<term>[ivx]+|\d{1,2})(?P<more>(?:\s*(?:,|và)\s*khóa\s+(?:[ivx]+|\d{1,2}))*)\)?))"
)
_DATE_LINK = re.compile(r"\s*(?:,\s*)?(?:\(\s*)?(?:ban hành\s+|ký\s+|ký ban hành\s+|ra\s+)?(?:vào\s+)?(?:ngày\s+)?$")
_GOES_ON = re.compile(r'\s*(?:$|[,.;:)("]|(?:của|về|do|và|ký|thực hiện|cũng|cùng|có hiệu lực|v/v|khóa)(?!\w))')
_SAME_DAY = re.compile(r"cùng ngày (?:ban hành )?(?:với )?$")
_PAPER = re.compile(r"(?<![\w/])(?:(?<=đó là )văn bản|(?<=đây là )văn bản|văn bản này(?! số)|văn bản(?= (?:thay thế|được |sửa đổi|căn cứ|cụ thể hóa|triển khai |kế thừa)))(?: này)?(?!\w)")
_ISSUED_BY = re.compile(r"\s*(?:,?\s*(?:cùng\s+)?(?:được|do)\s+|,\s*)")
_ISSUES = re.compile(r"\s*(?:đã\s+|chính thức\s+|vừa\s+)?(?:(?:ký\s+)?ban hành|ký|thông qua)(?!\w)")
# behind the second issuer of "của A, B": the reference goes on or ends; a verb would make B a new subject
_ENDS_THERE = re.compile(r"\s*(?:$|[.;,:()\"]|(?:về|ngày|do|tại|và|trong|năm|khóa)(?!\w))")
_PLENUM = re.compile(r"hội nghị (?:lần thứ \w+|trung ương \w+)(?:,? \(?khóa [ivx\d]+\)?)?")
_TITLED = re.compile(r"\s*,\s*(?:có|với|mang)\s+(?:tiêu đề|tên|trích yếu)(?=\s*[:\"])")
_OF = re.compile(r"\s*,?\s*(?:vốn\s+)?(?:cũng\s+)?(?:của|do)\s+(?:đồng chí\s+|hội nghị (?:lần thứ \w+|trung ương \w+),?\s+(?:của\s+)?)?")
_AND_OF = re.compile(r"\s*(?:,|và)\s*(?:của\s+)?")
_ABOUT = re.compile(r"\s*[,-]?\s*(?:(?:nói |bàn |gửi [^,.;:]{3,60}?\s)?về(?: việc)?|v/v)\s+(?!đích)")
_QUOTE = re.compile(r'\s*[,:-]?\s*(?:về\s+)?(?:việc\s+)?"')
_VERBAL = re.compile(r"\s*,?\s*(?=(?:triển khai )?thực hiện |sửa đổi, bổ sung |sửa đổi |phê duyệt |thành lập |hướng dẫn (?:thực hiện|thi hành) )")
_REGULATES = re.compile(r"\s*,?\s*(?=quy định (?:chi tiết|mức|giá|về|một số|chính sách|chức năng|tiêu chuẩn|việc) )")
_SUBJECT_END = re.compile(
    r"[;:!?\n\"(]|\.(?=\s|$)|\.{3}|…|\s(?:đã|sẽ|đang|vừa|mà|do(?= [^,.;]{3,60}(?:tổ chức|chủ trì|ban hành|soạn thảo))|vẫn|cũng|là(?= (?:một|cơ sở|căn cứ|bước|sự|nội dung))|có(?= hiệu lực)|hoặc(?= thực))\s|\s(?:tới|đến) từng\s"
    r"|,\s(?=(?:gắn với|đồng thời|dù|nhưng|trong đó|trong khi|sau khi|do|nhằm|để|tại|còn|được|đã|sẽ|cùng|kết nối|theo|khi|mà|thì|bởi|vì|nên|là|có|qua đó|với sự|từ đó|cũng|chiều|sáng|ngày|cho|"
    r"đồng chí|ông|bà|yêu cầu|đề nghị|giao|tỉnh ủy|thành ủy|huyện ủy|ban thường vụ|ubnd|các đại biểu|hội nghị|đảng ủy|tỉnh|huyện|đến nay|chúng tôi|tôi|đảng bộ|phù hợp|tiếp nối|kế thừa|thay thế|căn cứ|trên cơ sở|thay cho|sửa đổi|thực hiện nghị quyết|đây|một|việc|nội dung|trên địa bàn|và (?:kế hoạch|chương trình))(?!\w))"
    r"|\svà\s(?=kế hoạch|chương trình hành động)|\stheo\s(?=tờ trình|đề nghị|kết luận|công văn|tinh thần)"
)
_LOOKS_LIKE = re.compile(r"(?:giấy phép|giấy)\s*$")
_QUOTED = re.compile(r'"([^"]{6,400})"')


class DocumentGrammar:
    """Finds the documents that one article refers to. Needs the article's organs."""

    def __init__(self, reading: Reading, organs: list[OrganMention]) -> None:
        self.r = reading
        self.organ_at = {o.start: o for o in organs}
        self.dates_from = {d.start: d for d in reading.dates}
        self.types = {t.start: t for t in reading.words if senses(t, "document")}
        people = (t for t in reading.words if senses(t, "address") or senses(t, "post"))
        spoken = ("đồng chí", "ông ", "bà ")
        self.breaks = set(self.organ_at) | {t.start for t in people if reading.plain[t.start].isupper() or reading.shadow.startswith(spoken, t.start)}
        self.found: list[DocumentMention] = []
        self.strong = self._strong()

    def _strong(self) -> set[tuple[str, str]]:
        """Type and number of the references that "số" or a symbol settles: short ones may lean on them."""
        found = set()
        for token in self.types.values():
            m = _STRONG.match(self.r.shadow, self.r.skip(token.end))
            if m:
                found.add((self.r.shadow[token.start : token.end], m.group(1) or m.group(2)))
        return found

    def find(self) -> list[DocumentMention]:
        """All references in the story, in order; those inside another's subject are marked `inside`."""
        end = -1
        for start in sorted(self.types):
            token = self.types[start]
            if start < end or self.r.zone_at(start) not in STORY:
                continue
            for mention in self._mention(token):
                self.found.append(mention)
                end = mention.end
        self.found += self._papers()
        self.found.sort(key=lambda d: d.start)
        self._mark_inside()
        return self.found

    def _papers(self) -> list[DocumentMention]:
        """"Văn bản này", "Đó là văn bản …": the document spoken of before, whatever its type."""
        papers = []
        for m in _PAPER.finditer(self.r.shadow):
            if self.r.zone_at(m.start()) in STORY:
                mention = DocumentMention(m.start(), m.end(), "", demonstrative=True)
                self._tail(mention, [mention])
                papers.append(mention)
        return papers

    # one reference

    def _mention(self, token: Token) -> list[DocumentMention]:
        r = self.r
        kinds = [r.lexicon.documents[s.key] for s in senses(token, "document")]
        before = r.shadow[max(0, token.start - 30) : token.start]
        draft = bool(r.lexicon.pattern(r"{draft}\s*$").search(before))
        plural = bool(_PLURAL.search(before)) and r.shadow[token.start - 4 : token.start] != "năm "
        described = _DESCRIBED.match(r.shadow, token.end)
        m = _NUMBER.match(r.shadow, described.end() if described else token.end)
        if m and self._is_number(m, token):
            kind = self._by_symbol(kinds, m.group("sym") or m.group("sym3") or "")
            first = DocumentMention(token.start, m.end(), kind.key, number=m.group("n"), draft=draft, plural=plural)
            first.symbol = self._symbol(m)
            year = m.group("year") or m.group("year2")
            if year:
                first.number = f"{m.group('n')}/{year}"
            mentions = [first, *self._list(first, token, m.end())]
            for mention in mentions:
                self._tail(mention, mentions)
            return mentions
        kind = kinds[0]
        mention = DocumentMention(token.start, token.end, kind.key, draft=draft, plural=plural)
        mention.tail = token.end
        this = _THIS.match(r.shadow, token.end)
        if this:
            mention.demonstrative, mention.end = True, this.end()
            self._tail(mention, [mention])
            return [mention]
        listed = _LISTED.match(r.shadow, token.end) if plural else None
        if listed:
            numbers = self._numbers_after(mention, listed.end())
            if len(numbers) > 1:
                return numbers
        named = _CONGRESS.match(r.shadow, token.end)
        if named and named.group("committee") and not plural:
            mention.end, mention.tail, mention.name = named.end(), named.end(), r.squeeze(token.start, named.end()).rstrip("()")
            organ = self.organ_at.get(named.start("committee"))
            mention.issuers = [organ] if organ else []
            return [mention]
        if named and not plural:
            return self._by_congress(mention, named)
        self._tail(mention, [mention])
        return [mention]

    def _is_number(self, m: re.Match[str], token: Token) -> bool:
        r = self.r
        if m.group("year2"):
            return bool({s.key for s in senses(token, "document")} & {"Decree", "StateCircular", "Decision", "Resolution", "Law", "Directive"})
        if m.group("sym") or m.group("sym3"):
            organ = m.group("org") or m.group("org3") or m.group("sym3") or ""
            return not organ.startswith("gp") and (m.group("sym") or "") not in ("gp",)
        if _WITH_SO.match(r.shadow, token.end):
            return not re.match(r"\s*(?:đường|phố|điện thoại)", r.shadow[m.end() : m.end() + 14])
        if _COUNTING.match(r.shadow, m.end()) or r.shadow[m.end() : m.end() + 1] == "/":
            return False
        strong = (r.shadow[token.start : token.end], m.group("n").lstrip("0")) in self.strong
        kinds = {s.key for s in senses(token, "document")}
        if not strong and (not kinds & _BARE or r.plain[token.start].islower() or not _FOLLOWS.match(r.shadow, m.end())):
            return False
        if m.group("n").startswith(("19", "20")) and len(m.group("n")) == 4:
            return False  # "Hiến pháp 2013": a year
        return r.plain[token.start].isupper() or len(m.group("n")) <= 3 and m.group("n") != "0"

    def _by_symbol(self, kinds: list, symbol: str):  # type: ignore[no-untyped-def, type-arg]
        """Of several types with these words, the one whose symbol the number carries."""
        for kind in kinds:
            if symbol and symbol.upper() in {s.upper() for s in kind.symbols}:
                return kind
        return kinds[0]

    def _symbol(self, m: re.Match[str]) -> str:
        sym, organ = m.group("sym") or m.group("sym3") or "", m.group("org") or m.group("org3") or ""
        if not sym:
            return ""
        written = {"ctr": "CTr", "ttr": "TTr", "qyđ": "QyĐ", "qđi": "QĐi"}.get(sym, sym.upper())
        organ = {"tư": "TW", "t.ư": "TW", "ttg": "TTg"}.get(organ, organ.upper())
        if not organ:
            return written + (m.group("law") or "")
        party = bool(re.fullmatch(r"(?:[A-ZĐ]*TW|[A-ZĐ]*TU|HU|QU|ĐU|ĐUK|BCĐ[A-ZĐ0-9]*|ĐTN|BTGTU)", organ)) and not m.group("year")
        return f"{written}/{organ}" if party or self._party_form(m) else f"{written}-{organ}"

    @staticmethod
    def _party_form(m: re.Match[str]) -> bool:
        """`N-SYM/ORG` as written; a dash before the symbol and a slash behind it."""
        rest = m.group("rest") or ""
        return bool(re.match(r"\s?-", rest)) and "/" in rest and not m.group("year")

    def _list(self, first: DocumentMention, token: Token, at: int) -> list[DocumentMention]:
        """"các Nghị quyết 18, 19-NQ/TW": the numbers that follow under the same head."""
        more: list[DocumentMention] = []
        plural = first.plural
        while True:
            m = _MORE.match(self.r.shadow, at)
            if not m or not (m.group("sym") or plural) or m.start("n") in self.dates_from or _COUNTING.match(self.r.shadow, m.end()):
                break
            mention = DocumentMention(m.start("n"), m.end(), first.type, number=m.group("n"), draft=first.draft)
            if m.group("sym"):
                mention.symbol = f"{m.group('sym').upper()}/{m.group('org').upper()}"
            more.append(mention)
            at = m.end()
        if more:
            last = next((d.symbol for d in reversed([first, *more]) if d.symbol), "")
            for mention in [first, *more]:
                mention.symbol = mention.symbol or last
        return more

    def _head_issuer(self, head: DocumentMention, at: int) -> list[OrganMention]:
        """"04 Nghị quyết của Bộ Chính trị: 57, 59 …": the issuer of the whole list."""
        return [o for s, o in self.organ_at.items() if head.end <= s < at and not o.generic and self.r.shadow[s - 4 : s] == "của "][:1]

    def _numbers_after(self, head: DocumentMention, at: int) -> list[DocumentMention]:
        m = re.compile(r"(?P<n>\d{1,4})(?:\s?-\s?(?P<sym>[a-zđ]{2,4})\s?/\s?(?P<org>[a-zđ]{2,8}))?").match(self.r.shadow, at)
        if not m or m.start() in self.dates_from:
            return []
        first = DocumentMention(m.start(), m.end(), head.type, number=m.group("n"), plural=True)
        if m.group("sym"):
            first.symbol = f"{m.group('sym').upper()}/{m.group('org').upper()}"
        mentions = [first, *self._list(first, Token(m.start(), m.end(), ()), m.end())]
        for mention in mentions:
            self._tail(mention, mentions)
            mention.issuers = mention.issuers or self._head_issuer(head, at)
        return mentions

    def _by_congress(self, head: DocumentMention, m: re.Match[str]) -> list[DocumentMention]:
        """Resolutions known by their congress or plenum; "khóa XI, khóa XII" names two."""
        r = self.r
        name = r.squeeze(head.start, m.end()).rstrip("()")
        if m.group("congress"):
            if re.fullmatch(r"[ivx]+|\d+", m.group("congress")):
                head.end, head.tail, head.name = m.end(), m.end(), name
            return [head]
        terms = re.findall(r"khóa\s+([ivx]+|\d{1,2})", r.shadow[m.start() : m.end()])
        stem = r.squeeze(head.start, m.end("plenum"))
        found = []
        for term in terms:
            mention = DocumentMention(head.start, m.end(), head.type, name=f"{stem} khóa {term.upper()}", tail=m.end())
            found.append(mention)
        return found

    # what follows a reference

    def _tail(self, mention: DocumentMention, group: list[DocumentMention]) -> None:
        """Date, issuer, alias and subject behind the reference, in any order, each once."""
        r = self.r
        at = mention.end
        for _ in range(8):
            step = (
                self._alias(mention, at)
                or self._date(mention, at)
                or self._issuers(mention, at)
                or self._issued(mention, at)
                or self._about(mention, at)
            )
            if not step or step <= at:
                break
            at = step
        mention.tail = at
        if len(group) > 1 and group[-1] is mention:
            for other in group[:-1]:
                other.issuers = other.issuers or list(mention.issuers)

    def _alias(self, mention: DocumentMention, at: int) -> int:
        m = re.compile(r"\s*\(").match(self.r.shadow, at)
        close = self.r.shadow.find(")", at, at + 90)
        if not m or close < 0:
            return 0
        inner = self.r.shadow[m.end() : close]
        if self.r.lexicon.pattern(r"^\s*(?:{alias}|viết tắt)").match(inner) or (
            any(m.end() <= s < close for s in self.types) and re.search(r"\d", inner) and not re.search(r"\d/\d", inner)
        ):
            return close + 1
        return 0

    def _date(self, mention: DocumentMention, at: int) -> int:
        if mention.date:
            return 0
        for d in self.r.dates:
            if d.start >= at + 24:
                return 0
            if d.start < at:
                continue
            gap = self.r.shadow[at : d.start]
            if d.kind in ("full", "month-day", "bad") and _DATE_LINK.match(gap):
                if gap.lstrip().startswith(",") and not self._closes(d.end):
                    return 0  # "…, ngày 11/01/2022 Quốc hội thông qua …": the next clause's date
                mention.date = d if d.kind != "month-day" else None
                end = d.end + (self.r.shadow[d.end : d.end + 1] == ")" and "(" in gap)
                return end if d.kind != "month-day" else 0
            if d.kind == "year" and re.fullmatch(r"\s*năm\s*", gap):
                return d.end
            return 0
        return 0

    def _closes(self, at: int) -> bool:
        """Whether a date behind a comma is the reference's: it ends there or goes on, and no clause begins."""
        if self.r.shadow.startswith(",", at) and self.r.skip(at + 1) in self.organ_at:
            return False
        return bool(_GOES_ON.match(self.r.shadow, at))

    def _issuers(self, mention: DocumentMention, at: int) -> int:
        m = _OF.match(self.r.shadow, at)
        if m and not mention.issuers and (office := self._office(m.end())):
            mention.issuers.append(office)
            for inner in self.organ_at.values():
                if office.start < inner.start < office.end:
                    inner.generic = True  # "Chính phủ" inside "Thủ tướng Chính phủ"
            return office.end
        organ = self.organ_at.get(m.end()) if m else None
        if not m or not organ or organ.generic or mention.issuers:
            return 0
        if m.group().strip().startswith("do") and "ban hành" not in self.r.shadow[organ.end : organ.end + 20]:
            return 0
        mention.issuers.append(organ)
        end = organ.end
        joined = _AND_OF.match(self.r.shadow, end)
        second = self.organ_at.get(joined.end()) if joined else None
        if joined and second and second.register and organ.register and _ENDS_THERE.match(self.r.shadow, second.end):
            mention.issuers.append(second)
            end = second.end
        return end

    def _together(self, mention: DocumentMention, at: int) -> None:
        """"A và B cùng được … ban hành ngày …" dates both."""
        before = self.found[-1] if self.found else None
        if before and not before.date and before.type == mention.type and re.fullmatch(r"\s*(?:và|,)\s*", self.r.shadow[before.end : mention.start]):
            before.date = next((d for d in self.r.dates if d.kind == "full" and 0 <= d.start - at <= 12), None)

    def _office(self, at: int) -> OrganMention | None:
        """An office that issues in its own name: "của Thủ tướng Chính phủ"."""
        for form, key in self.r.lexicon.offices.items():
            if self.r.shadow.startswith(form, at) and not self.r.shadow[at + len(form) : at + len(form) + 1].isalnum():
                kind = self.r.lexicon.central[key]
                return OrganMention(at, at + len(form), key, kind.label, "Central", register=key)
        return None

    def _issued(self, mention: DocumentMention, at: int) -> int:
        """"được Bộ Chính trị ban hành ngày 15/3/2018", ", Huyện ủy ban hành ngày …", "cùng được Hội nghị … ban hành ngày …"."""
        m = _ISSUED_BY.match(self.r.shadow, at) or (re.compile(r"\s+").match(self.r.shadow, at) if mention.demonstrative else None)
        if not m:
            return 0
        organ = self.organ_at.get(m.end())
        plenum = None if organ else _PLENUM.match(self.r.shadow, m.end())
        if not organ and not plenum or organ and organ.generic:
            return 0
        end = organ.end if organ else plenum.end()  # type: ignore[union-attr]
        verb = _ISSUES.match(self.r.shadow, end)
        if not verb or m.group().strip() in ("", ",") and not mention.demonstrative:
            return 0
        if self.r.skip(verb.end()) in self.types:
            return 0  # "…, Tỉnh ủy đã ban hành Kế hoạch …": what is issued is the next document
        if organ and not mention.issuers:
            mention.issuers.append(organ)
        end = verb.end()
        if "cùng" in m.group():
            self._together(mention, end)
        if not mention.date:
            mention.date = next((d for d in self.r.dates if d.kind == "full" and 0 <= d.start - end <= 12 and _DATE_LINK.match(self.r.shadow[end : d.start])), None)
            end = mention.date.end if mention.date else end
        titled = _TITLED.match(self.r.shadow, end)
        return titled.end() if titled else end

    def _about(self, mention: DocumentMention, at: int) -> int:
        """The subject (trích yếu): quoted, or from "về" up to where the clause turns."""
        if mention.subject:
            return 0
        quoted = _QUOTE.match(self.r.shadow, at)
        if quoted and self.r.shadow[quoted.end() - 2] in " (:" and self.r.shadow[quoted.end()].isalnum():
            close = self.r.shadow.find('"', quoted.end())
            if 0 < close - quoted.end() < 500 and close <= self.r.sentences[self.r.sentence_at(mention.start)].end:
                mention.subject = self._trim(quoted.end(), close)
                mention.subject_end = close + 1
                return close + 1
        about = _ABOUT.match(self.r.shadow, at)
        verbal = None if about or not (mention.number or mention.issuers) else _VERBAL.match(self.r.shadow, at)
        if not about and not verbal and mention.symbol.rpartition("-")[2] in ("HĐND", "UBND", "TTg"):
            verbal = _REGULATES.match(self.r.shadow, at)  # in the Party's papers "quy định" after the number is a predicate
        opened = about or verbal
        if not opened:
            return 0
        if verbal and self.r.shadow.startswith('"', self.r.skip(self._word_end(opened.end()))):
            close = self.r.shadow.find('"', self.r.skip(self._word_end(opened.end())) + 1)
            if 0 < close - opened.end() < 300:
                mention.subject, mention.subject_end = Span(opened.end(), close + 1), close + 1
                return close + 1
        start = opened.end() if verbal else about.start() + len(about.group()) - len(about.group().lstrip(" ,-"))  # type: ignore[union-attr]
        if verbal and not mention.number:
            return 0
        end = self._subject_end(start, opened.end())
        if end - start < 8:
            return 0
        mention.subject = self._trim(start, end)
        mention.subject_end = mention.subject.end
        return mention.subject.end

    def _word_end(self, at: int) -> int:
        """The end of the verb of two syllables that opens a subject at `at`."""
        return self.r.shadow.find(" ", self.r.shadow.find(" ", at) + 1)

    def _subject_end(self, start: int, at: int) -> int:
        sentence = self.r.sentences[self.r.sentence_at(start)]
        limit = min(sentence.end, start + 420)
        inner = self._inner(at, limit)
        for m in _SUBJECT_END.finditer(self.r.shadow, at, limit):
            if not self._in_date(m.start()) and not inner[0] <= m.start() < inner[1]:
                limit = m.start()
                break
        for start in sorted(self.breaks):
            if at < start < limit and self.r.shadow[start - 2 : start] == ", " and not inner[0] <= start < inner[1]:
                limit = start - 2  # somebody or some organ begins the next clause
                break
        return min(limit, inner[1]) if inner[1] else limit

    def _in_date(self, at: int) -> bool:
        return any(d.start <= at < d.end for d in self.r.dates)

    def _inner(self, at: int, limit: int) -> tuple[int, int]:
        """The document that a subject names, from its first word to where the subject ends: before that document's
        own title; or before a new item of a list (then an empty span)."""
        for start in sorted(s for s in self.types if at <= s < limit):
            token = self.types[start]
            m = _NUMBER.match(self.r.shadow, token.end)
            joined = re.search(r"(?:,|và|;|cùng)\s*(?:các\s+)?(?:(?:học|học tập|quán triệt|nghe|phổ biến)\s+)?$", self.r.shadow[at:start])
            if not m or not self._is_number(m, token):
                if joined and self.r.plain[start].isupper() and _QUOTE.match(self.r.shadow, token.end):
                    return at + joined.start(), at + joined.start()
                continue
            if joined:
                return at + joined.start(), at + joined.start()
            probe = DocumentMention(start, m.end(), "", number="1")
            pos = m.end()
            for _ in range(3):
                step = self._alias(probe, pos) or self._date(probe, pos) or self._issuers(probe, pos)
                if not step:
                    break
                pos = step
            return start, pos
        return 0, 0

    def _trim(self, start: int, end: int) -> Span:
        text = self.r.text
        while start < end and text[start] in " \n,;:-“”\"":
            start += 1
        while end > start and text[end - 1] in " \n,;:-“”\".(":
            end -= 1
        return Span(start, end)

    def _mark_inside(self) -> None:
        """References within another's subject: real ones when numbered, part of a title when not."""
        for outer in self.found:
            if not outer.subject:
                continue
            for inner in self.found:
                if inner is not outer and outer.subject.start <= inner.start < outer.subject.end:
                    inner.inside = True


def document_date(mention: DocumentMention) -> Date | None:
    """The full date of a reference, None where it has none or an impossible one."""
    return mention.date if mention.date and mention.date.kind == "full" else None
