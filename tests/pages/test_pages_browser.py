"""Journeys of readers in a real headless Chromium, against a real server: with a mouse, by keyboard only, on
a phone, in the dark, without scripts. Nothing is ever asked of another origin."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from kg.pages import assets
from serving import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

Visit = Callable[..., "Page"]
DIRECTIVE = "/page/document/ct-32-tw-k12"
ARTICLE = "/page/article/003_26af725d9f669cf6"
PATIENCE = 15_000  # milliseconds; machines are busy


@pytest.fixture
def visit(browser: Browser, pages_server: Server) -> Iterator[Visit]:
    """Open a page of the server; at the end, no request may have left it and no script may have failed."""
    yield from _visits(browser, pages_server)


@pytest.fixture
def visit_hostile(browser: Browser, hostile_server: Server) -> Iterator[Visit]:
    """Open a page of a graph whose names are hostile; no dialog of a script of theirs may appear either."""
    yield from _visits(browser, hostile_server)


def _visits(browser: Browser, pages_server: Server) -> Iterator[Visit]:
    contexts = []
    strangers: list[str] = []
    faults: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        faults.append(dialog.message)
        dialog.dismiss()

    def opened(path: str, **given: Any) -> Page:
        context = browser.new_context(base_url=pages_server.url, **given)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        new = context.new_page()
        new.on("request", lambda r: strangers.append(r.url) if _foreign(r.url, pages_server.url) else None)
        new.on("pageerror", lambda error: faults.append(str(error)))
        new.on("dialog", dismissed)
        new.on(
            "console", lambda m: faults.append(m.text) if m.type == "error" and not _known(m.text) else None
        )
        new.goto(path)
        return new

    yield opened
    for context in contexts:
        context.close()
    assert strangers == []
    assert faults == []


def _known(message: str) -> bool:
    """YASGUI's table writes column widths into the markup; the policy blocks them, and nothing is lost."""
    return message.startswith("Applying inline style violates")


def _foreign(url: str, own: str) -> bool:
    return (
        urlsplit(url).scheme in ("http", "https", "ws", "wss")
        and urlsplit(url).netloc != urlsplit(own).netloc
    )


def test_from_typing_without_accents_to_the_sentence(visit: Visit) -> None:
    page = visit("/")
    page.get_by_role("combobox").press_sequentially("chi thi 32-ct", delay=5)
    page.get_by_role("option", name="Chỉ thị số 32-CT/TW ngày 18/2/2019").click()
    page.wait_for_url(f"**{DIRECTIVE}")
    page.locator("svg.cascade a", has_text="221-KH/TU").click()
    page.wait_for_url("**/page/document/kh-221-tu-lai-chau-2015")
    row = page.locator(".fact", has=page.locator("dt", has_text=re.compile("^Thực hiện")))
    row.locator("summary").first.click()
    quote = row.locator("blockquote", has_text="Tỉnh uỷ Lai Châu đã ban hành")
    assert quote.is_visible()
    assert quote.locator("mark").inner_text() == "kế hoạch để triển khai thực hiện Chỉ thị số 32-CT/TW"
    row.locator('.from a[href$="#passage-691-964"]').click()
    page.wait_for_url(f"**{ARTICLE}#passage-691-964")
    assert page.locator("#passage-691-964").is_visible()


def test_the_cascade_as_drawing_table_and_timeline(visit: Visit) -> None:
    page = visit(DIRECTIVE)
    assert page.locator("svg.cascade").is_visible()
    assert not page.locator("table.steps").is_visible()
    page.get_by_text("Bảng", exact=True).click()
    assert page.locator("table.steps tbody tr").count() == 3
    page.get_by_text("Dòng thời gian", exact=True).click()
    assert page.locator("ol.timeline").is_visible()
    assert not page.locator("svg.cascade").is_visible()


def test_a_saved_query_with_another_value_and_its_csv(visit: Visit) -> None:
    page = visit("/queries")
    page.get_by_role("link", name="Văn bản nào thực hiện văn bản này, theo từng tầng?").click()
    assert page.locator("table.answer tbody tr").count() == 2
    page.get_by_label("Văn bản gốc").select_option(label="Chỉ thị số 25-CT/TW ngày 8/8/2018")
    page.get_by_role("button", name="Chạy").click()
    page.wait_for_url("**directive=**ct-25-tw-k12")
    assert "Kế hoạch số 109" in page.locator("table.answer").inner_text()
    page.locator("table.answer summary").first.click()
    assert page.locator("table.answer blockquote").first.is_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    lines = Path(str(download.value.path())).read_text("utf-8").splitlines()
    assert lines[0].startswith("depth,parent,document")
    assert "ke-hoach-109" in lines[1]


