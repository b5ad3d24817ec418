"""The ontology keeps its word: two libraries read it, terms are explained, facts have a source."""

from __future__ import annotations

import functools
import itertools
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import owlrl  # type: ignore[import-untyped]
import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import OWL, RDF, RDFS, SKOS

import kg.namespaces
from kg.namespaces import CKG, DCTERMS, DEFAULT_BASE, PREFIXES, Vocabulary

ONTOLOGY = Path(__file__).parent.parent / "ontology"
CORE = ONTOLOGY / "core.ttl"
REGISTER = sorted((ONTOLOGY / "register").glob("*.ttl"))
VOCABULARY = sorted((ONTOLOGY / "vocabulary").glob("*.ttl"))
EVERYTHING = sorted(ONTOLOGY.rglob("*.ttl"))
C = CKG.defined_namespace()

# Types whose numbers carry no letters of the type, or that have no number at all.
WITHOUT_SYMBOL = {
    "Certificate",
    "Constitution",
    "Law",
    "LawCode",
    "PoliticalPlatform",
    "PublicLetter",
    "Strategy",
    "TravelWarrant",
}


@functools.cache
def graph(*files: Path) -> rdflib.Graph:
    """The files as one graph; do not change it, it is shared."""
    found = rdflib.Graph()
    for file in files:
        found.parse(file, format="turtle")
    return found


@functools.cache
def core() -> rdflib.Graph:
    return graph(CORE)


@functools.cache
def register() -> rdflib.Graph:
    return graph(*REGISTER)


def own_terms(graph: rdflib.Graph) -> set[str]:
    """Local names of our terms that the graph says something about."""
    return {
        str(s).removeprefix(str(CKG))
        for s in set(graph.subjects())
        if isinstance(s, rdflib.URIRef) and str(s).startswith(str(CKG))
    }


def tail(node: rdflib.term.Node | str | None) -> str:
    return str(node).rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def classes(root: str) -> list[rdflib.term.Node]:
    """The classes below `root`, without it."""
    found = core().transitive_subjects(RDFS.subClassOf, C[root])
    return [c for c in found if c is not None and c != C[root]]


def forms(node: rdflib.term.Node, graph: rdflib.Graph) -> list[str]:
    """The Vietnamese words by which the recogniser knows a type or a topic."""
    found = [o for p in (RDFS.label, SKOS.altLabel, SKOS.hiddenLabel) for o in graph.objects(node, p)]
    return [str(o).lower() for o in found if isinstance(o, rdflib.Literal) and o.language == "vi"]


# ── Files ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("file", EVERYTHING, ids=lambda f: str(f.relative_to(ONTOLOGY)))
def test_both_libraries_read_the_same_triples(file: Path) -> None:
    by_oxigraph = set(ox.parse(path=str(file), format=ox.RdfFormat.TURTLE))
    assert len(by_oxigraph) == len(graph(file)) > 0
    assert file.stat().st_size < 500_000


def test_no_fact_is_repeated_between_files_of_the_register() -> None:
    assert sum(len(graph(f)) for f in REGISTER) == len(register())


# ── Terms ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_terms_in_code_are_those_of_the_ontology() -> None:
    in_files = own_terms(graph(CORE, *VOCABULARY))
    assert set(CKG) - in_files == set(), "in namespaces.py, but nothing in ontology/ says what it means"
    assert in_files - set(CKG) == set(), "in ontology/, but not in namespaces.py"


def test_ontology_uses_no_term_that_is_not_defined() -> None:
    used = {
        (file.name, str(node))
        for file in EVERYTHING
        for triple in graph(file)
        for node in triple
        if isinstance(node, rdflib.URIRef) and str(node).startswith(str(CKG)) and str(node) != str(CKG)
    }
    assert [u for u in sorted(used) if u[1] not in CKG] == []


@pytest.mark.parametrize("term", sorted(CKG))
def test_each_term_is_named_and_explained_in_both_languages(term: str) -> None:
    for predicate in (RDFS.label, SKOS.definition):
        found = Counter(getattr(o, "language", None) for o in core().objects(C[term], predicate))
        assert found == {"vi": 1, "en": 1}, f"{term} {tail(predicate)}"


