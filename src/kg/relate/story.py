"""The one function that turns a linked article into facts; and facts too small for a room of their own."""

from __future__ import annotations

import re

from kg.link.page import Page
from kg.namespaces import CKG, ORG, SCHEMA
from kg.relate.days import spread_dates
from kg.relate.documents import state_documents
from kg.relate.events import EventReader
from kg.relate.facts import Facts, boolean, day, integer, iri, literal
from kg.relate.index import Index
from kg.relate.issuers import spread_issuers
from kg.relate.relations import Relations
from kg.relate.roles import RoleReader
from kg.relate.signers import state_signers
from kg.relate.statements import state_statements
from kg.relate.tasks import TaskReader
from kg.relate.venues import Venues
from kg.scanner import words_of

_WORDS = ("", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
_NUMERAL = 12  # characters: no number of tasks is longer
_SETS_OUT = re.compile(r"(?:đề ra|gồm|nêu|có|xác định|đưa ra|với)\s+$")
_URL = re.compile(r"https?://[^\s<>\"')\]]+")


def relate(page: Page) -> Facts:
    """All facts of an article. The stages read what those before them have stated or spread."""
    facts, index = Facts(page.reading.sentence_at), Index(page)
    spread_issuers(index)
    spread_dates(index)
    page.documents.address_all()
    state_documents(index, facts)
    Relations(index, facts).read()
    _organs(index, facts)
    tenures = _people(page, facts)
    state_signers(index, facts)
    events = EventReader(index, facts).read()
    for event in events:
        parts = RoleReader(index, facts, event, tenures).read()
        Venues(index, facts, event, parts).read()
    TaskReader(index, facts, events[0] if events else None).read()
    state_statements(page, facts, events)
    _task_counts(page, facts)
    _topics(page, facts)
    _page(page, facts)
    return facts


def _organs(index: Index, facts: Facts) -> None:
    page = index.page
    issuers = {id(o) for m in page.document_mentions for o in m.issuers}
    for entity in page.organs.entities.values():
        if all(
            id(m) not in issuers and (index.in_subjects[m.start] or page.reading.zone_at(m.start) == "title")
            for m in entity.mentions
        ):
            continue  # named in titles alone: the article says nothing of it
        first = min(entity.mentions, key=lambda m: m.start)
        sentence, words = page.reading.sentence_at(first.start), (first.start, first.end)
        facts.entity(entity.iri, CKG[entity.organ_class], literal(entity.label, "vi"))
        if entity.level:
            facts.add(entity.iri, CKG.level, iri(CKG[entity.level]), sentence, words)
        if entity.place:
            place = page.mint.resource("territory", entity.place)
            facts.add(entity.iri, CKG.territory, iri(place), sentence, words)


def _people(page: Page, facts: Facts) -> dict[str, list[str]]:
    """States people and their posts; returns the present tenures of each person, all by IRI."""
    count, present = 0, dict[str, list[str]]()
    for person in page.people.entities.values():
        facts.entity(person.iri, CKG.Person, literal(person.name))
        for tenure in person.tenures:
            count += 1
            node = f"{page.iri}/tenure/{count}"
            number = page.reading.sentence_at(tenure.post.start)
            words = (tenure.post.start, tenure.post.end)
            organ = tenure.organ.label if tenure.organ else ""
            facts.entity(node, CKG.Tenure, literal(f"{person.name}: {tenure.title} {organ}".strip(), "vi"))
            facts.add(node, ORG.member, iri(person.iri), number, words)
            facts.add(node, CKG.postTitle, literal(tenure.title, "vi"), number, words)
            facts.add(node, CKG.former, boolean(tenure.former), number, words)
            if tenure.organ:
                facts.add(node, ORG.organization, iri(tenure.organ.iri), number, words)
            if not tenure.former:
                present.setdefault(person.iri, []).append(node)
    return present


def _task_counts(page: Page, facts: Facts) -> None:
    """ "đã đề ra tám nhiệm vụ trọng tâm": of the document that the sentence speaks of before."""
    r = page.reading
    if not page.document_mentions or not r.says("tasks-counted"):
        return
    counted = r.lexicon.pattern(r"{tasks-counted}(?!\w)")
    count = r.lexicon.pattern(r"\b(\d{1,2}|{number-word}) $")
    spoken_in = r.by_sentence(d for d in page.document_mentions if not d.inside)
    story = [(n, r.sentences[n]) for n in sorted(spoken_in) if r.sentences[n].zone in ("lead", "body")]
    for number, what in ((n, m) for n, s in story for m in counted.finditer(r.shadow, s.start, s.end)):
        start = r.sentences[number].start
        m = count.search(r.shadow, max(start, what.start() - _NUMERAL), what.start())
        if m is None or not _SETS_OUT.search(r.shadow, max(start, m.start() - 12), m.start()):
            continue
        spoken = [page.document(d) for d in spoken_in[number] if d.start < m.start()]
        document = next((d for d in reversed(spoken) if d), None)
        if document:
            value = int(m.group(1)) if m.group(1).isdigit() else _WORDS.index(m.group(1))
            words = (m.start(), what.end())
            facts.add(document.iri, CKG.taskCount, integer(value), number, words)


def _topics(page: Page, facts: Facts) -> None:
    """A document is about the topics that its own title names."""
    r = page.reading
    for m in page.document_mentions:
        entity = page.document(m)
        if not entity or not m.subject:
            continue
        start, end = m.subject
        for t in r.lexicon.topic_scanner.scan(words_of(r.shadow[start:end])):
            words = (start + t.start, start + t.end)
            for sense in t.senses:
                facts.add(entity.iri, CKG.about, iri(sense.key), r.sentence_at(words[0]), words)


def _page(page: Page, facts: Facts) -> None:
    """Headline, date, byline and address of the page, as far as the page says."""
    r = page.reading
    for number, s in enumerate(r.sentences):
        span = (s.start, s.end)
        if s.zone == "title" and not facts.has(page.iri, SCHEMA.headline):
            facts.add(page.iri, SCHEMA.headline, literal(r.squeeze(*span), "vi"), number, span)
        elif (
            s.zone == "byline"
            and len(r.squeeze(*span)) <= 40
            and not r.shadow[s.start : s.end].startswith("(")
        ):
            facts.add(page.iri, SCHEMA.author, literal(r.squeeze(*span)), number, span)
        elif s.zone == "footer":
            url = _URL.search(r.text, s.start, s.end)
            if url:
                facts.add(page.iri, SCHEMA.url, iri(url.group().rstrip(".,;")), number, url.span())
    published = page.context.published
    if published:
        facts.add(
            page.iri,
            SCHEMA.datePublished,
            day(published.iso),
            page.context.published_sentence,
            (published.start, published.end),
        )
