"""How many questions a second, what runaway queries do to the others, whether a long load leaves traces.

    pip install -e '.[bench]'; apt-get install wrk
    python tests/bench/bench_serve.py seeds [--minutes 10] [--json result.json]
    python tests/bench/bench_serve.py seeds --runaways --rounds 10

Three servers answer over the same graph, one after the other: `kg serve`, rdflib-endpoint (with rdflib's
store and with Oxigraph's) and `oxigraph serve`. `kg serve` keeps answers for a version of the graph, and is
measured with and without that. The first part asks for one label, the same again and again, and then with a
filter that is another one each time, which no cache and no look-up answers. No test asserts a time. The
bounds: 3 times rdflib-endpoint's requests a second, a p99 under four runaway queries below 3 times that of an
idle server, no failed request and no growth of memory.

The mixed load is one that a correct server never needs to turn away: sixteen clients, so never more queries
than may wait; never more runaways at once than there are places for long queries; the answer to a runaway is
that it was stopped, and to all else what it asked for. Meanwhile the store is rebuilt every half minute.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import quote

import kg

BIN = Path(sys.executable).parent
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
RUNAWAY = 'SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?a) = CONCAT(STR(?d), STR(?g), "x")) }'
JSON = "application/sparql-results+json"
TIMEOUT = 5.0  # seconds of a query, where a server can be told
CONNECTIONS = 16
INTERVAL = 0.02  # seconds between two short queries beside the runaways
LONG_QUERIES = 4  # for which `kg serve` has places on the smallest machine
REBUILD = 30.0  # seconds between two builds under mixed load
NONCE = "987654321"  # in an address: another number for each request
# What wrk runs: the address with another number each time.
SCRIPT = """
local path = wrk.path
request = function()
  return wrk.format(nil, (path:gsub("987654321", tostring(math.random(100000000, 999999999)))))
end
"""


@dataclass
class Peer:
    """A server that is measured: how it is started, and where it is asked."""

    name: str
    command: list[str]
    path: str
    port: int = field(default_factory=lambda: random.randint(20000, 40000))

    def url(self, query: str) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}?query={quote(query)}"

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        command = [part.format(port=self.port) for part in self.command]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(300):
                time.sleep(0.1)
                with contextlib.suppress(Exception):
                    if asyncio.run(Client(self.port).once(self.url("ASK {}")))[0] == 200:
                        break
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Client:
    """A connection that is kept, and opened again when the server closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def once(self, url: str, accept: str = JSON) -> tuple[int, int]:
        """GET an address; return status and bytes of the body, status 0 where the connection broke."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        path = "/" + url.split("/", 3)[3]
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n".encode())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
            size = len(await reader.readexactly(int(length[1]))) if length else await _chunks(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.close()
            return 0, 0
        if b"connection: close" in head.lower():
            self.close()
        return int(head[9:12]), size

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None


async def _chunks(reader: asyncio.StreamReader) -> int:
    total = 0
    while size := int(await reader.readline(), 16):
        total += size
        await reader.readexactly(size + 2)
    await reader.readline()
    return total


# ---------------------------------------------------------------------- requests a second
def throughput(servers: list[Peer], query: str, rounds: int, seconds: int) -> dict[str, dict[str, float]]:
    """What wrk counts over 16 connections, in rounds from server to server: neighbours disturb all alike.

    Where `NONCE` stands in the query, each request has another number.

    The processor time that a server takes for a request tells what the machine's other work cannot change.
    """
    found: dict[str, list[tuple[float, float]]] = {peer.name: [] for peer in servers}
    with contextlib.ExitStack() as stack:
        processes = {peer.name: stack.enter_context(peer.running()) for peer in servers}
        for _ in range(rounds):
            for peer in servers:
                pid = processes[peer.name].pid
                before = processor_seconds(pid)
                requests = wrk(peer, query, seconds)
                milliseconds = 1000 * (processor_seconds(pid) - before) / max(1.0, requests * seconds)
                found[peer.name].append((requests, milliseconds))
    return {
        name: {
            "requests_per_second": round(median(r for r, _ in rounds_)),
            "best": round(max(r for r, _ in rounds_)),
            "processor_ms_per_request": round(median(m for _, m in rounds_), 3),
        }
        for name, rounds_ in found.items()
    }


def wrk(peer: Peer, query: str, seconds: int) -> float:
    """Requests a second over 16 connections."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Accept: {JSON}", peer.url(query)]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT)
        script.flush()
        command += ["-s", script.name] if NONCE in query else []
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    assert not failed, f"{peer.name}: {failed[0]}"
    found = re.search(r"Requests/sec: *([0-9.]+)", said)
    assert found, said
    return float(found[1])


