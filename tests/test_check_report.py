"""Reports: what they count, how they read, and that they survive as RDF.

Files that cannot be read are named.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.check import FORMATS, Evidence, Report, load_shapes, render, validate_files, validate_store
from kg.check.load import store_of
from kg.check.paths import Path as PropertyPath
from kg.check.paths import predicate
from kg.check.reference import read_report
from kg.check.text import sentence
from kg.check.turtle import nquads
from kg.errors import ShapesError

CASES = Path(__file__).parent / "cases" / "shapes"
ARTICLE = CASES.parent / "report" / "article.trig"


@pytest.fixture(params=["compiled", "pyshacl"])
def report(request: pytest.FixtureRequest) -> Report:
    return validate_files([ARTICLE], engine=request.param)


def test_result_names_article_sentence_and_words(report: Report) -> None:
    (result,) = report.results
    (evidence,) = result.evidence
    assert result.stems == ("tin",)
    assert (evidence.sentence, evidence.words) == ("Kế hoạch 209 thực hiện Nghị quyết 35.", "thực hiện")
    assert evidence.passage == "https://example.org/id/p"
    assert report.counts() == {"violation": 0, "warning": 1, "info": 0}
    assert not report.conforms


def test_text_has_names_sentence_marked_words_and_hint(report: Report) -> None:
    text = render(report, "text", lang="vi")
    assert "Kế hoạch số 209-KH/TU (2014-06-10) có trước Nghị quyết số 35-NQ/TW (2018-10-22)" in text
    assert "tin  Kế hoạch 209 «thực hiện» Nghị quyết 35." in text
    assert "Cần làm: Đọc lại câu trích" in text
    assert "\x1b" not in text


def test_one_is_counted_as_one(report: Report) -> None:
    assert render(report, "text", lang="en").startswith("Does not conform: 0 violations, 1 warning, 0 infos")
    assert 'message="1 result"' in render(report, "junit", lang="en")
    assert render(report, "text", lang="vi").startswith("Không đạt: 0 vi phạm, 1 cảnh báo, 0 thông tin")


def test_text_in_english_and_in_colour(report: Report) -> None:
    text = render(report, "text", lang="en", color=True)
    assert "is earlier than Nghị quyết số 35-NQ/TW" in text
    assert "\x1b[1;4mthực hiện\x1b[0m" in text


@pytest.mark.parametrize(
    ("message", "vi", "en"),
    [
        ("ngày --11-24, không rõ", "ngày 24/11, không rõ", "ngày 24 November, không rõ"),
        ("on --02-03; the year", "on 3/2; the year", "on 3 February; the year"),
        ("--12-01.", "1/12.", "1 December."),
        # no day, or meant as it is written
        ("--13-24", "--13-24", "--13-24"),
        ("(“--11-24”)", "(“--11-24”)", "(“--11-24”)"),
        ("kg --11-245 2019--11-24", "kg --11-245 2019--11-24", "kg --11-245 2019--11-24"),
    ],
)
def test_days_without_a_year_are_written_as_people_do(message: str, vi: str, en: str) -> None:
    assert [Report(()).readable(message, lang) for lang in ("vi", "en")] == [vi, en]


@pytest.mark.parametrize("name", ["EventWithoutYear", "DateAgainstMonthDay"])
def test_nothing_for_people_shows_a_raw_day(name: str) -> None:
    report = validate_files([CASES / f"{name}.bad.ttl"])
    for lang in ("vi", "en"):
        for written in ("text", "markdown", "html", "junit"):
            assert "--11-24" not in render(report, written, lang=lang)


def test_turtle_round_trip_keeps_every_result(report: Report) -> None:
    text = render(report, "turtle")
    quads = list(ox.parse(text.encode(), ox.RdfFormat.TURTLE))
    again = read_report(quads, load_shapes())
    assert [r.key for r in again] == [r.key for r in report.results]
    assert {m.language for r in again for m in r.messages} == {"vi", "en"}
    assert text == render(report, "turtle")


def test_nquads_and_turtle_say_the_same(report: Report) -> None:
    turtle = ox.parse(render(report, "turtle").encode(), ox.RdfFormat.TURTLE)
    quads = list(ox.parse(nquads(report).encode(), ox.RdfFormat.N_QUADS))
    assert {q.triple for q in turtle} == {q.triple for q in quads}
    assert {q.graph_name.value for q in quads if isinstance(q.graph_name, ox.NamedNode)} == {
        "https://w3id.org/cascade-kg/graph/report"
    }


def test_engines_give_the_same_ids_and_bytes() -> None:
    compiled, reference = (
        render(validate_files([ARTICLE], engine=e), "turtle") for e in ("compiled", "pyshacl")
    )
    assert compiled == reference


@pytest.mark.parametrize("path", sorted(CASES.glob("*.bad.*")), ids=lambda path: path.name.split(".")[0])
def test_every_bad_case_renders_in_every_format(path: Path) -> None:
    report = validate_files([path])
    for form in FORMATS:
        assert render(report, form, "vi").strip()
        assert "None" not in render(report, form, "en")
    list(ox.parse(render(report, "turtle").encode(), ox.RdfFormat.TURTLE))


def test_thresholds() -> None:
    info = validate_files([CASES / "UndatedEvent.bad.ttl"])
    assert [info.fails(), *map(info.fails, ("info", "warning", "violation"))] == [True, True, False, False]
    warning = validate_files([CASES / "TwoIssuers.bad.ttl"])
    assert [*map(warning.fails, ("info", "warning", "violation"))] == [True, True, False]
    assert validate_files([CASES / "DocumentShape-label.bad.ttl"]).fails("violation")


def test_empty_data_conforms_by_vacuity_and_says_so() -> None:
    report = validate_store(ox.Store())
    assert report.conforms
    assert any("vacuity" in note for note in report.notes)


def test_ill_typed_date_is_a_result_with_its_node() -> None:
    (result,) = validate_files([CASES / "DocumentShape-issuedOn.bad.ttl"]).results
    assert isinstance(result.value, ox.Literal)
    assert result.value.value == "2019-13-45"


def test_sentence_is_cut_around_the_words() -> None:
    long = "x" * 300 + " nay thực hiện " + "y" * 300
    shown = sentence(Evidence("tin", "urn:tin", "urn:p", long, 10, 10 + len(long), "thực hiện", 315))
    assert "«thực hiện»" in shown
    assert (shown[:2], shown[-2:]) == ("… ", " …")
    assert len(shown) < 300


@pytest.mark.parametrize(
    "path",
    [
        predicate("urn:p"),
        PropertyPath("inversePath", parts=(predicate("urn:p"),)),
        PropertyPath(
            "sequence",
            parts=(predicate("urn:p"), PropertyPath("zeroOrMorePath", parts=(predicate("urn:q"),))),
        ),
        PropertyPath("alternative", parts=(predicate("urn:p"), predicate("urn:q"), predicate("urn:r"))),
    ],
    ids=lambda path: path.kind,
)
def test_paths_survive_as_rdf(path: PropertyPath) -> None:
    from kg.check.shapes import Paths

    node, triples = path.triples("n")
    text = "".join(f"{s} {p} {o} .\n" for s, p, o in [("<urn:s>", "<urn:path>", node), *triples])
    quads = list(ox.parse(text.encode(), ox.RdfFormat.N_TRIPLES))
    (start,) = [q.object for q in quads if q.predicate == ox.NamedNode("urn:path")]
    assert Paths(quads).at(start) == path


BAD_FILES = {
    "syntax.ttl": ("<urn:a> <urn:b> .\n", "line 1, column 17"),
    "iri.ttl": ("@prefix x: <urn:x:> .\nx:a x:b <bad iri> .", "line 2"),
    "relative.ttl": ("<a> <urn:b> <urn:c> .", "No scheme"),
    "remote.jsonld": ('{"@context": "http://example.org/c", "@id": "urn:a"}', "remote @context"),
    "doctype.rdf": (
        '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "a">]>\n<x/>',
        "line 2: a DOCTYPE is not accepted",
    ),
    "notes.txt": ("hello", "is no RDF format"),
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("as_shapes", [False, True], ids=["data", "shapes"])
def test_unreadable_file_is_named_in_one_line(name: str, as_shapes: bool, tmp_path: Path) -> None:
    content, expected = BAD_FILES[name]
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    good = CASES / "TwoIssuers.good.ttl"
    with pytest.raises(ShapesError) as raised:
        validate_files([good] if as_shapes else [path], shapes=[path] if as_shapes else None)
    line = str(raised.value)
    assert all(part in line for part in (expected, str(path)))
    assert "\n" not in line
    assert raised.value.hint


def test_missing_file_bytes_and_formats_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ShapesError, match="no such file"):
        validate_files([tmp_path / "nowhere.ttl"])
    binary = tmp_path / "binary.ttl"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ShapesError, match=r"binary\.ttl"):
        validate_files([binary])
    with pytest.raises(ShapesError, match="format"):
        render(Report(()), "pdf")
    with pytest.raises(ShapesError, match="engine"):
        validate_store(ox.Store(), engine="magic")


def test_deeply_nested_lists_do_not_crash(tmp_path: Path) -> None:
    path = tmp_path / "deep.ttl"
    path.write_text("<urn:a> <urn:b> " + "(" * 5000 + ")" * 5000 + " .", encoding="utf-8")
    assert validate_files([path]).conforms


SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <urn:ex:> .
ex:S a sh:NodeShape ; sh:targetClass ex:C ; {constraint} .
"""
FOREIGN = {
    "closed": ("sh:closed true ; sh:property [ sh:path ex:p ]", 1),
    "lessThan": ("sh:property [ sh:path ex:p ; sh:lessThan ex:q ]", 1),
    "per node": ('sh:sparql [ sh:select "SELECT $this WHERE { $this ?p ?o } LIMIT 1" ]', 1),
    "compiles": ("sh:property [ sh:path ex:p ; sh:maxInclusive 1 ]", 1),
}


