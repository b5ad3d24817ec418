"""Workers without HTTP: what is answered where, why one died, who is long."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.errors import KgError
from kg.pool import lookup, process
from kg.pool.answer import Answer, QueryFault, Question
from kg.pool.lookup import MOST, Lookups
from kg.pool.pool import Pool
from kg.pool.worker import Charge
from kg.serve import Dataset, Service, Settings

SEEDS = Path(__file__).parents[2] / "seeds"

RUNAWAY = "SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?a) = CONCAT(STR(?d), STR(?g), 'x')) }"
ODD: list[ox.Literal | ox.BlankNode | ox.NamedNode] = [
    ox.Literal('"\\ \n\r\t\b\f / \x01 \x7f \u2028 \U0001f600'),
    ox.Literal("vi", language="vi"),
    ox.Literal("en", language="en-GB"),
    ox.Literal(5),
    ox.Literal(True),
    ox.Literal("2019-02-18", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")),
    ox.Literal("plain", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#string")),
    ox.Literal("own", datatype=ox.NamedNode("http://x/type")),
    ox.BlankNode("node"),
    ox.NamedNode("http://x/1"),
]
LOOKUPS = [
    "SELECT ?l { <http://x/1> <http://x/label> ?l }",
    "SELECT * WHERE { <http://x/1> <http://x/next> ?o . } LIMIT 1",
    "PREFIX x: <http://x/> ASK { <http://x/1> x:next ?o }",
    "PREFIX x: <http://x/>\nselect ?nothing{\n<http://x/1> a ?o\n}",
    "SELECT ?l { <http://x/none> <http://x/label> ?l }",
    "SELECT * { <http://x/odd> <http://x/label> ?o }",
    "SELECT ?o { <http://x/odd> <http://x/label> ?o } LIMIT 3",
    "SELECT ?o { <http://x/odd> <http://x/label> ?o } LIMIT 0",
    "SELECT ?none ?o { <http://x/1> <http://x/next> ?o }",
    "SELECT ?none { <http://x/1> <http://x/next> <http://x/8> }",
    "SELECT $o { <http://x/1> <http://x/next> ?o }",
    "PREFIX a: <http://y/> PREFIX a: <http://x/> ASK { a:1 a:next <http://x/8> }",
    "ASK { <http://x/1> <http://x/next> <http://x/9> }",
]
OTHERS = [
    "SELECT ?s { ?s <http://x/label> ?l }",  # every label there is
    "SELECT ?o { <http://x/1> ?p ?o }",  # all that there is of a subject may be much
    "SELECT * { <http://x/1> <http://x/next> <http://x/8> }",
    "SELECT DISTINCT ?l { <http://x/1> <http://x/label> ?l }",
    "SELECT ?l { <http://x/1> <http://x/next>+ ?l }",
    "SELECT ?l FROM <file:///etc/passwd> { <http://x/1> <http://x/label> ?l }",
    "SELECT ?l { SERVICE <http://x/1> { ?s ?p ?l } }",
    "SELECT ?l { <http://x/1> <http://x/label> ?l } # SERVICE",
    "SELECT ?l { <http://x/1> <http://x/label> ?l FILTER(?l > 1) }",
    "SELECT (NOW() AS ?l) { <http://x/1> <http://x/label> ?l }",
    "SELECT ?l { <http://x/1> <http://x/label> ?l } ORDER BY ?l",
    "SELECT ?l { <http://x/1> <http://x/\\u0041> ?l }",
    "CONSTRUCT WHERE { <http://x/1> ?p ?o }",
    "SELECT ?l { <http://x/many> <http://x/label> ?l }",  # one more than is read
    "SELECT ?l { nowhere:x <http://x/label> ?l }",  # a worker says what is wrong
    "PREFIX A: <http://x/> SELECT ?l { <http://x/1> A ?l }",
    "SELECT ?l { <relative> <http://x/label> ?l }",
    "SELECT ?l { <http://x/a/../1> <http://x/label> ?l }",
    "SELECT ?l ?l { <http://x/1> <http://x/label> ?l }",
    "ASK { <http://x/1> <http://x/label> ?l } LIMIT 0",
    "SELECT ?l { <http://x/" + "1" * 2000 + "> <http://x/label> ?l }",
]


@pytest.fixture(scope="module")
def quads(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shared data as a store on disk, with a subject of many labels."""
    folder = tmp_path_factory.mktemp("pool") / "quads"
    store = ox.Store(str(folder))
    store.bulk_load(path=data, format=ox.RdfFormat.N_QUADS)
    odd, label = ox.NamedNode("http://x/odd"), ox.NamedNode("http://x/label")
    store.extend(
        ox.Quad(odd, label, term, ox.NamedNode(f"http://g/odd{n % 2}")) for n, term in enumerate(ODD)
    )
    store.add(ox.Quad(odd, label, ODD[0], ox.DefaultGraph()))
    many = "".join(f'<http://x/many> <http://x/label> "{n}" .\n' for n in range(MOST + 1))
    store.bulk_load(many.encode(), ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode("http://g/many"))
    store.flush()
    return folder