@pytest.mark.parametrize("term", sorted(CKG))
def test_each_term_is_of_a_kind(term: str) -> None:
    kinds = set(core().objects(C[term], RDF.type))
    declared = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property}
    individuals = {C.Level, C.Role, C.Status, C.Branch, C.InferenceRule}
    assert len(kinds & declared) + len(kinds & individuals) == 1


def test_no_term_is_named_like_a_method_of_str() -> None:
    # rdflib's Namespace is a str: Namespace(...).title would be the method.
    assert [term for term in CKG if hasattr(str, term)] == []


def test_domains_and_ranges_are_known_classes() -> None:
    for predicate in (RDFS.domain, RDFS.range, RDFS.subClassOf, RDFS.subPropertyOf, OWL.inverseOf):
        for subject, value in core().subject_objects(predicate):
            if str(value).startswith(str(CKG)):
                assert (value, RDF.type, None) in core(), f"{tail(subject)} {tail(predicate)} {value}"


def test_nothing_in_the_ontology_makes_a_reasoner_repair_contradictions() -> None:
    # A functional property would declare two issuers the same organ; a key would merge two documents.
    for kind in (OWL.FunctionalProperty, OWL.InverseFunctionalProperty):
        assert list(core().subjects(RDF.type, kind)) == []
    assert list(core().subject_objects(OWL.hasKey)) == []


def test_the_ontology_says_what_it_is() -> None:
    ontology = rdflib.URIRef(str(CKG).rstrip("#"))
    for predicate in (DCTERMS["title"], DCTERMS["license"], DCTERMS["creator"], str(OWL.versionInfo)):
        assert (ontology, rdflib.URIRef(predicate), None) in core()
    assert "not registered" in " ".join(map(str, core().objects(ontology, RDFS.comment)))


# ── Namespaces ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_term_is_its_full_iri() -> None:
    assert CKG.implements == "https://w3id.org/cascade-kg/ontology#implements"
    assert CKG["rule-same-event"] == f"{CKG}rule-same-event"
    assert CKG.implements in CKG
    assert f"{CKG}nonsense" not in CKG
    assert CKG.local(CKG.implements) == "implements"
    assert CKG.local("https://example.org/x") is None
    assert kg.namespaces.DCTERMS.title == "http://purl.org/dc/terms/title"


def test_a_typo_names_its_neighbours() -> None:
    with pytest.raises(AttributeError, match=r"CKG has no term 'implments'; did you mean implements"):
        _ = CKG.implments
    with pytest.raises(KeyError, match="CKG has no term 'zzzzzz'"):
        _ = CKG["zzzzzz"]
    with pytest.raises(AttributeError):
        _ = C.implments


def test_namespaces_load_no_rdf_library() -> None:
    code = "import sys, kg.namespaces; sys.exit('rdflib' in sys.modules or 'pyoxigraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "name", ["RDF", "RDFS", "SKOS", "DCTERMS", "PROV", "ORG", "FOAF", "OWL", "SH", "VOID", "DCAT"]
)
def test_terms_of_others_exist(name: str) -> None:
    ours: Vocabulary = getattr(kg.namespaces, name)
    theirs = getattr(rdflib.namespace, name)
    assert str(ours) == str(theirs._NS)
    known = set(theirs.__annotations__) | set(theirs._extras)
    assert set(ours) - known == set()


def test_prefixes_write_turtle_and_sparql() -> None:
    assert PREFIXES["ckg"] == str(CKG)
    assert all(iri.endswith(("#", "/")) for iri in PREFIXES.values())
    header = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    assert ox.Store().query(header + "ASK { ckg:Plan rdfs:subClassOf ckg:Document }") is not None


# ── Types and their words ─────────────────────────────────────────────────────────────────────────────────


def test_document_types_have_a_symbol_or_are_known_to_have_none() -> None:
    without = {tail(c) for c in classes("Document") if (c, SKOS.notation, None) not in core()}
    assert without == WITHOUT_SYMBOL


def test_document_types_stand_side_by_side() -> None:
    # A scorer reads rdfs:label of every class above a document: a type below a type would give two names.
    for kind in classes("Document"):
        assert list(core().objects(kind, RDFS.subClassOf)) == [C.Document]
        branches = set(core().objects(kind, C.issuedInBranch))
        assert branches
        assert branches <= {C.PartyBranch, C.StateBranch}
    lists = [set(core().items(o)) for o in core().objects(None, OWL.members)]
    assert set(classes("Document")) in lists


