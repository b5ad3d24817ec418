"""What strangers hand to a validator: refused or bounded, in one line, without network and without code.

The numbers are those of the list of bad inputs that the design keeps.
"""

from __future__ import annotations

import json
import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from pyoxigraph import Literal, NamedNode

from kg.check import Report, Result, render, validate_files
from kg.check.report import VIOLATION, WARNING, first
from kg.cli import run
from kg.errors import ShapesError

PREFIXES = (
    "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix owl: <http://www.w3.org/2002/07/owl#> ."
    "@prefix ex: <urn:ex:> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
)
ONE = PREFIXES + 'ex:a a ex:C ; ex:p "v" .'


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket is opened, to whatever place."""

    def refuse(*arguments: Any, **_: Any) -> None:
        raise AssertionError(f"a connection was tried: {arguments}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def written(folder: Path, name: str, content: str | bytes) -> Path:
    target = folder / name
    target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return target


def shape(constraint: str) -> str:
    return PREFIXES + f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; {constraint} ."


def validated(folder: Path, shapes: str, data: str = ONE, engine: str = "auto") -> Report:
    files = written(folder, "data.ttl", data), written(folder, "shapes.ttl", shapes)
    return validate_files(files[:1], files[1:], engine)


# ── 25: entities, remote contexts ─────────────────────────────────────────────────────────────────────────

BOMB = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
XML = (
    '<?xml version="1.0"{encoding}?>\n{before}{doctype}]>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    'syntax-ns#"><rdf:Description rdf:about="urn:x"><p xmlns="urn:">&i;</p></rdf:Description></rdf:RDF>'
)
DOCTYPES = {
    "bomb": XML.format(encoding="", before="", doctype=BOMB).encode(),
    "after a long comment": XML.format(
        encoding="", before=f"<!--{'x' * 200_000}-->\n", doctype=BOMB
    ).encode(),
    "UTF-16": XML.format(encoding=' encoding="UTF-16"', before="", doctype=BOMB).encode("utf-16"),
    "a file of the machine": XML.format(
        encoding="", before="", doctype='<!DOCTYPE r [<!ENTITY i SYSTEM "file:///etc/passwd">'
    ).encode(),
    "an address": XML.format(
        encoding="", before="", doctype='<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY i "x">'
    ).encode(),
}


@pytest.mark.parametrize("name", DOCTYPES)
@pytest.mark.parametrize("suffix", [".rdf", ".owl"])
def test_25_a_doctype_is_refused_at_once(name: str, suffix: str, tmp_path: Path) -> None:
    start = time.process_time()
    with pytest.raises(ShapesError, match=r"line \d: a DOCTYPE is not accepted"):
        validate_files([written(tmp_path, f"bomb{suffix}", DOCTYPES[name])])
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "context",
    [
        "http://127.0.0.1:9/context.jsonld",
        "file:///etc/passwd",
        "context.jsonld",
        {"@import": "http://x.y/c"},
    ],
    ids=str,
)
def test_25_a_context_from_elsewhere_is_refused(context: object, tmp_path: Path) -> None:
    path = written(tmp_path, "data.jsonld", json.dumps({"@context": context, "@id": "urn:a", "p": "x"}))
    with pytest.raises(ShapesError) as raised:
        validate_files([path])
    assert str(path) in str(raised.value)


# ── 26: syntax ────────────────────────────────────────────────────────────────────────────────────────────

UNREADABLE = {
    "iri.ttl": ("@prefix x: <urn:x:> .\nx:a x:b <bad iri> .", "line 2, column"),
    "iri.nt": ("<urn:a> <urn:b> <urn:c d> .\n", "line 1, column"),
    "relative.ttl": ("\n<a> <urn:b> <urn:c> .", "line 2, column 1"),
    "huge.ttl": ('<urn:a> <urn:b> "' + "x" * 20_000_000 + '" .', "huge.ttl"),
    "cut.rdf": ("<rdf:RDF", "line 1, column 1"),
    "bytes.ttl": ("<urn:a> <urn:b> \xff .", "bytes.ttl"),
    "open.trig": ("<urn:g> { <urn:a> <urn:b> <urn:c> ", "line 1, column"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_26_unreadable_data_is_one_line_with_its_place_and_exit_2(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, place = UNREADABLE[name]
    path = written(tmp_path, name, content.encode("latin-1"))
    assert run(["validate", str(path)]) == 2
    error = capsys.readouterr().err
    assert place in error
    assert str(path) in error
    assert error.count("\n") == 1
    assert "Traceback" not in error


@pytest.mark.parametrize("content", ["(" * 5000 + ")" * 5000, "[ <urn:p> " * 5000 + "1" + " ]" * 5000])
def test_26_deep_nesting_is_no_trouble(content: str, tmp_path: Path) -> None:
    assert validate_files([written(tmp_path, "deep.ttl", f"<urn:a> <urn:b> {content} .")]).conforms


# ── 27: shapes that would run, fetch or never end ─────────────────────────────────────────────────────────

NOT_SUPPORTED = {
    "sh:js": shape(
        'sh:js [ sh:jsFunctionName "f" ; sh:jsLibrary [ sh:jsLibraryURL "http://127.0.0.1:9/" ] ]'
    ),
    "owl:imports": shape("sh:nodeKind sh:IRI") + "<urn:o> owl:imports <http://127.0.0.1:9/shapes> .",
}


@pytest.mark.parametrize("engine", ["auto", "pyshacl"])
@pytest.mark.parametrize("name", NOT_SUPPORTED)
def test_27_what_is_not_supported_is_named_and_never_conforms(
    name: str, engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = validated(tmp_path, NOT_SUPPORTED[name], engine=engine)
    assert len(report.unsupported) == 1
    assert not report.conforms
    assert 'sh:conforms "false"' in render(report, "turtle")
    arguments = [str(tmp_path / "data.ttl"), "--shapes", str(tmp_path / "shapes.ttl"), "--engine", engine]
    assert run(["validate", *arguments, "--lang", "en"]) == 2
    assert capsys.readouterr().out.startswith("Not everything was checked: not supported: ")


ELSEWHERE = {
    "SERVICE": "SELECT $this WHERE { SERVICE <http://127.0.0.1:9/> { $this ?p ?o } }",
    "SERVICE SILENT": "SELECT $this WHERE { OPTIONAL { SERVICE SILENT ?where { $this ?p ?o } } }",
    "FROM": "SELECT $this FROM <file:///etc/passwd> WHERE { $this ?p ?o }",
    "escaped": "SELECT $this WHERE { \\u0053ERVICE <http://127.0.0.1:9/> { $this ?p ?o } }",
}


@pytest.mark.parametrize("engine", ["auto", "pyshacl"])
@pytest.mark.parametrize("name", ELSEWHERE)
def test_27_a_query_that_reads_elsewhere_is_refused(name: str, engine: str, tmp_path: Path) -> None:
    with pytest.raises(ShapesError, match="not allowed in a shape's query"):
        validated(tmp_path, shape(f'sh:sparql [ sh:select """{ELSEWHERE[name]}""" ]'), engine=engine)


@pytest.mark.parametrize(
    "constraint",
    [
        "sh:node ex:S",
        "sh:property [ sh:path ex:p ; sh:node ex:S ]",
        "sh:not " + "[ sh:not " * 3000 + "[ sh:nodeKind sh:IRI ]" + " ]" * 3000,
        "sh:property [ sh:path _:ring ; sh:minCount 1 ] . _:ring sh:inversePath _:ring",
        "sh:in _:ring . _:ring <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> 1 ;"
        " <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> _:ring",
    ],
    ids=["itself", "through a property", "3000 deep", "path in a ring", "list in a ring"],
)
def test_27_shapes_without_end_are_refused(constraint: str, tmp_path: Path) -> None:
    with pytest.raises(ShapesError):
        validated(tmp_path, shape(constraint))


PATHOLOGICAL = PREFIXES + f'ex:a a ex:C ; ex:p "{"a" * 60}b" .'


def test_27_a_pathological_pattern_takes_no_time_when_compiled(tmp_path: Path) -> None:
    start = time.perf_counter()
    report = validated(tmp_path, shape('sh:property [ sh:path ex:p ; sh:pattern "^(a+)+$" ]'), PATHOLOGICAL)
    assert len(report.results) == 1
    assert time.perf_counter() - start < 2


def test_27_and_is_stopped_at_the_deadline_where_it_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    constraint = 'sh:property [ sh:path ex:p ; sh:pattern "^(a+)+$" ; sh:lessThan ex:q ]'
    data = written(tmp_path, "data.ttl", PATHOLOGICAL)
    shapes = written(tmp_path, "shapes.ttl", shape(constraint))
    start = time.perf_counter()
    arguments = [str(data), "--shapes", str(shapes), "--engine", "pyshacl", "--timeout", "2"]
    assert run(["validate", *arguments]) == 2
    assert time.perf_counter() - start < 10
    assert "validation took longer than 2 seconds — --timeout allows more" in capsys.readouterr().err


# ── 28: nothing to look at ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", ["text", "html", "json", "markdown", "sarif", "junit", "turtle"])
@pytest.mark.parametrize(
    ("data", "constraint"),
    [("", "sh:nodeKind sh:IRI"), (ONE.replace("ex:C", "ex:Klass"), "sh:nodeKind sh:IRI")],
    ids=["no data", "a class misspelt"],
)
def test_28_conformance_by_vacuity_is_not_silent(
    data: str, constraint: str, form: str, tmp_path: Path
) -> None:
    report = validated(tmp_path, shape(constraint), data)
    assert report.conforms
    assert [i.iri for i in report.idle()] == ["urn:ex:S"]
    assert "0 focus nodes" in render(report, form, "en")


def test_28_shapes_without_target_look_at_nothing_and_say_so(tmp_path: Path) -> None:
    report = validated(tmp_path, PREFIXES + "ex:S a sh:NodeShape ; sh:nodeKind sh:IRI .")
    assert "0 focus nodes" in render(report, "text")


# ── 29: ill-typed literals ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("engine", ["auto", "pyshacl"])
@pytest.mark.parametrize(
    ("text", "datatype"),
    [
        ("2019-13-45", "date"),
        ("2019-02-30", "date"),
        ("hôm qua", "date"),
        ("2019-01-01T25:00:00", "dateTime"),
        ("12x", "integer"),
        ("đúng", "boolean"),
        ("", "date"),
    ],
)
def test_29_an_ill_typed_literal_is_a_result_with_its_node(
    text: str, datatype: str, engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = PREFIXES + f'ex:a a ex:C ; ex:p "{text}"^^xsd:{datatype} .'
    constraint = f"sh:property [ sh:path ex:p ; sh:datatype xsd:{datatype} ]"
    (result,) = validated(tmp_path, shape(constraint), data, engine).results
    assert (result.focus, result.value) == (
        NamedNode("urn:ex:a"),
        Literal(text, datatype=NamedNode(f"http://www.w3.org/2001/XMLSchema#{datatype}")),
    )
    assert "Traceback" not in capsys.readouterr().err


# ── 30: very many ─────────────────────────────────────────────────────────────────────────────────────────


def test_30_a_million_results_are_counted_and_the_first_kept() -> None:
    made = Counter[str]()

    def results() -> Iterator[Result]:
        for n in range(1_000_000):
            severity = WARNING if n % 2 else VIOLATION
            made[severity] += 1
            yield Result("urn:shape", "urn:component", severity, NamedNode(f"urn:{n % 1000:04}"))

    kept, more = first(results(), 100)
    report = Report(kept, limit=100, unlisted=more)
    assert (len(kept), report.total) == (100, 1_000_000)
    assert report.counts() == {"violation": 500_000, "warning": 500_000, "info": 0}
    assert {r.severity for r in kept} == {VIOLATION}
    assert "100 of 1000000 results listed" in render(report, "text", "en")


@pytest.mark.parametrize("form", ["text", "turtle", "json", "junit"])
def test_30_many_violations_in_a_file_stay_bounded_and_valid(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "".join(
        f"<urn:x:{n}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:ex:C> .\n" for n in range(20_000)
    )
    data = written(tmp_path, "data.nt", lines)
    shapes = written(tmp_path, "shapes.ttl", shape("sh:property [ sh:path ex:p ; sh:minCount 1 ]"))
    arguments = [str(data), "--shapes", str(shapes), "--max", "50", "--format", form, "--lang", "en"]
    assert run(["validate", *arguments]) == 1
    text = capsys.readouterr().out
    assert "20000" in text
    assert len(text) < 60_000
    if form == "turtle":
        results = NamedNode("http://www.w3.org/ns/shacl#ValidationResult")
        assert sum(q.object == results for q in ox.parse(text.encode(), ox.RdfFormat.TURTLE)) == 50


def test_30_a_list_of_a_hundred_thousand_cells(tmp_path: Path) -> None:
    members = " ".join(f"ex:v{n}" for n in range(100_000))
    data = PREFIXES + "ex:a a ex:C ; ex:p ex:v99999 . ex:b a ex:C ; ex:p ex:w ."
    report = validated(tmp_path, shape(f"sh:property [ sh:path ex:p ; sh:in ( {members} ) ]"), data)
    assert [str(r.focus) for r in report.results] == ["<urn:ex:b>"]
    members = " ".join(f"ex:v{n}" for n in range(90_000, 100_000))
    nested = shape(f"sh:property [ sh:path ex:p ; sh:or ( [ sh:in ( {members} ) ] [ sh:in ( 1 ) ] ) ]")
    assert [str(r.focus) for r in validated(tmp_path, nested, data).results] == ["<urn:ex:b>"]
