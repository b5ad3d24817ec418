"""The terms our graphs use, as plain strings, each checked: a misspelt term fails where it is written.

>>> CKG.implements
'https://w3id.org/cascade-kg/ontology#implements'
>>> CKG["rule-same-event"]
'https://w3id.org/cascade-kg/ontology#rule-same-event'

No RDF library is imported, so this costs nothing at start-up; `CKG.defined_namespace()` gives rdflib's form.
The terms of `CKG` are those of `ontology/`: a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from rdflib.namespace import DefinedNamespace

DEFAULT_BASE: Final = "https://w3id.org/cascade-kg/"


class Vocabulary:
    """A namespace that knows its terms: attribute or item access gives the full IRI as a `str`."""

    def __init__(self, name: str, uri: str, terms: str) -> None:
        self._name = name
        self._uri = uri
        self._iris = {term: uri + term for term in terms.split()}
        vars(self).update(self._iris)  # so that a known term is found without a call

    def __getattr__(self, term: str) -> str:
        if term.startswith("_"):  # copying and pickling ask for these before there are any terms
            raise AttributeError(term)
        raise AttributeError(self._unknown(term))

    def __getitem__(self, term: str) -> str:
        """The IRI of a term that is no Python name, such as a rule; raises KeyError when there is none."""
        try:
            return self._iris[term]
        except KeyError:
            raise KeyError(self._unknown(term)) from None

    def __contains__(self, iri: str) -> bool:
        """Whether `iri` is the full IRI of one of the terms."""
        return iri.startswith(self._uri) and iri[len(self._uri) :] in self._iris

    def __iter__(self) -> Iterator[str]:
        """The local names, in the order of the source."""
        return iter(self._iris)

    def __str__(self) -> str:
        return self._uri

    def __repr__(self) -> str:
        return f"Vocabulary({self._name!r}, {self._uri!r})"

    def local(self, iri: str) -> str | None:
        """The local name of an IRI of this namespace, known term or not; None for any other IRI."""
        return iri[len(self._uri) :] if iri.startswith(self._uri) else None

    def defined_namespace(self) -> type[DefinedNamespace]:
        """rdflib's closed namespace over the same terms, where a typo is an error too; imports rdflib."""
        from rdflib import Namespace, URIRef
        from rdflib.namespace import DefinedNamespace
        from rdflib.namespace import DefinedNamespaceMeta as Meta

        body: dict[str, object] = {"_NS": Namespace(self._uri), "_fail": True, "_extras": list(self._iris)}
        body["__annotations__"] = dict.fromkeys(self._iris, URIRef)
        return cast("type[DefinedNamespace]", Meta(self._name, (DefinedNamespace,), body))

    def _unknown(self, term: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(term, self._iris, n=3, cutoff=0.6)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        return f"{self._name} has no term {term!r}{hint}"


CKG = Vocabulary(
    "CKG",
    "https://w3id.org/cascade-kg/ontology#",
    """
    ActionProgramme Agreement Alternative Appeal Article Attendee Authorisation Branch BranchMeeting
    Central CentralOrgan Ceremony Certificate Chair Charter Circular Claim Commune Communique Conclusion
    Conference Congress CongressTerm Constitution Contract Cue Decision Declaration Decree Directive
    Dispatch District Document Event FieldList ForeignOrgan FormOfAddress Grassroots Guidance
    InferenceRule Inferred Inspection Invitation IssuingRule JointResolution JointStateCircular Law
    LawCode LeavePermit LetterOfIntroduction Level LocalPoint MassOrganisation MasterPlan Meeting
    Memorandum Minutes NotAnOrgan Notice NotificationSlip NumberSeries OfficialLetter Order Ordinance
    Organ OrganKind OrganTemplate OtherOrgan Participation PartyBranch PartyOrgan Passage Person Plan
    PoliticalPlatform PostTitle Presenter Programme Project Provincial PublicLetter Reception Regulation
    Report Resolution ReviewConference Role Rules Scheme Seminar SendingSlip Speaker StateBranch
    StateCircular Stated Statement StateOrgan Status Strategy StudySession Submission SurnameList Talk
    Task Tenure Territory TerritoryKind Topic TransferSlip TravelWarrant Visit WordList WorkingSession
    about altPattern amendedBy amends appliesTo approximate assignedBy assignedTo atPoint attendance
    barePattern basedOn candidate cascadesFrom cascadesTo cites code concerns confidence dateAsWritten
    deadlineText disseminates documentNumber dueOn evidence forKind former gsoCode hasParticipation heldAt
    heldNotAfter heldNotBefore heldOn implementedBy implements inArticle inCapacity inTerm issuedBy
    issuedFor issuedInBranch issuedOn level mayIssue mayNotIssue mentions monthDay nameTakes needsNumber
    numberedBy numberSuffix officeForm ofTemplate ordinal organClass organKeys organTrait organisedBy
    participant partOf partOfTemplate partyCommittee pattern place pointCount possiblySame postOrgan
    postTakes postTitle predecessor properName rank recurrence registerKey replacedBy replaces resolvedTo
    role romanNumeral rule rule-bound-from-publication rule-bounds-from-documents rule-register-match
    rule-same-event rule-same-name rule-single-candidate rule-standing-body rule-symbol-from-issuer
    rule-term-from-date rule-term-from-publication rule-territory-of-organ rule-year-from-other-article saidAt
    saidBy sameEventAs score signedBy standingBodyOf standingBodyOfTemplate status subEventOf
    subjectMatter succeededBy succeeds successor symbol task taskCount territory territoryKind validFrom
    validUntil words wordsEnd wordsStart zone
""",
)

RDF = Vocabulary(
    "RDF",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    """
    Alt Bag CompoundLiteral HTML JSON List PlainLiteral Property Seq Statement XMLLiteral direction
    first langString language nil object predicate rest subject type value
    """,
)

RDFS = Vocabulary(
    "RDFS",
    "http://www.w3.org/2000/01/rdf-schema#",
    """
    Class Container ContainerMembershipProperty Datatype Literal Resource comment domain isDefinedBy
    label member range seeAlso subClassOf subPropertyOf
    """,
)

XSD = Vocabulary(
    "XSD",
    "http://www.w3.org/2001/XMLSchema#",
    """
    anyURI boolean date dateTime dateTimeStamp dayTimeDuration decimal double duration float gDay gMonth
    gMonthDay gYear gYearMonth int integer language long nonNegativeInteger normalizedString
    positiveInteger string time token yearMonthDuration
    """,
)

SKOS = Vocabulary(
    "SKOS",
    "http://www.w3.org/2004/02/skos/core#",
    """
    Collection Concept ConceptScheme OrderedCollection altLabel broader broaderTransitive broadMatch
    changeNote closeMatch definition editorialNote exactMatch example hasTopConcept hiddenLabel
    historyNote inScheme mappingRelation member memberList narrower narrowerTransitive narrowMatch
    notation note prefLabel related relatedMatch scopeNote semanticRelation topConceptOf
    """,
)

OWL = Vocabulary(
    "OWL",
    "http://www.w3.org/2002/07/owl#",
    """
    AllDifferent AllDisjointClasses AnnotationProperty Class DatatypeProperty NamedIndividual Nothing
    ObjectProperty Ontology SymmetricProperty Thing TransitiveProperty differentFrom disjointWith
    distinctMembers equivalentClass equivalentProperty imports inverseOf members propertyChainAxiom
    sameAs unionOf versionInfo versionIRI
    """,
)

DCTERMS = Vocabulary(
    "DCTERMS",
    "http://purl.org/dc/terms/",
    """
    Agent AgentClass BibliographicResource Box DCMIType DDC FileFormat Frequency IMT ISO3166
    Jurisdiction LCC LCSH LicenseDocument LinguisticSystem Location LocationPeriodOrJurisdiction
    MediaType MediaTypeOrExtent MESH MethodOfAccrual MethodOfInstruction NLM Period PeriodOfTime
    PhysicalMedium PhysicalResource Point Policy ProvenanceStatement RFC1766 RFC3066 RFC4646 RFC5646
    RightsStatement SizeOrDuration Standard TGN UDC URI W3CDTF abstract accessRights accrualMethod
    accrualPeriodicity accrualPolicy alternative audience available bibliographicCitation conformsTo
    contributor coverage created creator date dateAccepted dateCopyrighted dateSubmitted description
    educationLevel extent format hasFormat hasPart hasVersion identifier instructionalMethod isFormatOf
    isPartOf isReferencedBy isReplacedBy isRequiredBy issued isVersionOf language license mediator
    medium modified provenance publisher references relation replaces requires rights rightsHolder
    source spatial subject tableOfContents temporal title type valid
    """,
)

PROV = Vocabulary(
    "PROV",
    "http://www.w3.org/ns/prov#",
    """
    Activity Agent Association Attribution Bundle Collection Derivation Entity Generation Influence
    Organization Person Plan PrimarySource Quotation Revision Role SoftwareAgent Usage actedOnBehalfOf
    agent atLocation atTime endedAtTime entity generated generatedAtTime hadMember hadPlan
    hadPrimarySource hadRole influenced invalidatedAtTime qualifiedAssociation qualifiedAttribution
    qualifiedDerivation specializationOf startedAtTime used value wasAssociatedWith wasAttributedTo
    wasDerivedFrom wasGeneratedBy wasInfluencedBy wasInformedBy wasInvalidatedBy wasQuotedFrom
    wasRevisionOf
    """,
)

OA = Vocabulary(
    "OA",
    "http://www.w3.org/ns/oa#",
    """
    Annotation Choice CssSelector CssStyle DataPositionSelector FragmentSelector HttpRequestState
    Motivation PreferContainedDescriptions PreferContainedIRIs RangeSelector ResourceSelection Selector
    SpecificResource State Style SvgSelector TextPositionSelector TextQuoteSelector TextualBody
    TimeState XPathSelector annotationService assessing bodyValue bookmarking cachedSource canonical
    classifying commenting describing editing end exact hasBody hasEndSelector hasPurpose hasScope
    hasSelector hasSource hasStartSelector hasState hasTarget highlighting identifying linking
    moderating motivatedBy prefix processingLanguage questioning refinedBy renderedVia replying rights
    sourceDate sourceDateEnd sourceDateStart start styleClass styledBy suffix tagging textDirection via
    """,
)

ORG = Vocabulary(
    "ORG",
    "http://www.w3.org/ns/org#",
    """
    ChangeEvent FormalOrganization Head Membership Organization OrganizationalCollaboration
    OrganizationalUnit Post Role Site basedAt changedBy classification hasMember hasMembership hasPost
    hasPrimarySite hasRegisteredSite hasSite hasSubOrganization hasUnit headOf heldBy holds identifier
    linkedTo location member memberDuring memberOf organization originalOrganization postIn purpose
    remuneration reportsTo resultedFrom resultingOrganization role roleProperty siteAddress siteOf
    subOrganizationOf transitiveSubOrganizationOf unitOf
    """,
)

SCHEMA = Vocabulary(
    "SCHEMA",
    "https://schema.org/",
    """
    Article CreativeWork DataDownload Dataset Event GovernmentOrganization Legislation NewsArticle
    NewsMediaOrganization Organization Person Place WebPage about address alternateName articleBody
    attendee author citation contentUrl creator dateCreated dateModified datePublished description
    distribution encodingFormat endDate headline identifier image inLanguage isBasedOn isPartOf keywords
    legislationDate legislationIdentifier legislationPassedBy legislationType license location
    mainEntity mentions name organizer performer publisher sameAs sourceOrganization startDate text url
    version
    """,
)

FOAF = Vocabulary(
    "FOAF",
    "http://xmlns.com/foaf/0.1/",
    """
    Agent Document Group Image LabelProperty OnlineAccount OnlineChatAccount OnlineEcommerceAccount
    OnlineGamingAccount Organization Person PersonalProfileDocument Project account accountName
    accountServiceHomepage age aimChatID based_near birthday currentProject depiction depicts
    dnaChecksum family_name familyName firstName focus fundedBy geekcode gender givenName givenname
    holdsAccount homepage icqChatID img interest isPrimaryTopicOf jabberID knows lastName logo made
    maker mbox mbox_sha1sum member membershipClass msnChatID myersBriggs name nick openid page
    pastProject phone plan primaryTopic publications schoolHomepage sha1 skypeID status surname theme
    thumbnail tipjar title topic topic_interest weblog workInfoHomepage workplaceHomepage yahooChatID
    """,
)

SH = Vocabulary(
    "SH",
    "http://www.w3.org/ns/shacl#",
    """
    ConstraintComponent Info NodeShape PrefixDeclaration PropertyShape Shape SPARQLConstraint
    SPARQLTarget ValidationReport ValidationResult Violation Warning class conforms datatype declare
    description detail focusNode in maxCount message minCount name namespace node nodeKind order path
    pattern prefix prefixes property result resultMessage resultPath resultSeverity select severity
    sourceConstraint sourceConstraintComponent sourceShape sparql targetClass targetNode targetObjectsOf
    targetSubjectsOf value
    """,
)

VOID = Vocabulary(
    "VOID",
    "http://rdfs.org/ns/void#",
    """
    Dataset Linkset class classes classPartition dataDump distinctObjects distinctSubjects documents
    entities exampleResource feature inDataset linkPredicate objectsTarget properties property
    propertyPartition rootResource sparqlEndpoint subjectsTarget subset target triples uriSpace
    vocabulary
    """,
)

DCAT = Vocabulary(
    "DCAT",
    "http://www.w3.org/ns/dcat#",
    """
    Catalog DataService Dataset Distribution Resource accessURL byteSize contactPoint dataset
    distribution downloadURL endpointURL keyword landingPage mediaType theme themeTaxonomy
    """,
)

PREFIXES: Final[dict[str, str]] = {
    "ckg": str(CKG),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "xsd": str(XSD),
    "skos": str(SKOS),
    "owl": str(OWL),
    "dcterms": str(DCTERMS),
    "prov": str(PROV),
    "oa": str(OA),
    "org": str(ORG),
    "schema": str(SCHEMA),
    "foaf": str(FOAF),
    "sh": str(SH),
    "void": str(VOID),
    "dcat": str(DCAT),
}
"""Prefix → namespace IRI, for Turtle and SPARQL alike."""
