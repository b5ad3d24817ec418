"""How fast names are found among 100,000 entities, and how long the build takes to write the index.

    python tests/bench/bench_search.py [--entities 100000] [--json result.json]

The graph is made up: documents of every type, number, committee and term, organs of every province, people
and events, with the long lists of like names that Vietnamese papers have. Each search is timed on its own,
after one that warms up, in processor time, which a busy machine changes less; beside it stands what `kg show`
does to find a name, which needs no index. No test asserts a time; the bound is 20 ms for the slowest search.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

import pyoxigraph as ox

from kg import schema
from kg.ask import candidates
from kg.namespaces import CKG, DEFAULT_BASE, RDF, RDFS
from kg.search import Search, write
from kg.store import Store

BOUND = 20.0  # milliseconds
SEARCHES = (
    *("chi thi 25", "bct", "tinh uy lai chau", "25-CT/TW", "Chỉ thị số 25", "ke hoach 12 tinh uy dak lak"),
    *("t", "tinh", "tinh uy", "ke hoach", "chi thi", "ke hoach tinh uy", "nguyen van a", "nguyen", "2019"),
    *("hoi nghi tinh uy lam dong", "ubnd tinh", "khong co gi nhu the", "ban thuong vu tinh uy ngh"),
    *("ke hoach 150 lai chau khoa", "1 2", "tinh uy uy tinh", "chi thi 25 bo chinh tri ke hoach"),
)
TYPES = (("Directive", "Chỉ thị", "CT"), ("Plan", "Kế hoạch", "KH"), ("Decision", "Quyết định", "QĐ"))
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ")
GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hòa", "Lan", "Minh", "Nam", "Sơn", "Thúy", "Uyên")


def provinces() -> list[str]:
    """The names of the provinces of our register."""
    store = Store.in_memory(schema.nquads("register", DEFAULT_BASE), base=DEFAULT_BASE)
    pattern = f"?x <{CKG.territoryKind}> 'tỉnh' ; <{RDFS.label}> ?l FILTER(LANG(?l) = 'vi')"
    query = f"SELECT DISTINCT ?l {{ {pattern} }}"
    return sorted(label.removeprefix("Tỉnh ") for (label,) in store.rows(query))


def entities(count: int) -> Iterator[tuple[str, str, str, str]]:
    """Identifier, class, name and issuer of `count` entities that could be."""
    places = provinces()
    for number in range(count):
        place = places[number % len(places)]
        serial, kind = divmod(number // len(places), 10)
        if kind < 5:
            class_, word, symbol = TYPES[kind % 3]
            day = f"{serial % 28 + 1}/{serial % 12 + 1}/{2010 + serial % 15}"
            name = f"{word} số {serial % 400 + 1:02d}-{symbol}/TU ngày {day}"
            yield f"document/{number}", class_, name, f"Tỉnh ủy {place}"
        elif kind < 8:
            name = f"{FAMILY[number % 10]} Văn {GIVEN[serial % 13]} {GIVEN[number % 13]}"
            yield f"person/{number}", "Person", name, f"Tỉnh ủy {place}"
        elif kind < 9:
            name = f"Hội nghị quán triệt của Tỉnh ủy {place} lần {serial}"
            yield f"event/{number}", "Conference", name, place
        else:
            name = f"Ban Thường vụ Huyện ủy {GIVEN[serial % 13]} {GIVEN[number % 13]} tỉnh {place}"
            yield f"organ/{number}", "PartyOrgan", name, place


def graph(count: int) -> str:
    """The made-up graph as N-Quads; every third entity is spoken of by articles."""
    lines: list[str] = []
    organs: dict[str, str] = {}
    for local, class_, name, issuer in entities(count):
        iri = f"<{DEFAULT_BASE}id/{local}>"
        organ = organs.setdefault(issuer, f"<{DEFAULT_BASE}id/organ/of-{len(organs)}>")
        article = f"<{DEFAULT_BASE}id/article/{len(lines) % 997}>"
        lines.append(f"{iri} <{RDF.type}> <{CKG[class_]}> {article} .")
        lines.append(f'{iri} <{RDFS.label}> "{name}"@vi {article} .')
        lines.append(f"{iri} <{CKG.issuedBy}> {organ} {article} .")
        lines += [f"{article} <{CKG.mentions}> {iri} {article} ."] * (len(lines) % 3 == 0)
    for name, organ in organs.items():
        lines.append(f"{organ} <{RDF.type}> <{CKG.PartyOrgan}> <urn:register> .")
        lines.append(f'{organ} <{RDFS.label}> "{name}"@vi <urn:register> .')
    return "\n".join(lines) + "\n"


def timed(run: Callable[[], object], rounds: int) -> list[float]:
    """Milliseconds of processor time of each round, the first left out."""
    run()
    times = []
    for _ in range(rounds):
        start = time.thread_time()
        run()
        times.append((time.thread_time() - start) * 1000)
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--entities", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    store = Store.in_memory(schema.nquads("ontology", DEFAULT_BASE), base=DEFAULT_BASE)
    store.engine.bulk_load(graph(arguments.entities), ox.RdfFormat.N_QUADS)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        write(store, Path(folder) / "search.db").close()
        written = time.perf_counter() - start
        size = (Path(folder) / "search.db").stat().st_size
        search = Search.open(Path(folder) / "search.db")
        print(f"{len(search):,} entities; index written in {written:.1f} s, {size / 1e6:.1f} MB")
        times = {text: timed(partial(search.find, text), arguments.rounds) for text in SEARCHES}
        hits = {text: len(search.find(text)) for text in SEARCHES}
    named = timed(lambda: candidates(store, "tinh uy lai chau"), 1)
    for text, each in times.items():
        print(f"{max(each):8.2f} ms worst  {median(each):8.2f} ms median  {hits[text]:3} hits  {text}")
    worst = max(max(each) for each in times.values())
    print(f"worst of all: {worst:.2f} ms; bound: {BOUND:.0f} ms; without the index: {median(named):,.0f} ms")
    if arguments.json:
        result = {"entities": arguments.entities, "written": written, "size": size, "times": times}
        arguments.json.write_text(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
