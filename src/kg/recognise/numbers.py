"""Numbers and symbols of documents: `13-CT/TW`, `30/2020/NĐ-CP`, and the broken forms that newspapers print.

Party form `N-SYMBOL/ORGAN`, state form `N[/YEAR]/SYMBOL-ORGAN`; all patterns read folded text.
"""

from __future__ import annotations

import re

from kg.recognise.names import UPPER
from kg.recognise.reading import Reading, senses
from kg.scanner import Token

_ORGAN = (
    r"(?:tw|tư|t\.ư|tu|hu|qu|đu[a-zđ]*|[a-zđ]{1,8}tw|[a-zđ]{1,8}tu|bcđ[a-zđ]*|ubnd|hđnd|cp|ttg|ubtvqh\d*"
    r"|qh\d{0,2}|mttq[a-zđ-]*|[a-zđ&]{2,12}\d{0,2})"
)
NUMBER = re.compile(
    r"\s*(?:mang\s+)?(?:(?:s[ốôo]|số)\s*){0,2}:?\s*(?P<n>\d{1,5})(?P<rest>"
    r"\s?/\s?(?P<year>(?:19|20)\d\d)\s?/\s?(?P<sym3>[a-zđ]{1,5})"
    r"(?:\s?-\s?(?P<org3>[a-zđ]{2,10}\d{0,2}))?(?P<law>\d{1,2})?"
    r"|\s?/\s?(?P<year2>(?:19|20)\d\d)(?!\s?/|\d)"
    rf"|\s?[-/]?\s?(?P<sym>[a-zđ]{{2,4}})\s?[/-]\s?(?P<org>{_ORGAN}(?:-[a-zđ]{{2,5}}(?=[\s,.;)]|$))*)"
    r")?(?![\w%])"
)
"""A number right behind the words of a type, with "số" and its symbol where they stand."""
TERM_NUMBER = r"(?:[ivx]+|\d{1,2})"
TERM = rf"khóa\s+{TERM_NUMBER}"
"""A congress term in folded text: "khóa XII"."""
_SHORT_SYMBOL = r"(?:\s?-\s?(?P<sym>[a-zđ]{2,4})\s?/\s?(?P<org>[a-zđ]{2,8}))?"
NEXT = re.compile(
    rf"\s*(?:,|;|và|,\s*và)\s*(?:số\s*)?(?P<n>\d{{1,4}}){_SHORT_SYMBOL}(?=\s*(?:[,;.)]|và|của|về|ngày|\(|$))"
)
"""A further number under the same head: "các Nghị quyết 18 | , 19-NQ/TW"."""
LISTED = re.compile(rf"(?P<n>\d{{1,4}}){_SHORT_SYMBOL}")
"""The first number of a list: "04 Nghị quyết của Bộ Chính trị: | 57"."""
DESCRIBED = re.compile(r"\s+(?!số)(?:\w+\s+){1,3}?(?=số\s*:?\s*\d{1,5}\s?[-/]\s?[a-zđ]{2,4}\s?[/-])")
"""A word or three between the type and its number with a symbol: "Quy chế | làm việc | số 04-QC/TU"."""
NAMED_LAW = re.compile(r"\s+(?!số)(?:[\w,]+\s+){1,12}?(?=số\s*:?\s*\d{1,3}/(?:19|20)\d\d/(?:ub)?(?:tv)?qh)")
"""A law's name between the type and its number: "Luật | Tiếp cận thông tin | số 104/2016/QH13"."""
COUNTED = re.compile(
    r"\s*(?:năm|tháng|ngày|nội dung|nhiệm vụ|giải pháp|chỉ tiêu|điều|lần|tỷ|triệu|nghìn|người|nhóm|điểm"
    r"|văn bản|bài|khâu|đột phá|mục tiêu|vấn đề|bước|giai đoạn|-\s?\d{4}|,\d|\.\d)"
)
"""What follows a number that counts something."""

# types that a bare number may follow; of the others ("phương án 2", "dự án 7") only with "số" or a symbol
_BARE = frozenset((
    "Directive", "Resolution", "Conclusion", "Regulation", "Decision", "Decree", "Circular", "StateCircular",
    "Notice", "Guidance", "Scheme",
))  # fmt: skip
_BY_YEAR = frozenset(("Decree", "StateCircular", "Decision", "Resolution", "Law", "Directive"))
_FOLLOWS = re.compile(
    r"\s*(?:$|[,;.:)(\"'…?!]|\s-\s|(?:của|về|ngày|và|với|được|là|đã|trên|trong|tại|cho|đến|vào|gồm|mà|thì|để|có"
    r"|không|mới|này|xuống|đi|từ|do|ở|khi|sau|trước|nhằm|cũng|vẫn|còn|như|nói trên|lo|triển khai|thực hiện"
    r"|ban hành|quán triệt|nêu|yêu cầu|đặt|xác định|nhấn|ra đời|sẽ|đang|cùng|hay|hoặc|bằng|theo|rồi|chỉ|khác"
    r"|nhiệm kỳ|khóa|thay thế|sửa đổi|bổ sung|cụ thể|tiếp|thành|kịp|chưa|rất|đúng)(?!\w))"
)
_STRONG = re.compile(r"(?:số|sô)\s*:?\s*0*(\d{1,5})(?!\d)|0*(\d{1,5})\s?[-/]\s?[a-zđ]{2,4}\s?[/-]")
_WITH_SO = re.compile(r"\s*(?:mang\s+)?(?:số|sô|so)\b")
_ADDRESS = re.compile(r"\s*(?:đường|phố|điện thoại)")
_STREET = re.compile(rf"[{UPPER}]\w+ [{UPPER}]\w+")
_PARTY_ORGAN = re.compile(r"(?:[A-ZĐ]*TW|[A-ZĐ]*TU|HU|QU|ĐU|ĐUK|BCĐ[A-ZĐ0-9]*|ĐTN|BTGTU)")
_OF_ACTION = " hành động"  # "Chương trình 14" is short for "Chương trình hành động số 14"
_DASH = re.compile(r"\s?-")
_WRITTEN = {"ctr": "CTr", "ttr": "TTr", "qyđ": "QyĐ", "qđi": "QĐi"}
_WRITTEN_ORGAN = {"tư": "TW", "t.ư": "TW", "ttg": "TTg"}