def test_a_highlight_tells_its_fact_and_leads_on(visit: Visit) -> None:
    page = visit(ARTICLE)
    tipped = page.locator(".tipped", has=page.locator("a.m.organ")).first
    tip = tipped.locator(".tip")
    tipped.hover()
    assert tip.is_visible()
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    page.locator("a.m.organ", has_text="Tỉnh uỷ Lai Châu").first.click()
    page.wait_for_url("**/page/organ/tinh-uy-lai-chau")


def test_the_language_is_one_click_away_and_stays(visit: Visit) -> None:
    page = visit(DIRECTIVE)
    page.get_by_role("link", name="English").click()
    page.wait_for_url(f"**/en{DIRECTIVE}")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", name="The cascade").is_visible()
    page.get_by_role("link", name="Provinces", exact=True).click()
    page.wait_for_url("**/en/provinces")
    page.get_by_role("link", name="Tiếng Việt").click()
    page.wait_for_url(re.compile(r"[^n]/provinces$"))


@pytest.mark.skipif(not assets.built("yasgui.min.js"), reason="no editor: src/kg/pages/hook.py builds it")
def test_the_editor_runs_a_query_and_its_results_lead_to_our_pages(visit: Visit) -> None:
    page = visit("/editor")
    page.locator(".yasqe_queryButton").click()
    named = page.locator(".yasr_results table a", has_text="Chỉ thị số 32-CT/TW").first
    named.wait_for()
    assert str(named.get_attribute("title")).endswith("/id/document/ct-32-tw-k12")
    assert urlsplit(str(named.get_attribute("href"))).path == "/page/document/ct-32-tw-k12"
    assert not page.locator("form.sparql").is_visible()
    page.get_by_role("link", name="Vì sao biết điều này?").click()
    assert page.locator(".yasgui .tab", has_text="Vì sao biết điều này?").count() == 1
    page.locator(".tabPanel.active .yasqe_queryButton").click()
    page.locator(".tabPanel.active .yasr_results table td").first.wait_for()


@pytest.mark.skipif(not assets.built("yasgui.min.js"), reason="no editor: src/kg/pages/hook.py builds it")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("SELECT * { ?x ckg:impl", "ckg:implements"),
        ("SELECT * { ?x a ckg:Direc", "ckg:Directive"),
        ("PREFIX ck", "ckg: <https://w3id.org/cascade-kg/ontology#>"),
    ],
)
def test_the_editor_completes_our_own_terms(visit: Visit, typed: str, offered: str) -> None:
    page = visit("/editor")
    page.locator(".CodeMirror").first.click()
    prologue = "" if typed.startswith("PREFIX") else "PREFIX ckg: <https://w3id.org/cascade-kg/ontology#> "
    page.evaluate("text => yasgui.getTab().getYasqe().setValue(text)", prologue)
    page.keyboard.press("Control+End")
    page.keyboard.type(typed)
    page.keyboard.press("Control+Space")
    found = page.locator(".CodeMirror-hints li, .yasqe .CodeMirror-line", has_text=offered)
    found.first.wait_for()


def test_from_the_report_to_the_entity(visit: Visit) -> None:
    page = visit("/validation")
    page.get_by_label("Lọc").fill("chua xac dinh")
    page.get_by_role("link", name="Cơ quan chưa xác định").click()
    page.wait_for_url("**/validation/*")
    page.locator(".results > li a.ref").first.click()
    page.wait_for_url("**/page/**")
    assert page.get_by_role("heading", name="Kiểm tra nói gì").is_visible()