@pytest.mark.parametrize("constraint", FOREIGN)
def test_shapes_of_others(constraint: str, tmp_path: Path) -> None:
    text, expected = FOREIGN[constraint]
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "data.ttl"
    shapes.write_text(SHAPES.replace("{constraint}", text), encoding="utf-8")
    data.write_text("@prefix ex: <urn:ex:> . ex:x a ex:C ; ex:p 2 ; ex:q 1 .", encoding="utf-8")
    report = validate_files([data], shapes=[shapes])
    compiles = constraint in ("compiles", "lessThan")
    assert report.engine == ("compiled" if compiles else "pyshacl")
    assert bool(report.notes) != compiles
    assert len(report.results) >= expected
    assert {r.shape for r in report.results} != set()
    render(report, "turtle")


def test_javascript_and_recursion_in_shapes_are_told_not_run(tmp_path: Path) -> None:
    data = CASES / "TwoIssuers.good.ttl"
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(SHAPES.replace("{constraint}", "sh:js [ ]"), encoding="utf-8")
    report = validate_files([data], shapes=[shapes])
    assert report.unsupported == ("http://www.w3.org/ns/shacl#js",)
    assert not report.conforms
    shapes.write_text(SHAPES.replace("{constraint}", "sh:node ex:S"), encoding="utf-8")
    with pytest.raises(ShapesError, match="recursive"):
        validate_files([data], shapes=[shapes])


