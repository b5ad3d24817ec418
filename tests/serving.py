"""Real servers on loopback, each a process of its own, and a client that sends exactly what a test says."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

# What `kg serve` does, with any setting: some are too dull to be options, and too slow for a test.
CODE = """
import json, sys
from pathlib import Path
from kg.serve.dataset import Dataset
from kg.serve.run import listen, serve, url
from kg.serve.settings import Settings
data, settings = sys.argv[1], json.loads(sys.argv[2])
dataset = Dataset.of_store(data) if Path(data).is_dir() else Dataset.of_files([Path(data)])
settings = Settings(**{k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()})
with listen("127.0.0.1", 0) as listener:
    serve(dataset, settings, listener, lambda: print(url(listener), flush=True))
"""
JSON = "application/sparql-results+json"


@dataclass
class Reply:
    """A response as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        """The kind of problem that a problem document tells, "" where the answer is none."""
        if self.headers.get("content-type") != "application/problem+json":
            return ""
        document = self.json()
        assert document["status"] == self.status
        assert document["title"]
        return str(document["type"]).removeprefix("/problems#")

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of a SELECT in JSON."""
        assert self.status == 200, self.text
        return [{k: v["value"] for k, v in row.items()} for row in self.json()["results"]["bindings"]]


@dataclass
class Server:
    """A running server."""

    process: subprocess.Popen[str]
    port: int
    errors: Path
    lines: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(
        self,
        method: str,
        target: str,
        body: bytes | str | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 30,
    ) -> Reply:
        """Send one request over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            connection.request(method, target, body, headers or {})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            content = response.read()
        if found.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return Reply(response.status, found, content)

    def get(self, target: str, accept: str | None = None, **headers: str) -> Reply:
        """GET an address."""
        extra = {"Accept": accept} if accept is not None else {}
        return self.send(
            "GET", target, None, {**extra, **{k.replace("_", "-"): v for k, v in headers.items()}}
        )

    def ask(self, query: str, accept: str = JSON, **more: str | list[str]) -> Reply:
        """GET /sparql with a query and other parameters."""
        return self.get("/sparql?" + urlencode({"query": query, **more}, doseq=True, quote_via=quote), accept)

    def workers(self) -> list[int]:
        """The process ids of its workers."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text("ascii").split()]

    def resident(self) -> int:
        """Bytes of memory that server and workers hold."""
        pids = [self.process.pid, *self.workers()]
        pages = 0
        for pid in pids:
            with contextlib.suppress(OSError):
                pages += int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    @contextlib.contextmanager
    def growth(self) -> Iterator[list[int]]:
        """Bytes by which the server, not its workers, grew at most: in the list when the block has ended."""
        folder, grown = Path(f"/proc/{self.process.pid}"), list[int]()
        folder.joinpath("clear_refs").write_text("5", "ascii")  # proc(5): a new peak, from what is held now
        before = self._peak()
        yield grown
        grown.append(self._peak() - before)

    def _peak(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) << 10


Start = Callable[..., Server]


@contextlib.contextmanager
def running(command: list[str], errors: Path) -> Iterator[Server]:
    """Run a server that prints its address, until the block ends."""
    with errors.open("w") as file:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=file, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert "http://" in line, errors.read_text()
        server = Server(process, int(line.strip().rstrip("/").rpartition(":")[2]), errors)
        reader = threading.Thread(target=lambda: server.lines.extend(process.stdout or ()), daemon=True)
        reader.start()
        yield server
    finally:
        process.terminate()
        process.wait(30)
        reader.join(5)
        process.stdout.close()
