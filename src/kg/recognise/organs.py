"""Names of organs: a head from the lexicon, what may follow it, and the territory that it names.

The grammar follows how Party, state and Front organs are named (ontology/vocabulary/organs.ttl says of each
head what may follow it). "các huyện ủy" is general and gives no organ; "HĐND, UBND tỉnh" gives two.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from kg.expressions import SPACELESS, any_of
from kg.lexicon import OrganKind
from kg.model import OrganMention
from kg.recognise.abroad import ABROAD, Abroad
from kg.recognise.names import UPPER, ProperNames, centre
from kg.recognise.numbers import TERM
from kg.recognise.reading import Reading, senses
from kg.recognise.spans import between
from kg.recognise.territories import Territories
from kg.scanner import Token
from kg.vietnamese import fold

SHORT_NAME = re.compile(rf"\s*\(([{UPPER}]{{2,8}})\)\s*")
"""An abbreviation in brackets, inside an organ's name."""
_TERM = re.compile(rf"\s*\(?\s*{TERM}\s*\)?")
_ALL = ("các", "những", "một số", "mỗi", "từng", "nhiều", "mọi")
_HEADS = ("huyện", "thành", "quận", "thị", "tỉnh", "đảng", "sở", "ban", "phòng", "chi", "hội", "đoàn")
_BODIES = ("ủy", "bộ", "đoàn", "ngành")
_AND = (",", " và", " -")
_GENERAL = re.compile(
    any_of(_ALL, not_behind=SPACELESS)
    + rf"\s+(?:(?:{'|'.join(_HEADS)})(?:\s+(?:{'|'.join(_BODIES)}))?(?:{'|'.join(_AND)})?\s+)*$"
)
# looked for first: it takes a fifth of the time of an expression
_ENDS_OF_GENERAL = (*_ALL, *_HEADS, *_BODIES, *_AND)
_OF_SEVERAL = re.compile(
    r"\s(?:các (?:tỉnh|huyện|quận|thị xã|thành phố|xã|phường|địa phương|cấp)|hai cấp)(?!\w)"
)
_TERRITORIAL = ("province", "city", "district")  # what the heads of committees take
_SPACE = re.compile(r"\s*")
_NEXT_NAME = re.compile(r"(?:,| và|, và)\s+")
_SEVERAL = ("các ", "một số ")
_MOUNTAINS = re.compile(r"(?:phường|xã|quận|huyện|đường|phố|núi|dãy|quần đảo|đảo|đường mòn) $")
_REVIEWED = re.compile(r"(?:trung ương |tỉnh |tw )?(?:sơ kết|tổng kết)[^.;]{0,70}?\d+\s?-\s?[\wđ]+/[\wđ]+")
_CELL = re.compile(
    r"(?:thôn|xóm|ấp|làng|bản|buôn|khối|khóm|khu phố|tổ dân phố|khu dân cư)\s+"
    rf"(?:[{UPPER}][\w'-]*(?:\s[{UPPER}][\w'-]*)?|\d+)"
)
_WITH_A_TERM = frozenset(("ban-chap-hanh-trung-uong", "bo-chinh-tri", "ban-bi-thu", "quoc-hoi"))


