"""Which province, district and day an article speaks of: "Tỉnh ủy" and "Chỉ thị 12" mean one thing by it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from kg.lexicon import Lexicon, Place
from kg.model import Date, OrganMention
from kg.recognise.names import LOWER, UPPER
from kg.recognise.places import PlaceMention
from kg.recognise.reading import STORY, Reading
from kg.vietnamese import fold

_DATELINE = re.compile(r"\s*(?:[*•▪-]\s*)?$")
_AFTER_DATELINE = re.compile(r"\s?[:-]|\s\(")
_SOJOURN = re.compile(r"(?:tại|từ|ở|ra|về)\s+$")
_CONNECTED = re.compile(r"(?:điểm cầu|đầu cầu)\s+$")
_IN_BRACKETS = re.compile(r"\s*\([\w .,-]*")
_PAPER = re.compile(r"\s*[\w.]+\s*[-,]\s*")
_CAPITALS = re.compile(rf"(?:[{UPPER}][{LOWER}]+ ){{1,3}}$")
_CAPITAL = "hà nội"
_LONGEST_DATELINE = 24  # characters before its date
_LONG_AGO = "2000-01-01"  # stands for a day that is not known: the territories before the merger
_PARTY_KINDS = {"huyen-uy": "huyện", "quan-uy": "quận", "thi-uy": "thị xã", "thanh-uy": "thành phố"}
DISTRICT_KINDS = {**_PARTY_KINDS, "huyen-doan": "huyện"}
"""Kind of an organ of a district → kind of its territory."""


@dataclass(slots=True)
class Context:
    """The article's own province and district (register entries) and its anchor day.

    `day` is the page's date, else the latest full date in the story: organs are resolved at it.
    """

    province: str = ""  # folded name
    by_block: dict[int, str] = field(default_factory=dict)
    districts: dict[str, str] = field(default_factory=dict)  # kind → name, where the article names just one
    published: Date | None = None
    published_sentence: int = -1
    day: str = ""

    def province_of(self, block: int) -> str:
        """The folded name of the province that a block is about."""
        return self.by_block.get(block, self.province)


def find_context(reading: Reading, organs: list[OrganMention], places: list[PlaceMention]) -> Context:
    """Weighs what the page names. No province is chosen where two have a claim."""
    context = Context()
    _dates(reading, context)
    context.province = _province(reading, organs, places, context)
    if len(set(context.by_block.values())) < 2:
        context.by_block.clear()
    context.districts = _districts(reading, organs, places)
    return context


def _province(
    reading: Reading, organs: list[OrganMention], places: list[PlaceMention], context: Context
) -> str:
    """The folded name of the province with twice the weight of any other, else ""; notes datelines."""
    votes: Counter[str] = Counter()
    for place in places:
        if place.province:
            votes[place.province] += _weight(reading, place, context)
    named_so = {p.end for p in places if not p.kind and _inside_name(reading, p)}
    for organ in organs:
        if (
            organ.place.startswith("=")
            and organ.end not in named_so
            and reading.zone_at(organ.start) != "related"
        ):
            votes[organ.place[1:]] += 4
    ranked = votes.most_common(2)
    if ranked and ranked[0][1] >= 2 and (len(ranked) == 1 or ranked[1][1] * 2 <= ranked[0][1]):
        return ranked[0][0]
    return ""


def _districts(reading: Reading, organs: list[OrganMention], places: list[PlaceMention]) -> dict[str, str]:
    """Kind of a local territory → its name, where the article names one of that kind alone."""
    local: dict[str, set[str]] = {}
    for place in places:
        if not place.province and reading.zone_at(place.start) in STORY:
            local.setdefault(place.kind, set()).add(place.name)
    for organ in organs:
        if organ.place.startswith("?") and organ.level == "District":
            local.setdefault(_PARTY_KINDS.get(organ.kind, ""), set()).add(organ.place[1:])
    alone = {kind: names for kind, names in local.items() if len({fold(name) for name in names}) == 1}
    return {kind: min(names, key=str.isupper) for kind, names in alone.items()}


def _weight(reading: Reading, place: PlaceMention, context: Context) -> int:
    zone = reading.zone_at(place.start)
    if zone == "related":
        return 0
    sentence = reading.sentence_at(place.start)
    first = reading.sentences[sentence]
    after = reading.shadow[place.end : place.end + 3]
    if _DATELINE.fullmatch(reading.shadow, first.start, place.start) and _AFTER_DATELINE.match(after):
        context.by_block[first.block] = place.province
        return 4
    if place.kind:
        return 3
    before = reading.shadow[max(0, place.start - 14) : place.start]
    if _inside_name(reading, place) or (place.province == _CAPITAL and _SOJOURN.search(before)):
        return 0
    if _CONNECTED.search(before) or zone == "title":
        return 2
    return 1


def _inside_name(reading: Reading, place: PlaceMention) -> bool:
    """Whether another name ends with the place's: "Công ty Quốc Cường Gia Lai", "Trần Hòa Bình"."""
    run = _CAPITALS.search(reading.text[max(0, place.start - 24) : place.start])
    if run is None:
        return False
    words = run.group().split()
    return words[-1] in reading.lexicon.surnames or len(words) > 1


def _dates(reading: Reading, context: Context) -> None:
    """The page's date: a full date in a stamp; the anchor: that, or the latest full date of the story."""
    days = []
    for d in reading.dates:
        if d.kind != "full":
            continue
        zone = reading.zone_at(d.start)
        of_the_page = zone == "stamp" or (zone == "lead" and _in_dateline(reading, d))
        if of_the_page and context.published is None:
            context.published, context.published_sentence = d, reading.sentence_at(d.start)
        elif zone in STORY:
            days.append(d.iso)
    context.day = context.published.iso if context.published else max(days, default="")


def _in_dateline(reading: Reading, d: Date) -> bool:
    """Whether a date before the story is the paper's: "(BBK 24-6-2010) Trong …", "TT - 8.6.2016. Từ …"."""
    block = reading.blocks[reading.sentences[reading.sentence_at(d.start)].block]
    before = reading.shadow[block.start : d.start]
    after = reading.shadow[d.end : d.end + 2]
    if len(before) >= _LONGEST_DATELINE:
        return False
    if after[:1] == ")":
        return bool(_IN_BRACKETS.fullmatch(before))
    return after[:1] in ".-" and bool(_PAPER.fullmatch(before))


def register_place(lexicon: Lexicon, folded: str, day: str) -> Place | None:
    """The province of that name on that day; where no day is known, the one before the merger of 2025."""
    found = lexicon.provinces.get(folded, [])
    if len(found) == 1:
        return found[0]
    day = day or _LONG_AGO
    fitting = [p for p in found if p.since <= day and (not p.until or day < p.until)]
    return fitting[0] if len(fitting) == 1 else None


def _lies_in(district: Place, province: Place, lexicon: Lexicon) -> bool:
    """Whether a district is of the province, before or after the merger."""
    return district.province == province.key or lexicon.places[district.province].name == province.name


def register_district(lexicon: Lexicon, name: str, kind: str, province: Place | None) -> Place | None:
    """The one district of that name, and kind and province where these are known; None where several are."""
    found = lexicon.districts.get(name, [])
    if kind:
        found = [p for p in found if p.kind == kind] or found
    if province:
        found = [p for p in found if _lies_in(p, province, lexicon)]
    return found[0] if len(found) == 1 else None
