"""A deadline for a whole exchange over HTTP: a socket's own timeout begins anew with every byte.

    with until(time.monotonic() + 60):
        opener.open(request, timeout=10).read()     # an opener with `HANDLERS`

No thread watches: pyoxigraph's answers must not be collected as garbage on another one.
"""

from __future__ import annotations

import contextlib
import http.client
import math
import socket
import ssl
import time
import urllib.request
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

_END = ContextVar("end", default=math.inf)


@contextlib.contextmanager
def until(end: float) -> Iterator[None]:
    """Let the exchanges inside raise TimeoutError once it is `end` by `time.monotonic`."""
    former = _END.set(end)
    try:
        yield
    finally:
        _END.reset(former)


class _Socket(socket.socket):
    """Waits for its timeout, but never longer than until its end."""

    end = math.inf
    patience = math.inf

    def hurry(self) -> None:
        """Take the end that is set now."""
        self.end, self.patience = _END.get(), self.gettimeout() or math.inf

    def _wait(self) -> None:
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        wait = min(left, self.patience)
        self.settimeout(wait if wait < math.inf else None)

    def recv_into(self, *given: Any, **named: Any) -> int:
        self._wait()
        return super().recv_into(*given, **named)

    def send(self, *given: Any, **named: Any) -> int:
        self._wait()
        return super().send(*given, **named)


class _TlsSocket(_Socket, ssl.SSLSocket):
    pass


class _Connection(http.client.HTTPConnection):
    def connect(self) -> None:
        super().connect()
        timeout = self.sock.gettimeout()
        self.sock = _Socket(fileno=self.sock.detach())
        self.sock.settimeout(timeout)
        self.sock.hurry()


class _TlsConnection(http.client.HTTPSConnection, _Connection):
    """The order of its bases has the plain connection made before TLS goes around it."""

    def connect(self) -> None:
        super().connect()
        assert isinstance(self.sock, _TlsSocket)
        self.sock.hurry()


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        context = ssl.create_default_context()
        context.sslsocket_class = _TlsSocket
        return self.do_open(_TlsConnection, req, context=context)


#: What opens http and https addresses with connections that heed `until`.
HANDLERS = (_Http, _Https)
