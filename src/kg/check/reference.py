"""The reference engine: pySHACL over an rdflib dataset whose SPARQL translations are cached.

pySHACL asks the same few query texts once for each focus node, and rdflib parses them anew each time: 94 %
of the time of a run. The dataset below answers `query` from a cache of prepared queries, which is rdflib's
public interface; nothing of pySHACL is patched. pySHACL is never handed a pyoxigraph store: each result
would count it in full.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.check.load import as_stored
from kg.check.paths import OWL, RDF, RDFS, SH, XSD, Path, predicate
from kg.check.report import VIOLATION, Result, Term
from kg.check.shapes import TARGETS, Paths, Shapes
from kg.errors import ShapesError

if TYPE_CHECKING:
    from rdflib import Dataset, Graph
    from rdflib.term import Node

_VARIABLE = re.compile(r"\{[$?]\w+\}")
_DECLARE = NamedNode(SH + "declare")
_Triple = tuple[Term, NamedNode, Term]
#: node of a shape → focus nodes, None for those that its own targets find
Targets = Mapping[Term, Collection[Term] | None]
_XSD_STRING = XSD + "string"
#: properties of shapes whose values are compared with those of the data, as terms
_VALUES = {SH + "hasValue", RDF + "first"}


def validate(
    quads: Iterable[Quad], shapes: Shapes, targets: Targets | None = None, cached: bool = True
) -> list[Result]:
    """Run pySHACL on the union of the quads' graphs. Raises ShapesError where it cannot run.

    With `targets`, only the shapes named there are asked, each about the focus nodes given, None for all that
    it finds by itself. `cached=False` parses each query for each node, as pySHACL does when left alone.
    """
    import pyshacl
    import rdflib.plugins.sparql
    from rdflib import Graph

    rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False
    # rdflib logs a traceback for each ill-typed literal; our shapes report them as results instead
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    convert, shacl = _Converter(), Graph()
    data = _dataset(quads, convert, cached)
    for s, p, o in _triples(shapes) if targets is None else _aimed(shapes, targets):
        shacl.add((convert(s), convert(p), convert(as_stored(o) if p.value in _VALUES else o)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, report, _ = pyshacl.validate(
                data, shacl_graph=shacl, inplace=True, allow_infos=False, advanced=shapes.advanced
            )
    except Exception as error:
        # pySHACL raises many kinds; each means "could not run", which is not "conforms"
        first = str(error).strip().splitlines() or [type(error).__name__]
        raise ShapesError(f"pySHACL could not run: {first[0]}", hint="check the shapes") from error
    if not isinstance(report, Graph):
        raise ShapesError(f"pySHACL could not run: {str(report).splitlines()[0]}", hint="check the shapes")
    return read_report(_quads_of(report, convert), shapes)


def _aimed(shapes: Shapes, targets: Targets) -> Iterator[_Triple]:
    """The triples of the shapes named and all below them, with the targets given instead of their own."""
    kinds = {NamedNode(SH + name) for name in TARGETS}
    own = {root.node for root in shapes.roots} - {node for node, focus in targets.items() if focus is None}
    for s, p, o in _below(shapes, targets):
        implicit = p.value == RDF + "type" and o == NamedNode(RDFS + "Class")
        if s not in own or not (p in kinds or implicit):
            yield s, p, o
    for node, focus in targets.items():
        for term in focus or ():
            yield node, NamedNode(SH + "targetNode"), term


def _triples(shapes: Shapes) -> Iterator[_Triple]:
    """The triples of the shapes; prefixes of imported ontologies, which pySHACL skips, stand where needed."""
    imports: dict[Term, list[Term]] = defaultdict(list)
    declared: dict[Term, list[Term]] = defaultdict(list)
    for quad in shapes.quads:
        yield quad.subject, quad.predicate, quad.object  # type: ignore[misc]
        if quad.predicate.value == OWL + "imports":
            imports[quad.subject].append(quad.object)  # type: ignore[index,arg-type]
        elif quad.predicate == _DECLARE:
            declared[quad.subject].append(quad.object)  # type: ignore[index,arg-type]
    for ontology in list(imports):
        seen = [ontology]
        for other in seen:
            seen += [further for further in imports.get(other, ()) if further not in seen]
            yield from ((ontology, _DECLARE, prefix) for prefix in declared.get(other, ()))


def _below(shapes: Shapes, nodes: Iterable[Term]) -> Iterator[_Triple]:
    """The triples of some shapes, of all that they lead to, and of every constraint component."""
    by_subject: dict[Term, list[_Triple]] = defaultdict(list)
    todo = list(nodes)
    for triple in _triples(shapes):
        by_subject[triple[0]].append(triple)
        if triple[1].value == SH + "parameter":
            todo.append(triple[0])
    seen = set(todo)
    while todo:
        for triple in by_subject.get(todo.pop(), ()):
            yield triple
            if triple[2] not in seen:
                seen.add(triple[2])
                todo.append(triple[2])


def _dataset(quads: Iterable[Quad], convert: _Converter, cached: bool) -> Dataset:
    from rdflib import Dataset, URIRef
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
    from rdflib.plugins.sparql import prepareQuery

    class Prepared(Dataset):
        """A dataset that parses each query text once."""

        prepared: dict[str, Any]

        def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Any:
            if cached and isinstance(query_object, str):
                if query_object not in self.prepared:
                    self.prepared[query_object] = prepareQuery(query_object, initNs=dict(self.namespaces()))
                query_object = self.prepared[query_object]
            return super().query(query_object, *args, **kwargs)

    data = Prepared(default_union=True)
    data.prepared = {}
    graphs: dict[Any, Graph] = {}
    store = data.store
    for quad in quads:
        graph = graphs.get(quad.graph_name)
        if graph is None:
            named = isinstance(quad.graph_name, (NamedNode, BlankNode))
            name = convert(quad.graph_name) if named else URIRef(DATASET_DEFAULT_GRAPH_ID)
            graph = graphs[quad.graph_name] = data.graph(name)
        store.add((convert(quad.subject), convert(quad.predicate), convert(quad.object)), graph)
    return data


class _Converter:
    """From pyoxigraph's terms to rdflib's: each is made once, lexical forms stay as they are.

    pySHACL rewrites literals in its report ("4.0" becomes "4", an ill-typed byte an integer); `written` leads
    from what it writes back to what the data or the shapes say.
    """

    def __init__(self) -> None:
        self.known: dict[Any, Any] = {}
        self.written: dict[Any, Literal] = {}

    def __call__(self, term: Any) -> Any:
        found = self.known.get(term)
        if found is None:
            found = self.known[term] = self._made(term)
        return found

    def _made(self, term: Any) -> Any:
        from rdflib import BNode, URIRef
        from rdflib import Literal as RdflibLiteral

        if isinstance(term, NamedNode):
            return URIRef(term.value)
        if isinstance(term, BlankNode):
            return BNode(term.value)
        if term.language:
            made, again = (RdflibLiteral(term.value, lang=term.language) for _ in range(2))
        elif term.datatype.value == _XSD_STRING:
            return RdflibLiteral(term.value)
        else:
            datatype = URIRef(term.datatype.value)
            made = RdflibLiteral(term.value, datatype=datatype, normalize=False)
            again = RdflibLiteral(term.value, None, datatype)
        if _term(again) != term:
            self.written.setdefault(_term(again), term)
        return made


def _quads_of(graph: Graph, convert: _Converter) -> list[Quad]:
    """The quads of a report, with the literals as the data have them."""
    out = []
    for s, p, o in graph:
        term = _term(o)
        out.append(Quad(_term(s), _term(p), convert.written.get(term, term)))  # type: ignore[arg-type]
    return out


def _term(node: Node) -> Term:
    from rdflib import BNode, URIRef
    from rdflib import Literal as RdflibLiteral

    if isinstance(node, URIRef):
        return NamedNode(str(node))
    if isinstance(node, BNode):
        return BlankNode(str(node))
    assert isinstance(node, RdflibLiteral)
    if node.language:
        return Literal(str(node), language=node.language)
    return Literal(str(node), datatype=NamedNode(str(node.datatype))) if node.datatype else Literal(str(node))


def read_report(quads: Iterable[Quad], shapes: Shapes) -> list[Result]:
    """The results of a validation report of any engine. Language tags that an engine lost are put back."""
    facts: dict[Term, dict[str, list[Term]]] = {}
    kept = tuple(quads)
    paths = Paths(kept)
    for quad in kept:
        if isinstance(quad.subject, Triple) or isinstance(quad.object, Triple):
            continue
        facts.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
    templates = shapes.messages()
    out = []
    details = {node for about in facts.values() for node in about.get(SH + "detail", ())}
    for node, about in facts.items():
        if node in details or NamedNode(SH + "ValidationResult") not in about.get(RDF + "type", []):
            continue
        out.append(
            _result({name.removeprefix(SH): values for name, values in about.items()}, templates, paths)
        )
    return out


def _result(about: dict[str, list[Term]], templates: dict[str, tuple[Literal, ...]], paths: Paths) -> Result:
    def iri(name: str) -> str:
        term = about.get(name, [None])[0]
        return term.value if isinstance(term, NamedNode) else ""

    source = about.get("sourceShape", [None])[0]
    shape = source.value if source is not None else ""
    constraint = iri("sourceConstraint")
    known = templates.get(constraint) or templates.get(shape, ())
    messages = [m for m in about.get("resultMessage", []) if isinstance(m, Literal)]
    return Result(
        shape=shape,
        component=iri("sourceConstraintComponent"),
        severity=iri("resultSeverity") or VIOLATION,
        focus=about["focusNode"][0],
        path=_path(about.get("resultPath", [None])[0], paths),
        value=about.get("value", [None])[0],
        constraint=constraint,
        messages=tuple(sorted((_tagged(m, known) for m in messages), key=str)),
    )


def _path(node: Term | None, paths: Paths) -> Path | None:
    if node is None or isinstance(node, NamedNode):
        return predicate(node.value) if node is not None else None
    return paths.at(node)


def _tagged(message: Literal, templates: tuple[Literal, ...]) -> Literal:
    """A message with the language of the template that it was made from; pySHACL drops it."""
    if message.language:
        return message
    for template in templates:
        pattern = "(?:.*)".join(re.escape(part) for part in _VARIABLE.split(template.value))
        if template.language and re.fullmatch(pattern, message.value, re.DOTALL):
            return Literal(message.value, language=template.language)
    return message
