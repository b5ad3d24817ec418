"""Tasks: who was told to do what, by whom, under which document.

An assignment needs a verb of assigning and an addressee; what has no addressee is an emphasis, not a task. The
addressee ends where the verb of the task begins (`cue-task-verb`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.link.page import Page
from kg.model import DocumentMention, OrganMention, Sentence, Span
from kg.namespaces import CKG
from kg.relate.cues import cues
from kg.relate.facts import Facts, iri, literal
from kg.relate.occasions import Event

_ZONES = frozenset(("lead", "body", "caption"))
_PLURAL = re.compile(r"^(?:các |những |tất cả |toàn thể )")
_CUT = re.compile(r"\s*;\s*|,\s*(?=(?:đồng thời\s+)?(?:giao|đề nghị|yêu cầu)\s)")
_REPORT = re.compile(r"^(?:định kỳ|hằng (?:tháng|quý|năm|tuần)|hàng (?:tháng|quý|năm|tuần))[,\s]")
_DONE = re.compile(r"^[^,;.]{0,60}?(?:\s|^)(?:đã|đang|sẽ|vừa|được(?! giao)|còn|cũng đã)\s")
_DUE = re.compile(r"(?:trước|chậm nhất|xong trước|đến hết|hạn báo cáo|trong)(?::\s*|\s+)[^.;]*?(?:\d|tháng|tuần|quý|năm)[^,.;]*")
_RECURRING = re.compile(r"(?:định kỳ(?: (?:hằng|hàng|\d+) \w+)?|(?:hằng|hàng) (?:tháng|quý|năm|tuần)|\d+ tháng một lần)")
_DEMANDS = re.compile(r"(?:xác định|nêu rõ|yêu cầu|đề ra|đặt ra)")
_SUBJECT_PERSON = re.compile(r"(?:^|[,;:]\s*|đó\s+|cạnh đó,\s+)(?:đồng chí|ông|bà|người chủ trì|chủ trì hội nghị)\s*$")


@dataclass(slots=True)
class Giver:
    """Who assigns: an entity's IRI, or words for an office without a name."""

    term: str
    start: int


