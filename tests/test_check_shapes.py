"""Each shape finds its bad case and is silent on its good one, and both engines say the same.

A case is a small RDF file in cases/shapes: `<shape>.bad.ttl` gives results of exactly that shape,
`<shape>.good.ttl` gives none (a property shape `X-y` shares the good case of its node shape `X`).
A new shape needs two files and no code; `<shape>.<what>.bad.ttl` is a further case, for one branch of a query
say. Each constraint of a shape (its minCount, its class …) is violated in some case.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.check import load_shapes, validate_files
from kg.check.paths import OWL, RDFS, XSD
from kg.check.shapes import CKG_SH, Shapes
from kg.resources import ontology_dir

CASES = Path(__file__).parent / "cases" / "shapes"
BAD = sorted(CASES.glob("*.bad.*"))
GOOD = sorted(CASES.glob("*.good.*"))


@cache
def own_shapes() -> Shapes:
    return load_shapes()


def shape_name(path: Path) -> str:
    return path.name.split(".")[0]


def case_name(path: Path) -> str:
    return path.stem.removesuffix(".bad").removesuffix(".good")


def also(path: Path) -> list[str]:
    """Shapes that cannot but report beside the case's own: named in a first line `# also: A B (why)`."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    return first.removeprefix("# also:").split("(")[0].split() if first.startswith("# also:") else []


def all_cases(tmp_path: Path) -> list[Path]:
    """The cases as files that can lie in one dataset: each under a base IRI of its own."""
    out = []
    for path in (*BAD, *GOOD):
        text = path.read_text(encoding="utf-8")
        copy = tmp_path / path.name
        apart = text.replace("https://example.org/id/", f"https://example.org/{path.stem}/")
        copy.write_text(apart, encoding="utf-8")
        out.append(copy)
    return out


def reporting_shapes() -> set[str]:
    """The names of the shapes that have constraints of their own, and so can report something."""
    walked = (shape for root in own_shapes().roots for shape in root.walk())
    return {shape.iri.removeprefix(CKG_SH) for shape in walked if shape.constraints}


@pytest.mark.parametrize("path", BAD, ids=case_name)
def test_bad_case_is_found_by_exactly_its_shape(path: Path) -> None:
    report = validate_files([path], engine="compiled")
    assert {result.shape.removeprefix(CKG_SH) for result in report.results} == {shape_name(path), *also(path)}
    assert not report.conforms


@pytest.mark.parametrize("path", GOOD, ids=case_name)
def test_good_case_is_looked_at_and_silent(path: Path) -> None:
    report = validate_files([path], engine="compiled")
    assert report.results == ()
    assert report.shapes[CKG_SH + shape_name(path)].focus_nodes > 0


def test_engines_agree_on_all_cases_together(tmp_path: Path) -> None:
    files = all_cases(tmp_path)
    compiled, reference = validate_files(files, engine="compiled"), validate_files(files, engine="pyshacl")
    assert len(compiled.results) >= len(BAD)
    assert Counter(r.key for r in compiled.results) == Counter(r.key for r in reference.results)
    assert {r.id: r.messages for r in compiled.results} == {r.id: r.messages for r in reference.results}


def test_every_shape_has_a_bad_and_a_good_case() -> None:
    names = reporting_shapes()
    assert {shape_name(path) for path in BAD} == names
    good = {shape_name(path) for path in GOOD}
    assert {name for name in names if name not in good and name.split("-")[0] not in good} == set()


def test_every_constraint_of_every_shape_is_violated_in_a_case(tmp_path: Path) -> None:
    """Without it, a constraint may be dropped or mistyped and no case goes red."""
    walked = (shape for root in own_shapes().roots for shape in root.walk())
    stated = {(shape.iri, constraint.component) for shape in walked for constraint in shape.constraints}
    found = {(r.shape, r.component) for r in validate_files(all_cases(tmp_path), engine="compiled").results}
    assert sorted(stated - found) == []


def test_every_shape_is_named_labelled_and_grouped_in_both_languages() -> None:
    shapes = own_shapes()
    for iri, info in shapes.info.items():
        assert iri.startswith(CKG_SH), "a shape without a name"
        assert set(info.labels) == {"vi", "en"}, iri
    for root in shapes.roots:
        for shape in root.walk():
            info = shapes.info[shape.iri]
            assert set(info.group_labels) == {"vi", "en"}, shape.iri
            if shape.constraints:
                templates = shapes.messages()
                own = next((c.sparql.node.value for c in shape.constraints if c.sparql), shape.iri)
                assert {m.language for m in templates[own]} == {"vi", "en"}, shape.iri


def test_every_constraint_of_the_cascade_says_how_to_mend_it() -> None:
    for root in own_shapes().roots:
        if any(c.sparql for c in root.constraints):
            assert set(own_shapes().info[root.iri].hints) == {"vi", "en"}, root.iri


def test_all_own_shapes_compile() -> None:
    from kg.check.load import store_of
    from kg.check.screen import plan_for

    assert plan_for(store_of([]), own_shapes()).left_over == {}
    assert own_shapes().unsupported == ()


def test_shapes_are_valid_shapes() -> None:
    import pyshacl
    from rdflib import Graph

    graph = Graph()
    for path in sorted(Path(load_shapes.__globals__["ontology_dir"]() / "shapes").glob("*.ttl")):
        graph.parse(path)
    conforms, _, text = pyshacl.validate(Graph(), shacl_graph=graph, meta_shacl=True)
    assert conforms, text


def test_every_typed_property_of_the_ontology_has_its_datatype_checked() -> None:
    """An ill-typed literal is found wherever the ontology states a datatype that can be ill-typed."""
    checked = {
        shape.path.iri
        for root in own_shapes().roots
        for shape in root.walk()
        if shape.path is not None
        for constraint in shape.constraints
        if constraint.name == "datatype"
    }
    core = list(ox.parse(path=str(ontology_dir() / "core.ttl"), format=ox.RdfFormat.TURTLE))
    annotations = {q.subject for q in core if q.object == ox.NamedNode(OWL + "AnnotationProperty")}
    typed = {
        quad.subject.value
        for quad in core
        if quad.predicate.value == RDFS + "range"
        and isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.NamedNode)
        and quad.object.value.startswith(XSD)
        and quad.object.value != XSD + "string"
        and quad.subject not in annotations
    }
    assert sorted(typed - checked) == []
