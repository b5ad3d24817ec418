"""Who assigns a task: the person, the post or the organ before the verb, or who was spoken of last."""

from __future__ import annotations

import re
from functools import cached_property

from kg.link.documents import DocumentEntity
from kg.model import OrganMention, PersonMention, Sentence
from kg.recognise.spans import cover
from kg.relate.addressees import Addressees
from kg.relate.cues import cues
from kg.relate.facts import iri, literal
from kg.relate.index import CHAIN, TOLD, Index
from kg.relate.occasions import Event

_OFFICE = re.compile(
    r"^\s*(?:(?:cuối buổi|kết thúc[^,]*|sau buổi học|tại [^,]*),\s*)?"
    r"((?:bí thư|phó bí thư|chủ tịch|trưởng)[^,.;]{0,40}?)\s*$"
)
_SPOKEN_OF = re.compile(r"(?:^|[\s,])(?:đồng chí|ông|bà)\b")
_MOREOVER = re.compile(r"(?:^|[\s,])(?:đồng thời|bên cạnh đó)\b")
_DEMANDS = re.compile(r"(?:xác định|nêu rõ|yêu cầu|đề ra|đặt ra)")
_ADVERB = re.compile(r"\s*(?:(?:cũng|đã|đồng thời|tiếp tục|vừa|còn|sẽ|thống nhất)\s+)*")
_OFFICE_GIVEN = re.compile(r"(?:chức|chức vụ|chức danh|bổ nhiệm|miễn nhiệm|làm)\s+(?:nguyên\s+)?$")
_NAME_GOES_ON = 60  # characters: "UBND các huyện, thị xã, thành phố: …"
_LOCAL = frozenset(("Provincial", "District", "Commune", "Grassroots"))
_PLANS = frozenset(("Plan", "Programme", "ActionProgramme", "Guidance", "Circular"))


