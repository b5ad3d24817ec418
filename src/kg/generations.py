"""The files of a store: generations, the pointer to the published one, and the locks.

::

    kg-store/
      store.json       which generation is the graph; the layout's version; the base IRI
      lock             held by the one writer
      graph-000007/    a generation, never changed once store.json names it
        quads/         the RocksDB files of pyoxigraph
        manifest.json  what the graph was built from (written by kg.builder)

A writer never touches the generation that readers see. It copies it (hard links: milliseconds at any
size), changes the copy, and publishes it by renaming ``store.json``: one atomic step for any number of
graphs. A writer that dies before it, at any moment, leaves the old graph whole; the next writer sweeps its
remains away. Readers keep their generation until they close it, however many are published meanwhile.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import pyoxigraph as ox

from kg import __version__
from kg.errors import StoreError

LAYOUT = 1
_POINTER = "store.json"
_PREFIX = "graph-"


@dataclass(frozen=True, slots=True)
class Pointer:
    """What ``store.json`` says."""

    generation: str
    base: str
    layout: int = LAYOUT
    program: str = __version__

    @classmethod
    def read(cls, folder: Path) -> Pointer | None:
        """Return the pointer of a store, None where there is no store, StoreError where it is not ours."""
        path = folder / _POINTER
        try:
            found = json.loads(path.read_text("utf-8"))
            layout, program = int(found["layout"]), str(found["program"])
            generation, base = str(found["generation"]), str(found["base"])
        except FileNotFoundError:
            return None
        except NotADirectoryError:
            raise StoreError("not a folder", where=str(folder), hint="give --store a folder") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            reason = f"not a store's {_POINTER} ({type(error).__name__}: {error})"
            raise StoreError(reason, where=str(path), hint="build into a new --store") from None
        if layout != LAYOUT:
            raise StoreError(
                f"another version wrote this store (layout {layout}, kg {program}; "
                f"this is layout {LAYOUT}, kg {__version__})",
                where=str(folder),
                hint="build into a new --store, or use the version that wrote it",
            )
        return cls(generation, base, layout, program)

    def write(self, folder: Path) -> None:
        """Make this the store's pointer, durably and in one step."""
        temporary = folder / f"{_POINTER}.tmp"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(folder / _POINTER)
        _sync(folder)


class Disk:
    """Generations, pointer and locks of one store folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.generation = folder
        self.writing = False
        self._locks = contextlib.ExitStack()

    def read(self) -> Pointer:
        """Settle on the published generation and keep it from being swept."""
        for _ in range(100):
            pointer = Pointer.read(self.folder)
            if pointer is None:
                raise self._none_here()
            self.generation = self.folder / pointer.generation
            # A writer may publish and sweep between these two lines; the next round finds the new pointer.
            if self._hold(self.generation, fcntl.LOCK_SH):
                return pointer
        raise StoreError("its files are missing", where=str(self.generation), hint="build it again")

    def write(self, base: str | None, *, anew: bool = False) -> Pointer:
        """Become the only writer and prepare a copy of the published generation (`base`: of an empty one).

        With `anew` it is an empty one in any case.
        """
        try:
            if Pointer.read(self.folder) is None:
                self._check_free(base)
            self._become_writer()
            pointer = Pointer.read(self.folder)  # again: it may have changed before the lock was ours
            self._sweep(pointer)
            number = 1 if pointer is None else int(pointer.generation.removeprefix(_PREFIX)) + 1
            self.generation = self.folder / f"{_PREFIX}{number:06d}"
            self.generation.mkdir()
            self.writing = True
            if pointer is not None and anew:
                return Pointer(self.generation.name, base or pointer.base)
            if pointer is not None:
                old = self.folder / pointer.generation
                ox.Store.read_only(str(old / "quads")).backup(self.generation / "quads")
                for file in old.glob("*.json"):
                    shutil.copy2(file, self.generation)
            return pointer or Pointer(self.generation.name, base or "")
        except OSError as error:
            raise StoreError(f"cannot be written ({error})", where=str(self.folder)) from None

    def engine(self) -> ox.Store:
        """Open the RocksDB files of the generation."""
        path = self.generation / "quads"
        try:
            return ox.Store(path) if self.writing else ox.Store.read_only(str(path))
        except OSError as error:
            raise StoreError(f"cannot be opened ({error})", where=str(path), hint="build it again") from None

    def publish(self, base: str) -> None:
        """Point the store at the generation; become its reader, remove what nobody reads."""
        for path in (self.generation / "quads", self.generation, self.folder):
            _sync(path)
        pointer = Pointer(self.generation.name, base)
        pointer.write(self.folder)
        self.writing = False
        self._hold(self.generation, fcntl.LOCK_SH)
        self._sweep(pointer)

    def close(self) -> None:
        """Release the locks; remove a generation that was not published."""
        if self.writing:
            self.writing = False
            shutil.rmtree(self.generation, ignore_errors=True)
        self._locks.close()

    def _check_free(self, base: str | None) -> None:
        """Raise unless a new store may be made here."""
        if base is None:
            raise self._none_here()
        self.folder.mkdir(parents=True, exist_ok=True)
        ours = ("lock", _POINTER, _PREFIX)  # what an interrupted first build may have left
        strangers = sorted(path.name for path in self.folder.iterdir() if not path.name.startswith(ours))
        if strangers:
            raise StoreError(
                f"the folder is no store and holds other files ({strangers[0]})",
                where=str(self.folder),
                hint="give --store a new or empty folder",
            )

    def _none_here(self) -> StoreError:
        hint = "run kg build, or give --store or KG_STORE"
        return StoreError("there is no store here", where=str(self.folder), hint=hint)

    def _become_writer(self) -> None:
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o666)
        self._locks.callback(os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(
                "another program is writing this store",
                where=str(self.folder),
                hint="wait until it has ended, or give another --store",
            ) from None

    def _hold(self, generation: Path, kind: int) -> bool:
        """Lock the folder of a generation until `close`; False if it is gone or on its way out."""
        try:
            descriptor = os.open(generation, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError:
            pass  # a file system without locks on folders: its readers should end before the next build
        self._locks.callback(os.close, descriptor)
        return True

    def _sweep(self, pointer: Pointer | None) -> None:
        """Remove what is neither published nor being read: older generations and interrupted ones."""
        keep = {pointer.generation if pointer else "", self.generation.name if self.writing else ""}
        for path in self.folder.iterdir():
            if path.name in keep or not path.name.startswith(_PREFIX):
                continue
            with contextlib.ExitStack() as stack:
                descriptor = os.open(path, os.O_RDONLY)
                stack.callback(os.close, descriptor)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                except OSError:
                    pass
                shutil.rmtree(path, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
