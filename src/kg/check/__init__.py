"""Shapes → report: is the graph sound, and where do the sources disagree?

Shapes are compiled to one SELECT a constraint, asked of the embedded store; what they find is confirmed by
pySHACL, the reference, on the neighbourhood of the hits. Where the two disagree, where a construct does not
compile or where the data hold what the store would change, pySHACL looks at all data, and `Report.notes` says
so. "compiled" and "pyshacl" force one of the two. Measured figures stand in `tests/bench/bench_validate.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.check.engine import load_shapes, validate, validate_files, validate_quads, validate_store
    from kg.check.formats import FORMATS, SUFFIXES, render
    from kg.check.locate import located
    from kg.check.report import Evidence, Report, Result, ShapeInfo, compared
    from kg.check.stored import read_report

__all__ = [
    "FORMATS",
    "SUFFIXES",
    "Evidence",
    "Report",
    "Result",
    "ShapeInfo",
    "compared",
    "load_shapes",
    "located",
    "read_report",
    "render",
    "validate",
    "validate_files",
    "validate_quads",
    "validate_store",
]

_HOMES = {
    "load_shapes": "engine",
    "validate": "engine",
    "validate_files": "engine",
    "validate_quads": "engine",
    "validate_store": "engine",
    "FORMATS": "formats",
    "SUFFIXES": "formats",
    "compared": "report",
    "located": "locate",
    "read_report": "stored",
    "render": "formats",
    "Evidence": "report",
    "Report": "report",
    "Result": "report",
    "ShapeInfo": "report",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'kg.check' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"kg.check.{_HOMES[name]}"), name)
