"""Names of organs: a head from the lexicon, what may follow it, and the territory that it names.

The grammar follows how Party, state and Front organs are named (ontology/vocabulary/organs.ttl says of each head
what may follow it). "các huyện ủy" is general and gives no organ; "HĐND, UBND tỉnh" gives two.
"""

from __future__ import annotations

import re

from kg.lexicon import OrganKind, Place, Token
from kg.model import OrganMention
from kg.recognise.reading import Reading, senses

UPPER = "".join(chr(c) for c in range(0x41, 0x1EFA) if chr(c).isupper() and chr(c).isalpha() and c < 0x250 or 0x1EA0 <= c <= 0x1EF9 and chr(c).isupper())
LOWER = "".join(chr(c) for c in range(0x61, 0x1EFA) if chr(c).islower() and (c < 0x250 or c >= 0x1EA0))

_CAP = re.compile(rf"[{UPPER}][\w&/'.-]*", re.UNICODE)
_WORD = re.compile(r"[\w&/'-]+(?:\.[\w&/-]+)*", re.UNICODE)
_KIND = re.compile(r"(tỉnh|thành phố|tp\.?|huyện|quận|thị xã|tx\.?|thị trấn|tt\.?|xã|phường)(?=[\s,.;:)]|$)\s*")
_CENTRAL = re.compile(r"(?:trung ương(?: đảng)?|t\.ư|tw|tư)(?!\w)")
_TERM = re.compile(r"\s*\(?\s*khóa\s+(?:[ivx]+|\d+)\s*\)?")
_GENERAL = re.compile(
    r"(?:^|\s)(?:các|những|một số|mỗi|từng|nhiều|mọi)\s+(?:(?:huyện|thành|quận|thị|tỉnh|đảng|sở|ban|phòng|chi|hội|đoàn)"
    r"(?:\s+(?:ủy|bộ|đoàn|ngành))?(?:,| và| -)?\s+)*$"
)
_LEVELS = {"tỉnh": "Provincial", "huyện": "District", "quận": "District", "thị xã": "District", "xã": "Commune", "phường": "Commune", "thị trấn": "Commune"}
_FULL_KIND = {"tp": "thành phố", "tp.": "thành phố", "tx": "thị xã", "tx.": "thị xã", "tt": "thị trấn", "tt.": "thị trấn"}
_STOP = frozenset(
    "đã sẽ được là có do với tại ở trong cho để nhằm về của này và yêu đề giao phối mở ban thực triển nói theo từ đến khi vừa "
    "cùng cũng phải cần nên đang không chưa như hay hoặc mà thì bị báo trình nghe dự chủ phát quán phổ ký tiếp đưa làm chỉ gửi "
    "dành chọn đứng sau trước ngày sáng chiều hôm tham cần nhấn khẳng rà mời lên".split()
)
_JOINER = re.compile(r"(?:, | và | & | - )\s*")
_GAP = re.compile(r", |\s+")
_CAPITALS = re.compile(rf"[{UPPER}][{UPPER}{LOWER}']*(?: [{UPPER}][{LOWER}']*)+")
_LOCAL = re.compile(rf"[{UPPER}][\w'-]*|\d+")
_REVIEWED = re.compile(r"(?:trung ương |tỉnh |tw )?(?:sơ kết|tổng kết)[^.;]{0,70}?\d+\s?-\s?[\wđ]+/[\wđ]+")
_UNIT = re.compile(r"\d{1,3}(?!\d|[./-]\d)")
_CELL = re.compile(rf"(?:thôn|xóm|ấp|làng|bản|buôn|khối|khóm|khu phố|tổ dân phố|khu dân cư)\s+(?:[{UPPER}][\w'-]*(?:\s[{UPPER}][\w'-]*)?|\d+)")
_SEVERAL_KINDS = re.compile(r"(?:, | và )(?:thành phố|thị xã|quận|huyện|phường|xã|thị trấn)(?=[\s.,;…]*(?:$|[.,;…]| và))")
_REGION = re.compile(rf"(?:miền|khu vực|vùng)\s+(?=[{UPPER}])")
_ANCHOR = re.compile(r"(?:tỉnh|huyện|thành phố|quận|thị xã|trung ương|việt nam|tw|quốc gia)(?!\w)")


