"""A whole deadline for an exchange over HTTP: a socket's own timeout begins anew with every byte.

    with Watch(seconds):
        opener.open(request).read()     # an opener with the handlers of `handlers()`

When the time is up the connection is shut under whoever reads from it.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import urllib.request
from contextvars import ContextVar
from typing import Any, Self

_NOW: ContextVar[Watch | None] = ContextVar("watch", default=None)


class LateError(TimeoutError):
    """An exchange took too long as a whole, though bytes kept coming."""


class Watch:
    """Ends what happens inside after `seconds`, with LateError."""

    def __init__(self, seconds: float) -> None:
        self._turn = threading.Lock()
        self._connection: socket.socket | None = None
        self._late = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def follow(self, connection: socket.socket) -> None:
        """Watch this connection from now on."""
        with self._turn:
            self._forget()
            self._connection = connection.dup()  # TLS takes the socket itself away
        if self._late:
            self._end()

    def _end(self) -> None:
        with self._turn:
            self._late = True
            if self._connection:
                with contextlib.suppress(OSError):
                    self._connection.shutdown(socket.SHUT_RDWR)

    def _forget(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def __enter__(self) -> Self:
        self._timer.start()
        self._former = _NOW.set(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Stop watching. Raises LateError where the time was up, whatever the exchange made of that."""
        self._timer.cancel()
        _NOW.reset(self._former)
        with self._turn:
            self._forget()
        if self._late and (kind is None or issubclass(kind, Exception)):
            raise LateError from None


class _Plain(http.client.HTTPConnection):
    def connect(self) -> None:
        super().connect()
        if watch := _NOW.get():
            watch.follow(self.sock)


class _Secure(http.client.HTTPSConnection, _Plain):
    """The order of its bases lets `_Plain` see the connection before TLS does."""


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Plain, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Secure, req)


def handlers() -> list[Any]:
    """What opens http and https addresses so that a `Watch` sees their connections."""
    return [_Http(), _Https()]
