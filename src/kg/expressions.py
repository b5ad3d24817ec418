"""Regular expressions of many words, written so that the engine skips ahead and never tries word by word.

A group of alternatives is tried one after another at every place; a trie of the same words gives up at the
first letter that fits none. And a pattern that begins with letters is searched for by them, one that begins
with a look-behind is tried everywhere: so what stands before a word is looked at after its first letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

WORD, SPACELESS = r"\w", r"\S"
"""What may not stand before: a letter or digit; anything but white space."""
BULLET = re.compile(r"\s*(?:[-*+•–]|\d{1,2}[.)]|[a-zđ]\))\s+")
"""What an item of a list opens with, in folded text."""
_END = ""  # the key in a node behind which a word may end
_Node = dict[str, "_Node"]


def any_of(words: Iterable[str], *, not_behind: str = "") -> str:
    """A group that matches any of the words, the longest that lets the rest of the expression match.

    `not_behind`: a character class (`WORD`, `SPACELESS`) of which no character may stand before. Spaces stay
    spaces, everything else is taken literally; no words: nothing matches. What may follow is for the caller.
    """
    root: _Node = {}
    for word in words:
        node = root
        for letter in word:
            node = node.setdefault(letter, {})
        node[_END] = {}
    return _group(root, rf"(?<!{not_behind}.)" if not_behind else "") if root else "(?!)"


def _group(node: _Node, check: str = "") -> str:
    branches = [_escaped(letter) + check + _rest(after) for letter, after in sorted(node.items()) if letter]
    return f"(?:{'|'.join(branches)})" + ("?" if _END in node else "")


def _rest(node: _Node) -> str:
    """What may follow a letter: the only way on without a group of its own."""
    if len(node) > 1:
        return _group(node)
    [(letter, after)] = node.items()
    return _escaped(letter) + _rest(after) if letter else ""


def _escaped(letter: str) -> str:
    return letter if letter == " " else re.escape(letter)
