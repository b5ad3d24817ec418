"""Vietnamese text for machines: NFC for storing, a folded shadow of equal length for matching, slugs.

Tone placement ("uỷ"/"ủy", "hoà"/"hòa") is a spelling custom that NFC does not unify. Folding keeps every
offset: the shadow has exactly the length of the stored text, so that a match in it is a span of the text.
"""

from __future__ import annotations

import re
import unicodedata

# old-style tone placement → new style; both sides have the same number of code points
_PLACEMENT = tuple(
    (old, new)
    for old, new in (
        ("oà", "òa"), ("oá", "óa"), ("oả", "ỏa"), ("oã", "õa"), ("oạ", "ọa"),
        ("oè", "òe"), ("oé", "óe"), ("oẻ", "ỏe"), ("oẽ", "õe"), ("oẹ", "ọe"),
        ("uỳ", "ùy"), ("uý", "úy"), ("uỷ", "ủy"), ("uỹ", "ũy"), ("uỵ", "ụy"),
    )
)  # fmt: skip
# "quý", "quỳ", "quỷ", "quỹ", "quỵ" carry the tone on y in both customs
_QU = tuple((new, old) for old, new in (("quý", "qúy"), ("quỳ", "qùy"), ("quỷ", "qủy"), ("quỹ", "qũy"), ("quỵ", "qụy")))

_SAME_LENGTH = str.maketrans(
    {
        "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ", "\u3000": " ", "\t": " ",
        "\u200b": " ", "\ufeff": " ", "\u00ad": "-",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‟": '"', "″": '"',
        "‘": "'", "’": "'", "ʼ": "'", "‛": "'", "`": "'", "´": "'",
        "ð": "đ", "Ð": "Đ", "…": "…",
    }
)  # fmt: skip
_NOT_WORD = re.compile(r"[^\w]", re.UNICODE)
_MARKS = re.compile(r"[\u0300-\u036f]")


def nfc(text: str) -> str:
    """The text in normal form C, the form that is stored and cited."""
    return unicodedata.normalize("NFC", text)


def even(text: str) -> str:
    """The text with spaces, dashes, quotes and Eth made even; same length, case kept."""
    return text.translate(_SAME_LENGTH)


def fold(text: str) -> str:
    """The shadow for matching: lower case, one custom of tone placement, even punctuation; same length.

    Expects NFC. A letter whose lower case is longer (İ) stays as it is, so that offsets hold.
    """
    low = text.translate(_SAME_LENGTH)
    lowered = low.lower()
    if len(lowered) != len(low):
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in low)
    for old, new in _PLACEMENT:
        if old in lowered:
            lowered = lowered.replace(old, new)
    for wrong, right in _QU:
        if wrong in lowered:
            lowered = lowered.replace(wrong, right)
    return lowered


def bare(text: str) -> str:
    """Without accents, đ as d, lower case: what a person types who has no Vietnamese keyboard."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d").replace("ð", "d"))
    return _MARKS.sub("", decomposed)


def slug(text: str) -> str:
    """`Tỉnh ủy Lai Châu` → `tinh-uy-lai-chau`: the readable tail of an IRI."""
    return re.sub(r"[^a-z0-9]+", "-", bare(text)).strip("-")
