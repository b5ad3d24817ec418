"""Addresses: which page shows a resource, and how one page names another, served or as files.

The page of `{base}id/X` is `/page/X`; terms of the ontology and the vocabulary have `/term/…`. English pages
stand below `/en`. A static site uses relative addresses, so that it works in any folder of any host.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from kg.namespaces import CKG

VOCABULARY = "https://w3id.org/cascade-kg/vocabulary#"
SHAPES = "https://w3id.org/cascade-kg/shapes#"
_TERMS = {"ontology": str(CKG), "vocabulary": VOCABULARY}
_SAFE = "/:@!$&'()*+,;=~"  # what a path may hold as it is
_PART = 200  # characters of a part of an address: file systems allow 255 bytes
_ARTICLE = re.compile(r".*?/id/article/[^/#]+")
_WEB = re.compile(r"https?://[^\s<>\"\\^`{|}]+", re.IGNORECASE)


Target = tuple[str, tuple[tuple[str, object], ...]]  # a localised path and its parameters


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses as the page at `here` (a path in the language `lang`) writes them.

    `static` = the pages are files: addresses are relative and end in `index.html`.
    """

    base: str
    lang: str = "vi"
    here: str = "/"
    static: bool = False
    params: tuple[tuple[str, object], ...] = ()  # of the page at `here`
    asked: set[Target] = field(default_factory=set, compare=False)  # the pages that were linked to

    def to(self, path: str, fragment: str = "", **params: object) -> str:
        """The address of one of our pages: `path` begins with "/", without the language."""
        return self._address(_localised(path, self.lang), fragment, params)

    def other(self, path: str, lang: str, **params: object) -> str:
        """The address of a page in another language."""
        return self._address(_localised(path, lang), "", params)

    def file(self, path: str) -> str:
        """The address of a file that has no language: a style sheet, a dump."""
        return self._relative(path) if self.static else quote(path, safe=_SAFE)

    def page(self, iri: str, fragment: str = "") -> str:
        """The address of the page that shows a resource, "" where we have none."""
        path = page_path(iri, self.base)
        if not path:
            return ""
        if "#" in path:
            path, _, fragment = path.partition("#")
        return self.to(path, fragment)

    def _address(self, path: str, fragment: str, params: dict[str, object]) -> str:
        given = {key: value for key, value in params.items() if value not in ("", None)}
        self.asked.add((path, tuple(sorted(given.items()))))
        tail = f"#{quote(fragment, safe=_SAFE)}" if fragment else ""
        if self.static:
            return self._relative(file_of(path, given)) + tail
        query = f"?{urlencode(given)}" if given else ""
        return quote(path, safe=_SAFE) + query + tail

    def _relative(self, path: str) -> str:
        folder = posixpath.dirname(file_of(_localised(self.here, self.lang), dict(self.params)))
        return quote(posixpath.relpath(path, folder or "/"), safe=_SAFE)


def _localised(path: str, lang: str) -> str:
    return path if lang == "vi" else f"/{lang}{path}".rstrip("/") or "/"


def file_of(path: str, params: dict[str, object]) -> str:
    """The file of a static site that holds the page: "/documents", page 2 → /documents/page-2/index.html."""
    if posixpath.splitext(path)[1] in (".json", ".csv", ".rq"):
        return path
    parts = [path.rstrip("/"), *(f"{key}-{value}" for key, value in sorted(params.items()))]
    return "/".join([*parts, "index.html"])


def page_path(iri: str, base: str) -> str:
    """The path of a resource's page, with a fragment for a passage or a claim; "" for what we do not show."""
    if any(part in ("", ".", "..") or len(part) > _PART for part in iri.partition("://")[2].split("/")):
        return ""  # a browser or a file host would take it for another address
    if iri.startswith(base + "id/"):
        return "/page/" + iri[len(base) + 3 :]
    for name, namespace in _TERMS.items():
        if iri.startswith(namespace):
            return f"/term/{name}/{iri[len(namespace) :]}"
    if iri.startswith(SHAPES):
        return "/validation/" + iri[len(SHAPES) :]
    return ""


def iri_of(path: str, base: str) -> str:
    """The resource whose page has the (decoded) path, "" for other paths."""
    if path.startswith("/page/"):
        return base + "id/" + path[len("/page/") :]
    if path.startswith("/term/"):
        name, _, local = path[len("/term/") :].partition("/")
        return _TERMS[name] + local if name in _TERMS and local else ""
    return ""


def split_language(path: str) -> tuple[str, str]:
    """A request's decoded path → language and path without it: "/en/documents" → en, /documents."""
    head, _, tail = path.lstrip("/").partition("/")
    return ("en", "/" + tail.rstrip("/")) if head == "en" else ("vi", "/" + path.strip("/"))


def article_of(iri: str) -> str:
    """The article in which a thing has its name, "" where it has one for all articles."""
    found = _ARTICLE.match(iri)
    return found[0] if found else ""


def is_web(iri: str) -> bool:
    """Whether an IRI may stand behind a link: http and https only, never `javascript:` or `data:`."""
    return bool(_WEB.fullmatch(iri))
