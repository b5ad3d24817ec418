"""One assignment as facts: its words, who is told by whom, its deadline, its documents, and who helps."""

from __future__ import annotations

import re

from kg.model import OrganMention, Span
from kg.namespaces import CKG
from kg.recognise.spans import between
from kg.relate.addressees import AND, Addressee, Addressees
from kg.relate.facts import Facts, day, iri, literal
from kg.relate.index import Index

_TOGETHER_WITH = re.compile(r"phối hợp (?:(?:với|cùng)\s+)?")
_OF_WHOLE = re.compile(
    r"\s+của (?:\w+\s+){1,4}?(?=(?:xây dựng|rà soát|tham mưu|thực hiện|tổ chức|theo dõi|hướng dẫn)\s)"
)
_OFFICE_GIVEN = re.compile(
    r"làm (?:phó )?(?:tổng )?"
    r"(?:bí thư|chủ tịch|trưởng|giám đốc|bộ trưởng|thứ trưởng|ủy viên|chánh|chủ nhiệm)(?!\w)|"
    r"(?:tiếp tục )?(?:giữ (?:quyền|chức|cương vị|vị trí)|đảm nhiệm|kiêm"
    r"|tham gia (?:ban|thường trực|cấp ủy))(?!\w)"
)
_DUE = re.compile(
    r"(?:trước|chậm nhất|xong trước|đến hết|hạn báo cáo|trong)(?::\s*|\s+)"
    r"[^.;]*?(?:\d|tháng|tuần|quý|năm)[^,.;]*"
)
_RECURRING = re.compile(
    r"(?:định kỳ(?: (?:hằng|hàng|\d+) \w+)?|(?:hằng|hàng) (?:tháng|quý|năm|tuần)|\d+ tháng một lần)"
)
_OFTEN = ("định kỳ", "hằng ", "hàng ", " tháng một lần")  # what it needs, and no expression finds as fast
_SHORTEST = 7  # code points of a task's words at least


class Assignments:
    """States the assignments of one article."""

    def __init__(self, index: Index, facts: Facts, addressees: Addressees) -> None:
        self.index, self.page, self.facts, self.r = index, index.page, facts, index.reading
        self.addressees = addressees
        self.count = 0

    def state(self, number: int, giver: str, to: Addressee, start: int, end: int) -> None:
        """States that `giver` ("" for nobody named) told `to` to do what the words `start:end` say."""
        end = self.addressees.trimmed(start, end)
        while end > start and self.r.text[end - 1] in ".;… ":
            end -= 1
        if end - start < _SHORTEST or _OFFICE_GIVEN.match(self.r.shadow, start):
            return
        self.count += 1
        node, span = f"{self.page.iri}/task/{self.count}", Span(start, end)
        words = self.r.squeeze(start, end)
        label = words if len(words) < 90 else words[:88].rsplit(" ", 1)[0] + " …"
        self.facts.entity(node, CKG.Task, literal(label, "vi"))
        self.facts.add(node, CKG.task, literal(words, "vi"), number, span)
        if giver:
            self.facts.add(node, CKG.assignedBy, giver, number, span)
        told = self.r.sentence_at(to.words.start)
        for term in to.terms:
            also = number if told != number else -1
            self.facts.add(node, CKG.assignedTo, term, told, to.words, also=also)
        for address in self._concerns(number, start, end):
            self.facts.add(node, CKG.concerns, iri(address), number, span)
        self._co_worker(number, giver, start, end)
        self._when(node, number, start, end)

    def _when(self, node: str, number: int, start: int, end: int) -> None:
        """The task's deadline in words, its day if it has one, and how often the task comes again."""
        due = _DUE.search(self.r.shadow, start, end)
        if due:
            words = Span(*due.span())
            self.facts.add(node, CKG.deadlineText, literal(self.r.squeeze(*words), "vi"), number, words)
            d = next((d for d in between(self.r.dates, *words) if d.kind == "full"), None)
            if d:
                self.facts.add(node, CKG.dueOn, day(d.iso), number, Span(d.start, d.end))
        again = any(self.r.shadow.find(words, start, end) >= 0 for words in _OFTEN) and _RECURRING.search(
            self.r.shadow, start, end
        )
        if again:
            words = Span(*again.span())
            self.facts.add(node, CKG.recurrence, literal(self.r.squeeze(*words), "vi"), number, words)

    def _co_worker(self, number: int, giver: str, start: int, end: int) -> None:
        """ "chủ trì, phối hợp với Sở A, Sở B … tham mưu …": named co-workers are told as well."""
        together = m = _TOGETHER_WITH.search(self.r.shadow, start, end)
        organs: list[OrganMention] = []
        while m and (organ := self.index.organ_at.get(m.end())) and not organ.generic:
            organs.append(organ)
            m = AND.match(self.r.shadow, organ.end, end)
        entities = [e for o in organs if (e := self.page.organ(o))]
        last = organs[-1].end if organs else end
        if not entities or m or together is None:
            return
        words = Span(organs[0].start, last)
        if end - last < _SHORTEST:  # "chủ trì rà soát hồ sơ, | phối hợp | với Sở A": no more is said of it
            if together.start() - start >= _SHORTEST:
                for entity in entities:
                    to = Addressee((iri(entity.iri),), words)
                    self.state(number, giver, to, together.start(), together.start() + len("phối hợp"))
            return
        whole = _OF_WHOLE.match(self.r.shadow, last, end)  # "Ủy ban Kinh tế | của Quốc hội | xây dựng …"
        task = whole.end() if whole and self.addressees.begins_task(whole.end()) else self.r.skip(last)
        for entity in entities if self.addressees.begins_task(task) else ():
            self.state(number, giver, Addressee((iri(entity.iri),), words), task, end)

    def _concerns(self, number: int, start: int, end: int) -> list[str]:
        """The documents that the task names; a plural "các chỉ thị" means all of that type named before."""
        mentions = self.index.documents_in(number)
        found = [
            entity.iri
            for m in mentions
            if start <= m.start < end
            and (m.demonstrative or not m.inside)
            and (entity := self.page.document(m))
        ]
        for head, group in self.page.documents.groups:
            if start <= head.start < end:
                found += [e.iri for e in group]
        if not found:
            found = [e.iri for m in mentions if not m.inside and (e := self.page.document(m))]
        return list(dict.fromkeys(found))
