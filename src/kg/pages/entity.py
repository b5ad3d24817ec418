"""The part that pages of all things share: heading, facts with their sources, what points here, findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kg.namespaces import SKOS
from kg.pages.data import text
from kg.pages.facts import Fact, incoming, outgoing, quote
from kg.pages.layout import GROUPS, HIDDEN, LINES, Group, Line
from kg.pages.site import MissingError, View, Visit

_TOPS = (
    "Document",
    "Organ",
    "Person",
    "Event",
    "Territory",
    "Task",
    "Statement",
    "Tenure",
    "Article",
    "Topic",
)
_LISTED = 30  # items of a list that one page shows
_ARTICLES = 12
_WHOM = "ckg:assignedTo|ckg:saidBy"
_OPEN = 8  # items of each list whose sentences are on the page


@dataclass(slots=True)
class Row:
    """A line of the fact table. No facts = a hole; `conflict` = the sources contradict each other."""

    property: str
    name: str
    facts: list[Fact]
    conflict: bool = False


@dataclass(slots=True)
class Item:
    """An entry of a list: the thing, its day, a note beside it, and the fact that puts it here."""

    iri: str
    date: str = ""
    note: str = ""
    note_iri: str = ""
    fact: Fact | None = None


@dataclass(slots=True)
class Listing:
    """A list of what points here; `total` counts also what the page has no room for."""

    key: str
    items: list[Item]
    total: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A validation result about this thing."""

    shape: str
    severity: str
    message: str


@dataclass(slots=True)
class Entity:
    """What is known of one thing."""

    iri: str
    label: str
    top: str
    classes: list[str]
    names: list[str]
    rows: list[Row]
    lists: list[Listing] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)
    article_count: int = 0

    @property
    def facts(self) -> list[Fact]:
        """All facts of the table."""
        return [fact for row in self.rows for fact in row.facts]

    def row(self, property_: str) -> list[Fact]:
        """The facts of one property."""
        return [fact for row in self.rows if row.property == property_ for fact in row.facts]


def describe(visit: Visit, iri: str) -> Entity:
    """Gather what is known of a resource. Raises MissingError where nothing is."""
    reader = visit.reader
    kinds = reader.ask("kind", this=iri)
    facts = outgoing(reader, iri)
    tops = {text(row, "top").rpartition("#")[2] for row in kinds}
    top = next((name for name in _TOPS if name in tops), "")
    groups = GROUPS.get(top, ())
    pointing = incoming(reader, iri, [p for group in groups for p in group.properties]) if groups else []
    if not kinds and not facts and not pointing:
        raise MissingError(iri)
    classes = sorted({text(row, "class") for row in kinds if "class" in row})
    rows = _rows(visit, facts, LINES.get(top, ()))
    lists = [made for group in groups if (made := _listing(visit, group, pointing)).total]
    shown = [fact for row in rows for fact in row.facts]
    shown += [item.fact for listing in lists for item in listing.items[:_OPEN] if item.fact]
    quote(reader, sorted(shown, key=lambda fact: not fact.articles))
    entry = visit.entry(iri)
    entity = Entity(
        iri=iri, label=visit.name(iri), top=top, classes=classes, names=_names(visit, iri, facts), rows=rows,
        lists=lists, findings=findings(visit, iri), articles=_articles(visit, iri),
        article_count=entry.articles if entry else 0,
    )  # fmt: skip
    entity.article_count = max(entity.article_count, len(entity.articles))
    visit.learn(_iris(entity))
    return entity


def heading(visit: Visit, iri: str) -> Entity:
    """Only the name of a thing and what it is. Raises MissingError where nothing is known of it."""
    kinds = visit.reader.ask("kind", this=iri)
    if not kinds:
        raise MissingError(iri)
    tops = {text(row, "top").rpartition("#")[2] for row in kinds}
    classes = sorted({text(row, "class") for row in kinds})
    top = next((name for name in _TOPS if name in tops), "")
    visit.learn(set(classes))
    return Entity(iri, visit.name(iri), top, classes, [], [])


def view(visit: Visit, iri: str) -> View:
    """The page of a thing that has no page of its own kind."""
    entity = describe(visit, iri)
    return View("entity.html", entity.label, {"entity": entity}, entity.top)


def _names(visit: Visit, iri: str, facts: Sequence[Fact]) -> list[str]:
    labels = [text(row, "label") for row in visit.reader.ask("labels", this=iri)]
    others = [fact.value for fact in facts if fact.predicate == SKOS.altLabel]
    return [name for name in dict.fromkeys([*labels, *others]) if name != visit.name(iri)][:12]


