"""Every kind of page in this process: valid HTML, every link resolves, nothing from elsewhere, no harm from
hostile names."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import html5lib
import pytest

from kg.namespaces import CKG
from kg.pages import Site, assets, page
from kg.pages.drawing import draw
from kg.pages.highlight import Claimed, mentions, paragraphs
from kg.pages.links import is_web
from kg.pages.lists import suggestions
from kg.pages.pages import visit_of
from kg.pages.words import LANGUAGES, day, words
from kg.show.cascade import Gathering, Node

ARTICLE = "article/003_26af725d9f669cf6"
KINDS = {
    "home": "/",
    "list": "/documents",
    "facet": "/organs/PartyOrgan",
    "search": "/find?q=chi thi 32",
    "document": "/page/document/ct-32-tw-k12",
    "drawing": "/cascade/document/ct-32-tw-k12",
    "organ": "/page/organ/tinh-uy-lai-chau",
    "person": "/page/person/giang-pao-my-tinh-lai-chau",
    "event": "/page/article/002_eb01bf3f49ef87fa/event/1",
    "article": f"/page/{ARTICLE}",
    "task": f"/page/{ARTICLE}/task/1",
    "territory": "/page/territory/tinh-lai-chau",
    "provinces": "/provinces",
    "glance": "/provinces/63/document/ct-32-tw-k12",
    "glance after 2025": "/provinces/34/document/ct-32-tw-k12",
    "glance at one province": "/provinces/63/document/ct-32-tw-k12?in=12",
    "list of a thing": "/all/tasks-given/organ/tinh-uy-lai-chau",
    "values of a property": "/all/subjectMatter/document/ct-32-tw-k12",
    "gallery": "/queries",
    "query": "/queries/cascade/tree",
    "validation": "/validation",
    "shape": "/validation/UnresolvedOrgan",
    "editor": "/editor",
    "data": "/data",
    "term": "/term/ontology/Directive",
    "missing": "/page/document/nothing",
}


class Parts(HTMLParser):
    """The addresses, ids, scripts and styles of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [v for k, v in attrs if k in ("href", "src", "action", "data-search") and v is not None]
        self.ids += [v for k, v in attrs if k == "id" and v]
        self.inline += [f"{tag} {k}" for k, _ in attrs if k == "style" or k.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)


def get(site: Site, address: str, lang: str = "vi") -> str:
    parts = urlsplit(address)
    path = unquote(parts.path)
    made = page(site, path if lang == "vi" else f"/{lang}{path}".rstrip("/"), dict(parse_qsl(parts.query)))
    assert made.status == (404 if "nothing" in address else 200), address
    return made.html


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("address", KINDS.values(), ids=KINDS)
def test_every_page_is_valid_html_without_anything_inline(site: Site, address: str, lang: str) -> None:
    html = get(site, address, lang)
    html5lib.HTMLParser(strict=True).parse(html)
    parts = Parts(html)
    assert parts.inline == []
    assert len(parts.ids) == len(set(parts.ids)), "an id twice"
    assert f'<html lang="{lang}">' in html
    assert html.count("<h1") == 1
    assert len(html.encode()) < 150_000


def test_every_link_resolves_in_both_languages(site: Site) -> None:
    """From the kinds of pages one step on: each address gives a page, each fragment is there."""
    seen: dict[str, str] = {}
    for lang in LANGUAGES:
        for address in KINDS.values():
            prefix = "" if lang == "vi" else "/en"
            seen[prefix + address] = get(site, address, lang)
    broken = []
    for address, html in list(seen.items()):
        for link in Parts(html).links:
            target = urlsplit(link)
            if target.scheme or target.netloc:
                assert target.scheme in ("http", "https"), link
            elif not _answers(site, seen, address, link):
                broken.append((address, link))
    assert broken == []


def _answers(site: Site, seen: dict[str, str], at: str, link: str) -> bool:
    target = urlsplit(link)
    path = unquote(target.path)
    if path.startswith("/static/"):
        return assets.file_of(path.removeprefix("/static/")) is not None
    if "format=" in target.query or re.match(r"(/en)?/(sparql|suggest|data/|export\.)", path):
        return True  # the server's own; its tests ask for them
    key = f"{target.path}?{target.query}" if target.query else target.path
    if not path:
        key = at
    if key not in seen:
        made = page(site, path, dict(parse_qsl(target.query)))
        seen[key] = made.html if made.status == 200 else ""
    return bool(seen[key]) and (not target.fragment or unquote(target.fragment) in Parts(seen[key]).ids)


