"""JSON Lines: one article a line, with `text` and, if known, `title`, `date`, `author`, `url` and `id`."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from kg.errors import SourceError
from kg.model import Article
from kg.read.files import MAX_BYTES, open_regular, shown
from kg.read.stored import date_line, laid_out
from kg.vietnamese import nfc

MAX_RATIO = 100
"""A compressed file that opens to more than this many times its size is not read on: text gives about 4."""

MAX_BAD = 1000
"""After so many bad lines in a row the rest is not read: it is no file of articles."""

_UNSAFE = re.compile(r"[^\w.-]+")
_LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of a file that is not compressed: its bytes from `start` to `stop`; `before` lines precede."""

    start: int
    stop: int
    before: int


def read_lines(path: Path, stem: str, stretch: Stretch | None = None) -> Iterator[Article | SourceError]:
    """The articles of a file, in order, and in the place of each line that is none, what is wrong with it.

    An article's stem is `{stem}-{id}`, the id made safe, or `{stem}-line-{n}`. `.gz` is opened on the way.
    `stretch` reads only some of the lines, which it has from `stretches`.
    """
    seen: dict[str, int] = {}
    bad = 0
    try:
        with open_regular(path) as raw:
            for number, line in _lines(path, raw, stretch):
                where = f"{shown(path)}:{number}"
                try:
                    article = line if isinstance(line, SourceError) else _article(path, stem, number, line)
                    if isinstance(article, Article) and seen.setdefault(article.stem, number) != number:
                        article = SourceError(
                            f"the same id as line {seen[article.stem]}",
                            where=where,
                            hint="give each article its own id",
                        )
                except SourceError as fault:
                    article = fault
                yield article
                bad = 0 if isinstance(article, Article) else bad + 1
                if bad == MAX_BAD:
                    reason = f"{MAX_BAD} lines in a row are no articles: the rest is not read"
                    raise SourceError(reason, where=where, hint="is this JSON Lines?")
    except SourceError as fault:
        yield fault


def stretches(path: Path, size: int) -> Iterator[Stretch]:
    """A file that is not compressed, cut after the line that reaches each `size` bytes."""
    start = place = before = number = 0
    with open_regular(path) as file:
        while block := file.readline(MAX_BYTES):  # a part of a line where it is that long
            place += len(block)
            number += block.endswith(b"\n")
            if place - start >= size and block.endswith(b"\n"):
                yield Stretch(start, place, before)
                start, before = place, number
    if place > start:
        yield Stretch(start, place, before)


def _lines(path: Path, raw: IO[bytes], stretch: Stretch | None) -> Iterator[tuple[int, bytes | SourceError]]:
    """The numbered lines that are not blank; an error for one too long. Raises SourceError at a bad end."""
    packed = path.suffix.lower() == ".gz"
    limit = max(MAX_BYTES, MAX_RATIO * os.fstat(raw.fileno()).st_size) if packed else 0
    file = cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if packed else raw
    number = size = 0
    stop = 0
    if stretch:
        file.seek(stretch.start)
        number, stop = stretch.before, stretch.stop - stretch.start
    try:
        with closing(file):
            while (not stop or size < stop) and (line := file.readline(MAX_BYTES + 1)):
                number += 1
                size += len(line)
                found: bytes | SourceError = line
                if len(line) > MAX_BYTES:
                    found = _too_long(f"{shown(path)}:{number}")
                while len(line) > MAX_BYTES and not line.endswith(b"\n"):
                    line = file.readline(MAX_BYTES + 1)
                    size += len(line)
                    if limit and size > limit:
                        break
                if limit and size > limit:
                    raise SourceError(
                        f"opens to more than {MAX_RATIO} times its size: not read from line {number} on",
                        where=shown(path),
                        hint="unpack it yourself if it is sound",
                    )
                if number == 1 and not isinstance(found, SourceError):
                    found = _first(found, path)
                if isinstance(found, SourceError) or found.strip():
                    yield number, found
    except (OSError, EOFError, zlib.error) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise SourceError(
            f"cannot be read after line {number} ({reason})",
            where=shown(path),
            hint="check the file, or get it again",
        ) from None


def _first(line: bytes, path: Path) -> bytes:
    if b"\x00" in line or line.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(
            "not JSON Lines in UTF-8", where=f"{shown(path)}:1", hint="save it as UTF-8 and build again"
        )
    return line.removeprefix(b"\xef\xbb\xbf")


def _too_long(where: str) -> SourceError:
    return SourceError(
        f"a line over the limit of {MAX_BYTES:,} bytes for one article", where=where, hint="split it"
    )


def _article(path: Path, stem: str, number: int, line: bytes) -> Article:
    where = f"{shown(path)}:{number}"
    digest = hashlib.sha256(line.strip()).hexdigest()
    return of_record(path, f"{stem}-line-{number}", _record(line, where), where, digest)


def of_record(
    path: Path, stem: str, record: dict[str, Any], where: str, digest: str, reader: str = "jsonl"
) -> Article:
    """An article of a record with `text` and what else is known; its stem ends in the record's `id`, if any.

    `stem` is what it is without an id: `{stem}-line-{n}`. Raises SourceError for a record that is no article.
    """
    title, day, author, url = (_words(record, name, where) for name in ("title", "date", "author", "url"))
    text, repairs = laid_out(
        _words(record, "text", where), where, title=title, dated=date_line(day), author=author, url=url
    )
    if record.get("id") is not None:
        stem = f"{stem.rpartition('-')[0].rpartition('-')[0]}-{_safe(record['id'], where)}"
    return Article(stem, path, text, digest, "+".join((reader, *repairs)))


def _record(line: bytes, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line.decode())
    except UnicodeDecodeError as fault:
        raise SourceError(
            "not UTF-8 text", where=f"{where}: byte {fault.start}", hint="save it as UTF-8"
        ) from None
    except json.JSONDecodeError as fault:
        raise SourceError(
            f"not JSON: {fault.msg}", where=f"{where}: character {fault.pos}", hint="mend the line"
        ) from None
    except (ValueError, RecursionError):
        raise SourceError("not JSON that an article has", where=where, hint="mend the line") from None
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise no_text(where)
    return record


def no_text(where: str) -> SourceError:
    """What is wrong with a record that is none of an article."""
    hint = 'an article is {"text": "…", "title": "…", "date": "…", …}'
    return SourceError('no "text"', where=where, hint=hint)


def _words(record: dict[str, Any], name: str, where: str) -> str:
    value = record.get(name)
    if value is not None and not isinstance(value, str):
        raise SourceError(
            f'"{name}" is not a string', where=where, hint="write it in quotation marks, or leave it out"
        )
    return value or ""


def _safe(key: object, where: str) -> str:
    """An id as part of a name. One that has to be changed for that keeps a digest of what it was."""
    if isinstance(key, bool) or not isinstance(key, str | int) or key == "":
        raise SourceError(
            '"id" is neither a string nor a whole number', where=where, hint="mend it, or leave it out"
        )
    whole = nfc(str(key))
    safe = _UNSAFE.sub("-", whole).strip("-.")[:_LONGEST_ID].strip("-.")
    if safe == whole:
        return safe
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe}-{digest}".lstrip("-")