def symbol_letters(m: re.Match[str]) -> str:
    """The folded letters of the type in a number's symbol: "ct" of 13-CT/TW."""
    return m.group("sym") or m.group("sym3") or ""


def number(m: re.Match[str]) -> str:
    """The number as the graph states it: `13`, `30/2020`."""
    year = m.group("year") or m.group("year2")
    return f"{m.group('n')}/{year}" if year else m.group("n")


def symbol(m: re.Match[str]) -> str:
    """The symbol of a number as the register writes it: `CT/TW`, `NĐ-CP`; "" where there is none."""
    letters, organ = symbol_letters(m), m.group("org") or m.group("org3") or ""
    if not letters:
        return ""
    written = _WRITTEN.get(letters, letters.upper())
    if not organ:
        return written + (m.group("law") or "")
    organ = _WRITTEN_ORGAN.get(organ, organ.upper())
    rest = m.group("rest")
    by_organ = _PARTY_ORGAN.fullmatch(organ)
    by_form = _DASH.match(rest) and "/" in rest
    party = (by_organ or by_form) and not m.group("year")
    return f"{written}/{organ}" if party else f"{written}-{organ}"


def listed_symbol(m: re.Match[str]) -> str:
    """The symbol of a number in a list; "" where there is none."""
    return f"{m.group('sym').upper()}/{m.group('org').upper()}" if m.group("sym") else ""


class Numbers:
    """Which digits behind a type are a document's number, in one article."""

    def __init__(self, reading: Reading, types: dict[int, Token]) -> None:
        self.r = reading
        # short references may lean on those of the same words and number that "số" or a symbol settles
        self.settled: set[tuple[str, str]] = set()
        for token in types.values():
            m = _STRONG.match(reading.shadow, reading.skip(token.end))
            if m:
                words, n = reading.shadow[token.start : token.end], m.group(1) or m.group(2)
                self.settled |= {(words, n), (words.removesuffix(_OF_ACTION), n)}

    def behind(self, token: Token, at: int) -> re.Match[str] | None:
        """The number at `at` (the end of the type, or of what describes it) if it is the document's."""
        m = NUMBER.match(self.r.shadow, at)
        return m if m and self._is_number(m, token) else None

    def _is_number(self, m: re.Match[str], token: Token) -> bool:
        shadow = self.r.shadow
        if m.group("year2"):
            return any(s.key in _BY_YEAR for s in senses(token, "document"))
        if symbol_letters(m):
            organ = m.group("org") or m.group("org3") or m.group("sym3") or ""
            return not organ.startswith("gp") and m.group("sym") != "gp"  # a permit's
        if _WITH_SO.match(shadow, token.end):
            return not (_ADDRESS.match(shadow, m.end(), m.end() + 14) or self._is_a_street(m, token))
        counts = COUNTED.match(shadow, m.end()) or shadow.startswith("/", m.end())
        return not counts and self._is_bare_number(m, token)

    def _is_a_street(self, m: re.Match[str], token: Token) -> bool:
        """Whether two capitals that name no organ follow a type in small letters: "dự án số 15 | Lê Hoa"."""
        r, at = self.r, self.r.skip(m.end())
        if not r.plain[token.start].islower() or not _STREET.match(r.plain, at):
            return False
        return not any(t.start == at for t in (*r.names, *r.meaning("post")))

    def _is_bare_number(self, m: re.Match[str], token: Token) -> bool:
        """Whether digits without "số" or a symbol are a number: "Chỉ thị 12", but not "Hiến pháp 2013"."""
        digits = m.group("n")
        capital = self.r.plain[token.start].isupper()
        settled = (self.r.shadow[token.start : token.end], digits.lstrip("0")) in self.settled
        bare = settled or any(s.key in _BARE for s in senses(token, "document"))
        if not bare or not (settled or self._stands_alone(m, token)):
            return False
        year = len(digits) == 4 and digits.startswith(("19", "20"))
        return not year and (capital or (len(digits) <= 3 and digits != "0"))

    def _stands_alone(self, m: re.Match[str], token: Token) -> bool:
        """Whether a capital opens the type, and what follows its number is not counted by it.

        "Đề án 941" may be a ship's class: a scheme's number begins with a nought, or its issuer follows.
        """
        scheme = senses(token, "document")[0].key == "Scheme"
        if scheme and not (m.group("n").startswith("0") or self.r.shadow.startswith(" của ", m.end())):
            return False
        return not self.r.plain[token.start].islower() and bool(_FOLLOWS.match(self.r.shadow, m.end()))
