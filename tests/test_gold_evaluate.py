"""kg.evaluate: what counts as found, what is reported, and the same figures as the shared scorer."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.errors import KgError
from kg.evaluate import CORE, evaluate
from kg.evaluate.likeness import date_agrees, fold, names_agree, token_f1
from kg.store import Store

ROOT = Path(__file__).parents[1]
SCORER = ROOT.parent / "shared" / "score.py"

DATASET = """
@prefix ckg: <https://w3id.org/cascade-kg/ontology#> . @prefix : <urn:x:> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix org: <http://www.w3.org/ns/org#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ckg:Directive rdfs:subClassOf ckg:Document ; rdfs:label "Chỉ thị"@vi .
ckg:Plan rdfs:subClassOf ckg:Document ; rdfs:label "Kế hoạch"@vi .
ckg:PartyOrgan rdfs:subClassOf ckg:Organ . ckg:Conference rdfs:subClassOf ckg:Event .
:bbt rdfs:label "Ban Bí thư"@vi . :tu rdfs:label "Tỉnh ủy Lai Châu"@vi . :mai rdfs:label "Lò Thị Mai" .
:a1 {
  :a1 a ckg:Article ; dcterms:identifier "a1" ;
    ckg:mentions :ct, :kh, :bbt, :tu, :mai, :e, :t .
  :ct a ckg:Directive ; ckg:documentNumber "12" ; ckg:code "12-CT/TW" ; ckg:issuedBy :bbt ;
    ckg:issuedOn "2022-01-05"^^xsd:date ; ckg:subjectMatter "về đối ngoại nhân dân"@vi .
  :kh a ckg:Plan ; ckg:documentNumber "8" ; ckg:code "08-KH/TU" ; ckg:issuedBy :tu ; ckg:implements :ct .
  :bbt a ckg:PartyOrgan . :tu a ckg:PartyOrgan . :mai a ckg:Person .
  :ten a ckg:Tenure ; org:member :mai ; ckg:postTitle "Bí thư" ; org:organization :tu ; ckg:former false .
  :e a ckg:Conference ; ckg:monthDay "--06-14"^^xsd:gMonthDay ; ckg:organisedBy :tu ; ckg:disseminates :ct ;
    ckg:hasParticipation :p .
  :p ckg:participant :mai ; ckg:role ckg:Chair .
  :t a ckg:Task ; ckg:task "gửi báo cáo trước 30/6"@vi ; ckg:assignedTo "các huyện ủy" ; ckg:concerns :kh .
}
:c { :a1 schema:articleBody "Hội nghị sáng 14/6.\\nKế hoạch số 08-KH/TU của Tỉnh ủy. Lò Thị Mai chủ trì." }
"""

GOLD: dict[str, Any] = {
    "id": "a1",
    "documents": [
        {
            "key": "d1",
            "type": "Chỉ thị",
            "number": "12-CT/TW",
            "date": "2022-01-05",
            "issuer": "Ban Bí thư",
            "title": "về đối ngoại nhân dân",
        },
        {
            "key": "d2",
            "type": "Kế hoạch",
            "number": "08-KH/TU",
            "date": None,
            "issuer": "Tỉnh ủy",
            "title": None,
        },
    ],
    "implements": [["d2", "d1"]],
    "relations": [],
    "persons": [{"name": "Lò Thị Mai", "posts": [{"title": "Bí thư", "organ": "Tỉnh ủy", "former": False}]}],
    "organs": ["Ban Bí thư", "Tỉnh uỷ"],
    "events": [
        {
            "kind": "hội nghị",
            "date": "2022-06-14",
            "organizer": "Tỉnh ủy",
            "disseminates": ["d1"],
            "participants": [{"person": "Lò Thị Mai", "role": "chair"}],
        }
    ],
    "assignments": [{"by": None, "to": "các huyện ủy", "task": "gửi báo cáo trước 30/6", "about": ["d2"]}],
}


def dataset(trig: str = DATASET) -> Store:
    quads = ox.Store()
    quads.load(trig, ox.RdfFormat.TRIG)
    return Store(quads, "")


def dumped(store: ox.Store, form: ox.RdfFormat) -> bytes:
    data = store.dump(format=form)
    assert data is not None
    return data


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return write_gold(tmp_path, GOLD)


def write_gold(folder: Path, *articles: dict[str, Any]) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")
    return path


def test_a_dataset_that_holds_the_gold_has_no_miss(gold: Path) -> None:
    evaluation = evaluate(dataset(), gold)
    assert (evaluation.misses, evaluation.core, evaluation.found) == ((), 1.0, 1)
    assert evaluation.facets["documents"].gold == 2


@pytest.mark.parametrize(
    ("old", "new", "miss", "text"),
    [
        ("ckg:issuedBy :bbt ;", "", ("issuer", "wrong"), "Chỉ thị 12-CT/TW: gold 'Ban Bí thư', got []"),
        ("2022-01-05", "2022-05-01", ("issue date", "wrong"), "got ['2022-05-01']"),
        ("đối ngoại nhân dân", "việc khác hẳn", ("subject", "wrong"), "got ['về việc khác hẳn']"),
        ('"12-CT/TW"', '"12-CT/TU"', ("documents", "extra"), "Chỉ thị 12-CT/TU"),
        ('"12-CT/TW"', '"12-CT/TU"', ("documents", "missed"), "Chỉ thị 12-CT/TW"),
        (
            "; ckg:implements :ct",
            "",
            ("implements", "missed"),
            "Kế hoạch 08-KH/TU implements Chỉ thị 12-CT/TW",
        ),
        (
            "; ckg:implements :ct",
            "; ckg:amends :ct",
            ("relations", "extra"),
            "Kế hoạch 08-KH/TU amends Chỉ thị",
        ),
        ('"Lò Thị Mai" .', '"Lò Thị Mây" .', ("persons", "extra"), "Lò Thị Mây"),
        (
            "former false",
            "former true",
            ("posts", "extra"),
            "Lò Thị Mai: Bí thư | ['Tỉnh ủy Lai Châu'] (nguyên)",
        ),
        (":bbt, :tu", ":tu", ("organs", "missed"), "Ban Bí thư"),
        ("--06-14", "--06-15", ("event date", "wrong"), "gold '2022-06-14', got ['--06-15']"),
        ("ckg:organisedBy :tu ;", "", ("organiser", "wrong"), "gold 'Tỉnh ủy', got []"),
        ("disseminates :ct", "disseminates :kh", ("disseminates", "extra"), "Kế hoạch 08-KH/TU"),
        ("ckg:Chair", "ckg:Speaker", ("participants", "missed"), "Lò Thị Mai (chair)"),
        ("các huyện ủy", "Sở Nội vụ", ("tasks", "missed"), "các huyện ủy: gửi báo cáo"),
    ],
)
def test_each_difference_is_counted_and_named(
    gold: Path, old: str, new: str, miss: tuple[str, str], text: str
) -> None:
    assert old in DATASET
    evaluation = evaluate(dataset(DATASET.replace(old, new)), gold)
    assert evaluation.facets[miss[0]].f1 < 1
    assert any((found.facet, found.what) == miss and text in found.text for found in evaluation.misses)


def test_a_miss_shows_its_sentence(gold: Path) -> None:
    (miss,) = evaluate(dataset(DATASET.replace("; ckg:implements :ct", "")), gold).misses
    assert miss.sentence == "Kế hoạch số 08-KH/TU của Tỉnh ủy."


def test_an_article_that_is_not_there_misses_everything(tmp_path: Path) -> None:
    evaluation = evaluate(dataset(), write_gold(tmp_path, {**GOLD, "id": "b2"}))
    assert (evaluation.found, evaluation.core) == (0, 0.0)


def test_an_article_without_facts_counts_only_what_is_invented(tmp_path: Path) -> None:
    empty: dict[str, Any] = {"id": "a1"} | {key: [] for key in GOLD if key != "id"}
    figures = evaluate(dataset(), write_gold(tmp_path, empty)).facets
    assert (figures["persons"].precision, figures["persons"].recall, figures["persons"].gold) == (0.0, 1.0, 0)


def test_only_some_articles(tmp_path: Path) -> None:
    path = write_gold(tmp_path, GOLD, {**GOLD, "id": "b2"})
    assert evaluate(dataset(), path, only={"a1"}).articles == 1
    with pytest.raises(KgError, match="no article to measure"):
        evaluate(dataset(), path, only={"c3"})


def test_text_and_json(gold: Path) -> None:
    evaluation = evaluate(dataset(DATASET.replace("ckg:Chair", "ckg:Speaker")), gold)
    lines = evaluation.text().splitlines()
    assert lines[0] == "articles found: 1 of 1"
    assert lines[1] == "documents                   precision 1.000  recall 1.000  f1 1.000  gold 2"
    assert lines[-1] == "mean F1 of the core facets  f1 0.900"
    assert evaluation.text(misses=True).splitlines()[0] == "a1\tparticipants\tmissed\tLò Thị Mai (chair)"
    data = json.loads(evaluation.json(misses=True))
    assert data["core"] == 0.9
    assert data["facets"]["participants"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "gold": 1}
    assert data["misses"][0]["sentence"] == "Lò Thị Mai chủ trì."


def test_datasets_in_files_and_folders(tmp_path: Path, gold: Path) -> None:
    trig = tmp_path / "data.trig"
    trig.write_text(DATASET, encoding="utf-8")
    nquads = dumped(dataset().engine, ox.RdfFormat.N_QUADS)
    (tmp_path / "data.nq").write_bytes(nquads)
    with Store.open(tmp_path / "store", create=True) as store:
        store.replace([], nquads.decode())
    for path in (trig, tmp_path / "data.nq", tmp_path / "store"):
        assert evaluate(path, gold).core == 1.0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("data.ttl", "", "not a dataset"),
        ("data.trig", "<a", "the dataset cannot be read"),
        ("missing.nq", None, "the dataset cannot be read"),
    ],
)
def test_bad_datasets(tmp_path: Path, gold: Path, name: str, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(KgError, match=message):
        evaluate(tmp_path / name, gold)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1: not JSON"),
        ("[]", 'line 1: no "id"'),
        ('{"id": "a1"}', 'line 1: "documents" is not a list'),
        (json.dumps({**GOLD, "persons": [{"name": "Mai"}]}), 'line 1: an item of "persons" lacks "posts"'),
        (json.dumps({**GOLD, "events": ["hội nghị"]}), 'line 1: an item of "events" lacks "date"'),
        ("", "no article to measure"),
    ],
)
def test_bad_gold(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(KgError, match=message):
        evaluate(dataset(), path)


def test_gold_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KgError, match="the gold file cannot be read"):
        evaluate(dataset(), tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Tỉnh uỷ", "Tỉnh ủy Vĩnh Phúc", True),
        ("UBND tỉnh", "Ủy ban nhân dân tỉnh Vĩnh Phúc", True),
        ("UBND tỉnh Vĩnh Phúc", "UBND Vĩnh Phúc", True),
        ("Ban Bí thư", "Ban Bí thư Trung ương Đảng", True),
        ("Ban Chấp hành T.Ư", "BCH TW Đảng", True),
        ("Tỉnh ủy", "Ban Thường vụ Tỉnh ủy", False),
        ("Tỉnh ủy", "Tỉnh ủyviên", False),
        ("", "Tỉnh ủy", False),
    ],
)
def test_names(one: str, other: str, agree: bool) -> None:
    assert names_agree(one, other) is agree
    assert names_agree(other, one) is agree


@pytest.mark.parametrize(
    ("wanted", "found", "agree"),
    [
        ("2023-11-24", "2023-11-24", True),
        ("2023-11-24", "--11-24", True),
        ("--11-24", "2023-11-24", True),
        ("2023-11-24", "2022-11-24", False),
        ("--11-24", "--11-25", False),
    ],
)
def test_dates(wanted: str, found: str, agree: bool) -> None:
    assert date_agrees(wanted, {found}) is agree


def test_folding_and_words() -> None:
    assert fold(" “H’Lim” Niê,  UỶ viên ") == "h'lim niê ủy viên"
    assert token_f1("về đối ngoại", "đối ngoại") == pytest.approx(0.8)
    assert token_f1("", "đối ngoại") == 0.0


# ---------------------------------------------------------------------- the shared scorer
def scorer(path: Path, gold: Path) -> dict[str, dict[str, float]]:
    command = [sys.executable, str(SCORER), str(path), str(gold), "--json"]
    result: dict[str, dict[str, float]] = json.loads(subprocess.check_output(command, text=True))
    return result


def damaged(trig: str, seed: int) -> str:
    """The dataset with some facts dropped and some objects exchanged within their property."""
    chance, store = random.Random(seed), ox.Store()
    quads = sorted(ox.parse(trig, ox.RdfFormat.TRIG), key=str)
    for quad in quads:
        fate = chance.random() if quad.graph_name != ox.DefaultGraph() else 1.0
        objects = [other.object for other in quads if other.predicate == quad.predicate]
        if fate < 0.15:
            continue
        given = chance.choice(objects) if fate < 0.35 else quad.object
        store.add(ox.Quad(quad.subject, quad.predicate, given, quad.graph_name))
    return dumped(store, ox.RdfFormat.TRIG).decode()


@pytest.mark.skipif(not SCORER.exists(), reason="the shared scorer is not beside this checkout")
@pytest.mark.parametrize("seed", range(4))
def test_the_same_figures_as_the_shared_scorer(tmp_path: Path, gold: Path, seed: int) -> None:
    path = tmp_path / "data.trig"
    path.write_text(damaged(DATASET, seed) if seed else DATASET, encoding="utf-8")
    evaluation = evaluate(path, gold)
    wanted = scorer(path, gold)
    assert wanted.pop("mean F1 of the core facets")["f1"] == evaluation.core
    facets = json.loads(evaluation.json())["facets"]
    assert facets == wanted
    assert set(CORE) <= set(facets)


@pytest.mark.skipif(not SCORER.exists(), reason="the shared scorer is not beside this checkout")
def test_the_same_figures_on_converted_articles(tmp_path: Path) -> None:
    convert = pytest.importorskip("kg.convert", reason="the converter is not in this checkout")
    from kg.read import read
    from kg.resources import ontology_dir

    quads = ox.Store()
    for path in sorted(ontology_dir().rglob("*.ttl")):
        quads.load(path=path, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode("urn:ontology"))
    converter = convert.Converter()
    for path in sorted((ROOT / "tests" / "gold" / "dev").glob("*.txt")):
        conversion = converter.convert(read(path))
        quads.load(conversion.facts + conversion.claims, ox.RdfFormat.N_QUADS)
    quads.dump(tmp_path / "dev.nq", format=ox.RdfFormat.N_QUADS)
    gold = ROOT / "tests" / "gold" / "dev.jsonl"
    wanted = scorer(tmp_path / "dev.nq", gold)
    evaluation = evaluate(tmp_path / "dev.nq", gold)
    assert wanted.pop("mean F1 of the core facets")["f1"] == evaluation.core
    assert json.loads(evaluation.json())["facets"] == wanted
