"""One way in for stores and for files: choose the engine, find the sentences, put the report together.

Measured on 45k triples (25 articles, the register, the ontology; two shared cores): compiled 0.22 s for all
constraints at their slowest plan, with sentences and names 0.2 to 0.3 s; pySHACL with prepared queries
7 to 11 s, its import 0.4 s more. So "auto" reports what the compiled shapes find, and pySHACL is asked where
a construct does not compile or where the caller wants the reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

from pyoxigraph import Quad, Store

from kg.check import screen
from kg.check.compile import Plan
from kg.check.confirm import SAMPLE, agreed, confirmed, endless
from kg.check.load import noted, quads_of, read
from kg.check.locate import located
from kg.check.paths import SH
from kg.check.query import refuse_unreadable
from kg.check.report import Report, Result, ShapeInfo, arranged, compared, first
from kg.check.screen import Found
from kg.check.shapes import Shapes, read_shapes
from kg.errors import ShapesError
from kg.resources import ontology_dir

#: results after which pySHACL is not asked about every one: it takes a millisecond each
_MANY = 5_000
ENGINES = ("auto", "compiled", "pyshacl")


def load_shapes(paths: Sequence[Path | str] | None = None) -> Shapes:
    """Our own shapes (ontology/shapes/*.ttl), or those of the files named. Raises ShapesError."""
    files = [Path(p) for p in paths] if paths else sorted((ontology_dir() / "shapes").glob("*.ttl"))
    if not files:
        raise ShapesError(
            "no shapes found", where=str(ontology_dir() / "shapes"), hint="name them with --shapes"
        )
    return _read(files, foreign=True) if paths else _own(tuple((f, f.stat().st_mtime_ns) for f in files))


@lru_cache(maxsize=1)
def _own(stamped: tuple[tuple[Path, int], ...]) -> Shapes:
    """Our own shapes, read once until a file changes: longer than to validate a changed article with them."""
    return _read([file for file, _ in stamped], foreign=False)


def _read(files: Sequence[Path], foreign: bool) -> Shapes:
    quads = {file: list(quads_of(file)) for file in files}
    try:
        shapes = read_shapes(quad for file in files for quad in quads[file])
        if foreign:
            refuse_unreadable(shapes)
    except ShapesError as error:
        telling = [str(file) for file in files if any(_names(q.subject, error.where) for q in quads[file])]
        error.where = ", ".join(filter(None, [" or ".join(telling), error.where]))
        raise
    return shapes


def _names(term: object, text: str) -> bool:
    return str(term) in (text, f"<{text}>")


def validate_files(
    paths: Sequence[Path | str],
    shapes: Sequence[Path | str] | None = None,
    engine: str = "auto",
    evidence: bool = True,
    limit: int | None = None,
    baseline: Report | None = None,
    syntax: str = "",
) -> Report:
    """Validate the union of RDF files; with our own shapes, our ontology's class tree is read beside them.

    `syntax` ("nq", "jsonld" …) is that of standard input, and of files whose suffix says none. The other
    options are those of `validate_store`.

    Raises ShapesError (could not run) with file, line and column.
    """
    own = () if shapes else sorted(ontology_dir().glob("*.ttl"))
    store, written = read([*own, *paths], syntax)
    return validate_store(store, shapes, engine, evidence, limit, baseline, ours=True, written=written)


def validate(
    data: Iterable[Quad], shapes: Iterable[Quad] | None = None, engine: str = "auto", evidence: bool = True
) -> Report:
    """Validate RDF that is already parsed; without `shapes` against our own. Raises ShapesError."""
    store, written = Store(), dict[Quad, Quad]()
    store.extend(noted(data, written))
    known = read_shapes(shapes) if shapes is not None else None
    return validate_store(store, known, engine, evidence, ours=True, written=written)


def validate_quads(
    quads: Iterable[Quad],
    shapes: Sequence[Path | str] | None = None,
    engine: str = "auto",
    limit: int | None = None,
    baseline: Report | None = None,
) -> Report:
    """Validate quads that come from anywhere; with our own shapes, our class tree is read beside them.

    The options are those of `validate_store`. Raises ShapesError where validation could not run.
    """
    store, written = read(() if shapes else sorted(ontology_dir().glob("*.ttl")))
    store.extend(noted(quads, written))
    return validate_store(store, shapes, engine, True, limit, baseline, ours=True, written=written)


def validate_store(
    store: Store,
    shapes: Sequence[Path | str] | Shapes | None = None,
    engine: str = "auto",
    evidence: bool = True,
    limit: int | None = None,
    baseline: Report | None = None,
    ours: bool = False,
    written: Mapping[Quad, Quad] | None = None,
) -> Report:
    """Validate the union of all graphs of a pyoxigraph store.

    `engine` is one of ENGINES. `evidence=False` leaves out sentences, names and counts of focus nodes, for a
    caller that wants no more than `Report.counts()`. All results are counted, `limit` of them are listed with
    their sentences. With a `baseline`, the report says what is new and what is gone since. `ours`: the store
    is in memory and nobody else uses it; it is not copied then, and is as it was afterwards. `written`: the
    quads that the store has changed (see `kg.check.load.read`). Raises ShapesError where validation could
    not run.
    """
    if engine not in ENGINES:
        raise ShapesError(f"there is no engine {engine!r}", hint=f"one of {', '.join(ENGINES)}")
    known = shapes if isinstance(shapes, Shapes) else load_shapes(shapes)
    results, used, notes = _run(store, known, engine, ours, written or {})
    report = Report((), known.info, {}, tuple(notes), used, known.unsupported, limit)
    if limit is None or baseline is not None:
        report = replace(report, results=arranged(results))
    else:
        kept, unlisted = first(results, limit)
        report = replace(report, results=kept, unlisted=unlisted)
    if baseline is not None:
        report = compared(report, baseline)
    if not evidence:
        return report
    info = _with_focus_nodes(store, known)
    if not any(info[root.iri].focus_nodes for root in known.roots):
        notes.append("no shape had a focus node (0 focus nodes): the data conforms by vacuity")
    return located(replace(report, shapes=info, notes=tuple(notes)), store)


def _run(
    store: Store, shapes: Shapes, engine: str, ours: bool, written: Mapping[Quad, Quad]
) -> tuple[Iterable[Result], str, list[str]]:
    """The results, the name of the engine that found them, and what the caller must be told."""
    from kg.check import reference

    if engine == "pyshacl" or any(quad.predicate.value == SH + "rule" for quad in shapes.quads):
        return reference.validate((written.get(quad, quad) for quad in store), shapes), "pyshacl", []
    if written and engine == "auto":
        note = "the embedded store keeps xsd:byte, xsd:int and the like as xsd:integer: validated by pySHACL"
        return reference.validate((written.get(quad, quad) for quad in store), shapes), "pyshacl", [note]
    plan = screen.plan_for(store, shapes)
    if engine == "compiled" and plan.left_over:
        why = next(iter(plan.left_over.values()))
        raise ShapesError(f"does not compile: {why}", hint="use --engine pyshacl")
    found = screen.run(store, plan, ours)
    if engine == "compiled":
        return (result for _, result in found), "compiled", []
    results, engine, notes = _confirmed(store, shapes, plan, found)
    if plan.left_over and engine != "pyshacl":
        results = chain(results, reference.validate(iter(store), shapes, dict.fromkeys(plan.left_over)))
        engine = "compiled, pyshacl" if plan.selects else "pyshacl"
        notes += [f"validated by pySHACL, since this does not compile: {'; '.join(plan.left_over.values())}"]
    return results, engine, notes


def _confirmed(
    store: Store, shapes: Shapes, plan: Plan, found: Iterator[Found]
) -> tuple[Iterable[Result], str, list[str]]:
    """What the compiled shapes found, once pySHACL has said the same of it."""
    from kg.check import reference

    notes, unasked = [], endless(shapes)
    if unasked:
        names = ", ".join(sorted(map(str, unasked)))
        why = "which might never answer or cannot read a pattern"
        notes.append(f"pySHACL, {why}, was not asked to confirm the results of {names}")
    head = list(islice(found, _MANY))
    asked = [hit for hit in head if hit[0].node not in unasked]
    if len(head) == _MANY and agreed(store, shapes, plan, asked):
        notes.append(f"{_MANY} results or more: pySHACL confirmed those of {SAMPLE} nodes of each shape")
        return (result for _, result in chain(head, found)), "compiled", notes
    rest = list(found)
    results = confirmed(store, shapes, asked + [hit for hit in rest if hit[0].node not in unasked])
    if results is None:
        note = "the compiled shapes and pySHACL disagree on this data; the report is pySHACL's, on all of it"
        return reference.validate(iter(store), shapes), "pyshacl", [note]
    return results + [r for root, r in (*head, *rest) if root.node in unasked], "compiled", notes


def _with_focus_nodes(store: Store, shapes: Shapes) -> dict[str, ShapeInfo]:
    info = dict(shapes.info)
    known: dict[str, int] = {}
    for root, pattern in screen.focus_patterns(store, shapes):
        if pattern not in known:
            known[pattern] = screen.count(store, pattern)
        info[root.iri] = replace(info[root.iri], focus_nodes=known[pattern])
        for prop in root.properties:
            info[prop.iri] = replace(info[prop.iri], focus_nodes=known[pattern])
    return info
