"""Organs of other countries: "Quốc hội Lào", "Bộ Chính trị Đảng Cộng sản Trung Quốc" are never ours."""

from __future__ import annotations

import re

from kg.recognise.names import UPPER, ProperNames
from kg.recognise.reading import Reading
from kg.recognise.territories import NATION

ABROAD = "nuoc-ngoai"
"""The kind of an organ of another country, whatever it is there."""
_PARTY = re.compile(
    r"(?:\s+|,\s+(?=đảng))(?:của\s+)?(?:đảng\s+)?(?:cộng sản|lao động|nhân dân(?: cách mạng)?)(?!\w)"
)
_TERRITORY = re.compile(rf"(?P<name>(?:\s[{UPPER}]\w*){{1,3}}) \((?P<country>[{UPPER}])")


class Abroad:
    """Says which organs of one article are another country's, by what stands behind their head."""

    def __init__(self, reading: Reading, names: ProperNames) -> None:
        self.r = reading
        self.names = names
        self.countries = reading.lexicon.opening("name-country")

    def behind(self, at: int) -> int:
        """The end of the country, with its party, that an organ named before `at` is of; else 0."""
        party = _PARTY.match(self.r.shadow, at)
        return self._country(self.r.skip(party.end() if party else at))

    def territory(self, at: int) -> int:
        """The end of another country's territory behind a committee: "Tỉnh ủy | Vân Nam (Trung Quốc)"."""
        m = _TERRITORY.match(self.r.plain, at)
        return m.end("name") if m and self._country(m.start("country")) else 0

    def _country(self, at: int) -> int:
        """The end of another country's name at `at`, which is no province's ("Lào Cai"); else 0."""
        if not self.r.plain[at : at + 1].isupper() or at in self.names.provinces:
            return 0
        country = self.countries.match(self.r.shadow, at)
        return country.end() if country and country.group() != NATION else 0
