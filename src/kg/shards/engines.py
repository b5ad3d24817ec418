"""Who makes the shards: processes of this machine, or those of a Dask cluster. The shards are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

from kg.errors import KgError, SourceError
from kg.shards.plan import Shard
from kg.shards.shard import Made, Sample, make, names, probe, without
from kg.workers import Died, Workers

Task = TypeVar("Task")
Result = TypeVar("Result")

ENDS = "ends the process that converts it"
_PATIENCE = 10  # seconds until the scheduler must have answered


class Engine(Protocol):
    """Runs functions of modules elsewhere; see Workers."""

    def __enter__(self) -> Engine:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End, whatever is under way."""

    def map(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Result | Died]]:
        """The tasks with their results. What a task raises is raised here."""

    def alone(self, function: Callable[[Task], Result], task: Task) -> Result | Died:
        """The result of one task."""


def engine(jobs: int, scheduler: str | None) -> Engine:
    """The engine of a build. Raises KgError where a scheduler cannot be had."""
    return Dask(scheduler) if scheduler else Workers(jobs)


def made(runner: Engine, shards: Iterable[Shard]) -> Iterator[tuple[Shard, Made]]:
    """Make all shards. Articles that end the process which converts them are found, named and left out."""
    for shard, done in runner.map(make, shards):
        if isinstance(done, Died):
            yield _made_without_poison(runner, shard)
        else:
            yield shard, done


def _made_without_poison(runner: Engine, shard: Shard) -> tuple[Shard, Made]:
    found = runner.alone(names, shard)
    if isinstance(found, Died):
        sources = ", ".join(piece.source for piece in shard.pieces[:3])
        raise SourceError("reading it ends the process that does it", where=sources, hint="leave it out")
    clean = without(shard, dict.fromkeys(_poisonous(runner, Sample(shard, tuple(found))), ENDS))
    done = runner.alone(make, clean)
    if isinstance(done, Died):
        raise KgError(f"{shard.name} ends the process that makes it", hint="run again, with fewer --jobs")
    return clean, done


def _poisonous(runner: Engine, sample: Sample) -> Iterator[str]:
    """The names of articles that end the process, by halves."""
    if not isinstance(runner.alone(probe, sample), Died):
        return
    if len(sample.names) == 1:
        yield sample.names[0]
        return
    middle = len(sample.names) // 2
    for half in (sample.names[:middle], sample.names[middle:]):
        yield from _poisonous(runner, Sample(sample.shard, half))


class Dask:
    """An existing Dask cluster. Only paths travel: its workers have the program and see the sources."""

    def __init__(self, scheduler: str) -> None:
        self._address = scheduler
        self._client: Any = None

    def __enter__(self) -> Dask:
        try:
            from distributed import Client
        except ImportError:
            raise KgError(
                "--scheduler needs a library that is not installed (distributed)",
                hint="pip install 'cascade-kg[dask]'",
            ) from None
        try:
            self._client = Client(self._address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError) as fault:
            reason = f"no Dask scheduler answers ({type(fault).__name__})"
            raise KgError(reason, where=self._address, hint="start one: dask scheduler") from None
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._client is not None:
            self._client.close()

    def map(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Result | Died]]:
        """See Engine. The results come as they are ready; a task whose worker is lost is done by another."""
        from distributed import as_completed

        waiting = {self._submit(function, task): task for task in tasks}
        try:
            for future in as_completed(list(waiting), loop=self._client.loop):
                yield waiting.pop(future), self._result(future)
        finally:
            self._client.cancel(list(waiting))

    def alone(self, function: Callable[[Task], Result], task: Task) -> Result | Died:
        """See Engine."""
        done: Result | Died = self._result(self._submit(function, task))
        return done

    def _submit(self, function: Callable[[Task], Result], task: Task) -> Any:
        return self._client.submit(function, task, pure=False)

    def _result(self, future: Any) -> Any:
        from distributed import KilledWorker

        try:
            return future.result()
        except KilledWorker:  # it has ended as many workers as the scheduler allows a task
            return Died()
