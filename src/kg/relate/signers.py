"""Who signed a document: "đồng chí A, Bí thư Tỉnh ủy, đã ký ban hành Kế hoạch …", "… do đồng chí A ký".

Nothing but the verb, and for whom the paper is signed, may stand between the name and the document.
"""

from __future__ import annotations

import re

from kg.model import DocumentMention, PersonMention, Span
from kg.namespaces import CKG
from kg.relate.facts import Facts, iri
from kg.relate.index import Index

_FOR = r"(?:(?:thay mặt|thừa lệnh|thừa ủy quyền) [^.;:]{3,80}? )?"
_SIGNS = re.compile(
    rf"\s*,?\s*(?:(?:đã|vừa|mới|vừa mới|chính thức) )?{_FOR}ký(?: ban hành)?(?: văn bản)?(?: các)? "
)
_BY = re.compile(r"[^.;:]{0,60}?(?<!\w)do ")
_SIGNED = re.compile(rf"\s*,?\s*(?:(?:đã|vừa) )?{_FOR}ký(?! (?:kết|tên|túc))(?!\w)")
_LONGEST = 160  # characters between a name and a document


def state_signers(index: Index, facts: Facts) -> None:
    """States of each document who signed it."""
    if " ký" not in index.reading.shadow:
        return
    for p in index.page.person_mentions:
        number = index.reading.sentence_at(p.start)
        for d in index.documents_in(number):
            entity = index.page.document(d) if d.number and not d.inside else None
            if entity and (_signs(index, p, d) or _signed_by(index, d, p)):
                words = Span(min(p.left, d.start), max(p.right, d.end))
                facts.add(entity.iri, CKG.signedBy, iri(index.page.person(p).iri), number, words)


def _signs(index: Index, p: PersonMention, d: DocumentMention) -> bool:
    """ "A | đã ký ban hành | Kế hoạch số …"."""
    near = p.right < d.start < p.right + _LONGEST
    return near and bool(_SIGNS.fullmatch(index.reading.shadow, p.right, d.start)) and not index.is_object(p)


def _signed_by(index: Index, d: DocumentMention, p: PersonMention) -> bool:
    """ "Kế hoạch số … | do | đồng chí A, Bí thư Tỉnh ủy, | ký": the last document before the name."""
    if not d.tail <= p.left < d.tail + _LONGEST:
        return False
    shadow = index.reading.shadow
    later = (x for x in index.documents_in(index.reading.sentence_at(p.start)) if d.start < x.start < p.start)
    return (
        next(later, None) is None
        and bool(_BY.fullmatch(shadow, d.tail, p.left))
        and bool(_SIGNED.match(shadow, p.right, p.right + _LONGEST))
    )
