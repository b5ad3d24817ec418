"""The subject of a document (trích yếu): quoted, or from "về" up to where the clause turns."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from kg.model import DocumentMention, Span
from kg.recognise.numbers import Numbers
from kg.recognise.reading import Reading
from kg.recognise.spans import cover
from kg.recognise.tails import Tails

QUOTE = re.compile(r'\s*[,:-]?\s*(?:về\s+)?(?:việc\s+)?"')
"""What opens a quoted subject."""
_ABOUT = re.compile(
    r"\s*[,-]?\s*(?:nói |bàn |gửi [^.;:]{3,80}?\s)?(?P<about>(?:về(?: việc)?|v/v)\s+(?!(?:đích|cùng|từng)\s))"
)
_BRACKETED = re.compile(r"\s*\((?P<about>(?:về|v/v)\s[^()]{6,200})\)")
_VERBAL = re.compile(
    r"\s*,?\s*(?=(?:triển khai )?thực hiện |sửa đổi, bổ sung |sửa đổi |phê duyệt |thành lập "
    r"|hướng dẫn (?:thực hiện|thi hành) )"
    r"|\s+(?=triển khai (?:nghị quyết|chỉ thị|kết luận|luật) )"
)
_REGULATES = re.compile(
    r"\s*,?\s*(?=quy định (?:chi tiết|mức|giá|về|một số|chính sách|chức năng|tiêu chuẩn|việc) )"
)
_END = re.compile(  # the first character of each, so that the engine skips from one to the next
    r"[;:!?\n\"(.…\s,](?:(?<=[;:!?\n\"(…])|(?<=\.)(?:(?=\s|$)|\.{2})"
    r"|(?<=\s)(?:đã|sẽ|đang|vừa|mà|vẫn|cũng|xác định|khẳng định|nhấn mạnh|nêu rõ|chỉ rõ|đề ra|đặt ra"
    r"|do(?= (?:[^,.;]{3,60}(?:tổ chức|chủ trì|ban hành|soạn thảo)|(?:các )?đồng chí |ông |bà ))"
    r"|là(?= (?:một|cơ sở|căn cứ|bước|sự|nội dung))|có(?= hiệu lực)|hoặc(?= thực))\s"
    r"|(?<=\s)(?:tới|đến) (?:từng\s|\d{1,3}\s)"
    r"|(?<=\s)(?=được (?:[^,.;]{3,40} )?(?:cụ thể hóa|quán triệt|phổ biến|ban hành|đánh giá cao)[ .,;]"
    r"|đi vào cuộc sống(?!\w)|hết hiệu lực )"
    r"|(?<=,)\s(?=(?:gắn với|đồng thời|dù|nhưng|trong đó|trong khi|sau khi|do|nhằm|để|tại|còn|được|đã|sẽ|cùng"
    r"|kết nối|theo|khi|mà|thì|bởi|vì|nên|là|có|qua đó|với sự|từ đó|cũng|ngày|cho|"
    r"(?:sáng|trưa|chiều|tối)(?= (?:nay|qua|mai|hôm|ngày|thứ|tại|ở|cùng|\d))|"
    r"đồng chí|ông|bà|yêu cầu|đề nghị|giao|tỉnh ủy|thành ủy|huyện ủy|ban thường vụ|ubnd|các đại biểu|hội nghị"
    r"|đảng ủy|tỉnh|huyện|đến nay|chúng tôi|tôi|đảng bộ|phù hợp|tiếp nối|kế thừa|thay thế|căn cứ|trên cơ sở"
    r"|thay cho|công tác|sửa đổi|thực hiện nghị quyết|đây|một|việc|nội dung|trên địa bàn"
    r"|và (?:kế hoạch|chương trình))(?!\w))"
    r"|(?<=\s)(?:và\s(?=kế hoạch|chương trình hành động)"
    r"|theo\s(?=tờ trình|đề nghị|kết luận|công văn|tinh thần)))"
)
_CALLED = re.compile(
    r"(?:mô hình|phong trào|cuộc vận động|chủ đề|đề án|dự án|cuộc thi|danh hiệu|chuyên đề)\s$"
)
_JOINED = re.compile(
    r"(?:(?:,|và|;|cùng)\s*(?:các\s+)?(?:(?:học|học tập|quán triệt|nghe|phổ biến)\s+)?|\sbằng\s+(?:các\s+)?)$"
)
_OF_THE_STATE = frozenset(("HĐND", "UBND", "TTg"))
_ISSUERS_OF = {  # the organ in a number → kinds of organs whose name behind a subject is the issuer's
    "TW": ("bo-chinh-tri", "ban-bi-thu", "ban-chap-hanh-trung-uong"),
    "TU": ("ban-thuong-vu", "tinh-uy", "thanh-uy"),
    "HU": ("ban-thuong-vu", "huyen-uy"),
}
_NUMBERED_OF = re.compile(r"\d\s?-\s?[a-zđ]{2,4}\s?/\s?(tw|tu|hu)(?!\w)(?!.*\d-[a-zđ]{2,4}/)")
_PLENUM = re.compile(r"\s+(?:hội nghị )?trung ương (?:lần thứ )?\w+,? \(?khóa [ivxlc]+\)?(?!\w)")
_SPOKEN = ("đồng chí", "ông ", "bà ")
# in characters
_QUOTED = 500
_VERBAL_QUOTED = 300
_LONGEST = 420
_SHORTEST = 8


class Subjects:
    """Reads the subjects of the documents of one article."""

    def __init__(self, reading: Reading, tails: Tails, numbers: Numbers) -> None:
        self.r = reading
        self.tails = tails
        self.numbers = numbers
        self.dates = cover(((d.start, d.end) for d in reading.dates), len(reading.text))
        self.organ_ending = {o.end: o for o in tails.organs}
        self.breaks = sorted({*tails.organ_at, *self._people()})

    def _people(self) -> list[int]:
        """Where somebody is introduced."""
        r = self.r
        people = (t.start for t in (*r.meaning("address"), *r.meaning("post")))
        return [at for at in people if r.plain[at].isupper() or r.shadow.startswith(_SPOKEN, at)]

    def read(self, mention: DocumentMention, at: int) -> int:
        """The end of the subject at `at`, which is written into the mention; 0 where there is none."""
        if mention.subject:
            return 0
        return self._quoted(mention, at) or self._said(mention, at) or self.bracketed(mention, at)

    def bracketed(self, mention: DocumentMention, at: int) -> int:
        """The end of a subject in brackets: "Nghị quyết số 20 | (về công tác dân số)"; 0 for none."""
        m = None if mention.subject else _BRACKETED.match(self.r.shadow, at)
        if not m:
            return 0
        mention.subject, mention.subject_end = Span(*m.span("about")), m.end()
        return m.end()

    def _quoted(self, mention: DocumentMention, at: int) -> int:
        shadow = self.r.shadow
        m = QUOTE.match(shadow, at)
        # a closing quote stands right behind a word, or before what is no word
        if not m or shadow[m.end() - 2] not in " (:" or not shadow[m.end() : m.end() + 1].isalnum():
            return 0
        close = shadow.find('"', m.end())
        sentence = self.r.sentences[self.r.sentence_at(mention.start)]
        if not 0 < close - m.end() < _QUOTED or close > sentence.end:
            return 0
        mention.subject, mention.subject_end = self._trimmed(m.end(), close), close + 1
        return close + 1

    def _said(self, mention: DocumentMention, at: int) -> int:
        about = _ABOUT.match(self.r.shadow, at)
        if about:
            return self._plain(mention, about.start("about"), about.end())
        verb = self._verb(mention, at)
        if not verb:
            return 0
        return self._quoting(mention, verb.end()) or (
            self._plain(mention, verb.end(), verb.end()) if mention.number else 0
        )

    def _verb(self, mention: DocumentMention, at: int) -> re.Match[str] | None:
        """The verb that opens a subject without "về": "Kế hoạch 25-KH/TU | thực hiện Chỉ thị …"."""
        verb = _VERBAL.match(self.r.shadow, at) if mention.number or mention.issuers else None
        if not verb and mention.symbol.rpartition("-")[2] in _OF_THE_STATE:
            verb = _REGULATES.match(self.r.shadow, at)  # after a number of the Party's it is a predicate
        return verb

    def _quoting(self, mention: DocumentMention, at: int) -> int:
        """A verb of two syllables and a quotation, the subject both: "thực hiện “…”"."""
        shadow = self.r.shadow
        quote = self.r.skip(shadow.find(" ", shadow.find(" ", at) + 1))
        close = shadow.find('"', quote + 1) if shadow.startswith('"', quote) else -1
        if not 0 < close - at < _VERBAL_QUOTED:
            return 0
        mention.subject, mention.subject_end = Span(at, close + 1), close + 1
        return close + 1

    def _plain(self, mention: DocumentMention, start: int, at: int) -> int:
        """A subject without quotes that begins at `start`, its own words at `at`."""
        end = self._end(start, at)
        if end - start < _SHORTEST:
            return 0
        end = self._without_issuer(mention, start, end)
        mention.subject = self._trimmed(start, end)
        mention.subject_end = mention.subject.end
        return mention.subject.end

    def _without_issuer(self, mention: DocumentMention, start: int, end: int) -> int:
        """The end of a subject without who issued the document: "về hội nhập quốc tế | của Bộ Chính trị"."""
        shadow = self.r.shadow
        while end > start and shadow[end - 1] in " ,":
            end -= 1
        issuers = _ISSUERS_OF.get(mention.symbol.rpartition("/")[2], ())
        organ = self.organ_ending.get(end)
        if mention.issuers or not organ or organ.generic or organ.kind not in issuers:
            return end
        inner = _NUMBERED_OF.search(shadow, start, organ.start)
        if inner and organ.kind in _ISSUERS_OF.get(inner.group(1).upper(), ()):
            return end  # "về sơ kết Nghị quyết số 13-NQ/TU của Tỉnh ủy": who issued what the subject names
        before = organ.start - len("của ")
        if not shadow.startswith(" của ", before - 1) or before - start < _SHORTEST:
            return end
        mention.issuers = [organ]
        return before

    def _end(self, start: int, at: int) -> int:
        """Where the clause turns: at a predicate, a new subject, or behind the document that it names."""
        shadow = self.r.shadow
        limit = min(self.r.sentences[self.r.sentence_at(start)].end, start + _LONGEST)
        inner_start, inner_end = self._inner(at, limit)
        named = 0  # where a name in quotation marks ends: "về nhân rộng mô hình “Ba sạch”"
        for m in _END.finditer(shadow, at, limit):
            if m.group() == '"' and m.start() > named and _CALLED.search(shadow, at, m.start()):
                named = shadow.find('"', m.end(), limit)
            if m.start() <= named:
                continue
            if not self.dates[m.start()] and not inner_start <= m.start() < inner_end:
                limit = m.start()
                break
        first = bisect_right(self.breaks, at)
        for new in self.breaks[first : bisect_left(self.breaks, limit, first)]:
            if shadow.startswith(", ", new - 2) and not inner_start <= new < inner_end:
                limit = new - 2  # somebody or some organ begins the next clause
                break
        return min(limit, inner_end) if inner_end else limit

    def _inner(self, at: int, limit: int) -> tuple[int, int]:
        """The document that a subject names, from its first word to where the subject ends; else 0, 0.

        That is before that document's own title; or before a new item of a list (then an empty span).
        """
        r = self.r
        for start in self.tails.types_between(at, limit):
            token = self.tails.types[start]
            m = self.numbers.behind(token, token.end)
            joined = _JOINED.search(r.shadow, at, start)
            if joined and (m or (r.plain[start].isupper() and QUOTE.match(r.shadow, token.end))):
                return joined.start(), joined.start()
            m = m or _PLENUM.match(r.shadow, token.end)
            if m:
                return start, self._end_of_reference(start, m.end())
        return 0, 0

    def _end_of_reference(self, start: int, at: int) -> int:
        """Where a numbered reference ends, with its short name, date and issuer."""
        probe = DocumentMention(start, at, "", number="1")
        for _ in range(3):
            step = self.tails.alias(at) or self.tails.date(probe, at) or self.tails.issuers(probe, at)
            if not step:
                break
            at = step
        return at

    def _trimmed(self, start: int, end: int) -> Span:
        words = self.r.text[start:end].lstrip(' \n,;:-“”"')
        start = end - len(words)
        end = start + len(words.rstrip(' \n,;:-“”".('))
        plain = self.r.plain
        return Span(start, end + (plain.startswith('"', end) and plain.count('"', start, end) % 2))
