"""What the opening of a sentence says of a document issued in it: "Thực hiện B, Tỉnh ủy ban hành A".

The opening may name B, or lean on the sentence before: "Để thực hiện, …", "Trên cơ sở đó, …".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.lexicon import Lexicon
from kg.link.documents import DocumentEntity
from kg.model import DocumentMention, Sentence, Span
from kg.relate.constructions import BASED_ON, IMPLEMENTS, REPLACES, Stated
from kg.relate.cues import once_a_lexicon
from kg.relate.facts import Facts, iri
from kg.relate.index import Index
from kg.relate.issuers import made_before

_BARE = re.compile(r"(?:để|nhằm) (?:tổ chức |triển khai )*thực hiện,")
_RESTS = re.compile(r"trên cơ sở (?:đó|này),")
_RESTS_WITHIN = re.compile(r"[;,] (?:và )?trên cơ sở (?:đó|này|ấy),")
_ALSO = re.compile(r"\s*(?:,|và|,\s*và|;|cùng)\s*")
_GOING_BY = re.compile(r"\s*,?\s*căn cứ\s+$")
_SINCE = re.compile(r"(?:ngay )?sau khi (?:có )?$")
_CAME = re.compile(
    r"\s*,?\s*(?:(?:được|có) (?:\w+ ){0,4}?(?:ban hành|thông qua|hiệu lực|công bố)|ra đời|ban hành)?\s*,"
)
_CARRIED_OUT = re.compile(r"\s*,?\s*(?:để|nhằm) (?:tổ chức |triển khai |lãnh đạo )*thực hiện(?=[,.;])")
_GROUNDS_ARE = re.compile(r"căn cứ (?:để )?(?:ban hành|xây dựng)(?: (?:\w+ ){1,3}?)? ?là $")
_SOMEWHERE = re.compile(r"\b(?:tỉnh|huyện|thành phố|đảng bộ)\b")
_AND = re.compile(r"\s*và\s*")


@dataclass(frozen=True, slots=True)
class _Wording:
    carrying_out: re.Pattern[str]
    on_the_basis: re.Pattern[str]
    replacing: re.Pattern[str]
    type_alone: re.Pattern[str]


@once_a_lexicon
def _wording(lexicon: Lexicon) -> _Wording:
    p = lexicon.pattern
    return _Wording(
        carrying_out=p(
            r"^\s*(?:(?:để|nhằm) )?(?:tiếp tục )?{implement}\s*"
            r"(?:nghiêm túc |tốt |có hiệu quả |hiệu quả |các nội dung của )*$"
        ),
        on_the_basis=p(r"^\s*(?:và )?(?:(?:để|nhằm) )?{based-on}\s*$"),
        type_alone=p(r"(?:(?P<it>nó)|\w+ \w+) (?:cũng |đã |sẽ )?{replace} (?:cho )?"),
        replacing=p(r"^\s*(?:(?:để|nhằm) )?{replace}(?: cho)?\s*$"),
    )


class Openings:
    """Reads the openings of the sentences of one article."""

    def __init__(self, index: Index, facts: Facts) -> None:
        self.index, self.page, self.r, self.facts = index, index.page, index.reading, facts
        self.wording = _wording(self.r.lexicon)

    def read(self, sentence: Sentence, number: int, mentions: list[DocumentMention]) -> None:
        """States what the opening of a sentence says of the documents in it."""
        self._opening(sentence, number, mentions)
        self._bare_opening(sentence, number, mentions)
        self._grounds(sentence, number, mentions)
        self._within(sentence, number, mentions)
        self._type_alone(sentence, number, mentions)

    def _opening(self, sentence: Sentence, number: int, mentions: list[DocumentMention]) -> None:
        """ "Thực hiện B, Tỉnh ủy ban hành A": A implements B; "Căn cứ B, … ban hành A": A is based on B."""
        outer = [m for m in mentions if not m.inside]
        before: tuple[DocumentMention, Stated] | None = None  # the target read last, and what for
        for i, target in enumerate(outer[:-1], 1):
            opening = self.r.shadow[sentence.start : target.start]
            clause = opening[max(opening.rfind(mark) for mark in (", ", "; ", ": ")) + 1 :]
            if before and _ALSO.fullmatch(self.r.shadow, before[0].tail, target.start):
                stated: Stated | None = before[1]  # "Căn cứ A và B, … ban hành C"
            else:
                carries_out = self.wording.carrying_out.search(clause)
                based = not carries_out and self.wording.on_the_basis.search(clause)
                stated = IMPLEMENTS if carries_out else BASED_ON if based else None
            before = (target, stated) if stated else None
            if stated:
                self._made_for(sentence, number, target, outer[i:], stated)
            elif _SINCE.fullmatch(clause.strip() + " ") and self._came(target):
                self._carried_out(sentence, number, target, outer[i:])
            elif self._goes_by(sentence, target):
                self._made_by_it(sentence, target, outer[i], number)
            elif self.wording.replacing.search(clause):
                self._made_for(sentence, number, target, outer[i : i + 1], REPLACES)

    def _made_for(
        self,
        sentence: Sentence,
        number: int,
        target: DocumentMention,
        others: list[DocumentMention],
        stated: Stated,
        behind: int = 0,
    ) -> None:
        """Relates to the target those of `others` that somebody is said to have issued, up to a semicolon.

        `behind`: where their clause begins, if that is not right behind the target.
        """
        behind = behind or target.tail
        before: DocumentMention | None = None  # the one that was, which "và" may join another to
        for m in others:
            if ";" in self.r.shadow[behind : m.start]:
                break
            made = made_before(self.r.shadow, max(behind, m.start - 45), m.start)
            numbered = before if before and before.symbol and m.symbol else None
            beside = numbered and _AND.fullmatch(self.r.shadow, numbered.tail, m.start)
            before = m if beside or (made and self._somebody(behind, made.start() + 1)) else None
            if before:
                one, two = self.page.document(m), self.page.document(target)
                if one and two and one is not two:
                    words = Span(sentence.start, m.end)
                    self.facts.add(one.iri, stated.predicate, iri(two.iri), number, words)

    def _within(self, sentence: Sentence, number: int, mentions: list[DocumentMention]) -> None:
        """ "Tỉnh ủy ban hành A; trên cơ sở đó, UBND tỉnh ban hành B": B rests on what was issued before."""
        if self.r.shadow.find("trên cơ sở ", sentence.start + 1, sentence.end) < 0:
            return
        for rests in _RESTS_WITHIN.finditer(self.r.shadow, sentence.start, sentence.end):
            outer = [m for m in mentions if not m.inside]
            issued = [m for m in outer if m.start < rests.start() and self._made(sentence, m)]
            if issued:
                later = [m for m in outer if m.start >= rests.end()]
                self._made_for(sentence, number, issued[-1], later[:1], BASED_ON, behind=rests.end())

    def _made(self, sentence: Sentence, m: DocumentMention) -> bool:
        """Whether somebody issues a document in this sentence."""
        return bool(made_before(self.r.shadow, max(sentence.start, m.start - 45), m.start))

    def _came(self, target: DocumentMention) -> bool:
        """Whether the opening says no more of the document than that it came: "… được ban hành,"."""
        return bool(_CAME.match(self.r.shadow, target.tail))

    def _carried_out(
        self, s: Sentence, number: int, target: DocumentMention, others: list[DocumentMention]
    ) -> None:
        """ "Sau khi B được ban hành, Huyện ủy có A để tổ chức thực hiện": what is carried out, is B."""
        bound = [m for m in others[:1] if _CARRIED_OUT.match(self.r.shadow, max(m.tail, m.end))]
        self._made_for(s, number, target, bound, IMPLEMENTS)

    def _goes_by(self, sentence: Sentence, target: DocumentMention) -> bool:
        """Whether an organ right before it goes by the document: "UBND tỉnh căn cứ Kế hoạch số 5 …"."""
        m = _GOING_BY.search(self.r.shadow, max(sentence.start, target.start - 24), target.start)
        before = self.index.organs_between(sentence.start, m.start()) if m else ()
        return bool(m and before and before[-1].end == m.start())

    def _made_by_it(self, s: Sentence, target: DocumentMention, m: DocumentMention, number: int) -> None:
        """States that what the organ issues then is based on what it went by."""
        made = made_before(self.r.shadow, target.tail, m.start)
        if made and not self.r.shadow[target.tail : made.start()].strip(" ,"):
            one, two = self.page.document(m), self.page.document(target)
            if one and two and one is not two:
                words = Span(s.start, m.end)
                self.facts.add(one.iri, BASED_ON.predicate, iri(two.iri), number, words)

    def _bare_opening(self, sentence: Sentence, number: int, mentions: list[DocumentMention]) -> None:
        """ "Để thực hiện, Tỉnh ủy ra Kế hoạch …": carried out is what the sentence before speaks of.

        "Trên cơ sở đó, UBND tỉnh ban hành …" rests on what is issued there.
        """
        bare = _BARE.match(self.r.shadow, sentence.start)
        rests = None if bare else _RESTS.match(self.r.shadow, sentence.start)
        spoken = self._spoken_before(number, sentence.block, rests is not None) if bare or rests else None
        for m in mentions if spoken else ():
            made = made_before(self.r.shadow, max(sentence.start, m.start - 45), m.start)
            one, two = self.page.document(m), spoken
            if not made or m.inside or not one or not two or one is two:
                continue
            if self._somebody(sentence.start, made.start() + 1):
                stated, words = IMPLEMENTS if bare else BASED_ON, Span(sentence.start, m.end)
                self.facts.add(one.iri, stated.predicate, iri(two.iri), number, words, also=number - 1)

    def _grounds(self, sentence: Sentence, number: int, mentions: list[DocumentMention]) -> None:
        """ "Căn cứ để ban hành là A và B.": what the sentence before issues is based on them."""
        first = mentions[0]
        if not _GROUNDS_ARE.fullmatch(self.r.shadow, sentence.start, first.start):
            return
        spoken = self._spoken_before(number, sentence.block, True)
        before: DocumentMention | None = None
        for m in mentions if spoken else ():
            if before and not _AND.fullmatch(self.r.shadow, before.tail, m.start):
                return
            one = self.page.document(m)
            if spoken and one and one is not spoken:
                words = Span(sentence.start, m.end)
                self.facts.add(spoken.iri, BASED_ON.predicate, iri(one.iri), number, words, also=number - 1)
            before = m

    def _type_alone(self, sentence: Sentence, number: int, mentions: list[DocumentMention]) -> None:
        """ "Kế hoạch thay thế Kế hoạch số 198 …", "Nó thay thế …": the one that the sentence before names.

        Behind a type's name alone, the only one of that type.
        """
        first = mentions[0]
        verb = self.wording.type_alone.match(self.r.shadow, sentence.start, first.start)
        if not verb or verb.end() != first.start or first.start == sentence.start or number == 0:
            return
        if self.r.sentences[number - 1].block != sentence.block:
            return
        before = (m for m in self.index.documents_in(number - 1) if not m.inside)
        told = (m for m in before if verb.group("it") or m.type == first.type)
        named = {id(e): e for m in told if (e := self.page.document(m))}
        two = self.page.document(first)
        if len(named) == 1 and two and id(two) not in named:
            one = next(iter(named.values()))
            words = Span(sentence.start, first.end)
            self.facts.add(one.iri, REPLACES.predicate, iri(two.iri), number, words, also=number - 1)

    def _spoken_before(self, number: int, block: int, issued: bool) -> DocumentEntity | None:
        """The first document of the sentence before; `issued` there, of the same paragraph."""
        if number == 0 or (issued and self.r.sentences[number - 1].block != block):
            return None
        for m in self.index.documents_in(number - 1):
            if not m.inside and (entity := self.page.document(m)):
                made = made_before(self.r.shadow, self.r.sentences[number - 1].start, m.start)
                return entity if made or not issued else None
        return None

    def _somebody(self, start: int, end: int) -> bool:
        """Whether the words name an organ or a place that may issue something."""
        return bool(self.index.organs_between(start, end) or _SOMEWHERE.search(self.r.shadow[start:end]))
