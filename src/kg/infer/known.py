"""What the store's other graphs hold, read once with a few queries: claims, entities, register, templates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pyoxigraph as ox

from kg.namespaces import CKG, ORG, PREFIXES, SCHEMA
from kg.store import Store
from kg.vietnamese import slug

_FACTS = (
    *(CKG.documentNumber, CKG.symbol, CKG.issuedBy, CKG.issuedOn, CKG.inTerm, CKG.numberedBy),
    *(CKG.heldOn, CKG.monthDay, CKG.organisedBy, CKG.disseminates),
    *(CKG.level, CKG.territory, CKG.partOf, CKG.standingBodyOf),
    SCHEMA.datePublished,
)
_ABOUT = (
    *(ORG.member, ORG.organization, CKG.participant, CKG.issuedBy, CKG.organisedBy),
    *(CKG.assignedBy, CKG.assignedTo, CKG.saidBy, CKG.signedBy),
)
"""Facts whose object is a person or an organ: they vouch for it where it is the subject of none."""

PREDICATES = frozenset({*_FACTS, *_ABOUT})
"""All that is read of the articles' claims; beside it, what articles mention, with types and labels."""

_CLAIMS = """SELECT ?p ?s ?o ?claim WHERE {
  VALUES ?p { %s }
  GRAPH ?g { ?claim rdf:predicate ?p ; rdf:subject ?s ; rdf:object ?o }
  FILTER(?g != <%sgraph/inferred>)
}"""
_ENTITIES = """SELECT ?entity ?article ?class ?label WHERE {
  GRAPH ?article { ?article ckg:mentions ?entity . ?entity a ?class ; rdfs:label ?label }
}"""
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


class Said(NamedTuple):
    """A value that an article states, and the claim: its part before "#" is the article."""

    value: str
    claim: str

    @property
    def article(self) -> str:
        """The article that says it."""
        return self.claim.partition("#")[0]


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


Index = dict[str, dict[str, list[Said]]]


@dataclass
class Known:
    """The facts of all articles and the register, sorted, so that no order of loading shows."""

    base: str
    facts: Index = field(default_factory=dict)  # predicate → subject → what is said
    about: dict[str, list[str]] = field(
        default_factory=dict
    )  # person or organ → claims that have it as object
    articles: dict[str, set[str]] = field(default_factory=dict)  # entity → articles that mention it
    classes: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
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
    def read(cls, store: Store, base: str) -> Known:
        """Read the store, the inferred graph excepted."""
        known = cls(base)
        known._read_facts(store)
        known._read_entities(store)
        for row in _rows(store, _DOCUMENTS % base):
            document = RegisterDocument(*row)
            known.documents.setdefault(document.iri, document)
        known.organs = [RegisterOrgan(*row) for row in _rows(store, _ORGANS % (base, base))]
        known.territories = {row[0]: Territory(*row) for row in _rows(store, _TERRITORIES % base)}
        known._read_templates(store)
        for kind, notation in _rows(store, _NOTATIONS % base):
            known.notations.setdefault(kind, []).append(notation)
        return known

    def _read_facts(self, store: Store) -> None:
        facts: dict[str, dict[str, set[Said]]] = defaultdict(lambda: defaultdict(set))
        about: dict[str, set[str]] = defaultdict(set)
        named = " ".join(f"<{iri}>" for iri in sorted(PREDICATES))
        for predicate, subject, value, claim in _drawn(store, _CLAIMS % (named, self.base)):
            facts[predicate][subject].add(Said(value, claim))
            if predicate in _ABOUT and value.startswith(self.base):
                about[value].add(claim)
        for predicate in sorted(facts):
            of = facts.pop(predicate)
            self.facts[predicate] = {subject: sorted(of.pop(subject)) for subject in sorted(of)}
        self.about = {value: sorted(about.pop(value)) for value in sorted(about)}

    def _read_entities(self, store: Store) -> None:
        named: dict[str, tuple[str, str, str]] = {}
        for entity, article, kind, label in _drawn(store, _ENTITIES):
            self.articles.setdefault(entity, set()).add(article)
            named[entity] = min(named.get(entity, (article, kind, label)), (article, kind, label))
        for entity, (_, kind, label) in named.items():
            self.classes[entity], self.labels[entity] = kind, label

    def _read_templates(self, store: Store) -> None:
        for iri, kind, level, for_kind, pattern, form, *rest in _rows(store, _TEMPLATES % self.base):
            template = self.templates.setdefault(iri, Template(iri, kind, level, for_kind, pattern, *rest))
            before, field_, after = form.partition("{field}")
            if field_:
                ends = (f"{slug(before)}-", f"-{head_of(after)}".rstrip("-"))
                self.fields.setdefault(for_kind, {})[ends] = template
            else:
                self.heads.setdefault(for_kind, {}).setdefault(head_of(form), template)

    def said(self, predicate: str, subject: str) -> list[Said]:
        """What the articles state of `subject`, by value and claim."""
        return self.facts.get(predicate, {}).get(subject, [])

    def published(self, article: str) -> Said | None:
        """The day on which an article was published, the earliest where it gives several."""
        found = self.said(SCHEMA.datePublished, article)
        return Said(found[0].value[:10], found[0].claim) if found else None

    def vouching(self, entity: str) -> list[str]:
        """Claims that speak of a person or an organ: of its level or territory, else any that names it."""
        stated = self.said(CKG.territory, entity) or self.said(CKG.level, entity)
        return [s.claim for s in stated] or self.about.get(entity, [])

    def of_kind(self, kind: str) -> list[str]:
        """The entities of the articles whose IRI calls them "document", "organ", "person", "event"."""
        return self._kinds.get(kind, [])

    @cached_property
    def _kinds(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for entity in sorted(self.articles):
            found[entity.split("/")[-2]].append(entity)
        return found

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
    def organs_of(self) -> dict[str, list[str]]:
        """Article → the organs that it mentions."""
        found: dict[str, list[str]] = defaultdict(list)
        for organ in self.of_kind("organ"):
            for article in self.articles[organ]:
                found[article].append(organ)
        return found

    @cached_property
    def days(self) -> dict[str, list[str]]:
        """Article → the full dates of documents and events that it states."""
        found: dict[str, list[str]] = defaultdict(list)
        for predicate in (CKG.issuedOn, CKG.heldOn):
            for stated in self.facts.get(predicate, {}).values():
                for said in stated:
                    found[said.article].append(said.value)
        return found

    @cached_property
    def dissemination(self) -> dict[str, list[Said]]:
        """Local document → the days of the events that disseminate it."""
        found: dict[str, list[Said]] = defaultdict(list)
        for event, documents in self.facts.get(CKG.disseminates, {}).items():
            for said in documents:
                if self.is_local(said.value):
                    found[said.value] += self.said(CKG.heldOn, event)
        return found

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


def _drawn(store: Store, query: str) -> Iterator[tuple[str, ...]]:
    """The rows of a query about all articles one by one, in any order; equal words are kept once."""
    answer = store.query(_PREFIXES + query)
    assert isinstance(answer, ox.QuerySolutions)
    kept: dict[str, str] = {}
    for solution in answer:
        yield tuple(kept.setdefault(term.value, term.value) for term in solution)


_PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
