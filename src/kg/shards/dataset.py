"""What all shards together make: conclusions across articles, ontology and register, manifest and VoID.

::

    ontology.nq.gz  register.nq.gz  inferred.nq.gz   our own graphs, by the contract of the parts
    void.ttl        the dataset described for catalogues
    manifest.json   every file with its digests and counts; written last: where it is, the dataset is complete
"""

from __future__ import annotations

import gzip
import json
import re
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import __version__, schema
from kg.errors import StoreError
from kg.lines import pack
from kg.manifest import Manifest
from kg.shards.place import Place
from kg.shards.shard import MANIFEST, record
from kg.store import Store

FORMAT = 1
BACKGROUND: tuple[schema.Background, ...] = ("ontology", "register")
_OURS = re.compile(r"part-\d{5,6}\.(?:nq\.gz|gist\.gz|json)")  # what else lies there is somebody else's
_BLANK = re.compile(rb"^_:| _:\S+ <[^>]*> \.$")  # a line of N-Quads with a blank node
_VOID = """\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<{base}dataset> a void:Dataset ;
    dcterms:title "Văn bản của Đảng và việc triển khai, theo báo chí"@vi ,
        "Directives of the Party and how they were carried out, as newspapers tell"@en ;
    void:uriSpace "{base}id/" ;
    void:vocabulary <https://w3id.org/cascade-kg/ontology#> , <http://www.w3.org/ns/org#> ,
        <http://www.w3.org/ns/oa#> , <https://schema.org/> ;
    void:feature <http://www.w3.org/ns/formats/N-Quads> ;
    void:documents {articles} ;
    void:triples {quads} ;
    void:dataDump {dumps} ;
    void:propertyPartition {properties} .
"""


def finish(out: Place, base: str, names: list[str]) -> dict[str, Any]:
    """Make the dataset of finished shards complete, and return its manifest.

    The same shards give the same bytes. Raises StoreError for a shard that is not finished.
    """
    parts, failed, kinds = _counted(out, names)
    with tempfile.TemporaryDirectory(dir=out.scratch(), suffix=".tmp") as folder:
        scratch = Path(folder)
        texts = {name: schema.nquads(name, base) for name in BACKGROUND}
        own = [_write(out, scratch, name, skolemised(text, name, base)) for name, text in texts.items()]
        background = Store.in_memory("".join(texts.values()), base=base)
        own.append(_write(out, scratch, "inferred", _inferred(out, background, names)))
    manifest = {
        "format": FORMAT,
        "program": __version__,
        "base": base,
        "code": _code(base),
        "background": {name: schema.digest(name, base) for name in BACKGROUND},
        "articles": sum(part["articles"] for part in parts),
        "quads": sum(file["lines"] for file in (*parts, *own)),
        "parts": parts,
        "own": own,
        "failed": failed,
    }
    _sweep(out, set(names))
    out.write("void.ttl", _void(manifest, kinds).encode())
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    out.write(MANIFEST, text.encode("utf-8", "backslashreplace"))
    return manifest


def _counted(out: Place, names: list[str]) -> tuple[list[dict[str, Any]], list[list[str]], Counter[str]]:
    """The files of the shards with counts, what could not be used, and facts by kind; a record at a time."""
    parts, failed = [], []
    kinds: Counter[str] = Counter()
    for name in names:
        found = finished(out, name)
        parts.append({**found["part"], "articles": len(found["articles"]), "made_of": found["made_of"]})
        failed += found["failed"]
        for _, _, _, counts, _ in found["articles"].values():
            kinds.update(counts)
    return parts, failed, kinds


def manifest_of(out: Place) -> dict[str, Any] | None:
    """The manifest, of whatever version; None where there is none."""
    try:
        manifest = json.loads(out.read(MANIFEST) or b"{}")
    except ValueError:
        return None
    return manifest if isinstance(manifest, dict) and "format" in manifest else None


