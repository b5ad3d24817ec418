"""Tables and pictures, each opened by its real reader: pandas, pyarrow, networkx, Graphviz, Mermaid."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import builder, picture, schema, tables
from kg.cli import run
from kg.errors import KgError
from kg.namespaces import CKG, DEFAULT_BASE, RDF, RDFS
from kg.spreadsheet import harmless
from kg.store import Store

SEEDS = Path(__file__).parent.parent / "seeds"
HOSTILE = '=cmd|"/C calc"!A0 <script>alert(1)</script> "]; x\\ ]}; %% ` #35; | \u202e\u0001 & end'
ARTICLE = f"{DEFAULT_BASE}id/article/hostile"


@pytest.fixture(scope="module")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("others") / "store"
    builder.build([SEEDS], path)
    return path


@pytest.fixture(scope="module")
def hostile() -> Store:
    """Two documents, one carrying out the other, whose labels attack every format."""
    graph, one, two = (
        ox.NamedNode(iri) for iri in (ARTICLE, f"{ARTICLE}/document/1", f"{ARTICLE}/document/2")
    )
    store = Store.in_memory(schema.nquads("ontology", DEFAULT_BASE), base=DEFAULT_BASE)
    for document, label in ((one, HOSTILE), (two, "a\nb\r\nc,;\t|")):
        store.engine.add(ox.Quad(document, ox.NamedNode(RDF.type), ox.NamedNode(CKG.Plan), graph))
        store.engine.add(ox.Quad(document, ox.NamedNode(RDFS.label), ox.Literal(label, language="vi"), graph))
    store.engine.add(ox.Quad(one, ox.NamedNode(CKG.implements), two, graph))
    return store


# ------------------------------------------------------------------ tables
@pytest.mark.parametrize("form", tables.FORMATS)
def test_pandas_reads_every_table(form: str, store_path: Path, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    assert run(["export", "--format", form, "-o", str(tmp_path / "t"), "--store", str(store_path)]) == 0
    frames = {}
    for name in tables.TABLES:
        path = tmp_path / "t" / f"{name}.{form}"
        frames[name] = pandas.read_csv(path) if form == "csv" else pandas.read_parquet(path)
        assert frames[name]["id"].is_unique
    assert sorted(path.name for path in (tmp_path / "t").iterdir()) == sorted(
        f"{n}.{form}" for n in tables.TABLES
    )
    assert len(frames["articles"]) == 5
    documents = frames["documents"].set_index("id")
    assert documents.loc[f"{DEFAULT_BASE}id/document/ct-32-tw-k12", "issued"] == "2019-02-18"
    assert documents.loc[f"{DEFAULT_BASE}id/document/ct-32-tw-k12", "issuer_label"] == "Bộ Chính trị"
    joined = frames["participations"].merge(frames["people"], left_on="participant", right_on="id")
    assert len(joined) >= 10
    claims = frames["claims"].merge(frames["passages"], left_on="evidence", right_on="id")
    assert (claims["sentence_x"] == claims["sentence_y"]).all()


def test_both_formats_hold_the_same(store_path: Path, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    parquet = pytest.importorskip("pyarrow.parquet")
    with Store.open(store_path, read_only=True) as store:
        for form in tables.FORMATS:
            tables.write(store, tmp_path / form, form, lang="en")
    for name in tables.TABLES:
        text = pandas.read_csv(tmp_path / "csv" / f"{name}.csv", dtype=str, keep_default_na=False)
        typed = parquet.read_table(tmp_path / "parquet" / f"{name}.parquet").to_pandas().fillna("")
        assert text.columns.tolist() == typed.columns.tolist()
        assert text.to_numpy().tolist() == typed.to_numpy().tolist()


def test_a_spreadsheet_runs_no_cell(hostile: Store, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    tables.write(hostile, tmp_path / "plain")
    tables.write(hostile, tmp_path / "safe", safe=True)
    plain, safe = (pandas.read_csv(tmp_path / name / "documents.csv") for name in ("plain", "safe"))
    assert plain["label"].tolist() == [HOSTILE, "a\nb\r\nc,;\t|"]
    assert safe["label"].tolist() == ["'" + HOSTILE, "a\nb\r\nc,;\t|"]
    assert (tmp_path / "safe" / "documents.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@given(st.text(max_size=5) | st.sampled_from(["-39", "+1.5", "=1", "@a", "-", "+84 999", "\t=1", "--06-14"]))
def test_a_harmless_cell(cell: str) -> None:
    made = harmless(cell)
    assert made in (cell, f"'{cell}")
    if made.startswith(("=", "+", "-", "@", "\t", "\r")):
        float(made)  # a number is no formula


@pytest.mark.parametrize("name", ["full", "file"])
def test_what_is_there_is_not_overwritten(name: str, hostile: Store, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(KgError, match="is there already"):
        tables.write(hostile, tmp_path / name)
    assert "mine" in ((tmp_path / "full" / "mine.txt").read_text(), (tmp_path / "file").read_text())


# ------------------------------------------------------------------ pictures
def test_networkx_reads_graphml(store_path: Path, tmp_path: Path) -> None:
    networkx = pytest.importorskip("networkx")
    path = tmp_path / "network.graphml"
    assert (
        run(["export", "--format", "graphml", "-o", str(path), "--store", str(store_path), "--lang", "en"])
        == 0
    )
    network = networkx.read_graphml(path)
    directive, plan = (
        f"{DEFAULT_BASE}id/document/{name}" for name in ("ct-32-tw-k12", "kh-221-tu-lai-chau-2015")
    )
    assert network.nodes[directive]["kind"] == "Document"
    edges = network.get_edge_data(plan, directive)
    edges = edges.values() if network.is_multigraph() else [edges]
    assert {"relation": "ckg:implements", "status": "stated", "articles": 1}.items() <= next(
        iter(edges)
    ).items()
    assert all(data["label"] for _, data in network.nodes(data=True))


def test_hostile_labels_in_graphml(hostile: Store) -> None:
    root = ET.fromstring(picture.draw(hostile, "graphml"))  # of our own making
    texts = [element.text for element in root.iter("{http://graphml.graphdrawing.org/xmlns}data")]
    assert HOSTILE.replace("\x01", "") in texts


@pytest.mark.parametrize("document", ["", "32-CT/TW"])
def test_graphviz_draws(document: str, store_path: Path, tmp_path: Path) -> None:
    dot = shutil.which("dot") or pytest.skip("no Graphviz (Debian package graphviz)")
    path = tmp_path / "cascade.dot"
    arguments = [
        "export",
        "--format",
        "dot",
        "--document",
        document,
        "-o",
        str(path),
        "--store",
        str(store_path),
    ]
    assert run(arguments) == 0
    done = subprocess.run([dot, "-Tsvg", path], capture_output=True, encoding="utf-8", check=True)
    assert done.stderr == ""
    texts = "".join(ET.fromstring(done.stdout).itertext())
    for expected in ("Kế hoạch số 221-KH/TU", "Tỉnh ủy Lai Châu", "chưa thấy ngày", "+207 ngày"):
        assert expected in texts
    assert ("Kết luận số 57-KL/TW" in texts) == (not document)


def test_hostile_labels_in_graphviz(hostile: Store) -> None:
    dot = shutil.which("dot") or pytest.skip("no Graphviz (Debian package graphviz)")
    text = picture.draw(hostile, "dot")
    done = subprocess.run([dot, "-Tsvg"], input=text, capture_output=True, encoding="utf-8", check=True)
    root = ET.fromstring(done.stdout)
    assert HOSTILE.split(" \u202e", maxsplit=1)[0] in "".join(root.itertext()).replace("\xa0", " ")
    assert not any("script" in element.tag for element in root.iter())
    assert len(list(root.iter("{http://www.w3.org/2000/svg}g"))) == 4  # the graph, two boxes, one arrow


def test_mermaid_reads(store_path: Path, hostile: Store, node_script: Callable[[str, str, str], str]) -> None:
    with Store.open(store_path, read_only=True) as store:
        read = json.loads(node_script("mermaid.mjs", "", picture.draw(store, "mermaid", "32-CT/TW")))
    assert read["type"].startswith("flowchart")
    assert "Kế hoạch số 221-KH/TU<br>Tỉnh ủy Lai Châu<br>chưa thấy ngày" in [
        node.replace("<br/>", "<br>") for node in read["nodes"]
    ]
    assert len(read["edges"]) == 3
    read = json.loads(node_script("mermaid.mjs", "", picture.draw(hostile, "mermaid")))
    assert (len(read["nodes"]), len(read["edges"])) == (2, 1)
    assert not any("<script" in node for node in read["nodes"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "csv"], "writes a folder: give --output"),
        (["--format", "xlsx"], "is not one of turtle"),
        (["--format", "graphml", "--document", "32-CT/TW"], "use dot or mermaid for one document"),
        (["--format", "dot", "--document", "nothing of this name"], "nothing is called"),
    ],
)
def test_usage(
    arguments: list[str], message: str, store_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", "--store", os.fspath(store_path), *arguments]) == 2
    assert message in capsys.readouterr().err
