"""Text in the wrong letters is put right where that is certain, and refused by name where it is not.

A repair is certain when one table alone turns words that are no Vietnamese into Vietnamese syllables; for
UTF-8 that was read as a code page, every letter has to go back besides. Each repair has a name, which
the reader tells in `Article.reader` ("text+tcvn3"): nothing is repaired silently.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from html.entities import html5

from kg.read.legacy import CODE_PAGES, from_code_page, from_tcvn3, from_vni
from kg.read.letters import Spelling, is_syllable, plain, printed, spelling
from kg.vietnamese import nfc

TOLD = {
    "cut": "the file ends inside a letter; that letter is left out",
    "utf-16": "UTF-16 without its mark",
    "cp1258": "Windows-1258 text",
    "tcvn3": "text of a TCVN3 (ABC) font",
    "vni": "text of a VNI font",
    "cp1252": "signs that Windows-1252 has where Unicode has control characters",
    "entities": "HTML entities",
    "control": "stray control characters, kept as spaces",
    "eth": "Icelandic Ð for Vietnamese Đ",
    **{f"utf-8-as-{page}": f"UTF-8 that was read as {page}" for page in CODE_PAGES},
}
"""What a repair's name means, for people."""


Stored = tuple[str, tuple[str, ...]]
"""A text, and the names of what was repaired in it (keys of `TOLD`)."""


class Mangled(Exception):  # noqa: N818  it is said of the text
    """The letters are wrong, and what they were is not certain. `line` is where that shows; 0 for all."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


_CERTAIN, _LIKELY, _DOUBTFUL = 0.9, 0.7, 0.5  # shares of syllables among the words with letters beyond ASCII
_ENOUGH = 4  # words that must become syllables where a table could do so by chance
_USUAL = 30  # so many words are never without ư
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_ETH = re.compile(r"\w*[ÐðƉ]\w*")
_ETHS = str.maketrans("ÐðƉ", "ĐđĐ")
_C1 = re.compile("[\x80-\x9f]")
_STRAY = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f]")
_RARE = 200  # characters of text to one control character that is a stray one; more of them are binary data
_LOST = re.compile(r"\ufffd\w|\w\ufffd")
_ASKED = re.compile(r"[A-Za-z]\?[a-z]")
_SPACED = re.compile(r"\S+")
_AROUND = "“”‘’…–—.,;:!?()\"'"  # "XÃ”" is a good word before a quotation mark, not a mangled Ô
_HORNED = re.compile(r"\w*[ơờớởỡợ]\w*")
_SIGNS = re.compile(
    "[ÃÂÄÆ][\u0080-¿‘’‚“”„†‡•–—…‰‹›ŒœŠšŽžŸƒˆ˜™€]|á[º»]|â€|ß[║╗]|[├╞]|·[ªº]|√[\u0080-ÿ]"
)  # UTF-8 read as a code page begins its letters with these


def repaired(text: str) -> Stored:
    """The text as it was meant, in NFC, and the names of the repairs (keys of `TOLD`).

    Raises `Mangled` where letters are lost or the repair is not certain.
    """
    notes: list[str] = []

    def step(name: str, after: str) -> None:
        nonlocal text
        if after != text:
            notes.append(name)
            text = after

    text = nfc(text)
    if "&" in text:
        step("entities", nfc(_ENTITY.sub(_entity, text)))
    if "?" in text and len(_ASKED.findall(text)) > max(4, len(text) // 200):
        raise Mangled("letters are lost: there is a question mark for each")
    if plain(text):
        return text, tuple(notes)
    if "\ufffd" in text:
        _refuse_lost(text)
    name, after = _letters(text)
    step(name, after)
    step("cp1252", _C1.sub(_printed_sign, text))
    if len(_STRAY.findall(text)) * _RARE <= len(text):
        step("control", _STRAY.sub(" ", text))
    step("eth", _ETH.sub(_eth, text))
    return text, tuple(notes)


def relettered(markup: str) -> Stored:
    """As `repaired`, for the source of a page, of which only the letters may be touched; never refused."""
    try:
        name, after = _letters(markup)
    except Mangled:
        return markup, ()  # perhaps some corner of the page: its article is judged again by itself
    return after, (name,) if name else ()


def from_bytes(data: bytes) -> tuple[str, str] | None:
    """Text of one byte a letter, and its table's name; None where not exactly one table gives Vietnamese."""
    western = _C1.sub(_printed_sign, data.decode("latin-1"))
    readings = {
        "cp1258": data.decode("cp1258", "replace"),
        "tcvn3": from_tcvn3(western),
        "vni": from_vni(western),
    }
    found = [
        (nfc(text), name)
        for name, text in readings.items()
        if text is not None and _is_vietnamese(spelling(nfc(text)))
    ]
    if len(found) != 1:
        return None
    _refuse_without_u(*found[0])
    return found[0]


def _printed_sign(m: re.Match[str]) -> str:
    return m.group().encode("latin-1").decode("cp1252", "ignore") or m.group()


def _is_vietnamese(after: Spelling) -> bool:
    return after.words >= _ENOUGH and after.share >= _CERTAIN


def _entity(m: re.Match[str]) -> str:
    if not m.group().startswith("&#") and m.group()[1:] not in html5:
        return m.group()
    sign = html.unescape(m.group())
    return " " if sign in "\t\n\r\x0b\x0c" else sign  # white space as in HTML: a line ends at none


