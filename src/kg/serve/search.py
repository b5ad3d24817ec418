"""/search: names without accents, by abbreviation, the best first."""

from __future__ import annotations

import threading
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from kg.errors import QueryError
from kg.search import Hit, Search, folded
from kg.search.find import LIMIT
from kg.serve.app import Service
from kg.serve.data import DataRoute, number, single, spoken
from kg.serve.dataset import Snapshot
from kg.serve.negotiate import address, etag, not_modified, revalidated
from kg.serve.problem import Problem

PAGE = LIMIT // 2  # hits of one answer, and hits before them
_OPEN: WeakKeyDictionary[Snapshot, Search] = WeakKeyDictionary()
_TURN = threading.Lock()


def index(service: Service) -> Search:
    """The folded index of the newest snapshot; it blocks, and is made where the build kept none."""
    snapshot = service.dataset.current
    with _TURN:
        found = _OPEN.get(snapshot)
        if found is None:
            found = _OPEN[snapshot] = Search.of(snapshot.store or snapshot)
    return found


def routes(service: Service) -> list[BaseRoute]:
    """Return /search?q=…&kind=…&limit=…&offset=…"""

    async def search(request: Request) -> Response:
        text, kind, lang = single(request, "q"), single(request, "kind"), spoken(request)
        limit = number(request, "limit", 20, 1, PAGE)
        offset = number(request, "offset", 0, 0, PAGE)
        root = address(request)
        tag = (
            etag(service.version, root, text, kind, lang, str(limit), str(offset)) if service.version else ""
        )
        if fresh := not_modified(request, tag):
            return fresh
        if not text:
            raise Problem("parameter", "give q, a name to search for, such as q=chi thi 25")
        try:
            hits = await run_in_threadpool(_found, service, text, kind, limit, offset, lang)
        except QueryError as error:
            raise Problem("parameter", str(error)) from None
        headers = revalidated(tag) if tag else {"Vary": "Accept-Language"}
        found = {"q": text, "hits": [described(hit, service.dataset.base, root) for hit in hits]}
        return JSONResponse(found, headers={**headers, "Content-Language": lang})

    return [DataRoute("/search", search)]


def _found(service: Service, text: str, kind: str, limit: int, offset: int, lang: str) -> list[Hit]:
    if not folded(text):
        return []  # nothing has a name without letters and digits
    return index(service).find(text, kind=kind, limit=limit, offset=offset, lang=lang)


def described(hit: Hit, base: str, root: str) -> dict[str, object]:
    """A hit for JSON; `url` is where this server tells of it."""
    place = hit.iri.removeprefix(f"{base}id/") if hit.iri.startswith(f"{base}id/") else ""
    return {
        "iri": hit.iri,
        "label": hit.label,
        "kind": hit.kind,
        "class": hit.class_iri,
        "class_label": hit.class_label,
        "days": list(hit.days),
        "articles": hit.articles,
        "match": hit.match,
        **({"url": f"{root}/id/{place}"} if place else {}),
    }
