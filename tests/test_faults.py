"""Under fire: power cuts, killed workers, full disks, poison. No half output is seen, a rerun gives the same.

The default run has a few power cuts. A hundred of each kind, at random moments (about half an hour):

    KG_POWER_CUTS=100 pytest tests/test_faults.py -k power_cuts
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import importlib.util
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import kg
from kg.errors import StoreError
from kg.store import Store

ROOT = Path(__file__).parent.parent
PROGRAM = Path(kg.__file__).parent.parent  # the one that is tested here, wherever another is installed
CUTS = int(os.environ.get("KG_POWER_CUTS", "3"))
# Loaded by every Python process below: small shards, and an article that ends the process which converts it.
PATCH = """
import os, signal
import kg.shards.plan
kg.shards.plan.SIZE = 20_000
from kg.convert import Converter
convert = Converter.convert
def poisoned(self, article):
    if "thuốc độc" in article.text:
        os.kill(os.getpid(), signal.SIGKILL)
    return convert(self, article)
Converter.convert = poisoned
"""


class Home:
    """A folder with articles in `news`, where commands are run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "patch").mkdir()
        (path / "patch" / "sitecustomize.py").write_text(PATCH, "utf-8")
        spec = importlib.util.spec_from_file_location("generate", ROOT / "tests" / "bench" / "generate.py")
        assert spec is not None
        assert spec.loader is not None
        generate = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(generate)
        (path / "news").mkdir()
        for number in range(40):
            (path / "news" / f"n{number:02}.txt").write_text(generate.article(number), "utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "kg", *arguments],
            cwd=self.path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": f"{self.path / 'patch'}{os.pathsep}{PROGRAM}", "KG_LANG": "en"},
            start_new_session=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """The exit code and what was said on standard error."""
        with self.start(*arguments) as process:
            _, error = process.communicate()
        return process.returncode, error


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def reference(home: Home) -> tuple[dict[str, str], float]:
    """What an undisturbed build makes, and the seconds it takes."""
    start = time.monotonic()
    assert home.run("build", "news", "--out", "reference", "--jobs", "2", "-q") == (0, "")
    return digests(home.path / "reference"), time.monotonic() - start


def digests(out: Path) -> dict[str, str]:
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def workers_of(process: int) -> list[int]:
    """The worker processes of a build that are alive."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            command = (stat.parent / "cmdline").read_bytes()
            if int(fields[1]) == process and fields[0] not in "ZX" and b"spawn_main" in command:
                found.append(int(stat.parent.name))
    return found


def assert_nothing_half(out: Path) -> None:
    """Every file under its final name is whole; the manifest is there only when all is."""
    for path in out.glob("*.nq.gz"):
        assert gzip.decompress(path.read_bytes()).endswith(b" .\n"), path
    if (out / "manifest.json").exists():
        manifest = json.loads((out / "manifest.json").read_text())
        for entry in (*manifest["parts"], *manifest["own"]):
            assert hashlib.sha256((out / entry["name"]).read_bytes()).hexdigest() == entry["sha256"]


# ---------------------------------------------------------------- power cuts
def test_power_cuts_leave_no_half_dataset(home: Home, reference: tuple[dict[str, str], float]) -> None:
    """SIGKILL to all processes of a build, at random moments; then the same bytes as without."""
    chance, out = random.Random(7), home.path / "cut"
    for _ in range(CUTS):
        process = home.start("build", "news", "--out", "cut", "--jobs", "2")
        time.sleep(chance.random() * reference[1])
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert_nothing_half(out)
        if (out / "manifest.json").exists():
            assert digests(out) == reference[0]
            for path in (out / "manifest.json", *out.glob("part-*")):  # as a dataset that is being made
                path.unlink()
    assert home.run("build", "news", "--out", "cut", "--jobs", "2", "-q") == (0, "")
    assert digests(out) == reference[0]
    assert not list((out / "shards").glob("*.tmp"))


def test_power_cuts_leave_the_store_as_it_was_or_complete(
    home: Home, reference: tuple[dict[str, str], float]
) -> None:
    chance, store = random.Random(8), home.path / "store"
    assert home.run("build", "news/n00.txt", "--store", "store", "-q") == (0, "")
    before = held(store)
    after: set[str] = set()
    for _ in range(CUTS):
        process = home.start("build", "news", "--store", "store", "--jobs", "2")
        time.sleep(chance.random() * reference[1] * 1.5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if (now := held(store)) != before:
            after = after or now
            assert now == after
            assert home.run("build", "news/n00.txt", "--store", "store", "--prune", "-q")[0] == 0
            assert held(store) == before
    assert home.run("build", "news", "--store", "store", "--jobs", "2", "-q") == (0, "")
    assert len([graph for graph in held(store) if graph.endswith("#claims")]) == 40
    assert len([path for path in store.iterdir() if path.name.startswith("graph-")]) == 1


def held(store: Path) -> set[str]:
    """The graphs of a store, each with its number of quads."""
    with Store.open(store, read_only=True) as opened:
        return {f"{len(list(opened.quads(graph)))} {graph}" for graph in opened.graphs()}


# ---------------------------------------------------------------- signals
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_build_that_is_stopped_says_so_and_goes_on_later(
    home: Home, reference: tuple[dict[str, str], float], sent: signal.Signals, code: int
) -> None:
    name = f"stopped-{code}"
    process = home.start("build", "news", "--out", name, "--jobs", "2")
    deadline = time.monotonic() + 60
    while not list((home.path / name).glob("part-*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    workers = workers_of(process.pid)
    os.killpg(process.pid, sent)  # as a terminal does
    _, error = process.communicate(timeout=60)
    assert process.returncode == code
    assert error in ("kg: interrupted\n", "kg: terminated\n")
    assert workers
    assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]
    assert_nothing_half(home.path / name)
    assert not (home.path / name / "manifest.json").exists()
    assert home.run("build", "news", "--out", name, "--jobs", "2", "-q") == (0, "")
    assert digests(home.path / name) == reference[0]


def test_a_worker_that_is_killed_is_replaced(home: Home, reference: tuple[dict[str, str], float]) -> None:
    process = home.start("build", "news", "--out", "replaced", "--jobs", "2", "-q")
    deadline = time.monotonic() + 60
    while not list((home.path / "replaced").glob("part-*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    for worker in workers_of(process.pid):
        os.kill(worker, signal.SIGKILL)
    _, error = process.communicate(timeout=120)
    assert (process.returncode, error) == (0, "")
    assert digests(home.path / "replaced") == reference[0]


# ---------------------------------------------------------------- poison
def test_a_poisoned_article_is_named_and_left_out(
    home: Home, reference: tuple[dict[str, str], float]
) -> None:
    poison = home.path / "news" / "n17a.txt"
    poison.write_text("Một liều thuốc độc.", "utf-8")
    try:
        code, error = home.run("build", "news", "--out", "poisoned", "--jobs", "2", "-q")
    finally:
        poison.unlink()
    assert code == 2
    assert error.count("\n") == 1
    assert "n17a.txt: ends the process that converts it" in error
    manifest = json.loads((home.path / "poisoned" / "manifest.json").read_text())
    assert (manifest["articles"], len(manifest["failed"])) == (40, 1)
    assert home.run("build", "news", "--out", "poisoned", "--jobs", "2", "-q") == (0, "")
    assert digests(home.path / "poisoned") == reference[0]


# ---------------------------------------------------------------- where nothing can be written
@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 200 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("option", ["--out", "--store"])
def test_a_full_disk_is_told_and_the_build_goes_on_when_there_is_room(
    home: Home, reference: tuple[dict[str, str], float], disk: Path, option: str
) -> None:
    code, error = home.run("build", "news", option, str(disk / "d"), "--jobs", "2", "-q")
    assert code == 2
    assert "No space left on device" in error
    assert error.count("\n") == 1
    if option == "--out":
        assert_nothing_half(disk / "d")
    else:
        with pytest.raises(StoreError, match="no store here"):
            Store.open(disk / "d", read_only=True)
    subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)
    assert home.run("build", "news", option, str(disk / "d"), "--jobs", "2", "-q") == (0, "")
    if option == "--out":
        assert digests(disk / "d") == reference[0]


@pytest.mark.parametrize("option", ["--out", "--store"])
def test_an_output_that_cannot_be_written_is_told(home: Home, disk: Path, option: str) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    code, error = home.run("build", "news", option, str(disk / "d"), "-q")
    assert (code, error.count("\n")) == (2, 1)
    assert "Read-only file system" in error


@pytest.mark.parametrize("option", ["--out", "--store"])
def test_a_file_in_the_place_of_the_output_is_told(home: Home, option: str) -> None:
    (home.path / "file").write_text("")
    code, error = home.run("build", "news", option, "file/below", "-q")
    assert (code, error.count("\n")) == (2, 1)
    assert "Not a directory" in error or "not a folder" in error
