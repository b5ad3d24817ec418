"""The tools for language models, through the official SDK's own client: in memory, on standard streams, over
HTTP."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import pytest
from anyio.from_thread import start_blocking_portal

import kg
from kg import ask
from kg.namespaces import DEFAULT_BASE
from kg.serve import Dataset, Service, Settings
from serving import Start

mcp = pytest.importorskip("mcp", reason="the extra [mcp] is not installed")
SEEDS = Path(__file__).parent.parent.parent / "seeds"
DIRECTIVE = f"{DEFAULT_BASE}id/document/ct-32-tw-k12"
FIXED = ["search", "describe", "evidence", "vocabulary", "sparql"]
Call = Callable[..., dict[str, Any]]
PREFIXES = "PREFIX ckg: <https://w3id.org/cascade-kg/ontology#> "


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tools") / "store"
    kg.build([SEEDS], made)
    return made


@contextlib.asynccontextmanager
async def connected(folder: Path, lang: str, settings: dict[str, Any]) -> AsyncIterator[Any]:
    """A client of the SDK that is connected to our server in memory."""
    from kg.mcp.server import protocol, running

    service = Service(Dataset.of_store(folder), Settings(workers=1, access_log=False, **settings))
    async with running(service), mcp.Client(protocol(service, lang)) as client:
        yield client


@pytest.fixture(scope="module")
def clients(folder: Path) -> Iterator[Callable[..., Any]]:
    """Clients by language and settings; each is connected once."""
    with start_blocking_portal() as portal, contextlib.ExitStack() as stack:
        made: dict[str, Any] = {}

        def client(lang: str = "vi", **settings: Any) -> Any:
            key = f"{lang} {settings}"
            if key not in made:
                context = portal.wrap_async_context_manager(connected(folder, lang, settings))
                made[key] = stack.enter_context(context)
            return lambda name, *given: portal.call(getattr(made[key], name), *given)

        yield client


@pytest.fixture(scope="module")
def call(clients: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Calls a tool. What the model reads is the same as what a program gets."""

    def called(name: str, **arguments: Any) -> dict[str, Any]:
        result = clients()("call_tool", name, arguments)
        assert not result.is_error, result.content[0].text
        assert json.loads(result.content[0].text) == result.structured_content
        return dict(result.structured_content)

    return called


def refused(client: Callable[..., Any], name: str, arguments: dict[str, Any]) -> str:
    result = client("call_tool", name, arguments)
    assert result.is_error
    return str(result.content[0].text)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_saved_query_is_a_typed_tool(clients: Callable[..., Any], lang: str) -> None:
    tools = clients(lang)("list_tools").tools
    saved = {query.name.replace("/", "_").replace("-", "_"): query for query in ask.saved()}
    assert [tool.name for tool in tools] == FIXED + list(saved)
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool.name)
        if query := saved.get(tool.name):
            assert tool.title == query.title[lang]
            assert query.description[lang] in tool.description
            assert set(tool.input_schema["properties"]) == {*(p.name for p in query.params), "limit"}


@pytest.mark.parametrize("query", ask.saved(), ids=lambda query: query.name)
def test_saved_queries_answer_with_rows_and_sentences(call: Call, query: ask.SavedQuery) -> None:
    found = call(query.name.replace("/", "_").replace("-", "_"))
    if "turtle" in found:
        assert "ckg:implements" in found["turtle"]
        return
    assert found["columns"] == query.expect["columns"]
    assert len(found["rows"]) >= min(query.expect.get("min_rows", 0), 100)
    assert len(found["sentences"]) == len(found["rows"])
    if not found["rows"]:
        assert found["explanation"]["reason"]


def test_arguments_are_names_as_people_type_them(call: Call) -> None:
    found = call("cascade_implementers", directive="chi thi 32-ct/tw")
    assert {row["issuer"]["label"] for row in found["rows"]} >= {"Tỉnh ủy Lai Châu"}
    assert "Tỉnh uỷ Lai Châu" in json.dumps(found["sentences"], ensure_ascii=False)
    two = call("tasks_assigned", limit=2)
    assert (len(two["rows"]), two["truncated"]) == (2, True)


def test_search_describe_evidence(call: Call) -> None:
    first = call("search", text="chi thi 32", kind="Document", limit=1)["hits"][0]
    assert first["iri"] == DIRECTIVE
    described = call("describe", thing=first["iri"])
    assert described["label"].startswith("Chỉ thị số 32-CT/TW")
    assert any(fact["sentences"] for fact in described["facts"])
    assert any(link["property"] == "ckg:implements" for link in described["incoming"])
    (fact,) = call("evidence", subject="221-KH/TU", predicate="implements")["facts"]
    assert all("32-CT/TW" in sentence["sentence"] for sentence in fact["sentences"])
    known = call("describe", thing="Tỉnh Lai Châu")  # the register alone speaks of it
    assert known["properties"]


