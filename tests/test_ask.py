"""Asking: headers, parameters that cannot inject, names as people type them, formats."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import ask, schema
from kg.ask.bind import rebase
from kg.ask.resolve import spell
from kg.ask.saved import expand
from kg.ask.table import display_width
from kg.errors import KgError, QueryError
from kg.store import Store

BASE = "https://example.org/kg/"
CASE = Path(__file__).parent / "cases" / "ask" / "cascade.trig"
HEADER = """#+ title: {vi: "Văn bản", en: "Documents"}
#+ params:
#+   name: {type: string, optional: true, label: {vi: "Tên", en: "Name"}}
#+   day: {type: "xsd:date", optional: true}
#+   n: {type: "xsd:integer"}
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?name ?day ?n WHERE {
  VALUES ?name { UNDEF }
  VALUES ?day { UNDEF }  # a day
  VALUES ?n { 3 }
}
"""
HOSTILE = [
    'Tỉnh ủy" } ; DROP ALL #',
    'x" } } INSERT DATA { <urn:a> <urn:b> <urn:c> } #',
    "x' }\n VALUES ?n { 99 }\n #",
    'back\\slash\\" }',
    "} UNION { ?s ?p ?o",
    "\\u0022 } #",
    "\r\n\t\0",
    "<urn:x> }",
    "$1 \\1 \\g<name> {name}",
]


@pytest.fixture(scope="module")
def store() -> Store:
    made = Store.in_memory(schema.nquads("ontology", BASE), base=BASE)
    made.engine.load(path=CASE, format=ox.RdfFormat.TRIG)
    return made


@pytest.fixture
def query() -> ask.SavedQuery:
    return ask.parse(HEADER, "test/values")


# ------------------------------------------------------------------ headers
def test_header(query: ask.SavedQuery) -> None:
    assert (query.group, query.title["en"]) == ("test", "Documents")
    assert [(p.name, p.kind, p.default, p.optional) for p in query.params] == [
        ("name", "string", "UNDEF", True),
        ("day", "xsd:date", "UNDEF", True),
        ("n", "xsd:integer", "3", False),
    ]
    assert ask.text_of(query.title, "en") == "Documents"
    assert ask.text_of(query.title, "fr") == "Văn bản"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#+ title: [unclosed\nASK {}", "not valid YAML"),
        ("#+ just words\nASK {}", "must be a mapping"),
        ("#+ titel: x\nASK {}", "unknown header field 'titel'"),
        ("#+ params: {x: {type: float}}\nASK {}", "has the type 'float'"),
        ("#+ params: {x: {type: string}}\nASK {}", "has 0 VALUES lines"),
        ("#+ params: {x: {}}\nASK {\nVALUES ?x { 1 }\nVALUES ?x { 2 }\n}", "has 2 VALUES lines"),
        ("#+ title: !!python/object/apply:os.system [echo]\nASK {}", "not valid YAML"),
    ],
)
def test_a_bad_header_is_told(text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        ask.parse(text, "bad")


def test_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask.find("cascade/tree") == ask.find("tree")
    assert {query.group for query in ask.saved("cascade")} == {"cascade"}
    file = tmp_path / "mine.rq"
    file.write_text("ASK {}", encoding="utf-8")
    assert ask.find(str(file)).name == "mine"
    monkeypatch.setattr(sys, "stdin", io.StringIO("SELECT * {}"))
    assert ask.find("-").text == "SELECT * {}"
    with pytest.raises(QueryError, match=r"did you mean cascade/tree"):
        ask.find("cascade/tre")
    with pytest.raises(QueryError, match="groups: cascade"):
        ask.saved("cascades")
    (tmp_path / "latin.rq").write_bytes(b"ASK {} # \xe9")
    with pytest.raises(QueryError, match="not UTF-8 at byte 9"):
        ask.find(str(tmp_path / "latin.rq"))


# ------------------------------------------------------------------ parameters
@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_can_change_the_query(value: str, store: Store, query: ask.SavedQuery) -> None:
    before = len(store)
    table = ask.run(store, query, {"name": ox.Literal(value)})
    assert [[cell and cell.value for cell in row] for row in table.rows] == [[value, None, "3"]]  # type: ignore[union-attr]
    assert len(store) == before


@pytest.mark.parametrize("value", HOSTILE)
def test_no_name_can_change_the_query(value: str, store: Store) -> None:
    with pytest.raises(KgError):
        ask.run(store, "cascade/tree", {"directive": value})


@pytest.mark.parametrize("value", ["https://x/> } DROP ALL #", "<https://x/ y>", "ckg:a> }", "ckg:{x}"])
def test_hostile_iris_are_refused(value: str, store: Store) -> None:
    with pytest.raises(QueryError):
        ask.bind(store, ask.find("cascade/tree"), {"directive": value})


@pytest.mark.parametrize(
    ("params", "row"),
    [
        ({"n": "12"}, (None, None, "12")),
        ({"n": 12}, (None, None, "12")),
        ({"n": "-3", "name": ""}, (None, None, "-3")),
        ({"day": "2019-02-18"}, (None, "2019-02-18", "3")),
        ({"day": "18/2/2019"}, (None, "2019-02-18", "3")),
        ({"day": date(2019, 2, 18)}, (None, "2019-02-18", "3")),
        ({"name": "  Tỉnh ủy "}, ("Tỉnh ủy", None, "3")),
    ],
)
def test_typed_values(
    params: dict[str, ask.Value], row: tuple[str | None, ...], store: Store, query: ask.SavedQuery
) -> None:
    (got,) = ask.run(store, query, params).rows
    assert tuple(None if cell is None else cell.value for cell in got) == row  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n": "1.5"}, "is not xsd:integer"),
        ({"n": "١٢"}, "is not xsd:integer"),
        ({"n": ""}, "a value is needed"),
        ({"day": "31/2/2019"}, "is not xsd:date"),
        ({"day": "2019"}, "is not xsd:date"),
        ({"dya": "2019-01-01"}, "it takes: name, day, n"),
    ],
)
def test_wrong_values_are_told(
    params: dict[str, ask.Value], message: str, store: Store, query: ask.SavedQuery
) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        ask.run(store, query, params)
    assert "test/values" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "LOAD <http://127.0.0.1:9/x>",
        "DROP ALL",
        "SELECT * { } ; CLEAR ALL",
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { ?s <urn:p> 1SeRvIcE<http://127.0.0.1:9/>{?a ?b ?c} }",
        "SELECT * { ?s <urn:p> 1 FILTER(?s<1)SERVICE#>\n<http://127.0.0.1:9/>{?a ?b ?c} }",
        "SELECT * { ?s ?p ?o . \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o . \\U00000053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    ],
)
def test_updates_and_federation_are_refused(text: str, store: Store) -> None:
    with pytest.raises(QueryError):
        ask.run(store, ask.parse(text))


def test_the_word_service_may_be_part_of_a_name(store: Store) -> None:
    text = "PREFIX ex: <urn:ex:> SELECT ?service { ?service ex:service <https://x/service> }"
    assert len(ask.run(store, ask.parse(text))) == 0


def test_defaults_move_to_the_base_of_the_store() -> None:
    text = "<https://w3id.org/cascade-kg/id/organ/x> <https://w3id.org/cascade-kg/ontology#level>"
    assert (
        rebase(text, BASE)
        == "<https://example.org/kg/id/organ/x> <https://w3id.org/cascade-kg/ontology#level>"
    )
    assert rebase(text, "") == text


# ------------------------------------------------------------------ names
NAMES = [
    ("32-CT/TW", "ckg:Document", "document/ct-32-tw-k12"),
    ("chỉ thị 32", "ckg:Document", "document/ct-32-tw-k12"),
    ("chi thi 32-ct/tw", "", "document/ct-32-tw-k12"),
    ("Chỉ thị số: 32 - CT / TƯ", "", "document/ct-32-tw-k12"),
    ("32 CT/TW", "", "document/ct-32-tw-k12"),
    ("32/CT-TW", "", "document/ct-32-tw-k12"),
    ("CHỈ THỊ 032", "", "document/ct-32-tw-k12"),
    ("32-CT/TW khóa IX", "", "document/ct-32-tw-k9"),
    ("chi thi 32 bct", "", "document/ct-32-tw-k12"),
    ("12-CT/TW 2017", "", "document/ct-12-tw-k12"),
    ("kế hoạch 7", "", "document/kh-7-tu-song-may-2019"),
    ("07-KH/TU", "", "document/kh-7-tu-song-may-2019"),
    ("kế hoạch 7 sông mây", "", "document/kh-7-tu-song-may-2019"),
    ("tinh uy song may", "", "organ/tinh-uy-song-may"),
    ("TỈNH UỶ SÔNG MÂY", "", "organ/tinh-uy-song-may"),
    ("btv tỉnh ủy Sông Mây", "", "organ/ban-thuong-vu-tinh-uy-song-may"),
    ("bct", "", "organ/bo-chinh-tri"),
    ("Politburo", "", "organ/bo-chinh-tri"),
    ("uy ban nhan dan tinh song may", "", "organ/ubnd-tinh-song-may"),
    ("ubnd song may", "", "organ/ubnd-tinh-song-may"),
    ("Lê Thị Hòa", "ckg:Person", "person/le-thi-hoa-song-may"),
    ("Lê Thị Hoà", "ckg:Person", "person/le-thi-hoa-song-may"),
    ("Lê Thị Hoa", "ckg:Person", "person/le-thi-hoa-2"),
    ("hoi nghi o da bac", "", "article/b/event/1"),
    ("hội nghị 14/9/2019", "ckg:Event", "article/a/event/1"),
    ("https://example.org/kg/id/organ/x", "", "organ/x"),
    ("<https://example.org/kg/id/organ/x>", "", "organ/x"),
]


@pytest.mark.parametrize(("text", "kind", "tail"), NAMES)
def test_resolve(text: str, kind: str, tail: str, store: Store) -> None:
    assert ask.resolve(store, text, expand(kind)).value == f"{BASE}id/{tail}"


@pytest.mark.parametrize(
    ("text", "tails"),
    [
        ("le thi hoa", {"person/le-thi-hoa-song-may", "person/le-thi-hoa-2"}),
        ("12-CT/TW", {"document/ct-12-tw-k12", "document/ct-12-tw-k13"}),
        ("chi thi 12", {"document/ct-12-tw-k12", "document/ct-12-tw-k13", "article/a/document/chi-thi-12"}),
    ],
)
def test_an_unclear_name_lists_what_it_may_mean(text: str, tails: set[str], store: Store) -> None:
    with pytest.raises(ask.UnclearNameError, match=f"names {len(tails)} things") as caught:
        ask.resolve(store, text)
    assert {candidate.iri for candidate in caught.value.candidates} == {f"{BASE}id/{tail}" for tail in tails}
    assert all(f"<{BASE}id/{tail}>" in str(caught.value) for tail in tails)
    if text == "12-CT/TW":
        assert "Chỉ thị số 12-CT/TW (2017-01-05)" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "   ", "999-CT/TW", "3-CT/TW", "quyết định 32", "32-KL/TW", "Hội Người mù"]
)
def test_a_name_of_nothing(text: str, store: Store) -> None:
    with pytest.raises(ask.UnclearNameError, match="nothing is called"):
        ask.resolve(store, text)


def test_a_near_miss_is_suggested(store: Store) -> None:
    with pytest.raises(ask.UnclearNameError, match="did you mean Lê Thị Hòa"):
        ask.resolve(store, "Lê Thị Hào", "https://w3id.org/cascade-kg/ontology#Person")


def test_spell() -> None:
    assert spell("UBND tỉnh, 01-ĐA/TƯ") == ["uy", "ban", "nhan", "dan", "tinh", "1", "da", "trung", "uong"]


# ------------------------------------------------------------------ formats
TERMS = """SELECT ?iri ?text ?number ?none WHERE {
  VALUES (?iri ?text ?number ?none) {
    (<urn:a> "một, \\"hai\\"\\nba\\tbốn|năm"@vi 4 UNDEF)
    (<urn:b> "" 1.5 UNDEF)
    (<urn:c> "plain" "x"^^<urn:t> UNDEF)
  } }"""


def engine_says(store: Store, text: str, form: ox.QueryResultsFormat) -> str:
    answer = store.query(text)
    assert isinstance(answer, ox.QuerySolutions)
    written = answer.serialize(format=form)
    assert written is not None
    return written.decode()


def test_csv_and_json_are_those_of_the_standard(store: Store) -> None:
    table = ask.run(store, ask.parse(TERMS))
    assert ask.render(table, "csv") == engine_says(store, TERMS, ox.QueryResultsFormat.CSV)
    assert json.loads(ask.render(table, "json")) == json.loads(
        engine_says(store, TERMS, ox.QueryResultsFormat.JSON)
    )
    assert next(csv.reader(io.StringIO(ask.render(table, "csv")))) == ["iri", "text", "number", "none"]


def test_tsv_reads_back(store: Store) -> None:
    written = ask.render(ask.run(store, ask.parse(TERMS)), "tsv")
    back = ox.parse_query_results(written.encode(), format=ox.QueryResultsFormat.TSV)
    assert isinstance(back, ox.QuerySolutions)
    assert [tuple(row) for row in back] == list(ask.run(store, ask.parse(TERMS)).rows)


def test_a_lone_empty_cell_is_an_empty_csv_line(store: Store) -> None:
    text = 'SELECT ?x { VALUES ?x { UNDEF "" "a" } }'
    assert ask.render(ask.run(store, ask.parse(text)), "csv") == "x\r\n\r\n\r\na\r\n"


def test_ask_and_construct(store: Store) -> None:
    answer = ask.run(store, ask.parse("ASK { ?s ?p ?o }"))
    assert json.loads(ask.render(answer, "json")) == {"head": {}, "boolean": True}
    graph = ask.render(ask.run(store, "cascade/graph"), "turtle")
    assert "@prefix ckg:" in graph
    assert list(ox.parse(graph.encode(), format=ox.RdfFormat.TURTLE))
    with pytest.raises(QueryError, match="only a CONSTRUCT"):
        ask.render(answer, "turtle")
    with pytest.raises(QueryError, match=r"no format 'xls'"):
        ask.render(answer, "xls")


def test_tables_show_names_in_the_readers_language(store: Store) -> None:
    table = ask.run(store, "organs/issued")
    assert "Chỉ thị số 32-CT/TW" in ask.render(table, store=store)
    people = ask.run(store, "people/who-chairs")
    assert "Chủ trì" in ask.render(people, store=store)
    assert "Chair" in ask.render(people, store=store, lang="en")
    assert "ckg:Chair" in ask.render(people)


def test_tables_are_aligned_whatever_the_letters(store: Store) -> None:
    text = 'SELECT ?a ?b { VALUES (?a ?b) { ("u\u0309y ban" "x") ("日本" "x") ("plain" "x") } }'
    lines = ask.render(ask.run(store, ask.parse(text))).splitlines()
    assert {display_width(line) for line in (lines[1], *lines[2:])} == {display_width(lines[1])}
    narrow = ask.render(ask.run(store, "organs/issued"), store=store, width=40).splitlines()
    assert max(map(display_width, narrow)) <= 40
    assert any("…" in line for line in narrow)


def test_markdown_cells_cannot_break_the_table(store: Store) -> None:
    lines = ask.render(ask.run(store, ask.parse(TERMS)), "markdown").splitlines()
    assert lines[1] == "| --- | --- | --- | --- |"
    assert "bốn\\|năm" in lines[2]
    assert len(lines) == 5


def test_rich_table(store: Store) -> None:
    from rich.console import Console

    console = Console(file=io.StringIO(), width=120)
    with console.capture() as captured:
        console.print(ask.to_rich(ask.run(store, "organs/issued"), store))
    assert "Chỉ thị số 32-CT/TW" in captured.get()


def test_table_access(store: Store) -> None:
    table = ask.run(store, "organs/issued")
    assert len(table.column("document")) == len(table)
    with pytest.raises(KeyError):
        table.column("nothing")
