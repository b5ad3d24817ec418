"""What holds of every article: spans prove themselves, every fact has its claim, the output parses."""

from __future__ import annotations

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.convert import Conversion, Converter
from kg.errors import SourceError
from kg.model import Article
from kg.namespaces import CKG, DCTERMS, OA, RDF, RDFS, SCHEMA, SKOS
from kg.read import read, sentences, zones
from kg.vietnamese import fold

ROOT = Path(__file__).parent.parent
ARTICLES = [
    path
    for folder in (ROOT / "seeds", ROOT / "tests" / "gold" / "dev", ROOT / "tests" / "gold" / "blind")
    for path in sorted(folder.glob("*.txt"))
]
UNCLAIMED = {str(p) for p in (RDF.type, RDFS.label, CKG.mentions, DCTERMS.identifier)}
EVIDENCE = """
# every stated fact must have a claim and every claim a passage: rows here are facts without evidence
PREFIX ckg: <https://w3id.org/cascade-kg/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>

SELECT ?article ?s ?p ?o
WHERE {
  VALUES ?p {
    ckg:implements ckg:issuedBy ckg:issuedOn ckg:amends ckg:replaces ckg:basedOn ckg:succeeds
    ckg:disseminates ckg:heldOn ckg:organisedBy ckg:assignedTo
  }
  GRAPH ?g {
    ?g dcterms:identifier ?article .
    ?s ?p ?o
  }
  FILTER NOT EXISTS {
    ?claim rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; ckg:evidence ?passage .
    ?passage ckg:inArticle ?g ; oa:exact ?exact
  }
}
"""
Triple = tuple[ox.NamedNode | ox.BlankNode | ox.Triple, ox.NamedNode, object]


def written(text: str) -> Article:
    """The text as a file that is read; raises SourceError for what no article holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.txt"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return read(path)


def triples(quads: bytes) -> list[Triple]:
    return [(q.subject, q.predicate, q.object) for q in ox.parse(quads, ox.RdfFormat.N_QUADS)]


def rows(quads: bytes) -> dict[str, dict[str, list[str]]]:
    """Subject → predicate → values."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in triples(quads):
        assert isinstance(subject, ox.NamedNode)
        assert isinstance(value, ox.NamedNode | ox.Literal)
        found[subject.value][predicate.value].append(value.value)
    return found


def prove(conversion: Conversion, text: str) -> None:
    """Spans, words and claims of one article; raises AssertionError with the first that does not hold."""
    claims = rows(conversion.claims)
    assert claims[conversion.article_iri][str(SCHEMA.articleBody)] == [text]
    passages = {s: row for s, row in claims.items() if str(CKG.Passage) in row[str(RDF.type)]}
    for row in passages.values():
        start, end = int(row[str(OA.start)][0]), int(row[str(OA.end)][0])
        assert row[str(OA.exact)] == [text[start:end]]
        assert row[str(OA.prefix)] == [text[max(0, start - 40) : start]]
        assert row[str(OA.suffix)] == [text[end : end + 40]]
        assert row[str(CKG.inArticle)] == [conversion.article_iri]
    for row in claims.values():
        if str(CKG.Claim) in row[str(RDF.type)]:
            grounds = [passages[p] for p in row[str(CKG.evidence)]]
            assert grounds
            assert row[str(CKG.status)] == [str(CKG.Stated)]
            if row[str(CKG.words)]:
                start, end = (int(row[str(p)][0]) for p in (CKG.wordsStart, CKG.wordsEnd))
                assert row[str(CKG.words)] == [text[start:end]]


def astray(conversion: Conversion) -> list[str]:
    """Words of claims that lie in none of the claim's passages: it would show a sentence without them."""
    claims = rows(conversion.claims)
    found = []
    for row in claims.values():
        if row[str(CKG.words)]:
            start, end = (int(row[str(p)][0]) for p in (CKG.wordsStart, CKG.wordsEnd))
            spans = [
                [int(claims[p][str(at)][0]) for at in (OA.start, OA.end)] for p in row[str(CKG.evidence)]
            ]
            if not any(a <= start < end <= b for a, b in spans):
                found.append(f"{row[str(RDF.predicate)][0]}: {row[str(CKG.words)][0]}")
    return found


