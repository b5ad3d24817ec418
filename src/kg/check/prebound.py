"""Where a query may be asked for all focus nodes at once, and where only node by node.

SHACL gives `$this` its value before the query is read ("pre-binding"): a FILTER in a group of its own, or in
one branch of a UNION, sees it. Asked of all focus nodes at once, SPARQL's groups are evaluated from the
inside out, and there `$this` is unbound unless the group's own patterns bind it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: what makes a SELECT mean something else when all focus nodes are asked at once, or is no SHACL at all
_PER_NODE = re.compile(
    r"\b(?:LIMIT|OFFSET|HAVING|GROUP\s+BY|REDUCED|MINUS|VALUES|SERVICE|AS\s+[?$]this)\b"
    r"|[$?](?-i:shapesGraph|currentShape|PATH)\b",
    re.IGNORECASE,
)
_TOKENS = re.compile(
    r'#[^\n]*|"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^\'\\]|\\.|\'(?!\'\'))*\'\'\''
    r'|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|<[^<>"{}|^`\\\s]*>|[?$]\w+|\w+|[{}()]',
    re.DOTALL,
)


@dataclass(slots=True)
class _Group:
    outer_seen: bool  # whether its expressions see what the group around it binds
    depth: int = 0  # of parentheses
    binds: bool = False  # a pattern of its own names $this
    uses: bool = False  # an expression names $this


def asked_node_by_node(select: str) -> bool:
    """Whether a SELECT has to be asked for each focus node by itself."""
    if _PER_NODE.search(select):
        return True
    groups: list[_Group] = []
    last = ""
    for token in _TOKENS.findall(select):
        if token == "{":
            groups.append(_Group(last.upper() in ("EXISTS", "OPTIONAL")))
        elif token == "}" and groups:
            group = groups.pop()
            if group.outer_seen and groups:
                groups[-1].uses |= group.uses or group.binds
            elif groups and group.uses and not group.binds:
                return True
        elif groups:
            _note(groups[-1], token)
        last = token
    return False


def _note(group: _Group, token: str) -> None:
    if token == "(":
        group.depth += 1
    elif token == ")":
        group.depth -= 1
    elif token in ("?this", "$this"):
        if group.depth:
            group.uses = True
        else:
            group.binds = True
