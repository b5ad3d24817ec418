"""Gold files: the facts of an article as a careful reader annotated them, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TypedDict, cast

from kg.errors import KgError


class GoldDocument(TypedDict):
    """A document. `number` "12-CT/TW", or bare "12", or None; `date` ISO; `title` its subject."""

    key: str
    type: str
    number: str | None
    date: str | None
    issuer: str | None
    title: str | None


class GoldPost(TypedDict):
    """A post: "Phó Bí thư" of "Tỉnh ủy Lai Châu"; `organ` None where the text names none."""

    title: str
    organ: str | None
    former: bool


class GoldPerson(TypedDict):
    """A person with the posts that the article states."""

    name: str
    posts: list[GoldPost]


class GoldParticipant(TypedDict):
    """A person at an event: chair, presenter, speaker or attendee."""

    person: str
    role: str


class GoldEvent(TypedDict):
    """An event. `date` "2023-11-24", "--11-24" without a year, or None; `disseminates` document keys."""

    kind: str
    date: str | None
    organizer: str | None
    disseminates: list[str]
    participants: list[GoldParticipant]


class GoldTask(TypedDict):
    """A task: who told whom to do what; `about` document keys."""

    by: str | None
    to: str
    task: str
    about: list[str]


class GoldArticle(TypedDict):
    """All facts of one article; `id` is its stem, or the part of it before "_"."""

    id: str
    documents: list[GoldDocument]
    implements: list[list[str]]
    relations: list[list[str]]
    persons: list[GoldPerson]
    organs: list[str]
    events: list[GoldEvent]
    assignments: list[GoldTask]


_PARTS: dict[str, type] = {  # the lists of an article and the class whose keys each item must have
    "documents": GoldDocument,
    "persons": GoldPerson,
    "events": GoldEvent,
    "assignments": GoldTask,
}
_PLAIN = ("implements", "relations", "organs")


def read_gold(path: Path, only: Collection[str] | None = None) -> Iterator[GoldArticle]:
    """Yield the articles of the gold file at `path`, those with an id in `only` if it is given.

    Raises KgError, with the line, where the file cannot be read or a line is not a gold article.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KgError(f"the gold file cannot be read ({error})", where=str(path)) from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            article = _article(line, f"{path}: line {number}")
            if not only or article["id"] in only:
                yield article


def _article(line: str, where: str) -> GoldArticle:
    try:
        article = json.loads(line)
    except ValueError as error:
        raise KgError(f"not JSON ({error})", where=where, hint="one object a line") from None
    if not isinstance(article, dict) or not isinstance(article.get("id"), str):
        raise KgError('no "id"', where=where, hint="give the stem of the article's file")
    for part in (*_PARTS, *_PLAIN):
        if not isinstance(article.get(part), list):
            raise KgError(
                f'"{part}" is not a list', where=where, hint="an empty list says that there are none"
            )
    for part, kind in _PARTS.items():
        needed = set(kind.__annotations__)
        for item in article[part]:
            lacking = sorted(needed - item.keys()) if isinstance(item, dict) else sorted(needed)
            if lacking:
                raise KgError(
                    f'an item of "{part}" lacks "{lacking[0]}"', where=where, hint="null if unknown"
                )
    return cast(GoldArticle, article)
