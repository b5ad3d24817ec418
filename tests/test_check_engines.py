"""Whatever way a graph is validated, the report is the same: screened and confirmed, by pySHACL, by others.

The graphs are made with a manifest of what was put in (`violations.py`), or mutated at random.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from pyoxigraph import Literal, NamedNode, Quad

import kg
from kg.check import Report, load_shapes, reference, render, validate, validate_store
from kg.check.confirm import neighbourhood
from kg.check.load import quads_of, store_of
from kg.check.once import each_triple_once
from kg.check.screen import plan_for
from kg.namespaces import CKG
from kg.resources import ontology_dir
from violations import CASES, apart, graph

SEEDS = Path(__file__).parent.parent / "seeds"
DEV = Path(__file__).parent.parent.parent / "shared" / "dev"


def canonical(report: Report) -> set[str]:
    """The report as a graph whose blank nodes have canonical names."""
    dataset = ox.Dataset(ox.parse(render(report, "turtle").encode(), ox.RdfFormat.TURTLE))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return set(map(str, dataset))


def places(report: Report) -> dict[str, frozenset[str]]:
    """The shapes that report something, by the case that the focus node belongs to."""
    found: dict[str, set[str]] = defaultdict(set)
    for result in report.results:
        place = "/".join(str(result.focus).lstrip("<").split("/")[:4]) + "/"
        found[place].add(result.shape.rpartition("#")[2])
    return {place: frozenset(shapes) for place, shapes in found.items()}


@pytest.mark.parametrize("rounds", [1, 3])
def test_what_was_put_in_is_found_and_nothing_else(rounds: int) -> None:
    quads, manifest = graph(10_000, seed=rounds, rounds=rounds)
    report = validate(quads, evidence=False)
    assert (report.engine, report.notes) == ("compiled", ())
    assert places(report) == manifest


def test_the_report_graph_is_that_of_pyshacl() -> None:
    quads, _ = graph(0)
    screened, whole = (validate(quads, engine=engine, evidence=False) for engine in ("auto", "pyshacl"))
    assert len(screened.results) > 100
    assert canonical(screened) == canonical(whole)


@pytest.mark.slow
@pytest.mark.parametrize("triples", [10_000, 100_000])
def test_the_report_graph_is_that_of_pyshacl_on_large_graphs(triples: int) -> None:
    quads, manifest = graph(triples, seed=2, rounds=2)
    screened, whole = (validate(quads, engine=engine, evidence=False) for engine in ("auto", "pyshacl"))
    assert places(screened) == manifest
    assert canonical(screened) == canonical(whole)


@pytest.mark.slow
@pytest.mark.parametrize("folder", [SEEDS, DEV], ids=["seeds", "dev"])
def test_the_report_graph_is_that_of_pyshacl_on_articles(folder: Path, tmp_path: Path) -> None:
    if not folder.is_dir():
        pytest.skip("the development articles are not in ../shared")
    kg.build([folder], tmp_path / "store")
    with kg.open(tmp_path / "store") as built:
        screened, whole = (built.validate(engine=engine) for engine in ("auto", "pyshacl"))
    assert canonical(screened) == canonical(whole)


def test_cached_translations_change_nothing() -> None:
    quads = [*quads_of(ontology_dir() / "core.ttl")]
    for number, path in enumerate(sorted(CASES.glob("*.bad.*"))[::12]):
        quads += apart(path, number)
    cached, plain = (reference.validate(quads, load_shapes(), cached=way) for way in (True, False))
    assert Counter(map(repr, cached)) == Counter(map(repr, plain))


def mutated(quads: list[Quad], draw: random.Random) -> list[Quad]:
    """The quads with some left out, some with another one's value, subject, datatype or graph."""
    out = []
    for quad in quads:
        other = draw.choice(quads)
        chance = draw.random()
        if chance < 0.04:
            continue
        out.append(quad)
        if chance < 0.08:
            out.append(Quad(quad.subject, quad.predicate, other.object, quad.graph_name))
        elif chance < 0.11:
            out.append(Quad(other.subject, quad.predicate, quad.object, quad.graph_name))
        elif chance < 0.13 and isinstance(quad.object, Literal):
            text = Literal(quad.object.value, datatype=NamedNode("http://www.w3.org/2001/XMLSchema#date"))
            out.append(Quad(quad.subject, quad.predicate, text, quad.graph_name))
        elif chance < 0.16:
            out.append(Quad(quad.subject, quad.predicate, quad.object, NamedNode("urn:another:graph")))
    return out


SEEDS_OF_CHANGE = [*range(5), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(5, 50))]


@pytest.mark.parametrize("seed", SEEDS_OF_CHANGE)
def test_mutated_graphs(seed: int) -> None:
    draw = random.Random(seed)
    chosen = draw.sample(sorted(CASES.glob("*.ttl")), 6)
    quads = [quad for number, path in enumerate(chosen) for quad in apart(path, number)]
    changed = [*quads_of(ontology_dir() / "core.ttl"), *mutated(quads, draw)]
    compiled, whole = (validate(changed, engine=engine, evidence=False) for engine in ("compiled", "pyshacl"))
    assert Counter(r.key for r in compiled.results) == Counter(r.key for r in whole.results)
    assert canonical(validate(changed, evidence=False)) == canonical(whole)