def processor_seconds(pid: int) -> float:
    """What a process and its children have used so far."""
    ticks = 0
    for one in (pid, *_children(pid)):
        with contextlib.suppress(OSError):
            values = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            ticks += int(values[11]) + int(values[12])
    return ticks / os.sysconf("SC_CLK_TCK")


# ---------------------------------------------------------------------- runaways
async def latencies(peer: Peer, subjects: list[str], going: Callable[[float], bool]) -> list[float]:
    """Ask for another label every 20 ms; return the milliseconds of each, infinite where it failed.

    Each is asked when its time has come, whether those before are answered or not: an outage of half a second
    is 25 late answers, not one. `going` tells from the seconds so far whether to go on.
    """
    clients: list[Client] = []

    async def ask() -> float:
        begin = time.perf_counter()
        client = clients.pop() if clients else Client(peer.port)
        query = f'SELECT ?l {{ <{random.choice(subjects)}> <{LABEL}> ?l FILTER("{random.random()}" != "") }}'
        try:
            async with asyncio.timeout(20):
                status, _ = await client.once(peer.url(query))
        except (TimeoutError, OSError):
            status = 0
            client.close()
        clients.append(client)
        return (time.perf_counter() - begin) * 1000 if status == 200 else float("inf")

    start = time.perf_counter()
    asked: list[asyncio.Task[float]] = []
    while going(len(asked) * INTERVAL):
        await asyncio.sleep(max(0.0, start + len(asked) * INTERVAL - time.perf_counter()))
        asked.append(asyncio.create_task(ask()))
    found = await asyncio.gather(*asked)
    for client in clients:
        client.close()
    return list(found)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


@contextlib.asynccontextmanager
async def runaways(peer: Peer) -> AsyncIterator[list[asyncio.Task[tuple[int, float]]]]:
    async def run() -> tuple[int, float]:
        begin = time.perf_counter()
        try:
            async with asyncio.timeout(3 * TIMEOUT):
                status, _ = await Client(peer.port).once(peer.url(f"{RUNAWAY} #{random.random()}"))
        except (TimeoutError, OSError):
            status = 0
        return status, time.perf_counter() - begin

    tasks = [asyncio.create_task(run()) for _ in range(4)]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()


async def with_runaways(
    peer: Peer, subjects: list[str], process: subprocess.Popen[bytes], rounds: int
) -> dict[str, object]:
    """Latency of short queries on an idle server, and while four runaway queries run, in turn."""
    await latencies(peer, subjects, lambda seconds: seconds < 2)
    idle: list[float] = []
    busy: list[float] = []
    ends: list[tuple[int, float]] = []
    for _ in range(rounds):
        idle += await latencies(peer, subjects, lambda seconds: seconds < TIMEOUT)
        async with runaways(peer) as tasks:
            busy += await latencies(peer, subjects, lambda _: not all(task.done() for task in tasks))
            ends += await asyncio.gather(*tasks)
        await asyncio.sleep(1)
    hot = _hot(process.pid)
    after = await latencies(peer, subjects, lambda seconds: seconds < 2)
    return {
        "idle_p50_ms": round(percentile(idle, 0.5), 2),
        "idle_p99_ms": round(percentile(idle, 0.99), 2),
        "runaway_p50_ms": round(percentile(busy, 0.5), 2),
        "runaway_p99_ms": round(percentile(busy, 0.99), 2),
        "ratio_p99": round(percentile(busy, 0.99) / percentile(idle, 0.99), 2),
        "slowest_ms": {"idle": round(max(idle), 1), "runaway": round(max(busy), 1)},
        "answers": {"idle": len(idle), "runaway": len(busy)},
        "runaways_ended": {str(status): count for status, count in Counter(s for s, _ in ends).items()},
        "last_ended_s": round(max(seconds for _, seconds in ends), 2),
        "processes_at_full_load_after": hot,
        "after_p99_ms": round(percentile(after, 0.99), 2),
    }


