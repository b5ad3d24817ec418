"""Files opened safely: regular ones only, at most so many bytes, and names that can be shown."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from kg.errors import SourceError

MAX_BYTES = 20_000_000
"""An article above this many bytes is refused: no news article is that long, and it could hold a build up."""

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


def shown(path: Path | str) -> str:
    """The path for a message: on one line, in the order it is read, whatever its name holds."""
    text = str(path)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def stem_of(path: Path, suffix: str) -> str:
    """The file's name without its suffix: the article's identity.

    Raises `SourceError` where it cannot be one: characters that are not shown, bytes that are no text, dots.
    """
    stem = path.name[: -len(suffix)] if suffix else path.stem
    if not stem.strip(".") or not all(
        c.isprintable() or (c.isspace() and c not in "\n\r\x0b\x0c") for c in stem
    ):
        raise SourceError(
            "the file name has characters that cannot be shown, or nothing before its suffix",
            where=shown(path),
            hint="rename the file",
        )
    return stem


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading. A link to a regular file is followed; a pipe or device is not even opened.

    Raises `SourceError` for anything that is no regular file and for what cannot be opened.
    """
    where = shown(path)
    try:
        _require_regular(os.stat(path).st_mode, where)  # noqa: PTH116  as below
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            _require_regular(os.fstat(handle).st_mode, where)  # it may have been exchanged since
            return os.fdopen(handle, "rb")
        except BaseException:
            os.close(handle)
            raise
    except OSError as fault:
        raise SourceError(
            f"cannot be read ({fault.strerror})", where=where, hint="check the path and its rights"
        ) from None


def _require_regular(mode: int, where: str) -> None:
    if not stat.S_ISREG(mode):
        kind = next((f" but {name}" for test, name in _KINDS if test(mode)), "")
        hint = "give the folder itself as a source" if stat.S_ISDIR(mode) else "name a text file or a folder"
        raise SourceError(f"not a regular file{kind}", where=where, hint=hint)


def read_bytes(path: Path) -> bytes:
    """The file's bytes. Raises `SourceError` as `open_regular` does, and above `MAX_BYTES`."""
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size <= MAX_BYTES:
            try:
                data = file.read(MAX_BYTES + 1)
            except OSError as fault:
                raise SourceError(
                    f"cannot be read ({fault.strerror})",
                    where=shown(path),
                    hint="check the file and its disk",
                ) from None
            size = max(size, len(data))
            if size <= MAX_BYTES:
                return data
    raise SourceError(
        f"{size:,} bytes: over the limit of {MAX_BYTES:,} for one article",
        where=shown(path),
        hint="one file holds one article: split it",
    )
