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
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kg.check.paths import RDF, SH, XSD, Path, predicate
from kg.check.report import VIOLATION, Result, Term
from kg.check.shapes import Shapes, path_of
from kg.errors import ShapesError

if TYPE_CHECKING:
    from rdflib import Dataset, Graph
    from rdflib.term import Node

_VARIABLE = re.compile(r"\{[$?]\w+\}")
_Quads = tuple[Quad, ...]
_XSD_STRING = XSD + "string"


def validate(quads: Iterable[Quad], shapes: Shapes) -> list[Result]:
    """Run pySHACL on the union of the quads' graphs. Raises ShapesError where it cannot run."""
    import pyshacl
    import rdflib.plugins.sparql
    from rdflib import Graph

    rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False
    # rdflib logs a traceback for each ill-typed literal; our shapes report them as results instead
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    data, shacl = _dataset(quads), Graph()
    convert = _converter()
    for quad in shapes.quads:
        shacl.add((convert(quad.subject), convert(quad.predicate), convert(quad.object)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, report, _ = pyshacl.validate(data, shacl_graph=shacl, inplace=True, allow_infos=False)
    except Exception as error:
        # pySHACL raises many kinds; each means "could not run", which is not "conforms"
        first = str(error).strip().splitlines() or [type(error).__name__]
        raise ShapesError(f"pySHACL could not run: {first[0]}", hint="check the shapes") from error
    if not isinstance(report, Graph):
        raise ShapesError(f"pySHACL could not run: {str(report).splitlines()[0]}", hint="check the shapes")
    return read_report(_quads_of(report), shapes)


def _dataset(quads: Iterable[Quad]) -> Dataset:
    from rdflib import Dataset, URIRef
    from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
    from rdflib.plugins.sparql import prepareQuery

    class Prepared(Dataset):
        """A dataset that parses each query text once."""

        prepared: dict[str, Any]

        def query(self, query_object: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(query_object, str):
                if query_object not in self.prepared:
                    self.prepared[query_object] = prepareQuery(query_object, initNs=dict(self.namespaces()))
                query_object = self.prepared[query_object]
            return super().query(query_object, *args, **kwargs)

    data = Prepared(default_union=True)
    data.prepared = {}
    convert = _converter()
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


def _converter() -> Any:
    """A function from pyoxigraph's terms to rdflib's: each is made once, lexical forms stay as they are."""
    from rdflib import BNode, URIRef
    from rdflib import Literal as RdflibLiteral

    known: dict[Any, Any] = {}

    def convert(term: Any) -> Any:
        found = known.get(term)
        if found is None:
            if isinstance(term, NamedNode):
                found = URIRef(term.value)
            elif isinstance(term, BlankNode):
                found = BNode(term.value)
            elif term.language:
                found = RdflibLiteral(term.value, lang=term.language)
            elif term.datatype.value == _XSD_STRING:
                found = RdflibLiteral(term.value)
            else:
                found = RdflibLiteral(term.value, datatype=URIRef(term.datatype.value), normalize=False)
            known[term] = found
        return found

    return convert


def _quads_of(graph: Graph) -> list[Quad]:
    return [Quad(_term(s), _term(p), _term(o)) for s, p, o in graph]  # type: ignore[arg-type]


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
    for quad in kept:
        if isinstance(quad.subject, Triple) or isinstance(quad.object, Triple):
            continue
        facts.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)
    templates = shapes.messages()
    out = []
    for about in facts.values():
        if NamedNode(SH + "ValidationResult") not in about.get(RDF + "type", []):
            continue
        out.append(
            _result({name.removeprefix(SH): values for name, values in about.items()}, templates, kept)
        )
    return out


def _result(about: dict[str, list[Term]], templates: dict[str, tuple[Literal, ...]], quads: _Quads) -> Result:
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
        path=_path(about.get("resultPath", [None])[0], quads),
        value=about.get("value", [None])[0],
        constraint=constraint,
        messages=tuple(sorted((_tagged(m, known) for m in messages), key=str)),
    )


def _path(node: Term | None, quads: _Quads) -> Path | None:
    if node is None or isinstance(node, NamedNode):
        return predicate(node.value) if node is not None else None
    return path_of(node, quads)


def _tagged(message: Literal, templates: tuple[Literal, ...]) -> Literal:
    """A message with the language of the template that it was made from; pySHACL drops it."""
    if message.language:
        return message
    for template in templates:
        pattern = "(?:.*)".join(re.escape(part) for part in _VARIABLE.split(template.value))
        if template.language and re.fullmatch(pattern, message.value, re.DOTALL):
            return Literal(message.value, language=template.language)
    return message
