"""What follows from the articles together and from the register, each triple with its rule and grounds.

Nothing here is said by an article, and nothing that an article says is repeated. The rules are those of
``ontology/core.ttl`` (ckg:rule-…); each room holds the rules of one kind of thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack

from kg.infer.background import Background
from kg.infer.common import Common
from kg.infer.conclusions import Conclusions
from kg.infer.documents import Candidates, resolve_documents
from kg.infer.events import Calendar
from kg.infer.organs import Places, Register
from kg.infer.people import People
from kg.infer.series import number_series, symbols
from kg.infer.stored import stored
from kg.keys import Keys
from kg.lines import Lines

__all__ = ["Background", "infer", "stored"]


def infer(
    articles: Callable[[], Iterable[Keys]], background: Background, scratch: str | None = None
) -> Iterator[bytes]:
    """The whole graph ``{base}graph/inferred`` as lines of N-Quads: sorted, distinct, no blank nodes.

    `articles` gives the keys of all articles, in any order, and is asked twice: the same articles give the
    same bytes. Each triple has one ``ckg:Claim`` with ``ckg:rule``, ``prov:wasDerivedFrom`` and, for a
    candidate, ``ckg:score``. Memory grows with the documents and organs that several articles may name, not
    with the articles; what is sorted lies in the folder `scratch` meanwhile (None: the usual one).

    The stages: what the articles say of common things → each article by itself: local organs and documents
    find those, its events their bounds → series, terms, symbols → parents of organs → same events, years →
    people of one name.
    """
    register = Register(background)
    with ExitStack() as files:
        found, reports, by_iri, by_name = (files.enter_context(Lines(scratch)) for _ in range(4))
        conclusions = Conclusions(background.base, found)
        common, people = Common(background), People(by_iri, by_name)
        for keys in articles():
            common.add(keys, register.match(keys, conclusions))
            people.add(keys)
        places = Places(background, conclusions)
        candidates = Candidates(common, background)
        calendar = Calendar(common, background, reports, conclusions)
        for keys in articles():
            organs = register.match(keys, conclusions)
            documents = resolve_documents(keys, organs, candidates, conclusions)
            calendar.add(keys, organs, documents)
            places.local(keys)
        number_series(common, background, conclusions)
        symbols(common, background, conclusions)
        places.common(common)
        calendar.same_events()
        people.same_names(conclusions)
        yield from found
