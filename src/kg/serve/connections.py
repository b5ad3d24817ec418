"""Connections with deadlines: who sends a header a byte at a time, or reads an answer so, is let go.

uvicorn gives a time limit to idle connections between requests only. Here a request's head must be complete
in time and of a sane size, and an answer must be read at `MIN_RATE` or faster; the client of an answer that
is cut off sees a broken connection, never an answer that looks complete.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.serve.problem import MEDIA_TYPE, Problem
from kg.serve.settings import Settings

HEAD_BYTES = 64 * 1024
_HELD = 64 * 1024
MIN_RATE = 2048  # bytes a second that a reader takes, averaged over `Settings.slow_reader`


class _Corked:
    """A transport that sends in one piece what is written at one go: an answer's head and its body."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._held: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Hold a piece until whoever writes lets go of the loop, or there are `_HELD` bytes."""
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(data)
        self._size += len(data)
        if self._size > _HELD:
            self.flush()

    def flush(self) -> None:
        """Send what is held."""
        if self._held and not self._transport.is_closing():
            self._transport.write(b"".join(self._held))
        self._held, self._size = [], 0

    def close(self) -> None:
        """Send what is held, and close."""
        self.flush()
        self._transport.close()


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol with the deadlines of `settings`."""

    settings = Settings()
    _head: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None
    _in_head = True
    _bytes = 0
    _unsent = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or say that there are too many."""
        super().connection_made(cast("asyncio.Transport", _Corked(transport)))
        if len(self.connections) > self.settings.connections:
            self._refuse(Problem("busy", "too many connections", headers={"Retry-After": "5"}))
            return
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        for timer in (self._head, self._reading):
            if timer is not None:
                timer.cancel()
        self._head = self._reading = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; count those of a head."""
        if self.transport.is_closing():
            return
        if self._in_head:
            self._bytes += len(data)
            if self._head is None:
                self._watch_head()
        super().data_received(data)
        if self._in_head and self._bytes > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("")

    def on_headers_complete(self) -> None:
        """Hand the request on: its head came in time."""
        self._in_head, self._bytes = False, 0
        if self._head is not None:
            self._head.cancel()
            self._head = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect the head of the next request."""
        self._in_head = True
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Begin to watch how fast the client reads."""
        super().pause_writing()
        self._unsent = self.transport.get_write_buffer_size()
        if self._reading is None:
            self._reading = self.loop.call_later(self.settings.slow_reader, self._check_reader)

    def resume_writing(self) -> None:
        """Stop watching: the client has read."""
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, or what the parser has no room for."""
        self._refuse(self._too_long() or Problem("bad-request", msg))

    def _too_long(self) -> Problem | None:
        if len(getattr(self, "url", b"") or b"") > HEAD_BYTES // 2:
            return Problem("uri-too-long", limit=HEAD_BYTES)
        return Problem("headers-too-large", limit=HEAD_BYTES) if self._bytes > HEAD_BYTES else None

    def _watch_head(self) -> None:
        self._head = self.loop.call_later(self.settings.head_timeout, self._too_slow)

    def _too_slow(self) -> None:
        if not self.transport.is_closing():
            self._refuse(Problem("timeout", "the request's head did not come in time"))

    def _check_reader(self) -> None:
        left = self.transport.get_write_buffer_size()
        if self._unsent - left < MIN_RATE * self.settings.slow_reader:
            self.transport.abort()
            return
        self._unsent = left
        self._reading = self.loop.call_later(self.settings.slow_reader, self._check_reader)

    def _refuse(self, problem: Problem) -> None:
        """Send a problem document straight to the connection and close it."""
        body = problem.body("en")
        lines = {
            "content-type": MEDIA_TYPE,
            "content-length": str(len(body)),
            "connection": "close",
            "x-content-type-options": "nosniff",
            **problem.headers,
        }
        head = f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.transport.write(head.encode("ascii") + b"\r\n" + body)
        self.transport.close()


def protocol(settings: Settings) -> type[Protocol]:
    """Return the protocol with these settings."""
    return type("Protocol", (Protocol,), {"settings": settings})
