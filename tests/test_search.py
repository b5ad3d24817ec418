"""Search: one form for all spellings, the best first, and nothing that is typed can hurt the index."""

from __future__ import annotations

import json
import shutil
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg import ask
from kg.cli import run
from kg.errors import QueryError, StoreError
from kg.namespaces import CKG
from kg.search import FILE, KINDS, Hit, Search, folded, write
from kg.search.fold import initials
from kg.store import Answer, Store

BASE = "https://example.org/kg/"
CASE = Path(__file__).parent / "cases" / "ask" / "cascade.trig"
SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="module")
def store(built: Path) -> Store:
    """The five articles, and the hand-written cascade under a base of its own."""
    with Store.open(built, read_only=True) as opened:
        made = Store.in_memory(_nquads(opened), base=BASE)
    made.engine.load(path=CASE, format=ox.RdfFormat.TRIG)
    return made


def _nquads(store: Store) -> str:
    return (ox.serialize(store.quads(), format=ox.RdfFormat.N_QUADS) or b"").decode()


@pytest.fixture(scope="module")
def search(store: Store) -> Iterator[Search]:
    made = Search.of(store)
    yield made
    made.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search") / "store"
    kg.build([SEEDS], folder)
    return folder


FIRST = [
    # what is typed, the label of the first hit, how it was found
    ("chi thi 32", "Chỉ thị số 32-CT/TW", "name"),
    ("Chỉ thị số 32-CT/TW", "Chỉ thị số 32-CT/TW", "name"),
    ("CHỈ THỊ 032", "Chỉ thị số 32-CT/TW", "name"),
    ("chi thi 12 ct", "Chỉ thị số 12-CT/TW", "beginning"),
    ("32-ct/tw", "Chỉ thị số 32-CT/TW", "name"),
    ("32ct/tư", "Chỉ thị số 32-CT/TW", "name"),
    ("chi thi 3", "Chỉ thị số 32-CT/TW", "beginning"),
    ("bct", "Bộ Chính trị", "name"),
    ("bo chinh tr", "Bộ Chính trị", "beginning"),
    ("politburo", "Bộ Chính trị", "name"),
    ("tinh uy lai chau", "Tỉnh ủy Lai Châu", "name"),
    ("TỈNH UỶ LAI CHÂU", "Tỉnh ủy Lai Châu", "name"),
    ("chau lai uy tinh", "Tỉnh ủy Lai Châu", "words"),
    ("ubnd tinh lai chau", "Ủy ban nhân dân tỉnh Lai Châu", "name"),
    ("bgddt", "Bộ Giáo dục và Đào tạo", "name"),
    ("doi ngoai dang", "đối ngoại Đảng", "name"),
    ("le thi hoa", "Lê Thị Hòa", "name"),
    ("lai chau", "Tỉnh Lai Châu", "name"),  # before the town, which has the same short name
    ("ke hoach 7 song may 2019", "Kế hoạch số 07-KH/TU", "context"),
]


@pytest.mark.parametrize(("typed", "label", "match"), FIRST)
def test_first_hit(search: Search, typed: str, label: str, match: str) -> None:
    hits = search.find(typed)
    assert hits, typed
    assert hits[0].label.startswith(label)
    assert hits[0].match == match


def test_a_hit_tells_what_it_is(search: Search) -> None:
    (hit,) = (hit for hit in search.find("chi thi 32") if hit.iri == f"{BASE}id/document/ct-32-tw-k12")
    assert (hit.kind, hit.class_label, hit.days, hit.articles) == ("Document", "Chỉ thị", ("2019-02-18",), 2)
    english = search.find("bct", lang="en")[0]
    assert (english.label, english.class_label) == ("Politburo", "Party organ")


def test_what_was_resolved_is_found_as_what_it_is(store: Store, search: Search) -> None:
    local = {row[0] for row in store.rows(f"SELECT ?x {{ ?x <{CKG.resolvedTo}> ?y }}")}
    assert local
    found = {hit.iri for word in ("chi thi", "ke hoach", "tinh uy") for hit in search.find(word, limit=1000)}
    assert not found & local


