"""The graph as a picture: cascades for Graphviz (dot) and Mermaid, the network as GraphML (Gephi, yEd).

In a cascade an arrow leads from a document to those that carry it out, with the days in between; a dashed one
was concluded, a date that no source gives is a hole, and events that passed a document on stand beside it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

import pyoxigraph as ox

from kg.ask import resolve
from kg.ask.names import labels, rows, short
from kg.errors import QueryError
from kg.namespaces import CKG, RDF
from kg.show.cascade import Node, cascade
from kg.store import Queryable

_ROOTS = """
SELECT DISTINCT ?root WHERE {
  ?child ckg:implements/ckg:resolvedTo? ?root
  FILTER NOT EXISTS { ?root ckg:resolvedTo ?same }
  FILTER NOT EXISTS { ?root ckg:implements ?above }
}"""
_EDGES = "SELECT ?x ?p ?y ?g WHERE { GRAPH ?g { ?x ?p ?y } FILTER(isIRI(?x) && isIRI(?y)) }"
_KINDS = "SELECT DISTINCT ?x ?kind { ?x a/rdfs:subClassOf* ?kind VALUES ?kind { %s } }"
_SHOWN = (
    "Document",
    "Organ",
    "Person",
    "Event",
    "Task",
    "Statement",
    "Territory",
    "Topic",
    "CongressTerm",
    "Article",
)
_WORDS = {"vi": ("chưa thấy ngày", "ngày"), "en": ("no date seen", "days")}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_MERMAID = re.compile(r"[^\w ,.:/()–-]")


@dataclass(frozen=True, slots=True)
class Box:
    """A document or, with `event`, an event: the lines that are written into it."""

    name: str
    lines: tuple[str, ...]
    event: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one box to another, by their names; `event` leads to an event."""

    source: str
    target: str
    text: str = ""
    inferred: bool = False
    event: bool = False


def draw(store: Queryable, format: str, document: str = "", lang: str = "vi") -> str:  # noqa: A002
    """Return a picture in one of FORMATS: of the cascade of `document`, as people type it, or of all.

    Raises QueryError: GraphML of one document, a name that fits nothing or several things.
    """
    if format == "graphml":
        if document:
            raise QueryError("GraphML holds the whole network", hint="use dot or mermaid for one document")
        return "".join(_graphml(store, lang))
    if document:
        roots = [resolve(store, document, CKG.Document).value]
    else:
        roots = sorted(row["root"] for row in rows(store, _ROOTS))
    boxes, arrows = _parts([cascade(store, root) for root in roots], store, lang)
    return _WRITERS[format](boxes, arrows)


def _parts(trees: list[Node], store: Queryable, lang: str) -> tuple[list[Box], list[Arrow]]:
    """The boxes and arrows of some cascades; what stands in several trees is drawn once."""
    nodes = [node for tree in trees for node in _below(tree)]
    iris = {iri for node in nodes for iri in (node.iri, *node.issuers)}
    iris |= {iri for node in nodes for event in node.events for iri in (event.iri, *event.organisers)}
    names = labels(store, iris, lang)
    hole, days = _WORDS[lang]
    boxes: dict[str, Box] = {}
    arrows: dict[tuple[str, str], Arrow] = {}

    def box(iri: str, who: list[str], dates: list[str], *, event: bool = False) -> Box:
        lines = (
            names.get(iri) or short(iri, store.base),
            *(names.get(i, i) for i in who),
            " / ".join(dates) or hole,
        )
        return boxes.setdefault(iri, Box(f"n{len(boxes)}", lines, event))

    def gap(found: list[int]) -> str:
        return " / ".join(f"{n:+d}" for n in found) + f" {days}" if found else ""

    for node in nodes:
        parent = box(node.iri, node.issuers, node.dates)
        for gathering in node.events:
            held = box(gathering.iri, gathering.organisers, gathering.dates, event=True)
            arrow = Arrow(parent.name, held.name, gap(gathering.days), event=True)
            arrows[parent.name, held.name] = arrow
        for child in node.children:
            below = box(child.iri, child.issuers, child.dates)
            arrows[parent.name, below.name] = Arrow(parent.name, below.name, gap(child.days), child.inferred)
    return list(boxes.values()), list(arrows.values())


