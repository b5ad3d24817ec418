"""What the page of each kind of thing shows, and in which order: data, so that a new line is a line here."""

from __future__ import annotations

from typing import NamedTuple

from kg.namespaces import CKG, DCTERMS, ORG, RDFS, SCHEMA, SKOS


class Line(NamedTuple):
    """A property of the fact table; with `hole` it is shown as "not seen" where nothing is known.

    Of a `single` property there is but one true value: several are a contradiction.
    """

    property: str
    hole: bool = False
    single: bool = False


class Group(NamedTuple):
    """A list of what points here: `key` names it in words.tsv."""

    key: str
    properties: tuple[str, ...]


LINES: dict[str, tuple[Line, ...]] = {
    "Document": (
        Line(CKG.code), Line(CKG.documentNumber), Line(CKG.issuedBy, True, True),
        Line(CKG.issuedOn, True, True), Line(CKG.dateAsWritten),
        Line(CKG.signedBy), Line(CKG.subjectMatter, True), Line(CKG.inTerm), Line(CKG.implements),
        Line(CKG.basedOn), Line(CKG.amends), Line(CKG.replaces), Line(CKG.succeeds), Line(CKG.cites),
        Line(CKG.about), Line(CKG.taskCount), Line(CKG.resolvedTo), Line(CKG.candidate),
    ),
    "Organ": (
        Line(CKG.level, True), Line(CKG.partOf), Line(CKG.standingBodyOf), Line(CKG.territory),
        Line(CKG.predecessor), Line(CKG.successor), Line(CKG.validFrom), Line(CKG.validUntil),
        Line(CKG.resolvedTo), Line(CKG.candidate),
    ),
    "Person": (Line(CKG.possiblySame),),
    "Event": (
        Line(CKG.heldOn, True, True), Line(CKG.monthDay), Line(CKG.heldNotBefore), Line(CKG.heldNotAfter),
        Line(CKG.organisedBy, True), Line(CKG.heldAt), Line(CKG.place), Line(CKG.disseminates, True),
        Line(CKG.subEventOf), Line(CKG.sameEventAs), Line(CKG.attendance), Line(CKG.pointCount),
    ),
    "Territory": (
        Line(CKG.territoryKind), Line(CKG.gsoCode), Line(CKG.partOf), Line(CKG.predecessor),
        Line(CKG.successor), Line(CKG.validFrom), Line(CKG.validUntil),
    ),
    "Task": (
        Line(CKG.task), Line(CKG.assignedBy, True), Line(CKG.assignedTo, True), Line(CKG.concerns, True),
        Line(CKG.dueOn), Line(CKG.deadlineText), Line(CKG.recurrence),
    ),
    "Statement": (Line(CKG.words), Line(CKG.saidBy), Line(CKG.saidAt), Line(CKG.concerns)),
    "Article": (
        Line(SCHEMA.headline), Line(SCHEMA.datePublished, True), Line(SCHEMA.author), Line(SCHEMA.publisher),
        Line(SCHEMA.url),
    ),
}  # fmt: skip

GROUPS: dict[str, tuple[Group, ...]] = {
    "Document": (
        Group("tasks-from", (CKG.concerns,)),
        Group("changed-by", (CKG.amends, CKG.replaces, CKG.succeeds)),
        Group("resting-on-it", (CKG.basedOn, CKG.cites)),
        Group("other-readings", (CKG.resolvedTo, CKG.candidate)),
    ),
    "Organ": (
        Group("issued", (CKG.issuedBy,)),
        Group("organised", (CKG.organisedBy,)),
        Group("people-in-posts", (ORG.organization,)),
        Group("tasks-received", (CKG.assignedTo,)),
        Group("tasks-given", (CKG.assignedBy,)),
        Group("took-part", (CKG.participant,)),
        Group("lower-organs", (CKG.partOf, CKG.standingBodyOf)),
        Group("other-readings", (CKG.resolvedTo, CKG.candidate)),
    ),
    "Person": (
        Group("posts", (ORG.member,)),
        Group("took-part", (CKG.participant,)),
        Group("said", (CKG.saidBy,)),
        Group("signed", (CKG.signedBy,)),
        Group("tasks-received", (CKG.assignedTo,)),
        Group("other-readings", (CKG.resolvedTo, CKG.candidate, CKG.possiblySame)),
    ),
    "Event": (
        Group("points", (CKG.subEventOf,)),
        Group("said-there", (CKG.saidAt,)),
        Group("same-event", (CKG.sameEventAs,)),
    ),
    "Territory": (
        Group("organs-here", (CKG.territory,)),
        Group("held-here", (CKG.heldAt,)),
        Group("parts", (CKG.partOf,)),
        Group("followed", (CKG.successor,)),
    ),
}

#: Never shown among the facts: names stand in the heading, the rest is machinery.
HIDDEN = frozenset({
    SKOS.altLabel, SKOS.hiddenLabel, CKG.symbol, CKG.numberedBy, CKG.properName, CKG.approximate,
    CKG.hasParticipation, CKG.numberSuffix, SCHEMA.articleBody, DCTERMS.identifier,
})  # fmt: skip

#: How the lines are called where the ontology's own label is a verb with a gap.
NOUNS = {
    CKG.issuedBy: ("Cơ quan ban hành", "Issued by"),
    CKG.organisedBy: ("Cơ quan tổ chức", "Organised by"),
    CKG.saidBy: ("Người nói", "Said by"),
    CKG.assignedBy: ("Giao bởi", "Assigned by"),
    CKG.assignedTo: ("Giao cho", "Assigned to"),
    SCHEMA.headline: ("Tiêu đề", "Headline"),
    SCHEMA.datePublished: ("Ngày đăng", "Published"),
    SCHEMA.author: ("Tác giả", "Author"),
    SCHEMA.publisher: ("Nơi đăng", "Publisher"),
    SCHEMA.url: ("Địa chỉ", "Address"),
    SCHEMA.identifier: ("Mã khác", "Other identifier"),
    SCHEMA.sameAs: ("Cũng là", "Same as"),
    DCTERMS.source: ("Theo nguồn", "Source"),
    ORG.organization: ("Cơ quan", "Organ"),
    ORG.member: ("Người giữ", "Holder"),
    SKOS.example: ("Ví dụ", "Example"),
    SKOS.definition: ("Định nghĩa", "Definition"),
    SKOS.broader: ("Thuộc chủ đề", "Broader topic"),
    SKOS.notation: ("Ký hiệu", "Symbol"),
    SKOS.inScheme: ("Trong danh mục", "In scheme"),
    RDFS.subClassOf: ("Là một loại", "A kind of"),
    RDFS.comment: ("Ghi chú", "Note"),
}


def noun(property_: str, lang: str) -> str:
    """How a line is called, "" where the ontology's label serves."""
    vi, en = NOUNS.get(property_, ("", ""))
    return en if lang == "en" else vi
