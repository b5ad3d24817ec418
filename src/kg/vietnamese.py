"""Vietnamese text for machines: NFC for storing, a folded shadow of equal length for matching, slugs.

Tone placement ("uỷ"/"ủy", "hoà"/"hòa") is a spelling custom that NFC does not unify. Folding keeps every
offset: the shadow has exactly the length of the stored text, so that a match in it is a span of the text.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import charmap_build, charmap_decode, charmap_encode
from collections.abc import Callable
from functools import lru_cache

_TONED = {
    **dict(zip(("oà", "oá", "oả", "oã", "oạ"), ("òa", "óa", "ỏa", "õa", "ọa"), strict=True)),
    **dict(zip(("oè", "oé", "oẻ", "oẽ", "oẹ"), ("òe", "óe", "ỏe", "õe", "ọe"), strict=True)),
    **dict(zip(("uỳ", "uý", "uỷ", "uỹ", "uỵ"), ("ùy", "úy", "ủy", "ũy", "ụy"), strict=True)),
    # "quý", "quỳ", "quỷ", "quỹ", "quỵ" carry the tone on y in both customs
    **{word: word for word in ("quỳ", "quý", "quỷ", "quỹ", "quỵ")},
    **dict(zip(("qùy", "qúy", "qủy", "qũy", "qụy"), ("quỳ", "quý", "quỷ", "quỹ", "quỵ"), strict=True)),
}
"""Old-style tone placement → new style; both sides have the same number of code points."""
# the customs differ in open syllables alone: "toàn", "huỳnh" are written so in both
# every alternative begins with its letter: the engine then skips from one such letter to the next
_TONE = re.compile(r"o[àáảãạèéẻẽẹ](?!\w)|u[ỳýỷỹỵ](?!\w)|q(?:u[ỳýỷỹỵ]|[ùúủũụ]y)")

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
_MARKS = re.compile(r"[\u0300-\u036f]")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_DIGIT, _NOT_DIGIT = re.compile("[0-9]"), re.compile("[^0-9]")
_NOT_WORD = re.compile(r"[^\w/&.]")
_NAME = 80  # longer strings are text and not kept in the caches


def _lowered(text: str) -> str:
    """Even and in small letters. A letter whose lower case is longer (İ) stays, so that offsets hold."""
    low = text.translate(_SAME_LENGTH)
    lowered = low.lower()
    if len(lowered) != len(low):
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in low)
    return lowered


class _CodePage:
    """What newspapers print, one byte a character: a text goes through it by two table look-ups in C.

    `str.translate` asks a dictionary at every character: 0.19 ms for 4,000 of them, this 0.02 ms.
    Text with a character that the page lacks (an emoji) takes the slow way, to the same end.
    """

    _LETTERS = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
    _OTHER = "\n\t\u00a0\u200b\ufeff\u00ad“”‘’–—…•»«°·●▪²³½öüñ"
    ALPHABET = "\0" + "".join(map(chr, range(32, 127))) + _LETTERS + _LETTERS.upper() + _OTHER

    def __init__(self, change: Callable[[str], str]) -> None:
        self.change = change
        self.decoding = change(self.ALPHABET).ljust(256, "\0")

    def __call__(self, text: str) -> str:
        """`change(text)`, for a change that treats every character by itself and keeps the length."""
        code = _encoded(text)
        return self.change(text) if code is None else charmap_decode(code, "strict", self.decoding)[0]


_ENCODING = charmap_build(_CodePage.ALPHABET.ljust(256, "\ufffe"))


@lru_cache(maxsize=2)  # an article is asked for twice
def _encoded(text: str) -> bytes | None:
    """The text in the code page; None where it has a character that the page lacks."""
    try:
        return charmap_encode(text, "strict", _ENCODING)[0]
    except UnicodeEncodeError:
        return None


class _Kinds(dict[int, str]):
    """A table for `str.translate` that finds the kind of a character when it is met first."""

    def __init__(self, kind: Callable[[str], str]) -> None:
        super().__init__()
        self.kind = kind

    def __missing__(self, code: int) -> str:
        kind = self[code] = self.kind(chr(code))
        return kind


def _outlined(letter: str) -> str:
    letter = _SAME_LENGTH.get(ord(letter), letter)
    if letter in " \n'-/,(":
        return letter
    latin = "A" <= letter <= "\u024f" or "\u1ea0" <= letter <= "\u1ef9"
    if latin and (letter.isupper() or letter.islower()):
        return "A" if letter.isupper() else "a"
    if letter.isdecimal():
        return "0"
    return "x" if letter.isalnum() or letter == "_" else "\t" if letter.isspace() else "."


def _stopped(letter: str) -> str:
    if letter in ".!?…":
        return "."
    return '"' if letter in "\"'”’)]" else " " if letter.isspace() else "a"


_KINDS, _STOPS = _Kinds(_outlined), _Kinds(_stopped)
_even = _CodePage(lambda text: text.translate(_SAME_LENGTH))
_low = _CodePage(_lowered)
_spaced = _CodePage(lambda text: _NOT_WORD.sub(" ", text))
_digits = _CodePage(lambda text: _DIGIT.sub("0", _NOT_DIGIT.sub(" ", text)))
_outline = _CodePage(lambda text: text.translate(_KINDS))
_stops = _CodePage(lambda text: text.translate(_STOPS))


def nfc(text: str) -> str:
    """The text in normal form C, the form that is stored and cited."""
    return unicodedata.normalize("NFC", text)


def even(text: str) -> str:
    """The text with spaces, dashes, quotes and Eth made even; same length, case kept."""
    return _even(text)


def fold(text: str) -> str:
    """The shadow for matching: lower case, one custom of tone placement, even punctuation; same length.

    Expects NFC.
    """
    return _folded_name(text) if len(text) <= _NAME else _folded(text)


def _folded(text: str) -> str:
    return _TONE.sub(lambda m: _TONED[m.group()], _low(text))


_folded_name = lru_cache(maxsize=16384)(_folded)  # names come again and again: in an article, and in a corpus


def spaced(shadow: str) -> str:
    """A folded text with spaces for all but letters, digits, "/", "&" and "."; same length."""
    return _spaced(shadow)


def digits_alone(text: str) -> str:
    """A text with 0 for every digit 0-9 and spaces for all else; same length."""
    return _digits(text)


def outline(text: str) -> str:
    """The kinds of a text's characters, in which names are found in a fraction of the time; same length.

    A and a for Latin letters, 0 for digits, x for what else is of a word; space, line end, "'", "-", "/", ","
    and "(" of the `even` text as they are, a tab for other white space, a full stop for the rest.
    """
    return _outline(text)


def stops(text: str) -> str:
    """A text with a full stop for .!?…, a quote for what may close behind one, spaces, and a for all else."""
    return _stops(text)


def bare(text: str) -> str:
    """Without accents, đ as d, lower case: what a person types who has no Vietnamese keyboard."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d").replace("ð", "d"))
    return _MARKS.sub("", decomposed)


@lru_cache(maxsize=16384)
def slug(text: str) -> str:
    """`Tỉnh ủy Lai Châu` → `tinh-uy-lai-chau`: the readable tail of an IRI."""
    return _NOT_SLUG.sub("-", bare(text)).strip("-")
