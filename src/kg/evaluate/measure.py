"""Compare what a dataset states of an article with its gold facts, facet by facet.

documents              type + number (a gold number without symbol matches any symbol of that number; an
                       unnumbered document matches by type)
issuer, issue date,    of each document: right / stated in gold (a missed document misses them too); a value
subject                that gold does not state counts against precision
implements, relations  directed edges between matched documents
persons                full name
posts                  person + title + organ + former
organs                 name, exactly or as a qualified form of the gold name
events                 matched by date, documents, organiser and people; then its date, organiser,
                       disseminated documents and participants (name + role)
tasks                  addressee + at least one shared document, or most of the words
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from kg.evaluate.answers import FoundArticle, FoundDocument, FoundEvent, FoundPost, FoundTask
from kg.evaluate.gold import GoldArticle, GoldDocument, GoldEvent, GoldPost, GoldTask
from kg.evaluate.likeness import (
    any_agrees,
    bare_code,
    date_agrees,
    fold,
    leading_digits,
    names_agree,
    organ_key,
    token_f1,
    type_key,
)
from kg.evaluate.tally import Tally

# Everyone is in "Trung ương Đảng"; whether it is an organ of its own is not worth a point.
_NOT_COUNTED = "trung ương đảng"
_SAME_SUBJECT, _SAME_ADDRESSEE, _SAME_TASK = 0.8, 0.6, 0.5  # least token F1

T = TypeVar("T", bound=Hashable)


@dataclass(slots=True)
class Comparison:
    """One article under comparison. `match` maps gold keys of documents to the IRIs found for them."""

    gold: GoldArticle
    found: FoundArticle
    tally: Tally
    match: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Count every facet of the article."""
        self._documents()
        self._edges()
        self._persons()
        self._organs()
        self._events()
        self._tasks()

    def _miss(self, facet: str, what: str, text: str, clue: str = "") -> None:
        self.tally.miss(self.gold["id"], facet, what, text, clue)

    def _sets(
        self, facet: str, wanted: set[T], found: set[T], show: Callable[[T], str], clue: Callable[[T], str]
    ) -> None:
        """Count two sets against each other; `show` names an item, `clue` finds it in the text."""
        self.tally.add(
            facet, right=len(wanted & found), extra=len(found - wanted), missed=len(wanted - found)
        )
        for what, items in (("missed", wanted - found), ("extra", found - wanted)):
            for item in sorted(items, key=str):
                self._miss(facet, what, show(item), clue(item))

    def _document_name(self, key: str) -> str:
        """Name a document by its gold key or its IRI."""
        keys = {iri: gold_key for gold_key, iri in self.match.items()}
        for gold in self.gold["documents"]:
            if gold["key"] == keys.get(key, key):
                return _gold_name(gold)
        found = self.found.documents.get(key)
        return _found_name(found) if found else key

    def _person_name(self, folded: str) -> str:
        """Return the spelling of a folded name, that of the gold if it has the person."""
        names = [*(person["name"] for person in self.gold["persons"]), *self.found.persons]
        return next((name for name in names if fold(name) == folded), folded)

    # ------------------------------------------------------------------ documents and their edges
    def _documents(self) -> None:
        free = dict(self.found.documents)
        for exact in (True, False):
            for gold in self.gold["documents"]:
                if gold["key"] not in self.match:
                    best = _best(
                        {
                            iri: _likeness(gold, document)
                            for iri, document in free.items()
                            if _fits(gold, document, exact=exact)
                        }
                    )
                    if best is not None:
                        self.match[gold["key"]] = best
                        del free[best]
        for gold in self.gold["documents"]:
            self._document(gold)
        for document in free.values():
            self.tally.add("documents", extra=1)
            self._miss("documents", "extra", _found_name(document), document.code or document.number or "")

    def _document(self, gold: GoldDocument) -> None:
        label = _gold_name(gold)
        found = self.found.documents.get(self.match.get(gold["key"], ""))
        if found is None:
            self.tally.add("documents", missed=1)
            self._miss("documents", "missed", label, gold["number"] or gold["title"] or gold["type"])
        else:
            self.tally.add("documents", right=1)
        self._value("issuer", label, gold["issuer"], found.issuers if found else None, any_agrees)
        self._value("issue date", label, gold["date"], found.dates if found else None, _among)
        self._value("subject", label, gold["title"], found.subjects if found else None, _same_subject)

    def _value(
        self,
        facet: str,
        label: str,
        wanted: str | None,
        found: set[str] | None,
        agrees: Callable[[str, set[str]], bool],
    ) -> None:
        """Count a value of a document or event; `found` is None where that itself was missed."""
        right = bool(wanted and found and agrees(wanted, found))
        self.tally.value(facet, wanted, found or (), right=right)
        if found is not None and (wanted or found) and not right:
            label = label and f"{label}: "
            self._miss(facet, "wrong", f"{label}gold {wanted!r}, got {sorted(found)}", wanted or min(found))

    def _edges(self) -> None:
        back = {iri: key for key, iri in self.match.items()}
        wanted = {("implements", source, target) for source, target in self.gold["implements"]}
        wanted |= {(kind, source, target) for kind, source, target in self.gold["relations"]}
        found = {(k, back.get(a, a), back.get(b, b)) for k, a, b in self.found.relations}
        for facet, chosen in (("implements", True), ("relations", False)):
            self._sets(
                facet,
                {edge for edge in wanted if (edge[0] == "implements") is chosen},
                {edge for edge in found if (edge[0] == "implements") is chosen},
                show=lambda edge: f"{self._document_name(edge[1])} {edge[0]} {self._document_name(edge[2])}",
                clue=lambda edge: self._document_name(edge[1]),
            )

    # ------------------------------------------------------------------ persons and organs
    def _persons(self) -> None:
        wanted = {fold(person["name"]): person for person in self.gold["persons"]}
        found = {fold(name): posts for name, posts in self.found.persons.items()}
        self._sets("persons", set(wanted), set(found), self._person_name, self._person_name)
        for name, person in wanted.items():
            self._posts(person["name"], person["posts"], list(found.get(name, {}).values()))

    def _posts(self, name: str, wanted: list[GoldPost], left: list[FoundPost]) -> None:
        for gold in wanted:
            hit = next((post for post in left if _same_post(gold, post)), None)
            self.tally.add("posts", right=hit is not None, missed=hit is None)
            if hit is None:
                text = f"{name}: {gold['title']} | {gold['organ']}{_nguyen(gold['former'])}"
                self._miss("posts", "missed", text, name)
            else:
                left.remove(hit)
        self.tally.add("posts", extra=len(left))
        for post in left:
            text = f"{name}: {post.title} | {_list(post.organs)}{_nguyen(post.former)}"
            self._miss("posts", "extra", text, name)

    def _organs(self) -> None:
        left = {iri: names for iri, names in self.found.organs.items() if not _uncounted(names)}
        for name in self.gold["organs"]:
            if _uncounted({name}):
                continue
            hit = next((iri for iri, names in left.items() if organ_key(name) in map(organ_key, names)), None)
            hit = hit or next((iri for iri, names in left.items() if any_agrees(name, names)), None)
            self.tally.add("organs", right=hit is not None, missed=hit is None)
            if hit is None:
                self._miss("organs", "missed", name, name)
            else:
                del left[hit]
        self.tally.add("organs", extra=len(left))
        for names in left.values():
            self._miss("organs", "extra", " / ".join(sorted(names)), min(names, default=""))

    # ------------------------------------------------------------------ events and tasks
    def _events(self) -> None:
        left = dict(self.found.events)
        for gold in self.gold["events"]:
            documents = {self.match.get(key, key) for key in gold["disseminates"]}
            people = {(fold(person["person"]), person["role"]) for person in gold["participants"]}
            closeness = {iri: _closeness(gold, documents, people, event) for iri, event in left.items()}
            best = _best(closeness)
            hit = left.pop(best) if best is not None and closeness[best] >= 1 else None
            if hit is None:
                self._miss("events", "missed", f"{gold['kind']} {gold['date']}", gold["kind"])
            self.tally.add("events", right=hit is not None, missed=hit is None)
            self._event(gold, documents, people, hit or FoundEvent())
        self.tally.add("events", extra=len(left))
        for iri in left:
            self._miss("events", "extra", iri)

    def _event(
        self, gold: GoldEvent, documents: set[str], people: set[tuple[str, str]], found: FoundEvent
    ) -> None:
        self._value("event date", "", gold["date"], found.dates, date_agrees)
        self._value("organiser", "", gold["organizer"], found.organisers, any_agrees)
        self._sets("disseminates", documents, found.documents, self._document_name, self._document_name)
        self._sets(
            "participants",
            people,
            found.participants,
            show=lambda person: f"{self._person_name(person[0])} ({person[1]})",
            clue=lambda person: self._person_name(person[0]),
        )

    def _tasks(self) -> None:
        left = dict(self.found.tasks)
        for gold in self.gold["assignments"]:
            documents = {self.match.get(key, key) for key in gold["about"]}
            hit = _best(
                {
                    iri: token_f1(gold["task"], task.text)
                    for iri, task in left.items()
                    if _same_task(gold, documents, task)
                }
            )
            self.tally.add("tasks", right=hit is not None, missed=hit is None)
            if hit is None:
                self._miss("tasks", "missed", f"{gold['to']}: {gold['task'][:60]}", gold["task"])
            else:
                del left[hit]
        self.tally.add("tasks", extra=len(left))
        for task in left.values():
            self._miss("tasks", "extra", f"{_list(task.to)}: {task.text[:60]}", task.text)