def test_both_languages_have_every_word() -> None:
    vietnamese, english = words("vi"), words("en")
    assert vietnamese.keys() == english.keys()
    for key, said in vietnamese.items():
        assert said, key
        assert re.findall(r"\{(\w+)\}", said) == re.findall(r"\{(\w+)\}", english[key]) or sorted(
            re.findall(r"\{(\w+)\}", said)
        ) == sorted(re.findall(r"\{(\w+)\}", english[key])), key
    templates = Path(assets.__file__).parent / "templates"
    used = {k for f in templates.iterdir() for k in re.findall(r"\bt\('([\w-]+)'[,)]", f.read_text("utf-8"))}
    assert used <= vietnamese.keys()


@pytest.mark.parametrize(
    ("written", "vi", "en"),
    [
        ("2019-02-18", "18/2/2019", "18 Feb 2019"),
        ("--06-14", "14/6", "14 Jun"),
        ("2019-02-18T10:00:00+07:00", "18/2/2019", "18 Feb 2019"),
        ("32-CT/TW", "32-CT/TW", "32-CT/TW"),
        ("2019-13-18", "2019-13-18", "2019-13-18"),
        ("", "", ""),
    ],
)
def test_days_are_written_as_people_write_them(written: str, vi: str, en: str) -> None:
    assert (day(written, "vi"), day(written, "en")) == (vi, en)


# ------------------------------------------------------------------ what the pages must say
def test_a_document_shows_its_cascade_and_what_is_not_known(site: Site) -> None:
    html = get(site, KINDS["document"])
    assert "Kế hoạch số 221-KH/TU" in html
    assert "+207 ngày" in html
    assert "Chưa thấy ngày" in html
    assert "62 tỉnh, thành: chưa thấy" in html
    assert "<mark>kế hoạch để triển khai thực hiện Chỉ thị số 32-CT/TW</mark>" in html


def test_contradictions_stand_beside_the_facts(site: Site) -> None:
    html = get(site, "/page/document/tt-01-tu-dong-nai-2020")
    assert 'class="fact conflict"' in html
    assert "các nguồn nói khác nhau" in html
    early = get(site, "/page/document/nq-35-tw-k12")
    assert "−1595" in early
    assert "trước văn bản gốc" in early


