"""Files in, articles out: every kind of bad input is one clear line, and the rest goes on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.builder import build
from kg.cli import run
from kg.cli.make import build as build_command
from kg.convert import Converter
from kg.errors import SourceError
from kg.lexicon import Lexicon
from kg.model import Article
from kg.read import READERS, articles, read, sources, stem, told, zones
from kg.read.files import MAX_BYTES
from kg.vietnamese import fold

STORY = (
    "Chỉ thị số 32-CT/TW\n\nSáng 24/11, Tỉnh ủy Lai Châu tổ chức hội nghị quán triệt Chỉ thị số 32-CT/TW.\n"
)


def only(path: Path, reader: str | None = None) -> Article | SourceError:
    """What a path of one article gives."""
    (found,) = articles(path, reader)
    return found


def fault(path: Path, reader: str | None = None) -> str:
    """The line that says what is wrong."""
    found = only(path, reader)
    assert isinstance(found, SourceError), found
    line = str(found)
    assert "\n" not in line
    assert line.startswith(str(path)) or not path.name.isprintable()
    assert " — " in line
    return line


# ---------------------------------------------------------------- what text may be
AS_BYTES = {
    "utf-8": (STORY.encode(), ""),
    "utf-8 with a mark": (b"\xef\xbb\xbf" + STORY.encode(), ""),
    "utf-16 with a mark": (STORY.encode("utf-16"), ""),
    "utf-16 of the other order": (b"\xfe\xff" + STORY.encode("utf-16-be"), ""),
    "utf-16 without a mark": (STORY.encode("utf-16-le"), "utf-16"),
    "Windows line ends": (STORY.replace("\n", "\r\n").encode(), ""),
    "old Mac line ends": (STORY.replace("\n", "\r").encode(), ""),
    "letters taken apart": (unicodedata.normalize("NFD", STORY).encode(), ""),
    "cut inside a letter": (STORY.encode() + "ộ".encode()[:2], "cut"),
    "utf-16 cut": (STORY.encode("utf-16") + b"C", "cut"),
    "read as Latin-1": (STORY.encode().decode("latin-1").encode(), "utf-8-as-cp1252"),
}


@pytest.mark.parametrize("name", AS_BYTES)
def test_one_story_in_many_bytes(tmp_path: Path, name: str) -> None:
    data, repairs = AS_BYTES[name]
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    article = read(path)
    assert article.text == STORY
    assert article.reader == "+".join(filter(None, ("text", repairs)))
    assert article.digest == hashlib.sha256(data).hexdigest()
    assert bool(told(article)) == bool(repairs)


@pytest.mark.parametrize(
    "kept", ["a\u00a0b", "a\u200bb", "a\u202eb", "a\ufeffb", "a\u00adb", "uỷ ban", '"> <urn:x> .']
)
def test_what_is_stored_as_it_is(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(kept, "utf-8")
    assert read(path).text == kept


BAD = {
    "empty": (b"", "no text"),
    "blank": (" \n\t\u00a0\u200b\ufeff\n".encode(), "no text"),
    "mark only": (b"\xff\xfe", "no text"),
    "binary": (bytes(range(256)), "binary data"),
    "nul": (b"\x00" * 99, "binary data"),
    "control": ("Chỉ thị \x07 32".encode(), "character 8: control character U\\+0007"),
    "escape": (b"\x1b[31mred", "control character U\\+001B"),
    "noncharacter": ("Chỉ thị \ufdd0".encode(), "U\\+FDD0"),
    "latin-1": (b"Ch\xec th\xef 32", "byte 2: not UTF-8 text"),
    "broken": (b"Ch\xe1\xbb th\xff\xfe", "not UTF-8 text"),
    "half a pair": ("\ufeff".encode("utf-16-le") + b"\x00\xd8\x20\x00", "byte 2: binary data"),
    "letters lost": ("Ch\ufffd th\ufffd".encode(), "line 1: letters are lost"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_text_is_refused_by_name(tmp_path: Path, name: str) -> None:
    data, reason = BAD[name]
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=reason):
        read(path)
    fault(path)


def test_a_caption_alone_is_an_article_without_facts(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Quang cảnh hội nghị. Ảnh: Minh An", "utf-8")
    conversion = Converter().convert(read(path))
    assert not set(conversion.kinds) - {"headline", "author"}


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_give_text_or_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    found = only(path)
    if isinstance(found, Article):
        assert unicodedata.is_normalized("NFC", found.text)
        assert found.text.strip()
        found.text.encode("utf-8")
    else:
        fault(path)


# ---------------------------------------------------------------- what a file may be
@contextlib.contextmanager
def bound(path: Path) -> Iterator[None]:
    """A socket at the path, while it lasts."""
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's address is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
        os.chdir(here)
        yield


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "not a regular file but a pipe" in fault(tmp_path / "pipe.txt")
    assert "not a regular file but a device" in fault(Path("/dev/zero"), "text")
    (tmp_path / "zero.jsonl").symlink_to("/dev/zero")
    assert "not a regular file but a device" in fault(tmp_path / "zero.jsonl")
    (tmp_path / "gone.txt").symlink_to("nowhere")
    assert "cannot be read (No such file" in fault(tmp_path / "gone.txt")
    (tmp_path / "self.txt").symlink_to("self.txt")
    assert "cannot be read (Too many levels" in fault(tmp_path / "self.txt")
    with bound(tmp_path / "s.txt"):
        assert "not a regular file but a socket" in fault(tmp_path / "s.txt")
    (tmp_path / "folder.txt").mkdir()
    assert "a folder, not a file" in fault(tmp_path / "folder.txt")


def test_a_link_to_a_file_is_read_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "store").write_text(STORY, "utf-8")
    (tmp_path / "a.txt").symlink_to("store")
    assert read(tmp_path / "a.txt").stem == "a"


def test_enormous_files_are_not_read(tmp_path: Path) -> None:
    for name in ("a.txt", "a.html"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(500_000_000_000)  # a hole: no disk is used
        assert "over the limit of 20,000,000" in fault(tmp_path / name)
    with (tmp_path / "b.txt").open("wb") as file:
        file.truncate(MAX_BYTES)
    assert "binary" in fault(tmp_path / "b.txt")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="Linux only")
def test_a_file_without_size_that_cannot_be_read() -> None:
    assert "cannot be read" in fault(Path("/proc/self/mem"), "text")


@pytest.mark.parametrize(
    "name", ["a\nb.txt", "a\x1bb.txt", "a\u202egpj.txt", "..txt", "...txt", os.fsdecode(b"a\xff.txt")]
)
def test_names_that_cannot_be_shown(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(STORY, "utf-8")
    line = fault(tmp_path / name)
    assert "the file name" in line
    assert line.isprintable()
    line.encode()


def test_good_names_are_stems(tmp_path: Path) -> None:
    for name, expected in {
        "a.b.txt": "a.b",
        "Bài 1.TXT": "Bài 1",
        "n.jsonl.gz": "n",
        "n.JSONL": "n",
        "x.htm": "x",
        "x.php": "x",
    }.items():
        assert stem(tmp_path / name) == expected


# ---------------------------------------------------------------- which reader, which files
def test_readers_are_chosen_by_suffix_or_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.php"
    path.write_text(STORY, "utf-8")
    assert "no reader for the suffix '.php'" in fault(path)
    assert "unknown reader 'pdf'" in fault(path, "pdf")
    assert read(path, "text").text == STORY
    with pytest.raises(SourceError, match="holds many articles"):
        read(path, "jsonl")
    (option,) = [p for p in build_command.params if p.name == "reader"]
    assert tuple(getattr(option.type, "choices", ())) == READERS


def test_sources_are_walked_in_order_and_loops_are_named(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.html", "a.jsonl", "c.jsonl.gz", "ignored.pdf", "b/c/3.text"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(STORY, "utf-8")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    found = [str(path.relative_to(tmp_path)) for path in sources([tmp_path])]
    assert found == ["a.jsonl", "c.jsonl.gz", "b/loop", "b/1.html", "b/2.txt", "b/c/3.text"]
    assert "a link to a folder: not followed" in fault(tmp_path / "b" / "loop")
    assert list(sources([tmp_path / "ignored.pdf"])) == [tmp_path / "ignored.pdf"]


@pytest.mark.parametrize(
    ("name", "reason"), [("gone", "no such file"), ("x" * 300, "cannot be read"), ("a\0b", "cannot be read")]
)
def test_paths_that_are_none(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason):
        list(sources([tmp_path / name]))


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shut").mkdir()
    (tmp_path / "a.txt").write_text(STORY, "utf-8")
    real = os.scandir

    def scandir(path: str) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert list(sources([tmp_path])) == [tmp_path / "a.txt", tmp_path / "shut"]
    assert "cannot be read (Permission denied)" in fault(tmp_path / "shut")


# ---------------------------------------------------------------- the build says it
def test_the_build_says_what_it_put_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.txt").write_bytes(STORY.encode().decode("latin-1").encode())
    (news / "b.txt").write_text("Tin khác.", "utf-8")
    assert run(["build", str(news), "--store", str(tmp_path / "s"), "--lang", "en"]) == 0
    shown = capsys.readouterr()
    assert shown.err == "kg: a: put right: UTF-8 that was read as cp1252\n"
    assert "2 new or changed, 1 with letters put right" in shown.out
    again = build([news], tmp_path / "s")
    assert (again.unchanged, again.repaired) == (("a", "b"), {})


def test_the_zones_see_title_and_stamp_of_a_record(tmp_path: Path) -> None:
    path = tmp_path / "n.jsonl"
    path.write_text(
        '{"text": "Ngày 13/9, Tỉnh ủy họp. Hội nghị bàn ba việc.", "title": "Tỉnh ủy họp hội nghị", '
        '"date": "2019-09-13", "url": "https://a.vn/1", "author": "Minh An"}',
        "utf-8",
    )
    article = only(path)
    assert isinstance(article, Article)
    found = {
        b.zone: article.text[b.start : b.end] for b in zones(article.text, fold(article.text), Lexicon.load())
    }
    assert found == {
        "title": "Tỉnh ủy họp hội nghị",
        "stamp": "Ngày đăng: 13/09/2019",
        "lead": "Ngày 13/9, Tỉnh ủy họp. Hội nghị bàn ba việc.",
        "byline": "Minh An",
        "footer": "Đường dẫn: https://a.vn/1",
    }
    conversion = Converter().convert(article)
    for predicate in ("headline", "datePublished", "author", "url"):
        assert conversion.kinds[predicate] == 1