class OrganGrammar:
    """Parses organs at lexicon tokens. One instance reads one article."""

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.tokens = {t.start: t for t in reading.names}
        self.tokens_organ = {t.start for t in reading.names if not senses(t, "province")}
        posts = [t for t in reading.words if senses(t, "post")]
        self.posts_at = {t.start for t in posts} | {t.start for t in reading.words if senses(t, "address")}
        self.role_verbs = {t.start for t in reading.verbs if any(s.key in ("chair", "speak", "present") for s in t.senses)}
        self.inside_posts = self._inside(posts)

    def _inside(self, posts: list[Token]) -> set[int]:
        """Offsets inside a post's words, where no organ opens, but for the organ's own head in "Trưởng | Ban …"."""
        covered: set[int] = set()
        for token in posts:
            covered.update(range(token.start, token.end))
            covered -= {t.start for t in self.r.names if token.start < t.start < token.end < t.end and senses(t, "central")}
            if any(self.r.lexicon.posts[s.key].takes == "head" for s in senses(token, "post")):
                covered -= {t.start for t in self.r.names if token.start < t.start < token.end <= t.end}
        return covered

    def find(self) -> list[OrganMention]:
        """All organs of the article in order, general ones marked; parents inside others are not listed."""
        found: list[OrganMention] = []
        end = -1
        for token in self.r.names:
            if token.start < end or token.start in self.inside_posts:
                continue
            organ = self.parse(token)
            if organ and organ.kind == "doan-cong-tac" and organ.parent:
                organ = organ.parent  # a delegation speaks for its organ
            if organ:
                found.append(organ)
                end = organ.end
        self._share_territory(found)
        return found

    def parse(self, token: Token) -> OrganMention | None:
        """The organ that opens at a token, or None where the words name none."""
        for sense in token.senses:
            if sense.category == "central":
                return self._central(token, sense.key)
            if sense.category == "organ":
                kind = self.r.lexicon.organs[sense.key]
                return self._organ(token, kind)
        return None

    def parse_in_post(self, token: Token) -> OrganMention | None:
        """The organ whose head stands in small letters at the end of a post: "Trưởng phòng Nội vụ"."""
        for sense in senses(token, "organ"):
            kind = self.r.lexicon.organs[sense.key]
            organ = OrganMention(token.start, token.end, kind.key, "", kind.level)
            if kind.takes in ("open", "parent") and getattr(self, "_" + kind.takes)(organ, kind, self.r.skip(token.end)):
                words = organ.name or self.r.squeeze(organ.start, organ.end)
                organ.name = words[0].upper() + words[1:]
                return organ
            if kind.takes == "parent":  # "Ủy viên Ban Thường vụ Huyện ủy, Trưởng Ban Tổ chức": the parent is elided
                organ.name = kind.label
                return organ
        return None

    def _central(self, token: Token, key: str) -> OrganMention | None:
        if self.r.plain[token.start].islower():
            return None
        kind = self.r.lexicon.central[key]
        after = self.tokens.get(self.r.skip(token.end)) if key == "ban-chap-hanh-trung-uong" else None
        inner = self.parse(after) if after and self.r.shadow[token.start : token.end].endswith(("trung ương", "tw")) and not senses(after, "central") else None
        if inner and inner.kind in ("hoi", "doan", "tong-lien-doan", "lien-hiep", "lien-doan"):
            words = self.r.squeeze(token.start, inner.end)  # "Ban Chấp hành Trung ương Hội Nông dân": not the Party's
            return OrganMention(token.start, inner.end, inner.kind, words, "Central", register="?")
        term = _TERM.match(self.r.shadow, token.end) if key in ("ban-chap-hanh-trung-uong", "bo-chinh-tri", "ban-bi-thu", "quoc-hoi") else None
        end = token.end
        if term:
            end = term.end() - (1 if term.group().endswith(")") and "(" not in term.group() else 0)
        return OrganMention(token.start, end, key, kind.label, "Central", register=key)

    def _organ(self, token: Token, kind: OrganKind) -> OrganMention | None:
        r = self.r
        if r.plain[token.start].islower() and kind.key != "ubnd":
            return None
        if kind.key == "truong" and re.search(r"(?:phường|xã|quận|huyện|đường|phố|núi|dãy|quần đảo|đảo|đường mòn) $", r.shadow[max(0, token.start - 12) : token.start]):
            return None  # "phường Trường Sơn"
        if token.start and r.plain[token.start - 1] in "-/" and r.plain[token.start - 2 : token.start - 1].isalnum() and r.plain[token.start : token.end].isupper():
            return None  # the organ's letters in a document's number
        general = bool(_GENERAL.search(r.shadow[max(0, token.start - 40) : token.start]))
        organ = OrganMention(token.start, token.end, kind.key, "", kind.level, generic=general)
        at = r.skip(token.end)
        filled = getattr(self, "_" + kind.takes)(organ, kind, at)
        if r.shadow.startswith(("các ", "một số "), at) and not filled:
            organ.generic = True
        if filled and kind.takes in ("province", "city", "district") and organ.place[:1] in ("=", "?"):
            organ.generic = False  # "Trong các huyện ủy, Huyện ủy Tủa Chùa …"
        if not filled and (kind.strict or r.plain[token.start].islower()):
            return None
        if not organ.name:
            organ.name = r.squeeze(organ.start, organ.end)
        return organ

    # what may follow a head

    def _province(self, organ: OrganMention, kind: OrganKind, at: int) -> bool:
        place = self._province_at(at)
        if place:
            organ.end, organ.place = place
        return place is not None

    def _city(self, organ: OrganMention, kind: OrganKind, at: int) -> bool:
        place = self._province_at(at)
        if place and any(p.kind == "thành phố" for p in self.r.lexicon.provinces[self.r.shadow[at : place[0]]]):
            organ.end, organ.place, organ.level = place[0], place[1], "Provincial"
            return True
        if self._district(organ, kind, at):
            organ.level = "District"
            return True
        return False

    def _district(self, organ: OrganMention, kind: OrganKind, at: int) -> bool:
        end = self.local_name(at)
        if end > at:
            organ.end, organ.place = end, "?" + self.r.squeeze(at, end)
        return end > at

    def _parent(self, organ: OrganMention, kind: OrganKind, at: int) -> bool:
        r = self.r
        if kind.key == "ban-can-su" and r.shadow[at : at + 1] == ",":
            at = r.skip(at + 1)
        if kind.key in ("ban-thuong-vu", "thuong-truc", "ban-chap-hanh") and r.shadow.startswith("của ", at):
            return False
        central = _CENTRAL.match(r.shadow, at)
        if central:
            organ.end, organ.level = central.end(), "Central"
            organ.register = "?"
            organ.name = f"{r.squeeze(organ.start, at)} Trung ương"
            return True
        inner = self.tokens.get(at)
        parent = self.parse(inner) if inner else None
        if parent and (parent.generic or parent.kind in ("so", "phong")):
            return False
        if parent:
            organ.parent, organ.end, organ.level, organ.place = parent, parent.end, parent.level, parent.place
            organ.name = r.squeeze(organ.start, organ.end)
            return True
        if kind.key == "ban-chap-hanh" and r.shadow.startswith(("đoàn ", "hội ")[0], at):
            return False
        return kind.key == "ban-chap-hanh" and self._gov(organ, kind, at)

    def _gov(self, organ: OrganMention, kind: OrganKind, at: int) -> bool:
        r = self.r
        m = _KIND.match(r.shadow, at)
        if m:
            word = _FULL_KIND.get(m.group(1), m.group(1))
            end = at + len(m.group(1))
            name = self._province_at(m.end()) if word in ("tỉnh", "thành phố") else None
            if name:
                organ.end, organ.place, organ.level = name[0], name[1], "Provincial"
                return True
            local = self.local_name(m.end())
            organ.level = _LEVELS.get(word, organ.level or "")
            if local > m.end():
                organ.end, organ.place = local, "?" + r.squeeze(m.end(), local)
                organ.level = organ.level or "District"
            else:
                organ.end, organ.place = end, "@" + word
                organ.generic = organ.generic or bool(_SEVERAL_KINDS.match(r.shadow, end))
            return True
        place = self._province_at(at)
        if place:
            organ.end, organ.place = place
            organ.level = organ.level or "Provincial"
            return True
        if r.shadow.startswith("các cấp", at):
            organ.generic = True
        return False

    def _open(self, organ: OrganMention, kind: OrganKind, at: int) -> bool:
        r = self.r
        inner = self.tokens.get(at) if kind.key in ("dang-uy", "dang-bo", "chi-bo", "doan") else None
        parent = self.parse(inner) if inner and at in self.tokens_organ else None
        if parent and not parent.generic:
            organ.end, organ.place = parent.end, parent.place
            return True
        cell = _CELL.match(r.plain, at) if kind.key == "chi-bo" else None
        if cell:
            organ.end = cell.end()
            return True
        end = self._purpose(organ, kind, at) or self._proper(at, kind)
        tail = r.skip(end)
        named = end > at
        if not named:
            end = organ.end
        if self._territory(organ, tail if named else at):
            return True
        organ.end = end
        return named

    def _of(self, organ: OrganMention, kind: OrganKind, at: int) -> bool:
        inner = self.tokens.get(at + 4) if self.r.shadow.startswith("của ", at) else None
        parent = self.parse(inner) if inner else None
        if parent and not parent.generic:
            organ.parent, organ.end, organ.level, organ.place = parent, parent.end, parent.level, parent.place
        else:
            organ.generic = True
        return parent is not None

    # pieces of names

    def _territory(self, organ: OrganMention, at: int) -> bool:
        """The territory behind a proper name: "tỉnh Lai Châu", "tỉnh", "Lai Châu", "Trung ương", "Việt Nam"."""
        r = self.r
        level = organ.level
        if r.shadow.startswith("việt nam", at) and r.plain[at].isupper():
            organ.end = at + 8
            m = _KIND.match(r.shadow, r.skip(organ.end))
            if not m:
                organ.level, organ.register = "Central", "?"
                return True
            at = r.skip(organ.end)
        central = _CENTRAL.match(r.shadow, at)
        if central and r.plain[at].isupper():
            organ.end, organ.level, organ.register = central.end(), "Central", "?"
            return True
        probe = OrganMention(organ.start, organ.end, organ.kind, "", level)
        kind_word = _KIND.match(r.shadow, at)
        if kind_word and not self._gov(probe, r.lexicon.organs[organ.kind], at):
            return False
        if not kind_word:
            place = self._province_at(at)
            if not place:
                return False
            probe.end, probe.place = place
        organ.end, organ.place, organ.generic = probe.end, probe.place, organ.generic or probe.generic
        organ.level = probe.level if organ.kind in ("dang-uy", "dang-bo", "hoi", "lien-hiep", "ban-chi-dao", "doan") else level or probe.level
        return True

    def _purpose(self, organ: OrganMention, kind: OrganKind, at: int) -> int:
        """"Ban Chỉ đạo Trung ương sơ kết 5 năm thực hiện Chỉ thị số 13-CT/TW": the name runs through the document."""
        if kind.key != "ban-chi-dao":
            return 0
        m = _REVIEWED.match(self.r.shadow, at)
        return m.end() if m else 0

    def _proper(self, at: int, kind: OrganKind) -> int:
        """The end of a proper name of an organ; `at` where there is none."""
        r = self.r
        end, i, run = at, at, 0
        while i < len(r.plain):
            field_end = self.field(i)
            if field_end:
                end, i, run = field_end, r.skip(field_end), 0
            else:
                m = _CAP.match(r.plain, i) or (_UNIT.match(r.plain, i) if kind.key in ("bo-tu-lenh", "hai-doi", "vu", "phong") else None)
                if not m or self._opens_person(i) or _KIND.match(r.shadow, i) or self._province_at(i) or _CENTRAL.match(r.shadow, i) or r.shadow.startswith("việt nam", i):
                    break
                if i in self.tokens and any(s.category in ("organ", "central") for s in self.tokens[i].senses) and end > at:
                    break
                end = m.end()
                while r.plain[end - 1] in ".'-/":
                    end -= 1
                run += 1
                i = r.skip(end)
                if r.shadow.startswith("các ", i):
                    anchored = self._lower_name(i, kind)
                    return anchored if anchored > i else end
                region = _REGION.match(r.plain, i)
                if region:
                    i = region.end()
                    continue
                follower = _WORD.match(r.plain, i)
                if run == 1 and follower and not m.group().isupper() and i > end and follower.group()[0].islower() and follower.group() not in _STOP:
                    beyond = r.skip(follower.end())
                    if not _KIND.match(r.shadow, i):
                        end, i, run = follower.end(), beyond, 0
            joiner = _JOINER.match(r.plain, end)
            if joiner and (self.field(joiner.end()) or (joiner.group().strip() in ("và", "&", "-") and kind.key in ("so", "bo", "phong", "hoi", "truong") and _CAP.match(r.plain, joiner.end()) and not self._opens_person(joiner.end()) and joiner.end() not in self.tokens and joiner.end() not in self.posts_at)):
                if joiner.group().strip() in ("và", "&", "-") or self.field(joiner.end()) and kind.key in ("so", "bo", "cuc", "phong") and not self._field_is_whole(at, end):
                    i = joiner.end()
                    continue
            if i == end or r.plain[end : end + 1] != " ":
                break
        return end if end > at else self._lower_name(at, kind)

    def _field_is_whole(self, at: int, end: int) -> bool:
        return self.r.shadow[at:end] in self.r.lexicon.fields

    def _lower_name(self, at: int, kind: OrganKind) -> int:
        """"Liên hiệp các tổ chức hữu nghị | tỉnh …", "Hội đồng lý luận | Trung ương": small letters up to an anchor."""
        if kind.key not in ("lien-hiep", "hoi-dong", "ban-chi-dao", "dang-uy", "hoi", "lien-doan", "uy-ban"):
            return at
        i, before = at, ""
        for _ in range(12):
            m = _WORD.match(self.r.plain, i)
            if not m:
                return at
            word = m.group()
            if i > at and i not in self.tokens_organ and (_ANCHOR.match(self.r.shadow, i) or self._province_at(i)):
                return i - 1
            if word.lower() in _STOP and not (before in ("các", "công") or word.lower() in ("và", "phòng")) or word[0].isupper() and before != "các":
                return at
            before = word
            i = m.end()
            gap = _GAP.match(self.r.plain, i)
            if not gap:
                return at
            i = gap.end()
        return at

    def field(self, at: int) -> int:
        """The end of a known field of work ("Giáo dục và Đào tạo") at `at`, else 0."""
        shadow = self.r.shadow
        if at >= len(shadow) or self.r.plain[at].islower() and not shadow.startswith("các ", at):
            return 0
        for name in self.r.lexicon.fields:
            if shadow.startswith(name, at) and not shadow[at + len(name) : at + len(name) + 1].isalnum():
                return at + len(name)
        return 0

    def _province_at(self, at: int) -> tuple[int, str] | None:
        """End and key of a province named at `at` (capital letters needed: "hòa bình" is peace)."""
        token = self.tokens.get(at)
        if not token or not senses(token, "province") or not self._capital(token.start, token.end):
            return None
        return token.end, "=" + senses(token, "province")[0].key

    def _capital(self, start: int, end: int) -> bool:
        return all(w[0].isupper() for w in re.findall(r"\w+", self.r.plain[start:end]))

    def local_name(self, at: int) -> int:
        """The end of a district's or commune's name at `at`: one of the register, else up to three capitals."""
        r = self.r
        words = [m for m in _LOCAL.finditer(r.plain, at, at + 40)]
        run: list[re.Match[str]] = []
        for m in words:
            if m.start() != (at if not run else run[-1].end() + 1) or run and r.plain[run[-1].end()] != " ":
                break
            run.append(m)
        for n in range(min(4, len(run)), 0, -1):
            if r.shadow[at : run[n - 1].end()] in r.lexicon.districts and not self._opens_person(at, len(run) - 0 if n < len(run) else 0):
                return run[n - 1].end()
        if not run or self._opens_person(at) or run[0].start() in self.posts_at or run[0].start() in self.tokens:
            return at
        for i in range(1, min(len(run), 3)):
            if self._opens_person(run[i].start()) or run[i].group() in r.lexicon.surnames and len(run) == i + 2:
                return run[i - 1].end()
        return run[min(len(run), 2) - 1].end()

    def _opens_person(self, at: int, length: int = 0) -> bool:
        """A surname that opens a run of two to four capitals: a person's name, not part of the organ's."""
        r = self.r
        m = _CAPITALS.match(r.plain, at)
        if not m:
            return False
        parts = m.group().split()
        if "'" in parts[0] and len(parts) == 2:
            return True
        if parts[0] not in r.lexicon.surnames or len(parts) > 5:
            return False
        known = next((n for n in range(len(parts), 0, -1) if r.shadow[at : at + len(" ".join(parts[:n]))] in r.lexicon.districts), 0)
        if len(parts) >= 3:
            return known < len(parts)
        return len(parts) == 2 and not known and (r.plain[m.end() : m.end() + 1] in ",;.:-)" or m.end() + 1 in self.role_verbs)

    def _share_territory(self, found: list[OrganMention]) -> None:
        """"HĐND, UBND tỉnh": the first head takes the territory of the second."""
        shadow = self.r.shadow
        for a, b in zip(found, found[1:], strict=False):
            between = shadow[a.end : b.start].strip()
            governing = self.r.lexicon.organs.get(a.kind)
            second = self.r.lexicon.organs.get(b.kind)
            if governing and second and governing.takes == second.takes == "gov" and not a.place and b.place and between in (",", "-", "và", "/"):
                a.place, a.level = b.place, b.level
                a.name = f"{a.name} {self.r.squeeze(self.tokens[b.start].end, b.end)}"


def place_of(reading: Reading, key: str) -> list[Place]:
    """The territories that a folded name may mean."""
    return reading.lexicon.provinces.get(key, [])
