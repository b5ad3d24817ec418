"""`kg build --out`: a dataset of shards, made side by side, continued where a former run was ended."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import KgError, StoreError
from kg.intake import Progress
from kg.namespaces import DEFAULT_BASE
from kg.shards.dataset import current, finish, finished
from kg.shards.engines import ENDS, Engine, engine, made
from kg.shards.names import Names
from kg.shards.place import Local, Place, place
from kg.shards.plan import Plan, Shard, plan
from kg.shards.shard import record, without


@dataclass(frozen=True, slots=True)
class DatasetResult:
    """What a sharded build did. `complete`: all shards are there, and so is `manifest.json`."""

    out: str
    shards: int
    made: int  # by this run; the others were there
    articles: int
    quads: int
    failed: tuple[KgError, ...]
    complete: bool
    missing: int  # shards that other slices have to make
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether every source could be used."""
        return not self.failed


def build_shards(
    sources: Iterable[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    base: str = "",
    reader: str | None = None,
    jobs: int = 1,
    shards: tuple[int, int] | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> DatasetResult:
    """Write the articles of `sources` as a dataset of shards to the folder or address `out`.

    The files are the same for the same sources, whatever `jobs`, the order, the `scheduler` (the address of a
    Dask cluster) and however often it was interrupted: what is finished is not made again. `shards` (I, N),
    I from 1, makes the I-th of N shards alone; the one who makes the last completes the dataset.

    Raises KgError: two files of one name, an output that cannot be written or is in use, no scheduler.
    """
    start = time.perf_counter()
    base = base or os.environ.get("KG_BASE_IRI") or DEFAULT_BASE
    where = place(str(out))
    target = str(Path(out).absolute()) if isinstance(where, Local) else str(out)
    planned = plan(map(str, sources), target, base, reader, shards[1] if shards else None)
    run = _Run(where, planned, base, progress or (lambda *_: None))
    with _writing(where, alone=shards is None), engine(jobs, scheduler) as runner:
        if shards:
            run.make(runner, [planned.shards[shards[0] - 1]])
        else:
            run.make(runner, planned.shards)
        missing = run.missing()
        manifest = run.finish(runner) if not missing else None
    return run.result(str(out), manifest, len(missing), time.perf_counter() - start)


class _Run:
    """One build: its plan, and what it has made."""

    def __init__(self, out: Place, planned: Plan, base: str, progress: Progress) -> None:
        self.out, self.plan, self.base, self.progress = out, planned, base, progress
        self.shards = {shard.number: shard for shard in planned.shards}
        self.made = 0

    def make(self, runner: Engine, shards: Iterable[Shard]) -> None:
        """Make shards, and keep with what they were made."""
        todo = list(shards)
        for done, (shard, result) in enumerate(made(runner, todo), 1):
            self.shards[shard.number] = shard
            self.made += result.new
            self.progress(done, len(todo), f"{shard.name} · {result.quads:,}")

    def missing(self) -> list[int]:
        """The shards that are not there."""
        return [n for n, shard in self.shards.items() if record(self.out, shard.name) is None]

    def finish(self, runner: Engine) -> dict[str, Any]:
        """Leave out what two shards have, then complete the dataset."""
        if doubled := self._doubled():
            self.make(runner, doubled)
        names = [shard.name for shard in self.shards.values()]
        if not self.made and (manifest := current(self.out, self.base, names)):
            return manifest
        self.progress(len(names), len(names), "inferred")
        return finish(self.out, self.base, names)

    def _doubled(self) -> list[Shard]:
        """Shards with names that earlier shards have, without them; shards that may have theirs again."""
        again: list[Shard] = []
        with Names() as names:
            for shard in self.shards.values():
                found = finished(self.out, shard.name)
                left_out = {name: why for name, why in found["left_out"].items() if why == ENDS}
                own = (*found["articles"], *(n for n in found["left_out"] if n not in left_out))
                for name, first in names.taken(own, shard.name).items():
                    left_out[name] = f"{first} has an article of the same name, {name}"
                if left_out != found["left_out"]:
                    again.append(without(shard, left_out))
        return again

    def result(
        self, out: str, manifest: dict[str, Any] | None, missing: int, seconds: float
    ) -> DatasetResult:
        """Say what was done."""
        failed = list(self.plan.failed)
        articles = quads = 0
        for shard in self.shards.values():
            found = record(self.out, shard.name)
            if found:
                articles += len(found["articles"])
                quads += found["part"]["lines"]
                failed += (
                    KgError(message, where=where, hint=hint) for message, where, hint in found["failed"]
                )
        return DatasetResult(
            out,
            len(self.shards),
            self.made,
            articles,
            manifest["quads"] if manifest else quads,
            tuple(failed),
            manifest is not None,
            missing,
            seconds,
        )


@contextmanager
def _writing(out: Place, *, alone: bool) -> Iterator[None]:
    """Be the only build of a local folder (slices work side by side); remove what an interrupted one left."""
    if not isinstance(out, Local):
        yield
        return
    try:
        scratch = Path(out.scratch())
        descriptor = os.open(scratch / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as fault:
        raise StoreError(
            f"cannot be written ({fault.strerror})", where=str(out.folder), hint="check the folder"
        ) from None
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        if alone:
            _sweep(scratch)
        yield
        if alone:
            _sweep(scratch)  # what workers left that were killed
    except BlockingIOError:
        raise StoreError(
            "another program is writing this dataset", where=str(out.folder), hint="wait until it has ended"
        ) from None
    finally:
        os.close(descriptor)


def _sweep(scratch: Path) -> None:
    for path in scratch.glob("*.tmp"):
        shutil.rmtree(path, ignore_errors=True)
