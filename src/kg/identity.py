"""The only place that makes keys and IRIs: what is one thing and what is another is decided here.

A document is its number, its symbol, the committee whose series it is, and that committee's term (Hướng dẫn
36-HD/VPTW, II.1.3: numbers run from 01 per type within a term). Where one of these is unknown it keeps
an address of its own inside the article that names it, and is never merged with another article's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from kg.namespaces import DEFAULT_BASE
from kg.vietnamese import slug

TERMS = (
    (7, "1991-06-28"),
    (8, "1996-07-02"),
    (9, "2001-04-23"),
    (10, "2006-04-26"),
    (11, "2011-01-20"),
    (12, "2016-01-29"),
    (13, "2021-02-02"),
    (14, "2026-01-23"),
)
"""First days of the terms of the national congress (as in ontology/register/terms.ttl: a test compares)."""

LASTING = frozenset({"NQ"})
"""Symbols of documents that are cited long after their term: in 2025, 29-NQ/TW may be that of 2013."""

_PROVINCIAL_CONGRESSES = (2005, 2010, 2015, 2020, 2025)
_UNSETTLED = ("-08-01", "-12-31")  # provincial congresses meet in these months; the day differs by province
MERGER = "2025-07-01"
"""The 34 provinces and their new committees exist from this day (Nghị quyết 202/2025/QH15)."""


def national_term(day: str) -> int:
    """The number of the national term on an ISO day; 0 before the terms that are known."""
    found = 0
    for number, first in TERMS:
        if first <= day:
            found = number
    return found


def term_number(numeral: str) -> int:
    """The number that a term is written as: "XI", "xi" or "11"; letters are I, V and X."""
    if numeral.isdecimal():
        return int(numeral)
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in numeral.lower()]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


def near_term_start(day: str, months: int = 6) -> bool:
    """Whether a term began so shortly before the day that an undated number may belong to the term before."""
    first = dict(TERMS).get(national_term(day), "")
    return bool(first) and 0 <= (date.fromisoformat(day) - date.fromisoformat(first)).days < 30 * months


def provincial_term(day: str) -> int:
    """The year in which the province's term on an ISO day began; 0 in the months of congresses."""
    year = int(day[:4])
    if year in _PROVINCIAL_CONGRESSES and f"{year}{_UNSETTLED[0]}" <= day <= f"{year}{_UNSETTLED[1]}":
        return 0
    begun = [y for y in _PROVINCIAL_CONGRESSES if f"{y}{_UNSETTLED[1]}" < day]
    return begun[-1] if begun else 0


@dataclass(frozen=True, slots=True)
class Mint:
    """Makes IRIs under one base, which ends in "/"."""

    base: str = DEFAULT_BASE

    def article(self, stem: str) -> str:
        """The article, which is also its graph."""
        return f"{self.base}id/article/{_segment(stem)}"

    def resource(self, kind: str, key: str) -> str:
        """A thing known beyond one article: kind "document", "organ", "person", "territory", "term"."""
        return f"{self.base}id/{kind}/{key}"

    def local(self, article: str, kind: str, key: str) -> str:
        """A thing known inside one article only."""
        return f"{article}/{kind}/{key}"

    def graph(self, name: str) -> str:
        """The graph `name`: "inferred", "register", "ontology" or "report"."""
        return f"{self.base}graph/{name}"


@lru_cache(maxsize=4096)
def _segment(stem: str) -> str:
    """A file's stem as one path segment of an IRI; what RFC 3987 does not allow there is percent-encoded."""
    return re.sub(
        r"[^\w.~-]|[\ufff0-\uffff]",
        lambda m: "".join(f"%{b:02X}" for b in m.group().encode("utf-8", "surrogatepass")),
        stem,
    )


class DocumentKey(NamedTuple):
    """What identifies a document. `symbol` "CT", `organ` "TW"; `series` a slug, "" for the centre."""

    number: str
    symbol: str
    organ: str
    series: str
    term: str

    def slug(self) -> str:
        """`ct-32-tw-k12`, `kh-221-tu-lai-chau-2015`, `nd-178-2024-nd-cp`."""
        parts = (self.symbol, self.number, self.organ, self.series, self.term)
        return slug("-".join(p for p in parts if p))


