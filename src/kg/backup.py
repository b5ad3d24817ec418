"""`kg backup`, `kg restore`: a published graph copied whole, with the digest of each file, and back.

::

    BACKUP/
      backup.json    base IRI, layout, program; the size and SHA-256 of each file below; written last
      graph/         the files of the generation

A backup is made while readers read and a build goes on: what is published is never changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from kg import __version__
from kg.errors import StoreError
from kg.generations import LAYOUT, Disk

_LIST = "backup.json"
_BLOCK = 1 << 20
_PASSING = ("LOG", "LOCK")  # RocksDB's own diary and lock: no part of the data


def backup(store: str | os.PathLike[str], target: str | os.PathLike[str]) -> int:
    """Copy the published graph of a store to a new folder, durably; its bytes.

    Raises StoreError: no store there, a folder that holds files already, one that cannot be written. An
    interrupted backup has no list of files, and `restore` refuses it.
    """
    folder = Path(target)
    disk = Disk(Path(store))
    with closing(disk):
        pointer = disk.read()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise StoreError("the folder holds files already", where=str(folder), hint="give a new one")
            files = {
                str(path.relative_to(disk.generation)): _copied(
                    path, folder / "graph" / path.relative_to(disk.generation)
                )
                for path in _files(disk.generation)
            }
            found = {"layout": LAYOUT, "program": __version__, "base": pointer.base, "files": files}
            _write(folder / _LIST, json.dumps(found, indent=1, sort_keys=True) + "\n")
        except OSError as fault:
            raise _unwritable(folder, fault) from None
    return sum(size for size, _ in files.values())


def restore(source: str | os.PathLike[str], store: str | os.PathLike[str]) -> int:
    """Make a store hold a backup, and nothing else, in one step; its bytes.

    Every file is held against its digest first. Raises StoreError: no backup, one of another version, a file
    that is missing or damaged (named); the store is then as it was before.
    """
    folder = Path(source)
    found = _listed(folder)
    disk = Disk(Path(store))
    with closing(disk):
        disk.write(found["base"], anew=True)
        try:
            for name, expected in found["files"].items():
                path = folder / "graph" / name
                try:
                    same = _copied(path, disk.generation / name) == expected
                except FileNotFoundError:
                    raise StoreError("is missing", where=str(path), hint="take another backup") from None
                if not same:
                    raise StoreError("is damaged", where=str(path), hint="take another backup")
            disk.publish(found["base"])
        except OSError as fault:
            raise _unwritable(Path(store), fault) from None
    return sum(size for size, _ in found["files"].values())


def _listed(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / _LIST).read_text("utf-8"))
        layout, program = found["layout"], found["program"]
        names = [Path(name) for name in found["files"]]
    except (OSError, ValueError, KeyError, TypeError):
        hint = f"a finished backup has {_LIST}"
        raise StoreError("no finished backup is there", where=str(folder), hint=hint) from None
    if layout != LAYOUT:
        raise StoreError(
            f"another version wrote this backup (layout {layout}, kg {program}; "
            f"this is layout {LAYOUT}, kg {__version__})",
            where=str(folder),
            hint="use the version that wrote it",
        )
    if any(name.is_absolute() or ".." in name.parts for name in names):
        raise StoreError("it names files outside of it", where=str(folder), hint="take another backup")
    return found


def _files(generation: Path) -> Iterator[Path]:
    for path in sorted(generation.rglob("*")):
        if path.is_file() and not path.name.startswith(_PASSING):
            yield path


def _copied(path: Path, target: Path) -> list[Any]:
    """Copy a file durably; its size and SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    total, size = hashlib.sha256(), 0
    with path.open("rb") as file, target.open("wb") as copy:
        while block := file.read(_BLOCK):
            total.update(block)
            size += copy.write(block)
        copy.flush()
        os.fsync(copy.fileno())
    return [size, total.hexdigest()]


def _write(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _unwritable(folder: Path, fault: OSError) -> StoreError:
    free = shutil.disk_usage(folder).free if folder.exists() else 0
    hint = "free some space" if free < _BLOCK else "check the folder"
    return StoreError(f"cannot be written ({fault.strerror})", where=str(folder), hint=hint)
