"""The words of the ontology as lookup tables: the recogniser has its words from here and nowhere else.

Document and event types, posts, organs, cues, topics and territories are Turtle in `ontology/`. They are read
once into automata over folded text (Aho-Corasick): one pass finds every form, however many there are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from kg.expressions import WORD, any_of
from kg.namespaces import CKG, RDFS, SKOS
from kg.resources import ontology_dir
from kg.scanner import Scanner, Sense, words_of
from kg.vietnamese import fold, nfc
from kg.vocabulary import Descriptions, label, one, texts

TOLD_CUES = frozenset(("assign", "assigned", "attend", "chair", "not-assign", "present", "say", "speak"))
"""Cues whose places are asked for one by one (`Reading.cues`); the others only stand in patterns."""
_MINISTRIES = ("bo-", "tong-cuc-")  # as their keys in the register begin
_CUES = re.compile(r"(?P<whole><(?=\{))?\{(?P<of>[a-z][a-z+-]*(?:\|[^{}]+)?)\}")


class DocumentType(NamedTuple):
    """A class of documents: local name, Vietnamese name, symbols that numbers carry, branches."""

    key: str
    label: str
    symbols: tuple[str, ...]
    party: bool
    state: bool
    needs_number: bool


class OrganKind(NamedTuple):
    """What opens an organ's name: class, level and what may follow (see ontology/vocabulary/organs.ttl)."""

    key: str
    label: str
    organ_class: str
    level: str
    takes: str
    strict: bool
    standing: bool


class Post(NamedTuple):
    """A post: its title as the graph states it, and what its words may be followed by."""

    key: str
    title: str
    takes: str
    organ: str


class TerritoryKind(NamedTuple):
    """A kind of territory: its word, the level of its organs ("" for a city's), the kind of its committee."""

    word: str
    level: str
    committee: str


class Place(NamedTuple):
    """A territory of the register: key (tail of its IRI), bare name, kind ("tỉnh" …), province's key."""

    key: str
    name: str
    kind: str
    province: str
    since: str
    until: str


