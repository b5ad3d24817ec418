"""Sentences and what the converter must read out of them: the tables of tests/cases/recognise/.

A table is for people who know the domain: one row a case, the text, a tab, what is expected. Every row is
converted as an article of its own, and what its graph states is written in the table's notation and compared.

`python tests/test_recognise.py TABLE TEXT…` prints how a text is read today.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.convert import Converter
from kg.lexicon import Lexicon
from kg.model import Article
from kg.namespaces import CKG, DEFAULT_BASE, ORG, RDF, RDFS, SCHEMA
from kg.recognise.reading import Reading
from kg.vietnamese import nfc

CASES = Path(__file__).parent / "cases" / "recognise"
BETWEEN = " ++ "  # between two things in a cell
NOTHING = "-"
RELATIONS = ("implements", "basedOn", "amends", "replaces", "succeeds", "cites")
ORGANS = ("PartyOrgan", "StateOrgan", "MassOrganisation", "ForeignOrgan", "OtherOrgan", "Organ")
ROLES = ("Chair", "Presenter", "Speaker", "Attendee")


def article(text: str) -> Article:
    """A case as an article; "\\n" in a table is a line end."""
    return Article("case", Path("case.txt"), nfc(text.replace("\\n", "\n")), "")


class Told:
    """What the graph of one text states, in the notations of the tables."""

    def __init__(self, text: str) -> None:
        conversion = Converter().convert(article(text))
        self.article = conversion.article_iri
        self.of: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for quad in ox.parse(conversion.facts, ox.RdfFormat.N_QUADS):
            subject, value = quad.subject, quad.object
            assert isinstance(subject, ox.NamedNode)
            assert isinstance(value, ox.NamedNode | ox.Literal)
            self.of[subject.value][quad.predicate.value].append(value.value)

    def typed(self, *classes: str) -> list[str]:
        kinds = {str(CKG[name]) for name in classes}
        return [s for s, row in self.of.items() if kinds & set(row[str(RDF.type)])]

    def all(self, subject: str, name: str) -> list[str]:
        return self.of[subject][str(CKG[name])]

    def one(self, subject: str, name: str) -> str:
        """The value; several are joined, since a contradiction is kept on both sides."""
        return " / ".join(self.all(subject, name))

    def label(self, address: str) -> str:
        """A thing's name; a group without an address is its own words."""
        return self.of[address][str(RDFS.label)][0] if self.of[address][str(RDFS.label)] else address

    def short(self, document: str) -> str:
        """`Directive 25-CT/TW`; of a paper without a number, its label."""
        kind = self.of[document][str(RDF.type)][0].rsplit("#", 1)[1]
        number = self.one(document, "code") or self.one(document, "documentNumber")
        return f"{kind} {number or '“' + self.label(document) + '”'}"

    def papers(self) -> list[str]:
        return [s for s in self.of if "/document/" in s and self.of[s][str(RDF.type)]]


def documents(text: str) -> list[str]:
    """`Directive 25-CT/TW | 2018-08-08 | by Ban Bí thư | về …`, each part only where it is stated."""
    told = Told(text)
    rows = []
    for d in told.papers():
        issuers = " & ".join(sorted(told.label(o) for o in told.all(d, "issuedBy")))
        parts = (
            told.short(d),
            told.one(d, "issuedOn"),
            told.one(d, "dateAsWritten") and f"written {told.one(d, 'dateAsWritten')}",
            issuers and f"by {issuers}",
            told.one(d, "subjectMatter"),
        )
        rows.append(" | ".join(part for part in parts if part))
    return rows


def dates(text: str) -> list[str]:
    """`2019-02-18`, `--11-24`, `month 9/2018`, `year 2030`, `bad 31/02/2019`: every date of the text."""
    reading = Reading.of(article(text), Lexicon.load())
    names = {"month": "month {0.month}/{0.year}", "year": "year {0.year}", "bad": "bad {1}"}
    return [
        d.iso or names[d.kind].format(d, " ".join(reading.text[d.start : d.end].split()))
        for d in reading.dates
    ]


def stamps(text: str) -> list[str]:
    """The page's own date."""
    told = Told(text)
    return told.of[told.article][str(SCHEMA.datePublished)]


def organs(text: str) -> list[str]:
    """`Tỉnh ủy Cà Mau | Provincial | tinh-uy-ca-mau`; `local …` where the article alone knows it."""
    told = Told(text)
    rows = []
    for o in told.typed(*ORGANS):
        key = o.rsplit("/", 1)[1]
        known = o.startswith(f"{DEFAULT_BASE}id/organ/")
        parts = (told.label(o), told.one(o, "level").rsplit("#", 1)[-1], key if known else f"local {key}")
        rows.append(" | ".join(part for part in parts if part))
    return rows


def people(text: str) -> list[str]:
    """`Lò Văn Ín: Phó Bí thư @ Tỉnh ủy; former Giám đốc @ Sở Y tế`; a name alone where no post is given."""
    told = Told(text)
    posts = defaultdict(list)
    for tenure in told.typed("Tenure"):
        organ = [told.label(o) for o in told.of[tenure][str(ORG.organization)]]
        former = "former " if told.one(tenure, "former") == "true" else ""
        words = former + " @ ".join([told.one(tenure, "postTitle"), *organ])
        posts[told.of[tenure][str(ORG.member)][0]].append(words)
    return [
        f"{told.label(p)}: {'; '.join(posts[p])}" if posts[p] else told.label(p) for p in told.typed("Person")
    ]


