"""From what a person types ("chi thi 32-ct/tw", "tinh uy lai chau", an IRI) to the one thing that it names.

Blind to accents, case and the placement of tones; abbreviations are spelled out. Where several things fit,
all of them are told and none is chosen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kg.ask.names import labels, rows, values_of
from kg.errors import QueryError
from kg.namespaces import CKG, PREFIXES
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

_BY_NUMBER = "SELECT DISTINCT ?entity { VALUES ?number { %s } ?entity ckg:documentNumber ?number }"
_BY_NAME = """
SELECT DISTINCT ?entity ?name WHERE {
  { SELECT DISTINCT ?entity WHERE { VALUES ?top { %s } ?class rdfs:subClassOf* ?top . ?entity a ?class } }
  ?entity rdfs:label|skos:altLabel|skos:hiddenLabel|skos:notation|dcterms:identifier|ckg:code ?name
}"""
_DATES = "ckg:issuedOn|ckg:heldOn|schema:datePublished"
# What tells documents of one number apart: type, issuer, term.
_TRAITS = "(a|ckg:issuedBy|ckg:inTerm|ckg:numberedBy)/(rdfs:label|skos:altLabel)"
_REPORTED = """
SELECT DISTINCT ?entity WHERE {
  VALUES ?entity { %s }
  GRAPH ?article { ?article dcterms:identifier ?stem . ?entity a ?class }
}"""
_TOPS = ("Document", "Organ", "Person", "Event", "Article", "Territory", "Task", "Topic", "CongressTerm")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that a name may mean. `dates` are days of issue, of holding or of publication."""

    iri: str
    label: str
    dates: tuple[str, ...] = ()

    def __str__(self) -> str:
        when = f" ({', '.join(self.dates)})" if self.dates else ""
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

    What a local name was resolved to stands for it; what articles speak of comes before what only the
    register knows.
    """
    found: set[str] = set()
    if re.search(r"\d", text) and entity_class in ("", CKG.Document):
        found = _documents(store, text)
    if not found:
        found = _best(store, _named(store, entity_class), text)
    targets = values_of(store, found, "ckg:resolvedTo")
    found = {target for iri in found for target in targets.get(iri, {iri})}
    if len(found) > 1:
        named = " ".join(str(ox.NamedNode(iri)) for iri in found)
        found = {row["entity"] for row in rows(store, _REPORTED % named)} or found
    names, dates = labels(store, found), values_of(store, found, _DATES)
    shown = [Candidate(iri, names.get(iri, iri), tuple(sorted(dates.get(iri, ())))) for iri in found]
    return sorted(shown, key=lambda candidate: (candidate.label, candidate.iri))


def spell(text: str) -> list[str]:
    """The bare words of a name, abbreviations spelled out: "UBND tỉnh" → uy ban nhan dan tinh."""
    words = re.findall(r"[^\W_]+", bare(_central(text)))
    return [part for word in words for part in ABBREVIATIONS.get(word, word.lstrip("0") or word).split()]


def _central(text: str) -> str:
    """The text with TW for "Trung ương" also where it is written TƯ or T.Ư, which without accents would
    be Tỉnh ủy."""
    text = unicodedata.normalize("NFC", text).casefold()
    return re.sub(r"t\.ư\b|(?<=[-/])\s*tư\b", "tw", text)


def _documents(store: Queryable, text: str) -> set[str]:
    """Documents with the number in `text`, whose symbol begins as given and whose traits have its words."""
    match = _DOCUMENT.fullmatch(bare(_central(text)))
    if not match:
        return set()
    number = match["number"].lstrip("0") or "0"
    forms = {match["number"], number, number.zfill(2), number.zfill(3)}
    query = _BY_NUMBER % " ".join(str(ox.Literal(form)) for form in sorted(forms))
    found = {row["entity"] for row in rows(store, query)}
    symbol = _letters(match["symbol"] or "")
    if symbol:
        codes = values_of(store, found, "ckg:code|ckg:symbol")
        found = {
            iri
            for iri in found
            if any(_letters(code.lstrip("0123456789")).startswith(symbol) for code in codes.get(iri, ()))
        }
    words = {word for word in spell(match["before"] + " " + match["after"]) if word not in _FILLERS}
    if words:
        traits = values_of(store, found, f"rdfs:label|{_DATES}|({_TRAITS})")
        found = {iri for iri in found if words <= set(spell(" ".join(traits.get(iri, ()))))}
    return found


def _letters(symbol: str) -> str:
    """A symbol without punctuation: "-CT/TW" → cttw."""
    return re.sub(r"[\W_]", "", bare(symbol))


def _named(store: Queryable, entity_class: str) -> list[tuple[str, str]]:
    """Every (IRI, form of its name) of the class, or of all classes that people ask for by name."""
    tops = [entity_class] if entity_class else [CKG[top] for top in _TOPS]
    query = _BY_NAME % " ".join(str(ox.NamedNode(top)) for top in tops)
    return [(row["entity"], row["name"]) for row in rows(store, query)]


def _best(store: Queryable, named: list[tuple[str, str]], text: str) -> set[str]:
    """What passes the first test that anything passes.

    The tests: the same name with accents, without, its words in a row, its words in any order and a date.
    """
    marked, words = _marked(text), spell(text)
    if not words:
        return set()
    phrase = f" {' '.join(words)} "
    spelled = [(iri, f" {' '.join(spell(name))} ") for iri, name in named]
    found = (
        {iri for iri, name in named if _marked(name) == marked}
        or {iri for iri, name in spelled if name == phrase}
        or {iri for iri, name in spelled if phrase in name}
    )
    if found:
        return found
    letters = {word for word in words if not word.isdigit()}
    near = [(iri, set(name.split())) for iri, name in spelled if letters and letters <= set(name.split())]
    dates = values_of(store, {iri for iri, _ in near}, _DATES) if len(letters) < len(words) else {}
    return {iri for iri, name in near if set(words) <= name | set(spell(" ".join(dates.get(iri, ()))))}


def _marked(text: str) -> str:
    """The name with accents, tones moved to the end of their syllable: "uỷ" and "ủy" become one."""
    syllables = re.split(r"[\W_]+", unicodedata.normalize("NFC", text).casefold())
    return " ".join(_tone_last(unicodedata.normalize("NFD", syllable)) for syllable in syllables if syllable)


def _tone_last(syllable: str) -> str:
    tones = "".join(mark for mark in syllable if mark in _TONES)
    return "".join(mark for mark in syllable if mark not in _TONES) + tones


def _similar(store: Queryable, text: str, entity_class: str) -> str:
    from difflib import get_close_matches

    names = {" ".join(spell(name)): name for _, name in _named(store, entity_class)}
    near = get_close_matches(" ".join(spell(text)), names, n=3, cutoff=0.7)
    return (
        f"did you mean {', '.join(names[name] for name in near)}?" if near else "give its name, number or IRI"
    )