def test_every_name_finds_its_thing(store: Store, search: Search) -> None:
    """The index against the store: whatever has a name is among the hits for it."""
    for kind in ("Document", "Organ", "Person", "Event"):
        query = f"""PREFIX ckg: <https://w3id.org/cascade-kg/ontology#>
            PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
            SELECT DISTINCT ?x ?l {{ ?x a/rdfs:subClassOf* ckg:{kind} ; rdfs:label ?l
                                     FILTER NOT EXISTS {{ ?x ckg:resolvedTo ?y }} }}"""
        named = store.rows(query)
        assert named
        for iri, label in named:
            hits = search.find(label[:400], kind=kind, limit=1000)
            assert iri in {hit.iri for hit in hits if hit.match == "name"}, label


def test_agrees_with_the_names_that_commands_take(store: Store, search: Search) -> None:
    for typed in ("chi thi 12", "tinh uy", "song may", "le thi hoa", "bo chinh tri", "ban thuong vu tinh uy"):
        wanted = {candidate.iri for candidate in ask.candidates(store, typed)}
        assert wanted <= {hit.iri for hit in search.find(typed, limit=1000)}, typed


# ------------------------------------------------------------------ one form for all spellings
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Chỉ thị số 25-CT/TW", "chi thi 25 ct tw"),
        ("Tỉnh uỷ Lai Châu", "Tỉnh ủy Lai Châu"),
        ("Đắk Lắk", "\u00d0ắk Lắk"),
        ("Tỉnh\u00a0ủy\u200bLai Châu", "tinh uy lai chau"),
        ("05-CT/TW", "5-ct/tư"),
        ("ngày 05/08/2018", "5/8/2018"),
        ("UBND tỉnh", "Ủy ban nhân dân tỉnh"),
        ("25CT/TW", "25-CT/TW"),
    ],
)
def test_spellings_that_mean_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_fillers_stand_before_numbers_only() -> None:
    assert folded("Sở Ngoại vụ") == ("so", "ngoai", "vu")
    assert folded("Chỉ thị số 25 ngày 8") == ("chi", "thi", "25", "8")


@given(st.text(max_size=40))
def test_folding_is_blind_to_normal_form_and_stable(text: str) -> None:
    once = folded(text)
    assert once == folded(unicodedata.normalize("NFD", text)) == folded(unicodedata.normalize("NFC", text))
    assert all(word and not word.isspace() for word in once)


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Bộ Giáo dục và Đào tạo", "bgddt"), ("Bộ Y tế", "byt"), ("Quốc hội", ""), ("Kế hoạch số 7", "")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(folded(name)) == letters


# ------------------------------------------------------------------ whatever is typed
HOSTILE = [
    '"', 'chi" OR "thi', "names : x", "{names more} : a", "NEAR(a b)", "a AND", "NOT a", "^chi", "*", "chi*",
    "'; DROP TABLE entity; --", "\ue000", "chi \x00 thi", "\ud800", "-", "(((", "% _ %", "thị" * 90,
    " ".join(["tinh"] * 90), "🙂", "ﬁ ﷺ ß İ", "a\u0301\u0323\u0302",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_typed_reaches_the_index_as_anything_but_words(search: Search, text: str) -> None:
    before = len(search)
    hits: list[Hit] = []
    with suppress(QueryError):  # no word in it
        hits = search.find(text)
    assert bool(folded(text)) or not hits
    assert all(hit.kind in KINDS for hit in hits)
    assert len(search) == before


@given(st.text(max_size=60))
def test_any_text_is_answered_or_refused(search: Search, text: str) -> None:
    try:
        search.find(text, limit=3)
    except QueryError:
        assert not folded(text)


@pytest.mark.parametrize(
    "asked",
    [
        {"text": ""},
        {"text": "…"},
        {"text": "x" * 501},
        {"text": "x", "limit": 0},
        {"text": "x", "limit": 1001},
        {"text": "x", "offset": -1},
        {"text": "x", "offset": 999, "limit": 2},
        {"text": "x", "kind": "Thing"},
    ],
)
def test_what_is_out_of_bounds_is_refused(search: Search, asked: dict[str, object]) -> None:
    with pytest.raises(QueryError):
        search.find(**asked)  # type: ignore[arg-type]


def test_pages_of_hits_follow_each_other(search: Search) -> None:
    whole = search.find("tinh", limit=30)
    parts = [hit for offset in range(0, 30, 7) for hit in search.find("tinh", limit=7, offset=offset)]
    assert parts[:30] == whole
    assert len({hit.iri for hit in whole}) == 30


def test_kind_keeps_only_its_own(search: Search) -> None:
    assert {hit.kind for hit in search.find("lai chau", limit=100)} > {"Organ"}
    assert {hit.kind for hit in search.find("lai chau", kind="organ", limit=100)} == {"Organ"}
    assert search.find("tinh lai chau", kind="Territory")[0].label == "Tỉnh Lai Châu"


def test_threads_share_an_index(search: Search) -> None:
    texts = ["chi thi 32", "lai chau", "bct", "tinh uy"] * 20
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(search.find, texts)) == [search.find(text) for text in texts]


