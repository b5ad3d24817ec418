"""The register's territory that an organ is of: by its own words, else by what the article speaks of."""

from __future__ import annotations

from kg.lexicon import Lexicon, Place
from kg.link.context import DISTRICT_KINDS, Context, register_district, register_place
from kg.model import OrganMention
from kg.vietnamese import fold

_DISTRICTS = frozenset(("huyện", "quận", "thị xã", "thành phố"))
_PROVINCES = frozenset(("tỉnh", "thành phố"))
_OF_PROVINCES = frozenset(("tinh-uy", "so", "tinh-doan", "ddbqh"))


class Seats:
    """Finds the territories of the organs of one article."""

    def __init__(self, lexicon: Lexicon, context: Context) -> None:
        self.lexicon = lexicon
        self.context = context

    def of(self, organ: OrganMention, block: int) -> tuple[Place | None, str]:
        """The territory of an organ named in a block, and how it is written (see `OrganMention.place`).

        A territory that the register lacks, or has several of, is None with the name that the article gives.
        """
        base = organ
        while base.parent and not base.place:
            base = base.parent
        mark, name = base.place[:1], base.place[1:]
        if mark == "=":
            return register_place(self.lexicon, name, self.context.day), base.place
        province = self._province(block)
        if mark == "?" and base.level == "Commune":
            return None, base.place  # the register has no communes; a district may be their namesake
        if mark == "?":
            kind = DISTRICT_KINDS.get(base.kind, "")
            return register_district(self.lexicon, fold(name), kind, province), base.place
        return self._spoken_of(base, name, province)

    def _province(self, block: int) -> Place | None:
        name = self.context.province_of(block)
        return register_place(self.lexicon, name, self.context.day) if name else None

    def _spoken_of(self, organ: OrganMention, kind: str, province: Place | None) -> tuple[Place | None, str]:
        """The article's own territory of a kind ("UBND huyện"), or of the kind that an organ is of."""
        if kind in _DISTRICTS or organ.kind in DISTRICT_KINDS:
            return self._district(kind or DISTRICT_KINDS[organ.kind], province)
        if kind in self.lexicon.communes:
            return None, self.context.districts.get(kind, "")
        provincial = organ.kind in _OF_PROVINCES or (organ.level == "Provincial" and not kind)
        if (kind == "tỉnh" or provincial) and province and province.kind in _PROVINCES:
            return province, ""
        return None, ""

    def _district(self, kind: str, province: Place | None) -> tuple[Place | None, str]:
        name = self.context.districts.get(kind)
        if name:
            return register_district(self.lexicon, fold(name), kind, province), name
        if kind == "thành phố" and province and province.kind == kind:
            return province, ""
        return None, ""
