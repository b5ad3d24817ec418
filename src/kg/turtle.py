"""Turtle and TriG that a person likes to read, and that are the same bytes for the same statements.

Resources are grouped by kind under headings and sorted as people count (``task/2`` before ``task/10``); type
and label come first; blank nodes used once are written where they are used, lists in parentheses; letters are
never escaped.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.namespaces import RDF, RDFS, XSD

Subject = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Statement = tuple[Subject, ox.NamedNode, Term]

#: What a section holds, by the word in the IRI; the order of the file.
SECTIONS = {
    "article": "Bài báo · Articles",
    "document": "Văn bản · Documents",
    "organ": "Cơ quan, tổ chức · Organs",
    "person": "Người · People",
    "tenure": "Chức vụ đảm nhiệm · Posts held",
    "event": "Sự kiện · Events",
    "participation": "Sự tham dự · Participations",
    "task": "Nhiệm vụ được giao · Tasks",
    "statement": "Ý kiến phát biểu · Statements",
    "territory": "Địa bàn · Territories",
    "term": "Nhiệm kỳ · Congress terms",
    "": "Khác · Others",
    "claim": "Điều được tường thuật · Claims",
    "passage": "Đoạn trích · Passages",
    "inferred": "Điều suy ra · Conclusions",
}
_ORDER = {kind: n for n, kind in enumerate(SECTIONS)}
_PREFIXED_KINDS = ("document", "organ", "person", "territory", "term")
_DEEP = 30  # blank nodes nested further than this get a label

_LOCAL = re.compile(r"[^\W_](?:[\w.-]*[\w-])?", re.ASCII)  # needs no escape in any parser
_ESCAPABLE = re.compile(r"[\w.~!$&'()*+,;=?#@%-]+", re.ASCII)
_RELATIVE = re.compile(r"[A-Za-z0-9_-][\w.~-]*(?:/[A-Za-z0-9_-][\w.~-]*)*(?:#[\w.~-]+)?", re.ASCII)
_SHORT_LITERALS = {
    XSD.integer: re.compile(r"[+-]?[0-9]+"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD.boolean: re.compile(r"true|false"),
}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_NAMED_ESCAPES = {"\b": "\\b", "\f": "\\f", "\r": "\\r"}
_NIL = ox.NamedNode(RDF.nil)
_NUMBERS = re.compile(r"([0-9]+)")


def quoted(text: str) -> str:
    """Return a Turtle string: in one line, or between triple quotes where it has several.

    >>> print(quoted('Chỉ thị "32"'))
    "Chỉ thị \\"32\\""
    """
    text = text.replace("\\", "\\\\")
    if "\n" in text:
        text = re.sub(r'"(?="|$)', '\\\\"', text)  # no three in a row, none at the end
        text, marks = _controlled(text), '"""'
    else:
        text, marks = _controlled(text.replace('"', '\\"').replace("\t", "\\t")), '"'
    return f"{marks}{text}{marks}"


def _controlled(text: str) -> str:
    return _CONTROL.sub(lambda m: _NAMED_ESCAPES.get(m[0]) or f"\\u{ord(m[0]):04X}", text)


def natural(text: str) -> list[tuple[str, int, str]]:
    """Return a sort key that counts: "task/2" comes before "task/10"; equal keys mean equal texts."""
    parts = [*_NUMBERS.split(text), ""]
    return [(word, len(number), number) for word, number in zip(parts[::2], parts[1::2], strict=True)]


class Names:
    """Short names for IRIs: prefixes for vocabularies and global kinds, relative IRIs for the rest."""

    def __init__(self, base: str, prefixes: dict[str, str]) -> None:
        self._home = f"{base}id/"
        kinds = {kind: f"{self._home}{kind}/" for kind in _PREFIXED_KINDS}
        self._prefixes = dict(sorted(prefixes.items())) | kinds
        self._by_namespace = {namespace: prefix for prefix, namespace in self._prefixes.items()}
        self._cache: dict[str, str] = {}

    def header(self) -> str:
        """Return the declarations that the short names need."""
        lines = [f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in self._prefixes.items()]
        return "\n".join([f"@base <{self._home}> .", *lines]) + "\n"

    def __call__(self, iri: str) -> str:
        """Return the shortest correct way to write an IRI."""
        name = self._cache.get(iri)
        if name is None:
            name = self._cache[iri] = self._short(iri)
        return name

    def _short(self, iri: str) -> str:
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = self._by_namespace.get(iri[:cut])
        local = iri[cut:]
        if prefix is not None and (not local or _ESCAPABLE.fullmatch(local)):
            if _LOCAL.fullmatch(local) or not local:
                return f"{prefix}:{local}"
            return f"{prefix}:" + re.sub(r"^-|[^\w-]", r"\\\g<0>", local, flags=re.ASCII)
        rest = iri.removeprefix(self._home)
        return f"<{rest}>" if rest != iri and _RELATIVE.fullmatch(rest) else f"<{iri}>"

    def kind(self, iri: str) -> str:
        """Return the section an IRI belongs to: the word of its path or fragment that names its kind."""
        if not iri.startswith(self._home):
            return ""
        path, _, fragment = iri.removeprefix(self._home).partition("#")
        parts = path.split("/")
        word = parts[2] if parts[0] == "article" and len(parts) > 2 else parts[0]
        word = fragment.partition("-")[0] if fragment else word
        return word if word in SECTIONS else ""


