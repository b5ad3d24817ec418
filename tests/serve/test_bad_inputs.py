"""What attackers and accidents send: each number is one of the list of bad inputs, over HTTP."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import socket
import threading
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from serving import JSON, Server, Start

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ONE = 'SELECT ?s { ?s <http://x/label> "Chỉ thị số 77"@vi }'


class Listener:
    """A port that counts who knocks."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.knocks = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.knocks += 1
                connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with contextlib.closing(Listener()) as found:
        yield found


def alive(server: Server) -> bool:
    return server.ask(ONE).rows == [{"s": "http://x/77"}]


# ---------------------------------------------------------------------- 1, 2, 3: out, and in
@pytest.mark.parametrize(
    "pattern",
    [
        "SERVICE <{0}> {{ ?s ?p ?o }}",
        "SERVICE SILENT <{0}> {{ ?s ?p ?o }}",
        "?s ?p ?o OPTIONAL {{ SERVICE <{0}> {{ ?s ?p ?x }} }}",
        "?s ?p ?o FILTER EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
        "{{ SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
        "VALUES ?e {{ <{0}> }} SERVICE ?e {{ ?s ?p ?o }}",
        "?s ?p ?o FILTER(?o<?s)SERVICE<{0}>{{?a ?b ?c}}",
        "VALUES ?e {{ <{0}> }} FILTER(1<2)service?e#>\n{{?a ?b ?c}}",
    ],
)
def test_01_service_is_refused(server: Server, listener: Listener, pattern: str) -> None:
    url = f"http://127.0.0.1:{listener.port}/"
    reply = server.ask("SELECT * { " + pattern.format(url) + " }")
    assert (reply.status, reply.problem) == (403, "service-not-allowed")
    assert listener.knocks == 0


def test_01_the_word_in_a_string_is_no_service(server: Server) -> None:
    assert server.ask('SELECT * { ?s ?p "SERVICE <http://x/> { }" } # SERVICE').rows == []
    assert server.ask("ASK { ?service a ?x }").json()["boolean"] is False


def test_01_an_allowed_service_is_asked(server: Server, start: Start, data: Path, listener: Listener) -> None:
    allowed = start(data, services=[f"{server.url}/sparql"], timeout=10)
    inner = 'SELECT ?s { ?s <http://x/label> "Chỉ thị số 5"@vi }'
    assert allowed.ask(f"SELECT ?s {{ SERVICE <{server.url}/sparql> {{ {inner} }} }}").rows == [
        {"s": "http://x/5"}
    ]
    other = allowed.ask(f"SELECT * {{ SERVICE <http://127.0.0.1:{listener.port}/> {{ ?s ?p ?o }} }}")
    assert (other.problem, listener.knocks) == ("service-not-allowed", 0)


@pytest.mark.parametrize("graph", ["file:///etc/passwd", "http://127.0.0.1:{0}/x", "urn:none"])
def test_02_an_unknown_graph_is_empty(server: Server, listener: Listener, graph: str) -> None:
    graph = graph.format(listener.port)
    assert server.ask(f"SELECT * FROM <{graph}> {{ ?s ?p ?o }}").rows == []
    assert server.ask(f"SELECT * FROM NAMED <{graph}> {{ GRAPH ?g {{ ?s ?p ?o }} }}").rows == []
    assert server.ask("SELECT * { ?s ?p ?o }", **{"default-graph-uri": graph}).rows == []
    assert server.ask("SELECT * { GRAPH ?g { ?s ?p ?o } }", **{"named-graph-uri": graph}).rows == []
    assert listener.knocks == 0


def test_02_from_names_the_dataset(server: Server) -> None:
    count = "SELECT (COUNT(*) AS ?n) {0} {{ ?s <http://x/label> ?o }}"
    assert server.ask(count.format("")).rows == [{"n": "3002"}]
    assert server.ask(count.format("FROM <http://g/1>")).rows == [{"n": "1500"}]
    assert server.ask("SELECT (COUNT(*) AS ?from) { ?s <http://x/label> ?o }").rows == [{"from": "3002"}]


UPDATES = (
    "LOAD <http://127.0.0.1:1/x>", "INSERT DATA { <urn:a> <urn:b> <urn:c> }", "DROP ALL", "CLEAR ALL",
    "DELETE WHERE { ?s ?p ?o }",
)  # fmt: skip