def _rows(visit: Visit, facts: Sequence[Fact], lines: Sequence[Line]) -> list[Row]:
    by_property: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.predicate not in HIDDEN:
            by_property.setdefault(fact.predicate, []).append(fact)
    order = [line for line in lines if line.property in by_property or line.hole]
    listed = {line.property for line in lines}
    order += [Line(name) for name in sorted(by_property) if name not in listed]
    visit.learn({line.property for line in order})
    return [_row(visit, line, by_property.get(line.property, [])) for line in order]


def _row(visit: Visit, line: Line, facts: list[Fact]) -> Row:
    name = visit.property(line.property)
    facts = sorted(facts, key=lambda fact: (-fact.articles, fact.value))[:_LISTED]
    told = {fact.value for fact in facts if fact.status != "inferred"}
    return Row(line.property, name[:1].upper() + name[1:], facts, line.single and len(told) > 1)


def _listing(visit: Visit, group: Group, pointing: Iterable[Fact]) -> Listing:
    facts = list({f.subject: f for f in pointing if f.predicate in group.properties}.values())
    items = _items(visit, group.key, facts[:400])
    items.sort(key=lambda item: (item.date == "", item.date))
    return Listing(group.key, items[:_LISTED], len(facts))


def _items(visit: Visit, key: str, facts: Sequence[Fact]) -> list[Item]:
    subjects = [fact.subject for fact in facts]
    if key in ("posts", "people-in-posts"):
        return _tenures(visit, key, facts)
    if key == "took-part":
        return _participations(visit, facts)
    if key in ("tasks-from", "tasks-received", "tasks-given"):
        whom = visit.reader.values(subjects, _WHOM) if key != "tasks-received" else {}
        return [_to_whom(visit, fact, whom.get(fact.subject, [])) for fact in facts]
    return [Item(fact.subject, _day(visit, fact.subject), fact=fact) for fact in facts]


def _to_whom(visit: Visit, fact: Fact, whom: list[str]) -> Item:
    item = Item(fact.subject, _day(visit, fact.subject), fact=fact)
    if whom and whom[0].startswith("http"):
        item.note_iri = whom[0]
    elif whom:
        item.note = whom[0]
    return item


def _day(visit: Visit, iri: str) -> str:
    entry = visit.entry(iri)
    return entry.date if entry else ""


def _tenures(visit: Visit, key: str, facts: Sequence[Fact]) -> list[Item]:
    """Posts: the tenure's title, the organ or the person, the day of the article that tells of it."""
    tenures = [fact.subject for fact in facts]
    others = visit.reader.values(tenures, "org:organization" if key == "posts" else "org:member")
    items = []
    for fact in facts:
        article = fact.graphs[0] if fact.graphs else ""
        other = others.get(fact.subject, [""])[0]
        items.append(Item(fact.subject, _day(visit, article), note_iri=other, fact=fact))
    return items


def _participations(visit: Visit, facts: Sequence[Fact]) -> list[Item]:
    subjects = [fact.subject for fact in facts]
    events = visit.reader.values(subjects, "^ckg:hasParticipation")
    roles = visit.reader.values(subjects, "ckg:role")
    items = []
    for fact in facts:
        event = events.get(fact.subject, [""])[0] or fact.subject
        role = roles.get(fact.subject, [""])[0]
        items.append(Item(event, _day(visit, event), note_iri=role, fact=fact))
    return items


def findings(visit: Visit, iri: str) -> list[Finding]:
    """What the newest validation says of a thing, worst first."""
    rows = visit.reader.ask("findings-of", this=iri)
    kept: dict[str, Finding] = {}
    for row in rows:
        message, lang = row.get("message"), getattr(row.get("message"), "language", None)
        if message is not None and (lang == visit.lang or text(row, "result") not in kept):
            severity = text(row, "severity").rpartition("#")[2].lower()
            kept[text(row, "result")] = Finding(
                text(row, "shape"), severity, readable(visit, text(row, "message"))
            )
    order = ("violation", "warning", "info")
    return sorted(
        kept.values(), key=lambda f: (order.index(f.severity) if f.severity in order else 0, f.message)
    )


def readable(visit: Visit, message: str) -> str:
    """A message with the IRIs that have a name replaced by it."""
    from kg.check.report import IRI_IN_TEXT

    visit.learn(set(IRI_IN_TEXT.findall(message)))
    return IRI_IN_TEXT.sub(lambda m: visit.name(m.group()), message)


def _articles(visit: Visit, iri: str) -> list[str]:
    found = [text(row, "article") for row in visit.reader.ask("articles-of", this=iri)]
    return sorted(found, key=lambda a: _day(visit, a), reverse=True)[:_ARTICLES]


def _iris(entity: Entity) -> set[str]:
    found = {*entity.classes, *entity.articles, *(f.shape for f in entity.findings)}
    for fact in entity.facts:
        found |= {fact.iri, fact.rule}
    for listing in entity.lists:
        for item in listing.items:
            found |= {item.iri, item.note_iri, *([item.fact.rule, item.fact.predicate] if item.fact else [])}
    return found - {""}
