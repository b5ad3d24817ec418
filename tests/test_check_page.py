"""The HTML report, used in a real browser from the disk: with a mouse, by a link, on a phone."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import kg
from kg.check import Report, compared, render
from test_check_formats import hostile

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

SEEDS = Path(__file__).parent.parent / "seeds"
STEM = "003_26af725d9f669cf6"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Report:
    store = tmp_path_factory.mktemp("seeds") / "store"
    kg.build([SEEDS], store)
    with kg.open(store) as graph:
        return graph.validate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = os.environ.get("KG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no Chromium on this machine (Debian's package chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open a page from the disk; at the end, it has asked for nothing else and its console is empty."""
    said: list[str] = []
    file = tmp_path / "report.html"

    def dialog(found: Dialog) -> None:
        said.append(found.message)
        found.dismiss()

    def go(text: str, state: str = "", *, width: int = 1100, quiet: bool = True) -> Page:
        file.write_text(text, "utf-8")
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("request", lambda r: said.append(r.url) if not r.url.startswith(file.as_uri()) else None)
        page.on("dialog", dialog)
        page.on("pageerror", lambda e: said.append(str(e)))
        if quiet:
            page.on("console", lambda m: said.append(m.text))
        page.goto(f"{file.as_uri()}#{state}")
        return page

    yield go
    for context in browser.contexts:
        context.close()
    assert said == []


def shown(page: Page) -> int:
    """How many results one sees."""
    return sum(item.is_visible() for item in page.locator("li[data-severity]").all())


def test_filters_show_what_they_name_and_come_together(opened: Open, seeds: Report) -> None:
    page = opened(render(seeds, "html"))
    counts = seeds.counts()
    assert shown(page) == seeds.total
    page.uncheck("input[value=info]")
    assert shown(page) == counts["warning"] + counts["violation"]
    assert page.inner_text("#shown") == f"{counts['warning']} / {seeds.total}"
    assert not page.get_by_text("Cơ quan chưa xác định", exact=True).locator("visible=true").count()
    page.check("input[value=info]")
    page.select_option("select[name=shape]", "UnresolvedOrgan")
    found = [r for r in seeds.results if r.shape.endswith("#UnresolvedOrgan")]
    assert shown(page) == len(found)
    page.select_option("select[name=article]", STEM)
    assert shown(page) == sum(STEM in r.stems for r in found) > 0
    page.uncheck("input[value=info]")
    assert shown(page) == 0
    assert page.locator("#nothing").is_visible()
    page.select_option("select[name=shape]", "")
    assert shown(page) == sum(STEM in r.stems and r.severity.endswith("Warning") for r in seeds.results) > 0


def test_words_are_found_without_accents(opened: Open, seeds: Report) -> None:
    page = opened(render(seeds, "html"))
    page.fill("input[name=q]", "nghi quyet so 35")
    assert shown(page) == 1
    page.fill("input[name=q]", "")
    assert shown(page) == seeds.total


def test_both_languages_are_a_click_apart(opened: Open, seeds: Report) -> None:
    page = opened(render(seeds, "html"))
    assert page.inner_text("h1") == "Báo cáo kiểm tra"
    page.click("[data-set-lang=en]")
    assert page.inner_text("h1") == "Validation report"
    assert page.title() == "Validation report · kg validate"
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator(".verdict").inner_text().startswith("Does not conform: 0 violations, 3 warnings")
    assert "Two issuers of one document" in page.locator("select[name=shape]").inner_text()
    assert page.locator("summary", has_text="Một văn bản có hai").locator("visible=true").count() == 2
    page.click("[data-set-lang=vi]")
    assert "Một văn bản có hai cơ quan ban hành" in page.locator("main").inner_text()


def test_the_sentence_is_seen_with_its_words_marked(opened: Open, seeds: Report) -> None:
    page = opened(render(seeds, "html"))
    for result in seeds.results:
        item = page.locator(f"#r-{result.id}")
        marks = [mark.inner_text() for mark in item.locator("mark").all()]
        assert marks == [" ".join(e.words.split()) for e in result.evidence]
        assert item.locator("blockquote").count() == len(result.evidence)


def test_a_view_can_be_sent_as_a_link(opened: Open, seeds: Report) -> None:
    page = opened(render(seeds, "html"), "lang=en&severity=warning")
    assert shown(page) == seeds.counts()["warning"]
    assert page.inner_text("h1") == "Validation report"
    page.select_option("select[name=shape]", "TwoIssuers")
    again = opened(render(seeds, "html"), page.url.partition("#")[2])
    assert shown(again) == 1
    assert again.locator("select[name=shape]").input_value() == "TwoIssuers"


def test_new_and_gone_are_seen(opened: Open, seeds: Report) -> None:
    first, *rest = seeds.results
    page = opened(render(compared(seeds, replace(seeds, results=tuple(rest))), "html"))
    assert page.locator("li .new").count() == 1
    assert page.locator(f"#r-{first.id} .new").is_visible()
    page = opened(render(compared(replace(seeds, results=tuple(rest)), seeds), "html"))
    assert page.locator("details.gone li").count() == 1


def test_a_phone_needs_no_scrolling_sideways_and_titles_have_room(opened: Open, seeds: Report) -> None:
    page = opened(render(seeds, "html"), width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    title = page.locator("summary").first.locator("span:visible").first
    box = title.bounding_box()
    assert box is not None
    assert box["width"] > 200


def test_a_stranger_s_text_is_text(opened: Open) -> None:
    page = opened(render(hostile(), "html"))
    assert "<script>alert(1)</script>" in page.inner_text("main")
    links = [link.get_attribute("href") or "" for link in page.locator("a").all()]
    assert not [href for href in links if not href.startswith("http")]
    assert page.locator("main script").count() == 0


def test_the_page_runs_no_script_of_others(opened: Open) -> None:
    text = render(hostile(), "html")
    # what would run if escaping failed one day: the page's policy stops it, and the console says so
    broken = text.replace("</main>", "<script>document.title = 'gone'</script></main>")
    page = opened(broken, quiet=False)
    assert page.title() != "gone"


def test_the_page_needs_nothing_from_elsewhere(seeds: Report) -> None:
    text = render(seeds, "html")
    assert not re.search(r"<(?:link|img|iframe)\b|\bsrc=|@import|url\(", text)
    assert "default-src 'none'" in text
