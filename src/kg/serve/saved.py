"""/queries: saved queries as an API. Each is an address with typed parameters, formats and values to choose
from."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute

from kg import ask
from kg.ask import SavedQuery, Value, text_of
from kg.ask.saved import RESERVED
from kg.errors import QueryError
from kg.pool.answer import Answer, Kind, Question
from kg.serve import asking, choices
from kg.serve.app import Service
from kg.serve.data import DataRoute, flag, number, single, spoken
from kg.serve.formats import not_acceptable, wanted_of_all
from kg.serve.negotiate import accepts_gzip, address, etag, not_modified
from kg.serve.problem import Problem
from kg.serve.sparql import response

SUFFIXES = ("json", "csv", "tsv", "xml", "ttl", "nt", "rdf", "jsonld")


def routes(service: Service) -> list[BaseRoute]:
    """Return /queries, /queries/{group}, /queries/{group}/{name} and …/values/{parameter}."""

    async def listed(request: Request) -> Response:
        return await _listed(request, "")

    async def group(request: Request) -> Response:
        return await _listed(request, request.path_params["group"])

    async def answered(request: Request) -> Response:
        return await _answered(service, request)

    async def values(request: Request) -> Response:
        return await choices.values(service, request, _query(request.path_params))

    return [
        DataRoute("/queries", listed),
        DataRoute("/queries/{group}", group),
        DataRoute("/queries/{group}/{name}", answered),
        DataRoute("/queries/{group}/{name}/values/{parameter}", values),
    ]


# ---------------------------------------------------------------------- which there are
async def _listed(request: Request, only: str) -> Response:
    """Answer with the groups and their queries, in the reader's language."""
    known = ask.groups()
    if only and only not in known:
        raise Problem("not-found", f"there is no group {only[:80]!r}")
    lang, root = spoken(request), address(request)
    groups = [
        {
            "name": name,
            "title": text_of(title, lang),
            "queries": [described(query, root, lang) for query in ask.saved(name)],
        }
        for name, title in known.items()
        if only in ("", name)
    ]
    return JSONResponse({"groups": groups}, headers={"Content-Language": lang, "Vary": "Accept-Language"})


def described(query: SavedQuery, root: str, lang: str) -> dict[str, Any]:
    """What a program has to know of a saved query."""
    url = f"{root}/queries/{query.name}"
    return {
        "name": query.name,
        "title": text_of(query.title, lang),
        "description": text_of(query.description, lang),
        "tags": list(query.tags),
        "url": url,
        "columns": list(query.expect.get("columns", [])),
        "evidence": query.evidence,
        "parameters": [
            {
                "name": parameter.name,
                "label": text_of(parameter.label, lang),
                "type": parameter.kind,
                **({"class": parameter.entity_class} if parameter.entity_class else {}),
                "optional": parameter.optional,
                "default": None if parameter.default == "UNDEF" else parameter.default,
                **({"values": f"{url}/values/{parameter.name}"} if parameter.kind == "iri" else {}),
            }
            for parameter in query.params
        ],
    }


def _query(path: dict[str, str]) -> SavedQuery:
    """The query that an address names; names come from a list, no path is made of them."""
    name = f"{path['group']}/{path['name']}"
    for query in ask.saved():
        if query.name == name:
            return query
    raise Problem("not-found", f"there is no saved query {name[:80]!r}")


# ---------------------------------------------------------------------- asking one
async def _answered(service: Service, request: Request) -> Response:
    path = dict(request.path_params)
    stem, dot, suffix = path["name"].rpartition(".")
    if dot and suffix in (*SUFFIXES, "rq"):
        path["name"] = stem
    else:
        suffix = ""
    query = _query(path)
    spoken(request)
    sparql = await asking.bound(service, query, _values(request, query))
    if suffix == "rq":
        return PlainTextResponse(sparql, media_type="application/sparql-query")
    form = suffix or (single(request, "format") if "format" in request.query_params else None)
    chosen = wanted_of_all(request, form)
    kind: Kind = "graph" if _is_graph(query) else "rows"
    if not chosen[kind][0]:
        raise not_acceptable(kind)
    wants_more = any([flag(request, "evidence"), flag(request, "explain")])  # both are looked at
    extended = chosen[kind][0] == "json" and wants_more
    question = Question(
        sparql,
        formats={k: name for k, (name, _) in chosen.items()},
        max_rows=number(request, "limit", 0, 1, service.settings.max_rows),
        gzip=accepts_gzip(request) and not wants_more,
        csv_safe=service.settings.csv_safe or flag(request, "csv-safe"),
    )
    key = repr(question)
    if service.version and not wants_more and (fresh := not_modified(request, etag(service.version, key))):
        return fresh
    answer = await service.answer(question, request, key=key)
    if extended:
        answer = await _extended(service, request, query, question, answer)
    tag = etag(answer.version, key) if answer.version and not wants_more else ""
    return response(service, answer, chosen[kind][1], tag)


def _is_graph(query: SavedQuery) -> bool:
    from kg.sparql import pattern

    parsed = pattern.parse(query.text)
    return parsed is not None and parsed.form in ("construct", "describe")


def _values(request: Request, query: SavedQuery) -> dict[str, Value]:
    """The query's parameters as the address gives them. Raises Problem: unknown ones, one given twice."""
    found: dict[str, Value] = {}
    known = {parameter.name for parameter in query.params}
    for name in request.query_params:
        if name in known:
            found[name] = single(request, name)
        elif name not in RESERVED:
            takes = ", ".join(sorted(known)) or "none"
            raise Problem("parameter", f"no parameter {name[:80]!r}: it takes {takes}")
    return found


async def _extended(
    service: Service, request: Request, query: SavedQuery, question: Question, answer: Answer
) -> Answer:
    """The answer with the sentences of its rows, or the reason why it has none."""
    members: dict[str, object] = {}
    if flag(request, "evidence"):
        members["evidence"] = await asking.sentences(service, query, question.query, answer)
    if flag(request, "explain") and answer.kind == "rows" and not answer.count:
        explanation = await asking.explained(service, question, request)
        members["explanation"] = explanation.document(spoken(request)) if explanation else None
    body = await run_in_threadpool(asking.with_members, answer.body, **members)
    return Answer(body, answer.kind, answer.format, answer.count, answer.cut, version=answer.version)


def find(name: str) -> SavedQuery:
    """The saved query "group/name". Raises Problem where there is none."""
    try:
        group, _, local = name.partition("/")
        return _query({"group": group, "name": local})
    except QueryError as error:
        raise Problem("not-found", str(error)) from None
