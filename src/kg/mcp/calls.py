"""What the tools answer. A stranger's query, and a saved one, run in the worker processes of `kg.pool`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from starlette.concurrency import run_in_threadpool

from kg import evidence, explain
from kg.ask import SavedQuery, labels, resolve
from kg.ask.names import PROLOGUE, Term, rows, short, value
from kg.errors import KgError, QueryError
from kg.mcp.tools import MOST, ROWS, Tool, tools
from kg.namespaces import CKG
from kg.pool.answer import Answer, Question
from kg.serve.app import Service
from kg.serve.asking import Limited, bound, explained, sentences
from kg.serve.problem import KINDS as PROBLEMS
from kg.serve.problem import Problem
from kg.serve.search import described, index
from kg.sparql.text import is_volatile

Arguments = dict[str, Any]
_LINKS = 100  # things that lead to a described one
_VOCABULARY = """
SELECT DISTINCT ?x ?kind ?label ?domain ?range WHERE {
  VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty }
  ?x a ?kind ; rdfs:label ?label FILTER(LANG(?label) = "%s" && STRSTARTS(STR(?x), "%s"))
  OPTIONAL { ?x rdfs:domain ?domain FILTER(isIRI(?domain)) }
  OPTIONAL { ?x rdfs:range ?range FILTER(isIRI(?range)) }
} ORDER BY ?kind ?x"""
_INCOMING = """
SELECT DISTINCT ?p ?s WHERE { ?s ?p %s FILTER(isIRI(?s) && ?p NOT IN (rdf:subject, rdf:object)) }
ORDER BY ?p ?s LIMIT %d"""


class ToolError(Exception):
    """What a model is told when a tool cannot answer."""


@dataclass(slots=True)
class Toolbox:
    """The tools over one served graph; answers are dictionaries that JSON can hold."""

    service: Service
    lang: str = "vi"

    def tools(self) -> dict[str, Tool]:
        """Every tool by its name."""
        return tools(self.lang)

    async def call(self, name: str, arguments: Arguments) -> dict[str, Any]:
        """Answer a call. Raises ToolError with what is wrong and what to do."""
        tool = self.tools().get(name)
        if tool is None:
            raise ToolError(f"there is no tool {name!r}")
        _checked(tool, arguments)
        fixed: dict[str, Callable[[Arguments], Awaitable[dict[str, Any]]]] = {
            "search": self._search, "describe": self._describe, "evidence": self._evidence,
            "vocabulary": self._vocabulary, "sparql": self._sparql,
        }  # fmt: skip
        try:
            if tool.query is not None:
                return await self._saved(tool.query, arguments)
            return await fixed[name](arguments)
        except Problem as problem:
            raise ToolError(_told(problem, self.lang)) from None
        except KgError as error:
            raise ToolError(str(error)) from None

    # ------------------------------------------------------------------ tables
    async def _saved(self, query: SavedQuery, arguments: Arguments) -> dict[str, Any]:
        values = {name: _plain(given) for name, given in arguments.items() if name != "limit"}
        sparql = await bound(self.service, query, values)
        answer, question = await self._answer(sparql, arguments)
        found = await self._table(answer, question)
        if answer.kind == "rows":
            found["sentences"] = await sentences(self.service, query, sparql, answer)
        return found

    async def _sparql(self, arguments: Arguments) -> dict[str, Any]:
        answer, question = await self._answer(arguments["query"], arguments)
        found = await self._table(answer, question)
        if answer.kind == "rows":
            cells = _cells(answer)[1]
            things = [next((cell for cell in row if isinstance(cell, ox.NamedNode)), None) for row in cells]
            carried = await run_in_threadpool(evidence.sentences, Limited(self.service), cells, things)
            found["sentences"] = [[one.document() for one in row] for row in carried]
        return found

    async def _answer(self, sparql: str, arguments: Arguments) -> tuple[Answer, Question]:
        limit = min(arguments.get("limit", ROWS), MOST)
        question = Question(
            sparql, formats={"rows": "json", "boolean": "json", "graph": "ttl"}, max_rows=limit
        )
        key = "" if is_volatile(sparql) else repr(question)  # NOW() and RAND() have no answer to keep
        return await self.service.answer(question, key=key), question

    async def _table(self, answer: Answer, question: Question) -> dict[str, Any]:
        """An answer with labels beside IRIs; where there are no rows, the reason."""
        if answer.kind == "boolean":
            return {"answer": json.loads(answer.body)["boolean"]}
        if answer.kind == "graph":
            return {"turtle": answer.body.decode(), "truncated": answer.cut}
        columns, cells = _cells(answer)
        iris = {cell.value for row in cells for cell in row if isinstance(cell, ox.NamedNode)}
        names = await run_in_threadpool(labels, Limited(self.service), iris, self.lang)
        shown = [
            {name: _shown(cell, names) for name, cell in zip(columns, row, strict=True) if cell is not None}
            for row in cells
        ]
        found: dict[str, Any] = {"columns": columns, "rows": shown, "truncated": answer.cut}
        if not cells:
            why = await explained(self.service, question)
            found["explanation"] = why.document(self.lang) if why else None
        return found

    # ------------------------------------------------------------------ things
    async def _search(self, arguments: Arguments) -> dict[str, Any]:
        def find() -> list[dict[str, Any]]:
            kind, limit = arguments.get("kind", ""), arguments.get("limit", 10)
            hits = index(self.service).find(arguments["text"], kind=kind, limit=limit, lang=self.lang)
            return [described(hit, self.service.dataset.base, "") for hit in hits]

        hits = await run_in_threadpool(find)
        for hit in hits:
            hit.pop("url", None)  # there is no server to ask
        return {"hits": hits}

    async def _evidence(self, arguments: Arguments) -> dict[str, Any]:
        store = Limited(self.service)
        asked = (arguments["subject"], arguments.get("predicate", ""), arguments.get("object", ""))
        found = await run_in_threadpool(explain.explain, store, *asked, self.lang)
        return {"facts": [_fact(one) for one in found]}

    async def _describe(self, arguments: Arguments) -> dict[str, Any]:
        """All of a thing. What leads to it may be millions of triples: the workers look, under the limits."""
        store = Limited(self.service)
        node = await run_in_threadpool(resolve, store, arguments["thing"])
        said = await self._rows(f"SELECT DISTINCT ?p ?o {{ {node} ?p ?o }} ORDER BY ?p ?o LIMIT {MOST}")
        incoming = await self._rows(_INCOMING % (node, _LINKS))
        if not said and not incoming:
            raise QueryError(f"nothing is known of {node.value}", hint="search finds names")
        return await run_in_threadpool(self._described, store, node.value, said, incoming)

    async def _rows(self, sparql: str) -> list[dict[str, str]]:
        """The rows of a question of our own; cells as `kg.ask.names.value` writes them."""
        answer, _ = await self._answer(f"{PROLOGUE} {sparql}", {"limit": MOST})
        columns, cells = _cells(answer)
        return [dict(zip(columns, (value(cell) for cell in row if cell), strict=True)) for row in cells]

    def _described(
        self, store: Limited, iri: str, said: list[dict[str, str]], incoming: list[dict[str, str]]
    ) -> dict[str, Any]:
        try:
            facts = [_fact(one) for one in explain.explain(store, f"<{iri}>", lang=self.lang)]
        except QueryError:  # no article says anything of it: the register may
            facts = []
        iris = {iri, *(row[name] for row in (*said, *incoming) for name in row)}
        names = labels(store, {iri for iri in iris if iri.startswith("http")}, self.lang)
        return {
            "iri": iri,
            "label": names.get(iri, ""),
            "properties": [{"property": short(row["p"]), **_named(row["o"], names)} for row in said],
            "facts": facts,
            "incoming": [{"property": short(row["p"]), **_named(row["s"], names)} for row in incoming],
        }

    async def _vocabulary(self, _: Arguments) -> dict[str, Any]:
        wanted = _VOCABULARY % (self.lang, CKG)
        found = await run_in_threadpool(lambda: list(rows(Limited(self.service), wanted)))
        return {
            "prefix": f"PREFIX ckg: <{CKG}>",
            "terms": [{name: short(text) for name, text in row.items()} for row in found],
        }


def _checked(tool: Tool, arguments: Arguments) -> None:
    """Raise ToolError where the arguments are not what the tool's schema allows."""
    properties = tool.schema["properties"]
    for name, given in arguments.items():
        if name not in properties:
            raise ToolError(f"{tool.name} takes no {name!r}; it takes: {', '.join(properties) or 'nothing'}")
        allowed = _ALLOWED[properties[name]["type"]]
        if not isinstance(given, allowed) or (isinstance(given, bool) and bool not in allowed):
            raise ToolError(f"{name} must be of the type {properties[name]['type']}")
        least, most = properties[name].get("minimum"), properties[name].get("maximum")
        if least is not None and not least <= given <= most:
            raise ToolError(f"{name} is a number from {least} to {most}")
    if missing := [name for name in tool.schema["required"] if name not in arguments]:
        raise ToolError(f"{tool.name} needs {', '.join(missing)}")


