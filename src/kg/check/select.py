"""The patterns of a shape's SELECT: which triples it looks at, from `$this` on.

rdflib's parser takes 20 ms for each query of ours, longer than a changed article may take altogether; so the
text is read here, as far as patterns go: of expressions only EXISTS matters. What is not understood raises
NotLocalError. A query is valid by then: Oxigraph has parsed it.
"""

from __future__ import annotations

from functools import lru_cache

from pyoxigraph import Literal, NamedNode, RdfFormat, Variable, parse

from kg.check.paths import ALTERNATIVE, PREDICATE, RDF, SEQUENCE, Path
from kg.check.patterns import Group, Maker, Node, NotLocalError, Step
from kg.check.shapes import Sparql
from kg.sparql.pattern import tokens

_MODIFIERS = {"*": "zeroOrMorePath", "+": "oneOrMorePath", "?": "zeroOrOnePath"}
_CLAUSES = {"optional", "minus", "graph", "filter", "bind", "values", "service"}
_Names = dict[str, Node]


def read(sparql: Sparql, maker: Maker, focus: Node) -> Group:
    """The patterns of a SELECT around a focus node. Raises NotLocalError."""
    reader = _Reader(sparql, maker, focus)
    try:
        reader.to_where()
        return reader.group({}, None)
    except IndexError:
        raise NotLocalError("a query that is not understood") from None


