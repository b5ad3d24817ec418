"""What follows a reference to a document and belongs to it: its short name, its date and who issued it."""

from __future__ import annotations

import re
from bisect import bisect_left

from kg.model import Date, DocumentMention, OrganMention
from kg.recognise.numbers import TERM
from kg.recognise.offices import centre, office_opening
from kg.recognise.reading import Reading
from kg.recognise.spans import between
from kg.scanner import Token

_OPENING = re.compile(r"\s*\(")
_DIGIT = re.compile(r"\d")
_DAY = re.compile(r"\d/\d")
_SPACE = re.compile(r"\s+")
_YEAR = re.compile(r"\s*năm\s*")
_YEAR_IN_BRACKETS = re.compile(r"\s*\((?:19|20)\d\d\)(?=\s*(?:của|về|do)\s)")
_AND = re.compile(r"\s*(?:và|,)\s*")
_DATE_LINK = re.compile(
    r"\s*(?:,\s*)?(?:\(\s*)?(?:ban hành\s+|ký\s+|ký ban hành\s+|ra\s+)?(?:vào\s+)?(?:ngày\s+)?$"
)
_SAME_DAY = re.compile(r"\s*,\s*cùng ngày\s*,?(?=\s*(?:về|của)\s)")
_GOES_ON = re.compile(
    r'\s*(?:$|[,.;:)("]|(?:của|về|do|và|ký|thực hiện|cũng|cùng|có hiệu lực|v/v|khóa'
    r"|kết luận|quy định|hướng dẫn|triển khai|phê duyệt|sửa đổi|thay thế|yêu cầu|gửi)(?!\w))"
)
_ISSUED_BY = re.compile(r"\s*(?:,?\s*(?:cùng\s+)?(?:được|do)\s+|,\s*)")
_ISSUES = re.compile(r"\s*(?:đã\s+|chính thức\s+|vừa\s+)?(?:(?:ký\s+)?ban hành|ký|thông qua)(?!\w)")
# behind the second issuer of "của A, B": the reference goes on or ends; a verb would make B a new subject
_ENDS_THERE = re.compile(r"\s*(?:$|[.;,:()\"]|(?:về|ngày|do|tại|và|trong|năm|khóa)(?!\w))")
_PLENUM = re.compile(r"hội nghị (?:lần thứ \w+|trung ương \w+)(?:,? \(?" + TERM + r"\)?)?")
_TITLED = re.compile(r"\s*,\s*(?:có|với|mang)\s+(?:tiêu đề|tên|trích yếu)(?=\s*[:\"])")
_OF = re.compile(
    r"\s*,?\s*(?:vốn\s+)?(?:cũng\s+)?(?:truyền đạt ý kiến (?:chỉ đạo |kết luận )?)?(?:của|do)\s+"
    r"(?:đồng chí\s+|hội nghị (?:lần thứ \w+|trung ương \w+),?\s+(?:của\s+)?)?"
)
_ERSTWHILE = re.compile(r"\s*(?:trước đây|\((?:cũ|trước đây|khóa \w+|nhiệm kỳ [\d –-]+)\))(?=\s|[,.;])")
_OWN = re.compile(r"(?:ban|tỉnh|huyện|xã|phường|thành phố|đảng bộ|đơn vị|trường|ngành|mình)\s+(?=về\s)")
_BESIDE = re.compile(r"\s*[,;]\s*(?:của\s+)?")
_AND_OF = re.compile(r"\s*(?:,|và)\s*(?:của\s+)?")
# characters, in which the folded text looks for what is near
_ALIAS = 90
_DATE = 24
_DATE_OF_ISSUE = 12
_VERB = 20


