"""The inferred graph, rule by rule: what is concluded, what is not, and what each conclusion rests on."""

from __future__ import annotations

import re
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as ox
import pytest

from kg import infer as rules
from kg import schema
from kg.gist import gathered
from kg.keys import Keys
from kg.namespaces import CKG, DEFAULT_BASE, PREFIXES, PROV, RDF, RDFS
from kg.store import Store

BASE = DEFAULT_BASE
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_HEADER = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()) + "".join(
    f"@prefix {name}: <{BASE}id/{kind}/> .\n"
    for name, kind in (("d", "document"), ("o", "organ"), ("p", "person"), ("t", "territory"))
)
_WITHOUT_CLAIM = (RDF.type, RDFS.label)


def quads(graph: str, turtle: str) -> list[ox.Quad]:
    """The triples of Turtle text as quads of a graph."""
    triples = ox.parse(_HEADER + turtle, format=ox.RdfFormat.TURTLE)
    return [ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(graph)) for q in triples]


def article(stem: str, turtle: str) -> str:
    """An article as the converter writes it: its facts, a claim for each, and what it mentions.

    In `turtle`, `a:` is the article and `<event/1>` a name that this article alone knows.
    """
    iri = f"{BASE}id/article/{stem}"
    facts = quads(iri, f"@prefix a: <{iri}> .\n@base <{iri}/> .\n{turtle}")
    claims = [q for q in facts if q.predicate.value not in _WITHOUT_CLAIM]
    node, lines = ox.NamedNode, [*facts]
    for number, fact in enumerate(claims, 1):
        claim, graph = node(f"{iri}#claim-{number}"), node(f"{iri}#claims")
        for predicate, value in (
            (RDF.type, node(CKG.Claim)),
            (RDF.subject, fact.subject),
            (RDF.predicate, fact.predicate),
            (RDF.object, fact.object),
            (CKG.status, node(CKG.Stated)),
        ):
            lines.append(ox.Quad(claim, node(predicate), value, graph))
    for entity in {q.subject for q in facts if q.predicate.value == RDF.type}:
        lines.append(ox.Quad(node(iri), node(CKG.mentions), entity, node(iri)))
        if not any(q.subject == entity and q.predicate.value == RDFS.label for q in facts):
            lines.append(ox.Quad(entity, node(RDFS.label), ox.Literal("tên", language="vi"), node(iri)))
    return _nquads(lines)


def register(turtle: str) -> str:
    """More entries of the register."""
    return _nquads(quads(f"{BASE}graph/register", turtle))


def _nquads(lines: list[ox.Quad]) -> str:
    return (ox.serialize(lines, format=ox.RdfFormat.N_QUADS) or b"").decode()


@cache
def background() -> str:
    """Ontology and register."""
    return schema.nquads("ontology", BASE) + schema.nquads("register", BASE)


def infer(store: Store) -> str:
    """What follows from the articles in a store."""

    def gists() -> Iterator[bytes]:
        return gathered(rules.stored(store), store.base)

    return b"".join(rules.infer(gists, rules.Background.read(store))).decode()


class Ground(NamedTuple):
    """What is behind an inferred triple."""

    rule: str
    sources: set[str]
    score: str


class Inferred:
    """An inferred graph, read and held to the promises that every one keeps."""

    def __init__(self, store: Store, nquads: str) -> None:
        graph = ox.NamedNode(f"{BASE}graph/inferred")
        lines = nquads.splitlines()
        assert lines == sorted(set(lines))
        triples = list(ox.parse(nquads, format=ox.RdfFormat.N_QUADS))
        assert {q.graph_name for q in triples} <= {graph}
        assert not any(isinstance(t, ox.BlankNode) for q in triples for t in (q.subject, q.object))
        claims: dict[ox.NamedNode, dict[str, list[Term]]] = {}
        for q in triples:
            if isinstance(q.subject, ox.NamedNode) and q.subject.value.startswith(f"{BASE}id/inferred/"):
                claims.setdefault(q.subject, {}).setdefault(q.predicate.value, []).append(q.object)
        self.grounds: dict[tuple[str, str, str], Ground] = {}
        stated = set(store.engine)
        for row in claims.values():
            (s,), (p,), (o,) = row[RDF.subject], row[RDF.predicate], row[RDF.object]
            assert isinstance(s, ox.NamedNode)
            assert isinstance(p, ox.NamedNode)
            assert row[CKG.status] == [ox.NamedNode(CKG.Inferred)]
            rule, sources = row[CKG.rule], row[PROV.wasDerivedFrom]
            assert len(rule) == 1
            for source in sources:
                assert isinstance(source, ox.NamedNode)
                assert source in claims or any(store.engine.quads_for_pattern(source, None, None, None))
            assert not list(store.engine.quads_for_pattern(s, p, o, None)), f"{s} {p} {o} is stated"
            key = short(s), short(p), short(o)
            assert key not in self.grounds, f"{key} has two claims"
            score = row.get(CKG.score, [])
            self.grounds[key] = Ground(
                short(rule[0]).removeprefix("rule-"),
                set(map(short, sources)),
                "".join(map(short, score)),
            )
        concluded = {q for q in triples if q.subject not in claims}
        assert len(concluded) == len(self.grounds)
        assert not concluded & stated

    def of(self, subject: str) -> dict[str, set[str]]:
        """The values concluded for a subject, by property."""
        found: dict[str, set[str]] = {}
        for s, p, o in self.grounds:
            if s == subject:
                found.setdefault(p, set()).add(o)
        return found

    def all(self, predicate: str) -> set[tuple[str, str]]:
        """Subjects and objects of a property."""
        return {(s, o) for s, p, o in self.grounds if p == predicate}


