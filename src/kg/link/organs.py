"""Which organ a name means: the register's, one of the article's territory, or one that it alone knows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from kg.identity import Mint
from kg.lexicon import Lexicon, OrganKind, Place, ministry_form
from kg.link.context import DISTRICT_KINDS, Context
from kg.link.seats import Seats
from kg.model import OrganMention
from kg.recognise.organs import SHORT_NAME
from kg.recognise.reading import Reading
from kg.vietnamese import fold, slug

_EXPAND = tuple(
    (re.compile(pattern), full)
    for pattern, full in (
        (r"^ubnd\b", "ủy ban nhân dân"),
        (r"^hđnd\b", "hội đồng nhân dân"),
        (r"^bch\b", "ban chấp hành"),
        (r"^btv\b", "ban thường vụ"),
        (r"\bđbqh\b", "đại biểu quốc hội"),
        (r"\bmttq\b", "mặt trận tổ quốc"),
        (r"\bubmttq\b", "ủy ban mặt trận tổ quốc"),
        (r"mặt trận tổ quốc việt nam", "mặt trận tổ quốc"),
        (r"(?: t\.ư| tw|(?<!đầu) tư)$", " trung ương"),  # but "Kế hoạch và Đầu tư"
        (r"^bcđ\b", "ban chỉ đạo"),
        (r"\bubkt\b", "ủy ban kiểm tra"),
        (r"&", "và"),
        (r"\btp\.? ", "thành phố "),
        (r"\btct\b", "tổng công ty"),
        (r"^liên hiệp (?=hữu nghị)", "liên hiệp các tổ chức "),
    )
)
_BRANCH = "chi nhánh "  # of a whole, which is another organ
_SHORT = (("ủy ban nhân dân", "ubnd"), ("hội đồng nhân dân", "hđnd"))
_CALLED = re.compile(r"\s*\((?:sau đây )?(?:gọi (?:tắt )?là |viết tắt là )?")
_OPEN_CENTRAL = ("bo", "tong-cuc")


@lru_cache(maxsize=16384)
def _expanded(name: str) -> str:
    """The folded name with its abbreviations written out."""
    folded = fold(name).replace(",", "")
    for pattern, full in _EXPAND:
        folded = pattern.sub(full, folded)
    return folded


@lru_cache(maxsize=16384)
def _cased(name: str, label: str) -> str:
    """The head as the vocabulary writes it, the rest as the article does."""
    if fold(name).startswith(fold(label)):
        return label + name[len(label) :]
    head, _, rest = name.partition(" ")
    initials = "".join(word[0] for word in slug(label).split("-")).upper()
    return f"{label} {rest}" if head == initials and rest and " " in label else name  # "UBKT Huyện ủy"


def _placed(organ: OrganMention, label: str, place: Place, written: str, spelled: bool) -> str:
    """The label with its territory as the register writes it.

    `spelled` says that names of its kind say what kind of territory theirs is: "UBND | tỉnh | Lai Châu".
    """
    folded = fold(label)
    ends_so = written[1:] if written.startswith("=") and folded.endswith(written[1:]) else fold(place.name)
    if folded.endswith(ends_so):
        head = label[: -len(ends_so)]
        return f"{head}{_kind_before(head, place) if spelled else ''}{place.name}"
    if fold(place.name) in folded:
        return label
    if organ.kind == "so" and not folded.endswith(("tỉnh", "thành phố")):
        return f"{label} {place.kind} {place.name}"
    return f"{label} {_numbered(organ.kind, place.name)}"


def _kind_before(head: str, place: Place) -> str:
    """The kind of territory that "UBND | Lai Châu" and "UBND | TP HCM" leave out."""
    if place.province or fold(head).endswith((f"{place.kind} ", "ủy ", "đoàn ")):
        return ""
    return f"{place.kind} "


def _numbered(kind: str, name: str) -> str:
    """A district as its committee's name has it: "Quận ủy | Quận 8", as a number alone names none."""
    if not name.isdigit() or kind not in DISTRICT_KINDS:
        return name
    return f"{DISTRICT_KINDS[kind].capitalize()} {name}"


@lru_cache(maxsize=16384)
def _slug(name: str) -> str:
    expanded = _expanded(name)
    for full, short in _SHORT:
        expanded = expanded.replace(full, short)
    return slug(expanded)