def test_an_article_marks_what_it_names_and_each_sentence_has_its_place(site: Site) -> None:
    html = get(site, KINDS["article"])
    assert re.search(r'class="m document" href="/page/document/ct-32-tw-k12"', html)
    assert re.search(r'class="m organ" href="/page/organ/bo-chinh-tri"', html)
    assert 'id="passage-691-964"' in html
    text = re.sub(r"<span class=\"tip\".*?</span></span></span>", "</span>", html, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", "", text[text.index("<article") : text.index("</article>")])
    assert "Tỉnh uỷ Lai Châu đã ban hành kế hoạch để triển khai thực hiện Chỉ thị số 32-CT/TW" in text


def test_search_is_blind_to_accents_and_knows_abbreviations(site: Site) -> None:
    for typed in ("chi thi 32-ct/tw", "Chỉ thị 32", "32-ct"):
        assert _first(site, typed).endswith("/ct-32-tw-k12"), typed
    assert _first(site, "btv tinh uy lai").endswith("/ban-thuong-vu-tinh-uy-lai-chau")
    assert _first(site, "") == _first(site, "!?") == _first(site, "x" * 900) == ""


def _first(site: Site, typed: str) -> str:
    """The address of the first suggestion, which is the first result of the search page."""
    found = suggestions(visit_of(site, "/"), typed)
    first = found[0]["href"] if found else ""
    results = re.findall(r'<div><a class="ref [a-z]*" href="([^"]+)"', get(site, f"/find?q={quote(typed)}"))
    assert results[:1] == ([first] if first else [])
    return first


def test_a_wrong_parameter_is_told_and_never_pasted(site: Site) -> None:
    evil = "/queries/cascade/tree?directive=<javascript:alert(1)>"
    made = page(site, "/queries/cascade/tree", {"directive": "> } DROP ALL # <script>"})
    assert made.status == 400
    assert "<script>" not in made.html
    assert page(site, "/queries/cascade/tree", dict(parse_qsl(urlsplit(evil).query))).status in (200, 400)


# ------------------------------------------------------------------ hostile names
HOSTILE_PAGES = [
    *("/page/article/a", "/page/organ/0", "/page/organ/2", "/page/event/0", "/cascade/document/0"),
    *("/provinces", "/articles", "/all/told-by/document/0"),
]


@pytest.mark.parametrize(
    "address", ["/", "/documents", "/find?q=thi", *(f"/page/document/{n}" for n in range(5)), *HOSTILE_PAGES]
)
def test_hostile_names_are_shown_harmlessly(hostile: Site, address: str) -> None:
    html = get(hostile, address)
    html5lib.HTMLParser(strict=True).parse(html)
    assert "<script>alert" not in html
    assert "<img" not in html
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", html)
    assert "<p>49" not in html  # nobody evaluates what a name says
    for link in Parts(html).links:
        assert not link.lower().startswith(("javascript:", "data:")), link
        assert "/../" not in link or is_web(link), link
    assert len(html.encode()) < 150_000


def test_addresses_never_leave_their_folder() -> None:
    assert assets.file_of("site.css") is not None
    for name in ("../site.py", "vendor/../../site.py", "/etc/passwd", "", ".", "vendor", "site.css\x00"):
        assert assets.file_of(name) is None, name


# ------------------------------------------------------------------ drawing and highlighting
def _wide(children: int) -> Node:
    root = Node("urn:root", dates=["2019-02-18"], levels=["x#Central"])
    for number in range(children):
        child = Node(f"urn:{number}", dates=["2020-01-01"] if number % 2 else [], levels=["x#Provincial"])
        child.events = [Gathering(f"urn:e{number}", dates=["--06-14"])]
        child.days = [317] if number % 2 else []
        root.children.append(child)
    return root


@pytest.mark.parametrize("children", [0, 1, 7, 249, 400])
def test_rows_of_a_drawing_never_overlap(children: int) -> None:
    drawing = draw(_wide(children), str)
    assert len(drawing.boxes) + drawing.left_out == 1 + 2 * children
    assert len(drawing.boxes) <= 500
    tops = [box.y for box in drawing.boxes]
    assert all(b - a >= drawing.box_height for a, b in pairwise(tops))
    for box in drawing.boxes:
        assert box.x >= 0
        assert box.x + drawing.box_width < drawing.axis
        assert box.day_x == -1 or drawing.axis <= box.day_x <= drawing.width
        assert box.y + drawing.box_height <= drawing.height


def test_mentions_lie_apart_and_the_text_stays_as_it_is() -> None:
    text = "Bộ Chính trị ban hành Chỉ thị 32.\n\nBộ Chính trị và Ban Bí thư họp."
    claims = [
        Claimed("urn:d", CKG.issuedBy, "urn:bct", 0, 33, 0, 12),
        Claimed("urn:d", CKG.documentNumber, "32", 0, 33, 22, 32),
        Claimed("urn:d", CKG.implements, "urn:x", 0, 33, 0, 32),
        Claimed("urn:d", CKG.issuedOn, "2019", 0, 33, 900, 910),
    ]
    marked = mentions(text, claims, [("urn:bct", "Bộ Chính trị"), ("urn:bbt", "ban bí thư")], lambda iri: "k")
    assert [(m.start, m.end, m.iri) for m in marked] == [
        (0, 12, "urn:bct"), (22, 32, "urn:d"), (35, 47, "urn:bct"), (51, 61, "urn:bbt")
    ]  # fmt: skip
    made = paragraphs(text, marked, [(0, "passage-0-33"), (35, "passage-35-65")])
    assert ["".join(piece.text for piece in p.pieces) for p in made] == text.split("\n\n")
    assert [a for p in made for piece in p.pieces for a in piece.anchors] == ["passage-0-33", "passage-35-65"]
