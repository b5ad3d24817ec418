"""What the server is allowed to do, and what it allows: one frozen object, read by all modules."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits and names of a server; `kg serve --help` shows how each is set.

    `public` is the address under which readers know the server, without a slash at the end; "" takes it from
    each request. `hosts` are the names it answers to beside loopback ones ("*": all).
    """

    timeout: float = 30.0  # seconds that a query may take
    max_rows: int = 100_000  # rows, or triples, of one answer
    memory: int = 1024 * MIB  # bytes that one query may take beside the open store
    # Queries at once that are quick, and as many that take longer.
    workers: int = field(default_factory=lambda: max(4, 2 * (os.cpu_count() or 1)))
    queue: int = 64  # queries that wait for a worker; more are told to come back
    max_body: int = 1 * MIB  # bytes of a request's body, after decompression
    head_timeout: float = 10.0  # seconds in which a request's head must have arrived
    body_timeout: float = 20.0  # seconds in which a request's body must have arrived
    slow_reader: float = 10.0  # seconds in which a reader must have taken 2 KiB a second, or be cut off
    connections: int = 2000  # open connections; more are told to come back
    max_answer: int = 64 * MIB  # bytes of one answer
    unsent: int = 256 * MIB  # bytes of large answers that may wait for their readers
    cache: int = 64 * MIB  # bytes of answers kept for the next reader; 0: none
    hosts: tuple[str, ...] = ()
    services: tuple[str, ...] = ()  # endpoints that SERVICE may name
    csv_safe: bool = False  # cells that a spreadsheet would run get an apostrophe
    public: str = ""
    lang: str = "vi"
    access_log: bool = True