def short(term: Term) -> str:
    """`document/ct-91-tw-k13`, `heldOn`, a literal's text."""
    value = term.value if isinstance(term, (ox.NamedNode, ox.Literal)) else str(term)
    return value.removeprefix(f"{BASE}id/").rsplit("ontology#", 1)[-1].rsplit("rdf-schema#", 1)[-1]


Conclude = Callable[..., Inferred]


@pytest.fixture(scope="module")
def world() -> Store:
    return Store.in_memory(background(), base=BASE)


@pytest.fixture
def conclude(world: Store) -> Iterator[Conclude]:
    """Infers from articles over the real ontology and register, and puts the store back as it was."""
    added: list[ox.Quad] = []

    def run(*texts: str) -> Inferred:
        for text in texts:
            new = [q for q in ox.parse(text, format=ox.RdfFormat.N_QUADS) if q not in world.engine]
            added.extend(new)
            world.engine.extend(new)
        return Inferred(world, infer(world))

    yield run
    for quad in added:
        world.engine.remove(quad)


# ── terms, series, symbols ──────────────────────────────────────────────────────────────────────────────

DIRECTIVE = """d:ct-91-tw-k13 a ckg:Directive ;
  ckg:documentNumber "91" ; ckg:symbol "CT/TW" ; ckg:code "91-CT/TW" ."""
PUBLISHED = """a: schema:datePublished "2023-05-05"^^xsd:date ."""


def test_the_term_follows_from_the_documents_own_date(conclude: Conclude) -> None:
    dated = DIRECTIVE + """d:ct-91-tw-k13 ckg:issuedOn "2022-07-01"^^xsd:date ."""
    found = conclude(article("x", dated + PUBLISHED))
    assert found.of("document/ct-91-tw-k13") == {
        "inTerm": {"term/13"},
        "numberedBy": {"organ/ban-chap-hanh-trung-uong"},
    }
    ground = found.grounds["document/ct-91-tw-k13", "inTerm", "term/13"]
    assert ground == ("term-from-date", {"article/x#claim-4"}, "")


def test_the_term_follows_from_the_publication_else(conclude: Conclude) -> None:
    found = conclude(article("x", DIRECTIVE + PUBLISHED))
    ground = found.grounds["document/ct-91-tw-k13", "inTerm", "term/13"]
    assert ground == ("term-from-publication", {"article/x#claim-4"}, "")


def test_a_date_outside_the_term_is_no_ground_for_it(conclude: Conclude) -> None:
    found = conclude(article("x", DIRECTIVE + """d:ct-91-tw-k13 ckg:issuedOn "2014-07-01"^^xsd:date ."""))
    ground = found.grounds["document/ct-91-tw-k13", "inTerm", "term/13"]
    assert ground == ("term-from-publication", {"article/x#claim-1"}, "")


def test_no_term_where_the_register_or_an_article_has_it(conclude: Conclude) -> None:
    assert (
        conclude(
            article(
                "x", """d:ct-32-tw-k12 a ckg:Directive ; ckg:documentNumber "32" ; ckg:symbol "CT/TW" ."""
            )
        ).of("document/ct-32-tw-k12")
        == {}
    )
    stated = DIRECTIVE + f"d:ct-91-tw-k13 ckg:inTerm <{BASE}id/term/13> ."
    assert conclude(article("x", stated)).of("document/ct-91-tw-k13") == {}


@pytest.mark.parametrize(
    ("document", "committee"),
    [
        ("kh-91-tu-lai-chau-2015", "tinh-uy-lai-chau"),
        ("kh-91-tu-da-nang-2015", "thanh-uy-da-nang"),
        ("hd-91-vptw-k12", "van-phong-trung-uong-dang"),
        ("hd-91-btgtw-k12", "ban-tuyen-giao-trung-uong"),
        ("kh-91-btgtu-lai-chau-2015", "ban-tuyen-giao-tinh-uy-lai-chau"),
        ("kh-91-2019-ubnd-lai-chau", None),
        ("nd-91-2019-cp", None),
    ],
)
def test_whose_series_a_number_is_of(conclude: Conclude, document: str, committee: str | None) -> None:
    found = conclude(
        article("x", f"""d:{document} a ckg:Plan ; ckg:documentNumber "91" ; ckg:symbol "S" .""")
    )
    assert found.of(f"document/{document}").get("numberedBy") == (
        {f"organ/{committee}"} if committee else None
    )
    if committee and not committee.endswith(("-trung-uong", "-dang")):
        assert set(found.of(f"organ/{committee}")) >= {RDF.type, "label", "level", "territory"}


@pytest.mark.parametrize(
    ("day", "committee"), [("2025-06-30", "tinh-uy-dong-nai"), ("2025-07-01", "tinh-uy-dong-nai-2025")]
)
def test_a_province_made_in_2025_has_a_committee_of_its_own(
    conclude: Conclude, day: str, committee: str
) -> None:
    plan = f"""d:kh-91-tu-dong-nai-2020 a ckg:Plan ; ckg:issuedOn "{day}"^^xsd:date ."""
    found = conclude(article("x", plan)).of("document/kh-91-tu-dong-nai-2020")
    assert found["numberedBy"] == {f"organ/{committee}"}


