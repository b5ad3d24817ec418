"""read: a file becomes an `Article` with stored text; its text becomes zones and sentences with offsets."""

from __future__ import annotations

from kg.read.source import read, sources
from kg.read.zones import sentences, zones

__all__ = ["read", "sentences", "sources", "zones"]