@pytest.mark.parametrize(
    "path", ["/", DIRECTIVE, ARTICLE, "/provinces/63/document/ct-32-tw-k12", "/queries/cascade/tree"]
)
def test_a_phone_scrolls_only_downwards(visit: Visit, path: str) -> None:
    page = visit(path, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#q").is_visible()


def test_the_dark_theme_is_the_system_s_until_one_chooses(visit: Visit) -> None:
    page = visit("/", color_scheme="dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Nền sáng").click()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    page.goto(DIRECTIVE)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def test_by_keyboard_only(visit: Visit) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("32-ct/tw")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{DIRECTIVE}")
    page.get_by_role("radio", name="Hình vẽ").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("table.steps").is_visible()
    page.locator("table.steps summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("table.steps blockquote").first.is_visible()


def test_without_scripts_everything_can_be_read(visit: Visit) -> None:
    page = visit("/", java_script_enabled=False)
    page.locator("#q").fill("chi thi 32-ct/tw")
    page.get_by_role("button", name="Tìm").click()
    page.locator("#results a").first.click()
    page.wait_for_url(f"**{DIRECTIVE}")
    assert page.locator("svg.cascade").is_visible()
    page.get_by_text("Bảng", exact=True).click()
    page.locator("table.steps summary").first.click()
    assert page.locator("table.steps blockquote").first.is_visible()
    page.goto("/editor")
    page.get_by_role("button", name="Chạy").click()
    page.wait_for_url("**/sparql?query=**")
    assert "ct-32-tw-k12" in page.content()


def test_print_shows_all_views(visit: Visit) -> None:
    page = visit(DIRECTIVE)
    page.emulate_media(media="print")
    for part in ("svg.cascade", "table.steps", "ol.timeline"):
        assert page.locator(part).is_visible()
    assert not page.locator("header.bar").is_visible()


_HARMLESS = """() => ({
  wide: document.documentElement.scrollWidth > innerWidth,
  inline: document.querySelectorAll("script:not([src]), img, iframe, style, [onerror], [onclick]").length,
  evil: [...document.querySelectorAll("[href], [src], [action]")]
    .map((e) => e.getAttribute("href") || e.getAttribute("src") || e.getAttribute("action"))
    .filter((to) => /^\\s*(javascript|data|vbscript):/i.test(to)),
  turning: /[\\u202a-\\u202e\\u2066-\\u2069\\u200e\\u200f]/.test(document.body.innerText),
  open: [...document.querySelectorAll("a.ref, .lit")]
    .filter((e) => getComputedStyle(e).unicodeBidi !== "isolate").length,
})"""


@pytest.mark.parametrize("lang", ["", "/en"])
def test_hostile_names_are_shown_as_text_and_break_nothing(visit_hostile: Visit, lang: str) -> None:
    page = visit_hostile(lang or "/", viewport={"width": 360, "height": 740})
    for path in ("", *(f"/page/document/{n}" for n in range(5)), "/page/organ/2", "/page/event/0",
                 "/page/article/a", "/cascade/document/0", "/documents", "/find?q=script"):  # fmt: skip
        page.goto(lang + path or "/")
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        found = page.evaluate(_HARMLESS)
        assert found == {"wide": False, "inline": 0, "evil": [], "turning": False, "open": 0}, path
    page.goto(f"{lang}/page/document/0")
    assert "<script>alert(1)</script><img src=x" in page.locator("h1").inner_text()
    page.locator("#q").press_sequentially("thi", delay=5)
    page.get_by_role("option").first.wait_for()
    assert page.evaluate(_HARMLESS)["inline"] == 0
    assert not page.evaluate(_HARMLESS)["wide"]


PICTURES = {
    "directive-light": DIRECTIVE,
    "article-dark": ARTICLE,
    "provinces-light": "/provinces/63/document/ct-32-tw-k12",
    "query-light": "/queries/cascade/implementers",
}


def test_pictures_of_the_pages_for_the_readme(visit: Visit) -> None:
    """Written to the folder $KG_SCREENSHOTS, where it is given: those of the README are in `pictures/`."""
    folder = os.environ.get("KG_SCREENSHOTS")
    if not folder:
        pytest.skip("no $KG_SCREENSHOTS")
    for name, path in PICTURES.items():
        page = visit(path, color_scheme=name.rpartition("-")[2], viewport={"width": 1180, "height": 760})
        page.wait_for_load_state("networkidle")
        devtools = page.context.new_cdp_session(page)  # Playwright itself knows no WebP
        shot = devtools.send("Page.captureScreenshot", {"format": "webp", "quality": 80})
        file = Path(folder) / f"{name}.webp"
        file.write_bytes(base64.b64decode(shot["data"]))
        assert file.stat().st_size < 150_000
