"""Showing: a card of one thing, and for a document its cascade as a tree with its holes.

`card` gathers, `render` writes; both know Vietnamese (the default) and English.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.ask.names import Term, iris_in, labels, readable, rows, short, solutions, value
from kg.ask.resolve import resolve
from kg.ask.table import display_width
from kg.errors import QueryError
from kg.show.cascade import Gathering, Node, cascade
from kg.show.layout import LINES, PARTS, Line, Part, word
from kg.store import Queryable

__all__ = ["Card", "Entry", "Field", "Gathering", "List", "Node", "card", "cascade", "render"]

_KIND = """
SELECT DISTINCT ?class ?top WHERE {
  VALUES ?this { %s }
  ?this a ?class . ?class rdfs:subClassOf* ?top
}"""
_ANY = (Line("", "", "?this ?property ?value"),)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value with who says so: `status` "stated", "register" or "inferred"; `articles` = how many state
    it."""

    text: str
    iri: str = ""
    status: str = "stated"
    articles: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a card; no entries = a hole."""

    name: str
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class List:
    """A list below the lines: rows of readable cells."""

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of one thing. `kind` is the label of its class; `tree` the cascade below a document."""

    iri: str
    label: str
    kind: str
    fields: tuple[Field, ...]
    lists: tuple[List, ...] = ()
    articles: int = 0
    tree: Node | None = None
    names: dict[str, str] = field(default_factory=dict)  # labels of the IRIs in the tree


def card(store: Queryable, entity: str, lang: str = "vi") -> Card:
    """Gather the card of `entity`: an IRI, or what a person would type ("32-CT/TW", "tinh uy lai chau").

    Raises UnclearNameError where the name fits nothing or several things, QueryError for an unknown IRI.
    """
    this = resolve(store, entity)
    kinds = list(rows(store, _KIND % this))
    top = next((name for name in LINES if any(row["top"].endswith("#" + name) for row in kinds)), "")
    articles = next(rows(store, f"SELECT (COUNT(DISTINCT ?a) AS ?n) {{ ?a ckg:mentions {this} }}"))["n"]
    fields = tuple(_fields(store, this, LINES.get(top, ()), lang)) or _everything(store, this, lang)
    if not kinds and not any(f.entries for f in fields):
        raise QueryError(f"nothing is known of <{this.value}>", hint="check the IRI, or give a name")
    tree = cascade(store, this.value) if top == "Document" else None
    classes = {row["class"] for row in kinds}
    names = labels(store, {this.value, *classes, *_iris_of(tree)}, lang)
    return Card(
        iri=this.value,
        label=names.get(this.value, short(this.value, store.base)),
        kind=", ".join(sorted(names.get(iri) or short(iri) for iri in classes)),
        fields=fields,
        lists=tuple(found for part in PARTS.get(top, ()) if (found := _list(store, this, part, lang)).rows),
        articles=int(articles),
        tree=tree,
        names=names,
    )


def _fields(store: Queryable, this: ox.NamedNode, lines: tuple[Line, ...], lang: str) -> Iterator[Field]:
    for line in lines:
        entries = _entries(store, this, line.pattern, lang)
        if entries or line.hole:
            yield Field(line.en if lang == "en" else line.vi, tuple(entries))


def _entries(store: Queryable, this: ox.NamedNode, pattern: str, lang: str) -> list[Entry]:
    select = f"SELECT DISTINCT ?value ?source {{ VALUES ?this {{ {this} }} GRAPH ?source {{ {pattern} }} }}"
    sources: dict[Term, set[str]] = {}
    for row in solutions(store, select):
        sources.setdefault(row["value"], set()).add(value(row["source"]))
    names = labels(store, iris_in(sources), lang)
    entries = [
        Entry(
            text=readable(term, names, store.base),
            iri=term.value if isinstance(term, ox.NamedNode) else "",
            status=_status(graphs),
            articles=sum("/id/article/" in graph for graph in graphs),
        )
        for term, graphs in sources.items()
    ]
    return sorted(entries, key=lambda e: (-e.articles, e.text))


def _status(graphs: set[str]) -> str:
    if any("/id/article/" in graph for graph in graphs):
        return "stated"
    return "register" if any(graph.endswith("graph/register") for graph in graphs) else "inferred"


def _everything(store: Queryable, this: ox.NamedNode, lang: str) -> tuple[Field, ...]:
    """All properties of a thing that has no layout of its own."""
    select = f"SELECT DISTINCT ?p {{ {this} ?p ?value FILTER(?p NOT IN (rdf:type, rdfs:label)) }}"
    properties = sorted(row["p"] for row in rows(store, select))
    names = labels(store, properties, lang)
    return tuple(
        Field(names.get(p) or short(p), tuple(_entries(store, this, f"?this <{p}> ?value", lang)))
        for p in properties
    )


