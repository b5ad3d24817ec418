"""Reports that were written before, by any engine: to be shown, or to be compared with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from kg.check import reference
from kg.check.engine import load_shapes
from kg.check.load import quads_of
from kg.check.paths import RDF, SH
from kg.check.report import Report, arranged
from kg.errors import ShapesError

_TYPE = NamedNode(RDF + "type")
_RESULT = NamedNode(SH + "ValidationResult")
_REPORT = NamedNode(SH + "ValidationReport")
_CONFORMS = NamedNode(SH + "conforms")
_DETAIL, _FOCUS = NamedNode(SH + "detail"), NamedNode(SH + "focusNode")


def read_report(path: Path, shapes: Sequence[Path] | None = None, limit: int | None = None) -> Report:
    """The report in an RDF file (Turtle, JSON-LD, N-Triples …); `limit` bounds what is listed.

    Labels, groups and hints come from the files `shapes`, else, for shapes of ours, from ontology/shapes/.
    Raises ShapesError: not RDF, or no validation report in it.
    """
    quads = list(quads_of(path))
    nested = {quad.object for quad in quads if quad.predicate == _DETAIL}
    kept = [quad for quad in quads if not (quad.predicate == _TYPE and quad.subject in nested)]
    _check(path, kept)
    known = load_shapes(shapes)
    results = arranged(reference.read_report(kept, known))
    named = {result.shape for result in results}
    info = {iri: info for iri, info in known.info.items() if shapes or iri in named}
    return Report(results, info, engine=path.name, limit=limit)


def _check(path: Path, quads: list[Quad]) -> None:
    typed = {quad.subject for quad in quads if quad.predicate == _TYPE and quad.object == _RESULT}
    if not typed and not any(quad.object == _REPORT for quad in quads if quad.predicate == _TYPE):
        hint = "name a SHACL validation report in Turtle or another RDF format"
        raise ShapesError("no validation report in it", where=str(path), hint=hint)
    says_no = any(quad.predicate == _CONFORMS and quad.object.value == "false" for quad in quads)  # type: ignore[union-attr]
    if says_no and not typed:
        hint = "is the report whole?"
        raise ShapesError("it says that data do not conform and lists no result", where=str(path), hint=hint)
    without = typed - {quad.subject for quad in quads if quad.predicate == _FOCUS}
    if without:
        where = f"{path}, {min(map(str, without))}"
        raise ShapesError("a result has no sh:focusNode", where=where, hint="is the report whole?")
