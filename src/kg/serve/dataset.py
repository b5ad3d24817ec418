"""What is served: a store, RDF files or a remote endpoint, as snapshots that do not change under a reader."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from kg.errors import StoreError
from kg.generations import Pointer
from kg.namespaces import DEFAULT_BASE
from kg.schema import graph_iri
from kg.store import Answer, Queryable, Store


class Snapshot:
    """One version of the graph, a `kg.store.Queryable`; its files stay while somebody holds it.

    `version` is a short text that is the same for the same graph, "" where nobody knows (a remote endpoint).
    `quads` is the folder of the embedded store, which worker processes open too; None for a remote endpoint.
    """

    def __init__(self, source: Queryable, version: str, quads: Path | None) -> None:
        self._source = source
        self.version = version
        self.quads = quads
        weakref.finalize(self, source.close)

    @property
    def base(self) -> str:
        """The base IRI under which the graph's resources are minted."""
        return self._source.base

    @property
    def store(self) -> Store | None:
        """The embedded store behind; None for a remote endpoint."""
        return self._source if isinstance(self._source, Store) else None

    def query(self, sparql: str) -> Answer:
        """Answer one of our own, bounded queries; it blocks. Raises KgError."""
        return self._source.query(sparql)

    def labels(self, iris: Iterable[str], lang: str = "vi") -> dict[str, str]:
        """Return IRI → label for those that have one; it blocks."""
        from kg.ask.names import labels

        return labels(self._source, iris, lang)

    def close(self) -> None:
        """Do nothing: the files are let go when nobody holds the snapshot any more."""


class Dataset:
    """The newest snapshot of what is served, and how to look for a newer one."""

    def __init__(self, open_: Callable[[], Snapshot], stamp: Callable[[], object] = lambda: None) -> None:
        self._open = open_
        self._stamp = stamp
        self._seen = stamp()
        self._turn = threading.Lock()
        self.current = open_()
        self.endpoint = ""  # a remote store that workers ask, with scheme, user and secret
        self.login = ("none", "", "")

    @classmethod
    def of_store(cls, path: str | os.PathLike[str]) -> Dataset:
        """Serve the store in a folder; a rebuilt one is seen by `refresh`. Raises StoreError."""
        folder = Path(path)
        return cls(lambda: _published(folder), lambda: _pointer(folder))

    @classmethod
    def of_files(cls, paths: Sequence[Path], base: str = DEFAULT_BASE) -> Dataset:
        """Serve RDF files, loaded once into a store of their own. Raises StoreError, with line and column."""
        return cls(lambda: _loaded(paths, base), lambda: _times(paths))

    @classmethod
    def of_endpoint(
        cls, url: str, login: tuple[str, str, str] = ("none", "", ""), timeout: float = 30
    ) -> Dataset:
        """Serve a SPARQL endpoint elsewhere; `login` is scheme, user, secret. Raises StoreError.

        What the server itself asks there ends after `timeout` seconds, as workers' queries do.

        Its version is "": the protocol has no word for it, and what a server says of one answer (ETag,
        Last-Modified) says nothing of another. So answers from there bear no ETag and none is kept.
        """
        from kg.remote import Endpoint, Login

        endpoint = Endpoint(url, Login(*login), timeout=timeout, whole=timeout)
        dataset = cls(lambda: Snapshot(endpoint, "", None))
        dataset.endpoint, dataset.login = url, login
        return dataset

    @property
    def version(self) -> str:
        """The version of the newest snapshot."""
        return self.current.version

    @property
    def base(self) -> str:
        """The base IRI of the newest snapshot."""
        return self.current.base

    def query(self, sparql: str) -> Answer:
        """Answer one of our own, bounded queries from the newest snapshot; it blocks."""
        return self.current.query(sparql)

    def labels(self, iris: Iterable[str], lang: str = "vi") -> dict[str, str]:
        """Return IRI → label for those that have one; it blocks."""
        return self.current.labels(iris, lang)

    def refresh(self) -> bool:
        """Take a newer version if there is one, and say so; the old one goes on while it is held. It blocks.

        Raises StoreError or OSError where the new one cannot be read: the old one stays.
        """
        with self._turn:
            stamp = self._stamp()
            if stamp == self._seen:
                return False
            snapshot = self._open()
            self._seen = stamp
            changed = snapshot.version != self.current.version
            self.current = snapshot
            return changed


def _published(folder: Path) -> Snapshot:
    """Open the generation that is published now."""
    store = Store.open(folder, read_only=True)
    generation = store.folder
    assert generation is not None, "a store on disk has a folder"
    total = hashlib.sha256(f"{store.base}\0{generation.name}\0".encode())
    with contextlib.suppress(FileNotFoundError):
        total.update((generation / "manifest.json").read_bytes())
    return Snapshot(store, total.hexdigest()[:16], generation / "quads")


def _pointer(folder: Path) -> object:
    return Pointer.read(folder)


def _loaded(paths: Sequence[Path], base: str) -> Snapshot:
    """Load files into a store on disk that goes with the snapshot: worker processes share its pages."""
    folder = Path(tempfile.mkdtemp(prefix="kg-serve-"))
    try:
        quads, total = ox.Store(folder / "quads"), hashlib.sha256(base.encode())
        for path in paths:
            _load(quads, path, base)
            with path.open("rb") as file:
                total.update(hashlib.file_digest(file, "sha256").digest())
        quads.flush()
        del quads
        store = Store(ox.Store.read_only(str(folder / "quads")), base)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    snapshot = Snapshot(store, total.hexdigest()[:16], folder / "quads")
    weakref.finalize(snapshot, shutil.rmtree, folder, ignore_errors=True)
    return snapshot


def _load(quads: ox.Store, path: Path, base: str) -> None:
    """Load one file; triples go into a graph named after the file, never after its place on this machine."""
    form = ox.RdfFormat.from_extension(path.suffix.removeprefix("."))
    if form is None:
        hint = ".ttl, .nt, .trig, .nq, .rdf or .jsonld"
        raise StoreError("not a known RDF format", where=str(path), hint=hint)
    name = graph_iri(base, quote(path.name))
    graph = None if form.supports_datasets else ox.NamedNode(name)
    try:
        quads.bulk_load(path=path, format=form, base_iri=name, to_graph=graph)
    except SyntaxError as error:
        place = f"{path}: line {error.lineno}, column {error.offset}" if error.lineno else str(path)
        raise StoreError(f"not valid RDF: {error.msg}", where=place) from None
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot be read ({error})", where=str(path)) from None


def _times(paths: Sequence[Path]) -> object:
    return [(path, found.st_mtime_ns, found.st_size) for path in paths for found in (path.stat(),)]
