"""/export.…: the graphs as a file, written once for each version, by a process of its own."""

from __future__ import annotations

import asyncio
import gzip
import os
import shutil
import sys
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from kg.serve.app import Service
from kg.serve.dataset import Snapshot
from kg.serve.negotiate import accepts_gzip, etag, not_modified, revalidated
from kg.serve.problem import Problem

_WAIT = {"Retry-After": "10"}


@dataclass(frozen=True, slots=True)
class Dump:
    """A file that is offered: the name of its format for `kg.export`, and its media type."""

    form: str
    media: str
    zipped: bool = False  # the file itself is compressed, whatever the client says
    whole: bool = True  # all graphs; else what articles state and what follows, which one graph can hold

    @property
    def holds(self) -> dict[str, str]:
        """What is in it, in Vietnamese and English."""
        if self.whole:
            return {"vi": "Mọi đồ thị", "en": "All graphs"}
        return {
            "vi": "Điều các bài báo nêu và kết luận, không có câu văn làm chứng",
            "en": "What articles state and what follows, without the sentences that say so",
        }


#: Suffix → what is offered.
DUMPS = {
    "ttl": Dump("turtle", "text/turtle", whole=False),
    "trig": Dump("trig", "application/trig"),
    "nq.gz": Dump("nquads", "application/gzip", zipped=True),
    "jsonld": Dump("jsonld", "application/ld+json"),
}


class _Files:
    """The files of one version of the graph; they go with it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._folder = Path(tempfile.mkdtemp(prefix="kg-dump-"))
        self._making: dict[str, asyncio.Task[Path]] = {}
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    async def file(self, suffix: str, patience: float) -> Path:
        """Return the compressed file; it is made when it is first asked for. Raises Problem while it is."""
        task = self._making.get(suffix)
        if task is None or (task.done() and task.exception()):
            task = self._making[suffix] = asyncio.create_task(self._make(suffix))
        try:
            async with asyncio.timeout(patience):
                return await asyncio.shield(task)
        except TimeoutError:
            raise Problem("busy", "the file is being written", headers=_WAIT) from None

    async def _make(self, suffix: str) -> Path:
        target = self._folder / f"{suffix}.gz"
        arguments = (str(self.snapshot.quads), self.snapshot.base, DUMPS[suffix].form, str(target))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "kg.serve.dumps", *arguments, stdin=asyncio.subprocess.DEVNULL
        )
        if await process.wait() != 0:
            raise Problem("internal", "the file could not be written")
        return target


def routes(service: Service) -> list[BaseRoute]:
    """Return /export.ttl and the others."""
    newest: list[_Files] = []

    async def export(request: Request) -> Response:
        suffix = request.scope["path"].partition(".")[2]
        dump = DUMPS[suffix]
        snapshot = service.dataset.current
        if snapshot.quads is None:
            raise Problem("not-found", "a remote store is not copied: ask it for its own dumps")
        plain = not dump.zipped and not accepts_gzip(request)
        tag = etag(snapshot.version, suffix, str(plain))
        if fresh := not_modified(request, tag):
            return fresh
        if not newest or newest[0].snapshot is not snapshot:
            newest[:] = [_Files(snapshot)]
        files = newest[0]
        path = await files.file(suffix, service.settings.timeout)
        headers = revalidated(tag) | {
            "X-Dataset-Version": snapshot.version,
            "Content-Disposition": f'attachment; filename="cascade-kg-{snapshot.version}.{suffix}"',
        }
        if plain:
            path = path.with_suffix("")
        elif not dump.zipped:
            headers["Content-Encoding"] = "gzip"
        return FileResponse(path, headers=headers, media_type=dump.media)

    return [Route(f"/export.{suffix}", export) for suffix in DUMPS]


def main(quads: str, base: str, form: str, target: str) -> None:
    """Write one dump, compressed as `target` and plain beside it; the same bytes for the same graph."""
    import pyoxigraph as ox

    from kg.export import serialised
    from kg.store import Store

    os.nice(10)
    path = Path(target)
    plain = path.with_suffix("")
    with plain.open("wb") as file, gzip.GzipFile(path, "wb", 6, mtime=0) as zipped:
        for piece in serialised(Store(ox.Store.read_only(quads), base), form):
            file.write(piece)
            zipped.write(piece)


if __name__ == "__main__":
    main(*sys.argv[1:])
