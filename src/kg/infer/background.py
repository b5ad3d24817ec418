"""What we say ourselves, read once with a few queries: register, templates of organs, notations."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from kg.namespaces import PREFIXES
from kg.store import Store
from kg.vietnamese import slug

_DOCUMENTS = """SELECT ?document ?class ?number ?day ?sourced ?term ?symbol WHERE {
  GRAPH <%sgraph/register> {
    ?document a ?class ; ckg:documentNumber ?number .
    OPTIONAL { ?document ckg:issuedOn ?day }
    OPTIONAL { ?document ckg:inTerm ?term }
    OPTIONAL { ?document ckg:symbol ?symbol }
    OPTIONAL { ?document ckg:confidence ?confidence }
    BIND(IF(BOUND(?confidence) && ?confidence = "unsourced", "", "yes") AS ?sourced)
  }
}"""
_ORGANS = """SELECT ?organ ?class ?level ?label ?since ?until ?suffix ?parent WHERE {
  GRAPH <%sgraph/register> {
    ?organ a ?class ; ckg:level ?level ; rdfs:label|skos:altLabel ?label .
    FILTER(STRSTARTS(STR(?organ), "%sid/organ/") && LANG(?label) = "vi")
    OPTIONAL { ?organ ckg:validFrom ?since }
    OPTIONAL { ?organ ckg:validUntil ?until }
    OPTIONAL { ?organ ckg:numberSuffix ?suffix }
    OPTIONAL { ?organ ckg:standingBodyOf ?parent }
  }
}"""
_TERRITORIES = """SELECT ?territory ?name ?kind ?province ?since ?until WHERE {
  GRAPH <%sgraph/register> {
    ?territory a ckg:Territory ; ckg:properName ?name ; ckg:territoryKind ?kind .
    OPTIONAL { ?territory ckg:partOf ?province }
    OPTIONAL { ?territory ckg:validFrom ?since }
    OPTIONAL { ?territory ckg:validUntil ?until }
  }
}"""
_TEMPLATES = """SELECT ?template ?class ?level ?kind ?pattern ?form ?suffix ?standing ?part WHERE {
  GRAPH <%sgraph/ontology> {
    ?template a ckg:OrganTemplate ; ckg:organClass ?class ; ckg:level ?level ; ckg:forKind ?kind ;
      ckg:pattern ?pattern ; ckg:pattern|ckg:altPattern|ckg:barePattern ?form .
    OPTIONAL { ?template ckg:numberSuffix ?suffix }
    OPTIONAL { ?template ckg:standingBodyOfTemplate ?standing }
    OPTIONAL { ?template ckg:partOfTemplate ?part }
  }
}"""
_NOTATIONS = "SELECT ?class ?notation WHERE { GRAPH <%sgraph/ontology> { ?class skos:notation ?notation } }"


class RegisterDocument(NamedTuple):
    """A document of the register; `day` and `term` are "" where it does not say."""

    iri: str
    kind: str
    number: str
    day: str
    sourced: str  # "yes" or ""
    in_term: str
    symbol: str


class RegisterOrgan(NamedTuple):
    """One name of an organ of the register; `standing` where it is a standing body of another."""

    iri: str
    kind: str
    level: str
    label: str
    since: str
    until: str
    suffix: str
    standing: str


class Territory(NamedTuple):
    """A territory of the register; `province` is the IRI of what it belongs to, "" for a province."""

    iri: str
    name: str
    kind: str
    province: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Template:
    """What makes one organ for each territory of a kind (ontology/vocabulary/organ-rules.ttl)."""

    iri: str
    kind: str
    level: str
    for_kind: str
    pattern: str
    suffix: str
    standing: str
    part: str

    @property
    def head(self) -> str:
        """The slug of the organ's IRI before the territory's: `ban-thuong-vu-tinh-uy`."""
        return head_of(self.pattern)


def head_of(pattern: str) -> str:
    """The slug of a pattern without the territory's name."""
    return slug(pattern.replace("{name}", " "))