class OrganGrammar:
    """Parses organs at lexicon tokens. One instance reads one article."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.names = ProperNames(reading)
        self.territories = Territories(reading, self.names)
        self.abroad = Abroad(reading, self.names)
        self.tokens = self.names.tokens
        self.wholes: list[OrganMention] = []  # whose committees are named: "Đảng ủy | Trường Đại học …"
        self.post_ends = {post.end for post in reading.meaning("post")}
        self.inside_posts = {t.start for post in reading.meaning("post") for t in self._inside(post)}
        # what a head takes (`ckg:nameTakes`) → who reads it into the organ, and says whether it is there
        self.readers: dict[str, Callable[[OrganMention, int], bool]] = {
            "province": self.territories.province,
            "city": self.territories.city,
            "district": self.territories.district,
            "gov": self._governed,
            "parent": self._parent,
            "open": self._open,
            "of": self._of,
        }

    def _inside(self, post: Token) -> list[Token]:
        """The names that begin in a post's words and open no organ."""
        names = between(self.r.names, post.start, post.end)
        return [name for name in names if not self._own_head(post, name)]

    def _own_head(self, post: Token, name: Token) -> bool:
        """Whether a name in a post's words opens the post's organ: "Trưởng | Ban …"."""
        if name.start == post.start or name.end < post.end:
            return False
        if name.end > post.end and senses(name, "central"):
            return True
        return any(self.r.lexicon.posts[s.key].takes == "head" for s in senses(post, "post"))

    def find(self) -> list[OrganMention]:
        """All organs of the article in order, general ones marked; parents inside others are not listed."""
        found: list[OrganMention] = []
        end = -1
        for token in self.r.names:
            if token.start < end or token.start in self.inside_posts:
                continue
            if listed := self._listed(token):
                found += listed
                end = listed[-1].end
                continue
            organ = self.parse(token)
            if organ and organ.kind == "doan-cong-tac" and organ.parent:
                organ = organ.parent  # a delegation speaks for its organ
            if organ:
                found.append(organ)
                end = organ.end
        self._share_territory(found)
        self._complete(found)
        return found

    def _listed(self, token: Token) -> list[OrganMention]:
        """The committees of a list with one head: "các huyện ủy | Tủa Chùa, Mường Nhé"."""
        named: list[OrganMention] = []
        if not self.r.shadow.endswith("các ", 0, token.start):
            return named  # as a rule
        kind = next((self.r.lexicon.organs[s.key] for s in senses(token, "organ")), None)
        if not kind or kind.takes not in _TERRITORIAL:
            return named
        joined: re.Match[str] | None = _SPACE.match(self.r.shadow, token.end)
        while joined:
            organ = OrganMention(joined.end(), joined.end(), kind.key, "", kind.level)
            if not self.readers[kind.takes](organ, organ.start):
                break
            organ.name = f"{kind.label} {self.r.squeeze(organ.start, organ.end)}"
            named.append(organ)
            joined = _NEXT_NAME.match(self.r.shadow, organ.end)
        return named if len(named) > 1 else []

    def _complete(self, found: list[OrganMention]) -> None:
        """ "Đảng ủy | Trường", "Công đoàn | TCT": the one school or company that the article names."""
        for organ in found:
            inside = between(self.r.names, organ.start + 1, organ.end)
            head = next((t for t in inside if t.end == organ.end), None)
            if organ.parent or organ.place or not head:
                continue
            kinds = {s.key for s in senses(head, "organ")} & self.r.lexicon.traits["has-committee"]
            named = {
                fold(o.name): o.name
                for o in (*found, *self.wholes)
                if o.kind in kinds and o.end - o.start > head.end - head.start and not o.generic
            }
            if len(named) == 1:
                organ.name = f"{self.r.squeeze(organ.start, head.start)} {next(iter(named.values()))}"

    def _share_territory(self, found: list[OrganMention]) -> None:
        """The first head of "HĐND, UBND tỉnh" takes the territory of the second."""
        for a, b in pairwise(found):
            if a.place or not b.place or not self._governs(a) or not self._governs(b):
                continue
            if self.r.shadow[a.end : b.start].strip() in (",", "-", "và", "/"):
                a.place, a.level = b.place, b.level
                a.name = f"{a.name} {self.r.squeeze(self.tokens[b.start].end, b.end)}"

    def _governs(self, organ: OrganMention) -> bool:
        kind = self.r.lexicon.organs.get(organ.kind)
        return kind is not None and kind.takes == "gov"

    def parse(self, token: Token) -> OrganMention | None:
        """The organ that opens at a token, or None where the words name none."""
        for sense in token.senses:
            if sense.category == "central":
                return self._central(token, sense.key)
            if sense.category == "organ":
                return self._organ(token, self.r.lexicon.organs[sense.key])
        return None

    def parse_in_post(self, token: Token) -> OrganMention | None:
        """The organ whose head stands in small letters at the end of a post: "Trưởng phòng Nội vụ"."""
        for sense in senses(token, "organ"):
            kind = self.r.lexicon.organs[sense.key]
            organ = OrganMention(token.start, token.end, kind.key, "", kind.level)
            if kind.takes not in ("open", "parent", "gov"):
                continue
            if self.readers[kind.takes](organ, self.r.skip(token.end)):
                words = organ.name or self.r.squeeze(organ.start, organ.end)
                organ.name = words[0].upper() + words[1:]
                return organ
            if kind.takes == "parent":  # "Ủy viên Ban Thường vụ Huyện ủy, Trưởng Ban Tổ chức": it is elided
                organ.name = kind.label
                return organ
        return None

    def parse_small(self, at: int) -> OrganMention | None:
        """The organ that a post is of, its head in small letters: "bí thư | tỉnh ủy Lai Châu"."""
        token = self.tokens.get(at)
        for sense in token.senses if token else ():
            if token and sense.category == "central":
                return self._central(token, sense.key, small=True)
            if token and sense.category == "organ":
                organ = self._organ(token, self.r.lexicon.organs[sense.key], small=True)
                return organ if organ and not organ.generic else None
        return None

    # the head

    def _central(self, token: Token, key: str, *, small: bool = False) -> OrganMention | None:
        if not small and self.r.plain[token.start].islower():
            return None
        if key == "ban-chap-hanh-trung-uong" and (mass := self._executive_of_mass(token)):
            return mass
        end = token.end
        if of_another := self.abroad.behind(end):
            return OrganMention(token.start, of_another, ABROAD, self.r.squeeze(token.start, of_another), "")
        term = _TERM.match(self.r.shadow, end) if key in _WITH_A_TERM else None
        if term:
            unopened = term.group().endswith(")") and "(" not in term.group()
            end = term.end() - unopened
        return OrganMention(token.start, end, key, self.r.lexicon.central[key].label, "Central", register=key)

    def _executive_of_mass(self, token: Token) -> OrganMention | None:
        """A committee that is not the Party's: "Ban Chấp hành Trung ương Hội Nông dân"."""
        if not self.r.shadow.endswith(("trung ương", "tw"), token.start, token.end):
            return None
        after = self.tokens.get(self.r.skip(token.end))
        inner = self.parse(after) if after and not senses(after, "central") else None
        if not inner or inner.kind not in self.r.lexicon.traits["mass"]:
            return None
        words = self.r.squeeze(token.start, inner.end)
        return OrganMention(token.start, inner.end, inner.kind, words, "Central", register="?")

    def _organ(self, token: Token, kind: OrganKind, *, small: bool = False) -> OrganMention | None:
        """The organ of a kind; a head in small letters only behind a post (`small`)."""
        r = self.r
        in_small = r.plain[token.start].islower()
        if (in_small and not small and kind.key != "ubnd") or not self._is_head(token, kind):
            return None
        organ = OrganMention(token.start, token.end, kind.key, "", kind.level, generic=self._several(token))
        at = r.skip(token.end)
        filled = self.readers[kind.takes](organ, at)
        several = _OF_SEVERAL.match(r.shadow, organ.end) if filled else r.shadow.startswith(_SEVERAL, at)
        organ.generic = organ.generic or bool(several)
        if filled and kind.takes in ("province", "city", "district") and organ.place[:1] in ("=", "?"):
            organ.generic = False  # "Trong các huyện ủy, Huyện ủy Tủa Chùa …"
        if not filled and kind.takes in _TERRITORIAL and (of_another := self.abroad.territory(organ.end)):
            name = r.squeeze(organ.start, of_another)
            return OrganMention(organ.start, of_another, ABROAD, name, "")
        committee = kind.key in r.lexicon.traits["committee"] and kind.takes != "open"
        if not filled and (kind.strict or (in_small and not (small and committee))):
            return None
        words = organ.name or r.squeeze(organ.start, organ.end)
        organ.name = words[0].upper() + words[1:] if small else words
        return organ

    def _several(self, token: Token) -> bool:
        """Whether what stands before a head says that no particular one is meant: "các huyện ủy, | sở"."""
        before = self.r.shadow[max(0, token.start - 40) : token.start]
        return before.rstrip().endswith(_ENDS_OF_GENERAL) and _GENERAL.search(before) is not None

    def _is_head(self, token: Token, kind: OrganKind) -> bool:
        """Not "phường Trường Sơn", nor the organ's letters in a document's number."""
        r, start = self.r, token.start
        if kind.key == "truong" and _MOUNTAINS.search(r.shadow[max(0, start - 12) : start]):
            return False
        numbered = start > 0 and r.plain[start - 1] in "-/" and r.plain[start - 2 : start - 1].isalnum()
        return not (numbered and r.plain[start : token.end].isupper())

    # what may follow a head

    def _parent(self, organ: OrganMention, at: int) -> bool:
        """What it is part of: "Ban Thường vụ | Tỉnh ủy", "Ban Tổ chức | Trung ương", "BCH | Đảng bộ tỉnh"."""
        r = self.r
        if organ.kind == "ban-can-su" and r.shadow.startswith(",", at):
            at = r.skip(at + 1)
        if r.lexicon.organs[organ.kind].standing and r.shadow.startswith("của ", at):
            return False
        of_the_centre = centre(r, at)
        of_another = self.abroad.behind(of_the_centre.end()) if of_the_centre else 0
        if of_another:
            organ.kind, organ.end, organ.level = ABROAD, of_another, ""
            return True
        if of_the_centre:
            organ.end, organ.level, organ.register = of_the_centre.end(), "Central", "?"
            organ.name = f"{r.squeeze(organ.start, at)} Trung ương"
            return True
        inner = self.tokens.get(at)
        parent = self.parse(inner) if inner else None
        if parent:
            return self._belongs(organ, parent)
        if organ.kind != "ban-chap-hanh" or r.shadow.startswith("đoàn ", at):
            return False
        return self.territories.governed(organ, at)

    def _belongs(self, organ: OrganMention, parent: OrganMention) -> bool:
        if parent.kind == ABROAD:
            organ.kind = ABROAD
        if parent.generic or parent.kind in ("so", "phong"):
            return False
        self._take(organ, parent)
        organ.name = self.r.squeeze(organ.start, organ.end)
        return True

    @staticmethod
    def _take(organ: OrganMention, parent: OrganMention) -> None:
        organ.parent, organ.end, organ.level, organ.place = parent, parent.end, parent.level, parent.place

    def _open(self, organ: OrganMention, at: int) -> bool:
        """A proper name of its own and a territory, each or both: "Sở | Nội vụ | tỉnh Lai Châu"."""
        r = self.r
        if self._of_a_whole(organ, at):
            return True
        cell = _CELL.match(r.plain, at) if organ.kind == "chi-bo" else None
        if cell:
            organ.end = cell.end()
            return True
        head_end = organ.end
        of_a_post = organ.start - 1 in self.post_ends
        end = self._purpose(organ, at) or self.names.organ(at, organ.kind, of_a_post=of_a_post)
        named = end > at
        if named and self._with_short_name(organ, end):
            return True
        if self.territories.behind_name(organ, r.skip(end) if named else at):
            return True
        organ.end = end if named else head_end
        return named

    def _of_a_whole(self, organ: OrganMention, at: int) -> bool:
        """Another organ whose own this is: "Đảng ủy | Trường Đại học Tây Bắc", "Thanh tra | Bộ Y tế"."""
        whole_named = organ.kind in self.r.lexicon.traits["of-a-whole"] and at in self.names.heads
        whole = self.parse(self.tokens[at]) if whole_named else None
        if not whole or whole.generic:
            return False
        organ.end, organ.place = whole.end, whole.place
        self.wholes.append(whole)
        return True

    def _governed(self, organ: OrganMention, at: int) -> bool:
        return self.territories.governed(organ, at) or self._of_a_whole(organ, at)

    def _with_short_name(self, organ: OrganMention, end: int) -> bool:
        """A territory behind a short name in brackets: "Hội Cựu chiến binh (CCB) | tỉnh Thái Bình"."""
        short = SHORT_NAME.match(self.r.plain, end)
        if not short or not self.territories.behind_name(organ, short.end()):
            return False
        organ.name = f"{self.r.squeeze(organ.start, end)} {self.r.squeeze(short.end(), organ.end)}"
        return True

    def _purpose(self, organ: OrganMention, at: int) -> int:
        """The end of what a board reviews, else 0: "Ban Chỉ đạo | sơ kết 5 năm thực hiện Chỉ thị 13"."""
        m = _REVIEWED.match(self.r.shadow, at) if organ.kind == "ban-chi-dao" else None
        return m.end() if m else 0

    def _of(self, organ: OrganMention, at: int) -> bool:
        """Whose it is: "Đoàn công tác | của Tỉnh ủy"; none in particular where that is not said."""
        inner = self.tokens.get(at + 4) if self.r.shadow.startswith("của ", at) else None
        parent = self.parse(inner) if inner else None
        if parent and not parent.generic:
            self._take(organ, parent)
        else:
            organ.generic = True
        return parent is not None
