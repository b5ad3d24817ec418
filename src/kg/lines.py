"""Lines of bytes, sorted and distinct, however many; and packed, the same bytes for the same lines."""

from __future__ import annotations

import hashlib
import heapq
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, NamedTuple

_HELD = 48_000_000  # bytes of lines that are sorted in memory; more are sorted run by run on disk
_RUNS = 32  # sorted runs that are merged into one: so many files are open at each level, and few levels are
_LEVEL = 4  # of zlib: within 15 % of the size of level 9, in a third of its time
_BLOCK = 1 << 18


class Packed(NamedTuple):
    """What a packed file holds: lines, its own size and digest, and the digest of what is inside."""

    lines: int
    bytes: int
    sha256: str
    content: str


class Lines:
    """Collects lines (UTF-8, each with its line end) in bounded memory. A context manager.

    `share`: how many of them share the memory that one may take.
    """

    def __init__(self, scratch: str | None, share: int = 1) -> None:
        self._scratch, self._most = scratch, _HELD // share
        self._held: list[bytes] = []
        self._size = 0
        self._levels: list[list[IO[bytes]]] = []  # runs of `_HELD` bytes, merged ones of 32 times that, …

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        for run in self._runs():
            run.close()

    def add(self, lines: Iterable[bytes], size: int) -> None:
        """Add lines of `size` bytes together."""
        self._held += lines
        self._size += size
        if self._size > self._most:
            self._held.sort()  # parts of it are sorted already: that is fast
            self._keep(self._held)
            self._held, self._size = [], 0

    def _keep(self, lines: Iterable[bytes], level: int = 0) -> None:
        """Write a run; when there are many of its size, merge them into a larger one."""
        if level == len(self._levels):
            self._levels.append([])
        runs = self._levels[level]
        run = tempfile.TemporaryFile(dir=self._scratch)  # noqa: SIM115  closed with the others, or merged
        runs.append(run)
        run.writelines(lines)
        run.seek(0)
        if len(runs) == _RUNS:
            self._levels[level] = []
            self._keep(heapq.merge(*runs), level + 1)
            for merged in runs:
                merged.close()

    def _runs(self) -> list[IO[bytes]]:
        return [run for runs in self._levels for run in runs]

    def __iter__(self) -> Iterator[bytes]:
        """All lines, sorted by their bytes, each once."""
        self._held.sort()
        runs = self._runs()
        for run in runs:
            run.seek(0)
        last = b""
        for line in heapq.merge(*runs, self._held) if runs else self._held:
            if line != last:
                yield line
                last = line

    def pack(self, path: Path) -> Packed:
        """Write all lines as gzip, without name and time in it."""
        return pack(iter(self), path)


def pack(lines: Iterable[bytes], path: Path) -> Packed:
    """Write lines as gzip, without name and time in it. Raises OSError."""
    packer = zlib.compressobj(_LEVEL, wbits=31)
    inside, outside = hashlib.sha256(), hashlib.sha256()
    number = size = 0
    with path.open("wb") as file:

        def put(data: bytes) -> int:
            outside.update(data)
            return file.write(data)

        block: list[bytes] = []
        held = 0
        for line in lines:
            number += 1
            block.append(line)
            held += len(line)
            if held > _BLOCK:
                data = b"".join(block)
                inside.update(data)
                size += put(packer.compress(data))
                block, held = [], 0
        data = b"".join(block)
        inside.update(data)
        size += put(packer.compress(data) + packer.flush())
    return Packed(number, size, outside.hexdigest(), inside.hexdigest())
