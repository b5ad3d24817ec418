"""Articles as archives keep them: Parquet, WARC, and lines of a file read in stretches."""

from __future__ import annotations

import gzip
import io
import json
import re
from datetime import date
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model import Article
from kg.read import articles, pieces

# warcio's writer leaves its temporary files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

STORY = "Tỉnh ủy Lai Châu ban hành Kế hoạch số 221-KH/TU ngày 10/9/2019."
PAGE = """<html lang="vi"><head><title>{title}</title>
<meta property="article:published_time" content="2019-09-12T08:00:00+07:00"></head>
<body><article><h1>{title}</h1><p>{story}</p><p>Hội nghị có 120 đại biểu dự và thảo luận sôi nổi.</p>
</article></body></html>"""


def found(path: Path, **how: object) -> list[Article]:
    return [a for a in articles(path, **how) if isinstance(a, Article)]  # type: ignore[arg-type]


def faults(path: Path) -> list[str]:
    return [str(a) for a in articles(path) if isinstance(a, SourceError)]


# ---------------------------------------------------------------- lines in stretches
@pytest.mark.parametrize("size", [1, 100, 500, 10_000])
def test_stretches_give_the_articles_of_the_whole_file(tmp_path: Path, size: int) -> None:
    path = tmp_path / "news.jsonl"
    records = [{"text": f"{STORY} Bài {n}."} | ({"id": n} if n % 3 else {}) for n in range(20)]
    lines = [json.dumps(record) for record in records]
    lines[7:7] = ["", "not json"]
    path.write_text("\n".join(lines))  # no line end at the end
    whole = list(articles(path))
    cut = list(pieces(path, None, size))
    assert sum(bytes_ for _, bytes_ in cut) == path.stat().st_size
    assert len(cut) > 1 or size == 10_000
    parts = [a for piece, _ in cut for a in articles(path, None, piece)]
    assert [str(a) for a in parts] == [str(a) for a in whole]


# ---------------------------------------------------------------- Parquet
def test_parquet_rows_are_articles(tmp_path: Path) -> None:
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    rows = [
        {"text": f"{STORY} Bài {n}.", "date": date(2019, 9, 12), "id": n, "other": 1.5} for n in range(10)
    ]
    rows[3]["text"] = None
    rows[4]["id"] = 2
    path = tmp_path / "news.parquet"
    parquet.write_table(arrow.Table.from_pylist(rows), path, row_group_size=4)
    assert [a.stem for a in found(path)] == [f"news-{n}" for n in (0, 1, 2, 5, 6, 7, 8, 9)]
    assert "Ngày đăng: 12/09/2019" in found(path)[0].text
    assert [re.sub(r".*?: ", "", fault, count=1) for fault in faults(path)] == [
        'row 4: no "text" — an article is {"text": "…", "title": "…", "date": "…", …}',
        "row 5: the same id as row 3 — give each article its own id",
    ]
    cut = [piece for piece, _ in pieces(path, None, 1)]
    assert cut == [0, 1, 2]
    assert [a.stem for a in found(path, piece=1)] == ["news-2", "news-5", "news-6", "news-7"]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"\xff" * 500])
def test_what_is_no_parquet_is_named(tmp_path: Path, content: bytes) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "bad.parquet"
    path.write_bytes(content)
    (fault,) = faults(path)
    assert fault.startswith(f"{path}: cannot be read as Parquet")
    with pytest.raises(SourceError, match="cannot be read as Parquet"):
        list(pieces(path, None, 1))


# ---------------------------------------------------------------- WARC
def crawl(path: Path, records: list[tuple[str, str, bytes, str]], *, packed: bool = False) -> None:
    """Write records (address, content type, body, status) as a crawler does."""
    pytest.importorskip("warcio")
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "test"}))
        for address, kind, body, status in records:
            headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                address, "response", payload=io.BytesIO(body), http_headers=headers
            )
            writer.write_record(record)


def page(n: int) -> bytes:
    return PAGE.format(title=f"Lai Châu triển khai kế hoạch {n}", story=f"{STORY} Bài {n}.").encode()


@pytest.mark.parametrize("packed", [False, True])
def test_pages_of_a_crawl_are_articles(tmp_path: Path, packed: bool) -> None:
    pytest.importorskip("trafilatura")
    path = tmp_path / f"crawl.warc{'.gz' * packed}"
    records = [(f"https://bao.vn/{n}", "text/html; charset=utf-8", page(n), "200 OK") for n in range(3)]
    records += [
        ("https://bao.vn/0", "text/html", page(0), "200 OK"),
        ("https://bao.vn/gone", "text/html", page(9), "404 Not Found"),
        ("https://bao.vn/a.png", "image/png", b"\x89PNG", "200 OK"),
        ("https://bao.vn/t.txt", "text/plain", f"{STORY} Chữ.".encode(), "200 OK"),
        ("https://bao.vn/e", "text/html", b"<html></html>", "200 OK"),
    ]
    crawl(path, records, packed=packed)
    articles_ = found(path)
    assert len(articles_) == 4
    assert all(STORY in a.text and a.stem.startswith("crawl-") for a in articles_)
    assert "Ngày đăng: 12/09/2019" in articles_[0].text
    assert "Đường dẫn: https://bao.vn/t.txt" in articles_[3].text
    assert [fault.split(": ", 1)[1] for fault in faults(path)] == [
        f"{articles_[0].stem}: a page that the file has before — the first copy is taken",
        "https://bao.vn/e: no article is found on the page — save its text as .txt, or remove it",
    ]


@pytest.mark.parametrize("wrong", [5, -5, 4000, 10**9])
def test_only_the_record_of_a_wrong_length_is_skipped(tmp_path: Path, wrong: int) -> None:
    path = tmp_path / "crawl.warc"
    crawl(path, [(f"https://bao.vn/{n}", "text/plain", f"{STORY} {n}.".encode(), "200 OK") for n in range(4)])
    data = path.read_bytes()
    lengths = list(re.finditer(rb"Content-Length: (\d+)\r\n\r\nHTTP", data))
    old = lengths[1]
    path.write_bytes(data[: old.start(1)] + str(int(old[1]) + wrong).encode() + data[old.end(1) :])
    texts = "".join(a.text for a in found(path))
    assert [n for n in range(4) if f"{STORY} {n}." in texts] == [0, 2, 3]
    assert faults(path)


def test_a_crawl_that_is_cut_or_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    crawl(
        path,
        [(f"https://bao.vn/{n}", "text/plain", f"{STORY} {n}.".encode(), "200 OK") for n in range(3)],
        packed=True,
    )
    path.write_bytes(path.read_bytes()[:-40])
    assert len(found(path)) == 2
    assert len(faults(path)) == 1
    path.write_bytes(gzip.compress(b"not a crawl\n" * 50))
    assert faults(path)
    assert not found(path)


def test_a_record_that_opens_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    bomb = b" " * 30_000_000
    crawl(path, [("https://bao.vn/b", "text/plain", bomb, "200 OK")], packed=True)
    assert path.stat().st_size < 100_000
    assert "over the limit of 20,000,000 bytes" in faults(path)[0]
