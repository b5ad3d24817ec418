"""A new saved query: a file that runs, says what it asks in two languages, and passes the lint but for what
only its author knows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from kg.ask.saved import KINDS, expand
from kg.errors import QueryError
from kg.namespaces import CKG, PREFIXES

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*/[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PARAM = re.compile(r"([A-Za-z]\w*)(?::([\w:-]+))?", re.ASCII)


def template(
    name: str, titles: dict[str, str] | None = None, class_: str = "Document", params: Iterable[str] = ()
) -> str:
    """Return the text of a new query "group/name" about the instances of a class of the ontology.

    `params` are NAME or NAME:TYPE, with a type such as xsd:date, or a class such as ckg:Organ for an IRI;
    they are optional, so that the query answers at the first click. Raises QueryError for a name that makes
    no address, an unknown class or type.
    """
    if not _NAME.fullmatch(name):
        raise QueryError(f"{name!r} is no name of a query", hint="group/name, as in organs/level-counts")
    if f"{CKG}{class_}" not in CKG or not class_[:1].isupper():
        raise QueryError(f"the ontology has no class {class_!r}", hint="such as Document, Organ, Event, Task")
    column = class_[0].lower() + class_[1:]
    chosen = [_param(text, column) for text in params]
    titles = titles or {}
    lines = [
        "#+ title:",
        f"#+   vi: {_quoted(titles.get('vi', ''))}",
        f"#+   en: {_quoted(titles.get('en', ''))}",
        "#+ description:",
        '#+   vi: ""',
        '#+   en: ""',
        f"#+ tags: [{name.partition('/')[0]}]",
        *(["#+ params:"] if chosen else []),
        *(
            f'#+   {param}: {{{kind}, optional: true, label: {{vi: "", en: ""}}}}'
            for param, kind, _ in chosen
        ),
        f"#+ evidence: {column}",
        f"#+ expect: {{columns: [{column}, name], min_rows: 0}}",
        *(f"PREFIX {prefix}: <{PREFIXES[prefix]}>" for prefix in ("ckg", "rdfs")),
        f"SELECT DISTINCT ?{column} ?name WHERE {{",
        *(f"  VALUES ?{param} {{ UNDEF }}" for param, _, _ in chosen),
        f"  ?{column} a/rdfs:subClassOf* ckg:{class_} ; rdfs:label ?name .",
        *(f"  FILTER(!BOUND(?{param}) || {condition})" for param, _, condition in chosen),
        f"}} ORDER BY ?name ?{column}",
    ]
    return "\n".join(lines) + "\n"


def _param(text: str, column: str) -> tuple[str, str, str]:
    """Name, header fields and condition of a parameter: what has the thing it names, its words, its bound."""
    match = _PARAM.fullmatch(text)
    if not match:
        raise QueryError(f"{text!r} is no parameter", hint="NAME or NAME:TYPE, as in since:xsd:date")
    name, kind = match[1], match[2] or "string"
    kind = f"xsd:{kind}" if f"xsd:{kind}" in KINDS else kind
    if kind == "string":
        return name, f"type: {kind}", f"CONTAINS(LCASE(STR(?name)), LCASE(?{name}))"
    if kind in KINDS and kind != "iri":
        compared = "=" if kind == "xsd:boolean" else ">="
        condition = f"EXISTS {{ ?{column} ?has ?value FILTER(?value {compared} ?{name}) }}"
        return name, f'type: "{kind}"', condition
    class_ = kind if ":" in kind else f"ckg:{kind}"
    if kind != "iri" and expand(class_) not in CKG:
        hint = f"one of {', '.join(KINDS)}, or a class"
        raise QueryError(f"{kind!r} is neither a type nor a class of the ontology", hint=hint)
    fields = "type: iri" if kind == "iri" else f'type: iri, class: "{class_}"'
    return name, fields, f"EXISTS {{ ?{column} ?has ?{name} }}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def create(folder: Path, name: str, text: str) -> Path:
    """Write a new query's file and return it. Raises QueryError where there is one, or none can be."""
    path = folder / f"{name}.rq"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise QueryError("is there already", where=str(path), hint="choose another name") from None
    except OSError as error:
        raise QueryError(f"cannot be written ({error.strerror})", where=str(path)) from None
    return path
