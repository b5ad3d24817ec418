"""Readable names for RDF terms: labels in the reader's language, prefixed names, shortened IRIs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg.namespaces import PREFIXES
from kg.store import Queryable

PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
_CHUNK = 400  # IRIs that one question names

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def solutions(store: Queryable, select: str) -> Iterator[dict[str, Term]]:
    """The rows of a SELECT, written without prologue, as variable → bound term."""
    answer = store.query(PROLOGUE + select)
    if not isinstance(answer, ox.QuerySolutions):
        raise TypeError("a SELECT was expected")
    variables = answer.variables
    for solution in answer:
        yield {v.value: term for v in variables if (term := solution[v]) is not None}


def rows(store: Queryable, select: str) -> Iterator[dict[str, str]]:
    """The rows of a SELECT as variable → text of the bound term."""
    for solution in solutions(store, select):
        yield {name: value(term) for name, term in solution.items()}


def values_of(store: Queryable, iris: Iterable[str], path: str) -> dict[str, set[str]]:
    """IRI → the texts that the property path `path` leads to.

    One path at a time: the union of graphs is a bag, and two properties that a hundred articles state alike
    would meet in ten thousand rows.
    """
    found: dict[str, set[str]] = {}
    wanted = sorted(set(iris))
    for start in range(0, len(wanted), _CHUNK):
        named = " ".join(str(ox.NamedNode(iri)) for iri in wanted[start : start + _CHUNK])
        for row in rows(store, f"SELECT DISTINCT ?x ?y {{ VALUES ?x {{ {named} }} ?x {path} ?y }}"):
            found.setdefault(row["x"], set()).add(row["y"])
    return found


def value(term: Term) -> str:
    """The text of a term: an IRI, a literal's characters, "_:label"."""
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def labels(store: Queryable, iris: Iterable[str], lang: str = "vi") -> dict[str, str]:
    """IRI → label, for those that have one: in `lang`, else Vietnamese, else without language, else any.

    Articles name one thing in shorter and longer ways; the longest name says most.
    """
    wanted = sorted(set(iris))
    best: dict[str, tuple[int, int, str]] = {}
    for start in range(0, len(wanted), _CHUNK):
        named = " ".join(str(ox.NamedNode(iri)) for iri in wanted[start : start + _CHUNK])
        query = (
            f"SELECT DISTINCT ?x ?label {{ VALUES ?x {{ {named} }} ?x rdfs:label|schema:headline ?label }}"
        )
        for row in solutions(store, query):
            label = row["label"]
            if isinstance(label, ox.Literal):
                order = (lang, "vi", None)
                fit = order.index(label.language) if label.language in order else len(order)
                key = (-fit, len(label.value), label.value)
                iri = value(row["x"])
                best[iri] = max(best.get(iri, key), key)
    return {iri: label for iri, (_, _, label) in best.items()}


def short(iri: str, base: str = "") -> str:
    """An IRI as a prefixed name, or without the store's base, or as it is."""
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local.replace("-", "").replace("_", "").isalnum():
            return f"{prefix}:{local}"
    return iri.removeprefix(base + "id/") if base and iri.startswith(base + "id/") else iri


def iris_in(terms: Iterable[Term | None]) -> set[str]:
    """The IRIs among `terms`."""
    return {term.value for term in terms if isinstance(term, ox.NamedNode)}


def readable(term: Term | None, names: Mapping[str, str], base: str = "") -> str:
    """A term as a reader wants it: the label, else the short IRI; a literal's characters; nothing for
    unbound."""
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return names.get(term.value) or short(term.value, base)
    return value(term)
