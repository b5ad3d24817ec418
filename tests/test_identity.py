"""What is one document and what is another: collisions of numbers, terms, boundary days, spellings."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.convert import Converter
from kg.identity import (
    TERMS,
    DocumentKey,
    Mint,
    When,
    document_key,
    national_term,
    near_term_start,
    provincial_term,
    term_number,
)
from kg.lexicon import Lexicon
from kg.model import Article
from kg.namespaces import CKG, DEFAULT_BASE
from kg.resources import ontology_dir

CASES = Path(__file__).parent / "cases" / "identity.tsv"


def cases() -> list[tuple[str, ...]]:
    """(line, thing, day of the article, sentence, tail of the address), and maybe why it is not right yet."""
    lines = CASES.read_text(encoding="utf-8").splitlines()
    return [
        (str(n), *line.split("\t")) for n, line in enumerate(lines, 1) if line and not line.startswith("#")
    ]


def addresses(day: str, sentence: str) -> set[str]:
    """Tails of the IRIs of the documents that a page of that day names; "local" for the article's own."""
    stamp = f"Tin trong ngày\n\n{day[8:]}/{day[5:7]}/{day[:4]} 09:15\n\n" if day != "-" else ""
    article = Article("case", Path("case.txt"), stamp + sentence, "")
    found = set()
    for quad in ox.parse(Converter().convert(article).facts, ox.RdfFormat.N_QUADS):
        if quad.predicate.value == str(CKG.documentNumber):
            address = str(quad.subject).strip("<>")
            known = address.startswith(f"{DEFAULT_BASE}id/document/")
            found.add(address.rsplit("/", 1)[1] if known else "local")
    return found


@pytest.mark.parametrize(
    ("day", "sentence", "address"),
    [
        pytest.param(
            *row[2:5],
            id=f"identity-{row[0]}",
            marks=[pytest.mark.xfail(reason=row[5], strict=True)] if len(row) > 5 else [],
        )
        for row in cases()
    ],
)
def test_the_address_of_a_document(day: str, sentence: str, address: str) -> None:
    assert addresses(day, sentence) == {address}


def test_one_thing_one_address() -> None:
    things = defaultdict(set)
    for _, thing, _, _, address, *_ in cases():
        if address != "local":
            things[thing].add(address)
    assert [thing for thing, found in things.items() if len(found) > 1] == []
    every = [address for found in things.values() for address in found]
    assert len(every) == len(set(every))


def test_terms_are_those_of_the_register() -> None:
    graph = ox.parse(path=str(ontology_dir() / "register" / "terms.ttl"), format=ox.RdfFormat.TURTLE)
    rows: dict[str, dict[str, str]] = defaultdict(dict)
    for quad in graph:
        if isinstance(quad.object, ox.Literal):
            rows[str(quad.subject)][quad.predicate.value] = quad.object.value
    register = sorted(
        (int(row[str(CKG.ordinal)]), row[str(CKG.validFrom)])
        for row in rows.values()
        if str(CKG.ordinal) in row
    )
    assert register == sorted(TERMS)


@pytest.mark.parametrize(("number", "first"), TERMS)
def test_a_term_begins_on_its_first_day(number: int, first: str) -> None:
    day = date.fromisoformat(first)
    assert national_term(first) == number
    assert national_term((day - timedelta(days=1)).isoformat()) == (number - 1 if number > TERMS[0][0] else 0)
    assert near_term_start(first)
    assert not near_term_start((day + timedelta(days=190)).isoformat())


def test_no_term_is_known_before_the_first() -> None:
    assert national_term("1979-09-20") == 0
    assert not near_term_start("1979-09-20")
    assert document_key("20", "NQ/TW", When("1979-09-20"), "") is None


@pytest.mark.parametrize(
    ("day", "year"),
    [
        ("2004-12-31", 0),
        ("2005-12-31", 0),  # in the months of congresses
        ("2006-01-01", 2005),
        ("2010-07-31", 2005),
        ("2010-08-01", 0),
        ("2011-01-01", 2010),
        ("2015-10-20", 0),
        ("2016-02-01", 2015),
        ("2020-07-31", 2015),
        ("2020-12-31", 0),
        ("2021-01-01", 2020),
        ("2026-01-01", 2025),
    ],
)
def test_a_provincial_term_is_settled_outside_the_months_of_congresses(day: str, year: int) -> None:
    assert provincial_term(day) == year


def test_an_undated_number_is_of_the_term_that_is_stated_or_of_a_known_document_of_the_pages_term() -> None:
    known = {("12", "CT/TW"): ["2007-05-03", "2017-01-05", "2022-01-05"]}

    def term(when: When, number: str = "12") -> str:
        key = document_key(number, "CT/TW", when, "", known)
        return key.term if key else ""

    assert term(When(published="2018-05-01")) == "k12"
    assert term(When(published="2022-06-15")) == "k13"
    assert term(When(term=10, published="2022-06-15")) == "k10"
    assert term(When(term=3)) == ""  # a term before those that are known
    assert term(When("2017-01-05", 10)) == "k12"  # its own day beats all
    assert term(When(published="2021-03-01")) == ""  # none of the new term was known by then
    assert (
        term(When(published="2022-06-15"), "13") == ""
    )  # the register knows no such number: it may be older
    assert term(When()) == ""


