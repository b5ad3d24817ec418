"""`kg build`: from files to a published graph, converting only what is new or changed."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import schema, search
from kg.errors import KgError, SourceError
from kg.manifest import Manifest, Record, converter_digest
from kg.namespaces import CKG
from kg.store import Store, default_path

if TYPE_CHECKING:
    from kg.model import Article

Progress = Callable[[int, int, str], None]
"""Called with the articles done, the articles in all, and what is being done."""

log = logging.getLogger(__name__)

_CHUNK = 16_000_000  # characters of N-Quads that are loaded at a time: bounds the memory of a build
_TOP_CLASSES = (
    *("Document", "Organ", "Person", "Tenure", "Event"),
    *("Participation", "Task", "Statement", "Topic"),
)
_ENTITIES = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?top (COUNT(DISTINCT ?entity) AS ?n) WHERE {
  VALUES ?top { %s }
  ?class rdfs:subClassOf* ?top .
  GRAPH ?article { ?entity a ?class . ?article dcterms:identifier ?stem }
} GROUP BY ?top"""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did, and what the whole graph holds after it."""

    store: Path
    converted: tuple[str, ...]  # stems of new and changed articles
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    failed: tuple[KgError, ...]  # one for each source that could not be used; its former facts stay
    repaired: dict[str, str]  # stem of a new or changed article → what was put right in its letters
    articles: int
    quads: int
    facts: dict[str, int]  # by kind, most frequent first
    entities: dict[str, int]  # by top class of the ontology: those that articles speak of
    unresolved: dict[str, list[str]]  # name → stems of the articles that use it
    findings: dict[str, int]  # results of the validation: "violation", "warning", "info"
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether every source could be used."""
        return not self.failed


