"""SHACL shapes, read from RDF into plain dataclasses: what the compiler, the reports and the texts rely on.

Nothing is fetched and nothing is executed: `owl:imports` is not followed, JavaScript is not run. What an
engine of ours does not support is collected in `Shapes.unsupported`, so that a report can say it instead
of "conforms".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from kg.check.paths import ALTERNATIVE, OPERATORS, OWL, PREDICATE, RDF, RDFS, SEQUENCE, SH, Path
from kg.check.report import VIOLATION, ShapeInfo, Term
from kg.check.syntax import faults, refuse_reading_elsewhere
from kg.errors import ShapesError

#: annotations of ours on shapes: `ckg-sh:hint` says how to mend what the shape finds
CKG_SH = "https://w3id.org/cascade-kg/shapes#"

TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
#: SHACL Advanced Features that pySHACL has and the compiler has not
ADVANCED = ("target", "rule", "expression")
_PARAMETERS = (
    *("minCount", "maxCount", "datatype", "nodeKind", "class", "pattern", "in", "hasValue", "minLength"),
    *("maxLength", "minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "languageIn"),
    *("uniqueLang", "lessThan", "lessThanOrEquals", "equals", "disjoint", "not", "and", "or", "xone"),
    *("node", "closed", "qualifiedValueShape", "sparql"),
)
#: constraint parameter → its component
COMPONENTS = {name: f"{SH}{name[0].upper()}{name[1:]}ConstraintComponent" for name in _PARAMETERS}
COMPONENTS["sparql"] = SH + "SPARQLConstraintComponent"
#: predicates of a shape that are no constraints
_DESCRIPTIVE = {
    *("property", "path", "severity", "message", "name", "description", "order", "group", "deactivated"),
    *("flags", "ignoredProperties", "qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint"),
    *("defaultValue", *TARGETS),
}
_ADVANCED = {SH + name for name in ADVANCED}
#: what names something that stands in a file of its own, maybe
_REFERENCES = {OWL + "imports": "owl:imports", SH + "node": "sh:node", SH + "not": "sh:not"}


@dataclass(frozen=True, slots=True)
class Sparql:
    """A `sh:sparql` constraint: its node, its SELECT with the prefixes put before it, its messages."""

    node: Term
    select: str
    prefixes: str
    messages: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One parameter of a shape: `name` as in COMPONENTS; `values` a list's members, else one term."""

    name: str
    values: tuple[Term, ...] = ()
    flags: str = ""
    sparql: Sparql | None = None
    members: tuple[Shape, ...] = ()

    @property
    def component(self) -> str:
        """The IRI of the constraint component."""
        return COMPONENTS[self.name]


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape (`path` is None) or a property shape, with its own targets and its property shapes."""

    node: Term
    path: Path | None
    targets: tuple[tuple[str, Term], ...]
    constraints: tuple[Constraint, ...]
    properties: tuple[Shape, ...]
    severity: str
    messages: tuple[Literal, ...]
    unsupported: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()  # what only the reference engine acts on: components of others, ADVANCED

    @property
    def iri(self) -> str:
        """The shape's IRI, or the label of its blank node."""
        return self.node.value

    def walk(self) -> Iterator[Shape]:
        """This shape and the property shapes under it."""
        yield self
        for shape in self.properties:
            yield from shape.walk()


@dataclass(frozen=True)
class Shapes:
    """The shapes that have targets, what is known of every shape by IRI, and the quads they came from."""

    roots: tuple[Shape, ...]
    info: dict[str, ShapeInfo]
    quads: tuple[Quad, ...] = field(repr=False)

    @property
    def unsupported(self) -> tuple[str, ...]:
        """IRIs of SHACL terms that no engine of ours acts on, and what is named and not among the files."""
        found = {u for root in self.roots for shape in root.walk() for u in shape.unsupported}
        subjects = {quad.subject for quad in self.quads}
        named = {(_REFERENCES.get(quad.predicate.value), quad.object) for quad in self.quads}
        missing = {f"{name} {node}" for name, node in named if name and node not in subjects}
        return tuple(sorted(found | missing))

    @property
    def advanced(self) -> bool:
        """Whether a shape asks for SHACL Advanced Features."""
        return any(quad.predicate.value in _ADVANCED for quad in self.quads)

    def messages(self) -> dict[str, tuple[Literal, ...]]:
        """Message templates with their language tags.

        By shape, and by constraint node where it has its own.
        """
        found: dict[str, tuple[Literal, ...]] = {}
        for root in self.roots:
            for shape in root.walk():
                found[shape.iri] = shape.messages
                for constraint in shape.constraints:
                    if constraint.sparql and constraint.sparql.messages:
                        found[constraint.sparql.node.value] = constraint.sparql.messages
        return found