def _list(store: Queryable, this: ox.NamedNode, part: Part, lang: str) -> List:
    columns = " ".join(f"?{name}" for name in part.columns)
    select = f"SELECT DISTINCT {columns} {{ VALUES ?this {{ {this} }} {part.select} }} ORDER BY {columns}"
    found = list(solutions(store, select))
    names = labels(store, iris_in(term for row in found for term in row.values()), lang)
    shown = [
        tuple(
            _former(row.get(name), lang) if name == "former" else readable(row.get(name), names, store.base)
            for name in part.columns
        )
        for row in found
    ]
    return List(part.en if lang == "en" else part.vi, tuple(shown))


def _former(term: Term | None, lang: str) -> str:
    return word("former", lang) if term is not None and value(term) in ("true", "1") else ""


def _iris_of(node: Node | None) -> set[str]:
    if node is None:
        return set()
    own = {node.iri, *node.issuers, *node.levels}
    for event in node.events:
        own |= {event.iri, *event.organisers}
    return own.union(*(_iris_of(child) for child in node.children))


# ------------------------------------------------------------------ writing
def render(shown: Card, lang: str = "vi") -> str:
    """Write a card as plain text: the lines, the lists, and the cascade as a tree.

    What no source gives reads "chưa thấy" / "not seen"; what no article states is marked, its branch dashed.
    """
    lines = [shown.label, f"{shown.kind or '?'} · {shown.iri}", ""]
    fields = list(shown.fields)
    if shown.articles or shown.tree:
        fields.append(Field(word("articles", lang), (Entry(str(shown.articles)),)))
    width = max((display_width(f.name) for f in fields), default=0)
    for f in fields:
        texts = [_entry(entry, lang) for entry in f.entries] or [word("not seen", lang)]
        pad = " " * (width - display_width(f.name))
        lines += [f"  {f.name}{pad}  {texts[0]}", *(f"  {' ' * width}  {text}" for text in texts[1:])]
    for part in shown.lists:
        lines += ["", part.name, *_columns(part.rows)]
    if shown.tree:
        lines += ["", word("cascade", lang), f"  {_node(shown.tree, shown.names, lang, root=True)}"]
        below = list(_branches(shown.tree, shown.names, lang, "  "))
        lines += below or [f"  └── {word('none', lang)}"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _entry(entry: Entry, lang: str) -> str:
    if entry.status in ("inferred", "register"):
        return f"{entry.text}  ({word(entry.status, lang)})"
    return f"{entry.text}  ({entry.articles} {word('article', lang)})" if entry.articles > 1 else entry.text


def _columns(table: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    widths = [max(display_width(cell) for cell in column) for column in zip(*table, strict=True)]
    for row in table:
        cells = (cell + " " * (w - display_width(cell)) for cell, w in zip(row, widths, strict=True) if w)
        yield "  " + "  ".join(cells)


def _branches(node: Node, names: dict[str, str], lang: str, indent: str) -> Iterator[str]:
    items: list[Node | Gathering] = [*node.events, *node.children]
    for place, item in enumerate(items):
        last = place == len(items) - 1
        dashed = isinstance(item, Node) and item.inferred
        branch = ("└" if last else "├") + ("╌╌ " if dashed else "── ")
        if isinstance(item, Gathering):
            yield f"{indent}{branch}◇ {_gathering(item, names, lang)}"
        else:
            yield f"{indent}{branch}{_node(item, names, lang)}"
            yield from _branches(item, names, lang, indent + ("    " if last else "│   "))


def _node(node: Node, names: dict[str, str], lang: str, *, root: bool = False) -> str:
    unseen = word("not seen", lang)
    parts = [
        " / ".join(names.get(level, short(level)) for level in node.levels),
        names.get(node.iri) or " / ".join(node.codes) or short(node.iri),
        " / ".join(names.get(i, short(i)) for i in node.issuers) or f"{word('issuer', lang)}: {unseen}",
        " / ".join(node.dates) or f"{word('date', lang)}: {unseen}",
        "" if root else _days(node.days, lang),
        f"({word('inferred', lang)})" if node.inferred else "",
        f"({word('again', lang)})" if node.again else "",
        f"({word('deeper', lang)})" if node.deeper else "",
    ]
    return " · ".join(part for part in parts if part)


def _gathering(event: Gathering, names: dict[str, str], lang: str) -> str:
    label = names.get(event.iri) or short(event.iri)
    when = " / ".join(event.dates) or f"{word('date', lang)}: {word('not seen', lang)}"
    organisers = " / ".join(names.get(iri, short(iri)) for iri in event.organisers)
    parts = [label, "" if when in label else when, "" if organisers in label else organisers]
    return " · ".join(part for part in [*parts, _days(event.days, lang)] if part)


def _days(days: list[int], lang: str) -> str:
    if not days:
        return ""
    warning = f" {word('before', lang)}" if days[0] < 0 else ""
    return " / ".join(f"{n:+d}".replace("-", "−") for n in days) + f" {word('days', lang)}{warning}"