@pytest.mark.parametrize(
    ("term", "label"),
    [
        ("Directive", "Chỉ thị"),
        ("Resolution", "Nghị quyết"),
        ("Conclusion", "Kết luận"),
        ("Decision", "Quyết định"),
        ("Regulation", "Quy định"),
        ("Rules", "Quy chế"),
        ("Circular", "Thông tri"),
        ("Guidance", "Hướng dẫn"),
        ("Notice", "Thông báo"),
        ("Report", "Báo cáo"),
        ("Plan", "Kế hoạch"),
        ("Programme", "Chương trình"),
        ("ActionProgramme", "Chương trình hành động"),
        ("Scheme", "Đề án"),
        ("Strategy", "Chiến lược"),
        ("Submission", "Tờ trình"),
        ("OfficialLetter", "Công văn"),
        ("Law", "Luật"),
        ("Ordinance", "Pháp lệnh"),
        ("Decree", "Nghị định"),
        ("StateCircular", "Thông tư"),
    ],
)
def test_labels_that_scores_compare(term: str, label: str) -> None:
    assert rdflib.Literal(label, lang="vi") in set(core().objects(C[term], RDFS.label))


@pytest.mark.parametrize("root", ["Document", "Event"])
def test_no_two_types_share_a_form(root: str) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for kind in classes(root):
        words = forms(kind, core())
        assert len(words) == len(set(words)), f"{tail(kind)} lists a form twice"
        for form in words:
            owners[form].add(tail(kind))
    assert {form: kinds for form, kinds in owners.items() if len(kinds) > 1} == {}


def test_levels_are_ranked_from_the_centre_down() -> None:
    ranked = sorted(core().subject_objects(C.rank), key=lambda pair: int(str(pair[1])))
    assert [tail(level) for level, _ in ranked] == [
        "Central",
        "Provincial",
        "District",
        "Commune",
        "Grassroots",
    ]


def test_topics_have_forms_of_their_own() -> None:
    topics = graph(ONTOLOGY / "vocabulary" / "topics.ttl")
    found = set(topics.subjects(RDF.type, C.Topic))
    assert len(found) >= 30
    owners: dict[str, set[str]] = defaultdict(set)
    for topic in found:
        assert {
            o.language for o in topics.objects(topic, SKOS.definition) if isinstance(o, rdflib.Literal)
        } == {"vi", "en"}
        assert set(topics.objects(topic, SKOS.broader)) <= found
        for form in set(forms(topic, topics)):
            owners[form].add(tail(topic))
    assert {form: kinds for form, kinds in owners.items() if len(kinds) > 1} == {}


# ── Meaning ───────────────────────────────────────────────────────────────────────────────────────────────


def reasoned(turtle: str) -> tuple[rdflib.Graph, list[str]]:
    """The extract with the axioms that concern it, closed under OWL 2 RL; and the contradictions found."""
    wanted = {"Document", "Organ", "Directive", "Plan", "Circular", "Person", "Event"}
    wanted |= {
        "issuedBy",
        "issuedFor",
        "standingBodyOf",
        "implements",
        "implementedBy",
        "cascadesFrom",
        "cascadesTo",
    }
    extract = rdflib.Graph()
    for term in wanted:
        for predicate, value in core().predicate_objects(C[term]):
            if predicate not in {SKOS.definition, SKOS.example, SKOS.altLabel, SKOS.hiddenLabel, RDFS.label}:
                extract.add((C[term], predicate, value))
                extract += core().cbd(value) if isinstance(value, rdflib.BNode) else rdflib.Graph()
    for axiom, members in core().subject_objects(OWL.members):
        some = [m for m in core().items(members) if tail(m) in wanted]
        if len(some) > 1:
            extract.add((axiom, RDF.type, OWL.AllDisjointClasses))
            node = rdflib.BNode()
            rdflib.collection.Collection(extract, node, some)
            extract.add((axiom, OWL.members, node))
    prefixes = f"@prefix ckg: <{CKG}> . @prefix : <https://example.org/> . "
    extract.parse(data=prefixes + turtle, format="turtle")
    closure = owlrl.OWLRL_Semantics(extract, False, False, False)
    closure.closure()
    return extract, closure.error_messages


