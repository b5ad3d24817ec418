"""emit: facts → N-Quads in UTF-8, in a stable order, one claim and one passage for each.

Lines are written once, straight for the loader: building RDF objects first is ten times slower.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache

from kg.keys import PREDICATES, Entity, Keys
from kg.link.page import Page
from kg.model import Sentence
from kg.namespaces import CKG, DCTERMS, OA, RDF, RDFS, SCHEMA, XSD
from kg.relate.facts import Facts, escaped, iri, literal, made_of_lines, value

# everything that is the same in every article is put together once: look-ups a line were half of the time;
# and all is UTF-8 from here on, since one letter beyond ASCII makes a string twice as wide
_TYPE, _LABEL, _MENTIONS = (f" <{p}> ".encode() for p in (RDF.type, RDFS.label, CKG.mentions))
_IDENTIFIER, _BODY = f" <{DCTERMS.identifier}> ".encode(), f' <{SCHEMA.articleBody}> "'.encode()
_ARTICLE, _CLAIM, _PASSAGE = (_TYPE + f"<{c}>".encode() for c in (CKG.Article, CKG.Claim, CKG.Passage))
_CONTEXT = 40  # code points of text kept before and behind a passage (oa:prefix, oa:suffix)
# classes of what we make of words, and of the parts of what is mentioned
_NOT_MENTIONED = frozenset((CKG.Participation, CKG.Tenure, CKG.Statement, CKG.LocalPoint))
_OBJECT, _EVIDENCE = (f" <{p}> ".encode() for p in (RDF.object, CKG.evidence))
_STATED = f" <{CKG.status}> <{CKG.Stated}>".encode()
_IN_ARTICLE = f" <{CKG.inArticle}> ".encode()
_EXACT, _PREFIX, _SUFFIX, _ZONE = (f' <{p}> "'.encode() for p in (OA.exact, OA.prefix, OA.suffix, CKG.zone))
_WORDS = f' <{CKG.words}> "%b"@vi'.encode()
_WORDS_START, _WORDS_END, _START, _END = (
    f' <{p}> "%d"^^<{XSD.integer}>'.encode() for p in (CKG.wordsStart, CKG.wordsEnd, OA.start, OA.end)
)


@lru_cache(maxsize=8192)
def _term(address: str) -> bytes:
    """An IRI as lines have it."""
    return iri(address).encode()


@lru_cache(maxsize=8192)
def _about(address: str) -> bytes:
    """What a claim says of its subject."""
    return b" <%b> %b" % (RDF.subject.encode(), _term(address))


@cache
def _verb(predicate: str) -> bytes:
    """A predicate between its subject and object."""
    return f" <{predicate}> ".encode()


@cache
def _by(predicate: str) -> bytes:
    """What a claim says of its predicate."""
    return b" <%b> <%b>" % (RDF.predicate.encode(), predicate.encode())


class _Passages(dict[int, bytes]):
    """Number of a sentence → the address of its passage, which is made when it is asked for."""

    def __init__(self, start: bytes, sentences: list[Sentence]) -> None:
        super().__init__()
        self.start, self.sentences = start, sentences

    def __missing__(self, number: int) -> bytes:
        s = self.sentences[number]
        address = self[number] = b"%bpassage-%d-%d>" % (self.start, s.start, s.end)
        return address


class _Words(dict[tuple[int, int], tuple[bytes, ...]]):
    """Words that carry facts → what claims say of them: as a rule, the same words carry several."""

    def __init__(self, quoted: Callable[[int, int], bytes]) -> None:
        super().__init__()
        self.quoted = quoted

    def __missing__(self, words: tuple[int, int]) -> tuple[bytes, ...]:
        start, end = words
        said = _WORDS % self.quoted(start, end), _WORDS_START % start, _WORDS_END % end
        self[words] = said
        return said


class Emitter:
    """Writes the two graphs of one article, as UTF-8."""

    def __init__(self, page: Page, facts: Facts) -> None:
        self.page, self.facts, self.r = page, facts, page.reading
        self.article = _term(page.iri)
        text = self.r.text
        self.lines = made_of_lines(text)
        self.plain = self.lines and '"' not in text and "\\" not in text  # but for its line ends

    def stated(self) -> bytes:
        """The article's own graph: entities, what it mentions, and its facts."""
        a, end = self.article, b" %b .\n" % self.article
        stem, title = literal(self.r.article.stem).encode(), self._title().encode()
        pieces = [a, _ARTICLE, end, a, _IDENTIFIER, stem, end, a, _LABEL, title, end]  # of lines, joined once
        for address, (kind, label) in self.facts.entities.items():
            s = _term(address)
            pieces += (s, _TYPE, _term(kind), end, s, _LABEL, label.encode(), end)
            if kind not in _NOT_MENTIONED:
                pieces += (a, _MENTIONS, s, end)
        for subject, predicate, what, *_ in self.facts:
            pieces += (_term(subject), _verb(predicate), what.encode(), end)
        return b"".join(pieces)

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
        if headline := self.facts.first(page.iri, SCHEMA.headline):
            return headline
        lead = next((s for s in sentences if s.zone == "lead"), sentences[0] if sentences else None)
        if lead is None:
            return literal(self.r.article.stem, "vi")
        words = self.r.squeeze(lead.start, min(lead.end, lead.start + 100))
        return literal(words if lead.end <= lead.start + 100 else words.rsplit(" ", 1)[0] + " …", "vi")

    def claims(self) -> bytes:
        """The evidence: a claim for each fact, the passages, and the stored text that they are cut from."""
        end = b" %b .\n" % _term(f"{self.page.iri}#claims")
        start = f"<{self.page.iri}#".encode()  # of every claim and passage
        passages, carrying = _Passages(start, self.r.sentences), _Words(self._quoted)
        found = [self.article, _BODY, self._quoted(0, len(self.r.text)), b'"']
        begin = end + start  # ends a line and begins the next
        for number, (subject, predicate, what, sentence, words, also) in enumerate(self.facts, 1):
            said = [
                b"", _CLAIM, _about(subject), _by(predicate), _OBJECT + what.encode(), _STATED,
                _EVIDENCE + passages[sentence],
            ]  # fmt: skip
            if also:
                said += [_EVIDENCE + passages[other] for other in also]
            if words:
                said += carrying[words]
            found.append((b"%bclaim-%d>" % (begin, number)).join(said))
        for number, address in sorted(passages.items()):
            found.append((end + address).join(self._passage(number)))
        found.append(end)
        return b"".join(found)

    def _passage(self, number: int) -> tuple[bytes, ...]:
        """What is said of a passage."""
        (start, end, zone, _), quoted = self.r.sentences[number], self._quoted
        before, behind = quoted(max(0, start - _CONTEXT), start), quoted(end, end + _CONTEXT)
        return (
            b"", _PASSAGE, _IN_ARTICLE + self.article, _EXACT + quoted(start, end) + b'"',
            _PREFIX + before + b'"', _SUFFIX + behind + b'"', _START % start, _END % end,
            _ZONE + zone.encode() + b'"',
        )  # fmt: skip

    def _quoted(self, start: int, end: int) -> bytes:
        """A stretch of the article between the quotes of a literal."""
        words = self.r.text[start:end]
        if not self.plain:
            words = escaped(words, lines=self.lines)
        elif "\n" in words:
            words = words.replace("\n", "\\n")
        return words.encode()
