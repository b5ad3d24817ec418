"""The cascade as a drawing: boxes by level on the left, their days on one axis of time on the right.

Only the layout is made here, in pixels; `templates/parts.html` writes it. Every document and event has a row
of its own: nothing overlaps however wide the cascade is, and a drawing of 500 rows is scrolled like a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from kg.show.cascade import Gathering, Node

LEVELS = ("Central", "Provincial", "District", "Commune", "Grassroots")
_TOP, _PITCH, _HEIGHT, _WIDTH = 44, 62, 50, 336
_LANE, _INDENT, _AXIS, _GAP, _LEFT = 30, 18, 700, 64, 12
_TITLE, _NOTE = 42, 52  # characters that fit a box
MOST = 499  # rows of the largest drawing, below that of the document itself


@dataclass(slots=True)
class Box:
    """A row. `day_x` is where its day stands on the axis, −1 where no full date is known; `from_x` that of
    the document above."""

    kind: str  # document, event
    iri: str
    title: str
    note: str
    level: str
    x: int
    y: int
    day: str = ""
    days: tuple[int, ...] = ()
    inferred: bool = False
    again: bool = False
    deeper: bool = False
    day_x: int = -1
    from_x: int = -1


@dataclass(slots=True)
class Drawing:
    """A layout: size, lanes (x, level), ticks of the axis (x, year), rows; `left_out` = rows not drawn.

    `paths` are lines and dots by their class: one path of each, as a drawing has many.
    """

    boxes: list[Box] = field(default_factory=list)
    lanes: list[tuple[int, str]] = field(default_factory=list)
    ticks: list[tuple[int, str]] = field(default_factory=list)
    paths: dict[str, str] = field(default_factory=dict)
    axis: int = 0
    width: int = 0
    height: int = 0
    left_out: int = 0
    hole: int = 0  # where a row for what was not seen stands, 0 for none
    box_width: int = _WIDTH
    box_height: int = _HEIGHT


@dataclass(slots=True)
class _Row:
    node: Node | Gathering
    above: int  # row of the document above, −1 for the root
    lane: int
    indent: int


def draw(
    root: Node, name: Callable[[str], str], most: int = MOST, *, first: int = 0, hole: bool = False
) -> Drawing:
    """Lay out the cascade below `root`: the root, and `most` of the rows after it from the `first` on.

    `name` says what to call an IRI. With `hole` there is room for one more row: what was not seen.
    """
    every = list(_rows(root, -1, 0, 0, []))
    rows = every[:1] + every[first + 1 : first + 1 + most]
    drawing = Drawing(left_out=len(every) - len(rows) - first)
    shown = {id(row.node): place for place, row in enumerate(rows)}
    used = sorted({row.lane for row in every})
    place = {lane: position for position, lane in enumerate(used)}
    drawing.lanes = [(_LEFT + place[lane] * _LANE, LEVELS[lane]) for lane in used]
    for number, row in enumerate(rows):
        drawing.boxes.append(_box(row, _x(row, place), _TOP + number * _PITCH, name))
    for row, box in zip(rows, drawing.boxes, strict=True):
        if row.above >= 0:
            above = shown.get(id(every[row.above].node))
            start = drawing.boxes[above].y + _HEIGHT if above is not None else _TOP - 8
            _draw(
                drawing,
                f"link{' to-event' if box.kind == 'event' else ''}{_guess(box)}",
                f"M{_x(every[row.above], place) + 9} {start}V{box.y + _HEIGHT // 2}H{box.x}",
            )
    drawing.axis = max((box.x for box in drawing.boxes), default=0) + _WIDTH + _GAP
    _date(drawing, rows, every)
    drawing.width = drawing.axis + _AXIS + 30
    drawing.height = _TOP + len(rows) * _PITCH + 8
    if hole:
        drawing.hole = drawing.height - 8
        drawing.height += _PITCH
    return drawing


def _x(row: _Row, place: dict[int, int]) -> int:
    return _LEFT + place[row.lane] * _LANE + row.indent * _INDENT


def _rows(node: Node, above: int, lane: int, indent: int, so_far: list[int]) -> Iterator[_Row]:
    """Rows in the order of reading: a document, the events that passed it on, what carries it out."""
    own = _lane(node, lane, above)
    indent = indent + 1 if above >= 0 and own == lane else 0
    here = len(so_far)
    so_far.append(here)
    yield _Row(node, above, own, indent)
    for event in node.events:
        so_far.append(here)
        yield _Row(event, here, own, indent + 1)
    for child in node.children:
        yield from _rows(child, here, own, indent, so_far)


def _lane(node: Node, lane: int, above: int) -> int:
    levels = [LEVELS.index(name) for iri in node.levels if (name := iri.rpartition("#")[2]) in LEVELS]
    known = min(levels, default=lane if above < 0 else min(lane + 1, len(LEVELS) - 1))
    return max(known, lane)  # a box never stands left of what it carries out


def _box(row: _Row, x: int, y: int, name: Callable[[str], str]) -> Box:
    node = row.node
    found = _first(node)
    day = found.isoformat() if found else ""
    if isinstance(node, Gathering):
        note = ", ".join(map(name, node.organisers))
        box = Box("event", node.iri, name(node.iri), note, LEVELS[row.lane], x, y)
    else:
        note = ", ".join(map(name, node.issuers))
        box = Box("document", node.iri, name(node.iri), note, LEVELS[row.lane], x, y)
        box.inferred, box.again = node.inferred and row.above >= 0, node.again
        box.deeper = node.deeper
    box.title, box.note = cut(box.title, _TITLE), cut(box.note, _NOTE)
    box.day, box.days = day, tuple(node.days)
    return box


def _date(drawing: Drawing, rows: list[_Row], every: list[_Row]) -> None:
    """Put the days on the axis: whole years from the first to the last."""
    days = [found for row in every if (found := _first(row.node))]
    if not days:
        return
    first, last = date(min(days).year, 1, 1), date(max(days).year + 1, 1, 1)
    scale = _AXIS / max((last - first).days, 1)

    def place(day: date | None) -> int:
        return drawing.axis + round((day - first).days * scale) if day else -1

    years = last.year - first.year
    step = next(n for n in (1, 2, 5, 10, 20, 50, 1000) if years / n <= 8)
    drawing.ticks = [(place(date(year, 1, 1)), str(year)) for year in range(first.year, last.year + 1, step)]
    for row, box in zip(rows, drawing.boxes, strict=True):
        box.day_x = place(_day(box.day))
        if row.above >= 0 and box.day_x >= 0:
            box.from_x = place(_first(every[row.above].node))
        _mark(drawing, box)


def _mark(drawing: Drawing, box: Box) -> None:
    """The day of a row as a dot on the axis, and the time since that of the document above as a line."""
    y = box.y + _HEIGHT // 2
    if box.from_x >= 0 and box.from_x != box.day_x:
        early = " early" if box.days and box.days[0] < 0 else ""
        _draw(drawing, f"span{early}{_guess(box)}", f"M{box.from_x} {y}H{box.day_x}")
    if box.day_x >= 0 and box.kind == "event":
        _draw(drawing, "dot event", f"M{box.day_x} {y - 7}l7 7-7 7-7-7z")
    elif box.day_x >= 0:  # a line without length, whose round end is the dot
        _draw(drawing, f"dot {box.level}", f"M{box.day_x} {y}h0")


def _guess(box: Box) -> str:
    return " guess" if box.inferred else ""


def _draw(drawing: Drawing, kind: str, path: str) -> None:
    drawing.paths[kind] = drawing.paths.get(kind, "") + path


def _first(node: Node | Gathering) -> date | None:
    return next((found for day in node.dates if (found := _day(day))), None)


@lru_cache(maxsize=4096)  # the same days come again and again
def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def cut(text: str, most: int) -> str:
    """The text on one line, its end left out beyond `most` characters."""
    text = " ".join(text[: 4 * most].split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
