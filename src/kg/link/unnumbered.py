"""Documents without a number: they count only where the text singles one out.

By its name (a congress's resolution), by a title in quotes or in its own words, or by who issued it.
"""

from __future__ import annotations

import re

from kg.expressions import WORD, any_of
from kg.link.organs import OrganEntity, OrganLinker
from kg.link.papers import DocumentEntity, Papers
from kg.model import DocumentMention, OrganMention, Span
from kg.recognise.reading import Reading
from kg.recognise.spans import between
from kg.vietnamese import fold

_GENERIC_BEFORE = re.compile(
    any_of((
        "các", "những", "nhiều", "một số", "mọi", "mỗi", "từng", "hai", "ba", "bốn", "năm", "sáu", "bảy",
        "tám", "chín", "mười", *"0123456789", "thành", "bằng", "theo", ",", "và", "hoặc",
    ))
    + r"\s+(?:\w+\s+)?$"
)  # fmt: skip
_PLANNED = re.compile(r"(?:sẽ|cần|phải|đang|chuẩn bị|sắp|tham mưu|xây dựng|để)\s+(?:\w+\s+){0,3}$")
_MADE = re.compile(r"(?:ban hành|ra)\s+(?:\w+\s+)?$")
_MADE_IT = re.compile(
    r"(?:đã |vừa |chính thức |kịp thời |cũng |thì |liền |còn |lại )*(?:ký )?" + _MADE.pattern
)
_CARRIES = re.compile(
    r"\s*(?:để\s+|nhằm\s+|về (?:việc )?)?(?:(?:tổ chức|triển khai|thực hiện|cụ thể hóa)(?!\w)\s*)+"
)
_PLANNING = re.compile(
    r"(?:tham mưu|đề nghị|yêu cầu|sẽ|cần|khẩn trương|chỉ đạo|sớm|chuẩn bị|đề xuất|giúp|trình)(?:\s+\w+)?\s+$"
)
_TERMS = ("năm", "quý", "tháng", "kỳ", "nhiệm kỳ")
_EACH = [f"{each} {term}" for each in ("hằng", "hàng", "mỗi") for term in _TERMS]
_AGAIN = re.compile(any_of((*_EACH, "định kỳ", "thường xuyên"), not_behind=WORD) + r"(?!\w)")
_OWN = re.compile(r"\s*(?:chuyên đề\s+)?(?:riêng|của mình|chuyên đề)(?!\w)")
_NATIONAL = re.compile(
    r"đại hội(?: đại biểu)?(?: toàn quốc)?(?: đảng)?\s+(?:lần thứ\s+)?([ivx]+|\d{1,2})(?: của đảng)?$"
)
_DIGIT = re.compile(r"\d")
_TITLE_ENDS = re.compile(r"[,;.:(\"]|\s(?:đã|được|sẽ|là|và|của|tại|ở|trong|với|do|cho|đến)\s")
_USED = re.compile(r"(?:thực hiện|triển khai|ban hành|theo)(?: \w+){0,2} $")
_NO_TITLE = frozenset(("này", "đó", "số", "về", "mới"))
_TITLED = frozenset(("Rules",))
_QUOTABLE = frozenset((
    "Directive", "Resolution", "Conclusion", "Regulation", "Rules", "Guidance", "Scheme", "Decision",
    "Circular",
))  # fmt: skip
_TITLE_WORDS = 5
_GAINS = 400  # characters: how soon a paper spoken of gets its number


