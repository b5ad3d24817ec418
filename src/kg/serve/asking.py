"""Asking saved queries of the served graph: what the addresses, the pages and the tools have in common."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace

import anyio.from_thread
import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kg import evidence
from kg.ask import SavedQuery, UnclearNameError, Value, bind, empty
from kg.ask.names import Term
from kg.errors import QueryError
from kg.pool.answer import Answer, Kind, Question
from kg.serve.app import Service
from kg.serve.problem import Problem
from kg.store import Answer as StoreAnswer

SHOWN = 200  # rows of an answer that get their sentences
_JSON: dict[Kind, str] = {"rows": "json", "boolean": "json", "graph": "ttl"}


class Limited:
    """The served graph for code that asks several questions in a thread: the workers answer them, under one
    deadline. An answer comes whole or is refused. Raises Problem.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._deadline = time.monotonic() + service.settings.timeout
        self.base = service.dataset.base

    def query(self, sparql: str) -> StoreAnswer:
        """Answer a SELECT or an ASK."""
        if time.monotonic() > self._deadline:
            raise Problem("deadline", limit=self._service.settings.timeout)
        answer = anyio.from_thread.run(self._service.answer, Question(sparql, formats=_JSON, whole=True))
        return ox.parse_query_results(answer.body, format=ox.QueryResultsFormat.JSON)

    def close(self) -> None:
        """Nothing is held."""


async def bound(service: Service, query: SavedQuery, values: Mapping[str, Value]) -> str:
    """The query's text with `values`, as people type them.

    Raises Problem: a value of the wrong type, a name that nothing has, one that several things have (they
    are its member `candidates`).
    """
    try:
        return await run_in_threadpool(bind, service.dataset.current, query, values)
    except UnclearNameError as error:
        found = [{"iri": c.iri, "label": c.label, "dates": list(c.dates)} for c in error.candidates]
        raise Problem("ambiguous" if found else "not-found", str(error), candidates=found) from None
    except QueryError as error:
        raise Problem("parameter", str(error)) from None


async def explained(
    service: Service, question: Question, request: Request | None = None
) -> empty.Explanation | None:
    """Why a SELECT without rows has none. Its questions go to the worker processes, under one deadline."""
    deadline = time.monotonic() + service.settings.timeout

    def ask(sparql: str) -> bool:
        if time.monotonic() > deadline:
            raise QueryError("there is no time left")
        asked = replace(question, query=sparql, formats=_JSON, gzip=False, whole=False)
        try:
            answer = anyio.from_thread.run(service.answer, asked, request)
        except Problem as problem:
            raise QueryError(problem.detail) from None
        return bool(json.loads(answer.body)["boolean"])

    return await run_in_threadpool(empty.explain, question.query, ask)


async def sentences(
    service: Service, query: SavedQuery, sparql: str, answer: Answer
) -> list[list[dict[str, object]]]:
    """The sentences behind the first SHOWN rows of an answer in JSON, in the order of its rows."""
    if answer.kind != "rows" or not query.evidence:
        return []
    parsed = ox.parse_query_results(answer.body, format=ox.QueryResultsFormat.JSON)
    assert isinstance(parsed, ox.QuerySolutions)
    columns = [variable.value for variable in parsed.variables]
    rows: list[list[Term | None]] = []
    for solution in parsed:
        rows.append([solution[column] for column in columns])
        if len(rows) == SHOWN:
            break
    things = _things(query, sparql, columns, rows)
    found = await run_in_threadpool(evidence.sentences, service.dataset.current, rows, things)
    return [[one.document() for one in row] for row in found]


def _things(
    query: SavedQuery, sparql: str, columns: list[str], rows: list[list[Term | None]]
) -> list[Term | None]:
    """The evidence cell of each row; where a parameter is the evidence, what it was set to."""
    if query.evidence in columns:
        place = columns.index(query.evidence)
        return [row[place] for row in rows]
    from kg.ask.saved import VALUES_LINE

    for line in VALUES_LINE.finditer(sparql):
        text = line["value"].strip()
        if line["name"] == query.evidence and text.startswith("<"):
            return [ox.NamedNode(text[1:-1])] * len(rows)
    return [None] * len(rows)


def with_members(body: bytes, **members: object) -> bytes:
    """A JSON answer with more members at its end."""
    document = json.loads(body)
    document.update(members)
    return json.dumps(document, ensure_ascii=False).encode()
