"""The keys of the articles in a store, read from the two graphs of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from kg.keys import PREDICATES, Entity, Keys
from kg.namespaces import CKG, RDF, RDFS
from kg.store import Store

_CLAIMED = f"""SELECT ?claim ?predicate ?subject ?value WHERE {{
  GRAPH <%s#claims> {{
    VALUES ?predicate {{ {" ".join(f"<{iri}>" for iri in sorted(PREDICATES))} }}
    ?claim <{RDF.predicate}> ?predicate ; <{RDF.subject}> ?subject ; <{RDF.object}> ?value
  }}
}}"""
_MENTIONED = f"""SELECT ?entity ?kind ?label WHERE {{
  GRAPH <%s> {{ <%s> <{CKG.mentions}> ?entity . ?entity a ?kind ; <{RDFS.label}> ?label }}
}}"""


def stored(store: Store, without: Collection[str] = ()) -> Iterator[Keys]:
    """The keys of all articles in a store, in any order, except those of some IRIs."""
    for graph in store.engine.named_graphs():
        article = graph.value
        if article.startswith(f"{store.base}id/article/") and "#" not in article and article not in without:
            yield _keys(store, article)


def _keys(store: Store, article: str) -> Keys:
    """Of several names or classes of a thing the first in order is taken."""
    claims = {claim: (p, s, o) for claim, p, s, o in store.rows(_CLAIMED % article)}
    entities: dict[str, Entity] = {}
    for iri, kind, label in sorted(store.rows(_MENTIONED % (article, article))):
        entities.setdefault(iri, Entity(kind, label))
    return Keys(article, claims, entities)
