"""When two names, titles, numbers or dates mean the same: the tolerance of the measure.

Spelling variants count as equal, and a name that only adds a qualifier behind agrees ("Tỉnh ủy", "Tỉnh ủy
Vĩnh Phúc"); anything else is a difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache

# Where the tone mark sits, which apostrophe, Eth for Đ: variants of one spelling.
_VARIANTS = (
    ("oà", "òa"), ("oá", "óa"), ("oả", "ỏa"), ("oã", "õa"), ("oạ", "ọa"), ("oè", "òe"), ("oé", "óe"),
    ("uỳ", "ùy"), ("uý", "úy"), ("uỷ", "ủy"), ("uỹ", "ũy"), ("uỵ", "ụy"), ("’", "'"), ("ʼ", "'"), ("ð", "đ"),
)  # fmt: skip
_PUNCTUATION = re.compile(r"[\"“”«».,;:!?()]")
_SPACE = re.compile(r"\s+")
# A word for the territory inside a qualifier: "UBND tỉnh Vĩnh Phúc" is "UBND Vĩnh Phúc".
_TERRITORY_WORD = re.compile(r"\b(tỉnh|thành phố|tp|huyện) (?!ủy|đoàn|đội)(?=\S)")
_ABBREVIATIONS = {
    "ubnd": "ủy ban nhân dân",
    "hđnd": "hội đồng nhân dân",
    "mttq": "mặt trận tổ quốc",
    "tw": "trung ương",
    "tư": "trung ương",
    "bch": "ban chấp hành",
    "btv": "ban thường vụ",
    "bbt": "ban bí thư",
    "bct": "bộ chính trị",
    "đbqh": "đại biểu quốc hội",
    "tnxp": "thanh niên xung phong",
    "tncs": "thanh niên cộng sản",
    "tphcm": "hồ chí minh",
    "&": "và",
    "gd-đt": "giáo dục và đào tạo",
    "gdđt": "giáo dục và đào tạo",
    "gtvt": "giao thông vận tải",
    "atgt": "an toàn giao thông",
    "kh&đt": "kế hoạch và đầu tư",
    "khđt": "kế hoạch và đầu tư",
    "lđ-tb&xh": "lao động - thương binh và xã hội",
    "tt&tt": "thông tin và truyền thông",
    "bgd-đt": "bộ giáo dục và đào tạo",
}


@cache
def fold(text: str) -> str:
    """Return `text` without what spelling habits change: case, tone placement, punctuation, spacing."""
    folded = unicodedata.normalize("NFC", text).casefold()
    for variant, normal in _VARIANTS:
        folded = folded.replace(variant, normal)
    return _SPACE.sub(" ", _PUNCTUATION.sub(" ", folded)).strip()


@cache
def organ_key(name: str) -> str:
    """Return a folded organ name with its abbreviations spelled out."""
    words = fold(name.replace("T.Ư", "TW").replace("TP.", "TP ")).split()
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)


def names_agree(one: str, other: str) -> bool:
    """Whether two organ names are equal, or one is the other with a qualifier behind."""
    a, b = organ_key(one), organ_key(other)
    return _qualifies(a, b) or _qualifies(_TERRITORY_WORD.sub("", a), _TERRITORY_WORD.sub("", b))


def any_agrees(wanted: str | None, names: Iterable[str]) -> bool:
    """Whether one of `names` agrees with the wanted name; no wanted name agrees with nothing."""
    return bool(wanted) and any(names_agree(wanted or "", name) for name in names)


def _qualifies(a: str, b: str) -> bool:
    return bool(a and b) and (a == b or b.startswith(a + " ") or a.startswith(b + " "))


def token_f1(one: str, other: str) -> float:
    """Return the F1 of the words that two texts share, 0 to 1; 0 when either is empty."""
    a, b = Counter(fold(one).split()), Counter(fold(other).split())
    if not a or not b:
        return 0.0
    return 2 * (a & b).total() / (a.total() + b.total())


def bare_code(code: str | None) -> str:
    """Return a number with symbol as it is compared: no spaces, capitals."""
    return _SPACE.sub("", unicodedata.normalize("NFC", code or "")).upper()


def leading_digits(number: str | None) -> str:
    """Return the digits that a number starts with, without leading zeros."""
    digits = re.match(r"\d+", number or "")
    return digits.group().lstrip("0") if digits else ""


def type_key(name: str) -> str:
    """Return a folded document type, with what the gold may call either way made one.

    An action programme counts as a programme, a notice of conclusions as a notice.
    """
    folded = fold(name).replace("chương trình hành động", "chương trình")
    return folded.replace("thông báo kết luận", "thông báo")


def date_agrees(wanted: str, found: Iterable[str]) -> bool:
    """Whether a date is among those found; where either has no year ("--11-24"), month and day decide."""
    return any(
        date == wanted or (date[-6:] == wanted[-6:] and (wanted.startswith("--") or date.startswith("--")))
        for date in found
    )