class When(NamedTuple):
    """What the text says of a document's time, each "" or 0 where it is silent.

    `day` the ISO day of the document; `term` the national term that its issuer is said to be of ("khóa XI");
    `published` the ISO day of the page; `year` the year of issue. The days of a story are the story's: they
    date no document.
    """

    day: str = ""
    term: int = 0
    published: str = ""
    year: int = 0


def document_key(
    number: str,
    symbol: str,
    when: When,
    series: str,
    known: dict[tuple[str, str], list[str]] | None = None,
    kind: str = "",
) -> DocumentKey | None:
    """The key of a numbered document, or None where the text does not settle one.

    `number` "32" or "178/2024"; `symbol` "CT/TW" or "NĐ-CP"; `series` the slug of the territory whose
    committee numbers it; `known` the register's documents by (number, symbol) with their days; `kind` the
    class: "QĐ" stands for Quyết định and for Quy định, which number apart.
    """
    key = _key(number, symbol, when, series, known or {})
    if key and "/" in symbol:
        if kind == "Decision":
            return key._replace(symbol="quyet-dinh")
        if kind == "Regulation":  # "QĐ", "QĐi", "QyĐ": papers write the one symbol in three ways
            return key._replace(symbol="QĐ")
    return key


def _key(
    number: str, symbol: str, when: When, series: str, known: dict[tuple[str, str], list[str]]
) -> DocumentKey | None:
    if "/" in number:
        return None if "/" in symbol else _state_key(number, symbol, series)
    kind, _, organ = symbol.partition("/")
    if "/" in symbol and organ.endswith("TW"):
        term = _national(number, symbol, when, known)
        return DocumentKey(number.zfill(2), kind, organ, "", f"k{term}") if term else None
    if "/" in symbol:
        year = _provincial(when)
        return DocumentKey(number, kind, organ, series, str(year)) if series and year else None
    kind, _, organ = symbol.partition("-")
    local = organ in ("UBND", "HĐND")
    if organ and when.day and (series or not local):
        number = f"{number.lstrip('0')}-{when.day[:4]}"
        return DocumentKey(number, kind, organ, series if local else "", "")
    return None


def _state_key(number: str, symbol: str, series: str) -> DocumentKey:
    """The key of a state document, whose number has its year: "178/2024/NĐ-CP"."""
    head, _, organ = symbol.partition("-")
    plain, _, year = number.partition("/")
    local = organ in ("UBND", "HĐND")
    return DocumentKey(f"{plain.lstrip('0')}-{year}", head, organ, series if local else "", "")


def _provincial(when: When) -> int:
    """The provincial term of a document: its day's, else the page's once that term is a year old; else 0."""
    if when.day or not when.published:
        return provincial_term(when.day) if when.day else 0
    before = f"{int(when.published[:4]) - 1}{when.published[4:]}"  # only compared: no calendar need have it
    term = provincial_term(when.published)
    return term if term == provincial_term(before) else 0


def issued_in(number: str, symbol: str, year: int, known: dict[tuple[str, str], list[str]]) -> str:
    """The day on which the register has such a document issued in a year; "" for none, or several.

    A year behind a reference may be that of the work ("thực hiện Chỉ thị số 05-CT/TW năm 2022"): it is the
    document's only where a document of that number is known to be of the year.
    """
    days = {d for d in known.get((number, symbol), ()) if d.startswith(f"{year:04d}-")}
    return days.pop() if len(days) == 1 else ""


def _national(number: str, symbol: str, when: When, known: dict[tuple[str, str], list[str]]) -> int:
    """The national term of a central document: its day's, the one stated, or the page's; else 0.

    Numbers recur each term and articles speak of old documents (in newspapers every second undated number was
    of an earlier term), so the page's day decides only where the register has such a document of that term,
    and for a lasting kind none of an earlier one.
    """
    if when.day:
        return national_term(when.day)
    if when.term:
        return when.term if when.term in dict(TERMS) else 0
    if when.year:
        return national_term(issued_in(number, symbol, when.year, known))
    days = [d for d in known.get((number, symbol), ()) if d <= when.published]
    terms = {national_term(d) for d in days}
    now = national_term(when.published) if when.published else 0
    if symbol.partition("/")[0] in LASTING and len(terms) > 1:
        return 0
    return now if now in terms else 0
