"""Who did what at an event: chair, presenter, speaker, attendee; from the verb that governs the name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from kg.link.people import PersonEntity
from kg.model import PersonMention, Sentence, Span
from kg.namespaces import CKG
from kg.recognise.reading import senses
from kg.relate.facts import Facts, iri, literal
from kg.relate.index import CHAIN, Index
from kg.relate.occasions import Event
from kg.scanner import Token

_ZONES = frozenset(("lead", "body", "caption", "title"))
_ROLES = {"chair": "Chair", "speak": "Speaker", "present": "Presenter", "attend": "Attendee"}
"""Cue → role; where a verb may state several, the first."""
_RANK = {"Chair": 0, "Presenter": 1, "Speaker": 2, "Attendee": 3}
_BY = re.compile(r"(?:do|bởi)\s+(?:các\s+)?(?:đồng chí\s+|ông\s+|bà\s+)?$")
_LINK = re.compile(
    r"(?:(?:^|\W)(?:là|có|gồm|của|nghe|mời|ngoài)|:)\s*(?:sự\s+\w+\s+của\s+)?(?:các\s+|hai\s+|ba\s+)?"
    r"(?:đồng chí\s*|ông\s*|bà\s*)?:?\s*$"
)
_SIDE = re.compile(
    r";\s*(?:các|hai|ba)\s+(?:đồng chí|ông|bà)\s*:?\s*$"
    r"|;\s*các [^;:.,]{3,40}:\s*$"  # "…; các Phó Bí thư Tỉnh ủy: …"
    r"|[;,]\s*(?:về phía [^,;]{2,30}\s+)?(?:còn )?có\s+(?:các\s+)?(?:đồng chí\s*|ông\s*|bà\s*)?:?\s*$"
)
_OPENER = re.compile(r"[^,;.]{2,70},\s*")
_TOWARDS = re.compile(r"(?:^|\W)(?:phát biểu|tặng quà|tiếp|đón|thăm|làm việc với)\b[^.;]*$")
_ATTENDS = re.compile(r"\bdự\b|\btham dự\b")
_SPEAKS = re.compile(r"diễn giả|phát biểu|khai mạc|bế mạc|kết luận|chỉ đạo|nói chuyện|tham luận|chia sẻ")
_JOINED = re.compile(r"\s*(?:và|,)\s*(?:\w+\s+){0,2}")
_APPOSED = re.compile(r"[^,;.:]{0,60}, ")  # "…, người | trình bày | tờ trình, | cho rằng | …"
_CLAUSE = re.compile(r"[;:.]|,\s+(?:còn|trong khi)")
_ASSIGNED = re.compile(r"(?:giao|yêu cầu|đề nghị|được giao|phân công)\b")
_WATCHED = re.compile(r"\s(?:hội nghị|chương trình|phiên|buổi|trực tuyến|qua|tại)(?!\w)")
_SPEECHES = re.compile(r"diễn giả|phát biểu|tham luận|ý kiến")
_PART_OF = re.compile(
    r"(?:thuộc về(?: [^,;.:]{1,60})?"
    r"|(?:chuyên đề|bài giảng|phần trình bày|bài thuyết trình) của(?: \w+)?) $"
)
_BY_SOMEBODY = re.compile(r"\sdo\s[^.;:]{2,150}$")
_OCCASION = re.compile(r"(?:phiên|lễ|buổi|cuộc|giờ|ngày)\s$")
_DONE_TO = re.compile(r"\s*,?\s*(?:đã |vừa |từng )?(?:được|bị)\s+(?!mời|phân công|giao|cử)")
_GUIDES = re.compile(r"chỉ đạo (?:hội nghị|buổi|lớp|cuộc|có|tại)(?!\w)")
_TAKEN_ON = re.compile(
    r"\s*,?\s*(?P<verb>đảm nhiệm|phụ trách|đảm trách)(?!\w)(?!\s+(?:chức|cương vị|công tác))"
)
_AFTERWARDS = re.compile(r"sau (?:hội nghị|buổi|khi hội nghị|lớp)[^,]{0,30},")
_ADDRESSED = ("ông ", "bà ", "anh ", "chị ", "đồng chí ")
_AFTER_ANOTHER = re.compile(r"(?:sau|trước|thực hiện)\s[^,;]*\s(?:của|do)\s*$")
_NEAREST = 100  # characters: how far before its verb a given name may stand
_SPOKEN_OF = re.compile(r"(?:^|,\s*|đó\s+|cạnh đó,\s+)(?:chính )?(?:đồng chí|ông|bà)(?: [^,.;]{0,30})?\s+$")


class _Deed(NamedTuple):
    """A verb in the text and the role that it gives."""

    role: str
    verb: Token


class Part(NamedTuple):
    """A participation that is stated: its IRI, the sentence that says so, and the words there."""

    iri: str
    sentence: int
    words: Span


class RoleReader:
    """Reads roles sentence by sentence and states participations of the article's event.

    `tenures`: the present posts of each person, in which they take part.
    """

    def __init__(self, index: Index, facts: Facts, event: Event, tenures: dict[str, list[str]]) -> None:
        self.index, self.page, self.facts, self.event = index, index.page, facts, event
        self.r = index.reading
        self.tenures = tenures
        self.roles: dict[str, dict[str, tuple[int, Span, Span]]] = {}
        self.people: dict[str, PersonEntity] = {}
        self.last: PersonEntity | None = None
        self.listing: _Deed | None = None  # what a line ending in ":" says of the items below it
        self.topic = self.r.lexicon.pattern("{topic}")
        self.informs = self.r.lexicon.pattern(r"\s{informs-of}(?!\w)")
        self.weak = self.r.lexicon.forms("weak-saying")
        self.ceremonies = self.r.lexicon.forms("ceremony")
        self.deeds = self._deeds()

    def read(self) -> list[Part]:
        """All roles, then one participation a person and role; "attendee" gives way to anything stronger."""
        for number, sentence in enumerate(self.r.sentences):
            if number in self.event.elsewhere:
                continue
            if sentence.zone in _ZONES and not _AFTERWARDS.match(self.r.shadow, sentence.start):
                self._sentence(number, sentence)
        return list(self._stated())

    def _deeds(self) -> dict[int, list[_Deed]]:
        """The verbs of a role by sentence, but those in titles, posts and organs' names."""
        index = self.index
        verbs = {t.start: t for cue in _ROLES for t in self.r.cues(cue)}
        found: dict[int, list[_Deed]] = {}
        for start in sorted(verbs):
            verb = verbs[start]
            named = index.in_subjects[start] or index.in_posts[start] or index.in_organs[start]
            if not named and not self._suffered(verb) and not self._no_deed(verb):
                found.setdefault(self.r.sentence_at(start), []).append(_Deed(self._role(verb), verb))
        return found

    def _suffered(self, verb: Token) -> bool:
        """Whether somebody is spoken of and does not speak: "được giới thiệu", "bị đề nghị"."""
        told = {x.key for x in senses(verb, "cue")} & {"speak", "present"}
        return bool(told) and self.r.shadow.endswith(("được ", "bị "), 0, verb.start)

    def _no_deed(self, verb: Token) -> bool:
        """Whether the words are work or nouns: "theo dõi, đôn đốc", "phiên khai mạc", "công bố thông tin"."""
        shadow = self.r.shadow
        words = shadow[verb.start : verb.end]
        if self.r.plain[verb.start].isupper() and shadow.endswith(_ADDRESSED, 0, verb.start):
            return True  # "ông Bảo" is a name, though "bảo" is a verb
        if words == "theo dõi":
            return not _WATCHED.match(shadow, verb.end)
        if words == "thông tin":
            ends = shadow.startswith((".", ";", ","), verb.end)
            by = ends and _BY_SOMEBODY.search(shadow, max(0, verb.start - 160), verb.start)
            return not by and not self.informs.match(shadow, verb.end)
        return words in self.ceremonies and bool(_OCCASION.search(shadow, max(0, verb.start - 6), verb.start))

    def _role(self, verb: Token) -> str:
        """The role that a verb gives: to speak on a topic is to present it."""
        kinds = {x.key for x in senses(verb, "cue")}
        guides = _GUIDES.match(self.r.shadow, verb.start)
        if guides and self.r.shadow.endswith(("dự và ", "dự, "), 0, verb.start):
            return "Attendee"
        if "present" in kinds and (
            "speak" not in kinds or self.topic.search(self.r.shadow, verb.end, verb.end + 70)
        ):
            return "Presenter"
        return next(role for cue, role in _ROLES.items() if cue in kinds)

    def _quoted(self, s: Sentence, start: int) -> bool:
        """Whether somebody is named in what another one says."""
        text = self.r.text
        return text.rfind("“", s.start, start) > text.rfind("”", s.start, start)

    def _sentence(self, number: int, s: Sentence) -> None:
        people = [p for p in self.index.people_in(number) if not self._quoted(s, p.left)]
        deeds = self.deeds.get(number, [])
        item = self.index.bulleted(s)
        self._open_list(s, deeds, item)
        if not people:
            self._by_office(number, s, deeds)
            return
        # "Phó Bí thư Tỉnh ủy trình bày báo cáo; | ông A tham luận": a clause of its own before the names
        clause = self.r.shadow.rfind(";", s.start, people[0].left)
        self._by_office(number, s, [d for d in deeds if d.verb.end <= clause])
        inherited: _Deed | None = None
        chains = self._chains(s, people)
        for chain, limit in zip(chains, (*(c[0].left for c in chains[1:]), s.end), strict=True):
            after, before = self._governing(s, people, chain, deeds, limit)
            if before is None and not after:
                left = chain[0].left
                if inherited and _SIDE.search(self.r.shadow[max(s.start, left - 40) : left]):
                    before = inherited
                elif item:
                    before = self.listing
            inherited = before or inherited
            for p in chain:
                for role, verb in (*after, *((before,) if before else ())):
                    words = Span(min(p.start, verb.start), max(p.end, verb.end))
                    self._give(self.page.person(p), role, number, words, verb)
        self.last = self.page.person(people[-1])

    def _open_list(self, s: Sentence, deeds: list[_Deed], item: bool) -> None:
        """Notes what a line ending in ":" says of its items; not of what was found: "… đã kết luận:"."""
        if self.index.opens_list(s):
            opened = min(deeds, key=_rank, default=None)
            spoken = opened is None or opened.role != "Speaker"
            self.listing = opened if spoken or _SPEECHES.search(self.r.shadow, s.start, s.end) else None
        elif not item:
            self.listing = None

    def _chains(self, s: Sentence, people: list[PersonMention]) -> list[list[PersonMention]]:
        """The people of a sentence, those together that commas join: what is said of one is said of each."""
        chains = [[people[0]]]
        for a, b in pairwise(people):
            if CHAIN.fullmatch(self.r.shadow, a.right, b.left) and not self._aside(s, a.left):
                chains[-1].append(b)
            else:
                chains.append([b])
        return chains

    def _governing(
        self,
        s: Sentence,
        people: list[PersonMention],
        chain: list[PersonMention],
        deeds: list[_Deed],
        limit: int,
    ) -> tuple[list[_Deed], _Deed | None]:
        """The verbs behind a chain of names, and the one before it; none before a passive "do"."""
        first = chain[0]
        aside = self.index.is_object(first) or self._aside(s, first.left)
        after = [] if aside else self._after(chain[-1], deeds, limit)
        by = _BY.search(self.r.shadow, max(s.start, first.left - 24), first.start)
        taken = _TAKEN_ON.match(self.r.shadow, chain[-1].right) if by and not after else None
        if taken and self.topic.search(self.r.shadow, s.start, first.left):
            # "Chuyên đề … do đồng chí A đảm nhiệm": who takes a topic on presents it
            return [_Deed("Presenter", Token(taken.start("verb"), taken.end("verb"), ()))], None
        if not after and (told := self._told_of(s, first)):
            return [told], None
        if after and by:
            return after, None
        return after, self._before(first, deeds, s, people)

    def _told_of(self, s: Sentence, first: PersonMention) -> _Deed | None:
        """ "Phần Chỉ thị 23 thuộc về ông …", "chuyên đề của ông …": whose part it is, without a verb."""
        m = _PART_OF.search(self.r.shadow, max(s.start, first.left - _NEAREST), first.left)
        if not m:
            return None
        spoken = _SPEECHES.search(self.r.shadow, max(s.start, m.start() - _NEAREST), m.end())
        topic = self.topic.search(self.r.shadow, s.start, m.end())
        role = "Speaker" if spoken else "Presenter" if topic else ""
        return _Deed(role, Token(m.start(), m.end(), ())) if role else None

    def _aside(self, s: Sentence, at: int) -> bool:
        """Whether a sentence only goes on from what somebody named at `at` did: "Sau lời của A, B …"."""
        return bool(_AFTER_ANOTHER.match(self.r.shadow, s.start, at))

    def _after(self, p: PersonMention, deeds: list[_Deed], limit: int) -> list[_Deed]:
        """The verb whose subject the name is: the first one close behind, and one that "và" joins to it."""
        shadow = self.r.shadow
        done_to = _DONE_TO.match(shadow, p.right)
        for deed in () if done_to or self.index.is_object(p) else deeds:
            verb = deed.verb
            if verb.start < p.right or verb.start >= limit:
                continue
            gap = shadow[p.right : verb.start]
            if '"' in gap or self.index.again(p.right, verb.start)[0]:
                return []  # said by whom the gap names: "… công ơn đồng chí A", ông B nói
            if len(gap) > 70 or _CLAUSE.search(gap) or _ASSIGNED.search(gap):
                return []
            later = (d for d in deeds if d.verb.start > verb.end)
            link = _APPOSED if shadow.startswith("người ", verb.start) else _JOINED
            joined = next((d for d in later if link.fullmatch(shadow, verb.end, d.verb.start)), None)
            return [deed, joined] if joined else [deed]
        return []

    def _before(
        self, p: PersonMention, deeds: list[_Deed], s: Sentence, people: list[PersonMention]
    ) -> _Deed | None:
        """The verb that introduces the name: "chủ trì là đồng chí …", "Dự hội nghị, có các đồng chí: …"."""
        shadow = self.r.shadow
        start = max([s.start, *(x.right for x in people if x.right <= p.left and x is not p)])
        start = max(start, shadow.rfind(";", start, p.left) + 1, shadow.rfind(".", start, p.left) + 1)
        found = [d for d in deeds if start <= d.verb.start and d.verb.end <= p.left]
        if not found:
            return None
        between = shadow[start : p.left]
        linked = _LINK.search(between) or _LINK.search(between + shadow[p.left : p.start])
        if not linked and not _TOWARDS.search(between):
            opens = any(start <= d.verb.start <= self.r.skip(start) + 1 for d in deeds)
            if not opens or not _OPENER.fullmatch(between):
                return None
        if found[0].role == "Speaker" and not _ATTENDS.search(between) and not _SPEAKS.search(between):
            return None
        return min(found, key=_rank)

    def _by_office(self, number: int, s: Sentence, deeds: list[_Deed]) -> None:
        """ "Phó Bí thư Tỉnh ủy giao …", "Đồng chí yêu cầu …": who holds the office, or was named last."""
        shadow = self.r.shadow
        for role, verb in deeds:
            before = (p for p in self.index.posts_in(number) if p.end <= verb.start)
            gaps = ((p, shadow[p.end : verb.start].strip()) for p in before)
            near = (p for p, gap in gaps if len(gap) < 20 and not gap.startswith("đều"))
            post = next((p for p in near if not self._aside(s, p.start)), None)
            person = self.page.people.holder(post) if post else None
            if person is None:
                person = self._spoken_of(s, verb)
            if person:
                self._give(person, role, number, Span(verb.start, verb.end), verb)
                self.last = person
                return

    def _spoken_of(self, s: Sentence, verb: Token) -> PersonEntity | None:
        """Who was named before: by the given name ("Ông Phong …"), or last ("Đồng chí yêu cầu …")."""
        named, who = self.index.again(max(s.start, verb.start - _NEAREST), verb.start)
        if named:
            return self.page.person(who) if who else None
        if self.last is None:
            return None
        words = self.r.shadow[s.start : verb.start]
        clause = max(0, words.rfind(","), words.rfind("."), words.rfind(";"))  # no farther back than that
        return self.last if _SPOKEN_OF.search(words, clause) else None

    def _give(self, person: PersonEntity, role: str, number: int, words: Span, verb: Token) -> None:
        self.people[person.iri] = person
        self.roles.setdefault(person.iri, {}).setdefault(role, (number, words, Span(verb.start, verb.end)))

    def _stated(self) -> Iterator[Part]:
        count = 0
        for address, roles in self.roles.items():
            if len(roles) > 1:
                roles.pop("Attendee", None)
            if "Presenter" in roles and "Speaker" in roles:
                _, _, verb = roles["Speaker"]
                if self.r.shadow[verb.start : verb.end] in self.weak:
                    roles.pop("Speaker")
            for role, (number, words, _) in sorted(roles.items(), key=lambda x: _RANK[x[0]]):
                count += 1
                node = f"{self.event.parts}/participation/{count}"
                name = self.people[address].name
                called = f"{name} – {self.r.lexicon.roles[role].lower()}"
                self.facts.entity(node, CKG.Participation, literal(called, "vi"))
                self.facts.add(self.event.iri, CKG.hasParticipation, iri(node), number, words)
                self.facts.add(node, CKG.participant, iri(address), number, words)
                self.facts.add(node, CKG.role, iri(CKG[role]), number, words)
                for tenure in self.tenures.get(address, ()):
                    self.facts.add(node, CKG.inCapacity, iri(tenure), number, words)
                yield Part(node, number, words)


def _rank(deed: _Deed) -> int:
    return _RANK[deed.role]
