"""What every page asks of the graph: fixed queries with terms put in, and labels.

The queries lie in `queries/*.rq`; each is bounded by a LIMIT or by the things it names. Only the braces of a
`VALUES` clause are replaced, by terms that the RDF library serialises. Measured on a million quads, and why
the queries look as they do: OPTIONAL with a broad pattern reads every match of it in the graph; two VALUES
clauses are tried in all pairs (112 ms instead of 13: one clause of pairs it is); a path of two steps meets
itself once for each article that says so; and text is made of a term only for the rows that leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kg.ask.names import Term, labels, short, value, values_of
from kg.store import Queryable

_QUERIES = Path(__file__).parent / "queries"
_VALUES = re.compile(r"(VALUES\s+(\?(\w+)|\(\s*\?(\w+)[^)]*\))\s*\{)[^{}]*(\})")
Row = dict[str, Term]


@cache
def _query(name: str) -> str:
    return (_QUERIES / f"{name}.rq").read_text(encoding="utf-8")


@dataclass(slots=True)
class Reader:
    """Asks one graph on behalf of one page; labels that were looked up are kept for the page."""

    store: Queryable
    lang: str = "vi"
    elsewhere: tuple[str, ...] = ()  # the graphs that are no article's
    names: dict[str, str] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)

    @property
    def base(self) -> str:
        """The base IRI of the graph's resources."""
        return self.store.base

    def ask(self, name: str, **terms: object) -> list[Row]:
        """The rows of `queries/NAME.rq`, bound cells only.

        A keyword is the first variable of a VALUES clause; what it gives is an IRI, a term, several of them,
        or a list of tuples for a clause of several variables.
        """
        given = {key: _inside(of) for key, of in terms.items()}

        def clause(match: re.Match[str]) -> str:
            inside = given.get(match[3] or match[4])
            return match[0] if inside is None else f"{match[1]} {inside} {match[5]}"

        answer = self.store.query(_VALUES.sub(clause, _query(name)))
        assert isinstance(answer, ox.QuerySolutions), name
        columns = [variable.value for variable in answer.variables]
        return [
            {key: term for key, term in zip(columns, row, strict=True) if term is not None} for row in answer
        ]

    def values(self, iris: Iterable[str], path: str) -> dict[str, list[str]]:
        """IRI → the texts that a property path leads to, sorted."""
        return {
            iri: sorted(found) for iri, found in values_of(self.store, filter(_named, iris), path).items()
        }

    def learn(self, iris: Iterable[str]) -> None:
        """Look up the labels of all of `iris` in one question."""
        new = set(filter(_named, iris)) - self._known
        if new:
            self.names.update(labels(self.store, new, self.lang))
            self._known |= new
            self._name_parts({iri for iri in new if "/participation/" in iri})

    def _name_parts(self, parts: set[str]) -> None:
        """Somebody's part in an event is called by who it is and which role, in the reader's language."""
        who, roles = (self.values(parts, f"ckg:{name}") if parts else {} for name in ("participant", "role"))
        self.learn(iri for of in (who, roles) for found in of.values() for iri in found)
        for iri in who.keys() & roles.keys():
            self.names[iri] = f"{self.name(who[iri][0])} – {self.name(roles[iri][0]).lower()}"

    def name(self, iri: str) -> str:
        """What a reader calls a resource; a shortened IRI where nothing does."""
        if iri not in self._known:
            self.learn([iri])
        return self.names.get(iri) or short(iri, self.base)


def _named(iri: str) -> bool:
    """Whether a question can name a thing: blank nodes, which foreign data has, have no name."""
    return bool(iri) and not iri.startswith("_:")


def _inside(given: object) -> str:
    if isinstance(given, str | ox.NamedNode | ox.Literal):
        return _term(given)
    assert isinstance(given, Iterable)
    return " ".join(
        f"({' '.join(map(_term, item))})" if isinstance(item, tuple) else _term(item) for item in given
    )


def _term(given: object) -> str:
    return str(ox.NamedNode(given)) if isinstance(given, str) else str(given)


def text(row: Row, name: str) -> str:
    """The text of a cell, "" where it is not bound."""
    return value(row[name]) if name in row else ""
