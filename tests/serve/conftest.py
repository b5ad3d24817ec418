"""Servers that the tests share."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import CODE, Server, Start, running


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start a server over a store or a file, with any settings; it ends with the tests."""
    with contextlib.ExitStack() as stack:

        def started(data: Path, **settings: object) -> Server:
            given = json.dumps({"access_log": False, **settings})
            command = [sys.executable, "-c", CODE, str(data), given]
            return stack.enter_context(running(command, tmp_path_factory.mktemp("serve") / "errors"))

        yield started


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the seeds."""
    import kg

    path = tmp_path_factory.mktemp("seeds") / "store"
    kg.build([Path(__file__).parents[2] / "seeds"], path)
    return path


THINGS = 3000


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three thousand labelled things in three graphs, one of them hostile to look at."""
    path = tmp_path_factory.mktemp("data") / "data.nq"
    lines = [
        f'<http://x/{n}> <http://x/label> "Chỉ thị số {n}"@vi <http://g/{n % 2}> .\n'
        f"<http://x/{n}> <http://x/next> <http://x/{(n * 7 + 1) % THINGS}> <http://g/{n % 2}> .\n"
        for n in range(THINGS)
    ]
    lines.append('<http://x/evil> <http://x/label> "<script>alert(1)</script>" <http://g/evil> .\n')
    lines.append("<http://x/evil> <http://x/label> \"=cmd|' /C calc'!A0\" <http://g/evil> .\n")
    lines.append("<http://x/evil> <http://x/see> <javascript:alert(1)> <http://g/evil> .\n")
    path.write_text("".join(lines), "utf-8")
    return path


@pytest.fixture(scope="session")
def server(start: Start, data: Path) -> Server:
    """A server over `data` that cuts answers at a thousand rows."""
    return start(data, max_rows=1000, workers=4, lang="en")


@pytest.fixture(scope="session")
def narrow(start: Start, data: Path) -> Server:
    """A server over `data` whose queries have little time and memory."""
    return start(data, timeout=1.5, memory=192 << 20, max_rows=1000, workers=4, lang="en")