def _eth(m: re.Match[str]) -> str:
    word = m.group().translate(_ETHS)
    return word if is_syllable(word) or word.isupper() else m.group()


def _refuse_lost(text: str) -> None:
    lost = _LOST.search(text)
    if lost:
        raise Mangled("letters are lost: U+FFFD stands for them", text.count("\n", 0, lost.start()) + 1)


# ---------------------------------------------------------------- which table
def _tcvn3(text: str) -> Iterator[str]:
    after = from_tcvn3(text)
    if after is not None:
        yield after


def _vni(text: str) -> Iterator[str]:
    after = from_vni(text)
    if after is not None:
        yield after


def _page(name: str) -> Callable[[str], Iterator[str]]:
    return lambda text: (after for after in map(nfc, from_code_page(text, name)) if printed(after))


_TABLES: dict[str, tuple[Callable[[str], Iterator[str]], int]] = {
    **{f"utf-8-as-{name}": (_page(name), 1) for name in CODE_PAGES},
    "tcvn3": (_tcvn3, _ENOUGH),
    "vni": (_vni, _ENOUGH),
}
"""Name → what the text may have been, and how many words have to become syllables."""


def _letters(text: str) -> tuple[str, str]:
    """The text by the one table that makes Vietnamese of it, and its name; as it is where it needs none."""
    lines = text.split("\n")
    wrong = _wrong(lines)
    found: dict[str, str] = {}
    for name in _TABLES if wrong else ():
        after = _by_table(name, text) or _by_lines(name, lines, wrong)
        if after is not None:
            found.setdefault(after, name)
    if len(found) > 1:
        raise Mangled(
            f"the letters are mangled, and it is not certain how ({' or '.join(found.values())})",
            wrong[0] + 1,
        )
    if not found:
        _refuse_mangled(lines, wrong, 2)
        _refuse_nearly(text, wrong)
        return _by_words(text) if _SIGNS.search(text) else ("", text)
    after, name = next(iter(found.items()))
    _refuse_without_u(after, name)
    lines = after.split("\n")
    _refuse_mangled(lines, _wrong(lines), 0)
    return name, after


def _wrong(lines: list[str]) -> list[int]:
    return [n for n, line in enumerate(lines) if not plain(line) and _doubtful(line)]


def _doubtful(line: str) -> bool:
    now = spelling(line)
    return now.words > 0 and now.share <= _DOUBTFUL


def _by_table(name: str, text: str) -> str | None:
    table, enough = _TABLES[name]
    before = spelling(text)
    if before.share > _LIKELY:
        return None
    for after in table(text):
        now = spelling(after)
        if now.words >= enough and now.share >= _CERTAIN:
            return after
    return None


def _by_lines(name: str, lines: list[str], wrong: list[int]) -> str | None:
    """Only the lines that are wrong: a page of good letters with a story in others inside."""
    changed = {n: after for n in wrong if (after := _by_table(name, lines[n])) is not None}
    if not changed:
        return None
    after = "\n".join(changed.get(n, line) for n, line in enumerate(lines))
    return after if spelling(after).share >= _CERTAIN else None


def _by_words(text: str) -> tuple[str, str]:
    """A mangled word or name in a good line: put right where it goes back to syllables, else left."""
    for name in CODE_PAGES:
        after = "\n".join(_line(line, name) if _SIGNS.search(line) else line for line in text.split("\n"))
        if after != text:
            return f"utf-8-as-{name}", after
    return "", text


def _line(line: str, name: str) -> str:
    after = _SPACED.sub(lambda m: _word(m.group(), name), line)
    if after == line:
        return line
    # words that look good by chance ("lÃ " for "là") go back with the others where the whole line does
    return next((whole for whole in _page(name)(line) if spelling(whole).share >= _CERTAIN), after)


def _word(word: str, name: str) -> str:
    if not _SIGNS.search(word) or is_syllable(word.strip(_AROUND)):
        return word
    return next((w for w in _page(name)(word) if spelling(w).share == 1), word)


def _refuse_mangled(lines: list[str], wrong: list[int], allowed: int) -> None:
    """Raise `Mangled` where more signs of a wrong code page are left in wrong lines than may be chance."""
    signs = [n for n in wrong for _ in _SIGNS.findall(lines[n])]
    if len(signs) > allowed and len(signs) * 60 > sum(len(lines[n]) for n in wrong):
        raise Mangled(
            "the letters are mangled (UTF-8 that was read in another encoding), and some are lost",
            signs[0] + 1,
        )


def _refuse_nearly(text: str, wrong: list[int]) -> None:
    """Raise `Mangled` where most of the text is wrong and the letters of a font fit nearly."""
    if len(wrong) * 2 < sum(not line.isspace() for line in text.split("\n") if line):
        return
    for name in ("tcvn3", "vni"):
        for after in _TABLES[name][0](text):
            now = spelling(after)
            if now.words >= 2 * _ENOUGH and now.share >= _LIKELY and spelling(text).share <= _DOUBTFUL:
                raise Mangled(f"looks like {TOLD[name]}, but too many words come out wrong", wrong[0] + 1)


def _refuse_without_u(text: str, name: str) -> None:
    """TCVN3 has ư where Western tables have the soft hyphen, which programs drop: "đợc" for "được"."""
    if name != "tcvn3" or "ư" in (text.lower() if text.isupper() else text):
        return
    if spelling(text).words >= _USUAL or any(not is_syllable(word) for word in _HORNED.findall(text)):
        raise Mangled(f"{TOLD[name]} whose letter ư is lost")
