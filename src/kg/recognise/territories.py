"""The territory in an organ's name: "Tỉnh ủy | Lai Châu", "UBND | huyện Tủa Chùa", "Hội Nông dân | Việt Nam".

What is found is written into the organ: where its name ends, its level, and the territory as `place`: "=" and
the folded name of a province, "?" and a local name as written, "@" and a kind of territory without a name.
"""

from __future__ import annotations

import re

from kg.model import OrganMention
from kg.recognise.names import ProperNames, centre
from kg.recognise.reading import Reading

_SEVERAL_KINDS = re.compile(
    r"(?:, | và )(?:thành phố|thị xã|quận|huyện|phường|xã|thị trấn)(?=[\s.,;…]*(?:$|[.,;…]| và))"
)
_BRANCH = re.compile(r"[,-]?\s*chi nhánh\s+(?=tỉnh|huyện|thành phố|quận|thị xã)")
NATION = "việt nam"


class Territories:
    """Reads the territory behind the head of an organ's name; every method says whether there is one."""

    def __init__(self, reading: Reading, names: ProperNames) -> None:
        self.r = reading
        self.names = names

    def province(self, organ: OrganMention, at: int) -> bool:
        """A province by its name: "Tỉnh ủy | Lai Châu"."""
        found = self.names.province(at)
        if found:
            organ.end, organ.place = found
        return found is not None

    def city(self, organ: OrganMention, at: int) -> bool:
        """A city: "Thành ủy | Đà Nẵng", of a province's rank, or "Thành ủy | Vinh", of a district's."""
        if self._of_province_rank(organ, at):
            return True
        m = self.names.kind.match(self.r.shadow, at)
        if m:  # "Thành ủy thành phố | Vinh", "Thành ủy TP": the article's own
            organ.name, organ.end = self.r.squeeze(organ.start, organ.end), m.end(1)
            at = m.end()
            if self._of_province_rank(organ, at):
                return True
        if self.district(organ, at):
            organ.level = "District"
            return True
        return False

    def _of_province_rank(self, organ: OrganMention, at: int) -> bool:
        """A city of a province's rank by its name: "Đà Nẵng", "TP HCM"; not the namesake in a province."""
        found = self.names.province(at)
        namesakes = self.r.lexicon.provinces[found[1][1:]] if found else []
        if not found or all(place.kind != "thành phố" for place in namesakes):
            return False
        organ.end, organ.place = found
        organ.level = "Provincial"
        return True

    def district(self, organ: OrganMention, at: int) -> bool:
        """A district by its name: "Huyện ủy | Tủa Chùa"."""
        end = self.names.local(at)
        if end > at:
            organ.end, organ.place = end, "?" + self.r.squeeze(at, end)
        return end > at

    def governed(self, organ: OrganMention, at: int) -> bool:
        """What is governed: "UBND | tỉnh Lai Châu", "UBND | huyện"; "UBND các cấp" is none in particular."""
        m = self.names.kind.match(self.r.shadow, at)
        if m:
            self._of_kind(organ, m)
            return True
        if self._nation(organ, at):
            return True
        if self.province(organ, at):
            organ.level = organ.level or "Provincial"
            return True
        if self.r.shadow.startswith("các cấp", at):
            organ.generic = True
        return False

    def _of_kind(self, organ: OrganMention, m: re.Match[str]) -> None:
        """The territory whose kind is written: with its name, or the article's own of that kind."""
        kind = self.r.lexicon.territory_kinds[m.group(1)]
        word = kind.word
        if word == "thành phố":
            if self._of_province_rank(organ, m.start()) or self._of_province_rank(organ, m.end()):
                return
        elif word == "tỉnh" and self.province(organ, m.end()):
            organ.level = "Provincial"
            return
        organ.level = kind.level or organ.level
        end = self.names.local(m.end(), word)
        if end > m.end():
            organ.end, organ.place = end, "?" + self.r.squeeze(m.end(), end)
            organ.level = organ.level or "District"
        else:
            organ.end, organ.place = m.end(1), "@" + word
            organ.generic = organ.generic or bool(_SEVERAL_KINDS.match(self.r.shadow, m.end(1)))

    def behind_name(self, organ: OrganMention, at: int) -> bool:
        """What follows a proper name: "tỉnh Lai Châu", "tỉnh", "Lai Châu", "Trung ương", "Việt Nam"."""
        r = self.r
        if r.shadow.startswith(NATION, at) and r.plain[at].isupper():
            if self._nation(organ, at):
                return True
            organ.end = at + len(NATION)
            at = r.skip(organ.end)
        if r.plain[at : at + 1].isupper() and (of_the_centre := centre(r, at)):
            organ.end, organ.level, organ.register = of_the_centre.end(), "Central", "?"
            return True
        if branch := _BRANCH.match(r.shadow, at):
            at = branch.end()
        own = organ.level
        if not (
            self.governed(organ, at) if self.names.kind.match(r.shadow, at) else self.province(organ, at)
        ):
            return False
        if own and organ.kind not in r.lexicon.traits["any-level"]:
            organ.level = own
        return True

    def _nation(self, organ: OrganMention, at: int) -> bool:
        """The whole country's: "Bảo hiểm xã hội | Việt Nam"; not "Ủy ban MTTQ | Việt Nam tỉnh"."""
        r = self.r
        end = at + len(NATION)
        named = r.shadow.startswith(NATION, at) and r.plain[at].isupper()
        if not named or self.names.kind.match(r.shadow, r.skip(end)):
            return False
        organ.end, organ.level, organ.register = end, "Central", "?"
        return True
