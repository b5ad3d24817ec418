"""Running a server: the command, signals, a store that is rebuilt, logs and metrics, and stores elsewhere."""

from __future__ import annotations

import gzip
import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest

import kg
from serving import Server, Start, running

ROOT = Path(__file__).parents[2]
SLOW = 'SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?a) = CONCAT(STR(?d), STR(?g), "x")) }'
COMMAND = [sys.executable, "-m", "kg", "serve", "--port", "0"]


def test_the_command_serves_and_ends_cleanly(data: Path, tmp_path: Path) -> None:
    options = [
        "--timeout",
        "20",
        "--memory",
        "128",
        "--max-rows",
        "5",
        "--lang",
        "en",
        "--allow-host",
        "kg.example",
    ]
    with running([*COMMAND, str(data), *options], tmp_path / "errors") as server:
        assert len(server.ask("SELECT * { ?s ?p ?o }").rows) == 5
        assert server.get("/health", Host="kg.example").status == 200
        assert server.get("/limits").json()["memory_bytes"] == 128 << 20
        # Ctrl-C while a query runs: it is answered, then the server ends.
        replies: list[int] = []
        query = "SELECT (COUNT(*) AS ?n) { ?a <http://x/next>/<http://x/next>+ ?b } "
        thread = threading.Thread(target=lambda: replies.append(server.ask(query).status))
        thread.start()
        time.sleep(0.3)
        server.process.send_signal(signal.SIGINT)
        thread.join(60)
        assert server.process.wait(60) == 0
        assert replies in ([200], [503], [504])
    lines = [json.loads(line) for line in server.lines]
    assert [line["path"] for line in lines][:3] == ["/sparql", "/health", "/limits"]
    assert all(line["ms"] >= 0 and line["status"] for line in lines)
    assert len(lines[0]["query"]) == 12  # a hash: no literal of a query is written down
    assert "?s" not in "".join(server.lines)
    assert (tmp_path / "errors").read_text() == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--store", "nowhere"], "no store"),
        (["--port", "99999"], "--port"),
        (["missing.ttl"], "missing.ttl"),
        (["bad.ttl"], "line 1, column"),
        (["notes.pdf"], "not a known RDF format"),
        (["--host", "203.0.113.1", "--port", "1", "good.ttl"], "cannot listen"),
        (["--endpoint", "ftp://x/"], "not an http or https address"),
    ],
)
def test_what_cannot_be_served_is_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "bad.ttl").write_text("<a> <b> .")
    (tmp_path / "good.ttl").write_text("<a> <b> <c> .")
    (tmp_path / "notes.pdf").write_text("x")
    command = [sys.executable, "-m", "kg", "serve", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_unit_in_the_readme_starts(store: Path, tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("ExecStart=")]
    arguments = line.split()[1:]
    for option, value in (("--store", str(store)), ("--port", "0")):
        arguments[arguments.index(option) + 1] = value
    with running([sys.executable, "-m", "kg", *arguments], tmp_path / "errors") as server:
        assert server.get("/ready", Host="graph.example.org").status == 200
        assert server.get("/ready", Host="other.example.org").status == 421


def test_a_rebuilt_store_is_taken_over_without_a_failed_request(
    start: Start, store: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "store"
    shutil.copytree(store, copy)
    server = start(copy, timeout=20)
    before = server.get("/ready").json()["version"]
    count = "SELECT (COUNT(DISTINCT ?a) AS ?n) { ?a a <https://w3id.org/cascade-kg/ontology#Article> }"
    assert server.ask(count).rows == [{"n": "5"}]
    tag = server.ask(count).headers["etag"]
    stop = threading.Event()
    seen: list[tuple[int, str]] = []

    def ask() -> None:
        while not stop.is_set():
            reply = server.ask(count)
            seen.append((reply.status, reply.text))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    kg.build([next((ROOT / "seeds").glob("*.txt"))], copy, prune=True)
    for _ in range(200):
        if server.get("/ready").json()["version"] != before:
            break
        time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    assert server.ask(count).rows == [{"n": "1"}]
    assert {status for status, _ in seen} == {200}
    assert server.ask(count).headers["etag"] != tag
    assert server.get(f"/sparql?query={quote(count)}", If_None_Match=tag).status == 200


def test_entity_tags_and_compression(server: Server) -> None:
    target = f"/sparql?query={quote('SELECT * { ?s ?p ?o } LIMIT 300')}"
    reply = server.get(target)
    assert server.get(target, If_None_Match=reply.headers["etag"]).status == 304
    zipped = server.get(target, Accept_Encoding="gzip")
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.body == reply.body
    assert zipped.headers["etag"] != reply.headers["etag"]
    assert int(zipped.headers["content-length"]) < len(reply.body) / 3
    other = server.get(target, "text/csv")
    assert other.headers["etag"] != reply.headers["etag"]
    assert "Accept" in reply.headers["vary"]
    for query in ("SELECT (NOW() AS ?n) {}", "SELECT (RAND() AS ?n) {}", "SELECT (UUID() AS ?n) {}"):
        first, second = server.ask(query), server.ask(query)
        assert "etag" not in first.headers
        assert first.body != second.body


def test_metrics(server: Server) -> None:
    server.ask("ASK {}")
    server.ask("ASK {")
    text = server.get("/metrics").text
    assert 'kg_requests_total{area="sparql",status="200"}' in text
    assert "kg_request_seconds_bucket" in text
    assert "kg_queries_waiting 0.0" in text


@pytest.mark.parametrize("suffix", ["ttl", "trig", "nq.gz", "jsonld"])
def test_dumps_are_what_export_writes(start: Start, store: Path, suffix: str) -> None:
    server = start(store)
    reply = server.get(f"/export.{suffix}", Accept_Encoding="gzip")
    body = gzip.decompress(reply.body) if suffix == "nq.gz" else reply.body
    with kg.open(store) as graph:
        path = store.parent / "exported"
        form = {"ttl": "turtle", "trig": "trig", "nq.gz": "nquads", "jsonld": "jsonld"}[suffix]
        graph.export(path, form)
        assert body == path.read_bytes()
    version = server.get("/ready").json()["version"]
    assert reply.headers["x-dataset-version"] == version
    assert version in reply.headers["content-disposition"]
    assert (
        server.get(f"/export.{suffix}", Accept_Encoding="gzip", If_None_Match=reply.headers["etag"]).status
        == 304
    )


def test_a_store_elsewhere_is_served_behind_the_same_limits(server: Server, tmp_path: Path) -> None:
    """One server asks another, as it would ask any endpoint."""
    command = [*COMMAND, "--endpoint", f"{server.url}/sparql", "--max-rows", "2000", "--lang", "en"]
    with running(command, tmp_path / "errors") as proxy:
        query = 'SELECT ?s { ?s <http://x/label> "Chỉ thị số 9"@vi }'
        assert proxy.ask(query).rows == server.ask(query).rows
        assert proxy.ask("ASK { <http://x/1> ?p ?o }").json()["boolean"] is True
        graph = proxy.ask("CONSTRUCT WHERE { <http://x/7> ?p ?o }", "application/n-triples")
        assert len(list(ox.parse(graph.body, ox.RdfFormat.N_TRIPLES))) == 2
        cut = proxy.ask("SELECT * { ?s ?p ?o }")
        assert cut.headers["x-sparql-maxrows"] == "1000"  # what the other one cut is told here too
        one = proxy.ask(
            "SELECT (COUNT(*) AS ?n) { ?s <http://x/label> ?o }", **{"default-graph-uri": "http://g/1"}
        )
        assert one.rows == [{"n": "1500"}]
        assert proxy.ask("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }").status == 403
        assert proxy.ask("SELECT * FROM <http://127.0.0.1:1/> { ?s ?p ?o }").problem == "forbidden"
        assert proxy.ask("SELECT * { ?s ?p }").problem == "syntax"
        assert "etag" not in proxy.ask(query).headers  # nobody tells when it changes
        assert proxy.get("/export.ttl").status == 404
        assert proxy.get("/graphs?graph=http%3A%2F%2Fg%2Fevil", "text/turtle").status == 200


def test_options_tells_the_methods(server: Server) -> None:
    reply = server.send("OPTIONS", "/sparql")
    assert (reply.status, reply.body) == (204, b"")
    assert {word.strip() for word in reply.headers["allow"].split(",")} == {"GET", "HEAD", "POST"}
    assert server.send("OPTIONS", "/nowhere").status == 404


@pytest.mark.parametrize("length", [70_000, 130_000])
def test_an_address_that_is_too_long_is_told_so(server: Server, length: int) -> None:
    assert server.get("/sparql?query=" + "A" * length).status == 414


def test_dumps_say_what_they_hold(server: Server) -> None:
    described = server.get("/.well-known/void", "text/turtle").text
    dumps = {word.rpartition("/export.")[2].rstrip(">") for word in described.split() if "/export." in word}
    assert dumps == {"ttl", "trig", "nq.gz", "jsonld"}
    assert "without the sentences that say so" in described
    paths = server.get("/openapi.json").json()["paths"]
    assert {path for path in paths if path.startswith("/export.")} == {f"/export.{name}" for name in dumps}
