"""Lists and tables that say who has to do what: "… phân công như sau:", "Một là, …", rows of an annex."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from kg.expressions import BULLET
from kg.lexicon import Lexicon
from kg.model import Sentence, Span
from kg.relate.addressees import Addressees
from kg.relate.assignment import Assignments
from kg.relate.cues import once_a_lexicon
from kg.relate.givers import Givers
from kg.relate.index import Index

_BAR = re.compile(r"\s*\|\s*")


class _Columns(NamedTuple):
    """Which cells of a row name the task and who does it."""

    task: int
    doer: int


@dataclass(frozen=True, slots=True)
class _Wording:
    ordinal: re.Pattern[str]
    heading: re.Pattern[str]
    task: re.Pattern[str]
    doer: re.Pattern[str]


@once_a_lexicon
def _wording(lexicon: Lexicon) -> _Wording:
    p = lexicon.pattern
    return _Wording(
        ordinal=p(r"(?:{number-word} là|thứ (?:nhất|tư|{number-word})(?: là)?|\(\d{1,2}\))[,:]? "),
        heading=p(r"(?:(?:[ivx]+|\d+)[.)] |[-*+•] )?{duty-heading}(?!\w)"),
        task=p(r"{column-task}$"),
        doer=p(r"{column-doer}$"),
    )


class TaskLists:
    """Follows the lists and tables of one article. `giver`: who gives the tasks of the list that is open."""

    def __init__(
        self, index: Index, addressees: Addressees, givers: Givers, assignments: Assignments
    ) -> None:
        self.index, self.page, self.r = index, index.page, index.reading
        self.addressees, self.givers, self.assignments = addressees, givers, assignments
        self.wording = _wording(self.r.lexicon)
        self.tabular = " | " in self.r.shadow
        self.open = False
        self.giver = ""
        self._block = -1  # the paragraph of the heading, or of the item read last
        self._columns: _Columns | None = None

    def start(self, s: Sentence, giver: str) -> None:
        """The items that follow this sentence are tasks which `giver` gives."""
        self.open, self.giver, self._block = True, giver, s.block

    def item(self, s: Sentence) -> int:
        """Where the words of an item begin, behind its bullet or ordinal; -1 for any other sentence.

        The list ends at a paragraph that is no item.
        """
        if self.open and s.block == self._block:
            return -1
        mark = BULLET.match(self.r.shadow, s.start, s.end)
        if not mark and self.open:
            mark = self.wording.ordinal.match(self.r.shadow, s.start, s.end)
        self.open = self.open and mark is not None
        self._block = s.block
        return mark.end() if mark else -1

    def heading(self, number: int, s: Sentence) -> bool:
        """Whether a line opens a list of duties of a local paper: "Theo Kế hoạch, phân công như sau:"."""
        shadow = self.r.shadow
        if not shadow.startswith(":", s.end - 1) or not self.wording.heading.match(shadow, s.start, s.end):
            return False
        giver = self.givers.of_paper_at(number)
        if giver:
            self.start(s, giver)
        return bool(giver)

    # tables

    def row(self, number: int, s: Sentence) -> bool:
        """Reads a row of a table with a column for the work and one for who does it; True for its rows."""
        if not (cells := list(self._cells(s))):
            self._columns = None
            return False
        if head := self._head(cells):
            self._columns = head
        elif self._columns and max(self._columns) < len(cells):
            task, doer = cells[self._columns.task], cells[self._columns.doer]
            if to := self.addressees.named(doer):
                self.assignments.state(number, self.givers.of_plan, to, *task)
        return self._columns is not None

    def _cells(self, s: Sentence) -> Iterator[Span]:
        """The cells of a row, without the bars; none of a sentence without a bar."""
        bars = list(_BAR.finditer(self.r.shadow, s.start, s.end))
        edges = [s.start, *(e for m in bars for e in m.span()), s.end] if bars else []
        cells = [Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        if cells and cells[0].start == cells[0].end:
            del cells[0]  # a bar opens the line
        yield from cells

    def _head(self, cells: list[Span]) -> _Columns | None:
        """The columns that a head of a table names; None for any other row."""
        shadow, w = self.r.shadow, self.wording
        tasks = [n for n, c in enumerate(cells) if w.task.match(shadow[c.start : c.end])]
        doers = [n for n, c in enumerate(cells) if w.doer.match(shadow[c.start : c.end])]
        return _Columns(tasks[0], doers[0]) if tasks and doers else None