def test_the_symbol_follows_from_type_and_issuer(conclude: Conclude) -> None:
    found = conclude(
        article(
            "x",
            """d:qd-91-tw-k13 a ckg:Regulation ; ckg:documentNumber "91" ; ckg:issuedBy o:bo-chinh-tri .""",
        )
    )
    assert found.of("document/qd-91-tw-k13").items() >= {"symbol": {"QĐ/TW"}, "code": {"91-QĐ/TW"}}.items()
    ground = found.grounds["document/qd-91-tw-k13", "symbol", "QĐ/TW"]
    assert ground == ("symbol-from-issuer", {"article/x#claim-2"}, "")


def test_no_symbol_where_one_is_stated_or_no_issuer_is(conclude: Conclude) -> None:
    bare = """d:ct-92-tw-k13 a ckg:Directive ; ckg:documentNumber "92" ."""
    found = conclude(
        article("x", DIRECTIVE), article("y", DIRECTIVE.replace("ckg:symbol", "ckg:place") + bare)
    )
    assert "symbol" not in found.of("document/ct-91-tw-k13")
    assert "symbol" not in found.of("document/ct-92-tw-k13")


# ── local documents ─────────────────────────────────────────────────────────────────────────────────────

FULL = (
    DIRECTIVE
    + """d:ct-91-tw-k13 ckg:issuedOn "2022-07-01"^^xsd:date ; ckg:issuedBy o:ban-bi-thu .
o:ban-bi-thu a ckg:PartyOrgan ; ckg:level ckg:Central ."""
)
LOCAL = """<document/x> a ckg:Directive ; ckg:documentNumber "91" ; ckg:issuedBy o:ban-bi-thu .
o:ban-bi-thu a ckg:PartyOrgan ; ckg:level ckg:Central ."""


def local(turtle: str, published: str = "2023-05-05") -> str:
    """An article that names a document by its number alone."""
    day = f"""a: schema:datePublished "{published}"^^xsd:date .""" if published else ""
    return article("near", turtle + day)


def test_a_local_document_is_the_only_one_that_fits(conclude: Conclude) -> None:
    found = conclude(article("far", FULL), local(LOCAL))
    assert found.of("article/near/document/x") == {"resolvedTo": {"document/ct-91-tw-k13"}}
    ground = found.grounds["article/near/document/x", "resolvedTo", "document/ct-91-tw-k13"]
    assert ground.rule == "single-candidate"
    assert {"article/far#claim-1", "article/near#claim-1", "article/near#claim-2"} <= ground.sources


@pytest.mark.parametrize(
    ("turtle", "published", "expected"),
    [
        (LOCAL.replace('"91"', '"091"'), "2023-05-05", "resolvedTo"),
        (LOCAL, "", "resolvedTo"),  # one candidate in all
        (LOCAL, "2022-06-30", None),  # before it was issued
        (LOCAL, "2026-05-05", "resolvedTo"),  # the term after is young
        (LOCAL, "2026-08-05", "candidate"),
        (LOCAL.replace("ckg:issuedBy o:ban-bi-thu", 'ckg:symbol "CT/TW"'), "2023-05-05", "resolvedTo"),
        (LOCAL.replace("ckg:issuedBy o:ban-bi-thu", 'ckg:symbol "CT/TU"'), "2023-05-05", None),
        (LOCAL.replace("; ckg:issuedBy o:ban-bi-thu", ""), "2023-05-05", "candidate"),  # whose directive?
        (LOCAL.replace("Directive", "Conclusion"), "2023-05-05", None),
        (LOCAL.replace('"91"', '"92"'), "2023-05-05", None),
        (
            LOCAL.replace("ckg:PartyOrgan", "ckg:StateOrgan").replace("o:ban-bi-thu", "o:bo-x"),
            "2023-05-05",
            None,
        ),
        (
            LOCAL.replace("ckg:Central", "ckg:Provincial").replace("o:ban-bi-thu", "o:tinh-uy-x"),
            "2023-05-05",
            None,
        ),
        (LOCAL + '<document/x> ckg:issuedOn "2022-07-02"^^xsd:date .', "2023-05-05", None),
        (LOCAL + '<document/x> ckg:issuedOn "2022-07-01"^^xsd:date .', "2023-05-05", "resolvedTo"),
        (LOCAL + DIRECTIVE, "2023-05-05", None),  # the article tells the two apart
    ],
)
def test_what_speaks_against_a_candidate(
    conclude: Conclude, turtle: str, published: str, expected: str | None
) -> None:
    found = conclude(article("far", FULL), local(turtle, published)).of("article/near/document/x")
    assert found == ({expected: {"document/ct-91-tw-k13"}} if expected else {})


def test_in_the_first_months_of_a_term_the_term_before_fits_too(conclude: Conclude) -> None:
    found = conclude(article("far", FULL), local(LOCAL, "2026-03-05"))
    assert found.of("article/near/document/x") == {"resolvedTo": {"document/ct-91-tw-k13"}}
    later = FULL.replace("k13", "k14").replace("2022-07-01", "2026-02-10")
    found = conclude(article("later", later))
    assert found.of("article/near/document/x") == {
        "candidate": {"document/ct-91-tw-k13", "document/ct-91-tw-k14"}
    }
    scores = {
        o: float(found.grounds[s, p, o].score)
        for s, p, o in found.grounds
        if (s, p) == ("article/near/document/x", "candidate")
    }
    assert scores["document/ct-91-tw-k14"] > scores["document/ct-91-tw-k13"] > 0
    assert sum(scores.values()) <= 1.001


def test_the_term_decides_between_two_of_one_number(conclude: Conclude) -> None:
    older = FULL.replace("k13", "k12").replace("2022-07-01", "2017-03-01")
    found = conclude(article("far", FULL), article("older", older), local(LOCAL))
    assert found.of("article/near/document/x") == {"resolvedTo": {"document/ct-91-tw-k13"}}


