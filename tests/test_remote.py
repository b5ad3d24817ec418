"""Stores elsewhere: two real servers, and a small one of our own that misbehaves on purpose."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg
import kg.check
from kg.cli import run
from kg.errors import KgError, QueryError, StoreError
from kg.remote import Endpoint, Login, PushResult, Web, fetch, probe, push
from kg.remote.transfer import LIMIT, Progress, counts, pieces, sender
from kg.store import Store

ROOT = Path(__file__).parent.parent
BASE = "https://example.org/kg/"
GRAPHS = {f"{BASE}id/article/{name}": name for name in "abc"}
BIG = f"{BASE}graph/ontology"


def nquads(**changed: str) -> str:
    """Three small graphs, one with a blank node, and one of 1,200 triples."""
    lines = [f'<urn:s> <urn:p> "Tỉnh ủy \\"{changed.get(n, n)}\\"\\n"@vi <{g}> .' for g, n in GRAPHS.items()]
    lines += [f"<urn:s> <urn:p> _:{x} <{BIG}> .\n_:{x} <urn:q> _:y{x} <{BIG}> ." for x in "uvw"]
    lines += [f"<urn:{n}> <urn:in> <urn:big> <{BIG}> ." for n in range(1200)]
    lines += [f"<https://w3id.org/cascade-kg/ontology#Document> a <urn:Class> <{BIG}> .".replace(
        " a ", " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ")]  # fmt: skip
    return "\n".join(lines) + "\n"


def stored(folder: Path, text: str) -> Store:
    with Store.open(folder, create=True, base=BASE) as made:
        made.replace(made.graphs(), text)
    return Store.open(folder, read_only=True)


@pytest.fixture(params=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(f"{request.param}_server")


def endpoint(server: Any) -> Endpoint:
    scheme, _, user = (server.auth or "none").partition(":")
    return Endpoint(server.query, Login(scheme, user, server.secret), timeout=20)


def send(
    store: Store, server: Any, way: str = "update", *, prune: bool = False, progress: Progress | None = None
) -> PushResult:
    """Push to a server by one of its two ways."""
    update, graph_store = (server.update, "") if way == "update" else ("", server.graph_store)
    return push(
        store, endpoint(server), update=update, graph_store=graph_store, prune=prune, progress=progress
    )


@pytest.mark.parametrize("name", ["graph_store", "update"])
def test_push_sends_resumes_and_counts(server: Any, name: str, tmp_path: Path) -> None:
    asked = endpoint(server)
    with stored(tmp_path / "store", nquads()) as store:
        first = send(store, server, name, prune=True)
        assert (len(first.sent), first.unchanged) == (4, [])
        assert first.triples == len(store)
        assert counts(asked, store.graphs()) == Counter(str(q.graph_name)[1:-1] for q in store.quads())
        if name == "update":
            assert first.requests == 4 + 3 + -(-len(list(store.quads(BIG))) // LIMIT)  # drops and pieces
        assert asked.base == BASE
        again = send(store, server, name)
        assert (again.sent, len(again.unchanged), again.requests) == ([], 4, 0)
    with stored(tmp_path / "store", nquads(b="changed")) as store:
        third = send(store, server, name)
        assert third.sent == [f"{BASE}id/article/b"]
        (found,) = asked.rows(f"SELECT ?o {{ GRAPH <{BASE}id/article/b> {{ ?s ?p ?o }} }}")
        assert found == ('Tỉnh ủy "changed"\n',)


def test_push_notices_what_was_lost_there_and_prunes_what_is_not_here(server: Any, tmp_path: Path) -> None:
    asked = endpoint(server)
    extra = f"<urn:s> <urn:p> <urn:o> <{BASE}id/article/extra> .\n"
    with stored(tmp_path / "store", nquads() + extra) as store:
        send(store, server)
        sender(asked, "", server.update).drop(f"{BASE}id/article/a")
        assert send(store, server).sent == [f"{BASE}id/article/a"]
    with stored(tmp_path / "store", nquads()) as store:
        assert send(store, server).strangers == [f"{BASE}id/article/extra"]
        assert send(store, server, prune=True).removed == [f"{BASE}id/article/extra"]
        assert send(store, server).strangers == []


def test_an_interrupted_push_goes_on_where_it_stopped(
    oxigraph_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.remote.transfer._BATCH", 1)

    def stop(done: int, _total: int, _graph: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with stored(tmp_path / "store", nquads(a="other", b="other", c="other")) as store:
        with pytest.raises(KeyboardInterrupt):
            send(store, oxigraph_server, "graph_store", progress=stop)
        rest = send(store, oxigraph_server, "graph_store")
        assert (len(rest.sent), len(rest.unchanged)) == (2, 2)


def test_the_journal_of_pushes_holds_each_graph_once(oxigraph_server: Any, tmp_path: Path) -> None:
    gone = f"<urn:s> <urn:p> <urn:o> <{BASE}id/article/gone> .\n"
    for text in (nquads() + gone, nquads(b="other"), nquads(b="third")):
        with stored(tmp_path / "store", text) as store:
            send(store, oxigraph_server, "graph_store")
    (journal,) = (tmp_path / "store").glob("pushed-*")
    with journal.open("a") as file:
        file.write('["cut off by a cra')
    with stored(tmp_path / "store", nquads(b="third")) as store:
        assert not send(store, oxigraph_server, "graph_store").sent
    told = [json.loads(line)[0] for line in journal.read_text().splitlines()]
    assert sorted(told) == sorted([*GRAPHS, BIG])
    assert not list(journal.parent.glob("*.tmp"))


def test_a_wrong_count_is_an_error(oxigraph_server: Any, tmp_path: Path) -> None:
    """Sent to one server, counted at another: nothing arrived where it is asked for."""
    other = Endpoint(oxigraph_server.query.replace("/query", "/query?default-graph-uri=urn:none"))
    with (
        stored(tmp_path / "store", nquads()) as store,
        pytest.raises(StoreError, match=r"4 graph\(s\) hold another number"),
    ):
        push(store, other, graph_store=oxigraph_server.graph_store)


def test_a_cut_answer_is_told(
    virtuoso_server: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = " ".join(f"VALUES ?{name} {{ 0 1 2 3 4 5 6 7 8 9 }}" for name in "abcd")
    text = f"SELECT * {{ {blocks} VALUES ?e {{ 0 1 }} }}"
    with kg.connect(virtuoso_server.query) as graph:
        assert graph.query(text).cut == 10_000
        assert graph.query("SELECT ?x { VALUES ?x { 1 2 } }").cut is None
    (tmp_path / "many.rq").write_text(text)
    code = run(["query", str(tmp_path / "many.rq"), "--endpoint", virtuoso_server.query, "--format", "csv"])
    out, err = capsys.readouterr()
    assert code == 0
    assert out.count("\r\n") == 10_001
    assert err == "kg: the server cut the answer to 10000 rows: it is not whole\n"


@pytest.mark.parametrize("page", [7, 2000])
def test_fetch_brings_what_push_sent(
    server: Any, page: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By pages that hold few subjects, blank nodes kept together, the same graph comes back."""
    monkeypatch.setattr("kg.remote.download.PAGE", page)
    small = "".join(line for line in nquads().splitlines(keepends=True) if "<urn:in>" not in line)
    small += "".join(
        f'<urn:one> <urn:many> "{n}" <{BIG}> .\n<urn:s{n}> <urn:in> "x" <{BIG}> .\n' for n in range(20)
    )
    with stored(tmp_path / "store", small) as store:
        send(store, server, prune=True)
        wanted = ox.Dataset(store.quads())
    graphs = {*GRAPHS, BIG}
    there = ox.Dataset(q for q in fetch(endpoint(server)) if getattr(q.graph_name, "value", "") in graphs)
    for dataset in (wanted, there):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert set(there) == set(wanted)


