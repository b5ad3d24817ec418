"""How fast articles become N-Quads, on one core: the converter beside what a user would write in an hour.

    python tests/bench/bench_convert.py [--seconds 3] [--json result.json] [folder or file …]

Every figure is processor time of one process, text → N-Quads, both in memory, on the articles of `seeds/` (or
those named) again and again. Rounds of all programs take turns, so that a busy machine slows them alike:
compare the ratios. No test asserts a time.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from kg import convert, read
from kg.model import Article

SEEDS = Path(__file__).parent.parent.parent / "seeds"
BASE = "https://w3id.org/cascade-kg/"
_NUMBER = re.compile(
    r"(Chỉ thị|Nghị quyết|Kết luận|Quy định|Kế hoạch|Hướng dẫn)(?: số)? (\d+)[-/]?([A-ZĐ]+[-/][A-ZĐ]+)?"
)
_DATE = re.compile(r"\b(\d{1,2})[/-](\d{1,2})[/-](\d{4})\b")


@dataclass(frozen=True)
class Program:
    """`run` gives the N-Quads of an article; `skipped` says why it cannot be measured here."""

    name: str
    run: Callable[[Article], bytes] | None = None
    skipped: str = ""


@dataclass
class Result:
    """Measured: best round's seconds an article, quads an article."""

    name: str
    seconds: float
    quads: float


def by_converter(converter: convert.Converter, article: Article) -> bytes:
    """What this project does: typed facts, each with its claim and passage."""
    made = converter.convert(article)
    return made.facts + made.claims


def by_cold_converter(converter: convert.Converter, article: Article) -> bytes:
    """The same for an article whose names were never met before: every cache of names is emptied."""
    for forget in _caches():
        forget()
    return by_converter(converter, article)


@cache
def _caches() -> list[Callable[[], None]]:
    """What empties the caches of the modules that convert; lexicon and patterns stay, as in any build."""
    kept = ("kg.lexicon", "kg.resources", "kg.expressions")
    values = [v for name, m in sys.modules.items() if name.startswith("kg.") for v in vars(m).values()]
    return [v.cache_clear for v in values if hasattr(v, "cache_clear") and v.__module__ not in kept]


def by_plain_regex(article: Article) -> bytes:
    """The hour's work: two regular expressions, rdflib, no evidence."""
    from rdflib import RDF, RDFS, XSD, Dataset, Literal, Namespace, URIRef

    own = Namespace(BASE + "ontology#")
    page = URIRef(f"{BASE}id/article/{article.stem}")
    dataset = Dataset()
    graph = dataset.graph(page)
    graph.add((page, RDF.type, own.Article))
    graph.add((page, RDFS.label, Literal(article.text.split("\n", 1)[0], "vi")))
    for kind, number, symbol in _NUMBER.findall(article.text):
        document = URIRef(f"{page}/document/{number}-{symbol.replace('/', '-')}")
        graph.add((document, RDF.type, own.Document))
        graph.add((document, RDFS.label, Literal(f"{kind} {number}-{symbol}", "vi")))
        graph.add((document, own.documentNumber, Literal(number)))
        graph.add((page, own.mentions, document))
    for day, month, year in _DATE.findall(article.text):
        graph.add(
            (
                page,
                own.date,
                Literal(f"{year}-{int(month):02}-{int(day):02}", datatype=XSD.date, normalize=False),
            )
        )
    return dataset.serialize(format="nquads", encoding="utf-8")


def by_underthesea() -> Program:
    """Named entities of the library that most Vietnamese projects take: no relations and no RDF."""
    name = "underthesea NER (names only)"
    if importlib.util.find_spec("underthesea") is None:
        return Program(name, skipped="underthesea is not installed")
    try:
        ner = importlib.import_module("underthesea").ner
        ner("Hà Nội")
    except Exception as fault:  # whatever a foreign model may raise when it cannot be loaded
        return Program(name, skipped=f"underthesea cannot start: {fault}")
    return Program(
        name,
        lambda article: "\n".join(
            str(word) for line in article.text.splitlines() for word in ner(line)
        ).encode(),
    )


def programs() -> Iterator[Program]:
    """The converter first: the ratios are against it."""
    converter = convert.Converter()
    yield Program("kg", partial(by_converter, converter))
    yield Program("kg, names never met before", partial(by_cold_converter, converter))
    yield Program("regular expressions + rdflib", by_plain_regex)
    yield by_underthesea()


def round_of(run: Callable[[Article], bytes], articles: Sequence[Article]) -> float:
    """Seconds of processor time an article, over one pass."""
    begun = time.process_time()
    for article in articles:
        run(article)
    return (time.process_time() - begun) / len(articles)


def measure(found: Sequence[Program], articles: Sequence[Article], seconds: float) -> list[Result]:
    """The best round of each: what else the machine does only ever makes a round slower."""
    results = []
    for program in found:
        if program.run:
            quads = sum(program.run(article).count(b"\n") for article in articles) / len(articles)
            results.append(Result(program.name, round_of(program.run, articles), quads))
    end = time.perf_counter() + seconds * len(results)
    runs = [program.run for program in found if program.run]
    while time.perf_counter() < end:
        for result, run in zip(results, runs, strict=True):
            result.seconds = min(result.seconds, round_of(run, articles))
    return results


def report(results: Sequence[Result], found: Sequence[Program], articles: Sequence[Article]) -> str:
    """A table in Markdown."""
    letters = sum(len(a.text) for a in articles) / len(articles)
    lines = [
        f"{len(articles)} articles of {letters:,.0f} characters on average, again and again; one core; "
        f"Python {platform.python_version()}.",
        "",
        "| program | articles/s | quads an article | quads/s | time against kg |",
        "|---|---:|---:|---:|---:|",
    ]
    first = results[0].seconds
    lines += [
        f"| {r.name} | {1 / r.seconds:,.0f} | {r.quads:,.0f} | {r.quads / r.seconds:,.0f} "
        f"| {r.seconds / first:.2f}× |"
        for r in results
    ]
    lines += [f"| {p.name} | skipped: {p.skipped} | | | |" for p in found if p.skipped]
    return "\n".join(lines)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path, default=[SEEDS], help="articles (default: seeds/)")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each program runs (default: 3)")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    articles = [read.read(path) for path in read.sources(options.paths)]
    found = list(programs())
    results = measure(found, articles, options.seconds)
    print(report(results, found, articles))
    if options.json:
        rows = [
            vars(r) | {"articles_per_second": 1 / r.seconds, "ratio": r.seconds / results[0].seconds}
            for r in results
        ]
        rows += [{"name": p.name, "skipped": p.skipped} for p in found if p.skipped]
        options.json.write_text(
            json.dumps({"articles": len(articles), "programs": rows}, indent=2, ensure_ascii=False) + "\n"
        )


if __name__ == "__main__":
    main()
