"""The README keeps its promises: every output in it is the real one, every command is in it.

``KG_UPDATE_DOCS=1 pytest tests/test_docs.py`` writes the real outputs into it.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from kg import ask
from kg.cli import cli

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"<!-- output of: (?P<command>.*?) -->\n```\n(?P<output>.*?)```\n", re.DOTALL)
PYTHON = re.compile(r"```python\n(?P<code>.*?)```\n", re.DOTALL)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the README's first command has been run."""
    path = tmp_path_factory.mktemp("docs")
    (path / "seeds").symlink_to(ROOT / "seeds")
    done = run("kg build seeds -q", path)
    assert done == ""
    return path


def run(command: str, home: Path) -> str:
    """Run a command of the README in a terminal-less process; times are not compared."""
    code = PYTHON.search(README.read_text("utf-8"))
    assert code is not None
    arguments = shlex.split(command)
    arguments = ["-m", *arguments] if arguments[0] == "kg" else ["-c", code["code"]]
    keep = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=home, capture_output=True, encoding="utf-8", env=keep, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), command
    return re.sub(r"\d+\.\d\d (seconds|giây)", r"1.00 \1", done.stdout)


def test_outputs_are_real(home: Path) -> None:
    text = README.read_text("utf-8")
    real = BLOCK.sub(
        lambda m: f"<!-- output of: {m['command']} -->\n```\n{run(m['command'], home)}```\n", text
    )
    if os.environ.get("KG_UPDATE_DOCS"):
        README.write_text(real, "utf-8")
    assert len(BLOCK.findall(text)) >= 4
    assert real.splitlines() == README.read_text("utf-8").splitlines()


def test_every_command_is_in_the_readme() -> None:
    text = README.read_text("utf-8")
    for name in cli.commands:
        assert f"| `kg {name}" in text


def test_every_option_says_what_it_does() -> None:
    for command in cli.commands.values():
        for parameter in command.params:
            assert parameter.param_type_name == "argument" or getattr(parameter, "help", None), parameter.name


def test_every_saved_query_is_documented_in_two_languages() -> None:
    for query in ask.saved():
        for texts in (query.title, query.description, *(parameter.label for parameter in query.params)):
            assert set(texts) >= {"vi", "en"}, query.name


def test_setup_commands_of_the_readme_exist() -> None:
    commands = re.findall(r"```sh\n(.*?)\n```", README.read_text("utf-8"), re.DOTALL)
    assert commands[0].startswith("python3 -m venv .venv && .venv/bin/pip install")
    assert os.access(ROOT / commands[1], os.X_OK)
