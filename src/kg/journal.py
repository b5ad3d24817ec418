"""What a build changes in the graphs, so that the report on them can be kept current instead of made anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import schema
from kg.store import Store

if TYPE_CHECKING:
    from kg.check.increment import Change

_SHARE = 20  # where more than one article in so many has changed, all are validated
_MOST = 500  # articles whose former quads are held in memory


class Journal:
    """Keeps the quads of graphs that a build replaces, as long as these are few.

    `articles` is the number of articles before the build.
    """

    def __init__(self, store: Store, articles: int) -> None:
        self._store = store
        self._left = 2 * min(articles // _SHARE, _MOST) + 1  # an article has two graphs; one is the inferred
        self._former: dict[str, frozenset[ox.Quad]] = {}

    def note(self, graphs: Iterable[str]) -> None:
        """Keep graphs as they are now; to be called before they are changed or made."""
        for graph in graphs:
            if graph not in self._former and self._left >= 0:
                self._left -= 1
                self._former[graph] = frozenset(self._store.quads(graph))

    def change(self) -> Change | None:
        """What became of the graphs that were noted; None where that were too many."""
        from kg.check.increment import Change

        if self._left < 0:
            return None
        now = {graph: frozenset(self._store.quads(graph)) for graph in self._former}
        gone = (quads - now[graph] for graph, quads in self._former.items())
        came = (quads - self._former[graph] for graph, quads in now.items())
        return Change(frozenset().union(*gone), frozenset().union(*came))


def renew_report(store: Store, change: Change | None, findings: dict[str, int]) -> dict[str, int]:
    """Bring the report graph of a store up to date and return its findings, the results by severity.

    `change` is what has changed since the report that stands in the store, which had `findings`; None for a
    report on everything. The compiled shapes alone are asked: pySHACL confirms them in `kg validate`.
    """
    from kg.check import load_shapes, validate_store
    from kg.check.increment import renewed
    from kg.check.patterns import NotLocalError
    from kg.check.turtle import nquads

    if change is not None:
        try:
            renewal = renewed(store.engine, load_shapes(), change, findings, store.base)
        except NotLocalError:
            pass  # the change may touch anything
        else:
            store.amend(renewal.gone, renewal.came)
            return renewal.findings
    store.replace([schema.graph_iri(store.base, "report")], "")
    found = validate_store(store.engine, engine="compiled")
    store.replace([], nquads(found, store.base))
    return found.counts()
