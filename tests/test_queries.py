"""Every saved query: its header, its text, its rows on two engines, and what it promises of the seeds."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg import ask, schema
from kg.ask.saved import VALUES_LINE
from kg.namespaces import PREFIXES
from kg.resources import ontology_dir, queries_dir
from kg.store import Store

BASE = "https://example.org/kg/"
CASE = Path(__file__).parent / "cases" / "ask" / "cascade.trig"
SEEDS = Path(__file__).parent.parent / "seeds"
GROUPS = {"cascade", "documents", "events", "evidence", "organs", "people", "quality", "tasks"}
QUERIES = ask.saved()

each_query = pytest.mark.parametrize("query", QUERIES, ids=[query.name for query in QUERIES])


@pytest.fixture(scope="module")
def store() -> Store:
    """The hand-written cascade with our ontology."""
    made = Store.in_memory(schema.nquads("ontology", BASE), base=BASE)
    made.engine.load(path=CASE, format=ox.RdfFormat.TRIG)
    return made


@pytest.fixture(scope="module")
def dataset(store: Store) -> Any:
    """The same graphs in rdflib."""
    from rdflib import Dataset

    made = Dataset(default_union=True)
    data = ox.serialize(store.quads(), format=ox.RdfFormat.N_QUADS)
    assert data is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib 7.6 warns of its own internals
        made.parse(data=data.decode(), format="nquads")
    return made


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The graph of the five articles."""
    builder = pytest.importorskip("kg.builder")
    pytest.importorskip("kg.convert")
    pytest.importorskip("kg.infer")
    folder = tmp_path_factory.mktemp("seeds") / "store"
    builder.build([SEEDS], folder)
    with Store.open(folder, read_only=True) as opened:
        yield opened


@cache
def ontology_terms() -> frozenset[str]:
    found: set[str] = set()
    for path in [*ontology_dir().glob("*.ttl"), *ontology_dir().glob("vocabulary/*.ttl")]:
        triples = ox.parse(path=path, format=ox.RdfFormat.TURTLE)
        found |= {quad.subject.value for quad in triples if isinstance(quad.subject, ox.NamedNode)}
    return frozenset(found)


def rdflib_rows(dataset: Any, text: str) -> Counter[tuple[str, ...]]:
    """The rows of rdflib, terms as plain comparable text."""

    def plain(term: Any) -> str:
        from rdflib import Literal

        if not isinstance(term, Literal):
            return str(term)
        lexical = str(term).removesuffix(".0")
        return f"{lexical}@{term.language}" if term.language else lexical

    return Counter(tuple("" if t is None else plain(t) for t in row) for row in dataset.query(text))


def our_rows(table: ask.Table) -> Counter[tuple[str, ...]]:
    def plain(term: Any) -> str:
        if term is None:
            return ""
        if isinstance(term, ox.Literal):
            return f"{term.value}@{term.language}" if term.language else term.value.removesuffix(".0")
        return str(term.value)

    return Counter(tuple(map(plain, row)) for row in table.rows)


def test_every_group_has_queries() -> None:
    assert {query.group for query in QUERIES} == GROUPS
    assert len(QUERIES) >= 24
    assert len(list(queries_dir().glob("*/*.rq"))) == len(QUERIES)


@each_query
def test_header_is_complete(query: ask.SavedQuery) -> None:
    assert query.title.keys() >= {"vi", "en"}
    assert query.description.keys() >= {"vi", "en"}
    assert query.tags
    assert query.expect["columns"]
    assert query.evidence in query.expect["columns"] or query.evidence in {p.name for p in query.params}
    for parameter in query.params:
        assert parameter.label.keys() >= {"vi", "en"}
        assert parameter.optional == (parameter.default == "UNDEF") or parameter.default != "UNDEF"
        assert bool(parameter.entity_class) or parameter.kind != "iri" or query.group == "evidence"
    assert {line["name"] for line in VALUES_LINE.finditer(query.text)} >= {p.name for p in query.params}


@each_query
def test_text_is_plain_sparql_of_our_ontology(query: ask.SavedQuery) -> None:
    from rdflib.plugins.sparql import prepareQuery

    prepareQuery(query.text)
    body = "\n".join(line for line in query.text.splitlines() if not line.startswith(("#", "PREFIX")))
    assert not re.search(r"\b(SERVICE|FROM)\b", body)
    declared = dict(re.findall(r"^PREFIX (\w+): <([^>]+)>$", query.text, re.MULTILINE))
    used = re.findall(r"(?<![\w:])([a-z]+):([A-Za-z][\w-]*)", re.sub(r'"[^"]*"|<[^>]*>', "", body))
    assert {prefix for prefix, _ in used} == declared.keys()
    assert declared.items() <= PREFIXES.items()
    unknown = {f"ckg:{name}" for prefix, name in used if prefix == "ckg"} - {
        f"ckg:{iri.removeprefix(PREFIXES['ckg'])}" for iri in ontology_terms()
    }
    assert not unknown


@each_query
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib 7.6 warns of its own internals
def test_rows_are_the_same_on_rdflib_and_none_twice(
    query: ask.SavedQuery, store: Store, dataset: Any
) -> None:
    table = ask.run(store, query)
    rows = our_rows(table)
    assert rdflib_rows(dataset, ask.bind(store, query)) == rows
    assert set(rows.values()) <= {1}
    assert list(table.columns) == query.expect["columns"]