# ---------------------------------------------------------------------- when two things are the same
def _fits(gold: GoldDocument, found: FoundDocument, *, exact: bool) -> bool:
    """Whether `found` may be the gold document; `exact` asks for the symbol, or unnumbered the issuer."""
    if type_key(gold["type"]) not in map(type_key, found.types):
        return False
    wanted, number = gold["number"], found.code or found.number
    if wanted is None:
        return not number and (not exact or any_agrees(gold["issuer"], found.issuers))
    if "-" in wanted or "/" in wanted:
        if found.code:
            return bare_code(wanted) == bare_code(found.code)
        return not exact and leading_digits(wanted) == leading_digits(number)
    return leading_digits(wanted) == leading_digits(number)


def _likeness(gold: GoldDocument, found: FoundDocument) -> float:
    subject = max((token_f1(gold["title"] or "", text) for text in found.subjects), default=0.0)
    return (gold["date"] in found.dates) + any_agrees(gold["issuer"], found.issuers) + subject


def _same_subject(wanted: str, found: Iterable[str]) -> bool:
    return any(token_f1(wanted, text) >= _SAME_SUBJECT for text in found)


def _among(wanted: str, found: Collection[str]) -> bool:
    return wanted in found


def _same_post(gold: GoldPost, found: FoundPost) -> bool:
    if fold(gold["title"]) != fold(found.title) or gold["former"] != found.former:
        return False
    return not gold["organ"] or any_agrees(gold["organ"], found.organs)


