"""read: a file becomes articles with stored text; a text becomes zones and sentences with offsets."""

from __future__ import annotations

from kg.read.source import READERS, SUFFIXES, Piece, articles, pieces, read, sources, stem, told
from kg.read.zones import sentences, zones

__all__ = [
    "READERS",
    "SUFFIXES",
    "Piece",
    "articles",
    "pieces",
    "read",
    "sentences",
    "sources",
    "stem",
    "told",
    "zones",
]
