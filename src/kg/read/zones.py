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
_TERMINAL = re.compile(r"[.!?…;:][\"')\]]*$")
_BULLET = re.compile(r"\s*(?:[-*•+▪►]|\d{1,2}[.)])\s")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp)\s*$")
_CREDIT = re.compile(r"(?:^|[.\s(\[\"'])ảnh\s*(?::|\d|chụp|minh họa|tư liệu|[\])]|\w+(?: \w+){0,3}\s*[).]?$)")
_DATE = re.compile(r"\d{1,2}\s?[/.-]\s?\d{1,2}(?:\s?[/.-]\s?\d{4})?|\d{1,2}[:h]\d{2}(?::\d{2,})?|\d+")
_BREAK = re.compile(r"[.!?…]+[\"'”’)\]]*\s+|(?<=[:;])\s*\n\s*(?=[-*•+])")
_ABBREVIATION = re.compile(r"(?:^|[\s(.,])(?:tp|tx|tt|pgs|gs|ts|ths|bs|[a-zđư]|t\.ư|đ/c|st|tr|mr|ms|ô|nxb|vd|v\.v)\.$")
_WORD = re.compile(r"\w+")
_LONG = 200


def _joined_lines(shadow: str, text: str) -> list[tuple[int, int]]:
    """Lines, with those of a hard-wrapped paragraph put together."""
    lines = [(m.start(), m.end()) for m in _LINE.finditer(shadow) if m.group().strip()]
    blocks: list[tuple[int, int]] = []
    run: list[tuple[int, int]] = []

    def flush() -> None:
        widths = [b - a for a, b in run[:-1]]
        wrapped = len(run) >= 3 and max(widths) <= 100 and min(widths) >= 0.55 * max(widths)
        for i, (a, b) in enumerate(run):
            before = shadow[run[i - 1][0] : run[i - 1][1]].rstrip() if i else ""
            broken = (before.endswith("-") and len(before) > 3) or (before and text[a:b].lstrip()[:1].islower() and not _TERMINAL.search(before))
            soft = i and not _BULLET.match(shadow[a:b]) and (wrapped and not _TERMINAL.search(before) or broken)
            if soft:
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


def _doubled(line: str) -> bool:
    """A related headline with the alternative text of its picture: the same words twice."""
    half = (len(line) - 1) // 2
    return len(line) > 30 and line[:half] == line[half + 1 :]


def _is_stamp(line: str, lexicon: Lexicon, original: str) -> bool:
    if len(line) > 120 or not re.search(r"\d", line) and "cập nhật" not in line:
        return False
    if not re.search(r"\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?\d{4}|\d{1,2}[:h]\d{2}|ngày \d+ tháng \d+ năm \d{4}|gmt", line):
        return False
    rest = _DATE.sub(" ", line)
    for form in lexicon.forms("zone-stamp"):
        rest = re.sub(rf"\b{re.escape(form)}\b", " ", rest)
    words = [w for w in _WORD.findall(rest) if w not in ("ngày", "tháng", "năm", "h", "phút", "giờ")]
    capitals = original.upper() == original
    return len(words) <= (6 if capitals else 3)


def _starts(line: str, forms: tuple[str, ...]) -> str:
    """The form that opens the line (list marks passed over), else ''."""
    bare = line.lstrip(" >»*-•|[(")
    for form in forms:
        if bare.startswith(form) and not bare[len(form) : len(form) + 1].isalnum():
            return form
    return ""


def _furniture(line: str, lexicon: Lexicon, original: str) -> str:
    """The zone that a line shows by itself, else ''."""
    text = line.strip()
    form = _starts(text, lexicon.forms("zone-related"))
    rest = text.lstrip(" >»*-•|[(")[len(form) :].strip()
    if form and (not rest or rest[0] in ":|-]" or text.startswith((">", "»"))):
        return "related" if rest.strip(" :|-]") else "related-list"
    if _doubled(text):
        return "related"
    if _PICTURE.search(text):
        return "picture"
    form = _starts(text, lexicon.forms("zone-footer"))
    if form and (len(text) <= len(form) + 12 or ":" in text[len(form) : len(form) + 20]) or _online(text, lexicon):
        return "footer"
    if _is_stamp(text, lexicon, original):
        return "stamp"
    if len(text) < 400 and _CREDIT.search(text):
        return "caption"
    return ""


def _online(text: str, lexicon: Lexicon) -> bool:
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
            ended = bool(re.search(r"[.!?…:;][\"')\]]*$", line)) or bool(_BULLET.match(shadow[a:b]))
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
    for m in _BREAK.finditer(text, a, b):
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