class TaskReader:
    """Reads the assignments of one article."""

    def __init__(self, page: Page, facts: Facts, event: Event | None) -> None:
        self.page, self.facts, self.event, self.r = page, facts, event, page.reading
        p = page.reading.lexicon.pattern
        self.verb = p(r"(?<!\w){task-verb}(?!\w)")
        self.general = p(r"^(?:{general-addressee})(?!\w)")
        self.organ_at = {o.start: o for o in page.organ_mentions}
        self.documents_in: dict[int, list[DocumentMention]] = {}
        for m in page.document_mentions:
            self.documents_in.setdefault(self.r.sentence_at(m.start), []).append(m)
        self.subjects = [m.subject for m in page.document_mentions if m.subject]
        self.count = 0
        self.giver: Giver | None = None
        self.last_block = -1
        self.addressee: tuple[list[str], Span] | None = None
        self.plan = self._local_plan()

    def read(self) -> None:
        """All assignments, in order."""
        for number, s in enumerate(self.r.sentences):
            if s.zone not in _ZONES:
                continue
            if not (self._active(number, s) or self._passive(number, s)):
                self._continued(number, s)

    # "X giao Y làm Z"

    def _active(self, number: int, s: Sentence) -> bool:
        found = False
        at = s.start
        while at < s.end:
            verbs = cues(self.r, at, s.end, "assign")
            if not verbs:
                break
            verb = verbs[0]
            at = verb.end
            if any(x.start <= verb.start < x.end for x in self.subjects) or self.r.plain.startswith("giao ban", verb.start):
                continue
            if re.search(r"(?:những|các|một số|nhiều|theo|với|của|đặt ra|nội dung)\s+$", self.r.shadow[max(0, verb.start - 12) : verb.start]) and not found:
                continue
            giver = self._giver(s, verb.start) or (self.giver if found else None)
            end = self._content_end(verb.end, s)
            made = self._segments(number, verb.end, end, giver)
            if made:
                found = True
                self.giver, self.last_block = giver, s.block
                at = end
        return found

    def _content_end(self, start: int, s: Sentence) -> int:
        """A task runs to the sentence's end, or to the next verb of assigning after a comma or semicolon."""
        following = re.compile(r"[;,]\s*(?:đồng thời\s+)?(?:giao|đề nghị|yêu cầu)\s").search(self.r.shadow, start, s.end)
        return following.start() if following else s.end

    def _segments(self, number: int, start: int, end: int, giver: Giver | None) -> bool:
        """The addressee and its tasks; after a semicolon a new addressee, or a further task of the same one."""
        made = False
        at = start
        addressee: tuple[list[str], Span] | None = None
        for piece in [*self.r.shadow[start:end].split(";")]:
            piece_end = at + len(piece)
            opened = self._addressee(at, piece_end)
            if opened:
                terms, span, verb = opened
                addressee = (terms, span)
                self._task(number, giver, terms, span, verb, piece_end)
                made = True
            elif addressee and self.verb.match(self.r.shadow, self.r.skip(at)):
                self._task(number, giver, addressee[0], addressee[1], self.r.skip(at), piece_end)
                made = True
            at = piece_end + 1
        if addressee:
            self.addressee = addressee
        return made

    def _addressee(self, start: int, end: int) -> tuple[list[str], Span, int] | None:
        """Who is told, and where the task's verb begins; None where the words name nobody."""
        at = self.r.skip(start)
        for word in ("rằng", ":", "cho", "trong thời gian tới,", "thời gian tới,", "các các", "tới đây,", "cụ thể", "như sau", ":"):
            if self.r.shadow.startswith(word, at):
                at = self.r.skip(at + (3 if word == "các các" else len(word)))
        first = self.organ_at.get(at)
        search_from = first.end if first and not first.generic else at
        if not first and not self.general.match(self.r.shadow[at:end]) and not self._group_like(at, end):
            return None
        verb = self._task_verb(search_from, end)
        if verb < 0 or verb - at > 220 or verb == at:
            return None
        span = Span(at, self._trimmed(at, verb))
        organs = self._organs(span)
        whole = organs and organs[0].start == span.start and organs[0].end >= span.end - 1
        if whole and (entity := self.page.organ(organs[0])):
            return [iri(entity.iri)], span, verb
        terms = [literal(self.r.squeeze(*span), "vi")]
        if len(organs) > 1:
            terms += [iri(e.iri) for o in organs if (e := self.page.organ(o))]
        return terms, span, verb

    def _group_like(self, at: int, end: int) -> bool:
        if any(p.start == at or p.start == at + len(p.kind) + 1 for p in self.page.places):
            return True
        return bool(re.match(r"(?:(?:\w+ ){1,4}các|các|từng|mỗi|toàn|toàn thể|mọi|những|đội ngũ|tổ|phòng|ban|chi|lãnh đạo|cán bộ|mặt trận|chi nhánh)\s", self.r.shadow[at:end]))

    def _task_verb(self, at: int, end: int) -> int:
        """The first verb of a task that is not part of a name: "các tổ chức" is no verb."""
        for m in self.verb.finditer(self.r.shadow, at, end):
            before = self.r.shadow[max(at - 6, m.start() - 8) : m.start()]
            if re.search(r"(?:các|và|ban|công tác|đội ngũ|cơ quan|phòng|hội|tổ|cán bộ|của|,|trường|bộ phận|cấp)\s+$", before) and m.group() in (
                "tổ chức", "lãnh đạo", "tham mưu", "báo cáo", "học", "kiểm tra", "thông tin", "tuyên truyền", "đào tạo", "tập huấn", "học tập", "chỉ đạo", "giám sát", "tổng hợp",
            ):  # fmt: skip
                continue
            if any(o.start <= m.start() < o.end for o in self.page.organ_mentions):
                continue
            if m.group() == "báo cáo" and self.r.shadow.startswith("báo cáo viên", m.start()):
                continue
            return m.start()
        return -1

    def _trimmed(self, start: int, end: int) -> int:
        while end > start and self.r.shadow[end - 1] in " ,:":
            end -= 1
        return end

    def _organs(self, span: Span) -> list[OrganMention]:
        return [o for o in self.page.organ_mentions if span.start <= o.start < span.end and not o.generic]

    # who assigns

    def _giver(self, s: Sentence, verb: int) -> Giver | None:
        people = [p for p in self.page.person_mentions if s.start <= p.start < verb]
        if people:
            return Giver(iri(self.page.person(people[-1]).iri), people[-1].start)
        clause = self.r.shadow[s.start : verb]
        posts = [p for p in self.page.posts if s.start <= p.start and p.end <= verb]
        if posts:
            holder = self.page.people.holder(posts[-1])
            words = literal(self.r.squeeze(posts[-1].start, posts[-1].end), "vi")
            return Giver(iri(holder.iri) if holder else words, posts[-1].start)
        office = re.match(r"^\s*(?:(?:cuối buổi|kết thúc[^,]*|sau buổi học|tại [^,]*),\s*)?((?:bí thư|phó bí thư|chủ tịch|trưởng)[^,.;]{0,40}?)\s*$", clause)
        if office:
            return Giver(literal(self.r.squeeze(s.start + office.start(1), s.start + office.end(1)), "vi"), s.start)
        organs = [o for o in self._organs(Span(s.start, verb)) if not any(d.end <= o.start < d.tail for d in self.page.document_mentions)]
        if organs and (entity := self.page.organ(organs[-1])):
            return Giver(iri(entity.iri), organs[-1].start)
        if re.search(r"(?:^|[\s,])(?:đồng chí|ông|bà|đồng thời|bên cạnh đó)\b", clause) or not clause.strip():
            return self._last_person(s) or self.giver
        return None

    def _last_person(self, s: Sentence) -> Giver | None:
        before = [p for p in self.page.person_mentions if p.start < s.start and self.r.zone_at(p.start) in _ZONES]
        return Giver(iri(self.page.person(before[-1]).iri), before[-1].start) if before else None

    # "Y được giao làm Z"

    def _passive(self, number: int, s: Sentence) -> bool:
        verbs = [t for t in cues(self.r, s.start, s.end, "assigned") if not any(x.start <= t.start < x.end for x in self.subjects)]
        if not verbs or self.r.shadow[verbs[0].start : verbs[0].end] == "phải":
            return False
        m = verbs[0]
        opening = max(s.start, self.r.shadow.rfind(", ", s.start, m.start) + 2 if "," in self.r.shadow[s.start : m.start] else s.start)
        organs = self._organs(Span(opening, m.start)) or self._organs(Span(s.start, m.start))
        start = organs[0].start if organs else opening
        span = Span(start, self._trimmed(start, m.start))
        if organs and organs[-1].end >= span.end - 1 and (entity := self.page.organ(organs[-1])):
            span = Span(organs[-1].start, span.end)
            terms = [iri(entity.iri)]
        elif self.general.match(self.r.shadow[span.start : span.end]) or self._group_like(span.start, span.end):
            terms = [literal(self.r.squeeze(*span), "vi")]
        else:
            return False
        giver = self._plan_giver(number)
        at, first = m.end, True
        for piece in self._pieces(m.end, s.end):
            end = at + len(piece)
            opened = None if first else self._addressee(at, end)
            if first:
                self._task(number, giver, terms, span, self.r.skip(at), end)
            elif opened:
                self._task(number, giver, opened[0], opened[1], opened[2], end)
            elif self.verb.match(self.r.shadow, self._without_link(at)):
                self._task(number, giver, terms, span, self._without_link(at), end)
            at, first = end + 1, False
        self.giver, self.last_block, self.addressee = giver, s.block, (terms, span)
        return True

    def _pieces(self, start: int, end: int) -> list[str]:
        """Clauses between semicolons, and those that a comma and an organ with a task of its own open."""
        cuts = [i for i in range(start, end) if self.r.shadow[i] == ";"]
        for o in self._organs(Span(start, end)):
            if self.r.shadow[o.start - 2 : o.start] == ", " and self.verb.match(self.r.shadow, self.r.skip(o.end)):
                cuts.append(o.start - 2)
        bounds = [start - 1, *sorted(cuts), end]
        return [self.r.shadow[a + 1 : b] for a, b in zip(bounds, bounds[1:], strict=False)]

    def _without_link(self, at: int) -> int:
        at = self.r.skip(at)
        return self.r.skip(at + 9) if self.r.shadow.startswith("đồng thời", at) else at

    def _plan_giver(self, number: int) -> Giver | None:
        """The local organ whose paper is being told, when the sentence names no giver."""
        lead = next((s for s in self.r.sentences if s.zone == "lead"), None)
        told = cues(self.r, lead.start, lead.end, "assign") if lead and self.event is None else []
        organs = self._organs(Span(lead.start, told[0].start)) if lead and told else []
        entity = self.page.organ(organs[0]) if organs else None
        return Giver(iri(entity.iri), organs[0].start) if entity and organs else None

    # sentences that go on with tasks

    def _continued(self, number: int, s: Sentence) -> None:
        """"Các chi bộ báo cáo kết quả …", "Định kỳ báo cáo …": after an assignment in the same paragraph, or in a plan's demands."""
        text = self.r.shadow[s.start : s.end]
        after_task = s.block == self.last_block
        again = _REPORT.match(text)
        other = self._addressee(s.start + again.end(), s.end) if after_task and again else None
        if other:
            self._task(number, self.giver, other[0], other[1], other[2], s.end)
            return
        if after_task and again and self.addressee:
            self._task(number, self.giver, self.addressee[0], self.addressee[1], s.start, s.end)
            return
        demanded = self.plan is not None and number > self.plan[1]
        if not (after_task or demanded) or _DONE.match(text):
            return
        start = s.start
        opening = re.match(r"căn cứ [^;]{5,60}?, (?=các )", text)
        if opening:
            start += opening.end()
        if not self.general.match(self.r.shadow[start : s.end]):
            return
        opened = self._addressee(start, s.end)
        if opened:
            giver = self.giver if after_task else self.plan[0] if self.plan else None
            stop = re.compile(r"[;.]").search(self.r.shadow, opened[2], s.end)
            self._task(number, giver, opened[0], opened[1], opened[2], stop.start() if stop else s.end)
            if stop and demanded and self.verb.match(self.r.shadow, self.r.skip(stop.end())):
                self._task(number, giver, opened[0], opened[1], self.r.skip(stop.end()), s.end)

    def _local_plan(self) -> tuple[Giver, int] | None:
        """The local plan whose demands an article without an event retells, and where it begins to."""
        if self.event is not None and self.event.kind not in ("Reception", "Visit"):
            return None
        for entity in self.page.documents.entities:
            local = [o for o, _ in entity.issuers if o.level in ("Provincial", "District", "Commune")]
            if entity.type in ("Plan", "Programme", "ActionProgramme", "Guidance", "Circular") and entity.number and local:
                for m in sorted(entity.mentions, key=lambda m: m.start):
                    told = _DEMANDS.search(self.r.shadow, m.end, m.end + 120)
                    if told and m.issuers and not m.inside:
                        return Giver(iri(local[0].iri), m.start), self.r.sentence_at(told.start())
        return None

    # statement

    def _task(self, number: int, giver: Giver | None, to: list[str], addressee: Span, start: int, end: int) -> None:
        end = self._trimmed(start, end)
        while end > start and self.r.text[end - 1] in ".;… ":
            end -= 1
        if end - start < 7:
            return
        self.count += 1
        node = f"{self.page.iri}/task/{self.count}"
        words = self.r.squeeze(start, end)
        span = Span(start, end)
        self.facts.entity(node, CKG.Task, literal(words if len(words) < 90 else words[:88].rsplit(" ", 1)[0] + " …", "vi"), number)
        self.facts.add(node, CKG.task, literal(words, "vi"), number, span)
        if giver:
            self.facts.add(node, CKG.assignedBy, giver.term, number, span)
        told = self.r.sentence_at(addressee.start)
        for term in to:
            self.facts.add(node, CKG.assignedTo, term, told, addressee, also=number if told != number else -1)
        for address in self._concerns(number, start, end):
            self.facts.add(node, CKG.concerns, iri(address), number, span)
        self._co_worker(number, giver, start, end)
        due = _DUE.search(self.r.shadow, start, end)
        if due:
            self.facts.add(node, CKG.deadlineText, literal(self.r.squeeze(*due.span()), "vi"), number, Span(*due.span()))
            date = next((d for d in self.r.dates if due.start() <= d.start < due.end() and d.kind == "full"), None)
            if date:
                self.facts.add(node, CKG.dueOn, literal(date.iso, datatype="http://www.w3.org/2001/XMLSchema#date"), number, Span(date.start, date.end))
        again = _RECURRING.search(self.r.shadow, start, end)
        if again:
            self.facts.add(node, CKG.recurrence, literal(self.r.squeeze(*again.span()), "vi"), number, Span(*again.span()))

    def _co_worker(self, number: int, giver: Giver | None, start: int, end: int) -> None:
        """"chủ trì, phối hợp với Chi nhánh Ngân hàng … tham mưu …": a named co-worker is told as well."""
        m = re.compile(r"phối hợp (?:với|cùng)\s+").search(self.r.shadow, start, end)
        organ = self.organ_at.get(m.end()) if m else None
        entity = self.page.organ(organ) if organ and not organ.generic else None
        if organ and entity and end - organ.end >= 7:
            self._task(number, giver, [iri(entity.iri)], Span(organ.start, organ.end), self.r.skip(organ.end), end)

    def _concerns(self, number: int, start: int, end: int) -> list[str]:
        """The documents that the task names; a plural "các chỉ thị" means all of that type named before."""
        found: list[str] = []
        mentions = self.documents_in.get(number, [])
        for m in mentions:
            entity = self.page.document(m)
            if entity and start <= m.start < end and not (m.inside and not m.demonstrative):
                found.append(entity.iri)
        for head, group in self.page.documents.groups:
            if start <= head.start < end:
                found += [e.iri for e in group]
        if not found:
            bare = [self.page.document(m) for m in mentions if not m.inside]
            found += [e.iri for e in bare if e]
        return list(dict.fromkeys(found))