def x(name: str) -> rdflib.URIRef:
    return rdflib.URIRef("https://example.org/" + name)


def test_what_a_standing_body_issues_is_its_committees() -> None:
    facts, errors = reasoned(":plan ckg:issuedBy :standing . :standing ckg:standingBodyOf :committee .")
    assert (x("plan"), C.issuedFor, x("committee")) in facts
    assert (x("committee"), RDF.type, C.Organ) in facts
    assert errors == []


def test_a_cascade_reaches_down_through_implements() -> None:
    facts, errors = reasoned(":c ckg:implements :b . :b ckg:implements :a .")
    assert (x("c"), C.cascadesFrom, x("a")) in facts
    assert (x("a"), C.cascadesTo, x("c")) in facts
    assert (x("a"), C.implementedBy, x("b")) in facts
    assert (x("c"), C.implements, x("a")) not in facts
    assert errors == []


def test_two_issuers_stay_two() -> None:
    facts, errors = reasoned(":d a ckg:Circular ; ckg:issuedBy :one , :two .")
    assert (x("one"), OWL.sameAs, x("two")) not in facts
    assert errors == []


@pytest.mark.parametrize(
    "contradiction",
    [
        ":d a ckg:Directive , ckg:Plan .",
        ":d a ckg:Plan , ckg:Organ .",
        ":d ckg:implements :p . :p a ckg:Person .",
    ],
)
def test_a_reasoner_notices_what_cannot_be(contradiction: str) -> None:
    _, errors = reasoned(contradiction)
    assert errors


# ── Register ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("file", REGISTER, ids=lambda f: f.name)
def test_every_fact_we_assert_has_a_source(file: Path) -> None:
    facts = graph(file)
    source = rdflib.URIRef(DCTERMS.source)
    assert [tail(s) for s in set(facts.subjects()) if not list(facts.objects(s, source))] == []


def test_every_entity_of_the_register_has_a_type_and_a_name() -> None:
    for subject in set(register().subjects()):
        assert list(register().objects(subject, RDF.type)), subject
        assert list(register().objects(subject, RDFS.label)), subject


def test_register_refers_only_to_what_exists() -> None:
    whole = graph(CORE, *REGISTER, *VOCABULARY)
    known = set(whole.subjects())
    mentioned = {o for o in register().objects() if str(o).startswith(DEFAULT_BASE)}
    assert sorted(str(o) for o in mentioned - known) == []


def test_register_agrees_with_domains_and_ranges() -> None:
    whole = graph(CORE, *REGISTER, *VOCABULARY)
    for predicate in set(register().predicates()):
        for bound, end in ((RDFS.domain, 0), (RDFS.range, 2)):
            for kind in core().objects(predicate, bound):
                if not str(kind).startswith(str(CKG)):
                    continue
                below = set(core().transitive_subjects(RDFS.subClassOf, kind))
                for triple in register().triples((None, predicate, None)):
                    assert set(whole.objects(triple[end], RDF.type)) & below, (triple, tail(kind))


def value(subject: rdflib.term.Node, term: str) -> str:
    found = register().value(subject, C[term])
    return "" if found is None else str(found)


def valid(subject: rdflib.term.Node, day: str) -> bool:
    until = value(subject, "validUntil")
    return value(subject, "validFrom") <= day and (not until or day < until)


def territories(level: str) -> Iterator[rdflib.term.Node]:
    for subject in register().subjects(RDF.type, C.Territory):
        if register().value(subject, C.level) == C[level]:
            yield subject


@pytest.mark.parametrize(
    ("day", "count", "cities"),
    [
        ("2024-12-31", 63, 5),
        ("2025-01-01", 63, 6),
        ("2025-06-30", 63, 6),
        ("2025-07-01", 34, 6),
        ("2026-01-01", 34, 6),
    ],
)
def test_how_many_provinces_there_are_on_a_day(day: str, count: int, cities: int) -> None:
    today = [t for t in territories("Provincial") if valid(t, day)]
    assert len(today) == count
    assert len({value(t, "gsoCode") for t in today}) == count
    assert len({value(t, "properName") for t in today}) == count
    assert sum(value(t, "territoryKind") != "tỉnh" for t in today) == cities


