"""People with their posts, in every way that newspapers introduce them.

A run of capitals is a person only on evidence: a form of address or a post right before it, a post right
behind it, or its place in a list whose head is one of these. Everything else stays unread.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from kg.model import OrganMention, PersonMention, PostMention
from kg.recognise.elisions import committee, filled, of_the_head
from kg.recognise.introductions import BRACKET, Introductions
from kg.recognise.names import REST_OF_SYLLABLE, SYLLABLE
from kg.recognise.organs import OrganGrammar
from kg.recognise.posts import FORMER, JOIN, Posts
from kg.recognise.reading import STORY, Reading
from kg.recognise.spans import between
from kg.scanner import Token

# in the outline of a text; the capital first: the engine then skips from one to the next
_FIRST = r"A(?<![\w'/-].)"
_OPENS_NAME = re.compile(rf"{_FIRST}(?=\S{{0,40}}+\sA|')")
_NAME = re.compile(rf"{_FIRST}{REST_OF_SYLLABLE}(?:\s{SYLLABLE}){{1,4}}(?![\w'])")
_SINGLE = re.compile(rf"{_FIRST}'\s?A?a+(?![\w'])")  # "Y'Moan", "K' Brừm"
_SHOUTED = re.compile(rf"{_FIRST}A+(?:\sA+){{1,4}}(?![\w'])")
_COPULA = re.compile(r"\s+là\s+$")
_ALL_ARE = re.compile(r"\s*,\s*(?:đều|cùng) (?:là|giữ chức)\s+")
_AFTER_NAME = re.compile(r"\s*(?:,|-|\(|:|\blà\b)\s*")
_BEHIND_NAME = (",", "-", "(", ":", "là")  # what a post or a bracket may stand behind
_WAS = re.compile(r"(?:(?:nguyên|cựu|(?:khi|lúc) (?:ấy|đó)|bấy giờ|nay|hiện|hiện nay)\s+)(?:là\s+)?")
_LIST_GAP = re.compile(r"\s*(?:,|;|và|cùng|,\s*và|;\s*và|cùng với)\s*(?:các\s+)?")
_PLURAL_HEAD = re.compile(r"(?:các|hai|ba|bốn|năm|những)\s+(?:đồng chí\s*|ông\s*|bà\s*)?:?\s*$")
_ENDS_OF_HEADS = ("các", "hai", "ba", "bốn", "năm", "những", "đồng chí", "ông", "bà")
_PLURAL_ADDRESS = re.compile(r"(?:các|hai|ba)\s+(?:đồng chí|ông|bà)\s*:?\s*$")
_SEVERAL = re.compile(r"(?:các|hai|ba|bốn)\s+(?:đồng chí|ông|bà|anh|chị)\s*:?\s*$")
_LIST_HEAD = re.compile(r"(?:các đồng chí|các ông|các bà|đại biểu|gồm|có|diễn giả)\s*:\s*$")
_LIST_OF_AN_ORGAN = re.compile(r"(?:các đồng chí|các ông|các bà)[^:;.]{2,60}:\s*$")
_IN_A_PLACE = re.compile(
    r"(?:tỉnh|huyện|quận|xã|phường|thành phố|tp|tại|ở|đường|phố|điểm cầu|đầu cầu|thôn|bản|buôn)\.?\s+$"
)
_PLACES = frozenset(("hồ chí minh", "việt nam", "trung ương"))


class PeopleGrammar:
    """Finds the people of one article. Needs its organs."""

    def __init__(self, reading: Reading, organs: list[OrganMention], grammar: OrganGrammar) -> None:
        self.r = reading
        self.organs = organs
        self.organ_ends = [o.end for o in organs]
        self.addresses = [t for t in reading.meaning("address") if not self._in_a_name(t)]
        self.address_ending = {t.end: t for t in self.addresses}
        self.roles = Posts(reading, organs, grammar)
        self.posts = self.roles.all
        self.told = Introductions(reading, self.roles)
        self.closed = self._closed()
        self.capitals = [m.start() for m in _OPENS_NAME.finditer(reading.outline)]
        self.known: set[str] = set()  # full names of those who were introduced
        self.behind_country: dict[int, int] = {}  # where a name begins → where the country before it does

    def _in_a_name(self, token: Token) -> bool:
        """Whether a capital behind a capital is part of a name, not an address: "Tuấn Anh", "Phạm Bác"."""
        r = self.r
        if not r.plain[token.start].isupper() or " " in r.shadow[token.start : token.end]:
            return False
        before = r.plain[max(0, token.start - 12) : token.start].split(" ")
        return len(before) > 1 and not before[-1] and before[-2][:1].isupper() and before[-2].isalpha()

    def find(self) -> list[PersonMention]:
        """All people of the story and the imprint, in order, with their posts."""
        people: list[PersonMention] = []
        for sentence in self.r.sentences:
            if sentence.zone in STORY or sentence.zone == "footer":
                people += self._sentence(sentence.start, sentence.end, retold=sentence.zone == "caption")
        full = {p.name.rsplit(" ", 1)[-1]: p.name for p in reversed(people) if " " in p.name}
        for person in people:  # "Rơ Mah H'Loan … bà H'Loan"
            person.name = full.get(person.name, person.name)
        return people

    # names

    def _closed(self) -> list[tuple[int, int]]:
        """Stretches in which no name lies, disjoint and in order: organs, posts, addresses, documents."""
        spans = [(o.start, o.end) for o in self.organs] + [(p.start, p.end) for p in self.posts]
        spans += [(t.start, t.end) for t in self.addresses]
        spans += [(t.start, t.end) for t in self.r.meaning("document")]
        closed: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            if closed and start <= closed[-1][1]:
                closed[-1] = (closed[-1][0], max(closed[-1][1], end))
            else:
                closed.append((start, end))
        return closed

    def _candidates(self, start: int, end: int) -> list[tuple[int, int]]:
        """Runs of capitals in a sentence that may be names, in order."""
        found: list[tuple[int, int]] = []
        at = start
        for first in self.capitals[bisect_left(self.capitals, start) : bisect_left(self.capitals, end)]:
            if first < at:
                continue  # the stretch before has it
            i = bisect_right(self.closed, (first, end))
            if i == 0 or self.closed[i - 1][1] <= first:
                at = min(end, self.closed[i][0]) if i < len(self.closed) else end
                found += self._capitals(first, at)
        if not found:
            return found
        named = (self._without_country(*span) for span in set(found) if not self._is_place(*span))
        return sorted(span for span in named if span and not self._opens_otherwise(*span))

    def _without_country(self, start: int, end: int) -> tuple[int, int] | None:
        """The name behind a country that belongs to the post: "Tổng thống Mỹ | …"; None for that alone."""
        r = self.r
        if not self.roles.before(start - 1):
            return start, end
        country = r.lexicon.opening("name-country").match(r.shadow, start, end)
        if not country:
            return start, end
        if country.end() == end:
            return None
        if r.plain[start:end].split(" ")[0] in r.lexicon.surnames:
            return start, end
        behind = r.skip(country.end())
        self.behind_country[behind] = start
        return (behind, end) if " " in r.plain[behind:end] else None

    def _opens_otherwise(self, start: int, end: int) -> bool:
        """Whether the run begins with a word that no person's name does: "Đảng Cộng sản …"."""
        r = self.r
        if r.plain[start:end].split(" ")[0] in r.lexicon.surnames:
            return False
        return bool(r.lexicon.opening("name-opener").match(r.shadow, start, end))

    def _capitals(self, start: int, end: int) -> list[tuple[int, int]]:
        plain, outline = self.r.plain, self.r.outline
        found = [m.span() for m in _NAME.finditer(outline, start, end)]
        if outline.find("'", start, end) >= 0:
            singles = [m.span() for m in _SINGLE.finditer(outline, start, end)]
            found += [s for s in singles if not any(x <= s[0] < y for x, y in found)]
        for m in _SHOUTED.finditer(outline, start, end) if outline.find("AA", start, end) >= 0 else ():
            if plain[m.start() : m.end()].split()[0].title() in self.r.lexicon.surnames:
                found.append(m.span())
        return found

    def _is_place(self, start: int, end: int) -> bool:
        name = self.r.shadow[start:end]
        if name in self.r.lexicon.provinces or name in _PLACES:
            return True
        if start - 1 in self.roles.organ_ending:
            return False
        return bool(_IN_A_PLACE.search(self.r.shadow, max(0, start - 12), start))

    def _name(self, start: int, end: int) -> str:
        name = self.r.squeeze(start, end)
        return name.title() if name.isupper() else name

    def _named_like_a_person(self, person: PersonMention) -> bool:
        first = self.r.plain[person.start : person.end].split()[0]
        return first in self.r.lexicon.surnames or "'" in first or len(first) == 1

    # people and their posts

    def _sentence(self, start: int, end: int, *, retold: bool) -> list[PersonMention]:
        """The people of a sentence; `head` holds the posts that open a list of them.

        Whoever was introduced before is known by the full name alone; not so in a caption (`retold`).
        """
        names = self._candidates(start, end)
        if not names:
            return []
        found: list[PersonMention] = []
        head: list[PostMention] = []
        head_organ: OrganMention | None = None
        listed = False
        for i, (a, b) in enumerate(names):
            person = PersonMention(a, b, "", left=a, right=b)
            before = self._before(person)
            plural = self._plural_before(person)
            goes_on = bool(found) and bool(_LIST_GAP.fullmatch(self.r.shadow, found[-1].right, a))
            headed = bool(head) and self.r.shadow[head[-1].end : a].strip() in (":", "")
            expected = (listed and goes_on) or headed or plural is not None
            after = self._after(person, names[i + 1 :])
            if before is None and not expected and not (after and self._named_like_a_person(person)):
                if not retold and self.r.plain[a:b] in self.known:
                    person.name, person.posts = self._name(a, b), []
                    found.append(person)
                continue
            if plural is not None:
                head, listed, head_organ = plural, True, self._head_organ(person)
            elif found and not goes_on:
                head, listed = [], False
            person.name = self._name(a, b)
            own = [*(before or []), *after]
            shared = [p for p in head if p not in own]
            person.posts = filled(shared + own, head_organ if listed else None, self.r.lexicon)
            if found and _LIST_GAP.fullmatch(self.r.shadow, found[-1].right, person.left):
                person.posts = of_the_head(found[-1].posts, person.posts)
            found.append(person)
        self.known.update(self.r.plain[p.start : p.end] for p in found)
        self._share(found)
        return found

    def _head_organ(self, person: PersonMention) -> OrganMention | None:
        """The committee in the head of a list: "các đồng chí trong Thường trực Tỉnh uỷ: …"."""
        if not self.r.shadow[max(0, person.left - 3) : person.left].rstrip().endswith(":"):
            return None
        i = bisect_right(self.organ_ends, person.left) - 1
        near = i >= 0 and person.left - self.organ_ends[i] <= 2
        return committee(self.organs[i], self.r.lexicon) if near else None

    def _share(self, found: list[PersonMention]) -> None:
        """Gives posts behind a list to everybody in it: "A và B, đều là …", "các ông A, B (Chủ tịch …)"."""
        shadow = self.r.shadow
        for i in range(len(found) - 1, 0, -1):
            last, previous = found[i], found[i - 1]
            if not last.posts or previous.posts or not self._of_all(previous, last):
                continue
            if any(_LIST_GAP.fullmatch(shadow, previous.right, at) for at in (last.left, last.start)):
                previous.posts = list(last.posts)

    def _of_all(self, previous: PersonMention, last: PersonMention) -> bool:
        """Whether what stands behind the last name of a list is of the name before it, too."""
        tail = self.r.shadow[last.end : last.end + 8]
        if tail.lstrip().startswith("(") or _ALL_ARE.match(self.r.shadow, last.end):
            return True
        several = _SEVERAL.search(self.r.shadow, max(0, previous.start - 16), previous.start)
        return bool(several) and tail.startswith(" - ")

    def _before(self, person: PersonMention) -> list[PostMention] | None:
        """Posts right before the name; [] for a bare form of address; None where neither stands there."""
        shadow = self.r.shadow
        posts: list[PostMention] = []
        if self.told.glosses(person):
            return None
        at, evidence = self.behind_country.get(person.start, person.start), False
        while True:
            stop = at
            while stop > 0 and shadow[stop - 1] in " (":
                stop -= 1
            address = self._address_before(stop, at)
            if address:
                at, evidence = address.start, True
                continue
            post = self.roles.joined_before(at) if posts else self._post_before(stop, at, evidence)
            if not post and not posts and evidence:
                post = self.told.apposed(at)
            if not post:
                break
            posts.insert(0, post)
            at, evidence = post.start, True
            former = FORMER.search(shadow, max(0, at - 12), at)
            if former:
                at = former.start()
        person.left = at
        return posts if evidence else None

    def _address_before(self, stop: int, at: int) -> Token | None:
        """The form of address that ends at `stop`, or, as in "đ/c." and "đồng chí, …", one before it."""
        shadow = self.r.shadow
        address = self.address_ending.get(stop)
        if address and shadow[stop:at].strip() in ("", "("):
            return address
        stopped = shadow[stop - 1 : stop] in (".", ",")
        return self.address_ending.get(stop - 1) if stopped else None

    def _post_before(self, stop: int, at: int, evidence: bool) -> PostMention | None:
        """The post that ends at `stop`; or is tied to the name by an organ or, behind an address, by "là"."""
        post = self.roles.before(stop)
        if post:
            return post
        # "Vụ trưởng Vụ Kế hoạch, Ủy ban Kiểm tra Trung ương | Lò Văn Ín": the organ's own parent
        organ = self.roles.organ_ending.get(stop)
        if organ and not organ.generic and self.r.shadow[organ.start - 2 : organ.start] == ", ":
            post = self.roles.before(organ.start - 2)
        if not post and evidence and (copula := _COPULA.search(self.r.shadow, max(0, at - 6), at)):
            post = self.roles.before(copula.start())  # "Trưởng Ban là đồng chí …"
        return post

    def _after(self, person: PersonMention, names: list[tuple[int, int]]) -> list[PostMention]:
        """Posts behind the name, up to one that stands right before another of the `names` that follow."""
        posts = self._behind(person, names)
        if post := self.told.taken_up(person):
            posts.append(post)
            person.right = post.end
        return posts

    def _behind(self, person: PersonMention, names: list[tuple[int, int]]) -> list[PostMention]:
        """The posts right behind a name, with a comma, a dash or a bracket."""
        shadow = self.r.shadow
        posts: list[PostMention] = []
        if not shadow.startswith(_BEHIND_NAME, self.r.skip(person.end)):
            return posts  # the story goes on, as a rule
        link = _AFTER_NAME.match(shadow, self.told.behind_aside(person.end))
        while link and ";" not in link.group():
            was = _WAS.match(shadow, link.end())
            post = self.roles.at.get(was.end() if was else link.end())
            if not post or self._introduces(post, names):
                break
            posts.append(post)
            person.right = post.end
            link = JOIN.match(shadow, post.end)
        if not posts and (same := _ALL_ARE.match(shadow, person.end)):
            shared = self.roles.at.get(same.end())
            if shared:
                posts, person.right = [shared], shared.end
        bracket = BRACKET.match(shadow, person.right)
        if bracket:
            person.right = bracket.end()
        elif posts and shadow.startswith(")", person.right):
            person.right += 1
        return posts

    def _introduces(self, post: PostMention, names: list[tuple[int, int]]) -> bool:
        """Whether a post stands right before one of the names behind it."""
        following = bisect_left(names, (post.end, 0))
        return following < len(names) and not self.r.shadow[post.end : names[following][0]].strip()

    def _plural_before(self, person: PersonMention) -> list[PostMention] | None:
        """The posts in the head of a list, [] for a head without any, None where no list begins.

        "các đồng chí Ủy viên Ban Thường vụ: …" has one, "các đồng chí: …" none.
        """
        shadow, left = self.r.shadow, person.left
        before = shadow[max(0, left - 90) : left].rstrip()
        if before.removesuffix(":").rstrip().endswith(_ENDS_OF_HEADS):
            headed = _PLURAL_HEAD.search(shadow, max(0, left - 90), left)
            if headed:
                return list(between(self.posts, left, person.start))
        if left < person.start and _PLURAL_ADDRESS.search(shadow, max(0, left - 20), person.start):
            return []
        if not before.endswith(":"):
            return None
        stop = max(0, left - 90) + len(before) - 1
        head = list(self.roles.ending.get(stop, ()))
        while head and (earlier := self.roles.joined_before(head[0].start)):
            head.insert(0, earlier)
        if head or _LIST_HEAD.search(before):
            return head
        of_an_organ = self._head_organ(person) and _LIST_OF_AN_ORGAN.search(before)
        return [] if of_an_organ else None
