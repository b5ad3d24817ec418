"""From what a person types ("chi thi 32-ct/tw", "tinh uy lai chau", an IRI) to the one thing that it names.

Blind to accents, case and the placement of tones; abbreviations are spelled out. Where several things fit,
all of them are told and none is chosen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.ask.names import PREFIXES, rows
from kg.errors import QueryError
from kg.namespaces import CKG
from kg.store import Queryable
from kg.vietnamese import bare

# Abbreviations that stand inside longer names; whole names have theirs as alternative labels.
ABBREVIATIONS = {
    "bbt": "ban bi thu", "bch": "ban chap hanh", "bct": "bo chinh tri", "btg": "ban tuyen giao",
    "btv": "ban thuong vu", "dbqh": "dai bieu quoc hoi", "hdnd": "hoi dong nhan dan",
    "mttq": "mat tran to quoc", "tp": "thanh pho", "tw": "trung uong", "ubnd": "uy ban nhan dan",
}  # fmt: skip
_FILLERS = frozenset({"so", "ngay", "cua"})  # words between the parts of a document's name
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_DOCUMENT = re.compile(
    r"(?P<before>.*?)(?<!\w)(?P<number>\d+)"
    r"(?P<symbol>(?:\s*[-/]\s*[^\W_]+)+|\s+[^\W\d_]+[-/][^\W_]+(?:[-/][^\W_]+)*)?(?P<after>(?:\W.*)?)",
    re.DOTALL,
)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(//|[^/\s]+:)\S*")
_LISTED = 8  # candidates that an error message spells out

_BY_NUMBER = """
SELECT DISTINCT ?entity ?class ?label ?kind ?code ?date ?more ?target WHERE {
  VALUES ?number { %s }
  ?entity ckg:documentNumber ?number ; a ?class .
  OPTIONAL { ?entity rdfs:label ?label }
  OPTIONAL { ?class rdfs:label|skos:altLabel ?kind }
  OPTIONAL { ?entity ckg:code|ckg:symbol ?code }
  OPTIONAL { ?entity ckg:issuedOn ?date }
  OPTIONAL { ?entity ckg:issuedBy|ckg:inTerm|ckg:numberedBy ?other . ?other rdfs:label|skos:altLabel ?more }
  OPTIONAL { ?entity ckg:resolvedTo ?target }
}"""
_BY_LABEL = """
SELECT DISTINCT ?entity ?class ?label ?name ?date ?target WHERE {
  VALUES ?top { %s }
  ?class rdfs:subClassOf* ?top . ?entity a ?class .
  { ?entity rdfs:label ?label BIND(?label AS ?name) }
  UNION { ?entity skos:altLabel|skos:hiddenLabel|skos:notation|dcterms:identifier|ckg:code ?name }
  OPTIONAL { ?entity ckg:issuedOn|ckg:heldOn|schema:datePublished ?date }
  OPTIONAL { ?entity ckg:resolvedTo ?target }
}"""
_REPORTED = """
SELECT DISTINCT ?entity WHERE {
  VALUES ?entity { %s }
  GRAPH ?article { ?article dcterms:identifier ?stem . ?entity a ?class }
}"""
_TOPS = ("Document", "Organ", "Person", "Event", "Article", "Territory", "Task", "Topic", "CongressTerm")


@dataclass(slots=True)
class Candidate:
    """Something that the words may mean. `dates` are days of issue, of holding or of publication."""

    iri: str
    labels: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)  # every form of the name, accents kept
    codes: set[str] = field(default_factory=set)
    extra: set[str] = field(default_factory=set)  # words that tell it apart: type, issuer, term, dates
    classes: set[str] = field(default_factory=set)
    dates: set[str] = field(default_factory=set)

    @property
    def label(self) -> str:
        """Its longest label, or its IRI."""
        return max(self.labels, key=lambda label: (len(label), label), default=self.iri)

    def __str__(self) -> str:
        when = f" ({', '.join(sorted(self.dates))})" if self.dates else ""
        return f"{self.label}{when} <{self.iri}>"


class UnclearNameError(QueryError):
    """A name that fits nothing, or several things: `candidates`."""

    def __init__(self, message: str, *, candidates: Iterable[Candidate] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.candidates = tuple(candidates)


def resolve(store: Queryable, text: str, entity_class: str = "") -> ox.NamedNode:
    """Return the one entity that `text` names; with `entity_class` (an IRI) only instances of it count.

    Raises UnclearNameError with the candidates, if there are any.
    """
    text = unicodedata.normalize("NFC", text).strip()
    iri = as_iri(text)
    if iri is not None:
        return iri
    found = candidates(store, text, entity_class)
    if len(found) == 1:
        return ox.NamedNode(found[0].iri)
    if found:
        listed = "; ".join(map(str, found[:_LISTED])) + ("; …" if len(found) > _LISTED else "")
        raise UnclearNameError(
            f"{text!r} names {len(found)} things: {listed}", candidates=found, hint="give one of the IRIs"
        )
    raise UnclearNameError(f"nothing is called {text!r}", hint=_similar(store, text, entity_class))


def as_iri(text: str) -> ox.NamedNode | None:
    """Return the IRI that `text` writes in full, in angle brackets or with a known prefix; else None.

    Raises UnclearNameError when it is meant as an IRI but is none.
    """
    bracketed = text.startswith("<") and text.endswith(">")
    prefix, _, local = text.partition(":")
    if prefix in PREFIXES and not bracketed and not local.startswith("//"):
        text = PREFIXES[prefix] + local
    elif not bracketed and not _ABSOLUTE.fullmatch(text):
        return None
    try:
        return ox.NamedNode(text[1:-1] if bracketed else text)
    except ValueError as error:
        raise UnclearNameError(f"{text!r} is not an IRI ({error})") from None


def candidates(store: Queryable, text: str, entity_class: str = "") -> list[Candidate]:
    """Everything that `text` may mean, best kind of match only, sorted by label.

    What articles speak of comes before what only the register knows.
    """
    found: list[Candidate] = []
    if re.search(r"\d", text) and entity_class in ("", CKG.Document):
        found = _documents(store, text)
    if not found:
        found = _best(list(_named(store, entity_class)), text)
    if len(found) > 1:
        named = " ".join(str(ox.NamedNode(candidate.iri)) for candidate in found)
        reported = {row["entity"] for row in rows(store, _REPORTED % named)}
        found = [candidate for candidate in found if candidate.iri in reported] or found
    return sorted(found, key=lambda c: (c.label, c.iri))


def spell(text: str) -> list[str]:
    """The bare words of a name, abbreviations spelled out: "UBND tỉnh" → uy ban nhan dan tinh."""
    words = re.findall(r"[^\W_]+", bare(_central(text)))
    return [part for word in words for part in ABBREVIATIONS.get(word, word.lstrip("0") or word).split()]


def _central(text: str) -> str:
    """The text with TW for "Trung ương" also where it is written TƯ or T.Ư, which without accents would
    be Tỉnh ủy."""
    text = unicodedata.normalize("NFC", text).casefold()
    return re.sub(r"t\.ư\b|(?<=[-/])\s*tư\b", "tw", text)


def _documents(store: Queryable, text: str) -> list[Candidate]:
    match = _DOCUMENT.fullmatch(bare(_central(text)))
    if not match:
        return []
    number = match["number"]
    forms = {number, number.lstrip("0") or "0", number.lstrip("0").zfill(2), number.lstrip("0").zfill(3)}
    query = _BY_NUMBER % " ".join(sorted(str(ox.Literal(form)) for form in forms))
    found = list(_gather(rows(store, query), ("label", "kind", "code", "date", "more")))
    wanted = _letters(match["symbol"] or "")
    if wanted:
        found = [
            c
            for c in found
            if any(_letters(code.lstrip("0123456789")).startswith(wanted) for code in c.codes)
        ]
    words = {word for word in spell(match["before"] + " " + match["after"]) if word not in _FILLERS}
    return [c for c in found if words <= set(spell(" ".join([*c.labels, *c.extra, *c.dates])))]


def _letters(symbol: str) -> str:
    """A symbol without punctuation: "-CT/TW" → cttw."""
    return re.sub(r"[\W_]", "", bare(symbol))


def _named(store: Queryable, entity_class: str) -> Iterator[Candidate]:
    tops = [entity_class] if entity_class else [CKG[top] for top in _TOPS]
    query = _BY_LABEL % " ".join(str(ox.NamedNode(top)) for top in tops)
    return _gather(rows(store, query), ("label", "name", "date"))


def _gather(found: Iterator[dict[str, str]], columns: tuple[str, ...]) -> Iterator[Candidate]:
    """One candidate for each entity; what a local name was resolved to stands for it."""
    known: dict[str, Candidate] = {}
    for row in found:
        iri = row.get("target") or row["entity"]
        candidate = known.setdefault(iri, Candidate(iri))
        candidate.classes.add(row["class"])
        fields = {
            "label": candidate.labels,
            "name": candidate.names,
            "code": candidate.codes,
            "date": candidate.dates,
        }
        for column in columns:
            if row.get(column):
                fields.get(column, candidate.extra).add(row[column])
    return iter(known.values())


def _best(found: list[Candidate], text: str) -> list[Candidate]:
    """The candidates of the first test that any passes: the same name with accents, without, its words in
    a row, its words in any order."""
    marked, words = _marked(text), spell(text)
    if not words:
        return []
    phrase = f" {' '.join(words)} "
    spelled = [(c, [f" {' '.join(spell(name))} " for name in c.names]) for c in found]
    tests = (
        [c for c in found if any(_marked(name) == marked for name in c.names)],
        [c for c, names in spelled if phrase in names],
        [c for c, names in spelled if any(phrase in name for name in names)],
        [
            c
            for c, names in spelled
            if any(set(words) <= {*name.split(), *spell(" ".join(c.dates))} for name in names)
        ],
    )
    return next((passed for passed in tests if passed), [])


def _marked(text: str) -> str:
    """The name with accents, tones moved to the end of their syllable: "uỷ" and "ủy" become one."""
    syllables = re.split(r"[\W_]+", unicodedata.normalize("NFC", text).casefold())
    return " ".join(_tone_last(unicodedata.normalize("NFD", syllable)) for syllable in syllables if syllable)


def _tone_last(syllable: str) -> str:
    tones = "".join(mark for mark in syllable if mark in _TONES)
    return "".join(mark for mark in syllable if mark not in _TONES) + tones


def _similar(store: Queryable, text: str, entity_class: str) -> str:
    from difflib import get_close_matches

    names = {" ".join(spell(c.label)): c.label for c in _named(store, entity_class) if c.labels}
    near = get_close_matches(" ".join(spell(text)), names, n=3, cutoff=0.7)
    return (
        f"did you mean {', '.join(names[name] for name in near)}?" if near else "give its name, number or IRI"
    )
