"""A report that is kept current is the report of a full validation, whatever is edited."""

from __future__ import annotations

import random
import sys
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

import kg
from kg.check import load_shapes, validate_store
from kg.check.increment import Change, renewed
from kg.check.load import quads_of
from kg.check.turtle import nquads, report_node
from kg.namespaces import CKG, RDF
from kg.resources import ontology_dir
from kg.store import Store
from violations import CASES

sys.path.insert(0, str(Path(__file__).parent / "bench"))
from generate import article, write

BASE = "https://example.org/"
REPORT = report_node(BASE)


@cache
def cases() -> dict[str, frozenset[Quad]]:
    """The cases of all shapes as articles, under the names that they share: what one says, others touch."""
    found = {}
    for path in sorted(CASES.iterdir()):
        quads = (q for q in quads_of(path) if BlankNode not in (type(q.subject), type(q.object)))
        graph = NamedNode(f"urn:case:{path.name}")
        found[path.name] = frozenset(
            q if isinstance(q.graph_name, NamedNode) else Quad(q.subject, q.predicate, q.object, graph)
            for q in quads
        )
    return found


@cache
def background() -> tuple[Quad, ...]:
    return tuple(q for path in sorted(ontology_dir().glob("*.ttl")) for q in quads_of(path))


def canonical(quads: object) -> set[str]:
    """The quads as text, with canonical names for blank nodes."""
    dataset = ox.Dataset(quads)  # type: ignore[arg-type]
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return set(map(str, dataset))


class Kept:
    """A store whose report is kept current through edits."""

    def __init__(self, quads: frozenset[Quad]) -> None:
        self.quads = quads
        self.store = ox.Store()
        self.store.extend([*background(), *quads])
        report = validate_store(self.store, engine="compiled")
        self.findings = report.counts()
        self.store.load(nquads(report, BASE), ox.RdfFormat.N_QUADS)

    def edit(self, quads: frozenset[Quad]) -> None:
        change = Change(self.quads - quads, quads - self.quads)
        self.quads = quads
        for quad in change.gone:
            self.store.remove(quad)
        self.store.extend(change.came)
        renewal = renewed(self.store, load_shapes(), change, self.findings, BASE)
        for quad in renewal.gone:
            self.store.remove(quad)
        self.store.load(renewal.came, ox.RdfFormat.N_QUADS)
        self.findings = renewal.findings

    def report(self) -> set[str]:
        return canonical(self.store.quads_for_pattern(None, None, None, REPORT))

    def anew(self) -> tuple[dict[str, int], set[str]]:
        data = ox.Store()
        data.extend([*background(), *self.quads])
        report = validate_store(data, engine="compiled")
        return report.counts(), canonical(ox.parse(nquads(report, BASE), ox.RdfFormat.N_QUADS))


def changed_at_random(quads: frozenset[Quad], draw: random.Random) -> frozenset[Quad]:
    """One to five quads left out, added, moved to another graph, or with another end."""
    listed = sorted(quads, key=str)
    out = set(quads)
    for quad in draw.sample(listed, min(len(listed), draw.randint(1, 5))):
        other = draw.choice(listed)
        kind = draw.randrange(6)
        if kind in (0, 4):
            out.discard(quad)
        if kind == 1:
            out.add(Quad(quad.subject, quad.predicate, other.object, quad.graph_name))
        if kind == 2:
            out.add(Quad(other.subject, quad.predicate, quad.object, other.graph_name))
        if kind in (3, 4):
            out.add(Quad(quad.subject, quad.predicate, quad.object, other.graph_name))
        if kind == 5 and isinstance(quad.object, Literal) and not quad.object.language:
            text = Literal(quad.object.value + "0", datatype=quad.object.datatype)
            out.add(Quad(quad.subject, quad.predicate, text, quad.graph_name))
    return frozenset(out)


NAMES = st.lists(st.sampled_from(sorted(cases())), min_size=1, max_size=8, unique=True)
EDIT = st.one_of(NAMES, st.integers(min_value=0, max_value=2**32))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(first=NAMES, edits=st.lists(EDIT, min_size=1, max_size=5))
def test_a_report_kept_through_edits_is_that_of_a_full_validation(
    first: list[str], edits: list[list[str] | int]
) -> None:
    """An edit puts cases in that are not there and takes out those that are, or changes some quads."""
    inside = set(first)
    kept = Kept(frozenset().union(*(cases()[name] for name in inside)))
    for edit in edits:
        if isinstance(edit, int):
            quads = changed_at_random(kept.quads, random.Random(edit)) if kept.quads else kept.quads
        else:
            inside ^= set(edit)
            quads = frozenset().union(*(cases()[name] for name in inside))
        kept.edit(quads)
        assert (kept.findings, kept.report()) == kept.anew()


DOCUMENTS = [NamedNode(f"{BASE}id/document/{n}") for n in range(6)]
LINKS = st.sets(st.tuples(st.sampled_from(DOCUMENTS), st.sampled_from(DOCUMENTS)), max_size=9)


@settings(max_examples=60, deadline=None)
@given(former=LINKS, latter=LINKS)
def test_a_cycle_is_seen_from_each_of_its_documents(
    former: set[tuple[NamedNode, NamedNode]], latter: set[tuple[NamedNode, NamedNode]]
) -> None:
    def quads(links: set[tuple[NamedNode, NamedNode]]) -> frozenset[Quad]:
        graph = NamedNode("urn:case:cycle")
        typed = {Quad(node, NamedNode(RDF.type), NamedNode(CKG.Plan), graph) for node in DOCUMENTS}
        return frozenset(typed | {Quad(a, NamedNode(CKG.implements), b, graph) for a, b in links})

    kept = Kept(quads(former))
    kept.edit(quads(latter))
    assert (kept.findings, kept.report()) == kept.anew()


def report_of(folder: Path) -> tuple[int, set[str]]:
    with Store.open(folder, read_only=True) as store:
        return len(store), canonical(store.quads(f"{store.base}graph/report"))


def test_a_build_that_changes_few_articles_validates_these_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = tmp_path / "articles"
    write(60, articles)
    kg.build([articles], tmp_path / "store")
    changed = articles / "0000" / "g0000007.txt"
    changed.write_text(changed.read_text("utf-8").replace("Kế hoạch số", "Kế hoạch số 9"), "utf-8")
    (articles / "0000" / "g0000008.txt").unlink()
    (articles / "0000" / "new.txt").write_text(article(7), "utf-8")
    anew = kg.build([articles], tmp_path / "anew")

    def everything(*_: object, **__: object) -> None:
        raise AssertionError("everything was validated")

    monkeypatch.setattr("kg.check.engine.validate_store", everything)
    kept = kg.build([articles], tmp_path / "store", prune=True)
    assert (len(kept.converted), kept.removed) == (2, ("g0000008",))
    assert kept.findings == anew.findings
    assert report_of(tmp_path / "store") == report_of(tmp_path / "anew")


def test_other_rules_make_a_build_validate_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = tmp_path / "articles"
    write(25, articles)
    kg.build([articles], tmp_path / "store")
    (articles / "new.txt").write_text(article(99), "utf-8")
    monkeypatch.setattr("kg.schema.shapes_digest", lambda: "others")
    monkeypatch.setattr("kg.check.increment.renewed", lambda *_: pytest.fail("kept the former report"))
    assert kg.build([articles], tmp_path / "store").ok