def test_between_resolutions_the_term_does_not_decide(conclude: Conclude) -> None:
    """They last: an article of 2023 may mean the one of 2017."""
    newer, near = (t.replace("Directive", "Resolution").replace("d:ct-", "d:nq-") for t in (FULL, LOCAL))
    newer = newer.replace("CT/TW", "NQ/TW")
    older = newer.replace("k13", "k12").replace("2022-07-01", "2017-03-01")
    found = conclude(article("far", newer), local(near))
    assert found.of("article/near/document/x") == {"resolvedTo": {"document/nq-91-tw-k13"}}
    found = conclude(article("older", older))
    assert found.of("article/near/document/x") == {
        "candidate": {"document/nq-91-tw-k12", "document/nq-91-tw-k13"}
    }


def test_decisions_of_the_centre_are_candidates_as_regulations_are(conclude: Conclude) -> None:
    far = """d:quyet-dinh-991-tw-k13 a ckg:Decision ; ckg:documentNumber "991" ; ckg:symbol "QĐ/TW" ;
        ckg:issuedOn "2022-07-01"^^xsd:date ."""
    regulation = far.replace("quyet-dinh-", "qd-").replace("Decision", "Regulation")
    near = """<document/x> a ckg:Decision ; ckg:documentNumber "991" ; ckg:symbol "QĐ/TW" ."""
    found = conclude(article("far", far), article("other", regulation), local(near))
    assert found.of("article/near/document/x") == {"resolvedTo": {"document/quyet-dinh-991-tw-k13"}}


def test_without_a_day_two_of_one_number_stay_candidates(conclude: Conclude) -> None:
    older = FULL.replace("k13", "k12").replace("2022-07-01", "2017-03-01")
    found = conclude(article("far", FULL), article("older", older), local(LOCAL, ""))
    assert set(found.of("article/near/document/x")) == {"candidate"}


def test_an_event_that_disseminated_it_was_not_before_it(conclude: Conclude) -> None:
    event = """<event/1> a ckg:Conference ; ckg:heldOn "2018-01-02"^^xsd:date ;
        ckg:disseminates <document/x> ."""
    older = FULL.replace("k13", "k12").replace("2022-07-01", "2017-03-01")
    found = conclude(article("far", FULL), article("older", older), local(LOCAL + event, ""))
    assert found.of("article/near/document/x") == {"resolvedTo": {"document/ct-91-tw-k12"}}


@pytest.mark.parametrize(("confidence", "expected"), [("", "resolvedTo"), ("unsourced", "candidate")])
def test_an_unsourced_document_of_the_register_is_a_candidate_only(
    conclude: Conclude, confidence: str, expected: str
) -> None:
    entry = DIRECTIVE + """d:ct-91-tw-k13 ckg:issuedOn "2022-07-01"^^xsd:date ."""
    doubt = f"""d:ct-91-tw-k13 ckg:confidence "{confidence}" .""" if confidence else ""
    found = conclude(register(entry + doubt), local(LOCAL))
    assert found.of("article/near/document/x") == {expected: {"document/ct-91-tw-k13"}}
    ground = found.grounds["article/near/document/x", expected, "document/ct-91-tw-k13"]
    assert "document/ct-91-tw-k13" in ground.sources
    assert bool(ground.score) == (expected == "candidate")


PLAN = """d:kh-91-tu-lai-chau-2015 a ckg:Plan ; ckg:documentNumber "91" ; ckg:symbol "KH/TU" ."""
LOCAL_PLAN = """<document/x> a ckg:Plan ; ckg:documentNumber "91" ; ckg:issuedBy o:tinh-uy-x .
o:tinh-uy-x a ckg:PartyOrgan ; ckg:level ckg:Provincial ; ckg:territory t:tinh-lai-chau ."""


@pytest.mark.parametrize(
    ("turtle", "published", "expected"),
    [
        (LOCAL_PLAN, "2019-05-05", "resolvedTo"),
        (LOCAL_PLAN, "2014-05-05", None),
        (LOCAL_PLAN, "2023-05-05", "candidate"),
        (LOCAL_PLAN, "2020-10-05", "resolvedTo"),  # the months of congresses: the old term or the new one
        (LOCAL_PLAN, "2025-10-05", "candidate"),
        (LOCAL_PLAN.replace("t:tinh-lai-chau", "t:tinh-son-la"), "2019-05-05", None),
        (LOCAL_PLAN.replace("; ckg:territory t:tinh-lai-chau", ""), "2019-05-05", None),
        (LOCAL_PLAN.replace("t:tinh-lai-chau", "t:tinh-lai-chau , t:tinh-son-la"), "2019-05-05", None),
        (LOCAL_PLAN.replace("ckg:PartyOrgan", "ckg:StateOrgan"), "2019-05-05", None),
        (LOCAL_PLAN.replace("; ckg:issuedBy o:tinh-uy-x", ""), "2019-05-05", "candidate"),
    ],
)
def test_a_provincial_document_needs_its_province(
    conclude: Conclude, turtle: str, published: str, expected: str | None
) -> None:
    found = conclude(article("far", PLAN), local(turtle, published)).of("article/near/document/x")
    assert found == ({expected: {"document/kh-91-tu-lai-chau-2015"}} if expected else {})


