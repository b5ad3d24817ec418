"""The converter against annotated articles, with floors that only rise (see tests/gold/README.md).

`python tests/test_gold.py` raises the floors of tests/gold/floors.json to what the converter reaches now.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.evaluate import Evaluation, converted, evaluate
from kg.evaluate.gold import read_gold

HERE = Path(__file__).parent / "gold"
FLOORS = HERE / "floors.json"


@dataclass(frozen=True)
class GoldSet:
    """Articles in `folder` with the facts in `gold`, those whose stem matches `stems`."""

    folder: Path
    gold: Path
    stems: str = ".*"

    def articles(self) -> list[Path]:
        return [path for path in sorted(self.folder.glob("*.txt")) if re.fullmatch(self.stems, path.stem)]

    def ids(self) -> set[str]:
        return {article["id"] for article in read_gold(self.gold) if re.fullmatch(self.stems, article["id"])}

    def digest(self) -> str:
        """SHA-256 over names and contents of the articles, and over the set's gold facts."""
        digest = hashlib.sha256()
        for path in self.articles():
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        for article in read_gold(self.gold, self.ids()):
            digest.update(json.dumps(article, ensure_ascii=False, sort_keys=True).encode() + b"\n")
        return digest.hexdigest()


SETS = {
    "seeds": GoldSet(HERE.parents[1] / "seeds", HERE / "seeds.jsonl"),
    "dev": GoldSet(HERE / "dev", HERE / "dev.jsonl"),
    "tune": GoldSet(HERE / "tune", HERE / "tune.jsonl"),
    "fresh": GoldSet(HERE / "fresh", HERE / "fresh.jsonl"),
    "fresh2": GoldSet(HERE / "fresh2", HERE / "fresh2.jsonl"),
    "blind3": GoldSet(HERE / "blind3", HERE / "blind3.jsonl"),
    "blind4": GoldSet(HERE / "blind4", HERE / "blind4.jsonl"),
    "blind-odd": GoldSet(HERE / "blind", HERE / "blind.jsonl", r"a\d*[13579]"),
    "blind-even": GoldSet(HERE / "blind", HERE / "blind.jsonl", r"a\d*[02468]"),
}


# ---------------------------------------------------------------------- measuring
def measure(gold_set: GoldSet) -> Evaluation:
    """Convert the articles of a set and compare with the gold."""
    return evaluate(converted(gold_set.articles()), gold_set.gold, only=gold_set.ids())


def figures(evaluation: Evaluation) -> dict[str, float]:
    """The figures that may not sink: F1 a facet, the core mean, and how many edges are right."""
    found = {name: facet.f1 for name, facet in evaluation.facets.items()}
    for name in ("implements", "relations"):
        found[f"{name} precision"] = evaluation.facets[name].precision
    return {**found, "core": evaluation.core}


def lower(floors: dict[str, float], now: dict[str, float]) -> list[str]:
    return [
        f"{name}: floor {floor:.3f}, now {now[name]:.3f}"
        for name, floor in floors.items()
        if now[name] < floor
    ]


def misses(evaluation: Evaluation, *, held_out: bool) -> str:
    """Every miss, or of a held-out set the figures alone."""
    return evaluation.text(misses=not held_out)


# ---------------------------------------------------------------------- floors
@pytest.mark.parametrize("name", SETS)
def test_no_figure_sinks_below_its_floor(name: str) -> None:
    floors = json.loads(FLOORS.read_text(encoding="utf-8")).get(name)
    assert floors, f"no floors for {name} yet: run `python tests/test_gold.py`"
    assert floors["digest"] == SETS[name].digest(), (
        f"articles or facts of {name} were edited: run `python tests/test_gold.py --changed {name}`"
    )
    evaluation = measure(SETS[name])
    sunk = lower(floors["floors"], figures(evaluation))
    assert not sunk, "\n".join([*sunk, misses(evaluation, held_out=name == "blind-even")])


