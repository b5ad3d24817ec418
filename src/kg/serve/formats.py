"""Names, media types and file suffixes of what the endpoint writes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from starlette.requests import Request

from kg.pool.answer import GRAPHS, TABLES, Kind
from kg.serve.negotiate import choose
from kg.serve.problem import Problem

#: Short name → media types; the first is the format's own, the others are asked for by some clients.
TABLE_TYPES = {
    "json": ("application/sparql-results+json", "application/json"),
    "xml": ("application/sparql-results+xml", "application/xml", "text/xml"),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
}
GRAPH_TYPES = {
    "ttl": ("text/turtle", "application/x-turtle", "text/n3"),
    "nt": ("application/n-triples", "text/plain"),
    "rdf": ("application/rdf+xml", "application/xml", "text/xml"),
    "jsonld": ("application/ld+json", "application/json"),
    "trig": ("application/trig",),
    "nq": ("application/n-quads",),
}
TYPES: dict[Kind, dict[str, tuple[str, ...]]] = {
    "rows": TABLE_TYPES,
    "boolean": TABLE_TYPES,
    "graph": GRAPH_TYPES,
}
# What clients write behind ?format=
_ALIASES = {
    "turtle": "ttl", "n3": "ttl", "ntriples": "nt", "n-triples": "nt", "nquads": "nq", "n-quads": "nq",
    "rdfxml": "rdf", "rdf+xml": "rdf", "rdf/xml": "rdf", "json-ld": "jsonld", "sparql-json": "json",
}  # fmt: skip
_SAME_SYNTAX = {"json": "jsonld", "xml": "rdf"}
_UTF8 = ("text/csv", "text/tab-separated-values", "text/turtle", "text/n3", "text/plain")


def wanted(request: Request, kind: Kind, form: str | None) -> tuple[str, str]:
    """Return short name and media type of the format for an answer of `kind`; "" where none is accepted.

    `form` is the value of ``?format=``, which beats the Accept header. Raises Problem: it names none.
    """
    return wanted_of_all(request, form)[kind]


def wanted_of_all(request: Request, form: str | None) -> Mapping[Kind, tuple[str, str]]:
    """Return the same for each kind of answer. Raises Problem."""
    return _wanted("" if form is not None else request.headers.get("accept", ""), form)


@lru_cache(maxsize=1024)
def _wanted(accept: str, form: str | None) -> Mapping[Kind, tuple[str, str]]:
    return {kind: _best(accept, kind, form) for kind in TYPES}


def _best(accept: str, kind: Kind, form: str | None) -> tuple[str, str]:
    types = TYPES[kind]
    if form is not None:
        name = named(form)
        name = _SAME_SYNTAX.get(name, name) if kind == "graph" else name
        return (name, types[name][0]) if name in types else ("", "")
    offers = {media: name for name, medias in reversed(types.items()) for media in medias}
    order = tuple(dict.fromkeys([medias[0] for medias in types.values()] + [*offers]))
    media = choose(accept, order)
    return (offers[media], media) if media else ("", "")


def named(form: str) -> str:
    """Return the short name of a format by one of its names or media types. Raises Problem."""
    word = form.strip().lower().replace(" ", "+")  # a plus sign in a query string is a space
    word = _ALIASES.get(word, word)
    if word in TABLES or word in GRAPHS:
        return word
    for types in (TABLE_TYPES, GRAPH_TYPES):
        for name, medias in types.items():
            if word in medias:
                return name
    offered = ", ".join([*TABLES, *GRAPHS])
    raise Problem("not-acceptable", f"format={form[:40]!r}: one of {offered}", offers=[*TABLES, *GRAPHS])


def not_acceptable(kind: Kind) -> Problem:
    """Return the problem of a client that accepts none of the formats, with their list."""
    offers = [medias[0] for medias in TYPES[kind].values()]
    return Problem("not-acceptable", f"an answer of this kind comes as {', '.join(offers)}", offers=offers)


def content_type(media: str) -> str:
    """Return a media type with its character set, where it has one."""
    return f"{media}; charset=utf-8" if media in _UTF8 else media
