"""The lines of a shard: sorted and distinct, however many; then packed, the same bytes for the same lines."""

from __future__ import annotations

import hashlib
import heapq
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, NamedTuple

_HELD = 48_000_000  # bytes of lines that are sorted in memory; more are sorted run by run on disk
_LEVEL = 4  # of zlib: within 15 % of the size of level 9, in a third of its time
_BLOCK = 1 << 18


class Packed(NamedTuple):
    """What a packed file holds: lines, its own size and digest, and the digest of what is inside."""

    lines: int
    bytes: int
    sha256: str
    content: str


class Lines:
    """Collects lines of N-Quads (UTF-8, each with its line end) in bounded memory. A context manager."""

    def __init__(self, scratch: str | None) -> None:
        self._scratch = scratch
        self._held: list[bytes] = []
        self._size = 0
        self._runs: list[IO[bytes]] = []
        self._files = ExitStack()

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def add(self, lines: Iterable[bytes], size: int) -> None:
        """Add lines of `size` bytes together."""
        self._held += lines
        self._size += size
        if self._size > _HELD:
            run = self._files.enter_context(tempfile.TemporaryFile(dir=self._scratch))  # noqa: SIM115  it is
            self._held.sort()  # parts of it are sorted already: that is fast
            run.writelines(self._held)
            self._runs.append(run)
            self._held, self._size = [], 0

    def __iter__(self) -> Iterator[bytes]:
        """All lines, sorted by their bytes, each once."""
        self._held.sort()
        for run in self._runs:
            run.seek(0)
        last = b""
        for line in heapq.merge(*self._runs, self._held) if self._runs else self._held:
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