@each_query
def test_what_is_expected_holds_on_the_seeds(query: ask.SavedQuery, seeds: Store) -> None:
    table = ask.run(seeds, query)
    assert list(table.columns) == query.expect["columns"]
    assert query.expect.get("min_rows", 0) <= len(table) <= query.expect.get("max_rows", len(table))
    assert len(set(table.rows)) == len(table)


ROWS: list[tuple[str, dict[str, ask.Value], set[tuple[str, ...]]]] = [
    # query, parameters, the cells of some columns as "column=text" that one row must have together
    (
        "cascade/tree",
        {},
        {("document=Kế hoạch số 07-KH/TU", "days=42", "status=stated", "articles=2", "depth=1")},
    ),
    ("cascade/tree", {}, {("document=Kế hoạch số 07-KH/TU", "days=-39")}),
    ("cascade/implementers", {}, {("issuer=Ban Thường vụ Tỉnh uỷ Sông Mây", "direct=true", "status=stated")}),
    (
        "cascade/implementers",
        {},
        {("issuer=Tỉnh ủy Sông Mây", "direct=false", "status=inferred", "articles=0")},
    ),
    (
        "cascade/provinces-count",
        {"directive": "32-CT/TW"},
        {("provinces=1", "documents=1", "first=2019-01-10")},
    ),
    ("cascade/not-yet", {}, {("province=Tỉnh Biển Xanh", "code=02")}),
    ("cascade/not-yet", {"asOf": "1/7/2025"}, {("province=Tỉnh Biển Xanh",)}),
    ("cascade/lag-days", {}, {("documents=1", "least=-39", "median=-39", "most=42")}),
    ("cascade/lag-to-conference", {}, {("document=Chỉ thị số 32-CT/TW", "days=208")}),
    ("cascade/missing-link", {}, {("document=Chỉ thị số 12-CT/TW", "organiser=Tỉnh ủy Sông Mây")}),
    ("documents/by-short-name", {"type": "chi thi", "number": "12"}, {("issued=2017-01-05", "articles=0")}),
    ("documents/undated", {}, {("document=Chỉ thị 12", "notAfter=2019-09-14")}),
    ("documents/same-number", {}, {("code=12-CT/TW", "issued=2017-01-05", "otherIssued=2022-01-05")}),
    ("documents/amended-by", {}, {("relation=thay thế", "status=stated", "articles=1")}),
    ("organs/issued", {"organ": "bct"}, {("document=Chỉ thị số 32-CT/TW", "articles=2")}),
    ("organs/unresolved", {}, {("name=Tỉnh ủy", "article=Sông Mây quán triệt Chỉ thị 32")}),
    (
        "organs/changed",
        {},
        {("old=Tỉnh Sông Mây", "until=2025-07-01", "new=Tỉnh Biển Xanh", "from=2025-07-01")},
    ),
    (
        "events/conferences",
        {"document": "chỉ thị 32"},
        {("event=Hội nghị ở Đá Bạc", "monthDay=--10-02", "held=")},
    ),
    ("events/who-attended", {}, {("participant=Lê Thị Hòa", "post=Bí thư")}),
    ("events/same-event", {}, {("event=Hội nghị 14/9", "rule=Cùng một sự kiện", "status=inferred")}),
    ("people/posts-over-time", {}, {("post=Bí thư", "former=true", "published=2019-09-14")}),
    ("people/who-chairs", {"role": "ckg:Chair"}, {("participant=Lê Thị Hòa", "events=1", "documents=2")}),
    ("tasks/assigned", {"addressee": "HUYỆN"}, {("to=các huyện ủy", "under=Kế hoạch số 07-KH/TU")}),
    ("tasks/reports-due", {}, {("recurrence=hằng năm",)}),
    ("evidence/agreement", {}, {("subject=Kế hoạch số 07-KH/TU", "predicate=thực hiện", "articles=2")}),
    ("evidence/why", {"subject": "07-KH/TU", "predicate": "ckg:issuedOn"}, {("start=31", "end=123")}),
    ("quality/contradictions", {}, {("kind=two values", "value=2019-01-10", "other=2019-04-01")}),
    ("quality/contradictions", {}, {("kind=before what it carries out", "value=2019-01-10")}),
    ("quality/unresolved-documents", {}, {("document=Chỉ thị 12", "possible=Chỉ thị số 12-CT/TW")}),
]


@pytest.mark.parametrize(("name", "params", "wanted"), ROWS)
def test_rows(name: str, params: dict[str, ask.Value], wanted: set[tuple[str, ...]], store: Store) -> None:
    table = ask.run(store, name, params)
    names = ask.labels(store, {t.value for row in table.rows for t in row if isinstance(t, ox.NamedNode)})
    shown = [
        {
            f"{column}={'' if term is None else names.get(term.value, term.value)}"  # type: ignore[union-attr]
            for column, term in zip(table.columns, row, strict=True)
        }
        for row in table.rows
    ]
    for cells in wanted:
        assert any(set(cells) <= row for row in shown), shown


def test_a_province_that_carried_it_out_is_not_among_those_that_did_not(store: Store) -> None:
    found = ask.run(store, "cascade/not-yet").dicts()
    assert [row["province"] for row in found] == [f"{BASE}id/territory/tinh-bien-xanh"]


def test_facts_without_a_sentence_are_found(store: Store) -> None:
    found = ask.run(store, "quality/without-evidence").dicts()
    unsupported = {(row["subject"].rpartition("/")[2], row["predicate"].rpartition("#")[2]) for row in found}
    assert ("kh-7-tu-song-may-2019", "subjectMatter") in unsupported
    assert ("kh-7-tu-song-may-2019", "issuedBy") not in unsupported
