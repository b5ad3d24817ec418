"""Files in, articles out. The reader is chosen by the caller or by the suffix, never by guessing."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kg.errors import SourceError
from kg.model import Article
from kg.vietnamese import nfc

MAX_BYTES = 20_000_000
"""Sources above this many bytes are refused: no news article is that long, and one line of it could hold a build up."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\ufffe\uffff]")
# UTF-8 read as Latin-1 or Windows-1252 leaves these pairs; in Vietnamese text they do not otherwise occur
_MOJIBAKE = re.compile(r"(?:Ã[\u0080-\u00bf¡-¿]|áº|á»|Ä‘|Æ°|Æ¡){1}")


def _decode(data: bytes, where: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as fault:
        kind = "binary data, not text" if b"\x00" in data[:4096] else f"not {encoding.removesuffix('-sig').upper()} text"
        raise SourceError(
            kind, where=f"{where}: byte {fault.start}", hint="save the article as UTF-8 text and build again"
        ) from None


def clean(text: str, where: str) -> str:
    """The text as it is stored: NFC, LF line ends. Refuses what is empty, binary or mangled.

    Raises `SourceError` with `where` and the place in it.
    """
    text = nfc(text.replace("\r\n", "\n").replace("\r", "\n"))
    control = _CONTROL.search(text)
    if control:
        raise SourceError(
            f"control character U+{ord(control.group()):04X}: binary data, not text",
            where=f"{where}: character {control.start()}",
            hint="save the article as UTF-8 text and build again",
        )
    if not text.strip():
        raise SourceError("no text", where=where, hint="remove the file, or put the article into it")
    mangled = _MOJIBAKE.findall(text)
    if len(mangled) >= 3 and len(mangled) * 60 > len(text):
        raise SourceError(
            "the letters are mangled (UTF-8 that was read in another encoding)",
            where=where,
            hint="convert the file back to proper UTF-8 and build again",
        )
    return text


def read_text(path: Path) -> Article:
    """A plain-text article.

    Raises `SourceError` if the file cannot be opened, is too large, is no regular file or is not text.
    """
    where = str(path)
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise SourceError("not a regular file", where=where, hint="name a text file or a folder")
        if status.st_size > MAX_BYTES:
            raise SourceError(
                f"{status.st_size:,} bytes: over the limit of {MAX_BYTES:,} for one article",
                where=where,
                hint="one file holds one article: split it",
            )
        data = path.read_bytes()
    except OSError as fault:
        raise SourceError(f"cannot be read ({fault.strerror})", where=where, hint="check the path and its rights") from None
    text = clean(_decode(data, where), where)
    return Article(path.stem, path, text, hashlib.sha256(data).hexdigest())


READERS: dict[str, Callable[[Path], Article]] = {"text": read_text}
SUFFIXES = {".txt": "text", ".text": "text"}


def read(path: Path, reader: str | None = None) -> Article:
    """The article in `path`, by the reader of that name or, without one, by the file's suffix.

    Raises `SourceError` for an unknown reader or suffix, and for whatever the reader refuses.
    """
    name = reader or SUFFIXES.get(path.suffix.lower())
    if name is None:
        raise SourceError(
            f"no reader for the suffix {path.suffix!r}",
            where=str(path),
            hint=f"known: {', '.join(sorted(SUFFIXES))}; or name one with --reader",
        )
    if name not in READERS:
        raise SourceError(f"unknown reader {name!r}", where=str(path), hint=f"known: {', '.join(sorted(READERS))}")
    return READERS[name](path)


def sources(paths: Iterable[Path]) -> Iterator[Path]:
    """The article files under `paths`, folders walked in order of names; other suffixes in folders are passed over.

    A file that is named itself is always given, so that its fault is reported. Links to folders are not followed.
    Raises `SourceError` for a path that does not exist and for a folder without articles.
    """
    for path in paths:
        if not path.exists():
            raise SourceError("no such file or folder", where=str(path), hint="check the path")
        if not path.is_dir():
            yield path
            continue
        found = False
        for folder, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                if Path(name).suffix.lower() in SUFFIXES:
                    found = True
                    yield Path(folder) / name
        if not found:
            raise SourceError(
                "a folder without articles", where=str(path), hint=f"articles end in {', '.join(sorted(SUFFIXES))}"
            )
