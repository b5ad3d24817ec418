"""Which tools there are: each saved query, and five that every graph has; each with a JSON Schema of what it
takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kg import ask
from kg.ask import Parameter, SavedQuery, text_of
from kg.search import KINDS

ROWS = 100  # rows of one answer, if the model asks for no other number
MOST = 1000
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MOST, "default": ROWS, "description": "Rows at most."}
_TYPES: dict[str, dict[str, Any]] = {
    "iri": {"type": "string"},
    "string": {"type": "string"},
    "xsd:boolean": {"type": "boolean"},
    "xsd:date": {"type": "string", "format": "date"},
    "xsd:decimal": {"type": "number"},
    "xsd:integer": {"type": "integer"},
}
_HINTS = {
    "vi": "IRI, hoặc tên như người ta gõ: 32-CT/TW, chi thi 32, tỉnh ủy lai châu",
    "en": "an IRI, or a name as people type it: 32-CT/TW, chi thi 32, tỉnh ủy lai châu",
}
_FIXED = {
    "search": {
        "vi": "Tìm văn bản, cơ quan, người, sự kiện, địa bàn theo tên, không cần dấu; cho IRI để dùng ở các "
        "công cụ khác.",
        "en": "Find documents, organs, people, events and places by name, accents not needed; gives IRIs for "
        "the other tools.",
    },
    "describe": {
        "vi": "Mọi điều đã biết về một đối tượng, mỗi điều kèm câu văn nói ra nó, và những gì dẫn tới nó.",
        "en": "All that is known of one thing, each fact with the sentences that state it, and what leads "
        "to it.",
    },
    "evidence": {
        "vi": "Vì sao biết điều này: câu văn và bài báo, hoặc quy tắc suy luận và căn cứ của nó.",
        "en": "Why this is known: the sentences and articles, or the rule that concluded it and its grounds.",
    },
    "vocabulary": {
        "vi": "Các lớp và thuộc tính của đồ thị (ckg:), để viết SPARQL.",
        "en": "The classes and properties of the graph (ckg:), for writing SPARQL.",
    },
    "sparql": {
        "vi": "Hỏi bằng SPARQL 1.1, chỉ đọc, trên hợp của mọi đồ thị (đếm với DISTINCT). Phải khai báo "
        "các tiền tố được dùng.",
        "en": "Ask in SPARQL 1.1, read-only, over the union of all graphs (count with DISTINCT). Declare the "
        "prefixes that you use.",
    },
}


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: `query` is the saved query behind it, if it is one."""

    name: str
    title: str
    description: str
    schema: dict[str, Any]
    query: SavedQuery | None = None


def tools(lang: str = "vi") -> dict[str, Tool]:
    """Every tool by its name: the fixed ones first, then the saved queries as "group_name"."""
    schemas = _fixed_schemas(lang)
    found = {name: Tool(name, name, texts[lang], schemas[name]) for name, texts in _FIXED.items()}
    for query in ask.saved():
        tool = _saved(query, lang)
        found[tool.name] = tool
    return found


def _saved(query: SavedQuery, lang: str) -> Tool:
    title, description = text_of(query.title, lang), text_of(query.description, lang)
    properties = {parameter.name: _property(parameter, lang) for parameter in query.params}
    name = query.name.replace("/", "_").replace("-", "_")
    return Tool(name, title, f"{title} {description}", _object({**properties, "limit": _LIMIT}), query)


def _property(parameter: Parameter, lang: str) -> dict[str, Any]:
    label = text_of(parameter.label, lang)
    if parameter.kind == "iri":
        label = f"{label} ({_HINTS[lang]})"
    if parameter.default != "UNDEF":
        label += f" [{parameter.default}]"
    return {**_TYPES[parameter.kind], "description": label}


def _fixed_schemas(lang: str) -> dict[str, dict[str, Any]]:
    name = {"type": "string", "description": _HINTS[lang]}
    text = {"type": "string"}
    hits = {**_LIMIT, "maximum": 100, "default": 10}
    return {
        "search": _object(
            {"text": text, "kind": {"type": "string", "enum": list(KINDS)}, "limit": hits}, "text"
        ),
        "describe": _object({"thing": name}, "thing"),
        "evidence": _object({"subject": name, "predicate": text, "object": text}, "subject"),
        "vocabulary": _object({}),
        "sparql": _object({"query": text, "limit": _LIMIT}, "query"),
    }


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
