"""The wheel alone is the whole program: it holds what is read at run time, and runs in any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import kg
from kg.__main__ import main

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the contents of a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_what_is_read_at_run_time(wheel: Path) -> None:
    for folder, pattern in (("ontology", "*.ttl"), ("queries", "*.rq")):
        own = {path.relative_to(ROOT) for path in (ROOT / folder).rglob(pattern)}
        packed = {
            path.relative_to(wheel / "kg" / "_data") for path in (wheel / "kg" / "_data").rglob(pattern)
        }
        assert own == {path for path in packed if path.parts[0] == folder}
        assert own
    assert (wheel / "kg" / "py.typed").exists()


def test_the_wheel_runs_the_main_job_in_another_folder(wheel: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(wheel)},
            capture_output=True, encoding="utf-8", check=True,
        )  # fmt: skip
        return done.stdout

    assert run("-c", "import kg; print(kg.__file__)").startswith(str(wheel))
    run("-m", "kg", "build", str(ROOT / "seeds"), "-q")
    assert "kh-221-tu" in run("-m", "kg", "query", "cascade/tree", "--format", "csv")


def test_the_entry_point_starts() -> None:
    (script,) = entry_points(group="console_scripts", name="kg")
    assert script.load() is main
    assert PROJECT["scripts"] == {"kg": script.value}


def test_one_version_and_a_changelog_of_it() -> None:
    assert PROJECT["version"] == kg.__version__
    assert f"## {kg.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_every_dependency_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    extras = [name for names in PROJECT["optional-dependencies"].values() for name in names]
    for requirement in [*PROJECT["dependencies"], *extras]:
        line = next(line for line in text.splitlines() if f'"{requirement}",' in line)
        assert "#" in line or requirement.startswith("cascade-kg"), requirement
