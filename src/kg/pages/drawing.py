"""The cascade as a drawing: boxes by level on the left, their days on one axis of time on the right.

Only the layout is made here, in pixels; `templates/parts.html` writes it. Every document and event has a row
of its own: nothing overlaps however wide the cascade is, and a drawing of 500 rows is scrolled like a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from kg.show.cascade import Gathering, Node

LEVELS = ("Central", "Provincial", "District", "Commune", "Grassroots")
_TOP, _PITCH, _HEIGHT, _WIDTH = 44, 62, 50, 336
_LANE, _INDENT, _AXIS, _GAP, _LEFT = 30, 18, 620, 64, 12
_TITLE, _NOTE = 42, 52  # characters that fit a box
_MOST = 500  # rows of the largest drawing


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
    path: str = ""
    day: str = ""
    days: tuple[int, ...] = ()
    inferred: bool = False
    again: bool = False
    day_x: int = -1
    from_x: int = -1


@dataclass(slots=True)
class Drawing:
    """A layout: size, lanes (x, level), ticks of the axis (x, year), rows; `left_out` = rows not drawn."""

    boxes: list[Box] = field(default_factory=list)
    lanes: list[tuple[int, str]] = field(default_factory=list)
    ticks: list[tuple[int, str]] = field(default_factory=list)
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


def draw(root: Node, name: Callable[[str], str], most: int = _MOST, *, hole: bool = False) -> Drawing:
    """Lay out the cascade below `root`, of at most `most` rows; `name` says what to call an IRI.

    With `hole` there is room for one more row: what was not seen.
    """
    rows = list(_rows(root, -1, 0, 0, []))
    drawing = Drawing(left_out=max(len(rows) - most, 0))
    rows = rows[:most]
    used = sorted({row.lane for row in rows})
    place = {lane: position for position, lane in enumerate(used)}
    drawing.lanes = [(_LEFT + place[lane] * _LANE, LEVELS[lane]) for lane in used]
    for number, row in enumerate(rows):
        x = _LEFT + place[row.lane] * _LANE + row.indent * _INDENT
        drawing.boxes.append(_box(row, x, _TOP + number * _PITCH, name))
    for row, box in zip(rows, drawing.boxes, strict=True):
        if row.above >= 0:
            above = drawing.boxes[row.above]
            box.path = f"M{above.x + 9} {above.y + _HEIGHT}V{box.y + _HEIGHT // 2}H{box.x}"
    drawing.axis = max((box.x for box in drawing.boxes), default=0) + _WIDTH + _GAP
    _date(drawing, rows)
    drawing.width = drawing.axis + _AXIS + 30
    drawing.height = _TOP + len(rows) * _PITCH + 8
    if hole:
        drawing.hole = drawing.height - 8
        drawing.height += _PITCH
    return drawing


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
    day = next((d for d in node.dates if _day(d)), "")
    if isinstance(node, Gathering):
        note = ", ".join(map(name, node.organisers))
        box = Box("event", node.iri, name(node.iri), note, LEVELS[row.lane], x, y)
    else:
        note = ", ".join(map(name, node.issuers))
        box = Box("document", node.iri, name(node.iri), note, LEVELS[row.lane], x, y)
        box.inferred, box.again = node.inferred and row.above >= 0, node.again
    box.title, box.note = cut(box.title, _TITLE), cut(box.note, _NOTE)
    box.day, box.days = day, tuple(node.days)
    return box


def _date(drawing: Drawing, rows: list[_Row]) -> None:
    """Put the days on the axis: whole years from the first to the last."""
    days = [found for box in drawing.boxes if (found := _day(box.day))]
    if not days:
        return
    first, last = date(min(days).year, 1, 1), date(max(days).year + 1, 1, 1)
    scale = _AXIS / max((last - first).days, 1)

    def place(day: date) -> int:
        return drawing.axis + round((day - first).days * scale)

    years = last.year - first.year
    step = next(n for n in (1, 2, 5, 10, 20, 50, 1000) if years / n <= 8)
    drawing.ticks = [(place(date(year, 1, 1)), str(year)) for year in range(first.year, last.year + 1, step)]
    for row, box in zip(rows, drawing.boxes, strict=True):
        day = _day(box.day)
        if day:
            box.day_x = place(day)
            if row.above >= 0:
                box.from_x = drawing.boxes[row.above].day_x


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def cut(text: str, most: int) -> str:
    """The text on one line, its end left out beyond `most` characters."""
    text = " ".join(text[: 4 * most].split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
