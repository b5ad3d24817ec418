"""Which triples a shape looks at: the patterns of its paths and queries, from the focus node on.

A `Group` is what a shape matches around one focus node, in the shape of a SPARQL group: its `steps` hold all
together, of each of its `unions` one branch does, and each of its `inner` groups (OPTIONAL, EXISTS, a part of
`sh:or`) may or may not. `kg.check.walk` goes along them over the data.

Queries are read by rdflib's parser. What cannot be followed from the focus node raises NotLocalError.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import count
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Variable

from kg.check.paths import ALTERNATIVE, PREDICATE, RDF, RDFS, SEQUENCE, Path
from kg.check.shapes import Constraint, Shape, Sparql

Node = Variable | NamedNode | BlankNode | Literal
THIS = Variable("this")
_TYPE, _SUBCLASS = frozenset([RDF + "type"]), frozenset([RDFS + "subClassOf"])


class NotLocalError(Exception):
    """Part of a shape does not hang on its focus node, so that all data may matter to it."""


@dataclass(frozen=True, slots=True)
class Step:
    """Triples from `subject` to `object` by one of `predicates` (None: by any, which `predicate` names).

    `repeats`: by any number of them in a row, none included; `both`: in either direction. `graph` is set
    where the graph matters.
    """

    subject: Node
    predicates: frozenset[str] | None
    object: Node
    predicate: Variable | None = None
    graph: Node | None = None
    repeats: bool = False
    both: bool = False

    @property
    def variables(self) -> frozenset[Variable]:
        """The variables that a match of this step binds."""
        ends = (self.subject, self.object, self.predicate, self.graph)
        return frozenset(end for end in ends if isinstance(end, Variable))


@dataclass(slots=True)
class Group:
    """Steps that hold together, unions of which one branch holds, groups that may hold or not."""

    steps: list[Step] = field(default_factory=list)
    unions: list[list[Group]] = field(default_factory=list)
    inner: list[Group] = field(default_factory=list)

    def add(self, other: Group) -> None:
        """Take in all of another group, as if it stood here."""
        self.steps += other.steps
        self.unions += other.unions
        self.inner += other.inner


@lru_cache(maxsize=4096)
def around(shape: Shape) -> Group:
    """All that a shape with targets looks at, but for its targets; read only. Raises NotLocalError."""
    return _Maker().shape(shape, THIS)


class _Maker:
    """Makes groups; every variable that it needs on the way has a name of its own."""

    def __init__(self) -> None:
        self.numbers = count()

    def fresh(self) -> Variable:
        return Variable(f"v{next(self.numbers)}_")

    def types(self, node: Node) -> Group:
        """The classes of a node, and the classes above these."""
        own = self.fresh()
        return Group([Step(node, _TYPE, own), Step(own, _SUBCLASS, self.fresh(), repeats=True)])

    def shape(self, shape: Shape, focus: Node) -> Group:
        group = Group()
        value: Node = focus
        if shape.path is not None:
            value = self.fresh()
            group.add(self.path(focus, shape.path, value))
        for constraint in shape.constraints:
            group.inner.append(self.constraint(constraint, focus, value))
        for nested in shape.properties:
            group.inner.append(self.shape(nested, value))
        return group

    def constraint(self, constraint: Constraint, focus: Node, value: Node) -> Group:
        if constraint.sparql:
            return _query(constraint.sparql, self, focus)
        if constraint.name == "class":
            return self.types(value)
        if constraint.name in ("equals", "disjoint", "lessThan", "lessThanOrEquals"):
            other = frozenset([constraint.values[0].value])
            return Group([Step(focus, other, self.fresh())])
        if constraint.name == "closed":
            return Group([Step(focus, None, self.fresh())])
        return Group(inner=[self.shape(member, value) for member in constraint.members])

    def path(self, start: Node, path: Path, end: Node) -> Group:
        """The steps of a property path."""
        if path.kind == PREDICATE:
            return Group([Step(start, frozenset([path.iri]), end)])
        if path.kind == "inversePath":
            return self.path(end, path.parts[0], start)
        if path.kind == SEQUENCE:
            group, here = Group(), start
            for part in path.parts[:-1]:
                after = self.fresh()
                group.add(self.path(here, part, after))
                here = after
            group.add(self.path(here, path.parts[-1], end))
            return group
        if path.kind == ALTERNATIVE:
            if all(part.kind == PREDICATE for part in path.parts):
                return Group([Step(start, frozenset(part.iri for part in path.parts), end)])
            return Group(unions=[[self.path(start, part, end) for part in path.parts]])
        return self.repeated(start, path.parts[0], end)

    def repeated(self, start: Node, path: Path, end: Node) -> Group:
        """A path that is walked any number of times; of a winding one, each predicate in both directions."""
        if path.kind == "inversePath":
            return self.repeated(end, path.parts[0], start)
        straight = path.kind == PREDICATE or (
            path.kind == ALTERNATIVE and all(part.kind == PREDICATE for part in path.parts)
        )
        return Group([Step(start, frozenset(_predicates(path)), end, repeats=True, both=not straight)])


def _predicates(path: Path) -> Iterator[str]:
    if path.kind == PREDICATE:
        yield path.iri
    for part in path.parts:
        yield from _predicates(part)


def _query(sparql: Sparql, maker: _Maker, focus: Node) -> Group:
    """The patterns of a SELECT, as rdflib's parser reads it."""
    from rdflib.plugins.sparql.algebra import translatePath, translatePName, translatePrologue, traverse
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        prologue, query = parseQuery(f"{sparql.prefixes}\n{sparql.select}")
        names = translatePrologue(prologue, None)
        query = traverse(query, visitPost=partial(translatePName, prologue=names))
        query = traverse(query, visitPost=translatePath)
        return _QueryReader(maker, focus).group(query.where, {})
    except NotLocalError:
        raise
    except Exception as error:  # rdflib raises many kinds; each means that nothing is known of the query
        raise NotLocalError(str(error)) from error