def with_pool(
    quads: Path, use: Callable[[Pool], Awaitable[None]], size: int = 2, memory: int = 1 << 29
) -> None:
    """Run `use` with a pool."""

    async def main() -> None:
        pool = Pool(Charge(str(quads), memory, 1000, 1 << 22, 20.0, "v1"), size, 64)
        await pool.start()
        try:
            await use(pool)
        finally:
            await pool.stop()

    asyncio.run(main())


async def fault(pool: Pool, query: str, timeout: float = 20) -> QueryFault:
    with pytest.raises(QueryFault) as caught:
        await pool.run(Question(query), timeout)
    return caught.value


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.02)


# ---------------------------------------------------------------------- look-ups
def looked_up(quads: Path, asked: Question) -> Answer | None:
    return Lookups(ox.Store.read_only(str(quads)), "v1").answer(asked)


@pytest.mark.parametrize("query", LOOKUPS)
def test_a_look_up_is_answered_as_a_worker_would(quads: Path, query: str) -> None:
    async def compare(pool: Pool) -> None:
        for gzip in (False, True):
            asked = Question(query, gzip=gzip)
            assert looked_up(quads, asked) == await pool.run(asked, 20)

    with_pool(quads, compare, size=1)


@pytest.mark.parametrize("query", OTHERS)
def test_what_is_more_than_a_look_up_goes_to_a_worker(quads: Path, query: str) -> None:
    assert looked_up(quads, Question(query)) is None


@pytest.mark.parametrize(
    "asked",
    [
        Question(LOOKUPS[0], formats={"rows": "xml", "boolean": "json", "graph": "ttl"}),
        Question(LOOKUPS[0], formats={"rows": "", "boolean": "json", "graph": "ttl"}),
        Question(LOOKUPS[0], default_graphs=["http://g/1"]),
        Question(LOOKUPS[0], named_graphs=["http://g/1"]),
        Question("SELECT ?o { <http://x/odd> <http://x/label> ?o }", max_rows=2),
    ],
)
def test_what_is_asked_in_another_way_goes_to_a_worker(quads: Path, asked: Question) -> None:
    assert looked_up(quads, asked) is None


