"""The command line: what people see, exit codes, and one clear line for everything that can go wrong."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from kg.cli import cli, run
from kg.errors import SourceError
from kg.model import Article

SEEDS = Path(__file__).parent.parent / "seeds"
COMMANDS = sorted(cli.commands)


class Outcome:
    """What a command line did: `code`, and what it wrote as `out` and `err`."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Kg = Callable[..., Outcome]


@pytest.fixture
def kg(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Kg:
    """Run a command line in this process."""
    monkeypatch.delenv("KG_STORE", raising=False)

    def call(*arguments: str | Path) -> Outcome:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of the five seeds, for reading only."""
    path = tmp_path_factory.mktemp("cli") / "store"
    assert run(["build", str(SEEDS), "--store", str(path), "-q"]) == 0
    return path


def process(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "kg", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | environment,
        check=False,
    )


# ---------------------------------------------------------------- help
def test_version(kg: Kg) -> None:
    assert re.fullmatch(r"kg \d+\.\d+\.\d+\n", kg("--version").out)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(kg: Kg, command: str) -> None:
    shown = kg(command, "--help")
    assert shown.code == 0
    assert re.search(rf"Example:\n +kg {command}\b", shown.out)
    for option in ("-q, --quiet", "-v, --verbose"):
        assert option in shown.out


def test_nothing_asked_shows_the_help(kg: Kg) -> None:
    shown = kg()
    assert shown.code == 2
    assert "kg build seeds" in shown.err


# ---------------------------------------------------------------- build
def test_build_ends_with_a_table(kg: Kg, tmp_path: Path) -> None:
    built = kg("build", SEEDS, "--store", tmp_path, "--lang", "en")
    assert built.code == 0, built.err
    rows = [line.split("  ")[0] for line in built.out.splitlines() if not line.startswith(" ")]
    assert rows == ["Articles", "Facts", "Entities", "Unresolved names", "Validation", "Quads"]
    assert "5 new or changed" in built.out
    assert "\x1b" not in built.out + built.err
    again = kg("build", SEEDS, "--store", tmp_path, "--lang", "en")
    assert "5 unchanged" in again.out
    assert kg("build", SEEDS, "--store", tmp_path, "-q").out == ""


def test_order_of_sources_and_history_leave_no_trace(kg: Kg, tmp_path: Path, store: Path) -> None:
    files = sorted(SEEDS.iterdir())
    changed = tmp_path / files[2].name
    changed.write_text("Một bài khác hẳn.\n", "utf-8")
    kg("build", *reversed([*files[:2], changed]), "--store", tmp_path / "s", "-q")
    changed.unlink()
    kg("build", *reversed(files), "--store", tmp_path / "s", "-q")
    for form in ("trig", "nquads", "turtle", "jsonld", "rdfxml", "ntriples"):
        one, other = (process("export", "--store", s, "--format", form) for s in (tmp_path / "s", store))
        assert (one.returncode, one.stderr) == (0, "")
        assert one.stdout == other.stdout
        assert len(one.stdout) > 10_000


def test_the_number_of_processes_leaves_no_trace(kg: Kg, tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    for copy in range(4):  # more than one batch, so that both processes convert
        for path in SEEDS.iterdir():
            (news / f"{copy}-{path.name}").write_bytes(path.read_bytes())
    for jobs in ("1", "2"):
        built = kg("build", news, "--jobs", jobs, "--store", tmp_path / jobs, "-q")
        assert (built.code, built.err) == (0, "")
    for form in ("trig", "nquads", "turtle", "jsonld", "rdfxml", "ntriples"):
        one, other = (kg("export", "--store", tmp_path / jobs, "--format", form).out for jobs in ("1", "2"))
        assert one == other
        assert len(one) > 10_000


def test_an_article_that_fails_in_a_process_of_its_own_is_named(
    kg: Kg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kg import read

    articles = read.articles

    def broken(path: Path, reader: str | None = None) -> Iterator[Article | SourceError]:
        """Read as ever, but hand the workers an article without text that no reader would give."""
        for article in articles(path, reader):
            fails = isinstance(article, Article) and article.stem.startswith("001")
            yield replace(article, text=cast(str, None)) if fails else article  # type: ignore[type-var]

    monkeypatch.setattr(read, "articles", broken)
    built = kg("build", SEEDS, "--jobs", "2", "--store", tmp_path, "--lang", "en")
    assert built.code == 2
    assert re.fullmatch(r"kg: \S*001_\w+\.txt: cannot be converted \(\w+Error: .*\) — .*\n", built.err)
    assert re.search(r"Articles +4 +4 new or changed, 1 not usable", built.out)


BAD = {
    "empty.txt": (b"", "no text"),
    "latin1.txt": (b"Ch\xec th\xef 32", "not UTF-8 text"),
    "binary.txt": (bytes(range(256)), "binary data"),
    "nul.txt": (b"\x00" * 100, "binary data"),
}


def test_bad_articles_are_named_and_the_rest_is_built(kg: Kg, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for name, (content, _) in BAD.items():
        (folder / name).write_bytes(content)
    with (folder / "enormous.txt").open("wb") as file:
        file.truncate(5_000_000_000)
    (folder / "good.txt").write_bytes(next(SEEDS.iterdir()).read_bytes())
    os.mkfifo(folder / "pipe.txt")
    (folder / "lost.txt").symlink_to(tmp_path / "gone.txt")
    built = kg("build", folder, tmp_path / "missing", "--store", tmp_path / "s", "--lang", "en")
    lines = built.err.splitlines()
    assert built.code == 2
    assert len(lines) == len(BAD) + 4
    assert all(line.startswith("kg: ") and " — " in line for line in lines), lines
    for name, (_, reason) in BAD.items():
        assert any(name in line and reason in line for line in lines), (name, lines)
    others = {
        "enormous": "over the limit",
        "pipe": "regular file",
        "missing": "no such file",
        "lost": "cannot",
    }
    for name, reason in others.items():
        assert any(name in line and reason in line for line in lines), (name, lines)
    assert re.search(r"Articles +1 +1 new or changed, 8 not usable", built.out)
    exported = process("export", "--store", tmp_path / "s")
    assert '"good"' in exported.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_article_is_named(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.txt").chmod(0)
    built = kg("build", tmp_path / "a.txt", "--store", tmp_path / "s")
    assert (built.code, "cannot be read" in built.err) == (2, True)


def test_a_folder_without_articles(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    built = kg("build", tmp_path / "empty", "--store", tmp_path / "s")
    assert built.code == 2
    assert re.fullmatch(r"kg: .*empty: a folder without articles — .*\n", built.err)


# ---------------------------------------------------------------- what can be wrong elsewhere
def test_a_store_of_another_version(kg: Kg, tmp_path: Path) -> None:
    (tmp_path / "store.json").write_text('{"layout": 0, "program": "0.0.1", "generation": "x", "base": "y"}')
    for arguments in (["build", SEEDS], ["export"], ["validate"], ["show", "x"], ["query", "cascade/tree"]):
        outcome = kg(*arguments, "--store", tmp_path)
        assert outcome.code == 2
        assert re.fullmatch(r"kg: .*: another version wrote this store .* — .*\n", outcome.err)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["build"], "Missing argument 'SOURCE...'"),
        (["build", str(SEEDS), "--jobs", "0"], "'--jobs': 0 is not in the range"),
        (["build", str(SEEDS), "--jobs", "two"], "'--jobs': 'two' is not a valid integer range"),
        (["build", str(SEEDS), "--reader", "pdf"], "'pdf' is not one of 'text', 'html', 'jsonl'"),
        (["export", "--frob"], "No such option"),
        (["export", "--format", "n3"], "'n3' is not one of turtle"),
        (["export", "--graphs", "fact"], "no graphs called 'fact'"),
        (["export", "-o", "/nowhere/x.ttl"], "cannot be written"),
        (["query", "cascade/nothing"], "cascade/nothing"),
        (["query", "cascade/tree", "--param", "frob=1"], "no parameter 'frob'"),
        (["query", "cascade/tree", "--param", "frob"], "is not NAME=VALUE"),
        (["query", "cascade/tree", "--param", "directive=không có văn bản này"], "không có văn bản này"),
        (["query", "cascade/tree", "--format", "xls"], "'xls' is not one of table"),
        (["queries", "nothing"], "no group 'nothing'"),
        (["show", "không có gì tên này"], "không có gì tên này"),
        (["explain", "không có gì tên này"], "không có gì tên này"),
        (["validate", "--format", "pdf"], "'pdf' is not one of text"),
        (["validate", "--engine", "none"], "no engine 'none'"),
        (["validate", "missing.ttl"], "no such file"),
        (["validate", "--shapes", "missing.ttl"], "no such file"),
    ],
)
def test_one_clear_line(kg: Kg, store: Path, arguments: list[str], message: str) -> None:
    here = [] if arguments[0] in ("frobnicate", "build", "queries") else ["--store", str(store)]
    outcome = kg(*arguments, *here)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("kg: ")
    assert outcome.err.count("\n") == 1
    assert message in outcome.err


def test_no_store(kg: Kg, tmp_path: Path) -> None:
    for arguments in (["export"], ["validate"], ["show", "x"], ["query", "cascade/tree"]):
        outcome = kg(*arguments, "--store", tmp_path / "none")
        assert (outcome.code, outcome.err.count("\n")) == (2, 1)
        assert "there is no store here — run kg build" in outcome.err
    assert not (tmp_path / "none").exists()


def test_the_unexpected_is_one_line_too(kg: Kg, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("deep\ninside")

    monkeypatch.setattr("kg.builder.build", fail)
    outcome = kg("build", SEEDS, "--store", tmp_path)
    assert outcome.code == 2
    assert outcome.err == "kg: ZeroDivisionError: deep inside — run with -v for the traceback\n"


def test_interrupt(kg: Kg, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kg.builder.build", interrupt)
    outcome = kg("build", SEEDS, "--store", tmp_path)
    assert (outcome.code, outcome.err) == (130, "kg: interrupted\n")


def test_verbose_shows_the_traceback(tmp_path: Path, store: Path) -> None:
    code = (
        "import sys, kg.builder, kg.cli; kg.builder.build = lambda *a, **k: 1 / 0;"
        " sys.exit(kg.cli.run(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "build", str(SEEDS), "--store", str(tmp_path), "-v"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("kg: ZeroDivisionError: division by zero")


# ---------------------------------------------------------------- terminals, pipes, locales
def test_a_reader_that_leaves_is_no_error(store: Path) -> None:
    command = f"{sys.executable} -m kg export --format nquads --store {store} | head -c 100"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False)
    assert (done.returncode, done.stderr, len(done.stdout)) == (141, b"", 100)


@pytest.mark.parametrize("locale", [{"LANG": "C"}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}])
def test_vietnamese_arguments_in_any_locale(store: Path, locale: dict[str, str]) -> None:
    done = process("show", "Chỉ thị số 32-CT/TW", "--store", store, **locale)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Chỉ thị số 32-CT/TW" in done.stdout


def test_store_from_the_environment(store: Path) -> None:
    assert process("query", "cascade/tree", KG_STORE=str(store)).returncode == 0


# ---------------------------------------------------------------- the other commands on the seeds
def test_query_formats(kg: Kg, store: Path) -> None:
    heads = {}
    for form in ("table", "csv", "tsv", "json", "markdown"):
        done = kg(
            "query", "cascade/tree", "--param", "directive=32-CT/TW", "--format", form, "--store", store
        )
        assert (done.code, done.err) == (0, "")
        assert "221" in done.out
        heads[form] = done.out[:1]
    assert heads["json"] == "{"
    assert heads["markdown"] == "|"
    assert heads["tsv"] == "?"


def test_query_from_file_and_standard_input(kg: Kg, store: Path, tmp_path: Path) -> None:
    text = "SELECT (COUNT(DISTINCT ?a) AS ?n) { ?a a <https://w3id.org/cascade-kg/ontology#Article> }"
    file = tmp_path / "count.rq"
    file.write_text(text)
    assert kg("query", file, "--format", "csv", "--store", store).out.split() == ["n", "5"]
    done = subprocess.run(
        [sys.executable, "-m", "kg", "query", "-", "--format", "csv", "--store", str(store)],
        input=text, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["n", "5"]


def test_output_goes_to_a_file(kg: Kg, store: Path, tmp_path: Path) -> None:
    for arguments in (["export"], ["validate", "--format", "turtle"], ["query", "cascade/tree"]):
        target = tmp_path / f"{arguments[0]}.out"
        done = kg(*arguments, "--store", store, "-o", target)
        assert (done.code in (0, 1), done.out) == (True, "")
        assert target.stat().st_size > 50
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.out", "query.out", "validate.out"]


def test_validate_exit_codes(kg: Kg, store: Path, tmp_path: Path) -> None:
    found = kg("validate", "--store", store)
    assert found.code == 1
    assert "209-KH/TU" in found.out
    assert kg("validate", "--store", store, "-q").out == ""
    sound = tmp_path / "sound.ttl"
    sound.write_text("<urn:a> <urn:b> <urn:c> .")
    assert kg("validate", sound).code == 0
    broken = tmp_path / "broken.ttl"
    broken.write_text("<urn:a> <urn:b>\n  oops .")
    outcome = kg("validate", broken)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "line 2" in outcome.err


def test_explain_marks_the_words(kg: Kg, store: Path) -> None:
    done = kg("explain", "221-KH/TU", "implements", "--store", store)
    assert done.code == 0
    assert "«" in done.out
    assert "32-CT/TW" in done.out


# ---------------------------------------------------------------- interrupted builds
def test_killed_builds_leave_the_old_graph_or_the_new_one(tmp_path: Path, store: Path) -> None:
    """SIGKILL at many moments of a build that changes every article: the graph is always one or the other."""
    import kg as package

    news = tmp_path / "news"
    news.mkdir()
    for path in SEEDS.iterdir():
        (news / path.name).write_bytes(path.read_bytes())
    graph = tmp_path / "graph"
    start = time.perf_counter()
    package.build([news], graph)
    lasts = time.perf_counter() - start + 0.3
    states = []
    for round_ in range(5):
        before = process("export", "--store", graph, "--format", "nquads").stdout
        for path in news.iterdir():
            path.write_text(f"{path.read_text('utf-8')}\nLần {round_}.", "utf-8")
        build = subprocess.Popen(
            [sys.executable, "-m", "kg", "build", str(news), "--store", str(graph), "-q"]
        )
        time.sleep(lasts * (round_ + 0.5) / 5)
        build.send_signal(signal.SIGKILL)
        build.wait()
        after = process("export", "--store", graph, "--format", "nquads")
        assert after.returncode == 0, after.stderr
        words = set(re.findall(r"Lần (\d)\.\"", after.stdout))
        assert len(words) <= 1
        assert after.stdout == before or str(round_) in words
        states.append(after.stdout == before)
    assert states[0]  # killed before it could publish anything
    assert process("build", news, "--store", graph, "-q").returncode == 0
    process("build", news, "--store", tmp_path / "fresh", "-q")
    one, other = (
        process("export", "--store", s, "--format", "nquads").stdout for s in (graph, tmp_path / "fresh")
    )
    assert one == other
    assert len([path for path in graph.iterdir() if path.name.startswith("graph-")]) == 1
