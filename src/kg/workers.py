"""Conversion by several processes: the same conversions in the same order, whatever their number."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from kg.errors import KgError

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

    from kg.convert import Conversion, Converter
    from kg.model import Article

_BATCH = 16  # articles that travel together: handing one over costs about as much as a tenth of converting it
_AHEAD = 3  # batches a worker that wait or are under way: keeps all busy and the memory bounded


def conversions(
    articles: Iterable[Article], base: str, jobs: int = 1
) -> Iterator[tuple[Article, Conversion | Exception]]:
    """Convert articles under `base`, in `jobs` processes; what fails comes back as the exception it raised.

    The order is that of `articles`, which are read ahead by a bounded number. Raises KgError if a worker dies
    (killed, out of memory): what was not yet given is then not converted.
    """
    if jobs <= 1:
        converter: Converter | None = None
        for article in articles:
            converter = converter or _made(base)  # when first needed: a build without news does not load it
            yield article, _convert(converter, article)
        return
    from concurrent import futures
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    # A fresh process: the store's threads and locks of this one must not be forked.
    pool = futures.ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))
    try:
        yield from _in_order(pool, iter(articles), base, jobs * _AHEAD)
    except BrokenProcessPool:
        raise KgError("a worker process ended before its work", hint="run again, with fewer --jobs") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(
    pool: ProcessPoolExecutor, articles: Iterator[Article], base: str, ahead: int
) -> Iterator[tuple[Article, Conversion | Exception]]:
    waiting: deque[tuple[list[Article], Future[list[Conversion | Exception]]]] = deque()
    while True:
        while len(waiting) < ahead and (batch := list(islice(articles, _BATCH))):
            waiting.append((batch, pool.submit(_convert_batch, batch, base)))
        if not waiting:
            return
        batch, future = waiting.popleft()
        yield from zip(batch, future.result(), strict=True)


def _convert_batch(batch: list[Article], base: str) -> list[Conversion | Exception]:
    converter = _kept(base)
    return [_convert(converter, article) for article in batch]


def _convert(converter: Converter, article: Article) -> Conversion | Exception:
    try:
        return converter.convert(article)
    except Exception as error:  # one article's fault is told with its name by the caller; the others go on
        return error


def _made(base: str) -> Converter:
    from kg.convert import Converter

    return Converter(base)


_kept = lru_cache(maxsize=1)(_made)  # a worker's own, for all its batches