def _hot(pid: int) -> int:
    """How many threads of a process and its children are running now: 0 once the runaways are gone."""
    pids = [pid, *_children(pid)]
    running = 0
    for one in pids:
        with contextlib.suppress(OSError):
            tasks = Path(f"/proc/{one}/task").iterdir()
            running += sum((task / "stat").read_text().rpartition(")")[2].split()[0] == "R" for task in tasks)
    return running


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def resident(pid: int) -> float:
    """MiB of memory that a process holds, 0 where it has ended."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    return 0.0


# ---------------------------------------------------------------------- mixed load
def mixture(peer: Peer, subjects: list[str]) -> list[tuple[float, str, str, tuple[int, ...]]]:
    """Weight, address, Accept and right statuses of what people and programs ask."""
    home = f"http://127.0.0.1:{peer.port}"
    one = f"<{random.choice(subjects)}>"
    nonce = f'FILTER("{random.random()}" != "")'
    return [
        (60, peer.url(f"SELECT ?l {{ {one} <{LABEL}> ?l {nonce} }}"), JSON, (200,)),
        (10, peer.url(f"SELECT ?l {{ {one} <{LABEL}> ?l }}"), "text/csv", (200,)),
        (10, peer.url(f"CONSTRUCT WHERE {{ {one} ?p ?o }}"), "text/turtle", (200,)),
        (
            5,
            peer.url(f"SELECT * {{ ?s ?p ?o {nonce} }} LIMIT 2000"),
            "application/sparql-results+xml",
            (200,),
        ),
        (5, peer.url("SELECT * { ?s ?p"), JSON, (400,)),
        (5, peer.url(f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s ?p ?o {nonce} }}"), JSON, (200,)),
        (3, peer.url("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"), JSON, (403,)),
        (3, f"{home}/graphs/graph/register", "application/n-triples", (200,)),
        (2, f"{home}/", "text/html", (200,)),
        (2, f"{home}/metrics", "*/*", (200,)),
        (2, f"{home}/.well-known/void", "text/turtle", (200,)),
        (1, f"{home}/export.ttl", "*/*", (200,)),
        (0.05, peer.url(f"{RUNAWAY} #{nonce}"), JSON, (504,)),
    ]


async def mixed(
    peer: Peer, subjects: list[str], pid: int, minutes: float, build: list[str]
) -> dict[str, object]:
    """Sixteen clients ask a mixture; return what came back and how much memory the server held."""
    end = time.monotonic() + minutes * 60
    runaways = asyncio.Semaphore(LONG_QUERIES)
    builds = 0
    seen: Counter[int] = Counter()
    wrong: Counter[str] = Counter()
    memory: list[float] = []
    everything: list[float] = []

    async def ask() -> None:
        client = Client(peer.port)
        while time.monotonic() < end:
            choices = mixture(peer, subjects)
            weights = [choice[0] for choice in choices]
            if runaways.locked():
                weights[-1] = 0
            _, url, accept, right = random.choices(choices, weights)[0]
            status = 0
            async with runaways if right == (504,) else contextlib.nullcontext():
                with contextlib.suppress(TimeoutError, OSError):
                    async with asyncio.timeout(60):
                        status, _ = await client.once(url, accept)
            if not status:
                client.close()
            seen[status] += 1
            if status not in right:
                wrong[f"{status} {url[:160]}"] += 1

    async def watch() -> None:
        while time.monotonic() < end:
            memory.append(resident(pid))
            everything.append(memory[-1] + sum(resident(child) for child in _children(pid)))
            await asyncio.sleep(minutes * 60 / 60)

    async def rebuild() -> None:
        nonlocal builds
        while time.monotonic() + REBUILD < end:
            await asyncio.sleep(REBUILD)
            process = await asyncio.create_subprocess_exec(*build)
            assert await process.wait() == 0
            builds += 1

    await asyncio.gather(watch(), rebuild(), *(ask() for _ in range(CONNECTIONS)))
    return {
        "minutes": minutes,
        "builds": builds,
        "requests": sum(seen.values()),
        "statuses": dict(seen),
        "failed": sum(wrong.values()),
        "wrong": dict(wrong.most_common(5)),
        "server_memory_mib": _development(memory),
        "memory_with_workers_mib": _development(everything),
    }


def _development(memory: list[float]) -> list[float]:
    """Means of the tenths of a series: the first has caches that fill up, the others should be alike."""
    tenth = max(1, len(memory) // 10)
    return [round(sum(memory[n : n + tenth]) / tenth) for n in range(0, len(memory) - tenth + 1, tenth)]


# ---------------------------------------------------------------------- all together
def peers(store: Path, triples: Path, location: Path) -> list[Peer]:
    serve = [str(BIN / "kg"), "serve", "--store", str(store), "--port", "{port}", "--no-access-log"]
    limits = ["--timeout", str(TIMEOUT), "--memory", "2048"]
    endpoint = [str(BIN / "rdflib-endpoint"), "serve", "--host", "127.0.0.1", "--port", "{port}"]
    oxigraph = ["serve", "--location", str(location), "--bind", "127.0.0.1:{port}"]
    return [
        Peer("kg serve", [*serve, *limits], "/sparql"),
        Peer("kg serve --cache 0", [*serve, *limits, "--cache", "0"], "/sparql"),
        Peer("rdflib-endpoint", [*endpoint, str(triples)], "/"),
        Peer("rdflib-endpoint --store Oxigraph", [*endpoint, "--store", "Oxigraph", str(triples)], "/"),
        Peer("oxigraph serve", [str(BIN / "oxigraph"), *oxigraph], "/query"),
    ]


def measure(
    peer: Peer, subjects: list[str], minutes: float, build: list[str], rounds: int
) -> dict[str, object]:
    with peer.running() as process:
        found: dict[str, object] = {"name": peer.name}
        found |= asyncio.run(with_runaways(peer, subjects, process, rounds))
        if peer.name == "kg serve":
            found["mixed"] = asyncio.run(mixed(peer, subjects, process.pid, minutes, build))
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sources", nargs="+", help="articles to build the graph from")
    parser.add_argument("--rounds", type=int, default=5, help="of counting requests, and of runaways")
    parser.add_argument("--seconds", type=int, default=2, help="of each round, for each server")
    parser.add_argument("--minutes", type=float, default=0.5, help="of mixed load")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--runaways", action="store_true", help="only those, and only against kg serve")
    options = parser.parse_args()
    if shutil.which("wrk") is None and not options.runaways:
        parser.error("wrk is not installed (apt-get install wrk)")
    with tempfile.TemporaryDirectory() as folder:
        store, triples, location = Path(folder) / "store", Path(folder) / "all.nt", Path(folder) / "oxigraph"
        kg.build(options.sources, store)
        with kg.open(store) as graph:
            graph.export(triples, "ntriples", ["all"])
            rows = graph.query(f"SELECT DISTINCT ?s {{ ?s <{LABEL}> ?l FILTER(isIRI(?s)) }}\n")
            subjects = sorted(str(row["s"]) for row in rows.dicts())
        load = [str(BIN / "oxigraph"), "load", "--location", str(location), "--file", str(triples)]
        subprocess.run(load, check=True, capture_output=True)
        label = f"<{subjects[len(subjects) // 2]}> <{LABEL}> ?l"
        asked = {
            "one label": f"SELECT ?l {{ {label} }}",
            "one label, another filter each time": f'SELECT ?l {{ {label} FILTER("{NONCE}" != "") }}',
        }
        servers = peers(store, triples, location)
        if options.runaways:
            with servers[0].running() as process:
                found = asyncio.run(with_runaways(servers[0], subjects, process, options.rounds))
            print(json.dumps(found))
            return
        counted = {
            name: throughput(servers, query, options.rounds, options.seconds) for name, query in asked.items()
        }
        print(json.dumps(counted, indent=1), flush=True)
        for what, rates in counted.items():
            fastest = max(one["requests_per_second"] for name, one in rates.items() if "rdflib" in name)
            for name, one in rates.items():
                times = one["requests_per_second"] / fastest
                print(f"{what}: {name}: {times:.1f} times the faster rdflib-endpoint")
        build = [str(BIN / "kg"), "build", "-q", *options.sources, "--store", str(store)]
        results = []
        for peer in servers:
            rounds = options.rounds if peer.name.startswith("kg") else 1  # others do not survive one
            results.append(measure(peer, subjects, options.minutes, build, rounds))
            print(json.dumps(results[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps({"throughput": counted, "load": results}, indent=1), "utf-8")


if __name__ == "__main__":
    main()
