"""RDF files into an embedded store, with errors that name file, line and column.

Nothing is fetched on the way.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from kg.check.paths import XSD
from kg.check.report import Term
from kg.errors import ShapesError

SUFFIXES = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nq": RdfFormat.N_QUADS,
    ".nt": RdfFormat.N_TRIPLES,
    ".jsonld": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
}
STDIN = Path("-")
_ANY = NamedNode("urn:any")
_LINES = (RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)
#: the store keeps these as xsd:integer and xsd:dateTime
_DERIVED = {
    *("byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"),
    *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger", "dateTimeStamp"),
}
_DERIVED_TEXT = re.compile(rb"XMLSchema#(?:%s)>" % b"|".join(sorted(name.encode() for name in _DERIVED)))


def store_of(paths: Iterable[Path | str]) -> Store:
    """A store in memory that holds the files' quads; "-" is TriG (so Turtle, N-Triples) on standard input.

    Raises ShapesError for the first file that cannot be read.
    """
    return read(paths)[0]


def read(paths: Iterable[Path | str]) -> tuple[Store, dict[Quad, Quad]]:
    """The files' quads in a store, and those with a number that the store keeps under another datatype.

    The latter as quad in the store → quad as written. Raises ShapesError for the first file that cannot be
    read.
    """
    store = Store()
    written: dict[Quad, Quad] = {}
    for path in map(Path, paths):
        rdf_format = _format(path)
        with _reading(path):
            if rdf_format in _LINES and not _mentions_derived(path):
                # not bulk_load, which takes half as much memory again; blank nodes of two files never meet
                store.load(path=str(path), format=rdf_format)
            else:
                store.extend(noted(quads_of(path), written))
    return store, written


def noted(quads: Iterable[Quad], written: dict[Quad, Quad]) -> Iterator[Quad]:
    """The quads; those that the store would change are noted."""
    for quad in quads:
        value = quad.object
        if isinstance(value, Literal) and value.datatype.value.removeprefix(XSD) in _DERIVED:
            written[_kept(quad)] = quad
        yield quad


def as_stored(term: Term) -> Term:
    """A term as validation sees it in the data: the store writes 1.0 as 1, derived datatypes stay."""
    if not isinstance(term, Literal) or term.datatype.value.removeprefix(XSD) in _DERIVED:
        return term
    return _kept(Quad(_ANY, _ANY, term)).object  # type: ignore[return-value]


def _kept(quad: Quad) -> Quad:
    scratch = Store()
    scratch.add(quad)
    kept: Quad = next(iter(scratch))
    return kept


def _mentions_derived(path: Path) -> bool:
    """Whether N-Triples or N-Quads have a number of a derived datatype; read in pieces, to spare memory."""
    rest = b""
    with path.open("rb") as file:
        while piece := file.read(1 << 24):
            if _DERIVED_TEXT.search(rest + piece):
                return True
            rest = piece[-64:]
    return False


def quads_of(path: Path) -> Iterator[Quad]:
    """The quads of one RDF file, whose suffix says its format.

    Raises ShapesError with file, line and column.
    """
    rdf_format = _format(path)
    with _reading(path):
        # each file is its own document: two files' blank nodes never meet
        if path == STDIN:
            yield from parse(sys.stdin.buffer, format=rdf_format, rename_blank_nodes=True)
        else:
            yield from parse(path=str(path), format=rdf_format, rename_blank_nodes=True)


def _format(path: Path) -> RdfFormat:
    if path == STDIN:
        return RdfFormat.TRIG
    rdf_format = SUFFIXES.get(path.suffix.lower())
    if rdf_format is None:
        known = " ".join(SUFFIXES)
        raise ShapesError(
            f"{path.suffix or 'no suffix'} is no RDF format", where=str(path), hint=f"name it one of {known}"
        )
    if not path.is_file():
        raise ShapesError("no such file", where=str(path), hint="name an RDF file")
    if rdf_format == RdfFormat.RDF_XML:
        _refuse_doctype(path)
    return rdf_format


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except SyntaxError as error:
        raise _unreadable(path, error) from error
    except (OSError, ValueError, MemoryError) as error:
        raise ShapesError(f"cannot be read ({error})", where=str(path), hint="is it RDF in UTF-8?") from error


def _refuse_doctype(path: Path) -> None:
    """Entities of a DOCTYPE can blow a small file up to gigabytes, and read other files: none is accepted.

    An XML parser reads what stands before the first element, so that no encoding and no comment hides it.
    """
    from xml.parsers import expat

    class FirstElement(Exception):  # noqa: N818  no error: all is well up to there
        pass

    def doctype(*_: object) -> None:
        hint = "write the entities out and remove the DOCTYPE"
        where = f"{path}, line {parser.CurrentLineNumber}"
        raise ShapesError("a DOCTYPE is not accepted", where=where, hint=hint)

    def element(*_: object) -> None:
        raise FirstElement

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = doctype, element
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except FirstElement:
        return
    except expat.ExpatError as error:
        where = f"{path}, line {error.lineno}, column {error.offset + 1}"
        raise ShapesError(
            f"no XML ({expat.errors.messages[error.code]})", where=where, hint="mend it"
        ) from None


def _unreadable(path: Path, error: SyntaxError) -> ShapesError:
    place = f"{path}, line {error.lineno}, column {error.offset}" if error.lineno else str(path)
    text = str(error.msg or error)
    if "LoadDocumentCallback" in text or "remote context" in text:
        hint = "write the context into the file; no address and no other file is read"
        return ShapesError("a remote @context is not accepted", where=place, hint=hint)
    text = text.split(": ", 1)[-1] if text.startswith("Parser error at") else text
    hint = "write full IRIs or declare a base" if "scheme" in text else "mend the file there"
    return ShapesError(text, where=place, hint=hint)
