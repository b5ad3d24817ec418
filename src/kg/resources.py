"""Where the ontology and the saved queries lie: in a checkout, or inside the installed wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def _data(name: str) -> Path:
    """Return the folder ``name``; the wheel's copy wins, since a wheel has no checkout around it."""
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent.parent / name


def ontology_dir() -> Path:
    """Return the folder of the ontology: the Turtle files and ``shapes/``, ``vocabulary/``, ``register/``."""
    return _data("ontology")


def queries_dir() -> Path:
    """Return the folder of the saved queries, one sub-folder a group."""
    return _data("queries")
