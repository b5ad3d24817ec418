"""For those who run the server: is it alive, is it ready, what does it allow."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from kg.pool.answer import Question
from kg.serve.app import Service
from kg.serve.problem import KINDS
from kg.serve.settings import Settings


def routes(service: Service) -> list[BaseRoute]:
    """Return /health, /ready, /metrics, /limits and /problems."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})

    async def ready(_: Request) -> Response:
        await service.answer(Question("ASK {}"))
        found = {"status": "ready", "version": service.version}
        return JSONResponse(found, headers={"Cache-Control": "no-store"})

    async def metrics(_: Request) -> Response:
        text = await run_in_threadpool(generate_latest, service.metrics.registry)
        return Response(text, headers={"Cache-Control": "no-store"}, media_type=CONTENT_TYPE_LATEST)

    async def limits(_: Request) -> Response:
        return JSONResponse(_limits(service.settings))

    async def problems(_: Request) -> Response:
        return JSONResponse({k: {"status": s, "vi": vi, "en": en} for k, (s, vi, en) in KINDS.items()})

    found = {"health": health, "ready": ready, "metrics": metrics, "limits": limits, "problems": problems}
    return [Route(f"/{name}", endpoint) for name, endpoint in found.items()]


def _limits(settings: Settings) -> dict[str, object]:
    """Return what one request may take, for people who write clients."""
    return {
        "seconds": settings.timeout,
        "rows": settings.max_rows,
        "memory_bytes": settings.memory,
        "answer_bytes": settings.max_answer,
        "request_bytes": settings.max_body,
        "queries_at_once": settings.workers,
        "queries_waiting": settings.queue,
        "services": list(settings.services),
        "truncation": "X-SPARQL-MaxRows: rows; head.truncated in JSON, <link> in XML, a comment in Turtle",
        "problems": "/problems",
    }
