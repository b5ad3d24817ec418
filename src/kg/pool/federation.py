"""Which endpoints a query would ask: read off rdflib's parse tree, since text alone cannot tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import rdflib
from pyparsing import ParseResults
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

VARIABLE = "a variable"


def services(query: str) -> list[str]:
    """Return the IRI of each SERVICE clause, `VARIABLE` for one that only the data names.

    Raises ValueError where rdflib cannot parse the query, RecursionError where it is nested too deeply.
    """
    try:
        tree = parseQuery(query)
    except RecursionError:
        raise
    except Exception as error:  # pyparsing's own and whatever its actions raise
        raise ValueError(str(error)) from None
    declared = _nodes(tree[0], ("PrefixDecl", "Base"))
    return [_address(node.term, declared) for node in _nodes(tree, ("ServiceGraphPattern",))]


def _nodes(tree: object, names: tuple[str, ...]) -> list[CompValue]:
    return [node for node in _walk(tree) if node.name in names]


def _walk(tree: object) -> Iterator[CompValue]:
    todo: list[Any] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, CompValue):
            yield node
            todo.extend(node.values())
        elif isinstance(node, ParseResults | list | tuple):
            todo.extend(node)


def _address(term: object, declared: list[CompValue]) -> str:
    if isinstance(term, CompValue):
        prefix = str(term.get("prefix") or "")
        found = [d.iri for d in declared if d.name == "PrefixDecl" and str(d.get("prefix") or "") == prefix]
        if len(found) != 1:
            raise ValueError(f"the prefix {prefix}: is declared {len(found)} times")
        term = rdflib.URIRef(found[0] + str(term.localname))
    if not isinstance(term, rdflib.URIRef):
        return VARIABLE
    base = [str(d.iri) for d in declared if d.name == "Base"]
    return urljoin(base[0], str(term)) if len(base) == 1 else str(term)
