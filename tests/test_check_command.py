"""`kg validate` as people call it: formats, thresholds, baselines, caps, reports of other engines."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pyshacl
import pytest
import rdflib

import kg
from kg.cli import run

CASES = Path(__file__).parent / "cases" / "shapes"
ARTICLE = str(CASES.parent / "report" / "article.trig")
ONTOLOGY = Path(__file__).parent.parent / "ontology"
SEEDS = Path(__file__).parent.parent / "seeds"
BAD = str(CASES / "TwoIssuers.bad.ttl")
GOOD = str(CASES / "TwoIssuers.good.ttl")
INFO = str(CASES / "UndatedEvent.bad.ttl")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([GOOD], 0),
        ([BAD], 1),
        ([BAD, "--fail-on", "warning"], 1),
        ([BAD, "--fail-on", "violation"], 0),
        ([INFO, "--fail-on", "warning"], 0),
        ([INFO], 1),
        ([BAD, "--format", "pdf"], 2),
        ([BAD, "--fail-on", "never"], 2),
        ([BAD, "--max", "-1"], 2),
        ([BAD, "--timeout", "0"], 2),
        ([BAD, "--baseline", "nowhere.ttl"], 2),
        (["--report", BAD], 2),
        (["nowhere.ttl"], 2),
    ],
    ids=lambda value: " ".join(Path(v).name for v in value) if isinstance(value, list) else str(value),
)
def test_exit_codes(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", *arguments]) == code
    error = capsys.readouterr().err
    assert error.count("\n") == (1 if code == 2 else 0)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("r.ttl", "@prefix"),
        ("r.jsonld", "["),
        ("r.json", "{"),
        ("r.csv", "id,state,"),
        ("r.html", "<!DOCTYPE html>"),
        ("r.sarif", "{"),
        ("r.xml", "<?xml"),
        ("r.md", "## "),
        ("r.txt", "Does not conform"),
    ],
)
def test_the_suffix_of_the_output_says_the_format(name: str, begins: str, tmp_path: Path) -> None:
    target = tmp_path / name
    assert run(["validate", BAD, "--lang", "en", "-o", str(target)]) == 1
    assert target.read_text("utf-8").startswith(begins)


def test_baseline_tells_new_and_gone_and_fails_on_new_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tmp_path / "before.ttl"
    run(["validate", BAD, INFO, "-o", str(before)])
    assert run(["validate", BAD, "--baseline", str(before), "--lang", "en"]) == 0
    text = capsys.readouterr().out
    assert "(Since before.ttl: 0 new, 1 gone)" in text
    assert "Gone\n    - It is not known when" in text
    assert run(["validate", BAD, str(CASES / "TwoSubjects.bad.ttl"), "--baseline", str(before)]) == 1
    assert capsys.readouterr().out.count("[mới]") == 1


@pytest.mark.parametrize("form", ["ttl", "jsonld"])
def test_a_baseline_of_another_engine_and_format_is_the_same_baseline(form: str, tmp_path: Path) -> None:
    before = tmp_path / f"before.{form}"
    run(["validate", BAD, "--engine", "pyshacl", "-o", str(before)])
    assert run(["validate", BAD, "--engine", "compiled", "--baseline", str(before)]) == 0


def test_max_cuts_the_list_not_the_count_nor_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", BAD, INFO, "--max", "1", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["total"], found["listed"], len(found["results"])) == (2, 1, 1)
    assert found["counts"] == {"violation": 0, "warning": 1, "info": 1}
    run(["validate", BAD, INFO, "--max", "1", "--lang", "en"])
    assert "1 of 2 results listed" in capsys.readouterr().out


def test_a_report_of_pyshacl_is_shown_with_names_and_sentences_of_the_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["validate", ARTICLE, "--lang", "en"])
    own = capsys.readouterr().out
    assert "«thực hiện»" in own
    shapes, data = rdflib.Graph(), rdflib.Dataset(default_union=True)
    for file in (ONTOLOGY / "shapes").glob("*.ttl"):
        shapes.parse(file)
    data.parse(ARTICLE)
    data.parse(ONTOLOGY / "core.ttl")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
    target = tmp_path / "pyshacl.ttl"
    target.write_bytes(report.serialize(format="turtle", encoding="utf-8"))
    assert run(["validate", ARTICLE, "--report", str(target), "--lang", "en"]) == 1
    assert capsys.readouterr().out == own[: own.index("\nNo node to look at")]


def test_a_stored_report_is_shown_with_the_sentences_of_the_store(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, target = str(tmp_path / "store"), tmp_path / "report.ttl"
    kg.build([SEEDS], store)
    run(["validate", "--store", store])
    own = capsys.readouterr().out
    run(["validate", "--store", store, "-o", str(target)])
    assert run(["validate", "--store", store, "--report", str(target)]) == 1
    assert capsys.readouterr().out == own


FOREIGN = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
[] a sh:ValidationReport ; sh:conforms false ; sh:result [
    a sh:ValidationResult ; sh:resultSeverity sh:Warning ; sh:focusNode ex:Bob ; sh:resultPath ex:age ;
    sh:value "x" ; sh:sourceConstraintComponent sh:DatatypeConstraintComponent ; sh:sourceShape _:s ;
    sh:detail [ a sh:ValidationResult ; sh:focusNode ex:Inner ; sh:resultSeverity sh:Violation ;
        sh:sourceConstraintComponent sh:NodeConstraintComponent ] ] .
_:s sh:path ex:age ; sh:datatype ex:Number .
"""