@pytest.mark.parametrize("update", UPDATES)
def test_03_updates_are_refused(server: Server, update: str) -> None:
    before = server.get("/export.nq.gz").body
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    replies = [
        server.ask(update),
        server.get(f"/sparql?update={quote(update)}"),
        server.send("POST", "/sparql", f"query={quote(update)}", form),
        server.send("POST", "/sparql", f"update={quote(update)}", form),
        server.send("POST", "/sparql", update, {"Content-Type": "application/sparql-query"}),
        server.send("POST", "/sparql", update, {"Content-Type": "application/sparql-update"}),
    ]
    assert [r.problem for r in replies] == [
        "syntax", "read-only", "syntax", "read-only", "syntax", "read-only",
    ]  # fmt: skip
    assert {r.status for r in replies} <= {400, 403, 405}
    assert server.get("/export.nq.gz").body == before


# ---------------------------------------------------------------------- 4: runaways
RUNAWAYS = {
    "cross product": CROSS,
    "cross product, no aggregate": (
        'SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?a) = CONCAT(STR(?d), STR(?g), "x")) }'
    ),
    "a path from every node": "SELECT * { ?s (<http://x/y>|!<http://x/y>)* ?o . ?o (<urn:a>|!<urn:a>)* ?z }",
    "ten OPTIONALs": (
        "SELECT * { ?a0 ?b0 ?c0 "
        + " ".join(f"OPTIONAL {{ ?a{n} ?b{n} ?c{n}" for n in range(1, 11))
        + " }" * 10
        + ' FILTER(?c10 = "never") }'
    ),
    "a regular expression": (
        'SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), "^(a+)+$") || REGEX(?o, "((a*)*)*b")) }'
    ),
    "a text that doubles": (
        'SELECT (STRLEN(?a27) AS ?n) { BIND("aaaaaaaa" AS ?a0) '
        + " ".join(f"BIND(CONCAT(?a{n}, ?a{n}) AS ?a{n + 1})" for n in range(27))
        + " }"
    ),
}


@pytest.mark.parametrize("name", RUNAWAYS)
def test_04_runaways_are_stopped(narrow: Server, name: str) -> None:
    start = time.monotonic()
    reply = narrow.ask(RUNAWAYS[name])
    seconds = time.monotonic() - start
    assert (reply.status, reply.problem) in [(504, "deadline"), (503, "memory"), (200, "")], reply.text
    assert seconds < 1.5 + 2  # the deadline, and what a machine that does other things too takes for it
    assert alive(narrow)
    if reply.status == 200 and reply.json()["results"]["bindings"]:
        assert "x-sparql-maxrows" in reply.headers or len(reply.rows) <= 1000


def test_04_memory_comes_back(narrow: Server) -> None:
    for _ in range(2):
        narrow.ask(RUNAWAYS["a text that doubles"])
        narrow.ask(RUNAWAYS["ten OPTIONALs"])
    time.sleep(0.5)
    assert narrow.resident() < 1 << 30
    assert len(narrow.workers()) <= 8


def test_04_many_runaways_do_not_stop_the_others(narrow: Server) -> None:
    query = RUNAWAYS["cross product, no aggregate"]
    replies: list[str] = []

    def run_away() -> None:
        replies.append(narrow.ask(query).problem)

    threads = [threading.Thread(target=run_away) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.6)
    times = []
    while any(thread.is_alive() for thread in threads):
        begin = time.monotonic()
        assert alive(narrow)
        times.append(time.monotonic() - begin)
    for thread in threads:
        thread.join()
    assert set(replies) <= {"deadline", "busy"}
    assert replies.count("deadline") >= 4  # as many long ones as there are workers; others may come back
    assert sorted(times)[len(times) // 2] < 0.5


def test_04_a_client_that_leaves_frees_its_worker(narrow: Server) -> None:
    query = quote(RUNAWAYS["cross product, no aggregate"])
    for _ in range(4):
        with socket.create_connection(("127.0.0.1", narrow.port)) as connection:
            connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(0.2)
    time.sleep(0.7)
    metrics = narrow.get("/metrics").text
    assert "kg_queries_busy 0.0" in metrics


# ---------------------------------------------------------------------- 5: slow clients
def test_05_slow_heads_and_idle_sockets(start: Start, data: Path) -> None:
    server = start(data, head_timeout=1.0)
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(500)]
    drip = socket.create_connection(("127.0.0.1", server.port))
    try:
        drip.sendall(b"GET /health HTTP/1.1\r\n")
        assert alive(server)
        for letter in b"X-Slow: ":
            time.sleep(0.2)
            with contextlib.suppress(OSError):
                drip.sendall(bytes([letter]))
        assert b" 408 " in drip.recv(1000)
        for connection in idle:
            connection.settimeout(5)
            assert b" 408 " in connection.recv(1000)
        assert alive(server)
    finally:
        for connection in [*idle, drip]:
            connection.close()


