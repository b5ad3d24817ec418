"""Cards, cascades with holes and cycles, and the sentences behind facts."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import explain, schema, show
from kg.errors import QueryError
from kg.show.cascade import days_between
from kg.store import Store

BASE = "https://example.org/kg/"
CASE = Path(__file__).parent / "cases" / "ask" / "cascade.trig"


@pytest.fixture(scope="module")
def store() -> Store:
    made = Store.in_memory(schema.nquads("ontology", BASE), base=BASE)
    made.engine.load(path=CASE, format=ox.RdfFormat.TRIG)
    return made


def fields(card: show.Card) -> dict[str, list[str]]:
    return {field.name: [entry.text for entry in field.entries] for field in card.fields}


# ------------------------------------------------------------------ cards
def test_document_card(store: Store) -> None:
    card = show.card(store, "07-KH/TU")
    assert (card.label, card.kind, card.articles) == ("Kế hoạch số 07-KH/TU", "Kế hoạch", 2)
    shown = fields(card)
    assert shown["Ngày"] == ["2019-01-10", "2019-04-01"]
    assert shown["Cơ quan ban hành"] == ["Ban Thường vụ Tỉnh uỷ Sông Mây"]
    assert shown["Thực hiện"] == ["Chỉ thị số 32-CT/TW"]
    (carried,) = next(field for field in card.fields if field.name == "Thực hiện").entries
    assert (carried.articles, carried.status) == (2, "stated")


def test_holes_are_said(store: Store) -> None:
    vi, en = (show.render(show.card(store, "kế hoạch 3", lang), lang) for lang in ("vi", "en"))
    assert re.search(r"^  Ngày +chưa thấy$", vi, re.MULTILINE)
    assert re.search(r"^  Cơ quan ban hành +Tỉnh ủy Sông Mây  \(suy luận\)$", vi, re.MULTILINE)
    assert re.search(r"^  Date +not seen$", en, re.MULTILINE)
    assert "(inferred)" in en


def test_cascade_tree(store: Store) -> None:
    card = show.card(store, "32-CT/TW")
    root = card.tree
    assert root is not None
    (plan,) = root.children
    assert (plan.dates, plan.days, plan.articles, plan.inferred) == (
        ["2019-01-10", "2019-04-01"],
        [-39, 42],
        2,
        False,
    )
    assert [event.iri.rpartition("/article/")[2] for event in root.events] == ["a/event/1", "b/event/1"]
    assert root.events[0].days == [208]
    text = show.render(card)
    tree = text.partition("Triển khai\n")[2].splitlines()
    assert tree[0] == "  Trung ương · Chỉ thị số 32-CT/TW · Bộ Chính trị · 2019-02-18"
    assert tree[1].startswith("  ├── ◇ Hội nghị 14/9 · 2019-09-14 · Tỉnh ủy Sông Mây · +208 ngày")
    assert tree[2].startswith("  ├── ◇ Hội nghị ở Đá Bạc · --10-02")
    assert tree[3].endswith("2019-01-10 / 2019-04-01 · −39 / +42 ngày trước văn bản gốc!")
    assert "Kế hoạch 3 · Tỉnh ủy Sông Mây · ngày: chưa thấy" in tree[4]


def test_a_cycle_ends(store: Store) -> None:
    text = show.render(show.card(store, "kế hoạch 3"))
    assert text.count("Kế hoạch 4") >= 1
    assert text.count("(đã nêu ở trên)") == 1


def test_an_inferred_step_is_dashed() -> None:
    graph = "https://example.org/kg/graph/inferred"
    implements, kind = "<https://w3id.org/cascade-kg/ontology#implements>", "<urn:kind>"
    quads = f"<urn:b> {implements} <urn:a> <{graph}> .\n<urn:b> {kind} <urn:k> <{graph}> .\n"
    tree = show.cascade(Store.in_memory(quads, base=BASE), "urn:a")
    assert [child.inferred for child in tree.children] == [True]
    card = show.Card("urn:a", "A", "", (), tree=tree)
    assert "└╌╌ urn:b · cơ quan: chưa thấy · ngày: chưa thấy · (suy luận)" in show.render(card)


@pytest.mark.parametrize(
    ("entity", "lines"),
    [
        ("tinh uy song may", ["Cấp tỉnh  (danh bạ)", "2019-09-14  Hội nghị 14/9", "Kế hoạch 3"]),
        ("Lê Thị Hòa", ["2019-09-14  nguyên  Bí thư  Tỉnh ủy Sông Mây", "Chủ trì  Hội nghị 14/9"]),
        (
            "Hội nghị 14/9",
            ["Hội trường Tỉnh ủy", "Hội nghị ở Đá Bạc  (suy luận)", "Chủ trì  Lê Thị Hòa  Bí thư"],
        ),
        ("Hội nghị ở Đá Bạc", ["--10-02", "Cơ quan tổ chức  chưa thấy", "Địa điểm  chưa thấy"]),
        ("https://example.org/kg/id/article/b", ["Ngày đăng  chưa thấy", "thực hiện"]),
        (
            "https://example.org/kg/id/article/a/task/1",
            ["hằng năm", "các huyện ủy", "Hạn  chưa thấy"],
        ),
        ("Tỉnh Sông Mây", ["2025-07-01  (danh bạ)", "Tỉnh Biển Xanh"]),
        ("https://example.org/kg/id/article/a/tenure/1", ["chức danh", "Bí thư", "true"]),
    ],
)
def test_cards_of_other_things(entity: str, lines: list[str], store: Store) -> None:
    text = show.render(show.card(store, entity))
    squeezed = re.sub(r"  +", "  ", text)
    assert [line for line in lines if line not in squeezed] == []


def test_an_unknown_iri_is_told(store: Store) -> None:
    with pytest.raises(QueryError, match="nothing is known of <urn:x:y>"):
        show.card(store, "urn:x:y")


def test_days_between_passes_over_what_is_no_day() -> None:
    assert days_between(["2019-02-18", "--02-18"], ["2019-02-20", "2019"]) == [2]
    assert days_between([], ["2019-02-20"]) == []


# ------------------------------------------------------------------ explanations
def test_a_stated_fact_gives_its_sentences(store: Store) -> None:
    (fact,) = explain.explain(store, "07-KH/TU", "implements")
    assert fact.words == "Kế hoạch số 07-KH/TU — thực hiện — Chỉ thị số 32-CT/TW"
    assert [(s.stem, s.start, s.published) for s in fact.sentences] == [
        ("a", 31, "2019-09-14"),
        ("b", 22, ""),
    ]
    assert not fact.inferred
    marked = [explain.marked(sentence, ("«", "»")) for sentence in fact.sentences]
    assert "«thực hiện» Chỉ thị 32" in marked[0]  # the claim's own words
    assert marked[1] == "«Kế hoạch số 07-KH/TU» thực hiện «Chỉ thị số 32-CT/TW» đã rõ."  # else the names


def test_offsets_of_the_words_are_used(store: Store) -> None:
    facts = explain.explain(store, "07-KH/TU", "ngày ban hành", "2019-04-01")
    assert ["Ngày «1/4/2019», " in explain.render(facts)] == [True]
    (sentence,) = facts[0].sentences
    assert [sentence.text[span.start : span.end] for span in sentence.spans] == ["1/4/2019"]


@pytest.mark.parametrize(
    "predicate",
    [
        "issuedBy",
        "ISSUEDBY",
        "ckg:issuedBy",
        "https://w3id.org/cascade-kg/ontology#issuedBy",
        "do … ban hành",
        "ban hành",
    ],
)
def test_the_predicate_in_many_ways(predicate: str, store: Store) -> None:
    found = explain.explain(store, "07-KH/TU", predicate, "btv tinh uy song may")
    assert "Kế hoạch số 07-KH/TU do Ban Thường vụ Tỉnh uỷ Sông Mây ban hành" in {fact.words for fact in found}


def test_an_inferred_fact_gives_rule_and_grounds(store: Store) -> None:
    (fact,) = explain.explain(store, "07-KH/TU", "numberedBy")
    assert fact.inferred
    assert fact.rule.endswith("rule-standing-body")
    assert {ground.predicate.rpartition("#")[2] for ground in fact.grounds} == {"issuedBy", "symbol", ""}
    symbol = next(ground for ground in fact.grounds if ground.predicate.endswith("symbol"))
    assert symbol.grounds == ()  # it rests on the fact above: told once
    text = explain.render([fact])
    assert "quy tắc: " in text
    assert "dựa trên:" in text
    assert "Ban Thường vụ Tỉnh uỷ Sông Mây" in text
    assert "resting on:" in explain.render(explain.explain(store, "07-KH/TU", "numberedBy", lang="en"), "en")


def test_a_person_is_explained_by_the_claims_that_name_them(store: Store) -> None:
    (fact,) = explain.explain(store, "Lê Thị Hòa")
    assert fact.subject.endswith("/tenure/1")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("07-KH/TU", "heldOn"), "no claim has a property called 'heldOn'"),
        (("07-KH/TU", "implements", "Bộ Chính trị"), "no claim says 'Bộ Chính trị' of '07-KH/TU'"),
        (("Tỉnh Biển Xanh",), "names 2 things"),
        (("bct",), "no claim about 'bct'"),
    ],
)
def test_what_cannot_be_explained_is_told(args: tuple[str, ...], message: str, store: Store) -> None:
    with pytest.raises(QueryError, match=message):
        explain.explain(store, *args)
