"""Answers as tables: columns and typed rows, whatever engine gave them, and the formats they are written
in."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.ask.names import Term, iris_in, labels, readable, value
from kg.errors import QueryError
from kg.namespaces import PREFIXES, XSD
from kg.store import Answer, Queryable

if TYPE_CHECKING:
    from rich.table import Table as RichTable

FORMATS = ("table", "csv", "tsv", "json", "markdown", "turtle")
Row = tuple[Term | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """An answer. `form` is "select", "ask" (one cell) or "construct" (columns subject, predicate,
    object); `cut` is the number of rows to which a server cut it, else None."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    form: str = "select"
    cut: int | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[Term | None]:
        """The cells of one column. Raises KeyError for an unknown one."""
        if name not in self.columns:
            raise KeyError(name)
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def dicts(self) -> list[dict[str, str]]:
        """The rows as column → text, unbound cells left out."""
        return [
            {name: value(cell) for name, cell in zip(self.columns, row, strict=True) if cell is not None}
            for row in self.rows
        ]


def collect(answer: Answer) -> Table:
    """Read an engine's answer to its end.

    Triples that several graphs hold are given once, in a stable order.
    """
    if isinstance(answer, ox.QuerySolutions):
        variables = answer.variables
        return Table(tuple(v.value for v in variables), tuple(tuple(s[v] for v in variables) for s in answer))
    if isinstance(answer, ox.QueryBoolean):
        return Table(("answer",), ((ox.Literal(bool(answer)),),), "ask")
    triples = sorted({(t.subject, t.predicate, t.object) for t in answer}, key=lambda t: tuple(map(str, t)))
    return Table(("subject", "predicate", "object"), tuple(triples), "construct")


def render(
    table: Table,
    form: str = "table",
    *,
    store: Queryable | None = None,
    lang: str = "vi",
    width: int | None = None,
) -> str:
    """Write a table as one of FORMATS. With `store`, tables and Markdown show labels instead of IRIs.

    `width` is the number of columns that the plain table may take; None sets no bound. Raises QueryError for
    an unknown format, or for Turtle of an answer that is not a graph.
    """
    writers: dict[str, Callable[[Table], str]] = {
        "table": lambda t: _plain(_cells(t, store, lang), width),
        "markdown": lambda t: _markdown(_cells(t, store, lang)),
        "csv": to_csv,
        "tsv": to_tsv,
        "json": to_json,
        "turtle": to_turtle,
    }
    if form not in writers:
        raise QueryError(f"no format {form!r}", hint=f"one of {', '.join(FORMATS)}")
    return writers[form](table)


def to_csv(table: Table) -> str:
    """SPARQL 1.1 CSV: plain values, CRLF line ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.rows:
        # csv writes "" for a lone empty cell, so that the row is no blank line; SPARQL wants the blank line
        if len(row) == 1 and not (row[0] and value(row[0])):
            out.write("\r\n")
        else:
            writer.writerow(["" if cell is None else value(cell) for cell in row])
    return out.getvalue()


def to_tsv(table: Table) -> str:
    """SPARQL 1.1 TSV: terms in Turtle's syntax."""
    lines = ["\t".join(f"?{name}" for name in table.columns)]
    lines += ["\t".join("" if cell is None else _nt(cell) for cell in row) for row in table.rows]
    return "\n".join(lines) + "\n"


def _nt(term: Term) -> str:
    return str(term).replace("\t", "\\t")


def to_json(table: Table) -> str:
    """SPARQL 1.1 Query Results JSON."""
    if table.form == "ask":
        cell = table.rows[0][0]
        return json.dumps({"head": {}, "boolean": cell is not None and value(cell) == "true"}) + "\n"
    bindings = [
        {name: _json(cell) for name, cell in zip(table.columns, row, strict=True) if cell is not None}
        for row in table.rows
    ]
    document = {"head": {"vars": list(table.columns)}, "results": {"bindings": bindings}}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _json(term: Term) -> dict[str, Any]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: _json(part) for name, part in parts.items()}}
    cell = {"type": "literal", "value": term.value}
    if term.language:
        cell["xml:lang"] = term.language
    elif term.datatype.value != XSD.string:
        cell["datatype"] = term.datatype.value
    return cell


def to_turtle(table: Table) -> str:
    """The graph that a CONSTRUCT or DESCRIBE gave. Raises QueryError for any other answer."""
    if table.form != "construct":
        raise QueryError(
            "only a CONSTRUCT or DESCRIBE gives Turtle", hint="choose table, csv, tsv, json or markdown"
        )
    triples = [ox.Triple(*row) for row in table.rows]  # type: ignore[arg-type]
    used = " ".join(str(triple) for triple in triples)
    prefixes = {prefix: iri for prefix, iri in PREFIXES.items() if f"<{iri}" in used}
    return (ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()


# ------------------------------------------------------------------ for readers
Cells = list[list[str]]  # the header, then the rows


def _cells(table: Table, store: Queryable | None, lang: str) -> Cells:
    iris = iris_in(cell for row in table.rows for cell in row)
    names: Mapping[str, str] = labels(store, iris, lang) if store else {}
    base = store.base if store else ""
    shown = [[" ".join(readable(cell, names, base).split()) for cell in row] for row in table.rows]
    return [list(table.columns), *shown]


def display_width(text: str) -> int:
    """Columns that a text takes in a terminal: 0 for combining marks, 2 for wide letters."""
    return sum(
        0 if unicodedata.combining(c) or unicodedata.category(c) in ("Cf", "Me", "Mn") else
        2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in unicodedata.normalize("NFC", text)
    )  # fmt: skip


def _plain(cells: Cells, width: int | None) -> str:
    widths = _widths(cells, width)
    lines = [_line(row, widths) for row in cells]
    lines.insert(1, "  ".join("─" * w for w in widths))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _widths(cells: Cells, width: int | None) -> list[int]:
    """The columns' widths; where they exceed `width`, the widest columns give way first."""
    widths = [max(map(display_width, column)) for column in zip(*cells, strict=True)]
    room = None if width is None else width - 2 * (len(widths) - 1)
    while room is not None and sum(widths) > room and max(widths) > 6:
        widths[widths.index(max(widths))] -= 1
    return widths


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(_fit(cell, width) for cell, width in zip(row, widths, strict=True))


def _fit(text: str, width: int) -> str:
    while display_width(text) > width:
        text = text[:-1] if not text.endswith("…") else text[:-2] + "…"
        text = text if text.endswith("…") else text + "…"
    return text + " " * (width - display_width(text))


def _markdown(cells: Cells) -> str:
    header, *body = [
        [cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for cell in row] for row in cells
    ]
    rows = [header, ["---"] * len(header), *body]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def to_rich(table: Table, store: Queryable | None = None, lang: str = "vi") -> RichTable:
    """A table for a terminal, with labels; rows that rest on an inference are dimmed."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table as RichTable
    from rich.text import Text

    header, *body = _cells(table, store, lang)
    shown = RichTable(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in header:
        shown.add_column(name, overflow="fold")
    for row in body:
        style = "dim" if "status" in header and row[header.index("status")] == "inferred" else ""
        shown.add_row(*(Text(cell) for cell in row), style=style)
    return shown
