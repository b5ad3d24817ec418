"""A shape's own SELECT, asked once for all focus nodes instead of node by node."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain

from pyoxigraph import Store

from kg.check.paths import RDF
from kg.check.patterns import THIS, Group, Maker, NotLocalError, Step
from kg.check.prebound import asked_node_by_node
from kg.check.select import read
from kg.check.shapes import Shapes, Sparql
from kg.errors import ShapesError
from kg.sparql.complaint import complaint

_HEAD = re.compile(r"\s*SELECT\s+(?:DISTINCT\s+)?(?P<variables>[^{]*?)(?:\bWHERE\b)?\s*\{", re.IGNORECASE)


def refuse_unreadable(shapes: Shapes) -> None:
    """Raise ShapesError for a SELECT that neither the store nor rdflib can read, with its place in it."""
    for root in shapes.roots:
        for shape in root.walk():
            for sparql in (c.sparql for c in shape.constraints if c.sparql):
                text = f"{sparql.prefixes}\n{sparql.select}"
                try:
                    Store().query(text)
                except SyntaxError as error:
                    if not _rdflib_reads(text):
                        raise _unreadable(error, text, sparql, shape.iri) from None


def _rdflib_reads(text: str) -> bool:
    from rdflib.plugins.sparql import prepareQuery

    try:
        prepareQuery(text)
    except Exception:  # the parser raises whatever it meets
        return False
    return True


def _unreadable(error: SyntaxError, text: str, sparql: Sparql, shape: str) -> ShapesError:
    found = complaint(error, text)
    line = found.line - sparql.prefixes.count("\n") - 1
    place = f"line {line}, column {found.column} of the query: " if line > 0 else ""
    hint = "mend its sh:select; prefixes come from sh:prefixes"
    return ShapesError(f"its query cannot be read ({place}{found.text})", where=shape, hint=hint)


def at_once(sparql: Sparql, focus: str) -> str | None:
    """The SELECT for all nodes that a focus pattern finds; None where it must be asked node by node."""
    head = _HEAD.match(sparql.select)
    if head is None or asked_node_by_node(sparql.select):
        return None
    group = f"{{ {focus} }} " if focus else ""
    body = sparql.select[head.end() :]
    return f"{sparql.prefixes}\nSELECT DISTINCT {head['variables'].strip()} WHERE {{ {group}{body}"


@lru_cache(maxsize=4096)
def unfocused(sparql: Sparql) -> str:
    """The SELECT for any node at all, where its own patterns find few: two to eight times as fast.

    Empty where they do not: `$this a ?type` alone would go through every node of the data.
    """
    try:
        group = read(sparql, Maker(), THIS)
    except NotLocalError:
        return ""
    return (at_once(sparql, "") or "") if _finds(group) else ""


def _finds(group: Group) -> bool:
    unions = (all(map(_finds, union)) for union in group.unions)
    return any(chain(map(_tells, group.steps), unions))


def _tells(step: Step) -> bool:
    """Whether a pattern binds `$this` by a predicate that only some nodes have."""
    known = step.predicates is not None and RDF + "type" not in step.predicates and not step.repeats
    return known and THIS in (step.subject, step.object)
