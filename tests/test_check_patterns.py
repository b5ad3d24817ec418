"""Which triples a shape looks at: patterns read from queries and paths, and the way back from a change."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from pyoxigraph import NamedNode, Quad, Variable

from kg.check import load_shapes, select
from kg.check.around import around
from kg.check.locate import grounds
from kg.check.patterns import THIS, Group, Maker, NotLocalError, Step
from kg.check.shapes import Shape, Sparql
from kg.check.walk import reaching

PREFIXES = "PREFIX e: <http://example.org/>\nPREFIX xsd: <http://www.w3.org/2001/XMLSchema#>"


def read(where: str) -> str:
    group = select.read(Sparql(NamedNode("urn:q"), where, PREFIXES, ()), Maker(), THIS)
    return written(group)


def written(group: Group) -> str:
    """A group in few words: steps, [unions | of branches], (inner groups)."""
    parts = [step_written(step) for step in group.steps]
    parts += ["[" + " | ".join(written(branch) for branch in union) + "]" for union in group.unions]
    parts += ["(" + written(inner) + ")" for inner in group.inner]
    return " ".join(parts)


def step_written(step: Step) -> str:
    def short(node: object) -> str:
        return (
            f"?{node.value}" if isinstance(node, Variable) else str(node).replace("http://example.org/", "e:")
        )

    verb = "|".join(sorted(p.rpartition("/")[2] for p in step.predicates or ())) or short(step.predicate)
    graph = f"@{short(step.graph)}" if step.graph is not None else ""
    return f"{short(step.subject)}-{verb}{'*' if step.repeats else ''}-{short(step.object)}{graph}"


# a query's text → its patterns; variables are numbered as they come
QUERIES = [
    ("SELECT $this WHERE { $this e:p ?x }", "?this-p-?v0_"),
    ("SELECT $this { $this e:p ?x . ?x e:q 5 ; e:r ?y , 'a'@vi . }",
     "?this-p-?v0_ ?v0_-q-\"5\"^^<http://www.w3.org/2001/XMLSchema#integer> ?v0_-r-?v1_ ?v0_-r-\"a\"@vi"),
    ("SELECT $this WHERE { ?x e:p $this FILTER(?x > 5) FILTER regex(str(?x), '}') }", "?v0_-p-?this"),
    ("SELECT $this WHERE { $this a e:C ; ?p ?o }",
     "?this-22-rdf-syntax-ns#type-<e:C> ?this-?v0_-?v1_"),
    ("SELECT $this WHERE { $this e:p/e:q ?x . $this ^e:r ?x }",
     "?this-p-?v1_ ?v1_-q-?v0_ ?v0_-r-?this"),
    ("SELECT $this WHERE { $this e:p|e:q ?x ; (e:p|^e:q)+ ?y }", "?this-p|q-?v0_ ?this-p|q*-?v1_"),
    ("SELECT $this WHERE { ?x e:p* $this . $this e:q? ?y }", "?v0_-p*-?this ?this-q*-?v1_"),
    ("SELECT $this WHERE { OPTIONAL { $this e:p ?x } MINUS { $this e:q ?x } }",
     "(?this-p-?v0_) (?this-q-?v0_)"),
    ("SELECT $this WHERE { { $this e:p ?x } UNION { $this e:q ?x BIND(e:q AS ?path) } }",
     "[?this-p-?v0_ | ?this-q-?v0_]"),
    ("SELECT $this WHERE { GRAPH ?g { $this e:p/e:q ?x } }", "?this-p-?v2_@?v0_ ?v2_-q-?v1_@?v0_"),
    ("SELECT $this WHERE { $this e:p ?x FILTER(!bound(?x) || NOT EXISTS { ?x e:q ?y } && ?x < ?this) }",
     "?this-p-?v0_ (?v0_-q-?v1_)"),
    ("SELECT $this WHERE { FILTER NOT EXISTS { $this e:p ?x FILTER EXISTS { ?x e:q ?y } } $this e:r ?z }",
     "?this-r-?v2_ (?this-p-?v0_ (?v0_-q-?v1_))"),
    ("SELECT $this WHERE { BIND(EXISTS { $this e:p ?x } AS ?y) }", "(?this-p-?v0_)"),
    ("SELECT $this WHERE { { SELECT DISTINCT $this ?X WHERE { $this e:p ?X ; e:q ?y } } ?X e:r ?y }",
     "?this-p-?v0_ ?this-q-?v1_ ?v0_-r-?v2_"),
    ("SELECT $this (e:p AS ?path) ?x # a comment {\nWHERE { $this e:p ?x ; }", "?this-p-?v0_"),
    ("SELECT $this WHERE { $this e:p true , -1.5 , '1'^^xsd:byte }",
     '?this-p-"true"^^<http://www.w3.org/2001/XMLSchema#boolean> '
     '?this-p-"-1.5"^^<http://www.w3.org/2001/XMLSchema#decimal> '
     '?this-p-"1"^^<http://www.w3.org/2001/XMLSchema#byte>'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "patterns"), QUERIES)
def test_the_patterns_of_a_query(text: str, patterns: str) -> None:
    assert read(text) == patterns


@pytest.mark.parametrize(
    "text",
    [
        "SELECT $this WHERE { $this !e:p ?x }",
        "SELECT $this WHERE { $this e:p [ e:q ?x ] }",
        "SELECT $this WHERE { $this e:p (1 2) }",
        "SELECT $this WHERE { VALUES ?x { 1 } $this e:p ?x }",
        "SELECT $this WHERE { SERVICE <http://example.org/> { $this e:p ?x } }",
        "SELECT $this WHERE { { SELECT $this (COUNT(?x) AS ?n) WHERE { $this e:p ?x } GROUP BY $this } }",
        "SELECT $this WHERE { { SELECT $this WHERE { $this e:p ?x } LIMIT 1 } }",
        "SELECT $this (EXISTS { ?x e:p ?y } AS ?z) WHERE { $this e:p ?x }",
        "SELECT $this WHERE { $this f:p ?x }",
        "SELECT $this WHERE { $this e:p ?x",
    ],
)
def test_what_cannot_be_followed_is_told(text: str) -> None:
    with pytest.raises(NotLocalError):
        read(text)


class EveryStep:
    """A change that fits every step."""

    def __init__(self) -> None:
        self.fitted = 0

    def fitting(self, step: Step) -> list[Quad]:
        self.fitted += 1
        node = NamedNode("urn:x")
        return [Quad(node, NamedNode(min(step.predicates or {"urn:p"})), node, node)]


@pytest.mark.parametrize("shape", load_shapes().roots, ids=lambda shape: shape.iri.rpartition("#")[2])
def test_each_step_of_our_shapes_leads_back_to_the_focus_node(shape: Shape) -> None:
    change = EveryStep()
    reaching(ox.Store(), around(shape), change)  # type: ignore[arg-type]
    assert change.fitted


def test_each_step_to_a_sentence_leads_back_to_the_result() -> None:
    reaching(ox.Store(), grounds(), EveryStep())  # type: ignore[arg-type]


def test_patterns_that_do_not_hang_on_the_focus_node_are_told() -> None:
    group = Group([Step(Variable("a"), frozenset({"urn:p"}), Variable("b"))])
    with pytest.raises(NotLocalError):
        reaching(ox.Store(), group, EveryStep())  # type: ignore[arg-type]
