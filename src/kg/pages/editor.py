"""The SPARQL editor, its completions, and the page of the data."""

from __future__ import annotations

from functools import cache
from typing import Any

from kg.ask import find, saved, text_of
from kg.ask.bind import rebase
from kg.errors import QueryError
from kg.namespaces import PREFIXES
from kg.pages.data import text
from kg.pages.site import View, Visit

_SAMPLE = """PREFIX ckg: <https://w3id.org/cascade-kg/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT DISTINCT ?document ?label ?issued WHERE {
  ?document a ckg:Directive ; rdfs:label ?label .
  OPTIONAL { ?document ckg:issuedOn ?issued }
} ORDER BY DESC(?issued) LIMIT 20"""


def view(visit: Visit) -> View:
    """The editor: a plain form, which YASGUI replaces where scripts run and the wheel brought it."""
    given = visit.params.get("query", "")[:20_000]
    name = visit.params.get("saved", "")
    if name and not given:
        given = _text(name, visit.site.base)
    examples = [(q.name, text_of(q.title, visit.lang), "") for q in saved()]
    data = {"given": given, "sample": _SAMPLE, "examples": examples, "endpoint": "/sparql"}
    return View("editor.html", "", data, "editor")


def _text(name: str, base: str) -> str:
    try:
        return rebase(_bare(find(name).text), base) if name in {q.name for q in saved()} else ""
    except QueryError:
        return ""


@cache
def _bare(query: str) -> str:
    """A saved query without its header."""
    return "\n".join(line for line in query.splitlines() if not line.startswith("#+"))


def terms(visit: Visit) -> dict[str, Any]:
    """What the editor completes: prefixes, classes, properties with their names, and the saved queries."""
    found: dict[str, list[dict[str, str]]] = {"class": [], "property": []}
    rows = visit.reader.ask("terms")
    visit.learn({text(row, "x") for row in rows})
    for row in rows:
        kind = "class" if text(row, "type").endswith("#Class") else "property"
        iri = text(row, "x")
        found[kind].append({"iri": iri, "label": visit.name(iri)})
    queries = [
        {
            "name": q.name,
            "title": text_of(q.title, visit.lang),
            "query": rebase(_bare(q.text), visit.site.base),
        }
        for q in saved()
    ]
    return {
        "prefixes": dict(PREFIXES),
        "classes": found["class"],
        "properties": found["property"],
        "queries": queries,
    }


def data(visit: Visit) -> View:
    """The page of the data: dumps, the endpoint, the graphs."""
    from kg.pages.words import say

    files = [
        (visit.links.file(address), name, say(key, visit.lang))
        for address, name, key in (STATIC_FILES if visit.site.static else SERVED_FILES)
    ]
    return View("data.html", "", {"quads": visit.site.catalogue.quads, "files": files}, "data")


STATIC_FILES = (
    ("/data/graph.nq.gz", "graph.nq.gz", "dump-nquads"),
    ("/data/graph.ttl", "graph.ttl", "dump-ttl"),
)
SERVED_FILES = (
    ("/export.nq.gz", "export.nq.gz", "dump-nquads"),
    ("/export.ttl", "export.ttl", "dump-ttl"),
    ("/sparql", "/sparql", "endpoint-sparql"),
)
