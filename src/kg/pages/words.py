"""The words of the pages in Vietnamese and English, out of `words.tsv`."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

LANGUAGES = ("vi", "en")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DAY = re.compile(r"(-?)(\d{4})?-?(\d\d)-(\d\d)(?:T.*|Z|[+-]\d\d:\d\d)?")


@cache
def words(lang: str) -> dict[str, str]:
    """Key → words in a language. A key ending in `*` in the file takes a number as `{n}`."""
    lines = (Path(__file__).parent / "words.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines[1:] if line.strip())
    return {key: en if lang == "en" else vi for key, vi, en in rows}


def say(key: str, lang: str, **values: object) -> str:
    """The words for a key. Raises KeyError for an unknown one, so that no page is made without."""
    text = words(lang)[key]
    return text.format(**values) if values else text


def day(text: str, lang: str) -> str:
    """A date as people write it: 2019-02-18 → 18/2/2019, in English 18 Feb 2019; --06-14 → 14/6."""
    match = _DAY.fullmatch(text)
    if not match or not 1 <= int(match[3]) <= 12:
        return text
    _, year, month, number = match.groups()
    if lang == "en":
        return " ".join(part for part in (str(int(number)), _MONTHS[int(month) - 1], year) if part)
    return "/".join(part for part in (str(int(number)), str(int(month)), year) if part)


def count(number: int, lang: str) -> str:
    """A number with its thousands apart: 1.234.567 in Vietnamese, 1,234,567 in English."""
    return f"{number:,}" if lang == "en" else f"{number:,}".replace(",", ".")