_ALLOWED: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
}  # fmt: skip


def _plain(given: object) -> Any:
    return str(given) if isinstance(given, float) else given


def _told(problem: Problem, lang: str) -> str:
    """A problem in words, with what an unclear name may mean."""
    _, vi, en = PROBLEMS[problem.kind]
    lines = [f"{vi if lang == 'vi' else en}: {problem.detail}"]
    found = problem.members.get("candidates")
    lines += [f"- {one['label']} <{one['iri']}>" for one in (found if isinstance(found, list) else [])]
    return "\n".join(lines)


def _cells(answer: Answer) -> tuple[list[str], list[list[Term | None]]]:
    parsed = ox.parse_query_results(answer.body, format=ox.QueryResultsFormat.JSON)
    assert isinstance(parsed, ox.QuerySolutions)
    columns = [variable.value for variable in parsed.variables]
    return columns, [[solution[column] for column in columns] for solution in parsed]


def _shown(cell: Term, names: dict[str, str]) -> object:
    return _named(cell.value, names) if isinstance(cell, ox.NamedNode) else value(cell)


def _named(text: str, names: dict[str, str]) -> dict[str, str]:
    if not text.startswith(("http://", "https://", "urn:")):
        return {"value": text}
    return {"iri": text, **({"label": names[text]} if text in names else {})}


def _fact(one: explain.Explained) -> dict[str, Any]:
    """A fact with what supports it."""
    found: dict[str, Any] = {"fact": one.words, "sentences": _sentences(one.sentences)}
    if one.rule:
        found["rule"] = one.rule_label
        found["grounds"] = [_fact(ground) for ground in one.grounds]
    return found


def _sentences(found: Sequence[explain.Sentence]) -> list[dict[str, Any]]:
    return [
        {
            "sentence": sentence.text,
            "article": sentence.article,
            "headline": sentence.headline,
            "published": sentence.published,
            "start": sentence.start,
            "end": sentence.end,
        }
        for sentence in found
    ]