class Unnumbered:
    """Decides which references without a number mean a document, and which one."""

    def __init__(
        self, reading: Reading, papers: Papers, organs: OrganLinker, organ_mentions: list[OrganMention]
    ) -> None:
        self.r = reading
        self.papers = papers
        self.organs = organs
        self.organ_mentions = organ_mentions

    def read(self, m: DocumentMention) -> None:
        """Adds the document of a reference; nothing where the text singles none out."""
        if self.r.zone_at(m.start) == "title":
            return
        if m.name:
            self._by_name(m)
        elif m.draft:
            if m.issuers and m.subject:
                self.papers.new(m)
        elif m.subject and self._is_quoted_title(m, m.subject):
            m.name = self.r.squeeze(*m.subject)
            self.papers.new(m)
        elif not m.inside:
            self._by_words_around(m)

    def _by_words_around(self, m: DocumentMention) -> None:
        """By its issuer and subject, by who "ban hành" it, or by a title in small letters."""
        before = self.r.shadow[max(0, m.start - 40) : m.start]
        made = bool(_MADE.search(before))
        sentence = self.r.sentences[self.r.sentence_at(m.start)]
        if _AGAIN.search(self.r.shadow, sentence.start, m.start):
            return
        if _GENERIC_BEFORE.search(before) or (_PLANNED.search(before) and not made):
            return
        if m.issuers and self.organs.of(m.issuers[0]) and m.subject and self._is_particular(m, m.subject):
            self._singled_out(m)
        elif made and (maker := self._maker(m)):
            carries = m.subject or _CARRIES.match(self.r.shadow, m.end) or _OWN.match(self.r.shadow, m.end)
            if carries and not m.issuers:
                m.issuers.append(maker)
                self._singled_out(m)
        elif m.type in _TITLED and self.r.plain[m.start].isupper() and self._titled(m):
            self.papers.new(m)

    # by name

    def _by_name(self, m: DocumentMention) -> None:
        key = _name_key(m.name)
        for e in self.papers.entities:
            if e.name and e.type == m.type and _name_key(e.name) == key:
                self.papers.add(e, m)
                e.name = max(e.name, m.name, key=len)
                return
        self.papers.new(m)

    # by title

    def _is_quoted_title(self, m: DocumentMention, subject: Span) -> bool:
        quoted = self.r.plain[subject.start - 1] == '"'
        if not quoted or m.inside or not self.r.plain[m.start].isupper():
            return False
        return bool(m.issuers) or self._title_like(m, subject)

    def _title_like(self, m: DocumentMention, subject: Span) -> bool:
        """A title of some length that begins with a capital; programmes have names, not titles."""
        words = self.r.plain[subject.start : subject.end].split()
        return m.type in _QUOTABLE and len(words) >= _TITLE_WORDS and words[0][:1].isupper()

    def _titled(self, m: DocumentMention) -> bool:
        """A capital and a title in small letters: "thực hiện tốt Quy chế quản lý thống nhất …"."""
        r = self.r
        sentence = r.sentences[r.sentence_at(m.start)]
        if m.start == sentence.start or not _USED.search(r.shadow, max(0, m.start - 30), m.start):
            return False
        stop = _TITLE_ENDS.search(r.shadow, m.end, sentence.end)
        end = stop.start() if stop else sentence.end
        title = r.plain[m.end : end].split()
        if len(title) < _TITLE_WORDS or not title[0][0].islower() or title[0] in _NO_TITLE:
            return False
        m.subject = m.subject or Span(m.start, end)
        m.name = r.squeeze(m.start, end)
        m.tail = max(m.tail, end)
        return True

    # by issuer

    def _is_particular(self, m: DocumentMention, subject: Span) -> bool:
        """Whether the subject names a document, or the paper gets its number soon."""
        words = self.r.shadow[subject.start : subject.end]
        if _DIGIT.search(words) or " này" in words or "nghị quyết" in words:
            return True
        return any(e.number and self._gains_number(e, m) for e in self.papers.entities)

    def _gains_number(self, e: DocumentEntity, m: DocumentMention) -> bool:
        """Whether the next words give its number: "quyết định của Tỉnh ủy … . Quyết định mang số 627"."""
        numbered = min(e.mentions, key=lambda x: x.start)
        return (
            e.type == m.type
            and m.start < numbered.start < m.start + _GAINS
            and "mang số" in self.r.shadow[numbered.start : numbered.end]
            and not any(x.issuers for x in e.mentions)
        )

    def _maker(self, m: DocumentMention) -> OrganMention | None:
        """The organ that is said to have issued the document: the nearest one before "ban hành"."""
        shadow = self.r.shadow
        start = self.r.sentences[self.r.sentence_at(m.start)].start
        before = between(self.organ_mentions, start, m.start)
        maker = next((o for o in reversed(before) if o.end <= m.start and not o.generic), None)
        if not maker or _PLANNING.search(shadow, max(start, maker.start - 30), maker.start):
            return None
        return maker if _MADE_IT.fullmatch(shadow[maker.end : m.start].strip() + " ") else None

    def _singled_out(self, m: DocumentMention) -> None:
        """The article's document of that type and issuer, if only one fits; else a new one.

        A numbered one fits if both references name a document in common in the rest of their sentences.
        """
        issuer = self.organs.of(m.issuers[0])
        for e in self.papers.entities:
            if e.number and self._gains_number(e, m):
                self.papers.add(e, m)
                return
        targets = self._targets(m)
        alike = [e for e in self.papers.entities if e.type == m.type]
        numbered = [e for e in alike if e.number and self._issued_by(e, issuer)]
        same = [e for e in numbered if any(targets & self._targets(x) for x in e.mentions)]
        twins = [e for e in alike if not e.number and self._issued_by(e, issuer)]
        if len(same) == 1:
            self.papers.add(same[0], m)
        elif len(twins) == 1:
            self.papers.add(twins[0], m)
        else:
            self.papers.new(m)

    def _issued_by(self, e: DocumentEntity, issuer: OrganEntity | None) -> bool:
        return any(self.organs.of(o) is issuer for x in e.mentions for o in x.issuers)

    def _targets(self, m: DocumentMention) -> set[int]:
        """The documents named in the rest of the reference's sentence."""
        end = self.r.sentences[self.r.sentence_at(m.start)].end
        return {
            id(e) for e in self.papers.entities for x in e.mentions if m.end <= x.start < end and x is not m
        }


def _name_key(name: str) -> str:
    """The ordinal of a national congress, however long its name is written; else the folded name."""
    congress = _NATIONAL.search(fold(name))
    return f"đại hội {congress.group(1)}" if congress else fold(name)