@pytest.mark.parametrize(
    ("number", "published", "expected"),
    [("91", "2024-12-05", "resolvedTo"), ("91", "2025-01-05", "candidate"), ("91/2023", "2024-12-05", None)],
)
def test_a_decree_is_of_its_year(
    conclude: Conclude, number: str, published: str, expected: str | None
) -> None:
    far = """d:nd-91-2024-cp a ckg:Decree ; ckg:documentNumber "91/2024" ; ckg:symbol "NĐ-CP" ."""
    turtle = f"""<document/x> a ckg:Decree ; ckg:documentNumber "{number}" ; ckg:issuedBy o:chinh-phu .
    o:chinh-phu a ckg:StateOrgan ; ckg:level ckg:Central ."""
    found = conclude(article("far", far), local(turtle, published)).of("article/near/document/x")
    assert found == ({expected: {"document/nd-91-2024-cp"}} if expected else {})


# ── events ──────────────────────────────────────────────────────────────────────────────────────────────

PAPERS = """d:ct-91-tw-k13 a ckg:Directive ; ckg:issuedOn "2022-07-01"^^xsd:date .
d:kl-92-tw-k13 a ckg:Conclusion ; ckg:issuedOn "2022-09-01"^^xsd:date ."""
EVENT = """<event/1> a ckg:Conference ; ckg:organisedBy o:ban-to-chuc-trung-uong ;
  ckg:disseminates d:ct-91-tw-k13 , d:kl-92-tw-k13 ; %s .
d:ct-91-tw-k13 a ckg:Directive . d:kl-92-tw-k13 a ckg:Conclusion ."""
DATED = """ckg:heldOn "%s"^^xsd:date"""
UNDATED = """ckg:monthDay "--11-24"^^xsd:gMonthDay"""


def bounds(found: Inferred, event: str) -> dict[str, set[str]]:
    return {p: o for p, o in found.of(event).items() if p.startswith("heldNot")}


def test_an_event_is_not_before_its_youngest_document_nor_after_the_report(conclude: Conclude) -> None:
    found = conclude(article("x", EVENT % UNDATED + PAPERS + PUBLISHED))
    assert bounds(found, "article/x/event/1") == {
        "heldNotBefore": {"2022-09-01"},
        "heldNotAfter": {"2023-05-05"},
    }
    first = found.grounds["article/x/event/1", "heldNotBefore", "2022-09-01"]
    assert (first.rule, len(first.sources)) == ("bounds-from-documents", 2)
    last = found.grounds["article/x/event/1", "heldNotAfter", "2023-05-05"]
    assert (last.rule, len(last.sources)) == ("bound-from-publication", 1)


def test_no_bounds_where_the_day_is_stated(conclude: Conclude) -> None:
    assert (
        bounds(
            conclude(article("x", EVENT % (DATED % "2023-05-04") + PAPERS + PUBLISHED)), "article/x/event/1"
        )
        == {}
    )


def test_an_event_without_any_date_has_bounds(conclude: Conclude) -> None:
    found = conclude(article("x", EVENT % "a ckg:Event" + PAPERS))
    assert bounds(found, "article/x/event/1") == {"heldNotBefore": {"2022-09-01"}}


def test_of_two_days_of_a_document_the_earlier_bounds(conclude: Conclude) -> None:
    again = """d:kl-92-tw-k13 ckg:issuedOn "2021-09-01"^^xsd:date ."""
    found = conclude(article("x", EVENT % UNDATED + PAPERS + again))
    assert bounds(found, "article/x/event/1") == {"heldNotBefore": {"2022-07-01"}}


def test_other_articles_and_the_register_date_what_an_article_does_not(conclude: Conclude) -> None:
    found = conclude(article("x", EVENT % UNDATED), article("y", PAPERS))
    ground = found.grounds["article/x/event/1", "heldNotBefore", "2022-09-01"]
    assert "article/y#claim-2" in ground.sources
    known = (
        """<event/1> a ckg:Conference ; ckg:disseminates d:ct-32-tw-k12 . d:ct-32-tw-k12 a ckg:Directive ."""
    )
    found = conclude(article("z", known))
    ground = found.grounds["article/z/event/1", "heldNotBefore", "2019-02-18"]
    assert ground.sources == {"article/z#claim-1", "document/ct-32-tw-k12"}


@pytest.mark.parametrize(("doubt", "expected"), [("", {"heldNotBefore": {"2022-07-01"}}), ("unsourced", {})])
def test_an_unsourced_day_bounds_nothing(
    conclude: Conclude, doubt: str, expected: dict[str, set[str]]
) -> None:
    entry = DIRECTIVE + """d:ct-91-tw-k13 ckg:issuedOn "2022-07-01"^^xsd:date ."""
    if doubt:
        entry += f"""d:ct-91-tw-k13 ckg:confidence "{doubt}" ."""
    event = (
        """<event/1> a ckg:Conference ; ckg:disseminates d:ct-91-tw-k13 . d:ct-91-tw-k13 a ckg:Directive ."""
    )
    assert bounds(conclude(register(entry), article("x", event)), "article/x/event/1") == expected


def same(found: Inferred) -> set[tuple[str, str]]:
    return {(a.split("/")[1], b.split("/")[1]) for a, b in found.all("sameEventAs")}


def test_another_report_tells_the_year(conclude: Conclude) -> None:
    found = conclude(article("x", EVENT % UNDATED), article("y", EVENT % (DATED % "2023-11-24")))
    assert same(found) == {("x", "y"), ("y", "x")}
    ground = found.grounds["article/x/event/1", "heldOn", "2023-11-24"]
    assert ground.rule == "year-from-other-article"
    assert {"article/y#claim-4", "article/x#claim-4"} < ground.sources  # its heldOn, the own monthDay
    assert not found.all("heldOn") - {("article/x/event/1", "2023-11-24")}
    grounds = found.grounds["article/x/event/1", "sameEventAs", "article/y/event/1"]
    assert (grounds.rule, len(grounds.sources)) == ("same-event", 6)  # organiser, document and day of both


