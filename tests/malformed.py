"""Requests that are wrong in every way we could think of: made at random, the same for the same seed."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from urllib.parse import quote, quote_from_bytes

QUERIES = (
    "SELECT * { ?s ?p ?o } LIMIT 3",
    'ASK { ?s <http://x/label> "Chỉ thị số 7"@vi }',
    "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } } LIMIT 2",
    "DESCRIBE <http://x/7>",
    "PREFIX x: <http://x/> SELECT (COUNT(*) AS ?n) FROM <http://g/1> { x:7 x:next+ ?o FILTER(?o != x:8) }",
    "SELECT ?a { { SELECT ?a { ?a ?b ?c } LIMIT 2 } OPTIONAL { SERVICE <http://h/> { ?a ?b ?d } } }",
    "INSERT DATA { <urn:a> <urn:b> '''c''' }",
)
PATHS = (
    "/sparql", "/sparql/", "/graphs", "/graphs/graph/x", "/health", "/ready", "/limits", "/metrics",
    "/problems",
    "/export.ttl", "/.well-known/void", "/", "/find", "/search", "/queries", "/queries/cascade/tree",
    "/editor",
    "/en/documents", "/id/document/x", "/vi/page/x", "/openapi.json", "/mcp", "/nothing",
)  # fmt: skip
NAMES = (
    "query", "update", "default-graph-uri", "named-graph-uri", "format", "output", "graph", "default", "q",
    "lang",
    "directive", "explain", "csv-safe", "page", "timeout",
)  # fmt: skip
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW", "get", "")
TYPES = (
    "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update",
    "text/plain",
    "application/json", "multipart/form-data; boundary=x", "application/sparql-query; charset=utf-16",
    "/", "",
)  # fmt: skip
ACCEPTS = (
    "*/*", "text/html", "text/turtle", "application/json", "image/png", "a/b;q=2", ";", "\xff",
    "text/csv;q=0",
    "",
)  # fmt: skip
CODINGS = ("gzip", "identity", "br", "gzip, gzip", "deflate", "*;q=0", "\x7f")
SCRAPS = (
    b"\x00", b"\xff\xfe", b"%", b"%zz", b"%00", b"\r\n", b"\n", b"'", b'"', b"{", b"}", b"<", b">",
    b"\\u0041", b"\\",
    "Đ\u0309\u200b\U0001f4a9".encode(), b"\xed\xa0\x80", b"../", b"9" * 400, b"(" * 300,
    b"&", b"=", b";" * 99,
)  # fmt: skip


def spoiled(chance: random.Random, text: bytes) -> bytes:
    """Return the text with a few bytes cut, doubled, moved or thrown in."""
    for _ in range(chance.randint(0, 3)):
        at, to = sorted(chance.randint(0, len(text)) for _ in range(2))
        change: Callable[[], bytes] = chance.choice([
            lambda: text[:at] + chance.choice(SCRAPS) + text[at:],  # noqa: B023
            lambda: text[:at] + text[to:],  # noqa: B023
            lambda: text[:at] + text[at:to] * 2 + text[to:],  # noqa: B023
            lambda: text[to:] + text[:at],  # noqa: B023
        ])  # fmt: skip
        text = change()
    return text


def parameters(chance: random.Random) -> bytes:
    """Return a query string or a form, more or less."""
    pairs = []
    for _ in range(chance.randint(0, 4)):
        value: bytes = spoiled(
            chance, chance.choice([*QUERIES, "http://g/1", "json", "vi", "25-CT/TW"]).encode()
        )
        escaped = quote_from_bytes(value).encode() if chance.random() < 0.7 else value.replace(b" ", b"+")
        pairs.append(quote(chance.choice(NAMES)).encode() + b"=" + escaped)
    return b"&".join(pairs)


def request(chance: random.Random) -> bytes:
    """Return the bytes of one request; what must be in one line mostly is."""
    target = (
        spoiled(chance, chance.choice(PATHS).encode())
        if chance.random() < 0.2
        else chance.choice(PATHS).encode()
    )
    if chance.random() < 0.7:
        target += b"?" + parameters(chance)
    if chance.random() < 0.9:
        target = target.translate(bytes.maketrans(b" \r\n\x00", b"++++"))
    method = chance.choice(METHODS) if chance.random() < 0.4 else chance.choice(("GET", "POST"))
    headers = {
        "Host": "localhost" if chance.random() < 0.95 else chance.choice(("", "evil.example", "a b", "[::"))
    }
    body = b""
    if method not in ("GET", "HEAD") or chance.random() < 0.05:
        body = (
            parameters(chance) if chance.random() < 0.6 else spoiled(chance, chance.choice(QUERIES).encode())
        )
        headers["Content-Type"] = chance.choice(TYPES)
        if chance.random() < 0.15:
            headers["Content-Encoding"] = chance.choice(CODINGS)
            body = (
                gzip.compress(body)[: chance.randint(1, 60)] if chance.random() < 0.5 else gzip.compress(body)
            )
        headers["Content-Length"] = (
            str(len(body)) if chance.random() < 0.95 else chance.choice(("-1", "x", "9" * 30))
        )
    for name, choices in (
        ("Accept", ACCEPTS),
        ("Accept-Encoding", CODINGS),
        ("Accept-Language", ("vi", "en;q=x", "*")),
    ):
        if chance.random() < 0.4:
            headers[name] = chance.choice(choices)
    if chance.random() < 0.05:
        headers[chance.choice(("Transfer-Encoding", "Expect", "Upgrade", "Range", "If-None-Match"))] = (
            chance.choice(("chunked", "100-continue", "websocket", "bytes=5-1", '"x"', "*"))
        )
    version = "1.1" if chance.random() < 0.97 else chance.choice(("1.0", "0.9", "2", "1.1.1", ""))
    lines = [method.encode() + b" " + target + f" HTTP/{version}".encode()]
    lines += [f"{name}: {value}".encode("latin-1") for name, value in headers.items()]
    lines.append(b"Connection: close")
    whole = b"\r\n".join(lines) + b"\r\n\r\n" + body
    return spoiled(chance, whole) if chance.random() < 0.1 else whole