@dataclass(slots=True)
class Lexicon:
    """Every table that the recogniser reads. Get it with `Lexicon.load()`, which reads `ontology/` once."""

    documents: dict[str, DocumentType] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)  # class → label
    roles: dict[str, str] = field(default_factory=dict)  # role at an event → label
    organs: dict[str, OrganKind] = field(default_factory=dict)
    central: dict[str, OrganKind] = field(default_factory=dict)
    ministries: dict[str, tuple[str, str]] = field(default_factory=dict)
    """`ministry_form` of a name → the organ's key and name in the register."""
    traits: dict[str, frozenset[str]] = field(default_factory=dict)  # trait → kinds of organ that have it
    posts: dict[str, Post] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)  # IRI → label
    provinces: dict[str, list[Place]] = field(default_factory=dict)  # folded name → territories
    districts: dict[str, list[Place]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)  # key → territory
    territory_kinds: dict[str, TerritoryKind] = field(default_factory=dict)  # by word and abbreviation
    communes: frozenset[str] = frozenset()  # words for territories below a district
    local_kinds: tuple[tuple[str, str], ...] = ()  # (form, word) of kinds below a province, longest first
    surnames: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()
    series: dict[str, re.Pattern[str]] = field(default_factory=dict)  # organ part of a symbol → organs' keys
    offices: dict[str, str] = field(
        default_factory=dict
    )  # folded form of an office that issues → central organ
    known_documents: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # (number, symbol) → days
    cues: dict[str, tuple[str, ...]] = field(default_factory=dict)  # longest first, folded
    names: Scanner = None  # type: ignore[assignment]  # organs and provinces
    words: Scanner = None  # type: ignore[assignment]  # posts, documents, events, addresses
    verbs: Scanner = None  # type: ignore[assignment]  # TOLD_CUES
    topic_scanner: Scanner = None  # type: ignore[assignment]
    _patterns: dict[str, re.Pattern[str]] = field(default_factory=dict)
    _named: dict[str, tuple[Sense, ...]] = field(default_factory=dict)

    @staticmethod
    def load(folder: Path | None = None) -> Lexicon:
        """The lexicon of `folder` (default: the program's own ontology), read once per process."""
        return _load(folder or ontology_dir())

    def forms(self, cue: str) -> tuple[str, ...]:
        """The folded forms of a cue, longest first."""
        return self.cues[cue]

    def organ_named(self, name: str) -> tuple[Sense, ...]:
        """What an organ's name, whole and alone, stands for; () where the lexicon has no such name."""
        found = self._named.get(name)
        if found is None:
            words = words_of(fold(name))
            found = next((t.senses for t in self.names.scan(words) if t.end == len(words) - 2), ())
            self._named[name] = found
        return found

    def opening(self, cue: str) -> re.Pattern[str]:
        """Matches a form of the cue at the beginning of a line: the longest one that is whole words."""
        return self._patterns.get(cue) or self._whole_words(cue, self.cues[cue])

    def any_field(self) -> re.Pattern[str]:
        """Matches the longest field of work that is whole words: "giáo dục và đào tạo"."""
        return self._whole_words("", self.fields)

    def territory_kind(self) -> re.Pattern[str]:
        """Matches the word for a kind of territory (group 1) and the space behind it: "huyện | Tủa Chùa"."""
        found = self._patterns.get("territory-kind")
        if found is None:
            source = rf"({any_of(self.territory_kinds)})(?=[\s,.;:)]|$)\s*"
            found = self._patterns["territory-kind"] = re.compile(source)
        return found

    def _whole_words(self, key: str, forms: tuple[str, ...]) -> re.Pattern[str]:
        found = self._patterns.get(key)
        if found is None:
            found = self._patterns[key] = re.compile(any_of(forms) + r"(?![^\W_])")
        return found

    def pattern(self, template: str) -> re.Pattern[str]:
        """Compiles a template, cached by template; its spaces match any white space.

        `{cue}` or `{cue+cue}` stands for the forms of cues, `{cue|word|word}` for those and more words, and
        `<{cue}` for the same where a word begins.
        """
        found = self._patterns.get(template)
        if found is None:
            source = _CUES.sub(self._forms, template).replace(" ", r"\s+")
            found = self._patterns[template] = re.compile(source)
        return found

    def _forms(self, m: re.Match[str]) -> str:
        cues, *words = m.group("of").split("|")
        forms = [form for cue in cues.split("+") for form in self.cues[cue]]
        return any_of(forms + words, not_behind=WORD if m.group("whole") else "")


def _fill_types(graph: Descriptions, lexicon: Lexicon, words: dict[str, set[Sense]]) -> None:
    for subject, row in graph.below("Document"):
        key = subject.removeprefix(str(CKG))
        branches = [o.value for o in row.get(CKG.issuedInBranch, ())]
        lexicon.documents[key] = DocumentType(
            key,
            label(row),
            tuple(o.value for o in row.get(SKOS.notation, ())),
            any("Party" in b for b in branches),
            any("State" in b for b in branches),
            one(row, "needsNumber") == "true",
        )
        for form in texts(row, RDFS.label, SKOS.altLabel, SKOS.hiddenLabel):
            words[fold(nfc(form))].add(Sense("document", key))
    for _, row in graph.typed("NumberSeries"):
        whose = re.compile(one(row, "organKeys"))
        lexicon.series.update(dict.fromkeys(texts(row, CKG.numberSuffix), whose))
    for subject, row in graph.typed("Role"):
        lexicon.roles[subject.removeprefix(str(CKG))] = label(row)
    for subject, row in graph.below("Event"):
        key = subject.removeprefix(str(CKG))
        lexicon.events[key] = label(row)
        for form in texts(row, RDFS.label, SKOS.altLabel, SKOS.hiddenLabel):
            words[fold(nfc(form))].add(Sense("event", key))


