"""The graph as tables, for pandas, spreadsheets and databases: a CSV or Parquet file for each kind of thing.

A row is a thing. Cells hold all values that the sources give, separated by " | "; beside a column of IRIs
stands one of labels. The first column is the key that other tables refer to.
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from kg.ask.names import labels, rows
from kg.errors import KgError
from kg.spreadsheet import harmless
from kg.store import Queryable

FORMATS = ("csv", "parquet")
SEPARATOR = " | "
_BOM = "\ufeff"  # by which spreadsheets know UTF-8


class Column(NamedTuple):
    """A column: its name, and the property path to its values; with `labelled`, their labels follow."""

    name: str
    path: str
    labelled: bool = False


def _to(name: str, path: str) -> Column:
    return Column(name, path, labelled=True)


_LABEL = Column("label", "rdfs:label")
_TYPE = _to("type", "a")

#: File name → the class of its rows and its columns.
TABLES: dict[str, tuple[str, tuple[Column, ...]]] = {
    "articles": ("ckg:Article", (
        Column("identifier", "dcterms:identifier"), Column("headline", "schema:headline"),
        Column("published", "schema:datePublished"), Column("author", "schema:author"),
        Column("url", "schema:url"), _to("mentions", "ckg:mentions"),
    )),
    "documents": ("ckg:Document", (
        _LABEL, _TYPE, Column("number", "ckg:documentNumber"),
        Column("symbol", "ckg:symbol"), Column("code", "ckg:code"),
        _to("issuer", "ckg:issuedBy"), Column("issued", "ckg:issuedOn"),
        _to("signer", "ckg:signedBy"), _to("term", "ckg:inTerm"),
        Column("subject_matter", "ckg:subjectMatter"),
        _to("topic", "ckg:about"), _to("implements", "ckg:implements"), _to("based_on", "ckg:basedOn"),
        _to("amends", "ckg:amends"), _to("replaces", "ckg:replaces"), _to("succeeds", "ckg:succeeds"),
        _to("resolved_to", "ckg:resolvedTo"), _to("candidate", "ckg:candidate"),
    )),
    "organs": ("ckg:Organ", (
        _LABEL, _TYPE, _to("level", "ckg:level"), _to("territory", "ckg:territory"),
        _to("part_of", "ckg:partOf"), _to("standing_body_of", "ckg:standingBodyOf"),
        Column("since", "ckg:validFrom"),
        Column("until", "ckg:validUntil"), _to("resolved_to", "ckg:resolvedTo"),
    )),
    "people": ("ckg:Person", (_LABEL, _to("possibly_same", "ckg:possiblySame"))),
    "posts": ("ckg:Tenure", (
        _to("person", "org:member"), Column("post", "ckg:postTitle"), _to("organ", "org:organization"),
        Column("former", "ckg:former"),
    )),
    "events": ("ckg:Event", (
        _LABEL, _TYPE, Column("held", "ckg:heldOn"), Column("month_day", "ckg:monthDay"),
        Column("not_before", "ckg:heldNotBefore"), Column("not_after", "ckg:heldNotAfter"),
        _to("organiser", "ckg:organisedBy"), _to("place", "ckg:heldAt"), _to("about", "ckg:disseminates"),
        Column("attendance", "ckg:attendance"), _to("same_as", "ckg:sameEventAs"),
    )),
    "participations": ("ckg:Participation", (
        _to("event", "^ckg:hasParticipation"), _to("participant", "ckg:participant"),
        _to("role", "ckg:role"), _to("capacity", "ckg:inCapacity"),
    )),
    "tasks": ("ckg:Task", (
        Column("task", "ckg:task"), _to("assigned_by", "ckg:assignedBy"),
        _to("assigned_to", "ckg:assignedTo"), _to("document", "ckg:concerns"),
        Column("due", "ckg:dueOn"), Column("deadline", "ckg:deadlineText"),
        Column("recurrence", "ckg:recurrence"),
    )),
    "statements": ("ckg:Statement", (
        Column("words", "ckg:words"), _to("speaker", "ckg:saidBy"), _to("event", "ckg:saidAt"),
        _to("about", "ckg:concerns"),
    )),
    "claims": ("ckg:Claim", (
        _to("subject", "rdf:subject"), _to("predicate", "rdf:predicate"), _to("object", "rdf:object"),
        _to("status", "ckg:status"), Column("rule", "ckg:rule"), Column("evidence", "ckg:evidence"),
        Column("sentence", "ckg:evidence/oa:exact"), _to("article", "ckg:evidence/ckg:inArticle"),
    )),
    "passages": ("ckg:Passage", (
        _to("article", "ckg:inArticle"), Column("sentence", "oa:exact"), Column("start", "oa:start"),
        Column("end", "oa:end"),
    )),
}  # fmt: skip


def write(
    store: Queryable,
    target: str | os.PathLike[str],
    format: str = "csv",  # noqa: A002  the word that everybody uses for it
    *,
    lang: str = "vi",
    safe: bool = False,
) -> list[Path]:
    """Write every table into the folder `target`, which appears when all of them are complete.

    With `safe`, CSV cells that a spreadsheet would run as a formula get an apostrophe, and files begin with
    the mark by which spreadsheets know UTF-8. Raises KgError: a folder that is there already or cannot be
    written, Parquet without its library.
    """
    folder = Path(target)
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise KgError("is there already", where=str(folder), hint="give the name of a new folder")
    if format == "parquet":
        _arrow()
    temporary = folder.with_name(f".{folder.name}.tmp")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        for name in TABLES:
            header, *body = table(store, name, lang)
            if format == "parquet":
                _parquet(temporary / f"{name}.parquet", header, body)
            else:
                _csv(temporary / f"{name}.csv", [header, *body], safe)
        temporary.replace(folder)
    except OSError as error:
        raise KgError(
            f"cannot be written ({error.strerror})", where=str(folder), hint="check the folder"
        ) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return [folder / f"{name}.{format}" for name in TABLES]


def table(store: Queryable, name: str, lang: str = "vi") -> list[list[str]]:
    """Return one of TABLES: its header, then its rows, sorted by their first column."""
    kind, columns = TABLES[name]
    member = f"?x a/rdfs:subClassOf* {kind}"
    things = sorted({row["x"] for row in rows(store, f"SELECT DISTINCT ?x {{ {member} FILTER(isIRI(?x)) }}")})
    header, cells = ["id"], [things]
    for column in columns:
        found: dict[str, set[str]] = {}
        for row in rows(store, f"SELECT DISTINCT ?x ?y {{ {member} . ?x {column.path} ?y }}"):
            found.setdefault(row["x"], set()).add(row["y"])
        header.append(column.name)
        cells.append([SEPARATOR.join(sorted(found.get(thing, ()))) for thing in things])
        if column.labelled:
            names = labels(store, {iri for values in found.values() for iri in values if _is_iri(iri)}, lang)
            header.append(f"{column.name}_label")
            cells.append([_named(found.get(thing, ()), names) for thing in things])
    return [header, *map(list, zip(*cells, strict=True))]


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _named(iris: Iterable[str], names: dict[str, str]) -> str:
    return SEPARATOR.join(names.get(iri, "") or iri for iri in sorted(iris))


def _csv(path: Path, lines: Sequence[Sequence[str]], safe: bool) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        if safe:
            file.write(_BOM)
        csv.writer(file).writerows([map(harmless, line) for line in lines] if safe else lines)


def _arrow() -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError:
        raise KgError("Parquet needs pyarrow", hint="pip install 'cascade-kg[parquet]'") from None
    return pa


def _parquet(path: Path, header: Sequence[str], body: Sequence[Sequence[str]]) -> None:
    arrow = _arrow()
    schema = arrow.schema([(name, arrow.string()) for name in header])
    columns = [
        arrow.array([cell or None for cell in cells], arrow.string()) for cells in zip(*body, strict=True)
    ]
    made = arrow.Table.from_arrays(columns, schema=schema) if body else schema.empty_table()
    arrow.parquet.write_table(made, path)
