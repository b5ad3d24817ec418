"""Exports: every format says what the store holds, in the same bytes whatever the store went through."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import schema
from kg.errors import KgError
from kg.export import FORMATS, GRAPHS, export, serialised
from kg.namespaces import CKG, DEFAULT_BASE, PREFIXES, RDFS, XSD
from kg.store import Store
from kg.turtle import Block, Names, natural, quoted

ID = f"{DEFAULT_BASE}id/"
DATASETS = [name for name, (rdf_format, _) in FORMATS.items() if rdf_format.supports_datasets]
RDFLIB_NAMES = {
    "turtle": "turtle",
    "trig": "trig",
    "nquads": "nquads",
    "ntriples": "nt",
    "jsonld": "json-ld",
    "rdfxml": "xml",
}
ARTICLE = f"{ID}article/003_26af"
FACTS = f"""
<{ARTICLE}> <http://purl.org/dc/terms/identifier> "003_26af" <{ARTICLE}> .
<{ARTICLE}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{CKG.Article}> <{ARTICLE}> .
<{ARTICLE}> <{CKG.mentions}> <{ID}document/ct-32-tw-k12> <{ARTICLE}> .
<{ID}document/ct-32-tw-k12> <{RDFS.label}> "Chỉ thị số 32-CT/TW"@vi <{ARTICLE}> .
<{ID}document/ct-32-tw-k12> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{CKG.Directive}> <{ARTICLE}> .
<{ID}document/ct-32-tw-k12> <{CKG.taskCount}> "6"^^<{XSD.integer}> <{ARTICLE}> .
<{ID}document/ct-32-tw-k12> <{CKG.issuedOn}> "2019-02-18"^^<{XSD.date}> <{ARTICLE}> .
<{ARTICLE}/task/10> <{CKG.task}> "mười"@vi <{ARTICLE}> .
<{ARTICLE}/task/2> <{CKG.task}> "hai"@vi <{ARTICLE}> .
<{ARTICLE}> <https://schema.org/articleBody> "Một\\n\\"hai\\"\\\\ \\"\\"\\" ba\\"" <{ARTICLE}#claims> .
<{ARTICLE}#passage-0-3> <http://www.w3.org/ns/oa#end> "3"^^<{XSD.integer}> <{ARTICLE}#claims> .
<{ID}document/ct-32-tw-k12> <{CKG.inTerm}> <{ID}term/12> <{DEFAULT_BASE}graph/inferred> .
<{ID}document/ct-32-tw-k12> <{CKG.taskCount}> "6"^^<{XSD.integer}> <{DEFAULT_BASE}graph/inferred> .
_:r <http://www.w3.org/ns/shacl#conforms> "false"^^<{XSD.boolean}> <{DEFAULT_BASE}graph/report> .
_:r <http://www.w3.org/ns/shacl#result> _:s <{DEFAULT_BASE}graph/report> .
_:s <http://www.w3.org/ns/shacl#resultMessage> "Sai ngày"@vi <{DEFAULT_BASE}graph/report> .
"""


@pytest.fixture
def store() -> Store:
    store = Store.in_memory(FACTS, base=DEFAULT_BASE)
    for name in ("ontology", "register"):
        store.replace([], schema.nquads(name, DEFAULT_BASE))
    return store


def written(store: Store, format: str, *graphs: str) -> bytes:
    stream = io.BytesIO()
    export(store, stream, format, graphs)
    return stream.getvalue()


def canonical(quads: list[ox.Quad]) -> set[str]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def merged(quads: list[ox.Quad]) -> list[ox.Quad]:
    return [ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads]


def by_rdflib(data: bytes, format: str) -> list[ox.Quad]:
    """What rdflib reads, through its N-Quads; the graph names that it makes up are taken away again."""
    dataset = rdflib.Dataset()
    dataset.parse(data=data, format=RDFLIB_NAMES[format], publicID="urn:nothing-is-relative:")
    quads = list(ox.parse(dataset.serialize(format="nquads"), ox.RdfFormat.N_QUADS))
    return quads if format in DATASETS else merged(quads)


@pytest.mark.parametrize("format", FORMATS)
def test_round_trip(store: Store, format: str) -> None:
    data = written(store, format, "all")
    quads = list(store.quads())
    expected = canonical(quads if format in DATASETS else merged(quads))
    assert canonical(list(ox.parse(data, FORMATS[format][0]))) == expected
    assert canonical(by_rdflib(data, format)) == expected


@pytest.mark.parametrize("format", FORMATS)
def test_the_history_of_a_store_leaves_no_trace(store: Store, format: str) -> None:
    lines = "".join(f"{quad} .\n" for quad in store.quads()).splitlines(keepends=True)
    random.Random(3).shuffle(lines)
    other = Store.in_memory("".join(lines).replace("_:", "_:x"), base=DEFAULT_BASE)
    other.replace(["urn:was-here"], "<urn:a> <urn:b> <urn:c> <urn:was-here> .")
    other.replace(["urn:was-here"], "")
    assert written(other, format, "all") == written(store, format, "all")


def test_turtle_is_good_to_read() -> None:
    text = written(Store.in_memory(FACTS, base=DEFAULT_BASE), "turtle").decode()
    body = text[text.index("\n# ----") :]
    assert (
        body
        == """