def _fill_posts(graph: Descriptions, lexicon: Lexicon, words: dict[str, set[Sense]]) -> None:
    for subject, row in graph.typed("PostTitle"):
        key = subject.rsplit("#", 1)[1]
        lexicon.posts[key] = Post(
            key, one(row, "postTitle") or label(row), one(row, "postTakes"), one(row, "postOrgan")
        )
        for form in texts(row, SKOS.altLabel):
            words[fold(nfc(form))].add(Sense("post", key))
    for subject, row in graph.typed("FormOfAddress"):
        for form in texts(row, SKOS.altLabel):
            words[fold(nfc(form))].add(Sense("address", subject.rsplit("-", 1)[1]))
    for _, row in graph.typed("SurnameList"):
        lexicon.surnames = frozenset(nfc(f) for f in texts(row, SKOS.altLabel))


def _fill_organs(graph: Descriptions, lexicon: Lexicon, names: dict[str, set[Sense]]) -> None:
    traits: dict[str, set[str]] = defaultdict(set)
    for subject, row in graph.typed("OrganKind"):
        key = subject.rsplit("#organ-", 1)[1]
        for trait in row.get(CKG.organTrait, ()):
            traits[trait.value].add(key)
        takes = one(row, "nameTakes").split()
        lexicon.organs[key] = OrganKind(
            key,
            label(row),
            one(row, "organClass"),
            one(row, "level"),
            takes[0],
            "strict" in takes,
            "standing" in takes,
        )
        for form in texts(row, SKOS.altLabel):
            names[fold(nfc(form))].add(Sense("organ", key))
    lexicon.traits = {trait: frozenset(kinds) for trait, kinds in traits.items()}
    for _, row in graph.typed("CentralOrgan"):
        key = one(row, "registerKey")
        lexicon.central[key] = OrganKind(
            key, label(row), one(row, "organClass"), "Central", "fixed", False, False
        )
        for form in texts(row, SKOS.altLabel):
            names[fold(nfc(form))].add(Sense("central", key))
        for form in texts(row, CKG.officeForm):
            lexicon.offices[fold(nfc(form))] = key
    for _, row in graph.typed("NotAnOrgan"):
        for form in texts(row, SKOS.altLabel):
            names[fold(nfc(form))].add(Sense("none", ""))
    for _, row in graph.typed("FieldList"):
        forms = {fold(nfc(f)) for f in texts(row, SKOS.altLabel)}
        lexicon.fields = tuple(sorted(forms, key=lambda f: (-len(f), f)))


def _fill_places(graph: Descriptions, lexicon: Lexicon, names: dict[str, set[Sense]]) -> None:
    for _, row in graph.typed("TerritoryKind"):
        of_kind = TerritoryKind(fold(label(row)), one(row, "level"), one(row, "partyCommittee"))
        for form in (of_kind.word, *texts(row, SKOS.altLabel)):
            lexicon.territory_kinds[fold(form)] = of_kind
    lexicon.communes = frozenset(k.word for k in lexicon.territory_kinds.values() if k.level == "Commune")
    # "thị xã" before the "xã" that is in it; "TT Huế" is no township, so communes go by their words alone
    local = {f: k.word for f, k in lexicon.territory_kinds.items() if f == k.word or k.level != "Commune"}
    local = {f: word for f, word in local.items() if word != "tỉnh"}
    lexicon.local_kinds = tuple(sorted(local.items(), key=lambda x: (-len(x[0]), x)))
    for subject, row in graph.typed("Territory"):
        kind, name = one(row, "territoryKind"), nfc(one(row, "properName"))
        provincial = kind in ("tỉnh", "thành phố trực thuộc Trung ương")
        province = next((o.value for o in row.get(CKG.partOf, ())), "")
        place = Place(
            subject.rsplit("/", 1)[-1],
            name,
            "thành phố" if kind.startswith("thành phố") else kind,
            province.rsplit("/", 1)[-1],
            one(row, "validFrom"),
            one(row, "validUntil"),
        )
        lexicon.places[place.key] = place
        table = lexicon.provinces if provincial else lexicon.districts
        # sorted: forms that differ in a dash alone share a key, and the last one wins in every run
        for form in sorted({fold(name)} | {fold(nfc(f)) for f in texts(row, SKOS.altLabel)}):
            table.setdefault(form, []).append(place)
            if provincial:
                names[form].add(Sense("province", form))


