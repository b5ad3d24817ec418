"""Posts with the organs that they are held in: "Bí thư Tỉnh ủy", "Trưởng Ban Tuyên giáo", "Huyện ủy viên".

The vocabulary says of every post what its words may be followed by (`ckg:postTakes`). A post whose organ is
left out ("Ủy viên Ban Thường vụ, Trưởng Ban Tuyên giáo Tỉnh ủy") gets it in `kg.recognise.elisions`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace

from kg.lexicon import Post
from kg.model import OrganMention, PostMention
from kg.recognise.names import SYLLABLE
from kg.recognise.organs import OrganGrammar
from kg.recognise.reading import Reading, senses
from kg.recognise.spans import between, cover
from kg.scanner import Token
from kg.vietnamese import fold

JOIN = re.compile(r"\s*(?:,|-|;|\bvà\b|\bkiêm\b|,?\s*đồng thời là|,\s*kiêm|/)\s*")
"""What stands between two posts of one person."""
FORMER = re.compile(r"(?:nguyên|cựu|cố|(?:khi|lúc) (?:ấy|đó) là|bấy giờ là)\s+(?:là\s+)?$")
"""What before a post says that it is no longer held."""

# "Trợ lý Chủ tịch nước", "Văn phòng Chủ tịch nước": the post is not of who is named behind it
_SERVES = re.compile(r"(?:văn phòng|trợ lý|thư ký|phu nhân|đặc phái viên|cố vấn)\s+$")
NAMED_BEFORE = re.compile(rf"{SYLLABLE}(?:\s{SYLLABLE})+\s*(?:,|-|\()\s*$")
"""A name right before a post, in an outline."""
_NEAR = 3000  # characters: how far before a bare "Ủy ban", "Trưởng ban" its organ may be named
_PLACES = ("việt nam", "hồ chí minh")
_BARE_HEAD = re.compile(
    r"(?:ủy ban|cục|hội|công ty|tổng công ty|tập đoàn|trường|học viện|viện|bệnh viện|nhà trường|liên đoàn|"
    r"tổng liên đoàn|hiệp hội|trung tâm|ngân hàng)(?!\w)(?!\s\w)"
)
_DELEGATION = re.compile(r"(?:trưởng|phó)\s+đoàn$")
_SPOKEN_OF = 260  # characters: how far before "Trưởng Ban" its board may be named


class Posts:
    """The posts of one article, in order of place. Needs its organs."""

    def __init__(self, reading: Reading, organs: list[OrganMention], grammar: OrganGrammar) -> None:
        self.r = reading
        self.organs = organs
        self.grammar = grammar
        self.organ_at = {o.start: o for o in organs}
        self.organ_ending = {o.end: o for o in organs}
        self.acting = reading.lexicon.pattern("<{acting} $")
        self.before_acting = reading.lexicon.forms("before-acting")
        self.all = self._find()
        self.starts = [p.start for p in self.all]
        self.at = {p.start: p for p in self.all}
        self.ending: dict[int, list[PostMention]] = {}
        for post in self.all:
            self.ending.setdefault(post.end, []).append(post)

    def _find(self) -> list[PostMention]:
        found: list[PostMention] = []
        central = ((o.start + 1, o.end) for o in self.organs if o.register)
        inside_central = cover(central, len(self.r.text))
        for token in self.r.meaning("post"):
            if not inside_central[token.start]:  # "Bí thư" inside "Ban Bí thư"
                mention = self._post(token, self.r.lexicon.posts[senses(token, "post")[0].key])
                if mention:
                    found.append(self._acting(mention))
        return found

    def _acting(self, post: PostMention) -> PostMention:
        """The post with the word before it that says that it is held for the time being: "quyền Giám đốc"."""
        shadow = self.r.shadow
        word = self.acting.search(shadow, max(0, post.start - 8), post.start)
        if not word:
            return post
        before = shadow[max(0, word.start() - 12) : word.start()].rstrip().rsplit(" ", 1)[-1]
        if before[-1:].isalpha() and before not in self.before_acting:
            return post  # "chính quyền Tổng thống …"
        former = bool(FORMER.search(shadow, max(0, word.start() - 14), word.start()))
        return post._replace(start=word.start(), title=f"Quyền {post.title}", former=former)

    def before(self, stop: int) -> PostMention | None:
        """The post that ends at `stop`."""
        found = self.ending.get(stop)
        return found[-1] if found else None

    def joined_before(self, at: int) -> PostMention | None:
        """The post before the one at `at`, joined to it by a comma, a dash or "kiêm"."""
        i = bisect_left(self.starts, at) - 1
        if i < 0:
            return None
        post = self.all[i]
        gap = self.r.shadow[post.end : at]
        if post.end > at or ";" in gap or not JOIN.fullmatch(gap):
            return None
        if "và" in gap and self._deputy_at(at, post):
            return None  # "Thủ tướng và Phó Thủ tướng A": the first is somebody else
        of_another = NAMED_BEFORE.search(self.r.outline, max(0, post.start - 40), post.start)
        if of_another and self.r.shadow[of_another.start() : post.start].rstrip(" ,-(") in _PLACES:
            return post  # "… phát triển văn hóa Việt Nam, Ủy viên Bộ Chính trị, …"
        return None if of_another and not self._organ_ends(post.start) else post

    def _deputy_at(self, at: int, post: PostMention) -> bool:
        """Whether the post at `at` is that of a deputy of this one."""
        title = fold(self.at[at].title) if at in self.at else ""
        return title.startswith("phó ") and title.removeprefix("phó ") == fold(post.title)

    def _organ_ends(self, at: int) -> bool:
        """Whether what stands before `at` is an organ, whose capitals are nobody's name."""
        while at > 0 and self.r.shadow[at - 1] in " ,-":
            at -= 1
        return at in self.organ_ending

    # one post

    def _post(self, token: Token, post: Post) -> PostMention | None:
        former = bool(FORMER.search(self.r.shadow, max(0, token.start - 14), token.start))
        if _SERVES.search(self.r.shadow, max(0, token.start - 16), token.start):
            return None
        if post.takes == "expanded":
            return PostMention(token.start, token.end, post.title, self._expanded(token, post), former)
        if post.takes == "none":
            return PostMention(token.start, token.end, post.title, None, former)
        at = self.r.skip(token.end)
        if self.r.shadow.startswith("của ", at):
            at += 4
        if post.takes == "executive":
            return self._executive(token, post, at, former)
        return self._of_an_organ(token, post, at, former)

    def _of_an_organ(self, token: Token, post: Post, at: int, former: bool) -> PostMention | None:
        """A post whose organ stands at `at`, or opens in the post's own words."""
        r = self.r
        inside = between(self.organs, token.start + 1, token.end)
        member_of = next((o for o in inside if o.end > token.end), None)
        if post.takes == "committee" and member_of:
            title = post.title.split(" ")[0] + " viên"
            return PostMention(token.start, member_of.end, title, member_of, former)
        own = next((o for o in inside if o.end >= token.end), None) if post.takes == "head" else None
        own = own or (self._small_head(token) if post.takes == "head" else None)
        organ = own or self.organ_at.get(at) or self._small_organ(at)
        if post.takes == "field" and not organ and (end := self.grammar.names.field(at)):
            return PostMention(token.start, end, f"{post.title} {r.squeeze(at, end)}", None, former)
        if organ:
            end = max(token.end, organ.end)
            return None if organ.generic else PostMention(token.start, end, post.title, organ, former)
        if post.takes == "head":
            organ = self._spoken_of(token)
            alone = r.plain.startswith((",", ".", ";", ")"), token.end)
            if not organ and alone and r.shadow.endswith("ban", token.start, token.end):
                organ = self._only_board(token.start)
        elif (
            post.takes == "field" and post.organ and not r.lexicon.opening("name-country").match(r.shadow, at)
        ):
            organ = self._only(post.organ, "", self.organs)
        elif post.takes == "organ":
            organ = self._the_one(post, at)
            if organ:
                end = organ.end if organ.start == at else token.end
                return PostMention(token.start, end, post.title, organ, former)
        delegate = _DELEGATION.search(r.shadow, token.start, token.end)
        if post.takes == "must" or (delegate and not organ):
            return None
        beside = organ and (organ.start >= token.start) and organ.start <= at
        end = max(token.end, organ.end) if organ and beside else self._behind_cell(token.end, at)
        return PostMention(token.start, end, post.title, organ, former)

    def _small_organ(self, at: int) -> OrganMention | None:
        """The organ at `at` whose head stands in small letters: "bí thư | huyện ủy Tủa Chùa"."""
        small = at < len(self.r.plain) and self.r.plain[at].islower()
        return self.grammar.parse_small(at) if small else None

    def _the_one(self, post: Post, at: int) -> OrganMention | None:
        """The organ that a head alone means: the only one of that kind that the article names.

        "Chính ủy | Quân khu" where there is one Quân khu; a "Hiệu trưởng" alone is of the school.
        """
        bare = _BARE_HEAD.match(self.r.shadow, at) if self.r.plain[at : at + 1].isupper() else None
        if bare and (found := self._named_so(bare)):
            return replace(found, start=at, end=bare.end())
        if post.title.startswith("Phó Trưởng Ban"):
            return self._only_board(at)
        head = self.grammar.tokens.get(at)
        kinds = [s.key for s in senses(head, "organ")] if head and self.r.plain[at].isupper() else []
        if head and kinds and self.r.lexicon.organs[kinds[0]].strict:
            words = self.r.shadow[head.start : head.end] + " "
            found = self._only(kinds[0], words, (*self.organs, *self.grammar.wholes))
            return replace(found, start=at, end=head.end) if found else None
        if not post.organ:
            return None
        own = [o for o in self.grammar.wholes if o.kind == post.organ and o.start < at]
        return self._only(post.organ, "", own) or self._only(post.organ, "", self.organs)

    def _named_so(self, head: re.Match[str]) -> OrganMention | None:
        """The only organ named before that begins with the words of a head: "Phó Chủ nhiệm | Ủy ban"."""
        words = head.group() + " "
        near = between(self.organs, head.start() - _NEAR, head.start())
        named = [o for o in near if o.end <= head.start() and not o.generic]
        found = {fold(o.name): o for o in named if fold(o.name).startswith(words)}
        return next(iter(found.values())) if len(found) == 1 else None

    def _only_board(self, at: int) -> OrganMention | None:
        """The only commission of a committee that is named before: "Phó Trưởng Ban Thường trực | ký"."""
        near = between(self.organs, at - _NEAR, at)
        named = [
            o for o in near if o.end <= at and o.kind in self.r.lexicon.traits["commission"] and not o.generic
        ]
        found = {fold(o.name): o for o in named if o.parent or o.register}
        return next(iter(found.values())) if len(found) == 1 else None

    @staticmethod
    def _only(kind: str, words: str, organs: Iterable[OrganMention]) -> OrganMention | None:
        named = [o for o in organs if o.kind == kind and not o.generic]
        found = {fold(o.name): o for o in named if fold(o.name).startswith(words)}
        return next(iter(found.values())) if len(found) == 1 else None

    def _behind_cell(self, end: int, at: int) -> int:
        """The end of a post in a cell without a name: "Bí thư | chi bộ"."""
        head = self.grammar.tokens.get(at)
        cell = head and self.r.plain[at].islower() and any(s.key == "chi-bo" for s in senses(head, "organ"))
        return head.end if head and cell else end

    def _executive(self, token: Token, post: Post, at: int, former: bool) -> PostMention:
        """A member of the executive committee of what follows: "UVBCH Đảng bộ tỉnh"."""
        base = self.organ_at.get(at)
        if not base:
            return PostMention(token.start, token.end, post.title, None, former)
        name = f"Ban Chấp hành {base.name}"
        organ = OrganMention(base.start, base.end, "ban-chap-hanh", name, base.level, base.place, base)
        return PostMention(token.start, base.end, post.title, organ, former)

    def _small_head(self, token: Token) -> OrganMention | None:
        """The organ whose head stands in small letters inside the post: "Trưởng phòng Công tác đảng"."""
        tokens = self.grammar.tokens
        inside = (tokens[at] for at in range(token.start + 1, token.end) if at in tokens)
        head = next((t for t in inside if token.end <= t.end), None)
        return self.grammar.parse_in_post(head) if head else None

    def _spoken_of(self, token: Token) -> OrganMention | None:
        """The board named last, for a post without words of its own.

        "Trưởng Ban là …" after "Ban Chỉ đạo gồm 15 thành viên".
        """
        after = self.r.shadow[token.end : token.end + 4]
        if not after.startswith((" là ", ":", ",")) and after.strip():
            return None
        head = self.r.shadow[token.start : token.end].rsplit(" ", 1)[-1] + " "
        for organ in reversed(between(self.organs, token.start - _SPOKEN_OF + 1, token.start)):
            if (
                organ.kind == "ban-chi-dao"
                and not organ.generic
                and self.r.shadow.startswith(head, organ.start)
            ):
                return organ
        return None

    def _expanded(self, token: Token, post: Post) -> OrganMention:
        """The organ inside "TUV", "Huyện ủy viên": named by the abbreviation itself."""
        lexicon = self.r.lexicon
        [sense, *_] = lexicon.organ_named(post.organ)
        if sense.category == "organ":
            return OrganMention(
                token.start, token.end, sense.key, post.organ, lexicon.organs[sense.key].level
            )
        return OrganMention(token.start, token.end, sense.key, post.organ, "Central", register=sense.key)
