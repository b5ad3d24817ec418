"""Organs: parents and territories that templates give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from kg.gist import Organ, enough
from kg.identity import Mint
from kg.infer.background import Background, Template, Territory
from kg.infer.common import Common
from kg.infer.conclusions import Conclusions, node, words
from kg.keys import Keys
from kg.namespaces import CKG, RDF, RDFS
from kg.vietnamese import slug

_PARENTS = ((CKG.standingBodyOf, "standing", "standing-body"), (CKG.partOf, "part", "territory-of-organ"))


class Places:
    """standing-body, territory-of-organ: what an organ stands for and belongs to, by its kind's template."""

    def __init__(self, background: Background, conclusions: Conclusions) -> None:
        self._background, self._conclusions = background, conclusions
        self._gazetteer = _Gazetteer(background)

    def local(self, keys: Keys) -> None:
        """In one article, "Ban Thường vụ Tỉnh ủy" stands for the "Tỉnh ủy" that it names as well."""
        for organ in filter(keys.knows_alone, keys.of_kind("organ")):
            stem, _, tail = organ.rpartition("/")
            for template, rest in self._gazetteer.openings(tail):
                for predicate, way, rule in _PARENTS:
                    parent = self._background.templates.get(getattr(template, way))
                    above = f"{stem}/{parent.head}{rest}" if parent else ""
                    if above in keys.entities and not keys.said(predicate, organ):
                        grounds = enough(keys.vouching(organ)) + enough(keys.vouching(above))
                        self._conclusions.add(organ, predicate, node(above), rule, grounds)

    def common(self, common: Common) -> None:
        """What the organs of all articles belong to."""
        for iri, organ in sorted(common.organs.items()):
            if organ.kind and iri not in self._background.register_organs:
                self._common(iri, organ, common)

    def _common(self, iri: str, organ: Organ, common: Common) -> None:
        made = self._gazetteer.made(iri, set(organ.territories))
        if made is None:
            return
        grounds, add = organ.vouching(), self._conclusions.add
        if not organ.territories:
            add(iri, CKG.territory, node(made.territory.iri), "territory-of-organ", grounds)
        for predicate, way, rule in _PARENTS:
            parent = self._background.templates.get(getattr(made.template, way))
            if parent and predicate not in organ.placed:
                above = Mint(self._background.base).resource("organ", parent.head + made.rest)
                add(iri, predicate, node(above), rule, grounds)
                declare(common, above, parent, made.territory, grounds, self._conclusions)


def declare(
    common: Common,
    organ: str,
    template: Template,
    territory: Territory,
    grounds: list[str],
    conclusions: Conclusions,
) -> None:
    """Class, name, level and territory of an organ that follows from a template and that no article names."""
    if organ in common.organs and common.organs[organ].kind:
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

    def __init__(self, background: Background) -> None:
        self.background = background
        self.ends: dict[tuple[str, str], list[Territory]] = defaultdict(
            list
        )  # kind, end of IRI → territories
        for territory in background.territories.values():
            for end in self._ends(territory):
                self.ends[territory.kind, end].append(territory)

    def _ends(self, territory: Territory) -> Iterator[str]:
        """`-lai-chau`, `-phu-tho-2025`; of a district also with its province: `-long-thanh-dong-nai`."""
        end = f"-{slug(territory.name)}"
        if territory.province:
            yield end
            yield f"{end}-{self.background.province(territory.iri)}"
        else:
            yield f"{end}-2025" if territory.iri.endswith("-2025") else end

    def openings(self, tail: str) -> Iterator[tuple[Template, str]]:
        """The templates that open an organ's name, the longest head of each kind, with the name's rest."""
        for kind, heads in self.background.heads.items():
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
        for (before, after), template in self.background.fields.get(kind, {}).items():
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