class Block:
    """The statements of one graph (or of several merged), ready to be written."""

    def __init__(self, statements: Iterable[Statement], names: Names) -> None:
        self._names = names
        self._of: dict[Subject, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, object_ in statements:
            self._of[subject][predicate.value].append(object_)
        self._uses: Counter[ox.BlankNode] = Counter()
        self._inline = self._used_once()

    def texts(self, indent: str = "") -> Iterator[str]:
        """Yield headings and resources, each as one text that ends with a line break."""
        named = [node for node in self._of if isinstance(node, ox.NamedNode)]
        sections: dict[str, list[ox.NamedNode]] = defaultdict(list)
        for node in named:
            sections[self._names.kind(node.value)].append(node)
        for kind in sorted(sections, key=_ORDER.__getitem__):
            yield f"\n{indent}# ---- {SECTIONS[kind]}\n"
            for node in sorted(sections[kind], key=lambda node: natural(node.value)):
                yield "\n" + self._resource(self._names(node.value), node, indent)
        blank = [node for node in self._of if isinstance(node, ox.BlankNode) and node not in self._inline]
        texts = [self._resource(self._blank_subject(node), node, indent) for node in blank]
        for text in sorted(texts):
            yield "\n" + text

    def _used_once(self) -> set[ox.BlankNode]:
        """Return the blank nodes that can be written inside the one statement that uses them."""
        for node in self._of:
            self._uses.update(term for term in self._objects(node) if isinstance(term, ox.BlankNode))
        once = {node for node, n in self._uses.items() if n == 1}
        # Only what is reached from outside, and not too deep: two nodes that use each other need labels.
        todo = [(term, 1) for node in self._of if node not in once for term in self._objects(node)]
        reached: set[ox.BlankNode] = set()
        while todo:
            term, depth = todo.pop()
            if not isinstance(term, ox.BlankNode) or term not in once or depth > _DEEP:
                continue
            cells, items = self._list(term, once) or ([term], self._objects(term))
            reached.update(cells)
            todo += ((item, depth + 1) for item in items)
        return reached

    def _objects(self, node: Subject) -> list[Term]:
        return [object_ for objects in self._of.get(node, {}).values() for object_ in objects]

    def _blank_subject(self, node: ox.BlankNode) -> str:
        return f"_:{node.value}" if self._uses[node] else "[]"

    def _resource(self, name: str, node: Subject, indent: str) -> str:
        deeper = indent + "    "
        return f"{indent}{name} " + f" ;\n{deeper}".join(self._predicates(node, deeper)) + " .\n"

    def _predicates(self, node: Subject, indent: str) -> list[str]:
        """Return "predicate object, object" for each predicate: type and label first, the others by name."""
        found = self._of.get(node, {})
        first = {RDF.type: 0, RDFS.label: 1}
        order = sorted(found, key=lambda p: (first.get(p, 2), self._names(p)))
        texts = []
        for predicate in order:
            name = "a" if predicate == RDF.type else self._names(predicate)
            objects = sorted((self._object(object_, indent) for object_ in found[predicate]), key=natural)
            flat = ", ".join(objects)
            if len(objects) > 1 and (len(flat) + len(name) > 90 or "\n" in flat):
                flat = f"\n{indent}    " + f" ,\n{indent}    ".join(objects)
                texts.append(name + flat)
            else:
                texts.append(f"{name} {flat}")
        return texts

    def _object(self, term: Term, indent: str) -> str:
        if isinstance(term, ox.NamedNode):
            return "()" if term == _NIL else self._names(term.value)
        if isinstance(term, ox.Literal):
            return self._literal(term)
        if isinstance(term, ox.BlankNode):
            return self._blank(term, indent)
        return str(term)

    def _literal(self, term: ox.Literal) -> str:
        if term.language:
            direction = f"--{term.direction.value}" if term.direction else ""
            return f"{quoted(term.value)}@{term.language}{direction}"
        datatype = term.datatype.value
        if datatype == XSD.string:
            return quoted(term.value)
        short = _SHORT_LITERALS.get(datatype)
        if short and short.fullmatch(term.value):
            return term.value
        return f"{quoted(term.value)}^^{self._names(datatype)}"

    def _blank(self, node: ox.BlankNode, indent: str) -> str:
        if node not in self._inline:
            return f"_:{node.value}"
        if (cells := self._list(node, self._inline)) is not None:
            return "( " + " ".join(self._object(item, indent) for item in cells[1]) + " )"
        if node not in self._of:
            return "[]"
        deeper = indent + "    "
        return "[ " + f" ;\n{deeper}".join(self._predicates(node, deeper)) + " ]"

    def _list(
        self, node: ox.BlankNode, allowed: set[ox.BlankNode]
    ) -> tuple[list[ox.BlankNode], list[Term]] | None:
        """Return cells and items of the list that begins at `node`; None if it is no plain, closed list."""
        cells: list[ox.BlankNode] = []
        items: list[Term] = []
        cell: Term = node
        while cell != _NIL:
            if not isinstance(cell, ox.BlankNode) or cell not in allowed or len(cells) > len(allowed):
                return None
            found = self._of.get(cell, {})
            if found.keys() != {RDF.first, RDF.rest} or any(len(objects) != 1 for objects in found.values()):
                return None
            cells.append(cell)
            items += found[RDF.first]
            (cell,) = found[RDF.rest]
        return cells, items
