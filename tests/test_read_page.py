"""Web pages: main text, title and a date that the page states; nothing of menus, scripts and comments."""

from __future__ import annotations

import builtins
from pathlib import Path

import pytest

from kg.builder import build
from kg.errors import SourceError
from kg.lexicon import Lexicon
from kg.model import Article
from kg.read import articles, read, zones
from kg.vietnamese import fold

pytest.importorskip("trafilatura")

FIRST = (
    "Ngày 13/9, Ban Thường vụ Tỉnh ủy Vĩnh Phúc tổ chức hội nghị học tập, quán triệt Chỉ thị số 32-CT/TW của "
    "Bộ Chính trị về tăng cường và nâng cao hiệu quả quan hệ đối ngoại Đảng trong tình hình mới."
)
SECOND = (
    "Các đồng chí: Trần Văn Vinh, Phó Bí thư Thường trực Tỉnh ủy, Chủ tịch HĐND tỉnh; Nguyễn Văn Trì, "
    "Phó Bí thư Tỉnh ủy, Chủ tịch UBND tỉnh dự hội nghị cùng hơn 2.000 đại biểu ở 9 điểm cầu."
)
PAGE = """<!DOCTYPE html><html lang="vi"><head><meta charset="{charset}">
<title>Tỉnh ủy quán triệt Chỉ thị 32 - Báo</title>
{head}<script>var x = "Chỉ thị số 99-CT/TW";</script><style>p {{ color: red }}</style></head>
<body><nav><a href="/">Trang chủ</a> <a href="/2">Thời sự</a></nav>
<article><h1>Tỉnh ủy quán triệt Chỉ thị 32</h1>{stamp}
<p>{first}</p><!-- Chỉ thị số 98-CT/TW --><p>{second}</p></article>
<footer><p>Giấy phép số 47/GP-TTĐT</p></footer></body></html>"""


def page(head: str = "", stamp: str = "", charset: str = "utf-8", first: str = FIRST) -> str:
    """A page of the story."""
    return PAGE.format(head=head, stamp=stamp, charset=charset, first=first, second=SECOND)


def article(tmp_path: Path, html: str | bytes) -> Article:
    """The article of a page."""
    path = tmp_path / "a.html"
    path.write_bytes(html if isinstance(html, bytes) else html.encode())
    return read(path)


def test_text_title_and_nothing_else(tmp_path: Path) -> None:
    text = article(tmp_path, page()).text
    assert text == f"Tỉnh ủy quán triệt Chỉ thị 32\n\n{FIRST}\n\n{SECOND}\n"


def test_entities_and_markup_in_the_text_are_words(tmp_path: Path) -> None:
    first = FIRST.replace("13/9,", "13/9 &lt;script&gt; &amp; &#7881; &quot;&gt; &lt;urn:x&gt; .")
    found = article(tmp_path, page(first=first))
    assert '13/9 <script> & ỉ "> <urn:x> .' in found.text
    assert found.reader == "html"


LD = '<script type="application/ld+json">{"datePublished": "2019-09-13T08:00:00Z"}</script>'
STATED = '<meta property="article:published_time" content="2019-09-13T10:11:00+07:00">'
DATES = [
    ("", "", ""),
    (STATED, "", "Ngày đăng: 13/09/2019 10:11"),
    ('<meta itemprop="datePublished" content="2019-09-13">', "", "Ngày đăng: 13/09/2019"),
    ('<meta name="PubDate" content="2019-09-13">', "", "Ngày đăng: 13/09/2019"),
    (LD, "", "Ngày đăng: 13/09/2019 15:00"),
    ("", '<time datetime="2019-09-13T00:00" pubdate>hôm nay</time>', "Ngày đăng: 13/09/2019 00:00"),
    ("", '<div class="post-date">Thứ Sáu, 13/09/2019 | 10:11</div>', "Thứ Sáu, 13/09/2019 | 10:11"),
    ('<meta name="pubdate" content="9/13/2019 10:11:00 AM">', "", ""),  # whose order of day and month?
    ('<meta name="date-of-plan" content="2030-01-01">', "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("head", "stamp", "line"), DATES)
def test_the_date_is_the_one_that_the_page_states(tmp_path: Path, head: str, stamp: str, line: str) -> None:
    text = article(tmp_path, page(head=head, stamp=stamp)).text
    stamps = [text[b.start : b.end] for b in zones(text, fold(text), Lexicon.load()) if b.zone == "stamp"]
    assert stamps == ([line] if line else [])


def test_encodings_of_pages(tmp_path: Path) -> None:
    plain = article(tmp_path, page()).text
    assert article(tmp_path, b"\xef\xbb\xbf" + page().encode()).text == plain
    assert article(tmp_path, page(charset="utf-16").encode("utf-16")).text == plain
    mangled = article(tmp_path, page().encode().decode("latin-1").encode())
    assert (mangled.text, mangled.reader) == (plain, "html+utf-8-as-cp1252")
    declared = page(charset="iso-8859-1").encode("ascii", "xmlcharrefreplace")
    assert article(tmp_path, declared).text == plain


def test_pages_without_an_article(tmp_path: Path) -> None:
    for html in (
        b"",
        b"   ",
        b"<html></html>",
        b"<script>x</script>",
        b"\x00\x01",
        b"\xff" * 50,
    ):
        with pytest.raises(SourceError) as error:
            article(tmp_path, html)
        assert "a.html" in str(error.value)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("unit", ["<div>", "<p>", "<b", "&amp;", "<!--", "</p>", "<table><tr><td>"])
def test_broken_and_deep_pages_are_read_or_refused(tmp_path: Path, unit: str) -> None:
    path = tmp_path / "a.html"
    path.write_text(unit * 20_000 + FIRST, "utf-8")
    (found,) = articles(path)
    assert isinstance(found, Article | SourceError)


def test_the_library_that_is_missing_is_named_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "trafilatura":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    for name in "abc":
        (tmp_path / f"{name}.html").write_text(page(), "utf-8")
    (tmp_path / "d.txt").write_text(FIRST, "utf-8")
    result = build([tmp_path], tmp_path / "s")
    assert result.converted == ("d",)
    assert [str(error) for error in result.failed] == [
        "HTML pages need a library that is not installed (trafilatura) — pip install 'cascade-kg[html]'"
    ]
