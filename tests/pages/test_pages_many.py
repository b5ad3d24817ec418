"""Things that many articles tell of: counts are whole, lists go on, what is shown is bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from kg.namespaces import CKG, ORG, RDF, RDFS, SCHEMA
from kg.pages import Site, page, related
from kg.show.cascade import Node, cascade, whole
from kg.store import Store

BASE = "https://many.example/"
MANY = 130
CLASSES = ("Document", "Directive", "Plan", "Organ", "Person", "Tenure", "Event")


def _quads() -> Iterator[str]:
    """A directive of 130 articles; each has a plan of its own that carries it out, and the same post."""
    ontology = f"<{BASE}graph/ontology>"
    for name in CLASSES:
        yield f"<{CKG[name]}> <{RDF.type}> <http://www.w3.org/2002/07/owl#Class> {ontology} ."
        yield f"<{CKG[name]}> <{RDFS.subClassOf}> <{CKG[name]}> {ontology} ."
    for name in ("Directive", "Plan"):
        yield f"<{CKG[name]}> <{RDFS.subClassOf}> <{CKG.Document}> {ontology} ."
    root, organ, person = (f"<{BASE}id/{x}>" for x in ("document/root", "organ/o", "person/p"))
    yield f'{root} <{CKG.code}> "9-CT/TW" <{BASE}graph/register> .'
    for number in range(MANY):
        article = f"<{BASE}id/article/{number:03}>"
        plan, tenure = (
            f"<{BASE}id/article/{number:03}/document/1>",
            f"<{BASE}id/article/{number:03}/tenure/1>",
        )
        day = f'"20{number % 20:02}-05-{number % 28 + 1:02}"'
        for triple in (
            f"{article} <{RDF.type}> <{CKG.Article}>", f"{article} <{SCHEMA.datePublished}> {day}",
            f"{root} <{RDF.type}> <{CKG.Directive}>", f'{root} <{RDFS.label}> "Chỉ thị số 9"@vi',
            f'{root} <{CKG.code}> "9-CT/TW"', f"{article} <{CKG.mentions}> {root}",
            f'{plan} <{RDFS.label}> "Kế hoạch số {number}"@vi', f"{plan} <{RDF.type}> <{CKG.Plan}>",
            f"{plan} <{CKG.implements}> {root}", f"{plan} <{CKG.issuedBy}> {organ}",
            f"{root} <{CKG.cites}> {plan}",
            f"{organ} <{RDF.type}> <{CKG.Organ}>", f"{person} <{RDF.type}> <{CKG.Person}>",
            f'{organ} <{RDFS.label}> "Tỉnh ủy"@vi', f'{person} <{RDFS.label}> "Lê A"',
            f"{tenure} <{RDF.type}> <{CKG.Tenure}>", f'{tenure} <{RDFS.label}> "Lê A: Bí thư Tỉnh ủy"@vi',
            f"{tenure} <{ORG.member}> {person}", f"{tenure} <{ORG.organization}> {organ}",
            f"{plan} <{CKG.basedOn}> _:nobody", f"_:someone <{CKG.cites}> {plan}",
        ):  # fmt: skip
            yield f"{triple} {article} ."


@pytest.fixture(scope="module")
def many() -> Site:
    return Site(Store.in_memory("\n".join(_quads()) + "\n", base=BASE))


def get(site: Site, path: str, **params: str) -> str:
    made = page(site, path, params)
    assert made.status == 200, path
    return made.html


def test_a_fact_of_many_articles_is_counted_whole_and_the_register_is_none(many: Site) -> None:
    html = get(many, "/page/document/root")
    row = html[html.index("<dd", html.index("9-CT/TW</span>") - 80) :]
    assert f"{MANY} bài báo" in row[:400]


def test_what_a_page_has_no_room_for_is_counted_and_one_click_away(many: Site) -> None:
    html = get(many, "/page/document/root")
    assert f"Đã thấy {MANY} văn bản" in html
    assert re.search(rf'href="/all/cites/document/root">và {MANY - 10} nữa<', html)
    assert re.search(rf'href="/all/told-by/document/root">và {MANY - 12} nữa<', html)
    organ = get(many, "/page/organ/o")
    assert re.search(rf'href="/all/issued/organ/o">và {MANY - 12} nữa<', organ)
    assert len(html.encode()) < 60_000
    assert len(organ.encode()) < 60_000


@pytest.mark.parametrize("list_", ["issued/organ/o", "cites/document/root", "told-by/document/root"])
def test_all_of_a_list_is_on_its_pages_each_entry_once(many: Site, list_: str) -> None:
    found: list[str] = []
    for number in ("1", "2", "3"):
        html = get(many, f"/all/{list_}", page=number)
        found += re.findall(r'<div><a class="ref [a-z]*" href="(/page/article/[^"]+)"', html)
    assert len(found) == len(set(found)) == MANY
    assert page(many, f"/all/{list_.replace('/', 'x/', 1)}").status == 404
    assert page(many, f"/all/{list_}x").status == 404


def test_a_count_that_may_be_short_says_so(many: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert f'<span class="count">{MANY}</span>' in get(many, "/page/document/root")
    monkeypatch.setattr(related, "MOST", MANY)
    assert f'<span class="count">{MANY}+</span>' in get(many, "/page/document/root")
    assert f'<span class="count">{MANY}+</span>' in get(many, "/all/issued/organ/o")


def test_posts_that_many_articles_tell_of_are_one_entry_with_its_days(many: Site) -> None:
    html = get(many, "/page/person/p")
    assert html.count("Bí thư Tỉnh ủy</a>") == 1
    assert 'datetime="2000-05-01"' in html
    assert 'datetime="2019-05-24"' in html
    assert f"{MANY} bài báo" in html


def test_things_without_a_name_are_listed_and_lead_nowhere(many: Site) -> None:
    html = get(many, "/page/article/007/document/1")
    assert len(re.findall(r"<code>_:[0-9a-z]+</code>", html)) == 1  # what cites it
    assert len(re.findall(r'<span class="lit">_:[0-9a-z]+</span>', html)) == 1  # what it rests on


def test_a_drawing_goes_on_on_the_next_page(many: Site) -> None:
    assert get(many, "/cascade/document/root").count("<rect/>") == MANY + 1


def test_a_cascade_without_end_is_shown_to_its_sixtieth_step_and_says_so() -> None:
    quads = [f"<{CKG.Document}> <{RDFS.subClassOf}> <{CKG.Document}> <{BASE}graph/ontology> ."]
    for number in range(1500):
        above, here = (f"<{BASE}id/document/{n}>" for n in (number, number + 1))
        quads.append(f"{here} <{CKG.implements}> {above} <{BASE}id/article/a> .")
        quads.append(f"{above} <{RDF.type}> <{CKG.Document}> <{BASE}id/article/a> .")
    deep = Site(Store.in_memory("\n".join(quads) + "\n", base=BASE))
    for path in ("/", "/page/document/0", "/provinces/63/document/0"):
        assert get(deep, path)
    html = get(deep, "/cascade/document/0")
    assert html.count("<rect/>") == 61
    assert html.count("còn tiếp") == 1
    assert "còn tiếp" not in get(deep, "/cascade/document/1480")


def _flat(node: Node) -> tuple[object, ...]:
    own = node.iri, node.issuers, node.levels, node.dates, node.articles, node.inferred, node.again
    return *own, *map(_flat, node.children), *((e.iri, e.dates, e.days) for e in node.events)


def test_cascades_read_at_once_are_those_that_are_asked_one_by_one(site: Site, many: Site) -> None:
    for graph in (site, many):
        known = whole(graph.store)
        for entry in graph.catalogue.of("Document"):
            assert _flat(known.grow(entry.iri)) == _flat(cascade(graph.store, entry.iri)), entry.iri
