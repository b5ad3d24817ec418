"""Reported speech: who said what, at which event, about which documents; in the words of the report."""

from __future__ import annotations

import re

from kg.link.page import Page
from kg.link.people import PersonEntity
from kg.model import Span
from kg.namespaces import CKG
from kg.recognise.spans import between
from kg.relate.facts import Facts, iri, literal
from kg.relate.occasions import Event

_ZONES = frozenset(("lead", "body"))
_OPENING = re.compile(r"[\s:,\"“]*(?:rằng|là|tại hội nghị|kết luận hội nghị)?[\s:,\"“]*")
_PRONOUN = re.compile(r"(?:^|[,;:]\s*)(?:đồng chí|ông|bà|cô|anh|chị)\s*$")
_CLOSES = {"“": "”", '"': '"'}  # the mark that opens a quotation → the one that closes it
_AT_EVENT = re.compile(r"(?:phát biểu|nói)\s+(?:\w+\s+){0,3}(?:tại|ở)\s")


def state_statements(page: Page, facts: Facts, events: list[Event]) -> None:
    """States every sentence in which a named person, or the one named last, says something."""
    r = page.reading
    count = 0
    last: PersonEntity | None = None
    people_in, said_in = r.by_sentence(page.person_mentions), r.by_sentence(r.cues("say"))
    for number in sorted(people_in.keys() | said_in.keys()):
        s = r.sentences[number]
        if s.zone not in _ZONES:
            continue
        people = people_in.get(number, [])
        for t in said_in.get(number, []):
            if t.end > s.end:
                continue
            speaker = next(
                (
                    p
                    for p in reversed(people)
                    if p.right <= t.start and len(r.shadow[p.right : t.start].strip()) <= 12
                ),
                None,
            )
            person = page.person(speaker) if speaker else None
            if person is None and not people and last and _PRONOUN.search(r.shadow[s.start : t.start]):
                person = last
            opening = _OPENING.match(r.shadow, t.end)
            start = opening.end() if opening else t.end
            if person is None or s.end - start < 15 or _AT_EVENT.match(r.shadow, t.start):
                continue
            count += 1
            event = next((e for e in events if number not in e.elsewhere), None)
            _state(page, facts, event, count, number, person, Span(start, _quoted(r.text, start, s.end)))
            break
        if people:
            last = page.person(people[-1])


def _quoted(text: str, start: int, end: int) -> int:
    """Where the words end: at the mark that closes a quotation opened right before them, else at `end`."""
    close = _CLOSES.get(text[start - 1 : start], "")
    at = text.find(close, start, end) if close else -1
    return at if at > start else end


def _state(
    page: Page, facts: Facts, event: Event | None, count: int, number: int, person: PersonEntity, span: Span
) -> None:
    r = page.reading
    node = f"{page.iri}/statement/{count}"
    words = r.squeeze(*span).strip(" .,;:")
    facts.entity(
        node,
        CKG.Statement,
        literal(
            f"{person.name}: {words[:70].rsplit(' ', 1)[0]} …"
            if len(words) > 70
            else f"{person.name}: {words}",
            "vi",
        ),
    )
    facts.add(node, CKG.saidBy, iri(person.iri), number, span)
    facts.add(node, CKG.words, literal(words, "vi"), number, span)
    if event:
        facts.add(node, CKG.saidAt, iri(event.iri), number, span)
    for m in between(page.document_mentions, *span):
        entity = page.document(m)
        if entity and not m.inside:
            facts.add(node, CKG.concerns, iri(entity.iri), number, Span(m.start, m.end))
