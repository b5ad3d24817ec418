"""Keeps worker processes, hands out queries, kills what takes too long.

There are workers for `size` quick queries and for as many long ones; a query is long once it has run for
`LONG` seconds and kept a processor busy. The longer a query runs, the more it gives way to others (see
`kg.pool.worker`), so long ones, however many, take neither the workers nor the processors of short ones. When
`size` are long already, the next to become long goes on on sufferance: once a query has waited `LONG` seconds
for a worker, the youngest of those is turned away.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from kg.errors import KgError
from kg.pool.answer import Answer, QueryFault, Question, memory_fault
from kg.pool.process import Process, Reply
from kg.pool.worker import Charge, frame, members

_LOG = logging.getLogger("kg.serve")
LONG = 0.25  # seconds after which a query is long, if it worked for half of them
_WAITS = 1.0  # seconds after which it is long also if it only waits, for an endpoint elsewhere
_LEFT = 0.3  # seconds that a query may go on after its client has left: most are done by then
_TICK = 0.05  # seconds between two looks at what runs and waits
_STARTS = max(1, (os.cpu_count() or 1) // 2)  # workers that start at once beside running queries


@dataclass(slots=True, eq=False)
class _Job:
    """A query on its way: `end` is its deadline, `since` when a worker took it, before that when it came."""

    message: bytes
    since: float
    end: float
    done: asyncio.Future[tuple[Process, Reply | None]]
    left: bool = False  # nobody waits for its answer any more


class Pool:
    """Workers for one `Charge`. `size` queries at once and as many long ones; `queue` wait."""

    def __init__(self, charge: Charge, size: int, queue: int) -> None:
        self.charge = charge
        self.size = size
        self._queue = queue
        self._idle: list[Process] = []
        self._busy: dict[Process, _Job] = {}
        self._starting = 0
        self._waiting: deque[_Job] = deque()
        self._leaving: set[Process] = set()  # they end by themselves
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = False
        self._looking = False
        self.killed = 0  # processes ended by us or by a limit, for the metrics

    # ------------------------------------------------------------------ life
    async def start(self) -> None:
        """Start the workers. Raises KgError where one cannot open the store."""
        self._idle = await self._started(self.charge)
        self._open = True
        self._fill()

    async def stop(self, patience: float = 0.0) -> None:
        """Wait `patience` seconds for the running queries, then kill what is left."""
        self._open = False
        loop = asyncio.get_running_loop()
        end = loop.time() + patience
        while self._busy and loop.time() < end:
            await asyncio.sleep(0.02)
        for task in self._tasks:
            task.cancel()
        workers = [*self._idle, *self._busy, *self._leaving]
        for worker in workers:
            worker.kill("stopped")
        self._idle.clear()
        await asyncio.gather(*(worker.ended() for worker in workers), *self._tasks, return_exceptions=True)

    async def serve(self, charge: Charge) -> None:
        """Go over to another version of the graph: new queries see it, running ones end on the old one."""
        fresh = await self._started(charge)
        old, self._idle, self.charge = self._idle, [], charge
        for worker in old:
            self._retire(worker)
        for worker in fresh:
            self._give(worker)
        self._fill()

    async def _started(self, charge: Charge) -> list[Process]:
        """Return `size` workers, or none. Raises KgError, OSError, TimeoutError."""
        found = await asyncio.gather(
            *(Process.start(charge) for _ in range(self.size)), return_exceptions=True
        )
        workers = [one for one in found if isinstance(one, Process)]
        for fault in found:
            if isinstance(fault, BaseException):
                for worker in workers:
                    self._retire(worker)
                raise fault
        return workers

    @property
    def busy(self) -> int:
        """How many queries are running."""
        return len(self._busy)

    @property
    def long(self) -> int:
        """How many of them are long."""
        return sum(worker.long for worker in self._busy)

    @property
    def waiting(self) -> int:
        """How many queries wait for a worker."""
        return len(self._waiting)

    # ------------------------------------------------------------------ work
    async def run(self, question: Question, timeout: float) -> Answer:
        """Answer a query within `timeout` seconds; when the caller is cancelled, its worker is freed.

        A query whose worker was ended by somebody else is asked once more. Raises QueryFault: "deadline",
        "busy", "memory", "internal", and what a worker finds wrong with the query.
        """
        message, end = frame(members(question)), asyncio.get_running_loop().time() + timeout
        worker, reply = await self._reply(message, end)
        if reply is None:
            fault = await self._death(worker, timeout)
            if fault.kind != "internal":
                raise fault
            worker, reply = await self._reply(message, end)
            if reply is None:
                raise await self._death(worker, timeout)
        header, body = reply
        if "fault" in header:
            raise QueryFault(header["fault"], header["detail"], **header["members"])
        return Answer(body=body, **header["answer"])

    async def _reply(self, message: bytes, end: float) -> tuple[Process, Reply | None]:
        """Return a worker's reply; None where it died. Raises QueryFault."""
        job = self._ask(message, end)
        try:
            return await job.done
        except asyncio.CancelledError:
            self._leave(job)
            raise

    def _ask(self, message: bytes, end: float) -> _Job:
        """Give a query to a worker, or let it wait for one. Raises QueryFault."""
        if not self._open:
            raise QueryFault("busy", "the server is stopping")
        loop = asyncio.get_running_loop()
        job = _Job(message, loop.time(), end, loop.create_future())
        if self._idle:
            self._assign(self._idle.pop(), job)
        elif len(self._waiting) < self._queue:
            self._waiting.append(job)
            self._fill()
        else:
            raise QueryFault("busy", f"{self.busy} queries are running and {self.waiting} are waiting")
        if not self._looking:
            self._looking = True
            loop.call_later(_TICK, self._look)
        return job

    def _assign(self, worker: Process, job: _Job) -> None:
        job.since = asyncio.get_running_loop().time()
        worker.long = worker.suffered = False
        self._busy[worker] = job
        worker.ask(job.message, lambda reply: self._heard(worker, reply))

    def _heard(self, worker: Process, reply: Reply | None) -> None:
        """Take a worker's reply, None where it has died, and give it the next query."""
        job = self._busy.pop(worker, None)
        if job is None:  # it died while it had nothing to do
            self._idle = [one for one in self._idle if one is not worker]
        elif not job.done.done():
            job.done.set_result((worker, reply))
        self.killed += reply is None
        if reply and not (worker.reason or reply[0].get("worn")):
            self._give(worker)
        else:
            self._retire(worker)
        self._fill()

    def _give(self, worker: Process) -> None:
        """Hand a worker that is free to who waits longest, else keep it."""
        if not self._open or worker.charge is not self.charge:
            self._retire(worker)
        elif self._waiting:
            self._assign(worker, self._waiting.popleft())
        else:
            self._idle.append(worker)

    def _retire(self, worker: Process) -> None:
        """Let a worker end by itself."""

        async def ended() -> None:
            await worker.ended()
            self._leaving.discard(worker)

        worker.retire()
        self._leaving.add(worker)
        self._spawn(ended())

    def _leave(self, job: _Job) -> None:
        """Nobody waits for the answer: a running query may end if that takes only a moment."""
        if job in self._waiting:
            self._waiting.remove(job)
        job.left = True
        job.end = min(job.end, asyncio.get_running_loop().time() + _LEFT)

    async def _death(self, worker: Process, timeout: float) -> QueryFault:
        """Return why a worker died."""
        if worker.reason == "deadline":
            return QueryFault("deadline", f"it was stopped after {timeout:g} seconds", seconds=timeout)
        if worker.reason == "busy":
            return QueryFault("busy", f"{self.long} long queries are running already")
        if worker.reason == "stopped":
            return QueryFault("busy", "the server is stopping")
        kind, how = await worker.death()
        if kind == "memory":
            return memory_fault(self.charge.memory)
        if kind == "stack":  # the parser's
            return QueryFault("query-failed", "the query is nested too deeply")
        return QueryFault("internal", f"the process that worked on it ended ({how})")

    # ------------------------------------------------------------------ a look around
    def _look(self) -> None:
        """End what is over its time, tell long queries from short ones; again while there are any."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for worker, job in self._busy.items():
            if now >= job.end:
                self._kill(worker, "left" if job.left else "deadline")
            elif not (worker.long or worker.suffered) and now - job.since >= LONG:
                self._weigh(worker, now - job.since)
        for job in [job for job in self._waiting if now >= job.end]:
            self._waiting.remove(job)
            job.done.set_exception(QueryFault("busy", "no worker became free in time"))
        if self._waiting and now - self._waiting[0].since >= LONG:
            self._relieve()
        self._fill()
        self._looking = bool(self._busy or self._waiting)
        if self._looking:
            loop.call_later(_TICK, self._look)

    def _weigh(self, worker: Process, seconds: float) -> None:
        """Tell a query that works from one that waits: on a busy machine quick ones take long too."""
        if worker.processor_seconds() >= LONG / 2 or seconds >= _WAITS:
            worker.long = self.long < self.size
            worker.suffered = not worker.long

    def _relieve(self) -> None:
        """Make place for a query that has waited: of the long ones on sufferance the youngest goes."""
        suffered = [worker for worker in self._busy if worker.suffered and not worker.reason]
        if suffered and not self._starting:
            self._kill(max(suffered, key=lambda worker: self._busy[worker].since), "busy")

    def _kill(self, worker: Process, reason: str) -> None:
        """End a query with its worker, and tell who waits: the end itself takes a while on a busy machine."""
        worker.kill(reason)
        done = self._busy[worker].done
        if not done.done():
            done.set_result((worker, None))

    def _fill(self) -> None:
        """Start workers until there are all again, a few at a time: a start takes as much as many queries."""
        missing = 2 * self.size - len(self._idle) - len(self._busy) - self._starting
        for _ in range(min(missing, _STARTS - self._starting) if self._open else 0):
            self._starting += 1
            self._spawn(self._start())

    async def _start(self) -> None:
        try:
            worker = await Process.start(self.charge)
        except (KgError, OSError, TimeoutError) as error:
            _LOG.error("a worker cannot start: %s", error)
            await asyncio.sleep(1)  # who waits is told "busy" at its deadline
            return
        finally:
            self._starting -= 1
        self._give(worker)
        self._fill()

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
