"""Organs that a list of posts says once and means of several.

"Ủy viên Ban Thường vụ, Trưởng Ban Tuyên giáo Tỉnh ủy": both are of the Tỉnh ủy. "Phó Bí thư, Chủ tịch UBND
huyện": the first is of that district's committee.
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.lexicon import Lexicon
from kg.model import OrganMention, PostMention
from kg.namespaces import CKG
from kg.recognise.abroad import ABROAD
from kg.vietnamese import fold

_COMMITTEE = "dang-uy"


def committee(organ: OrganMention, lexicon: Lexicon) -> OrganMention | None:
    """The Party committee that an organ is, or is part of."""
    committees = lexicon.traits["committee"]
    while organ.parent and organ.kind not in committees:
        organ = organ.parent
    return organ if organ.kind in committees else None


def filled(posts: list[PostMention], head: OrganMention | None, lexicon: Lexicon) -> list[PostMention]:
    """One person's posts with the organs that their words leave out.

    `head` is the committee that a list of people names before them all. Where nothing names it, a post of an
    organ that is always part of another loses its organ. A Party committee without a name is of what the next
    post heads; it is no other committee of the list, nor the centre's where a post of another country stands.
    """
    done: list[PostMention] = []
    if any(p.organ and p.organ.kind == ABROAD for p in posts):
        posts = [p._replace(organ=None) if p.organ and p.organ.register else p for p in posts]
    for i, stated in enumerate(posts):
        after = posts[i + 1].organ if i + 1 < len(posts) else None
        post = stated
        if post.organ is None and _of_a_committee(post.title):
            named = _first_committee(posts[i + 1 :], lexicon) or head or _counterpart(after, lexicon)
            post = post._replace(organ=named)
        if post.organ is None and after and after.kind in lexicon.traits["of-leaders"] and after.parent:
            post = post._replace(organ=after.parent)  # "Chủ tịch kiêm Bí thư Đảng đoàn Hội Nông dân tỉnh"
        if post.organ and _is_bare(post.organ):
            whole = _of_the_commune(post.organ, after, lexicon) or _of_the_whole(post.organ, after, lexicon)
            full = any(p.organ and p.organ.kind == post.organ.kind for p in posts[:i])
            post = post._replace(organ=whole or (None if full else post.organ))
        if post.organ and _is_a_part(post.organ, lexicon):
            whole = _first_committee(reversed(posts[:i]), lexicon) or head
            post = post._replace(organ=_part_of(post.organ, whole))
        done.append(post)
    return done


def of_the_head(previous: list[PostMention], posts: list[PostMention]) -> list[PostMention]:
    """The posts of the deputy named right behind a head: "A, Chủ tịch Hội Nông dân và B, Phó Chủ tịch"."""
    heads = {f"phó {fold(p.title)}": p.organ for p in previous if p.organ and not p.former}
    done: list[PostMention] = []
    for post in posts:
        organ = heads.get(fold(post.title).removesuffix(" thường trực"))
        done.append(post._replace(organ=organ) if organ and not post.organ and not post.former else post)
    return done


def _of_a_committee(title: str) -> bool:
    return title.startswith("Ủy viên") or ("Bí thư" in title and title != "Tổng Bí thư")


def _first_committee(posts: Iterable[PostMention], lexicon: Lexicon) -> OrganMention | None:
    return next((found for p in posts if p.organ and (found := committee(p.organ, lexicon))), None)


def _is_bare(organ: OrganMention) -> bool:
    """Whether a Party committee is named without whose it is: "Đảng ủy"."""
    return organ.kind == _COMMITTEE and len(organ.name.split()) == len(_COMMITTEE.split("-"))


def _of_the_commune(organ: OrganMention, after: OrganMention | None, lexicon: Lexicon) -> OrganMention | None:
    """The committee of a commune, by the next post: "Bí thư Đảng ủy, Chủ tịch UBND xã"."""
    if not after or after.kind not in lexicon.traits["government"]:
        return None
    _, _, commune = after.name.partition(" ")
    if after.name.isupper() or commune.split(" ")[0] not in ("xã", "phường", "thị"):
        return None
    return OrganMention(organ.start, organ.end, organ.kind, f"{organ.name} {commune}", "Commune", after.place)


def _of_the_whole(organ: OrganMention, after: OrganMention | None, lexicon: Lexicon) -> OrganMention | None:
    """The committee of what the next post heads: "Bí thư Đảng ủy, Tổng Giám đốc Tổng công ty Sông Lô"."""
    whole = after.parent or after if after else None
    if not whole or whole.generic or whole.kind not in lexicon.traits["has-committee"]:
        return None
    if whole.level == "Commune" or len(whole.name.split()) == len(lexicon.organs[whole.kind].label.split()):
        return None
    return OrganMention(
        organ.start, organ.end, organ.kind, f"{organ.name} {whole.name}", whole.level, whole.place, None
    )


def _is_a_part(organ: OrganMention, lexicon: Lexicon) -> bool:
    """Whether an organ is part of a committee that is not said: "Ban Tổ chức"; no board of a company."""
    kind = lexicon.organs.get(organ.kind)
    if organ.parent or organ.level or kind is None or kind.takes != "parent":
        return False
    return kind.organ_class == CKG.PartyOrgan


def _part_of(organ: OrganMention, whole: OrganMention | None) -> OrganMention | None:
    if not whole:
        return None
    name = f"{organ.name} {whole.name}"
    return OrganMention(organ.start, organ.end, organ.kind, name, whole.level, whole.place, whole)


def _counterpart(organ: OrganMention | None, lexicon: Lexicon) -> OrganMention | None:
    """The committee of the territory that an organ governs: "Phó Bí thư, Chủ tịch UBND huyện"."""
    if not organ or organ.kind not in lexicon.traits["government"] or not organ.place.startswith("@"):
        return None
    territory = organ.place[1:]
    kind = lexicon.territory_kinds[territory].committee
    name = lexicon.organs[kind].label
    if kind == "dang-uy":
        return OrganMention(organ.start, organ.end, kind, f"{name} {territory}", organ.level, organ.place)
    return OrganMention(organ.start, organ.end, kind, name, organ.level)
