"""Coverage-guided fuzzing of readers and recognisers, from bytes to N-Quads.

    pip install atheris && python tests/fuzz/fuzz_articles.py -max_total_time=300 -timeout=20

Begins from tests/fuzz/corpus and the seeds, and leaves both as they are. A source may be refused by a
`KgError`; anything else that is raised, output that a parser refuses, or an input that takes 20 seconds is
a find: libFuzzer writes the input to `crash-*` or `timeout-*` in the current folder. It is kept by putting
it into the corpus, which tests/test_fuzz_corpus.py runs through the same function.
"""

from __future__ import annotations

import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.convert import Converter

HERE = Path(__file__).parent
SEEDS = HERE.parent.parent / "seeds"
LARGEST = 6000  # bytes of an input: longer ones find nothing new and take their time


@cache
def converter() -> Converter:
    """Return the one converter of the process, whose tables take a second to build."""
    from kg.convert import Converter

    return Converter()


def run(data: bytes) -> int:
    """Read, convert and check one input; return its statements. The first byte "<" means a web page."""
    import pyoxigraph as ox

    from kg.errors import KgError
    from kg.model import Article
    from kg.read.source import SINGLE

    reader = "html" if data[:1] == b"<" else "text"
    try:
        text, _ = SINGLE[reader](data, "fuzzed")
    except KgError:
        return 0
    text.encode("utf-8")  # no lone surrogates
    made = converter().convert(Article("fuzzed", Path("fuzzed.txt"), text, "", reader))
    found = 0
    for quads in (made.facts, made.claims):
        parsed = list(ox.parse(quads, ox.RdfFormat.N_QUADS))
        assert len(parsed) == quads.count(b"\n"), "a line is no statement"
        found += len(parsed)
    return found


def main() -> None:
    """Fuzz until libFuzzer's options say stop."""
    import atheris

    with atheris.instrument_imports(include=["kg"]):
        for path in (HERE / "corpus").iterdir():
            run(path.read_bytes())  # imports all rooms on the way
    with tempfile.TemporaryDirectory() as learnt:  # libFuzzer writes into the first folder that it is given
        folders = [learnt, str(HERE / "corpus"), str(SEEDS)]
        atheris.Setup([sys.argv[0], *folders, f"-max_len={LARGEST}", *sys.argv[1:]], run)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
