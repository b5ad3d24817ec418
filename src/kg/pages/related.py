"""Lists of what belongs to a thing: the first entries on its page, all of them on pages of their own.

A list is ordered from what is asked once for all its entries; who says so, and to whom a task goes, is asked
only for the entries that are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg.namespaces import CKG
from kg.pages.data import text
from kg.pages.facts import Fact, incoming, outgoing, quote, weigh
from kg.pages.layout import GROUPS, HIDDEN, Group
from kg.pages.links import article_of
from kg.pages.site import MissingError, View, Visit

FIRST = 12  # entries of a list on the page of its thing
PAGE = 50  # entries of a page of a list
MOST = 5000  # rows of the queries behind lists
_WHOM = "ckg:assignedTo|ckg:saidBy"
_TOLD = ("posts", "people-in-posts", "tasks-from", "tasks-received", "tasks-given", "said", "said-there")

_APART = ("posts", "people-in-posts", "took-part")  # asked for by questions of their own


@dataclass(slots=True)
class Item:
    """An entry of a list: the thing, its day (the last of several in `until`), what stands beside it.

    `words` is what to call it instead of its name; an entry without an IRI is text.
    """

    iri: str
    date: str = ""
    until: str = ""
    words: str = ""
    note: str = ""
    notes: tuple[str, ...] = ()  # IRIs
    facts: list[Fact] = field(default_factory=list)
    count: int = 0  # articles that say so, where it is more than one fact


@dataclass(slots=True)
class Listing:
    """A list of what points here; `total` counts also what is not shown, `place` is where all of it is, `cut`
    says that there may be more than was counted."""

    key: str
    items: list[Item]
    total: int
    place: str = ""
    cut: bool = False


def listings(visit: Visit, iri: str, top: str) -> list[Listing]:
    """The lists of a thing of the class `top`, each with its first entries."""
    made = []
    asked = [name for group in GROUPS.get(top, ()) for name in group.properties if group.key not in _APART]
    pointing = incoming(visit.reader, iri, asked) if asked else []
    for group in GROUPS.get(top, ()):
        items = _ordered(visit, iri, group, pointing)
        if items:
            cut = MOST in (len(pointing), len(items))
            made.append(Listing(group.key, items[:FIRST], len(items), _place(visit, group.key, iri), cut))
    furnish(visit, [item for listing in made for item in listing.items])
    for listing in made:
        _whom(visit, listing)
    return made


def articles(visit: Visit, iri: str, most: int = FIRST) -> Listing:
    """The articles that state something of a thing, the newest first."""
    found = {text(row, "article") for row in visit.reader.ask("articles-of", this=iri)}
    items = _by_day(Item(article, visit.day(article)) for article in found)
    return Listing("told-by", items[:most], len(items), _place(visit, "told-by", iri), len(items) == MOST)


def view(visit: Visit, key: str, iri: str, top: str, label: str) -> View:
    """All entries of a list, page by page. Raises MissingError where the thing has no such list."""
    items = _all(visit, key, iri, top)
    if not items:
        raise MissingError(key)
    pages = -(-len(items) // PAGE)
    page = visit.number("page", most=pages)
    listing = Listing(key, items[(page - 1) * PAGE : page * PAGE], len(items), cut=len(items) == MOST)
    furnish(visit, listing.items)
    _whom(visit, listing)
    facts = [fact for item in listing.items for fact in item.facts]
    quote(visit.reader, facts)
    visit.learn(iris_of([listing]) | {fact.rule for fact in facts})
    data = {"iri": iri, "label": label, "listing": listing, "page": page, "pages": pages}
    return View("related.html", label, data, top)


def _all(visit: Visit, key: str, iri: str, top: str) -> list[Item]:
    if key == "told-by":
        return articles(visit, iri, MOST).items
    group = next((group for group in GROUPS.get(top, ()) if group.key == key), None)
    if group is not None:
        return _ordered(visit, iri, group, incoming(visit.reader, iri, group.properties))
    facts = [f for f in outgoing(visit.reader, iri) if f.predicate.rpartition("#")[2] == key]
    return _by_day(
        Item(f.iri, visit.day(f.iri), words="" if f.iri else f.value, facts=[f], count=f.articles)
        for f in facts
        if f.predicate not in HIDDEN
    )


def furnish(visit: Visit, items: Sequence[Item]) -> None:
    """Find out who says that the entries belong here."""
    weigh(visit.reader, (fact for item in items for fact in item.facts if not fact.status))


def iris_of(lists: Iterable[Listing]) -> set[str]:
    """The resources that lists name."""
    items = [item for listing in lists for item in listing.items]
    named = {iri for item in items for iri in (item.iri, *item.notes) if iri}
    return named | {fact.predicate for item in items for fact in item.facts}


def _ordered(visit: Visit, iri: str, group: Group, pointing: Iterable[Fact]) -> list[Item]:
    """The entries of a list, the newest first, those without a day last."""
    if group.key in ("posts", "people-in-posts"):
        return _posts(visit, iri, group)
    if group.key == "took-part":
        return _events(visit, iri)
    facts = list({f.subject: f for f in pointing if f.predicate in group.properties}.values())
    told = group.key in _TOLD  # in the order of the articles that tell of them, but of no day of their own
    dated = ((visit.day(article_of(f.subject) if told else f.subject), f) for f in facts)
    found = _by_day(Item(fact.subject, day, facts=[fact]) for day, fact in dated)
    for item in found if told else ():
        item.date = ""
    return found


def _by_day(items: Iterable[Item]) -> list[Item]:
    found = sorted(items, key=lambda item: (item.iri, item.words))
    return sorted(found, key=lambda item: item.until or item.date, reverse=True)


def _posts(visit: Visit, iri: str, group: Group) -> list[Item]:
    """Posts that articles name alike are one entry, from the first to the last day that one tells of it."""
    tenures: dict[str, list[tuple[str, str]]] = {}
    for row in visit.reader.ask("posts-of", p=[(group.properties[0], iri)]):
        tenure = text(row, "tenure")
        tenures.setdefault(text(row, "label"), []).append((visit.day(article_of(tenure)), tenure))
    ones = [max(of)[1] for of in tenures.values()]
    of_person = group.key == "posts"
    others = visit.reader.values(ones, "org:organization" if of_person else "org:member")
    former = visit.reader.values(ones, "ckg:former")
    items = []
    for one, (label, told) in zip(ones, tenures.items(), strict=True):
        days = [day for day, _ in told if day]
        shown = sorted(told)[-2:]
        items.append(
            Item(
                one, min(days, default=""), max(days, default=""), words=label.partition(": ")[2] or label,
                note="former" if "true" in former.get(one, ()) else "", notes=tuple(others.get(one, ())[:1]),
                facts=[Fact(tenure, group.properties[0], ox.NamedNode(iri)) for _, tenure in shown],
                count=len(told),
            )
        )  # fmt: skip
    return _by_day(items)


def _events(visit: Visit, iri: str) -> list[Item]:
    """The events that somebody took part in, each once, with all roles."""
    found: dict[str, Item] = {}
    for row in visit.reader.ask("roles-of", p=[(CKG.participant, iri)]):
        event = text(row, "event")
        item = found.setdefault(event, Item(event, visit.day(event)))
        item.facts.append(Fact(text(row, "s"), CKG.participant, ox.NamedNode(iri)))
        item.notes = tuple(dict.fromkeys((*item.notes, text(row, "role"))))
    return _by_day(found.values())


def _whom(visit: Visit, listing: Listing) -> None:
    """Beside tasks stands whom they were given, beside statements who made them."""
    if listing.key not in ("tasks-from", "tasks-given"):
        return
    found = visit.reader.values([item.iri for item in listing.items], _WHOM)
    for item in listing.items:
        whom = found.get(item.iri, [])
        item.notes = tuple(iri for iri in whom if iri.startswith("http"))[:3]
        item.note = next((words for words in whom if not words.startswith("http")), "")


def _place(visit: Visit, key: str, iri: str) -> str:
    """The path of the pages of a list, "" for what is not ours."""
    return f"/all/{key}/{place}" if (place := visit.place(iri)) else ""
