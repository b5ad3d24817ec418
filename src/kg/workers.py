"""Processes that work side by side and are replaced when one dies; conversion by them into files of N-Quads.

A pool of the standard library gives up when one of its processes is killed. Here what was unfinished is done
again, one task at a time; a task that ends its process even when alone is named, and the others go on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TypeVar

from kg import gist
from kg.errors import KgError, SourceError, StoreError

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

    from kg.convert import Converter
    from kg.keys import Keys
    from kg.model import Article

Task = TypeVar("Task")
Result = TypeVar("Result")

_FIRST, _LARGEST = 16, 256
"""Articles of the first batches and of the later ones: all workers begin soon, the store gets large files."""
_AHEAD = 2  # tasks a worker that wait or are under way: keeps all busy and the memory bounded
_TRIES = 2  # a task is to blame when its process dies so often with nothing else running


class Died(NamedTuple):
    """The result of a task that ends its process each time it is tried."""


class Workers:
    """`jobs` processes for `function(task)` of functions of modules. A context manager.

    They are new processes, which share no threads and locks with this one. They leave Ctrl-C to this one,
    and end when it does, whatever ended it.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and self._pool is not None:
            # Nobody waits for what they do. The pool has a method for it from Python 3.14 on.
            for process in list((self._pool._processes or {}).values()):
                process.terminate()
        self._close()

    def map(
        self, function: Callable[[Task], Result], tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Result | Died]]:
        """The tasks with their results, in the order of the tasks, which are drawn by a bounded number.

        What a task raises is raised here. A task that ends its process twice when nothing else runs has Died.
        """
        from concurrent.futures.process import BrokenProcessPool

        drawn = iter(tasks)
        waiting: deque[tuple[Task, Future[Result] | None]] = deque()
        while True:
            try:
                for task in islice(drawn, max(0, self._jobs * _AHEAD - len(waiting))):
                    waiting.append((task, None))  # before it is submitted: a dead pool must not lose it
                    waiting[-1] = task, self._submit(function, task)
                if not waiting:
                    return
                first, future = waiting[0]
                done: Result | Died = future.result() if future else self.alone(function, first)
            except BrokenProcessPool:
                # A worker is dead, by which task is not known, and the pool has dropped them all.
                self._close()
                waiting = deque((task, None) for task, _ in waiting)
                continue
            waiting.popleft()
            yield first, done

    def alone(self, function: Callable[[Task], Result], task: Task) -> Result | Died:
        """Do a task with nothing else running; only so is it known that it was this one that died.

        Raises KgError where no process can be started at all.
        """
        from concurrent.futures.process import BrokenProcessPool

        for _ in range(_TRIES):
            try:
                return self._submit(function, task).result()
            except BrokenProcessPool:
                self._close()
        self._must_start()
        return Died()

    def _must_start(self) -> None:
        """Raise where it is no task's fault: a new process reads the main module, which may end it."""
        from concurrent.futures.process import BrokenProcessPool

        try:
            self._submit(bool, None).result()
        except BrokenProcessPool:
            raise KgError(
                "processes cannot be started", hint="call it under if __name__ == '__main__' of a file"
            ) from None

    def _submit(self, function: Callable[[Task], Result], task: Task) -> Future[Result]:
        if self._pool is None:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            self._pool = ProcessPoolExecutor(self._jobs, get_context("spawn"), _settle)
        return self._pool.submit(function, task)

    def _close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _settle() -> None:
    """Make a new worker leave Ctrl-C to its parent, and end with it even if the parent is killed."""
    import os
    import signal
    from multiprocessing import connection, parent_process
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = parent_process()

    def follow() -> None:
        if parent is not None:
            connection.wait([parent.sentinel])
            os._exit(1)

    Thread(target=follow, daemon=True).start()


class Outcome(NamedTuple):
    """What became of an article, without its quads. `fault` is what was raised where it could not be."""

    article: Article
    iri: str = ""
    kinds: dict[str, int] = {}  # noqa: RUF012  a value; nobody changes it
    unresolved: tuple[str, ...] = ()
    fault: Exception | None = None


