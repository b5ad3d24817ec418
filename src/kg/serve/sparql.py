"""/sparql: SPARQL 1.1 Protocol, query side. What would change the graph is refused."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from kg.pool.answer import Answer, Kind, Question
from kg.serve.app import Service
from kg.serve.body import Body
from kg.serve.describe import description
from kg.serve.formats import GRAPH_TYPES, content_type, not_acceptable, wanted, wanted_of_all
from kg.serve.negotiate import accepts_gzip, address, choose, etag, language, not_modified, revalidated
from kg.serve.problem import Problem
from kg.sparql.text import is_volatile

_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
COMPRESSES = True
_HEADER = 4000  # characters of an explanation in a header
_FIELDS = 500  # parameters of one request
_TRUE = ("1", "true", "yes", "on")


def routes(service: Service) -> list[BaseRoute]:
    """Return /sparql, with and without a slash at the end."""

    return [Route(path, _Endpoint(service), methods=["GET", "POST"]) for path in ("/sparql", "/sparql/")]


class _Endpoint:
    """The endpoint as an ASGI application: Starlette's wrapping of functions costs a tenth of a request."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        response = await _sparql(self._service, Request(scope, receive, send))
        await response(scope, receive, send)


@dataclass(slots=True)
class _Asked:
    """A protocol request taken apart."""

    question: Question
    chosen: Mapping[Kind, tuple[str, str]]  # short name and media type
    explain: bool = False


async def _sparql(service: Service, request: Request) -> Response:
    fields = _fields(request.scope["query_string"])
    text = None
    if request.method == "POST":
        text, more = await _posted(request)
        fields += more
    if "query" not in dict(fields) and text is None and request.method != "POST":
        _refuse_updates(fields)
        return await _describe(service, request)
    asked = _asked(service, request, fields, text)
    return await _answered(service, request, asked)


# ---------------------------------------------------------------------- reading the request
def _fields(raw: bytes) -> list[tuple[str, str]]:
    """Return the parameters of a query string or a form. Raises Problem: not UTF-8, too many."""
    try:
        text = raw.decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except UnicodeDecodeError as error:
        raise Problem("bad-request", f"the parameters are not UTF-8 ({error.reason})") from None
    except ValueError:
        raise Problem("bad-request", f"more than {_FIELDS} parameters") from None


