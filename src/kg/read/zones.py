"""A page's text in zones: title, stamp, lead, body, caption, byline, related, footer; and its sentences.

What a zone is decides what may be believed of it: document numbers of related stories are not this article's,
a stamp dates the page and not the event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.lexicon import Lexicon
from kg.model import Block, Sentence

_LINE = re.compile(r"[^\n]+")
_STOPS = tuple(".!?…;:")
_BULLET = re.compile(r"\s*(?:[-*•+▪►]|\d{1,2}[.)])\s")
_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp")
_CREDIT = re.compile(r"(?:^|[.\s(\[\"'])ảnh\s*(?::|\d|chụp|minh họa|tư liệu|[\])]|\w+(?: \w+){0,3}\s*[).]?$)")
_DATE = re.compile(r"\d{1,2}\s?[/.-]\s?\d{1,2}(?:\s?[/.-]\s?\d{4})?|\d{1,2}[:h]\d{2}(?::\d{2,})?|\d+")
_PLAIN_BREAK = re.compile(r"[.!?…][.!?…]*[\"'”’)\]]*\s+")  # in a block of one line: a set first, so that it skips ahead
_BREAK = re.compile(r"[.!?…]+[\"'”’)\]]*\s+|(?<=[:;])\s*\n\s*(?=[-*•+])")
_ABBREVIATION = re.compile(r"(?:^|[\s(.,])(?:tp|tx|tt|pgs|gs|ts|ths|bs|[a-zđư]|t\.ư|đ/c|st|tr|mr|ms|ô|nxb|vd|v\.v)\.$")
_WORD = re.compile(r"\w+")
_STAMP = re.compile(
    r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}|\d{4}-\d\d-\d\d|\d{1,2}[:h]\d{2}|ngày \d+ tháng \d+ năm \d{4}|gmt"
)
_MARKS = " >»*-•|[("  # what may stand before the first word of a list's line
_LONG = 200


def _ended(line: str) -> bool:
    """Whether a line (no white space behind it) ends as a sentence does."""
    return line.rstrip("\"')]").endswith(_STOPS)


def _joined_lines(shadow: str, text: str) -> list[tuple[int, int]]:
    """Lines, with those of a hard-wrapped paragraph put together."""
    lines = [(m.start(), m.end()) for m in _LINE.finditer(shadow) if m.group().strip()]
    blocks: list[tuple[int, int]] = []
    run: list[tuple[int, int]] = []

    def flush() -> None:
        wrapped, width = _wrapped([b - a for a, b in run[:-1]])
        for i, (a, b) in enumerate(run):
            before = shadow[run[i - 1][0] : run[i - 1][1]].rstrip() if i else ""
            if i and _soft_break(before, shadow[a:b], text[a:b], width if wrapped else 0):
                blocks[-1] = (blocks[-1][0], b)
            else:
                blocks.append((a, b))
        run.clear()

    for a, b in lines:
        if run and shadow[run[-1][1] : a].count("\n") > 1:
            flush()
        run.append((a, b))
    if run:
        flush()
    return blocks


def _wrapped(widths: list[int]) -> tuple[bool, int]:
    """Whether lines are cut at a margin: most of them near to the longest, which is short for a paragraph."""
    width = max(widths, default=0)
    full = sum(w >= 0.75 * width for w in widths)
    return len(widths) >= 2 and width <= 100 and full >= 0.6 * len(widths), width


def _soft_break(before: str, line: str, original: str, width: int) -> bool:
    """Whether a line goes on with the one before it. `width` is the margin of wrapped text, 0 for other text."""
    if _BULLET.match(line):
        return False
    if width:
        indented = line.startswith("  ")
        ended = _ended(before) and len(before) < 0.8 * width
        return not indented and not ended
    if _ended(before):
        return False
    return before.endswith("-") and len(before) > 3 or original.lstrip()[:1].islower()


def _doubled(line: str) -> bool:
    """A related headline with the alternative text of its picture: the same words twice."""
    half = (len(line) - 1) // 2
    return len(line) > 30 and line[:half] == line[half + 1 :]


def _is_stamp(line: str, lexicon: Lexicon, original: str) -> bool:
    if len(line) > 120 or not re.search(r"\d", line) and "cập nhật" not in line:
        return False
    if not _STAMP.search(line):
        return False
    rest = _DATE.sub(" ", line)
    for form in lexicon.forms("zone-stamp"):
        if form in rest:
            rest = re.sub(rf"\b{re.escape(form)}\b", " ", rest)
    words = [w for w in _WORD.findall(rest) if w not in ("ngày", "tháng", "năm", "h", "phút", "giờ")]
    capitals = original.upper() == original
    return len(words) <= (6 if capitals else 4)


def _furniture(line: str, lexicon: Lexicon, original: str) -> str:
    """The zone that a line shows by itself, else ''."""
    text = line.strip()
    bare = text.lstrip(_MARKS)
    opened = lexicon.opening("zone-related").match(bare)
    if opened:
        rest = bare[opened.end() :].strip()
        if not rest or rest[0] in ":|-]" or text.startswith((">", "»")):
            return "related" if rest.strip(" :|-]") else "related-list"
    if _doubled(text):
        return "related"
    if text.endswith(_PICTURES):
        return "picture"
    if _is_stamp(text, lexicon, original):
        return "stamp"
    opened = lexicon.opening("zone-footer").match(bare)
    if opened and (len(text) <= opened.end() + 12 or ":" in text[opened.end() : opened.end() + 20]) or _online(text):
        return "footer"
    if len(text) < 400 and "ảnh" in text and _CREDIT.search(text):
        return "caption"
    return ""


def _online(text: str) -> bool:
    return len(text) < 60 and any(f in text for f in ("đang online", "lượt xem", "lượt truy cập"))


def _title_index(rows: list[tuple[int, int, str]], shadow: str) -> int:
    """The headline: the longest of the short lines before the first paragraph."""
    best, length = -1, 0
    for i, (a, b, zone) in enumerate(rows):
        text = shadow[a:b].strip()
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


def zones(text: str, shadow: str, lexicon: Lexicon) -> list[Block]:
    """The blocks of a stored text. `shadow` is `fold(text)`."""
    rows = [(a, b, _furniture(shadow[a:b], lexicon, text[a:b])) for a, b in _joined_lines(shadow, text)]
    title = _title_index(rows, shadow)
    blocks: list[Block] = []
    tail = ""
    picture = lead = False
    for i, (a, b, zone) in enumerate(rows):
        line = shadow[a:b].strip()
        if tail and (zone != "footer" and len(line) > _LONG and line.endswith(".")):
            tail = ""
        if zone == "picture":
            picture, zone = True, "footer"
        elif tail or zone in ("related-list", "footer"):
            tail = {"related-list": "related", "footer": tail if tail != "related" else "footer"}.get(zone, tail)
            zone = "footer" if zone == "footer" or tail == "footer" else "related"
        elif i == title:
            zone = "title"
        elif not zone and i < title:
            zone = "footer"
        elif not zone:
            ended = _ended(line) or bool(_BULLET.match(shadow[a:b]))
            if not ended and len(line) < _LONG and lead:
                zone = "byline" if len(_WORD.findall(line)) <= 5 and i >= len(rows) - 3 else "caption"
            elif picture and not ended:
                zone = "caption"
            else:
                zone = "body" if lead else "lead"
                lead = True
        if zone not in ("footer",):
            picture = False
        blocks.append(Block(a, b, zone))
    return blocks


def _cuts(text: str, a: int, b: int) -> Iterator[tuple[int, int]]:
    start = a
    for m in (_BREAK if text.find("\n", a, b) >= 0 else _PLAIN_BREAK).finditer(text, a, b):
        follower = text[m.end() : m.end() + 4].lstrip("\"'“‘([")[:1]
        if not (follower.isupper() or follower in "-*•>" or follower.isdigit() and not text[m.start() - 1].isdigit()):
            continue
        if text[m.start()] == "." and _ABBREVIATION.search(text[max(start, m.start() - 8) : m.start() + 1].lower()):
            continue
        end = m.start() + len(m.group().rstrip())
        yield start, end
        start = m.end()
    if start < b:
        yield start, b


def sentences(text: str, blocks: list[Block]) -> list[Sentence]:
    """The sentences of all blocks, in order; white space at their ends left out."""
    found: list[Sentence] = []
    for number, block in enumerate(blocks):
        for a, b in _cuts(text, block.start, block.end):
            while a < b and text[a].isspace():
                a += 1
            while b > a and text[b - 1].isspace():
                b -= 1
            if b > a:
                found.append(Sentence(a, b, block.zone, number))
    return found
