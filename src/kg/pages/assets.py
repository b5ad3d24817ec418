"""What pages load beside their HTML: our own style sheet and scripts, and what `npm ci` brings for the wheel.

Ours lie in `static/`. The editor and the typeface are put into `static/vendor/` when a wheel is built (see
`hook.py`), or by `python src/kg/pages/hook.py` in a checkout. Without them pages are the same text in the
system's typeface, and SPARQL is written into a plain field.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
VENDOR = STATIC / "vendor"
_NAME = re.compile(r"(vendor/)?[a-z0-9][a-z0-9.-]*", re.ASCII)


def file_of(name: str) -> Path | None:
    """The file behind /static/NAME, None where there is none; a name never leaves the folder."""
    if not _NAME.fullmatch(name) or ".." in name:
        return None
    path = STATIC / name
    return path if path.is_file() else None


def names() -> list[str]:
    """All names that `file_of` knows."""
    return sorted(p.relative_to(STATIC).as_posix() for p in STATIC.rglob("*") if p.is_file())


def built(name: str) -> bool:
    """Whether the wheel's build brought a file."""
    return (VENDOR / name).is_file()


@cache
def digest(name: str) -> str:
    """A short digest of a file's content."""
    path = file_of(name)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path else ""
