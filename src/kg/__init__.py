"""How Vietnamese Party directives travel down the hierarchy, as a knowledge graph.

Two functions are all that a program needs::

    import kg

    kg.build(["seeds"], store="kg-store")
    with kg.open("kg-store") as graph:
        for row in graph.query("cascade/tree", directive="32-CT/TW"):
            print(row)

Importing this package is cheap: everything is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.builder import BuildResult, build
    from kg.errors import KgError
    from kg.graph import Graph, Remote, connect, open  # noqa: A004  kg.open(...) reads like the built-in on purpose

__version__ = "0.1.0"
__all__ = ["BuildResult", "Graph", "KgError", "Remote", "__version__", "build", "connect", "open"]

_HOMES = {
    "build": "kg.builder",
    "BuildResult": "kg.builder",
    "KgError": "kg.errors",
    "Graph": "kg.graph",
    "Remote": "kg.graph",
    "connect": "kg.graph",
    "open": "kg.graph",
}


if not TYPE_CHECKING:  # a type checker knows the names from above, and that there are no others

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module 'kg' has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
