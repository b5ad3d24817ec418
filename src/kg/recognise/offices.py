"""Offices that issue documents in their own name: "Thủ tướng Chính phủ", "Chủ tịch nước"."""

from __future__ import annotations

import re

from kg.model import OrganMention
from kg.recognise.reading import Reading

_DEPUTY = "phó "
_CENTRE = re.compile(r"trung ương(?=\s*(?:$|[.,;:)]|(?:về|được|đã|khóa|và|có|là)(?!\w)|\())")


def office_opening(reading: Reading, at: int) -> OrganMention | None:
    """The office whose name begins at `at`."""
    shadow = reading.shadow
    for form, key in reading.lexicon.offices.items():
        if shadow.startswith(form, at) and not shadow[at + len(form) : at + len(form) + 1].isalnum():
            return _mention(reading, at, at + len(form), key)
    return None


def centre(reading: Reading, at: int) -> OrganMention | None:
    """The Central Committee, which resolutions call "Trung ương": "Nghị quyết 20 của | Trung ương"."""
    m = _CENTRE.match(reading.shadow, at)
    return _mention(reading, at, m.end(), "ban-chap-hanh-trung-uong") if m else None


def office_ending(reading: Reading, end: int) -> OrganMention | None:
    """The office whose name ends at `end`; a deputy does not issue in the office's name."""
    shadow = reading.shadow
    for form, key in reading.lexicon.offices.items():
        start = end - len(form)
        if shadow.endswith(form, 0, end) and not shadow[start - 1 : start].isalnum():
            return None if shadow.endswith(_DEPUTY, 0, start) else _mention(reading, start, end, key)
    return None


def _mention(reading: Reading, start: int, end: int, key: str) -> OrganMention:
    label = reading.lexicon.central[key].label
    return OrganMention(start, end, key, label, "Central", register=key)
