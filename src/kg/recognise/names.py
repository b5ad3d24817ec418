"""Proper names in capitals: fields of work, provinces, districts, and where a person's name begins instead.

An organ's name runs on in capitals ("Sở Giáo dục và Đào tạo", "Trường Đại học Tây Bắc") up to a territory, a
person, another organ or the story's own words.
"""

from __future__ import annotations

import re

from kg.recognise.reading import Reading, senses
from kg.vietnamese import fold

_LETTERS = [chr(code) for code in (*range(0x41, 0x250), *range(0x1EA0, 0x1EFA))]  # Latin, Vietnamese
UPPER = "".join(c for c in _LETTERS if c.isupper())
LOWER = "".join(c for c in _LETTERS if c.islower())

CENTRE = re.compile(r"(?:trung ương(?: đảng)?|t\.ư|tw|tư)(?!\w)")
"""The Party's centre in folded text."""
_SHORT_CENTRE = "tư"
REST_OF_SYLLABLE = r"(?:(?:'\s?)?A?a+(?:[-'][Aa]?a+)*|(?=\sA))"
SYLLABLE = rf"A{REST_OF_SYLLABLE}"
"""A syllable of a person's name, in an `outline`: "Nguyễn", "H'Mông", an initial before another capital."""

_WORDS = re.compile(r"\w+")
_CAPITAL = re.compile(rf"[{UPPER}][\w&/'.-]*")
_WORD = re.compile(r"[\w&/'-]+(?:\.[\w&/-]+)*")
_DESCRIBED = re.compile(rf"(?:[{LOWER}]+ ){{1,3}}(?=[{UPPER}])")
_UNIT = re.compile(r"\d{1,3}(?!\d|[./-]\d)")
_RUN = re.compile(rf"[{UPPER}][{UPPER}{LOWER}']*(?: [{UPPER}][{LOWER}']*)+")
_LOCAL = re.compile(rf"[{UPPER}][\w'-]*|\d+")
_REGION = re.compile(rf"(?:miền|khu vực|vùng)\s+(?=[{UPPER}])")
_JOINER = re.compile(r"(?:, | và | & | - )\s*")
_GAP = re.compile(r", |\s+")
_ANCHOR = re.compile(r"(?:tỉnh|huyện|thành phố|quận|thị xã|trung ương|việt nam|tw|quốc gia)(?!\w)")
_CLOSING = (",", ";", ")", " (", " -")
_SMALL_SYLLABLES = 3  # of a name whose first word alone has a capital
_NUMBERED = ("quận", "phường")  # kinds of territory that numbers name
_PLACE = 2  # syllables of most districts and communes
_PLACE_AND_PERSON = 5  # syllables in capitals: more than a name has, so a place of two stands before it
_SMALL_WORDS = 12  # no name in small letters is longer


def in_capitals(text: str, start: int, end: int) -> bool:
    """Whether every word of a span begins with a capital: "hòa bình" is peace, "Hòa Bình" a province."""
    return all(word[0].isupper() for word in _WORDS.findall(text, start, end))


def centre(reading: Reading, at: int) -> re.Match[str] | None:
    """The Party's centre at `at`; of the short form the capitals tell it: "TƯ", not "Tư vấn"."""
    m = CENTRE.match(reading.shadow, at)
    written_small = m and m.group() == _SHORT_CENTRE and not reading.plain.startswith("TƯ", at)
    return None if written_small else m


