"""Thousands of malformed requests: none is answered with 500, and the server outlives them all.

pytest tests/serve/test_malformed.py -m slow    # 20,000 of them
"""

from __future__ import annotations

import os
import random
import re
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from malformed import request
from serving import Server, Start

COUNT = int(os.environ.get("KG_MALFORMED", "600"))


@pytest.fixture
def server(start: Start, store: Path) -> Server:
    """A server over a real graph, whose slow clients are let go soon."""
    return start(store, timeout=3, head_timeout=0.5, body_timeout=0.5, lang="en", cache=0)


def send(server: Server, seed: int) -> tuple[int, bytes, bytes]:
    """Send the request of a seed; return status (0: closed without an answer), request and answer."""
    what = request(random.Random(seed))
    got = b""
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(what)
            while piece := connection.recv(65536):
                got += piece
    except ConnectionError:
        pass  # a server may close while the client still talks
    status = re.match(rb"HTTP/1\.1 (\d{3}) ", got)
    assert status or not got, (what, got[:200])
    return (int(status[1]) if status else 0), what, got


def statuses(server: Server, seeds: range) -> Iterator[tuple[int, bytes, bytes]]:
    with ThreadPoolExecutor(24) as pool:
        yield from pool.map(lambda seed: send(server, seed), seeds)


def test_malformed_requests(server: Server) -> None:
    seen: Counter[int] = Counter()
    for status, what, got in statuses(server, range(COUNT)):
        seen[status] += 1
        assert status not in (500, 501, 502), (what, got[:1000])
        assert b"Traceback" not in got, (what, got[:1000])
    assert server.process.poll() is None
    assert server.ask("ASK {}").json()["boolean"] is True
    assert "unexpected" not in server.errors.read_text()
    assert seen[200] > COUNT / 20  # not all were stopped at the door
    assert seen[400] > COUNT / 10
    assert seen[0] < COUNT / 10
