"""The application: which modules answer, and what lies around all of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine
from importlib import import_module
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request

from kg.errors import KgError
from kg.pool.answer import Answer, QueryFault, Question
from kg.pool.pool import Pool
from kg.pool.worker import Charge
from kg.serve import problem
from kg.serve.access import Access, Metrics
from kg.serve.body import Budget
from kg.serve.cache import Answers
from kg.serve.dataset import Dataset, Snapshot
from kg.serve.guard import Guard
from kg.serve.problem import Problem
from kg.serve.settings import Settings

#: Modules with a function ``routes(service) -> list[BaseRoute]``, in the order in which they are asked.
MODULES = (
    "kg.serve.operate",
    "kg.serve.sparql",
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
        self.cache = Answers(settings.cache)
        self.budget = Budget(settings.unsent)
        self.metrics = Metrics(self.pool)
        self.editor = ""  # where people write queries; set by the module that has such a page

    @property
    def version(self) -> str:
        """The version of the graph that `answer` asks."""
        return self.pool.charge.version

    async def answer(self, question: Question, request: Request | None = None, *, key: str = "") -> Answer:
        """Answer a stranger's query in a worker process. Raises Problem.

        With `request`, the worker is freed when that client leaves. With `key`, a text that tells this
        question from every other, the answer is kept for the next who asks.
        """
        key = key if self.version else ""  # of a remote store nobody knows when it changes
        if key and (found := self.cache.get((self.version, key))):
            return found
        run = self.pool.run(question, self.settings.timeout)
        try:
            answer = await (_while_there(request, run) if request else run)
        except QueryFault as fault:
            raise _problem(fault) from None
        if key:
            self.cache.put((answer.version, key), answer)
        return answer

    async def reload(self) -> bool:
        """Go over to a newer version of the graph, if there is one, without a failed request."""
        if not await run_in_threadpool(self.dataset.refresh):
            return False
        await self.pool.serve(self._charge(self.dataset.current))
        return True

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


async def _while_there(request: Request, run: Coroutine[Any, Any, Answer]) -> Answer:
    """Await `run`, and cancel it when the client leaves. Raises Problem then; nobody reads it."""
    task = asyncio.create_task(run)
    gone: asyncio.Task[None] | None = None
    try:
        done, _ = await asyncio.wait([task], timeout=_PATIENCE)
        if not done:  # most answers are quick, and need no second task
            gone = asyncio.create_task(_disconnected(request))
            await asyncio.wait([task, gone], return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise Problem("left")
        return task.result()
    finally:
        task.cancel()
        if gone:
            gone.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _problem(fault: QueryFault) -> Problem:
    if fault.kind == "not-acceptable":
        from kg.serve.formats import not_acceptable

        return not_acceptable(fault.members["answer"])  # type: ignore[arg-type]
    headers = _RETRY if fault.kind == "busy" else {}
    return Problem(fault.kind, fault.detail, headers=headers, members=fault.members)


def application(dataset: Dataset, settings: Settings | None = None) -> Starlette:
    """Return the ASGI application that serves `dataset`."""
    service = Service(dataset, settings or Settings())
    routes = [route for name in MODULES for route in import_module(name).routes(service)]
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(Access, metrics=service.metrics, log=service.settings.access_log),
            Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5),
            Middleware(Guard, settings=service.settings),
        ],
        exception_handlers={
            HTTPException: problem.handler,
            Problem: problem.handler,
            KgError: problem.handler,
        },
        lifespan=service.running,
    )
    app.router.redirect_slashes = False
    app.state.service = service
    return app
