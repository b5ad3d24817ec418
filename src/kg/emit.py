"""emit: facts → N-Quads text, in a stable order, one claim and one passage for each.

Lines are written once, straight for the loader: building RDF objects first is ten times slower.
"""

from __future__ import annotations

from kg.link.page import Page
from kg.model import Fact
from kg.namespaces import CKG, DCTERMS, OA, RDF, RDFS, SCHEMA, XSD
from kg.relate.facts import Facts, integer, iri, literal

_TYPE = f"<{RDF.type}>"
_LABEL = f"<{RDFS.label}>"
_MENTIONS = f"<{CKG.mentions}>"
_CONTEXT = 40  # code points of text kept before and behind a passage (oa:prefix, oa:suffix)
_MENTIONED = ("Document", "Organ", "Person", "Event", "Task")


class Emitter:
    """Writes the two graphs of one article."""

    def __init__(self, page: Page, facts: Facts) -> None:
        self.page, self.facts, self.r = page, facts, page.reading
        self.article = iri(page.iri)
        self.claims_graph = iri(f"{page.iri}#claims")
        self.passages: dict[int, str] = {}

    def stated(self) -> str:
        """The article's own graph: entities, what it mentions, and its facts."""
        g, a = self.article, self.article
        lines = [
            f"{a} {_TYPE} <{CKG.Article}> {g} .",
            f"{a} <{DCTERMS.identifier}> {literal(self.page.reading.article.stem)} {g} .",
            f"{a} {_LABEL} {self._title()} {g} .",
        ]
        for address, (kind, label) in self.facts.entities.items():
            s = iri(address)
            lines.append(f"{s} {_TYPE} <{kind}> {g} .")
            lines.append(f"{s} {_LABEL} {label} {g} .")
            if "/participation/" not in address and "/tenure/" not in address and "/statement/" not in address:
                lines.append(f"{a} {_MENTIONS} {s} {g} .")
        lines += [f"{iri(f.subject)} <{f.predicate}> {f.object} {g} ." for f in self.facts]
        return "\n".join(lines) + "\n"

    def _title(self) -> str:
        found = next((f.object for f in self.facts if f.subject == self.page.iri and f.predicate == SCHEMA.headline), None)
        if found:
            return found
        lead = next((s for s in self.r.sentences if s.zone == "lead"), None) or (self.r.sentences[0] if self.r.sentences else None)
        words = self.r.squeeze(lead.start, min(lead.end, lead.start + 100)) if lead else self.r.article.stem
        return literal(words if not lead or lead.end <= lead.start + 100 else words.rsplit(" ", 1)[0] + " …", "vi")

    def claims(self) -> str:
        """The evidence: a claim for each fact, the passages, and the stored text that they are cut from."""
        g = self.claims_graph
        lines = [f"{self.article} <{SCHEMA.articleBody}> {literal(self.r.text)} {g} ."]
        for number, fact in enumerate(self.facts, 1):
            self._claim(lines, number, fact)
        for sentence, address in sorted(self.passages.items()):
            self._passage(lines, sentence, address)
        return "\n".join(lines) + "\n"

    def _claim(self, lines: list[str], number: int, fact: Fact) -> None:
        g = self.claims_graph
        c = f"<{self.page.iri}#claim-{number}>"
        lines.append(
            f"{c} {_TYPE} <{CKG.Claim}> {g} .\n"
            f"{c} <{RDF.subject}> {iri(fact.subject)} {g} .\n"
            f"{c} <{RDF.predicate}> <{fact.predicate}> {g} .\n"
            f"{c} <{RDF.object}> {fact.object} {g} .\n"
            f"{c} <{CKG.status}> <{CKG.Stated}> {g} ."
        )
        for sentence in (fact.sentence, *fact.also):
            lines.append(f"{c} <{CKG.evidence}> {self._address(sentence)} {g} .")
        if fact.words:
            start, end = fact.words
            lines.append(
                f"{c} <{CKG.words}> {literal(self.r.text[start:end], 'vi')} {g} .\n"
                f"{c} <{CKG.wordsStart}> {integer(start)} {g} .\n"
                f"{c} <{CKG.wordsEnd}> {integer(end)} {g} ."
            )

    def _address(self, sentence: int) -> str:
        known = self.passages.get(sentence)
        if known is None:
            s = self.r.sentences[sentence]
            known = self.passages[sentence] = f"<{self.page.iri}#passage-{s.start}-{s.end}>"
        return known

    def _passage(self, lines: list[str], sentence: int, address: str) -> None:
        g, s, text = self.claims_graph, self.r.sentences[sentence], self.r.text
        lines.append(
            f"{address} {_TYPE} <{CKG.Passage}> {g} .\n"
            f"{address} <{CKG.inArticle}> {self.article} {g} .\n"
            f"{address} <{OA.exact}> {literal(text[s.start : s.end])} {g} .\n"
            f"{address} <{OA.prefix}> {literal(text[max(0, s.start - _CONTEXT) : s.start])} {g} .\n"
            f"{address} <{OA.suffix}> {literal(text[s.end : s.end + _CONTEXT])} {g} .\n"
            f"{address} <{OA.start}> {literal(str(s.start), datatype=XSD.integer)} {g} .\n"
            f"{address} <{OA.end}> {literal(str(s.end), datatype=XSD.integer)} {g} .\n"
            f"{address} <{CKG.zone}> {literal(s.zone)} {g} ."
        )