def test_districts_end_with_june_2025_and_belong_to_a_province() -> None:
    districts = list(territories("District"))
    assert len(districts) == len({value(d, "gsoCode") for d in districts}) == 696
    for district in districts:
        assert value(district, "validUntil") == "2025-07-01"
        province = register().value(district, C.partOf)
        assert province is not None
        assert valid(province, "2025-06-30")


def test_every_province_that_ended_has_a_successor_that_names_it() -> None:
    ended = [t for t in territories("Provincial") if value(t, "validUntil")]
    assert len(ended) == 52 + 1  # 52 merged on 1 July 2025, and tỉnh Thừa Thiên Huế before them
    for territory in ended:
        successors = list(register().objects(territory, C.successor))
        assert len(successors) == 1
        assert (successors[0], C.predecessor, territory) in register()
        assert value(successors[0], "validFrom") == value(territory, "validUntil")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tinh-vinh-phuc", "phu-tho-2025"),
        ("tinh-hai-duong", "hai-phong-2025"),
        ("tinh-dak-lak", "dak-lak-2025"),
        ("tinh-dong-nai", "dong-nai-2025"),
        ("tinh-binh-phuoc", "dong-nai-2025"),
        ("tinh-lai-chau", ""),
    ],
)
def test_what_became_of_the_seeds_provinces(before: str, after: str) -> None:
    base = DEFAULT_BASE + "id/territory/"
    assert tail(value(rdflib.URIRef(base + before), "successor")) == after


def test_identifiers_of_doubtful_provinces_are_left_out() -> None:
    same = {
        (tail(s), tail(o)) for s, o in register().subject_objects(rdflib.URIRef("https://schema.org/sameAs"))
    }
    assert ("tinh-lai-chau", "Q36409") in same
    wikidata = Counter(item for _, item in same if item.startswith("Q"))
    assert not {"Q2332060", "Q7333405"} & set(wikidata)
    assert set(wikidata.values()) == {1}


def test_territories_are_derived_byte_for_byte(tmp_path: Path) -> None:
    try:
        installed = metadata.version("vietnamadminunits")
    except metadata.PackageNotFoundError:
        pytest.skip("vietnamadminunits is not installed: the extra dev has it")
    assert installed == "1.0.4"
    subprocess.run([sys.executable, ONTOLOGY / "register" / "derive.py", tmp_path], check=True)
    for name in ("territories.ttl", "territories-districts.ttl"):
        assert (tmp_path / name).read_bytes() == (ONTOLOGY / "register" / name).read_bytes()


def test_terms_follow_one_another_without_gap() -> None:
    terms = sorted(register().subjects(RDF.type, C.CongressTerm), key=lambda t: int(value(t, "ordinal")))
    assert [value(t, "romanNumeral") for t in terms] == ["VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV"]
    for before, after in itertools.pairwise(terms):
        assert value(before, "validUntil") == value(after, "validFrom")
        assert register().value(before, C.successor) == after
    assert not value(terms[-1], "validUntil")


def documents() -> Iterator[rdflib.term.Node]:
    yield from set(register().subjects(C.code))


def test_documents_belong_to_the_term_of_their_date() -> None:
    for document in documents():
        date, term = value(document, "issuedOn"), register().value(document, C.inTerm)
        if date and term is not None:
            assert valid(term, date), document


def test_every_document_has_a_source_or_says_that_it_has_none() -> None:
    for document in documents():
        sources = [str(s) for s in register().objects(document, rdflib.DCTERMS.source)]
        kept = [s for s in sources if s.startswith(("http://", "https://", "seeds/"))]
        assert sources, document
        assert bool(kept) != (value(document, "confidence") == "unsourced"), document


def test_documents_of_the_register_stand_in_order() -> None:
    """By kind, number and term, so that two of one number are seen beside each other."""
    text = (ONTOLOGY / "register" / "documents.ttl").read_text(encoding="utf-8")
    keys = re.findall(r"^d:(ct|kl|nq|qd|quyet-dinh)-(\d+)-tw-k(\d+) a ", text, re.MULTILINE)
    assert len(keys) > 100
    assert keys == sorted(keys, key=lambda k: (k[0], int(k[1]), int(k[2])))