def test_look_ups_read_no_store_that_memory_does_not_hold(
    quads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lookup.stays_in_memory(quads)
    monkeypatch.setattr(os, "sysconf", lambda _: 16)  # pages of memory, and bytes of each
    assert not lookup.stays_in_memory(quads)


# ---------------------------------------------------------------------- walls
def test_a_store_of_many_files_is_read_whole_behind_the_wall(tmp_path: Path) -> None:
    """RocksDB opens sixteen files at the start; a worker that opened no more could not answer."""
    store, things = ox.Store(str(tmp_path / "quads")), 40
    for n in range(things):
        subject, graph = ox.NamedNode(f"http://x/{n}"), ox.NamedNode(f"http://g/{n}")
        store.add(ox.Quad(subject, ox.NamedNode("http://x/p"), ox.Literal("long enough" * 9 + str(n)), graph))
        store.flush()
    del store
    assert len(list(tmp_path.rglob("*.sst"))) > 30
    every = "SELECT ?s ?o { ?s <http://x/p> ?o }"
    word = every.replace("?s ", '("service" AS ?x) ?s ', 1)

    async def use(pool: Pool) -> None:
        first = await fault(pool, word)
        assert (first.kind, "SERVICE" in first.detail) == (
            "query-failed",
            True,
        )  # the wall stands for this text
        assert (await pool.run(Question(every), 20)).count == things
        assert (await pool.run(Question(word), 20)).count == things
        assert (
            await fault(pool, "SELECT * { SERVICE <http://127.0.0.1/> {} }")
        ).kind == "service-not-allowed"

    with_pool(tmp_path / "quads", use, size=1)


# ---------------------------------------------------------------------- death
def test_a_worker_that_somebody_else_kills_is_no_lack_of_memory(quads: Path) -> None:
    async def use(pool: Pool) -> None:
        running = asyncio.create_task(fault(pool, RUNAWAY))
        await until(lambda: bool(pool.busy))
        for _ in range(2):  # the query is asked once more, on another worker
            first = next(iter(pool._busy))
            os.kill(pid_of(first), signal.SIGKILL)
            await until(lambda: first not in pool._busy and (bool(pool.busy) or running.done()))  # noqa: B023
        found = await running
        assert (found.kind, "SIGKILL" in found.detail) == ("internal", True)
        assert (await pool.run(Question("ASK {}"), 20)).body

    with_pool(quads, use)


def test_memory_is_told_as_memory(quads: Path) -> None:
    doubled = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
    hog = f'SELECT ?x40 {{ BIND("0123456789" AS ?x0) {doubled} }}'

    async def use(pool: Pool) -> None:
        assert (await fault(pool, hog)).kind == "memory"

    with_pool(quads, use, memory=64 << 20)


def test_a_query_that_is_nested_too_deeply_ends_only_itself(quads: Path) -> None:
    async def use(pool: Pool) -> None:
        found = await fault(pool, "SELECT * {" + "{" * 50_000 + "}" * 50_000 + "}")
        assert found.kind in ("query-failed", "syntax")

    with_pool(quads, use)


def test_a_worker_that_dies_idle_is_replaced(quads: Path) -> None:
    async def use(pool: Pool) -> None:
        os.kill(pid_of(pool._idle[-1]), signal.SIGKILL)
        for _ in range(4):
            assert (await pool.run(Question("ASK {}"), 20)).body
        await until(lambda: len(pool._idle) == 2)

    with_pool(quads, use)


def test_a_worker_that_cannot_open_the_store_says_so(tmp_path: Path) -> None:
    with pytest.raises(KgError, match="cannot open the store"):
        with_pool(tmp_path / "none", lambda pool: fault(pool, "ASK {}"))  # type: ignore[arg-type,return-value]


# ---------------------------------------------------------------------- long and short queries
def test_runaways_take_no_worker_from_others(quads: Path) -> None:
    async def use(pool: Pool) -> None:
        await until(lambda: len(pool._idle) == 4)
        runaways = [asyncio.create_task(fault(pool, RUNAWAY, 4)) for _ in range(2)]
        await until(lambda: pool.busy == 2)
        short = asyncio.create_task(pool.run(Question("ASK {}"), 20))
        await asyncio.sleep(0)
        assert (pool.busy, pool.waiting) == (3, 0)  # at once, long before the others count as long
        assert (await short).body
        await until(lambda: pool.long == 2)
        assert (await pool.run(Question("ASK {}"), 20)).body
        assert {(await one).kind for one in runaways} == {"deadline"}
        await until(lambda: pool.killed == 2)
        await until(lambda: len(pool._idle) == 4)

    with_pool(quads, use)


def priorities(worker: process.Process) -> set[tuple[int, int]]:
    """Policy and nice value of the threads of a worker."""
    threads = [int(path.name) for path in Path(f"/proc/{pid_of(worker)}/task").iterdir()]
    return {(os.sched_getscheduler(one), os.getpriority(os.PRIO_PROCESS, one)) for one in threads}


def test_the_longer_a_query_runs_the_more_it_gives_way(quads: Path) -> None:
    usual, others_first, last = (
        (os.SCHED_OTHER, os.getpriority(os.PRIO_PROCESS, 0)),
        (os.SCHED_OTHER, 10),
        (os.SCHED_IDLE, 10),
    )
    part = "{{ SELECT * {{ ?{0} ?{0}p ?{0}o }} LIMIT 600 }}"
    long = f"SELECT (COUNT(*) AS ?n) {{ {part.format('a')} {part.format('b')} FILTER(?ao != ?bo) }}"

    async def use(pool: Pool) -> None:
        (worker,) = pool._idle
        assert priorities(worker) == {usual}
        asked, seen = asyncio.create_task(pool.run(Question(long), 60)), []
        while not asked.done():
            seen.append(priorities(worker))
            await asyncio.sleep(0.002)
        assert seen.index({usual, others_first}) < seen.index({usual, last})
        assert (await asked).count == 1
        # It goes on to work for others, with the priority of everybody.
        await until(lambda: worker in pool._idle)
        pool._idle.sort(key=lambda one: one is worker)  # the last is asked first
        assert (await pool.run(Question("ASK {}"), 20)).body
        assert priorities(worker) == {usual}

    with_pool(quads, use, size=1)


def test_workers_have_the_scheduling_group_of_the_server_and_not_its_signals(quads: Path) -> None:
    """Linux weighs sessions against each other first: priorities count within one."""

    async def use(pool: Pool) -> None:
        pid = pid_of(pool._idle[0])
        assert (os.getsid(pid), os.getpgid(pid)) == (os.getsid(0), pid)

    with_pool(quads, use, size=1)


def test_the_deadline_is_told_before_the_process_has_ended(
    quads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill = process.Process.kill

    def slowly(worker: process.Process, reason: str) -> None:
        worker.reason = worker.reason or reason
        if reason != "deadline":
            kill(worker, reason)

    monkeypatch.setattr(process.Process, "kill", slowly)

    async def use(pool: Pool) -> None:
        async with asyncio.timeout(10):
            assert (await fault(pool, RUNAWAY, 0.5)).kind == "deadline"
        assert pool.busy == 1

    with_pool(quads, use, size=1)


def test_what_is_long_beyond_the_places_makes_way_for_who_waits(quads: Path) -> None:
    async def use(pool: Pool) -> None:
        await until(lambda: len(pool._idle) == 2)
        asked = [asyncio.create_task(fault(pool, RUNAWAY, 15)) for _ in range(2)]
        await until(lambda: pool.busy == 2)
        assert (await pool.run(Question("ASK {}"), 10)).body
        assert [one.done() for one in asked].count(True) == 1
        (turned_away,) = (one for one in asked if one.done())
        assert (await turned_away).kind == "busy"
        for one in asked:
            one.cancel()

    with_pool(quads, use, size=1)


def test_whoever_waits_is_not_turned_away_for_a_query_that_does_not_work(
    quads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine short queries take long: they are not long ones, and nobody is turned away."""
    monkeypatch.setattr(process.Process, "processor_seconds", lambda _: 0.0)
    monkeypatch.setattr("kg.pool.pool._WAITS", 60.0)

    async def use(pool: Pool) -> None:
        asked = [asyncio.create_task(fault(pool, RUNAWAY, 1.5)) for _ in range(3)]
        assert {(await one).kind for one in asked} <= {"deadline", "busy"}
        assert not pool.long

    with_pool(quads, use)


def test_a_client_that_leaves_frees_its_worker(quads: Path) -> None:
    async def use(pool: Pool) -> None:
        tasks = [asyncio.create_task(pool.run(Question(RUNAWAY), 20)) for _ in range(3)]
        await until(lambda: pool.busy == 2 and pool.waiting == 1)
        for task in tasks:
            task.cancel()
        await until(lambda: not pool.busy and not pool.waiting and len(pool._idle) == 2)

    with_pool(quads, use)


def pid_of(worker: process.Process) -> int:
    return worker._process.pid


def test_a_version_that_could_not_be_served_is_tried_again(store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "store"
    shutil.copytree(store, copy)
    service = Service(Dataset.of_store(copy), Settings(workers=1))

    async def main() -> None:
        await service.pool.start()
        before, serve = service.version, service.pool.serve
        kg.build([SEEDS / "000_5ab7770a554bc63a.txt"], copy, prune=True)

        async def fails(charge: Charge) -> None:
            raise KgError(f"no memory for another worker of {charge.version}")

        service.pool.serve = fails  # type: ignore[method-assign]
        with pytest.raises(KgError):
            await service.reload()
        assert service.version == before
        service.pool.serve = serve  # type: ignore[method-assign]
        assert await service.reload()
        assert service.version != before
        assert not await service.reload()
        await service.pool.stop()

    asyncio.run(main())
