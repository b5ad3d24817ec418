"""Worker processes that die: what was unfinished is done again, and only what kills them is left out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kg as package
from kg.store import Store
from kg.workers import Died, Workers

# Loaded by every Python process that has its folder on the path: the converter meets an article it dies of.
POISON = """
import os, signal
from kg.convert import Converter
convert = Converter.convert
def poisoned(self, article):
    if "thuốc độc" in article.text:
        os.kill(os.getpid(), signal.SIGKILL)
    return convert(self, article)
Converter.convert = poisoned
"""


def kg(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kg", *arguments],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | environment,
        check=False,
    )


def lines(store: Path) -> list[str]:
    with Store.open(store, read_only=True) as opened:
        return sorted(str(quad) for quad in opened.quads() if "_:" not in str(quad))


def test_results_come_in_the_order_of_the_tasks() -> None:
    with Workers(2) as workers:
        assert list(workers.map(abs, range(-40, 0))) == [(n, -n) for n in range(-40, 0)]


def test_what_is_raised_comes_back() -> None:
    with Workers(2) as workers, pytest.raises(FileNotFoundError):
        list(workers.map(os.stat, ["/", "/nowhere at all"]))


def test_a_task_that_kills_its_process_is_named_and_the_others_are_done() -> None:
    """0 asks whether the process lives; SIGKILL is sent by a worker to itself."""
    tasks = [0] * 5 + [signal.SIGKILL] + [0] * 5
    with Workers(2) as workers:
        results = [result for _, result in workers.map(signal.raise_signal, tasks)]
    assert results == [None] * 5 + [Died()] + [None] * 5


def test_processes_that_cannot_start_are_no_articles_fault(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Tỉnh ủy Lai Châu ban hành Kế hoạch số 1-KH/TU ngày 1/3/2019.", "utf-8")
    script = "import kg; kg.build(['a.txt'], 'store', jobs=2)"  # read from standard input: no module to run
    done = subprocess.run(
        [sys.executable, "-"], input=script, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "KgError: processes cannot be started" in done.stderr


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, time, sys; from kg.workers import Workers\n"
        "if __name__ == '__main__':\n"
        "    with Workers(2) as workers:\n"
        "        workers._submit(time.sleep, 0).result(); print(*workers._pool._processes, flush=True)\n"
        "        list(workers.map(time.sleep, [60, 60]))\n"
    )
    (tmp_path / "parent.py").write_text(script)
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py")], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    children = parent.stdout.readline().split()
    assert children
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while (alive := [c for c in children if is_running(c)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive


def is_running(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_poisoned_article_is_left_out_by_name_and_the_graph_holds_the_others(tmp_path: Path) -> None:
    (tmp_path / "patch").mkdir()
    (tmp_path / "patch" / "sitecustomize.py").write_text(POISON, "utf-8")
    news = tmp_path / "news"
    news.mkdir()
    for number in range(9):
        text = f"Tỉnh ủy Lai Châu ban hành Kế hoạch số {number + 1}-KH/TU ngày 1/3/2019."
        (news / f"a{number}.txt").write_text(text, "utf-8")
    assert kg("build", "news", "--store", "sound", "-q", cwd=tmp_path).returncode == 0
    (news / "bad.txt").write_text("Một liều thuốc độc.", "utf-8")
    done = kg(
        *("build", "news", "--store", "s", "--jobs", "2", "--lang", "en"),
        cwd=tmp_path,
        PYTHONPATH=f"{tmp_path / 'patch'}{os.pathsep}{Path(package.__file__).parent.parent}",
    )
    assert done.returncode == 2
    assert "bad.txt: ends the process that converts it — left out" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "9  9 new or changed" in done.stdout
    assert lines(tmp_path / "s") == lines(tmp_path / "sound")
    again = kg("build", "news", "--store", "s", "--jobs", "2", "--lang", "en", cwd=tmp_path)  # mended
    assert again.returncode == 0
    assert "1 new or changed, 9 unchanged" in again.stdout
