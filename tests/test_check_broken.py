"""Shapes that are wrong, or that one engine reads in another way: refused by name, never passed in silence.

The tables are shapes of a class, ex:C, without what all have in common; a new case is a line.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kg.check import load_shapes, validate_files
from kg.cli import run

PREFIXES = """
@prefix ex: <urn:ex:> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPE = PREFIXES + "ex:S a sh:NodeShape ; sh:targetClass ex:C , ex:D ; {} ."
DATA = (
    PREFIXES
    + """
ex:a a ex:C ; ex:p "abc" , "aa" , "x" , "ă" , "[" , "&" , 1.0 , 2.50 , "07"^^xsd:integer , "a"@vi , <urn:a> .
ex:b a ex:C ; ex:p "zzz" .
"""
)

BROKEN = {
    'sh:property [ sh:path ex:p ; sh:minCount "one" ]': 'sh:minCount "one" is not an xsd:integer',
    "sh:property [ sh:path ex:p ; sh:maxCount 1.5 ]": "is not an xsd:integer",
    "sh:property [ sh:path ex:p ; sh:maxCount 1 , 2 ]": "sh:maxCount has 2 values, a shape has one",
    "sh:property [ sh:path ex:p ; sh:maxLength ex:x ]": "sh:maxLength <urn:ex:x> is not an xsd:integer",
    "sh:nodeKind sh:Iri": "is not one of SHACL's six kinds of nodes",
    'sh:property "ex:p"': 'sh:property "ex:p" is not a shape',
    "sh:property [ sh:datatype xsd:integer ]": "a property shape has no sh:path",
    "sh:property ex:Elsewhere": "the property shape <urn:ex:Elsewhere> has no sh:path",
    "sh:property [ sh:path ex:p , ex:q ; sh:minCount 1 ]": "sh:path has 2 values",
    'sh:property [ sh:path "ex:p" ; sh:minCount 1 ]': 'sh:path "ex:p" is not a property path',
    "sh:property [ sh:path [ ] ; sh:minCount 1 ]": "a sh:path is malformed",
    'sh:property [ sh:path ex:p ; sh:pattern "([" ]': 'sh:pattern "([" is not a regular expression',
    "sh:property [ sh:path ex:p ; sh:pattern 5 ]": "is not a regular expression",
    'sh:property [ sh:path ex:p ; sh:datatype "xsd:date" ]': 'sh:datatype "xsd:date" is not an IRI',
    'sh:property [ sh:path ex:p ; sh:class "ex:C" ]': 'sh:class "ex:C" is not an IRI',
    "sh:property [ sh:path ex:p ; sh:minInclusive ex:x ]": "is not a literal",
    'sh:property [ sh:path ex:p ; sh:in "a" ]': 'sh:in "a" is not a list',
    "sh:property [ sh:path ex:p ; sh:in ex:list ]": "a list in the shapes is broken",
    "sh:or ()": "the list of sh:or is empty",
    "sh:nodeKind sh:IRI ; sh:message 5": "is not a text",
    'sh:nodeKind sh:IRI ; sh:severity "bad"': 'sh:severity "bad" is not an IRI',
    "sh:nodeKind sh:IRI ; sh:deactivated ex:yes": "sh:deactivated <urn:ex:yes> is not true or false",
    'sh:sparql [ sh:message "x" ]': "a sh:sparql constraint has no sh:select",
    'sh:sparql [ sh:select "SELECT $this WERE { ?a ?b ?c }" ]': "line 1, column 19 of the query",
    'sh:sparql [ sh:select "SELECT $this WHERE { $this no:p ?x }" ]': 'the prefix "no:" is not declared',
}


def written(folder: Path, constraint: str) -> tuple[Path, Path]:
    shapes, data = folder / "shapes.ttl", folder / "data.ttl"
    shapes.write_text(SHAPE.format(constraint), "utf-8")
    data.write_text(DATA, "utf-8")
    return shapes, data