def test_a_server_that_cuts_in_silence_is_found_out(fake: Callable[[Answer], str]) -> None:
    """It says that its graph has 5,000 triples and never gives more than one row."""

    def answer(_request: BaseHTTPRequestHandler, body: str) -> tuple[int, dict[str, str], bytes]:
        query = parse_qs(body)["query"][0]
        names = "gn" if "COUNT" in query else "g" if "DISTINCT ?g" in query else "spo"
        values = {"n": "5000"} | dict.fromkeys("gspo", "urn:x")
        row = {v: {"type": "literal" if v == "n" else "uri", "value": values[v]} for v in names}
        done = "> " in query and '"urn:x"' in query  # the page behind the last one
        rows = [] if done or "isBlank(?s) ||" in query else [row]
        text = json.dumps({"head": {"vars": list(names)}, "results": {"bindings": rows}})
        return 200, {"Content-Type": "application/sparql-results+json"}, text.encode()

    with pytest.raises(StoreError, match="1 of 5000 triples"):
        list(fetch(Endpoint(fake(answer))))


def test_validation_of_an_endpoint_is_that_of_its_data(oxigraph_server: Any, tmp_path: Path) -> None:
    case = ROOT / "tests" / "cases" / "shapes" / "TwoIssuers.bad.ttl"
    graph = ox.NamedNode(f"{BASE}graph/case")
    quads = [ox.Quad(q.subject, q.predicate, q.object, graph) for q in ox.parse(path=str(case))]
    with stored(tmp_path / "store", "".join(f"{quad} .\n" for quad in quads)) as store:
        send(store, oxigraph_server, prune=True)
    there, here = kg.connect(oxigraph_server.query).validate(), kg.check.validate_files([case])
    assert [r.key for r in there.results] == [r.key for r in here.results] != []
    assert run(["validate", "--endpoint", oxigraph_server.query, "-q"]) == 1
    assert run(["validate", "--endpoint", oxigraph_server.query, str(case)]) == 2


