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
from kg.namespaces import CKG, DEFAULT_BASE, RDF, RDFS, SCHEMA
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


HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`",
    "turned": "\u202eTW/TC-23 số\u2066 thị Chỉ\u200f",
    "long": "Chỉ thị " + "dài" * 3400,
    "right to left": "שלום 32-CT/TW مرحبا",
    "template": "{{ 7 * 7 }}{% include 'base.html' %}${7*7}",
}


def hostile_quads(base: str) -> str:
    """A graph whose every name is hostile, as N-Quads."""
    lines = []
    for number, label in enumerate(HOSTILE.values()):
        iri = f"<{base}id/document/{number}>"
        text = label.replace("\\", "\\\\").replace('"', '\\"')
        lines += [
            f'{iri} <{RDFS.label}> "{text}"@vi <{base}id/article/a> .',
            f"{iri} <{RDF.type}> <{CKG.Directive}> <{base}id/article/a> .",
            f'{iri} <{CKG.subjectMatter}> "{text}"@vi <{base}id/article/a> .',
            f"{iri} <{CKG.implements}> <{base}id/document/0> <{base}id/article/a> .",
            f"{iri} <{CKG.basedOn}> <javascript:alert({number})> <{base}id/article/a> .",
            f"{iri} <{CKG.cites}> <{base}id/../../evil> <{base}id/article/a> .",
            f"<{base}id/article/a> <{CKG.mentions}> {iri} <{base}id/article/a> .",
            f"{iri} <{CKG.issuedBy}> <{base}id/organ/{number}> <{base}id/article/a> .",
            f'<{base}id/organ/{number}> <{RDFS.label}> "{text}" <{base}id/article/a> .',
            f"<{base}id/organ/{number}> <{RDF.type}> <{CKG.Organ}> <{base}id/article/a> .",
            f"<{base}id/event/{number}> <{CKG.disseminates}> {iri} <{base}id/article/a> .",
            f'<{base}id/event/{number}> <{RDFS.label}> "{text}"@vi <{base}id/article/a> .',
            f"<{base}id/event/{number}> <{RDF.type}> <{CKG.Event}> <{base}id/article/a> .",
            f'<{base}id/article/a> <{SCHEMA.articleBody}> "{text}" <{base}id/article/a> .',
        ]
    lines += [
        f"<{base}id/article/a> <{RDF.type}> <{CKG.Article}> <{base}id/article/a> .",
        f'<{base}id/article/a> <{SCHEMA.headline}> "<script>alert(2)</script>" <{base}id/article/a> .',
        f'<{base}id/article/a> <{SCHEMA.url}> "javascript:alert(9)" <{base}id/article/a> .',
    ]
    lines += [f"<{CKG.Directive}> <{RDFS.subClassOf}> <{CKG.Document}> <{base}graph/ontology> ."]
    for kind in ("Document", "Organ", "Event", "Article"):
        lines.append(f"<{CKG[kind]}> <{RDFS.subClassOf}> <{CKG[kind]}> <{base}graph/ontology> .")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def hostile() -> Site:
    base = "https://evil.example/"
    return Site(Store.in_memory(hostile_quads(base), base=base))


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


@pytest.fixture(scope="session")
def hostile_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile")
    with Store.open(folder / "store", create=True) as store:
        store.replace([], hostile_quads(DEFAULT_BASE))
    command = [sys.executable, "-c", CODE, str(folder / "store"), json.dumps({"access_log": False})]
    with running(command, folder / "errors") as server:
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