class ProperNames:
    """Where proper names end in one article. Offsets are of the stored text."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.tokens = {t.start: t for t in reading.names}
        self.heads: set[int] = set()
        self.provinces: dict[int, tuple[int, str]] = {}
        """Where a province is named → where its name ends, and its folded name."""
        for token in reading.names:
            found = senses(token, "province")
            if not found:
                self.heads.add(token.start)
            elif in_capitals(reading.plain, token.start, token.end):
                self.provinces[token.start] = (token.end, found[0].key)
        self.posts_at = {t.start for t in (*reading.meaning("post"), *reading.meaning("address"))}
        self.role_verbs = {t.start for cue in ("chair", "speak", "present") for t in reading.cues(cue)}
        self.said = {t.start for t in reading.cues("say")} | self.role_verbs
        self.fields = reading.lexicon.any_field()
        self.kind = reading.lexicon.territory_kind()
        self.traits = reading.lexicon.traits
        self.stops = reading.lexicon.forms("name-stop")

    def field(self, at: int) -> int:
        """The end of a known field of work ("Giáo dục và Đào tạo") at `at`, else 0."""
        r = self.r
        if at >= len(r.shadow) or (r.plain[at].islower() and not r.shadow.startswith("các ", at)):
            return 0
        m = self.fields.match(r.shadow, at)
        return m.end() if m else 0

    def province(self, at: int) -> tuple[int, str] | None:
        """End and key of a province named at `at`, the key marked "=" as a register's."""
        found = self.provinces.get(at)
        return (found[0], "=" + found[1]) if found else None

    def local(self, at: int, kind: str = "") -> int:
        """The end of a district's or commune's name at `at`: of the register, else up to three words.

        Behind a word for its `kind`, two words are the place's, also where the first is a surname ("xã | Trà
        Bồng"); of 821 such pairs in newspapers one in two hundred was a person. A number names a district or
        ward of a city alone: "thành phố | 500 cây" does not.
        """
        r = self.r
        run = self._capitals(at)
        counts = run and kind and kind not in _NUMBERED and run[0].group().isdigit()
        known = (w.end() for w in reversed(run[:4]) if r.shadow[at : w.end()] in r.lexicon.districts)
        if end := next(known, 0):
            return end
        pair = kind and kind != "tỉnh" and len(run) == _PLACE and self._is_a_pair(run)
        if pair or (len(run) >= _PLACE_AND_PERSON and self._person_behind(run[2])):
            return run[1].end()
        opens_another = counts or at in self.posts_at or at in self.tokens
        if not run or opens_another or self.opens_person(at):
            return at
        for i in range(1, min(len(run), 3)):
            lone_surname = run[i].group() in r.lexicon.surnames and len(run) == i + 2
            if lone_surname or self.opens_person(run[i].start()):
                return run[i - 1].end()
        return run[:2][-1].end()

    def _is_a_pair(self, run: list[re.Match[str]]) -> bool:
        """Whether two capitals are a place's name: nobody of that name chairs or speaks behind them."""
        first, last = run
        acts = last.end() + 1 in self.role_verbs or {first.start(), last.start()} & self.posts_at
        return not acts and "'" not in first.group()

    def _person_behind(self, word: re.Match[str]) -> bool:
        """Whether a surname opens somebody's name behind a place of two syllables: "Văn Lăng | Triệu …"."""
        return word.group() in self.r.lexicon.surnames and self.opens_person(word.start())

    def _capitals(self, at: int) -> list[re.Match[str]]:
        """The words in capitals, and numbers, from `at` on."""
        plain, limit = self.r.plain, at + 40
        run: list[re.Match[str]] = []
        m = _LOCAL.match(plain, at, limit)
        while m:
            run.append(m)
            m = _LOCAL.match(plain, m.end() + 1, limit) if plain.startswith(" ", m.end()) else None
        return run

    def opens_person(self, at: int) -> bool:
        """A surname that opens a run of two to four capitals: a person's name, not part of the organ's."""
        r = self.r
        m = _RUN.match(r.plain, at)
        if not m:
            return False
        parts = m.group().split(" ")
        if "'" in parts[0] and len(parts) == 2:
            return True
        if parts[0] not in r.lexicon.surnames or len(parts) > 5:
            return False
        if r.shadow[at : m.end()] in r.lexicon.districts:
            return False
        if len(parts) > 2:
            return True
        ends = r.plain[m.end() : m.end() + 1] in ",;.:-)" or m.end() + 1 in self.role_verbs
        return ends and r.shadow[at : at + len(parts[0])] not in r.lexicon.districts

    def _pair(self, at: int) -> bool:
        """Whether two capitals stand alone: of a cooperative more often its name than somebody's."""
        m = _RUN.match(self.r.plain, at)
        return m is not None and m.group().count(" ") == 1

    def organ(self, at: int, kind: str, *, of_a_post: bool = False) -> int:
        """The end of the proper name of an organ of this kind; `at` where there is none."""
        r = self.r
        at = self._behind_description(at, kind)
        end, i, run = at, at, 0
        while i < len(r.plain):
            if field := self.field(i):
                end, i, run = field, r.skip(field), 0
            else:
                word = self._word_of_name(i, kind, first=end == at)
                if not word:
                    break
                end, run = self._without_stops(word.end()), run + 1
                i = r.skip(end)
                if r.shadow.startswith("các ", i):
                    anchored = self._small(i, kind)
                    return anchored if anchored > i else end
                lone = run == 1 and i > end and not word.group().isdigit() and not _REGION.match(r.plain, i)
                if lone and (follower := self._follower(i, of_a_post=of_a_post)):
                    end, i, run = follower, r.skip(follower), 0
            if region := _REGION.match(r.plain, i):
                i = region.end()
                continue
            if joined := self._joined(at, end, kind):
                i = joined
            elif i == end or not r.plain.startswith(" ", end):
                break
        return end if end > at else self._small(at, kind)

    def _behind_description(self, at: int, kind: str) -> int:
        """Where the name begins behind what a company deals in: "Công ty | chè | Phong Hải"."""
        m = _DESCRIBED.match(self.r.plain, at) if kind in self.traits["described"] else None
        if not m or self.opens_person(m.end()) or self.posts_at.intersection(range(at, m.end())):
            return at
        return at if self.stops_among(m.group()) else m.end()

    def stops_among(self, words: str) -> bool:
        """Whether one of the words is the story's, which no name goes on behind."""
        return any(word in self.stops for word in fold(words).split())

    def _word_of_name(self, at: int, kind: str, first: bool) -> re.Match[str] | None:
        """The word in capitals that carries an organ's name on; None where something else begins."""
        r = self.r
        m = _CAPITAL.match(r.plain, at) or (
            _UNIT.match(r.plain, at) if kind in self.traits["numbered"] else None
        )
        if not m or self.kind.match(r.shadow, at) or centre(r, at):
            return None
        if r.shadow.startswith("việt nam", at) or at in self.provinces:
            return None
        if self.opens_person(at) and not (first and kind in self.traits["described"] and self._pair(at)):
            return None
        token = self.tokens.get(at)
        another = token and (senses(token, "organ") or senses(token, "central"))
        return None if another and not first else m

    def _without_stops(self, end: int) -> int:
        while self.r.plain[end - 1] in ".'-/":
            end -= 1
        return end

    def _follower(self, at: int, *, of_a_post: bool) -> int:
        """The end of the small second syllable of a name ("Kế | hoạch"), else 0.

        Further ones belong to it where a territory closes the name ("Cựu | giáo chức | tỉnh Lai Châu") or,
        behind a post, a comma: "Chi cục trưởng Chi cục An | toàn thực phẩm |, …".
        """
        end = self._small_word(at)
        further, i = end, self.r.skip(end)
        for _ in range(_SMALL_SYLLABLES + 2 * of_a_post if end else 0):
            if self._closes(i) or (of_a_post and self.r.plain.startswith(_CLOSING, further)):
                return further
            further = 0 if i in self.said else self._small_word(i)
            if not further:
                break
            i = self.r.skip(further)
        return end

    def _small_word(self, at: int) -> int:
        """The end of a small word at `at` that may stand in a name, else 0."""
        m = _WORD.match(self.r.plain, at)
        if (
            not m
            or not m.group()[0].islower()
            or m.group() in self.stops
            or self.kind.match(self.r.shadow, at)
        ):
            return 0
        return m.end()

    def _closes(self, at: int) -> bool:
        """Whether a territory follows, which closes a name: "Hội Cựu giáo chức | tỉnh"."""
        shadow = self.r.shadow
        closed = self.kind.match(shadow, at) or shadow.startswith("việt nam", at) or self.province(at)
        return bool(closed)

    def _joined(self, at: int, end: int, kind: str) -> int:
        """Where a name that began at `at` goes on behind "và" or a comma, else 0."""
        r = self.r
        joiner = _JOINER.match(r.plain, end)
        if not joiner:
            return 0
        after = joiner.end()
        if joiner.group().strip() == ",":
            listed = kind in self.traits["several-fields"] and r.shadow[at:end] not in r.lexicon.fields
            return after if listed and self.field(after) else 0
        if self.field(after):
            return after
        named = (
            kind in self.traits["coordinated"]
            and _CAPITAL.match(r.plain, after)
            and not self.opens_person(after)
        )
        return after if named and after not in self.tokens and after not in self.posts_at else 0

    def _small(self, at: int, kind: str) -> int:
        """The end of a name in small letters, `at` where no territory closes it.

        So ends "Liên hiệp các tổ chức hữu nghị | tỉnh …", or "Hội đồng lý luận | Trung ương".
        """
        r, i, before = self.r, at, ""
        for _ in range(_SMALL_WORDS if kind in self.traits["small-letters"] else 0):
            m = _WORD.match(r.plain, i)
            if not m:
                break
            if i > at and i not in self.heads and (i in self.provinces or _ANCHOR.match(r.shadow, i)):
                return i - 1
            if not self._is_of_name(m.group(), before):
                break
            before = m.group()
            gap = _GAP.match(r.plain, m.end())
            if not gap:
                break
            i = gap.end()
        return at

    def _is_of_name(self, word: str, before: str) -> bool:
        """Whether a word may stand in a name in small letters, behind the word `before`."""
        if word[0].isupper():
            return before == "các"
        word = word.lower()
        return word not in self.stops or before in ("các", "công") or word in ("và", "phòng")
