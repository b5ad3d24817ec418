"""The embedded store: named graphs on disk, and the one place that makes their union the default graph.

`kg.generations` keeps the files: what a writer does is seen after `Store.commit`, all of it, or never.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from kg.errors import QueryError, StoreError
from kg.generations import Disk, Pointer
from kg.namespaces import DEFAULT_BASE
from kg.sparql.complaint import complaint

DEFAULT_STORE = "kg-store"
_BULK = 1_000_000  # characters from which the bulk loader is faster than a transaction

Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples | Iterator[ox.Triple]
Node = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


class Queryable(Protocol):
    """Anything that answers SPARQL over the union of its graphs: the embedded store, or a remote endpoint."""

    @property
    def base(self) -> str:
        """The base IRI under which the graph's resources are minted."""

    def query(self, sparql: str) -> Answer:
        """Answer a SELECT, ASK, CONSTRUCT or DESCRIBE query."""

    def close(self) -> None:
        """Let go of files and connections."""


def default_path() -> Path:
    """Return ``$KG_STORE``, else ``./kg-store``."""
    return Path(os.environ.get("KG_STORE") or DEFAULT_STORE)


class Store:
    """A set of named graphs. Open it with `Store.open` (on disk) or `Store.in_memory`.

    A store that is open for writing shows its changes at once, but to others only what `commit` published.
    As a context manager it commits on a clean exit and drops the changes when an exception passes.
    """

    def __init__(self, quads: ox.Store, base: str, *, disk: Disk | None = None) -> None:
        self._quads: ox.Store | None = quads
        self._base = base
        self._disk = disk

    # ------------------------------------------------------------------ opening and closing
    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        read_only: bool = False,
        create: bool = False,
        base: str = "",
        anew: bool = False,
    ) -> Store:
        """Open the store in folder `path`.

        With `create`, a missing or empty folder becomes a store with the base IRI `base` (or the default).
        With `anew` it begins empty, under `base`, whatever is published; that is replaced by `commit`.
        Raises StoreError: no store there, another version's store, another writer at work, another base IRI.
        """
        disk = Disk(Path(path))
        try:
            pointer = (
                disk.read()
                if read_only
                else disk.write((base or DEFAULT_BASE) if create else None, anew=anew)
            )
            if base and base != pointer.base:
                raise StoreError(
                    f"its base IRI is {pointer.base}, not {base}",
                    where=str(path),
                    hint="build into a new --store",
                )
            return cls(disk.engine(), pointer.base, disk=disk)
        except BaseException:
            disk.close()
            raise

    @classmethod
    def in_memory(cls, nquads: str = "", *, base: str = "") -> Store:
        """Return a store without files; `commit` does nothing."""
        quads = ox.Store()
        quads.load(nquads, ox.RdfFormat.N_QUADS)
        return cls(quads, base)

    def close(self) -> None:
        """Let go of the files and the lock; changes that were not committed are dropped."""
        self._quads = None
        if self._disk:
            self._disk.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.commit()
        finally:
            self.close()

    @property
    def base(self) -> str:
        """The base IRI under which the graph's resources are minted."""
        return self._base

    @property
    def folder(self) -> Path | None:
        """The folder of the generation on disk, where a builder keeps its manifest; None in memory."""
        return self._disk.generation if self._disk else None

    @property
    def before(self) -> Path | None:
        """The folder that readers see while the next generation is being written; None before the first."""
        pointer = Pointer.read(self._disk.folder) if self._disk else None
        return self._disk.folder / pointer.generation if self._disk and pointer else None

    @property
    def engine(self) -> ox.Store:
        """The pyoxigraph store behind, for libraries that take one; its own `query` knows no union."""
        if self._quads is None:
            raise StoreError("the store is closed")
        return self._quads

    # ------------------------------------------------------------------ reading
    def query(self, sparql: str) -> Answer:
        """Answer a query over the union of all graphs.

        The union is a bag: a triple that two graphs hold matches twice, so count with DISTINCT.
        Raises QueryError with line and column when the query cannot be read.
        """
        try:
            return self.engine.query(sparql, use_default_graph_as_union=True)
        except SyntaxError as error:
            told = complaint(error, sparql)
            raise QueryError(f"not valid SPARQL: {told.text}", where=told.place) from None

    def rows(self, sparql: str) -> list[tuple[str, ...]]:
        """Answer a SELECT query as tuples of IRIs and lexical forms, "" where nothing is bound."""
        answer = self.query(sparql)
        if not isinstance(answer, ox.QuerySolutions):
            raise QueryError("not a SELECT query")
        return [tuple("" if term is None else _plain(term) for term in solution) for solution in answer]

    def quads(self, graph: str | None = None) -> Iterator[ox.Quad]:
        """Iterate over the quads of one graph, or of all."""
        return self.engine.quads_for_pattern(None, None, None, ox.NamedNode(graph) if graph else None)

    def graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        return sorted(graph.value for graph in self.engine.named_graphs())

    def __len__(self) -> int:
        return len(self.engine)

    # ------------------------------------------------------------------ writing
    def replace(self, graphs: Iterable[str], nquads: str) -> None:
        """Empty `graphs`, then add `nquads`: all of it is published by the next `commit`, or none."""
        self._require_writing()
        drops = " ;\n".join(f"DROP SILENT GRAPH {ox.NamedNode(graph)}" for graph in graphs)
        load = self.engine.bulk_load if len(nquads) > _BULK else self.engine.load
        try:
            if drops:
                self.engine.update(drops)
            load(nquads, ox.RdfFormat.N_QUADS)
        except SyntaxError as error:
            raise StoreError(f"not valid N-Quads: {error.msg}", where=f"line {error.lineno}") from None
        except OSError as error:
            raise StoreError(f"cannot be written ({error})", where=self._where()) from None

    def amend(self, gone: Iterable[ox.Quad], nquads: str) -> None:
        """Take out a few quads and add others: published by the next `commit`."""
        self._require_writing()
        try:
            for quad in gone:
                self.engine.remove(quad)
        except OSError as error:
            raise StoreError(f"cannot be written ({error})", where=self._where()) from None
        self.replace([], nquads)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for what a writer needs meanwhile: beside the quads, to go with them where it dies."""
        with tempfile.TemporaryDirectory(prefix="scratch-", dir=self.folder) as folder:
            yield Path(folder)

    def load_file(self, path: Path, *, ours: bool = False) -> None:
        """Add the N-Quads of a file, until the next `commit` unseen; several threads may load at once.

        `ours`: this program has just written the file, and its IRIs need not be proved again.
        """
        self._require_writing()
        try:
            load = self.engine.bulk_load if path.stat().st_size > _BULK else self.engine.load
            load(path=str(path), format=ox.RdfFormat.N_QUADS, lenient=ours)
        except SyntaxError as error:
            raise StoreError(
                f"not valid N-Quads: {error.msg}", where=f"{path}: line {error.lineno}"
            ) from None
        except OSError as error:
            raise StoreError(f"cannot be written ({error})", where=self._where()) from None

    def commit(self) -> None:
        """Publish the changes in one step; readers that open the store from now on see them."""
        if self._disk is None or not self._disk.writing:
            return
        try:
            self.engine.flush()
            self._shut()
            self._disk.publish(self._base)
            self._quads = self._disk.engine()
        except OSError as error:
            raise StoreError(f"cannot be written ({error})", where=self._where()) from None

    def _shut(self) -> None:
        """Close the files before they are published: RocksDB tidies them in the background while it is open.

        It is open as long as anybody holds the engine; whoever does so in a cycle lets go of it here.
        """
        engine, self._quads = self._quads, None
        held = sys.getrefcount(engine) > 2  # by more than this name and the question itself
        del engine
        if held:
            gc.collect()

    def _require_writing(self) -> None:
        if self._disk is not None and not self._disk.writing:
            raise StoreError("the store is open for reading only", where=self._where())

    def _where(self) -> str:
        return str(self._disk.folder) if self._disk else "memory"


class Loader:
    """Loads files into a store by several threads, while its caller goes on, and removes them.

    A context manager. `ours` as in `Store.load_file`.
    """

    def __init__(self, store: Store, threads: int, *, ours: bool) -> None:
        self._store, self._ahead, self._ours = store, threads + 1, ours
        self._threads = ThreadPoolExecutor(threads)
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Loader:
        return self

    def load(self, path: Path) -> None:
        """Load a file soon. Raises StoreError for one that was given before and could not be loaded."""
        self._waiting.append(self._threads.submit(self._load, path))
        while len(self._waiting) > self._ahead:
            self._waiting.popleft().result()

    def _load(self, path: Path) -> None:
        self._store.load_file(path, ours=self._ours)
        path.unlink()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            while kind is None and self._waiting:
                self._waiting.popleft().result()
        finally:
            self._threads.shutdown(cancel_futures=True)


def _plain(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return str(term) if isinstance(term, ox.Triple) else term.value
