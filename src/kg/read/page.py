"""A web page becomes an article: main text, title and author by trafilatura; the date as the page states it.

Date finders that search the text are not asked: they make a day of "năm 2030", and May of 05/01/2022.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kg.errors import SourceError
from kg.read.repair import Stored, relettered
from kg.read.stored import date_line, laid_out

if TYPE_CHECKING:
    from types import ModuleType

_STATED = (  # where pages state when they were published, in ISO 8601
    "//meta[@property='article:published_time' or @itemprop='datePublished']/@content",
    "//time[@itemprop='datePublished' or @pubdate]/@datetime",
    "//meta[contains('|pubdate|publishdate|dc.date.issued|article.published|datepublished|',"
    " concat('|', translate(@name, 'ABCDEILPSTUH', 'abcdeilpstuh'), '|'))]/@content",
)
_JSON_LD = re.compile(r'"datePublished"\s*:\s*"([^"\\]{10,40})"')
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:$|[T ])")
_SHOWN = (  # where pages show it, after the headline
    "//h1/following::*"
    "[self::time or contains(@class, 'date') or contains(@class, 'time') or contains(@class, 'ngay')]"
    "[not(ancestor::aside or ancestor::footer or ancestor::nav)]"
)
_PRINTED_DAY = re.compile(r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?!\d)")
_ROW = re.compile(r"^\|\s*(.*?)\s*\|?\s*$", re.MULTILINE)
_LONGEST_STAMP = 60


def page(html: str, where: str, address: str = "") -> Stored:
    """The stored text of a page's article, and the names of what was repaired in it.

    `address` is where it was got; one that the page states itself goes before.

    Raises `SourceError` where trafilatura is not installed, and for a page without an article.
    """
    trafilatura = _trafilatura()
    html, repairs = relettered(
        html
    )  # first: the extractor drops characters that are halves of mangled letters
    try:
        tree = trafilatura.load_html(re.sub(r"^\s*<\?xml[^>]*>", "", html))
        found = _extracted(trafilatura, tree)
    except Exception as fault:  # the extractor meets every kind of page: what it fails on is one page's fault
        raise SourceError(
            f"the page cannot be read ({type(fault).__name__}: {fault})",
            where=where,
            hint="save its text as .txt",
        ) from None
    body = _ROW.sub(r"\1", found["text"]).replace("\n", "\n\n")
    if not body.strip():
        hint = "save its text as .txt, or remove it"
        raise SourceError("no article is found on the page", where=where, hint=hint)
    if found["dated"] in body.split("\n\n")[:6]:
        found["dated"] = ""  # the extractor kept the line where it stands
    text, more = laid_out(
        body, where, found["title"], found["dated"], found["author"], found["url"] or address
    )
    return text, (*repairs, *more)


def _extracted(trafilatura: ModuleType, tree: Any) -> dict[str, str]:
    """The parts of a page; all are '' where there is no article."""
    names = ("text", "title", "author", "url")
    if tree is None:
        return dict.fromkeys((*names, "dated"), "")
    dated = _dated(tree)
    found = trafilatura.bare_extraction(tree, with_metadata=True, include_comments=False)
    return {name: getattr(found, name, None) or "" for name in names} | {"dated": dated}


def _trafilatura() -> ModuleType:
    for name in ("trafilatura", "htmldate", "justext", "courlan", "readability"):
        logging.getLogger(name).addHandler(logging.NullHandler())  # what they remark is no message of ours
    try:
        import trafilatura
    except ImportError as fault:
        raise SourceError(
            f"HTML pages need a library that is not installed ({fault.name})",
            hint="pip install 'cascade-kg[html]'",
        ) from None
    return trafilatura


def _dated(tree: Any) -> str:
    """The line that dates the page: what it states to programs, else what it shows after the headline."""
    stated = next((value for value in _stated(tree) if _ISO_DAY.match(value)), "")
    if stated:
        return date_line(stated)
    for element in tree.xpath(_SHOWN):
        line = " ".join(element.text_content().split())
        if len(line) <= _LONGEST_STAMP and _PRINTED_DAY.search(line):
            return line
    return ""


def _stated(tree: Any) -> Iterator[str]:
    for path in _STATED:
        yield from (str(value).strip() for value in tree.xpath(path))
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        yield from _JSON_LD.findall(str(script))
