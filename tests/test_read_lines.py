"""JSON Lines: one article a line; a bad line is one clear error with file and line, and the rest goes on."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.builder import build
from kg.errors import SourceError
from kg.model import Article
from kg.read import articles
from kg.read.files import MAX_BYTES
from kg.read.lines import _safe
from kg.read.stored import date_line

TEXT = "Tỉnh ủy tổ chức hội nghị."


def line(**record: object) -> bytes:
    """One line of a file."""
    return json.dumps({"text": TEXT} | record, ensure_ascii=False).encode() + b"\n"


def found(path: Path, *lines: bytes) -> list[Article | SourceError]:
    """What a file of these lines gives."""
    path.write_bytes(b"".join(lines))
    return list(articles(path))


def good(path: Path, *lines: bytes) -> list[Article]:
    """The articles, when there is nothing else."""
    result = found(path, *lines)
    assert all(isinstance(a, Article) for a in result), result
    return [a for a in result if isinstance(a, Article)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news.jsonl"


def test_parts_are_lines_of_the_stored_text(path: Path) -> None:
    (article,) = good(
        path, line(title=" Họp\nbàn ", date="2019-09-12T20:00:00Z", url="https://a.vn/1", author="An")
    )
    assert (
        article.text
        == f"Họp bàn\n\nNgày đăng: 13/09/2019 03:00\n\n{TEXT}\n\nAn\n\nĐường dẫn: https://a.vn/1\n"
    )
    assert (article.stem, article.reader, article.path) == ("news-line-1", "jsonl", path)


def test_a_title_that_the_text_has_is_not_said_twice(path: Path) -> None:
    (article,) = good(path, line(text=f"HỌP BÀN\n\n{TEXT}\nMinh An", title="Họp bàn", author="Minh An"))
    assert article.text == f"HỌP BÀN\n\n{TEXT}\nMinh An\n"


def test_stems(path: Path) -> None:
    found = good(
        path, b"\xef\xbb\xbf" + line(), b"\r\n", line(id=7), line(id="a.B_1"), line(id="../../etc"),
        line(id="a/b"), line(id="a:b"), line(id="đối"), line(id="…"), line(id="x" * 300), line(id=None),
    )  # fmt: skip
    stems = [article.stem for article in found]
    assert stems[:3] == ["news-line-1", "news-7", "news-a.B_1"]
    assert stems[3].startswith("news-etc-")
    assert stems[4].startswith("news-a-b-")
    assert stems[5].startswith("news-a-b-")
    assert stems[6] == "news-đối"
    assert stems[-1] == "news-line-11"
    assert len(set(stems)) == len(stems)
    assert max(map(len, stems)) < 130


@given(st.lists(st.text(min_size=1), unique=True))
def test_ids_that_differ_stay_different_and_safe(ids: list[str]) -> None:
    wanted = {unicodedata.normalize("NFC", key) for key in ids}
    stems = {_safe(key, "") for key in ids}
    assert len(stems) == len(wanted)
    assert all("/" not in s and not s.startswith(".") and s.isprintable() for s in stems)


BAD = [
    (b"[1\n", "character 3: not JSON"),
    (b'{"text": 1}\n', 'no "text"'),
    (b'["text"]\n', 'no "text"'),
    (b"null\n", 'no "text"'),
    (b'{"title": "x"}\n', 'no "text"'),
    (b'{"text": " \\n"}\n', "no text"),
    (b'{"text": "", "title": "Tin"}\n', "no text"),
    (b'{"text": "x", "date": 20190913}\n', '"date" is not a string'),
    (b'{"text": "x", "url": ["y"]}\n', '"url" is not a string'),
    (b'{"text": "x", "id": true}\n', '"id" is neither'),
    (b'{"text": "x", "id": 1.5}\n', '"id" is neither'),
    (b'{"text": "x", "id": ""}\n', '"id" is neither'),
    (b'{"text": "\\ud800"}\n', "half a character, U\\+D800"),
    (b'{"text": "x", "date": "\\udfff"}\n', "half a character, U\\+DFFF"),
    (b'{"text": "a\\u0000b"}\n', "control character U\\+0000"),
    (b'{"text": "Ch\\ufffd"}\n', "letters are lost"),
    (b'{"text": "Ch\xe1\xbb"}\n', "byte 12: not UTF-8"),
    (b"[" * 100_000 + b"\n", "not JSON"),
    (b'{"text": "x", "id": ' + b"9" * 5000 + b"}\n", "not JSON"),
    (b"\x1f\x8b\x08\x00 packed\n", "not UTF-8"),
]


@pytest.mark.parametrize(("bad", "reason"), BAD)
def test_a_bad_line_is_one_error_and_the_rest_goes_on(path: Path, bad: bytes, reason: str) -> None:
    first, error, last = found(path, line(), bad, line())
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert last.stem == "news-line-3"
    with pytest.raises(SourceError, match=reason):
        raise error if isinstance(error, SourceError) else AssertionError(error)
    assert str(error).startswith(f"{path}:2")
    assert "\n" not in str(error)


def test_one_id_twice(path: Path) -> None:
    _, error = found(path, line(id="a"), line(id="a", text="khác"))
    assert str(error) == f"{path}:2: the same id as line 1 — give each article its own id"


def test_utf16_and_binary_files_are_one_error(path: Path) -> None:
    for data in (line().decode().encode("utf-16"), bytes(range(256)) * 9):
        (error,) = found(path, data)
        assert "not JSON Lines in UTF-8" in str(error)


def test_an_empty_file_has_no_articles(path: Path) -> None:
    assert found(path) == []


def test_a_line_over_the_limit_is_skipped_in_little_memory(path: Path) -> None:
    huge = b'{"text": "' + b"a" * (3 * MAX_BYTES) + b'"}\n'
    path.write_bytes(line() + huge + line())
    del huge
    tracemalloc.start()
    first, error, last = articles(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(first, Article)
    assert "over the limit" in str(error)
    assert isinstance(last, Article)
    assert last.stem == "news-line-3"
    assert peak < 3.5 * MAX_BYTES


# ---------------------------------------------------------------- compressed
def test_gzip(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl.gz"
    data = gzip.compress(line() + line(id="b"))
    assert [a.stem for a in good(path, data)] == ["news-line-1", "news-b"]
    assert [a.stem for a in good(path, data, gzip.compress(line()))][
        -1
    ] == "news-line-3"  # members one after another


def test_gzip_that_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl.gz"
    data = gzip.compress(b"".join(line(id=n) for n in range(2000)))
    *_, error = found(path, data[:-30])
    assert "cannot be read after line" in str(error)
    assert "cannot be read after line 0" in str(found(path, b"no gzip")[0])
    assert "cannot be read after line" in str(found(path, data[:60] + b"\xff" * 60 + data[120:])[-1])
    (nested,) = found(path, gzip.compress(data))
    assert isinstance(nested, SourceError)


@pytest.mark.parametrize("unit", [b"a" * 1_000_000, b"\n" * 1_000_000, line() * 10_000])
def test_gzip_bombs_are_not_opened(tmp_path: Path, unit: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.read.lines.MAX_BYTES", 1_000_000)
    path = tmp_path / "news.jsonl.gz"
    with gzip.open(path, "wb") as file:
        file.write(line())
        for _ in range(60):
            file.write(unit)
    *_, last = articles(path)
    assert "opens to more than 100 times its size" in str(last)


def test_what_is_no_file_of_articles_is_not_read_to_its_end(path: Path) -> None:
    assert len(found(path, b"[]\n" * 999, line(), b"[]\n" * 999)) == 1999
    errors = found(path, b"[]\n" * 5000)
    assert len(errors) == 1001
    assert str(errors[-1]).startswith(f"{path}:1000: 1000 lines in a row are no articles")


# ---------------------------------------------------------------- dates
@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ("2019-09-13", "13/09/2019"),
        ("2019-09-13T10:11:00+07:00", "13/09/2019 10:11"),
        ("2019-09-13 10:11", "13/09/2019 10:11"),
        ("2019-09-12T20:00:00.123Z", "13/09/2019 03:00"),
        ("2019-09-13T23:30:00-0500", "14/09/2019 11:30"),
        ("13/9/2019", "13/9/2019"),
        ("Thứ Sáu, 13/09/2019", "Thứ Sáu, 13/09/2019"),
        ("2019-13-45", "2019-13-45"),
        ("2019-02-29", "2019-02-29"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_dates(day: str, shown: str) -> None:
    assert date_line(day) == f"Ngày đăng: {shown}"


# ---------------------------------------------------------------- in a build
def test_a_build_follows_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(line(id="a") + line(id="b") + b"[\n")
    first = build([path], tmp_path / "s")
    assert first.converted == ("news-a", "news-b")
    assert [str(error).split(" ")[0] for error in first.failed] == [f"{path}:3:"]
    path.write_bytes(line(id="b", text="Bài đã đổi.") + line(id="c") + b"[\n")
    second = build([path], tmp_path / "s", prune=True)
    assert (second.converted, second.removed) == (("news-b", "news-c"), ())  # the bad line may have been "a"
    path.write_bytes(line(id="b", text="Bài đã đổi.") + line(id="c"))
    third = build([path], tmp_path / "s", prune=True)
    assert (third.unchanged, third.removed, third.articles) == (("news-b", "news-c"), ("news-a",), 2)


def test_two_articles_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(line(id="b-1"))
    (tmp_path / "a-b.jsonl").write_bytes(line(id="1"))
    result = build([tmp_path], tmp_path / "s")
    assert result.converted == ("a-b-1",)
    assert "has an article of the same name, a-b-1" in str(result.failed[0])