@pytest.mark.parametrize(
    ("number", "symbol", "published", "slug"),
    [
        ("05", "CT/TW", "2019-07-01", "ct-05-tw-k12"),
        ("05", "CT/TW", "2024-07-01", ""),  # of the term before: a candidate only
        ("35", "CT/TW", "2020-02-01", "ct-35-tw-k12"),
        ("35", "CT/TW", "2024-02-01", ""),  # the one of this term is younger than the page
        ("35", "CT/TW", "2025-02-01", "ct-35-tw-k13"),
        ("13", "CT/TW", "2018-03-01", "ct-13-tw-k12"),
        ("57", "NQ/TW", "2025-06-01", "nq-57-tw-k13"),
        ("40", "CT/TW", "2015-06-01", "ct-40-tw-k11"),
        ("40", "CT/TW", "2025-02-01", ""),  # that on policy credit is meant, not that on Tết of 2024
        ("99", "CT/TW", "2025-06-01", ""),
        ("29", "NQ/TW", "2015-06-01", "nq-29-tw-k11"),
        ("29", "NQ/TW", "2025-10-03", ""),  # resolutions last: that of 2013 is cited more than that of 2022
        ("18", "NQ/TW", "2018-06-01", "nq-18-tw-k12"),
        ("18", "NQ/TW", "2024-12-20", ""),
        ("27", "NQ/TW", "2024-05-01", ""),
    ],
)
def test_the_register_tells_an_undated_number(number: str, symbol: str, published: str, slug: str) -> None:
    key = document_key(number, symbol, When(published=published), "", Lexicon.load().known_documents)
    assert (key.slug() if key else "") == slug


def test_the_first_directive_of_a_term_may_be_of_the_last_day_of_the_congress() -> None:
    key = document_key("01", "CT/TW", When("2026-01-23"), "")
    assert key is not None
    assert key.slug() == "ct-01-tw-k14"


def test_terms_are_read_as_papers_write_them() -> None:
    numerals = ("VII", "viii", "IX", "X", "XI", "XII", "XIII", "xiv")
    assert [term_number(n) for n in numerals] == list(range(7, 15))
    assert term_number("13") == 13


def test_series_and_year_are_part_of_the_key() -> None:
    day = When("2019-04-04")
    assert document_key("150", "KH/TU", day, "") is None
    assert document_key("150", "KH/UBND", day, "") is None
    page = When(published="2019-04-04")
    assert document_key("150", "KH-UBND", page, "ca-mau") is None  # a year that only the page has
    assert document_key("37/2018", "NQ/TW", day, "") is None  # a state number with a symbol of the Party
    law = document_key("257/2025", "QH15", When(), "")
    assert law == DocumentKey("257-2025", "QH15", "", "", "")
    decree = document_key("030/2020", "NĐ-CP", When(), "ca-mau")
    assert decree is not None
    assert decree.slug() == "nd-30-2020-cp"


def test_decisions_and_regulations_of_one_number_are_two() -> None:
    day = When("2017-02-06")
    keys = {document_key("66", "QĐ/TW", day, "", kind=kind) for kind in ("Decision", "Regulation")}
    assert len(keys) == 2
    keys = {document_key("66", f"{symbol}/TW", day, "", kind="Regulation") for symbol in ("QĐ", "QĐi", "QyĐ")}
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("stem", "segment"),
    [
        ("tin-01", "tin-01"),
        ("Lễ hội", "L%E1%BB%85%20h%E1%BB%99i"),
        ("a b/c", "a%20b%2Fc"),
        ("..", ".."),
        ('x"><y', "x%22%3E%3Cy"),
        ("a\nb", "a%0Ab"),
        ("\udcff", "%ED%B3%BF"),
        ("\U0001f600\uffff", None),
    ],
)
def test_a_stem_is_one_segment_of_a_valid_iri(stem: str, segment: str | None) -> None:
    address = Mint().article(stem)
    tail = address.removeprefix(f"{DEFAULT_BASE}id/article/")
    assert "/" not in tail
    ox.NamedNode(address)  # raises for what no IRI may hold
    if segment is not None and stem.isascii():
        assert tail == segment


def test_everything_is_minted_under_the_base() -> None:
    mint = Mint("https://kg.example/")
    article = mint.article("tin")
    assert article == "https://kg.example/id/article/tin"
    assert mint.resource("organ", "bo-chinh-tri") == "https://kg.example/id/organ/bo-chinh-tri"
    assert mint.local(article, "task", "1") == "https://kg.example/id/article/tin/task/1"
    assert mint.graph("inferred") == "https://kg.example/graph/inferred"