def test_every_form_of_query(server: Any) -> None:
    with kg.connect(server.query) as graph:
        rows = graph.query('SELECT ?x { VALUES ?x { "Tỉnh ủy"@vi <urn:a> UNDEF "a\\"b\\n" } }').rows
        assert Counter(row[0] for row in rows) == Counter(
            [ox.Literal("Tỉnh ủy", language="vi"), ox.NamedNode("urn:a"), None, ox.Literal('a"b\n')]
        )
        for sparql, truth in (("{ FILTER(1 = 2) }", "false"), ("{ FILTER(1 = 1) }", "true"), ("{}", "true")):
            ((answer,),) = graph.query(f"# comment {{\nPREFIX a: <urn:a>\nASK {sparql}").rows
            assert isinstance(answer, ox.Literal)
            assert answer.value == truth
        made = graph.query("CONSTRUCT { <urn:s> <urn:p> ?x } WHERE { VALUES ?x { <urn:o> } }")
        assert made.rows == ((ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.NamedNode("urn:o")),)
        with pytest.raises(QueryError, match="status 400"):
            graph.query("SELECT ?x { this is not SPARQL }")
        with pytest.raises(QueryError, match="not a SELECT"):
            graph.query("DROP ALL\n{")


@pytest.mark.parametrize(("name", "expected"), [
    ("oxigraph", {"default graph": "stands alone", "rows of an answer": "25000 of 25000",
                  "true and 1": "two values", "date minus date": "P207D",
                  "language tags": "tell literals apart"}),
    ("virtuoso", {"default graph": "union of the named graphs", "true and 1": "collapse into one",
                  "rows of an answer": "cut at 10000, told by X-SPARQL-MaxRows",
                  "triples an update": "at least 2000",
                  "a triple in two graphs": "matches 2 times", "VALUES": "inside groups and at the end"}),
])  # fmt: skip
def test_the_profile_of_a_server(
    name: str, expected: dict[str, str], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.remote.profile._PATIENCE", 1.0)
    server = request.getfixturevalue(f"{name}_server")
    asked = endpoint(server)
    before = asked.rows("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    found = {finding.name: finding.value for finding in probe(asked, update=server.update)}
    assert expected.items() <= found.items()
    assert asked.rows("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }") == before


# ------------------------------------------------------------------ a server that misbehaves on purpose
Answer = Callable[[BaseHTTPRequestHandler, str], tuple[int, dict[str, str], bytes]]
JSON = {"Content-Type": "application/sparql-results+json"}
YES = b'{"head":{},"boolean":true}'


@pytest.fixture
def fake() -> Iterator[Callable[[Answer], str]]:
    """Start a server whose answers the test makes."""
    started: list[ThreadingHTTPServer] = []

    def start(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                status, headers, content = answer(self, body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = False  # closing it waits for its threads, which would leave sockets behind
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        started.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/sparql"

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("login", "header"), [
    (Login(), None),
    (Login("basic", "thư", "bí mật"), "Basic " + base64.b64encode("thư:bí mật".encode()).decode()),
    (Login("bearer", "", "abc.def"), "Bearer abc.def"),
])  # fmt: skip
def test_who_asks(login: Login, header: str | None, fake: Callable[[Answer], str]) -> None:
    seen: list[str | None] = []

    def answer(request: BaseHTTPRequestHandler, _body: str) -> tuple[int, dict[str, str], bytes]:
        seen.append(request.headers.get("Authorization"))
        return 200, JSON, YES

    assert bool(Endpoint(fake(answer), login).plain("ASK {}"))
    assert seen == [header]
    assert login.secret not in repr(login) or not login.secret


def test_digest_is_answered_once_it_is_asked_for(virtuoso_server: Any) -> None:
    Endpoint(virtuoso_server.update, Login("digest", "dba", "dba")).plain("ASK {}")
    with pytest.raises(StoreError, match="status 401"):
        Endpoint(virtuoso_server.update, Login("digest", "dba", "wrong")).plain("ASK {}")
    with pytest.raises(StoreError, match=r"status 401.*--auth"):
        Endpoint(virtuoso_server.update).plain("ASK {}")


def test_a_busy_server_is_asked_again(fake: Callable[[Answer], str]) -> None:
    seen: list[str] = []

    def answer(_request: BaseHTTPRequestHandler, body: str) -> tuple[int, dict[str, str], bytes]:
        seen.append(parse_qs(body)["query"][0])
        return (503, {"Retry-After": "0"}, b"busy") if len(seen) < 3 else (200, JSON, YES)

    assert bool(Endpoint(fake(answer)).plain("ASK {}"))
    assert seen == ["ASK {}"] * 3


BAD: list[tuple[int, dict[str, str], bytes, str]] = [
    (200, {"Content-Type": "text/html"}, b"<html>", "a web page; is this the address"),
    (200, JSON, b'{"head": {"vars": ["x"]}, "results": {"bin', "cannot be read"),
    (200, JSON, b"\xff\xfe", "cannot be read"),
    (
        200,
        JSON,
        b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":"no iri"}}]}}',
        "read",
    ),
    (200, {}, b"", "cannot be read"),
    (204, JSON, b"", "cannot be read"),
    (302, {"Location": "http://127.0.0.1:1/other"}, b"", "redirected to http://127.0.0.1:1/other"),
    (302, {"Location": "file:///etc/passwd"}, b"", "redirected|status 302"),
    (404, {}, b"nothing\r\nhere\x1b[2J", r"status 404: nothing here\?\[2J — is the address right"),
    (413, {"Content-Type": "text/html"}, b"<html>", "status 413"),
    (400, {}, b"x" * 5000, "status 400: x{300}…"),
]


@pytest.mark.parametrize(("status", "headers", "body", "message"), BAD)
def test_bad_answers_are_one_line(
    status: int, headers: dict[str, str], body: bytes, message: str, fake: Callable[[Answer], str]
) -> None:
    asked = Endpoint(fake(lambda *_: (status, headers, body)))
    with pytest.raises(KgError, match=message) as caught:
        list(asked.plain("SELECT ?x { ?x ?y ?z }"))  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_a_slow_and_an_endless_answer_are_given_up(fake: Callable[[Answer], str]) -> None:
    hold = threading.Event()

    def answer(_request: BaseHTTPRequestHandler, _body: str) -> tuple[int, dict[str, str], bytes]:
        hold.wait(5)
        return 200, JSON, YES

    with pytest.raises(StoreError, match=r"no answer within 0\.2 seconds"):
        Endpoint(fake(answer), timeout=0.2).plain("ASK {}")
    hold.set()
    from kg.remote.wrapper import request

    url = fake(lambda *_: (200, JSON, b" " * 5000))
    with pytest.raises(StoreError, match="larger than 4000 bytes"):
        Web().send(request(url, "ASK {}", "*/*"), largest=4000)


@pytest.mark.parametrize("slow", ["status line", "head", "body", "refusal", "chunks"])
def test_a_server_that_drips_is_given_up_as_a_whole(slow: str) -> None:
    """A byte now and then keeps a socket's own timeout from ever coming."""
    whole = {
        "status line": b"HTTP/1.1 200 " + b"O" * 500,
        "head": b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 90,
        "body": b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b" " * 500,
        "refusal": b"HTTP/1.1 500 No\r\nContent-Length: 500\r\n\r\n" + b"x" * 500,
        "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 90,
    }[slow]
    at_once = 0 if slow == "status line" else whole.index(b"\r\n") + 2
    ended = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(whole[:at_once])
            for byte in whole[at_once:]:
                connection.sendall(bytes([byte]))
                time.sleep(0.02)
            ended.set()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        asked = Endpoint(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.5, whole=0.3)
        with pytest.raises(StoreError, match=r"no whole answer within 0\.3 seconds"):
            asked.plain("ASK {}")
        assert not ended.is_set()


def test_a_server_that_stays_busy_is_not_waited_for_longer_than_in_all(fake: Callable[[Answer], str]) -> None:
    asked = Endpoint(fake(lambda *_: (503, {"Retry-After": "30"}, b"busy")), whole=5)
    with pytest.raises(StoreError, match="status 503: busy"):
        asked.plain("ASK {}")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://h/x", "", "http://", "localhost:7878", "http://h/ x", "http://[::1", "http://h:0/",
     "http://h:99999/", "http://user:secret@h/", "http://h/\nX: y", "http://đ.vn/"],
)  # fmt: skip
def test_addresses_that_are_none(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--endpoint", url]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "secret" not in err.replace(url, "") or "@" not in url


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["query", "cascade/depth", "--auth", "bearer"], "--auth goes with --endpoint"),
        (["query", "cascade/depth", "--endpoint", "http://h/", "--auth", "basic"], "is not none, basic:USER"),
        (["query", "cascade/depth", "--endpoint", "http://h/", "--auth", "digest:u"], r"needs \$KG_PASSWORD"),
        (["push", "http://h/", "--graph-store", "http://h/", "--update", "http://h/"], "exclude each other"),
        (["push", "http://127.0.0.1:1/"], "cannot be reached"),
    ],
)
def test_usage(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("KG_PASSWORD", raising=False)
    stored(tmp_path / "store", nquads()).close()
    monkeypatch.setenv("KG_STORE", str(tmp_path / "store"))
    assert run(arguments) == 2
    assert re.search(message, capsys.readouterr().err)


def test_push_and_doctor_from_the_shell(
    oxigraph_server: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, (url, put) = tmp_path / "store", (oxigraph_server.query, oxigraph_server.graph_store)
    stored(store, nquads()).close()
    assert run(["push", url, "--graph-store", put, "--store", str(store), "--lang", "en", "--prune"]) == 0
    assert re.search(r"4 graph\(s\) sent.*; 1210 triples, counted there again", capsys.readouterr().out)
    assert run(["push", url, "--graph-store", put, "--store", str(store)]) == 0
    assert "4 không đổi; 1210 bộ ba" in capsys.readouterr().out
    assert run(["doctor", "--endpoint", url, "--format", "json"]) == 0
    profile = {line["name"]: line for line in json.loads(capsys.readouterr().out)}
    assert profile["graph of cascade-kg"]["value"] == BASE
    assert run(["doctor", "--endpoint", url]) == 0
    assert "  default graph           stands alone" in capsys.readouterr().out


# ------------------------------------------------------------------ pieces
NODES = st.sampled_from(["<urn:a>", "<urn:b>", "_:a", "_:b", "_:c", "_:d"])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(st.tuples(NODES, NODES | st.sampled_from(['"_:a "', '" _:b ."@vi'])), max_size=40, unique=True)
)
def test_pieces_keep_every_line_and_blank_nodes_together(pairs: list[tuple[str, str]]) -> None:
    lines = [f"{s} <urn:p> {o} .\n" for s, o in pairs]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kg.remote.transfer._BYTES", 60)  # every piece of two triples is full
        made = list(pieces(lines))
    assert sorted(line for piece in made for line in piece) == sorted(lines)
    homes: dict[str, set[int]] = {}
    for number, piece in enumerate(made):
        for triple in ox.parse("".join(piece), ox.RdfFormat.N_TRIPLES):
            for term in (triple.subject, triple.object):
                if isinstance(term, ox.BlankNode):
                    homes.setdefault(term.value, set()).add(number)
    assert all(len(numbers) == 1 for numbers in homes.values())


def test_too_many_triples_around_one_blank_node() -> None:
    lines = [f"_:x <urn:p> <urn:{n}> .\n" for n in range(LIMIT + 1)]
    with pytest.raises(StoreError, match=r"501 triples hang together by blank nodes.*--graph-store"):
        list(pieces(lines))
    assert [len(piece) for piece in pieces([f"<urn:{n}> <urn:p> 1 .\n" for n in range(1200)])] == [
        500,
        500,
        200,
    ]
