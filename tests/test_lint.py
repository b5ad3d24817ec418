"""`kg lint`: each rule finds its bad case and is silent on its good one, and our own files are clean."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path

import pytest

from kg.check import Report, load_shapes
from kg.cli import run
from kg.lint import lint
from kg.resources import ontology_dir

LINT = "https://w3id.org/cascade-kg/lint#"
RULES = sorted(
    name
    for path in (Path(__file__).parent.parent / "ontology" / "lint").glob("*.ttl")
    for name in re.findall(r"^lint:(\w+) a sh:NodeShape", path.read_text("utf-8"), re.MULTILINE)
)
# rules about the project as a whole: what its code knows, its saved queries
WHOLE = {"CodeTermUndefined", "TermUnknownToCode", "UnusedTerm", "SavedQueryRemark"}

HEAD = """
@prefix ckg: <https://w3id.org/cascade-kg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ex: <https://example.org/onto#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix vann: <http://purl.org/vocab/vann/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
NAMED = 'rdfs:label "x"@vi , "x"@en ; skos:definition "y"@vi , "y"@en'
SAID = 'rdfs:label "x"@vi , "x"@en ; sh:message "m"@vi , "m"@en'
ONTOLOGY = f"""
<https://example.org/onto> a owl:Ontology ; vann:preferredNamespaceUri "https://example.org/onto#" ;
    dcterms:license <https://www.apache.org/licenses/LICENSE-2.0> .
ex:A a owl:Class ; {NAMED} .
ex:B a owl:Class ; rdfs:subClassOf ex:A ; owl:disjointWith ex:C ; {NAMED} .
ex:C a owl:Class ; rdfs:subClassOf ex:A ; {NAMED} .
ex:p a owl:ObjectProperty ; rdfs:domain ex:A ; rdfs:range ex:B ; owl:inverseOf ex:q ; {NAMED} .
ex:q a owl:ObjectProperty ; rdfs:domain ex:B ; rdfs:range ex:A ; {NAMED} .
ex:day a owl:DatatypeProperty ; rdfs:domain ex:A ; rdfs:range xsd:date ; {NAMED} .
"""
SHAPES = f"""
ex:S a sh:NodeShape ; {NAMED} ; sh:targetClass ckg:Document ; sh:property ex:S-p .
ex:S-p a sh:PropertyShape ; {NAMED} ; {SAID} ; sh:path ckg:code ; sh:pattern "^[0-9]" .
"""
QUERY = f"""
<https://example.org/x> sh:declare ex:x1 , ex:x2 .
ex:x1 sh:prefix "ckg" ; sh:namespace "https://w3id.org/cascade-kg/ontology#"^^xsd:anyURI .
ex:x2 sh:prefix "xsd" ; sh:namespace "http://www.w3.org/2001/XMLSchema#"^^xsd:anyURI .
ex:T a sh:NodeShape ; {NAMED} ; sh:targetClass ckg:Document ; sh:sparql ex:T-q .
ex:T-q a sh:SPARQLConstraint ; {NAMED} ; {SAID} ; sh:select '''
    SELECT $this WHERE {{
        $this ckg:issuedOn ?day ; ckg:implements/ckg:issuedOn ?other .
        FILTER(DATATYPE(?day) = xsd:date && DATATYPE(?other) = xsd:date && ?day < ?other)
    }}
''' .
"""
GOOD = HEAD + ONTOLOGY + SHAPES + QUERY

