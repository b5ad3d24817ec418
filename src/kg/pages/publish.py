"""The pages as files: a site for any file host, in any of its folders, that needs no server of ours.

Every page that a page links to is written, in both languages; saved queries are answered with their defaults,
the search box looks through an index, and the data lies beside the pages as dumps.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.ask import Table, saved
from kg.ask.table import to_csv, to_json, to_turtle
from kg.errors import KgError
from kg.export import export
from kg.pages import assets, gallery
from kg.pages.editor import STATIC_FILES
from kg.pages.links import Target, file_of, page_path
from kg.pages.pages import view_of, visit_of
from kg.pages.render import render
from kg.pages.site import MissingError, Site, View, Visit
from kg.pages.words import LANGUAGES
from kg.store import Store
from kg.vietnamese import bare

_MARK = ".kg-site"  # only a folder with this file is ever replaced
_LISTED = 20_000  # entries of the search index
_BETWEEN = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Published:
    """What was written: pages, files and bytes in all."""

    pages: int
    files: int
    size: int


def publish(store: Store, folder: Path) -> Published:
    """Write the site of a store into `folder`, all of it or nothing.

    A folder that is there must be empty or hold a site of ours, which is replaced. Raises KgError.
    """
    if folder.exists() and not (folder / _MARK).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise KgError("is not empty and no site of ours", where=str(folder), hint="give a new folder")
    made = folder.with_name(f".{folder.name}.tmp")
    try:
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        site = Site(store, static=True)
        pages = sum(1 for _ in _pages(site, made))
        _files(site, store, made)
        (made / _MARK).write_text("kg site\n", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        made.replace(folder)
    except OSError as error:
        raise KgError(f"cannot be written ({error.strerror})", where=str(folder), hint="check it") from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return Published(pages, len(sizes), sum(sizes))


def _pages(site: Site, folder: Path) -> Iterator[Target]:
    """Write the home pages and all that they lead to."""
    todo: list[Target] = [("/", ()), ("/en", ())]
    seen = set(todo)
    while todo:
        target = todo.pop()
        path, params = target
        visit = visit_of(site, path, {key: str(value) for key, value in params})
        try:
            view = view_of(visit)
        except MissingError:
            view = View("missing.html", "")
        _write(folder, file_of(path, dict(params)), render(visit, view).html)
        new = visit.links.asked - seen
        seen |= new
        todo += new
        yield target


def _write(folder: Path, path: str, text: str) -> None:
    file = folder / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _files(site: Site, store: Store, folder: Path) -> None:
    """Write what the pages load: assets, search indexes, answers, dumps."""
    for name in assets.names():
        source = assets.file_of(name)
        target = folder / "static" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source:
            shutil.copyfile(source, target)
    for lang in LANGUAGES:
        visit = visit_of(site, "/" if lang == "vi" else f"/{lang}")
        prefix = "" if lang == "vi" else f"/{lang}"
        _write(folder, f"{prefix}/search-index.json", json.dumps(_index(visit), ensure_ascii=False))
    visit = visit_of(site, "/")
    for query in saved():
        table, _ = gallery.run(visit, gallery.prepare(visit, query.name))
        if table is not None:
            _answer(folder / "queries" / f"{query.name}", table)
    (folder / "data").mkdir(exist_ok=True)
    for (address, _, _), form in zip(STATIC_FILES, ("nquads", "turtle"), strict=True):
        _dump(store, folder / address.lstrip("/"), form)


def _index(visit: Visit) -> list[dict[str, str]]:
    """What the search box of a static site looks through, most told of first."""
    hits, forms = visit.site.search.first(limit=_LISTED, lang=visit.lang), visit.site.search.forms()
    paths = {hit.iri: page_path(hit.iri, visit.site.base) for hit in hits}
    return [
        {
            "label": hit.label[:160],
            "kind": hit.class_label,
            "words": f" {' '.join(forms.get(hit.iri, ()))} {_BETWEEN.sub(' ', bare(hit.label))} "[:600],
            "href": file_of(paths[hit.iri], {}).lstrip("/"),
        }
        for hit in hits
        if paths[hit.iri]
    ]


def _answer(stem: Path, table: Table) -> None:
    stem.parent.mkdir(parents=True, exist_ok=True)
    stem.with_suffix(".csv").write_text(to_csv(table), encoding="utf-8", newline="")
    stem.with_suffix(".json").write_text(to_json(table), encoding="utf-8")
    if table.form == "construct":
        stem.with_suffix(".ttl").write_text(to_turtle(table), encoding="utf-8")


def _dump(store: Store, path: Path, form: str) -> None:
    import gzip

    if path.suffix == ".gz":
        with gzip.open(path, "wb", compresslevel=6) as file:
            export(store, file, form)  # type: ignore[arg-type]
    else:
        export(store, path, form)
