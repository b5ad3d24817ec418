"""What makes conversion fast gives what the plain way gives: patterns of many words, digits, bisection."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.expressions import SPACELESS, WORD, any_of
from kg.model import Span
from kg.recognise.dates import digits
from kg.recognise.spans import between
from kg.relate.constructions import CONSTRUCTIONS, Construction

LETTERS = st.text("abđ .,", min_size=1, max_size=5)


def spans(pattern: str, text: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(pattern, text)]


@given(st.lists(LETTERS, max_size=8), st.text("abđ .,", max_size=40), st.sampled_from(["", WORD, SPACELESS]))
def test_as_an_alternation(words: list[str], text: str, not_behind: str) -> None:
    plain = "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"
    before = f"(?<!{not_behind})" if not_behind else ""
    for after in ("", r"(?!\w)", "a"):
        assert spans(any_of(words, not_behind=not_behind) + after, text) == spans(
            f"{before}(?:{plain}){after}", text
        )


def test_words_are_taken_literally() -> None:
    assert re.fullmatch(any_of(["t.ư", "(a|b)"]), "(a|b)")
    assert not re.fullmatch(any_of(["t.ư"]), "tsư")
    assert not re.search(any_of([]), "")


@pytest.mark.parametrize("construction", CONSTRUCTIONS, ids=lambda c: c.template[:40])
def test_a_construction_needs_all_its_cues(construction: Construction) -> None:
    """It is tried only where forms of all of them stand: so none may be left out or be one of several.

    Light words, which may stand there or not, are none of its cues.
    """
    asserted = re.sub(r"\(\?!.*?\)", "", construction.template)
    asserted = re.sub(r"\{([a-z-]+)\}", lambda m: m[0] if m[1] in construction.cues else "nhẹ", asserted)
    assert not re.search(r"\([^()]*\{[a-z-]+\}[^()]*\)(?:[?*]|\{0)", asserted)
    assert not re.search(r"\{[a-z-]+\}[^()]*\||\|[^()]*\{[a-z-]+\}", asserted)


@given(st.text(st.characters() | st.sampled_from("0123456789 đ/."), max_size=60))
def test_runs_of_digits(text: str) -> None:
    assert digits(text) == spans("[0-9]+", text)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5))), st.integers(0, 30), st.integers(0, 30))
def test_items_between(starts: list[tuple[int, int]], start: int, end: int) -> None:
    items = [Span(at, at + length) for at, length in sorted(starts)]
    assert list(between(items, start, end)) == [x for x in items if start <= x.start < end]
