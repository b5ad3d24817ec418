"""A page's text in zones: title, stamp, lead, body, caption, byline, related, footer; and its sentences.

What a zone is decides what may be believed of it: document numbers of related stories are not this article's,
a stamp dates the page and not the event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from kg.lexicon import Lexicon
from kg.model import Block, Sentence
from kg.vietnamese import stops

_LINE = re.compile(r"[^\n]+")
_STOPS = tuple(".!?…;:")
_BULLET = re.compile(r"\s*(?:[-*•+▪►]|\d{1,2}[.)])\s")
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp")
_CREDIT = re.compile(
    r"ảnh(?<![^.\s(\[\"']ảnh)\s*(?::|\d|chụp|minh họa|tư liệu|[\])]|\w+(?: \w+){0,3}\s*[).]?$)"
)
_DATE = re.compile(r"\d{1,2}\s?[/.-]\s?\d{1,2}(?:\s?[/.-]\s?\d{4})?|\d{1,2}[:h]\d{2}(?::\d{2,})?|\d+")
# in a block of one line, in its `stops`: the engine skips from one to the next
# (and the run is taken whole and once: a page of dots is read in linear time)
_PLAIN_BREAK = re.compile(r'(\.(?<!\.\.)\.*+"*+) +')
_BREAK = re.compile(r"([.!?…](?<![.!?…][.!?…])[.!?…]*+[\"'”’)\]]*+)\s+|(?<=[:;])\s*\n\s*(?=[-*•+])")
_ITEM = re.compile(r"\s*(?:\d{1,2}|[IVX]{1,4})\.")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(.,])(?:tp|tx|tt|pgs|gs|ts|ths|bs|[a-zđư]|t\.ư|đ/c|st|tr|mr|ms|ô|nxb|vd|v\.v)\.$"
)
_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_STAMP = re.compile(  # a digit first: the engine then skips from one to the next
    r"\d(?:\d?\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}|\d{3}-\d\d-\d\d|\d?[:h]\d{2}"
    r"|(?<=ngày \d)\d* tháng \d+ năm \d{4})"
)
_MARKS = " >»*-•|[("  # what may stand before the first word of a list's line
_LONG = 200


def _ended(line: str) -> bool:
    """Whether a line (no white space behind it) ends as a sentence does."""
    return line.rstrip("\"')]").endswith(_STOPS)


def _joined_lines(shadow: str, text: str) -> list[tuple[int, int]]:
    """Lines, with those of a hard-wrapped paragraph put together."""
    runs = _runs(shadow)
    margins = [_margin([b - a for a, b in run[:-1]]) for run in runs]
    common = max(margins, default=0)
    blocks: list[tuple[int, int]] = []
    for run, own in zip(runs, margins, strict=True):
        blocks.append(run[0])
        for (start, end), (a, b) in pairwise(run):
            before, line = shadow[start:end].rstrip(), shadow[a:b]
            margin = own or (common if _fills(before, line, common) else 0)
            if _soft_break(before, line, text[a:b], margin):
                blocks[-1] = (blocks[-1][0], b)
            else:
                blocks.append((a, b))
    return blocks


def _runs(shadow: str) -> list[list[tuple[int, int]]]:
    """The lines, in runs that blank lines part."""
    runs: list[list[tuple[int, int]]] = []
    for m in _LINE.finditer(shadow):
        if not m.group().strip():
            continue
        if runs and shadow[runs[-1][-1][1] : m.start()].count("\n") <= 1:
            runs[-1].append(m.span())
        else:
            runs.append([m.span()])
    return runs


def _margin(widths: list[int]) -> int:
    """The margin at which lines are cut: most of them near to the longest, short for a paragraph; else 0."""
    width = max(widths, default=0)
    full = sum(w >= 0.75 * width for w in widths)
    return width if len(widths) >= 2 and width <= 100 and full >= 0.6 * len(widths) else 0


def _fills(before: str, line: str, margin: int) -> bool:
    """Whether the next line's first word had no room behind a line: so a paragraph of two lines is told."""
    return 0 < margin < len(before) + 1 + len(line.split(" ", 1)[0])