def raise_floors(
    path: Path, measured: dict[str, tuple[str, dict[str, float]]], changed: set[str]
) -> list[str]:
    """Write the floors of the sets in `measured` (digest, figures), or return complaints if one would sink.

    A set with another digest than the stored one must be named in `changed`; its figures are taken anew.
    """
    stored = json.loads(path.read_text(encoding="utf-8"))
    complaints = []
    for name, (digest, now) in measured.items():
        old = stored.get(name)
        if old and name not in changed:
            if old["digest"] != digest:
                complaints.append(f"{name}: articles or facts were edited; say --changed {name}")
            complaints += [f"{name}: {line}" for line in lower(old["floors"], now)]
        stored[name] = {"digest": digest, "floors": now}
    if not complaints:
        path.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return complaints


def test_floors_rise_and_never_sink(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    path.write_text("{}", encoding="utf-8")
    assert raise_floors(path, {"dev": ("d1", {"core": 0.8})}, set()) == []
    assert raise_floors(path, {"dev": ("d1", {"core": 0.9})}, set()) == []
    assert raise_floors(path, {"dev": ("d1", {"core": 0.7})}, set()) == ["dev: core: floor 0.900, now 0.700"]
    assert raise_floors(path, {"dev": ("d2", {"core": 0.95})}, set()) == [
        "dev: articles or facts were edited; say --changed dev"
    ]
    assert json.loads(path.read_text(encoding="utf-8")) == {"dev": {"digest": "d1", "floors": {"core": 0.9}}}
    assert raise_floors(path, {"dev": ("d2", {"core": 0.7})}, {"dev"}) == []


# ---------------------------------------------------------------------- the gold itself
def plain(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text).casefold().replace("uỷ", "ủy"))


def texts() -> Iterator[tuple[str, GoldSet, str]]:
    for name, gold_set in SETS.items():
        for path in gold_set.articles():
            stem = path.stem.split("_")[0]
            yield f"{name}-{stem}", gold_set, plain(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("case", "gold_set", "text"), [pytest.param(*row, id=row[0]) for row in texts()])
def test_gold_is_about_its_article(case: str, gold_set: GoldSet, text: str) -> None:
    (article,) = read_gold(gold_set.gold, {case.rsplit("-", 1)[1]})
    keys = {document["key"] for document in article["documents"]}
    assert len(keys) == len(article["documents"])
    assert {key for pair in article["implements"] for key in pair} <= keys
    assert {key for relation in article["relations"] for key in relation[1:]} <= keys
    names = {person["name"] for person in article["persons"]}
    assert [name for name in names if plain(name) not in text] == []
    digits = [re.match(r"\d+", document["number"] or "") for document in article["documents"]]
    assert [number.group() for number in digits if number and number.group() not in text] == []
    for event in article["events"]:
        assert set(event["disseminates"]) <= keys
        assert {participant["person"] for participant in event["participants"]} <= names
    assert {key for task in article["assignments"] for key in task["about"]} <= keys


@pytest.mark.parametrize("name", SETS)
def test_every_article_has_gold_and_every_gold_line_an_article(name: str) -> None:
    gold_set = SETS[name]
    assert gold_set.articles()
    assert {path.stem.split("_")[0] for path in gold_set.articles()} == gold_set.ids()


def main() -> int:
    """Raise the floors; exit 1 without a change if one would sink."""
    parser = argparse.ArgumentParser(description="raise the floors to what the converter reaches now")
    parser.add_argument("--changed", action="append", default=[], choices=SETS, help="take its figures anew")
    changed = set(parser.parse_args().changed)
    measured = {name: (gold_set.digest(), figures(measure(gold_set))) for name, gold_set in SETS.items()}
    complaints = raise_floors(FLOORS, measured, changed)
    for name, (_, now) in measured.items():
        print(f"{name}: core {now['core']:.3f}")
    print("\n".join([*complaints, "floors kept"] if complaints else ["floors raised"]))
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
