"""What an article states of each document: class, number, symbol, date, issuer, subject."""

from __future__ import annotations

from kg.link.documents import DocumentEntity
from kg.model import DocumentMention
from kg.namespaces import CKG
from kg.relate.facts import Facts, day, iri, literal
from kg.relate.index import Index
from kg.relate.series import in_series


def state_documents(index: Index, facts: Facts) -> None:
    """States every document of the page, and what each reference to it adds."""
    page, r = index.page, index.reading
    for entity in page.documents.entities:
        mentions = sorted(entity.mentions, key=lambda m: m.start)
        first = mentions[0]
        kind = r.lexicon.documents[entity.type]
        facts.entity(entity.iri, CKG[entity.type], literal(label_of(entity, kind.label), "vi"))
        if entity.number:
            sentence, words = r.sentence_at(first.start), (first.start, first.end)
            number = entity.number.split("/")[0]  # the year of a state number stands in the code
            facts.add(entity.iri, CKG.documentNumber, literal(number), sentence, words)
        if entity.symbol:
            where = next(m for m in entity.mentions if m.symbol)
            at, span = r.sentence_at(where.start), (where.start, where.end)
            facts.add(entity.iri, CKG.symbol, literal(entity.symbol), at, span)
            facts.add(entity.iri, CKG.code, literal(code_of(entity)), at, span)
        if entity.term_words:
            term = iri(page.mint.resource("term", str(entity.term)))
            at = r.sentence_at(entity.term_words.start)
            facts.add(entity.iri, CKG.inTerm, term, at, entity.term_words)
        if entity.year:
            words = (entity.year.start, entity.year.end)
            facts.add(
                entity.iri, CKG.dateAsWritten, literal(r.squeeze(*words)), r.sentence_at(words[0]), words
            )
        for m in mentions:
            _state_reference(index, facts, entity, m)


def label_of(entity: DocumentEntity, kind: str) -> str:
    """The name that a reader knows: "Chỉ thị số 32-CT/TW", or a document's own name."""
    if entity.number:
        return f"{kind} số {code_of(entity) if entity.symbol else entity.number}"
    if entity.name:
        return entity.name if entity.name.lower().startswith(kind.lower()) else f"{kind} “{entity.name}”"
    return f"{kind} của {entity.issuers[0][0].label}" if entity.issuers else kind


def code_of(entity: DocumentEntity) -> str:
    """Normal form: Party `32-CT/TW`, state `03/NQ-CP`, `30/2020/NĐ-CP`."""
    return f"{entity.number}{'-' if '/' in entity.symbol else '/'}{entity.symbol}"


def _state_reference(index: Index, facts: Facts, entity: DocumentEntity, m: DocumentMention) -> None:
    page, r = index.page, index.reading
    sentence = r.sentence_at(m.start)
    if m.date:
        words = (m.date.start, m.date.end)
        if m.date.kind == "full":
            facts.add(entity.iri, CKG.issuedOn, day(m.date.iso), sentence, words)
        elif m.date.kind == "bad":
            facts.add(entity.iri, CKG.dateAsWritten, literal(r.squeeze(*words)), sentence, words)
    for organ in m.issuers:
        issuer = page.organ(organ)
        # "Kế hoạch số 96/KH-UBND tổng kết … Chỉ thị 38 của UBND tỉnh": "của" after a short reference may
        # belong to what stands before it; with the symbol of another's series it does
        foreign = entity.symbol and not m.symbol and not in_series(index, m, organ, True)
        if issuer and not foreign:
            facts.add(entity.iri, CKG.issuedBy, iri(issuer.iri), sentence, (organ.start, organ.end))
    if m.name and not m.subject and not entity.number:
        facts.add(entity.iri, CKG.subjectMatter, literal(entity.name, "vi"), sentence, (m.start, m.end))
    if m.subject and (not m.demonstrative or m.tail > m.end):
        facts.add(entity.iri, CKG.subjectMatter, literal(r.squeeze(*m.subject), "vi"), sentence, m.subject)