def claimed(conversion: Conversion) -> Counter[tuple[object, ...]]:
    """What the claims say, and how often."""
    parts: dict[object, dict[str, object]] = defaultdict(dict)
    for subject, predicate, value in triples(conversion.claims):
        parts[subject][predicate.value] = value
    return Counter(
        (row[str(RDF.subject)], row[str(RDF.predicate)], row[str(RDF.object)])
        for row in parts.values()
        if str(RDF.subject) in row
    )


# ---------------------------------------------------------------------- every article
@pytest.fixture(scope="module", params=ARTICLES, ids=lambda path: path.parent.name + "-" + path.stem[:12])
def source(request: pytest.FixtureRequest) -> tuple[Article, Conversion]:
    article = read(request.param)
    return article, Converter().convert(article)


def test_spans_prove_themselves(source: tuple[Article, Conversion]) -> None:
    article, conversion = source
    prove(conversion, article.text)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(
            path,
            id=path.parent.name + "-" + path.stem[:12],
        )
        for path in ARTICLES
    ],
)
def test_the_words_of_a_claim_lie_in_its_passage(path: Path) -> None:
    assert astray(Converter().convert(read(path))) == []


def test_every_fact_has_one_claim_and_every_claim_a_fact(source: tuple[Article, Conversion]) -> None:
    _, conversion = source
    facts = Counter(t for t in triples(conversion.facts) if t[1].value not in UNCLAIMED)
    assert claimed(conversion) == facts
    assert set(facts.values()) <= {1}


def test_two_parsers_count_the_same(source: tuple[Article, Conversion]) -> None:
    _, conversion = source
    for quads, graph in (
        (conversion.facts, conversion.article_iri),
        (conversion.claims, f"{conversion.article_iri}#claims"),
    ):
        parsed = list(ox.parse(quads, ox.RdfFormat.N_QUADS))
        assert {q.graph_name for q in parsed} == {ox.NamedNode(graph)}
        dataset = rdflib.Dataset().parse(data=quads, format="nquads")
        assert len(dataset.get_context(rdflib.URIRef(graph))) == len(set(parsed)) == len(parsed)


def test_the_same_article_gives_the_same_bytes(source: tuple[Article, Conversion]) -> None:
    article, conversion = source
    assert Converter().convert(article) == conversion


def test_zones_and_sentences_lie_in_the_text(source: tuple[Article, Conversion]) -> None:
    article, _ = source
    lexicon = Converter().lexicon
    blocks = zones(article.text, fold(article.text), lexicon)
    found = sentences(article.text, blocks)
    for first, second in pairwise(blocks):
        assert first.end <= second.start
    for s in found:
        assert blocks[s.block].start <= s.start < s.end <= blocks[s.block].end
        assert s.zone == blocks[s.block].zone
        assert article.text[s.start : s.end] == article.text[s.start : s.end].strip()
    covered = "".join("".join(article.text[s.start : s.end].split()) for s in found)
    assert covered == "".join(article.text.split())


