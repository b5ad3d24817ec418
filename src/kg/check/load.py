"""RDF files into an embedded store, with errors that name file, line and column.

A suffix says the format, `.gz` behind it that the file is packed. Nothing is fetched on the way.
"""

from __future__ import annotations

import gzip
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

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
#: times that a packed file may open to; N-Quads of ours open to 40
_MOST_OPENED = 400
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


def read(paths: Iterable[Path | str], syntax: str = "") -> tuple[Store, dict[Quad, Quad]]:
    """The files' quads in a store, and those with a number that the store keeps under another datatype.

    The latter as quad in the store → quad as written. `syntax` is a suffix without its dot, for what has none
    that says a format. Raises ShapesError for the first file that cannot be read.
    """
    store = Store()
    written: dict[Quad, Quad] = {}
    for path in map(Path, paths):
        rdf_format = _format(path, syntax)
        with _reading(path):
            if rdf_format in _LINES and path != STDIN and not _mentions_derived(path):
                # not bulk_load, which takes half as much memory again; blank nodes of two files never meet
                with _source(path) as source:
                    store.load(**source, format=rdf_format)
            else:
                store.extend(noted(quads_of(path, syntax), written))
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
    """Whether N-Triples or N-Quads have a number of a derived datatype; read in pieces that a cache holds."""
    rest = b""
    with _opened(path) as file:
        while piece := file.read(1 << 18):
            if _DERIVED_TEXT.search(rest + piece):
                return True
            rest = piece[-64:]
    return False


def quads_of(path: Path, syntax: str = "") -> Iterator[Quad]:
    """The quads of one RDF file, whose suffix says its format, else `syntax`.

    Raises ShapesError with file, line and column.
    """
    rdf_format = _format(path, syntax)
    # each file is its own document: two files' blank nodes never meet
    with _reading(path), _source(path) as source:
        yield from parse(**source, format=rdf_format, rename_blank_nodes=True)


@contextmanager
def _source(path: Path) -> Iterator[dict[str, Any]]:
    """A file as pyoxigraph takes it: by name where it can be, which is faster."""
    if path != STDIN and path.suffix.lower() != ".gz":
        yield {"path": str(path)}
    else:
        with _opened(path) as file:
            yield {"input": file}


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked, or of standard input."""
    if path == STDIN:
        yield sys.stdin.buffer
    elif path.suffix.lower() != ".gz":
        with path.open("rb") as file:
            yield file
    else:
        with gzip.open(path) as packed:
            yield _Bounded(packed, path.stat().st_size * _MOST_OPENED)  # type: ignore[misc]


@dataclass(slots=True)
class _Bounded:
    """A file that may not open to more than so many bytes."""

    file: gzip.GzipFile
    left: int

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        piece = self.file.read(min(size, self.left + 1) if size >= 0 else self.left + 1)
        self.left -= len(piece)
        if self.left < 0:
            raise OSError(f"it opens to more than {_MOST_OPENED} times its size")
        return piece


def _format(path: Path, syntax: str = "") -> RdfFormat:
    inner = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    rdf_format = SUFFIXES.get(inner.suffix.lower()) or SUFFIXES.get(f".{syntax}")
    if path == STDIN:
        return rdf_format or RdfFormat.TRIG
    if rdf_format is None:
        hint = f"name it one of {' '.join(SUFFIXES)}, .gz behind it or not, or say --syntax"
        raise ShapesError(f"{inner.suffix or 'no suffix'} is no RDF format", where=str(path), hint=hint)
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
    except (OSError, EOFError, zlib.error, ValueError, MemoryError) as error:
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
        with _reading(path), _opened(path) as file:
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
