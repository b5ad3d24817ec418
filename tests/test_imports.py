"""The rooms of the house: imports go one way, and what is slow to load is loaded when it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "kg"

# From the first room to the last. A module imports from rooms before its own, and within its own room.
ROOMS = [
    ["__init__"],  # names only; it loads what they stand for when they are used
    ["model", "errors", "resources"],
    ["namespaces", "expressions", "spreadsheet"],
    ["vietnamese"],
    ["vocabulary"],
    ["scanner"],
    ["lexicon"],
    ["read"],
    ["recognise"],
    ["identity"],
    ["link"],
    ["relate"],
    ["keys"],
    ["emit"],
    ["convert"],
    ["generations", "schema", "lines", "gist", "sparql"],
    ["store", "manifest"],
    ["infer", "turtle", "rdfxml"],
    ["check", "ask", "export", "remote"],
    ["tables"],
    ["show", "explain", "evaluate", "search", "evidence", "lint"],
    ["picture"],
    ["intake", "workers", "journal"],
    ["builder", "graph", "backup"],
    ["pages"],
    ["pool"],
    ["shards"],
    ["serve"],
    ["mcp"],
    ["cli"],
    ["__main__"],
]
RANK = {name: rank for rank, room in enumerate(ROOMS) for name in room}
# Loaded when first used: importing them would make every command slow to start.
LOADED_WHEN_USED = (
    "check/reference.py", "pool/federation.py", "remote/wrapper.py", "serve/connections.py", "serve/run.py",
)  # fmt: skip
SLOW = {"rdflib", "pyshacl", "rich", "SPARQLWrapper", "owlrl", "uvicorn", "mcp"}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> set[str]:
    """Every module that is imported, at the top or in functions; ``from kg import x`` counts as ``kg.x``."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the package"
            assert node.module is not None
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def outside_type_checking(tree: ast.Module) -> ast.Module:
    """Return the module without what only a type checker reads."""
    kept = [
        node
        for node in tree.body
        if not (
            isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        )
    ]
    return ast.Module(kept, [])


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_one_way(path: Path) -> None:
    own = room(path)
    assert own in RANK, f"give the room {own!r} its place in ROOMS"
    tree = outside_type_checking(ast.parse(path.read_text("utf-8")))
    for name in imported(tree):
        parts = name.split(".")
        if parts[0] != "kg" or len(parts) == 1 or parts[1] not in RANK:
            continue  # another library, or a name of kg/__init__.py
        assert RANK[parts[1]] < RANK[own] or parts[1] == own, f"{own} comes before {parts[1]}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_slow_libraries_are_loaded_when_used(path: Path) -> None:
    tree = outside_type_checking(ast.parse(path.read_text("utf-8")))
    at_the_top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    found = {name.split(".")[0] for node in at_the_top for name in imported(node)}
    assert not found & SLOW or str(path.relative_to(PACKAGE)) in LOADED_WHEN_USED


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["query", "--help"]])
def test_the_command_starts_without_them(arguments: list[str]) -> None:
    slow = {*SLOW, "yaml", "ahocorasick", "pyoxigraph", "starlette"}
    code = (
        "import sys; from kg.cli import run; code = run(sys.argv[1:]);"
        f" print(sorted(set(sys.modules) & {slow!r}), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


def test_modules_and_functions_keep_to_their_size() -> None:
    """A module over 350 lines, or a function whose body takes over 40, holds two ideas."""
    long: list[str] = []
    for path in modules():
        text = path.read_text("utf-8")
        if text.count("\n") > 350:
            long.append(f"{path.name}: {text.count(chr(10))}")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
                size = (node.end_lineno or 0) - first.lineno + 1
                if size > 40:
                    long.append(f"{path.relative_to(PACKAGE)}: {node.name}: {size}")
    assert not long
