"""How long each kind of page takes at the server, and how much it weighs, on a graph of a million triples.

    python tests/bench/bench_pages.py [--copies 230] [--store DIR] [--json result.json]

The graph is that of the seeds with every article copied under other addresses, so that the documents and
organs which all copies name are told of by hundreds of articles; one more directive gets a cascade of 500
documents, a third of them with conferences. Of each kind the thing that most articles tell of is shown, in
both languages, after one round that warms up: the processor time of the request, compressing included, which
other work on the machine moves less than the time of day. The page of a saved query is given its answer, as
the server's is by a worker. No test asserts a time; the bounds are 50 ms and 150 kB a page with all that
it loads but the editor, as it travels (gzip).
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from pathlib import Path
from statistics import median

import kg
from kg.namespaces import CKG, DEFAULT_BASE, RDF, RDFS, XSD
from kg.pages import Site, assets, gallery, page
from kg.pages.pages import visit_of
from kg.pages.render import render
from kg.search import keep
from kg.store import Store

BOUND, WEIGHT = 50.0, 150_000  # milliseconds, bytes
ROUNDS = 7
SEEDS = Path(__file__).parents[2] / "seeds"
ROOT = f"{DEFAULT_BASE}id/document/bench-root"
_GRAPH = f"<{DEFAULT_BASE}id/article/bench>"


def build(folder: Path, copies: int) -> None:
    """Build the seeds, copy their articles, and add the wide cascade."""
    kg.build([SEEDS], folder)
    with Store.open(folder) as store:
        told = [quad for name in store.graphs() if "/id/article/" in name for quad in store.quads(name)]
        text = "".join(f"{quad} .\n" for quad in told)
        many = [text.replace("/id/article/", f"/id/article/c{number}-") for number in range(copies)]
        store.replace([_GRAPH.strip("<>")], "".join(many) + cascade(500))
        keep(store)


def cascade(width: int) -> str:
    """A directive that `width` documents of the provinces carry out, in two steps, as N-Quads."""
    lines = [f"<{ROOT}> <{RDF.type}> <{CKG.Directive}> {_GRAPH} ."]
    lines += [f'<{ROOT}> <{RDFS.label}> "Chỉ thị số 999-CT/TW"@vi {_GRAPH} .', _day(ROOT, "2018-03-01")]
    lines += [f"<{ROOT}> <{CKG.issuedBy}> <{DEFAULT_BASE}id/organ/bo-chinh-tri> {_GRAPH} ."]
    for number in range(width):
        iri = f"{DEFAULT_BASE}id/document/bench-{number}"
        above = ROOT if number < 63 else f"{DEFAULT_BASE}id/document/bench-{number % 63}"
        lines += [
            f"<{iri}> <{RDF.type}> <{CKG.Plan}> {_GRAPH} .",
            f'<{iri}> <{RDFS.label}> "Kế hoạch số {number}-KH/TU"@vi {_GRAPH} .',
            f"<{iri}> <{CKG.implements}> <{above}> {_GRAPH} .",
            f"<{iri}> <{CKG.issuedBy}> <{DEFAULT_BASE}id/organ/tinh-uy-lai-chau> {_GRAPH} .",
            _day(iri, f"{2018 + number % 5}-{number % 12 + 1:02d}-{number % 28 + 1:02d}"),
        ]
        if number % 3 == 0:
            event = f"{DEFAULT_BASE}id/article/bench/event/{number}"
            lines.append(f"<{event}> <{RDF.type}> <{CKG.Conference}> {_GRAPH} .")
            lines.append(f"<{event}> <{CKG.disseminates}> <{iri}> {_GRAPH} .")
    return "\n".join(lines) + "\n"


def _day(iri: str, day: str) -> str:
    return f'<{iri}> <{CKG.issuedOn}> "{day}"^^<{XSD.date}> {_GRAPH} .'


def addresses(site: Site) -> dict[str, str]:
    """A page of each kind, of the things that most articles tell of."""
    most = {
        kind: max(site.catalogue.of(kind), key=lambda e: e.articles).iri.partition("/id/")[2]
        for kind in ("Document", "Organ", "Person", "Event", "Territory")
    }
    story = site.catalogue.of("Article")[0].iri.partition("/id/")[2]
    shape = max(site.catalogue.findings, key=lambda key: site.catalogue.findings[key])[0].rpartition("#")[2]
    found = {kind: f"/page/{rest}" for kind, rest in most.items()}
    return found | {
        "Directive of 500": "/page/document/bench-root",
        "Drawing of 500": "/cascade/document/bench-root",
        "Provinces of 500": "/provinces/63/document/bench-root",
        "List of documents": "/all/issued/organ/tinh-uy-lai-chau",
        "List of articles": f"/all/told-by/{most['Document']}",
        "Article": f"/page/{story}",
        "Task": f"/page/{story}/task/1",
        "Home": "/",
        "Documents": "/documents",
        "Organs": "/organs",
        "Search": "/find",
        "Provinces": "/provinces",
        "Queries": "/queries",
        "Query": "/queries/cascade/implementers",
        "Validation": "/validation",
        "Shape": f"/validation/{shape}",
        "Editor": "/editor",
        "Data": "/data",
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--copies", type=int, default=230)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        where = arguments.store or Path(folder) / "store"
        if not where.exists():
            build(where, arguments.copies)
        with Store.open(where, read_only=True) as store:
            site = Site(store)
            start = time.process_time()
            site.warm()
            took = time.process_time() - start
            entries = len(site.catalogue.entries)
            print(f"{len(store):,} quads, {entries:,} entries; what pages share is read in {took:.1f} s")
            result = {name: measured(site, address) for name, address in addresses(site).items()}
    loaded = sum(
        len(packed(name)) for name in assets.names() if "yasgui" not in name and "LICENSE" not in name
    )
    for name, (times, raw, sent) in result.items():
        late = " over" if median(times) > BOUND or sent + loaded > WEIGHT else ""
        figures = f"{median(times):7.1f} ms {max(times):7.1f} worst  {raw:8,} bytes {sent:7,} sent"
        print(f"{figures}  {name}{late}")
    print(f"each loads {loaded:,} bytes more: style, scripts, typeface; bounds: {BOUND:.0f} ms, {WEIGHT:,}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result))


def measured(site: Site, address: str) -> tuple[list[float], int, int]:
    """Milliseconds of each round, bytes of the page, bytes as sent."""
    times, html, sent = [], "", b""
    answer = None
    if address.startswith("/queries/"):
        visit = visit_of(site, address)
        answer, _ = gallery.run(visit, gallery.prepare(visit, address.removeprefix("/queries/")))
    for number in range(ROUNDS + 1):
        path = ("/en" if number % 2 else "") + address
        start = time.process_time()
        if answer is not None:
            visit = visit_of(site, path)
            asked = gallery.prepare(visit, address.removeprefix("/queries/"))
            html = render(visit, gallery.view(visit, asked, answer)).html
        else:
            html = page(site, path, {"q": "chi thi 32"} if address == "/find" else {}).html
        sent = gzip.compress(html.encode(), 5)
        times.append((time.process_time() - start) * 1000)
    return times[1:], len(html.encode()), len(sent)


def packed(name: str) -> bytes:
    """A file as it is sent: typefaces are compressed already."""
    path = assets.file_of(name)
    assert path is not None
    return path.read_bytes() if path.suffix == ".woff2" else gzip.compress(path.read_bytes(), 5)


if __name__ == "__main__":
    main()
