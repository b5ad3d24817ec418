"""Which module makes which page: a path without its language → a view."""

from __future__ import annotations

from collections.abc import Callable

from kg.pages import article, document, editor, entity, event, gallery, lists, provinces, related, validation
from kg.pages.links import iri_of, split_language
from kg.pages.render import render
from kg.pages.site import MissingError, Page, Site, View, Visit

_BY_KIND: dict[str, Callable[[Visit, str], View]] = {
    "Document": document.view,
    "Event": event.view,
    "Article": article.view,
}
_FIXED: dict[str, Callable[[Visit], View]] = {
    "/": lists.home,
    "/find": lists.find,
    "/provinces": provinces.index,
    "/queries": gallery.index,
    "/validation": validation.index,
    "/editor": editor.view,
    "/data": editor.data,
}


def page(site: Site, path: str, params: dict[str, str] | None = None) -> Page:
    """The page at a request's decoded path, "/en/…" in English; one with status 404 where there is none."""
    visit = visit_of(site, path, params)
    try:
        return render(visit, view_of(visit))
    except MissingError:
        return render(visit, View("missing.html", "", status=404))


def visit_of(site: Site, path: str, params: dict[str, str] | None = None) -> Visit:
    """A reader at a request's path."""
    lang, bare = split_language(path)
    return Visit(site, bare, lang, params or {})


def view_of(visit: Visit) -> View:
    """The view of a page. Raises MissingError where there is none."""
    path = visit.path
    if path in _FIXED:
        return _FIXED[path](visit)
    head, _, rest = path.lstrip("/").partition("/")
    if head in lists.LISTS:
        return lists.listing(visit, head, rest)
    if head in _BELOW:
        return _BELOW[head](visit, rest)
    return thing(visit, _known(visit, path))


def _saved(visit: Visit, name: str) -> View:
    asked = gallery.prepare(visit, name)
    return gallery.view(visit, asked, *gallery.run(visit, asked))


def _drawing(visit: Visit, rest: str) -> View:
    return document.drawing_view(visit, _known(visit, "/page/" + rest))


def _province(visit: Visit, rest: str) -> View:
    era, _, rest = rest.partition("/")
    return provinces.view(visit, era, _known(visit, "/page/" + rest))


def _related(visit: Visit, rest: str) -> View:
    key, _, rest = rest.partition("/")
    thing_ = entity.heading(visit, _known(visit, "/page/" + rest))
    return related.view(visit, key, thing_.iri, thing_.top, thing_.label)


_BELOW: dict[str, Callable[[Visit, str], View]] = {
    "queries": _saved,
    "validation": validation.shape_view,
    "cascade": _drawing,
    "provinces": _province,
    "all": _related,
}


def _known(visit: Visit, path: str) -> str:
    iri = iri_of(path, visit.site.base)
    if not iri or any(c in iri for c in '<>"{}|\\^`') or any(c <= " " for c in iri):
        raise MissingError(path)
    return iri


def thing(visit: Visit, iri: str) -> View:
    """The page of a resource, by its kind."""
    entry = visit.entry(iri)
    if entry is None:
        return entity.view(visit, iri)
    return _BY_KIND.get(entry.kind, entity.view)(visit, iri)