def build(
    sources: Iterable[str | os.PathLike[str]],
    store: str | os.PathLike[str] | None = None,
    *,
    base: str | None = None,
    prune: bool = False,
    reader: str | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> BuildResult:
    """Bring the store up to date with `sources` (files and folders) in one atomic step.

    The stages: collect the sources → convert what is new or changed → prune → ontology and register →
    conclusions across articles and validation → publish. `prune` drops the articles that are not among
    `sources`. A source that cannot be used is reported in `BuildResult.failed`, keeps its former facts and
    stops nothing. `store` defaults to $KG_STORE or ./kg-store, `base` (of a new store) to $KG_BASE_IRI or
    https://w3id.org/cascade-kg/. `reader` ("text", "html", "jsonl") reads all; without it suffixes choose.
    `jobs` processes convert; the graph is the same whatever their number.

    Raises KgError: two sources of one name; a store of another version, with another base IRI, or in use. The
    store is then as it was before, and so it is after an interrupt.
    """
    start = time.perf_counter()
    folder = Path(store) if store is not None else default_path()
    base = base or os.environ.get("KG_BASE_IRI") or ""
    _check_base(base)
    with closing(Store.open(folder, create=True, base=base)) as opened:
        run = _Build(opened, Manifest.read(opened.folder), progress or _silent, reader, jobs)
        run.collect(sources)
        run.convert()
        if prune:
            run.prune()
        if run.manifest.articles or run.removed:
            run.background()
            run.conclude()
            run.publish()
        return run.result(folder, time.perf_counter() - start)


def _silent(done: int, total: int, what: str) -> None:
    """Show no progress."""


def _check_base(base: str) -> None:
    try:
        ox.NamedNode(base or "urn:x")
    except ValueError as error:
        raise KgError(f"not an IRI: {error}", where=base) from None
    if base and not (base.startswith(("http://", "https://")) and base.endswith("/")):
        raise KgError("not usable as base IRI", where=base, hint="it starts with http(s):// and ends with /")


@dataclass(slots=True)
class _Build:
    """One run: the store being written, its manifest, and what has happened so far."""

    store: Store
    manifest: Manifest
    progress: Progress
    reader: str | None = None
    jobs: int = 1
    files: dict[str, Path] = field(default_factory=dict)  # by stem
    seen: dict[str, Path] = field(default_factory=dict)  # the articles of the files, by stem
    faulty: set[Path] = field(default_factory=set)  # files of which not every article could be read
    complete: bool = True  # every source path exists
    changed: bool = False
    converted: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[KgError] = field(default_factory=list)
    repaired: dict[str, str] = field(default_factory=dict)

    def collect(self, sources: Iterable[str | os.PathLike[str]]) -> None:
        """List the files. Raises SourceError when two of them would be the same article."""
        from kg import read

        found: set[Path] = set()
        for source in sources:
            try:
                # not resolve(): the name of a link is the article's name, not the name of what it points to
                found.update(Path(os.path.abspath(path)) for path in read.sources([Path(source)]))  # noqa: PTH100
            except KgError as error:
                self.complete = False
                self.failed.append(error)
        for path in sorted(found):
            try:
                stem = read.stem(path)
            except SourceError:
                stem = str(path)  # no name for an article: its reader says why
            other = self.files.setdefault(stem, path)
            if other != path:
                raise SourceError(
                    f"has the same name as {other}, and the name is the article's identity",
                    where=str(path),
                    hint="rename one of them",
                )

    def convert(self) -> None:
        """Convert the articles that are new or changed, and load them a chunk at a time."""
        from kg import read
        from kg.workers import conversions

        digest = converter_digest(self.store.base)
        graphs: list[str] = []
        texts: list[str] = []
        size = 0
        for article, conversion in conversions(self._news(digest), self.store.base, self.jobs):
            stem, path = article.stem, article.path
            with self._reporting(path):
                if isinstance(conversion, Exception):
                    raise conversion
                graphs += self._graphs(stem)
                texts += (conversion.facts, conversion.claims)
                kinds, unresolved = dict(conversion.kinds), list(conversion.unresolved)
                self.manifest.articles[stem] = Record(
                    str(path), article.digest, digest, conversion.article_iri, kinds, unresolved
                )
                self.converted.append(stem)
                if repaired := read.told(article):
                    self.repaired[stem] = repaired
                size += len(conversion.facts) + len(conversion.claims)
            if size > _CHUNK:
                self._replace(graphs, "".join(texts))
                graphs, texts, size = [], [], 0
        self._replace(graphs, "".join(texts))

    def prune(self) -> None:
        """Drop the articles that are not among the sources; not one where a source could not be found."""
        kept = {stem for stem, path in self.files.items() if path in self.faulty} | self.seen.keys()
        gone = sorted(
            stem
            for stem, known in self.manifest.articles.items()
            if stem not in kept and Path(known.path) not in self.faulty
        )
        if gone and not self.complete:
            self.failed.append(KgError("nothing was pruned", hint="every source must exist for --prune"))
            return
        for stem in gone:
            self._replace(self._graphs(stem), "")
            del self.manifest.articles[stem]
            self.removed.append(stem)

    def background(self) -> None:
        """Load ontology and register where their files have changed."""
        names: tuple[schema.Background, ...] = ("ontology", "register")
        for name in names:
            digest = schema.digest(name, self.store.base)
            if self.manifest.background.get(name) != digest:
                self.progress(len(self.files), len(self.files), name)
                graph = schema.graph_iri(self.store.base, name)
                self._replace([graph], schema.nquads(name, self.store.base))
                self.manifest.background[name] = digest

    def conclude(self) -> None:
        """Draw the conclusions across articles and validate, where anything has changed."""
        inputs = self.manifest.inputs()
        if inputs == self.manifest.conclusions:
            return
        from kg.infer import infer

        self.progress(len(self.files), len(self.files), "inferred")
        base = self.store.base
        inferred, report = schema.graph_iri(base, "inferred"), schema.graph_iri(base, "report")
        self._replace([inferred, report], "")
        self._replace([], infer(self.store, base))
        self.progress(len(self.files), len(self.files), "report")
        self.manifest.findings, nquads = _validate(self.store)
        self._replace([], nquads)
        self.manifest.conclusions = inputs

    def publish(self) -> None:
        """Make the new graph everybody's, if it differs from the old one."""
        if self.changed:
            self.progress(len(self.files), len(self.files), "search")
            self.manifest.write(self.store.folder)
            search.keep(self.store)
            self.store.commit()

    def result(self, folder: Path, seconds: float) -> BuildResult:
        """Say what was done and what the graph holds."""
        tops = {CKG[name]: name for name in _TOP_CLASSES}
        query = _ENTITIES % " ".join(f"<{iri}>" for iri in tops)
        entities = {tops[str(top)]: int(str(n)) for top, n in self.store.rows(query)}
        return BuildResult(
            store=folder,
            converted=tuple(self.converted),
            unchanged=tuple(self.unchanged),
            removed=tuple(self.removed),
            failed=tuple(self.failed),
            repaired=self.repaired,
            articles=len(self.manifest.articles),
            quads=len(self.store),
            facts=self.manifest.facts(),
            entities={name: entities[name] for name in _TOP_CLASSES if name in entities},
            unresolved=self.manifest.unresolved(),
            findings=self.manifest.findings,
            seconds=seconds,
        )

    @contextmanager
    def _reporting(self, path: Path) -> Iterator[None]:
        """Note what is wrong with one source and go on with the next."""
        try:
            yield
        except KgError as error:
            self._fail(path, error)
        except Exception as error:
            log.debug("%s", path, exc_info=True)
            reason = f"cannot be converted ({type(error).__name__}: {error})"
            self._fail(path, SourceError(reason, where=str(path), hint="-v shows where; please report it"))

    def _fail(self, path: Path, error: KgError) -> None:
        """Note an error, once where many files have the same (a library that is not installed)."""
        self.faulty.add(path)
        if error.where or str(error) not in map(str, self.failed):
            self.failed.append(error)

    def _news(self, digest: str) -> Iterator[Article]:
        """The articles that the graph does not have as they are now."""
        for article in self._articles():
            if self._is_known(article, digest):
                self.unchanged.append(article.stem)
            else:
                yield article

    def _articles(self) -> Iterator[Article]:
        """The articles of all files, in order of the files' names; what cannot be read is noted."""
        from kg import read

        for done, (_, path) in enumerate(sorted(self.files.items())):
            self.progress(done, len(self.files), path.name)
            with self._reporting(path):
                for number, article in enumerate(read.articles(path, self.reader)):
                    if number:
                        self.progress(done, len(self.files), f"{path.name}:{number + 1}")
                    if isinstance(article, SourceError):
                        self._fail(path, article)
                    elif fault := self._clash(article):
                        self._fail(path, fault)
                    else:
                        yield article

    def _clash(self, article: Article) -> SourceError | None:
        """What is wrong where this build or the graph has another article of the same name."""
        stem, path = article.stem, article.path
        first, known = self.seen.setdefault(stem, path), self.manifest.articles.get(stem)
        if first != path:
            other = f"{first} has an article of the same name, {stem}"
        elif (
            known and known.digest != article.digest and known.path != str(path) and Path(known.path).exists()
        ):
            other = f"the store has another article of this name, from {known.path}"
        else:
            return None
        return SourceError(other, where=str(path), hint="rename one of them, or build into another --store")

    def _is_known(self, article: Article, converter: str) -> bool:
        known = self.manifest.articles.get(article.stem)
        return known is not None and (known.digest, known.converter) == (article.digest, converter)

    def _graphs(self, stem: str) -> list[str]:
        """Return the graphs that an article has in the store now."""
        known = self.manifest.articles.get(stem)
        return [known.graph, f"{known.graph}#claims"] if known else []

    def _replace(self, graphs: list[str], nquads: str) -> None:
        if graphs or nquads:
            self.store.replace(graphs, nquads)
            self.changed = True


def _validate(store: Store) -> tuple[dict[str, int], str]:
    """Check the store against our shapes: results by severity, and the report graph as N-Quads."""
    from kg.check import validate_store
    from kg.check.turtle import nquads

    report = validate_store(store.engine)
    return report.counts(), nquads(report, store.base)
