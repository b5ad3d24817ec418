"""Who did what at an event: chair, presenter, speaker, attendee; from the verb that governs the name."""

from __future__ import annotations

import re

from kg.lexicon import Token
from kg.link.page import Page
from kg.link.people import PersonEntity
from kg.model import PersonMention, PostMention, Sentence, Span
from kg.namespaces import CKG
from kg.recognise.reading import senses
from kg.relate.facts import Facts, iri, literal
from kg.relate.occasions import Event

_ZONES = frozenset(("lead", "body", "caption", "title"))
_ROLES = {"chair": "Chair", "present": "Presenter", "speak": "Speaker", "attend": "Attendee"}
_RANK = {"Chair": 0, "Presenter": 1, "Speaker": 2, "Attendee": 3}
_BY = re.compile(r"(?:do|bởi)\s+(?:các\s+)?(?:đồng chí\s+|ông\s+|bà\s+)?$")
_LINK = re.compile(r"(?:(?:^|\W)(?:là|có|gồm|của|nghe|mời|ngoài)|:)\s*(?:sự\s+\w+\s+của\s+)?(?:các\s+|hai\s+|ba\s+)?(?:đồng chí\s*|ông\s*|bà\s*)?:?\s*$")
_SIDE = re.compile(r"[;,]\s*(?:về phía [^,;]{2,30}\s+)?(?:còn )?có\s+(?:các\s+)?(?:đồng chí\s*|ông\s*|bà\s*)?:?\s*$")
_OPENER = re.compile(r"[^,;.]{2,70},\s*")
_WEAK = frozenset(("nói", "cho biết", "cho hay", "chia sẻ", "nêu", "nhận xét", "quả quyết", "ví von"))
_JOINED = re.compile(r"\s*(?:và|,)\s*(?:\w+\s+){0,2}")
_CLAUSE = re.compile(r"[;:.]|,\s+(?:còn|trong khi)")
_CHAIN = re.compile(r"\s*(?:,|;|và|cùng|,\s*và|;\s*và|cùng với|cùng các đồng chí|và các đồng chí)\s*(?:đồng chí\s+|ông\s+|bà\s+)?")
_TOPIC = re.compile(r"chuyên đề|nội dung|chỉ thị|nghị quyết|kết luận|quy định|đề án|kế hoạch|kết quả|tình hình|hướng dẫn|thông tri|chương trình|điểm mới|luật|nghị định")
_ASSIGNED_CHAIR = re.compile(r"(?:giao|yêu cầu|đề nghị|được giao|phân công)\b")


