"""emit: facts → N-Quads text, in a stable order, one claim and one passage for each.

Lines are written once, straight for the loader: building RDF objects first is ten times slower.
"""

from __future__ import annotations

from kg.keys import PREDICATES, Entity, Keys
from kg.link.page import Page
from kg.model import Fact, Sentence
from kg.namespaces import CKG, DCTERMS, OA, RDF, RDFS, SCHEMA, XSD
from kg.relate.facts import Facts, escaped, iri, literal, made_of_lines, value

# everything that is the same in every article is put together once: look-ups a line were half of the time
_TYPE = f"<{RDF.type}>"
_LABEL = f"<{RDFS.label}>"
_MENTIONS = f"<{CKG.mentions}>"
_CONTEXT = 40  # code points of text kept before and behind a passage (oa:prefix, oa:suffix)
# classes of what we make of words, and of the parts of what is mentioned
_NOT_MENTIONED = frozenset((CKG.Participation, CKG.Tenure, CKG.Statement, CKG.LocalPoint))
_CLAIM = f" {_TYPE} <{CKG.Claim}>"
_SUBJECT, _PREDICATE, _OBJECT = f" <{RDF.subject}> ", f" <{RDF.predicate}> <", f" <{RDF.object}> "
_STATED, _EVIDENCE = f" <{CKG.status}> <{CKG.Stated}>", f" <{CKG.evidence}> "
_WORDS, _WORDS_START, _WORDS_END = (f' <{p}> "' for p in (CKG.words, CKG.wordsStart, CKG.wordsEnd))
_INTEGER = f'"^^<{XSD.integer}>'
_PASSAGE, _IN_ARTICLE = f" {_TYPE} <{CKG.Passage}>", f" <{CKG.inArticle}> "
_EXACT, _PREFIX, _SUFFIX = (f' <{p}> "' for p in (OA.exact, OA.prefix, OA.suffix))
_START, _END, _ZONE = (f' <{p}> "' for p in (OA.start, OA.end, CKG.zone))


class _Passages(dict[int, str]):
    """Number of a sentence → the address of its passage, which is made when it is asked for."""

    def __init__(self, start: str, sentences: list[Sentence]) -> None:
        super().__init__()
        self.start, self.sentences = start, sentences

    def __missing__(self, number: int) -> str:
        s = self.sentences[number]
        address = self[number] = f"{self.start}-{s.start}-{s.end}>"
        return address


class Emitter:
    """Writes the two graphs of one article."""

    def __init__(self, page: Page, facts: Facts) -> None:
        self.page, self.facts, self.r = page, facts, page.reading
        self.article = iri(page.iri)
        self.end = f" {iri(f'{page.iri}#claims')} .\n"  # of every line of the claims graph
        self.start = f"<{page.iri}#"  # of every claim and passage
        self.passages = _Passages(f"{self.start}passage", self.r.sentences)
        text = self.r.text
        self.lines = made_of_lines(text)
        self.plain = self.lines and '"' not in text and "\\" not in text  # but for its line ends

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
            if kind not in _NOT_MENTIONED:
                lines.append(f"{a} {_MENTIONS} {s} {g} .")
        lines += [f"{iri(f.subject)} <{f.predicate}> {f.object} {g} ." for f in self.facts]
        return "\n".join(lines) + "\n"

    def keys(self) -> Keys:
        """What conclusions across articles need of the two graphs."""
        claims = {
            f"{self.page.iri}#claim-{number}": (fact.predicate, iri(fact.subject)[1:-1], value(fact.object))
            for number, fact in enumerate(self.facts, 1)
            if fact.predicate in PREDICATES
        }
        entities = {
            iri(address)[1:-1]: Entity(kind, value(label))
            for address, (kind, label) in self.facts.entities.items()
            if kind not in _NOT_MENTIONED
        }
        return Keys(self.page.iri, claims, entities)

    def _title(self) -> str:
        """The headline; without one, the first words of the story."""
        page, sentences = self.page, self.r.sentences
        if self.facts.has(page.iri, SCHEMA.headline):
            return next(
                f.object for f in self.facts if (f.subject, f.predicate) == (page.iri, SCHEMA.headline)
            )
        lead = next((s for s in sentences if s.zone == "lead"), sentences[0] if sentences else None)
        if lead is None:
            return literal(self.r.article.stem, "vi")
        words = self.r.squeeze(lead.start, min(lead.end, lead.start + 100))
        return literal(words if lead.end <= lead.start + 100 else words.rsplit(" ", 1)[0] + " …", "vi")

    def claims(self) -> str:
        """The evidence: a claim for each fact, the passages, and the stored text that they are cut from."""
        body = self._quoted(0, len(self.r.text))
        pieces = [f'{self.article} <{SCHEMA.articleBody}> "{body}"{self.end}']  # of lines, joined once
        for number, fact in enumerate(self.facts, 1):
            pieces += self._claim(f"{self.start}claim-{number}>", fact)
        for sentence, address in sorted(self.passages.items()):
            pieces += self._passage(sentence, address)
        return "".join(pieces)

    def _claim(self, c: str, fact: Fact) -> list[str]:
        g = self.end
        gc = g + c  # ends a line and begins the next
        subject, predicate, value, sentence, words, also = fact
        pieces = [
            c, _CLAIM, gc, _SUBJECT, iri(subject), gc, _PREDICATE, predicate, ">", gc, _OBJECT, value,
            gc, _STATED, gc, _EVIDENCE, self.passages[sentence],
        ]  # fmt: skip
        for other in also:
            pieces += (gc, _EVIDENCE, self.passages[other])
        if words:
            start, end = words
            pieces += (
                gc, _WORDS, self._quoted(start, end), '"@vi', gc, _WORDS_START, str(start), _INTEGER,
                gc, _WORDS_END, str(end), _INTEGER,
            )  # fmt: skip
        pieces.append(g)
        return pieces

    def _quoted(self, start: int, end: int) -> str:
        """A stretch of the article between the quotes of a literal."""
        words = self.r.text[start:end]
        return words.replace("\n", "\\n") if self.plain else escaped(words, lines=self.lines)

    def _passage(self, sentence: int, p: str) -> tuple[str, ...]:
        (start, end, zone, _), quoted = self.r.sentences[sentence], self._quoted
        gp = self.end + p
        return (
            p, _PASSAGE, gp, _IN_ARTICLE, self.article, gp, _EXACT, quoted(start, end), '"',
            gp, _PREFIX, quoted(max(0, start - _CONTEXT), start), '"',
            gp, _SUFFIX, quoted(end, end + _CONTEXT), '"',
            gp, _START, str(start), _INTEGER, gp, _END, str(end), _INTEGER, gp, _ZONE, zone, '"', self.end,
        )  # fmt: skip