def relations(text: str) -> list[str]:
    """`Plan 221-KH/TU implements Directive 32-CT/TW`."""
    told = Told(text)
    return [
        f"{told.short(d)} {name} {told.short(other)}"
        for d in told.papers()
        for name in RELATIONS
        for other in told.all(d, name)
    ]


def events(text: str) -> list[str]:
    """`Conference | --11-24 | by Tỉnh ủy | on Directive 25-CT/TW, … | chair A, speaker B`."""
    told = Told(text)
    rows = []
    for e in told.typed(*set(Lexicon.load().events) - {"LocalPoint"}):
        part: dict[str, list[str]] = defaultdict(list)
        for node in told.all(e, "hasParticipation"):
            for role in told.all(node, "role"):
                part[role.rsplit("#", 1)[1]] += [told.label(p) for p in told.all(node, "participant")]
        roles = [f"{role.lower()} {name}" for role in ROLES for name in part[role]]
        parts = (
            told.of[e][str(RDF.type)][0].rsplit("#", 1)[1],
            told.one(e, "heldOn") or told.one(e, "monthDay"),
            ", ".join(f"by {told.label(o)}" for o in told.all(e, "organisedBy")),
            ", ".join(f"on {told.short(d)}" for d in told.all(e, "disseminates")),
            ", ".join(roles),
        )
        rows.append(" | ".join(p for p in parts if p))
    return rows


def venues(text: str) -> list[str]:
    """`at tinh-lai-chau`, `point Đắk Lắk, tinh-dak-lak: chair A`; a place without address as written."""
    told = Told(text)

    def where(e: str) -> list[str]:
        return [place.rsplit("/", 1)[1] for place in told.all(e, "heldAt")] + told.all(e, "place")

    events = told.typed(*set(Lexicon.load().events) - {"LocalPoint"})
    rows = [f"at {place}" for e in events for place in where(e)]
    for point in told.typed("LocalPoint"):
        assert told.all(point, "subEventOf") == events
        there = [n for n in told.typed("Participation") if point in told.all(n, "atPoint")]
        roles = [told.one(n, "role").rsplit("#", 1)[1].lower() for n in there]
        people = [told.label(told.one(n, "participant")) for n in there]
        named = [f"{role} {person}" for role, person in zip(roles, people, strict=True)]
        label = told.label(point).removeprefix("Điểm cầu ")
        rows.append(f"point {', '.join([label, *where(point)])}" + (f": {', '.join(named)}" if named else ""))
    return rows


def signers(text: str) -> list[str]:
    """`Plan 317-KH/TU signed by A`."""
    told = Told(text)
    return [
        f"{told.short(d)} signed by {told.label(p)}" for d in told.papers() for p in told.all(d, "signedBy")
    ]


def tasks(text: str) -> list[str]:
    """`giver -> addressee: the task's words [Directive 25-CT/TW]`; "?" where nobody gives it."""
    told = Told(text)
    rows = []
    for t in told.typed("Task"):
        giver = ", ".join(told.label(o) for o in told.all(t, "assignedBy")) or "?"
        to = ", ".join(told.label(o) for o in told.all(t, "assignedTo"))
        about = ", ".join(told.short(d) for d in told.all(t, "concerns"))
        rows.append(f"{giver} -> {to}: {told.one(t, 'task')}" + (f" [{about}]" if about else ""))
    return rows


def statements(text: str) -> list[str]:
    """`speaker: the words [Directive 25-CT/TW]`."""
    told = Told(text)
    rows = []
    for s in told.typed("Statement"):
        documents = ", ".join(told.short(d) for d in told.all(s, "concerns"))
        words = f"{told.label(told.one(s, 'saidBy'))}: {told.one(s, 'words')}"
        rows.append(f"{words} [{documents}]" if documents else words)
    return rows


TABLES: dict[str, Callable[[str], list[str]]] = {
    read.__name__: read
    for read in (
        documents,
        dates,
        stamps,
        organs,
        people,
        relations,
        events,
        venues,
        signers,
        tasks,
        statements,
    )
}


def cells(name: str) -> list[tuple[int, list[str]]]:
    """The rows of a table with their line numbers."""
    lines = (CASES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [(n, line.split("\t")) for n, line in enumerate(lines, 1) if line and not line.startswith("#")]


def rows() -> list[object]:
    """Every row of every table; a third column says why it is not read right yet."""
    found: list[object] = []
    for name in TABLES:
        for line, row in cells(name):
            assert len(row) in (2, 3), f"{name}.tsv:{line}: text, tab, expected (tab, todo)"
            marks = [pytest.mark.xfail(reason=row[2], strict=True)] if len(row) == 3 else []
            found.append(pytest.param(name, row[0], row[1], id=f"{name}-{line}", marks=marks))
    return found


@pytest.mark.parametrize(("table", "text", "expected"), rows())
def test_table(table: str, text: str, expected: str) -> None:
    wanted = [] if expected == NOTHING else expected.split(BETWEEN)
    assert sorted(TABLES[table](text)) == sorted(wanted), text


def test_tables_hold_enough() -> None:
    """At least 300 rows, and no text twice: a table grows by new constructions."""
    for name in TABLES:
        texts = [row[0] for _, row in cells(name)]
        assert len(texts) == len(set(texts)), name
    assert len(rows()) >= 320
    assert {path.stem for path in CASES.glob("*.tsv")} == set(TABLES)


if __name__ == "__main__":
    for case in sys.argv[2:]:
        print(case, BETWEEN.join(TABLES[sys.argv[1]](case)) or NOTHING, sep="\t")