class _Reader:
    """Goes along the words of a query. `names` are the variables of one scope, `graph` is GRAPH's."""

    def __init__(self, sparql: Sparql, maker: Maker, focus: Node) -> None:
        self.words = [token.text for token in tokens(sparql.select)]
        self.at = 0
        self.prefixes, self.maker = sparql.prefixes, maker
        self.outermost: _Names = {"this": focus}

    # ------------------------------------------------------------------ words
    def ahead(self) -> str:
        return self.words[self.at]

    def next(self) -> str:
        self.at += 1
        return self.words[self.at - 1]

    def take(self, word: str) -> bool:
        """Step over a word if it is the next one."""
        found = self.at < len(self.words) and self.ahead().lower() == word
        self.at += found
        return found

    # ------------------------------------------------------------------ groups
    def to_where(self) -> list[str]:
        """Step over SELECT and all up to the group of its WHERE; gives the words of what is selected."""
        selected = []
        while self.ahead() != "{":
            selected.append(self.next())
        if selected.count("(") != selected.count(")"):
            raise NotLocalError("a group in what is selected")
        return selected

    def group(self, names: _Names, graph: Node | None) -> Group:
        self.next()
        if self.ahead().lower() == "select":
            return self.sub_select(names, graph)
        out = Group()
        while not self.take("}"):
            self.part(out, names, graph)
        return out

    def sub_select(self, names: _Names, graph: Node | None) -> Group:
        """A query in a query: only what it selects is seen outside; counted or cut rows are not local."""
        selected = [word for word in self.to_where() if word.lower() not in ("select", "distinct", "where")]
        if not all(word[0] in "?$" for word in selected):
            raise NotLocalError("a sub-query with an expression")
        own = {word[1:]: self.variable(word[1:], names) for word in selected}
        found = self.group(own, graph)
        if not self.take("}"):
            raise NotLocalError("a sub-query that counts or cuts its rows")
        return found

    def part(self, out: Group, names: _Names, graph: Node | None) -> None:
        word = self.ahead().lower()
        if word in ("optional", "minus"):
            self.next()
            out.inner.append(self.group(names, graph))
        elif word == "{":
            branches = [self.group(names, graph)]
            while self.take("union"):
                branches.append(self.group(names, graph))
            if len(branches) == 1:
                out.add(branches[0])
            else:
                out.unions.append(branches)
        elif word == "graph":
            self.next()
            out.add(self.group(names, self.node(names)))
        elif word in ("filter", "bind"):
            self.expression(out, names, graph)
        elif word in _CLAUSES:
            raise NotLocalError(f"{word.upper()} in a query")
        elif not self.take("."):
            self.triples(out, names, graph)

    def expression(self, out: Group, names: _Names, graph: Node | None) -> None:
        """EXISTS and NOT EXISTS anywhere in an expression are groups that may hold or not."""
        depth, last = 0, self.next()
        while depth or last not in (")", "}"):
            last = self.next()
            depth += (last == "(") - (last == ")")
            if last.lower() == "exists":
                out.inner.append(self.group(names, graph))
                last = "}"

    # ------------------------------------------------------------------ triples
    def triples(self, out: Group, names: _Names, graph: Node | None) -> None:
        subject = self.node(names)
        while True:
            verb = self.verb(names)
            out.add(self.triple(subject, verb, self.node(names), graph))
            while self.take(","):
                out.add(self.triple(subject, verb, self.node(names), graph))
            if not self.take(";"):
                return
            while self.take(";"):
                pass
            if self.ahead() in ".}" or self.ahead().lower() in _CLAUSES:
                return

    def triple(self, subject: Node, verb: Node | Path, value: Node, graph: Node | None) -> Group:
        if not isinstance(verb, Path):
            named = verb if isinstance(verb, Variable) else None
            return Group([Step(subject, None, value, named, graph)])
        found = self.maker.path(subject, verb, value)
        return _within(found, graph) if graph is not None else found

    def verb(self, names: _Names) -> Node | Path:
        if self.ahead()[0] in "?$":
            return self.node(names)
        return self.path()

    def path(self) -> Path:
        return self.parts(ALTERNATIVE, "|")

    def parts(self, kind: str, between: str) -> Path:
        def one() -> Path:
            return self.parts(SEQUENCE, "/") if kind == ALTERNATIVE else self.step()

        found = [one()]
        while self.take(between):
            found.append(one())
        return found[0] if len(found) == 1 else Path(kind, parts=tuple(found))

    def step(self) -> Path:
        if self.take("^"):
            return Path("inversePath", parts=(self.step(),))
        if self.take("!"):
            raise NotLocalError("a negated path")
        if self.take("("):
            found = self.path()
            self.next()
        else:
            word = self.next()
            found = Path(PREDICATE, RDF + "type" if word == "a" else self.constant(word).value)
        while self.ahead() in _MODIFIERS:
            found = Path(_MODIFIERS[self.next()], parts=(found,))
        return found

    # ------------------------------------------------------------------ nodes
    def node(self, names: _Names) -> Node:
        word = self.next()
        if word[0] in "?$":
            return self.variable(word[1:], names)
        if word.startswith("_:"):
            return self.variable(word, names)
        if word in ("[", "("):
            raise NotLocalError("a collection or a nameless node in a query")
        if word in ("+", "-"):
            word += self.next()
        if self.ahead().startswith("@"):
            word += self.next()
        elif self.take("^^"):
            word += "^^" + self.next()
        return self.constant(word)

    def variable(self, name: str, names: _Names) -> Node:
        if name in self.outermost:
            return self.outermost[name]
        if name not in names:
            names[name] = self.maker.fresh()
        return names[name]

    def constant(self, word: str) -> NamedNode | Literal:
        return _constant(word, self.prefixes)


@lru_cache(maxsize=4096)
def _constant(word: str, prefixes: str) -> NamedNode | Literal:
    """A term as SPARQL writes it, which is as Turtle does."""
    try:
        found = next(iter(parse(f"{prefixes}\n<x:x> <x:x> {word} .", RdfFormat.TURTLE))).object
    except SyntaxError as error:
        raise NotLocalError(f"{word} in a query ({error.msg})") from None
    assert isinstance(found, NamedNode | Literal)
    return found


def _within(group: Group, graph: Node) -> Group:
    """The group with its triples in one graph."""
    steps = [
        Step(s.subject, s.predicates, s.object, s.predicate, graph, s.repeats, s.both) for s in group.steps
    ]
    unions = [[_within(branch, graph) for branch in union] for union in group.unions]
    return Group(steps, unions, [_within(inner, graph) for inner in group.inner])