@pytest.mark.parametrize("engine", ["auto", "pyshacl"])
@pytest.mark.parametrize("constraint", BROKEN)
def test_a_broken_shape_is_one_line_with_its_file_its_name_and_exit_2(
    constraint: str, engine: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    shapes, data = written(tmp_path, constraint)
    assert run(["validate", str(data), "--shapes", str(shapes), "--engine", engine]) == 2
    error = capfd.readouterr().err
    assert BROKEN[constraint] in error
    assert f"{shapes}, urn:ex:" in error
    assert " — " in error  # what to do
    assert error.count("\n") == 1


def test_of_several_files_the_one_that_is_broken_is_named(tmp_path: Path) -> None:
    broken, data = written(tmp_path, "sh:nodeKind sh:Iri")
    fine = tmp_path / "fine.ttl"
    fine.write_text(SHAPE.replace("ex:S", "ex:Fine").format("sh:nodeKind sh:IRI"), "utf-8")
    assert validate_files([data], [fine]).conforms
    assert run(["validate", str(data), "--shapes", str(fine), "--shapes", str(broken)]) == 2
    with pytest.raises(Exception, match=rf"^{broken}, urn:ex:S: sh:nodeKind"):
        load_shapes([fine, broken])


@pytest.mark.parametrize("name", ["sh:node", "sh:not"])
def test_a_shape_that_is_named_and_not_there_is_told(name: str, tmp_path: Path) -> None:
    shapes, data = written(tmp_path, f"{name} ex:Missing")
    report = validate_files([data], [shapes])
    assert report.unsupported == (f"{name} <urn:ex:Missing>",)
    assert not report.conforms


#: what the store's regular expressions lack or read in another way, and other traps of a value
READ_APART = [
    *(f'sh:pattern "{p}"' for p in ("^(?!x)", "(?=b)", r"(a)\\1", "^a++", r"^.{,2}\\Z", "(?#c)a", "{a}")),
    *(f'sh:pattern "{p}"' for p in ("[[a]", "[a-z&&b]", "[[:alpha:]]", "(?>a)", "^(?!z)")),
    *(f'sh:pattern "^A" ; sh:flags "{f}"' for f in ("i", "z", "I", "q", "x")),
    'sh:not [ sh:pattern "(?!a)" ]',
    'sh:or ( [ sh:datatype xsd:integer ] [ sh:pattern "(?=a)" ] )',
    'sh:languageIn ( "" )',
    "sh:languageIn ()",
    "sh:hasValue 1.0",
    'sh:in ( "abc" "aa" "x" "ă" "[" "&" 1.0 2.50 7 "a"@vi <urn:a> )',
]


@pytest.mark.parametrize("constraint", READ_APART)
def test_the_results_are_those_of_pyshacl(constraint: str, tmp_path: Path) -> None:
    shapes, data = written(tmp_path, f"sh:property ex:P . ex:P sh:path ex:p ; {constraint}")
    mine, reference = (validate_files([data], [shapes], engine) for engine in ("auto", "pyshacl"))
    assert Counter(r.key for r in mine.results) == Counter(r.key for r in reference.results)


@pytest.mark.parametrize("pattern", ["^(?!x)", r"(a)\\\\1", "[[:alpha:]]"])
def test_a_pattern_in_a_query_that_the_store_cannot_read_is_work_for_pyshacl(
    pattern: str, tmp_path: Path
) -> None:
    query = (
        f"SELECT $this ?value WHERE {{ $this <urn:ex:p> ?value FILTER(!REGEX(STR(?value), '{pattern}')) }}"
    )
    shapes, data = written(tmp_path, f'sh:sparql [ sh:select """{query}""" ]')
    report = validate_files([data], [shapes])
    assert report.results
    assert report.engine == "pyshacl"
    assert "pattern" in report.notes[0]


@pytest.mark.parametrize("pattern", [r"\\p{Lu}", r"^\\p{L}+$"])
def test_a_pattern_that_only_pyshacl_cannot_read_is_answered_and_told(pattern: str, tmp_path: Path) -> None:
    shapes, data = written(tmp_path, f'sh:property [ sh:path ex:p ; sh:pattern "{pattern}" ]')
    report = validate_files([data], [shapes])
    assert report.results
    assert "cannot read a pattern" in report.notes[0]


@pytest.mark.parametrize("constraint", ["sh:hasValue 5", "sh:in ( ex:x )"])
def test_a_blank_node_that_nothing_else_tells_of_is_a_result(constraint: str, tmp_path: Path) -> None:
    shapes, data = tmp_path / "shapes.ttl", tmp_path / "data.ttl"
    shapes.write_text(PREFIXES + f"ex:S a sh:NodeShape ; sh:targetObjectsOf ex:p ; {constraint} .", "utf-8")
    data.write_text(PREFIXES + "ex:a ex:p [ ] .", "utf-8")
    report = validate_files([data], [shapes])
    assert [len(report.results), report.engine] == [1, "compiled"]