async def _posted(request: Request) -> tuple[str | None, list[tuple[str, str]]]:
    """Return the query that a POST holds as its body, or the fields of its form. Raises Problem."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    if kind == _UPDATE:
        raise Problem("read-only", "nothing can be changed here")
    if kind not in (_FORM, _QUERY):
        raise Problem("media-type", f"POST {_QUERY} or {_FORM}", offers=[_QUERY, _FORM])
    charset = parameters.lower().partition("charset=")[2].partition(";")[0].strip(' "')
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise Problem("media-type", f"charset={charset[:40]}: send UTF-8")
    body = await request.body()
    if kind == _FORM:
        return None, _fields(body)
    try:
        return body.decode("utf-8"), []
    except UnicodeDecodeError as error:
        raise Problem("bad-request", f"the query is not UTF-8 (byte {error.start})") from None


def _refuse_updates(fields: Iterable[tuple[str, str]]) -> None:
    if any(name in ("update", "using-graph-uri", "using-named-graph-uri") for name, _ in fields):
        raise Problem("read-only", "nothing can be changed here")


def _asked(service: Service, request: Request, fields: list[tuple[str, str]], text: str | None) -> _Asked:
    """Return what a request asks. Raises Problem: no query, several, an update, a graph that is no IRI."""
    _refuse_updates(fields)
    queries = [value for name, value in fields if name == "query"] + ([text] if text is not None else [])
    if len(queries) != 1:
        raise Problem("bad-request", "give exactly one query", queries=len(queries))
    given = dict(fields)
    if "\0" in queries[0]:
        raise Problem("bad-request", "the query holds a NUL character")
    form = given.get("format") or given.get("output")
    chosen = wanted_of_all(request, form)
    if not any(name for name, _ in chosen.values()):
        raise not_acceptable("rows")
    question = Question(
        queries[0],
        _graphs(fields, "default-graph-uri"),
        _graphs(fields, "named-graph-uri"),
        {kind: name for kind, (name, _) in chosen.items()},
        gzip=accepts_gzip(request) and "explain" not in given,
        base=f"{address(request)}/sparql",
        csv_safe=service.settings.csv_safe or given.get("csv-safe", "").lower() in _TRUE,
    )
    explain = given.get("explain", "").lower() in _TRUE
    return _Asked(question, chosen, explain)


def _graphs(fields: Iterable[tuple[str, str]], name: str) -> list[str] | None:
    """Return the graph IRIs that a parameter names; None where it does not stand."""
    found = [value for field, value in fields if field == name]
    for value in found:
        try:
            ox.NamedNode(value)
        except ValueError:
            raise Problem("bad-request", f"{name}={value[:80]!r} is not an IRI") from None
    return found or None


# ---------------------------------------------------------------------- answering
async def _answered(service: Service, request: Request, asked: _Asked) -> Response:
    """Answer from what the client has, from what was answered before, or from a worker."""
    question = asked.question
    volatile = is_volatile(question.query)
    parts = "" if volatile or not service.version else repr(question)
    request.state.query_hash = hashlib.sha256(question.query.encode("utf-8", "replace")).hexdigest()[:12]
    if parts and request.method != "POST":
        fresh = not_modified(request, etag(service.version, parts))
        if fresh:
            return fresh
    answer = await service.answer(question, request, key=parts)
    if asked.explain and answer.kind == "rows" and not answer.count:
        return await _unanswered(service, request, asked, answer)
    tag = etag(answer.version, parts) if parts and answer.version and request.method != "POST" else ""
    return response(service, answer, asked.chosen[answer.kind][1], tag)


async def _unanswered(service: Service, request: Request, asked: _Asked, answer: Answer) -> Response:
    """Answer a SELECT without rows, and say why: in the JSON, and in a header beside the other formats."""
    from kg.serve.asking import explained, with_members

    why = await explained(service, asked.question, request)
    told = why.document(language(request)) if why else None
    found = response(service, answer, asked.chosen[answer.kind][1])
    found.headers["X-Explanation"] = json.dumps(told)[:_HEADER]
    if answer.format == "json" and not answer.gzip:
        found.body = with_members(answer.body, explanation=told)
        found.headers["Content-Length"] = str(len(found.body))
    return found


async def tagged(service: Service, request: Request, question: Question, media: str) -> Response:
    """Answer a question of our own; nothing where the reader has this version's answer already."""
    key = repr(question)
    if service.version and (fresh := not_modified(request, etag(service.version, key))):
        return fresh
    answer = await service.answer(question, request, key=key)
    return response(service, answer, media, etag(answer.version, key) if answer.version else "")


def response(service: Service, answer: Answer, media: str, tag: str = "") -> Response:
    """Return a worker's answer as a response; a cut one says so."""
    headers = revalidated(tag) if tag else {"Cache-Control": "no-store", "Vary": "Accept, Accept-Encoding"}
    if answer.gzip:
        headers["Content-Encoding"] = "gzip"
    if answer.cut:
        headers["X-SPARQL-MaxRows"] = str(answer.count)
        headers["Link"] = '</limits>; rel="help"'
    return Body(answer.body, service.budget, headers=headers, media_type=content_type(media))


async def _describe(service: Service, request: Request) -> Response:
    """Answer a request without a query: the service description, or the page for people."""
    types = tuple(medias[0] for name, medias in GRAPH_TYPES.items() if name not in ("trig", "nq"))
    form = request.query_params.get("format")
    best = choose(request.headers.get("accept", ""), (*types, "text/html"))
    if form is None and service.editor and best == "text/html":
        return Response(status_code=303, headers={"Location": service.editor, "Vary": "Accept"})
    name, media = wanted(request, "graph", form)
    if not name:
        raise not_acceptable("graph")
    body = description(service.settings, address(request), name)
    headers = {"Vary": "Accept, Accept-Encoding"}
    if accepts_gzip(request):
        body, headers["Content-Encoding"] = gzip.compress(body, 5, mtime=0), "gzip"
    return Response(body, headers=headers, media_type=content_type(media))