def test_a_report_of_an_engine_without_messages_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "foreign.ttl"
    target.write_text(FOREIGN, "utf-8")
    code = run(["validate", "--report", str(target), "--store", str(tmp_path / "none"), "--lang", "en"])
    text = capsys.readouterr().out
    assert code == 1
    assert "! age (1)\n    - http://example.org/Bob: DatatypeConstraintComponent" in text
    assert "Inner" not in text  # a detail is no result of its own


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<urn:a> <urn:b> <urn:c> .", "no validation report in it"),
        ("<urn:a> a <http://www.w3.org/ns/shacl#ValidationResult> .", "has no sh:focusNode"),
        (
            "@prefix sh: <http://www.w3.org/ns/shacl#> . [] a sh:ValidationReport ; sh:conforms false .",
            "do not conform and lists no result",
        ),
        (
            "@prefix sh: <http://www.w3.org/ns/shacl#> ."
            "[] a sh:ValidationResult ; sh:focusNode <urn:x> ; sh:resultPath _:p . _:p sh:inversePath _:p .",
            "nested without end",
        ),
    ],
    ids=["no report", "no focus", "no result", "path in a ring"],
)
def test_what_is_no_report_is_refused_in_one_line(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "report.ttl"
    target.write_text(text, "utf-8")
    assert run(["validate", "--report", str(target)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


SERIALISED = {
    "ttl": "turtle",
    "nt": "nt",
    "rdf": "xml",
    "owl": "xml",
    "jsonld": "json-ld",
    "trig": "trig",
    "nq": "nquads",
}


def serialised(suffix: str) -> bytes:
    """The bad case in a format."""
    data = rdflib.Dataset()
    data.parse(BAD)
    holder = data if suffix in ("trig", "nq") else data.default_graph
    return holder.serialize(format=SERIALISED[suffix], encoding="utf-8")


@pytest.mark.parametrize("suffix", SERIALISED)
def test_every_format_is_read_packed_or_not_and_from_standard_input(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content, plain = serialised(suffix), f"d.{suffix}"
    files = {plain: content, f"{plain}.gz": gzip.compress(content), "d.txt": content}
    for name, made in files.items():
        (tmp_path / name).write_bytes(made)
    syntax = ["--syntax", "rdf" if suffix == "owl" else suffix]
    told = []
    monkeypatch.chdir(tmp_path)
    for arguments in ([plain], [f"{plain}.gz"], ["d.txt", *syntax], ["-", *syntax]):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert run(["validate", *arguments, "--format", "csv"]) == 1
        told.append(capsys.readouterr().out)
    assert set(told) == {told[0]}
    assert "TwoIssuers" in told[0]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("d.txt", b"<urn:a> <urn:b> <urn:c> .", "is no RDF format"),
        ("d.gz", gzip.compress(b"<urn:a> <urn:b> <urn:c> ."), "is no RDF format"),
        ("d.nt.gz", b"<urn:a> <urn:b> <urn:c> .", "cannot be read"),
        ("d.nq.gz", gzip.compress(b"<urn:a> <urn:b> <urn:c> .\n" * 999)[:40], "cannot be read"),
        ("d.ttl.gz", gzip.compress(b"#" * 10_000_000), "opens to more than 400 times its size"),
        ("d.nt.gz", gzip.compress(b"#" * 10_000_000), "opens to more than 400 times its size"),
        ("d.rdf.gz", gzip.compress(b"<!DOCTYPE r><r/>"), "a DOCTYPE is not accepted"),
        ("d.rdf.gz", gzip.compress(b" " * 10_000_000), "opens to more than 400 times its size"),
    ],
    ids=range(8),
)
def test_packed_files_that_are_none_and_bombs_are_one_line(
    name: str, content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert run(["validate", str(tmp_path / name)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert str(tmp_path / name) in error
    assert error.count("\n") == 1
