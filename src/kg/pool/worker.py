"""A process that answers queries, one after the other, until it is killed or its input ends.

It speaks frames over standard input and output: two lengths, a JSON header, bytes. The first frame holds its
`Charge`. Before it takes the first query it gives up what a query does not need: memory, new file descriptors
(hence sockets and files), writing, core dumps. The longer a query runs, the lower the priority of its thread.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import struct
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kg.pool.answer import (
    Answer,
    QueryFault,
    Question,
    compressed,
    compute,
    memory_fault,
    require_syntax,
    syntax_fault,
)
from kg.pool.source import Elsewhere, Here, Source
from kg.sparql.text import may_federate, service_words

LENGTHS = struct.Struct("!II")
_GRACE = 5  # seconds after the deadline at which a worker whose server has died ends itself
_OTHERS_FIRST = 0.005  # seconds that a query has run when it gets a tenth of the weight of others: nice 10
_LAST = 0.1  # seconds of a processor after which it gets the time that nobody else wants: SCHED_IDLE
_TOO_MANY = "Too many open files"
_PAGE = resource.getpagesize()

_Reply = tuple[dict[str, Any], bytes]  # header and body


@dataclass(slots=True)
class Charge:
    """What a worker serves and what it may take: a folder of quads, bytes of memory, rows, bytes, seconds.

    `version` is that of the graph, `services` are the endpoints that SERVICE may name.
    """

    quads: str
    memory: int
    max_rows: int
    max_bytes: int
    timeout: float
    version: str = ""
    services: tuple[str, ...] = ()
    endpoint: str = ""  # asked instead of quads
    login: tuple[str, ...] = ("none", "", "")  # scheme, user, secret


def members(record: Charge | Question | Answer) -> dict[str, Any]:
    """Return what a record holds, for a message; `dataclasses.asdict` would copy it all."""
    return {name: getattr(record, name) for name in record.__slots__}


def frame(header: dict[str, Any], body: bytes = b"") -> bytes:
    """Return one message."""
    text = json.dumps(header).encode()
    return LENGTHS.pack(len(text), len(body)) + text + body


class _ShutError(Exception):
    """The store needs a file that the wall does not let it open."""


class Worker:
    """An open source and its limits."""

    def __init__(self, charge: Charge) -> None:
        self._charge = charge
        self.memory = charge.memory
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))  # RocksDB keeps its files open if it may
        self._source: Source = (
            Elsewhere(charge.endpoint, charge.login, charge.timeout)
            if charge.endpoint
            else Here.open(charge.quads)
        )
        self._limit(files)
        self._baseline = _resident()

    def _limit(self, files: int) -> None:
        """Give up memory, files and core dumps. The hard limit of files stays for SERVICE and imports."""
        size = _pages()[0] * _PAGE + self._charge.memory
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        self._open = (files, files)
        self._shut()

    def _shut(self) -> None:
        """Let no file or socket be opened; those that are open stay."""
        if self._charge.endpoint:
            return  # it asks over the network
        free = os.dup(0)  # the lowest descriptor that is free: no new one fits under a limit there
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, self._open[1]))

    @contextlib.contextmanager
    def _without_wall(self) -> Iterator[None]:
        resource.setrlimit(resource.RLIMIT_NOFILE, self._open)
        try:
            yield
        finally:
            self._shut()

    def answer(self, question: Question) -> Answer:
        """Answer one query. Raises QueryFault."""
        has_word = may_federate(question.query)
        if has_word and self._federated(question.query):
            with self._without_wall():
                return self._computed(question)
        try:
            return self._computed(question)
        except _ShutError:
            # RocksDB opens sixteen of its files at the start, the others when it needs them.
            if has_word:
                detail = "a file of the store is not open yet: leave the word SERVICE out of the query"
                raise QueryFault("query-failed", detail) from None
        with self._without_wall():  # nothing in this text can ask anybody
            return self._computed(question)

    def _computed(self, question: Question) -> Answer:
        charge = self._charge
        try:
            results = self._source.results(question)
            answer = compute(results, question, charge.max_rows, charge.max_bytes, self._source.cut)
        except SyntaxError as error:
            raise syntax_fault(error, question.query) from None
        except (RuntimeError, ValueError, OSError) as error:
            if _TOO_MANY in str(error) and resource.getrlimit(resource.RLIMIT_NOFILE) != self._open:
                raise _ShutError from None
            raise QueryFault("query-failed", str(error)) from None
        return compressed(answer, question, charge.version)

    def _federated(self, query: str) -> bool:
        """Whether the query has a SERVICE clause, all of them allowed. Raises QueryFault for others."""
        from kg.pool.federation import services

        try:
            named = services(query)
        except (ValueError, RecursionError):
            self._check_syntax(query)
            detail = "the word SERVICE stands in a query that cannot be taken apart: write it without"
            raise QueryFault("service-not-allowed", detail) from None
        if foreign := [name for name in named if name not in self._charge.services]:
            raise QueryFault("service-not-allowed", f"SERVICE {foreign[0]}: ask that endpoint itself")
        if named and service_words(query) != len(named):  # the engine may see one that rdflib did not
            raise QueryFault("service-not-allowed", "leave the word SERVICE out of strings and comments")
        return bool(named)

    def _check_syntax(self, query: str) -> None:
        """Raise QueryFault where the query is not valid. The wall stands: evaluating it reaches nothing."""
        if self._charge.endpoint:
            return  # no wall there
        require_syntax(query)

    def worn(self) -> bool:
        """Whether queries have left so much memory behind that a new process is better."""
        return _resident() - self._baseline > self._charge.memory // 4


class _Turns:
    """Answers one query after the other, on a thread that gives way to others once a query takes long.

    Linux keeps a priority for each thread, which without privileges can only be lowered: a thread that was
    slowed down is left, and the next query has a new one.
    """

    def __init__(self) -> None:
        self._renew()

    def _renew(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._id = self._thread.submit(threading.get_native_id).result()

    def reply(self, worker: Worker, question: Question) -> _Reply:
        """Return the header and the body of a worker's answer."""
        begin = time.process_time()
        running = self._thread.submit(_reply, worker, question)
        with contextlib.suppress(TimeoutError):
            return running.result(_OTHERS_FIRST)
        try:
            return self._slowly(running, begin + _LAST)
        finally:
            self._thread.shutdown()  # while the long query waits: a short one would wait for its last lines
            self._renew()

    def _slowly(self, running: Future[_Reply], end: float) -> _Reply:
        """Wait for a reply at lower priority, at the lowest once `end` seconds of a processor are used."""
        if sys.platform != "linux":  # others have no priority for a thread
            return running.result()
        with contextlib.suppress(OSError):  # a sandbox may forbid it
            os.setpriority(os.PRIO_PROCESS, self._id, 10)
        while time.process_time() < end:
            with contextlib.suppress(TimeoutError):
                return running.result(_LAST)
        with contextlib.suppress(OSError):
            os.sched_setscheduler(self._id, os.SCHED_IDLE, os.sched_param(0))
        return running.result()


