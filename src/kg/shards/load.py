"""`kg load`: a dataset of shards becomes the embedded store, verified file by file."""

from __future__ import annotations

import hashlib
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from kg import builder, schema
from kg.errors import KgError, StoreError
from kg.intake import Progress
from kg.manifest import Record, converter_digest
from kg.shards.dataset import BACKGROUND, FORMAT, manifest_of
from kg.shards.place import Place, place
from kg.shards.shard import record
from kg.store import Loader, Store, default_path

_BLOCK = 1 << 20


def load(
    folder: str | os.PathLike[str],
    store: str | os.PathLike[str] | None = None,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> builder.BuildResult:
    """Make the store in the folder `store` hold the dataset in `folder`, and nothing else, in one step.

    It is then as `kg build` of the same articles makes it: the next build converts only what is new. `jobs`
    threads load. Raises StoreError: no complete dataset, one of another version, a file that is damaged
    (named); the store is then as it was before.
    """
    start = time.perf_counter()
    target = Path(store) if store is not None else default_path()
    source = place(str(folder))
    manifest = _checked(source, str(folder))
    files = [*manifest["parts"], *(f for f in manifest["own"] if f["name"].startswith("inferred"))]
    shown = progress or (lambda *_: None)
    with closing(Store.open(target, create=True, base=manifest["base"], anew=True)) as opened:
        with opened.scratch() as scratch, Loader(opened, jobs, ours=False) as loader:
            for done, file in enumerate(files):
                shown(done, len(files), file["name"])
                loader.load(_unpacked(source, file, scratch))
        adopted = builder.adopt(opened, _articles(source, manifest), shown)
        return adopted.result(target, time.perf_counter() - start)


def _checked(source: Place, folder: str) -> dict[str, Any]:
    """The manifest. Raises StoreError unless it is of a complete dataset that this program can load."""
    manifest = manifest_of(source)
    if manifest is None:
        raise StoreError("no complete dataset is there", where=folder, hint="kg build SOURCE... --out DIR")
    if manifest["format"] != FORMAT:
        raise StoreError(
            f"another version wrote this dataset (format {manifest['format']}, kg {manifest['program']})",
            where=folder,
            hint="build it again, or use the version that wrote it",
        )
    own = {name: schema.digest(name, manifest["base"]) for name in BACKGROUND}
    if manifest["background"] != own:
        raise StoreError(
            "it was built with another ontology or register than this program's",
            where=folder,
            hint="run kg build again with the same --out",
        )
    return manifest


def _unpacked(source: Place, file: dict[str, Any], folder: Path) -> Path:
    """A file of the dataset, opened into `folder`. Raises StoreError unless it is what the manifest says."""
    name: str = file["name"]
    packed = source.read(name)
    if packed is None or hashlib.sha256(packed).hexdigest() != file["sha256"]:
        reason = "is missing" if packed is None else "is damaged: it does not have the manifest's digest"
        raise StoreError(reason, where=name, hint="run kg build again with the same --out")
    target = folder / name.removesuffix(".gz")
    opener = zlib.decompressobj(wbits=31)
    try:
        with target.open("wb") as out:
            for at in range(0, len(packed), _BLOCK):
                out.write(opener.decompress(packed[at : at + _BLOCK]))
            out.write(opener.flush())
    except OSError as fault:
        raise StoreError(f"cannot be written ({fault.strerror})", where=str(folder)) from None
    return target


def _articles(source: Place, manifest: dict[str, Any]) -> Iterator[tuple[str, Record]]:
    converter = converter_digest(manifest["base"])
    for part in manifest["parts"]:
        name = part["name"].removesuffix(".nq.gz")
        found = record(source, name)
        if found is None or found["made_of"] != part["made_of"]:
            raise KgError("its record is missing", where=name, hint="run kg build again with the same --out")
        for stem, (path, digest, iri, kinds, unresolved) in found["articles"].items():
            yield stem, Record(path, digest, converter, iri, kinds, unresolved)
