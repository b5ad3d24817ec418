"""The plan of a sharded build: which pieces of the sources make which shard, known without any worker."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg import read
from kg.errors import KgError, SourceError
from kg.intake import Intake
from kg.shards.place import is_address, listed

SIZE = 500_000
"""Bytes of sources in a shard: two or three hundred articles, about 50 MB of N-Quads."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A source, or the part of it that `read.pieces` cut; `size` in bytes."""

    source: str
    part: read.Piece
    size: int


@dataclass(frozen=True, slots=True)
class Shard:
    """All that a worker needs to make `part-{number:05}.nq.gz`: paths and names, no text.

    `left_out`: names of articles that must not be in it, each with the reason; None for those that an earlier
    run had to leave out.
    """

    number: int
    pieces: tuple[Piece, ...]
    out: str
    base: str
    reader: str | None
    left_out: tuple[tuple[str, str], ...] | None = None

    @property
    def name(self) -> str:
        """The file's name without suffixes."""
        return f"part-{self.number:05}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The shards of a build, and what is wrong with sources that are in none of them."""

    shards: tuple[Shard, ...]
    failed: tuple[KgError, ...]


def plan(
    sources: Iterable[str], out: str, base: str, reader: str | None = None, count: int | None = None
) -> Plan:
    """Cut the sources into shards, in order of the articles' names: the same for the same sources.

    Without `count`, each shard is closed when it has `SIZE` bytes, so that sources which are added at the end
    leave those before as they were; with it, there are so many of about one size. Raises KgError where two
    files would have articles of one name.
    """
    failed: list[KgError] = []
    pieces = list(_pieces(list(sources), reader, failed))
    groups = _by_count(pieces, count) if count else _by_size(pieces)
    shards = (Shard(number, tuple(group), out, base, reader) for number, group in enumerate(groups))
    return Plan(tuple(shards), tuple(failed))


def _by_size(pieces: list[Piece]) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    size = 0
    for piece in pieces:
        group.append(piece)
        size += piece.size
        if size >= SIZE:
            yield group
            group, size = [], 0
    if group:
        yield group


def _by_count(pieces: list[Piece], count: int) -> list[list[Piece]]:
    total = sum(piece.size for piece in pieces) or 1
    groups: list[list[Piece]] = [[] for _ in range(count)]
    before = 0
    for piece in pieces:
        groups[min(count - 1, before * count // total)].append(piece)
        before += piece.size
    return groups


def _pieces(sources: list[str], reader: str | None, failed: list[KgError]) -> Iterator[Piece]:
    intake = Intake(lambda *_: None, reader)
    intake.collect(source for source in sources if not is_address(source))
    failed += intake.failed
    files: dict[str, tuple[str, int]] = {stem: (str(path), -1) for stem, path in intake.files.items()}
    for address in filter(is_address, sources):
        try:
            found = [(name, size) for name, size in listed(address) if _is_source(name, address, reader)]
        except SourceError as fault:
            failed.append(fault)
            continue
        for name, size in found:
            stem = read.stem(Path(name.rpartition("/")[2]))
            if files.setdefault(stem, (name, size))[0] != name:
                raise SourceError(f"has the same name as {files[stem][0]}", where=name, hint="rename one")
    for _, (source, size) in sorted(files.items()):
        yield from _cut(source, size, reader, failed)


def _is_source(name: str, address: str, reader: str | None) -> bool:
    return name == address or reader is not None or name.lower().endswith(tuple(read.SUFFIXES))


def _cut(source: str, size: int, reader: str | None, failed: list[KgError]) -> Iterator[Piece]:
    if is_address(source):
        yield Piece(source, None, size)
        return
    try:
        yield from (Piece(source, part, n) for part, n in read.pieces(Path(source), reader, SIZE // 4))
    except KgError:
        yield Piece(source, None, 0)  # the worker that reads it says what is wrong
    except OSError as fault:
        failed.append(SourceError(f"cannot be read ({os.strerror(fault.errno or 0)})", where=source))
