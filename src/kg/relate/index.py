"""Where everything stands: mentions by sentence, and the stretches of text that speak of something else.

Made once an article, since every reader of facts asks the same two questions: what does this sentence name,
and is this word inside a title, a reference, a post or an organ's name?
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from kg.link.page import Page
from kg.model import DocumentMention, OrganMention, PersonMention, PostMention, Sentence
from kg.recognise.names import LOWER, UPPER
from kg.recognise.spans import between, cover

TOLD = frozenset(("lead", "body", "caption"))
"""Zones whose sentences tell of events and tasks; a headline says them in too few words."""
# letters before sets of letters: the engine skips from one to the next
_GIVEN = re.compile(
    rf"(?:Đồng chí|đồng chí|Ông|ông|Bà|bà|Anh|anh|Chị|chị)\s+([{UPPER}][{LOWER}]+)(?!\s+[{UPPER}])(?=\s|,|$)"
)
CHAIN = re.compile(
    r"\s*(?:,|;|và|cùng|,\s*và|;\s*và|cùng với|cùng các đồng chí|và các đồng chí)\s*"
    r"(?:đồng chí\s+|ông\s+|bà\s+)?"
)
"""Between people of whom the same is said."""
_BESIDE = ("cùng với ", "cùng với các ")
_BULLETS = ("- ", "* ", "+ ", "• ")


class Index:
    """The mentions of one page by sentence (its number), and what covers a place in the text."""

    def __init__(self, page: Page) -> None:
        r = page.reading
        self.page, self.reading = page, r
        self._object = r.lexicon.pattern(r"<{object-of} (?:các )?$")
        self.told = [(n, s) for n, s in enumerate(r.sentences) if s.zone in TOLD]
        self.organ_at = {o.start: o for o in page.organ_mentions}
        length = len(r.text)
        subjects = [m.subject for m in page.document_mentions if m.subject]
        self.in_subjects = cover(subjects, length)
        self.in_posts = cover(((p.start, p.end) for p in page.posts), length)
        self.in_organs = cover(((o.start, o.end) for o in page.organ_mentions), length)
        # what a reference says after its number, and all of a document that has a name instead
        references = [(m.start if m.name else m.end, max(m.tail, m.end)) for m in page.document_mentions]
        self.aside = cover((*references, *subjects), length)
        self._documents = r.by_sentence(page.document_mentions)
        self._organs = r.by_sentence(page.organ_mentions)
        self._people = r.by_sentence(page.person_mentions)
        self._posts = r.by_sentence(page.posts)

    def telling(self, elsewhere: Collection[int]) -> list[tuple[int, Sentence]]:
        """Those of the sentences that tell of events which are not `elsewhere`, with their numbers."""
        return [(n, s) for n, s in self.told if n not in elsewhere] if elsewhere else self.told

    def documents_in(self, number: int) -> list[DocumentMention]:
        """The references to documents of a sentence, in order."""
        return self._documents.get(number, [])

    def organs_in(self, number: int) -> list[OrganMention]:
        """The organs that a sentence names, in order."""
        return self._organs.get(number, [])

    def people_in(self, number: int) -> list[PersonMention]:
        """The people that a sentence names, in order."""
        return self._people.get(number, [])

    def posts_in(self, number: int) -> list[PostMention]:
        """The posts that a sentence names, in order."""
        return self._posts.get(number, [])

    def organs_between(self, start: int, end: int) -> Sequence[OrganMention]:
        """The organs whose names begin in `start:end`."""
        return between(self.page.organ_mentions, start, end)

    def again(self, start: int, end: int) -> tuple[bool, PersonMention | None]:
        """Whether `start:end` names somebody by the given name alone, and who it is: "Ông Phong …".

        That is who was named last before with this given name; nobody where it fits none.
        """
        names = _GIVEN.finditer(self.reading.plain, start, end)
        found = [m for m in names if self._named(m.start(), m.start(1))]
        if not found:
            return False, None
        given = found[-1].group(1)
        before = (p for p in reversed(self.page.person_mentions) if p.start < start)
        return True, next((p for p in before if p.name.split()[-1] == given), None)

    def _named(self, start: int, name: int) -> bool:
        """Whether a form of address at `start` and a `name` are somebody who may act.

        Not so "Th|anh Hóa", a post's or organ's name, or whom something is done to: "đối với ông Phong".
        """
        shadow = self.reading.shadow
        if self.in_posts[name] or self.in_organs[name] or shadow[start - 1 : start].isalpha():
            return False
        return not self._object.search(shadow, max(0, start - 24), start)

    def is_object(self, p: PersonMention) -> bool:
        """Whether what is said is said of somebody, not by them: "kỷ luật đối với ông …", "bầu bà …"."""
        shadow = self.reading.shadow
        beside = shadow.endswith(_BESIDE, 0, p.left)
        return not beside and bool(self._object.search(shadow, max(0, p.left - 24), p.left))

    def bulleted(self, s: Sentence) -> bool:
        """Whether a sentence is an item of a list."""
        return self.reading.shadow.startswith(_BULLETS, s.start)

    def opens_list(self, s: Sentence) -> bool:
        """Whether a sentence ends in a colon, so that what follows are its items."""
        return self.reading.shadow.startswith(":", s.end - 1)