class Tails:
    """Reads on behind references. Every step returns where it ends, 0 where it is not there."""

    def __init__(self, reading: Reading, organs: list[OrganMention], types: dict[int, Token]) -> None:
        self.r = reading
        self.organs = organs
        self.organ_at = {o.start: o for o in organs}
        self.types = types
        self.type_starts = sorted(types)
        self.date_starts = [d.start for d in reading.dates]
        self.alias_words = reading.lexicon.pattern(r"^\s*(?:{alias}|viết tắt)")

    def alias(self, at: int) -> int:
        """A short name in brackets: "(sau đây gọi tắt là Chỉ thị 13)"."""
        shadow = self.r.shadow
        m = _OPENING.match(shadow, at)
        close = shadow.find(")", at, at + _ALIAS) if m else -1
        if not m or close < 0:
            return 0
        inner = shadow[m.end() : close]
        if self.alias_words.match(inner):
            return close + 1
        typed = self.types_between(m.end(), close)
        return close + 1 if typed and _DIGIT.search(inner) and not _DAY.search(inner) else 0

    def types_between(self, start: int, end: int) -> list[int]:
        """Where words of a type begin in `start:end`."""
        first = bisect_left(self.type_starts, start)
        return self.type_starts[first : bisect_left(self.type_starts, end, first)]

    def date(self, mention: DocumentMention, at: int) -> int:
        """The day of issue: ", ngày 18/02/2019"; a year alone is noted and passed over."""
        if mention.date:
            return 0
        i = bisect_left(self.date_starts, at)
        if i == len(self.date_starts) or self.date_starts[i] >= at + _DATE:
            return 0
        date = self.r.dates[i]
        gap = self.r.shadow[at : date.start]
        if date.kind == "year":
            mention.year = date if _YEAR.fullmatch(gap) else None
            return date.end if mention.year else 0
        of_another = gap.lstrip().startswith(",") and not self._closes(date.end)
        if of_another or date.kind not in ("full", "bad") or not _DATE_LINK.match(gap):
            return 0  # "…, ngày 11/01/2022 Quốc hội thông qua …": the next clause's date
        mention.date = date
        if "(" not in gap:
            return date.end
        return self._issuer_in_brackets(mention, date.end) or (
            date.end + self.r.shadow.startswith(")", date.end)
        )

    def _issuer_in_brackets(self, mention: DocumentMention, at: int) -> int:
        """Who issued it, behind the day: "(07/9/2009, Ban Bí thư)"."""
        comma = _BESIDE.match(self.r.shadow, at)
        organ = self.organ_at.get(comma.end()) if comma else None
        if not organ or organ.generic or not self.r.shadow.startswith(")", organ.end):
            return 0
        mention.issuers = mention.issuers or [organ]
        return organ.end + 1

    def _closes(self, at: int) -> bool:
        """Whether a date behind a comma is the reference's, which ends there or goes on: no clause begins."""
        if self.r.shadow.startswith(",", at) and self.r.skip(at + 1) in self.organ_at:
            return False
        return bool(_GOES_ON.match(self.r.shadow, at))

    def year(self, at: int) -> int:
        """A year in brackets: "Nghị quyết số 33-NQ/TW | (2003) | của Bộ Chính trị"."""
        m = _YEAR_IN_BRACKETS.match(self.r.shadow, at)
        return m.end() if m else 0

    def same_day(self, at: int) -> int:
        """ ", cùng ngày," before a subject or an issuer; what day that is, the whole sentence says."""
        m = _SAME_DAY.match(self.r.shadow, at)
        return m.end() if m else 0

    def issuers(self, mention: DocumentMention, at: int) -> int:
        """Who issued it: "của Ban Bí thư", "do Tỉnh ủy ban hành", "của A và B"."""
        m = None if mention.issuers else _OF.match(self.r.shadow, at)
        if not m:
            return 0
        if office := office_opening(self.r, m.end()):
            mention.issuers.append(office)
            for inner in between(self.organs, office.start + 1, office.end):
                inner.generic = True  # "Chính phủ" inside "Thủ tướng Chính phủ"
            return office.end
        organ = self.organ_at.get(m.end())
        if not organ and mention.type == "Resolution" and mention.number:
            organ = centre(self.r, m.end())
        if not organ or organ.generic:
            own = _OWN.match(self.r.shadow, m.end())  # "Kế hoạch số 7-KH/BTG của Ban | về tuyên truyền …"
            return own.end() if own else 0
        by = m.group().strip().startswith("do")
        if by and self.r.shadow.find("ban hành", organ.end, organ.end + _VERB) < 0:
            return 0
        mention.issuers.append(organ)
        erstwhile = _ERSTWHILE.match(self.r.shadow, organ.end)
        return self._second_issuer(mention, organ) or (erstwhile.end() if erstwhile else organ.end)

    def _second_issuer(self, mention: DocumentMention, first: OrganMention) -> int:
        joined = _AND_OF.match(self.r.shadow, first.end)
        second = self.organ_at.get(joined.end()) if joined else None
        if not second or not second.register or not first.register:
            return 0
        if not _ENDS_THERE.match(self.r.shadow, second.end):
            return 0
        mention.issuers.append(second)
        return second.end

    def issued(self, mention: DocumentMention, at: int, before: DocumentMention | None) -> int:
        """A clause of issuing: "được Bộ Chính trị ban hành ngày 15/3/2018", ", Huyện ủy ban hành ngày …".

        `before` is the reference before this one: "A và B cùng được … ban hành ngày …" dates both.
        """
        m = _ISSUED_BY.match(self.r.shadow, at)
        if not m and mention.demonstrative:
            m = _SPACE.match(self.r.shadow, at)
        verb = self._verb_of_issuing(mention, m) if m else None
        if not m or not verb:
            return 0
        organ = self.organ_at.get(m.end())
        if organ and not mention.issuers:
            mention.issuers.append(organ)
        end = verb.end()
        if before and "cùng" in m.group():
            self._date_both(before, mention, end)
        if not mention.date:
            mention.date = self._day_of_issue(end)
            end = mention.date.end if mention.date else end
        titled = _TITLED.match(self.r.shadow, end)
        return titled.end() if titled else end

    def _verb_of_issuing(self, mention: DocumentMention, m: re.Match[str]) -> re.Match[str] | None:
        """The verb behind the organ or plenum at the end of `m`, if it speaks of this document."""
        organ = self.organ_at.get(m.end())
        plenum = None if organ else _PLENUM.match(self.r.shadow, m.end())
        if organ and not organ.generic:
            verb = _ISSUES.match(self.r.shadow, organ.end)
        elif plenum:
            verb = _ISSUES.match(self.r.shadow, plenum.end())
        else:
            return None
        active = m.group().strip() in ("", ",") and not mention.demonstrative
        # "…, Tỉnh ủy đã ban hành Kế hoạch …": what is issued is the next document
        return None if not verb or active or self.r.skip(verb.end()) in self.types else verb

    def _day_of_issue(self, at: int) -> Date | None:
        for date in between(self.r.dates, at, at + _DATE_OF_ISSUE + 1):
            if date.kind == "full" and _DATE_LINK.match(self.r.shadow, at, date.start):
                return date
        return None

    def _date_both(self, before: DocumentMention, mention: DocumentMention, at: int) -> None:
        if before.date or before.type != mention.type:
            return
        if _AND.fullmatch(self.r.shadow, before.end, mention.start):
            near = between(self.r.dates, at, at + _DATE_OF_ISSUE + 1)
            before.date = next((d for d in near if d.kind == "full"), None)
