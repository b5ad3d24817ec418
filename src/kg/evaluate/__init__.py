"""How much of an annotated article a dataset holds: precision, recall and F1 for each facet.

    evaluation = evaluate(Path("out.trig"), Path("gold.jsonl"))
    print(evaluation.text())

The dataset speaks the vocabulary of ``ontology/``; a gold file holds one JSON object an article
(`kg.evaluate.gold`). `kg.evaluate.measure` says what counts as found.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from kg.errors import KgError
from kg.evaluate.answers import Answers, FoundArticle, read_answers
from kg.evaluate.gold import read_gold
from kg.evaluate.measure import Comparison
from kg.evaluate.tally import Count, Miss, Tally
from kg.resources import ontology_dir
from kg.store import Queryable, Store

__all__ = ["CORE", "Evaluation", "Figures", "Miss", "converted", "evaluate", "is_dataset"]

CORE = (
    "documents",
    "issuer",
    "issue date",
    "implements",
    "persons",
    "posts",
    "events",
    "event date",
    "disseminates",
    "participants",
)
"""The facets whose mean F1 is the one figure for a dataset."""

_FORMATS = {".trig": ox.RdfFormat.TRIG, ".nq": ox.RdfFormat.N_QUADS}
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?…](?=\s)|(?=\n)|$)")


@dataclass(frozen=True, slots=True)
class Figures:
    """One facet: `gold` facts are annotated; all rates 0 to 1, rounded to three places."""

    precision: float
    recall: float
    f1: float
    gold: int

    @classmethod
    def of(cls, count: Count) -> Figures:
        """Compute the rates; with nothing stated precision is 1, with nothing annotated recall is 1."""
        stated, gold = count.right + count.extra, count.right + count.missed
        precision = count.right / stated if stated else 1.0
        recall = count.right / gold if gold else 1.0
        both = precision + recall
        f1 = 2 * precision * recall / both if both else 0.0
        return cls(round(precision, 3), round(recall, 3), round(f1, 3), gold)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures by facet, over all articles of the gold file, and every difference behind them.

    `articles` of the gold file were looked for and `found` of them are in the dataset.
    """

    facets: Mapping[str, Figures]
    misses: tuple[Miss, ...]
    articles: int
    found: int

    @property
    def core(self) -> float:
        """The mean F1 of the core facets."""
        return round(sum(self.facets[name].f1 for name in CORE) / len(CORE), 3)

    def text(self, *, misses: bool = False) -> str:
        """Return a table of the figures, below the misses if they are asked for."""
        lines = [_line(miss) for miss in self.misses] if misses else []
        lines.append(f"articles found: {self.found} of {self.articles}")
        for name, figure in self.facets.items():
            rates = f"precision {figure.precision:.3f}  recall {figure.recall:.3f}  f1 {figure.f1:.3f}"
            lines.append(f"{name:28}{rates}  gold {figure.gold}")
        lines.append(f"{'mean F1 of the core facets':28}f1 {self.core:.3f}")
        return "\n".join(lines)

    def json(self, *, misses: bool = False) -> str:
        """Return the figures as a JSON object, with a list of the misses if they are asked for."""
        result: dict[str, object] = {
            "articles": self.articles,
            "found": self.found,
            "core": self.core,
            "facets": {name: _fields(figure) for name, figure in self.facets.items()},
        }
        if misses:
            result["misses"] = [_fields(miss) for miss in self.misses]
        return json.dumps(result, ensure_ascii=False, indent=1)


def evaluate(dataset: Queryable | Path, gold: Path, *, only: Collection[str] | None = None) -> Evaluation:
    """Measure a dataset against a gold file, on the articles whose ids are in `only` if it is given.

    `dataset` is an open store or endpoint, the folder of a store, or a TriG or N-Quads file; it must hold
    the ontology's class tree beside the facts. Raises KgError when dataset or gold cannot be read, or when
    the gold file has none of the articles asked for.
    """
    wanted = list(read_gold(gold, only))
    if not wanted:
        raise KgError("no article to measure", where=str(gold), hint="check the ids asked for")
    answers = _answers(dataset)
    tally, misses, found = Tally(), [], 0
    for article in wanted:
        stem = _stem(article["id"], answers)
        found += stem is not None
        known = answers[stem] if stem is not None else FoundArticle()
        Comparison(article, known, tally).run()
        misses += [replace(miss, sentence=_sentence(known.text, miss.clue)) for miss in tally.misses]
        tally.misses.clear()
    return Evaluation(
        facets={name: Figures.of(count) for name, count in tally.counts.items()},
        misses=tuple(misses),
        articles=len(wanted),
        found=found,
    )


def is_dataset(path: Path) -> bool:
    """Whether a path is a TriG or N-Quads file or the folder of a store, and not articles."""
    return path.suffix in _FORMATS or (path / "store.json").is_file()


def converted(articles: Iterable[Path]) -> Store:
    """Convert articles into a store in memory, the ontology's class tree beside them.

    Raises KgError for the first article that cannot be read: figures over a part would mislead.
    """
    from kg.convert import Converter
    from kg.read import read

    converter, quads = Converter(), ox.Store()
    graph = ox.NamedNode("urn:x-kg:ontology")
    quads.load(path=ontology_dir() / "core.ttl", format=ox.RdfFormat.TURTLE, to_graph=graph)
    for path in articles:
        conversion = converter.convert(read(path))
        quads.load(conversion.facts + conversion.claims, ox.RdfFormat.N_QUADS)
    return Store(quads, "")


def _answers(dataset: Queryable | Path) -> Answers:
    if not isinstance(dataset, Path):
        return read_answers(dataset)
    if dataset.is_dir():
        with Store.open(dataset, read_only=True) as store:
            return read_answers(store)
    form = _FORMATS.get(dataset.suffix)
    if form is None:
        raise KgError("not a dataset", where=str(dataset), hint="give a store, a .trig or a .nq file")
    quads = ox.Store()
    try:
        quads.bulk_load(path=dataset, format=form)
    except (OSError, SyntaxError) as error:
        raise KgError(f"the dataset cannot be read ({error})", where=str(dataset)) from None
    return read_answers(Store(quads, ""))


def _stem(identifier: str, answers: Answers) -> str | None:
    """Return the stem of a gold article in the dataset: its id, or the id and "_" with what follows."""
    return next((stem for stem in answers if identifier in (stem, stem.split("_")[0])), None)


def _sentence(text: str, clue: str) -> str:
    """Return the first sentence of `text` that has `clue` in it, or the clue's first word with a digit."""
    flat = unicodedata.normalize("NFC", clue).casefold()
    number = next((word for word in flat.split() if word[0].isdigit()), "")
    for part in filter(None, (flat, number)):
        for sentence in _SENTENCE.findall(text):
            if part in sentence.casefold():
                return str(sentence.strip())
    return ""


def _line(miss: Miss) -> str:
    line = f"{miss.article}\t{miss.facet}\t{miss.what}\t{miss.text}"
    return f"{line}\n\t{miss.sentence}" if miss.sentence else line


def _fields(row: Figures | Miss) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}
