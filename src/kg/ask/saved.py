"""Saved queries: a `.rq` file whose `#+` header says what it asks, of which parameters, and what it must
answer.

The text is SPARQL that any tool runs as it is: a parameter is a variable whose default stands in a `VALUES`
line of its own, and only what stands between the braces of that line is ever replaced.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from kg.errors import QueryError
from kg.namespaces import PREFIXES
from kg.resources import queries_dir, queries_dirs

UNDEF = "UNDEF"
VALUES_LINE = re.compile(
    r"^(?P<before>[^\S\n]*VALUES[^\S\n]+\?(?P<name>\w+)[^\S\n]*\{)(?P<value>[^{}\n]*)(?P<after>\})",
    re.MULTILINE | re.IGNORECASE,
)
RESERVED = ("lang", "format", "limit", "explain", "evidence", "csv-safe", "q")
"""Words that an address or a tool may hold beside a query's own parameters."""
KINDS = ("iri", "string", "xsd:boolean", "xsd:date", "xsd:decimal", "xsd:integer")

Texts = dict[str, str]  # language → text


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable that the asker may set. `default` is SPARQL as it stands in the file; `UNDEF` = not set."""

    name: str
    kind: str
    default: str
    label: Texts = field(default_factory=dict)
    entity_class: str = ""  # IRI: a value of kind "iri" is an instance of it
    optional: bool = False


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query with its header. `name` is "group/name"; a file without header has neither title nor
    params."""

    name: str
    text: str
    path: Path | None = None
    title: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    params: tuple[Parameter, ...] = ()
    evidence: str = ""
    expect: dict[str, Any] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """The folder that the query lies in: "cascade", "documents", …"""
        return self.name.rpartition("/")[0]

    def param(self, name: str) -> Parameter:
        """Return the parameter `name`; raises QueryError that lists those there are."""
        for parameter in self.params:
            if parameter.name == name:
                return parameter
        known = ", ".join(p.name for p in self.params) or "none"
        raise QueryError(f"no parameter {name!r}", where=self.name, hint=f"it takes: {known}")


def parse(text: str, name: str = "query", path: Path | None = None) -> SavedQuery:
    """Read the header of a query's text. Raises QueryError when the header cannot be read."""
    where = str(path or name)
    lines = [line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    header = _yaml("\n".join(lines), where) if lines else {}
    unknown = header.keys() - {"title", "description", "tags", "params", "evidence", "expect"}
    if unknown:
        raise QueryError(f"unknown header field {min(unknown)!r}", where=where)
    defaults: dict[str, list[str]] = {}
    for line in VALUES_LINE.finditer(text):
        defaults.setdefault(line["name"], []).append(line["value"].strip())
    return SavedQuery(
        name=name,
        text=text,
        path=path,
        title=_texts(header.get("title")),
        description=_texts(header.get("description")),
        tags=tuple(header.get("tags", ())),
        params=tuple(
            _parameter(str(key), value or {}, defaults.get(str(key), []), where)
            for key, value in header.get("params", {}).items()
        ),
        evidence=header.get("evidence", ""),
        expect=header.get("expect", {}),
    )


def _yaml(text: str, where: str) -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        header = yaml.load(text, loader)  # a safe loader: it makes plain values only
    except yaml.YAMLError as error:
        raise QueryError(f"the #+ header is not valid YAML: {error}", where=where) from None
    if not isinstance(header, dict) or not isinstance(header.get("params") or {}, dict):
        raise QueryError("the #+ header must be a mapping of fields", where=where)
    return {key: value for key, value in header.items() if value is not None}


def _texts(value: object) -> Texts:
    if isinstance(value, dict):
        return {str(language): str(text) for language, text in value.items()}
    return {"vi": str(value)} if value else {}


def _parameter(name: str, fields: dict[str, Any], defaults: list[str], where: str) -> Parameter:
    kind = fields.get("type", "string")
    if kind not in KINDS:
        raise QueryError(f"parameter {name!r} has the type {kind!r}", where=where, hint=f"one of {KINDS}")
    if len(defaults) != 1:
        raise QueryError(
            f"parameter {name!r} has {len(defaults)} VALUES lines",
            where=where,
            hint=f"write exactly one line VALUES ?{name} {{ … }}",
        )
    return Parameter(
        name=name,
        kind=kind,
        default=defaults[0],
        label=_texts(fields.get("label")),
        entity_class=expand(fields.get("class", "")),
        optional=bool(fields.get("optional", False)),
    )


def expand(name: str) -> str:
    """`ckg:Document` → its IRI; anything else as it is."""
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else name


def text_of(texts: Texts, lang: str) -> str:
    """The text in `lang`, else in Vietnamese, else in whatever there is."""
    return texts.get(lang) or texts.get("vi") or next(iter(texts.values()), "")


def _files() -> dict[str, Path]:
    """Name → file; a query of the reader's own goes before one of ours of the same name."""
    found: dict[str, Path] = {}
    for folder in queries_dirs():
        for name, path in _in_folder(folder).items():
            found.setdefault(name, path)
    return dict(sorted(found.items()))


@cache
def _in_folder(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).with_suffix("").as_posix(): path for path in folder.glob("*/*.rq")}


@cache
def _titles() -> dict[str, Texts]:
    return {
        group: _texts(title)
        for group, title in _yaml((queries_dir() / "groups.yaml").read_text("utf-8"), "groups.yaml").items()
    }


def groups() -> dict[str, Texts]:
    """Group → its title by language, in the order in which people are shown them; new ones come last."""
    present = {name.rpartition("/")[0] for name in _files()}
    known = {group: title for group, title in _titles().items() if group in present}
    return known | {group: {"vi": group, "en": group} for group in sorted(present - known.keys())}


def saved(group: str = "") -> list[SavedQuery]:
    """Every saved query, or those of one group, by name. Raises QueryError for an unknown group."""
    files = _files()
    known = sorted({name.rpartition("/")[0] for name in files})
    if group and group not in known:
        raise QueryError(f"no group {group!r}", hint=f"groups: {', '.join(known)}")
    return [_load(path, name) for name, path in files.items() if not group or name.startswith(group + "/")]


def find(source: str) -> SavedQuery:
    """The query that `source` means: "group/name", "name" alone where no other group has it, a file, "-"
    (stdin).

    Raises QueryError when there is none, or when a bare name is in several groups.
    """
    if source == "-":
        return parse(sys.stdin.read(), "stdin")
    files = _files()
    matches = [name for name in files if source in (name, name.rpartition("/")[2])]
    if len(matches) == 1:
        return _load(files[matches[0]], matches[0])
    if matches:
        raise QueryError(f"{source!r} is in several groups", hint=f"one of {', '.join(matches)}")
    path = Path(source)
    if path.is_file():
        return _load(path, path.stem)
    from difflib import get_close_matches

    near = get_close_matches(source, [*files, *(n.rpartition("/")[2] for n in files)], n=3)
    hint = f"did you mean {', '.join(near)}?" if near else "`kg queries` lists them"
    raise QueryError(f"no saved query and no file {source!r}", hint=hint)


def _load(path: Path, name: str) -> SavedQuery:
    try:
        return parse(path.read_text(encoding="utf-8"), name, path)
    except UnicodeDecodeError as error:
        raise QueryError(f"not UTF-8 at byte {error.start}", where=str(path)) from None
    except OSError as error:
        raise QueryError(error.strerror or "cannot be read", where=str(path)) from None