@pytest.mark.parametrize(
    "other",
    [
        EVENT % (DATED % "2023-11-25"),
        EVENT.replace("ban-to-chuc", "ban-tuyen-giao") % (DATED % "2023-11-24"),
        EVENT.replace("o:ban-to-chuc-trung-uong", "<organ/x>") % (DATED % "2023-11-24"),
        EVENT.replace("91-tw", "93-tw").replace("92-tw", "94-tw") % (DATED % "2023-11-24"),
        EVENT % (DATED % "2021-11-24"),  # before the documents
        EVENT % "a ckg:Event",
    ],
)
def test_what_makes_two_events(conclude: Conclude, other: str) -> None:
    found = conclude(article("x", EVENT % UNDATED + PAPERS), article("y", other))
    assert not found.all("sameEventAs")
    assert not found.all("heldOn")


def test_two_years_are_none(conclude: Conclude) -> None:
    dated = [article(f"y{year}", EVENT % (DATED % f"{year}-11-24")) for year in (2022, 2023)]
    found = conclude(article("x", EVENT % UNDATED), *dated, article("z", EVENT % (DATED % "2023-11-24")))
    assert not found.all("heldOn")
    assert same(found) == {("y2023", "z"), ("z", "y2023")}


def test_the_documents_decide_between_two_years(conclude: Conclude) -> None:
    dated = [article(f"y{year}", EVENT % (DATED % f"{year}-11-24")) for year in (2021, 2023)]
    found = conclude(article("x", EVENT % UNDATED + PAPERS), *dated)
    assert found.all("heldOn") == {("article/x/event/1", "2023-11-24")}


def test_a_resolved_document_is_shared(conclude: Conclude) -> None:
    near = (
        LOCAL
        + f"""<event/1> a ckg:Conference ; ckg:organisedBy o:ban-bi-thu ; {UNDATED} ;
            ckg:disseminates <document/x> ."""
    )
    far = (
        FULL
        + f"""<event/1> a ckg:Conference ; ckg:organisedBy o:ban-bi-thu ; ckg:disseminates d:ct-91-tw-k13 ;
        {DATED % "2023-11-24"} ."""
    )
    assert conclude(local(near, ""), article("far", far)).all("heldOn") == {
        ("article/near/event/1", "2023-11-24")
    }


def test_many_reports_hang_together_with_linear_work(conclude: Conclude) -> None:
    reports = [article(f"r{n:02}", EVENT % (DATED % "2023-11-24" if n == 7 else UNDATED)) for n in range(30)]
    found = conclude(*reports)
    assert len(found.all("heldOn")) == 29
    assert len(found.all("sameEventAs")) == 2 * 29


# ── organs ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_standing_body_stands_for_its_committee(conclude: Conclude) -> None:
    found = conclude(
        article("x", "o:ban-thuong-vu-tinh-uy-lai-chau a ckg:PartyOrgan ; ckg:territory t:tinh-lai-chau .")
    )
    committee = "organ/tinh-uy-lai-chau"
    assert found.of("organ/ban-thuong-vu-tinh-uy-lai-chau") == {
        "standingBodyOf": {committee},
        "partOf": {committee},
    }
    assert found.of(committee) == {
        RDF.type: {"PartyOrgan"},
        "label": {"Tỉnh ủy Lai Châu"},
        "level": {"Provincial"},
        "territory": {"territory/tinh-lai-chau"},
    }
    ground = found.grounds["organ/ban-thuong-vu-tinh-uy-lai-chau", "standingBodyOf", committee]
    assert ground == ("standing-body", {"article/x#claim-1"}, "")


@pytest.mark.parametrize(
    ("organ", "territory", "parent"),
    [
        ("ban-tuyen-giao-tinh-uy-dak-lak", "tinh-dak-lak", "tinh-uy-dak-lak"),
        ("ban-to-chuc-thanh-uy-da-nang", "thanh-pho-da-nang", "thanh-uy-da-nang"),
        ("ban-thuong-vu-tinh-uy-phu-tho-2025", "phu-tho-2025", "tinh-uy-phu-tho-2025"),
        (
            "ban-thuong-vu-huyen-uy-long-thanh-dong-nai",
            "huyen-long-thanh-dong-nai",
            "huyen-uy-long-thanh-dong-nai",
        ),
        ("thuong-truc-hdnd-tinh-son-la", "tinh-son-la", "hdnd-tinh-son-la"),
        ("tinh-uy-lai-chau", "tinh-lai-chau", None),
        ("ban-thuong-vu-tinh-uy-lai-chau", "tinh-son-la", None),  # stated to be elsewhere
        ("hoi-go-kien-tinh-lai-chau", "tinh-lai-chau", None),
    ],
)
def test_what_an_organ_is_part_of(conclude: Conclude, organ: str, territory: str, parent: str | None) -> None:
    found = conclude(article("x", f"o:{organ} a ckg:PartyOrgan ; ckg:territory t:{territory} .")).of(
        f"organ/{organ}"
    )
    assert found.get("partOf") == ({f"organ/{parent}"} if parent else None)
    assert "territory" not in found


def test_the_territory_follows_from_the_name(conclude: Conclude) -> None:
    found = conclude(
        article("x", "o:tinh-uy-lai-chau a ckg:PartyOrgan ; ckg:level ckg:Provincial ."),
        article(
            "y", "o:huyen-uy-chau-thanh a ckg:PartyOrgan ; ckg:level ckg:District ."
        ),  # several have the name
    )
    assert found.of("organ/tinh-uy-lai-chau") == {"territory": {"territory/tinh-lai-chau"}}
    assert found.of("organ/huyen-uy-chau-thanh") == {}