def test_another_engine_finds_the_same() -> None:
    turbo = pytest.importorskip("pyshacl_turbo", reason="pyshacl-turbo is not installed")
    quads, _ = graph(5_000)
    shapes = load_shapes()
    data, shacl = ox.Store(), ox.Store()
    data.extend(Quad(q.subject, q.predicate, q.object) for q in quads)
    shacl.extend(Quad(q.subject, q.predicate, q.object) for q in shapes.quads)
    texts = ["".join(f"{quad.triple} .\n" for quad in store) for store in (data, shacl)]
    _, found, _ = turbo.validate(
        texts[0], shacl_graph=texts[1], data_graph_format="nt", shacl_graph_format="nt"
    )
    theirs = reference.read_report(ox.parse(found.serialize(format="nt"), ox.RdfFormat.N_TRIPLES), shapes)
    # GRAPH is asked of triples alone there: the one constraint that speaks of it finds nothing
    ours = [r for r in validate(quads, evidence=False).results if not r.shape.endswith("FactWithoutEvidence")]
    assert Counter(r.key for r in theirs) == Counter(r.key for r in ours)


def test_sixty_articles_of_one_document_take_no_longer_than_their_triples() -> None:
    """Each triple in sixty graphs: a join of k patterns must not walk 60^k rows."""
    quads = [*quads_of(ontology_dir() / "core.ttl"), *apart(CASES / "SameKeyTwice.bad.ttl", 0)]
    told = [
        Quad(q.subject, q.predicate, q.object, NamedNode(f"urn:article:{n}"))
        for q in quads
        for n in range(60)
    ]
    once, often = (validate(some, evidence=False) for some in (quads, told))
    assert [r.key for r in once.results] == [r.key for r in often.results] != []


@pytest.mark.parametrize("small", [0, 10, 10**6])
@pytest.mark.parametrize("default", [0, 5, 400])
def test_repetitions_are_found_whichever_side_is_gone_through(
    small: int, default: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By one look at few named graphs; a predicate at a time with few in the default graph, and with many."""
    quads = list({q.triple: q for q in graph(0)[0]}.values())[-900:]
    names = [NamedNode(f"urn:g:{n}") for n in range(3)]
    store = ox.Store()
    for n, (s, p, o, _) in enumerate(quads):
        store.add(Quad(s, p, o, names[n % 2]))
        if n % 7 == 0:
            store.add(Quad(s, p, o, names[2]))
        if n < default:
            store.add(Quad(s, p, o))
    before, plan = set(store), plan_for(store, load_shapes())
    monkeypatch.setattr("kg.check.once._SMALL", small)
    with closing(each_triple_once(store, plan, ours=True)) as parts:
        once, _ = next(parts)
        assert {q.triple for q in once} == {q.triple for q in before}
        assert len(once) == len(quads)
    assert set(store) == before


def test_a_store_of_our_own_is_as_it_was_after_a_validation() -> None:
    quads, _ = graph(0)
    store = ox.Store()
    store.extend([*quads, *(Quad(q.subject, q.predicate, q.object, NamedNode("urn:g")) for q in quads[:99])])
    before, plan = set(store), plan_for(store, load_shapes())
    with closing(each_triple_once(store, plan, ours=True)) as parts:
        once, selects = next(parts)
        assert once is store
        assert len(once) == len({q.triple for q in before}) < len(before)
        assert len(selects) > 100
    assert set(store) == before


def test_of_a_store_of_others_what_is_repeated_and_asked_together_is_read_once() -> None:
    quads, _ = graph(0)
    name = NamedNode(CKG.issuedBy)
    again = [Quad(q.subject, q.predicate, q.object, NamedNode("urn:g")) for q in quads if q.predicate == name]
    store = ox.Store()
    store.extend([*quads, *again])
    before, plan = set(store), plan_for(store, load_shapes())
    plan = replace(plan, selects=tuple(s for s in plan.selects if "GRAPH" not in s.sparql))
    (here, alone), (once, together) = each_triple_once(store, plan, ours=False)
    assert here is store
    assert once is not store
    assert set(store) == before
    assert {q.triple for q in once.quads_for_pattern(None, name, None)} == {q.triple for q in again}
    names = [{s.shape.iri.rpartition("#")[2] for s in part} for part in (alone, together)]
    assert {"ImplementsCycle", "ClaimWithoutGround"} <= names[0]
    assert {"TwoIssuers", "IssuerMayNotIssue", "DocumentShape-issuedBy"} <= names[1]
    assert {q.predicate for q in once} < {q.predicate for q in store}


@pytest.mark.parametrize("seed", range(3))
def test_a_store_of_others_gives_the_same_report(seed: int) -> None:
    """Asked of the store itself, of a copy of what is repeated, or of a store in memory of our own."""
    draw = random.Random(seed)
    quads, _ = graph(3_000, seed=seed)
    graphs = [NamedNode(f"urn:g:{n}") for n in range(3)]
    quads += [Quad(q.subject, q.predicate, q.object, draw.choice(graphs)) for q in draw.sample(quads, 900)]
    store = ox.Store()
    store.extend(quads)
    found = [validate_store(store, engine="compiled", ours=way).results for way in (False, True)]
    assert found[0] == found[1] != ()


def test_a_disagreement_hands_everything_to_pyshacl(monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.check import engine

    monkeypatch.setattr(engine, "confirmed", lambda *_: None)
    path = CASES / "TwoIssuers.bad.ttl"
    report = validate_store(store_of([path, ontology_dir() / "core.ttl"]), ours=True)
    assert report.engine == "pyshacl"
    assert "disagree" in report.notes[0]


def test_the_neighbourhood_is_small() -> None:
    quads, _ = graph(10_000)
    store = ox.Store()
    store.extend(quads)
    shapes = load_shapes()
    hits: dict[object, set[object]] = defaultdict(set)
    for result in validate(quads, evidence=False).results:
        root = next(r for r in shapes.roots if result.shape in {s.iri for s in r.walk()})
        hits[root.node].add(result.focus)
    around = neighbourhood(store, shapes, hits)  # type: ignore[arg-type]
    assert around is not None
    assert len(around) < len(store) / 4
