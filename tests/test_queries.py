"""Every saved query: its header, its text, its rows on two engines, and what it promises of the seeds."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg import ask, schema
from kg.ask.lint import check, lint
from kg.ask.new import create, template
from kg.cli import run
from kg.errors import QueryError
from kg.resources import queries_dir
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
    assert len(QUERIES) >= 25
    assert next(iter(ask.groups())) == "cascade"
    assert all(titles.keys() >= {"vi", "en"} for titles in ask.groups().values())
    assert len(list(queries_dir().glob("*/*.rq"))) == len(QUERIES)


@each_query
def test_lint_finds_nothing(query: ask.SavedQuery) -> None:
    assert lint(query) == []


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
    assert check(query, seeds) == []


NOWHERE: dict[str, ask.Value] = {
    "iri": "<urn:nowhere>", "string": "không có", "xsd:date": "2999-01-01", "xsd:integer": 999999,
}  # fmt: skip
PARAMETERS = [(query, parameter) for query in QUERIES for parameter in query.params]


@pytest.mark.parametrize(
    ("query", "parameter"), PARAMETERS, ids=[f"{q.name}:{p.name}" for q, p in PARAMETERS]
)
def test_every_parameter_reaches_its_pattern(
    query: ask.SavedQuery, parameter: ask.Parameter, seeds: Store, store: Store
) -> None:
    """Also those in sub-SELECTs: a value that nothing has changes the rows."""
    asked = {parameter.name: NOWHERE[parameter.kind]}
    rows = [(ask.run(graph, query).rows, ask.run(graph, query, asked).rows) for graph in (seeds, store)]
    assert any(usual != other for usual, other in rows)


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


def test_a_task_stands_under_what_it_concerns_and_nothing_else(seeds: Store) -> None:
    """A task that concerns no document once stood under whatever the graph had resolved."""
    table = ask.run(seeds, "tasks/assigned").dicts()
    told = {(row["task"], row.get("under")) for row in table}
    concerned = seeds.query(
        "PREFIX ckg: <https://w3id.org/cascade-kg/ontology#> "
        "SELECT ?task ?under { ?task ckg:concerns/ckg:resolvedTo? ?under }"
    )
    stated = {(task.value, under.value) for task, under in concerned}  # type: ignore[union-attr]
    assert {pair for pair in told if pair[1]} <= stated
    assert any(not under for _, under in told)
    assert ask.run(seeds, "tasks/assigned", {"addressee": "HUYỆN"}).rows
    assert all("to" in row for row in ask.run(seeds, "tasks/assigned", {"addressee": "e"}).dicts())


def test_facts_without_a_sentence_are_found(store: Store) -> None:
    found = ask.run(store, "quality/without-evidence").dicts()
    unsupported = {(row["subject"].rpartition("/")[2], row["predicate"].rpartition("#")[2]) for row in found}
    assert ("kh-7-tu-song-may-2019", "subjectMatter") in unsupported
    assert ("kh-7-tu-song-may-2019", "issuedBy") not in unsupported


# ------------------------------------------------------------------ the lint finds what is wrong
SOUND = """#+ title: {vi: "Tên", en: "Names"}
#+ description: {vi: "Tên của văn bản.", en: "Names of documents."}
#+ tags: [documents]
#+ params:
#+   type: {type: iri, class: ckg:Document, optional: true, label: {vi: "Loại", en: "Type"}}
#+ evidence: document
#+ expect: {columns: [document, name], min_rows: 1}
PREFIX ckg: <https://w3id.org/cascade-kg/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?document ?name WHERE {
  VALUES ?type { UNDEF }
  ?document ckg:documentNumber ?number ; rdfs:label ?name ; a ?type .
}
"""
BROKEN = [
    # what is replaced, by what, what the lint says
    ('title: {vi: "Tên", en: "Names"}', 'title: {vi: "Tên"}', "no title in 'en'"),
    (', en: "Names of documents."', "", "no description in 'en'"),
    ("tags: [documents]", "tags: []", "no tags"),
    ('vi: "Loại", en: "Type"', 'vi: "Loại"', "no label in 'en'"),
    ("ckg:Document,", "ckg:Dokument,", "has no class"),
    ("type: iri", "type: string", "has a class but is no iri"),
    (", optional: true", "", "must be optional"),
    ("; a ?type", "", "used nowhere but in its VALUES line"),
    ("type", "limit", "a name that addresses use"),
    ("evidence: document", "evidence: other", "evidence column 'other'"),
    ("#+ evidence: document\n", "", "no evidence column"),
    (", min_rows: 1", "", "neither min_rows nor max_rows"),
    ("columns: [document, name], ", "", "expect has no columns"),
    ("ckg:documentNumber", "ckg:documentNumbr", "no term ckg:documentNumbr"),
    ("<http://www.w3.org/2000/01/rdf-schema#>", "<urn:other#>", "not one of ours"),
    ("; rdfs:label ?name", "", "declared and not used"),
    ("WHERE {", "FROM <urn:g> WHERE {", "FROM is not allowed"),
    ("; a ?type .", "; a ?type . SERVICE <http://x> { ?s ?p ?o }", "SERVICE is not allowed"),
    ("SELECT DISTINCT", "SELEKT DISTINCT", "not valid SPARQL"),
    (
        "; a ?type .",
        "; a ?type . OPTIONAL { ?document ckg:issuedBy ?by } OPTIONAL { ?by ckg:level ?level }",
        "joined by ?by alone",
    ),
    (
        "; a ?type .",
        "; a ?type . OPTIONAL { ?document ckg:issuedBy ?by } FILTER EXISTS { ?by ckg:level ?level }",
        "joined by ?by alone",
    ),
    (
        "; a ?type .",
        "; a ?type . OPTIONAL { SELECT (MAX(?x) AS ?day) { ?d ckg:issuedOn ?x } }"
        " OPTIONAL { ?other ckg:issuedOn ?day }",
        "joined by ?day alone",
    ),
]
JOINED = [  # what looks alike, and is joined by what every row binds
    "OPTIONAL { ?document ckg:issuedBy ?by OPTIONAL { ?by ckg:level ?level } }",
    "OPTIONAL { ?document ckg:issuedBy ?by } OPTIONAL { ?document ckg:issuedBy ?by . ?by ckg:level ?level }",
    "OPTIONAL { ?document ckg:resolvedTo ?to } BIND(COALESCE(?to, ?document) AS ?it) "
    "OPTIONAL { ?it ckg:code ?c }",
    "OPTIONAL { SELECT ?document (COUNT(*) AS ?n) { ?document ckg:code ?c } GROUP BY ?document }",
    "{ ?document ckg:issuedBy ?by } UNION { ?document ckg:signedBy ?by } OPTIONAL { ?by ckg:level ?l }",
    "OPTIONAL { ?document ckg:code ?c } FILTER NOT EXISTS { ?document ckg:code ?d FILTER(?c < ?d) }",
    "GRAPH ?g { ?document ckg:code ?c } OPTIONAL { ?g ckg:mentions ?any }",
]


def test_a_sound_query_has_no_finding(store: Store) -> None:
    query = ask.parse(SOUND, "documents/names")
    assert lint(query) == []
    assert check(query, store) == []


@pytest.mark.parametrize(("old", "new", "finding"), BROKEN, ids=[finding for *_, finding in BROKEN])
def test_lint_finds(old: str, new: str, finding: str) -> None:
    assert old in SOUND
    found = lint(ask.parse(SOUND.replace(old, new), "documents/names"))
    assert any(finding in one for one in found), found


@pytest.mark.parametrize("pattern", JOINED)
def test_lint_knows_what_every_row_binds(pattern: str) -> None:
    assert lint(ask.parse(SOUND.replace("; a ?type .", f"; a ?type . {pattern}"), "documents/names")) == []


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("min_rows: 1", "min_rows: 999", "expect says 999"),
        ("min_rows: 1", "max_rows: 0", "expect says 0 to 0"),
        ("columns: [document, name]", "columns: [document]", "expect says document"),
        ("DISTINCT ", "", "comes twice"),
    ],
)
def test_check_finds(old: str, new: str, finding: str, store: Store) -> None:
    found = check(ask.parse(SOUND.replace(old, new), "documents/names"), store)
    assert any(finding in one for one in found), found


# ------------------------------------------------------------------ new ones
def test_a_new_query_runs_and_lacks_only_words(tmp_path: Path, store: Store) -> None:
    params = ["since:date", "issuer:Organ", "words", "any:iri", "known:boolean", "least:integer"]
    text = template("organs/silent", {"vi": 'Cơ "quan" nào?', "en": "Which?"}, "Organ", params)
    query = ask.find(str(create(tmp_path, "organs/silent", text)))
    assert query.title == {"vi": 'Cơ "quan" nào?', "en": "Which?"}
    assert [parameter.name for parameter in query.params] == [param.partition(":")[0] for param in params]
    assert {finding.partition(" has no label")[0].partition(" in ")[0] for finding in lint(query)} == {
        "no description", *(f"parameter {parameter.name!r}" for parameter in query.params)
    }  # fmt: skip
    every = ask.run(store, query)
    assert len(every) > 1
    for name, value in {"issuer": "bct", "words": "tỉnh", "since": "1/1/2999", "any": "<urn:x>"}.items():
        assert len(ask.run(store, query, {name: value})) < len(every)


@pytest.mark.parametrize("name", ["x", "../x", "a/../b", "A/b", "a/b/c", "a/", "/a", "a/b.rq", "a/b c", ""])
def test_names_that_make_no_address_are_refused(name: str) -> None:
    with pytest.raises(QueryError, match="no name of a query"):
        template(name)


@pytest.mark.parametrize(
    ("class_", "param"), [("Dokument", "x"), ("implements", "x"), ("Organ", "x:Nope"), ("Organ", "a b")]
)
def test_unknown_classes_and_types_are_refused(class_: str, param: str) -> None:
    with pytest.raises(QueryError):
        template("organs/silent", {}, class_, [param])


def test_queries_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KG_QUERIES", str(tmp_path))
    assert run(["queries", "new", "mine/first", "--title", "Của tôi", "--param", "organ:Organ"]) == 0
    assert capsys.readouterr() == (f"{tmp_path / 'mine' / 'first.rq'}\n", "")
    assert run(["queries", "new", "mine/first"]) == 2
    capsys.readouterr()
    ask.saved.__globals__["_in_folder"].cache_clear()
    assert run(["queries", "mine"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["mine/first", "    Của tôi"]
    assert list(ask.groups())[-1] == "mine"
    assert run(["queries", "lint", "mine/first"]) == 1
    out, err = capsys.readouterr()
    assert "no title in 'en'" in out
    assert err.startswith("kg: 1 queries, ")
    assert run(["queries", "lint", "-q"]) == 1
    monkeypatch.delenv("KG_QUERIES")
    assert run(["queries", "lint", "-q"]) == 0
    assert run(["queries", "mine"]) == 2
