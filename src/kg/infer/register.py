"""Local names of organs that are the register's."""

from __future__ import annotations

from collections import defaultdict

from kg.gist import enough
from kg.infer.background import Background, RegisterOrgan
from kg.infer.conclusions import Conclusions, node
from kg.keys import Keys, Resolved
from kg.namespaces import CKG
from kg.vietnamese import fold


class Register:
    """The organs of the register by their names."""

    def __init__(self, background: Background) -> None:
        self._names: dict[str, list[RegisterOrgan]] = defaultdict(list)
        for organ in background.organs:
            self._names[fold(organ.label)].append(organ)

    def named(self, label: str, day: str) -> str:
        """The one organ of exactly this name that there was on a day ("": ever); "" for none or several."""
        namesakes = self._names.get(fold(label), ())
        same = {o.iri for o in namesakes if not day or o.since <= day < (o.until or "9999")}
        return same.pop() if len(same) == 1 else ""

    def match(self, keys: Keys, conclusions: Conclusions) -> Resolved:
        """register-match: a local organ with exactly the name of one register organ of the article's day."""
        found: Resolved = {}
        published = keys.published
        for local in filter(keys.knows_alone, keys.of_kind("organ")):
            it = self.named(keys.entities[local].label, published.value if published else "")
            vouching = enough(keys.vouching(local)) if it else []
            if vouching:
                grounds = [*vouching, it, *([published.claim] if published else [])]
                claim = conclusions.add(local, CKG.resolvedTo, node(it), "register-match", grounds)
                found[local] = (it, claim)
        return found
