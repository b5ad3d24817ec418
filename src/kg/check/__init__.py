"""Shapes → report: is the graph sound, and where do the sources disagree?

Two engines give the same results (a test compares them, on every case and on the sample):

- "compiled" asks the embedded store one SELECT a constraint and reports its rows. Nothing is loaded into
  rdflib, so `kg build` can afford it within its two seconds.
- "pyshacl" is the reference: pySHACL over an rdflib copy of the data, its SPARQL translations cached.

"auto" takes the compiled way where every construct of the shapes compiles, else the reference, and says so
in `Report.notes`. Measured figures stand in `kg.check.engine`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.check.engine import load_shapes, validate_files, validate_store
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
    "validate_files",
    "validate_store",
]

_HOMES = {
    "load_shapes": "engine",
    "validate_files": "engine",
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