# ---- Bài báo · Articles

<article/003_26af> a ckg:Article ;
    ckg:mentions document:ct-32-tw-k12 ;
    dcterms:identifier "003_26af" .

# ---- Văn bản · Documents

document:ct-32-tw-k12 a ckg:Directive ;
    rdfs:label "Chỉ thị số 32-CT/TW"@vi ;
    ckg:inTerm term:12 ;
    ckg:issuedOn "2019-02-18"^^xsd:date ;
    ckg:taskCount 6 .

# ---- Nhiệm vụ được giao · Tasks

<article/003_26af/task/2> ckg:task "hai"@vi .

<article/003_26af/task/10> ckg:task "mười"@vi .
"""
    )


def test_trig_keeps_graphs_and_nests_blank_nodes() -> None:
    text = written(Store.in_memory(FACTS, base=DEFAULT_BASE), "trig").decode()
    graphs = [line.removesuffix(" {") for line in text.splitlines() if line.endswith(" {")]
    assert graphs == [
        "<article/003_26af>",
        "<article/003_26af#claims>",
        "<https://w3id.org/cascade-kg/graph/inferred>",
        "<https://w3id.org/cascade-kg/graph/report>",
    ]
    assert 'sh:result [ sh:resultMessage "Sai ngày"@vi ]' in text


def test_which_graphs(store: Store) -> None:
    def names(format: str, *graphs: str) -> set[str]:
        quads = ox.parse(written(store, format, *graphs), FORMATS[format][0])
        return {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}

    own = {f"{DEFAULT_BASE}graph/{name}" for name in ("inferred", "ontology", "report")}
    assert names("nquads") >= {ARTICLE, f"{ARTICLE}#claims", *own}
    assert names("trig") == names("nquads") == names("jsonld", "all")
    assert names("nquads", "facts", "claims") == {ARTICLE, f"{ARTICLE}#claims"}
    assert names("trig", "inferred") == {f"{DEFAULT_BASE}graph/inferred"}
    assert written(store, "turtle") == written(store, "turtle", "inferred", "facts")
    assert len(written(store, "ntriples").splitlines()) == 10  # the fact that two graphs hold is written once


def test_unknown_names(store: Store) -> None:
    with pytest.raises(KgError, match="no format 'n3' — one of turtle, trig"):
        serialised(store, "n3")
    with pytest.raises(KgError, match="no graphs called 'fact' — one of facts"):
        serialised(store, "turtle", ["fact"])
    assert GRAPHS[0] == "facts"


def test_a_file_is_complete_or_not_there(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "out.ttl"
    export(store, target)
    assert target.read_bytes() == written(store, "turtle")
    with pytest.raises(KgError, match=r"none/out\.ttl: cannot be written \(No such file"):
        export(store, tmp_path / "none" / "out.ttl")
    store.replace([], f'<urn:a> <urn:1/> "no name" <{ARTICLE}> .')
    with pytest.raises(KgError, match="is no XML name"):
        export(store, target, "rdfxml")
    assert [path.name for path in tmp_path.iterdir()] == ["out.ttl"]
    assert target.read_bytes().startswith(b"@base")


def test_xml_says_what_it_cannot_hold() -> None:
    store = Store.in_memory(f'<urn:a> <urn:b> "\\u0001" <{ARTICLE}> .', base=DEFAULT_BASE)
    with pytest.raises(KgError, match="control character"):
        written(store, "rdfxml")


# ------------------------------------------------------------------------------ properties
# Every character of the plane where Vietnamese lives, and those that writers get wrong.
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], max_codepoint=0x1FFFF) | st.sampled_from("\"\\\n\r\t' .\x00\x7f")
)
LOCAL = st.text(st.sampled_from("abz09_-.~!$&'()*+,;=:@%/#?ệĐ"), max_size=12)


@st.composite
def literals(draw: st.DrawFn) -> ox.Literal:
    value = draw(
        TEXT | st.from_regex(r"[+-]?[0-9]*\.?[0-9]+", fullmatch=True) | st.sampled_from(["true", "1", "x"])
    )
    if draw(st.booleans()):
        return ox.Literal(value, language=draw(st.sampled_from(["vi", "en", "vi-VN"])))
    names = [XSD.string, XSD.integer, XSD.decimal, XSD.boolean, XSD.date, "urn:type"]
    return ox.Literal(value, datatype=ox.NamedNode(draw(st.sampled_from(names))))


@st.composite
def iris(draw: st.DrawFn) -> ox.NamedNode:
    start = draw(
        st.sampled_from(
            [ID, f"{ID}document/", f"{ID}article/", *PREFIXES.values(), "urn:x:", "http://e/%C4%91/"]
        )
    )
    try:
        return ox.NamedNode(start + draw(LOCAL).replace("%", "%25"))
    except ValueError:
        return ox.NamedNode(start)


@st.composite
def quad_lists(draw: st.DrawFn) -> list[ox.Quad]:
    blank = st.sampled_from([ox.BlankNode(name) for name in "abcd"])
    nodes = iris() | blank
    predicates = iris() | st.sampled_from([ox.NamedNode(iri) for iri in (RDFS.label, CKG.task)])
    quads = st.builds(ox.Quad, nodes, predicates, nodes | literals(), st.just(ox.NamedNode(ARTICLE)))
    return draw(st.lists(quads, max_size=8))


def stored(quads: list[ox.Quad]) -> Store:
    store = Store.in_memory(base=DEFAULT_BASE)
    store.engine.extend(quads)
    return store


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(quad_lists())
def test_any_quads_survive_turtle_and_trig(quads: list[ox.Quad]) -> None:
    store = stored(quads)
    quads = list(store.quads())  # the store keeps numbers by value: "01" has become "1"
    turtle, trig = written(store, "turtle"), written(store, "trig")
    assert canonical(list(ox.parse(turtle, ox.RdfFormat.TURTLE))) == canonical(merged(quads))
    assert canonical(list(ox.parse(trig, ox.RdfFormat.TRIG))) == canonical(quads)


@settings(max_examples=200, deadline=None)
@given(st.lists(literals(), max_size=3))
def test_any_literals_survive_two_parsers(values: list[ox.Literal]) -> None:
    """rdflib also keeps the texts: it may only rewrite numbers and booleans, whose values it knows."""
    quads = [
        ox.Quad(ox.NamedNode(f"{ID}document/{n}"), ox.NamedNode(CKG.task), value, ox.NamedNode(ARTICLE))
        for n, value in enumerate(values)
        if value.language or value.datatype.value in (XSD.string, "urn:type")
    ]
    data = written(stored(quads), "turtle")
    assert canonical(list(ox.parse(data, ox.RdfFormat.TURTLE))) == canonical(merged(quads))
    graph = rdflib.Graph().parse(data=data, format="turtle")
    found = {(str(s), str(o)) for s, _, o in graph}
    assert found == {
        (q.subject.value, q.object.value)
        for q in quads
        if isinstance(q.subject, ox.NamedNode) and isinstance(q.object, ox.Literal)
    }


@given(TEXT)
def test_quoted_is_a_turtle_string(text: str) -> None:
    (triple,) = ox.parse(f"<urn:a> <urn:b> {quoted(text)} .", ox.RdfFormat.TURTLE)
    assert isinstance(triple.object, ox.Literal)
    assert triple.object.value == text


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        (f"{ID}document/ct-32-tw-k12", "document:ct-32-tw-k12"),
        (f"{ID}article/003_26af/task/2", "<article/003_26af/task/2>"),
        (f"{ID}article/003_26af#claim-1", "<article/003_26af#claim-1>"),
        (f"{ID}article/a/../b", f"<{ID}article/a/../b>"),
        (f"{ID}organ/a.b.", r"organ:a\.b\."),
        (f"{ID}organ/a/b", "<organ/a/b>"),
        (f"{ID}organ/Tỉnh", f"<{ID}organ/Tỉnh>"),
        (CKG["rule-same-event"], "ckg:rule-same-event"),
        (str(CKG), "ckg:"),
        ("https://schema.org/name", "schema:name"),
        ("urn:x", "<urn:x>"),
    ],
)
def test_short_names(iri: str, short: str) -> None:
    names = Names(DEFAULT_BASE, PREFIXES)
    assert names(iri) == short
    (triple,) = ox.parse(f"{names.header()} {short} a ckg:Document .", ox.RdfFormat.TURTLE)
    assert triple.subject == ox.NamedNode(iri)


def test_lists_cycles_and_depth_are_written_as_they_are() -> None:
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    long = "".join(
        f"_:l{n} <{rdf}first> <urn:{n}> .\n_:l{n} <{rdf}rest> "
        f"{f'_:l{n + 1}' if n < 4999 else f'<{rdf}nil>'} .\n"
        for n in range(5000)
    )
    deep = "".join(f"_:d{n} <urn:in> _:d{n + 1} .\n" for n in range(3000))
    cycle = "_:x <urn:in> _:y .\n_:y <urn:in> _:x .\n_:z <urn:in> _:z .\n"
    quads = list(ox.parse(f"<urn:s> <urn:list> _:l0 .\n{long}{deep}{cycle}", ox.RdfFormat.N_TRIPLES))
    statements = [(q.subject, q.predicate, q.object) for q in quads if not isinstance(q.subject, ox.Triple)]
    names = Names(DEFAULT_BASE, PREFIXES)
    text = names.header() + "".join(Block(statements, names).texts())
    assert len(list(ox.parse(text, ox.RdfFormat.TURTLE))) == len(quads)
    assert "<urn:s> <urn:list> ( <urn:0> <urn:1>" in text


def test_natural_order() -> None:
    assert sorted(["task/10", "task/2", "task/02", "a", ""], key=natural) == [
        "",
        "a",
        "task/2",
        "task/02",
        "task/10",
    ]
    assert natural("9" * 5000) < natural("1" + "0" * 5000)