def _soft_break(before: str, line: str, original: str, width: int) -> bool:
    """Whether a line goes on with the one before it. `width`: the margin of wrapped text, else 0."""
    if " | " in line and " | " in before:
        return False  # rows of a table
    ended = _ended(before)
    if (ended and (not width or len(before) < 0.8 * width)) or _BULLET.match(line):
        return False
    if width:
        return not line.startswith("  ")
    if before.endswith((" số", " số:")):
        return True  # the number of a document, cut off from its type
    return (before.endswith("-") and len(before) > 3) or original.lstrip()[:1].islower()


def _doubled(line: str) -> bool:
    """A related headline with the alternative text of its picture: the same words twice, without a stop.

    A paragraph that stands twice in a line is one of the story.
    """
    half = len(line) // 2
    twice = len(line) > 30 and len(line) % 2 == 1 and line[:half] == line[half + 1 :]
    return twice and not _ended(line[:half])


def _is_stamp(line: str, lexicon: Lexicon, original: str) -> bool:
    if len(line) > 120 or not (_STAMP.search(line) or _in_greenwich_time(line)):
        return False
    rest = _DATE.sub(" ", line)
    for form in lexicon.forms("zone-stamp"):
        if form in rest:
            rest = re.sub(rf"\b{re.escape(form)}\b", " ", rest)
    words = [w for w in _WORD.findall(rest) if w not in ("ngày", "tháng", "năm", "h", "phút", "giờ")]
    capitals = original.upper() == original
    return len(words) <= (6 if capitals else 4)


def _in_greenwich_time(line: str) -> bool:
    return "gmt" in line and ("cập nhật" in line or _DIGIT.search(line) is not None)


def _furniture(text: str, lexicon: Lexicon, original: str) -> str:
    """The zone that the words of a line show by themselves, else ''."""
    bare = text.lstrip(_MARKS)
    zone = _related(text, bare, lexicon) or ("related" if _doubled(text) else "")
    if zone:
        return zone
    if text.endswith(_PICTURES):
        return "picture"
    if _is_stamp(text, lexicon, original):
        return "stamp"
    opened = lexicon.opening("zone-footer").match(bare)
    named = opened and (len(text) <= opened.end() + 12 or ":" in text[opened.end() : opened.end() + 20])
    if named or _online(text):
        return "footer"
    return "caption" if len(text) < 400 and "ảnh" in text and _CREDIT.search(text) else ""


def _related(text: str, bare: str, lexicon: Lexicon) -> str:
    """ "related-list" for the head of a list of other stories, "related" for one with a story behind it."""
    opened = lexicon.opening("zone-related").match(bare)
    rest = bare[opened.end() :].strip() if opened else ""
    if not opened or (rest and rest[0] not in ":|-]" and not text.startswith((">", "»"))):
        return ""
    return "related" if rest.strip(" :|-]") else "related-list"


def _online(text: str) -> bool:
    return len(text) < 60 and ("đang online" in text or "lượt xem" in text or "lượt truy cập" in text)


def _title_index(words: list[str], shown: list[str]) -> int:
    """The headline: the longest of the short lines before the first paragraph."""
    best, length = -1, 0
    for i, (text, zone) in enumerate(zip(words, shown, strict=True)):
        if zone in ("stamp", "picture"):
            if best >= 0 and zone == "stamp":
                break
            continue
        if zone or len(text) > _LONG or text.endswith((".", ":", ";")):
            break
        if len(text) > length and i < 6:
            if best >= 0 and length > 40:
                break
            best, length = i, len(text)
    return best


