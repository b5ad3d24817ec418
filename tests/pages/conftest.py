"""The pages of the five seeds, as a site in this process, behind a real server, and in a real browser."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import kg
from kg.pages import Site
from kg.store import Store
from serving import CODE, Server, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SEEDS = Path(__file__).parents[2] / "seeds"
# The browser talks to nobody but us; without these it asks its maker for updates at every start.
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


@pytest.fixture(scope="session")
def seeds_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "store"
    kg.build([SEEDS], path)
    return path


@pytest.fixture(scope="session")
def site(seeds_store: Path) -> Iterator[Site]:
    with Store.open(seeds_store, read_only=True) as store:
        yield Site(store)


@pytest.fixture(scope="session")
def pages_server(seeds_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    command = [sys.executable, "-c", CODE, str(seeds_store), json.dumps({"access_log": False})]
    with running(command, tmp_path_factory.mktemp("pages-server") / "errors") as server:
        yield server


@pytest.fixture(scope="module")  # Playwright keeps an event loop in this thread while it runs
def browser() -> Iterator[Browser]:
    program = os.environ.get("KG_CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium (Debian's package chromium)")
    from playwright.sync_api import sync_playwright

    with contextlib.ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        stack.callback(started.close)
        yield started
