"""The wheel alone is the whole program: it holds what is read at run time, and runs in any folder."""

from __future__ import annotations

import os
import shutil
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


def built(target: str, copy: Path, made: Path) -> bytes:
    """The wheel or sdist that a copy of the project gives."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(made)]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    (path,) = made.iterdir()
    return path.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_the_same_files_give_the_same_package(target: str, tmp_path: Path) -> None:
    """Whenever and wherever it is built: times of files and the folder differ between the two."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("no git checkout")
    found = []
    for number, name in enumerate(("one", "another/place")):
        copy = tmp_path / name
        for path in listed.stdout.decode().rstrip("\0").split("\0"):
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, copy / path)
            shutil.copymode(ROOT / path, copy / path)
            os.utime(copy / path, (10**9 * number + 10**8, 10**9 * number + 10**8))
        found.append(built(target, copy, tmp_path / f"made{number}"))
    assert found[0] == found[1]


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_pip_installs_the_wheel_alone(version: str, tmp_path: Path) -> None:
    """In a fresh environment, in a folder without the repository, with the interpreters that PATH holds."""
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode:
        pytest.skip(f"no python{version} on PATH")
    built("wheel", ROOT, tmp_path / "made")
    (wheel,) = (tmp_path / "made").iterdir()
    home, scripts = tmp_path / "home", tmp_path / "venv" / "bin"
    home.mkdir()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("KG_", "PYTHON"))
    }

    def run(*command: str | Path) -> str:
        done = subprocess.run(
            command, cwd=home, env=environment, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(python, "-m", "venv", tmp_path / "venv")
    run(scripts / "python", "-m", "pip", "install", "--quiet", wheel)
    shutil.copytree(ROOT / "seeds", home / "seeds")
    run(scripts / "kg", "build", "seeds", "-q")
    assert "kh-221-tu" in run(scripts / "kg", "query", "cascade/tree", "--format", "csv")
    assert str(tmp_path) in run(scripts / "python", "-c", "import kg; print(kg.__file__)")


@pytest.mark.slow
def test_the_compiled_converter_gives_the_same_graph(tmp_path: Path) -> None:
    """`HATCH_BUILD_HOOK_ENABLE_MYPYC=1 pip install SDIST`: machine code for the modules, and the same quads.

    From the sdist, since a compiler leaves its files where it works, and a checkout would run them.
    """
    if shutil.which("cc") is None:
        pytest.skip("no C compiler")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("KG_", "PYTHON"))
    }
    compiled = tmp_path / "venv" / "bin" / "python"

    def run(*command: str | Path, **more: str) -> str:
        done = subprocess.run(
            command, cwd=tmp_path, env=environment | more, capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    built("sdist", ROOT, tmp_path / "made")
    (sdist,) = (tmp_path / "made").iterdir()
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    run(compiled, "-m", "pip", "install", "--quiet", sdist, HATCH_BUILD_HOOK_ENABLE_MYPYC="1")
    assert ".so" in run(compiled, "-c", "import kg.relate.story; print(kg.relate.story.__file__)")
    exports: list[str] = []
    for python in (compiled, Path(sys.executable)):
        store = tmp_path / f"store{len(exports)}"
        run(
            python,
            "-m",
            "kg",
            "build",
            ROOT / "seeds",
            ROOT / "tests" / "gold" / "fresh",
            "-q",
            "--store",
            store,
        )
        exports.append(run(python, "-m", "kg", "export", "--format", "nquads", "--store", store))
    assert exports[0] == exports[1]
