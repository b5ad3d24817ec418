"""Fonts and code pages from before Unicode, and UTF-8 that was read as another code page, as tables.

TCVN3 (ABC) and VNI put Vietnamese letters on the places of Western ones, so that a text reads "Chñ tÞch" or
"Chuû tòch" without its font. Sources: TCVN 5712:1993, table VN3; the tables of the VNI-Windows fonts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.read.letters import VIETNAMESE

_TCVN3 = (  # in the order of `VIETNAMESE`
    "µ¸¶·¹" "¨»¾¼½Æ" "©ÇÊÈÉË" "ÌÐÎÏÑ" "ªÒÕÓÔÖ" "×ÝØÜÞ"
    "ßãáâä" "«åèæçé" "¬êíëìî" "ïóñòô" "\u00adõøö÷ù" "úýûüþ" "®"
)  # fmt: skip
TCVN3 = dict(zip(_TCVN3 + "¡¢£¤¥¦§", VIETNAMESE + "ĂÂÊÔƠƯĐ", strict=True))
"""Character of the Western table → letter. Capitals with a tone have no place: a font shows small ones so."""

_VNI_TONED = {
    "a": "àáảãạ", "e": "èéẻẽẹ", "o": "òóỏõọ", "u": "ùúủũụ", "ô": "ờớởỡợ", "ö": "ừứửữự", "y": "ỳýỷỹ",
}  # fmt: skip
_VNI_ROOFED = {"a": "âầấẩẫậ", "e": "êềếểễệ", "o": "ôồốổỗộ"}
_VNI = (
    {base + sign: c for base, row in _VNI_TONED.items() for sign, c in zip("øùûõï", row, strict=False)}
    | {base + sign: c for base, row in _VNI_ROOFED.items() for sign, c in zip("âàáåãä", row, strict=True)}
    | {"a" + sign: c for sign, c in zip("êèéúüë", "ăằắẳẵặ", strict=True)}
    | dict(zip("ìíæóòôöîñ", "ìíỉĩịơưỵđ", strict=True))
)
VNI = {code[0].upper() + code[1:]: letter.upper() for code, letter in _VNI.items()} | _VNI
VNI |= {code.upper(): letter.upper() for code, letter in _VNI.items()}
"""One or two characters of the Western table → letter; the longer code goes first."""
_VNI_CODE = re.compile("|".join(sorted(VNI, key=len, reverse=True)))
_VNI_SIGNS = frozenset("".join(VNI)) - frozenset(map(chr, range(128)))

_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_WORD = re.compile(r"[^\W\d_]+")
_QUOTES = frozenset("“”‘’–—…•\u00a0\u200b\ufeff")  # in texts of every encoding


def from_tcvn3(text: str) -> str | None:
    """The text with TCVN3 codes as letters; None where it holds anything that TCVN3 cannot."""
    if not all(c in TCVN3 or c in _QUOTES for run in _FOREIGN.findall(text) for c in run):
        return None
    lines = text.split("\n")
    return "\n".join(_capitals(line, "".join([TCVN3.get(c, c) for c in line])) for line in lines)


def _capitals(coded: str, line: str) -> str:
    """Capitals where a capital font was meant: "CéNG HßA" is "CỘNG HÒA"."""
    ascii_letters = [c for c in coded if c.isascii() and c.isalpha()]
    if len(ascii_letters) > 1 and all(c.isupper() for c in ascii_letters):
        return line.upper()
    return _WORD.sub(lambda m: m.group().upper() if _shouted(m.group()) else m.group(), line)


def _shouted(word: str) -> bool:
    known = [c for c in word if c.isascii()]
    return len(known) > 1 and all(c.isupper() for c in known)


def from_vni(text: str) -> str | None:
    """The text with VNI codes as letters; None where it holds anything that VNI cannot."""
    if not all(c in _VNI_SIGNS or c in _QUOTES for run in _FOREIGN.findall(text) for c in run):
        return None
    return _VNI_CODE.sub(lambda m: VNI[m.group()], text)


def _code_page(name: str) -> dict[str, int]:
    """Character → byte, from 0x80 on; bytes that the page leaves free stand for themselves (WHATWG)."""
    page: dict[str, int] = {}
    for byte in range(0x80, 0x100):
        page.setdefault(bytes([byte]).decode(name, "ignore") or chr(byte), byte)
    if name == "cp1252":  # Latin-1 gives control characters for the same bytes: one table reads both
        for byte in range(0x80, 0xA0):
            page.setdefault(chr(byte), byte)
    return page


CODE_PAGES = {name: _code_page(name) for name in ("cp1252", "cp437", "cp850", "cp1258", "mac_roman")}
"""What UTF-8 is read as by mistake. "cp1252" is Latin-1 too."""
# a no-break space, the second half of à, Ơ and Ạ, that was made a plain one
_LOST_SPACE = re.compile(r"(?:(?<=[ÃÆ])|(?<=áº)) ")


def from_code_page(text: str, name: str) -> Iterator[str]:
    """What the text was before its UTF-8 was read as the code page, once, twice and three times.

    Nothing where a letter beyond ASCII does not go back: each result becomes the text when mangled again.
    """
    page = CODE_PAGES[name]
    for _ in range(3):
        before = _unread(text, page)
        if before is None and name == "cp1252":
            before = _unread(_LOST_SPACE.sub("\u00a0", text), page)
        if before is None or before == text:
            return
        text = before
        yield text


def _unread(text: str, page: dict[str, int]) -> str | None:
    try:
        return _FOREIGN.sub(lambda m: bytes([page[c] for c in m.group()]).decode(), text)
    except (KeyError, UnicodeDecodeError):
        return None