def _fill_cues(graph: Descriptions, lexicon: Lexicon, verbs: dict[str, set[Sense]]) -> None:
    """Cues, and lists of words that only stand in patterns."""
    for subject, row in graph.typed("Cue"):
        key = subject.rsplit("#cue-", 1)[1]
        lexicon.cues[key] = _longest_first(row)
        if not key.startswith(("zone-", "name-")):
            for form in lexicon.cues[key]:
                verbs[form].add(Sense("cue", key))
    for subject, row in graph.typed("WordList"):
        lexicon.cues[subject.rsplit("#words-", 1)[1]] = _longest_first(row)


def _longest_first(row: dict[str, list[Any]]) -> tuple[str, ...]:
    forms = {fold(nfc(f)) for f in texts(row, SKOS.altLabel)}
    return tuple(sorted(forms, key=lambda f: (-len(f), f)))


def _fill_known(graph: Descriptions, lexicon: Lexicon) -> None:
    """The register's central documents: which numbers are known to exist on which days."""
    for row in graph.of.values():
        number, symbol, day = one(row, "documentNumber"), one(row, "symbol"), one(row, "issuedOn")
        if number and symbol and day:
            lexicon.known_documents.setdefault((number, symbol), []).append(day)


def ministry_form(name: str) -> str:
    """A ministry's name without what newspapers vary: case, commas, a dash in place of "và"."""
    return fold(name).replace(",", "").replace(" - ", " và ")


def _fill_ministries(graph: Descriptions, lexicon: Lexicon) -> None:
    """The register's ministries by all their names: "Bộ GD&ĐT" is the Bộ Giáo dục và Đào tạo."""
    for subject, row in graph.of.items():
        key = subject.rsplit("/", 1)[1]
        central = CKG.Central in {value.value for value in row.get(CKG.level, ())}
        if "id/organ/" in subject and central and key.startswith(_MINISTRIES):
            for form in texts(row, RDFS.label, SKOS.altLabel):
                lexicon.ministries.setdefault(ministry_form(nfc(form)), (key, label(row)))


@lru_cache(maxsize=4)
def _load(folder: Path) -> Lexicon:
    files = [
        folder / "core.ttl",
        *sorted(folder.glob("vocabulary/*.ttl")),
        *sorted(folder.glob("register/territor*.ttl")),
        folder / "register/documents.ttl",
        folder / "register/organs.ttl",
    ]
    graph = Descriptions(f for f in files if f.exists())
    lexicon = Lexicon()
    words: dict[str, set[Sense]] = defaultdict(set)
    names: dict[str, set[Sense]] = defaultdict(set)
    verbs: dict[str, set[Sense]] = defaultdict(set)
    topics: dict[str, set[Sense]] = defaultdict(set)
    _fill_types(graph, lexicon, words)
    _fill_posts(graph, lexicon, words)
    _fill_organs(graph, lexicon, names)
    _fill_places(graph, lexicon, names)
    _fill_cues(graph, lexicon, verbs)
    _fill_known(graph, lexicon)
    _fill_ministries(graph, lexicon)
    for subject, row in graph.typed("Topic"):
        lexicon.topics[subject] = label(row)
        for form in texts(row, RDFS.label, SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel):
            topics[fold(nfc(form))].add(Sense("topic", subject))
    lexicon.names, lexicon.words = Scanner(names), Scanner(words)
    lexicon.verbs = Scanner(verbs, TOLD_CUES)
    lexicon.topic_scanner = Scanner(topics)
    return lexicon
