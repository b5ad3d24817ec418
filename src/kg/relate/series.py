"""Whose series of numbers a document is of, as its symbol says (ontology/vocabulary/series.ttl)."""

from __future__ import annotations

from kg.model import DocumentMention, OrganMention
from kg.relate.index import Index


def same_series(a: DocumentMention, b: DocumentMention) -> bool:
    """Whether two documents are numbered by one organ, as far as their symbols say; else, of one type."""
    if a.symbol or b.symbol:
        return a.symbol.rpartition("/")[2] == b.symbol.rpartition("/")[2]
    return a.type == b.type


def in_series(index: Index, d: DocumentMention, maker: OrganMention, sure: bool) -> bool:
    """Whether the number's symbol is of the maker's series; without a symbol only a `sure` verb will do."""
    entity, organ = index.page.document(d), index.page.organ(maker)
    symbol = d.symbol or (entity.symbol if entity else "")
    if not organ or not symbol:
        return sure and organ is not None
    tail = symbol.replace("/", "-").rpartition("-")[2]
    known = index.reading.lexicon.series
    series = known.get(tail) or known.get(symbol.partition("-")[0])  # a letter's: 1024/UBND-NC
    if series is None:
        return sure or (symbol.rpartition("-")[2].startswith("QH") and organ.key == "quoc-hoi")
    return bool(series.fullmatch(organ.key))
