"""What the client wants: media types (RFC 9110, 12.5), language, and whether it has the answer already."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

LANGUAGES = ("vi", "en")
_RANGE = re.compile(r"\s*([\w!#$%&'*+.^`|~-]+)/([\w!#$%&'*+.^`|~-]+)\s*", re.ASCII)
_QUALITY = re.compile(r"\s*[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", re.ASCII)


@lru_cache(maxsize=1024)
def choose(accept: str, offers: Sequence[str]) -> str | None:
    """Return the offer that an Accept header prefers; None where it accepts none of them.

    `offers` is a tuple of media types, ours first: equal wishes are settled by its order. No header, and one
    that cannot be read at all, mean "anything". Parameters other than q are not compared.
    """
    ranges = list(_ranges(accept))
    if not ranges:
        return offers[0]
    best, found = 0.0, None
    for offer in offers:
        quality = max((r for r in ranges if _matches(r[0], offer)), key=_specific, default=("", 0.0))[1]
        if quality > best:
            best, found = quality, offer
    return found


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept[:2048].split(","):
        kind, *parameters = part.split(";")
        match = _RANGE.fullmatch(kind)
        if not match or (match[1] == "*" and match[2] != "*"):
            continue
        qualities = [q for p in parameters if (q := _QUALITY.fullmatch(p))]
        found.append((f"{match[1]}/{match[2]}".lower(), float(qualities[0][1]) if qualities else 1.0))
    return found


def _matches(wanted: str, offer: str) -> bool:
    return wanted in ("*/*", offer) or (wanted.endswith("/*") and offer.startswith(wanted[:-1]))


def _specific(item: tuple[str, float]) -> tuple[bool, bool]:
    return not item[0].startswith("*/"), not item[0].endswith("/*")


def language(connection: HTTPConnection, default: str = "") -> str:
    """Return "vi" or "en": ``?lang=``, else the better of Accept-Language, else the server's own."""
    asked = connection.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    best, found = 0.0, ""
    for part in connection.headers.get("accept-language", "")[:512].split(","):
        tag, *parameters = part.split(";")
        qualities = [q for p in parameters if (q := _QUALITY.fullmatch(p))]
        quality = float(qualities[0][1]) if qualities else 1.0
        primary = tag.strip().lower().partition("-")[0]
        if primary in LANGUAGES and quality > best:
            best, found = quality, primary
    if found or default:
        return found or default
    service = getattr(connection.app.state, "service", None) if "app" in connection.scope else None
    return service.settings.lang if service else "vi"


def accepts_gzip(request: Request) -> bool:
    """Whether the client takes a body compressed with gzip."""
    return _has_gzip(request.headers.get("accept-encoding", "")[:512].lower())


@lru_cache(maxsize=256)
def _has_gzip(codings: str) -> bool:
    for part in codings.split(","):
        coding, *parameters = part.split(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return not any((q := _QUALITY.fullmatch(p)) and float(q[1]) == 0 for p in parameters)
    return False


def etag(*parts: str) -> str:
    """Return a strong entity tag for an answer that depends on nothing but `parts`."""
    return f'"{hashlib.sha256(chr(0).join(parts).encode("utf-8", "replace")).hexdigest()[:24]}"'


def not_modified(request: Request, tag: str) -> Response | None:
    """Return a 304 where the client has the answer with the entity tag `tag`, else None."""
    known = request.headers.get("if-none-match", "")
    if not tag or not known:
        return None
    tags = {part.strip().removeprefix("W/") for part in known.split(",")}
    if tag in tags or "*" in tags:
        return Response(status_code=304, headers=revalidated(tag))
    return None


def revalidated(tag: str) -> dict[str, str]:
    """Return the headers of an answer that a cache may keep, and asks after each time."""
    return {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding, Accept-Language"}


def address(request: Request) -> str:
    """Return the server's own address without a slash at the end, as readers know it."""
    public: str = request.app.state.service.settings.public
    return public or f"{request.scope['scheme']}://{request.headers.get('host', 'localhost')}"
