"""axe-core finds nothing on any kind of page, in both languages and both themes, WCAG 2.2 AA and below."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.pages import hook
from kg.pages.words import LANGUAGES
from serving import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATHS = [
    "/", "/documents", "/organs/PartyOrgan", "/find?q=chi%20thi", "/page/document/ct-32-tw-k12",
    "/page/document/tt-01-tu-dong-nai-2020", "/cascade/document/ct-32-tw-k12", "/page/organ/tinh-uy-lai-chau",
    "/page/person/giang-pao-my-tinh-lai-chau", "/page/article/002_eb01bf3f49ef87fa/event/1",
    "/page/article/003_26af725d9f669cf6", "/page/territory/tinh-lai-chau", "/provinces",
    "/provinces/63/document/ct-32-tw-k12", "/queries", "/queries/cascade/tree", "/validation",
    "/all/tasks-given/organ/tinh-uy-lai-chau",
    "/validation/UnresolvedOrgan", "/data", "/term/ontology/Directive", "/page/document/nothing",
]  # fmt: skip
# Only contrast depends on the theme: each page is loaded once a language, and looked at again in the dark.
_RUN = """async (rules) => (await axe.run(document, {runOnly: rules, resultTypes: ["violations"]})).violations
  .map((v) => v.id + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120) + n.failureSummary).join())"""
_OPEN = "document.querySelectorAll('details').forEach((d) => { d.open = true; })"


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script of axe-core, as the lock file of the pages names it."""
    given = os.environ.get("KG_AXE")
    if given:
        return Path(given).read_text("utf-8")
    folder = tmp_path_factory.mktemp("axe")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(hook.HERE / name, folder)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        subprocess.run(
            [*hook.npm_command(), "ci", *quiet], cwd=folder, check=True, capture_output=True, timeout=120
        )
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"axe-core cannot be had from npm ({type(error).__name__})")
    return (folder / "node_modules/axe-core/axe.min.js").read_text("utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_kind_of_page_has_a_violation(browser: Browser, pages_server: Server, axe: str, lang: str) -> None:
    context = browser.new_context(base_url=pages_server.url, bypass_csp=True)  # a test's script is inline
    context.add_init_script(axe)
    try:
        page = context.new_page()
        found = {}
        for path in PATHS:
            page.emulate_media(color_scheme="light")
            page.goto(path if lang == "vi" else f"/{lang}{path}".rstrip("/"))
            page.evaluate(_OPEN)
            violations = page.evaluate(_RUN, RULES)
            page.emulate_media(color_scheme="dark")
            violations += page.evaluate(_RUN, ["color-contrast"])
            if violations:
                found[path] = violations
        assert found == {}
    finally:
        context.close()
