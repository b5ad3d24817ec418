"""What is looked over, as triples that the rules in ontology/lint/ speak of.

Of each Turtle file its own triples, in a graph of its name. Of each term of ours or of SHACL that a file
uses, its first place there: `lint:Use` with `lint:term`, `lint:name`, `lint:namespace` ("own" or "shacl"),
`lint:file`, `lint:kind`. Of each term of ours that a file defines, `lint:definedIn`. Of queries, what they
compare, what their patterns are, whether they can be read. Of shapes, what is malformed. Of the whole
project also which terms the code knows (`lint:CodeTerm`) and what `kg queries lint` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from kg.check.load import quads_of
from kg.check.paths import OWL, RDF, RDFS, SH, XSD
from kg.lint.malformed import LINT, malformed
from kg.lint.queries import declared, remarks
from kg.lint.sources import Place, Source
from kg.namespaces import CKG, PREFIXES
from kg.resources import ontology_dir

#: prefixes that everybody reads as these namespaces
_USUAL = {"ckg": str(CKG), "rdf": RDF, "rdfs": RDFS, "owl": OWL, "sh": SH, "xsd": XSD}
_TYPE = NamedNode(RDF + "type")
_NAMESPACE = NamedNode("http://purl.org/vocab/vann/preferredNamespaceUri")
_SELECT = {NamedNode(SH + name) for name in ("select", "ask", "construct")}
_PATTERN = NamedNode(SH + "pattern")
_RANGE = NamedNode("http://www.w3.org/2000/01/rdf-schema#range")
_DATES = {NamedNode(XSD + "date"), NamedNode(XSD + "dateTime")}


def of(sources: list[Source], whole: bool) -> Iterator[Quad]:
    """All triples about the files; `whole`: they are the project, so that terms without use can be told."""
    parsed = {s.iri: list(quads_of(s.path)) for s in sources if s.kind == "turtle"}
    background = [] if whole else _background()
    everything = [quad for quads in (*parsed.values(), background) for quad in quads]
    own = {str(CKG)} | {
        q.object.value for q in everything if q.predicate == _NAMESPACE and isinstance(q.object, Literal)
    }
    for iri, quads in parsed.items():
        yield from (Quad(q.subject, q.predicate, q.object, NamedNode(iri)) for q in quads)
        yield from _defined(iri, quads, own)
        yield from malformed(quads)
    yield from _known(background)
    for source in sources:
        yield from _uses(source, own)
        yield from _strange_prefixes(source)
    dates = {str(q.subject).strip("<>") for q in everything if q.predicate == _RANGE and q.object in _DATES}
    yield from _queries(sources, parsed, dates)
    yield from _shacl()
    if whole:
        yield from (Quad(NamedNode(CKG[name]), _TYPE, NamedNode(LINT + "CodeTerm")) for name in CKG)
        yield from _saved()


def _background() -> list[Quad]:
    """Our ontology: what files of others may use of it."""
    files = [*ontology_dir().glob("*.ttl"), *(ontology_dir() / "vocabulary").glob("*.ttl")]
    return [quad for file in sorted(files) for quad in quads_of(file)]


def _known(background: Iterable[Quad]) -> Iterator[Quad]:
    """That a term is defined, without saying it again: the rules ask only whether anything is said of it."""
    for subject in {q.subject for q in background if isinstance(q.subject, NamedNode)}:
        yield Quad(subject, NamedNode(LINT + "known"), Literal(True))


def _defined(iri: str, quads: list[Quad], own: set[str]) -> Iterator[Quad]:
    for subject in {q.subject for q in quads if q.predicate == _TYPE}:
        if isinstance(subject, NamedNode) and subject.value.startswith(tuple(own)):
            yield Quad(subject, NamedNode(LINT + "definedIn"), NamedNode(iri))


def _uses(source: Source, own: set[str]) -> Iterator[Quad]:
    seen = set()
    for term, place in source.terms(PREFIXES if source.kind == "query" else {}, str(CKG)):
        namespace = "shacl" if term.startswith(SH) else "own" if term.startswith(tuple(own)) else ""
        local = term.removeprefix(SH) if namespace == "shacl" else term
        if not namespace or not local or local in own or term in seen:
            continue
        seen.add(term)
        yield from _about(
            _at(source, place),
            a=NamedNode(LINT + "Use"),
            term=NamedNode(term),
            name=Literal(place.name),
            namespace=Literal(namespace),
            file=NamedNode(source.iri),
            kind=Literal(source.kind),
        )


def _strange_prefixes(source: Source) -> Iterator[Quad]:
    for name, namespace, place in source.declarations():
        if namespace != _USUAL.get(name, namespace):
            usual, written = Literal(_USUAL[name]), Literal(namespace)
            yield from _about(_at(source, place), usualNamespace=usual, namespaceWritten=written)


def _at(source: Source, place: Place) -> NamedNode:
    """A place as a node: the file's address, #L, the line, C, the column, and what is written there."""
    name = "".join(letter for letter in place.name if letter.isalnum() or letter in ":-_.")
    return NamedNode(f"{source.iri}#L{place.line}C{place.column}-{name}")


def _about(node: NamedNode, a: NamedNode | None = None, **facts: NamedNode | Literal) -> Iterator[Quad]:
    if a is not None:
        yield Quad(node, _TYPE, a)
    for name, value in facts.items():
        yield Quad(node, NamedNode(LINT + name), value)


def _queries(sources: list[Source], parsed: dict[str, list[Quad]], dates: set[str]) -> Iterator[Quad]:
    """What the queries in files and in shapes do, and the patterns of shapes."""
    prefixes = declared(quad for quads in parsed.values() for quad in quads)
    for source in sources:
        if source.kind == "query":
            for name, value in remarks(source.text, dates):
                yield Quad(NamedNode(source.iri), NamedNode(LINT + name), Literal(value))
        for quad in parsed.get(source.iri, ()):
            if not isinstance(quad.object, Literal):
                continue
            text = quad.object.value
            if quad.predicate in _SELECT:
                for name, value in remarks(f"{prefixes}\n{text}", dates):
                    yield Quad(quad.subject, NamedNode(LINT + name), Literal(value))
            elif quad.predicate == _PATTERN and _unicode_class(text):
                yield Quad(quad.subject, NamedNode(LINT + "unicodeClass"), Literal(text))


def _unicode_class(pattern: str) -> bool:
    return "\\p{" in pattern or "\\P{" in pattern


def _shacl() -> Iterator[Quad]:
    from rdflib.namespace import SH as TERMS

    for quad in quads_of(ontology_dir() / "lint" / "terms.ttl"):
        if quad.predicate.value == LINT + "shacl12Name":
            yield Quad(quad.subject, quad.predicate, quad.object)
    # sh:in, sh:or and others named like Python's keywords are among the extras
    for name in (*TERMS.__annotations__, *TERMS._extras):
        yield Quad(NamedNode(SH + name), _TYPE, NamedNode(LINT + "ShaclTerm"))


def _saved() -> Iterator[Quad]:
    from kg import ask
    from kg.ask.lint import lint

    for query in ask.saved():
        for remark in lint(query):
            if query.path is not None:
                yield Quad(NamedNode(query.path.as_uri()), NamedNode(LINT + "remark"), Literal(remark))
