"""Addresses that answer with data, and leave the same address to a page where a person asks for one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.routing import Match, Route
from starlette.types import Scope

from kg.serve.negotiate import LANGUAGES, choose, language
from kg.serve.problem import Problem

_OFFERS = (
    "application/json", "application/sparql-results+json", "text/csv", "text/tab-separated-values",
    "text/turtle", "application/ld+json", "application/n-triples", "text/html",
)  # fmt: skip
_TRUE = ("1", "true", "yes", "on")
_FALSE = ("", "0", "false", "no", "off")


class DataRoute(Route):
    """A route that stands back for a page of the same address, if there is one and HTML is preferred."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match in part where HTML is preferred: a route that matches in full is then taken instead."""
        match, child = super().matches(scope)
        if match is Match.FULL and "format=" not in scope.get("query_string", b"").decode("latin-1"):
            accept = dict(scope["headers"]).get(b"accept", b"").decode("latin-1")
            if accept and choose(accept, _OFFERS) == "text/html":
                return Match.PARTIAL, child
        return match, child


def single(request: Request, name: str) -> str:
    """The one value of a parameter, "" where it is not given. Raises Problem where it is given twice."""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise Problem("parameter", f"{name} is given {len(values)} times")
    if values and "\0" in values[0]:
        raise Problem("parameter", f"{name} holds a NUL character")
    return values[0] if values else ""


def spoken(request: Request) -> str:
    """The reader's language. Raises Problem where ``lang`` names another than ours."""
    if "lang" in request.query_params and single(request, "lang") not in LANGUAGES:
        raise Problem("parameter", f"lang is one of {', '.join(LANGUAGES)}")
    return language(request)


def flag(request: Request, name: str) -> bool:
    """Whether a switch is on. Raises Problem for anything but yes and no."""
    text = single(request, name).lower()
    if text not in (*_TRUE, *_FALSE):
        raise Problem("parameter", f"{name} is 1 or 0")
    return text in _TRUE


def number(request: Request, name: str, default: int, least: int, most: int) -> int:
    """A whole number within bounds. Raises Problem for any other."""
    text = single(request, name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise Problem("parameter", f"{name} is a whole number from {least} to {most}")
    return int(text)
