"""What holds for every text: normalisation, shadows of equal length, keys and IRIs, and N-Quads escaping."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import rdflib
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kg.convert import Converter
from kg.identity import Mint, When, document_key
from kg.model import Article
from kg.recognise.names import LOWER, UPPER
from kg.relate.facts import iri, literal
from kg.vietnamese import bare, even, fold, nfc, outline, slug, stops

SYLLABLES = st.text("aăâeêioôơuưyđAĂÂEÊIOÔƠUƯYĐ\u0300\u0301\u0303\u0309\u0323 -–“”'qgh")
STORABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXTS = st.text(STORABLE) | SYLLABLES
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@calm
@given(TEXTS)
def test_a_shadow_is_as_long_as_its_text(text: str) -> None:
    """Spans found in a shadow are spans of the text."""
    for shadow in (even(nfc(text)), fold(nfc(text))):
        assert len(shadow) == len(nfc(text))


@calm
@given(TEXTS)
def test_an_outline_tells_of_each_character_what_expressions_ask(text: str) -> None:
    """Letters, digits, words, white space and the marks in names: so an expression finds the same in both."""
    assert len(outline(text)) == len(text)
    for kind, letter in zip(outline(text), even(text), strict=True):
        assert (kind == "A", kind == "a", kind == "0") == (
            letter in UPPER,
            letter in LOWER,
            letter.isdecimal(),
        )
        assert (kind.isalnum(), kind.isspace()) == (letter.isalnum() or letter == "_", letter.isspace())
        assert (kind if kind in " \n'-/,(" else "") == (letter if letter in " \n'-/,(" else "")


@calm
@given(TEXTS | st.text(".!?…;:\"'”’)]“‘ \n\u00a0aA1"))
def test_stops_tell_where_sentences_may_end(text: str) -> None:
    """A full stop, what may close behind one, and white space, each as one character."""
    assert len(stops(text)) == len(text)
    for kind, letter in zip(stops(text), text, strict=True):
        assert (kind == ".", kind == '"') == (letter in ".!?…", letter in "\"'”’)]")
        assert (kind == " ") == letter.isspace()


@calm
@given(TEXTS)
def test_shadows_are_stable_and_even_out_what_people_write_in_two_ways(text: str) -> None:
    composed = nfc(text)
    assert fold(fold(composed)) == fold(composed)
    assert even(even(composed)) == even(composed)
    assert fold(nfc(unicodedata.normalize("NFD", composed))) == fold(composed)
    assert bare(bare(composed)) == bare(composed)
    assert bare(composed) == bare(unicodedata.normalize("NFD", composed))


@calm
@given(TEXTS)
def test_a_slug_is_a_safe_segment_of_an_iri(text: str) -> None:
    made = slug(text)
    assert re.fullmatch(r"(?:[^\W_A-Z]+(?:-[^\W_A-Z]+)*)?", made)
    assert slug(made) == made
    ox.NamedNode(f"https://example.org/{made}")


@calm
@given(st.text(), st.text())
def test_article_iris_are_valid_and_differ_with_their_stems(one: str, other: str) -> None:
    mint = Mint("https://example.org/kg/")
    for stem in (one, other):
        path = ox.NamedNode(mint.article(stem)).value.removeprefix("https://example.org/kg/id/article/")
        assert not set("/?#") & set(path)
    assume(one != other)
    assert mint.article(one) != mint.article(other)


DAYS = st.dates(min_value=date(1930, 1, 1)).map(str)
SYMBOLS = st.sampled_from(["CT/TW", "KH/TU", "NQ/HU", "QĐ-UBND", "NĐ-CP", "CV", "QĐ/TW"])


@calm
@given(st.integers(1, 999).map(str), SYMBOLS, DAYS, st.sampled_from(["", "lai-chau", "ca-mau"]))
def test_a_key_is_a_function_of_what_identifies_a_document(
    number: str, symbol: str, day: str, series: str
) -> None:
    key = document_key(number, symbol, When(day=day), series)
    assert key == document_key(number, symbol, When(day=day), series)
    if key is not None:
        assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", key.slug())
        other = document_key(str(int(number) + 1), symbol, When(day=day), series)
        assert other is not None
        assert other.slug() != key.slug()


@calm
@given(st.lists(st.text(STORABLE), min_size=1, max_size=5))
def test_two_parsers_read_back_every_literal(texts: list[str]) -> None:
    lines = [f"{iri('urn:s')} {iri('urn:p')} {literal(text)} {iri('urn:g')} .\n" for text in texts]
    assert all(line.count("\n") == 1 for line in lines)
    found = {
        q.object.value
        for q in ox.parse("".join(lines), ox.RdfFormat.N_QUADS)
        if isinstance(q.object, ox.Literal)
    }
    assert found == set(texts)
    dataset = rdflib.Dataset().parse(data="".join(lines), format="nquads")
    assert {str(quad[2]) for quad in dataset.quads()} == set(texts)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(STORABLE, min_size=1, max_size=80))
def test_two_parsers_count_the_same_whatever_an_article_holds(words: str) -> None:
    text = f"Tin\n\nTỉnh ủy Cà Mau ban hành Kế hoạch số 15-KH/TU {words} thực hiện Chỉ thị số 83-CT/TW.\n"
    made = Converter().convert(Article("case", Path("case.txt"), nfc(text), "", "text"))
    for quads in (made.facts, made.claims):
        one = {str(quad) for quad in ox.parse(quads, ox.RdfFormat.N_QUADS)}
        other = list(rdflib.Dataset().parse(data=quads, format="nquads").quads())
        assert len(one) == len(other) == quads.count(b"\n")
