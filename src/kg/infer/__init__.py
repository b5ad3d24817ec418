"""What follows from the articles together and from the register, each triple with its rule and grounds.

Nothing here is said by an article, and nothing that an article says is repeated. The rules are those of
``ontology/core.ttl`` (ckg:rule-…); each room holds the rules of one kind of thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack

from kg.gist import KEYS, PERSON
from kg.infer.background import Background
from kg.infer.common import Common
from kg.infer.conclusions import Conclusions
from kg.infer.documents import Candidates, resolve_documents
from kg.infer.events import Calendar
from kg.infer.organs import Places
from kg.infer.people import People
from kg.infer.register import Register
from kg.infer.series import number_series
from kg.infer.stored import stored
from kg.infer.table import Documents
from kg.keys import Keys
from kg.lines import Lines

__all__ = ["Background", "infer", "stored"]

_SHARE = 8  # so many of those who sort share the memory of one


def infer(
    gists: Callable[[], Iterable[bytes]], background: Background, scratch: str | None = None
) -> Iterator[bytes]:
    """The whole graph ``{base}graph/inferred`` as lines of N-Quads: sorted, distinct, no blank nodes.

    `gists` gives the lines of `kg.gist` of all articles, in any order, and is asked twice: the same articles
    give the same bytes. Each triple has one ``ckg:Claim`` with ``ckg:rule``, ``prov:wasDerivedFrom`` and, for
    a candidate, ``ckg:score``. Memory grows with the register's organs, not with the articles; documents and
    what is sorted lie in the folder `scratch` meanwhile (None: the usual one).

    The stages: what the articles say of common things → each article by itself: local organs and documents
    find those, its events their bounds → series, terms, symbols → parents of organs → same events, years →
    people of one name.
    """
    register = Register(background)
    with ExitStack() as files:
        documents = files.enter_context(Documents(scratch))
        said, found, reports, by_iri, by_name = (
            files.enter_context(Lines(scratch, _SHARE)) for _ in range(5)
        )
        conclusions = Conclusions(background.base, found)
        common, people = Common(background, register, documents, said), People(by_iri, by_name)
        for line in gists():
            if line.startswith(PERSON):
                people.add(line)
            elif not line.startswith(KEYS):
                common.add(line)
        common.merge()
        places = Places(background, conclusions)
        candidates = Candidates(common, background)
        calendar = Calendar(common, background, reports, conclusions)
        for line in gists():
            if line.startswith(KEYS):
                keys = Keys.parse(line.removeprefix(KEYS))
                organs = register.match(keys, conclusions)
                resolved = resolve_documents(keys, organs, candidates, conclusions)
                calendar.add(keys, organs, resolved)
                places.local(keys)
        number_series(common, background, conclusions)
        places.common(common)
        calendar.same_events()
        people.same_names(conclusions)
        yield from found
