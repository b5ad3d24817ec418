"""Keeps worker processes, hands out queries, kills what takes too long.

Two lanes: `size` workers are always there for queries that are quick; one that has run for `LONG` seconds
moves to the long lane, and another worker takes its place. There it gets the lowest priority if it keeps a
processor busy. So long queries, however many, never stand before short ones. When the long lane is full, the
next to become long stays where it is on sufferance: once a query has waited `LONG` seconds for a worker, the
youngest of those is turned away.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kg.errors import KgError
from kg.pool.answer import Answer, QueryFault, Question
from kg.pool.worker import LENGTHS, Charge, frame

LONG = 0.25  # seconds after which a query is long
_LEFT = 0.3  # seconds that a query may go on after its client has left: most are done by then
_LOWEST = 19
_TICKS = os.sysconf("SC_CLK_TCK")
_START = 30.0  # seconds for a worker to open the store
_MODULE = "kg.pool.worker"


class _Process:
    """One worker process, seen from the server."""

    def __init__(self, process: asyncio.subprocess.Process, charge: Charge) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._in, self._out = process.stdin, process.stdout
        self.charge = charge
        self.since = 0.0  # when its query began
        self.long = False
        self.suffered = False  # long, but there was no place for it in the long lane
        self.reason = ""  # why it was killed

    @classmethod
    async def start(cls, charge: Charge) -> _Process:
        """Start one and wait until it has opened the store. Raises KgError."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _MODULE,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True, limit=1 << 20,
        )  # fmt: skip
        worker = cls(process, charge)
        try:
            async with asyncio.timeout(_START):
                header, _ = await worker.exchange(frame(asdict(charge)))
        except BaseException:
            worker.kill("")
            raise
        if "ready" not in header:
            worker.kill("")
            raise KgError(f"a worker cannot open the store ({header.get('detail')})", where=charge.quads)
        return worker

    async def exchange(self, message: bytes) -> tuple[dict[str, Any], bytes]:
        """Send a message and return the reply. Raises EOFError where the process has died."""
        try:
            self._in.write(message)
            await self._in.drain()
            lengths = LENGTHS.unpack(await self._out.readexactly(LENGTHS.size))
            header = json.loads(await self._out.readexactly(lengths[0]))
            return header, await self._out.readexactly(lengths[1])
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise EOFError from error

    def processor_seconds(self) -> float:
        """Return what it has used of a processor so far; 0 where it has ended."""
        with contextlib.suppress(OSError):
            stat = Path(f"/proc/{self._process.pid}/stat").read_text("ascii", "replace")
            return sum(map(int, stat.rpartition(")")[2].split()[11:13])) / _TICKS
        return 0.0

    def slow_down(self) -> None:
        """Give everybody else precedence; there is no way back without privileges."""
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _LOWEST)

    def kill(self, reason: str) -> None:
        """End it at once."""
        self.reason = self.reason or reason
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def retire(self) -> None:
        """Let it end by itself: nothing more will be asked."""
        self._in.close()

    async def ended(self) -> int:
        """Wait for its end and return its exit code."""
        return await self._process.wait()


