"""Who asked what, how long it took: an access log without literals, and metrics for Prometheus."""

from __future__ import annotations

import json
import logging
import time
from functools import partial
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from kg.pool.pool import Pool

_BUCKETS = (0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60)


class Metrics:
    """Counts and times of requests, and how busy the workers are."""

    def __init__(self, pool: Pool) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "kg_requests", "Requests by area and status", ["area", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "kg_request_seconds",
            "Time to the end of the answer",
            ["area"],
            registry=self.registry,
            buckets=_BUCKETS,
        )
        for name, text in (
            ("busy", "Queries that run now"),
            ("long", "Long queries that run now"),
            ("waiting", "Queries that wait for a worker"),
            ("killed", "Worker processes that were ended by a limit"),
        ):
            gauge = Gauge(f"kg_queries_{name}", text, registry=self.registry)
            gauge.set_function(partial(getattr, pool, name))
        self._kept: dict[tuple[str, int], tuple[Counter, Histogram]] = {}  # to look them up takes longer

    def count(self, area: str, status: int, seconds: float) -> None:
        """Count one request."""
        kept = self._kept.get((area, status))
        if kept is None:
            kept = self.requests.labels(area, str(status)), self.seconds.labels(area)
            self._kept[area, status] = kept
        kept[0].inc()
        kept[1].observe(seconds)


class Access:
    """Middleware around everything: counts and logs."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, log: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._log = logging.getLogger("kg.access") if log else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        status, size = 0, 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            self._count(scope, status, size, time.perf_counter() - start)

    def _count(self, scope: Scope, status: int, size: int, seconds: float) -> None:
        area = scope["path"].split("/", 2)[1] if status not in (0, 400, 404, 421) else "-"
        self._metrics.count(area, status, seconds)
        if self._log is not None:
            entry = {
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "client": (scope.get("client") or ("",))[0],
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "bytes": size,
                "ms": round(seconds * 1000, 1),
            }
            query = scope.get("state", {}).get("query_hash")
            self._log.info(json.dumps({**entry, "query": query} if query else entry, ensure_ascii=False))
