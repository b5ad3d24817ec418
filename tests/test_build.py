"""The build: only what changed is converted, nothing is lost, nobody sees half of it."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import ClassVar

import pytest

from kg.builder import build
from kg.errors import KgError
from kg.infer import stored
from kg.keys import Keys
from kg.manifest import Manifest
from kg.model import Article
from kg.namespaces import CKG
from kg.store import Store

BASE = "https://w3id.org/cascade-kg/"


class FakeConverter:
    """One document an article, named by its first word; "boom" blows up."""

    calls: ClassVar[list[str]] = []

    def __init__(self, base: str = BASE) -> None:
        self.base = base

    def convert(self, article: Article) -> SimpleNamespace:
        FakeConverter.calls.append(article.stem)
        word = article.text.split()[0]
        if word == "boom":
            raise ValueError("no such thing")
        graph = f"{self.base}id/article/{article.stem}"
        document = f"{self.base}id/document/{word}"
        facts = (
            f'<{graph}> <http://purl.org/dc/terms/identifier> "{article.stem}" <{graph}> .\n'
            f"<{document}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{CKG.Directive}> <{graph}> .\n"
        )
        claims = f'<{graph}#claim-1> <{CKG.words}> "{word}" <{graph}#claims> .\n'
        return SimpleNamespace(
            stem=article.stem,
            article_iri=graph,
            facts=facts.encode(),
            claims=claims.encode(),
            kinds={"identifier": 1},
            unresolved=("Tỉnh ủy",) if word == "x" else (),
            keys=Keys(graph, {}, {}),
        )


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> type[FakeConverter]:
    """The rooms beside the build, as small as can be, so that these tests are about the build."""
    convert, infer = ModuleType("kg.convert"), ModuleType("kg.infer")
    convert.__dict__["Converter"] = FakeConverter
    infer.__dict__["Background"] = SimpleNamespace(read=lambda store: store.base)
    infer.__dict__["stored"] = stored
    infer.__dict__["infer"] = lambda gists, base, scratch: (
        f"<{article}> <urn:seen> <urn:yes> <{base}graph/inferred> .\n".encode() for article in gists()
    )
    gist = SimpleNamespace(
        write=lambda path, articles, _: path.write_text("".join(f"{keys.article}\n" for keys in articles)),
        read=lambda path: path.read_text().splitlines(),
    )
    for room in ("builder", "workers"):
        monkeypatch.setattr(f"kg.{room}.gist", gist)
    monkeypatch.setitem(sys.modules, "kg.convert", convert)
    monkeypatch.setitem(sys.modules, "kg.infer", infer)
    monkeypatch.setattr("kg.builder.renew_report", lambda *_: {"violation": 1})
    FakeConverter.calls.clear()
    return FakeConverter


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in {"a": "x một", "b": "y hai", "c": "y ba"}.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


def dump(folder: Path) -> list[str]:
    with Store.open(folder, read_only=True) as store:
        return sorted(str(quad) for quad in store.quads() if "_:" not in str(quad))


def test_only_new_and_changed_articles_are_converted(
    fakes: type[FakeConverter], articles: Path, tmp_path: Path
) -> None:
    first = build([articles], tmp_path / "s")
    assert first.converted == ("a", "b", "c")
    assert (first.ok, first.articles, first.facts, first.findings) == (
        True,
        3,
        {"identifier": 3},
        {"violation": 1},
    )
    assert first.entities == {"Document": 2}
    assert first.unresolved == {"Tỉnh ủy": ["a"]}
    (articles / "b.txt").write_text("z hai", "utf-8")
    (articles / "d.txt").write_text("x bốn", "utf-8")
    fakes.calls.clear()
    second = build([articles], tmp_path / "s")
    assert fakes.calls == ["b", "d"]
    assert (second.converted, second.unchanged) == (("b", "d"), ("a", "c"))
    assert second.entities == {"Document": 3}
    assert second.unresolved == {"Tỉnh ủy": ["a", "d"]}
    build([articles], tmp_path / "fresh")
    assert dump(tmp_path / "s") == dump(tmp_path / "fresh")


def test_an_unchanged_build_publishes_nothing(
    fakes: type[FakeConverter], articles: Path, tmp_path: Path
) -> None:
    build([articles], tmp_path / "s")
    before = (tmp_path / "s" / "store.json").read_text()
    again = build([articles], tmp_path / "s")
    assert again.unchanged == ("a", "b", "c")
    assert again.facts == {"identifier": 3}
    assert (tmp_path / "s" / "store.json").read_text() == before


def test_prune(fakes: type[FakeConverter], articles: Path, tmp_path: Path) -> None:
    build([articles], tmp_path / "s")
    (articles / "b.txt").unlink()
    kept = build([articles], tmp_path / "s")
    assert (kept.removed, kept.articles) == ((), 3)
    pruned = build([articles], tmp_path / "s", prune=True)
    assert (pruned.removed, pruned.articles) == (("b",), 2)
    build([articles], tmp_path / "fresh")
    assert dump(tmp_path / "s") == dump(tmp_path / "fresh")


def test_nothing_is_pruned_where_a_source_is_missing(
    fakes: type[FakeConverter], articles: Path, tmp_path: Path
) -> None:
    build([articles], tmp_path / "s")
    result = build([articles / "a.txt", tmp_path / "not-mounted"], tmp_path / "s", prune=True)
    assert (result.removed, result.articles) == ((), 3)
    assert any("nothing was pruned" in str(error) for error in result.failed)


BAD = {
    "empty": (b"", "no text"),
    "blank": (b" \n\n", "no text"),
    "latin": ("Chỉ thị".encode("utf-16-le") + b"\xff\xff", "binary"),
    "bytes": (b"Ch\xe1\xbb th\xff\xfe", "not UTF-8"),
    "binary": (b"\x7fELF\x00\x00\x01", "binary"),
    "boom": (b"boom", r"cannot be converted \(ValueError: no such thing\)"),
}


def test_bad_sources_are_named_and_the_rest_is_converted(
    fakes: type[FakeConverter], articles: Path, tmp_path: Path
) -> None:
    build([articles], tmp_path / "s")
    for name, (content, _) in BAD.items():
        (articles / f"{name}.txt").write_bytes(content)
    (articles / "b.txt").write_bytes(b"\xff")  # was good before: its former facts stay
    (articles / "new.txt").write_text("w", "utf-8")
    result = build([articles, tmp_path / "nowhere"], tmp_path / "s", prune=True)
    assert result.converted == ("new",)
    assert result.articles == 4
    messages = "\n".join(map(str, result.failed))
    assert len(messages.splitlines()) == len(result.failed) == len(BAD) + 2
    for name, (_, message) in BAD.items():
        assert re.search(rf"{name}\.txt.*{message}", messages), name
    assert "nowhere: no such file" in messages


def test_enormous_files_are_refused(fakes: type[FakeConverter], articles: Path, tmp_path: Path) -> None:
    with (articles / "big.txt").open("wb") as file:
        file.truncate(3_000_000_000)  # a hole: no disk is used, and nothing may read it
    start = time.perf_counter()
    result = build([articles], tmp_path / "s")
    assert time.perf_counter() - start < 5
    assert result.articles == 3
    assert "over the limit" in str(result.failed[0])


def test_sources_of_one_name_are_refused(fakes: type[FakeConverter], articles: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("khác", "utf-8")
    with pytest.raises(KgError, match=r"other.a\.txt: has the same name as .*articles.a\.txt"):
        build([articles, other], tmp_path / "s")
    build([articles, articles / "a.txt"], tmp_path / "s")  # the same file twice is one source
    result = build([other], tmp_path / "s")
    assert "the store has another article of this name" in str(result.failed[0])
    assert result.articles == 3


def test_moved_sources_are_the_same_articles(
    fakes: type[FakeConverter], articles: Path, tmp_path: Path
) -> None:
    build([articles], tmp_path / "s")
    moved = articles.rename(tmp_path / "moved")
    (moved / "a.txt").write_text("z một", "utf-8")
    result = build([moved], tmp_path / "s")
    assert (result.failed, result.converted, result.unchanged) == ((), ("a",), ("b", "c"))


def test_folder_without_articles(fakes: type[FakeConverter], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = build([tmp_path / "empty"], tmp_path / "s")
    assert "a folder without articles" in str(result.failed[0])
    assert not (tmp_path / "s" / "store.json").exists()


def test_a_base_of_ones_own(
    fakes: type[FakeConverter], articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = "https://kg.example.vn/"
    build([articles], tmp_path / "s", base=own)
    with Store.open(tmp_path / "s", read_only=True) as store:
        assert store.base == own
        assert f"{own}graph/ontology" in store.graphs()
        assert not [
            str(quad) for quad in store.quads() if f"<{BASE}id/" in str(quad) or f"<{BASE}graph/" in str(quad)
        ]
    assert build([articles], tmp_path / "s").unchanged == ("a", "b", "c")  # the store knows its base
    monkeypatch.setenv("KG_BASE_IRI", BASE)
    with pytest.raises(KgError, match="its base IRI is https"):
        build([articles], tmp_path / "s")
    for bad in ("not an iri", "https://kg.example.vn", "ftp://x/"):
        with pytest.raises(KgError, match=r"base IRI|not an IRI"):
            build([articles], tmp_path / "t", base=bad)


def test_progress_counts_every_article(fakes: type[FakeConverter], articles: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    build([articles], tmp_path / "s", progress=lambda *step: seen.append(step))
    assert [step[2] for step in seen if step[2].endswith(".txt")] == ["a.txt", "b.txt", "c.txt"]
    assert {step[1] for step in seen} == {3}
    assert seen[-1][0] == 3


def test_an_interrupt_leaves_the_old_graph(
    fakes: type[FakeConverter], articles: Path, tmp_path: Path
) -> None:
    build([articles], tmp_path / "s")
    before = dump(tmp_path / "s")
    (articles / "a.txt").write_text("z", "utf-8")

    def interrupt(done: int, total: int, what: str) -> None:
        if what == "report":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build([articles], tmp_path / "s", progress=interrupt)
    assert dump(tmp_path / "s") == before
    assert build([articles], tmp_path / "s").converted == ("a",)


def test_manifest_comes_back_as_it_was(fakes: type[FakeConverter], articles: Path, tmp_path: Path) -> None:
    build([articles], tmp_path / "s")
    with Store.open(tmp_path / "s", read_only=True) as store:
        manifest = Manifest.read(store.folder)
    assert sorted(manifest.articles) == ["a", "b", "c"]
    manifest.write(tmp_path)
    assert Manifest.read(tmp_path) == manifest
    assert Manifest.read(None) == Manifest()