# rule → a change to the good text that it must find: (old, new), or text to add
CHANGES: dict[str, tuple[str, str] | str] = {
    "UnknownTerm": ("sh:path ckg:code", "sh:path ckg:cdoe"),
    "UnknownShaclTerm": ("sh:path ckg:code ;", "sh:path ckg:code ; sh:mxCount 1 ;"),
    "Shacl12Term": ("sh:path ckg:code ;", "sh:path ckg:code ; sh:singleLine true ;"),
    "UnguardedDate": ("DATATYPE(?day) = xsd:date && ", ""),
    "UnicodeClass": ("^[0-9]", "^\\\\p{L}"),
    "UnreadableQuery": ("SELECT $this WHERE", "SELECT $this WERE"),
    "UnnamedShape": (
        "sh:property ex:S-p .",
        f"sh:property ex:S-p , [ {SAID} ; sh:path ckg:symbol ; sh:maxCount 1 ] .",
    ),
    "ShapeWithoutLabel": """
ex:U a sh:NodeShape ; sh:targetClass ckg:Plan ; rdfs:label "x"@vi ; skos:definition "y"@vi , "y"@en .""",
    "ShapeWithoutMessage": f"""
ex:U a sh:NodeShape ; {NAMED} ; sh:targetClass ckg:Plan ; sh:nodeKind sh:IRI ; sh:message "only"@en .""",
    "MalformedShape": ("sh:path ckg:code ;", 'sh:path ckg:code ; sh:minCount "one" ;'),
    "UnfilledMessage": (
        f"{SAID} ; sh:select",
        'rdfs:label "x"@vi , "x"@en ; sh:message "{?dey}"@vi , "{?dey}"@en ; sh:select',
    ),
    "StrangePrefix": (
        "@prefix sh: <http://www.w3.org/ns/shacl#>",
        "@prefix sh: <https://www.w3.org/ns/shacl#>",
    ),
    "DeadShape": f"ex:U a sh:NodeShape ; {NAMED} ; {SAID} ; sh:nodeKind sh:IRI .",
    "SubclassCycle": "ex:A rdfs:subClassOf ex:B .",
    "UnconnectedClass": f"ex:Lonely a owl:Class ; {NAMED} .",
    "TermWithoutLabel": """
ex:D a owl:Class ; rdfs:subClassOf ex:A ; rdfs:label "x"@en ; skos:definition "y"@vi , "y"@en .""",
    "TermWithoutDefinition": 'ex:D a owl:Class ; rdfs:subClassOf ex:A ; rdfs:label "x"@vi , "x"@en .',
    "NoDisjointness": ("owl:disjointWith ex:C ;", ""),
    "DomainOrRangeMissing": f"ex:r a owl:DatatypeProperty ; rdfs:range xsd:string ; {NAMED} .",
    "InverseMissing": f"ex:r a owl:ObjectProperty ; rdfs:domain ex:A ; rdfs:range ex:B ; {NAMED} .",
    "SeveralDomainsOrRanges": "ex:p rdfs:domain ex:C .",
    "InverseOfItself": "ex:q owl:inverseOf ex:q .",
    "SymmetricAcrossClasses": "ex:p a owl:SymmetricProperty .",
    "TransitiveAcrossClasses": "ex:p a owl:TransitiveProperty .",
    "UntypedClass": f"ex:C rdfs:subClassOf ex:Ghost .\nex:Ghost {NAMED} .",
    "UntypedProperty": f"ex:p rdfs:subPropertyOf ex:ghost .\nex:ghost {NAMED} .",
    "OntologyNotDeclared": ("a owl:Ontology ;", ""),
    "LicenceMissing": (
        "    dcterms:license <https://www.apache.org/licenses/LICENSE-2.0> .",
        f"    {NAMED} .",
    ),
}
# findings that cannot but come along: a shape in the ontology's own namespace is a term of it
ALSO = {"ShapeWithoutLabel": {"TermWithoutLabel"}}


def changed(rule: str) -> str:
    change = CHANGES[rule]
    if isinstance(change, str):
        return GOOD + change
    assert change[0] in GOOD
    return GOOD.replace(change[0], change[1])


def found(report: Report) -> set[str]:
    return {r.shape.removeprefix(LINT) for r in report.results}


def written(folder: Path, text: str, name: str = "file.ttl") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_every_rule_has_a_case() -> None:
    assert set(RULES) == set(CHANGES) | WHOLE


def test_the_good_file_is_clean(tmp_path: Path) -> None:
    report = lint([written(tmp_path, GOOD)])
    assert {(r.shape.removeprefix(LINT), str(r.focus)) for r in report.results} == set()


@pytest.mark.parametrize("rule", CHANGES)
def test_each_rule_finds_its_bad_case_and_nothing_else_does(rule: str, tmp_path: Path) -> None:
    report = lint([written(tmp_path, changed(rule))])
    assert rule in found(report)
    assert found(report) - {rule} <= ALSO.get(rule, set())


@pytest.mark.parametrize("rule", sorted(set(CHANGES) - {"UnnamedShape", "OntologyNotDeclared"}))
def test_a_finding_names_file_and_line(rule: str, tmp_path: Path) -> None:
    text = changed(rule)
    report = lint([written(tmp_path, text)])
    for result in report.results:
        (evidence,) = result.evidence
        assert evidence.stem.startswith(str(tmp_path / "file.ttl:"))
        assert evidence.region is not None
        assert text.splitlines()[evidence.region[0] - 1].strip() == evidence.sentence


@cache
def own() -> Report:
    return lint()


def test_our_own_ontology_shapes_and_queries_are_clean() -> None:
    assert [
        f"{r.shape.removeprefix(LINT)} {own().subject(r)} {r.message('en')}"
        for r in own().results
        if own().counts_against(r, "warning")
    ] == []


def test_every_rule_about_terms_looked_at_our_own_files() -> None:
    looked = {i.iri.removeprefix(LINT): i.focus_nodes for i in own().shapes.values()}
    for rule in ("UnknownTerm", "UnknownShaclTerm", "TermUnknownToCode", "CodeTermUndefined", "DeadShape"):
        assert looked[rule] > 100, rule