def test_what_an_article_says_of_an_organ_is_not_concluded_again(conclude: Conclude) -> None:
    turtle = """o:ban-thuong-vu-tinh-uy-lai-chau a ckg:PartyOrgan ; ckg:territory t:tinh-lai-chau ;
      ckg:standingBodyOf o:tinh-uy-lai-chau ; ckg:partOf o:tinh-uy-lai-chau .
    o:tinh-uy-lai-chau a ckg:PartyOrgan ; ckg:territory t:tinh-lai-chau ."""
    assert not conclude(article("x", turtle)).grounds


def test_a_department_is_part_of_the_government_where_a_template_says_so(conclude: Conclude) -> None:
    vocabulary = f"{BASE}vocabulary#"
    template = f"""<{vocabulary}template-so-tinh> a ckg:OrganTemplate ; ckg:organClass ckg:StateOrgan ;
      ckg:level ckg:Provincial ; ckg:forKind "tỉnh" ; ckg:pattern "Sở {{field}} tỉnh {{name}}" ;
      ckg:barePattern "Sở {{field}}" ; ckg:partOfTemplate <{vocabulary}template-ubnd-tinh> ."""
    found = conclude(
        _nquads(quads(f"{BASE}graph/ontology", template)),
        article("x", "o:so-go-kien-tinh-ha-tinh a ckg:StateOrgan ; ckg:territory t:tinh-ha-tinh ."),
        article(
            "y",
            """<organ/so-go-kien> a ckg:StateOrgan ; ckg:level ckg:Provincial .
          <organ/ubnd-tinh> a ckg:StateOrgan ; ckg:level ckg:Provincial .""",
        ),
    )
    assert found.all("partOf") == {
        ("organ/so-go-kien-tinh-ha-tinh", "organ/ubnd-tinh-ha-tinh"),
        ("article/y/organ/so-go-kien", "article/y/organ/ubnd-tinh"),
    }


def test_local_organs_of_one_article_hang_together_and_no_province_is_guessed(conclude: Conclude) -> None:
    one = """<organ/ban-thuong-vu-tinh-uy> a ckg:PartyOrgan ; ckg:level ckg:Provincial .
      <organ/tinh-uy> a ckg:PartyOrgan ; ckg:level ckg:Provincial ."""
    found = conclude(article("x", one), article("y", one.partition("\n")[0]))
    assert found.all("standingBodyOf") == {
        ("article/x/organ/ban-thuong-vu-tinh-uy", "article/x/organ/tinh-uy")
    }
    assert not found.all("territory")


GUILD = """o:hoi-go-kien a ckg:OtherOrgan ; rdfs:label "Hội Gõ kiến"@vi ; skos:altLabel "HGK"@vi ;
  ckg:level ckg:Central ; ckg:validFrom "2020-01-01"^^xsd:date ; ckg:validUntil "2024-01-01"^^xsd:date ."""


@pytest.mark.parametrize(
    ("label", "published", "expected"),
    [
        ("Hội Gõ kiến", "2023-05-05", True),
        ("Hội gõ kiến", "", True),
        ("HGK", "2023-05-05", True),
        ("Hội Gõ kiến", "2024-01-01", False),
        ("Hội Gõ kiến tỉnh", "2023-05-05", False),
    ],
)
def test_a_local_organ_of_the_registers_name(
    conclude: Conclude, label: str, published: str, expected: bool
) -> None:
    turtle = f"""<organ/x> a ckg:OtherOrgan ; rdfs:label "{label}"@vi ; ckg:level ckg:Central ."""
    found = conclude(register(GUILD), local(turtle, published))
    assert found.of("article/near/organ/x") == ({"resolvedTo": {"organ/hoi-go-kien"}} if expected else {})


def test_two_organs_of_one_name_are_not_told_apart(conclude: Conclude) -> None:
    turtle = """<organ/x> a ckg:OtherOrgan ; rdfs:label "HGK"@vi ; ckg:level ckg:Central ."""
    twin = GUILD.replace("hoi-go-kien", "hoi-giu-kho").replace("Hội Gõ kiến", "Hội Giữ kho")
    assert not conclude(register(GUILD), register(twin), local(turtle)).all("resolvedTo")


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────


def person(stem: str, iri: str, name: str, fact: str = "ckg:participant") -> str:
    return article(stem, f"""<participation/1> {fact} {iri} . {iri} a ckg:Person ; rdfs:label "{name}" .""")


def test_people_of_one_name_are_possibly_the_same(conclude: Conclude) -> None:
    found = conclude(
        person("x", "p:vu-uy-tinh-lai-chau", "Vũ Uý"),
        person("y", "<person/vu-uy>", "VŨ ÚY"),
        person("z", "<person/vu-y>", "Vũ Ý"),
    )
    pair = "person/vu-uy-tinh-lai-chau", "article/y/person/vu-uy"
    assert found.all("possiblySame") == {pair, pair[::-1]}
    assert found.grounds[pair[0], "possiblySame", pair[1]] == (
        "same-name",
        {"article/x#claim-1", "article/y#claim-1"},
        "",
    )


def test_one_person_in_two_articles_is_one(conclude: Conclude) -> None:
    assert not conclude(person("x", "p:vu-uy-x", "Vũ Uy"), person("y", "p:vu-uy-x", "Vũ Uy")).grounds


