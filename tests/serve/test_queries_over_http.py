"""Saved queries, search and things over HTTP."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

import kg
from kg import ask
from kg.namespaces import CKG, DEFAULT_BASE, OA, RDF
from kg.search import Search
from kg.serve import Dataset, Settings, application
from kg.store import Store

SEEDS = Path(__file__).parent.parent.parent / "seeds"
DIRECTIVE = f"{DEFAULT_BASE}id/document/ct-32-tw-k12"
PROLOGUE = "PREFIX ckg: <https://w3id.org/cascade-kg/ontology#> "


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("served") / "store"
    kg.build([SEEDS], made)
    return made


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    app = application(Dataset.of_store(folder), Settings(access_log=False, workers=2))
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as made:
        yield made


def problem(client: TestClient, path: str, **params: str) -> tuple[int, str, dict[str, Any]]:
    answer = client.get(path, params=params)
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].partition("#")[2], answer.json()


# ------------------------------------------------------------------ what there is
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_list_has_every_query_in_both_languages(client: TestClient, lang: str) -> None:
    answer = client.get("/queries", headers={"accept-language": lang})
    assert answer.headers["content-language"] == lang
    groups = answer.json()["groups"]
    assert [group["title"] for group in groups] == [title[lang] for title in ask.groups().values()]
    listed = {query["name"]: query for group in groups for query in group["queries"]}
    assert listed.keys() == {query.name for query in ask.saved()}
    tree = listed["cascade/tree"]
    assert tree["title"] == ask.find("cascade/tree").title[lang]
    assert tree["parameters"][0]["default"] == f"<{DIRECTIVE}>"
    assert client.get(tree["url"]).status_code == 200
    values = client.get(tree["parameters"][0]["values"]).json()["values"]
    assert DIRECTIVE in {value["iri"] for value in values}


def test_one_group(client: TestClient) -> None:
    (group,) = client.get("/queries/tasks", params={"lang": "en"}).json()["groups"]
    assert [query["name"] for query in group["queries"]] == ["tasks/assigned", "tasks/reports-due"]
    assert problem(client, "/queries/nothing")[:2] == (404, "not-found")


# ------------------------------------------------------------------ asking
@pytest.mark.parametrize("query", ask.saved(), ids=lambda query: query.name)
def test_rows_over_http_are_the_rows_of_the_command(
    client: TestClient, folder: Path, query: ask.SavedQuery
) -> None:
    with Store.open(folder, read_only=True) as store:
        table = ask.run(store, query)
    answer = client.get(f"/queries/{query.name}")
    if table.form == "construct":
        found = {quad.triple for quad in ox.parse(answer.content, format=ox.RdfFormat.TURTLE)}
        assert found == {ox.Triple(*row) for row in table.rows}  # type: ignore[arg-type]
        return
    assert answer.json()["head"]["vars"] == query.expect["columns"]
    parsed = ox.parse_query_results(answer.content, format=ox.QueryResultsFormat.JSON)
    assert isinstance(parsed, ox.QuerySolutions)
    assert [tuple(solution[name] for name in table.columns) for solution in parsed] == list(table.rows)


@pytest.mark.parametrize(
    ("suffix", "media"),
    [
        ("json", "application/sparql-results+json"),
        ("csv", "text/csv; charset=utf-8"),
        ("tsv", "text/tab-separated-values; charset=utf-8"),
        ("xml", "application/sparql-results+xml"),
    ],
)
def test_formats_of_rows(client: TestClient, suffix: str, media: str) -> None:
    by_suffix = client.get(f"/queries/organs/issued.{suffix}", params={"organ": "bct"})
    by_word = client.get("/queries/organs/issued", params={"organ": "bct", "format": suffix})
    by_accept = client.get("/queries/organs/issued", params={"organ": "bct"}, headers={"accept": media})
    assert by_suffix.headers["content-type"] == media
    assert by_suffix.content == by_word.content == by_accept.content


def test_formats_of_a_graph(client: TestClient) -> None:
    for suffix in ("ttl", "nt", "rdf", "jsonld"):
        answer = client.get(f"/queries/cascade/graph.{suffix}")
        form = ox.RdfFormat.from_media_type(answer.headers["content-type"])
        assert form is not None
        assert len({quad.triple for quad in ox.parse(answer.content, format=form)}) > 10
    assert problem(client, "/queries/cascade/graph.csv")[:2] == (406, "not-acceptable")
    assert problem(client, "/queries/cascade/tree.ttl")[:2] == (406, "not-acceptable")


def test_text_of_the_query(client: TestClient, folder: Path) -> None:
    answer = client.get("/queries/organs/issued.rq", params={"organ": "tinh uy lai chau"})
    assert answer.headers["content-type"].startswith("application/sparql-query")
    assert "VALUES ?organ { <https://w3id.org/cascade-kg/id/organ/tinh-uy-lai-chau> }" in answer.text
    with Store.open(folder, read_only=True) as store:
        assert len(ask.collect(store.query(answer.text)))


BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/queries", "/queries/cascade/tree", "/queries/people/who-chairs"])
def test_people_get_pages_and_programs_data_at_one_address(client: TestClient, path: str) -> None:
    assert client.get(path, headers=BROWSER).headers["content-type"].startswith("text/html")
    assert "json" in client.get(path).headers["content-type"]
    assert (
        "json"
        in client.get(path, headers={"accept": "application/json, text/html;q=0.5"}).headers["content-type"]
    )


def test_where_there_is_no_page_people_get_data(client: TestClient) -> None:
    assert client.get("/search", params={"q": "bct"}, headers=BROWSER).json()["hits"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_people_are_led_to_the_page_of_a_thing(client: TestClient, lang: str) -> None:
    answer = client.get("/id/document/ct-32-tw-k12", headers={**BROWSER, "accept-language": lang})
    place = "/page/document/ct-32-tw-k12"
    assert (answer.status_code, answer.headers["location"]) == (303, place if lang == "vi" else f"/en{place}")
    page = client.get(answer.headers["location"])
    assert page.headers["content-type"].startswith("text/html")
    assert "32-CT/TW" in page.text


@pytest.mark.parametrize(
    ("asked", "status", "kind"),
    [
        ({"directive": "32-CT/TW", "nope": "1"}, 400, "parameter"),
        ({"directive": ""}, 400, "parameter"),
        ({"directive": "không có gì tên thế"}, 404, "not-found"),
        ({"directive": "nghị quyết"}, 409, "ambiguous"),
        ({"directive": "<not an iri>"}, 404, "not-found"),
        ({"directive": "32-CT/TW\0"}, 400, "parameter"),
        ({"limit": "0"}, 400, "parameter"),
        ({"limit": "x"}, 400, "parameter"),
        ({"lang": "fr"}, 400, "parameter"),
        ({"explain": "maybe"}, 400, "parameter"),
        ({"format": "docx"}, 406, "not-acceptable"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    client: TestClient, asked: dict[str, str], status: int, kind: str
) -> None:
    found = problem(client, "/queries/cascade/tree", **asked)
    assert found[:2] == (status, kind)
    if kind == "ambiguous":
        assert {candidate["iri"].startswith(DEFAULT_BASE) for candidate in found[2]["candidates"]} == {True}


def test_a_parameter_given_twice_is_refused(client: TestClient) -> None:
    assert client.get("/queries/cascade/tree?directive=a&directive=b").status_code == 400


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "tree%00", "tree.rq.rq", "TREE"])
def test_no_path_is_made_of_a_name(client: TestClient, name: str) -> None:
    assert client.get(f"/queries/cascade/{name}").status_code in (400, 404)


@pytest.mark.parametrize(
    "hostile", ['Tỉnh ủy" } ; DROP ALL #', 'x" } } INSERT DATA { <urn:a> <urn:b> <urn:c> } #', "\\u0022 } #"]
)
def test_values_stay_terms(client: TestClient, hostile: str) -> None:
    answer = client.get("/queries/tasks/assigned.json", params={"addressee": hostile})
    assert answer.json()["results"]["bindings"] == []


def test_a_limit_is_told(client: TestClient) -> None:
    answer = client.get("/queries/tasks/assigned.csv", params={"limit": "3"})
    assert len(list(csv.reader(io.StringIO(answer.text)))) == 4
    assert answer.headers["x-sparql-maxrows"] == "3"


def test_the_same_answer_is_not_sent_twice(client: TestClient) -> None:
    first = client.get("/queries/cascade/tree.csv")
    again = client.get("/queries/cascade/tree.csv", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/queries/cascade/depth.csv", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize("name", ["cascade/tree", "events/who-attended", "tasks/assigned", "cascade/not-yet"])
def test_rows_come_with_their_sentences(client: TestClient, name: str) -> None:
    answer = client.get(f"/queries/{name}.json", params={"evidence": "1"}).json()
    assert len(answer["evidence"]) == len(answer["results"]["bindings"]) > 0
    texts = {path.stem: path.read_text("utf-8") for path in SEEDS.glob("*.txt")}
    for row in answer["evidence"]:
        assert row
        for one in row:
            text = " ".join(texts[one["article"].rpartition("/")[2]].split())
            assert " ".join(one["sentence"].split())[:40] in text


def test_why_there_are_no_rows(client: TestClient) -> None:
    asked = {"directive": "<urn:nothing>", "explain": "1", "lang": "en"}
    answer = client.get("/queries/cascade/implementers.json", params=asked).json()
    assert answer["results"]["bindings"] == []
    assert answer["explanation"]["parts"][0] == "VALUES ?directive { <urn:nothing> }"
    assert answer["explanation"]["unknown"] == [{"iri": "urn:nothing", "near": []}]
    full = client.get("/queries/cascade/implementers.json", params={"explain": "1"}).json()
    assert "explanation" not in full


@pytest.mark.parametrize("form", ["json", "csv"])
def test_why_a_query_of_ones_own_has_no_rows(client: TestClient, form: str) -> None:
    sparql = PROLOGUE + "SELECT * { ?x ckg:implments ?y ; a ?c }"
    answer = client.get("/sparql", params={"query": sparql, "explain": "1", "format": form})
    told = json.loads(answer.headers["x-explanation"])
    assert told["parts"] == ["?x ckg:implments ?y"]
    assert told["unknown"][0]["near"][0] == "ckg:implements"
    if form == "json":
        assert answer.json()["explanation"] == told
    plain = client.get("/sparql", params={"query": sparql, "format": form})
    assert "x-explanation" not in plain.headers


# ------------------------------------------------------------------ values to choose from
def test_values_are_narrowed_down(client: TestClient) -> None:
    path = "/queries/cascade/tree/values/directive"
    found = client.get(path, params={"q": "chi thi 32", "limit": "1"}).json()["values"]
    assert found == [{"iri": DIRECTIVE, "label": "Chỉ thị số 32-CT/TW ngày 18/2/2019"}]
    roles = client.get("/queries/people/who-chairs/values/role", params={"lang": "en"}).json()["values"]
    assert [role["label"] for role in roles] == ["Attendee", "Chair", "Presenter", "Speaker"]
    chair = client.get("/queries/people/who-chairs/values/role", params={"q": "chu tri"}).json()["values"]
    assert [value["iri"] for value in chair] == [CKG.Chair]
    for path in ("/queries/cascade/tree/values/nope", "/queries/events/conferences/values/since"):
        assert problem(client, path)[:2] == (404, "not-found")


@pytest.mark.parametrize("query", ask.saved(), ids=lambda query: query.name)
def test_every_choice_is_taken(client: TestClient, query: ask.SavedQuery) -> None:
    for parameter in query.params:
        if parameter.kind == "iri":
            path = f"/queries/{query.name}"
            (choice,) = client.get(f"{path}/values/{parameter.name}", params={"limit": "1"}).json()["values"]
            assert client.get(path, params={parameter.name: choice["iri"]}).status_code == 200


# ------------------------------------------------------------------ search
@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("chi thi 25", "document/ct-25-tw-k12"),
        ("bct", "organ/bo-chinh-tri"),
        ("tinh uy lai chau", "organ/tinh-uy-lai-chau"),
        ("Tỉnh\u00a0uỷ Lai\u200bChâu", "organ/tinh-uy-lai-chau"),
    ],
)
def test_search(client: TestClient, typed: str, place: str) -> None:
    answer = client.get("/search", params={"q": typed, "limit": "5"})
    first = answer.json()["hits"][0]
    assert first["iri"] == f"{DEFAULT_BASE}id/{place}"
    assert first["url"] == f"http://127.0.0.1/id/{place}"
    assert client.get(first["url"]).status_code == 303
    tag = {"if-none-match": answer.headers["etag"]}
    assert client.get("/search", params={"q": typed, "limit": "5"}, headers=tag).status_code == 304


def test_search_bounds(client: TestClient) -> None:
    assert client.get("/search", params={"q": "…"}).json()["hits"] == []
    assert problem(client, "/search")[:2] == (400, "parameter")
    assert problem(client, "/search", q="x", kind="Thing")[:2] == (400, "parameter")
    assert problem(client, "/search", q="x", limit="501")[:2] == (400, "parameter")
    assert problem(client, "/search", q="x" * 501)[:2] == (400, "parameter")


# ------------------------------------------------------------------ things
@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("text/turtle", "ttl"),
        ("application/ld+json", "jsonld"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "rdf"),
        ("*/*", "ttl"),
    ],
)
def test_a_thing_leads_to_its_data(client: TestClient, accept: str, suffix: str) -> None:
    answer = client.get("/id/document/ct-32-tw-k12", headers={"accept": accept})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/data/document/ct-32-tw-k12.{suffix}")
    assert "Accept" in answer.headers["vary"]
    data = client.get(answer.headers["location"])
    form = ox.RdfFormat.from_media_type(data.headers["content-type"])
    assert form is not None
    triples = [quad.triple for quad in ox.parse(data.content, format=form)]
    assert len(triples) == len(set(triples))
    named = {(t.subject, t.predicate.value, t.object) for t in triples}
    thing = ox.NamedNode(DIRECTIVE)
    assert (thing, CKG.code, ox.Literal("32-CT/TW")) in named
    assert any(p == CKG.implements and o == thing for _, p, o in named), "what links to it"
    claims = {s for s, p, o in named if p == RDF.subject and o == thing}
    sentences = {o for s, p, o in named if p == CKG.evidence and s in claims}
    assert sentences
    assert sentences <= {s for s, p, _ in named if p == OA.exact}, "the claims' sentences"


def test_every_thing_that_is_found_dereferences(client: TestClient) -> None:
    hits = client.get("/search", params={"q": "tinh", "limit": "40"}).json()["hits"]
    for hit in hits:
        found = client.get(hit["url"], headers={"accept": "text/turtle"})
        assert found.status_code == 303
        assert hit["label"] in client.get(found.headers["location"]).text


def test_only_what_is_served_can_be_asked_for(client: TestClient) -> None:
    assert client.get("/id/document/ct-32-tw-k12", headers={"accept": "image/png"}).status_code == 406
    for place in ("document/ct-99-tw-k12", "", "nothing", "a b<c>", "%00", "../../etc/passwd", "document/"):
        assert client.get(f"/id/{place}").status_code == 404, place
        assert client.get(f"/data/{place}.ttl").status_code == 404, place


def test_what_may_be_meant_is_told(client: TestClient) -> None:
    _, _, told = problem(client, "/id/document/tinh-uy-lai-chau")
    assert f"{DEFAULT_BASE}id/organ/tinh-uy-lai-chau" in {hit["iri"] for hit in told["candidates"]}


@pytest.mark.parametrize(
    "place", ["document/CT-32-TW-K12", "document/ct-32-tw-k12/", "document/ct_32 tw_k12"]
)
def test_other_spellings_lead_on(client: TestClient, place: str) -> None:
    answer = client.get(f"/id/{place}")
    assert (answer.status_code, answer.headers["location"]) == (308, "/id/document/ct-32-tw-k12")


def test_changed_names_lead_on(tmp_path: Path) -> None:
    """A plan whose committee an article comes to tell gets another name; the old one leads there, also after
    another build."""
    texts = tmp_path / "texts"
    texts.mkdir()
    (source,) = SEEDS.glob("003_*.txt")
    text = source.read_text("utf-8")
    unclear = text.replace("Lai Châu", "tỉnh nhà").replace("LAI CHÂU", "TỈNH")
    (texts / source.name).write_text(unclear, "utf-8")
    store = tmp_path / "store"
    kg.build([texts], store)
    before = documents(store)
    (texts / source.name).write_text(text, "utf-8")
    kg.build([texts], store)
    gone = before - documents(store)
    assert gone
    shutil.copy(next(iter(SEEDS.glob("001_*.txt"))), texts)
    kg.build([texts], store)
    with Store.open(store, read_only=True) as opened:
        moved = {old: new for old in gone if (new := Search.of(opened).moved(old))}
    assert moved
    assert set(moved.values()) <= documents(store)
    app = application(Dataset.of_store(store), Settings(access_log=False, workers=2))
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        for old, new in moved.items():
            answer = client.get(old.removeprefix(DEFAULT_BASE.rstrip("/")))
            assert answer.status_code == 308
            assert answer.headers["location"] == new.removeprefix(DEFAULT_BASE.rstrip("/"))


def documents(store: Path) -> set[str]:
    with Store.open(store, read_only=True) as opened:
        rows = opened.rows(f"SELECT DISTINCT ?x {{ ?a <{CKG.mentions}> ?x . ?x <{CKG.documentNumber}> ?n }}")
    return {iri for (iri,) in rows}
