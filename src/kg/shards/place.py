"""Where shards are written and sources are read: a local folder, or any address that fsspec knows."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from kg.errors import KgError, SourceError

_BLOCK = 1 << 20


class Place(Protocol):
    """A folder whose files appear whole or not at all. Names may have one slash, `shards/part-00000.json`."""

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None where there is none."""

    def digest(self, name: str) -> str:
        """The SHA-256 of a file; "" where there is none."""

    def publish(self, path: Path, name: str) -> None:
        """Make a finished local file the file of that name, in one step. `path` is gone afterwards."""

    def write(self, name: str, data: bytes) -> None:
        """Make bytes the file of that name, in one step."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def names(self, folder: str = "") -> list[str]:
        """The names of the files in it, or in a folder of it, sorted."""

    def scratch(self) -> str | None:
        """A local folder for unfinished files from which `publish` is one step; None for the usual one."""


def is_address(source: str) -> bool:
    """Whether a source is an address for fsspec, `s3://bucket/news.jsonl`, and no local path."""
    return "://" in source


def place(address: str) -> Place:
    """The folder of a path or address. Raises KgError where it cannot be had."""
    return Remote(address) if is_address(address) else Local(Path(address))


class Local:
    """A folder of this machine. A file is written beside its place, made durable and renamed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str) -> bytes | None:
        """See Place."""
        try:
            return (self.folder / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def digest(self, name: str) -> str:
        """See Place."""
        try:
            with (self.folder / name).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except (FileNotFoundError, NotADirectoryError):
            return ""

    def publish(self, path: Path, name: str) -> None:
        """See Place."""
        target = self.folder / name
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        path.replace(target)
        descriptor = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def write(self, name: str, data: bytes) -> None:
        """See Place."""
        with tempfile.TemporaryDirectory(dir=self.scratch(), suffix=".tmp") as folder:
            path = Path(folder) / "written"
            path.write_bytes(data)
            self.publish(path, name)

    def remove(self, name: str) -> None:
        """See Place."""
        (self.folder / name).unlink(missing_ok=True)

    def names(self, folder: str = "") -> list[str]:
        """See Place."""
        try:
            return sorted(path.name for path in (self.folder / folder).iterdir() if path.is_file())
        except FileNotFoundError:
            return []

    def scratch(self) -> str:
        """See Place. Made, with the folders above, when first asked for."""
        folder = self.folder / "shards"
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder)


class Remote:
    """A folder behind an address. An upload is seen when it is complete, as object stores have it."""

    def __init__(self, address: str) -> None:
        self._fs, self._root = _filesystem(address)

    def _at(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}".rstrip("/")

    def read(self, name: str) -> bytes | None:
        """See Place."""
        try:
            data: bytes = self._fs.cat_file(self._at(name))
        except FileNotFoundError:
            return None
        return data

    def digest(self, name: str) -> str:
        """See Place."""
        total = hashlib.sha256()
        try:
            with self._fs.open(self._at(name), "rb") as file:
                while block := file.read(_BLOCK):
                    total.update(block)
        except FileNotFoundError:
            return ""
        return total.hexdigest()

    def publish(self, path: Path, name: str) -> None:
        """See Place."""
        self._fs.makedirs(self._at(name).rpartition("/")[0], exist_ok=True)
        self._fs.put_file(str(path), self._at(name))
        path.unlink()

    def write(self, name: str, data: bytes) -> None:
        """See Place."""
        self._fs.makedirs(self._at(name).rpartition("/")[0], exist_ok=True)
        self._fs.pipe_file(self._at(name), data)

    def remove(self, name: str) -> None:
        """See Place."""
        if self._fs.exists(self._at(name)):
            self._fs.rm_file(self._at(name))

    def names(self, folder: str = "") -> list[str]:
        """See Place."""
        try:
            found = self._fs.ls(self._at(folder), detail=True, refresh=True)
        except FileNotFoundError:
            return []
        return sorted(entry["name"].rpartition("/")[2] for entry in found if entry["type"] == "file")

    def scratch(self) -> None:
        """See Place."""


def listed(address: str) -> list[tuple[str, int]]:
    """The file at an address, or those in the folder there, with their bytes. Raises SourceError for none."""
    try:
        files, root = _filesystem(address)
        found = [files.info(root)] if files.isfile(root) else list(files.find(root, detail=True).values())
    except (OSError, ValueError) as fault:
        raise SourceError(f"cannot be read ({fault})", where=address, hint="check the address") from None
    protocol = address.partition("://")[0]
    if not found:
        raise SourceError("no such file or folder", where=address, hint="check the address")
    names = {f"{protocol}://{str(entry['name']).lstrip('/')}": int(entry["size"] or 0) for entry in found}
    if protocol == "file":
        names = {name.replace("file://", "file:///"): size for name, size in names.items()}
    return sorted(names.items())


@contextmanager
def local(source: str) -> Iterator[Path]:
    """A source as a local file of the same name. Raises SourceError where it cannot be fetched."""
    if not is_address(source):
        yield Path(source)
        return
    with tempfile.TemporaryDirectory(prefix="kg-source-") as folder:
        path = Path(folder) / source.rpartition("/")[2]
        try:
            files, root = _filesystem(source)
            files.get_file(root, str(path))
        except (OSError, ValueError) as fault:
            raise SourceError(
                f"cannot be fetched ({fault})", where=source, hint="check the address"
            ) from None
        yield path


def _filesystem(address: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise KgError(
            "addresses need a library that is not installed (fsspec)",
            where=address,
            hint="pip install 'cascade-kg[remote]'",
        ) from None
    try:
        files, root = url_to_fs(address)
    except (ImportError, ValueError) as fault:  # the protocol's own library
        raise KgError(f"cannot be used ({fault})", where=address, hint="check the address") from None
    return files, str(root)
