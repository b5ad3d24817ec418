"""Who a name means: name and jurisdiction of a post; without one, somebody that this article alone knows."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.identity import Mint
from kg.link.organs import OrganEntity, OrganLinker
from kg.model import PersonMention, PostMention
from kg.vietnamese import fold, slug


@dataclass(slots=True)
class Tenure:
    """A post of an organ as the article states it; `organ` None where the words name none."""

    title: str
    organ: OrganEntity | None
    former: bool
    post: PostMention


@dataclass(slots=True)
class PersonEntity:
    """A person of the article with posts and every place where the name stands."""

    iri: str
    name: str
    tenures: list[Tenure] = field(default_factory=list)
    mentions: list[PersonMention] = field(default_factory=list)


class PeopleLinker:
    """Links the people of one article: the same name is the same person."""

    def __init__(self, organs: OrganLinker, mint: Mint, article: str) -> None:
        self.organs, self.mint, self.article = organs, mint, article
        self.entities: dict[str, PersonEntity] = {}

    def of(self, mention: PersonMention) -> PersonEntity:
        """The person that a mention means."""
        return self.entities[fold(mention.name)]

    def link_all(self, mentions: list[PersonMention]) -> None:
        """Gathers names, posts without repetition, and addresses."""
        for mention in mentions:
            person = self.entities.setdefault(fold(mention.name), PersonEntity("", mention.name))
            person.mentions.append(mention)
            for post in mention.posts:
                self._tenure(person, post)
        for person in self.entities.values():
            key, name = self._jurisdiction(person), slug(person.name)
            if key:
                person.iri = self.mint.resource("person", f"{name}-{key}")
            else:
                person.iri = self.mint.local(self.article, "person", name)

    def _tenure(self, person: PersonEntity, post: PostMention) -> None:
        organ = self.organs.of(post.organ) if post.organ else None
        for known in person.tenures:
            if known.title == post.title and known.former == post.former:
                if known.organ is organ or organ is None:
                    return
                if known.organ is None:
                    known.organ, known.post = organ, post
                    return
        person.tenures.append(Tenure(post.title, organ, post.former, post))

    def _jurisdiction(self, person: PersonEntity) -> str:
        """A territory's key or "trung-uong": where the posts are; "" where none names a known organ."""
        current = [t for t in person.tenures if t.organ and t.organ.resolved]
        for tenure in current:
            if tenure.organ and tenure.organ.place:
                return tenure.organ.place
        if any(t.organ and t.organ.level == "Central" for t in current):
            return "trung-uong"
        return ""

    def holder(self, post: PostMention) -> PersonEntity | None:
        """The one person of the article who holds a post that is named without the person."""
        organ = self.organs.of(post.organ) if post.organ else None
        found = [p for p in self.entities.values() if any(_held(t, post.title, organ) for t in p.tenures)]
        return found[0] if len(found) == 1 else None


def _held(tenure: Tenure, title: str, organ: OrganEntity | None) -> bool:
    """Whether a tenure is of that title now, and of the organ if one is named."""
    return tenure.title == title and not tenure.former and (organ is None or tenure.organ is organ)
