"""The keys of a shard: the few of its quads that conclusions across articles are drawn from.

They are cut out of the finished text by the output contract alone: one claim's object, predicate and subject
stand side by side in sorted lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.infer import PREDICATES
from kg.namespaces import CKG, RDF, RDFS

_CLAIMED = "|".join(re.escape(iri) for iri in sorted(PREDICATES))
_CLAIM = re.compile(
    rf"^(<[^>]+>) <{re.escape(RDF.object)}> .*\n"
    rf"\1 <{re.escape(RDF.predicate)}> <(?:{_CLAIMED})> .*\n"
    rf"\1 <{re.escape(RDF.subject)}> .*\n".encode(),
    re.MULTILINE,
)
_NAMING = "|".join(re.escape(iri) for iri in (CKG.mentions, RDF.type, RDFS.label))
_NAMED = re.compile(rf"^<[^>]+> <(?:{_NAMING})> .*(?<!#claims)> \.\n".encode(), re.MULTILINE)


def keys(lines: bytes) -> Iterator[bytes]:
    """The lines of sorted N-Quads that `kg.infer` reads: claims of its predicates; what articles mention."""
    for found in _CLAIM.finditer(lines):
        yield from found[0].splitlines(keepends=True)
    for found in _NAMED.finditer(lines):
        yield found[0]
