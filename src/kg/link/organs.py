"""Which organ a name means: the register's, one of the article's territory, or one known to this article alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from kg.identity import Mint
from kg.lexicon import Lexicon, Place
from kg.link.context import Context, after_merger, register_district, register_place
from kg.model import OrganMention
from kg.recognise.reading import Reading
from kg.vietnamese import fold, slug

_DISTRICT_KINDS = {"huyen-uy": "huyện", "quan-uy": "quận", "thi-uy": "thị xã", "thanh-uy": "thành phố", "huyen-doan": "huyện"}
_EXPAND = tuple(
    (re.compile(pattern), full)
    for pattern, full in (
        (r"^ubnd\b", "ủy ban nhân dân"), (r"^hđnd\b", "hội đồng nhân dân"), (r"^bch\b", "ban chấp hành"), (r"^btv\b", "ban thường vụ"),
        (r"\bđbqh\b", "đại biểu quốc hội"), (r"\bmttq\b", "mặt trận tổ quốc"), (r"\bubmttq\b", "ủy ban mặt trận tổ quốc"),
        (r"mặt trận tổ quốc việt nam", "mặt trận tổ quốc"), (r" (?:t\.ư|tw|tư)$", " trung ương"), (r"^bcđ\b", "ban chỉ đạo"),
        (r"\bubkt\b", "ủy ban kiểm tra"), (r"&", "và"), (r"^liên hiệp (?=hữu nghị)", "liên hiệp các tổ chức "),
    )
)  # fmt: skip
_SHORT = (("ủy ban nhân dân", "ubnd"), ("hội đồng nhân dân", "hđnd"))
_OPEN_CENTRAL = ("bo", "tong-cuc")


@lru_cache(maxsize=16384)
def _expanded(name: str) -> str:
    """The folded name with its abbreviations written out."""
    folded = fold(name).replace(",", "")
    for pattern, full in _EXPAND:
        folded = pattern.sub(full, folded)
    return folded


def _slug(name: str) -> str:
    expanded = _expanded(name)
    for full, short in _SHORT:
        expanded = expanded.replace(full, short)
    return slug(expanded)


@dataclass(slots=True)
class OrganEntity:
    """An organ of the article. `resolved` says whether its address holds beyond this article."""

    iri: str
    label: str
    organ_class: str
    level: str
    key: str
    resolved: bool
    mentions: list[OrganMention] = field(default_factory=list)
    place: str = ""  # register key


class OrganLinker:
    """Links the organs of one article. `of(mention)` gives the entity, None for general names."""

    def __init__(self, reading: Reading, context: Context, mint: Mint, article: str) -> None:
        self.r, self.context, self.mint, self.article = reading, context, mint, article
        self.lexicon: Lexicon = reading.lexicon
        self.entities: dict[str, OrganEntity] = {}
        self._of: dict[int, OrganEntity | None] = {}
        self._aliases: dict[str, OrganEntity] = {}

    def link_all(self, organs: list[OrganMention]) -> None:
        """Full names first, so that short ones can lean on them."""
        for organ in organs:
            if not self._is_short(organ):
                self.of(organ)
        for before, organ in zip(organs, organs[1:], strict=False):
            gap = self.r.shadow[before.end : organ.start]
            entity = self.of(before)
            if entity and re.fullmatch(r"\s*\((?:sau đây )?(?:gọi (?:tắt )?là |viết tắt là )?", gap) and self.r.shadow[organ.end : organ.end + 1] == ")":
                own = self._of.get(id(organ))
                if organ.kind != before.kind and not organ.name.isupper():
                    continue  # "Tổng cục Đường bộ (Bộ Giao thông …)": the parent
                if own and own is not entity and len(own.mentions) >= 1:
                    self._merge(own, entity)
                self._aliases[fold(organ.name)] = entity
                self._of[id(organ)] = entity
        for organ in organs:
            self.of(organ)

    def _merge(self, short: OrganEntity, full: OrganEntity) -> None:
        for mention in short.mentions:
            self._of[id(mention)] = full
            full.mentions.append(mention)
        self.entities.pop(short.key, None)

    def _is_short(self, organ: OrganMention) -> bool:
        kind = self.lexicon.organs.get(organ.kind)
        if organ.register or organ.place or not kind:
            return False
        return kind.takes in ("open", "parent", "of", "district", "city") and kind.key not in ("so", "bo")

    def of(self, organ: OrganMention) -> OrganEntity | None:
        """The entity of a mention."""
        known = self._of.get(id(organ), ...)
        if known is not ...:
            return known
        entity = None if organ.generic else self._resolve(organ)
        self._of[id(organ)] = entity
        if entity:
            entity.mentions.append(organ)
        return entity

    def _resolve(self, organ: OrganMention) -> OrganEntity | None:
        if organ.register and organ.register != "?":
            kind = self.lexicon.central[organ.register]
            return self._entity(organ.register, kind.label, kind.organ_class, "Central", True)
        if fold(organ.name) in self._aliases:
            return self._aliases[fold(organ.name)]
        if self._is_short(organ) and not (organ.parent and organ.parent.place):
            longer = self._longer(organ)
            if longer:
                return longer
        return self._by_place(organ)

    def _longer(self, organ: OrganMention) -> OrganEntity | None:
        """The one fuller name of this article that begins with these words."""
        start = _expanded(organ.name) + " "
        fuller = [e for e in self.entities.values() if (_expanded(e.label) + " ").startswith(start) and len(e.label) > len(organ.name)]
        return fuller[0] if len(fuller) == 1 else None

    def _by_place(self, organ: OrganMention) -> OrganEntity | None:
        kind = self.lexicon.organs.get(organ.kind)
        if kind is None:
            return None
        if kind.standing and not organ.parent and not organ.place:
            return None
        if organ.kind in ("doan-cong-tac", "dang-bo") or organ.kind == "ban-chi-dao" and organ.name == kind.label:
            return None
        block = self.r.sentences[self.r.sentence_at(organ.start)].block
        name, level = " ".join(organ.name.split()), organ.level or kind.level
        if organ.register == "?" or organ.kind in _OPEN_CENTRAL and organ.name != kind.label:
            return self._entity(_slug(name), self._cased(name, kind.label), kind.organ_class, "Central", True)
        place, written = self._territory(organ, block)
        label = self._cased(name, kind.label)
        if place and written.startswith("=") and fold(label).endswith(written[1:]):
            label = label[: len(label) - len(written) + 1] + place.name
        elif place and fold(label).endswith(fold(place.name)):
            label = label[: -len(place.name)] + place.name
        elif place and not self._names(label, place):
            label = self._qualified(organ, label, place)
        elif not place and written and written[0] not in "=?@" and fold(written) not in fold(label):
            label = f"{label} {written}"
        resolved = place is not None
        key = _slug(label) + ("-2025" if place and place.key.endswith("-2025") else "")
        if place and place.province and resolved and fold(place.name) in self.lexicon.districts:
            key = f"{key}-{slug(self.lexicon.places[place.province].name)}"
        if organ.kind in ("chi-bo",) and not organ.name[len(kind.label) :].strip():
            return None
        entity = self._entity(key, label, kind.organ_class, level, resolved)
        entity.place = place.key if place else ""
        return entity

    def _territory(self, organ: OrganMention, block: int) -> tuple[Place | None, str]:
        """The register's territory of an organ, by its words or by the article's context."""
        base = organ
        while base.parent and not base.place:
            base = base.parent
        day = self.context.day
        written = base.place
        province = register_place(self.lexicon, self.context.province_of(block), day) if self.context.province_of(block) else None
        if written.startswith("="):
            return register_place(self.lexicon, written[1:], day), written
        if written.startswith("?"):
            kind = _DISTRICT_KINDS.get(base.kind, "")
            return register_district(self.lexicon, fold(written[1:]), kind, province), written
        kind_word = written[1:] if written.startswith("@") else ""
        if kind_word in ("huyện", "quận", "thị xã", "thành phố") or base.kind in _DISTRICT_KINDS:
            kind_word = kind_word or _DISTRICT_KINDS[base.kind]
            name = self.context.districts.get(kind_word)
            if name:
                return register_district(self.lexicon, fold(name), kind_word, province), name
            if kind_word == "thành phố" and province and province.kind == "thành phố":
                return province, ""
            return None, ""
        if kind_word in ("xã", "phường", "thị trấn"):
            return None, self.context.districts.get(kind_word, "")
        if kind_word == "tỉnh" or base.kind in ("tinh-uy", "so", "tinh-doan", "ddbqh") or base.level == "Provincial" and not written:
            return (province, "") if province and province.kind in ("tỉnh", "thành phố") else (None, "")
        return None, ""

    def _qualified(self, organ: OrganMention, label: str, place: Place) -> str:
        if organ.kind in ("so",) and not fold(label).endswith(("tỉnh", "thành phố")):
            return f"{label} {place.kind} {place.name}"
        return f"{label} {place.name}"

    def _names(self, label: str, place: Place) -> bool:
        return fold(place.name) in fold(label)

    def _cased(self, name: str, label: str) -> str:
        """The head as the vocabulary writes it, the rest as the article does."""
        if fold(name).startswith(fold(label)):
            return label + name[len(label) :]
        return name

    def _entity(self, key: str, label: str, organ_class: str, level: str, resolved: bool) -> OrganEntity:
        found = self.entities.get(key)
        if found is None:
            iri = self.mint.resource("organ", key) if resolved else self.mint.local(self.article, "organ", key)
            found = self.entities[key] = OrganEntity(iri, label, organ_class, level, key, resolved)
        return found


__all__ = ["OrganEntity", "OrganLinker", "after_merger"]
