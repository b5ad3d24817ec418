"""How people are introduced beside a name and its posts: an office in apposition, an appointment, an aside.

"Đồn trưởng …, Trung tá Lò Văn Ín"; "bổ nhiệm ông Lò Văn Ín giữ chức …"; "Lò Văn Ín (giữa), …".
"""

from __future__ import annotations

import re

from kg.model import PersonMention, PostMention
from kg.recognise.posts import NAMED_BEFORE, Posts
from kg.recognise.reading import Reading

BRACKET = re.compile(r"\s*\([^()]{2,80}\)")
"""A bracket behind a name."""
_CLAUSE = 40  # characters before a name that may say that somebody is only proposed
_TOLD_BETWEEN = re.compile(
    r",\s+(?:\d{2} tuổi|(?:sinh năm|sn) \d{4}|(?:người dân tộc|dân tộc|người) \w+(?:[ '-]\w+){0,2})(?=,)"
)
_LEADS = ('"', ":", " -", "theo")  # what an office may open behind, its holder named after a comma
_YEARS = re.compile(r"\s*(?:,|\()?\s*(?:từ (?:năm )?\d{4}|giai đoạn|nhiệm kỳ|khóa)")


class Introductions:
    """The introductions of one article. Needs its posts."""

    def __init__(self, reading: Reading, roles: Posts) -> None:
        self.r = reading
        self.roles = roles
        self.takes_up = reading.lexicon.pattern(r"(?:,?\s*<{takes-up})*,?\s*giữ (?:chức vụ|chức|cương vị) ")
        self.leaves = reading.lexicon.pattern(
            r",?\s*(?:người\s)?(?:(?:vừa|đã|được|cho) )*thôi giữ (?:chức vụ|chức|cương vị) "
        )
        self.proposed = reading.lexicon.pattern("<{proposed}")

    def glosses(self, person: PersonMention) -> bool:
        """Whether two capitals in brackets tell where an organ is: "Đảng ủy xã Mường Báng (Tủa Tàng)"."""
        plain, start, end = self.r.plain, person.start, person.end
        in_brackets = plain.startswith(")", end) and plain.startswith("(", start - 1)
        return in_brackets and plain.count(" ", start, end) == 1 and start - 2 in self.roles.organ_ending

    def apposed(self, at: int) -> PostMention | None:
        """The office that opens a clause and whose holder follows: "Đồn trưởng …, | Trung tá Lò Văn Ín"."""
        shadow = self.r.shadow
        post = self.roles.before(at - 2) if shadow.endswith(", ", 0, at) else None
        if not post:
            return None
        first = post
        while earlier := self.roles.joined_before(first.start):
            first = earlier
        if NAMED_BEFORE.search(self.r.outline, max(0, first.start - 40), first.start):
            return None  # "Lò Văn Ín - Phó Trưởng Ban …, các ông bà …": of who is named before
        start = self.r.sentences[self.r.sentence_at(at)].start
        before = shadow[start : first.start].rstrip(" ,")
        return post if not before.strip(' "') or before.endswith(_LEADS) else None

    def taken_up(self, person: PersonMention) -> PostMention | None:
        """The post that somebody is appointed to: "bổ nhiệm ông A | giữ chức Giám đốc Sở Y tế"."""
        shadow = self.r.shadow
        takes = self.takes_up.match(shadow, person.right)
        left = None if takes else self.leaves.match(shadow, person.right)
        found = takes or left
        post = self.roles.at.get(found.end()) if found else None
        if not post or _YEARS.match(shadow, post.end):
            return None
        clause = shadow[max(0, person.left - _CLAUSE) : person.left].rsplit(";", 1)[-1]
        if self.proposed.search(clause):
            return None
        return post._replace(former=True) if left else post

    def behind_aside(self, at: int) -> int:
        """Behind what tells a place in a picture, an age or a people: "Lò Văn Ín (giữa) | , Bí thư …"."""
        shadow = self.r.shadow
        if shadow.startswith(",", at) and (told := _TOLD_BETWEEN.match(shadow, at)):
            return told.end()
        bracket = BRACKET.match(shadow, at)
        if not bracket:
            return at
        inner = shadow.index("(", at) + 1
        aside = shadow[inner].isdigit() or self.r.lexicon.opening("name-aside").match(shadow, inner)
        return bracket.end() if aside else at