def test_no_fact_is_without_evidence() -> None:
    store = ox.Store()
    for path in ARTICLES:
        conversion = Converter().convert(read(path))
        store.load(conversion.facts + conversion.claims, ox.RdfFormat.N_QUADS)
    found = store.query(EVIDENCE, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    assert [tuple(map(str, row)) for row in found] == []
    assert len(store) > 1000


# ---------------------------------------------------------------------- hostile text
HOSTILE = {
    "quads": 'Đồng chí Lò Văn Ín, "> <urn:evil> <urn:x> . Giám đốc dự họp tại "nhà" \\ \\" \\u0022.',
    "bidi": "Đồng chí Lò Văn Ín\u202e, Bí thư Tỉnh ủy Cà Mau\u202c dự họp.",
    "breaks": "Chỉ thị số 83-CT/TW\u2028về “công tác\u2029thư viện” của Ban Bí thư.\x0b\x0cHết.",
    "astral": "Chỉ thị số 83-CT/TW của Ban Bí thư về “\U0001f600 thư viện \U0010fffd” \ud7ff\ue000.",
    "marks": "Chi\u0309 thi\u0323 số 83-CT/TW " + "a" + "\u0301" * 500 + " của Ban Bí thư.",
    "turtle": "<a> @prefix : <x> . ''' \"\"\" # Chỉ thị số 83-CT/TW về “@vi ^^<urn:evil>” của Ban Bí thư.",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_a_quoted_literal(text: str) -> None:
    article = replace(written(text), stem='x"> <urn:evil> <urn:y> .')
    conversion = Converter().convert(article)
    prove(conversion, article.text)
    both = conversion.facts + conversion.claims
    parsed = set(ox.parse(both, ox.RdfFormat.N_QUADS))
    dataset = rdflib.Dataset().parse(data=both, format="nquads")
    assert len(list(dataset.quads())) == len(parsed)
    terms = {term for quad in parsed for term in (quad.subject, quad.predicate, quad.object)}
    assert not [t for t in terms if isinstance(t, ox.NamedNode) and not t.value.startswith("http")]


@pytest.mark.parametrize("sign", ["\0", "\x01", "\x1b", "\ufffe", "\uffff", "\ud800"])
def test_what_no_text_holds_is_refused(sign: str) -> None:
    with pytest.raises(SourceError, match="case"):
        written(f"Chỉ thị số 83-CT/TW{sign} của Ban Bí thư.")


# ---------------------------------------------------------------------- any text
TEXTS = [
    line.split("\t")[0].replace("\\n", "\n")
    for path in sorted((Path(__file__).parent / "cases" / "recognise").glob("*.tsv"))
    for line in path.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
"""The texts of the tables: the forms that the grammars know."""
PIECES = st.builds(
    lambda text, start, length: text[start : start + length],
    st.sampled_from(TEXTS),
    st.integers(0, 120),
    st.integers(1, 90),
)
JOINTS = st.sampled_from(
    ["", " ", ", ", "; ", ": ", ". ", "\n", "\n\n", " - ", " và ", "(", ")", "“", "”", '"', "\u00a0"]
)
MIXES = st.lists(st.tuples(PIECES, JOINTS), min_size=1, max_size=12).map(
    lambda pairs: "".join(piece + joint for piece, joint in pairs)
)
LETTERS = st.text(
    alphabet=st.one_of(
        st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyAĐỦỷ ủúỵếớ0123456789/-.,;:()“”\"'\n\t"),
        st.characters(codec="utf-8"),
    ),
    max_size=200,
)
ANYTHING = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def holds(text: str) -> None:
    """Refused with a reason, or converted with spans that hold, in syntax that parses."""
    try:
        article = written(text)
    except SourceError:
        return
    conversion = Converter().convert(article)
    prove(conversion, article.text)
    facts = Counter(t for t in triples(conversion.facts) if t[1].value not in UNCLAIMED)
    assert claimed(conversion) == facts


@ANYTHING
@given(MIXES)
def test_any_mix_of_forms_is_read(text: str) -> None:
    holds(text)


@ANYTHING
@given(LETTERS)
def test_any_text_is_read_or_refused(text: str) -> None:
    holds(text)


DENSE = (
    "Học nghị quyết\n\n14/03/2019 09:15\n\nSáng 12/3, Tỉnh ủy Cà Mau tổ chức hội nghị về “Chỉ thị số"
    " 83-CT/TW” ngày 7/8/2017 (sau đây gọi tắt là Chỉ thị 83), nguyên Bí thư H’Bia Kpuih - TUV chủ trì;"
    " giao Sở Nội vụ báo cáo.\nẢnh: L."
)


def test_a_text_may_end_and_begin_anywhere() -> None:
    for cut in range(1, len(DENSE)):
        for part in (DENSE[:cut], DENSE[cut:]):
            Converter().convert(Article("case", Path("case.txt"), part, ""))


# ---------------------------------------------------------------------- lines
@pytest.mark.parametrize(
    "text",
    [
        "Cà Mau học\n\nNgày 5/3/2019, Tỉnh ủy Cà Mau tổ chức hội nghị học tập Chỉ thị số 83-CT/TW.\n\n"
        "Dự hội nghị có các đồng chí: Lò Văn Ín, Phó Bí thư\nThường trực Tỉnh ủy cùng 120 đại biểu.",
        "Cà Mau học Chỉ thị\n\nCác đại biểu học tập Chỉ thị số 83-CT/TW của Ban\nBí thư.",
    ],
)
def test_a_name_over_the_end_of_a_line_lies_in_one_passage(text: str) -> None:
    assert astray(Converter().convert(written(text))) == []


# ---------------------------------------------------------------------- addresses
@pytest.mark.parametrize(
    ("text", "key"),
    [
        (
            "Hai nghị quyết cùng ký ngày 4/4/2018: Nghị quyết số 84-NQ/TW; Nghị quyết số 85-NQ/TW.",
            "nq-85-tw-k12",
        ),
        ("Ngày 4/4/2018, Ban Bí thư ban hành Chỉ thị số 83-CT/TW.", "ct-83-tw-k12"),
        ("Tỉnh ủy Cà Mau ban hành Kế hoạch số 317-KH/TU, ngày ký 4/4/2018.", "ke-hoach-317-kh-tu"),
        # a year is the document's where the register has one of that number and year; else it is the work's
        ("Đảng ủy sơ kết thực hiện Chỉ thị số 12-CT/TW năm 2017 của Ban Bí thư.", "ct-12-tw-k12"),
        ("Đảng ủy sơ kết thực hiện Chỉ thị số 12-CT/TW năm 2023.", "chi-thi-12-ct-tw"),
    ],
)
def test_a_day_that_stands_apart_settles_the_term(text: str, key: str) -> None:
    """The address waits for what the words around say of a reference; a day of nothing settles nothing."""
    assert f"/document/{key}>" in Converter().convert(written(text)).facts.decode()


# ---------------------------------------------------------------------- issuers
def central_organs() -> list[tuple[str, str]]:
    """IRI and each Vietnamese name of the register's central organs."""
    path = ROOT / "ontology" / "register" / "organs.ttl"
    store = ox.Store()
    store.load(path=path, format=ox.RdfFormat.TURTLE)
    query = f"""SELECT ?organ ?name {{
        ?organ <{CKG.level}> <{CKG.Central}> ; <{RDFS.label}>|<{SKOS.altLabel}> ?name
        FILTER(LANG(?name) = "vi") }} ORDER BY ?organ ?name"""
    return [(row["organ"].value, row["name"].value) for row in store.query(query)]  # type: ignore[union-attr]


@pytest.mark.parametrize(("organ", "name"), central_organs(), ids=lambda value: value.rpartition("/")[2])
def test_no_organ_of_the_register_is_taken_for_another(organ: str, name: str) -> None:
    """One name may end in another: "Thanh tra | Chính phủ", "Ủy ban Thường vụ | Quốc hội"."""
    facts = Converter().convert(written(f"Ngày 3/3/2021, {name} ban hành Thông báo số 183/TB-ABC.")).facts
    found = {str(o) for _, p, o in triples(facts) if p.value == str(CKG.issuedBy)}
    assert not found & {f"<{other}>" for other, _ in central_organs() if other != organ}


# ---------------------------------------------------------------------- names of events
@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Sáng 12/3/2019, Tỉnh ủy Điện Biên tổ chức hội nghị trực tuyến về Chỉ thị số 83-CT/TW.",
            "Hội nghị trực tuyến về Chỉ thị số 83-CT/TW",
        ),
        (
            "Sáng 12/3/2019, Tỉnh ủy Điện Biên tổ chức hội nghị quán triệt Chỉ thị số 83-CT/TW ngày 7/8/2017 "
            "của Ban Bí thư và Kết luận số 93-KL/TW.",
            "Hội nghị quán triệt Chỉ thị số 83-CT/TW …",
        ),
        (
            "Sáng 12/3/2019, Tỉnh ủy Điện Biên họp hội nghị triển khai các nghị quyết, kế hoạch về dân vận.",
            "Hội nghị triển khai các nghị quyết, kế hoạch về dân vận",
        ),
    ],
)
def test_an_event_is_called_by_its_words_to_the_first_document(text: str, name: str) -> None:
    facts = Converter().convert(written(text)).facts.decode()
    assert f'/event/1> <{RDFS.label}> "{name}"@vi' in facts


