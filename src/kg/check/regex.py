"""Which regular expressions mean the same to the store and to pySHACL.

The store has Rust's, which takes linear time and has no look-ahead; pySHACL has Python's. An expression that
the store cannot read is an error in a FILTER, which keeps no row: nothing would be found, in silence.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

from pyoxigraph import Literal, QuerySolutions, Store

from kg.sparql.pattern import tokens

#: flags that both have; Python's x differs, and pySHACL skips SPARQL's q
_FLAGS = frozenset("ims")
#: sets that Rust computes inside brackets, and nested brackets, which Python takes letter by letter
_SETS = re.compile(r"\[[^\]]*(?:&&|--|~~|\[)")
_CALLS = frozenset(["regex", "replace"])


def alike(pattern: str, flags: str = "") -> bool:
    """Whether the store can read a pattern, and reads it as pySHACL does."""
    return _FLAGS.issuperset(flags) and not _SETS.search(pattern) and readable(pattern)


@lru_cache(maxsize=4096)
def readable(pattern: str) -> bool:
    """Whether the store can read a pattern."""
    return _bound(f'REGEX("", {Literal(pattern)})')


@lru_cache(maxsize=4096)
def readable_by_python(pattern: str) -> bool:
    """Whether Python, and so pySHACL, can read a pattern."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of brackets that may mean more in a Python to come
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


def all_alike(select: str) -> bool:
    """Whether the patterns that a query writes out are alike; its other strings count as patterns too."""
    words = [token.text for token in tokens(select)]
    if _CALLS.isdisjoint(word.lower() for word in words):
        return True
    return all(_alike_as_written(word) for word in words if word[0] in "\"'")


@lru_cache(maxsize=4096)
def _alike_as_written(string: str) -> bool:
    return not _SETS.search(string) and _bound(f'REGEX("", {string})')


def _bound(expression: str) -> bool:
    rows = Store().query(f"SELECT ({expression} AS ?value) {{}}")
    assert isinstance(rows, QuerySolutions)
    return next(rows)[0] is not None