# ── the whole ───────────────────────────────────────────────────────────────────────────────────────────

ARTICLES = (
    local(LOCAL + EVENT % UNDATED, ""),
    article("far", FULL + EVENT % (DATED % "2023-11-24")),
    article(
        "plan", PLAN + "o:ban-thuong-vu-tinh-uy-lai-chau a ckg:PartyOrgan ; ckg:territory t:tinh-lai-chau ."
    ),
    person("x", "<person/vu-uy>", "Vũ Uy"),
    person("y", "<person/vu-uy>", "Vũ Uy"),
)


def test_the_order_of_loading_does_not_show() -> None:
    texts: list[str] = []
    for articles in (ARTICLES, ARTICLES[::-1]):
        store = Store.in_memory("", base=BASE)
        for part in (*articles, background()) if not texts else (background(), *articles):
            store.replace([], part)
        texts.append(infer(store))
    assert texts[0] == texts[1]
    assert "sameEventAs" in texts[0]


def test_what_was_inferred_before_changes_nothing() -> None:
    store = Store.in_memory(background() + "".join(ARTICLES), base=BASE)
    once = infer(store)
    store.replace([], once)
    assert infer(store) == once


def test_another_base_gives_the_same_conclusions() -> None:
    other = "https://vi.example/kg/"
    text = background() + "".join(ARTICLES)
    moved = text.replace(f"<{BASE}id/", f"<{other}id/").replace(f"<{BASE}graph/", f"<{other}graph/")
    found = infer(Store.in_memory(moved, base=other))
    assert found.count("\n") == infer(Store.in_memory(text, base=BASE)).count("\n")
    assert BASE not in found.replace(f"<{BASE}ontology#", "")


def test_nothing_follows_from_nothing() -> None:
    assert infer(Store.in_memory("", base=BASE)) == ""
    assert infer(Store.in_memory(background(), base=BASE)) == ""


# ── the real articles ───────────────────────────────────────────────────────────────────────────────────

ROOT = Path(__file__).resolve().parents[1]
SEED_EVENT = "article/002_eb01bf3f49ef87fa/event/1"


def converted(*folders: Path) -> Store:
    from kg import read
    from kg.convert import Converter

    convert = Converter(BASE).convert
    found = [convert(read.read(path)) for path in read.sources(list(folders))]
    return Store.in_memory(background() + b"".join(c.facts + c.claims for c in found).decode(), base=BASE)


def test_the_seeds_alone_give_no_year_but_a_first_day() -> None:
    store = converted(ROOT / "seeds")
    found = Inferred(store, infer(store))
    assert found.all("heldOn") == set()
    assert found.of(SEED_EVENT) == {"heldNotBefore": {"2022-03-03"}}
    near = ("article/004_acbb9829243e96d6/document/chi-thi-04", "candidate")
    scores = {o: float(g.score) for (*key, o), g in found.grounds.items() if tuple(key) == near}
    assert scores["document/ct-04-tw-k13"] > scores["document/ct-04-tw-k11"]
    assert ("organ/ban-thuong-vu-tinh-uy-lai-chau", "organ/tinh-uy-lai-chau") in found.all("standingBodyOf")
    unnamed = {o for s, o in found.all("territory") | found.all("resolvedTo") if "000_" in s}
    assert unnamed <= {"organ/hoc-vien-ngoai-giao"}  # nothing of the province that article 000 does not name


def test_with_other_reports_the_national_conference_has_its_year() -> None:
    store = converted(ROOT / "seeds", ROOT / "tests" / "gold" / "dev")
    start = time.process_time()
    nquads = infer(store)
    assert time.process_time() - start < 0.3
    found = Inferred(store, nquads)
    assert found.of(SEED_EVENT) == {
        "heldNotBefore": {"2022-03-03"},
        "heldOn": {"2023-11-24"},
        "sameEventAs": {f"article/0{n}/event/1" for n in (1, 2, 3)},
    }
    ground = found.grounds[SEED_EVENT, "heldOn", "2023-11-24"]
    told = store.rows(f"SELECT ?claim {{ ?claim <{RDF.predicate}> <{CKG.heldOn}> }}")
    assert ground.sources & {claim.removeprefix(f"{BASE}id/") for (claim,) in told}
    assert found.of("article/02/document/de-an-01") == {"resolvedTo": {"document/da-01-tw-k13"}}


_NUMBER = re.compile(r"(id/document/[a-z]+-)(\d+-)")


def test_memory_grows_neither_with_articles_nor_with_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.lines._HELD", 400_000)  # each of those who sort takes an eighth
    monkeypatch.setattr("kg.gist._MANY", 20)
    for room in ("table", "documents"):
        monkeypatch.setattr(f"kg.infer.{room}._CACHED", 10)
    store = converted(ROOT / "seeds")
    told = [str(keys) for keys in rules.stored(store)]
    background = rules.Background.read(store)

    def peak(copies: int) -> int:
        """Bytes at most for so many copies of the seeds, with articles and documents of other names each."""

        def articles() -> Iterator[Keys]:
            for number in range(copies):
                for line in told:
                    day = f"--{number % 12 + 1:02}-{number % 28 + 1:02}"
                    moved = line.replace("id/article/", f"id/article/{number:04}-").replace("--11-24", day)
                    yield Keys.parse(_NUMBER.sub(rf"\g<1>{number:03}\g<2>", moved))

        tracemalloc.start()
        try:
            assert sum(1 for _ in rules.infer(lambda: gathered(articles(), BASE), background)) > 20 * copies
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)  # what is made once
    assert peak(100) < 1.5 * peak(10)
