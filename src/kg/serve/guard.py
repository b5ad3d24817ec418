"""What lies around every module: whose host name it is, CORS, limits of bodies, security headers."""

from __future__ import annotations

import asyncio
import ipaddress
import zlib
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.serve.negotiate import language
from kg.serve.problem import Problem, of_exception
from kg.serve.settings import Settings

#: Nothing from elsewhere, nothing inline: what an article or a query says stays text.
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"access-control-allow-origin", b"*"),  # reads only, and never with credentials
    (
        b"access-control-expose-headers",
        b"ETag, Link, Retry-After, X-SPARQL-MaxRows, X-Explanation, Content-Language",
    ),
]
_PAGE = [
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, Mcp-Session-Id",
    "Access-Control-Max-Age": "86400",
}
_READS = ("GET", "HEAD", "POST")


class Guard:
    """Middleware that refuses what no module should see, and answers what they raise."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        public = urlsplit(settings.public).hostname if settings.public else None
        self._names = {"localhost", *(name.lower() for name in settings.hosts), *([public] if public else [])}
        self._is_ours = lru_cache(maxsize=256)(self._checked)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; whatever is raised becomes a problem document."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        bodies: _Bodies | None = None
        begun = False

        async def secured(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                if bodies:
                    bodies.answered = True
                headers = message["headers"] = [*message.get("headers", ()), *_ALWAYS]
                if any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers):
                    headers += _PAGE
            await send(message)

        try:
            answered = self._preflight(scope)
            if not answered:
                bodies = self._limited(scope, receive)
                receive = bodies.receive
            await (answered or self._app)(scope, receive, secured)
        except Exception as error:
            problem = of_exception(error)
            if begun:  # too late for another answer: the connection is cut, which the client sees
                raise
            await _told(problem, scope)(scope, receive, secured)

    # ------------------------------------------------------------------ who is asked, and by whom
    def _preflight(self, scope: Scope) -> Response | None:
        """Return the answer to a CORS preflight. Raises Problem: a host that is not ours, a foreign write."""
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            raise Problem("bad-request", "give exactly one Host")
        if not self._is_ours(hosts[0]):
            raise Problem("misdirected", "kg serve --allow-host NAME makes it answer to that name")
        if scope["method"] != "OPTIONS":
            return None
        wanted = Headers(scope=scope).get("access-control-request-method")
        if not wanted:
            return None
        if wanted.upper() not in _READS:
            raise Problem("forbidden", f"other sites may only read, not {wanted[:20]}")
        return Response(status_code=204, headers=_PREFLIGHT)

    def _checked(self, host: bytes) -> bool:
        """Whether a Host header names us: a page may have a name of its own point here. Raises Problem."""
        try:
            name = (urlsplit(f"//{host.decode('latin-1')}").hostname or "").removesuffix(".")
        except ValueError:
            raise Problem("bad-request", "the Host is not valid") from None
        known = "*" in self._names or name in self._names
        return known or name.endswith(".localhost") or _is_address(name)

    # ------------------------------------------------------------------ bodies
    def _limited(self, scope: Scope, receive: Receive) -> _Bodies:
        """Return what gives at most `max_body` bytes, decompressed, in time. Raises Problem."""
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length[:19]) > self._settings.max_body:
            raise Problem("too-large", "", limit=self._settings.max_body)
        coding = headers.get(b"content-encoding", b"identity").decode("latin-1").strip().lower()
        if coding not in ("identity", "gzip", "x-gzip"):
            raise Problem("media-type", f"Content-Encoding: {coding[:40]}: send gzip, or as it is")
        return _Bodies(receive, self._settings, zipped=coding != "identity")


def _told(problem: Problem, scope: Scope) -> Response:
    """Return the problem as a response; to OPTIONS, which methods there are."""
    if scope["method"] == "OPTIONS" and problem.status == 405:
        return Response(status_code=204, headers=problem.headers)
    return problem.response(language(Request(scope)))


class _Bodies:
    """Counts, decompresses and times one request's body."""

    def __init__(self, receive: Receive, settings: Settings, *, zipped: bool) -> None:
        self._receive = receive
        self._left = settings.max_body
        self._limit = settings.max_body
        self._patience = settings.body_timeout
        self._deadline: float | None = None
        self._complete = False
        self.answered = False  # the answer has begun: nobody can be told of a wrong body any more
        self._zip = zlib.decompressobj(wbits=31) if zipped else None

    async def receive(self) -> Message:
        """Return the next message. Raises Problem: too large, too slow, not gzip."""
        if self._complete:
            return await self._receive()
        try:
            return await self._next()
        except Problem:
            if self.answered:
                return {"type": "http.disconnect"}
            raise

    async def _next(self) -> Message:
        loop = asyncio.get_running_loop()
        self._deadline = self._deadline or loop.time() + self._patience
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            headers = {"Connection": "close"}
            raise Problem("timeout", f"no body in {self._patience:g} seconds", headers=headers) from None
        if message["type"] != "http.request":
            return message
        self._complete = not message.get("more_body")
        body = self._opened(message.get("body", b""))
        self._left -= len(body)
        if self._left < 0:
            raise self._too_large()
        return {**message, "body": body}

    def _opened(self, body: bytes) -> bytes:
        if self._zip is None:
            return body
        try:
            opened = self._zip.decompress(body, self._left + 1)
        except zlib.error:
            raise Problem("bad-request", "the body is not gzip") from None
        if self._zip.unconsumed_tail:
            raise self._too_large()
        if self._complete and body and not self._zip.eof:
            raise Problem("bad-request", "the gzip body ends too early")
        return opened

    def _too_large(self) -> Problem:
        return Problem("too-large", "", limit=self._limit, headers={"Connection": "close"})


def _is_address(name: str) -> bool:
    """Whether a host is written as a number: no name server can make that point here."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