class _Batch(NamedTuple):
    articles: list[Article]
    base: str
    target: Path


def conversions(
    articles: Iterable[Article], base: str, folder: Path, jobs: int = 1
) -> Iterator[tuple[list[Outcome], Path]]:
    """Convert articles under `base` in `jobs` processes: outcomes in order, and a file with their quads.

    The files are N-Quads in `folder`, for the caller to load and remove; beside each lies one with the gist
    of its articles (`gist_beside`). Articles are read ahead by a bounded number. One that ends its process
    (out of memory, a fault in a library) has a SourceError as its fault.
    Raises StoreError if a file cannot be written.
    """
    batches = _batches(articles, base, folder)
    try:
        if jobs <= 1:
            made = lru_cache(_converter)  # this build's own, and none where there is nothing to convert
            yield from ((_converted(batch, made(base)), batch.target) for batch in batches)
            return
        with Workers(jobs) as workers:
            for batch, done in workers.map(_convert_batch, batches):
                if isinstance(done, Died):
                    yield from ((outcomes, part.target) for part, outcomes in _bisected(workers, batch))
                else:
                    yield done, batch.target
    except OSError as error:
        raise StoreError(f"cannot be written ({error.strerror})", where=str(folder)) from None


def _batches(articles: Iterable[Article], base: str, folder: Path) -> Iterator[_Batch]:
    rest, size, number = iter(articles), _FIRST, 0
    while batch := list(islice(rest, size)):
        yield _Batch(batch, base, folder / f"{number:06}.nq")
        number += 1
        size = min(size * 2, _LARGEST) if number % 4 == 0 else size


def _bisected(workers: Workers, batch: _Batch) -> Iterator[tuple[_Batch, list[Outcome]]]:
    """Halve a batch that ends its process until the articles that do it stand alone."""
    if len(batch.articles) == 1:
        article = batch.articles[0]
        fault = SourceError(
            "ends the process that converts it", where=str(article.path), hint="left out; please report it"
        )
        batch.target.write_bytes(b"")
        gist.write(gist_beside(batch.target), (), batch.base)
        yield batch, [Outcome(article, fault=fault)]
        return
    middle = len(batch.articles) // 2
    for name, half in (("a", batch.articles[:middle]), ("b", batch.articles[middle:])):
        part = batch._replace(articles=half, target=batch.target.with_stem(batch.target.stem + name))
        done = workers.alone(_convert_batch, part)
        if isinstance(done, Died):
            yield from _bisected(workers, part)
        else:
            yield part, done


def _convert_batch(batch: _Batch) -> list[Outcome]:
    return _converted(batch, _kept(batch.base))


def _converted(batch: _Batch, converter: Converter) -> list[Outcome]:
    kept: list[Keys] = []
    with batch.target.open("wb") as file:
        outcomes = [_convert(converter, article, file, kept) for article in batch.articles]
    gist.write(gist_beside(batch.target), kept, batch.base)
    return outcomes


def gist_beside(quads: Path) -> Path:
    """The file with the gist of the articles whose quads are in a file."""
    return quads.with_suffix(".gist.gz")


def _convert(converter: Converter, article: Article, file: BinaryIO, kept: list[Keys]) -> Outcome:
    """Convert an article into the file, and keep its keys; its text does not come back."""
    light = replace(article, text="")
    try:
        conversion = converter.convert(article)
    except Exception as fault:  # one article's fault is told with its name by the caller; the others go on
        return Outcome(light, fault=fault)
    file.write(conversion.facts)
    file.write(conversion.claims)
    kept.append(conversion.keys)
    return Outcome(light, conversion.article_iri, dict(conversion.kinds), tuple(conversion.unresolved))


def _converter(base: str) -> Converter:
    from kg.convert import Converter

    return Converter(base)


_kept = lru_cache(maxsize=1)(_converter)  # a worker's, for all its batches
