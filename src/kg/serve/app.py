"""The application: which modules answer, and what lies around all of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator
from importlib import import_module

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from kg.errors import KgError
from kg.pool.answer import Answer, QueryFault, Question
from kg.pool.lookup import Lookups, stays_in_memory
from kg.pool.pool import Pool
from kg.pool.worker import Charge
from kg.serve.access import Access, Metrics
from kg.serve.body import Budget
from kg.serve.cache import Answers
from kg.serve.dataset import Dataset, Snapshot
from kg.serve.guard import Guard
from kg.serve.problem import Problem
from kg.serve.settings import Settings

#: Modules with a function ``routes(service) -> list[BaseRoute]``, in the order in which they are asked; with
#: ``COMPRESSES``, their answers come compressed from the workers.
MODULES = (
    "kg.serve.sparql",
    "kg.serve.operate",
    "kg.serve.graphs",
    "kg.serve.dumps",
    "kg.serve.describe",
    "kg.serve.saved",
    "kg.serve.search",
    "kg.serve.entities",
    "kg.serve.openapi",
    "kg.serve.pages",
)

_LOOK = 1.0  # seconds between two looks for a rebuilt store
_PATIENCE = 0.1  # seconds before we watch whether the client is still there
_RETRY = {"Retry-After": "2"}


class Service:
    """What every module finds: the graph, the settings, and a way to ask strangers' queries."""

    def __init__(self, dataset: Dataset, settings: Settings) -> None:
        self.dataset = dataset
        self.settings = settings
        self.pool = Pool(self._charge(dataset.current), settings.workers, settings.queue)
        self._look_at(dataset.current)
        self.cache = Answers(settings.cache)
        self.budget = Budget(settings.unsent)
        self.metrics = Metrics(self.pool)
        self.editor = ""  # where people write queries; set by the module that has such a page

    @property
    def version(self) -> str:
        """The version of the graph that `answer` asks."""
        return self.pool.charge.version

    async def answer(self, question: Question, request: Request | None = None, *, key: str = "") -> Answer:
        """Answer a stranger's query in a worker process, or here if it is a look-up. Raises Problem.

        With `request`, the worker is freed when that client leaves. With `key`, a text that tells this
        question from every other, the answer is kept for the next who asks.
        """
        key = key if self.version else ""  # of a remote store nobody knows when it changes
        if key and (found := self.cache.get((self.version, key))):
            return found
        answer = self._lookups.answer(question) if self._lookups else None
        if answer is None:
            try:
                with _Presence(request) if request else contextlib.nullcontext():
                    answer = await self.pool.run(question, self.settings.timeout)
            except QueryFault as fault:
                raise _problem(fault) from None
        if key:
            self.cache.put((answer.version, key), answer)
        return answer

    async def reload(self) -> bool:
        """Go over to a newer version of the graph, if there is one, without a failed request."""
        await run_in_threadpool(self.dataset.refresh)
        snapshot = self.dataset.current
        if snapshot.version == self.version:  # else the workers are behind, the last time failed
            return False
        await self.pool.serve(self._charge(snapshot))
        self._look_at(snapshot)
        return True

    def _look_at(self, snapshot: Snapshot) -> None:
        """Answer look-ups from a snapshot, whose files stay as long as it is held."""
        self._looked_at, self._lookups = snapshot, None
        if snapshot.store and snapshot.quads and stays_in_memory(snapshot.quads):
            self._lookups = Lookups(snapshot.store.engine, snapshot.version)

    def _charge(self, snapshot: Snapshot) -> Charge:
        settings = self.settings
        return Charge(
            quads=str(snapshot.quads or ""),
            memory=settings.memory,
            max_rows=settings.max_rows,
            max_bytes=settings.max_answer,
            timeout=settings.timeout,
            version=snapshot.version,
            services=settings.services,
            endpoint=self.dataset.endpoint,
            login=self.dataset.login,
        )

    @contextlib.asynccontextmanager
    async def running(self, _: Starlette) -> AsyncIterator[None]:
        """Start the workers and look for rebuilt stores; at the end let running queries finish."""
        await self.pool.start()
        watcher = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watcher.cancel()
            await self.pool.stop(self.settings.timeout)

    async def _watch(self) -> None:
        log = logging.getLogger("kg.serve")
        while True:
            await asyncio.sleep(_LOOK)
            try:
                if await self.reload():
                    log.info("serving version %s", self.version)
            except (KgError, OSError, EOFError, TimeoutError) as error:
                log.warning("the new version cannot be served, the old one stays: %s", error)


class _Presence:
    """While a client waits for an answer: what waits for it is cancelled when the client leaves."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._loop = asyncio.get_running_loop()
        self._left = False
        self._listening: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        # Most answers are quick, and nobody need listen.
        self._timer = self._loop.call_later(_PATIENCE, self._begin)

    def _begin(self) -> None:
        self._listening = self._loop.create_task(self._listen())

    async def _listen(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self._left = True
        self._task.cancel()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Stop listening. Raises Problem where the client has left; nobody reads it."""
        self._timer.cancel()
        if self._listening:
            self._listening.cancel()
        if self._left and kind is asyncio.CancelledError and not self._task.uncancel():
            raise Problem("left") from None


def _problem(fault: QueryFault) -> Problem:
    if fault.kind == "not-acceptable":
        from kg.serve.formats import not_acceptable

        return not_acceptable(fault.members["answer"])  # type: ignore[arg-type]
    headers = _RETRY if fault.kind == "busy" else {}
    return Problem(fault.kind, fault.detail, headers=headers, members=fault.members)


def application(dataset: Dataset, settings: Settings | None = None) -> Starlette:
    """Return the ASGI application that serves `dataset`."""
    service = Service(dataset, settings or Settings())
    app = _Application(routes=list(_routes(service)), lifespan=service.running)
    app.router.redirect_slashes = False
    app.state.service = service
    return app


def _routes(service: Service) -> Iterator[BaseRoute]:
    """Return what all modules answer, compressed where they do not do that themselves."""
    for name in MODULES:
        module = import_module(name)
        for route in module.routes(service):
            if isinstance(route, Route) and not getattr(module, "COMPRESSES", False):
                route.app = GZipMiddleware(route.app, minimum_size=1024, compresslevel=5)
            yield route


class _Application(Starlette):
    """Starlette without its own two middlewares for errors: `Guard` answers whatever a route raises."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return what lies around all modules."""
        service: Service = self.state.service
        return Access(Guard(self.router, service.settings), service.metrics, log=service.settings.access_log)
