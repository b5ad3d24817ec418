"""Organs: parents and territories that templates give, and local names that are the register's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from kg.identity import Mint
from kg.infer.conclusions import Conclusions, enough, node, words
from kg.infer.known import Known, RegisterOrgan, Template, Territory
from kg.namespaces import CKG, RDF, RDFS
from kg.vietnamese import fold, slug

_PARENTS = ((CKG.standingBodyOf, "standing", "standing-body"), (CKG.partOf, "part", "territory-of-organ"))


def match_register(known: Known, conclusions: Conclusions) -> dict[str, tuple[str, str]]:
    """register-match: a local organ with exactly the name of one register organ of the article's day.

    Returns local organ → (register organ, claim).
    """
    names: dict[str, list[RegisterOrgan]] = defaultdict(list)
    for organ in known.organs:
        names[fold(organ.label)].append(organ)
    found: dict[str, tuple[str, str]] = {}
    for local in known.of_kind("organ"):
        if not known.is_local(local):
            continue
        published = known.published(next(iter(known.articles[local])))
        day = published.value if published else ""
        namesakes = names.get(fold(known.labels[local]), ())
        same = {o.iri for o in namesakes if not day or o.since <= day < (o.until or "9999")}
        vouching = enough(known.vouching(local))
        if len(same) == 1 and vouching:
            it = same.pop()
            grounds = [*vouching, it, *([published.claim] if published else [])]
            found[local] = (it, conclusions.add(local, CKG.resolvedTo, node(it), "register-match", grounds))
    return found


def place_organs(known: Known, conclusions: Conclusions) -> None:
    """standing-body, territory-of-organ: what an organ stands for and belongs to, by its kind's template."""
    gazetteer = _Gazetteer(known)
    for organ in known.of_kind("organ"):
        if organ in known.register_organs:
            continue
        if known.is_local(organ):
            _place_local(known, organ, gazetteer, conclusions)
        else:
            _place_global(known, organ, gazetteer, conclusions)


def _place_local(known: Known, organ: str, gazetteer: _Gazetteer, conclusions: Conclusions) -> None:
    """In one article, "Ban Thường vụ Tỉnh ủy" stands for the "Tỉnh ủy" that the article names beside it."""
    stem, _, tail = organ.rpartition("/")
    for template, rest in gazetteer.openings(tail):
        for predicate, way, rule in _PARENTS:
            parent = known.templates.get(getattr(template, way))
            above = f"{stem}/{parent.head}{rest}" if parent else ""
            if above in known.articles and not known.said(predicate, organ):
                grounds = enough(known.vouching(organ)) + enough(known.vouching(above))
                conclusions.add(organ, predicate, node(above), rule, grounds)


def _place_global(known: Known, organ: str, gazetteer: _Gazetteer, conclusions: Conclusions) -> None:
    made = gazetteer.made(organ, {s.value for s in known.said(CKG.territory, organ)})
    if made is None:
        return
    grounds = enough(known.vouching(organ))
    if not known.said(CKG.territory, organ):
        conclusions.add(organ, CKG.territory, node(made.territory.iri), "territory-of-organ", grounds)
    for predicate, way, rule in _PARENTS:
        parent = known.templates.get(getattr(made.template, way))
        if parent and not known.said(predicate, organ):
            above = Mint(known.base).resource("organ", parent.head + made.rest)
            conclusions.add(organ, predicate, node(above), rule, grounds)
            declare(known, above, parent, made.territory, grounds, conclusions)


def declare(
    known: Known,
    organ: str,
    template: Template,
    territory: Territory,
    grounds: list[str],
    conclusions: Conclusions,
) -> None:
    """Class, name, level and territory of an organ that follows from a template and that no article names."""
    if organ in known.articles:
        return
    for predicate, value in (
        (RDF.type, node(template.kind)),
        (RDFS.label, words(template.pattern.replace("{name}", territory.name))),
        (CKG.level, node(template.level)),
        (CKG.territory, node(territory.iri)),
    ):
        conclusions.add(organ, predicate, value, "territory-of-organ", grounds)


class _Made(NamedTuple):
    """An organ as its template makes it: its IRI ends with the template's head and `rest`, `-lai-chau`."""

    template: Template
    territory: Territory
    rest: str


class _Gazetteer:
    """Territories by the end that they give to an organ's IRI."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.ends: dict[tuple[str, str], list[Territory]] = defaultdict(
            list
        )  # kind, end of IRI → territories
        for territory in known.territories.values():
            for end in self._ends(territory):
                self.ends[territory.kind, end].append(territory)

    def _ends(self, territory: Territory) -> Iterator[str]:
        """`-lai-chau`, `-phu-tho-2025`; of a district also with its province: `-long-thanh-dong-nai`."""
        end = f"-{slug(territory.name)}"
        if territory.province:
            yield end
            yield f"{end}-{self.known.province(territory.iri)}"
        else:
            yield f"{end}-2025" if territory.iri.endswith("-2025") else end

    def openings(self, tail: str) -> Iterator[tuple[Template, str]]:
        """The templates that open an organ's name, the longest head of each kind, with the name's rest."""
        for kind, heads in self.known.heads.items():
            cut = len(tail)
            while cut > 0:
                template = heads.get(tail[:cut])
                if template:
                    yield template, tail[cut:]
                    break
                cut = tail.rfind("-", 0, cut)
            else:
                yield from self._departments(kind, tail)

    def _departments(self, kind: str, tail: str) -> Iterator[tuple[Template, str]]:
        """Templates with a field between heads, "Sở {field} tỉnh {name}": wherever the second head ends."""
        for (before, after), template in self.known.fields.get(kind, {}).items():
            cut = len(tail)
            while tail.startswith(before) and cut > len(before):
                if tail[:cut].endswith(after):
                    yield template, tail[cut:]
                cut = tail.rfind("-", 0, cut)

    def made(self, organ: str, territories: set[str]) -> _Made | None:
        """Template and territory of an organ's IRI; None where two remain or it is said to lie elsewhere."""
        tail = organ.rpartition("/")[2]
        found = {
            _Made(template, territory, rest)
            for template, rest in self.openings(tail)
            for territory in self.ends.get((template.for_kind, rest), ())
            if not territories or territory.iri in territories
        }
        return found.pop() if len(found) == 1 else None