def _closeness(
    gold: GoldEvent, documents: set[str], people: set[tuple[str, str]], found: FoundEvent
) -> float:
    """How well an event fits: 2 for the date, up to 1 for the documents, 1 for the organiser, ½ a person."""
    either = documents | found.documents
    same_people = {name for name, _ in people} & {name for name, _ in found.participants}
    return (
        (2.0 if gold["date"] and date_agrees(gold["date"], found.dates) else 0)
        + (len(documents & found.documents) / len(either) if either else 0.5)
        + any_agrees(gold["organizer"], found.organisers)
        + 0.5 * len(same_people)
    )


def _same_task(gold: GoldTask, documents: set[str], found: FoundTask) -> bool:
    to = gold["to"]
    if not any(names_agree(to, name) or token_f1(to, name) >= _SAME_ADDRESSEE for name in found.to):
        return False
    return bool(
        not documents or documents & found.documents or token_f1(gold["task"], found.text) >= _SAME_TASK
    )


def _uncounted(names: Collection[str]) -> bool:
    return _NOT_COUNTED in map(organ_key, names)


def _best(scores: Mapping[str, float]) -> str | None:
    """Return the key with the highest score, the first of equals; None of nothing."""
    return max(scores, key=scores.__getitem__, default=None)


def _gold_name(gold: GoldDocument) -> str:
    return f"{gold['type']} {gold['number'] or '(không số)'}"


def _found_name(found: FoundDocument) -> str:
    return f"{' / '.join(sorted(found.types))} {found.code or found.number or '(không số)'}"


def _list(names: Collection[str]) -> str:
    return str(sorted(filter(None, names)))


def _nguyen(former: bool) -> str:
    return " (nguyên)" if former else ""
