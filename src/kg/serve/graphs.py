"""/graphs: SPARQL 1.1 Graph Store Protocol, read side. A graph comes whole or not at all."""

from __future__ import annotations

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg.pool.answer import Question
from kg.serve.app import Service
from kg.serve.formats import not_acceptable, wanted
from kg.serve.negotiate import accepts_gzip, address
from kg.serve.problem import Problem
from kg.serve.sparql import tagged

COMPRESSES = True


def routes(service: Service) -> list[BaseRoute]:
    """Return /graphs?graph=…, /graphs?default, and /graphs/… for graphs by their place under the base."""

    async def indirect(request: Request) -> Response:
        names = request.query_params.getlist("graph")
        default = "default" in request.query_params
        if len(names) + default != 1:
            raise Problem("bad-request", "give either ?graph=IRI or ?default")
        if default:
            return await _graph(service, request, "")
        graph = _named(names[0])
        if graph is None:
            raise Problem("bad-request", f"{names[0][:80]!r} is not an IRI")
        if not await _exists(service, graph):
            raise Problem("not-found", f"there is no graph {graph}")
        return await _graph(service, request, str(graph))

    async def direct(request: Request) -> Response:
        """A graph is called as the address says, or lies at that place under the graph's own base."""
        place = request.path_params["place"]
        for name in (f"{address(request)}/graphs/{place}", service.dataset.base + place):
            graph = _named(name)
            if graph and await _exists(service, graph):
                return await _graph(service, request, str(graph))
        raise Problem("not-found", "there is no graph of that name")

    return [Route("/graphs", indirect), Route("/graphs/{place:path}", direct)]


def _named(text: str) -> ox.NamedNode | None:
    """Return the IRI; None where the text is none."""
    try:
        return ox.NamedNode(text)
    except ValueError:
        return None


async def _exists(service: Service, graph: ox.NamedNode) -> bool:
    query = f"ASK {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
    return bool(await run_in_threadpool(service.dataset.query, query))


async def _graph(service: Service, request: Request, graph: str) -> Response:
    """Answer with one graph, or with the union of all where `graph` is ""."""
    form, media = wanted(request, "graph", request.query_params.get("format"))
    if not form:
        raise not_acceptable("graph")
    where = f"GRAPH {graph} {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
    question = Question(
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {where} }}",
        formats={"rows": "", "boolean": "", "graph": form},
        whole=True,
        gzip=accepts_gzip(request),
    )
    return await tagged(service, request, question, media)