def read_shapes(quads: Iterable[Quad]) -> Shapes:
    """Read the shapes of a graph.

    Raises ShapesError for a malformed one, and for one that would read elsewhere.
    """
    kept = tuple(quads)
    for quad in kept:
        refuse_reading_elsewhere(quad)
    reader = _Reader(kept)
    with _no_bottomless():
        return Shapes(reader.roots(), reader.info, kept)


class Paths:
    """The property paths of a graph, by the node that each starts at."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._reader = _Reader(quads)

    def at(self, node: Term) -> Path:
        """The path that starts at a node. Raises ShapesError where it is malformed."""
        with _no_bottomless():
            return self._reader.path(node)


@contextmanager
def _no_bottomless() -> Iterator[None]:
    """Shapes and paths nest as deep as their author likes, or in a ring; reading them stops somewhere."""
    try:
        yield
    except RecursionError:
        raise ShapesError("shapes or paths are nested without end", hint="untie or flatten them") from None


class _Reader:
    def __init__(self, quads: Iterable[Quad]) -> None:
        self.graph: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            objects = self.graph[quad.subject][quad.predicate.value]  # type: ignore[index]
            if quad.object not in objects:
                objects.append(quad.object)  # type: ignore[arg-type]
        self.info: dict[str, ShapeInfo] = {}
        self.reading: list[Term] = []
        self.parameters = {
            path.value
            for node in list(self.graph)
            for parameter in self.all(node, "parameter")
            for path in self.all(parameter, "path")
        }

    def roots(self) -> tuple[Shape, ...]:
        nodes = [node for node in self.graph if self._targets(node)]
        return tuple(self.shape(node) for node in sorted(nodes, key=str))

    def all(self, node: Term, name: str, namespace: str = SH) -> list[Term]:
        facts = self.graph.get(node)
        return facts.get(namespace + name, []) if facts else []

    def one(self, node: Term, name: str, namespace: str = SH) -> Term | None:
        values = self.all(node, name, namespace)
        return values[0] if values else None

    def items(self, node: Term) -> tuple[Term, ...]:
        """The members of an RDF list; a loop or a missing tail is an error, not an endless walk."""
        out: list[Term] = []
        seen = set()
        while node != NamedNode(RDF + "nil"):
            first, rest = self.one(node, "first", RDF), self.one(node, "rest", RDF)
            if node in seen or first is None or rest is None:
                raise self._fault(node, "a list in the shapes is broken", "write it as ( … )")
            seen.add(node)
            out.append(first)
            node = rest
        return tuple(out)

    def _targets(self, node: Term) -> tuple[tuple[str, Term], ...]:
        targets = [(name, value) for name in (*TARGETS, "target") for value in self.all(node, name)]
        types = self.all(node, "type", RDF)
        shape_types = {NamedNode(SH + "NodeShape"), NamedNode(SH + "PropertyShape")}
        if shape_types & set(types) and NamedNode(RDFS + "Class") in types:
            targets.append(("targetClass", node))
        return tuple(targets)

    def shape(self, node: Term) -> Shape:
        if node in self.reading:
            raise self._fault(node, "the shapes are recursive", "SHACL does not define them")
        self.reading.append(node)
        for fault in faults(self.graph.get(node, {})):
            raise self._fault(node, fault, "see https://www.w3.org/TR/shacl/#syntax-rules")
        path_node = self.one(node, "path")
        severity = self.one(node, "severity")
        constraints, unsupported, foreign = self._constraints(node)
        shape = Shape(
            node,
            self.path(path_node) if path_node is not None else None,
            self._targets(node),
            constraints,
            tuple(self._property(p) for p in self.all(node, "property") if not self._off(p)),
            severity.value if severity is not None else VIOLATION,
            self._messages(node),
            unsupported,
            foreign,
        )
        self.reading.pop()
        self._describe(shape)
        if self._off(node):
            return Shape(node, shape.path, (), (), (), shape.severity, shape.messages)
        return shape

    def _property(self, node: Term) -> Shape:
        if self.one(node, "path") is None:
            which = f"the property shape {node}" if isinstance(node, NamedNode) else "a property shape"
            raise self._fault(self.reading[-1], f"{which} has no sh:path", "is its file among the shapes?")
        return self.shape(node)

    def _fault(self, node: Term, message: str, hint: str) -> ShapesError:
        """What is wrong with a node; called by the nearest shape around it that has an IRI."""
        named = [n.value for n in (node, *self.reading) if isinstance(n, NamedNode)]
        return ShapesError(message, where=named[-1] if named else str(node), hint=hint)

    def _off(self, node: Term) -> bool:
        value = self.one(node, "deactivated")
        return value is not None and value.value in ("true", "1")

    def _messages(self, node: Term) -> tuple[Literal, ...]:
        found = (m for m in self.all(node, "message") if isinstance(m, Literal))
        return tuple(sorted(found, key=str))

    def _constraints(self, node: Term) -> tuple[tuple[Constraint, ...], tuple[str, ...], tuple[str, ...]]:
        found, unsupported, foreign = [], [], []
        for iri, values in self.graph[node].items():
            name = iri.removeprefix(SH)
            if iri in self.parameters or (name in ADVANCED and name != iri):
                foreign.append(iri)
            elif name != iri and name in COMPONENTS:
                found += [self._constraint(node, name, value) for value in values]
            elif name != iri and name not in _DESCRIPTIVE:
                unsupported.append(iri)
        return tuple(c for c in found if c is not None), tuple(unsupported), tuple(foreign)

    def _constraint(self, node: Term, name: str, value: Term) -> Constraint | None:
        if name == "sparql":
            return None if self._off(value) else Constraint(name, sparql=self._sparql(value))
        if name in ("in", "languageIn"):
            return Constraint(name, self.items(value))
        if name in ("and", "or", "xone"):
            members = tuple(self.shape(m) for m in self.items(value))
            if not members:
                raise self._fault(node, f"the list of sh:{name} is empty", "name a shape in it, or drop it")
            return Constraint(name, (), members=members)
        if name in ("not", "node", "qualifiedValueShape"):
            return Constraint(name, (value,), members=(self.shape(value),))
        flags = self.one(node, "flags")
        return Constraint(name, (value,), flags.value if flags is not None and name == "pattern" else "")

    def _sparql(self, node: Term) -> Sparql:
        select = self.one(node, "select")
        if not isinstance(select, Literal):
            raise self._fault(node, "a sh:sparql constraint has no sh:select", "add a SELECT query")
        ontologies = self.all(node, "prefixes")
        for ontology in ontologies:
            ontologies = ontologies + [o for o in self.all(ontology, "imports", OWL) if o not in ontologies]
        declared = [d for ontology in ontologies for d in self.all(ontology, "declare")]
        lines = []
        for declaration in declared:
            prefix, namespace = self.one(declaration, "prefix"), self.one(declaration, "namespace")
            if prefix is not None and namespace is not None:
                lines.append(f"PREFIX {prefix.value}: <{namespace.value}>")
        return Sparql(node, select.value, "\n".join(sorted(lines)), self._messages(node))

    def path(self, node: Term) -> Path:
        """The property path at a node. Raises ShapesError where it is malformed."""
        if isinstance(node, NamedNode):
            return Path(PREDICATE, node.value)
        if self.all(node, "first", RDF):
            return Path(SEQUENCE, parts=tuple(self.path(item) for item in self.items(node)))
        alternatives = self.one(node, "alternativePath")
        if alternatives is not None:
            return Path(ALTERNATIVE, parts=tuple(self.path(item) for item in self.items(alternatives)))
        for operator in OPERATORS:
            operand = self.one(node, operator)
            if operand is not None:
                return Path(operator, parts=(self.path(operand),))
        hint = "see https://www.w3.org/TR/shacl/#property-paths"
        raise self._fault(node, "a sh:path is malformed", hint)

    def _by_language(self, node: Term, name: str, namespace: str) -> dict[str, str]:
        found = [t for t in self.all(node, name, namespace) if isinstance(t, Literal)]
        return {t.language or "": t.value for t in sorted(found, key=str)}

    def _describe(self, shape: Shape) -> None:
        group = self.one(shape.node, "group")
        order = self.one(group, "order") if group is not None else None
        self.info[shape.iri] = ShapeInfo(
            shape.iri,
            shape.severity,
            self._by_language(shape.node, "label", RDFS) or self._by_language(shape.node, "name", SH),
            group.value if group is not None else "",
            self._by_language(group, "label", RDFS) if group is not None else {},
            float(order.value) if order is not None else 0.0,
            self._by_language(shape.node, "hint", CKG_SH),
            path=shape.path,
        )
