"""Writing the folded index: one SQLite file with a full-text table, made from any store by a few questions.

Rows are numbered by weight, so that the first rows to match are the best: what many articles speak of comes
before what few do, and that before what only the register knows; a province before a town of its name.
Everything is sorted and joined by SQLite, which spills to disk: the memory of a build does not grow with the
graph.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from kg.ask.names import PROLOGUE, Term, rows, solutions, value
from kg.errors import StoreError
from kg.namespaces import CKG
from kg.search.fold import folded, initials
from kg.store import Queryable, Store

FILE = "search.db"
VERSION = 2
EDGE = "\ue000"  # stands between the names of a row, so that a phrase can be told to begin or end a name

KINDS = (
    *("Document", "Organ", "Person", "Event", "Territory", "Topic"),
    *("CongressTerm", "Article", "Statement", "Task"),
)
"""Local names of the classes whose instances are found by search; the earlier goes first at equal weight."""

# What is found by which words: a question each, ?x the thing, ?y a text or a thing whose names count.
_LABELS = "?x rdfs:label|schema:headline ?y"
_NAMES = "?x skos:altLabel|skos:hiddenLabel|skos:notation|dcterms:identifier|ckg:code ?y"
_TEXTS = (
    "?x ckg:subjectMatter|ckg:task|ckg:words ?y",
    "?x ckg:issuedOn|ckg:heldOn|schema:datePublished ?y",
    "?x ^org:member/ckg:postTitle ?y",
)
_LINKS = (
    "?x ckg:issuedBy|ckg:organisedBy|ckg:disseminates|ckg:about|ckg:territory|ckg:partOf ?y",
    "?x ckg:heldAt|ckg:saidBy|ckg:assignedTo|ckg:concerns ?y",
    "?x ^org:member/org:organization ?y",
)
_DAYS = "?x ckg:issuedOn|ckg:heldOn|schema:datePublished ?y"
_SCHEMA = """
CREATE TABLE about(version INTEGER NOT NULL, base TEXT NOT NULL);
CREATE TABLE class(iri TEXT PRIMARY KEY, vi TEXT NOT NULL, en TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entity(id INTEGER PRIMARY KEY, iri TEXT NOT NULL, kind TEXT NOT NULL, class TEXT NOT NULL,
                    vi TEXT NOT NULL, en TEXT NOT NULL, days TEXT NOT NULL, articles INTEGER NOT NULL);
CREATE TABLE form(form TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY(form, id)) WITHOUT ROWID;
CREATE TABLE moved(old TEXT PRIMARY KEY, new TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(names, more, kind, content='', prefix='1 2 3',
                                      tokenize="unicode61 remove_diacritics 0");
CREATE TEMP TABLE instance(iri TEXT PRIMARY KEY, kind INTEGER NOT NULL, class TEXT NOT NULL) WITHOUT ROWID;
CREATE TEMP TABLE same(local TEXT NOT NULL, iri TEXT NOT NULL, PRIMARY KEY(local, iri)) WITHOUT ROWID;
CREATE TEMP TABLE said(iri TEXT NOT NULL, role INTEGER NOT NULL, text TEXT NOT NULL,
                       PRIMARY KEY(iri, role, text)) WITHOUT ROWID;
CREATE TEMP TABLE link(iri TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY(iri, other)) WITHOUT ROWID;
CREATE INDEX temp.linked ON link(other);
CREATE TEMP TABLE mention(iri TEXT NOT NULL, article TEXT NOT NULL, PRIMARY KEY(iri, article)) WITHOUT ROWID;
"""
# The roles of what is said of a thing.
_VI, _EN, _NAME, _TEXT, _DAY = range(5)
# What articles call by a name of their own is found as that which it was resolved to.
_MERGED = (
    "INSERT OR IGNORE INTO said SELECT same.iri, max(role, 2), text FROM same JOIN said ON said.iri = local",
    "INSERT OR IGNORE INTO link SELECT same.iri, other FROM same JOIN link ON link.iri = local",
    "INSERT OR IGNORE INTO mention SELECT same.iri, article FROM same JOIN mention ON mention.iri = local",
    "DELETE FROM instance WHERE iri IN (SELECT local FROM same)",
)
_ORDERED = """
SELECT i.iri, kind, class, (SELECT count(*) FROM mention m WHERE m.iri = i.iri) AS articles
FROM instance i
WHERE EXISTS (SELECT 1 FROM said WHERE said.iri = i.iri AND role < 3)
ORDER BY articles DESC, kind, (SELECT count(*) FROM link l WHERE l.other = i.iri) DESC, i.iri
"""
_SAID = "SELECT role, text FROM said WHERE iri = ? ORDER BY role, length(text) DESC, text"
_LINKED = "SELECT DISTINCT text FROM link JOIN said ON said.iri = other WHERE link.iri = ? AND role < 3"


def keep(store: Store) -> None:
    """Write the index beside the quads of a store on disk, where `Search.of` finds it."""
    if store.folder is not None:
        write(store, store.folder / FILE, store.before and store.before / FILE).close()


def write(store: Queryable, target: Path | None = None, before: Path | None = None) -> sqlite3.Connection:
    """Make the index of everything in `store` that has a name, in the file `target` or in memory.

    `before` is the index of the graph as it was: names that are given up lead on to the new ones. The file is
    whole and durable when this returns. Returns the open connection.
    """
    if target is not None:
        target.unlink(missing_ok=True)
    made = sqlite3.connect(target or ":memory:", check_same_thread=False, isolation_level=None)
    try:
        made.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
        made.execute("BEGIN")
        _gather(made, store)
        for statement in _MERGED:
            made.execute(statement)
        _fill(made)
        made.execute("INSERT INTO about VALUES (?, ?)", (VERSION, store.base))
        made.execute("CREATE UNIQUE INDEX iri ON entity(iri)")
        made.execute("CREATE INDEX forms ON form(id)")
        made.execute("INSERT INTO words(words) VALUES ('optimize')")
        for table in ("instance", "same", "said", "link", "mention"):
            made.execute(f"DROP TABLE temp.{table}")
        made.execute("COMMIT")
        if before is not None:
            _carry(made, store, before)
        if target is not None:
            _sync(target)
    except BaseException:
        made.close()
        raise
    return made


def _carry(made: sqlite3.Connection, store: Queryable, before: Path) -> None:
    """Take over where names went, from an index of this version; another's, or a broken one, has nothing."""
    from kg.search.moved import carry

    try:
        with closing(sqlite3.connect(f"file:{quote(str(before))}?mode=ro&immutable=1", uri=True)) as old:
            (version,) = old.execute("SELECT version FROM about").fetchone()
    except (sqlite3.Error, TypeError):
        return
    if version == VERSION:
        carry(made, store, before)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _gather(made: sqlite3.Connection, store: Queryable) -> None:
    """Ask the store what there is; the union of graphs repeats itself, hence OR IGNORE."""
    classes = _classes(store)
    names = {iri: dict(_labels(store, iri)) for iri, _ in classes}
    made.executemany(
        "INSERT OR REPLACE INTO class VALUES (?, ?, ?)",
        ((iri, of.get("vi", ""), of.get("en", of.get("vi", ""))) for iri, of in names.items()),
    )
    for iri, kind in classes:
        found = ((value(x), kind, iri) for x, _ in _answers(store, f"VALUES ?y {{ <{iri}> }} ?x a ?y"))
        made.executemany("INSERT OR IGNORE INTO instance VALUES (?, ?, ?)", found)
    _pairs(made, "INSERT OR IGNORE INTO same VALUES (?, ?)", store, "?x ckg:resolvedTo ?y")
    _pairs(made, "INSERT OR IGNORE INTO mention VALUES (?, ?)", store, "?y ckg:mentions ?x")
    _pairs(made, f"INSERT OR IGNORE INTO said VALUES (?, {_DAY}, ?)", store, _DAYS)
    for pattern in _TEXTS:
        _pairs(made, f"INSERT OR IGNORE INTO said VALUES (?, {_TEXT}, ?)", store, pattern)
    for pattern in _LINKS:
        _pairs(made, "INSERT OR IGNORE INTO link VALUES (?, ?)", store, pattern)
    _pairs(made, f"INSERT OR IGNORE INTO said VALUES (?, {_NAME}, ?)", store, _NAMES)
    shown = ((value(x), _role(y), value(y)) for x, y in _answers(store, _LABELS))
    made.executemany("INSERT OR IGNORE INTO said VALUES (?, ?, ?)", shown)


def _classes(store: Queryable) -> list[tuple[str, int]]:
    """The classes that are searched, the deepest first: a directive is a Chỉ thị before it is a Văn bản."""
    found: dict[str, tuple[int, int]] = {}
    for kind, name in enumerate(KINDS):
        below = f"?c rdfs:subClassOf+ <{CKG[name]}> , ?above"
        query = f"SELECT ?c (COUNT(DISTINCT ?above) AS ?depth) {{ {below} }} GROUP BY ?c"
        found[CKG[name]] = (0, kind)
        found.update({row["c"]: (-int(row["depth"]), kind) for row in rows(store, query) if "c" in row})
    return [(iri, kind) for iri, (_, kind) in sorted(found.items(), key=lambda item: (item[1], item[0]))]


def _labels(store: Queryable, iri: str) -> Iterator[tuple[str, str]]:
    for row in solutions(store, f"SELECT DISTINCT ?l {{ <{iri}> rdfs:label ?l }} ORDER BY ?l"):
        if isinstance(label := row["l"], ox.Literal):
            yield label.language or "vi", label.value


def _answers(store: Queryable, pattern: str) -> Iterator[tuple[Term, Term]]:
    """All ?x and ?y of a pattern; where a server cuts its answer, once more and by pages."""
    found = _pair(store, pattern)
    cut: int | None = getattr(store, "cut", None)  # of an endpoint's last answer
    return found if cut is None else _paged(store, pattern, cut)


def _pair(store: Queryable, pattern: str, end: str = "") -> Iterator[tuple[Term, Term]]:
    answer = store.query(f"{PROLOGUE} SELECT ?x ?y {{ {pattern} }} {end}")
    return ((row[0], row[1]) for row in answer)  # type: ignore[union-attr]


def _paged(store: Queryable, pattern: str, size: int) -> Iterator[tuple[Term, Term]]:
    """The answers, a page of whole ?x at a time. Raises StoreError where one ?x has more than a page."""
    last = ""
    while True:
        rest = f"{pattern} FILTER(STR(?x) > {ox.Literal(last)})"
        page = list(_pair(store, rest, f"ORDER BY STR(?x) LIMIT {size}"))
        found = list(dict.fromkeys(value(x) for x, _ in page))
        whole = set(found if len(page) < size else found[:-1])  # the last may have been cut off
        yield from (pair for pair in page if value(pair[0]) in whole)
        if len(page) < size:
            return
        if not whole:
            reason = f"its answers are cut to {size} rows, and {found[0]} alone has more"
            raise StoreError(reason, where=getattr(store, "url", ""), hint="raise the server's limit of rows")
        last = found[-2]


def _pairs(made: sqlite3.Connection, statement: str, store: Queryable, pattern: str) -> None:
    made.executemany(statement, ((value(x), value(y)) for x, y in _answers(store, pattern)))


def _role(label: Term) -> int:
    return _EN if isinstance(label, ox.Literal) and label.language == "en" else _VI


def _fill(made: sqlite3.Connection) -> None:
    """Write the rows in order of their weight."""
    for number, (iri, kind, class_, articles) in enumerate(made.execute(_ORDERED), 1):
        said: dict[int, list[str]] = {
            role: [text for _, text in texts]
            for role, texts in groupby(made.execute(_SAID, (iri,)), key=lambda row: row[0])
        }
        names = [text for role in (_VI, _EN, _NAME) for text in said.get(role, ())]
        linked = [text for (text,) in made.execute(_LINKED, (iri,))]
        vi = [*said.get(_VI, ()), *names][0]
        en = [*said.get(_EN, ()), vi][0]
        days = " ".join(sorted(day[:10] for day in said.get(_DAY, ())))
        made.execute(
            "INSERT INTO entity VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (number, iri, KINDS[kind], class_, vi, en, days, articles),
        )
        forms = _forms(names)
        more = " ".join(word for text in (*said.get(_TEXT, ()), *linked) for word in folded(text))
        made.execute(
            "INSERT INTO words(rowid, names, more, kind) VALUES (?, ?, ?, ?)",
            (number, EDGE + EDGE.join(f" {form} " for form in forms) + EDGE, more, KINDS[kind].lower()),
        )
        made.executemany("INSERT INTO form VALUES (?, ?)", ((form, number) for form in forms))


def _forms(names: Iterable[str]) -> list[str]:
    """The names folded, each once, and their initials."""
    forms = dict.fromkeys(" ".join(words) for name in names if (words := folded(name)))
    short = [letters for form in forms if (letters := initials(form.split()))]
    return list(dict.fromkeys((*forms, *short)))
