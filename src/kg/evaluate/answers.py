"""What a dataset states of each article, asked through the queries beside this module."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import pyoxigraph as ox

from kg.errors import KgError
from kg.evaluate.likeness import fold
from kg.store import Queryable


@dataclass(slots=True)
class FoundDocument:
    """A document with all values that the article states; sets, because two values may stand side by side."""

    types: set[str] = field(default_factory=set)
    code: str | None = None
    number: str | None = None
    dates: set[str] = field(default_factory=set)
    issuers: set[str] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)


@dataclass(slots=True)
class FoundPost:
    """A post of a person; `organs` holds the names of its organ."""

    title: str
    former: bool
    organs: set[str] = field(default_factory=set)


@dataclass(slots=True)
class FoundEvent:
    """An event. `participants` holds (folded name, role)."""

    dates: set[str] = field(default_factory=set)
    organisers: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    participants: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class FoundTask:
    """A task with the names of its addressees."""

    text: str
    to: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)


@dataclass(slots=True)
class FoundArticle:
    """What the dataset states of one article; the keys of documents, organs, events and tasks are IRIs.

    `persons` maps a name to its posts by the IRI of the tenure, `text` is the stored text ("" if none).
    """

    documents: dict[str, FoundDocument] = field(default_factory=dict)
    relations: set[tuple[str, str, str]] = field(default_factory=set)
    persons: dict[str, dict[str, FoundPost]] = field(default_factory=dict)
    organs: dict[str, set[str]] = field(default_factory=dict)
    events: dict[str, FoundEvent] = field(default_factory=dict)
    tasks: dict[str, FoundTask] = field(default_factory=dict)
    text: str = ""


Row = dict[str, str | None]
Answers = dict[str, FoundArticle]


@cache
def _query(name: str) -> str:
    return files(__package__).joinpath(f"{name}.rq").read_text(encoding="utf-8")


class _Dataset:
    """A dataset's rows by query, and the names of its entities."""

    def __init__(self, source: Queryable) -> None:
        self._source = source
        self._names: dict[str, set[str]] = defaultdict(set)
        for row in self.rows("labels"):
            self._names[row["entity"] or ""].add(row["label"] or "")

    def rows(self, name: str) -> list[Row]:
        """Return the solutions of the query `name`, a dictionary a row."""
        answer = self._source.query(_query(name))
        if not isinstance(answer, ox.QuerySolutions):
            raise KgError(f"{name}.rq is no SELECT query")
        variables = [variable.value for variable in answer.variables]
        return [{name: _value(solution[name]) for name in variables} for solution in answer]

    def names(self, entity: str | None) -> set[str]:
        """Return the labels of an entity; a literal, or an entity without a label, is its own name."""
        return self._names.get(entity, {entity}) if entity else set()

    def name(self, entity: str | None) -> str:
        """Return the first of an entity's names in order of code points."""
        return min(self.names(entity), default="")


def _value(term: object) -> str | None:
    return term.value if isinstance(term, ox.NamedNode | ox.BlankNode | ox.Literal) else None


def read_answers(source: Queryable) -> Answers:
    """Ask `source` for everything that is measured, by article stem."""
    data = _Dataset(source)
    articles: defaultdict[str, FoundArticle] = defaultdict(FoundArticle)
    for row in data.rows("articles"):
        articles[row["article"] or ""].text = ""
    for row in data.rows("texts"):
        articles[row["article"] or ""].text = row["text"] or ""
    _add_documents(data, articles)
    _add_people(data, articles)
    _add_events(data, articles)
    _add_tasks(data, articles)
    return articles


def _add_documents(data: _Dataset, articles: Answers) -> None:
    for row in data.rows("documents"):
        found = articles[row["article"] or ""].documents.setdefault(row["document"] or "", FoundDocument())
        found.types.add(row["type"] or "")
        found.code, found.number = row["code"] or found.code, row["number"] or found.number
        found.issuers |= data.names(row["issuer"])
        found.dates |= _some(row["date"])
        found.subjects |= _some(row["subject"])
    for row in data.rows("relations"):
        edge = (row["relation"] or "", row["from"] or "", row["to"] or "")
        articles[row["article"] or ""].relations.add(edge)


def _add_people(data: _Dataset, articles: Answers) -> None:
    for row in data.rows("persons"):
        posts = articles[row["article"] or ""].persons.setdefault(data.name(row["person"]), {})
        if row["post"]:
            post = posts.setdefault(row["tenure"] or "", FoundPost(row["post"], row["former"] == "true"))
            post.organs |= data.names(row["organ"])
    for row in data.rows("organs"):
        articles[row["article"] or ""].organs[row["organ"] or ""] = data.names(row["organ"])


def _add_events(data: _Dataset, articles: Answers) -> None:
    for row in data.rows("events"):
        event = articles[row["article"] or ""].events.setdefault(row["event"] or "", FoundEvent())
        event.organisers |= data.names(row["organiser"])
        event.dates |= _some(row["date"]) | _some(row["monthDay"])
        event.documents |= _some(row["disseminated"])
    for row in data.rows("participations"):
        events = articles[row["article"] or ""].events
        if row["event"] in events:
            events[row["event"]].participants.add((fold(data.name(row["person"])), row["role"] or ""))


def _add_tasks(data: _Dataset, articles: Answers) -> None:
    for row in data.rows("tasks"):
        task = articles[row["article"] or ""].tasks.setdefault(
            row["task"] or "", FoundTask(row["text"] or "")
        )
        task.to |= data.names(row["to"])
        task.documents |= _some(row["document"])


def _some(value: str | None) -> set[str]:
    return {value} if value else set()