def _below(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _below(child)


def _dot(boxes: list[Box], arrows: list[Arrow]) -> str:
    lines = [
        "digraph cascade {",
        "  rankdir=LR;",
        '  node [shape=box, style=rounded, fontname="sans-serif"];',
    ]
    for box in boxes:
        shape = ", shape=hexagon, style=solid" if box.event else ""
        lines.append(f"  {box.name} [label={_quoted(box.lines)}{shape}];")
    for arrow in arrows:
        style = ", style=dotted" if arrow.event else ", style=dashed" if arrow.inferred else ""
        lines.append(f"  {arrow.source} -> {arrow.target} [label={_quoted((arrow.text,))}{style}];")
    return "\n".join([*lines, "}", ""])


def _quoted(lines: tuple[str, ...]) -> str:
    escaped = (" ".join(line.split()).replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(_NOT_XML.sub("", line) for line in escaped) + '"'


def _mermaid(boxes: list[Box], arrows: list[Arrow]) -> str:
    lines = ["flowchart LR"]
    for box in boxes:
        text = "<br/>".join(map(_entities, box.lines))
        lines.append(f'  {box.name}{{{{"{text}"}}}}' if box.event else f'  {box.name}["{text}"]')
    for arrow in arrows:
        line = "-.->" if arrow.event or arrow.inferred else "-->"
        text = f'|"{_entities(arrow.text)}"|' if arrow.text else ""
        lines.append(f"  {arrow.source} {line}{text} {arrow.target}")
    return "\n".join([*lines, ""])


def _entities(text: str) -> str:
    """The text with every character that Mermaid or HTML could take for its own as a numbered entity."""
    return _NOT_MERMAID.sub(lambda m: f"#{ord(m[0])};", " ".join(text.split()))


# ------------------------------------------------------------------ the network
def _graphml(store: Queryable, lang: str) -> Iterator[str]:
    """Things that articles speak of as nodes, what is said or concluded between them as edges."""
    edges: dict[tuple[str, str, str], list[str]] = {}
    for row in rows(store, _EDGES):
        stated = "/id/article/" in row["g"] and not row["g"].endswith("#claims")
        if (stated or row["g"].endswith("graph/inferred")) and row["p"] != RDF.type:
            edges.setdefault((row["x"], row["p"], row["y"]), []).append(row["g"] if stated else "")
    tops = " ".join(str(ox.NamedNode(CKG[name])) for name in _SHOWN)
    kinds = {row["x"]: row["kind"].rpartition("#")[2] for row in rows(store, _KINDS % tops)}
    edges = {edge: found for edge, found in edges.items() if edge[0] in kinds and edge[2] in kinds}
    nodes = sorted({iri for x, _, y in edges for iri in (x, y)})
    names = labels(store, nodes, lang)
    out = io.StringIO()
    xml = XMLGenerator(out, "utf-8", short_empty_elements=True)
    xml.startDocument()
    _open(xml, "graphml", {"xmlns": "http://graphml.graphdrawing.org/xmlns"})
    for domain, keys in (("node", ("label", "kind")), ("edge", ("relation", "status", "articles"))):
        for key in keys:
            kind = "int" if key == "articles" else "string"
            _open(xml, "key", {"id": key, "for": domain, "attr.name": key, "attr.type": kind})
            xml.endElement("key")
    _open(xml, "graph", {"id": "cascade-kg", "edgedefault": "directed"})
    yield _taken(out)
    for iri in nodes:
        _element(
            xml, "node", {"id": iri}, {"label": names.get(iri) or short(iri, store.base), "kind": kinds[iri]}
        )
        yield _taken(out)
    for number, ((x, p, y), graphs) in enumerate(sorted(edges.items())):
        articles = len({graph for graph in graphs if graph})
        data = {
            "relation": short(p),
            "status": "stated" if articles else "inferred",
            "articles": str(articles),
        }
        _element(xml, "edge", {"id": f"e{number}", "source": x, "target": y}, data)
        yield _taken(out)
    xml.endElement("graph")
    xml.endElement("graphml")
    yield _taken(out) + "\n"


def _open(xml: XMLGenerator, name: str, attributes: dict[str, str]) -> None:
    xml.startElement(name, AttributesImpl(attributes))


def _element(xml: XMLGenerator, name: str, attributes: dict[str, str], data: dict[str, str]) -> None:
    _open(xml, name, attributes)
    for key, value in data.items():
        _open(xml, "data", {"key": key})
        xml.characters(_NOT_XML.sub("", value))
        xml.endElement("data")
    xml.endElement(name)


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text


_WRITERS: dict[str, Callable[[list[Box], list[Arrow]], str]] = {"dot": _dot, "mermaid": _mermaid}
FORMATS = ("dot", "mermaid", "graphml")
"""What can be drawn."""
