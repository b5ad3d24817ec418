"""Home, lists and search: the ways into the graph."""

from __future__ import annotations

from collections import Counter

from kg.ask import text_of
from kg.errors import QueryError
from kg.pages import provinces
from kg.pages.site import MissingError, View, Visit
from kg.search import Hit
from kg.show.cascade import Node

#: address → kind of the lists
LISTS = {
    "documents": "Document",
    "organs": "Organ",
    "people": "Person",
    "events": "Event",
    "articles": "Article",
}
PAGE = 50
_NEWEST = 6


def home(visit: Visit) -> View:
    """The first page: search, counts, what is new, a plot of the years, the validation, the ways in."""
    catalogue = visit.site.catalogue
    counts = {
        address: sum(e.articles > 0 or kind == "Article" for e in catalogue.of(kind))
        for address, kind in LISTS.items()
    }
    told = [e for e in catalogue.of("Document") if e.articles]
    severities: Counter[str] = Counter()
    for (_, severity), n in catalogue.findings.items():
        severities[severity.rpartition("#")[2].lower()] += n
    data = {
        "counts": counts,
        "quads": catalogue.quads,
        "documents": [e for e in told if e.date][:_NEWEST],
        "events": [e for e in catalogue.of("Event") if e.date][:_NEWEST],
        "articles": catalogue.of("Article")[:_NEWEST],
        "furthest": [_reach(visit, root) for root in visit.site.furthest],
        "years": _bars(catalogue.years()),
        "severities": severities,
        "queries": len(visit.site.queries),
        "questions": [
            (q.name, text_of(q.title, visit.lang)) for q in visit.site.queries if q.group == "cascade"
        ][:4],
    }
    visit.learn({e.cls for e in told})
    return View("home.html", "", data, "home")


def _reach(visit: Visit, root: Node) -> tuple[str, int, int, int, int]:
    """A document, the documents and the events below it, the provinces where they were seen and all."""
    found = provinces.summary(visit, root, provinces.era_of(root))
    unseen = found.count("nothing")
    documents = sum(1 for _ in provinces.documents(root))
    events = sum(1 for _ in provinces.events(root))
    return root.iri, documents, events, len(found.provinces) - unseen, len(found.provinces)


def _bars(years: list[tuple[int, int, int]]) -> list[tuple[int, int, int, int, int]]:
    """(year, documents, events, their heights in per cent of the highest bar), of the last thirty years."""
    years = years[-30:]
    most = max((d + e for _, d, e in years), default=0) or 1
    return [(year, d, e, round(100 * d / most), round(100 * e / most)) for year, d, e in years]


def listing(visit: Visit, address: str, cls: str = "") -> View:
    """A list of all things of a kind, or of one of its classes (a local name), page by page."""
    kind = LISTS[address]
    entries = visit.site.catalogue.of(kind)
    classes = Counter(entry.cls for entry in entries)
    visit.learn(set(classes))
    if cls:
        entries = [entry for entry in entries if entry.cls.rpartition("#")[2] == cls]
        if not entries:
            raise MissingError(cls)
    pages = max(-(-len(entries) // PAGE), 1)
    page = visit.number("page", most=pages)
    data = {
        "address": address,
        "cls": cls,
        "classes": sorted(((iri, n) for iri, n in classes.items()), key=lambda pair: -pair[1])
        if len(classes) > 1
        else [],
        "entries": entries[(page - 1) * PAGE : page * PAGE],
        "total": len(entries),
        "page": page,
        "pages": pages,
    }
    return View("list.html", "", data, kind)


def find(visit: Visit) -> View:
    """The results of a search; a static site's page fills itself from the index."""
    query = visit.params.get("q", "")[:200]
    return View("search.html", query, {"typed": query, "entries": _found(visit, query, 60)}, "search")


def _found(visit: Visit, query: str, limit: int, kind: str = "") -> list[Hit]:
    """What a text may mean; nothing for one without a word, or a kind that has no names."""
    try:
        return visit.site.search.find(query, kind=kind, limit=limit, lang=visit.lang)
    except QueryError:
        return []


def suggestions(visit: Visit, query: str, limit: int = 8, kind: str = "") -> list[dict[str, str]]:
    """What the search box offers: label, kind, address and IRI of each entry."""
    found = ((hit, visit.links.page(hit.iri)) for hit in _found(visit, query[:200], limit, kind))
    return [
        {"label": hit.label[:160], "kind": hit.class_label, "href": href, "iri": hit.iri}
        for hit, href in found
        if href
    ]
