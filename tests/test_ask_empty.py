"""Why there are no rows: the part that is named has no match, and none smaller is to be found."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg import ask, schema
from kg.ask import empty
from kg.cli import run
from kg.errors import QueryError
from kg.namespaces import PREFIXES
from kg.sparql import pattern
from kg.store import Store

BASE = "https://example.org/kg/"
CASE = Path(__file__).parent / "cases" / "ask" / "cascade.trig"
SEEDS = Path(__file__).parent.parent / "seeds"
PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())


@pytest.fixture(scope="module")
def store() -> Store:
    made = Store.in_memory(schema.nquads("ontology", BASE), base=BASE)
    made.engine.load(path=CASE, format=ox.RdfFormat.TRIG)
    return made


CASES = [
    # pattern, reason, parts
    ("?x ckg:implments ?y ; rdfs:label ?l", "triples", ["?x ckg:implments ?y"]),
    ("?x ckg:documentNumber 'none' , '12' ; rdfs:label ?l", "triples", ["?x ckg:documentNumber 'none'"]),
    ("?x rdfs:label ?l . ?x ckg:documentNumber '12' , 'none'", "triples", ["?x ckg:documentNumber 'none'"]),
    (
        "?x rdfs:label ?l ; ckg:heldOn ?d ; ckg:implements ?y",
        "together",
        ["?x ckg:heldOn ?d", "?x ckg:implements ?y"],
    ),
    (
        "?x ckg:implements ?y ; ckg:issuedOn ?d FILTER(?d > '2090-01-01'^^xsd:date) OPTIONAL { ?x a ?c }",
        "filter",
        ["?x ckg:issuedOn ?d", "FILTER(?d > '2090-01-01'^^xsd:date)"],
    ),
    (
        "?x ckg:implements ?y ; rdfs:label ?l FILTER NOT EXISTS { ?x ckg:implements ?z }",
        "filter",
        ["?x ckg:implements ?y", "FILTER NOT EXISTS { ?x ckg:implements ?z }"],
    ),
    (
        "?x ckg:implements ?y MINUS { ?x ckg:implements ?z }",
        "filter",
        ["?x ckg:implements ?y", "MINUS { ?x ckg:implements ?z }"],
    ),
    (
        "?x ckg:documentNumber ?n BIND(xsd:integer(?n) AS ?k) FILTER(?k > 9999) ?x rdfs:label ?l",
        "filter",
        ["?x ckg:documentNumber ?n", "BIND(xsd:integer(?n) AS ?k)", "FILTER(?k > 9999)"],
    ),
    (
        "GRAPH ?g { ?x ckg:implements ?y ; ckg:issuedOn ?d } FILTER(STRENDS(STR(?g), 'nowhere'))",
        "filter",
        ["GRAPH ?g { ?x ckg:implements ?y }", "FILTER(STRENDS(STR(?g), 'nowhere'))"],
    ),
    ("GRAPH <urn:none> { ?x a ?c . ?x rdfs:label ?l }", "triples", ["GRAPH <urn:none> { ?x a ?c }"]),
    ("{ { ?x a ckg:Directive . ?x ckg:heldOn ?d } }", "together", ["?x a ckg:Directive", "?x ckg:heldOn ?d"]),
    ("?x rdfs:label ?l { SELECT ?x { ?x ckg:nothing ?y } }", "triples", ["?x ckg:nothing ?y"]),
    ("[] ckg:heldOn ?d ; ckg:implements ?y . ?x rdfs:label ?l", "triples", None),
    ("?x ckg:implements / ckg:heldOn ?d . ?x a ?c", "triples", ["?x ckg:implements / ckg:heldOn ?d"]),
    (
        "?x (ckg:implements|ckg:basedOn)+ ?y , ckg:None",
        "triples",
        ["?x (ckg:implements|ckg:basedOn)+ ckg:None"],
    ),
    (
        "VALUES ?y { <urn:no> } ?x ckg:implements ?y ; rdfs:label ?l",
        "together",
        ["VALUES ?y { <urn:no> }", "?x ckg:implements ?y"],
    ),
    ("VALUES (?x ?y) { } ?x ckg:implements ?y", "triples", ["VALUES (?x ?y) { }"]),
    ("?x rdfs:label \"}\" # {\n ; rdfs:comment '''{\"'''@en .", "triples", ['?x rdfs:label "}"']),
    ("?x ckg:score -7.5 , 3 ; a ?c", "triples", ["?x ckg:score -7.5"]),
]


@pytest.mark.parametrize(("text", "reason", "parts"), CASES)
def test_smallest_part(store: Store, text: str, reason: str, parts: list[str] | None) -> None:
    sparql = f"{PROLOGUE}SELECT * WHERE {{ {text} }}"
    assert not list(store.query(sparql))  # type: ignore[arg-type]
    found = empty.of_store(store, sparql)
    assert found is not None
    assert found.reason == reason
    assert parts is None or list(found.parts) == parts


def test_each_branch_of_a_union(store: Store) -> None:
    text = "?x rdfs:label ?l { ?x ckg:foo ?y } UNION { ?x ckg:implements ?y . ?y ckg:heldOn ?z }"
    found = empty.of_store(store, f"{PROLOGUE}SELECT * {{ {text} }}")
    assert found is not None
    assert [(branch.reason, branch.parts) for branch in found.branches] == [
        ("triples", ("?x ckg:foo ?y",)),
        ("together", ("?x ckg:implements ?y", "?y ckg:heldOn ?z")),
    ]
    assert [name.iri for name in found.branches[0].unknown] == [PREFIXES["ckg"] + "foo"]


@pytest.mark.parametrize(
    "tail", ["GROUP BY ?x HAVING (COUNT(*) > 99)", "LIMIT 0", "OFFSET 9999", "VALUES ?x { <urn:none> }"]
)
def test_what_follows_the_pattern(store: Store, tail: str) -> None:
    found = empty.of_store(store, f"{PROLOGUE}SELECT ?x {{ ?x ckg:implements ?y }} {tail}")
    assert found is not None
    assert found.reason == "tail"


def test_a_misspelt_term_and_its_line(store: Store) -> None:
    sparql = f"PREFIX ckg: <{PREFIXES['ckg']}>\nSELECT *\nWHERE {{\n ?x a ?c .\n ?x ckg:implments ?y }}"
    found = empty.of_store(store, sparql)
    assert found is not None
    assert found.line == 5
    assert found.unknown[0].near[0] == "ckg:implements"
    said = empty.render(found, store, "en")
    assert "ckg:implments is not in the data → ckg:implements" in said
    assert found.document("vi")["message"] == "Không có dữ liệu nào khớp phần này."


@pytest.mark.parametrize("text", ["ASK { ?x <urn:a> ?y }", "DESCRIBE <urn:x>", "SELECT", "}{", ""])
def test_what_has_no_rows_to_explain(store: Store, text: str) -> None:
    assert empty.of_store(store, text) is None


def test_questions_that_fail_or_are_too_many_give_no_false_answer(store: Store) -> None:
    def refused(_: str) -> bool:
        raise QueryError("too long")

    sparql = f"{PROLOGUE}SELECT * {{ ?x ckg:nothing ?y }}"
    assert empty.explain(sparql, refused) == empty.Explanation("unknown")
    many = " ".join(f"?x{n} rdfs:label ?l{n} ." for n in range(200))
    asked: list[str] = []

    def counted(question: str) -> bool:
        asked.append(question)
        return len(asked) > 1

    assert empty.explain(f"{PROLOGUE}SELECT * {{ {many} }}", counted) == empty.Explanation("unknown")
    assert len(asked) == empty.QUESTIONS


# ------------------------------------------------------------------ against trying everything
TRIPLE = st.tuples(
    st.sampled_from(["?x", "?y", "?z", "<urn:a>"]),
    st.integers(0, 3),
    st.sampled_from(["?x", "?y", "?z", "<urn:b>"]),
)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.sampled_from("abc")), max_size=8),
    st.lists(TRIPLE, min_size=1, max_size=5, unique=True),
)
def test_smallest_is_what_trying_every_subset_gives(
    facts: list[tuple[str, int, str]], triples: list[tuple[str, int, str]]
) -> None:
    store = Store.in_memory("".join(f"<urn:{s}> <urn:p{p}> <urn:{o}> <urn:g> .\n" for s, p, o in facts))
    parts = [f"{s} <urn:p{p}> {o}" for s, p, o in triples]

    def holds(some: tuple[str, ...]) -> bool:
        return bool(store.query(f"ASK {{ {' . '.join(some)} }}"))

    found = empty.of_store(store, f"SELECT * {{ {' . '.join(parts)} }}")
    assert found is not None
    failing = [some for n in range(1, len(parts) + 1) for some in combinations(parts, n) if not holds(some)]
    if not failing:
        assert found.reason == "tail"
        return
    assert not holds(found.parts)
    assert all(
        holds(found.parts[:n] + found.parts[n + 1 :]) for n in range(len(found.parts)) if len(found.parts) > 1
    )
    if len(failing[0]) <= 2:
        assert len(found.parts) == len(failing[0])


def test_a_pair_goes_before_three_parts_that_fail_together() -> None:
    """Leaving out one part after the other, from the end, would stop at the three in front."""
    facts = ["a 1 b", "b 2 c", "a 3 q", "z 3 c", "p 5 q", "r 6 s"]
    store = Store.in_memory(
        "".join("<urn:{}> <urn:p{}> <urn:{}> <urn:g> .\n".format(*fact.split()) for fact in facts)
    )
    three = "?a <urn:p1> ?b . ?b <urn:p2> ?c . ?a <urn:p3> ?c"
    found = empty.of_store(store, f"SELECT * {{ {three} . ?m <urn:p5> ?n . ?n <urn:p6> ?o }}")
    assert found is not None
    assert found.parts == ("?m <urn:p5> ?n", "?n <urn:p6> ?o")


# ------------------------------------------------------------------ queries that are really asked
@pytest.mark.parametrize("query", ask.saved(), ids=lambda query: query.name)
def test_saved_queries_are_taken_apart_and_joined_without_a_change(
    store: Store, query: ask.SavedQuery
) -> None:
    text = ask.bind(store, query)
    parsed = pattern.parse(text)
    assert parsed is not None
    head = text[: text.index("WHERE")]
    joined = f"{head} WHERE {{\n{parsed.where.text()}\n}}{parsed.tail}"
    assert ask.collect(store.query(joined)) == ask.collect(store.query(text))


@pytest.mark.parametrize("query", ask.saved(), ids=lambda query: query.name)
def test_empty_saved_queries_are_explained(query: ask.SavedQuery) -> None:
    bare = Store.in_memory(schema.nquads("ontology", BASE), base=BASE)
    table = ask.run(bare, query)
    if len(table) or table.form != "select":
        return
    found = empty.of_store(bare, ask.bind(bare, query))
    assert found is not None
    assert found.reason != "unknown"


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kg.build([next(iter(sorted(SEEDS.glob("*.txt"))))], tmp_path / "store")
    file = tmp_path / "q.rq"
    file.write_text(f"{PROLOGUE}SELECT * {{ ?x ckg:implments ?y }}", "utf-8")
    asked = ["query", str(file), "--store", str(tmp_path / "store"), "--format", "csv", "--lang", "en"]
    assert run(asked) == 0
    assert capsys.readouterr().err == ""
    assert run([*asked, "--explain"]) == 0
    out, err = capsys.readouterr()
    assert out == "x,y\r\n"
    assert err.startswith("Nothing in the data matches this.\n    ?x ckg:implments ?y\n")