@dataclass(slots=True)
class _Walk:
    """One walk down a page: what came before decides what a line is."""

    lines: list[str]  # folded
    words: list[str]  # of each line: without the spaces around it
    shown: list[str]  # the zone that each line shows by itself
    title: int
    tail: str = ""  # "related", "footer" once such a part has begun
    picture: bool = False  # a picture's name stands right before
    lead: bool = False  # the story has begun

    def zone(self, number: int) -> str:
        """The zone of the next line, by its number."""
        line, shown = self.words[number], self.shown[number]
        if self.tail and shown != "footer" and len(line) > _LONG and line.endswith("."):
            self.tail = ""
        zone = self._zone(number, line, shown)
        if zone != "footer":
            self.picture = False
        return zone

    def _zone(self, number: int, line: str, shown: str) -> str:
        if shown == "picture":
            self.picture = True
            return "footer"
        if self.tail or shown in ("related-list", "footer"):
            return self._behind(shown)
        if number == self.title:
            return "title"
        if shown or number < self.title:
            return shown or "footer"
        return self._story(number, line, _ended(line) or _BULLET.match(self.lines[number]) is not None)

    def _behind(self, shown: str) -> str:
        if shown == "related-list":
            self.tail = "related"
        elif shown == "footer" and self.tail == "related":
            self.tail = "footer"
        return "footer" if "footer" in (shown, self.tail) else "related"

    def _story(self, number: int, line: str, ended: bool) -> str:
        if not ended and self.lead and len(line) < _LONG:
            return "byline" if number >= len(self.lines) - 3 and len(_WORD.findall(line)) <= 5 else "caption"
        if not ended and self.picture:
            return "caption"
        zone = "body" if self.lead else "lead"
        self.lead = True
        return zone


def zones(text: str, shadow: str, lexicon: Lexicon) -> list[Block]:
    """The blocks of a stored text. `shadow` is `fold(text)`."""
    spans = _joined_lines(shadow, text)
    lines = [shadow[a:b] for a, b in spans]
    words = [line.strip() for line in lines]
    shown = [_furniture(w, lexicon, text[a:b]) for w, (a, b) in zip(words, spans, strict=True)]
    walk = _Walk(lines, words, shown, _title_index(words, shown))
    return [Block(a, b, walk.zone(i)) for i, (a, b) in enumerate(spans)]


def _opens_sentence(text: str, at: int, after_digit: bool) -> bool:
    """Whether a capital, a mark of a list or a number (behind no other number) stands at an offset."""
    first = text[at : at + 4].lstrip("\"'“‘([")[:1]
    return first.isupper() or first in "-*•>" or (first.isdigit() and not after_digit)


def _cuts(text: str, marks: str, a: int, b: int) -> Iterator[tuple[int, int]]:
    """The sentences of `text[a:b]`, whose `stops` are `marks[a:b]`."""
    start = a
    several_lines = text.find("\n", a, b) >= 0
    for m in _BREAK.finditer(text, a, b) if several_lines else _PLAIN_BREAK.finditer(marks, a, b):
        stop = m.start()
        if not _opens_sentence(text, m.end(), text[stop - 1].isdigit()):
            continue
        if _ITEM.fullmatch(text, start, stop + 1):
            continue  # "1. Ban Tuyên giáo …": the number of an item is no sentence
        if text[stop] == "." and _ABBREVIATION.search(text[max(start, stop - 8) : stop + 1].lower()):
            continue
        end = max(stop, m.end(1))  # -1 where a list begins
        yield start, end
        start = m.end()
    if start < b:
        yield start, b


def sentences(text: str, blocks: list[Block]) -> list[Sentence]:
    """The sentences of all blocks, in order; white space at their ends left out."""
    found: list[Sentence] = []
    marks = stops(text)
    for number, block in enumerate(blocks):
        for start, end in _cuts(text, marks, block.start, block.end):
            words = text[start:end].rstrip()
            first = start + len(words) - len(words.lstrip())
            if words:
                found.append(Sentence(first, start + len(words), block.zone, number))
    return found