def test_05_a_slow_body_is_refused(start: Start, data: Path) -> None:
    server = start(data, body_timeout=0.5)
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.settimeout(5)
        head = "POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
        connection.sendall(f"{head}Content-Length: 1000\r\n\r\nASK".encode())
        assert b" 408 " in connection.recv(1000)


def test_05_a_slow_reader_is_cut_off_visibly(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "large.nt"
    path.write_text("".join(f'<http://x/{n}> <http://x/label> "{"a" * 900}{n}" .\n' for n in range(12000)))
    server = start(path, slow_reader=0.5, unsent=50 << 20)
    request = (
        f"GET /sparql?query={quote('SELECT * { ?s ?p ?o }')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    )
    slow = []
    for _ in range(3):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(request)
        slow.append(connection)
    time.sleep(0.6)
    assert server.ask("ASK {}").json()["boolean"] is True
    time.sleep(2.5)  # by now the slow ones were let go
    got = b""
    with contextlib.suppress(ConnectionError):
        while piece := slow[0].recv(1 << 20):
            got += piece
    length = int(got.partition(b"ontent-length: ")[2].partition(b"\r\n")[0])
    assert len(got.partition(b"\r\n\r\n")[2]) < length  # the client can tell
    for connection in slow:
        connection.close()
    assert len(server.ask("SELECT * { ?s ?p ?o }").rows) == 12000


# ---------------------------------------------------------------------- 6, 7: large requests
@pytest.mark.parametrize(
    "query",
    [
        "ASK { FILTER(" + "(" * 2000 + "1" + ")" * 2000 + ") }",
        "ASK { FILTER(" + "(" * 200000 + "1" + ")" * 200000 + ") }",
        "ASK { " + " UNION ".join(["{ ?s ?p ?o }"] * 10000) + " }",
        "ASK " + "{ " * 100000 + "}" * 100000,
        "ASK { ?s ?p " + "[ ?p " * 50000 + "1" + " ]" * 50000 + " }",
        "ASK { ?s " + "!" * 100000 + "<urn:a> ?o }",
        "ASK { FILTER(" + "!" * 100000 + "true) SERVICE <urn:x> {} }",
        'ASK { FILTER("SERVICE" = "" || ' + "(" * 2000 + "1" + ")" * 2000 + ") }",
        "SELECT * { ?s ?p ?o } #" + "x" * 900000,
    ],
    ids=lambda query: query[:30],
)
def test_06_deep_and_long_queries(server: Server, query: str) -> None:
    reply = server.send("POST", "/sparql", query.encode(), {"Content-Type": "application/sparql-query"})
    assert reply.status in (200, 400, 403, 504), reply.text[:300]
    assert "Traceback" not in reply.text
    assert alive(server)


def test_06_five_megabytes_are_too_much(server: Server) -> None:
    query = b"ASK { } #" + b"x" * 5_000_000
    kind = {"Content-Type": "application/sparql-query"}
    with contextlib.suppress(ConnectionError):  # the server may close while we are still sending
        reply = server.send("POST", "/sparql", query, kind)
        assert (reply.status, reply.problem) == (413, "too-large")
    pieces = iter([query[n : n + 65536] for n in range(0, len(query), 65536)])
    with contextlib.suppress(ConnectionError):
        reply = server.send("POST", "/sparql", pieces, {**kind, "Transfer-Encoding": "chunked"})
        assert reply.status == 413
    with contextlib.suppress(ConnectionError):
        assert server.get("/sparql?query=" + "a" * 200_000).status in (413, 414, 431)
    assert alive(server)


def test_07_a_gzip_bomb(server: Server) -> None:
    def post(body: bytes, coding: str = "gzip") -> tuple[int, str]:
        headers = {"Content-Type": "application/sparql-query", "Content-Encoding": coding}
        reply = server.send("POST", "/sparql", body, headers)
        return reply.status, reply.problem

    with server.growth() as grown:  # not the pool: its workers may be starting
        assert post(gzip.compress(b"ASK { } #" + b"x" * (300 << 20), 9)) == (413, "too-large")
        assert post(gzip.compress(gzip.compress(b"ASK {}"))) == (400, "bad-request")  # opened once
        assert post(gzip.compress(b"ASK {}")) == (200, "")
        assert post(gzip.compress(b"ASK {}")[:-9]) == (400, "bad-request")
        assert post(b"ASK {}") == (400, "bad-request")
        assert post(b"ASK {}", "br") == (415, "media-type")
        assert post(gzip.compress(b"ASK {}"), "gzip, gzip") == (415, "media-type")
    assert grown[0] < 100 << 20


# ---------------------------------------------------------------------- 8, 9: negotiation and protocol
@pytest.mark.parametrize(
    ("accept", "status", "media"),
    [
        (None, 200, JSON),
        ("*/*", 200, JSON),
        ("", 200, JSON),
        ("image/png", 406, "application/problem+json"),
        ("application/sparql-results+json;q=0", 406, "application/problem+json"),
        ("application/sparql-results+json;q=0, */*;q=0.1", 200, "application/sparql-results+xml"),
        ("text/csv;q=0.5, text/tab-separated-values", 200, "text/tab-separated-values"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", 200, "application/sparql-results+xml"),
        ("text/*", 200, "text/csv"),
        ("TEXT/CSV", 200, "text/csv"),
        ("application/xml", 200, "application/xml"),
        ("text/turtle, image/*", 406, "application/problem+json"),
        (";;;,,,/=q=q", 200, JSON),
        ("text/csv;q=nine", 200, "text/csv"),
        ("a/b," * 2000 + "text/csv", 406, "application/problem+json"),
    ],
)
def test_08_accept(server: Server, accept: str | None, status: int, media: str) -> None:
    reply = server.get(f"/sparql?query={quote(ONE)}", accept)
    assert (reply.status, reply.headers["content-type"].partition(";")[0]) == (status, media)
    if media.endswith("json"):
        reply.json()
    elif media.endswith("xml"):
        ET.fromstring(reply.text)
    elif status == 200:
        assert reply.text.splitlines()[0].lstrip("?") == "s"
    if status == 406:
        assert JSON in reply.json()["offers"]


@pytest.mark.parametrize(
    ("form", "media"),
    [
        ("json", JSON), ("xml", "application/sparql-results+xml"), ("csv", "text/csv"),
        ("tsv", "text/tab-separated-values"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("sparql-results+json", ""), ("pdf", ""), ("ttl", ""),
    ],
)  # fmt: skip
def test_08_format_beats_accept(server: Server, form: str, media: str) -> None:
    reply = server.ask(ONE, "text/csv", format=form)
    assert reply.headers["content-type"].partition(";")[0] == (media or "application/problem+json")
    assert reply.status == (200 if media else 406)


@pytest.mark.parametrize(
    ("form", "media"),
    [
        ("ttl", "text/turtle"), ("turtle", "text/turtle"), ("nt", "application/n-triples"),
        ("xml", "application/rdf+xml"), ("rdf", "application/rdf+xml"), ("jsonld", "application/ld+json"),
        ("json", "application/ld+json"), ("trig", "application/trig"), ("nq", "application/n-quads"),
        ("application/rdf xml", "application/rdf+xml"),
    ],
)  # fmt: skip
def test_08_graph_formats(server: Server, form: str, media: str) -> None:
    import pyoxigraph as ox

    reply = server.ask("CONSTRUCT WHERE { <http://x/77> ?p ?o }", "*/*", format=form)
    assert reply.headers["content-type"].partition(";")[0] == media
    found = ox.RdfFormat.from_media_type(media)
    assert found is not None
    assert len(list(ox.parse(reply.body, found))) == 2


@pytest.mark.parametrize(
    ("method", "target", "body", "kind", "status"),
    [
        ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", None, "", 400),
        ("POST", "/sparql?query=ASK%7B%7D", "query=ASK%7B%7D", "application/x-www-form-urlencoded", 400),
        ("POST", "/sparql?query=ASK%7B%7D", "ASK{}", "application/sparql-query", 400),
        ("POST", "/sparql", "ASK{}", "text/plain", 415),
        ("POST", "/sparql", "ASK{}", "", 415),
        ("POST", "/sparql", "", "application/sparql-query", 400),
        ("POST", "/sparql", "", "application/x-www-form-urlencoded", 400),
        ("POST", "/sparql", "query=ASK%7B%7D", "APPLICATION/X-WWW-FORM-URLENCODED; charset=UTF-8", 200),
        ("POST", "/sparql", b"ASK { ?s ?p '\xff\xfe' }", "application/sparql-query", 400),
        ("POST", "/sparql", b"query=ASK%20%FF%FE", "application/x-www-form-urlencoded", 400),
        ("GET", "/sparql?query=ASK%20%FF%FE%7B%7D", None, "", 400),
        ("GET", "/sparql?query=ASK%7B%7D%00", None, "", 400),
        ("GET", "/sparql?query=", None, "", 400),
        ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=not%20an%20iri", None, "", 400),
        ("GET", "/sparql?" + "a=1&" * 600 + "query=ASK%7B%7D", None, "", 400),
        ("DELETE", "/sparql?query=ASK%7B%7D", None, "", 405),
        ("HEAD", "/sparql?query=ASK%7B%7D", None, "", 200),
    ],
)
def test_09_protocol_errors(
    server: Server, method: str, target: str, body: bytes | str | None, kind: str, status: int
) -> None:
    reply = server.send(method, target, body, {"Content-Type": kind} if kind else {})
    assert reply.status == status, reply.text
    assert bool(reply.problem) == (status != 200)


def test_09_a_syntax_error_has_its_place(server: Server) -> None:
    reply = server.ask("SELECT *\n{ ?s ?p }")
    assert (reply.status, reply.problem) == (400, "syntax")
    assert (reply.json()["line"], reply.json()["column"]) == (2, 10)


# ---------------------------------------------------------------------- 10, 11: what is shown
def test_10_markup_stays_text(server: Server) -> None:
    for accept in (JSON, "application/sparql-results+xml", "text/csv", "text/turtle"):
        reply = server.ask(
            "DESCRIBE <http://x/evil>" if "turtle" in accept else "SELECT * { <http://x/evil> ?p ?o }", accept
        )
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "html" not in reply.headers["content-type"]
    problem = server.ask("SELECT ?<script>alert(1)</script> {}", "text/html, */*;q=0.1")
    assert problem.status == 400
    assert problem.headers["content-type"] == "application/problem+json"


def test_11_csv_is_the_standards_unless_safe_is_asked(server: Server) -> None:
    query = 'SELECT ?o { <http://x/evil> <http://x/label> ?o FILTER(STRSTARTS(?o, "=")) }'
    rows = list(csv.reader(io.StringIO(server.ask(query, "text/csv").text)))
    assert rows == [["o"], ["=cmd|' /C calc'!A0"]]
    safe = list(csv.reader(io.StringIO(server.ask(query, "text/csv", **{"csv-safe": "1"}).text)))
    assert safe == [["o"], ["'=cmd|' /C calc'!A0"]]


# ---------------------------------------------------------------------- 12, 15: where and who
@pytest.mark.parametrize(
    "target",
    [
        "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/queries/../../pyproject.toml",
        "/queries/..%2f..%2fx",
        "/export.ttl/../../etc/passwd", "/graphs/../../../etc/passwd", "/graphs/%2e%2e/etc/passwd",
        "/%00",
        "/graphs/%00", "/export.%00ttl", "//etc/passwd", "/graphs?graph=%00", "/graphs",
        "/graphs?graph=a&graph=b",
        "/.well-known/../etc/passwd",
    ],
)  # fmt: skip
def test_12_no_path_leads_out(server: Server, target: str) -> None:
    reply = server.get(target)
    assert reply.status in (400, 404), reply.text
    assert "root:" not in reply.text


@pytest.mark.parametrize(
    "value",
    [
        'Tỉnh ủy" } ; DROP ALL #',
        "' } UNION { ?s ?p ?o } #",
        "\\u0022 }",
    ],
)
def test_13_a_parameter_is_a_term(start: Start, store: Path, value: str) -> None:
    server = start(store)
    reply = server.get(f"/queries/tasks/assigned.json?addressee={quote(value)}")
    assert reply.status == 200, reply.text
    assert reply.json()["results"]["bindings"] == []
    assert len(server.get("/queries/tasks/assigned.json").json()["results"]["bindings"]) > 5
    assert server.get(f"/queries/cascade/tree.json?directive={quote(value)}").status in (400, 404)


@pytest.mark.parametrize(
    "written",
    [
        unicodedata.normalize("NFD", "Tỉnh ủy Lai Châu"), "Tỉnh uỷ Lai Châu", "Tỉnh\u00a0ủy\u00a0Lai Châu",
        "Tỉnh\u200b ủy Lai\u200b Châu", "tinh uy lai chau", "TỈNH ỦY LAI CHÂU",
    ],
)  # fmt: skip
def test_14_search_finds_the_same_however_it_is_written(start: Start, store: Path, written: str) -> None:
    server = start(store)
    expected = server.get(f"/search?q={quote('Tỉnh ủy Lai Châu')}").json()
    assert expected["hits"]
    assert server.get(f"/search?q={quote(written)}").json()["hits"] == expected["hits"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("LOCALHOST:80", 200), ("127.0.0.1:9", 200), ("[::1]:8000", 200),
        ("kg.localhost", 200),
        ("localhost.", 200), ("evil.example", 421), ("localhost.evil.example", 421),
        ("127.0.0.1.nip.io", 421),
        ("", 421), ("a b", 421), ("[::1", 400),
    ],
)  # fmt: skip
def test_15_foreign_hosts_are_refused(server: Server, host: str, status: int) -> None:
    assert server.get("/health", Host=host).status == status


def test_15_other_sites_may_read_only(server: Server) -> None:
    reply = server.get(f"/sparql?query={quote(ONE)}", Origin="https://other.example")
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers
    for wanted, status in (("GET", 204), ("POST", 204), ("PUT", 403), ("DELETE", 403)):
        headers = {"Origin": "https://other.example", "Access-Control-Request-Method": wanted}
        assert server.send("OPTIONS", "/sparql", None, headers).status == status
    update = {"Origin": "https://other.example", "Content-Type": "application/sparql-update", "Cookie": "a=b"}
    assert server.send("POST", "/sparql", "DROP ALL", update).status == 403


# ---------------------------------------------------------------------- answers that are cut
@pytest.mark.parametrize(
    "accept", [JSON, "application/sparql-results+xml", "text/csv", "text/tab-separated-values"]
)
def test_a_cut_answer_says_so(server: Server, accept: str) -> None:
    whole = server.ask("SELECT * { ?s ?p ?o } LIMIT 1000", accept)
    cut = server.ask("SELECT * { ?s ?p ?o }", accept)
    assert "x-sparql-maxrows" not in whole.headers
    assert cut.headers["x-sparql-maxrows"] == "1000"
    assert (cut.status, whole.status) == (200, 200)
    if accept == JSON:
        assert cut.json()["head"]["truncated"] == {"rows": 1000}
        assert "truncated" not in whole.json()["head"]
        assert len(cut.rows) == len(whole.rows) == 1000
    elif "xml" in accept:
        assert 'href="/limits"' in cut.text
        assert cut.text.count("<result>") == 1000
    else:
        assert len(cut.text.splitlines()) == 1001


def test_a_cut_graph_says_so(server: Server) -> None:
    reply = server.ask("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "text/turtle")
    assert reply.headers["x-sparql-maxrows"] == "1000"
    assert reply.text.startswith("# cut after 1000 triples")
    assert server.get("/limits").json()["rows"] == 1000
    whole = server.get("/graphs?default", "application/n-triples")  # a graph comes whole or not at all
    assert len(whole.text.splitlines()) == 6003
