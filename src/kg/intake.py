"""The sources of a build: which files they are, the articles in them, and what is wrong with any."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kg import read
from kg.errors import KgError, SourceError
from kg.model import Article

Progress = Callable[[int, int, str], None]
"""Called with the articles done, the articles in all, and what is being done."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Intake:
    """The files of one build and what was found wrong with them."""

    progress: Progress
    reader: str | None = None
    files: dict[str, Path] = field(default_factory=dict)  # by stem
    seen: dict[str, Path] = field(default_factory=dict)  # the articles of the files, by stem
    faulty: set[Path] = field(default_factory=set)  # files of which not every article could be used
    complete: bool = True  # every source path exists
    failed: list[KgError] = field(default_factory=list)

    def collect(self, sources: Iterable[str | os.PathLike[str]]) -> None:
        """List the files. Raises SourceError when two of them would be the same article."""
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

    def articles(self) -> Iterator[Article]:
        """The articles of all files, in order of the files' names; what cannot be read is noted."""
        for done, (_, path) in enumerate(sorted(self.files.items())):
            self.progress(done, len(self.files), path.name)
            with self.reporting(path):
                for number, article in enumerate(read.articles(path, self.reader)):
                    if number:
                        self.progress(done, len(self.files), f"{path.name}:{number + 1}")
                    if isinstance(article, SourceError):
                        self.fail(path, article)
                    elif fault := self._clash(article):
                        self.fail(path, fault)
                    else:
                        yield article

    def _clash(self, article: Article) -> SourceError | None:
        """What is wrong where two files have an article of the same name."""
        first = self.seen.setdefault(article.stem, article.path)
        if first == article.path:
            return None
        return namesake(article, f"{first} has an article of the same name, {article.stem}")

    def told(self, what: str) -> None:
        """Show a step that comes after the files."""
        self.progress(len(self.files), len(self.files), what)

    @contextmanager
    def reporting(self, path: Path) -> Iterator[None]:
        """Note what is wrong with one source and go on with the next."""
        try:
            yield
        except KgError as error:
            self.fail(path, error)
        except Exception as error:
            log.debug("%s", path, exc_info=True)
            reason = f"cannot be converted ({type(error).__name__}: {error})"
            self.fail(path, SourceError(reason, where=str(path), hint="-v shows where; please report it"))

    def fail(self, path: Path, error: KgError) -> None:
        """Note an error, once where many files have the same (a library that is not installed)."""
        self.faulty.add(path)
        if error.where or str(error) not in map(str, self.failed):
            self.failed.append(error)


def namesake(article: Article, reason: str) -> SourceError:
    """Another article has this one's name."""
    return SourceError(
        reason, where=str(article.path), hint="rename one of them, or build into another --store"
    )
