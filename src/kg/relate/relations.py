"""How documents relate: from the construction between two of them, never from nearness.

A false `implements` is the worst error here, so the words between two documents must be nothing but the
construction itself: "Kế hoạch số 109 … | về triển khai thực hiện | Chỉ thị 25". A plan to review a document
does not implement it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from kg.lexicon import Lexicon
from kg.link.documents import DocumentEntity
from kg.model import DocumentMention, Sentence
from kg.namespaces import CKG
from kg.recognise.reading import STORY
from kg.recognise.spans import between
from kg.relate.constructions import (
    AMENDED,
    REPLACED,
    REPLACES,
    SUCCEEDED,
    Stated,
    constructions,
)
from kg.relate.cues import once_a_lexicon
from kg.relate.facts import Facts, iri
from kg.relate.index import Index
from kg.relate.issuers import made_before
from kg.relate.openings import Openings
from kg.relate.series import in_series, same_series

_IF = re.compile(r"(?<!\w)(?:nếu|giả sử|khi nào)\s+$")
# "quán triệt A và thực hiện B", "…, việc thực hiện B": verbs side by side, not A's predicate
_COORDINATED = re.compile(
    r"\s*(?:,?\s*và\s+(?!được)|,\s*(?:việc|triển khai|thực hiện|tổ chức)\s)|.*,\s*việc\s"
)
_PREDICATE = re.compile(r"\s*,\s*(?:triển khai|thực hiện|triển khai thực hiện)\s+")
_AND = re.compile(r"\s*và\s*")
_EACH = re.compile(r"\s*(?:cùng|đều)\s")
_BOTH = re.compile(r"[,\s]cả hai (?:văn bản |kế hoạch )?(?:này |trên )?đều\s")
_BY_SIGNER = re.compile(r"\s*,?\s*do [^;]{2,150}? (?:ký )?ban hành ")
_ISSUED_TO = re.compile(r"\s*,\s*[^;,.:]{2,60} ban hành (?:để|nhằm) ")  # "A, Chính phủ ban hành để …"
_ALSO = re.compile(r"\s*(?:,|và|,\s*và)\s*(?:các\s+)?")
_GOES_ON = re.compile(r"\s*[,;]?\s*(?:để|đồng thời)\s")
_ALSO_THEN = re.compile(r"\s*;(?=\s*đồng thời\s)")
_PASSIVE = re.compile(r"[\s,]*(?:đã |vừa )?được |\s*[,–-]?\s*(?:là )?văn bản (?:\w+ )?mà ")
_CLAUSE_ENDS = re.compile(r"[;:.]")
_BASIS = re.compile(r"căn cứ|cụ thể hóa|cơ sở|dựa")
_BY = re.compile(r"\s*bằng\s+(?:các |một |\w+ )?")
_IN_ORDER_TO = re.compile(r"\s*,?\s*(?:để|nhằm)\s")
_RELATIVE = re.compile(r"(?:^|.*\S)\s*,\s*(?:vốn )?(?:đã )?được (?:xây dựng|ban hành) (?:để|nhằm) ")
_ADVERB = re.compile(r"\s*(?:đã|vừa|sớm|kịp thời)?\s*")


@dataclass(frozen=True, slots=True)
class _Wording:
    taken_up: re.Pattern[str]
    means: re.Pattern[str]
    by_means: re.Pattern[str]
    both: re.Pattern[str]
    unreal: re.Pattern[str]  # what is not so, or not yet so, states no relation
    governs: re.Pattern[str]


@once_a_lexicon
def _wording(lexicon: Lexicon) -> _Wording:
    p = lexicon.pattern
    return _Wording(
        taken_up=p(r"^\s*(?:(?P<succeed>{succeed})|(?P<replace>{replace})|(?P<amend>{amend}))(?!\w)"),
        means=p(r"(?P<cue>{based-on}|{implement})(?P<what> [^.;:,]{2,60})$"),
        by_means=p(r"(?P<cue>{based-on}|{implement})(?P<what>[^.;:]{2,60}?) bằng (?:các |một |\w+ )?$"),
        unreal=p(r"\b{unreal}\b"),
        governs=p(r"(?<!\w)(?:{govern}|(?:khoản|điều) \d+,?) (?:{govern-adverb} )*$"),
        both=p(r"{replace} (?:cả )?hai văn bản (?:này|trên|trước|đó)"),
    )


class Relations:
    """Reads the relations between documents, sentence by sentence."""

    def __init__(self, index: Index, facts: Facts) -> None:
        self.index, self.page, self.facts, self.r = index, index.page, facts, index.reading
        self.wording = _wording(self.r.lexicon)
        self.constructions = constructions(self.r.lexicon)
        self.openings = Openings(index, facts)

    def read(self) -> None:
        """All relations of the article."""
        meant = (m for m in self.page.document_mentions if self.page.document(m) and self._particular(m))
        for number, mentions in self.r.by_sentence(meant).items():
            sentence = self.r.sentences[number]
            if sentence.zone in STORY:
                self._pairs(number, mentions)
                self.openings.read(sentence, number, mentions)
                self._means(sentence, number, mentions)
                self._both(sentence, number, mentions)

    def _particular(self, m: DocumentMention) -> bool:
        """Whether a reference means one paper; a bare "Chỉ thị" only with a capital, at its clause's end."""
        return id(m) not in self.page.documents.bare or self.page.documents.closes(m)

    def _say(
        self, number: int, a: DocumentMention, b: DocumentMention, stated: Stated | None, start: int
    ) -> bool:
        """States the relation of two documents, if any, by the words from `a` or `start` on."""
        one, two = self.page.document(a), self.page.document(b)
        if not stated or not one or not two or one is two:
            return False
        if not stated.forward:
            one, two = two, one
        self.facts.add(one.iri, stated.predicate, iri(two.iri), number, (min(a.start, start), b.end))
        return True

    # A … B

    def _pairs(self, number: int, mentions: list[DocumentMention]) -> None:
        """The construction between two neighbours; a list behind it is of the same subject and relation."""
        subject: DocumentMention | None = None
        before: DocumentMention | None = None  # joined to the next one by "và"
        said: Stated | None = None
        for a, b in pairwise(mentions):
            if id(a) in self.page.documents.bare:
                subject = before = said = None
                continue
            start = self._behind(a, b)
            gap = self.r.shadow[start : b.start]
            if subject and said and (_listed(said, a, b, gap) or self._carried_out(said, subject, b, gap)):
                self._say(number, subject, b, said, a.start)
                continue
            again = self.page.document(a) is self.page.document(b) or _GOES_ON.match(gap)
            of = subject if subject and again else _holder(a, b, mentions)
            said = self._between(of, b, gap, start)
            if not self._say(number, of, b, said, start):
                said = None
            elif before and ((_EACH.match(gap) and before.type == a.type) or _BOTH.search(gap)):
                self._say(number, before, b, said, before.start)  # "A và B đều thực hiện C"
            before = a if _AND.fullmatch(gap) else None
            if of is a and said:
                subject = a

    def _behind(self, a: DocumentMention, b: DocumentMention) -> int:
        """Where the words between two documents begin: in the first one's title, else behind its reference.

        A bracket that only names the second one begins them: "Kết luận A … (tiếp tục thực hiện | B)".
        """
        if a.subject and a.subject.start <= b.start < a.subject.end:
            return a.subject.start
        if a.tail <= b.start:
            return max(a.tail, a.end)
        return a.end if a.subject else max(a.end, self.r.shadow.rfind("(", a.end, b.start))

    def _carried_out(self, said: Stated, subject: DocumentMention, b: DocumentMention, gap: str) -> bool:
        """Whether "ban hành A để thực hiện B và C" goes on with C, which is of another series than A.

        Who issues A does not issue C then; without "ban hành … để", C may be a second paper of a list.
        """
        if said.predicate != CKG.implements or not subject.symbol or not b.symbol or same_series(subject, b):
            return False
        shadow = self.r.shadow
        issued = made_before(shadow, max(0, subject.start - 45), subject.start)
        return bool(issued and _IN_ORDER_TO.match(shadow, subject.tail) and _AND.fullmatch(gap))

    def _between(self, a: DocumentMention, b: DocumentMention, gap: str, start: int) -> Stated | None:
        """What the words between two documents state of them."""
        if _IF.search(self.r.shadow, max(0, a.start - 12), a.start):
            return None
        taken_up = self._taken_up(gap, b)
        if taken_up or len(gap) >= 240:
            return taken_up
        relative = bool(_RELATIVE.match(gap))  # "…, vốn được xây dựng để triển khai B" is the document's own
        aside = gap.lstrip().startswith("(")  # in brackets, of the document before, whatever governs that
        own = relative or aside or (a.subject and a.subject.start <= b.start < a.subject.end)
        if (not own and self._governed(a)) or (_COORDINATED.match(gap) and not self._predicate(a, b, gap)):
            return None
        return self._construction(gap, start, b.start)

    def _predicate(self, a: DocumentMention, b: DocumentMention, gap: str) -> bool:
        """Whether a verb behind a comma is the document's own: it opens the sentence, in another series.

        "Kế hoạch số 302-KH/HU …, triển khai Chỉ thị số 37-CT/TW" has no verb before it to go on with.
        """
        s = self.r.sentences[self.r.sentence_at(a.start)]
        opens = a.start == s.start and s.zone != "title"
        return opens and bool(_PREDICATE.fullmatch(gap)) and bool(a.symbol) and not same_series(a, b)

    def _taken_up(self, gap: str, b: DocumentMention) -> Stated | None:
        """ "A được B tiếp nối", "A - văn bản mà B thay thế": the verb stands behind its agent."""
        m = _PASSIVE.fullmatch(gap) and self.wording.taken_up.match(self.r.shadow[b.tail : b.tail + 40])
        if not m:
            return None
        return SUCCEEDED if m.group("succeed") else REPLACED if m.group("replace") else AMENDED

    def _governed(self, a: DocumentMention) -> bool:
        """Whether a verb other than issuing governs the document: what follows is not its own predicate."""
        return bool(self.wording.governs.search(self.r.shadow, max(0, a.start - 40), a.start))

    def _construction(self, gap: str, start: int, end: int) -> Stated | None:
        """The relation of the first construction that fits the words between two documents."""
        if self.wording.unreal.search(gap):
            return None
        gap = _ALSO_THEN.sub(",", gap, count=1)
        fitting = (c for c in self.constructions.fitting(gap) if self._reaches(c.reach, gap, start, end))
        found = next(fitting, None)
        return found.stated if found else None

    def _reaches(self, reach: str, gap: str, start: int, end: int) -> bool:
        """Whether the clause before a construction is still of the first document."""
        if not reach:
            return True
        if reach == "signer":
            if len(gap) >= 200:
                return False
            if _BY_SIGNER.match(gap) or _ISSUED_TO.match(gap):
                return True
        return not self._interrupted(gap, start, end)

    def _interrupted(self, gap: str, start: int, end: int) -> bool:
        """Whether somebody or something else steps between, so that the clause may be of another subject."""
        people = self.page.person_mentions
        return bool(
            _CLAUSE_ENDS.search(gap) or self.index.organs_between(start, end) or between(people, start, end)
        )

    # "Tỉnh ủy cụ thể hóa B bằng A"

    def _means(self, sentence: Sentence, number: int, mentions: list[DocumentMention]) -> None:
        """ "Tỉnh ủy cụ thể hóa cả hai nghị quyết này bằng Chương trình hành động số 14": it rests on both."""
        if "bằng" not in self.r.shadow[sentence.start : sentence.end]:
            return
        for m in mentions:
            entity = self.page.document(m)
            if not entity or m.inside:
                continue
            by_means = self.wording.by_means.search(self.r.shadow, sentence.start, m.start)
            found = by_means or self._named_means(sentence, mentions, m)
            if found and not self.index.in_subjects[found.start()]:
                self._rests_on(number, mentions, m, entity, found)
                self._made_by(number, m, entity, found.start())

    def _named_means(
        self, sentence: Sentence, mentions: list[DocumentMention], m: DocumentMention
    ) -> re.Match[str] | None:
        """The same with a document that has a date or a title of its own between."""
        for x in mentions:
            if x.start < m.start and _BY.fullmatch(self.r.shadow, x.tail, m.start):
                return self.wording.means.search(self.r.shadow, max(sentence.start, x.start - 40), x.end)
        return None

    def _rests_on(
        self,
        number: int,
        mentions: list[DocumentMention],
        m: DocumentMention,
        entity: DocumentEntity,
        found: re.Match[str],
    ) -> None:
        """The document rests on, or implements, what stands before "bằng": by name or as "hai nghị quyết"."""
        predicate = CKG.basedOn if _BASIS.search(found.group("cue")) else CKG.implements
        start, end = found.span("what")
        targets = [self.page.document(x) for x in mentions if start <= x.start < end]
        for head, group in self.page.documents.groups:
            if start <= head.start < end:
                targets += group[-2:] if "hai" in self.r.shadow[head.start - 5 : head.start] else group
        for other in targets:
            if other and other is not entity:
                self.facts.add(entity.iri, predicate, iri(other.iri), number, (found.start(), m.end))

    def _made_by(self, number: int, m: DocumentMention, entity: DocumentEntity, verb: int) -> None:
        """The organ right before the verb has issued the document, unless another one is known to."""
        before = (o for o in reversed(self.index.organs_in(number)) if o.end <= verb + 1 and not o.generic)
        maker = next(before, None)
        if not maker or entity.issuers or not _ADVERB.fullmatch(self.r.shadow, maker.end, verb):
            return
        organ = self.page.organ(maker)
        if organ and in_series(self.index, m, maker, True):
            self.facts.add(entity.iri, CKG.issuedBy, iri(organ.iri), number, (maker.start, maker.end))

    # "… đồng thời thay thế cả hai văn bản này"

    def _both(self, sentence: Sentence, number: int, mentions: list[DocumentMention]) -> None:
        """The first document of the sentence replaces the two that it names next."""
        if len(mentions) < 3:
            return
        m = self.wording.both.search(self.r.shadow, sentence.start, sentence.end)
        outer = [x for x in mentions if m and x.type and x.start < m.start() and not x.inside]
        if len(outer) == 3:
            for other in outer[1:]:
                self._say(number, outer[0], other, REPLACES, sentence.start)


def _holder(a: DocumentMention, b: DocumentMention, mentions: list[DocumentMention]) -> DocumentMention:
    """Whose predicate stands between two documents: of that in whose title `a` stands, if `b` does not."""
    if not a.inside or b.inside:
        return a
    titled = (m for m in mentions if m.subject and m.start < m.subject.start <= a.start < m.subject.end)
    return next(titled, a)


def _listed(said: Stated, a: DocumentMention, b: DocumentMention, gap: str) -> bool:
    """Whether "A thực hiện B và C" goes on with C: of B's type or series, or where every type can follow."""
    akin = a.type == b.type or said.predicate in (CKG.basedOn, CKG.replaces)
    return bool((akin or (a.symbol and same_series(a, b))) and _ALSO.fullmatch(gap))
