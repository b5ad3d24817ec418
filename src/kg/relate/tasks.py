"""Tasks: who was told to do what, by whom, under which document.

An assignment needs a verb of assigning and an addressee; what has no addressee is an emphasis, not a task.
The addressee ends where the verb of the task begins (`cue-task-verb`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg.model import Sentence, Span
from kg.recognise.spans import between
from kg.relate.addressees import Addressee, Addressees
from kg.relate.assignment import Assignments
from kg.relate.facts import Facts
from kg.relate.givers import Givers
from kg.relate.index import Index
from kg.relate.lists import TaskLists
from kg.relate.occasions import Event
from kg.scanner import Token

_NEXT_ASSIGNMENT = re.compile(r"[;,]\s*(?:đồng thời\s+)?(?:giao|đề nghị|yêu cầu)\s")
_NOUN = re.compile(r"(?:là|những|các|một số|nhiều|theo|với|của|đặt ra|nội dung)\s+$")
_WISHED = re.compile(r"(?<!\w)(?:nên|có thể|muốn|nếu|để|sẽ)\s+$")
_WHENEVER = re.compile(r"(?<!\w)(?:khi|nếu)\s+$")
_NOT = re.compile(r"(?<!\w)(?:không|chưa|chẳng)(?: hề| phải)?\s+$")
_REPORT = re.compile(r"^(?:định kỳ|hằng (?:tháng|quý|năm|tuần)|hàng (?:tháng|quý|năm|tuần))[,\s]")
_DONE = re.compile(r"^[^,;.]{0,60}?(?:\s|^)(?:đã|đang|sẽ|vừa|được(?! giao)|còn|cũng(?! cần| phải))\s")
_ON_GROUNDS = re.compile(r"(?:căn cứ [^;]{5,60}?, (?=các )|(?:cùng với đó|đồng thời|ngoài ra), |riêng )")
_SEMICOLON = re.compile(";")
_STOP = re.compile(r"[;.]")
# what a sentence needs that names the work first
_TO_WHOM = (
    " thuộc về ",
    "giao cho ",
    "công cho ",
    "vụ cho ",
    "trách nhiệm cho ",
)
_TO_A_GROUP = re.compile(r", (?=các )")
_WORK = re.compile(r"(?:việc|trách nhiệm|nhiệm vụ) (?=\w)")
_GIVEN_TO = re.compile(r" (?:được )?(?:giao|phân công|giao nhiệm vụ|giao trách nhiệm) cho | thuộc về ")
_TO_ANOTHER = re.compile(r" (?:cho|theo(?! dõi)) ")


class TaskReader:
    """Reads the assignments of one article."""

    def __init__(self, index: Index, facts: Facts, event: Event | None) -> None:
        self.index, self.r = index, index.reading
        self.addressees = Addressees(index)
        self.givers = Givers(index, self.addressees, event)
        self.assignments = Assignments(index, facts, self.addressees)
        # of the assignment read last: who gave it, in which paragraph, to whom
        self.giver = ""
        self.last_block = -1
        self.addressee: Addressee | None = None
        self.lists = TaskLists(index, self.addressees, self.givers, self.assignments)
        self.work_first = any(words in self.r.shadow for words in _TO_WHOM)
        self.plan = self.givers.local_plan()
        self.assigning = self._verbs("assign")
        self.assigned = self._verbs("assigned")

    def read(self) -> None:
        """All assignments, in order."""
        for number, s in self.index.told:
            if (self.lists.tabular and self.lists.row(number, s)) or self._item(number, s):
                continue
            if not (
                self._active(number, s)
                or self._passive(number, s)
                or (self.work_first and self._fronted(number, s))
                or self.lists.heading(number, s)
            ):
                self._continued(number, s)

    def _verbs(self, cue: str) -> dict[int, list[Token]]:
        """The verbs of a cue by sentence, but those in documents' titles and those that are negated."""
        verbs = [*self.r.cues(cue), *(self._behind_organs() if cue == "assign" else ())]
        told = (t for t in sorted(verbs) if not self.index.in_subjects[t.start])
        return self.r.by_sentence(
            t for t in told if not _NOT.search(self.r.shadow, max(0, t.start - 12), t.start)
        )

    def _behind_organs(self) -> Iterator[Token]:
        """ "giao" that makes a word with an organ's last syllable: "Đảng ủy xã | giao …"."""
        in_organs = self.index.in_organs
        for t in self.r.cues("not-assign"):
            verb = t.end - len("giao")
            giao = self.r.shadow.startswith("giao", verb)
            if giao and in_organs[t.start] and not in_organs[verb]:
                yield Token(verb, t.end, t.senses)

    # "X giao Y làm Z"

    def _active(self, number: int, s: Sentence) -> bool:
        found = False
        at = s.start
        subject = before = None  # where the giver stands before the verb; the verb before this one
        for verb in self.assigning.get(number, ()):
            if verb.start < at or not self._assigns(verb, found):
                continue
            if subject is None or before is None or not self._same_subject(before.end, verb.start):
                subject = verb.start
            before = verb
            giver = self.givers.before(number, s, subject, self.giver)
            giver = giver or (self.giver if found else self.lists.giver if self.lists.open else "")
            end = self._clause_end(number, verb.end, s.end)
            if self._segments(number, verb.end, end, giver):
                found = True
                self.giver, self.last_block = giver, s.block
                at = end
        if before and not found and self.index.opens_list(s):
            self.giver, self.last_block = giver, s.block
            self.lists.start(s, giver)
        return found

    def _clause_end(self, number: int, start: int, end: int) -> int:
        """Where the next assignment begins: at its verb, or at the clause of who gives it."""
        following = _NEXT_ASSIGNMENT.search(self.r.shadow, start, end)
        end = following.start() if following else end
        for verb in between(self.assigning.get(number, []), start, end):
            clause = self.r.shadow.rfind(";", start, verb.start)
            named = self.addressees.organs(clause, verb.start) if start < clause else ()
            if named and not self.r.shadow[named[-1].end : verb.start].strip():
                return clause
        return end

    def _same_subject(self, start: int, verb: int) -> bool:
        """Whether a further verb has the giver of the one before: "giao Sở A …; | giao Sở B …"."""
        gap = self.r.shadow[start:verb]
        clause = gap.rpartition(";" if ";" in gap else ",")[2]
        return clause.strip() in ("", "đồng thời", "và", "đồng thời,")

    def _item(self, number: int, s: Sentence) -> bool:
        """An item of "… phân công như sau:": "1. Ban Tuyên giáo Tỉnh ủy: chủ trì …"."""
        at = self.lists.item(s)
        if at < 0:
            return False
        giver = self.lists.giver if self.lists.open else self.givers.of_duties(at)
        if self.lists.open or giver:
            return self._segments(number, at, s.end, giver)
        return self._next_item(number, s, at)

    def _next_item(self, number: int, s: Sentence, at: int) -> bool:
        """Behind "2. Giao Sở A …": "3. Sở B theo dõi …", an organ and its task in the next item."""
        opened = self.addressees.named_doer(at, s.end) if self.last_block == s.block - 1 else None
        if opened:
            self.last_block = s.block
            self._segments(number, at, s.end, self.giver)
        return opened is not None

    def _assigns(self, verb: Token, again: bool) -> bool:
        """Whether a cue is a verb here: no meeting ("giao ban"), and not "các yêu cầu" (unless `again`)."""
        if self.r.plain.startswith("giao ban", verb.start):
            return False
        if _WISHED.search(self.r.shadow, max(0, verb.start - 10), verb.start):
            return False
        return again or not _NOUN.search(self.r.shadow, max(0, verb.start - 12), verb.start)

    def _segments(self, number: int, start: int, end: int, giver: str) -> bool:
        """An addressee and its tasks; after a semicolon a new addressee, or a further task of the same."""
        addressee: Addressee | None = None
        for at, stop in _parts(start, end, self._cuts(start, end)):
            opened = self.addressees.find(at, stop)
            if opened:
                addressee = opened.addressee
                self.assignments.state(number, giver, addressee, opened.task, stop)
            elif addressee and self.addressees.goes_on(self.r.skip(at)):
                self.assignments.state(number, giver, addressee, self.r.skip(at), stop)
        self.addressee = addressee or self.addressee
        return addressee is not None

    def _semicolons(self, start: int, end: int) -> list[int]:
        return [m.start() for m in _SEMICOLON.finditer(self.r.shadow, start, end)]

    # "Y được giao làm Z"

    def _passive(self, number: int, s: Sentence) -> bool:
        verb = next(iter(self.assigned.get(number, ())), None)
        if not verb or self.r.shadow[verb.start : verb.end] == "phải":
            return False
        if _TO_ANOTHER.match(self.r.shadow, verb.end):
            return False  # "việc này được giao | cho bà …": the subject is the work
        if _WHENEVER.search(self.r.shadow, max(s.start, verb.start - 10), verb.start):
            return False
        before = self.r.shadow[s.start : verb.start]
        clause = (
            max(s.start, self.r.shadow.rfind(", ", s.start, verb.start) + 2) if "," in before else s.start
        )
        addressee = self.addressees.assigned(s.start, verb.start, clause)
        if not addressee or not self._opens_task(verb):
            return False
        giver = self.givers.of_paper
        cuts = sorted([*self._cuts(verb.end, s.end), *self._group_cuts(verb.end, s.end)])
        first, *rest = _parts(verb.end, s.end, cuts)
        self.assignments.state(number, giver, addressee, self.r.skip(first.start), first.end)
        for part in rest:
            opened = self.addressees.find(*part)
            task = self._without_link(part.start)
            if opened:
                self.assignments.state(number, giver, opened.addressee, opened.task, part.end)
            elif self.addressees.begins_task(task) or _REPORT.match(self.r.shadow[task : part.end]):
                self.assignments.state(number, giver, addressee, task, part.end)
        self.giver, self.last_block, self.addressee = giver, s.block, addressee
        return True

    def _fronted(self, number: int, s: Sentence) -> bool:
        """ "Việc biên soạn tài liệu được giao cho Sở Tư pháp", "Trách nhiệm … thuộc về …": the work first."""
        work = _WORK.match(self.r.shadow, s.start, s.end)
        given = _GIVEN_TO.search(self.r.shadow, work.end(), s.end) if work else None
        if not work or not given or not self.addressees.begins_task(work.end()):
            return False
        organ = self.index.organ_at.get(given.end())
        to = self.addressees.named(Span(organ.start, organ.end)) if organ and not organ.generic else None
        if to:
            self.assignments.state(number, self.givers.of_paper, to, work.end(), given.start())
        return to is not None

    def _opens_task(self, verb: Token) -> bool:
        """Whether something to do follows: not so "chịu trách nhiệm | về những vi phạm"."""
        blamed = "trách nhiệm" in self.r.shadow[verb.start : verb.end]
        return not blamed or self.addressees.begins_task(self.r.skip(verb.end))

    def _cuts(self, start: int, end: int) -> list[int]:
        """Semicolons, and commas before an organ with a task of its own, which is no item of a list."""
        listed = {o.end for o in self.index.organs_between(start, end)}
        commas = [
            cut
            for o in self.addressees.organs(start, end)
            if (cut := self._comma_before(o.start)) >= 0
            and (cut not in listed or cut < o.start - 2)
            and self.addressees.begins_task(self.r.skip(o.end))
        ]
        return sorted([*self._semicolons(start, end), *commas])

    def _comma_before(self, at: int) -> int:
        """The comma right before an offset, or before "còn" there: ", còn | Sở Y tế viết lại …"; else -1."""
        comma = at - (len(", còn ") if self.r.shadow.endswith(", còn ", 0, at) else len(", "))
        return comma if self.r.shadow.startswith(",", comma) else -1

    def _group_cuts(self, start: int, end: int) -> list[int]:
        """The first comma before a group, unless it goes on with a list: "giúp các xã, | các chi bộ"."""
        m = _TO_A_GROUP.search(self.r.shadow, start, end)
        if not m or self.index.in_organs[m.start() - 1] or " các " in self.r.shadow[start : m.start()]:
            return []
        return [m.start()] if self.addressees.general(m.end(), end) else []

    def _without_link(self, at: int) -> int:
        at = self.r.skip(at)
        return self.r.skip(at + 9) if self.r.shadow.startswith("đồng thời", at) else at

    # sentences that go on with tasks

    def _continued(self, number: int, s: Sentence) -> None:
        """ "Các chi bộ báo cáo …", "Định kỳ báo cáo …": after an assignment, or in a plan's demands."""
        after_task = s.block == self.last_block
        demanded = self.plan is not None and number > self.plan[1]
        if not after_task and not demanded:
            return
        text = self.r.shadow[s.start : s.end]
        again = _REPORT.match(text) if after_task else None
        if again:
            other = self.addressees.find(s.start + again.end(), s.end)
            if other:
                self.assignments.state(number, self.giver, other.addressee, other.task, s.end)
                return
            if self.addressee:
                self.assignments.state(number, self.giver, self.addressee, s.start, s.end)
                return
        if not _DONE.match(text):
            self._demand(number, s, self.plan[0] if self.plan and not after_task else self.giver, demanded)

    def _demand(self, number: int, s: Sentence, giver: str, demanded: bool) -> None:
        """A general addressee and its task; in a plan's demands a second may follow a stop or semicolon.

        Right behind an assignment an organ may be told as well: "Văn phòng Tỉnh ủy theo dõi …".
        """
        opening = _ON_GROUNDS.match(self.r.shadow, s.start, s.end)
        start = opening.end() if opening else s.start
        if self.addressees.general(start, s.end):
            opened = self.addressees.find(start, s.end)
        else:
            assigns = demanded or self.addressee is None or number in self.assigning
            opened = None if assigns else self.addressees.named_doer(start, s.end)
        if not opened:
            return
        stop = _STOP.search(self.r.shadow, opened.task, s.end)
        self.assignments.state(number, giver, opened.addressee, opened.task, stop.start() if stop else s.end)
        if stop and demanded:
            task = self.r.skip(stop.end())
            if self.addressees.begins_task(task):
                self.assignments.state(number, giver, opened.addressee, task, s.end)


def _parts(start: int, end: int, cuts: Iterable[int]) -> Iterator[Span]:
    """The stretches of `start:end` between one-character cuts."""
    for cut in (*cuts, end):
        yield Span(start, cut)
        start = cut + 1
