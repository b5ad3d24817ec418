"""What can be told of a query from its text, before anything parses it.

SPARQL cannot be tokenised without parsing it (``?a<?b&&?c>?d`` holds two comparisons or an IRI), so each
question here errs on a known side, and what must be exact is asked of a parser.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# SERVICE as a keyword. Behind one of ? $ : / it is part of a variable, a prefixed name or an IRI's path.
_SERVICE = re.compile(r"(?<![?$:/])service", re.IGNORECASE)
_VOLATILE = re.compile(r"\b(?:now|rand|uuid|struuid|bnode)\b", re.IGNORECASE)
# Long strings, strings, IRIs, comments, variables, words with or without a prefix. Each step is linear.
QUOTED = (
    r'"""(?:[^"\\]|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+'''"
    r'|"(?:[^"\\\n\r]|\\.)*+"'
    r"|'(?:[^'\\\n\r]|\\.)*+'"
    r'|<[^<>"{}|^`\\\x00-\x20]*+>'
)
"""Strings and IRIs: what stands between quotation marks or angle brackets is no keyword."""
_TOKEN = re.compile(
    QUOTED + r"|\#[^\n\r]*+"
    r"|[?$]\w*+"
    r"|[\w.-]++(?::[\w.%-]*+)?"
    r"|:[\w.%-]*+",
    re.DOTALL,
)


def decoded(query: str) -> str:
    r"""Return the text with its code point escapes (``\u0041``) replaced, as a parser would see it."""
    return _ESCAPE.sub(_character, query) if "\\" in query else query


def _character(escape: re.Match[str]) -> str:
    point = int(escape[1] or escape[2], 16)
    return chr(point) if point <= 0x10FFFF and not 0xD800 <= point < 0xE000 else escape[0]


def may_federate(query: str) -> bool:
    """Whether the text could hold a SERVICE clause; it may be wrong about strings, never about a clause."""
    return service_words(query) > 0


def service_words(query: str) -> int:
    """Return how often the word SERVICE stands where it could begin a clause."""
    if "\\" not in query and "SERVICE" not in query.upper():
        return 0
    return max(len(_SERVICE.findall(query)), len(_SERVICE.findall(decoded(query))))


def has_dataset_clause(query: str) -> bool:
    """Whether the query names its dataset (FROM, FROM NAMED): the word stands outside strings and names."""
    text = decoded(query)
    if "from" not in text.lower():
        return False
    return any(token[0].lower() == "from" for token in _TOKEN.finditer(text))


def is_volatile(query: str) -> bool:
    """Whether asking twice may give two answers: NOW, RAND, UUID …, or words hidden behind escapes."""
    if "\\u" in query or "\\U" in query:
        return True
    capitals = query.upper()  # most queries have none of the words in any place
    named = any(word in capitals for word in ("NOW", "RAND", "UUID", "BNODE"))
    return (named and bool(_VOLATILE.search(query))) or may_federate(query)
