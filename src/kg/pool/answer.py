"""From a query to the bytes of its answer, cut at a number of rows that is told, never silently."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import IO, Literal, cast

import pyoxigraph as ox

from kg.namespaces import PREFIXES
from kg.sparql.complaint import complaint
from kg.spreadsheet import harmless

Kind = Literal["rows", "boolean", "graph"]

_ROWS = ox.QueryResultsFormat
_GRAPH = ox.RdfFormat
#: Short name → format, for SELECT and ASK, and for CONSTRUCT and DESCRIBE.
TABLES = {"json": _ROWS.JSON, "xml": _ROWS.XML, "csv": _ROWS.CSV, "tsv": _ROWS.TSV}
GRAPHS = {
    "ttl": _GRAPH.TURTLE,
    "nt": _GRAPH.N_TRIPLES,
    "rdf": _GRAPH.RDF_XML,
    "jsonld": _GRAPH.JSON_LD,
    "trig": _GRAPH.TRIG,
    "nq": _GRAPH.N_QUADS,
}
# Prefixes for Turtle; those that may be bound in every file.
_PREFIXES = {prefix: iri for prefix, iri in PREFIXES.items() if prefix != "xml"}


class QueryFault(Exception):  # noqa: N818  it is the query that is at fault
    """A query that gets no answer: `kind` is a word for what is wrong, `members` say more."""

    def __init__(self, kind: str, detail: str, **members: object) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.members = members


class _FullError(Exception):
    """Stops the engine where the answer has all the rows it may have."""


@dataclass(slots=True)
class Question:
    """One query and how it is to be answered. The graphs are None where the protocol names no dataset.

    `formats` has the short name of a format for each kind of answer, "" where the client accepts none.
    """

    query: str
    default_graphs: Sequence[str] | None = None
    named_graphs: Sequence[str] | None = None
    formats: dict[Kind, str] = field(
        default_factory=lambda: {"rows": "json", "boolean": "json", "graph": "ttl"}
    )
    max_rows: int = 0  # 0: the server's own limit
    whole: bool = False  # never cut: refused where it has too many bytes
    gzip: bool = False
    csv_safe: bool = False
    base: str = ""  # against which relative IRIs are resolved


@dataclass(slots=True)
class Answer:
    """The bytes of an answer in `format` (short name); `cut`: there were more than `count` rows or triples.

    `version` is that of the graph which was asked.
    """

    body: bytes
    kind: Kind
    format: str
    count: int = 0
    cut: bool = False
    gzip: bool = False
    version: str = ""


class _Lines:
    """A file that takes an answer with a row on each line, and stops the engine once there are too many."""

    def __init__(self, limit: int, size: int) -> None:
        self._parts: list[bytes] = []
        self._limit = limit
        self._size = size
        self.lines = 0

    def flush(self) -> None:
        """Do nothing."""

    def write(self, piece: bytes) -> int:
        """Take a piece. Raises QueryFault where there are too many bytes."""
        text = bytes(piece)
        self._parts.append(text)
        self.lines += text.count(b"\n")
        self._size -= len(text)
        if self._size < 0:
            raise QueryFault("answer-too-large", "the answer has too many bytes: ask for less, or add LIMIT")
        if self.lines > self._limit:
            raise _FullError
        return len(text)

    @property
    def text(self) -> bytes:
        """What came, at most as many lines as are allowed."""
        text = b"".join(self._parts)
        if self.lines <= self._limit:
            return text
        end = 0
        for _ in range(self._limit):
            end = text.index(b"\n", end) + 1
        return text[:end]


def compute(
    results: object, question: Question, max_rows: int, max_bytes: int, cut_at: int | None = None
) -> Answer:
    """Return the bytes of an engine's `results`; `cut_at` tells that they were cut before they came here.

    The engine writes TSV or N-Triples, where each row is one line: rows are counted without looking into
    them, and another format is made from those that are kept, at a fifth of the cost of evaluating.
    Raises QueryFault: too large, or no format accepted.
    """
    if isinstance(results, ox.QueryBoolean):
        return Answer(_boolean(results, _format(question, "boolean")), "boolean", question.formats["boolean"])
    kind: Kind = "rows" if isinstance(results, ox.QuerySolutions) else "graph"
    form = _format(question, kind)
    rows = sys.maxsize if question.whole else min(question.max_rows or max_rows, max_rows)
    header = 1 if kind == "rows" else 0
    lines = _Lines(rows + header, max_bytes)
    cut = _serialised(results, lines) or cut_at is not None
    rows = min(rows, lines.lines - header)
    if cut and question.whole:
        raise QueryFault("answer-too-large", f"the remote store gave {rows} of its triples only")
    if kind == "rows":
        body = _table(lines.text, form, cut, rows, question.csv_safe)
    else:
        body = _graph(lines.text, form, cut, rows)
    return Answer(body, kind, form, rows, cut)


def compressed(answer: Answer, question: Question, version: str) -> Answer:
    """Return the answer of a version of the graph as its reader wants it, compressed or not."""
    if question.gzip:
        answer.body, answer.gzip = gzip.compress(answer.body, 5, mtime=0), True
    answer.version = version
    return answer


def _format(question: Question, kind: Kind) -> str:
    form = question.formats[kind]
    if not form:
        raise QueryFault("not-acceptable", "", answer=kind)
    return form


def _serialised(results: object, lines: _Lines) -> bool:
    """Write results as lines; return whether there were too many."""
    out = cast("IO[bytes]", lines)
    try:
        if isinstance(results, ox.QuerySolutions):
            results.serialize(out, format=_ROWS.TSV)
        elif isinstance(results, ox.QueryTriples):
            results.serialize(out, format=_GRAPH.N_TRIPLES)
        else:
            ox.serialize(cast("Iterable[ox.Triple]", results), out, format=_GRAPH.N_TRIPLES)
    except _FullError:
        return True
    return False


def _boolean(results: ox.QueryBoolean, form: str) -> bytes:
    if form == "csv":  # SPARQL gives booleans no place in CSV and TSV; engines write the bare word
        return b"true\r\n" if results else b"false\r\n"
    return results.serialize(format=TABLES[form]) or b""


def _table(tsv: bytes, form: str, cut: bool, rows: int, csv_safe: bool) -> bytes:
    if form == "tsv":
        return tsv
    parsed = ox.parse_query_results(tsv, format=_ROWS.TSV)
    assert isinstance(parsed, ox.QuerySolutions)
    body = parsed.serialize(format=TABLES[form]) or b""
    if form == "csv" and csv_safe:
        return _without_formulas(body)
    if not cut:
        return body
    if form == "json":  # `link` is the place that the format has for what is said of an answer
        head, comma, rest = body.partition(b"]")
        said = json.dumps({"link": ["/limits"], "truncated": {"rows": rows}})[1:-1].encode()
        return head + comma + b"," + said + rest
    if form == "xml":
        return body.replace(b"</head>", b'<link href="/limits"/></head>', 1)
    return body


def _without_formulas(body: bytes) -> bytes:
    """Put an apostrophe before cells that a spreadsheet would run."""
    out = io.StringIO()
    rows = csv.reader(io.StringIO(body.decode(), newline=""))
    csv.writer(out).writerows(map(harmless, row) for row in rows)
    return out.getvalue().encode()


def _graph(ntriples: bytes, form: str, cut: bool, rows: int) -> bytes:
    told = f"# cut after {rows} triples, see /limits\n".encode() if cut else b""
    if form in ("nt", "nq"):
        return told + ntriples
    triples = ox.parse(ntriples, format=_GRAPH.N_TRIPLES)
    body = ox.serialize(triples, format=GRAPHS[form], prefixes=_PREFIXES) or b""
    return told + body if form in ("ttl", "trig") else body


def require_syntax(query: str) -> None:
    """Raise QueryFault with line and column where a query is not valid. It is asked of an empty store."""
    try:
        ox.Store().query(query)
    except SyntaxError as error:
        raise syntax_fault(error, query) from None
    except (RuntimeError, ValueError, OSError):
        pass


def memory_fault(size: int) -> QueryFault:
    """Return the fault of a query that needs more than `size` bytes."""
    return QueryFault("memory", f"it needs more than {size >> 20} MiB", mebibytes=size >> 20)


def syntax_fault(error: SyntaxError, query: str) -> QueryFault:
    """Return a parser's complaint with line and column as members."""
    told = complaint(error, query)
    place = {"line": told.line, "column": told.column} if told.line else {}
    return QueryFault("syntax", told.text, **place)
