"""An article opened for reading: shadow, zones, sentences and the lexicon's tokens, each found once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from kg.lexicon import TOLD_CUES, Lexicon
from kg.model import Article, Block, Date, Sentence
from kg.read import sentences, zones
from kg.recognise.dates import digits, find_dates
from kg.recognise.spans import Placed
from kg.scanner import Sense, Token, words_of
from kg.vietnamese import even, fold, outline

STORY = frozenset(("title", "lead", "body", "caption"))
"""Zones that tell the story; documents, events and tasks are read from these alone."""


@dataclass(slots=True)
class Reading:
    """What every recogniser shares. Offsets are of the stored text, as long as `plain` and the like."""

    article: Article
    lexicon: Lexicon
    text: str
    plain: str  # even punctuation, case kept
    shadow: str  # folded
    outline: str  # the kinds of its characters
    blocks: list[Block]
    sentences: list[Sentence]
    digits: list[tuple[int, int]]  # runs of digits
    dates: list[Date]
    names: list[Token]  # organs, provinces
    words: list[Token]  # posts, documents, events, forms of address
    _starts: list[int]
    _by_cue: dict[str, list[Token]]
    _by_category: dict[str, list[Token]]

    @staticmethod
    def of(article: Article, lexicon: Lexicon) -> Reading:
        """Reads an article once."""
        text = article.text
        shadow = fold(text)
        scanned = words_of(shadow)
        names, words = lexicon.names.scan(scanned), lexicon.words.scan(scanned)
        blocks = _whole(zones(text, shadow, lexicon), names, words)
        by_cue: dict[str, list[Token]] = {cue: [] for cue in TOLD_CUES}
        for token in lexicon.verbs.scan(scanned):
            for sense in token.senses:
                if sense.key in by_cue:
                    by_cue[sense.key].append(token)
        by_category: dict[str, list[Token]] = {}
        for token in words:
            for category in token.by_category:
                by_category.setdefault(category, []).append(token)
        found = sentences(text, blocks)
        runs = digits(shadow)
        return Reading(
            article,
            lexicon,
            text,
            _joined(even(text), blocks),
            _joined(shadow, blocks),
            _joined(outline(text), blocks),
            blocks,
            found,
            runs,
            find_dates(shadow, runs),
            names,
            words,
            [s.start for s in found],
            by_cue,
            by_category,
        )

    def sentence_at(self, offset: int) -> int:
        """The number of the sentence that holds an offset (the one before it, between two)."""
        return (bisect_right(self._starts, offset) or 1) - 1

    def zone_at(self, offset: int) -> str:
        """The zone of an offset."""
        return self.sentences[(bisect_right(self._starts, offset) or 1) - 1].zone

    def numbers_in(self, s: Sentence) -> list[int]:
        """Where the numbers of a sentence begin, in order."""
        first = bisect_left(self.digits, (s.start, 0))
        return [start for start, _ in self.digits[first : bisect_left(self.digits, (s.end, 0), first)]]

    def cues(self, key: str) -> list[Token]:
        """The tokens of one of the `TOLD_CUES`, in order of place."""
        return self._by_cue[key]

    def says(self, cue: str) -> bool:
        """Whether any form of a cue stands in the text: much sooner known than where it does."""
        return any(form in self.shadow for form in self.lexicon.forms(cue))

    def meaning(self, category: str) -> list[Token]:
        """Those of `words` that may mean something of a category ("document", "post"), in order of place."""
        return self._by_category.get(category, [])

    def by_sentence(self, items: Iterable[Placed]) -> dict[int, list[Placed]]:
        """Number of a sentence → those of `items` that begin in it, in their order."""
        found: dict[int, list[Placed]] = {}
        for item in items:
            number = bisect_right(self._starts, item.start) - 1
            if number >= 0 and item.start < self.sentences[number].end:
                found.setdefault(number, []).append(item)
        return found

    def skip(self, offset: int) -> int:
        """The first offset at or after this one that is not a space."""
        shadow = self.shadow
        while shadow.startswith(" ", offset):
            offset += 1
        return offset

    def squeeze(self, start: int, end: int) -> str:
        """The words of a span with single spaces."""
        return " ".join(self.text[start:end].split())


def _whole(blocks: list[Block], *scans: list[Token]) -> list[Block]:
    """The paragraphs, with two lines made one over whose end a name of the lexicon runs: "Ban | Bí thư".

    The zone is the first line's, which may be a headline cut in two; only a caption is told by its whole.
    """
    whole = blocks[:1]
    for block in blocks[1:]:
        before = whole[-1]
        if block.start - before.end == 1 and any(_runs_over(tokens, before.end) for tokens in scans):
            zone = block.zone if before.zone == "caption" else before.zone
            whole[-1] = Block(before.start, block.end, zone)
        else:
            whole.append(block)
    return whole


def _runs_over(tokens: list[Token], end: int) -> bool:
    """Whether a token begins before a place and ends behind it."""
    following = bisect_left(tokens, (end,))
    return following > 0 and tokens[following - 1].end > end


def _joined(text: str, blocks: list[Block]) -> str:
    """The text with spaces for line ends inside a paragraph, a full stop between paragraphs; same length.

    So no mention runs from one paragraph into the next.
    """
    if not blocks:
        return text.replace("\n", " ")
    parts, at = [], 0
    for _, end, _ in blocks:
        parts.append(text[at:end])
        at = end + 1
    if at <= len(text):
        parts.append(text[at:])
    return ".".join(parts).replace("\n", " ")


def senses(token: Token, category: str) -> tuple[Sense, ...]:
    """The meanings of a token in one category."""
    return token.by_category.get(category, ())