SLIPS = [
    ("TermUnknownToCode", "core.ttl", "ckg:Plan a owl:Class", "ckg:Plann a owl:Class", "ckg:Plann"),
    ("CodeTermUndefined", "core.ttl", "ckg:Plan a owl:Class", "ckg:Plann a owl:Class", "ckg:Plan"),
    ("UnusedTerm", "core.ttl", "ckg:rank a ", "ckg:idle a owl:DatatypeProperty .\nckg:rank a ", "ckg:idle"),
    ("UnknownTerm", "shapes/documents.ttl", "sh:path ckg:code", "sh:path ckg:cdoe", "documents.ttl:"),
    ("UnicodeClass", "shapes/documents.ttl", "[0-9]+[A-Za-zĐđ]?$", "\\\\p{N}+$", "DocumentShape-number"),
    ("SavedQueryRemark", "", "", "", "untold.rq"),
]


def test_slips_in_the_project_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "ontology"
    shutil.copytree(ontology_dir(), folder)
    for _, file, old, new, _ in SLIPS[:-1]:
        text = (folder / file).read_text("utf-8")
        assert old in text or new in text
        (folder / file).write_text(text.replace(old, new), "utf-8")
    for module in ("kg.lint.facts", "kg.lint.sources"):
        monkeypatch.setattr(f"{module}.ontology_dir", lambda: folder)
    (tmp_path / "queries" / "mine").mkdir(parents=True)
    written(tmp_path / "queries" / "mine", "SELECT ?x WHERE { ?x a ckg:Plan }", "untold.rq")
    monkeypatch.setenv("KG_QUERIES", str(tmp_path / "queries"))
    report = lint()
    told = {(r.shape.removeprefix(LINT), report.subject(r)) for r in report.results}
    told -= {(r.shape.removeprefix(LINT), own().subject(r)) for r in own().results}
    for rule, _, _, _, subject in SLIPS:
        assert [name for found_, name in told if found_ == rule and subject in name], (rule, told)


def test_a_query_file_is_looked_over_too(tmp_path: Path) -> None:
    text = (
        "PREFIX ckg: <https://w3id.org/cascade-kg/ontology#>\n"
        "SELECT ?d WHERE { ?d ckg:issuedOn ?a ; ckg:isuedOn ?b .\n"
        ' FILTER(?a > "2019-01-01") FILTER(REGEX(?b, "\\\\p{L}")) }\n'
    )
    report = lint([written(tmp_path, text, "mine.rq")])
    assert found(report) == {"UnknownTerm", "UnguardedDate", "UnicodeClass"}


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(written(tmp_path, changed("UnknownTerm")))
    assert run(["lint", path, "--lang", "en"]) == 1
    assert "“ckg:cdoe” is defined nowhere" in capsys.readouterr().out
    assert run(["lint", path, "--format", "sarif"]) == 1
    (made,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert (
        made["locations"][0]["physicalLocation"]["region"]["startLine"]
        == changed("UnknownTerm")[: changed("UnknownTerm").index("ckg:cdoe")].count("\n") + 1
    )
    assert run(["lint", path, "--fail-on", "violation", "-q"]) == 1
    assert run(["lint", str(tmp_path / "none.ttl")]) == 2
    assert run(["lint", str(tmp_path)]) == 2
    assert run(["lint", str(written(tmp_path, "<urn:a> <urn:b", "bad.ttl"))]) == 2
    assert capsys.readouterr().err.count("\n") == 3


def test_rules_are_named_labelled_and_grouped_in_both_languages() -> None:
    rules = load_shapes(sorted((ontology_dir() / "lint").glob("*.ttl")))
    for iri, info in rules.info.items():
        assert set(info.labels) == {"vi", "en"}, iri
        assert set(info.hints) == {"vi", "en"}, iri
        assert set(info.group_labels) == {"vi", "en"}, iri


MALFORMED = {
    'sh:minCount "one"': "is not an xsd:integer",
    'sh:pattern "(["': "is not a regular expression",
    "sh:severity sh:Warning , sh:Info": "sh:severity has 2 values",
    "sh:or ( [ sh:maxLength 1.5 ] )": "is not an xsd:integer",
    "sh:nodeKind sh:Literal , sh:IRI": "sh:nodeKind has 2 values",
}


@pytest.mark.parametrize("fault", MALFORMED)
def test_what_kg_validate_would_refuse_is_found_at_its_line(fault: str, tmp_path: Path) -> None:
    text = GOOD.replace("sh:path ckg:code ;", f"sh:path ckg:code ; {fault} ;")
    results = [r for r in lint([written(tmp_path, text)]).results if r.shape == LINT + "MalformedShape"]
    assert MALFORMED[fault] in " ".join(r.message("en") for r in results)
    for result in results:
        (evidence,) = result.evidence
        assert evidence.sentence.startswith("ex:S-p a sh:PropertyShape")
