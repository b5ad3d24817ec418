"""Where an article that reports several events turns from one to the next.

"Buổi chiều cùng ngày, đồng chí … dự Hội nghị …", or the items of a column of short news. A paragraph turns
only where its first sentence names an event with a day of its own, near to the main one's.
"""

from __future__ import annotations

import re
from datetime import date

from kg.model import Date, Sentence
from kg.relate.index import Index
from kg.relate.occasions import Event, Occasions, event_wording

SAME_DAY = re.compile(
    r"(?:[-*+•●]\s*)?(?:[^,.:;]{2,30}:\s*)?(?:(?:buổi )?(?:sáng|trưa|chiều|tối) )?cùng ngày(?!\w)"
)
"""What a paragraph begins with that tells of another event of the day."""
REVIEWED = re.compile(
    r"\s(?:đã |vừa )?(?P<what>sơ kết|tổng kết)(?=\s(?:\d+|một|hai|ba|bốn|năm|mười) (?:năm|tháng)(?!\w))"
)
"""A verb that makes an event of what its subject does."""
_HEADING = re.compile(r"(?:xã|phường|thị trấn|huyện|quận|thị xã|thành phố|tỉnh)(?: [\w'-]+){1,4}\s*[.:]?")
_BEFORE = re.compile(r"(?:trước (?:đó|đây)|mới đây|năm ngoái)(?!\w)")
_PLANNED = re.compile(r"\s(?:sẽ|dự kiến|sắp)\s")
_MEETINGS = frozenset(("WorkingSession", "Reception", "Visit", "Inspection"))
_OPENING = 24  # characters: where words that speak of the past stand
_NEAR = 7  # days: what took place longer before is told as background
_YEAR = 2000  # stands for a year that is not given; a leap year, so that every day exists


class Turns:
    """Finds the sentences that report further events, and divides the article among all of them."""

    def __init__(self, index: Index, occasions: Occasions) -> None:
        self.index, self.occasions, self.r = index, occasions, index.reading
        self.wording = event_wording(self.r.lexicon)

    def further(self, main: Event) -> list[int]:
        """The sentences that report other events than the main one, in order."""
        blocks = {self.r.sentences[main.sentence].block}
        found: list[int] = []
        for number in self.occasions.numbers():
            s = self.r.sentences[number]
            opens = number == 0 or self.r.sentences[number - 1].block != s.block or self._headed(number)
            if opens and s.block not in blocks and self._reports(number, s) and self._apart(number, s, main):
                blocks.add(s.block)
                found.append(number)
        return found

    def _headed(self, number: int) -> bool:
        """Whether only the name of a place stands before a sentence in its block: "Xã Na Son. | Ngày …"."""
        head = self.r.sentences[number - 1]
        alone = number == 1 or self.r.sentences[number - 2].block != head.block
        return alone and _HEADING.fullmatch(self.r.shadow, head.start, head.end) is not None

    def _reports(self, number: int, s: Sentence) -> bool:
        """Whether a sentence says that an event was held, of itself and now."""
        shadow = self.r.shadow
        words = self.occasions.named(number)
        if not words and REVIEWED.search(shadow, s.start, s.end):
            return self.occasions.day(number) is not None and not _PLANNED.search(shadow, s.start, s.end)
        if not words or _PLANNED.search(shadow, s.start, s.end):
            return False
        if _BEFORE.search(shadow, s.start, s.start + _OPENING):
            return False
        held = self.occasions.held(number)
        return bool(held or self.wording.chair.search(shadow, s.start, s.end) or words[0].kind in _MEETINGS)

    def _apart(self, number: int, s: Sentence, main: Event) -> bool:
        """Whether the sentence has a day of its own: another one, or "cùng ngày" of another paragraph."""
        if main.date is None:
            return False
        if SAME_DAY.match(self.r.shadow, s.start):
            return True
        own = self.occasions.day(number)
        return own is not None and 0 < _days_between(own, main.date) <= _NEAR

    def another(self, number: int, main: Event) -> bool:
        """Whether a sentence tells of an event of another day: "Trước đó, ngày 10/3, … tổ chức hội nghị"."""
        own = self.occasions.day(number)
        if own is None or main.date is None or number == main.sentence or not self.occasions.named(number):
            return False
        return self.occasions.held(number) and _days_between(own, main.date) > 0

    def divide(self, main: Event, numbers: list[int]) -> list[frozenset[int]]:
        """For the main event and then for each further one: the sentences that do not speak of it."""
        blocks = [s.block for s in self.r.sentences]
        opens = sorted((blocks[n], n) for n in (main.sentence, *numbers))
        of: dict[int, list[int]] = {n: [] for _, n in opens}
        for number, block in enumerate(blocks):
            before = [n for first, n in opens if first <= block]
            of[before[-1] if before else main.sentence].append(number)
        everything = frozenset(range(len(blocks)))
        return [everything - frozenset(of[n]) for n in (main.sentence, *numbers)]


def _days_between(a: Date, b: Date) -> int:
    """How many days lie between two days, as far as they tell their years."""
    years = (a.year, b.year) if a.year and b.year else (_YEAR, _YEAR)
    one, two = (date(year, d.month, d.day) for year, d in zip(years, (a, b), strict=True))
    return abs((one - two).days)
