"""Sources in, articles out. The reader is chosen by the caller or by the suffix, never by guessing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kg.errors import SourceError
from kg.model import Article
from kg.read.files import read_bytes, shown, stem_of
from kg.read.lines import Stretch, read_lines, stretches
from kg.read.page import page
from kg.read.parquet import read_rows, row_groups
from kg.read.repair import TOLD, Stored
from kg.read.stored import decoded, laid_out, stored
from kg.read.warc import read_records

SUFFIXES = {
    ".txt": "text",
    ".text": "text",
    ".html": "html",
    ".htm": "html",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".parquet": "parquet",
    ".warc": "warc",
    ".warc.gz": "warc",
}
"""What a file's name ends in → its reader."""


def _text(data: bytes, where: str) -> Stored:
    text, repairs = decoded(data, where)
    text, more = stored(text, where)
    return text, (*repairs, *more)


def _page(data: bytes, where: str, address: str = "") -> Stored:
    html, repairs = decoded(data, where, page=True)
    text, more = page(html, where, address)
    return text, (*repairs, *more)


def _plain(data: bytes, where: str, address: str) -> Stored:
    text, repairs = decoded(data, where)
    text, more = laid_out(text, where, url=address)
    return text, (*repairs, *more)


SINGLE: dict[str, Callable[[bytes, str], Stored]] = {"text": _text, "html": _page}
"""Readers of files that hold one article: bytes and the name for messages → stored text and the repairs."""
READERS = (*SINGLE, "jsonl", "parquet", "warc")
"""The names that `--reader` takes."""


def _suffix(path: Path) -> str:
    name = path.name.lower()
    return max((suffix for suffix in SUFFIXES if name.endswith(suffix)), key=len, default="")


def _reader(path: Path, reader: str | None) -> str:
    name = reader or SUFFIXES.get(_suffix(path))
    if name is None:
        raise SourceError(
            f"no reader for the suffix {path.suffix!r}",
            where=shown(path),
            hint=f"known: {', '.join(sorted(SUFFIXES))}; or name one with --reader",
        )
    if name not in READERS:
        raise SourceError(f"unknown reader {name!r}", where=shown(path), hint=f"known: {', '.join(READERS)}")
    return name


def stem(path: Path) -> str:
    """The name that a file gives to its article, or with which it begins the names of its articles.

    Raises `SourceError` for a name that cannot be one.
    """
    return stem_of(path, _suffix(path))


def articles(path: Path, reader: str | None = None, piece: Piece = None) -> Iterator[Article | SourceError]:
    """The articles in `path`, by the reader of that name or, without one, by the file's suffix.

    What cannot be read comes as an error in its place, so that the rest goes on; nothing is raised.
    `piece` reads only some of a file, as `pieces` cut it.
    """
    try:
        _require_file(path)
        name = _reader(path, reader)
        if name in SINGLE:
            yield read(path, reader)
        elif name == "jsonl":
            yield from read_lines(path, stem(path), piece if isinstance(piece, Stretch) else None)
        elif name == "parquet":
            yield from read_rows(path, stem(path), piece if isinstance(piece, int) else None)
        else:
            yield from read_records(path, stem(path), {"html": _page, "text": _plain})
    except SourceError as fault:
        yield fault


Piece = Stretch | int | None
"""Some lines of a file, the number of a row group, or all of a file."""


def pieces(path: Path, reader: str | None, size: int) -> Iterator[tuple[Piece, int]]:
    """A file cut where it can be, in pieces of about `size` bytes, each with its own size.

    Lines can be told apart unless they are compressed, and row groups of Parquet; other files are one piece.
    Raises SourceError for what cannot be read.
    """
    name = _reader(path, reader)
    if name == "jsonl" and _suffix(path) != ".jsonl.gz":
        yield from ((stretch, stretch.stop - stretch.start) for stretch in stretches(path, size))
    elif name == "parquet":
        yield from enumerate(row_groups(path))
    else:
        yield None, os.stat(path).st_size  # noqa: PTH116  says why, where Path.stat() of a bad name does not


def read(path: Path, reader: str | None = None) -> Article:
    """The article in a file that holds one, by the reader of that name or, without one, by the file's suffix.

    Raises `SourceError` for an unknown reader or suffix, for a file of many articles, and for whatever the
    reader refuses.
    """
    name = _reader(path, reader)
    if name not in SINGLE:
        raise SourceError(
            f"{name} holds many articles", where=shown(path), hint="read them with kg.read.articles"
        )
    key, data = stem(path), read_bytes(path)
    text, repairs = SINGLE[name](data, shown(path))
    return Article(
        key, path, text, hashlib.sha256(data).hexdigest(), "+".join((name, *dict.fromkeys(repairs)))
    )


def told(article: Article) -> str:
    """What was repaired when the article was read, for people; '' for nothing.

    `Article.reader` is the reader's name and the names of the repairs: "text+tcvn3+entities".
    """
    return "; ".join(TOLD[name] for name in article.reader.split("+")[1:])


def _require_file(path: Path) -> None:
    """Raise what is wrong with a folder that stands where a file is wanted."""
    if not path.is_dir():
        return
    if path.is_symlink():
        raise SourceError(
            "a link to a folder: not followed", where=shown(path), hint="give the folder itself as a source"
        )
    try:
        os.scandir(path).close()
    except OSError as fault:
        raise SourceError(
            f"cannot be read ({fault.strerror})", where=shown(path), hint="check its rights"
        ) from None
    raise SourceError("a folder, not a file", where=shown(path), hint="list its files with kg.read.sources")


def sources(paths: Iterable[Path]) -> Iterator[Path]:
    """The article files under `paths`, folders in order of names; other suffixes there are passed over.

    A file that is named itself is always given, so that its fault is reported; so are folders that cannot be
    read and links to folders, which are not followed. Raises `SourceError` for a path that does not exist and
    for a folder without articles.
    """
    for path in paths:
        try:
            os.stat(path)  # noqa: PTH116  says why, where exists() does not
        except FileNotFoundError:
            raise SourceError("no such file or folder", where=shown(path), hint="check the path") from None
        except (OSError, ValueError) as fault:
            reason = getattr(fault, "strerror", None) or str(fault)
            raise SourceError(
                f"cannot be read ({reason})", where=shown(path), hint="check the path"
            ) from None
        if not path.is_dir():
            yield path
            continue
        found = False
        for file in _walked(path):
            found = True
            yield file
        if not found:
            known = ", ".join(sorted(SUFFIXES))
            raise SourceError("a folder without articles", where=shown(path), hint=f"articles end in {known}")


def _walked(top: Path) -> Iterator[Path]:
    unreadable: list[Path] = []
    for folder, folders, names in os.walk(top, onerror=lambda fault: unreadable.append(Path(fault.filename))):
        folders.sort()
        yield from (linked for name in folders if (linked := Path(folder) / name).is_symlink())
        yield from (file for name in sorted(names) if _suffix(file := Path(folder) / name))
    yield from unreadable
