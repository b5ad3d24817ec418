"""HTTP to one server: authentication, patience, and every fault as one line.

Only http and https are spoken, redirects are not followed (credentials would travel along), and an answer is
read up to a bound of bytes and of time: a stranger's server must neither fill this machine nor hold it up.
"""

from __future__ import annotations

import base64
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from kg.errors import StoreError
from kg.remote.deadline import HANDLERS, until

SCHEMES = ("none", "basic", "digest", "bearer")
MAX_ANSWER = 1 << 30  # bytes
_BUSY = (429, 502, 503, 504)  # the server may be able to later
_TRIES = 5
_WHOLE = 10  # times the patience with a silence: how long a request may take in all, with every try
_SHOWN = 300  # characters of a server's own words in a message


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks: `scheme` is one of SCHEMES; `secret` is the password, or the token of "bearer"."""

    scheme: str = "none"
    user: str = ""
    secret: str = field(default="", repr=False)

    def header(self) -> str:
        """Return the value of the Authorization header that can be sent at once; "" for none and digest."""
        if self.scheme == "basic":
            return "Basic " + base64.b64encode(f"{self.user}:{self.secret}".encode()).decode()
        return f"Bearer {self.secret}" if self.scheme == "bearer" else ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer. `media_type` is bare, in small letters; `headers` know no case."""

    status: int
    headers: Message
    body: bytes

    @property
    def media_type(self) -> str:
        """The bare Content-Type; "" where none is told."""
        return self.headers.get_content_type() if "Content-Type" in self.headers else ""


def checked(url: str) -> str:
    """Return an http(s) address. Raises StoreError for anything else, and for a password within it."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not url.isascii() or any(c <= " " for c in url):
        raise StoreError(f"{url!r} is not an http or https address", hint="e.g. http://localhost:7878/query")
    if parts.username is not None:
        raise StoreError("the address holds a user name", hint="give it by --auth basic:NAME")
    return url


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: urllib.request.Request, fp: Any, *found: Any) -> None:
        fp.close()
        raise StoreError(
            f"redirected to {found[-1]}", where=req.full_url, hint="give that address, if you trust it"
        )


class _RefusedError(Exception):
    """A status from 400, with the server's own words and how long it wants to be left alone."""

    def __init__(self, error: urllib.error.HTTPError) -> None:
        self.code = error.code
        self.retry_after = error.headers.get("Retry-After")
        self.words = _words(error)


class Web:
    """Sends requests on behalf of one `Login`.

    A silence of `timeout` seconds ends a request, and so does `whole` seconds after its begin (ten times as
    long, if none are given), however busily the server writes.
    """

    def __init__(self, login: Login | None = None, timeout: float = 60, whole: float | None = None) -> None:
        self.login = login or Login()
        self.timeout = timeout
        self.whole = _WHOLE * timeout if whole is None else whole
        self._passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        self._digest = urllib.request.HTTPDigestAuthHandler(self._passwords)

    @cached_property
    def _opener(self) -> urllib.request.OpenerDirector:
        """An opener without the file:, ftp: and data: schemes that urllib would also follow."""
        opener = urllib.request.OpenerDirector()
        for handler in (
            *(urllib.request.ProxyHandler, *HANDLERS, urllib.request.HTTPErrorProcessor),
            *(urllib.request.HTTPDefaultErrorHandler, _NoRedirect),
        ):
            opener.add_handler(handler())
        return opener

    def send(
        self, request: urllib.request.Request, *, tries: int = _TRIES, largest: int = MAX_ANSWER
    ) -> Reply:
        """Send a request and read its answer, again after a while where the server is busy.

        Raises StoreError for a status from 300, no answer in time, and one beyond `largest` bytes.
        """
        url = checked(request.full_url).partition("?")[0]
        end = time.monotonic() + self.whole
        for waited in range(tries):
            try:
                with until(end):
                    return self._once(request, url, largest)
            except _RefusedError as error:
                pause = _pause(error.retry_after, waited)
                if error.code in _BUSY and waited + 1 < tries and time.monotonic() + pause < end:
                    time.sleep(pause)
                    continue
                raise StoreError(
                    f"status {error.code}: {error.words}", where=url, hint=_HINTS.get(error.code, "")
                ) from None
            except (OSError, HTTPException, ValueError) as error:
                late = f"no whole answer within {self.whole:g} seconds" if time.monotonic() >= end else ""
                raise StoreError(
                    late or _reason(error, self.timeout), where=url, hint="is the server running?"
                ) from None
        raise AssertionError("unreachable")

    def _once(self, request: urllib.request.Request, url: str, largest: int) -> Reply:
        opener = self._opener
        if self.login.scheme == "digest":
            self._passwords.add_password(None, url, self.login.user, self.login.secret)
            self._answer_challenge(request)
        elif header := self.login.header():
            request.add_unredirected_header("Authorization", header)
        try:
            with opener.open(request, timeout=min(self.timeout, self.whole)) as response:
                body = response.read(largest + 1)
                if len(body) > largest:
                    raise StoreError(
                        f"the answer is larger than {largest} bytes", where=url, hint="ask for less"
                    )
                return Reply(response.status, response.headers, body)
        except urllib.error.HTTPError as error:
            raise _RefusedError(error) from None

    def _answer_challenge(self, request: urllib.request.Request) -> None:
        """Ask what to sign before the request is sent: servers close the connection on a large body."""
        head = urllib.request.Request(request.full_url, method="HEAD")
        try:
            self._opener.open(head, timeout=self.timeout).close()
        except urllib.error.HTTPError as error:
            error.close()
            kind, _, asked = (error.headers.get("WWW-Authenticate") or "").partition(" ")
            if error.code != 401 or kind.lower() != "digest":
                return
            challenge = urllib.request.parse_keqv_list(urllib.request.parse_http_list(asked))
            answer = self._digest.get_authorization(request, challenge)
            if answer:
                request.add_unredirected_header("Authorization", f"Digest {answer}")


_HINTS = {
    401: "give --auth and its secret",
    403: "this user may not do that",
    404: "is the address right?",
    405: "is this the right one of query, update and graph-store address?",
}


def _words(error: urllib.error.HTTPError) -> str:
    """What the server says of its refusal, in one line."""
    with error:
        text = error.read(4 * _SHOWN).decode("utf-8", "replace")
    text = " ".join(text.split()) if "html" not in (error.headers.get("Content-Type") or "") else ""
    text = "".join(c if c.isprintable() else "?" for c in text)
    return (text[:_SHOWN] + "…" if len(text) > _SHOWN else text) or str(error.reason)


def _pause(retry_after: str | None, waited: int) -> float:
    """Seconds until the next try: what the server asks for, but no more than 30, else 0.5, 1, 2 …"""
    if retry_after and retry_after.isascii() and retry_after.isdigit():
        return min(30.0, float(retry_after[:4]))
    return float(0.5 * 2**waited)


def _reason(error: BaseException, timeout: float) -> str:
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, TimeoutError):
        return f"no answer within {timeout:g} seconds"
    return f"cannot be reached ({getattr(reason, 'strerror', None) or reason})"