# ------------------------------------------------------------------ the build keeps it
def test_the_build_writes_it_and_keeps_it(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    first, second = sorted(SEEDS.glob("*.txt"))[:2]
    shutil.copy(first, texts)
    kg.build([texts], tmp_path / "store")
    with kg.open(tmp_path / "store") as graph:
        stem = second.stem
        assert graph.search(first.stem, kind="Article")
        assert not graph.search(stem, kind="Article")
    shutil.copy(second, texts)
    kg.build([texts], tmp_path / "store")
    with kg.open(tmp_path / "store") as graph:
        assert graph.search(stem, kind="Article")
    (texts / second.name).unlink()
    kg.build([texts], tmp_path / "store", prune=True)
    with kg.open(tmp_path / "store") as graph:
        assert not graph.search(stem, kind="Article")


def test_file_and_memory_find_the_same(built: Path) -> None:
    with Store.open(built, read_only=True) as opened:
        assert opened.folder is not None
        kept = Search.open(opened.folder / FILE)
        made = Search.of(Store.in_memory(_nquads(opened), base=opened.base))
        assert len(kept) == len(made) > 1000
        for text in ("chi thi 25", "tinh", "lai chau", "nguyen"):
            assert kept.find(text, limit=200) == made.find(text, limit=200)
        kept.close()
        made.close()


def test_an_index_that_is_none_is_made_again(built: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(built, store)
    (file,) = store.glob(f"*/{FILE}")
    file.write_bytes(b"no index")
    with pytest.raises(StoreError):
        Search.open(file)
    with kg.open(store) as graph:
        assert graph.search("chi thi 25")[0].label.startswith("Chỉ thị số 25-CT/TW")
    file.unlink()
    with kg.open(store) as graph:
        assert graph.search("bct")


# ------------------------------------------------------------------ the command
def test_command(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["search", "chi", "thi", "25", "--store", str(built)]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].split() == ["tên", "loại", "ngày", "bài", "báo", "địa", "chỉ"]
    assert out.splitlines()[2].startswith("Chỉ thị số 25-CT/TW ngày 8/8/2018")
    assert run(["search", "bct", "--format", "json", "--lang", "en", "--store", str(built)]) == 0
    assert json.loads(capsys.readouterr().out)[0]["label"] == "Politburo"
    assert run(["search", "khong co gi nhu the", "--store", str(built)]) == 1
    assert run(["search", "…", "--store", str(built)]) == 2
    assert run(["search", "x", "--kind", "Thing", "--store", str(built)]) == 2
    assert "one of Document" in capsys.readouterr().err


# ---------------------------------------------------------------------- servers that cut their answers
class Cutting:
    """An endpoint that gives at most so many rows, and says so as `kg.remote.Endpoint` does."""

    def __init__(self, store: Store, most: int) -> None:
        self.store, self.most = store, most
        self.base, self.url = store.base, "http://x/sparql"
        self.cut: int | None = None
        self.times_cut = 0

    def query(self, sparql: str) -> Answer:
        rows = self.store.query(sparql)
        count = len(list(rows)) if "SELECT ?x ?y" in sparql and isinstance(rows, ox.QuerySolutions) else 0
        self.cut = self.most if count > self.most else None
        self.times_cut += self.cut is not None
        return self.store.query(f"{sparql} LIMIT {self.most}" if self.cut else sparql)

    def close(self) -> None:
        pass


def test_what_a_server_cuts_is_asked_again_by_pages(store: Store) -> None:
    server = Cutting(store, 300)
    made, whole = write(server), write(store)
    assert server.times_cut > 3
    for table in ("entity", "form", "class"):
        query = f"SELECT * FROM {table} ORDER BY 1, 2"
        assert made.execute(query).fetchall() == whole.execute(query).fetchall()


def test_a_page_too_small_for_one_thing_is_told(store: Store) -> None:
    with pytest.raises(StoreError, match="cut to 1 rows"):
        write(Cutting(store, 1))