def current(out: Place, base: str, names: list[str]) -> dict[str, Any] | None:
    """The manifest, if it is of just these shards as they are, and our own graphs are there as it says."""
    manifest = manifest_of(out)
    if manifest is None or (manifest["format"], manifest["base"]) != (FORMAT, base):
        return None
    if manifest["code"] != _code(base):
        return None
    made = [(part["name"], part["made_of"]) for part in manifest["parts"]]
    if made != [(f"{name}.nq.gz", finished(out, name)["made_of"]) for name in names]:
        return None
    whole = all(out.digest(file["name"]) == file["sha256"] for file in manifest["own"])
    return manifest if whole else None


def _code(base: str) -> str:
    """The digest of all code, for conclusions hang on more than conversions do."""
    return Manifest(background={name: schema.digest(name, base) for name in BACKGROUND}).inputs()


def finished(out: Place, name: str) -> dict[str, Any]:
    """What is known of a shard. Raises StoreError where it is not finished."""
    found = record(out, name)
    if found is None:
        raise StoreError("the shard is not there", where=name, hint="build again")
    return found


def _write(out: Place, scratch: Path, name: str, lines: Iterable[bytes]) -> dict[str, Any]:
    target = f"{name}.nq.gz"
    path = scratch / target
    try:
        packed = pack(lines, path)
        out.publish(path, target)
    except OSError as fault:
        raise StoreError(
            f"cannot be written ({fault.strerror})", where=target, hint="then build again"
        ) from None
    return {"name": target, **packed._asdict()}


def skolemised(text: str, name: str, base: str) -> list[bytes]:
    """The N-Quads `text` as sorted lines without blank nodes: each has an IRI by what is said of it.

    Only lines with blank nodes are read, for no others tell how these are named.
    """
    lines = set(text.encode().splitlines(keepends=True))
    blank = {line for line in lines if b"_:" in line and _BLANK.search(line)}
    dataset = ox.Dataset(ox.parse(b"".join(blank), ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)

    def named(term: Any) -> Any:
        if not isinstance(term, ox.BlankNode):
            return term
        return ox.NamedNode(f"{base}.well-known/genid/{name}-{term.value}")

    quads = (ox.Quad(named(s), p, named(o), g) for s, p, o, g in dataset)
    named_lines = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
    return sorted(lines - blank | set(named_lines.splitlines(keepends=True)))


def _inferred(out: Place, background: Store, names: list[str]) -> Iterator[bytes]:
    """The conclusions, drawn from the gists of all shards, one shard after the other."""
    from kg.infer import Background, infer

    def gists() -> Iterator[bytes]:
        for name in names:
            yield from unpacked(out, f"shards/{name}.gist.gz").splitlines(keepends=True)

    yield from infer(gists, Background.read(background), out.scratch())


def unpacked(out: Place, name: str) -> bytes:
    """What is in a packed file. Raises StoreError where it is missing or damaged."""
    try:
        return gzip.decompress(out.read(name) or b"")
    except (OSError, EOFError, zlib.error) as fault:
        raise StoreError(f"damaged ({fault})", where=name, hint="build again") from None


def _sweep(out: Place, names: set[str]) -> None:
    """Remove shards of former builds that are no part of this one."""
    for name in out.names():
        if _OURS.fullmatch(name) and name.partition(".")[0] not in names:
            out.remove(name)
    for name in out.names("shards"):
        if _OURS.fullmatch(name) and name.partition(".")[0] not in names:
            out.remove(f"shards/{name}")


def _void(manifest: dict[str, Any], kinds: Counter[str]) -> str:
    properties = [
        f"[ rdfs:label {json.dumps(kind)} ; void:triples {n} ]" for kind, n in sorted(kinds.items())
    ]
    files = [f"<{file['name']}>" for file in (*manifest["parts"], *manifest["own"])]
    return _VOID.format(
        base=manifest["base"],
        articles=manifest["articles"],
        quads=manifest["quads"],
        dumps=" ,\n        ".join(files),
        properties=" ,\n        ".join(properties or ["[]"]),
    )
