"""People: one name under two IRIs may be one person. A hint, never a merger."""

from __future__ import annotations

from collections import defaultdict

from kg.infer.conclusions import Conclusions, enough, node
from kg.infer.events import pairs
from kg.infer.known import Known
from kg.namespaces import CKG
from kg.vietnamese import fold


def same_names(known: Known, conclusions: Conclusions) -> None:
    """same-name: people whose names are equal but for case and tone placement are possibly the same."""
    named: dict[str, list[str]] = defaultdict(list)
    for person in known.of_kind("person"):
        named[" ".join(fold(known.labels[person]).split())].append(person)
    for people in named.values():
        for one, other in pairs(people):
            grounds = enough(known.vouching(one)), enough(known.vouching(other))
            if all(grounds):
                for a, b in ((one, other), (other, one)):
                    conclusions.add(a, CKG.possiblySame, node(b), "same-name", [*grounds[0], *grounds[1]])
