"""People with their posts, in every way that newspapers introduce them.

A run of capitals is a person only on evidence: a form of address or a post right before it, a post right behind
it, or its place in a list whose head is one of these. Everything else stays unread.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from kg.lexicon import OrganKind, Post, Token
from kg.model import OrganMention, PersonMention, PostMention
from kg.recognise.names import LOWER, UPPER
from kg.recognise.organs import OrganGrammar
from kg.recognise.reading import STORY, Reading, senses

_SYLLABLE = rf"(?:[{UPPER}](?:'\s?)?[{UPPER}]?[{LOWER}]+(?:[-'][{UPPER}{LOWER}]?[{LOWER}]+)*|[{UPPER}](?=\s[{UPPER}]))"
_NAME = re.compile(rf"(?<![\w'/-]){_SYLLABLE}(?:\s{_SYLLABLE}){{1,4}}(?![\w'])")
_SINGLE = re.compile(rf"(?<![\w'/-])[{UPPER}]'[{UPPER}]?[{LOWER}]+(?![\w'])")
_BRACKET = re.compile(r"\s*\([^()]{2,80}\)")
_COPULA = re.compile(r"\s+là\s+$")
_ALL_ARE = re.compile(r"\s*,\s*(?:đều|cùng) (?:là|giữ chức)\s+")
_SHOUTED = re.compile(rf"(?<![\w'/-])[{UPPER}]{{2,}}(?:\s[{UPPER}]{{1,}}){{1,4}}(?![\w'])")
_POST_JOIN = re.compile(r"\s*(?:,|-|;|\bvà\b|\bkiêm\b|,?\s*đồng thời là|,\s*kiêm|/)\s*")
_AFTER_NAME = re.compile(r"\s*(?:,|-|\(|:|\blà\b)\s*")
_LIST_GAP = re.compile(r"\s*(?:,|;|và|cùng|,\s*và|;\s*và|cùng với)\s*(?:các\s+)?")
_PLURAL_HEAD = re.compile(r"(?:các|hai|ba|bốn|năm|những)\s+(?:đồng chí\s*|ông\s*|bà\s*)?:?\s*$")
_FORMER = re.compile(r"(?:nguyên|cựu)\s+(?:là\s+)?$")
_NOT_HELD = re.compile(r"(?:trưởng|phó)\s+đoàn$")
_COMMITTEES = ("tinh-uy", "thanh-uy", "huyen-uy", "quan-uy", "thi-uy", "dang-uy")
_NO_KIND = OrganKind("", "", "", "", "", False, False)
_PEERS = {"xã": "dang-uy", "phường": "dang-uy", "tỉnh": "tinh-uy", "huyện": "huyen-uy", "quận": "quan-uy", "thị xã": "thi-uy", "thành phố": "thanh-uy"}
_EXPANDED_KINDS = {"Tỉnh ủy": "tinh-uy", "Thành ủy": "thanh-uy", "Huyện ủy": "huyen-uy", "Quận ủy": "quan-uy", "Thị ủy": "thi-uy", "Đảng ủy": "dang-uy", "Chi ủy": "chi-bo"}


class PeopleGrammar:
    """Finds the people of one article. Needs its organs."""

    def __init__(self, reading: Reading, organs: list[OrganMention], grammar: OrganGrammar) -> None:
        self.r = reading
        self.organ_at = {o.start: o for o in organs}
        self.organs = organs
        self.grammar = grammar
        self.addresses = [t for t in reading.words if senses(t, "address") and not self._in_a_name(t)]
        self.address_end = {t.end: t for t in self.addresses}
        self.posts = self._posts()
        self.post_end = {p.end: p for p in self.posts}
        self.post_at = {p.start: p for p in self.posts}
        self.starts = [p.start for p in self.posts]
        self.closed = self._closed()

    def _in_a_name(self, token: Token) -> bool:
        """"Tuấn Anh", "Phạm Bác": a capital behind a capital is part of a name, not a form of address."""
        before = self.r.plain[max(0, token.start - 12) : token.start].split(" ")
        return (
            self.r.plain[token.start].isupper()
            and len(before) > 1
            and before[-1] == ""
            and before[-2][:1].isupper()
            and before[-2].isalpha()
            and " " not in self.r.shadow[token.start : token.end]
        )

    # posts

    def _posts(self) -> list[PostMention]:
        found: list[PostMention] = []
        central = [o for o in self.organs if o.register]
        for token in self.r.words:
            if any(o.start < token.start < o.end for o in central):
                continue  # "Bí thư" inside "Ban Bí thư"
            for sense in senses(token, "post"):
                post = self.r.lexicon.posts[sense.key]
                mention = self._post(token, post)
                if mention:
                    found.append(mention)
                break
        return found

    def _post(self, token: Token, post: Post) -> PostMention | None:
        r = self.r
        former = bool(_FORMER.search(r.shadow[max(0, token.start - 12) : token.start]))
        title, end, organ = post.title, token.end, None
        if post.takes == "expanded":
            return PostMention(token.start, end, title, self._expanded(token, post), former)
        if post.takes == "none":
            return PostMention(token.start, end, title, None, former)
        at = r.skip(end)
        if r.shadow.startswith("của ", at):
            at += 4
        if post.takes == "head":
            inner = [o for o in self._organs_in(token.start + 1, token.end) if o.end >= token.end]
            organ = inner[0] if inner else self.organ_at.get(at)
        else:
            organ = self.organ_at.get(at)
        if post.takes == "executive":
            return self._executive(token, post, at, former)
        within = [o for o in self._organs_in(token.start + 1, token.end) if o.end > token.end]
        if post.takes == "committee" and within:
            return PostMention(token.start, within[0].end, title.split(" ")[0] + " viên", within[0], former)
        if post.takes == "field" and not organ:
            field_end = self.grammar.names.field(at)
            if field_end:
                return PostMention(token.start, field_end, f"{title} {r.squeeze(at, field_end)}", None, former)
        if organ and organ.generic or post.takes == "must" and not organ:
            return None
        if not organ and _NOT_HELD.search(r.shadow[token.start : token.end]):
            return None
        if not organ and post.takes == "head":
            organ = self._lower_head(token) or self._spoken_of(token)
        if organ:
            end = max(end, organ.end)
        return PostMention(token.start, end, title, organ, former)

    def _executive(self, token: Token, post: Post, at: int, former: bool) -> PostMention | None:
        """"UVBCH Đảng bộ tỉnh": a member of the executive committee of what follows."""
        base = self.organ_at.get(at)
        if not base:
            return PostMention(token.start, token.end, post.title, None, former)
        organ = OrganMention(base.start, base.end, "ban-chap-hanh", f"Ban Chấp hành {base.name}", base.level, base.place, base)
        return PostMention(token.start, base.end, post.title, organ, former)

    def _lower_head(self, token: Token) -> OrganMention | None:
        """"Trưởng phòng Công tác đảng …": the organ's head in small letters inside the post."""
        inner = next((t for t in self.r.names if token.start < t.start < token.end <= t.end), None)
        return self.grammar.parse_in_post(inner) if inner else None

    def _spoken_of(self, token: Token) -> OrganMention | None:
        """"Trưởng Ban là …" after "Ban Chỉ đạo gồm 15 thành viên": the organ of that head that was named last."""
        head = self.r.shadow[token.start : token.end].rsplit(" ", 1)[-1]
        before = [o for o in self.organs if token.start - 260 < o.start < token.start and not o.generic and self.r.shadow.startswith(head + " ", o.start)]
        same = [o for o in before if o.kind == "ban-chi-dao"]
        after = self.r.shadow[token.end : token.end + 4]
        return same[-1] if same and (after.startswith((" là ", ":", ",")) or after.strip() == "") else None

    def _organs_in(self, start: int, end: int) -> list[OrganMention]:
        return [o for o in self.organs if start <= o.start < end]

    def _expanded(self, token: Token, post: Post) -> OrganMention:
        """The organ inside "TUV", "Huyện ủy viên": named by the abbreviation itself."""
        kind = _EXPANDED_KINDS.get(post.organ)
        if kind:
            level = {"tinh-uy": "Provincial", "dang-uy": "Grassroots", "chi-bo": "Grassroots", "thanh-uy": ""}.get(kind, "District")
            return OrganMention(token.start, token.end, kind, post.organ, level)
        key = {"Bộ Chính trị": "bo-chinh-tri", "Ban Bí thư": "ban-bi-thu"}.get(post.organ, "trung-uong-dang")
        return OrganMention(token.start, token.end, key, post.organ, "Central", register=key)

    # names

    def _closed(self) -> list[tuple[int, int]]:
        """Spans in which no name lies: organs, posts, forms of address, dates."""
        spans = [(o.start, o.end) for o in self.organs] + [(p.start, p.end) for p in self.posts]
        spans += [(t.start, t.end) for t in self.addresses]
        spans += [(t.start, t.end) for t in self.r.words if senses(t, "document")]
        return sorted(spans)

    def _candidates(self, start: int, end: int) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        inside = [s for s in self.closed if s[0] < end and s[1] > start]
        at = start
        for a, b in [*inside, (end, end)]:
            if a > at:
                found += [(m.start(), m.end()) for m in _NAME.finditer(self.r.plain, at, a)]
                found += [(m.start(), m.end()) for m in _SINGLE.finditer(self.r.plain, at, a) if not any(x <= m.start() < y for x, y in found)]
                found += [(m.start(), m.end()) for m in _SHOUTED.finditer(self.r.plain, at, a) if m.group().split()[0].title() in self.r.lexicon.surnames]
            at = max(at, b)
        return [(a, b) for a, b in sorted(set(found)) if not self._is_place(a, b)]

    def _is_place(self, start: int, end: int) -> bool:
        name = self.r.shadow[start:end]
        if name in self.r.lexicon.provinces or name in ("hồ chí minh", "việt nam", "trung ương"):
            return True
        if any(o.end == start - 1 for o in self.organs):
            return False
        before = self.r.shadow[max(0, start - 12) : start]
        return bool(re.search(r"(?:tỉnh|huyện|quận|xã|phường|thành phố|tp|tại|ở|đường|phố|điểm cầu|đầu cầu|thôn|bản|buôn)\.?\s+$", before))

    def find(self) -> list[PersonMention]:
        """All people of the story and the imprint, in order, with their posts."""
        people: list[PersonMention] = []
        for sentence in self.r.sentences:
            if sentence.zone in STORY or sentence.zone == "footer":
                people += self._sentence(sentence.start, sentence.end)
        return people

    def _sentence(self, start: int, end: int) -> list[PersonMention]:
        names = self._candidates(start, end)
        found: list[PersonMention] = []
        head: list[PostMention] = []
        head_organ: OrganMention | None = None
        listed = False
        for a, b in names:
            person = PersonMention(a, b, self._name(a, b), left=a, right=b)
            before = self._before(person)
            previous = found[-1] if found else None
            gap = self.r.shadow[previous.right : a] if previous else ""
            if before is None and listed and previous and _LIST_GAP.fullmatch(gap):
                before = []
            if before is None and head and self.r.shadow[head[-1].end : a].strip() in (":", ""):
                before = []
            plural = self._plural_before(person)
            if before is None and plural is not None:
                before = []
            after = self._after(person, [n for n in names if n[0] > b])
            if before is None and not after:
                continue
            if before is None and not self._named_like_a_person(person):
                continue
            plural = self._plural_before(person)
            if plural is not None:
                head, listed = plural, True
            elif previous and not _LIST_GAP.fullmatch(gap):
                head, listed = [], False
            own = [*(before or []), *after]
            shared = [p for p in head if p not in own]
            person.posts = self._fill(shared + own, head_organ if listed else None)
            if plural is not None:
                head_organ = self._head_organ(person)
                person.posts = self._fill(shared + own, head_organ)
            found.append(person)
        self._share(found)
        return found

    def _head_organ(self, person: PersonMention) -> OrganMention | None:
        """"các đồng chí trong Thường trực Tỉnh uỷ: …": the committee that the head of a list names."""
        before = self.r.shadow[max(0, person.left - 3) : person.left].strip()
        near = [o for o in self.organs if o.end <= person.left and person.left - o.end <= 2]
        return self._committee(near[-1]) if before == ":" and near else None

    def _share(self, found: list[PersonMention]) -> None:
        """"A và B, đều là Phó Bí thư …", "các ông A, B (Phó Chủ tịch …)": posts behind a list are everybody's."""
        for i in range(len(found) - 1, 0, -1):
            last, previous = found[i], found[i - 1]
            tail = self.r.shadow[last.end : last.end + 8]
            several = re.search(r"(?:các|hai|ba|bốn)\s+(?:đồng chí|ông|bà|anh|chị)\s*$", self.r.shadow[max(0, previous.start - 16) : previous.start])
            if last.posts and not previous.posts and (_ALL_ARE.match(self.r.shadow, last.end) or tail.lstrip().startswith("(") or several and tail.startswith(" - ")):
                if _LIST_GAP.fullmatch(self.r.shadow[previous.right : last.left]) or _LIST_GAP.fullmatch(self.r.shadow[previous.right : last.start]):
                    previous.posts = list(last.posts)

    def _name(self, start: int, end: int) -> str:
        name = self.r.squeeze(start, end)
        return name.title() if name.isupper() else name

    def _named_like_a_person(self, person: PersonMention) -> bool:
        first = self.r.plain[person.start : person.end].split()[0]
        return first in self.r.lexicon.surnames or "'" in first or len(first) == 1

    def _before(self, person: PersonMention) -> list[PostMention] | None:
        """Posts right before the name; [] for a bare form of address; None where neither stands there."""
        r = self.r
        at, posts, evidence = person.start, [], False
        while True:
            stop = at
            while stop > 0 and r.shadow[stop - 1] in " (":
                stop -= 1
            address = self.address_end.get(stop)
            if address and r.shadow[stop:at].strip() in ("", "("):
                at, evidence = address.start, True
                continue
            comma = stop - 1
            if evidence and r.shadow[comma:stop] == "," and self.address_end.get(comma):
                at = self.address_end[comma].start
                continue
            if r.shadow[stop - 1 : stop] in (".", ",") and self.address_end.get(stop - 1):
                at, evidence = self.address_end[stop - 1].start, True
                continue
            post = self.post_end.get(stop) if not posts else self._joined_before(at)
            if not post and not posts:
                post = self._through_an_organ(stop) or (self._copula(at) if evidence else None)
            if not post:
                break
            posts.insert(0, post)
            at, evidence = post.start, True
            former = _FORMER.search(r.shadow[max(0, at - 12) : at])
            if former:
                at -= len(former.group())
        person.left = at
        return posts if evidence else None

    def _through_an_organ(self, stop: int) -> PostMention | None:
        """"Vụ trưởng Vụ Địa phương VII, Ủy ban Kiểm tra Trung ương | Thái Bá Khởi": the organ's own parent between."""
        organ = next((o for o in self.organs if o.end == stop and not o.generic), None)
        return self.post_end.get(organ.start - 2) if organ and self.r.shadow[organ.start - 2 : organ.start] == ", " else None

    def _copula(self, at: int) -> PostMention | None:
        """"Trưởng Ban là đồng chí …"."""
        link = _COPULA.search(self.r.shadow, max(0, at - 6), at)
        return self.post_end.get(link.start()) if link else None

    def _joined_before(self, at: int) -> PostMention | None:
        """The post before this one, joined by a comma, a dash or "kiêm"."""
        i = bisect_left(self.starts, at) - 1
        if i < 0:
            return None
        post = self.posts[i]
        gap = self.r.shadow[post.end : at]
        if post.end > at or not _POST_JOIN.fullmatch(gap) or ";" in gap:
            return None
        owner = self.r.plain[max(0, post.start - 40) : post.start]
        if re.search(rf"{_SYLLABLE}(?:\s{_SYLLABLE})+\s*(?:,|-|\()\s*$", owner) and not self._organ_ends(post.start):
            return None  # the earlier post belongs to the name before it
        return post

    def _organ_ends(self, at: int) -> bool:
        stop = at
        while stop > 0 and self.r.shadow[stop - 1] in " ,-":
            stop -= 1
        return any(o.end == stop for o in self.organs)

    def _after(self, person: PersonMention, later: list[tuple[int, int]]) -> list[PostMention]:
        """Posts behind the name, up to one that stands right before another name."""
        r = self.r
        posts: list[PostMention] = []
        gap = _AFTER_NAME.match(r.shadow, person.end)
        at = gap.end() if gap else person.end
        opened = bool(gap)
        while opened:
            former = re.compile(r"(?:nguyên|cựu)\s+(?:là\s+)?").match(r.shadow, at)
            post = self.post_at.get(former.end() if former else at)
            if not post or any(r.shadow[post.end : a].strip() == "" and a >= post.end for a, _ in later[:1]):
                break
            posts.append(post)
            person.right = post.end
            joined = _POST_JOIN.match(r.shadow, post.end)
            if not joined or ";" in joined.group():
                break
            at = joined.end()
        if not posts:
            same = _ALL_ARE.match(r.shadow, person.end)
            shared = self.post_at.get(same.end()) if same else None
            if shared:
                posts, person.right = [shared], shared.end
        bracket = _BRACKET.match(r.shadow, person.right)
        if bracket or posts and r.shadow[person.right : person.right + 1] == ")":
            person.right = bracket.end() if bracket else person.right + 1
        return posts

    def _plural_before(self, person: PersonMention) -> list[PostMention] | None:
        """The posts of a plural head ("các đồng chí Ủy viên Ban Thường vụ: …"); [] for "các đồng chí: …"; else None."""
        r = self.r
        at = person.left
        before = r.shadow[max(0, at - 90) : at]
        if _PLURAL_HEAD.search(before) or re.search(r"(?:các|hai|ba)\s+(?:đồng chí|ông|bà)\s*:?\s*$", r.shadow[max(0, at - 20) : person.start]):
            shared = [p for p in self.posts if person.left <= p.start < person.start]
            return shared if person.left < person.start and _PLURAL_HEAD.search(before) and shared else []
        if before.rstrip().endswith(":"):
            stop = at - (len(before) - len(before.rstrip())) - 1
            head = [p for p in self.posts if p.end == stop]
            while head and (earlier := self._joined_before(head[0].start)):
                head.insert(0, earlier)
            if head:
                return head
            if re.search(r"(?:các đồng chí|các ông|các bà|đại biểu|gồm|có|diễn giả)\s*:\s*$", before):
                return []
            if self._head_organ(person) and re.search(r"(?:các đồng chí|các ông|các bà)[^:;.]{2,60}:\s*$", before):
                return []
        return None

    def _fill(self, posts: list[PostMention], head: OrganMention | None = None) -> list[PostMention]:
        """Elided organs: "Ủy viên Ban Thường vụ, Trưởng Ban Tuyên giáo Tỉnh ủy" is of the Tỉnh ủy both times."""
        filled: list[PostMention] = []
        for i, post in enumerate(posts):
            if post.organ is None and (post.title.startswith("Ủy viên") or "Bí thư" in post.title and post.title != "Tổng Bí thư"):
                committee = next((c for p in posts[i + 1 :] if p.organ and (c := self._committee(p.organ))), None) or head
                committee = committee or (self._peer(posts[i + 1].organ) if len(posts) > i + 1 else None)
                if committee:
                    post = post._replace(organ=committee)
            organ = post.organ
            following = posts[i + 1].organ if len(posts) > i + 1 else None
            if organ and organ.kind == "dang-uy" and len(organ.name.split()) == 2 and following and following.kind in ("ubnd", "hdnd"):
                tail = following.name.split(" ", 1)[1] if following.name.isupper() is False and " " in following.name else ""
                if tail.split(" ")[0] in ("xã", "phường", "thị"):
                    organ = OrganMention(organ.start, organ.end, organ.kind, f"{organ.name} {tail}", "Commune", following.place)
                    post = post._replace(organ=organ)
            if organ and not organ.parent and not organ.level and self.r.lexicon.organs.get(organ.kind, _NO_KIND).takes == "parent":
                committee = next((c for p in reversed(posts[:i]) if p.organ and (c := self._committee(p.organ))), None) or head
                if committee:
                    name = f"{organ.name} {committee.name}"
                    post = post._replace(organ=OrganMention(organ.start, organ.end, organ.kind, name, committee.level, committee.place, committee))
                else:
                    post = post._replace(organ=None)
            filled.append(post)
        return filled

    def _peer(self, organ: OrganMention | None) -> OrganMention | None:
        """"Phó Bí thư, Chủ tịch UBND huyện": the committee of the same territory."""
        kind = _PEERS.get(organ.place[1:]) if organ and organ.kind in ("ubnd", "hdnd") and organ.place.startswith("@") else None
        if not organ or not kind:
            return None
        name = self.r.lexicon.organs[kind].label
        if kind == "dang-uy":
            return OrganMention(organ.start, organ.end, kind, f"{name} {organ.place[1:]}", organ.level, organ.place)
        return OrganMention(organ.start, organ.end, kind, name, organ.level)

    def _committee(self, organ: OrganMention) -> OrganMention | None:
        while organ.parent and organ.kind not in _COMMITTEES:
            organ = organ.parent
        return organ if organ.kind in _COMMITTEES else None
