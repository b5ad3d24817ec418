"""One shard: read → convert → sort → pack → publish. The function that every engine runs, alone for itself.

::

    part-00017.nq.gz           the quads: sorted, distinct, no blank nodes; one graph an article
    shards/part-00017.gist.gz  what conclusions need of the articles (kg.gist), sorted
    shards/part-00017.json     what it was made of and what it holds; written last: then all of it is there
"""

from __future__ import annotations

import hashlib
import json
import logging
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kg import read
from kg.errors import KgError, SourceError, StoreError
from kg.gist import Gist
from kg.lines import Lines
from kg.manifest import converter_digest
from kg.model import Article
from kg.shards.place import Place, local, place
from kg.shards.plan import Piece, Shard

if TYPE_CHECKING:
    from kg.convert import Converter

MANIFEST = "manifest.json"
_FORMAT = 3
_BLOCK = 1 << 20

log = logging.getLogger(__name__)


class Made(NamedTuple):
    """What became of a shard: `new` unless a former run had made it from the same."""

    number: int
    new: bool
    articles: int
    quads: int
    failed: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Some articles of a shard, to find one that ends its process."""

    shard: Shard
    names: tuple[str, ...]


def make(shard: Shard) -> Made:
    """Make a shard, unless it is there already, made from the same by the same.

    An article that cannot be used is told in the shard's record, and the others are in the shard. Raises
    StoreError where the shard cannot be written: then it is not there, and the dataset is not complete.
    """
    out = place(shard.out)
    known = record(out, shard.name)
    if known and _is_whole(out, known):
        same = without(shard, known["left_out"]) if shard.left_out is None else shard
        if known["made_of"] == made_of(same):
            return _made(shard, known, new=False)
    shard = without(shard, dict(shard.left_out or ()))
    digest = made_of(shard)  # before it is read: what changes meanwhile is read again next time
    try:
        out.remove(MANIFEST)  # from here on the dataset is not complete
        out.remove(f"shards/{shard.name}.json")
        return _make(shard, out, digest)
    except OSError as fault:
        raise StoreError(
            f"cannot be written ({fault.strerror or fault})", where=shard.out, hint="then build again"
        ) from None


def names(shard: Shard) -> list[str]:
    """The names of a shard's articles, in order."""
    return [article.stem for _, article in articles(shard) if isinstance(article, Article)]


def probe(sample: Sample) -> None:
    """Convert some articles for nothing: only whether the process lives is of interest."""
    for _, article in articles(sample.shard):
        if isinstance(article, Article) and article.stem in sample.names:
            with suppress(KgError):
                _converted(_converter(sample.shard.base), article)


def record(out: Place, name: str) -> dict[str, Any] | None:
    """What is known of a finished shard; None where it is not finished."""
    data = out.read(f"shards/{name}.json")
    try:
        found = json.loads(data or b"null")
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.get("format") == _FORMAT else None


def made_of(shard: Shard) -> str:
    """The digest of all that a shard is made from: sources, names left out, reader, base, code, ontology."""
    total = hashlib.sha256(f"{shard.reader}\0{shard.left_out}\0{converter_digest(shard.base)}\0".encode())
    for piece in shard.pieces:
        total.update(f"{Path(piece.source).name}\0{piece.part}\0{_digest(piece)}\0".encode())
    return total.hexdigest()


def _digest(piece: Piece) -> str:
    """The digest of a piece's bytes; "" where it cannot be read."""
    total = hashlib.sha256()
    try:
        with local(piece.source) as path:
            if isinstance(piece.part, int):  # a row group: what its rows say
                for article in read.articles(path, None, piece.part):
                    total.update(str(getattr(article, "digest", article)).encode())
                return total.hexdigest()
            start, stop = (piece.part.start, piece.part.stop) if piece.part else (0, 1 << 62)
            if not path.is_file():
                return ""
            with path.open("rb") as file:
                file.seek(start)
                while block := file.read(min(_BLOCK, stop - file.tell())):
                    total.update(block)
    except (KgError, OSError):
        return ""
    return total.hexdigest()