def _level(place: Place) -> str:
    """The level of who governs a territory: a city of a province's rank is one, Vinh is not."""
    return "District" if place.province else "Provincial"


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
        self.seats = Seats(self.lexicon, context)
        self.entities: dict[str, OrganEntity] = {}
        self._of: dict[int, OrganEntity | None] = {}
        self._short_names: dict[str, str] = {}
        self._aliases: dict[str, OrganEntity] = {}

    def link_all(self, organs: list[OrganMention]) -> None:
        """Full names first, so that short ones can lean on them."""
        for organ in organs:
            self._note_short_name(organ)
        for organ in organs:
            if not self._is_short(organ):
                self.of(organ)
        for before, organ in pairwise(organs):
            entity = self.of(before)
            if entity and self._renames(before, organ):
                own = self._of.get(id(organ))
                if own and own is not entity:
                    self._merge(own, entity)
                self._aliases[fold(organ.name)] = entity
                self._of[id(organ)] = entity
        for organ in organs:
            self.of(organ)

    def _renames(self, before: OrganMention, organ: OrganMention) -> bool:
        """Whether the second organ, in brackets, is a short name of the first.

        Not so "Tổng cục Đường bộ (Bộ Giao thông …)": that is the parent.
        """
        shadow = self.r.shadow
        in_brackets = shadow.startswith(")", organ.end) and _CALLED.fullmatch(shadow, before.end, organ.start)
        return bool(in_brackets) and (organ.kind == before.kind or organ.name.isupper())

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
        """The one fuller name of this article that begins so; of a committee, none of the centre."""
        start = _expanded(organ.name) + " "
        of_committee = organ.kind in self.lexicon.traits["committee"]
        local = [e for e in self.entities.values() if not of_committee or e.level != "Central"]
        longer = (e for e in local if len(_expanded(e.label)) >= len(start))
        fuller = [
            e
            for e in longer
            if (name := _expanded(e.label) + " ").startswith(start)
            and not name.startswith(_BRANCH, len(start))
        ]
        return fuller[0] if len(fuller) == 1 else None

    def _by_place(self, organ: OrganMention) -> OrganEntity | None:
        """The organ of a territory; None for a head that needs a whole or a name and has none."""
        kind = self.lexicon.organs.get(organ.kind)
        if kind is None or self._is_nobody(organ, kind):
            return None
        label = _cased(" ".join(organ.name.split()), kind.label)
        if organ.register == "?" or (organ.kind in _OPEN_CENTRAL and organ.name != kind.label):
            ministry = organ.kind in _OPEN_CENTRAL  # of others, the centre may be meant, or all members
            known = self.lexicon.ministries.get(ministry_form(label)) if ministry else None
            key, label = known or (_slug(label), label)
            return self._entity(key, label, kind.organ_class, "Central", True)
        block = self.r.sentences[self.r.sentence_at(organ.start)].block
        place, written = self.seats.of(organ, block)
        if place:
            short = written.startswith("=tp")
            spelled = short or kind.takes == "gov" or kind.key in self.lexicon.traits["spelled-territory"]
            label = _placed(organ, label, place, written, spelled and written.startswith("="))
        elif written and written[0] not in "=?@" and fold(written) not in fold(label):
            label = f"{label} {_numbered(organ.kind, written)}"
        key = self._key(self._written_out(label, place), place)
        level = organ.level or kind.level or (_level(place) if place and kind.takes == "gov" else "")
        entity = self._entity(key, label, kind.organ_class, level, place is not None)
        entity.place = place.key if place else ""
        return entity

    def _written_out(self, label: str, place: Place | None) -> str:
        """The label with a short name that the article defines written out, if that organ is known."""
        for short, full in self._short_names.items():
            longer = label.replace(f" {short} ", f" {full} ")
            if longer != label and self._key(longer, place) in self.entities:
                return longer
        return label

    def _note_short_name(self, organ: OrganMention) -> None:
        """ "Hội Cựu chiến binh (CCB) tỉnh": the initials in brackets are those of the words before."""
        if self.r.plain.find("(", organ.start, organ.end) < 0:
            return  # as a rule
        short = SHORT_NAME.search(self.r.plain, organ.start, organ.end)
        if short:
            letters = short.group(1)
            words = self.r.squeeze(organ.start, short.start()).split()[-len(letters) :]
            if "".join(word[0] for word in words).upper() == letters:
                self._short_names[letters] = " ".join(words)

    @staticmethod
    def _is_nobody(organ: OrganMention, kind: OrganKind) -> bool:
        """A part without its whole, a head that every organ may have, a cell or a board without a name."""
        if kind.standing and not organ.parent and not organ.place:
            return True
        if organ.kind == "chi-bo":
            return not organ.name[len(kind.label) :].strip()
        unnamed_board = organ.kind == "ban-chi-dao" and organ.name == kind.label
        return unnamed_board or organ.kind in ("doan-cong-tac", "dang-bo")

    def _key(self, label: str, place: Place | None) -> str:
        """The tail of the address; a district's also names the province, as several share their names."""
        key = _slug(label)
        if not place:
            return key
        if place.key.endswith("-2025"):
            key += "-2025"
        if place.province and fold(place.name) in self.lexicon.districts:
            key = f"{key}-{slug(self.lexicon.places[place.province].name)}"
        return key

    def _entity(self, key: str, label: str, organ_class: str, level: str, resolved: bool) -> OrganEntity:
        found = self.entities.get(key)
        if found is None:
            mint = self.mint
            iri = mint.resource("organ", key) if resolved else mint.local(self.article, "organ", key)
            found = self.entities[key] = OrganEntity(iri, label, organ_class, level, key, resolved)
        return found