def test_service_in_shapes_is_refused(tmp_path: Path) -> None:
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "data.ttl"
    query = "SELECT $this WHERE { SERVICE <http://127.0.0.1:9/> { $this ?p ?o } }"
    shapes.write_text(SHAPES.replace("{constraint}", f'sh:sparql [ sh:select "{query}" ]'), encoding="utf-8")
    data.write_text("@prefix ex: <urn:ex:> . ex:x a ex:C .", encoding="utf-8")
    for engine in ("auto", "pyshacl"):
        with pytest.raises(ShapesError, match="SERVICE"):
            validate_files([data], shapes=[shapes], engine=engine)


def test_store_of_keeps_blank_nodes_of_two_files_apart(tmp_path: Path) -> None:
    for name in ("a.ttl", "b.ttl"):
        (tmp_path / name).write_text("_:x <urn:p> <urn:o> .", encoding="utf-8")
    assert len(store_of([tmp_path / "a.ttl", tmp_path / "b.ttl"])) == 2


ARTICLES = {
    "mot": "Tỉnh ủy Cà Mau học Chỉ thị số 83-CT/TW ngày 7/8/2021 của Ban Bí thư về thư viện.",
    "hai": "Tỉnh ủy Lai Châu học Chỉ thị số 83-CT/TW ngày 9/8/2021 của Bộ Chính trị về bảo tàng.",
    "ba": "Tỉnh ủy Sơn La học Chỉ thị số 12 trên tinh thần mới.",
    "bon": "Tỉnh ủy Yên Bái học Chỉ thị số 12-CT/TW ngày 5/1/2022 của Ban Bí thư.",
}


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("TwoIssueDates", {("mot", "7/8/2021"), ("hai", "9/8/2021")}),
        ("TwoIssuers", {("mot", "Ban Bí thư"), ("hai", "Bộ Chính trị")}),
        ("AmbiguousNumber", {("ba", "Chỉ thị số 12")}),
        ("TwoSubjects", {("mot", "về thư viện"), ("hai", "về bảo tàng")}),
    ],
)
def test_every_value_that_a_message_names_has_its_sentence(
    shape: str, words: set[tuple[str, str]], tmp_path: Path
) -> None:
    for name, text in ARTICLES.items():
        (tmp_path / f"{name}.txt").write_text(text)
    kg.build([tmp_path], tmp_path / "store")
    with kg.open(tmp_path / "store") as graph:
        results = [r for r in graph.validate().results if r.shape.endswith(f"#{shape}")]
    assert results
    for result in results:
        assert {(e.stem, e.words) for e in result.evidence} == words
