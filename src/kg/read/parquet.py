"""Parquet: one article a row, with the columns that a record of JSON Lines has; others are not read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import SourceError
from kg.model import Article
from kg.read.files import MAX_BYTES, open_regular, shown
from kg.read.lines import no_text, of_record

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

_COLUMNS = ("text", "title", "date", "author", "url", "id")
_ROWS = 256  # rows that are opened at a time: bounds the memory


def read_rows(path: Path, stem: str, group: int | None = None) -> Iterator[Article | SourceError]:
    """The articles of a file, or of one of its row groups, in order; for a row that is none, what is wrong.

    An article's stem is `{stem}-{id}`, the id made safe, or `{stem}-row-{n}`, counted from 1 over the file.
    """
    try:
        with open_regular(path) as raw, _opened(path, raw) as file:
            groups = range(file.num_row_groups) if group is None else [group]
            number = sum(file.metadata.row_group(i).num_rows for i in range(groups[0] if groups else 0))
            columns = [name for name in _COLUMNS if name in file.schema_arrow.names]
            if "text" not in columns:
                raise no_text(shown(path))
            seen: dict[str, int] = {}
            for batch in file.iter_batches(_ROWS, row_groups=list(groups), columns=columns):
                for row in batch.to_pylist():
                    number += 1
                    yield _article(path, stem, number, row, seen)
    except SourceError as fault:
        yield fault
    except Exception as fault:  # the library has many kinds of errors for files that are cut or hostile
        reason = f"cannot be read as Parquet ({type(fault).__name__}: {fault})"
        yield SourceError(reason, where=shown(path), hint="check the file, or get it again")


def row_groups(path: Path) -> list[int]:
    """The bytes of each row group. Raises SourceError for what is no Parquet file."""
    try:
        with open_regular(path) as raw, _opened(path, raw) as file:
            return [file.metadata.row_group(i).total_byte_size for i in range(file.num_row_groups)]
    except (OSError, ValueError) as fault:
        reason = f"cannot be read as Parquet ({fault})"
        raise SourceError(reason, where=shown(path), hint="check the file, or get it again") from None


def _opened(path: Path, raw: Any) -> ParquetFile:
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise SourceError(
            "Parquet files need a library that is not installed (pyarrow)",
            where=shown(path),
            hint="pip install 'cascade-kg[parquet]'",
        ) from None
    return ParquetFile(raw)


def _article(
    path: Path, stem: str, number: int, row: dict[str, Any], seen: dict[str, int]
) -> Article | SourceError:
    where = f"{shown(path)}: row {number}"
    record = {name: v.isoformat() if isinstance(v, date) else v for name, v in row.items() if v is not None}
    try:
        if not isinstance(record.get("text"), str):
            raise no_text(where)
        if len(record["text"]) > MAX_BYTES:
            raise SourceError(f"over the limit of {MAX_BYTES:,} characters for one article", where=where)
        text = json.dumps(record, sort_keys=True, ensure_ascii=False, default=str)
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        article = of_record(path, f"{stem}-row-{number}", record, where, digest, "parquet")
        if seen.setdefault(article.stem, number) != number:
            reason = f"the same id as row {seen[article.stem]}"
            raise SourceError(reason, where=where, hint="give each article its own id")
    except SourceError as fault:
        return fault
    return article
