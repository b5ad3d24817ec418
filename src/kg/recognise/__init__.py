"""recognise: stored text → typed mentions with spans. One grammar a module; words come from the lexicon."""

from __future__ import annotations
