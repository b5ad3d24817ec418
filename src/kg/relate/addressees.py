"""Who is told to do something: an organ, several, or a group ("các chi bộ"), up to the verb of the task."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from kg.lexicon import Lexicon
from kg.model import OrganMention, Span
from kg.recognise.spans import between
from kg.relate.cues import cues, once_a_lexicon
from kg.relate.facts import iri, literal
from kg.relate.index import Index

# what may stand between the verb of assigning and the addressee
_LINKS = (
    "rằng", ":", "cho", "trong thời gian tới,", "thời gian tới,", "các các", "tới đây,", "cụ thể",
    "như sau", ":", "còn ",
)  # fmt: skip
_ADVERB = re.compile(r"\s(?:cũng|nên|hãy|sớm|luôn|cùng|cùng nhau|đều|cần phải|cần|phải)$")
_IN_A_NAME = re.compile(
    r"(?:các|và|ban|công tác|đội ngũ|cơ quan|phòng|(?<!ốc )hội|tổ|cán bộ|của|,|trường|bộ phận|cấp)\s+$"
)
# what may open the clause before the addressee: its number, when, or that this one is an exception
_OPENS = re.compile(
    r"\s*(?:\(\d{1,2}\)|\d{1,2}\)|(?:riêng|đối với)(?= ))?\s*"
    r"(?:(?:ngay )?(?:sau|trước|từ|đến|trong|khi|trước mắt|trước hết)(?: [^\s,;:.]+){0,8}, )?"
)
# behind the organ that an item of a list opens with: "UBND tỉnh: chịu trách nhiệm | bố trí …"
_ITEM = re.compile(r"\s*:\s*(?:(?:chịu|có) trách nhiệm\s+|có nhiệm vụ\s+)?(?=\w)")
_DUTY = re.compile(r"\s+(?:(?:có nhiệm vụ|có trách nhiệm|chịu trách nhiệm|đảm nhận|thì)\s+)?")
_STANDING = re.compile(
    r"\s*,?\s*là (?:cơ quan|đơn vị) (?:thường trực|chủ trì|đầu mối|chủ quản)[^,;.]{0,30}\s*,?\s*"
)
_CLAUSE = re.compile(r"\s(?:khi|mà|đã|đang|sẽ|yêu cầu|đề nghị)\s+(?:\w+\s+){0,2}$|\syêu cầu\s")
_SUFFERED = re.compile(r"\sđược\s+$")
_TOLD = ("phân công", "giao", "yêu cầu", "đề nghị")
_NOT = re.compile(r"\s(?P<not>(?:không|chưa|không được|tuyệt đối không)\s+)$")
_APPOSITION = re.compile(r"[^,;:.]{5,60}, ")
_WHOSE = re.compile(r" (?:trường|tỉnh|thành phố|huyện|quận|xã|phường|công ty|cơ quan|đơn vị|khối)")
_NOT_TO = re.compile(r"(?:tuyệt đối )?không (được |để )?")
AND = re.compile(r"\s*(?:,|và|,\s*và|cùng)\s+")
"""Between organs that are told the same."""
_FARTHEST = 220  # code points of an addressee's words at most


class Addressee(NamedTuple):
    """Who is told: N-Quads terms (an organ, or the words and the organs in them); where the words stand."""

    terms: tuple[str, ...]
    words: Span


class Opening(NamedTuple):
    """An addressee and the offset at which the words of the task begin."""

    addressee: Addressee
    task: int


@dataclass(frozen=True, slots=True)
class _Wording:
    verb: re.Pattern[str]
    general: re.Pattern[str]
    group: re.Pattern[str]
    compound: re.Pattern[str]
    goes_on: re.Pattern[str]


@once_a_lexicon
def _wording(lexicon: Lexicon) -> _Wording:
    return _Wording(
        verb=lexicon.pattern(r"<{task-verb}(?!\w)"),
        compound=lexicon.pattern(r"(?<!\w){compound}$"),
        group=lexicon.pattern(r"(?:(?:\w+ ){1,4}các|{group})\s"),
        general=lexicon.pattern(
            r"(?:{general-addressee}|(?:[0-9/]{1,5}|{number-word}) {counted-addressee})(?!\w)"
        ),
        goes_on=lexicon.pattern(r"(?:{addressee-goes-on}|{number-word} {counted-addressee})(?!\w)"),
    )


class Addressees:
    """Finds the addressees of one article's assignments."""

    def __init__(self, index: Index) -> None:
        self.index, self.page, self.r = index, index.page, index.reading
        self._wording = _wording(self.r.lexicon)
        self._also_nouns = self.r.lexicon.forms("also-noun")
        places = index.page.places
        self._places = {
            at for p in places for at in (p.start, p.start - len(p.kind) - 1)
        }  # "huyện Mỹ Đức", "Mỹ Đức"

    def find(self, start: int, end: int) -> Opening | None:
        """The addressee that `start:end` opens with, and where its task begins; None for nobody."""
        at = self._behind_links(start)
        first = self.index.organ_at.get(at)
        if not first and (person := self._person(at, end)):
            return person
        if not first and not self.group(at, end):
            return None
        if first and (item := _ITEM.match(self.r.shadow, last := self._chain_end(first, end), end)):
            return Opening(self._named(Span(at, last)), item.end())
        named = first.end if first and not first.generic else self._behind_group(at, end)
        right_behind = self._right_behind(first, end) if first else -1
        verb = right_behind if right_behind >= 0 else self._task_verb(named, end)
        if verb - at > _FARTHEST or verb <= at or self._says(at, verb):
            return None
        shadow = self.r.shadow
        suffered = _SUFFERED.search(shadow, at, verb) and not shadow.startswith(_TOLD, verb)
        if suffered or _CLAUSE.search(shadow, at, verb):
            return None  # "các tổ chức khi | cung cấp …", "các nhân sự được | giới thiệu …"
        if negated := _NOT.search(self.r.shadow, at, verb):
            verb = negated.start("not")
        return Opening(self._named(Span(at, self._without_adverbs(at, self.trimmed(at, verb)))), verb)

    def _right_behind(self, organ: OrganMention, end: int) -> int:
        """Where the words behind a particular organ begin, if they say what to do whatever the verb; else -1.

        "Văn phòng | dự thảo quy chế", but not "Văn phòng | và các phòng báo cáo", "Sở Y tế | tỉnh".
        """
        if organ.generic or not self.page.organ(organ):
            return -1
        behind = self._chain_end(organ, end)
        at = self.r.skip(behind)
        opens = behind < at < end and self.r.plain[at].islower()
        return at if opens and not self._wording.goes_on.match(self.r.shadow, at) else -1

    def _chain_end(self, organ: OrganMention, end: int) -> int:
        """Where an organ ends, or the last of the particular ones that follow it in a list."""
        while joined := AND.match(self.r.shadow, organ.end, end):
            following = self.index.organ_at.get(joined.end())
            if not following or following.generic:
                break
            organ = following
        return organ.end

    def _behind_group(self, at: int, end: int) -> int:
        """The end of a general addressee at `at`: "học viên" is no verb "học"."""
        m = self._wording.general.match(self.r.shadow, at, end)
        return m.end() if m else at

    def named_doer(self, at: int, end: int) -> Opening | None:
        """A particular organ at `at` and, right behind it, what it has to do: "Văn phòng | theo dõi …"."""
        organ = self.index.organ_at.get(at)
        if not organ or organ.generic or not self.page.organ(organ):
            return None
        duty = _DUTY.match(self.r.shadow, organ.end, end)
        task = duty.end() if duty else organ.end
        if not self.begins_task(task):
            return None
        return Opening(self._named(Span(at, organ.end)), task)

    def _says(self, start: int, end: int) -> bool:
        """Whether somebody speaks in `start:end`, so that it names nobody who is told."""
        return bool(cues(self.r, start, end, "say")) or '"' in self.r.plain[start:end]

    def _person(self, at: int, end: int) -> Opening | None:
        """Somebody by name, the task right behind: "đồng chí …, Chánh Văn phòng, | theo dõi"."""
        person = next((p for p in between(self.page.person_mentions, at, end) if p.left == at), None)
        task = self.r.skip(person.right) if person else at
        while self.r.shadow.startswith((",", ":"), task):
            task = self.r.skip(task + 1)
        if person and not self.begins_task(task) and (aside := _APPOSITION.match(self.r.shadow, task, end)):
            task = aside.end()
        if not person or not self.begins_task(task):
            return None
        words = Span(person.left, person.right)
        return Opening(Addressee((iri(self.page.person(person).iri),), words), task)

    def _behind_links(self, start: int) -> int:
        at = self.r.skip(start)
        for word in _LINKS:
            if self.r.shadow.startswith(word, at):
                at = self.r.skip(at + (len("các") if word == "các các" else len(word)))
        opens = _OPENS.match(self.r.shadow, at)
        return self.r.skip(opens.end()) if opens else at

    def named(self, words: Span) -> Addressee | None:
        """An organ or a group that `words` are, whole: a cell of a table."""
        opens = words.start in self.index.organ_at or self.group(words.start, words.end + 1)
        return self._named(words) if opens else None

    def _named(self, words: Span) -> Addressee:
        organs = self.organs(words.start, words.end)
        if organs and organs[0].start == words.start and organs[0].end >= words.end - 1:
            entity = self.page.organ(organs[0])
            if entity:
                return Addressee((iri(entity.iri),), words)
        terms = [literal(self.r.squeeze(*words), "vi")]
        if len(organs) > 1:
            terms += [iri(e.iri) for o in organs if (e := self.page.organ(o))]
        return Addressee(tuple(terms), words)

    def assigned(self, start: int, end: int, clause: int) -> Addressee | None:
        """The addressee before "được giao", in `start:end`; first sought from its last `clause` on."""
        people = between(self.page.person_mentions, start, end)
        if people and (last := people[-1]).right >= self.trimmed(start, end):
            return Addressee((iri(self.page.person(last).iri),), Span(last.left, last.right))
        organs = self.organs(clause, end) or self.organs(start, end)
        at = organs[0].start if organs else clause
        words = Span(at, self._without_adverbs(at, self.trimmed(at, end)))
        if len(organs) == 1 and self._standing(start, organs[0], end):
            words = Span(at, organs[0].end)
        if organs and organs[-1].end >= words.end - 1 and (entity := self.page.organ(organs[-1])):
            return Addressee((iri(entity.iri),), Span(organs[-1].start, words.end))
        told = self.index.organ_at.get(clause)  # "Đoàn Thanh niên | trường": as written
        whose = told is not None and bool(_WHOSE.fullmatch(self.r.shadow, told.end, words.end))
        if (whose or self.group(*words)) and not _CLAUSE.search(self.r.shadow, *words):
            return Addressee((literal(self.r.squeeze(*words), "vi"),), words)
        return None

    def _standing(self, start: int, organ: OrganMention, end: int) -> bool:
        """Whether the words but for the organ say what it is there: "… là cơ quan thường trực, …"."""
        opens = self.r.shadow[start : organ.start].strip() in ("", "theo đó,")
        return opens and bool(_STANDING.fullmatch(self.r.shadow, organ.end, end))

    def general(self, start: int, end: int) -> bool:
        """Whether `start:end` opens with one of the lexicon's general addressees: "các cấp ủy"."""
        return self._wording.general.match(self.r.shadow, start, end) is not None

    def group(self, start: int, end: int) -> bool:
        """Whether `start:end` opens with a group, whoever it may be, or with a place."""
        general = self._wording.general.match(self.r.shadow, start, end)
        if general or start in self._places:
            verb = self._wording.verb.match(self.r.shadow, start, end)
            return not general or not verb or verb.end() <= general.end()  # "tổ", but "tổ chức …"
        m = self._wording.group.match(self.r.shadow, start, end)
        if m and self.r.lexicon.opening("name-thing").match(self.r.shadow, m.end(), end):
            return False
        # "tạm thời đưa các phương tiện …" is a task already
        return m is not None and not 0 < self._task_verb(start, m.end() - len("các ")) < m.end()

    def organs(self, start: int, end: int) -> list[OrganMention]:
        """The particular organs whose names begin in `start:end`."""
        return [o for o in self.index.organs_between(start, end) if not o.generic]

    def begins_task(self, at: int) -> bool:
        """Whether a verb of a task stands at this place."""
        return self._wording.verb.match(self.r.shadow, at) is not None

    def goes_on(self, at: int) -> bool:
        """Whether a further task of the same addressee stands at this place: also what not to do."""
        negated = _NOT_TO.match(self.r.shadow, at)
        return bool(negated and negated.group(1)) or self.begins_task(negated.end() if negated else at)

    def _task_verb(self, at: int, end: int) -> int:
        """The first verb of a task that is not part of a name: "các tổ chức" is no verb; -1 for none."""
        for m in self._wording.verb.finditer(self.r.shadow, at, end):
            if not self._part_of_a_word(m, at) and not self.index.in_organs[m.start()]:
                return m.start()
        return -1

    def _part_of_a_word(self, m: re.Match[str], at: int) -> bool:
        """Whether a verb's syllables are a noun, or the end of another word: "địa bàn", "báo cáo viên"."""
        shadow, verb = self.r.shadow, m.start()
        if m.group() in self._also_nouns and _IN_A_NAME.search(shadow[max(at - 6, verb - 8) : verb]):
            return True
        compound = self._wording.compound.search(shadow, max(at, verb - 10), m.end())
        return bool(compound) or shadow.startswith("báo cáo viên", verb)

    def trimmed(self, start: int, end: int) -> int:
        """The end of `start:end` without spaces, commas and colons."""
        while end > start and self.r.shadow[end - 1] in " ,:":
            end -= 1
        return end

    def _without_adverbs(self, start: int, end: int) -> int:
        """The end of an addressee's words without what belongs to the verb: "UBND tỉnh | cũng"."""
        while m := _ADVERB.search(self.r.shadow, start, end):
            end = self.trimmed(start, m.start())
        return end
