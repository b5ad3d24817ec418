"""Values to choose from: what a parameter of a saved query may be set to, for drop-downs and typing ahead."""

from __future__ import annotations

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kg.ask import Parameter, SavedQuery, labels
from kg.ask.names import rows
from kg.errors import QueryError
from kg.namespaces import CKG
from kg.search import KINDS, folded
from kg.search.find import LONGEST
from kg.serve.app import Service
from kg.serve.data import number, single, spoken
from kg.serve.problem import Problem
from kg.serve.search import index

MOST = 1000  # values that one answer may have
_LOOKED = 5000  # instances of a class that is not searched by name
_INSTANCES = """
SELECT DISTINCT ?x WHERE { ?class rdfs:subClassOf* %s . ?x a ?class FILTER(isIRI(?x)) } LIMIT %d
"""


async def values(service: Service, request: Request, query: SavedQuery) -> Response:
    """Answer with IRI and label of what a parameter may be, the likeliest first; `q` narrows them down."""
    name = request.path_params["parameter"]
    try:
        parameter = query.param(name)
    except QueryError as error:
        raise Problem("not-found", str(error)) from None
    if parameter.kind != "iri":
        raise Problem("not-found", f"{name} takes any {parameter.kind}")
    text, limit = single(request, "q"), number(request, "limit", 50, 1, MOST)
    lang = spoken(request)
    if len(text) > LONGEST:
        raise Problem("parameter", f"q has more than {LONGEST} characters")
    found = await run_in_threadpool(_found, service, parameter, text, limit, lang)
    shown = [{"iri": iri, "label": label} for iri, label in found]
    return JSONResponse({"values": shown}, headers={"Content-Language": lang, "Vary": "Accept-Language"})


def _found(service: Service, parameter: Parameter, text: str, limit: int, lang: str) -> list[tuple[str, str]]:
    kind = CKG.local(parameter.entity_class) or ""
    if kind in KINDS or not parameter.entity_class:
        kind = kind if kind in KINDS else ""
        search = index(service)
        hits = (
            search.find(text, kind=kind, limit=limit, lang=lang)
            if folded(text)
            else search.first(kind, limit, lang)
        )
        return [(hit.iri, hit.label) for hit in hits]
    snapshot = service.dataset.current
    wanted = _INSTANCES % (ox.NamedNode(parameter.entity_class), _LOOKED)
    names = labels(snapshot, [row["x"] for row in rows(snapshot, wanted)], lang)
    words = folded(text)
    fitting = [
        (label, iri) for iri, label in names.items() if all(word in " ".join(folded(label)) for word in words)
    ]
    return [(iri, label) for label, iri in sorted(fitting)[:limit]]
