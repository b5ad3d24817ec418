"""Where the ontology and the saved queries lie: in a checkout, or inside the installed wheel."""

from __future__ import annotations

import os
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
    """Return the folder of our saved queries, one sub-folder a group."""
    return _data("queries")


def queries_dirs() -> list[Path]:
    """Return the folders of saved queries: those in ``$KG_QUERIES`` (as in ``$PATH``), then ours."""
    own = [Path(name) for name in os.environ.get("KG_QUERIES", "").split(os.pathsep) if name]
    return [*own, queries_dir()]
