"""What a card shows of each kind of thing: data, so that a new line of a card is a line here.

A pattern is SPARQL inside `GRAPH ?source { … }` with `?this` and `?value`. A line with `hole` is shown also
where nothing is known, as "not seen".
"""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    """One line of a card: its name in Vietnamese and English, and where its values stand."""

    vi: str
    en: str
    pattern: str
    hole: bool = False


class Part(NamedTuple):
    """A list below the lines: a SELECT over `?this` whose columns are shown side by side."""

    vi: str
    en: str
    columns: tuple[str, ...]
    select: str


def _own(term: str) -> str:
    return f"?this {term} ?value"


LINES: dict[str, tuple[Line, ...]] = {
    "Document": (
        Line("Số", "Number", _own("ckg:documentNumber"), True),
        Line("Số, ký hiệu", "Code", _own("ckg:code"), True),
        Line("Cơ quan ban hành", "Issued by", _own("ckg:issuedBy"), True),
        Line("Người ký", "Signed by", _own("ckg:signedBy")),
        Line("Ngày", "Date", _own("ckg:issuedOn"), True),
        Line("Ngày như viết", "Date as written", _own("ckg:dateAsWritten")),
        Line("Nhiệm kỳ", "Term", _own("ckg:inTerm")),
        Line("Trích yếu", "Subject", _own("ckg:subjectMatter"), True),
        Line("Thực hiện", "Carries out", _own("ckg:implements")),
        Line("Căn cứ", "Based on", _own("ckg:basedOn")),
        Line("Sửa đổi", "Amends", _own("ckg:amends")),
        Line("Thay thế", "Replaces", _own("ckg:replaces")),
        Line("Tiếp nối", "Continues", _own("ckg:succeeds")),
        Line("Được sửa đổi bởi", "Amended by", "?value ckg:amends ?this"),
        Line("Được thay thế bởi", "Replaced by", "?value ckg:replaces ?this"),
        Line("Chủ đề", "Topic", _own("ckg:about")),
        Line("Số nhiệm vụ", "Tasks", _own("ckg:taskCount")),
        Line("Là văn bản", "Resolved to", _own("ckg:resolvedTo")),
        Line("Có thể là", "Possibly", _own("ckg:candidate")),
    ),
    "Organ": (
        Line("Cấp", "Level", _own("ckg:level"), True),
        Line("Thuộc", "Part of", _own("ckg:partOf")),
        Line("Cơ quan thường trực của", "Standing body of", _own("ckg:standingBodyOf")),
        Line("Địa bàn", "Territory", _own("ckg:territory")),
        Line("Có từ ngày", "Since", _own("ckg:validFrom")),
        Line("Đến trước ngày", "Until before", _own("ckg:validUntil")),
        Line("Kế tục bởi", "Followed by", _own("ckg:successor")),
        Line("Là cơ quan", "Resolved to", _own("ckg:resolvedTo")),
        Line("Có thể là", "Possibly", _own("ckg:candidate")),
    ),
    "Person": (Line("Có thể cũng là", "Possibly the same as", _own("ckg:possiblySame")),),
    "Event": (
        Line("Ngày", "Date", "{ ?this ckg:heldOn ?value } UNION { ?this ckg:monthDay ?value }", True),
        Line("Không trước ngày", "Not before", _own("ckg:heldNotBefore")),
        Line("Không sau ngày", "Not after", _own("ckg:heldNotAfter")),
        Line("Cơ quan tổ chức", "Organised by", _own("ckg:organisedBy"), True),
        Line("Địa điểm", "Place", "{ ?this ckg:heldAt ?value } UNION { ?this ckg:place ?value }", True),
        Line("Văn bản", "Documents", _own("ckg:disseminates"), True),
        Line("Thuộc sự kiện", "Part of", _own("ckg:subEventOf")),
        Line("Cùng sự kiện với", "Same event as", _own("ckg:sameEventAs")),
        Line("Số người dự", "Attendance", _own("ckg:attendance")),
        Line("Số điểm cầu", "Remote points", _own("ckg:pointCount")),
    ),
    "Article": (
        Line("Tiêu đề", "Headline", _own("schema:headline")),
        Line("Ngày đăng", "Published", _own("schema:datePublished"), True),
        Line("Tác giả", "Author", _own("schema:author")),
        Line("Nơi đăng", "Publisher", _own("schema:publisher")),
        Line("Địa chỉ", "Address", _own("schema:url")),
    ),
    "Task": (
        Line("Nội dung", "Task", _own("ckg:task")),
        Line("Giao bởi", "Assigned by", _own("ckg:assignedBy"), True),
        Line("Giao cho", "Assigned to", _own("ckg:assignedTo"), True),
        Line("Theo văn bản", "Under", _own("ckg:concerns"), True),
        Line("Hạn", "Due", "{ ?this ckg:dueOn ?value } UNION { ?this ckg:deadlineText ?value }", True),
        Line("Định kỳ", "Recurrence", _own("ckg:recurrence")),
    ),
    "Territory": (
        Line("Loại", "Kind", _own("ckg:territoryKind")),
        Line("Mã", "Code", _own("ckg:gsoCode")),
        Line("Thuộc", "Part of", _own("ckg:partOf")),
        Line("Có từ ngày", "Since", _own("ckg:validFrom")),
        Line("Đến trước ngày", "Until before", _own("ckg:validUntil")),
        Line("Kế tục bởi", "Followed by", _own("ckg:successor")),
    ),
}