@dataclass
class Background:
    """Register and templates, sorted, so that no order of loading shows."""

    base: str
    documents: dict[str, RegisterDocument] = field(default_factory=dict)
    organs: list[RegisterOrgan] = field(default_factory=list)
    territories: dict[str, Territory] = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)
    heads: dict[str, dict[str, Template]] = field(default_factory=dict)  # kind of territory → head → template
    fields: dict[str, dict[tuple[str, str], Template]] = field(
        default_factory=dict
    )  # "Sở {field} tỉnh {name}"
    notations: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, store: Store) -> Background:
        """Read the graphs of ontology and register."""
        base = store.base
        found = cls(base)
        for row in _rows(store, _DOCUMENTS % base):
            document = RegisterDocument(*row)
            found.documents.setdefault(document.iri, document)
        found.organs = [RegisterOrgan(*row) for row in _rows(store, _ORGANS % (base, base))]
        found.territories = {row[0]: Territory(*row) for row in _rows(store, _TERRITORIES % base)}
        found._read_templates(store)
        for kind, notation in _rows(store, _NOTATIONS % base):
            found.notations.setdefault(kind, []).append(notation)
        return found

    def _read_templates(self, store: Store) -> None:
        for iri, kind, level, for_kind, pattern, form, *rest in _rows(store, _TEMPLATES % self.base):
            template = self.templates.setdefault(iri, Template(iri, kind, level, for_kind, pattern, *rest))
            before, field_, after = form.partition("{field}")
            if field_:
                ends = (f"{slug(before)}-", f"-{head_of(after)}".rstrip("-"))
                self.fields.setdefault(for_kind, {})[ends] = template
            else:
                self.heads.setdefault(for_kind, {}).setdefault(head_of(form), template)

    def is_local(self, iri: str) -> bool:
        """Whether only one article knows the entity under this IRI."""
        return iri.startswith(f"{self.base}id/article/")

    def province(self, territory: str) -> str:
        """The slug of the province's name that a territory is or belongs to: `lai-chau`; "" where unknown."""
        found = self.territories.get(territory)
        if found and found.province:
            found = self.territories.get(found.province, found)
        return slug(found.name) if found else ""

    @cached_property
    def committees(self) -> dict[str, set[str]]:
        """The slug of a suffix → register organs that number with it and are nobody's standing body."""
        found: dict[str, set[str]] = defaultdict(set)
        for organ in self.organs:
            if organ.suffix and not organ.standing:
                found[slug(organ.suffix)].add(organ.iri)
        return found

    @cached_property
    def written(self) -> dict[str, set[str]]:
        """The slug of a number's suffix → as numbers carry it: "bdntw" → "BĐNTW"."""
        found: dict[str, set[str]] = defaultdict(set)
        for suffix, _, _ in self._numbering:
            found[slug(suffix)].add(suffix)
        return found

    @cached_property
    def suffixes(self) -> dict[str, set[tuple[str, str]]]:
        """The slug of a number's suffix ("tw", "tu") → class and level of the organs that number with it."""
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for suffix, kind, level in self._numbering:
            found[slug(suffix)].add((kind, level))
        return found

    @cached_property
    def _numbering(self) -> set[tuple[str, str, str]]:
        """Suffix, class and level of all organs and templates that number documents."""
        found = {(organ.suffix, organ.kind, organ.level) for organ in self.organs}
        found |= {(template.suffix, template.kind, template.level) for template in self.templates.values()}
        return {numbering for numbering in found if numbering[0]}

    @cached_property
    def register_organs(self) -> dict[str, RegisterOrgan]:
        """The register's organs by IRI."""
        return {organ.iri: organ for organ in self.organs}


def _rows(store: Store, query: str) -> list[tuple[str, ...]]:
    return sorted(set(store.rows(_PREFIXES + query)))


_PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