class Givers:
    """Finds who assigns, as an N-Quads term: an entity's IRI, or the words for an office; "" for nobody."""

    def __init__(self, index: Index, addressees: Addressees, event: Event | None) -> None:
        self.index, self.page, self.r = index, index.page, index.reading
        self.addressees, self.event = addressees, event

    @cached_property
    def _references(self) -> bytearray:
        """Date, issuer and title of documents: the organs in them assign nothing."""
        return cover(((m.end, m.tail) for m in self.page.document_mentions), len(self.r.text))

    def before(self, number: int, s: Sentence, verb: int, last: str) -> str:
        """Who is the subject of the verb of assigning; `last` gave the task before."""
        people = self._who_may_give(number, verb)
        organ = self._subject(s, verb)
        if organ and (not people or people[-1].right <= organ.start) and (entity := self.page.organ(organ)):
            return iri(entity.iri)
        if people:
            return iri(self.page.person(people[-1]).iri)
        posts = [
            p
            for p in self.index.posts_in(number)
            if p.end <= verb and not self._taken_away(p.start) and not self._in_brackets(p.end, verb)
        ]
        if posts:
            post = posts[-1]
            holder = self.page.people.holder(post)
            return iri(holder.iri) if holder else literal(self.r.squeeze(post.start, post.end), "vi")
        clause = self.r.shadow[s.start : verb]
        office = _OFFICE.match(clause)
        if office:
            return literal(self.r.squeeze(s.start + office.start(1), s.start + office.end(1)), "vi")
        organs = [
            o
            for o in self.addressees.organs(s.start, verb)
            if not self._references[o.start]
            and not self.index.in_posts[o.start]
            and not self._in_brackets(o.end, verb)
        ]
        if organs and (entity := self.page.organ(organs[-1])):
            return iri(entity.iri)
        return self._named_before(s, verb, clause, last)

    def _who_may_give(self, number: int, verb: int) -> list[PersonMention]:
        """The people before the verb but those to whom it is done: "kỷ luật ông A và ông B; đề nghị …"."""
        found: list[PersonMention] = []
        done_to: PersonMention | None = None
        for p in self.index.people_in(number):
            joined = done_to and CHAIN.fullmatch(self.r.shadow, done_to.right, p.left)
            if p.start < verb and (joined or self.index.is_object(p)):
                done_to = p
            elif p.start < verb:
                found.append(p)
        return found

    def _in_brackets(self, at: int, verb: int) -> bool:
        """Whether a bracket closes between: what stands in it does nothing outside."""
        words = self.r.shadow[at:verb]
        return words.count(")") > words.count("(")

    def _taken_away(self, post: int) -> bool:
        """Whether a post is what is given or taken: "cách chức | Bí thư …", whose holder gives nothing."""
        return bool(_OFFICE_GIVEN.search(self.r.shadow, max(0, post - 30), post))

    def _subject(self, s: Sentence, verb: int) -> OrganMention | None:
        """The particular organ right before the verb, which is no post's and no document's."""
        organs = self.addressees.organs(s.start, verb)
        if not organs or self._references[organs[-1].start] or self.index.in_posts[organs[-1].start]:
            return None
        return organs[-1] if _ADVERB.fullmatch(self.r.shadow, organs[-1].end, verb) else None

    def _named_before(self, s: Sentence, verb: int, clause: str, last: str) -> str:
        """Who was named before: by the given name ("Ông Phong giao …"), else last ("Đồng chí giao …")."""
        named, who = self.index.again(s.start, verb)
        if named:
            return iri(self.page.person(who).iri) if who else ""
        if _SPOKEN_OF.search(clause) or not clause.strip():
            return self._last_person(s) or last
        if _MOREOVER.search(clause):
            return last
        return ""

    def _last_person(self, s: Sentence) -> str:
        """The person whom the sentences before name last."""
        for p in reversed(self.page.person_mentions):
            if p.start < s.start and self.r.zone_at(p.start) in TOLD and not self.index.is_object(p):
                return iri(self.page.person(p).iri)
        return ""

    @cached_property
    def of_paper(self) -> str:
        """The local organ whose paper is retold, for sentences that name no giver; without an event only."""
        lead = next((s for s in self.r.sentences if s.zone == "lead"), None)
        told = cues(self.r, lead.start, lead.end, "assign") if lead and self.event is None else []
        organs = self.addressees.organs(lead.start, told[0].start) if lead and told else []
        entity = self.page.organ(organs[0]) if organs else None
        return iri(entity.iri) if entity else ""

    def of_duties(self, at: int) -> str:
        """Who gives the duty in an item that opens with an organ at `at`: "- Sở Tư pháp: biên soạn …".

        That is who issued the first paper of an article without an event, a local organ; else nobody.
        """
        organ = self.index.organ_at.get(at)
        if self.event is not None or organ is None or not self._duty(organ.end):
            return ""
        return self.of_plan

    @cached_property
    def of_plan(self) -> str:
        """Who issued the article's first numbered paper, if that is a plan of a local organ; else nobody."""
        numbered = next((d for d in self.page.documents.entities if d.number), None)
        return self._issuer(numbered) if numbered else ""

    def of_paper_at(self, number: int) -> str:
        """Who issued the plan that a line or the one before it in its paragraph names: a local organ."""
        sentences = self.r.sentences
        before = number > 0 and sentences[number - 1].block == sentences[number].block
        for at in (number, number - 1) if before else (number,):
            for m in self.index.documents_in(at):
                entity = self.page.document(m)
                if entity and not m.inside and (issuer := self._issuer(entity)):
                    return issuer
        return self.of_plan if self.event is None else ""

    def _issuer(self, paper: DocumentEntity) -> str:
        """The organ of a province or below that issued a plan; "" for any other paper or organ."""
        local = [o for o, _ in paper.issuers if o.level in _LOCAL]
        return iri(local[0].iri) if paper.type in _PLANS and local else ""

    def _duty(self, end: int) -> bool:
        """Whether a colon and a verb of a task follow the organ that ends here."""
        colon = self.r.shadow.find(":", end, end + _NAME_GOES_ON)
        return colon >= 0 and self.addressees.begins_task(self.r.skip(colon + 1))

    def local_plan(self) -> tuple[str, int] | None:
        """Whose plan's demands an article without an event retells, and the sentence that begins to."""
        if self.event is not None and self.event.kind not in ("Reception", "Visit"):
            return None
        for entity in self.page.documents.entities:
            local = [o for o, _ in entity.issuers if o.level in _LOCAL]
            if entity.type not in _PLANS or not entity.number or not local:
                continue
            for m in sorted(entity.mentions, key=lambda m: m.start):
                told = _DEMANDS.search(self.r.shadow, m.end, m.end + 120)
                if told and m.issuers and not m.inside:
                    return iri(local[0].iri), self.r.sentence_at(told.start())
        return None
