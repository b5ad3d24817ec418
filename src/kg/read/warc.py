"""WARC, as web crawls are kept: each HTML or text record is an article; other records are passed over."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from kg.errors import SourceError
from kg.model import Article
from kg.read.files import MAX_BYTES, open_regular, shown
from kg.read.repair import Stored

Reader = Callable[[bytes, str, str], Stored]
"""The bytes, the name for messages and the address → stored text and repairs."""

_KINDS = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}
_RECORDS = ("response", "resource", "conversion")
_STARTS = (b"WARC/1.", b"\x1f\x8b\x08")  # of a record, of a compressed one
_BLOCK = 1 << 20


def read_records(path: Path, stem: str, readers: dict[str, Reader]) -> Iterator[Article | SourceError]:
    """The articles of a file, in order, and in the place of each record that cannot be read, what is wrong.

    An article's stem is `{stem}-` and a digest of its address, so that it is the same in another crawl.
    `readers`: "html" and "text". After a record of a wrong length, reading goes on at the next record.
    """
    seen: set[str] = set()
    try:
        with open_regular(path) as raw:
            for article in _articles(path, raw, stem, readers):
                if isinstance(article, Article) and article.stem in seen:
                    where = f"{shown(path)}: {article.stem}"
                    reason = "a page that the file has before"
                    yield SourceError(reason, where=where, hint="the first copy is taken")
                    continue
                if isinstance(article, Article):
                    seen.add(article.stem)
                yield article
    except SourceError as fault:
        yield fault
    except OSError as fault:
        yield SourceError(f"cannot be read ({fault.strerror})", where=shown(path), hint="check the file")


def _articles(
    path: Path, raw: IO[bytes], stem: str, readers: dict[str, Reader]
) -> Iterator[Article | SourceError]:
    """The articles. Whether a record ended where its length says shows when the next one is looked for."""
    iterator, failed = _library(path)
    start = 0
    while start >= 0:
        raw.seek(start)
        records = iterator(raw, check_digests=True)
        records.INC_RECORD = ""  # what it would say of a wrong length on standard error: it is said here
        held: Article | SourceError | None = None
        errors, whole = 0, True
        try:
            for record in records:
                if records.err_count > errors or not whole:
                    break
                if held is not None:
                    yield held
                start = records.offset
                held = _article(path, stem, record, readers)
                whole = _is_whole(record)
            whole = whole and records.err_count == errors
        except failed:
            whole = False
        if whole:
            if held is not None:
                yield held
            return
        where = f"{shown(path)}: byte {start}"
        yield SourceError("a record that is not as long as it says", where=where, hint="it is left out")
        start = _next_start(raw, start + 1)


def _is_whole(record: Any) -> bool:
    """Whether the file has all of a record, and its bytes have its digest."""
    while record.raw_stream.read(_BLOCK):
        pass
    checker = record.digest_checker
    return not getattr(record.raw_stream, "limit", 0) and (checker is None or checker.passed is not False)


def _next_start(raw: IO[bytes], start: int) -> int:
    """Where the next record begins; -1 at the end."""
    place = raw.seek(start)
    kept = b""
    while block := raw.read(_BLOCK):
        window = kept + block
        found = [at for mark in _STARTS if (at := window.find(mark)) >= 0]
        if found:
            return place - len(kept) + min(found)
        kept = window[-8:]
        place += len(block)
    return -1


def _library(path: Path) -> tuple[Any, tuple[type[Exception], ...]]:
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError:
        raise SourceError(
            "WARC files need a library that is not installed (warcio)",
            where=shown(path),
            hint="pip install 'cascade-kg[warc]'",
        ) from None
    return ArchiveIterator, (ArchiveLoadFailed, ValueError, EOFError, OSError)


def _address(record: Any) -> str:
    return record.rec_headers.get_header("WARC-Target-URI") or ""


def _article(path: Path, stem: str, record: Any, readers: dict[str, Reader]) -> Article | SourceError | None:
    """The article of a record, None where it is no page."""
    address, headers = _address(record), record.http_headers
    kind = (headers or record.rec_headers).get_header("Content-Type") or ""
    reader = _KINDS.get(kind.partition(";")[0].strip().lower())
    if record.rec_type not in _RECORDS or reader is None or not address:
        return None
    if headers is not None and headers.get_statuscode() != "200":
        return None
    where = f"{shown(path)}: {shown(address)}"
    try:
        data = _content(record, where)
        text, repairs = readers[reader](data, where, address)
    except SourceError as fault:
        return fault
    name = hashlib.sha256(os.fsencode(address)).hexdigest()[:16]
    digest = hashlib.sha256(data).hexdigest()
    return Article(f"{stem}-{name}", path, text, digest, "+".join(("warc", *repairs)))


def _content(record: Any, where: str) -> bytes:
    try:
        data: bytes = record.content_stream().read(MAX_BYTES + 1)
    except Exception as fault:  # what a crawl kept may be cut, or not be what its headers say
        raise SourceError(f"cannot be unpacked ({fault})", where=where, hint="it is left out") from None
    if len(data) > MAX_BYTES:
        raise SourceError(f"over the limit of {MAX_BYTES:,} bytes for one article", where=where)
    if record.digest_checker is not None and record.digest_checker.passed is False:
        raise SourceError(
            "its bytes do not have the digest that it gives", where=where, hint="it is left out"
        )
    return data
