"""Pages for people: `kg.pages` over HTTP. Our own bounded queries run here; a saved query with a reader's
values runs in a worker, under the same deadline and limits as a stranger's."""

from __future__ import annotations

import mimetypes
import threading
from importlib.metadata import version as installed
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kg.ask import Table, collect
from kg.pages import Page, Site, assets, gallery, lists, page
from kg.pages import editor as editors
from kg.pages.pages import visit_of
from kg.pages.render import render
from kg.pages.site import MissingError, Visit
from kg.pool.answer import Answer, Question
from kg.serve.app import Service
from kg.serve.dataset import Snapshot
from kg.serve.negotiate import address, etag, not_modified, revalidated
from kg.serve.problem import Problem
from kg.serve.search import index

_YEAR = "public, max-age=31536000, immutable"
_ALONE = ("/", "/find", "/data", "/editor")
_LISTS = ("documents", "organs", "people", "events", "articles", "provinces", "validation")
_THINGS = ("page", "term", "cascade", "all")
_LONGEST = 4000  # characters of an address


class _Pages:
    """The handlers of the pages, and the site of the newest snapshot that they share."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._turn = threading.Lock()
        self._site: Site | None = None
        self._of: Snapshot | None = None

    def site(self) -> Site:
        """The site of the newest version; it blocks while a new one's catalogue is read."""
        snapshot = self._service.dataset.current
        with self._turn:
            if self._site is None or self._of is not snapshot:
                site = Site(snapshot, search=lambda: index(self._service))
                site.warm()  # under the lock
                self._site, self._of = site, snapshot
            return self._site

    def visit(self, request: Request) -> Visit:
        """The reader of a request. Raises Problem."""
        return visit_of(self.site(), request.scope["path"], _params(request))

    async def page(self, request: Request) -> Response:
        """A page that depends on its address and the graph only."""
        tag = _tag(self._service, request)
        if (known := not_modified(request, tag)) is not None:
            return known
        made = await run_in_threadpool(lambda: page(self.site(), request.scope["path"], _params(request)))
        return _html(made, tag)

    async def query(self, request: Request) -> Response:
        """A saved query's page; with a suffix the way to its answer as a file."""
        name, dot, form = request.path_params["name"].partition(".")
        visit = await run_in_threadpool(self.visit, request)
        try:
            asked = await run_in_threadpool(gallery.prepare, visit, f"{request.path_params['group']}/{name}")
        except MissingError:
            return _html(await run_in_threadpool(page, visit.site, request.scope["path"]), "")
        if dot:
            kept = urlencode([("format", form), *request.query_params.multi_items()])
            plain = f"/queries/{request.path_params['group']}/{name}"
            return RedirectResponse(f"{quote(plain)}?{kept}", 303)
        return await _answered(self._service, request, visit, asked)

    async def suggest(self, request: Request) -> Response:
        """What the search box offers, as JSON."""

        def found() -> list[dict[str, str]]:
            visit = self.visit(request)
            given = visit.params
            return lists.suggestions(
                visit, given.get("q", ""), visit.number("limit", 8, 20), given.get("kind", "")
            )

        return JSONResponse({"results": await run_in_threadpool(found)})

    async def terms(self, request: Request) -> Response:
        """What the editor completes, as JSON."""
        return JSONResponse(await run_in_threadpool(lambda: editors.terms(self.visit(request))))


async def static(request: Request) -> Response:
    """A style sheet, script or typeface. Raises Problem where there is none."""
    path = assets.file_of(request.path_params.get("name", "icon.svg"))
    if path is None:
        raise Problem("not-found", "there is no such file")
    media = mimetypes.guess_type(path.name)[0] or "text/plain"
    keep = _YEAR if request.url.query == assets.digest(request.path_params.get("name", "")) else "no-cache"
    return FileResponse(path, media_type=media, headers={"Cache-Control": keep})


def routes(service: Service) -> list[BaseRoute]:
    """The pages, their files, and the suggestions of the search box."""
    pages = _Pages(service)
    service.editor = "/editor"
    found: list[BaseRoute] = [Route("/static/{name:path}", static), Route("/favicon.ico", static)]
    for prefix in ("", "/en"):
        found += [Route(f"{prefix}/suggest", pages.suggest), Route(f"{prefix}/terms.json", pages.terms)]
        found += [
            Route(f"{prefix}/queries/{{group}}/{{name}}", pages.query),
            Route(f"{prefix}/queries", pages.page),
        ]
        found += [Route(prefix + path if path != "/" else prefix or "/", pages.page) for path in _ALONE]
        for name in _LISTS:
            found += [
                Route(f"{prefix}/{name}", pages.page),
                Route(f"{prefix}/{name}/{{rest:path}}", pages.page),
            ]
        found += [Route(f"{prefix}/{name}/{{rest:path}}", pages.page) for name in _THINGS]
    return [*found, Route("/en/", pages.page)]


def _params(request: Request) -> dict[str, str]:
    if len(request.url.path) + len(request.url.query) > _LONGEST + 20_000:
        raise Problem("uri-too-long", "")
    return dict(request.query_params)


def _tag(service: Service, request: Request) -> str:
    graph = service.dataset.version
    return etag(graph, installed("cascade-kg"), assets.digest("site.css"), str(request.url)) if graph else ""


def _html(made: Page, tag: str) -> Response:
    headers = revalidated(tag) if tag and made.status == 200 else {"Cache-Control": "no-cache"}
    return Response(made.html, made.status, headers, "text/html; charset=utf-8")


async def _answered(service: Service, request: Request, visit: Visit, asked: gallery.Asked) -> Response:
    """The page of a saved query with its answer, or with what went wrong."""
    table, error, cut = None, "", False
    if asked.sparql:
        try:
            answer = await service.answer(Question(asked.sparql), request, key=f"page {asked.sparql}")
            table, cut = await run_in_threadpool(_table, answer), answer.cut
        except Problem as problem:
            error = str(problem)
    view = await run_in_threadpool(gallery.view, visit, asked, table, error, cut)
    view.data["origin"] = address(request)
    return _html(await run_in_threadpool(render, visit, view), "")


def _table(answer: Answer) -> Table:
    """An answer of a worker as a table."""
    if answer.kind == "graph":
        triples = ox.parse(answer.body, format=ox.RdfFormat.TURTLE)
        rows = sorted(
            {(t.subject, t.predicate, t.object) for t in triples}, key=lambda row: tuple(map(str, row))
        )
        return Table(("subject", "predicate", "object"), tuple(rows), "construct")
    return collect(ox.parse_query_results(answer.body, format=ox.QueryResultsFormat.JSON))