def test_sparql_and_its_vocabulary(call: Call) -> None:
    terms = {term["x"] for term in call("vocabulary")["terms"]}
    assert {"ckg:Document", "ckg:implements", "ckg:issuedOn"} <= terms
    found = call("sparql", query=PREFIXES + "SELECT ?x ?y { ?x ckg:implements ?y }", limit=2)
    assert (len(found["rows"]), found["truncated"]) == (2, True)
    assert all(found["sentences"])
    assert call("sparql", query="ASK { ?s ?p ?o }") == {"answer": True}
    assert "<" in call("sparql", query=f"DESCRIBE <{DIRECTIVE}>")["turtle"]
    empty = call("sparql", query=PREFIXES + "SELECT * { ?x ckg:implments ?y }")
    assert empty["explanation"]["unknown"][0]["near"][0] == "ckg:implements"


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("nothing", {}, "no tool"),
        ("search", {}, "needs text"),
        ("search", {"text": 5}, "must be of the type string"),
        ("search", {"text": "x", "limit": 0}, "from 1 to 100"),
        ("search", {"text": "x", "limit": True}, "must be of the type integer"),
        ("search", {"text": "x", "kind": "Thing"}, "no kind"),
        ("search", {"text": "…"}, "no word"),
        ("describe", {"thing": "không có gì tên thế"}, "nothing is called"),
        ("describe", {"thing": "<urn:x>"}, "nothing is known"),
        ("cascade_tree", {"nope": "x"}, "it takes: directive, limit"),
        ("cascade_tree", {"directive": "nghị quyết"}, "- Nghị quyết"),
        ("events_conferences", {"since": "31/02/2019"}, "since"),
        ("sparql", {"query": "SELECT"}, "cú pháp"),
        ("sparql", {"query": "INSERT DATA { <urn:a> <urn:b> <urn:c> }"}, "cú pháp"),
        ("sparql", {"query": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}, "SERVICE"),
    ],
)
def test_what_is_wrong_is_told(
    clients: Callable[..., Any], name: str, arguments: dict[str, Any], told: str
) -> None:
    assert told in refused(clients(), name, arguments)


def test_queries_run_under_the_limits_of_the_server(clients: Callable[..., Any]) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    assert "thời hạn" in refused(clients(timeout=0.5), "sparql", {"query": endless})


def test_what_is_described_is_looked_up_under_the_limits_of_the_server(
    clients: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    never = "FILTER(STR(?s) = CONCAT(STR(?d), STR(?g), 'x') && ?s != %s)"
    endless = f"SELECT ?p ?s {{ ?s ?p ?o . ?d ?e ?f . ?g ?h ?i {never} }} LIMIT %d"
    monkeypatch.setattr("kg.mcp.calls._INCOMING", endless)
    assert "thời hạn" in refused(clients(timeout=0.5), "describe", {"thing": DIRECTIVE})


@pytest.mark.parametrize(("tool", "named"), [("describe", "thing"), ("evidence", "subject")])
def test_sentences_are_gathered_under_the_limits_of_the_server(
    clients: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tool: str, named: str
) -> None:
    never = "FILTER(STR(?a) = CONCAT(STR(?d), STR(?g), 'x'))"
    endless = f"SELECT ?claim ?exact {{ VALUES ?claim {{ %s }} ?a ?b ?exact . ?d ?e ?f . ?g ?h ?i {never} }}"
    monkeypatch.setattr("kg.explain._SENTENCES", endless)
    assert "thời hạn" in refused(clients(timeout=0.5), tool, {named: DIRECTIVE})


def test_what_differs_each_time_is_asked_each_time(call: Call) -> None:
    asked = [call("sparql", query="SELECT (RAND() AS ?n) {}")["rows"] for _ in range(2)]
    assert asked[0] != asked[1]


@pytest.mark.parametrize("where", ["--store", "--endpoint"])
def test_on_standard_streams(folder: Path, start: Start, where: str) -> None:
    place = str(folder) if where == "--store" else f"{start(folder).url}/sparql"
    command = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-m", "kg", "mcp", where, place, "--lang", "en"],
        env=dict(os.environ),
    )

    async def run() -> Any:
        async with mcp.Client(command) as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            tree = await client.call_tool("cascade_tree", {"directive": "32-CT/TW"})
            return names, await client.call_tool("search", {"text": "bct"}), tree

    names, found, tree = anyio.run(run)
    assert len(tree.structured_content["rows"]) == len(tree.structured_content["sentences"]) >= 2
    assert all(tree.structured_content["sentences"])
    assert names[: len(FIXED)] == FIXED
    assert found.structured_content["hits"][0]["label"] == "Politburo"


def test_over_http(folder: Path) -> None:
    command = [sys.executable, "-m", "kg", "mcp", "--http", "--port", "0", "--store", str(folder)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+/mcp", process.stdout.readline())
            assert found

            async def run() -> Any:
                async with mcp.Client(found[0]) as client:
                    return await client.call_tool("cascade_tree", {"directive": "32-CT/TW"})

            answer = anyio.run(run).structured_content
            assert len(answer["rows"]) == len(answer["sentences"]) >= 2
            import httpx2

            foreign = {
                "Host": "evil.example",
                "Content-Type": "application/json",
                "Accept": "application/json",
            }
            assert httpx2.post(found[0], json={}, headers=foreign).status_code == 421
            place = urlsplit(found[0])
            with socket.create_connection((place.hostname, place.port), timeout=20) as slow:
                slow.sendall(b"POST /mcp HTTP/1.1\r\nHost: localhost\r\n")
                assert slow.recv(100).startswith(b"HTTP/1.1 408 ")  # as kg serve: nobody holds a connection
            process.terminate()
            assert process.wait(timeout=30) in (0, -15, 143)
        finally:
            process.kill()  # one that does not end would keep the test waiting
