"""For those who run the server: is it alive, is it ready, what does it allow."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from kg.serve.app import Service
from kg.serve.problem import KINDS


def routes(service: Service) -> list[BaseRoute]:
    """Return /health, /ready, /limits and /problems."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})

    async def ready(_: Request) -> Response:
        await run_in_threadpool(service.dataset.query, "ASK {}")
        found = {"status": "ready", "version": service.dataset.version}
        return JSONResponse(found, headers={"Cache-Control": "no-store"})

    async def problems(_: Request) -> Response:
        return JSONResponse({k: {"status": s, "vi": vi, "en": en} for k, (s, vi, en) in KINDS.items()})

    return [Route("/health", health), Route("/ready", ready), Route("/problems", problems)]
