"""What follows from the articles together and from the register, each triple with its rule and grounds.

Nothing here is said by an article, and nothing that an article says is repeated. The rules are those of
``ontology/core.ttl`` (ckg:rule-…); each room holds the rules of one kind of thing.
"""

from __future__ import annotations

from kg.infer.conclusions import Conclusions
from kg.infer.documents import resolve_documents
from kg.infer.events import Calendar
from kg.infer.known import PREDICATES, Known
from kg.infer.organs import match_register, place_organs
from kg.infer.people import same_names
from kg.infer.series import number_series, symbols
from kg.store import Store

__all__ = ["PREDICATES", "infer"]


def infer(store: Store, base: str) -> str:
    """Return the whole graph ``{base}graph/inferred`` as N-Quads text: sorted, no blank nodes.

    It is computed from the other graphs alone (the articles', their claims', ontology and register), so that
    the same graphs give the same bytes, whatever the order in which they were loaded. Each triple has one
    ``ckg:Claim`` with ``ckg:rule``, ``prov:wasDerivedFrom`` and, for a candidate, ``ckg:score``.

    The stages: read the store → local organs and documents find their global ones (what follows needs them) →
    series, terms, symbols → parents of organs → bounds, same events, years → people of one name.
    """
    known = Known.read(store, base)
    conclusions = Conclusions(base)
    organs = match_register(known, conclusions)
    documents = resolve_documents(known, organs, conclusions)
    number_series(known, conclusions)
    symbols(known, conclusions)
    place_organs(known, conclusions)
    calendar = Calendar(known, organs, documents, conclusions)
    calendar.bounds()
    calendar.same_events()
    same_names(known, conclusions)
    return conclusions.nquads()