PARTS: dict[str, tuple[Part, ...]] = {
    "Organ": (
        Part(
            "Văn bản đã ban hành",
            "Documents issued",
            ("issued", "document"),
            "?document ckg:issuedBy ?this . OPTIONAL { ?document ckg:issuedOn ?issued }",
        ),
        Part(
            "Sự kiện đã tổ chức",
            "Events organised",
            ("held", "event"),
            "?event ckg:organisedBy ?this . OPTIONAL { ?event ckg:heldOn|ckg:monthDay ?held }",
        ),
    ),
    "Person": (
        Part(
            "Chức vụ",
            "Posts",
            ("published", "former", "post", "organ", "article"),
            """GRAPH ?article {
              ?tenure org:member ?this ; ckg:postTitle ?post .
              OPTIONAL { ?tenure org:organization ?organ } OPTIONAL { ?tenure ckg:former ?former }
              OPTIONAL { ?article schema:datePublished ?published } }""",
        ),
        Part(
            "Tham dự",
            "Took part in",
            ("held", "role", "event"),
            """?participation ckg:participant ?this ; ckg:role ?role . ?event ckg:hasParticipation
            ?participation .
            OPTIONAL { ?event ckg:heldOn|ckg:monthDay ?held }""",
        ),
    ),
    "Event": (
        Part(
            "Người và cơ quan tham dự",
            "Participants",
            ("role", "participant", "post"),
            """?this ckg:hasParticipation ?participation .
            ?participation ckg:participant ?participant ; ckg:role ?role .
            OPTIONAL { ?participation ckg:inCapacity/ckg:postTitle ?post }""",
        ),
        Part("Điểm cầu", "Local points", ("point",), "?point ckg:subEventOf ?this"),
    ),
    "Article": (
        Part(
            "Bài báo nêu",
            "What it states",
            ("subject", "predicate", "object"),
            """GRAPH ?this { ?subject ?predicate ?object }
            FILTER(?subject != ?this && ?predicate NOT IN (rdf:type, rdfs:label))""",
        ),
    ),
}

WORDS: dict[str, tuple[str, str]] = {
    "not seen": ("chưa thấy", "not seen"),
    "inferred": ("suy luận", "inferred"),
    "register": ("danh bạ", "register"),
    "articles": ("Số bài báo nêu", "Articles that state it"),
    "article": ("bài báo", "article(s)"),
    "cascade": ("Triển khai", "Cascade"),
    "date": ("ngày", "date"),
    "issuer": ("cơ quan", "issuer"),
    "days": ("ngày", "days"),
    "before": ("trước văn bản gốc!", "before what it carries out!"),
    "again": ("đã nêu ở trên", "see above"),
    "deeper": ("còn tiếp", "goes on"),
    "former": ("nguyên", "former"),
    "none": ("chưa thấy văn bản thực hiện, hội nghị nào", "no document or event below it was seen"),
}


def word(key: str, lang: str) -> str:
    """A word of the cards in the reader's language."""
    vi, en = WORDS[key]
    return en if lang == "en" else vi