def _pages() -> list[int]:
    return [int(n) for n in Path("/proc/self/statm").read_text("ascii").split()]


def _resident() -> int:
    """Return the most memory that was ever held: what is held now is in a file, and none can be opened."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Serve standard input until it ends."""
    os.setpgid(0, 0)  # Ctrl-C is for the server
    source, target = sys.stdin.buffer, sys.stdout.buffer
    header, _ = _receive(source) or ({}, b"")
    charge = Charge(**{**header, "services": tuple(header["services"]), "login": tuple(header["login"])})
    import kg.pool.federation  # noqa: F401  rdflib loads longer than most queries run: not at a slow query's priority

    turns = _Turns()
    try:
        worker = Worker(charge)
    except OSError as error:
        _send(target, {"fault": "internal", "detail": str(error), "members": {}})
        return
    _send(target, {"ready": os.getpid(), "used": time.process_time()})
    while message := _receive(source):
        # The server kills at the deadline; this is for a server that was killed itself.
        signal.setitimer(signal.ITIMER_REAL, charge.timeout + _GRACE)
        header, body = turns.reply(worker, Question(**message[0]))
        _send(target, {**header, "worn": worker.worn(), "used": time.process_time()}, body)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _reply(worker: Worker, question: Question) -> _Reply:
    """Return the header and the body that tell the answer to a question, or why there is none."""
    try:
        answer = worker.answer(question)
    except QueryFault as found:
        fault = found
    except MemoryError:
        fault = memory_fault(worker.memory)
    else:
        told = members(answer)
        return {"answer": told}, told.pop("body")
    return {"fault": fault.kind, "detail": fault.detail, "members": fault.members}, b""


def _receive(source: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    lengths = source.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    header, body = LENGTHS.unpack(lengths)
    return json.loads(source.read(header)), source.read(body)


def _send(target: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    target.write(frame(header, body))
    target.flush()


if __name__ == "__main__":
    main()
