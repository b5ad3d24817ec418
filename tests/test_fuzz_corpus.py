"""Every input of the fuzzer's corpus, finds of former runs among them, is read or refused in one line."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "fuzz"


@pytest.fixture(scope="module")
def fuzzed() -> Callable[[bytes], int]:
    spec = importlib.util.spec_from_file_location("fuzz_articles", FOLDER / "fuzz_articles.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    run: Callable[[bytes], int] = module.run
    return run


@pytest.mark.parametrize("path", sorted((FOLDER / "corpus").iterdir()), ids=lambda path: path.name)
def test_an_input_of_the_corpus(path: Path, fuzzed: Callable[[bytes], int]) -> None:
    found = fuzzed(path.read_bytes())
    assert found > 0 or path.suffix != ".txt" or path.name == "empty.txt"  # others are finds, often refused
