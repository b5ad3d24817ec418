"""/openapi.json: what this server answers, as OpenAPI 3.1. Every saved query is an operation of its own."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kg import __version__, ask
from kg.ask import Parameter, SavedQuery, text_of
from kg.search import KINDS
from kg.search.find import LONGEST
from kg.serve.app import Service
from kg.serve.choices import MOST
from kg.serve.data import spoken
from kg.serve.dumps import DUMPS, Dump
from kg.serve.formats import GRAPH_TYPES, TABLE_TYPES
from kg.serve.negotiate import LANGUAGES, address, etag, not_modified, revalidated
from kg.serve.problem import KINDS as PROBLEMS
from kg.serve.problem import MEDIA_TYPE
from kg.serve.search import PAGE
from kg.serve.settings import Settings
from kg.sparql import pattern

Schema = dict[str, Any]
_NO_NUL = r"^[^\u0000]*$"
_KINDS: dict[str, Schema] = {  # of a parameter → JSON Schema of what an address may say
    "iri": {"type": "string", "minLength": 1, "maxLength": 2000, "pattern": _NO_NUL},
    "string": {"type": "string", "maxLength": 2000, "pattern": _NO_NUL},
    "xsd:boolean": {"type": "boolean"},
    "xsd:date": {"type": "string", "format": "date"},
    "xsd:decimal": {"type": "string", "pattern": r"^[+-]?[0-9]+(\.[0-9]+)?$"},
    "xsd:integer": {"type": "integer"},
}
_TEXT = {"type": "string"}
_IRI = {"type": "string", "format": "iri"}
_DEFAULT = {"name": "default", "in": "query", "required": False, "schema": _TEXT}
_PLACE = {"name": "place", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def routes(service: Service) -> list[BaseRoute]:
    """Return /openapi.json"""

    async def openapi(request: Request) -> Response:
        lang, root = spoken(request), address(request)
        queries = ask.saved()
        tag = etag(__version__, root, lang, *(query.text for query in queries))
        if fresh := not_modified(request, tag):
            return fresh
        body = json.dumps(document(service.settings, root, lang), ensure_ascii=False)
        headers = {**revalidated(tag), "Content-Language": lang}
        return Response(body, headers=headers, media_type="application/vnd.oai.openapi+json;version=3.1")

    return [Route("/openapi.json", openapi)]


def document(settings: Settings, root: str, lang: str) -> Schema:
    """The whole description, for a server at `root`, with texts in `lang`."""
    groups = [{"name": name, "description": text_of(title, lang)} for name, title in ask.groups().items()]
    paths = {**_fixed(settings, lang), **_listings()}
    for query in ask.saved():
        paths[f"/queries/{query.name}"] = {"get": _operation(settings, query, lang)}
        for parameter in query.params:
            if parameter.kind == "iri":
                path = f"/queries/{query.name}/values/{parameter.name}"
                paths[path] = {"get": _values_operation(query, parameter, lang)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "cascade-kg",
            "version": __version__,
            "summary": "How Vietnamese Party directives travel down the hierarchy",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": root}],
        "tags": [*groups, {"name": "graph", "description": "SPARQL, search and things"}],
        "paths": paths,
        "components": {"schemas": _schemas()},
    }


# ---------------------------------------------------------------------- saved queries
def _operation(settings: Settings, query: SavedQuery, lang: str) -> Schema:
    form = pattern.parse(query.text)
    is_graph = form is not None and form.form in ("construct", "describe")
    types = GRAPH_TYPES if is_graph else TABLE_TYPES
    content = {medias[0]: {"schema": _TEXT} for medias in types.values()}
    if not is_graph:
        content["application/sparql-results+json"] = {"schema": {"$ref": "#/components/schemas/Results"}}
    else:
        content["application/ld+json"] = {"schema": {}}
    parameters = [_parameter(parameter, lang) for parameter in query.params]
    return {
        "operationId": query.name.replace("/", "_").replace("-", "_"),
        "summary": text_of(query.title, lang),
        "description": text_of(query.description, lang),
        "tags": [query.group],
        "parameters": [*parameters, _format(list(types)), *_common(settings, is_graph)],
        "responses": {
            "200": {"description": "OK", "content": content},
            **_problems(400, 404, 406, 409, 503, 504),
        },
    }


def _parameter(parameter: Parameter, lang: str) -> Schema:
    schema = dict(_KINDS[parameter.kind])
    if parameter.kind == "string" and not parameter.optional:
        schema["minLength"] = 1
    if parameter.optional:  # an empty one is as good as none: forms send it
        schema = {"anyOf": [schema, {"const": ""}]}
    hint = {"iri": "IRI; 32-CT/TW; chi thi 32"}.get(parameter.kind, "")
    label = text_of(parameter.label, lang)
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": f"{label} ({hint})" if hint else label,
        "schema": schema,
    }


def _format(names: list[str]) -> Schema:
    schema = {"type": "string", "enum": names}
    return {"name": "format", "in": "query", "required": False, "schema": schema}


def _common(settings: Settings, is_graph: bool) -> list[Schema]:
    most = settings.max_rows
    found = [_query_parameter("limit", {"type": "integer", "minimum": 1, "maximum": most}), _lang()]
    if not is_graph:
        switch = {"type": "integer", "enum": [0, 1]}
        found += [_query_parameter(name, switch) for name in ("evidence", "explain", "csv-safe")]
    return found


def _query_parameter(name: str, schema: Schema, required: bool = False) -> Schema:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def _lang() -> Schema:
    return _query_parameter("lang", {"type": "string", "enum": list(LANGUAGES)})


def _values_operation(query: SavedQuery, parameter: Parameter, lang: str) -> Schema:
    return {
        "operationId": f"{query.name}_{parameter.name}_values".replace("/", "_").replace("-", "_"),
        "summary": text_of(parameter.label, lang),
        "tags": [query.group],
        "parameters": [
            _query_parameter("q", {"type": "string", "maxLength": LONGEST, "pattern": _NO_NUL}),
            _query_parameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST}),
            _lang(),
        ],
        "responses": {"200": _json("Values"), **_problems(400)},
    }


# ---------------------------------------------------------------------- the rest
def _listings() -> Schema:
    group = {"name": "group", "in": "path", "required": True, "schema": {"enum": list(ask.groups())}}
    listed: Schema = {"tags": ["graph"], "responses": {"200": _json("Groups"), **_problems(400)}}
    return {
        "/queries": {"get": {"operationId": "queries", "parameters": [_lang()], **listed}},
        "/queries/{group}": {
            "get": {
                **listed,
                "operationId": "queries_of_group",
                "parameters": [group, _lang()],
                "responses": {"200": _json("Groups"), **_problems(400, 404)},
            }
        },
    }


def _fixed(settings: Settings, lang: str) -> Schema:
    """The addresses that every server has."""
    return {
        "/search": {"get": _search()},
        "/id/{place}": {"get": _thing()},
        "/sparql": {"get": _sparql(settings)},
        "/graphs": {
            "get": _graph("graph", [_query_parameter("graph", _IRI), _query_parameter("default", _TEXT)])
        },
        "/graphs/{place}": {"get": _graph("graph_by_place", [_PLACE])},
        **{f"/export.{suffix}": {"get": _dump(suffix, dump, lang)} for suffix, dump in DUMPS.items()},
    }


def _graph(operation: str, which: list[Schema]) -> Schema:
    return {
        "operationId": operation,
        "tags": ["graph"],
        "summary": "A graph as a whole (Graph Store Protocol): one of graph and default, or its place",
        "parameters": [*which, _format(list(GRAPH_TYPES))],
        "responses": {
            "200": {"description": "OK", "content": {media[0]: {} for media in GRAPH_TYPES.values()}},
            **_problems(400, 404, 406, 503, 504),
        },
    }


def _dump(suffix: str, dump: Dump, lang: str) -> Schema:
    return {
        "operationId": "export_" + suffix.replace(".", "_"),
        "tags": ["graph"],
        "summary": f"{dump.holds[lang]} ({dump.form})",
        "parameters": [],
        "responses": {"200": {"description": "OK", "content": {dump.media: {}}}, **_problems(404, 503)},
    }


def _search() -> Schema:
    text = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": _NO_NUL}
    return {
        "operationId": "search",
        "tags": ["graph"],
        "summary": "Names without accents, by abbreviation, the best first",
        "parameters": [
            _query_parameter("q", text, required=True),
            _query_parameter("kind", {"type": "string", "enum": list(KINDS)}),
            _query_parameter("limit", {"type": "integer", "minimum": 1, "maximum": PAGE}),
            _query_parameter("offset", {"type": "integer", "minimum": 0, "maximum": PAGE}),
            _lang(),
        ],
        "responses": {"200": _json("Hits"), **_problems(400)},
    }


def _thing() -> Schema:
    return {
        "operationId": "thing",
        "tags": ["graph"],
        "summary": "Leads to the page or the data of a thing, or on to its new name",
        "parameters": [_PLACE],
        "responses": {
            "303": {"description": "To its page or data"},
            "308": {"description": "To its new name"},
            **_problems(400, 404, 406),
        },
    }


def _sparql(settings: Settings) -> Schema:
    formats = [*TABLE_TYPES, *GRAPH_TYPES]
    types = {medias[0] for kinds in (TABLE_TYPES, GRAPH_TYPES) for medias in kinds.values()}
    return {
        "operationId": "sparql",
        "tags": ["graph"],
        "summary": f"SPARQL 1.1, read-only; {settings.timeout:g} seconds",
        "parameters": [
            _query_parameter("query", {"type": "string"}),
            _query_parameter("format", {"type": "string", "enum": formats}),
            _query_parameter("explain", {"type": "integer", "enum": [0, 1]}),
        ],
        "responses": {
            "200": {"description": "OK", "content": {media: {} for media in sorted(types)}},
            **_problems(400, 403, 406, 503, 504),
        },
    }


def _json(schema: str) -> Schema:
    return {
        "description": "OK",
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }


def _problems(*statuses: int) -> Schema:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    titles = {status: english for status, _, english in reversed(PROBLEMS.values())}
    return {str(status): {"description": titles[status], "content": content} for status in statuses}


def _schemas() -> Schema:
    term = _object({"type": {"enum": ["uri", "literal", "bnode"]}, "value": _TEXT}, "type", "value")
    sentence = _object(
        {"sentence": _TEXT, "article": _TEXT, "start": _INTEGER, "end": _INTEGER}, "sentence", "article"
    )
    explanation = _object({"reason": _TEXT, "message": _TEXT, "parts": _list(_TEXT)}, "reason", "message")
    binding = {"type": "object", "additionalProperties": term}
    results = {
        "head": _object({"vars": _list(_TEXT)}),
        "results": _object({"bindings": _list(binding)}, "bindings"),
        "evidence": _list(_list(sentence)),
        "explanation": {"anyOf": [explanation, {"type": "null"}]},
    }
    value = _object({"iri": _TEXT, "label": _TEXT}, "iri", "label")
    hit = _object(
        dict.fromkeys(("iri", "label", "kind", "class", "class_label", "match", "url"), _TEXT), "iri", "label"
    )
    query = _object(
        {"name": _TEXT, "title": _TEXT, "url": _TEXT, "parameters": _list({"type": "object"})}, "name", "url"
    )
    group = _object({"name": _TEXT, "title": _TEXT, "queries": _list(query)}, "name", "title", "queries")
    problem = {"type": _TEXT, "title": _TEXT, "status": _INTEGER, "detail": _TEXT}
    return {
        "Results": _object(results, "head", "results"),
        "Values": _object({"values": _list(value)}, "values"),
        "Hits": _object({"q": _TEXT, "hits": _list(hit)}, "q", "hits"),
        "Groups": _object({"groups": _list(group)}, "groups"),
        "Problem": _object(problem, "type", "title", "status"),
    }


_INTEGER = {"type": "integer"}


def _object(properties: Schema, *required: str) -> Schema:
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}
