"""`kg build`: from files to a published graph, converting only what is new or changed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import gist, read, schema, search
from kg.errors import KgError, StoreError
from kg.intake import Intake, Progress, namesake
from kg.journal import Journal, renew_report
from kg.manifest import Manifest, Record, converter_digest
from kg.namespaces import CKG
from kg.store import Loader, Store, default_path
from kg.workers import Outcome, conversions, gist_beside

if TYPE_CHECKING:
    from kg.model import Article

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
        intake = Intake(progress or _silent, reader)
        intake.collect(sources)
        manifest = Manifest.read(opened.folder)
        run = _Build(opened, manifest, intake, jobs, Journal(opened, len(manifest.articles)))
        with opened.scratch() as scratch:
            run.convert(scratch)
            if prune:
                run.prune()
            if run.manifest.articles or run.removed:
                run.background()
                run.conclude(scratch)
        run.publish()
        return run.result(folder, time.perf_counter() - start)


def adopt(store: Store, articles: Iterable[tuple[str, Record]], progress: Progress) -> _Build:
    """Complete a store into which the graphs of articles, and what follows from them, were loaded as files.

    `articles`: their names and records. Ontology, register, report and search index are added; published.
    """
    run = _Build(store, Manifest(articles=dict(articles)), Intake(progress), changed=True)
    run.background()
    run.conclude(None)
    run.publish()
    return run


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
    intake: Intake
    jobs: int = 1
    journal: Journal | None = None
    changed: bool = False
    gists: list[Path] = field(default_factory=list)  # files with those of the new and changed articles
    converted: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    repaired: dict[str, str] = field(default_factory=dict)

    def convert(self, scratch: Path) -> None:
        """Convert the articles that are new or changed, and load them a file at a time."""
        digest = converter_digest(self.store.base)
        with Loader(self.store, self.jobs, ours=True) as loader:
            for outcomes, file in conversions(self._news(digest), self.store.base, scratch, self.jobs):
                former: list[str] = []
                for outcome in outcomes:
                    with self.intake.reporting(outcome.article.path):
                        former += self._note(outcome, digest)
                self._replace(former, "")
                self.gists.append(gist_beside(file))
                loader.load(file)

    def _note(self, outcome: Outcome, digest: str) -> list[str]:
        """Keep what came of an article and return the graphs that it had before; raise its fault."""
        article = outcome.article
        if outcome.fault:
            raise outcome.fault
        former = self._graphs(article.stem)
        self.manifest.articles[article.stem] = Record(
            str(article.path), article.digest, digest, outcome.iri, outcome.kinds, list(outcome.unresolved)
        )
        self._keep(self._graphs(article.stem))
        self.converted.append(article.stem)
        self.changed = True
        if repaired := read.told(article):
            self.repaired[article.stem] = repaired
        return former

    def prune(self) -> None:
        """Drop the articles that are not among the sources; not one where a source could not be found."""
        faulty = self.intake.faulty
        kept = {stem for stem, path in self.intake.files.items() if path in faulty} | self.intake.seen.keys()
        gone = sorted(
            stem
            for stem, known in self.manifest.articles.items()
            if stem not in kept and Path(known.path) not in faulty
        )
        if gone and not self.intake.complete:
            self.intake.failed.append(
                KgError("nothing was pruned", hint="every source must exist for --prune")
            )
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
                self.intake.told(name)
                graph = schema.graph_iri(self.store.base, name)
                self._replace([graph], schema.nquads(name, self.store.base))
                self.manifest.background[name] = digest

    def conclude(self, scratch: Path | None) -> None:
        """Conclude across articles (None: that was loaded) and validate, where anything has changed."""
        inputs = self.manifest.inputs()
        if inputs == self.manifest.conclusions:
            return
        if scratch:
            self.intake.told("inferred")
            self._replace([schema.graph_iri(self.store.base, "inferred")], "")
            self._infer(scratch)
        self._report()
        self.manifest.conclusions = inputs

    def _infer(self, scratch: Path) -> None:
        """Conclude from the gists that this run has made, and from the store for the other articles."""
        from kg.infer import Background, infer, stored

        new = {self.manifest.articles[stem].graph for stem in self.converted}
        path = scratch / "inferred.nq"
        if len(new) < len(self.manifest.articles):
            self.gists.append(scratch / "stored.gist.gz")
            gist.write(self.gists[-1], stored(self.store, new), self.store.base)

        def gists() -> Iterator[bytes]:
            return chain.from_iterable(map(gist.read, self.gists))

        try:
            with path.open("wb") as file:
                file.writelines(infer(gists, Background.read(self.store), str(scratch)))
        except OSError as fault:
            raise StoreError(f"cannot be written ({fault.strerror})", where=str(path)) from None
        self.store.load_file(path, ours=True)

    def _report(self) -> None:
        """Validate what has changed, and all where that is much or where the rules are others now."""
        self.intake.told("report")
        rules = self.manifest.rules()
        change = self.journal.change() if self.journal and self.manifest.reported == rules else None
        self.manifest.findings = renew_report(self.store, change, self.manifest.findings)
        self.manifest.reported = rules
        self.changed = True

    def publish(self) -> None:
        """Make the new graph everybody's, if it differs from the old one."""
        if self.changed:
            self.intake.told("search")
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
            failed=tuple(self.intake.failed),
            repaired=self.repaired,
            articles=len(self.manifest.articles),
            quads=len(self.store),
            facts=self.manifest.facts(),
            entities={name: entities[name] for name in _TOP_CLASSES if name in entities},
            unresolved=self.manifest.unresolved(),
            findings=self.manifest.findings,
            seconds=seconds,
        )

    def _news(self, digest: str) -> Iterator[Article]:
        """The articles that the graph does not have as they are now."""
        for article in self.intake.articles():
            if self._is_known(article, digest):
                self.unchanged.append(article.stem)
            elif fault := self._stored_namesake(article):
                self.intake.fail(article.path, fault)
            else:
                yield article

    def _stored_namesake(self, article: Article) -> KgError | None:
        """What is wrong where the graph has an article of this name from another file that still exists."""
        known = self.manifest.articles.get(article.stem)
        if not known or known.digest == article.digest or known.path == str(article.path):
            return None
        if not Path(known.path).exists():
            return None
        return namesake(article, f"the store has another article of this name, from {known.path}")

    def _is_known(self, article: Article, converter: str) -> bool:
        known = self.manifest.articles.get(article.stem)
        return known is not None and (known.digest, known.converter) == (article.digest, converter)

    def _graphs(self, stem: str) -> list[str]:
        """Return the graphs that an article has in the store now."""
        known = self.manifest.articles.get(stem)
        return [known.graph, f"{known.graph}#claims"] if known else []

    def _keep(self, graphs: list[str]) -> None:
        """Note graphs that are about to change."""
        if self.journal:
            self.journal.note(graphs)

    def _replace(self, graphs: list[str], nquads: str) -> None:
        if graphs or nquads:
            self._keep(graphs)
            self.store.replace(graphs, nquads)
            self.changed = True