class _QueryReader:
    """From rdflib's parse tree to groups. `names` are the variables of the query in this scope."""

    def __init__(self, maker: _Maker, focus: Node) -> None:
        self.maker = maker
        self.outermost: dict[str, Node] = {"this": focus}

    def group(self, tree: Any, names: dict[str, Node], graph: Node | None = None) -> Group:
        if tree.name == "SubSelect":
            return self.sub_select(tree, names, graph)
        out = Group()
        for part in tree.part or []:
            self.part(part, out, names, graph)
        return out

    def sub_select(self, tree: Any, names: dict[str, Node], graph: Node | None) -> Group:
        """A query in a query: only what it projects is seen outside; counted or cut rows are not local."""
        if tree.groupby or tree.having or tree.limitoffset or not tree.projection:
            raise NotLocalError("a sub-query that counts or cuts its rows")
        seen = {str(item.var) for item in tree.projection if item.var is not None}
        if any(item.evar is not None for item in tree.projection):
            raise NotLocalError("a sub-query with an expression")
        own = {name: self.variable(name, names) for name in seen}
        return self.group(tree.where, own, graph)

    def part(self, part: Any, out: Group, names: dict[str, Node], graph: Node | None) -> None:
        if part.name == "TriplesBlock":
            for flat in part.triples:
                for at in range(0, len(flat), 3):
                    out.add(self.triple(flat[at], flat[at + 1], flat[at + 2], names, graph))
        elif part.name == "Filter":
            self.exists(part.expr, out, names, graph)
        elif part.name in ("OptionalGraphPattern", "MinusGraphPattern"):
            out.inner.append(self.group(part.graph, names, graph))
        elif part.name == "GroupOrUnionGraphPattern":
            branches = [self.group(branch, names, graph) for branch in part.graph]
            if len(branches) == 1:
                out.add(branches[0])
            else:
                out.unions.append(branches)
        elif part.name == "GraphGraphPattern":
            out.add(self.group(part.graph, names, self.node(part.term, names)))
        elif part.name == "Bind":
            self.exists(part.expr, out, names, graph)
        else:
            raise NotLocalError(f"{part.name} in a query")

    def exists(self, expression: Any, out: Group, names: dict[str, Node], graph: Node | None) -> None:
        """EXISTS and NOT EXISTS anywhere in an expression are groups that may hold or not."""
        if isinstance(expression, list | tuple):
            for item in expression:
                self.exists(item, out, names, graph)
        elif isinstance(expression, dict):
            if getattr(expression, "name", "") in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
                out.inner.append(self.group(expression["graph"], names, graph))
                return
            for item in expression.values():
                self.exists(item, out, names, graph)

    def triple(
        self, subject: Any, predicate: Any, value: Any, names: dict[str, Node], graph: Node | None
    ) -> Group:
        from rdflib import URIRef
        from rdflib import Variable as RdflibVariable

        start, end = self.node(subject, names), self.node(value, names)
        if isinstance(predicate, RdflibVariable):
            name = self.variable(str(predicate), names)
            return Group([Step(start, None, end, name if isinstance(name, Variable) else None, graph)])
        path = Path(PREDICATE, str(predicate)) if isinstance(predicate, URIRef) else _path(predicate)
        found = self.maker.path(start, path, end)
        return _within(found, graph) if graph is not None else found

    def node(self, term: Any, names: dict[str, Node]) -> Node:
        from rdflib import BNode, URIRef
        from rdflib import Literal as RdflibLiteral
        from rdflib import Variable as RdflibVariable

        if isinstance(term, RdflibVariable | BNode):
            return self.variable(str(term), names)
        if isinstance(term, URIRef):
            return NamedNode(str(term))
        if not isinstance(term, RdflibLiteral):
            raise NotLocalError("a collection in a query")
        if term.language:
            return Literal(str(term), language=term.language)
        return (
            Literal(str(term), datatype=NamedNode(str(term.datatype)))
            if term.datatype
            else Literal(str(term))
        )

    def variable(self, name: str, names: dict[str, Node]) -> Node:
        if name in self.outermost:
            return self.outermost[name]
        return names.setdefault(name, self.maker.fresh())


def _within(group: Group, graph: Node) -> Group:
    """The group with its triples in one graph."""
    steps = [
        Step(s.subject, s.predicates, s.object, s.predicate, graph, s.repeats, s.both) for s in group.steps
    ]
    unions = [[_within(branch, graph) for branch in union] for union in group.unions]
    return Group(steps, unions, [_within(inner, graph) for inner in group.inner])


def _path(path: Any) -> Path:
    """A property path of rdflib."""
    from rdflib import URIRef, paths

    if isinstance(path, URIRef):
        return Path(PREDICATE, str(path))
    if isinstance(path, paths.SequencePath):
        return Path(SEQUENCE, parts=tuple(_path(part) for part in path.args))
    if isinstance(path, paths.AlternativePath):
        return Path(ALTERNATIVE, parts=tuple(_path(part) for part in path.args))
    if isinstance(path, paths.InvPath):
        return Path("inversePath", parts=(_path(path.arg),))
    if isinstance(path, paths.MulPath):
        return Path("zeroOrMorePath", parts=(_path(path.path),))
    raise NotLocalError("a negated path")