class Pool:
    """Workers for one `Charge`. `size` short queries at once, as many long ones; `queue` wait."""

    def __init__(self, charge: Charge, size: int, queue: int) -> None:
        self.charge = charge
        self.size = size
        self._queue = queue
        self._idle: list[_Process] = []
        self._busy: set[_Process] = set()
        self._starting = 0
        self._waiting: deque[asyncio.Future[_Process]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = False
        self.killed = 0  # processes ended by us or by a limit, for the metrics

    # ------------------------------------------------------------------ life
    async def start(self) -> None:
        """Start the workers. Raises KgError where one cannot open the store."""
        self._open = True
        self._idle = list(await asyncio.gather(*(_Process.start(self.charge) for _ in range(self.size))))

    async def stop(self, patience: float = 0.0) -> None:
        """Wait `patience` seconds for the running queries, then kill what is left."""
        self._open = False
        loop = asyncio.get_running_loop()
        end = loop.time() + patience
        while self._busy and loop.time() < end:
            await asyncio.sleep(0.02)
        for task in self._tasks:
            task.cancel()
        workers = [*self._idle, *self._busy]
        for worker in workers:
            worker.kill("stopped")
        self._idle.clear()
        await asyncio.gather(*(worker.ended() for worker in workers))

    async def serve(self, charge: Charge) -> None:
        """Go over to another version of the graph: new queries see it, running ones end on the old one."""
        fresh = list(await asyncio.gather(*(_Process.start(charge) for _ in range(self.size))))
        old, self._idle, self.charge = self._idle, [], charge
        for worker in old:
            worker.retire()
        for worker in fresh:
            self._give(worker)

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

        Raises QueryFault: "deadline", "busy", "memory", and what a worker finds wrong with the query.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        worker = await self._take(timeout)
        self._busy.add(worker)
        worker.since = loop.time()
        timers = [
            loop.call_later(max(0.0, end - loop.time()), worker.kill, "deadline"),
            loop.call_later(LONG, self._becomes_long, worker),
        ]
        task = loop.create_task(worker.exchange(frame(asdict(question))))
        try:
            header, body = await asyncio.shield(task)
        except asyncio.CancelledError:
            self._spawn(self._see_off(worker, task, timers))
            raise
        except EOFError:
            self._done(worker, timers, usable=False)
            raise await self._death(worker, timeout) from None
        self._done(worker, timers, usable=not header.get("worn"))
        if "fault" in header:
            raise QueryFault(header["fault"], header["detail"], **header["members"])
        return Answer(body=body, **header["answer"])

    async def _take(self, timeout: float) -> _Process:
        if not self._open:
            raise QueryFault("busy", "the server is stopping")
        if self._idle:
            return self._idle.pop()
        if len(self._waiting) >= self._queue:
            raise QueryFault("busy", f"{self.busy} queries are running and {self.waiting} are waiting")
        turn: asyncio.Future[_Process] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._fill()
        relief = asyncio.get_running_loop().call_later(LONG, self._relieve)
        try:
            async with asyncio.timeout(timeout):
                return await turn
        except TimeoutError:
            raise QueryFault("busy", "no worker became free in time") from None
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give(turn.result())
            raise
        finally:
            relief.cancel()
            with contextlib.suppress(ValueError):
                self._waiting.remove(turn)

    def _give(self, worker: _Process) -> None:
        """Hand a worker that is free to who waits longest, else keep it."""
        if not self._open or worker.charge != self.charge:
            worker.retire()
            return
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(worker)
                return
        self._idle.append(worker)

    def _done(self, worker: _Process, timers: list[asyncio.TimerHandle], *, usable: bool) -> None:
        for timer in timers:
            timer.cancel()
        self._busy.discard(worker)
        if usable and not worker.long and not worker.suffered and not worker.reason:
            self._give(worker)
        else:
            worker.retire()
        self._fill()

    def _becomes_long(self, worker: _Process) -> None:
        asyncio.get_running_loop().call_later(LONG, self._weigh, worker, worker.processor_seconds())
        if self.long < self.size:
            worker.long = True
            self._fill()
        else:
            worker.suffered = True

    def _weigh(self, worker: _Process, used: float) -> None:
        """Tell a query that works from one that waits: on a busy machine quick ones take long too."""
        if worker not in self._busy:
            return
        now = worker.processor_seconds()
        if now - used > LONG / 4:
            worker.slow_down()
        else:
            asyncio.get_running_loop().call_later(LONG, self._weigh, worker, now)

    def _relieve(self) -> None:
        """Make place for a query that has waited: of the long ones in the short lane the youngest goes."""
        suffered = [worker for worker in self._busy if worker.suffered and not worker.reason]
        if suffered and not self._starting:
            max(suffered, key=lambda worker: worker.since).kill("busy")

    async def _see_off(
        self,
        worker: _Process,
        task: asyncio.Task[tuple[dict[str, Any], bytes]],
        timers: list[asyncio.TimerHandle],
    ) -> None:
        """Free the worker of a client that has left: it may end its query if that takes only a moment."""
        done, _ = await asyncio.wait([task], timeout=_LEFT)
        if not done:
            worker.kill("left")
            self.killed += 1
        header: dict[str, Any] = {"worn": True}
        with contextlib.suppress(EOFError, asyncio.CancelledError):
            header, _ = await task
        self._done(worker, timers, usable=not header.get("worn"))

    async def _death(self, worker: _Process, timeout: float) -> QueryFault:
        """Return why a worker died."""
        code = await worker.ended()
        self.killed += 1
        if worker.reason == "deadline":
            return QueryFault("deadline", f"it was stopped after {timeout:g} seconds", seconds=timeout)
        if worker.reason == "busy":
            return QueryFault("busy", f"{self.long} long queries are running already")
        if worker.reason == "stopped":
            return QueryFault("busy", "the server is stopping")
        if code == -signal.SIGSEGV:  # the parser's stack
            return QueryFault("query-failed", "the query is nested too deeply")
        mebibytes = self.charge.memory >> 20
        return QueryFault("memory", f"it needs more than {mebibytes} MiB", mebibytes=mebibytes)

    def _fill(self) -> None:
        """Start workers until the short lane is complete again."""
        if not self._open:
            return
        short = len(self._idle) + len(self._busy) - self.long + self._starting
        for _ in range(self.size - short):
            self._starting += 1
            self._spawn(self._start())

    async def _start(self) -> None:
        charge = self.charge
        try:
            worker = await _Process.start(charge)
        except (KgError, OSError, EOFError, TimeoutError):
            await asyncio.sleep(1)  # who waits is told "busy" at its deadline; the next query tries again
            return
        finally:
            self._starting -= 1
        self._give(worker)
        self._fill()

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