def articles(shard: Shard) -> Iterator[tuple[str, Article | KgError]]:
    """The articles of a shard with their sources, and what is wrong with those that cannot be read."""
    for piece in shard.pieces:
        try:
            with local(piece.source) as path:
                for article in read.articles(path, shard.reader, piece.part):
                    if isinstance(article, SourceError):
                        article.where = article.where.replace(str(path), piece.source)
                    yield piece.source, article
        except SourceError as fault:
            yield piece.source, fault


def _make(shard: Shard, out: Place, digest: str) -> Made:
    left_out = dict(shard.left_out or ())
    held: dict[str, list[Any]] = {}
    failed: list[list[str]] = []
    repaired: dict[str, str] = {}
    gist = Gist(shard.base)
    with Lines(out.scratch()) as quads, Lines(out.scratch()) as some:
        for source, article in articles(shard):
            try:
                if isinstance(article, KgError):
                    raise article
                if reason := left_out.get(article.stem) or _twice(article, held):
                    raise SourceError(reason, where=source, hint="left out")
                conversion = _converted(_converter(shard.base), article)
            except KgError as fault:
                failed.append([fault.message, fault.where, fault.hint])
                continue
            made = conversion.facts + conversion.claims
            lines = sorted(set(made.splitlines(keepends=True)))
            quads.add(lines, len(made))
            gist.add(conversion.keys)
            if gist.is_full:
                _take(gist, some)
            held[article.stem] = [
                *(source, article.digest, conversion.article_iri),
                *(dict(sorted(conversion.kinds.items())), list(conversion.unresolved)),
            ]
            if told := read.told(article):
                repaired[article.stem] = told
        _take(gist, some)
        found: dict[str, Any] = {"articles": held, "failed": failed, "repaired": repaired}
        found |= {"format": _FORMAT, "made_of": digest, "left_out": left_out}
        return _publish(shard, out, {"part": quads, "gist": some}, found)


def _take(gist: Gist, some: Lines) -> None:
    lines = gist.take()
    some.add(lines, sum(map(len, lines)))


def _publish(shard: Shard, out: Place, collected: dict[str, Lines], found: dict[str, Any]) -> Made:
    """Write and publish both files, then the record, which makes the shard one that is there."""
    names = {"part": f"{shard.name}.nq.gz", "gist": f"shards/{shard.name}.gist.gz"}
    with tempfile.TemporaryDirectory(dir=out.scratch(), suffix=".tmp") as folder:
        for kind, lines in collected.items():
            path = Path(folder) / kind
            found[kind] = {"name": names[kind], **lines.pack(path)._asdict()}
            out.publish(path, names[kind])
    out.write(f"shards/{shard.name}.json", _json(found))
    return _made(shard, found, new=True)


def _json(found: dict[str, Any]) -> bytes:
    text = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return (text + "\n").encode("utf-8", "backslashreplace")


def _twice(article: Article, held: dict[str, list[Any]]) -> str:
    """Why an article is left out whose name another one has."""
    other = held.get(article.stem)
    return f"{other[0]} has an article of the same name, {article.stem}" if other else ""


def _converted(converter: Converter, article: Article) -> Any:
    try:
        return converter.convert(article)
    except KgError:
        raise
    except Exception as fault:
        log.debug("%s", article.path, exc_info=True)
        reason = f"cannot be converted ({type(fault).__name__}: {fault})"
        raise SourceError(reason, where=article.stem, hint="-v shows where; please report it") from None


@lru_cache(maxsize=1)  # one for all shards of a process
def _converter(base: str) -> Converter:
    from kg.convert import Converter

    return Converter(base)


def _is_whole(out: Place, known: dict[str, Any]) -> bool:
    """Whether the files of a shard are those that its record tells of."""
    return all(out.digest(known[kind]["name"]) == known[kind]["sha256"] for kind in ("part", "gist"))


def _made(shard: Shard, found: dict[str, Any], *, new: bool) -> Made:
    return Made(shard.number, new, len(found["articles"]), found["part"]["lines"], len(found["failed"]))


def without(shard: Shard, names: dict[str, str]) -> Shard:
    """The shard without these articles, and no others: name → reason."""
    return replace(shard, left_out=tuple(sorted(names.items())))
