"""The site of the five seeds as files: every page, link and fragment of it, in both languages."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from os.path import normpath
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from kg.pages.publish import publish
from kg.store import Store

_LINK = re.compile(r'<[a-z]+\b[^>]*?\s(?:href|src|data-search|action)="([^"]*)"')
_ID = re.compile(r'<[a-z0-9]+\b[^>]*?\sid="([^"]+)"')


@pytest.fixture(scope="session")
def files(seeds_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static") / "site"
    with Store.open(seeds_store, read_only=True) as store:
        publish(store, folder)
    return folder


def test_every_link_of_the_whole_site_leads_to_a_file_and_every_fragment_is_there(files: Path) -> None:
    pages = {path: path.read_text("utf-8") for path in files.rglob("*.html")}
    there = {str(path) for path in files.rglob("*") if path.is_file()}
    ids = {str(path): set(_ID.findall(html)) for path, html in pages.items()}
    assert len(pages) > 500
    broken: Counter[str] = Counter()
    fragments = 0
    for path, html in pages.items():
        for link in map(unescape, _LINK.findall(html)):
            target = urlsplit(link)
            if target.scheme or target.netloc:
                assert target.scheme in ("http", "https"), (path, link)
                continue
            to = normpath(path.parent / unquote(target.path)) if target.path else str(path)
            assert to.startswith(f"{files}/"), (path, link)
            fragments += bool(target.fragment)
            if to not in there or (target.fragment and unquote(target.fragment) not in ids.get(to, ())):
                broken[f"{path.relative_to(files)} → {link}"] += 1
    assert fragments > 500
    assert list(broken)[:10] == []


def test_no_file_of_the_site_asks_a_server_or_another_place(files: Path) -> None:
    for path in files.rglob("*.html"):
        html = path.read_text("utf-8")
        assert "/sparql" not in html, path
        assert not re.search(r'<(?:script|link|img)\b[^>]*(?:src|href)="(?:https?:)?//', html), path