# ---------------------------------------------------------------------- time
REPEATED: dict[str, tuple[Callable[[int], str], int]] = {
    "types": (lambda n: "Chỉ thị số " * n, 3000),
    "numbers": (lambda n: "Chỉ thị số 83-CT/TW " * n, 300),
    "commas": (lambda n: "," * n, 30000),
    "spaced-commas": (lambda n: ", " * n, 15000),
    "brackets": (lambda n: "(" * n, 30000),
    "deep-brackets": (lambda n: "(" * n + ")" * n, 15000),
    "capitals": (lambda n: "A" * n, 30000),
    "capitalised": (lambda n: "Lò Văn " * n, 3000),
    "digits": (lambda n: "1" * n, 30000),
    "spaced-digits": (lambda n: "1 " * n, 15000),
    "dates": (lambda n: "7/8/2017 " * n, 2000),
    "quotes": (lambda n: '"' * n, 30000),
    "newlines": (lambda n: "a\n" * n, 4000),
    "blank-lines": (lambda n: "a" + "\n" * n + "b", 30000),
    "spaces": (lambda n: "a" + " " * n + "b", 30000),
    "stops": (lambda n: "." * n, 4000),
    "sentences": (lambda n: "Họp. " * n, 3000),
    "dashes": (lambda n: "-" * n, 30000),
    "addresses": (lambda n: "đồng chí " * n, 3000),
    "organs": (lambda n: "Tỉnh ủy, " * n, 400),
    "posts": (lambda n: "Bí thư " * n, 3000),
    "verbs": (lambda n: "thực hiện " * n, 3000),
    "people": (lambda n: "Đồng chí Lò Văn Ín, Bí thư Tỉnh ủy; " * n, 400),
    "posts-of-organs": (lambda n: "Bí thư Tỉnh ủy, " * n, 800),
    "documents": (
        lambda n: " ".join(f"Kế hoạch số {i}-KH/TU ngày 4/4/2018 được gửi." for i in range(n)),
        500,
    ),
    "reports": (lambda n: "Đồng chí Lò Văn Ín nhấn mạnh vai trò của thư viện. " * n, 300),
    "back-references": (lambda n: "Chỉ thị này " * n, 2000),
    "assignments": (lambda n: "giao các chi bộ tổ chức; " * n, 200),
}


def seconds(text: str) -> float:
    """Processor time of one conversion, the best of three."""
    article = Article("case", Path("case.txt"), text, "")
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        Converter().convert(article)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize(("make", "n"), REPEATED.values(), ids=REPEATED.keys())
def test_time_grows_as_the_text(make: Callable[[int], str], n: int) -> None:
    """Twice the text takes at most 2.6 times the time: no pattern looks at everything from everywhere.

    Measured again when it seems to take somewhat more: other work on the machine disturbs short times.
    """
    ratio = 3.0
    for _ in range(3):
        if 2.6 < ratio < 3.5:
            ratio = seconds(make(2 * n)) / max(seconds(make(n)), 0.004)
    assert ratio <= 2.6
