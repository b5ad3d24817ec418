"""One article, recognised and linked: what the later stages work on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.identity import Mint
from kg.lexicon import Lexicon
from kg.link.context import Context, find_context
from kg.link.documents import DocumentEntity, DocumentLinker
from kg.link.organs import OrganEntity, OrganLinker
from kg.link.people import PeopleLinker, PersonEntity
from kg.model import Article, DocumentMention, OrganMention, PersonMention, PostMention
from kg.recognise.documents import DocumentGrammar
from kg.recognise.organs import OrganGrammar
from kg.recognise.people import PeopleGrammar
from kg.recognise.places import PlaceMention, find_places
from kg.recognise.reading import Reading

_CREDIT = re.compile(r"[(\[\s]*(?:bài,?\s*)?ảnh\s*:")
_LONGEST_CREDIT = 60  # characters


@dataclass(slots=True)
class Page:
    """An article with its mentions and entities."""

    iri: str
    mint: Mint
    reading: Reading
    context: Context
    places: list[PlaceMention]
    organ_mentions: list[OrganMention]
    document_mentions: list[DocumentMention]
    person_mentions: list[PersonMention]
    posts: list[PostMention]
    organs: OrganLinker
    documents: DocumentLinker
    people: PeopleLinker

    def organ(self, mention: OrganMention) -> OrganEntity | None:
        """The organ that a mention means."""
        return self.organs.of(mention)

    def document(self, mention: DocumentMention) -> DocumentEntity | None:
        """The document that a mention means."""
        return self.documents.papers.of(mention)

    def person(self, mention: PersonMention) -> PersonEntity:
        """The person that a mention means."""
        return self.people.of(mention)


def _counts(reading: Reading, organ: OrganMention) -> bool:
    """Whether an organ is one of the story: not of other stories, and no paper's own name before the lead."""
    zone = reading.zone_at(organ.start)
    if zone in ("related", "byline", "stamp"):
        return False
    block = reading.blocks[reading.sentences[reading.sentence_at(organ.start)].block]
    shadow = reading.shadow
    if shadow.startswith(")", organ.end) and shadow[block.start : organ.start].strip() == "(":
        return False
    short = block.end - block.start < _LONGEST_CREDIT
    return not (zone == "caption" and short and _CREDIT.match(shadow, block.start, organ.start + 1))


def link(article: Article, lexicon: Lexicon, mint: Mint) -> Page:
    """Recognises and links one article: organs first, since documents and people lean on them."""
    reading = Reading.of(article, lexicon)
    iri = mint.article(article.stem)
    organ_grammar = OrganGrammar(reading)
    organ_mentions = organ_grammar.find()
    places = find_places(reading, organ_grammar.names)
    document_mentions = DocumentGrammar(reading, organ_mentions).find()
    people_grammar = PeopleGrammar(reading, organ_mentions, organ_grammar)
    person_mentions = people_grammar.find()
    context = find_context(reading, organ_mentions, places)
    organs = OrganLinker(reading, context, mint, iri)
    organ_mentions = [o for o in organ_mentions if _counts(reading, o)]
    organs.link_all(organ_mentions)
    documents = DocumentLinker(reading, context, organs, mint, iri)
    documents.link_all(document_mentions, organ_mentions)
    people = PeopleLinker(organs, mint, iri)
    people.link_all(person_mentions)
    return Page(
        iri, mint, reading, context, places, organ_mentions, document_mentions, person_mentions,
        people_grammar.posts, organs, documents, people,
    )  # fmt: skip