class RoleReader:
    """Reads roles sentence by sentence and states participations of the article's event."""

    def __init__(self, page: Page, facts: Facts, event: Event) -> None:
        self.page, self.facts, self.event, self.r = page, facts, event, page.reading
        self.roles: dict[str, dict[str, tuple[int, Span, Span]]] = {}
        self.people: dict[str, PersonEntity] = {}
        self.last: PersonEntity | None = None
        self.listing: tuple[str, Token] | None = None  # the role that a line ending in ":" gives to the items below it
        self.documents_after = [m.start for m in page.document_mentions]
        self.in_subject = [m.subject for m in page.document_mentions if m.subject]

    def read(self) -> None:
        """All roles, then one participation a person and role; "attendee" gives way to anything stronger."""
        for number, sentence in enumerate(self.r.sentences):
            if sentence.zone in _ZONES:
                self._sentence(number, sentence)
        self._state()

    def _cues(self, s: Sentence) -> list[tuple[Token, list[str]]]:
        found = []
        for t in self.r.verbs:
            if s.start <= t.start and t.end <= s.end:
                kinds = [x.key for x in senses(t, "cue") if x.key in _ROLES]
                if kinds and not any(x.start <= t.start < x.end for x in self.in_subject) and not self._in_post(t):
                    found.append((t, kinds))
        return found

    def _in_post(self, t: Token) -> bool:
        return any(p.start <= t.start < p.end for p in self.page.posts) or any(o.start <= t.start < o.end for o in self.page.organ_mentions)

    def _sentence(self, number: int, s: Sentence) -> None:
        people = [p for p in self.page.person_mentions if s.start <= p.start < s.end]
        cues = self._cues(s)
        if self.r.shadow[s.start : s.end].rstrip().endswith(":"):
            self.listing = min(((self._role(t, k, s.end), t) for t, k in cues), key=lambda x: _RANK[x[0]], default=None)
        elif not self.r.shadow.startswith(("- ", "* ", "+ ", "• "), s.start):
            self.listing = None
        if not people:
            self._by_office(number, s, cues)
            return
        inherited: tuple[str, Token] | None = None
        bulleted = self.r.shadow.startswith(("- ", "* ", "+ ", "• "), s.start)
        for i, p in enumerate(people):
            person = self.page.person(p)
            last = self._last_of_chain(people, i)
            following = people[people.index(last) + 1].left if people.index(last) + 1 < len(people) else s.end
            after = self._after(last, cues, following)
            first = people[self._first_of_chain(people, i)]
            before = None if after and _BY.search(self.r.shadow, max(s.start, first.left - 24), first.start) else self._before(first, cues, s, people)
            if before is None and not after and inherited and _SIDE.search(self.r.shadow[max(s.start, first.left - 40) : first.left]):
                before = inherited
            if not after and before is None and bulleted and self.listing:
                before = self.listing
            inherited = before or inherited
            for role, token in [*after, *([before] if before else [])]:
                self._give(person, role, number, Span(min(p.start, token.start), max(p.end, token.end)), Span(token.start, token.end))
            self.last = person

    def _last_of_chain(self, people: list[PersonMention], i: int) -> PersonMention:
        while i + 1 < len(people) and _CHAIN.fullmatch(self.r.shadow[people[i].right : people[i + 1].left]):
            i += 1
        return people[i]

    def _first_of_chain(self, people: list[PersonMention], i: int) -> int:
        while i and (_CHAIN.fullmatch(self.r.shadow[people[i - 1].right : people[i].left])):
            i -= 1
        return i

    def _after(self, p: PersonMention, cues: list[tuple[Token, list[str]]], limit: int) -> list[tuple[str, Token]]:
        """The verb whose subject the name is: the first role verb close behind it."""
        for t, kinds in cues:
            if t.start < p.right or t.start >= limit:
                continue
            gap = self.r.shadow[p.right : t.start]
            if len(gap) > 70 or _CLAUSE.search(gap) or _ASSIGNED_CHAIR.search(gap):
                return []
            joined = next(((u, k) for u, k in cues if u.start > t.end and _JOINED.fullmatch(self.r.shadow[t.end : u.start])), None)
            return [(self._role(t, kinds, limit), t)] + ([(self._role(*joined, limit), joined[0])] if joined else [])
        return []

    def _before(self, p: PersonMention, cues: list[tuple[Token, list[str]]], s: Sentence, people: list[PersonMention]) -> tuple[str, Token] | None:
        """The verb that introduces the name: "chủ trì là đồng chí …", "Dự hội nghị, có các đồng chí: …"."""
        start = max([s.start, *(x.right for x in people if x.right <= p.left and x is not p)])
        clause = max((m.end() for m in re.finditer(r"[;.]", self.r.shadow[start : p.left])), default=0)
        start += clause
        between = self.r.shadow[start : p.left]
        opened = _OPENER.fullmatch(between) and any(t.start <= self.r.skip(start) + 1 for t, _ in cues if t.start >= start)
        if not opened and not _LINK.search(between) and not _LINK.search(between + self.r.shadow[p.left : p.start]) and not re.search(r"(?:^|\W)(?:phát biểu|tặng quà|tiếp|đón|thăm|làm việc với)\b[^.;]*$", between):
            return None
        found = [(self._role(t, k, p.start), t) for t, k in cues if start <= t.start and t.end <= p.left]
        if not found:
            return None
        if found[0][0] == "Speaker" and re.search(r"\bdự\b|\btham dự\b", between) is None and not re.search(r"diễn giả|phát biểu|khai mạc|bế mạc|kết luận|chỉ đạo|nói chuyện|tham luận|chia sẻ", between):
            return None
        return min(found, key=lambda x: _RANK[x[0]])

    def _role(self, t: Token, kinds: list[str], limit: int) -> str:
        if "present" in kinds and ("speak" not in kinds or self._on_topic(t)) and (self._on_topic(t) or "speak" not in kinds):
            return "Presenter"
        for kind in ("chair", "speak", "present", "attend"):
            if kind in kinds:
                return _ROLES[kind]
        return "Attendee"

    def _on_topic(self, t: Token) -> bool:
        """Whether documents or a set topic follow the verb closely: then the speech presents them."""
        return bool(_TOPIC.search(self.r.shadow[t.end : t.end + 70]))

    def _by_office(self, number: int, s: Sentence, cues: list[tuple[Token, list[str]]]) -> None:
        """"Phó Bí thư Tỉnh ủy giao …", "Đồng chí yêu cầu …": the person who holds the office, or was named last."""
        for t, kinds in cues:
            post = next((p for p in self.page.posts if s.start <= p.start and p.end <= t.start and len(self.r.shadow[p.end : t.start].strip()) < 20), None)
            person = self.page.people.holder(post) if isinstance(post, PostMention) else None
            if person is None and re.search(r"(?:^|,\s*|đó\s+|cạnh đó,\s+)(?:đồng chí|ông|bà)(?: [^,.;]{0,30})?\s+$", self.r.shadow[s.start : t.start]) and self.last:
                person = self.last
            if person:
                self._give(person, self._role(t, kinds, s.end), number, Span(t.start, t.end), Span(t.start, t.end))
                self.last = person
                return

    def _give(self, person: PersonEntity, role: str, number: int, words: Span, verb: Span) -> None:
        self.people[person.iri] = person
        self.roles.setdefault(person.iri, {}).setdefault(role, (number, words, verb))

    def _state(self) -> None:
        count = 0
        for address, roles in self.roles.items():
            if len(roles) > 1:
                roles.pop("Attendee", None)
            if "Presenter" in roles and "Speaker" in roles and self.r.shadow[slice(*roles["Speaker"][2])] in _WEAK:
                roles.pop("Speaker")
            for role, (number, words, _) in sorted(roles.items(), key=lambda x: _RANK[x[0]]):
                count += 1
                node = f"{self.page.iri}/participation/{count}"
                name = self.people[address].name
                self.facts.entity(node, CKG.Participation, literal(f"{name} – {role}"), number)
                self.facts.add(self.event.iri, CKG.hasParticipation, iri(node), number, words)
                self.facts.add(node, CKG.participant, iri(address), number, words)
                self.facts.add(node, CKG.role, iri(CKG[role]), number, words)
