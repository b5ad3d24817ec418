"""One worker process, seen from the server: messages over a pair of sockets, its processor time, its end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from kg.errors import KgError
from kg.pool.worker import LENGTHS, Charge, frame, members

_LOG = logging.getLogger("kg.serve")
_TICKS = os.sysconf("SC_CLK_TCK")
_START = 30.0  # seconds for a worker to open the store
_LAST_WORDS = 4096  # bytes of what a process says when it dies
_MODULE = "kg.pool.worker"
# What Rust, C++ and Python write where memory is refused.
_NO_MEMORY = (b"memory allocation of", b"bad_alloc", b"MemoryError", b"Cannot allocate memory")

Reply = tuple[dict[str, Any], bytes]


class Process(asyncio.Protocol):
    """A worker process that answers one message after the other."""

    def __init__(self, charge: Charge) -> None:
        self.charge = charge
        self.reason = ""  # why it was killed, "" where we did not
        self.used = 0.0  # seconds of a processor until its last reply
        self.long = False  # its query is a long one
        self.suffered = False  # ... beside as many long ones as there may be
        self._heard: Callable[[Reply | None], None] = lambda _: None
        self._came = bytearray()
        self._process: asyncio.subprocess.Process
        self._transport: asyncio.Transport

    @classmethod
    async def start(cls, charge: Charge) -> Process:
        """Start one and wait until it has opened the store. Raises KgError."""
        loop, worker = asyncio.get_running_loop(), cls(charge)
        ours, theirs = socket.socketpair()
        with theirs:
            await loop.create_unix_connection(lambda: worker, sock=ours)
            try:
                await worker._open(theirs.fileno())
            except BaseException:
                worker._transport.close()
                raise
        return worker

    async def _open(self, end: int) -> None:
        """Start the process at the other `end`, and wait until it has opened the store."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _MODULE,
            stdin=end, stdout=end, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        first: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        self.ask(frame(members(self.charge)), lambda reply: None if first.done() else first.set_result(reply))
        try:
            async with asyncio.timeout(_START):
                reply = await first
            if reply is None or "ready" not in reply[0]:
                detail = reply[0].get("detail") if reply else (await self.death())[1]
                where = self.charge.quads or self.charge.endpoint
                raise KgError(f"a worker cannot open the store ({detail})", where=where)
        except BaseException:
            self.kill("")
            await self.ended()
            raise

    # ------------------------------------------------------------------ messages
    def ask(self, message: bytes, heard: Callable[[Reply | None], None]) -> None:
        """Send a message; `heard` is called with the reply, or with None where the process has ended."""
        self._heard = heard
        if self._transport.is_closing():  # it died while it had nothing to do
            asyncio.get_running_loop().call_soon(heard, None)
        else:
            self._transport.write(message)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to the process."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take a piece of a reply."""
        self._came += data
        if len(self._came) < LENGTHS.size:
            return
        header, body = LENGTHS.unpack_from(self._came)
        start = LENGTHS.size + header
        if len(self._came) < start + body:
            return
        came, self._came = self._came, bytearray()
        reply = json.loads(came[LENGTHS.size : start])
        self.used = reply.get("used", 0.0)
        self._heard((reply, bytes(memoryview(came)[start:])))

    def connection_lost(self, _: Exception | None) -> None:
        """Tell who waits that there will be no reply."""
        self._heard(None)

    # ------------------------------------------------------------------ life and death
    def processor_seconds(self) -> float:
        """Return what the query that runs now has used of a processor; 0 where the process has ended."""
        with contextlib.suppress(OSError):
            stat = Path(f"/proc/{self._process.pid}/stat").read_text("ascii", "replace")
            return sum(map(int, stat.rpartition(")")[2].split()[11:13])) / _TICKS - self.used
        return 0.0

    def kill(self, reason: str) -> None:
        """End it at once."""
        self.reason = self.reason or reason
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def retire(self) -> None:
        """Let it end by itself: nothing more will be asked."""
        self._heard = lambda _: None
        self._transport.close()

    async def ended(self) -> int:
        """Wait for its end and return its exit code, negative for a signal."""
        return await self._process.wait()

    async def death(self) -> tuple[str, str]:
        """Return what ended it, "memory", "stack" or "", and its exit code or signal. It is ending."""
        assert self._process.stderr is not None
        code = await self.ended()
        said = (await self._process.stderr.read())[-_LAST_WORDS:]
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        if any(words in said for words in _NO_MEMORY):
            return "memory", how
        _LOG.error("a worker ended: %s %s", how, said.decode("utf-8", "replace").strip())
        return "stack" if code == -signal.SIGSEGV else "", how