def test_a_number_alone_names_no_document() -> None:
    codes = Counter(value(d, "code") for d in documents())
    assert codes["12-CT/TW"] == 3
    assert codes["20-NQ/TW"] == 4
    keys = [(value(d, "code"), value(d, "numberedBy"), value(d, "inTerm")) for d in documents()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("local", "date", "issuer"),
    [
        ("ct-25-tw-k12", "2018-08-08", "ban-bi-thu"),
        ("ct-32-tw-k12", "2019-02-18", "bo-chinh-tri"),
        ("kl-57-tw-k13", "2023-06-15", "bo-chinh-tri"),
        ("da-01-tw-k13", "2022-03-03", "ban-bi-thu"),
        ("ct-12-tw-k13", "2022-01-05", "ban-bi-thu"),
        ("nq-35-tw-k12", "2018-10-22", "bo-chinh-tri"),
        ("ct-04-tw-k11", "2011-07-06", "ban-bi-thu"),
        ("ct-44-tw-k7", "1994-09-20", "ban-bi-thu"),
        ("kl-16-tw-k11", "2012-02-14", "bo-chinh-tri"),
    ],
)
def test_central_documents_of_the_seeds(local: str, date: str, issuer: str) -> None:
    document = rdflib.URIRef(f"{DEFAULT_BASE}id/document/{local}")
    assert value(document, "issuedOn") == date
    assert tail(value(document, "issuedBy")) == issuer
    assert not value(document, "confidence")


def test_organs_that_ended_and_began_on_3_february_2025() -> None:
    old = rdflib.URIRef(f"{DEFAULT_BASE}id/organ/ban-tuyen-giao-trung-uong")
    new = register().value(old, C.successor)
    assert tail(str(new)) == "ban-tuyen-giao-va-dan-van-trung-uong"
    assert valid(old, "2025-02-02")
    assert not valid(old, "2025-02-03")
    assert new is not None
    assert valid(new, "2025-02-03")


def test_organ_templates_are_complete() -> None:
    rules = graph(ONTOLOGY / "vocabulary" / "organ-rules.ttl")
    kinds = {value(t, "territoryKind") for t in register().subjects(RDF.type, C.Territory)}
    templates = set(rules.subjects(RDF.type, C.OrganTemplate))
    patterns: Counter[tuple[str, str]] = Counter()
    for template in templates:
        assert set(map(str, rules.objects(template, C.forKind))) <= kinds
        assert set(rules.objects(template, C.organClass)) <= set(classes("Organ"))
        assert list(rules.objects(template, C.barePattern)), template
        for predicate in (C.pattern, C.altPattern):
            for pattern in map(str, rules.objects(template, predicate)):
                assert pattern.count("{name}") == 1
                patterns.update((kind, pattern) for kind in map(str, rules.objects(template, C.forKind)))
        for predicate in (C.standingBodyOfTemplate, C.partOfTemplate):
            assert set(rules.objects(template, predicate)) <= templates
    assert [p for p, n in patterns.items() if n > 1] == []


def test_who_may_issue_a_circular_in_a_province() -> None:
    # Seed 004 gives Thông tri 01-TT/TU two issuers; the rule tells which of them could.
    whole = graph(CORE, *REGISTER, *VOCABULARY)

    def rules(template: str, verdict: str) -> list[rdflib.term.Node]:
        found = whole.subjects(C.ofTemplate, rdflib.URIRef(f"{DEFAULT_BASE}vocabulary#template-{template}"))
        return [rule for rule in found if (rule, C[verdict], C.Circular) in whole]

    assert rules("tinh-uy", "mayNotIssue")
    assert not rules("tinh-uy", "mayIssue")
    assert rules("ban-thuong-vu-tinh-uy", "mayIssue")
    for rule in whole.subjects(RDF.type, C.IssuingRule):
        allowed, forbidden = (set(whole.objects(rule, C[p])) for p in ("mayIssue", "mayNotIssue"))
        assert allowed | forbidden <= set(classes("Document"))
        assert not allowed & forbidden
        assert set(whole.objects(rule, C.ofTemplate)) <= set(whole.subjects(RDF.type, C.OrganTemplate))
