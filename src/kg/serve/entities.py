"""/id/…: every thing of the graph has an address that leads to its page or its data.

The graph's names lie under its base IRI; this server answers for them under /id/, whatever the base is.
"""

from __future__ import annotations

from urllib.parse import quote

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

from kg.ask.names import PROLOGUE
from kg.pool.answer import Question
from kg.serve.app import Service
from kg.serve.formats import GRAPH_TYPES, not_acceptable, wanted
from kg.serve.negotiate import accepts_gzip, address, choose, language
from kg.serve.problem import Problem
from kg.serve.search import described, index
from kg.serve.sparql import tagged
from kg.vietnamese import bare

_FORMATS = ("ttl", "jsonld", "nt", "rdf")
_SAFE = "/:@!$&'()*+,;=~"
_KNOWN = "ASK { { %(x)s ?p ?o } UNION { ?s ?p %(x)s } UNION { GRAPH %(x)s { ?s ?p ?o } } }"
# What is said of the thing, by it and with it; the claims that say so with their sentences; names of all that
# is named. A bag becomes a set: two articles may say the same.
_DESCRIPTION = """
CONSTRUCT { ?s ?p ?o } WHERE { SELECT DISTINCT ?s ?p ?o WHERE {
  { VALUES ?s { %(x)s } ?s ?p ?o }
  UNION { VALUES ?o { %(x)s } ?s ?p ?o FILTER(?p NOT IN (rdf:subject, rdf:object)) }
  UNION { ?s rdf:subject|rdf:object %(x)s ; ?p ?o }
  UNION { ?claim rdf:subject|rdf:object %(x)s ; ckg:evidence ?s . ?s ?p ?o }
  UNION {
    { SELECT DISTINCT ?s {
      { %(x)s ?any ?s } UNION { ?s ?any %(x)s FILTER(?any NOT IN (rdf:subject, rdf:object)) }
    } }
    VALUES ?p { rdfs:label schema:headline }
    ?s ?p ?o
  }
} }"""


def routes(service: Service) -> list[BaseRoute]:
    """Return /id/… and /data/…"""

    async def thing(request: Request) -> Response:
        return await _thing(service, request)

    async def data(request: Request) -> Response:
        return await _data(service, request)

    return [Route("/id/{place:path}", thing), Route("/data/{place:path}", data)]


async def _thing(service: Service, request: Request) -> Response:
    """303 to the page or to the data of a thing; 308 where it has another name now."""
    place = request.path_params["place"]
    if not await _known(service, place):
        return await _elsewhere(service, request, place)
    offers = tuple(GRAPH_TYPES[name][0] for name in _FORMATS)
    pages = _has_pages(request)
    accept = request.headers.get("accept", "")
    best = choose(accept, (*offers, "text/html") if pages else offers)
    if best is None:
        raise not_acceptable("graph")
    if best == "text/html":
        english = "/en" if language(request) == "en" else ""
        return _see_other(f"{english}/page/{place}")
    name = next(name for name in _FORMATS if GRAPH_TYPES[name][0] == best)
    return _see_other(f"/data/{place}.{name}")


def _see_other(path: str, status: int = 303) -> Response:
    headers = {"Location": quote(path, safe=_SAFE), "Vary": "Accept, Accept-Language"}
    return Response(status_code=status, headers=headers)


def _has_pages(request: Request) -> bool:
    """Whether another module shows things as pages."""
    scope = {**request.scope, "path": "/page/x", "method": "GET", "headers": []}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)


async def _data(service: Service, request: Request) -> Response:
    """What is known of a thing: its facts, what links to it, the claims with their sentences."""
    place = request.path_params["place"]
    stem, dot, suffix = place.rpartition(".")
    named = bool(dot) and suffix in _FORMATS
    if named and await _known(service, stem):
        place, form = stem, suffix
    elif await _known(service, place):
        form = request.query_params.get("format")
    else:
        raise await _nothing(service, request, stem if named else place)
    name, media = wanted(request, "graph", form)
    if not name:
        raise not_acceptable("graph")
    question = Question(
        PROLOGUE + _DESCRIPTION % {"x": ox.NamedNode(f"{service.dataset.base}id/{place}")},
        formats={"rows": "", "boolean": "", "graph": name},
        gzip=accepts_gzip(request),
    )
    return await tagged(service, request, question, media)


async def _known(service: Service, place: str) -> bool:
    try:
        query = _KNOWN % {"x": ox.NamedNode(f"{service.dataset.base}id/{place}")}
    except ValueError:
        return False
    return bool(place) and bool(await run_in_threadpool(service.dataset.query, query))


async def _elsewhere(service: Service, request: Request, place: str) -> Response:
    """Lead on where the thing is called otherwise now, or was written otherwise. Raises Problem."""
    base = f"{service.dataset.base}id/"
    moved = await run_in_threadpool(lambda: index(service).moved(base + place))
    plain = bare(place).strip("/").replace(" ", "-").replace("_", "-")
    if moved.startswith(base):
        return _see_other(f"/id/{moved.removeprefix(base)}", 308)
    if plain != place and await _known(service, plain):
        return _see_other(f"/id/{plain}", 308)
    raise await _nothing(service, request, place)


async def _nothing(service: Service, request: Request, place: str) -> Problem:
    """The problem of a name that nothing has, with what may be meant."""
    words = place.rstrip("/").rpartition("/")[2].replace("-", " ")[:200]

    def near() -> list[dict[str, object]]:
        found = index(service).find(words, limit=5, lang=language(request))
        return [described(hit, service.dataset.base, address(request)) for hit in found]

    candidates = await run_in_threadpool(near) if any(c.isalnum() for c in words) else []
    return Problem("not-found", "nothing has this name", candidates=candidates)
