"""Which province, district and day an article speaks of: what "Tỉnh ủy" and "Chỉ thị 12" mean depends on it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from kg.identity import MERGER
from kg.lexicon import Lexicon, Place
from kg.model import Date, OrganMention
from kg.recognise.places import PlaceMention
from kg.recognise.reading import STORY, Reading

_DATELINE = re.compile(r"\s*(?:[*•▪-]\s*)?$")
_CAPITAL = "hà nội"


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
    votes: Counter[str] = Counter()
    for place in places:
        if place.province:
            votes[place.province] += _weight(reading, place, context)
    for organ in organs:
        if organ.place.startswith("=") and reading.zone_at(organ.start) != "related":
            votes[organ.place[1:]] += 4
    ranked = votes.most_common(2)
    if ranked and ranked[0][1] >= 2 and (len(ranked) == 1 or ranked[1][1] * 2 <= ranked[0][1]):
        context.province = ranked[0][0]
    if len(set(context.by_block.values())) < 2:
        context.by_block.clear()
    local: dict[str, set[str]] = {}
    for place in places:
        if not place.province and reading.zone_at(place.start) in STORY:
            local.setdefault(place.kind, set()).add(place.name)
    for organ in organs:
        if organ.place.startswith("?") and organ.level == "District":
            local.setdefault(_KIND_OF.get(organ.kind, ""), set()).add(organ.place[1:])
    context.districts = {kind: next(iter(names)) for kind, names in local.items() if len(names) == 1}
    return context


_KIND_OF = {"huyen-uy": "huyện", "quan-uy": "quận", "thi-uy": "thị xã", "thanh-uy": "thành phố"}


def _weight(reading: Reading, place: PlaceMention, context: Context) -> int:
    zone = reading.zone_at(place.start)
    if zone == "related":
        return 0
    sentence = reading.sentence_at(place.start)
    first = reading.sentences[sentence]
    after = reading.shadow[place.end : place.end + 3]
    if _DATELINE.fullmatch(reading.shadow[first.start : place.start]) and re.match(r"\s?[:-]|\s\(", after):
        context.by_block[first.block] = place.province
        return 4
    if place.kind:
        return 3
    before = reading.shadow[max(0, place.start - 14) : place.start]
    if place.province == _CAPITAL and re.search(r"(?:tại|từ|ở|ra|về)\s+$", before):
        return 0
    if re.search(r"(?:điểm cầu|đầu cầu)\s+$", before) or zone == "title":
        return 2
    return 1


def _dates(reading: Reading, context: Context) -> None:
    """The page's date: a full date in a stamp; the anchor: that, or the latest full date of the story."""
    days = []
    for d in reading.dates:
        if d.kind != "full":
            continue
        zone = reading.zone_at(d.start)
        if zone == "stamp" and context.published is None:
            context.published, context.published_sentence = d, reading.sentence_at(d.start)
        elif zone == "lead" and context.published is None and _in_dateline(reading, d):
            context.published, context.published_sentence = d, reading.sentence_at(d.start)
        elif zone in STORY:
            days.append(d.iso)
    context.day = context.published.iso if context.published else max(days, default="")


def _in_dateline(reading: Reading, d: Date) -> bool:
    """"(BBK 24-6-2010) Trong hai ngày …", "TT - 8.6.2016. Từ nay …": the paper's own date before the story."""
    block = reading.blocks[reading.sentences[reading.sentence_at(d.start)].block]
    before = reading.shadow[block.start : d.start]
    after = reading.shadow[d.end : d.end + 2]
    return len(before) < 24 and bool(re.fullmatch(r"\s*\([\w .,-]*", before) and after[:1] == ")" or re.fullmatch(r"\s*[\w.]+\s*[-,]\s*", before) and after[:1] in ".-")


def register_place(lexicon: Lexicon, folded: str, day: str) -> Place | None:
    """The province of that name on that day; before the merger of 2025 where no day is known and both have the name."""
    found = lexicon.provinces.get(folded, [])
    fitting = [p for p in found if (not p.since or p.since <= (day or "2000-01-01")) and (not p.until or (day or "2000-01-01") < p.until)]
    return fitting[0] if len(fitting) == 1 else found[0] if len(found) == 1 else None


def register_district(lexicon: Lexicon, name: str, kind: str, province: Place | None) -> Place | None:
    """The one district of that name (and kind, and province where these are known); None where several remain."""
    found = lexicon.districts.get(name, [])
    if kind:
        found = [p for p in found if p.kind == kind] or found
    if province:
        found = [p for p in found if p.province == province.key or lexicon.places[p.province].name == province.name]
    return found[0] if len(found) == 1 else None


def after_merger(day: str) -> bool:
    """Whether a day is of the time of the 34 provinces."""
    return day >= MERGER
