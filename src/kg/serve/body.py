"""Bodies out, and how many bytes of them may wait for slow readers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kg.serve.problem import Problem

_CHUNK = 256 * 1024


class Budget:
    """Bytes of answers that may lie in memory until their clients have read them."""

    def __init__(self, size: int) -> None:
        self._left = size

    @contextlib.contextmanager
    def hold(self, n: int) -> Iterator[None]:
        """Take `n` bytes for a while. Raises Problem where so many are not left."""
        if n > self._left:
            detail = "too many large answers wait for their readers"
            raise Problem("busy", detail, headers={"Retry-After": "5"})
        self._left -= n
        try:
            yield
        finally:
            self._left += n


class Body(Response):
    """A response whose body is sent piece by piece, as fast as the client reads."""

    def __init__(self, body: bytes, budget: Budget, *, headers: Mapping[str, str], media_type: str) -> None:
        super().__init__(body, headers=headers, media_type=media_type)
        self._budget = budget

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it. Raises Problem, before anything was sent, where too much waits already."""
        body = bytes(self.body)
        if len(body) <= _CHUNK:
            await super().__call__(scope, receive, send)
            return
        with self._budget.hold(len(body)):
            start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            await send(start)
            for place in range(0, len(body), _CHUNK):
                piece = body[place : place + _CHUNK]
                more = place + _CHUNK < len(body)
                await send({"type": "http.response.body", "body": piece, "more_body": more})
