"""Derive the territories of the register from the package vietnamadminunits.

    python ontology/register/derive.py [FOLDER]

writes territories.ttl (the 63 provinces before 1 July 2025, the 34 after, and who became whom) and
territories-districts.ttl (the 696 districts that ended on that day) into FOLDER, by default beside itself.
The same package version gives the same bytes. What the package does not hold, and why it is needed:

- the dates: Nghị quyết 202/2025/QH15 (the provinces), Nghị quyết 203/2025/QH15 (the districts), and
  Nghị quyết 175/2024/QH15, by which tỉnh Thừa Thiên Huế, missing in the package, became thành phố Huế;
- other spellings of names, in SPELLINGS;
- identifiers in Wikidata, ISO 3166-2 and GeoNames, in provinces-wikidata.csv (Who's On First). They are given
  to the territory before the merger only, and left out where the source looked wrong.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

PACKAGE = "vietnamadminunits"
VERSION = "1.0.4"
MERGER = "2025-07-01"
HUE_CITY = "2025-01-01"
PROVINCES_BY = "Nghị quyết 202/2025/QH15"
DISTRICTS_BY = "Nghị quyết 203/2025/QH15"
HUE_BY = "Nghị quyết 175/2024/QH15"
IDENTIFIERS_BY = "Who's On First, whosonfirst-data-admin-vn"

PROVINCE_KINDS = {"Tỉnh": "tỉnh", "Thành phố": "thành phố trực thuộc Trung ương"}
DISTRICT_KINDS = {
    "Huyện": "huyện",
    "Quận": "quận",
    "Thị xã": "thị xã",
    "Thành phố": "thành phố thuộc tỉnh",
}

# Spellings met in the press; forms that differ only in the place of the tone mark are folded by the matcher.
SPELLINGS = {
    "Hồ Chí Minh": ("TP. Hồ Chí Minh", "TP Hồ Chí Minh", "TP.HCM", "TP. HCM", "TPHCM", "TP HCM"),
    "Hà Nội": ("TP. Hà Nội", "TP Hà Nội", "Thủ đô Hà Nội"),
    "Hải Phòng": ("TP. Hải Phòng", "TP Hải Phòng"),
    "Đà Nẵng": ("TP. Đà Nẵng", "TP Đà Nẵng"),
    "Cần Thơ": ("TP. Cần Thơ", "TP Cần Thơ"),
    "Huế": ("TP. Huế", "TP Huế"),
    "Thừa Thiên Huế": ("Thừa Thiên - Huế", "Thừa Thiên-Huế", "Thừa Thiên – Huế", "TT-Huế"),
    "Bà Rịa - Vũng Tàu": ("Bà Rịa-Vũng Tàu", "Bà Rịa – Vũng Tàu", "BR-VT"),
    "Đắk Lắk": ("Đắc Lắc", "Đắk Lắc", "Đăk Lăk", "Đắc Lắk", "Daklak", "Dak Lak"),
    "Đắk Nông": ("Đắc Nông", "Đăk Nông", "Dak Nong"),
    "Kon Tum": ("Kontum", "KonTum"),
    "Bắc Kạn": ("Bắc Cạn",),
    "Buôn Ma Thuột": ("Buôn Mê Thuột", "Buôn Ma Thuộc"),
    "Quy Nhơn": ("Qui Nhơn",),
}

HEADER = """\
# Derived by ontology/register/derive.py from {package} {version}; edit that script, not this file.
# {what}
# A span is half open: ckg:validUntil is the first day on which the territory exists no more.
@prefix ckg: <https://w3id.org/cascade-kg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix t: <https://w3id.org/cascade-kg/id/territory/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

"""


@dataclass(frozen=True, slots=True)
class Province:
    """A province as the package has it; `key` is its accentless name, as in the table of mergers."""

    key: str
    code: str
    kind: str
    name: str

    @property
    def slug(self) -> str:
        """Local name of its IRI."""
        return slug(f"{'thành phố' if self.kind.startswith('thành phố') else self.kind} {self.name}")

    @property
    def label(self) -> str:
        """Its name with what it is, as on a sign."""
        return f"{'Tỉnh' if self.kind == 'tỉnh' else 'Thành phố'} {self.name}"


HUE_PROVINCE = Province("tinhthuathienhue", "46", "tỉnh", "Thừa Thiên Huế")


def slug(text: str) -> str:
    """Accents stripped, đ→d, lower case, anything else a hyphen."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in bare if not unicodedata.combining(c))).strip("-")


def provinces(data: sqlite3.Connection, table: str) -> list[Province]:
    """The provinces of one of the package's tables, by code."""
    rows = data.execute(
        f"SELECT DISTINCT provinceKey, provinceCode, province, provinceShort FROM {table} ORDER BY 2"
    )
    return [
        Province(key, code, PROVINCE_KINDS[full.removesuffix(short).strip()], short)
        for key, code, full, short in rows
    ]


def date(day: str) -> str:
    """A day, written YYYY-MM-DD, as a Turtle literal."""
    return f'"{day}"^^xsd:date'


def quoted(texts: tuple[str, ...], language: str = "") -> str:
    """Texts as a Turtle object list; `language` with its @."""
    return " , ".join(f'"{text}"{language}' for text in texts)


def territory(slug: str, label: str, name: str, *, code: str, kind: str, rest: list[tuple[str, str]]) -> str:
    """One territory as Turtle; `rest` are further predicates with their objects, already written."""
    other_names = (name, *SPELLINGS.get(name, ()))
    pairs = [
        ("rdfs:label", f'"{label}"@vi'),
        ("ckg:properName", f'"{name}"@vi'),
        ("ckg:territoryKind", f'"{kind}"'),
        ("ckg:level", "ckg:Provincial" if kind in PROVINCE_KINDS.values() else "ckg:District"),
        ("ckg:gsoCode", f'"{code}"'),
        *([("skos:altLabel", quoted(other_names, "@vi"))] if not name.isdigit() else []),
        *rest,
    ]
    return f"t:{slug} a ckg:Territory ;\n    " + " ;\n    ".join(f"{p} {o}" for p, o in pairs) + " .\n"


def identifiers() -> dict[str, list[tuple[str, str]]]:
    """Name of a province before the merger → its identifiers elsewhere, as predicates and objects."""
    found = {}
    with (Path(__file__).parent / "provinces-wikidata.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            same = [f"<https://sws.geonames.org/{row['geonames']}/>"]
            if row["wikidata"]:
                same.insert(0, f"<http://www.wikidata.org/entity/{row['wikidata']}>")
            found[row["name"]] = [
                ("schema:identifier", f'"{row["iso3166"]}"'),
                ("schema:sameAs", " , ".join(same)),
            ]
    return found


def written(province: Province, local: str, rest: list[tuple[str, str]]) -> str:
    """A province under the local name `local`, as Turtle."""
    return territory(local, province.label, province.name, code=province.code, kind=province.kind, rest=rest)


def province_blocks(data: sqlite3.Connection, merged: dict[str, list[str]]) -> Iterator[str]:
    """The 63 (64 with tỉnh Thừa Thiên Huế, which ended first), then those of the 34 that are another land."""
    old = {p.key: p for p in provinces(data, "admin_units_legacy")}
    new = {p.key: p for p in provinces(data, "admin_units")}
    successor = {before: after for after, olds in merged.items() for before in olds}
    elsewhere = identifiers()
    package = f"{PACKAGE} {VERSION}"
    hue = next(p for p in old.values() if p.name == "Huế")
    yield written(
        HUE_PROVINCE,
        HUE_PROVINCE.slug,
        [
            ("ckg:validUntil", date(HUE_CITY)),
            ("ckg:successor", f"t:{hue.slug}"),
            *elsewhere[HUE_PROVINCE.name],
            ("dcterms:source", quoted((HUE_BY, IDENTIFIERS_BY))),
        ],
    )
    for province in old.values():
        after = new[successor[province.key]]
        sources: tuple[str, ...] = (package,)
        rest = list(elsewhere.get(province.name, ()))
        if rest:
            sources += (IDENTIFIERS_BY,)
        if province is hue:
            rest += [("ckg:validFrom", date(HUE_CITY)), ("ckg:predecessor", f"t:{HUE_PROVINCE.slug}")]
            sources += (HUE_BY,)
        if len(merged[after.key]) > 1:
            rest += [("ckg:validUntil", date(MERGER)), ("ckg:successor", f"t:{slug(after.name)}-2025")]
            sources += (PROVINCES_BY,)
        rest.append(("dcterms:source", quoted(sources)))
        yield written(province, province.slug, rest)
    for after in new.values():
        parts = merged[after.key]
        if len(parts) > 1:
            before = " , ".join(f"t:{old[key].slug}" for key in sorted(parts))
            rest = [
                ("ckg:validFrom", date(MERGER)),
                ("ckg:predecessor", before),
                ("dcterms:source", quoted((package, PROVINCES_BY))),
            ]
            yield written(after, f"{slug(after.name)}-2025", rest)


def district_blocks(data: sqlite3.Connection) -> Iterator[str]:
    """One district a line: 696 of them, unique by kind, name and province."""
    by_key = {p.key: p for p in provinces(data, "admin_units_legacy")}
    rows = data.execute(
        "SELECT DISTINCT districtCode, district, districtType, provinceKey FROM admin_units_legacy ORDER BY 1"
    )
    seen: set[str] = set()
    for code, full, kind, province_key in rows:
        # Not the short name, which may be "Kỳ Anh (Huyện)" or "Quận 1"; and "Thành Phố" is met, too.
        name = full[len(kind) :].strip()
        province = by_key[province_key]
        local = slug(f"{kind} {name} {province.name}")
        if local in seen:
            raise SystemExit(f"two districts would share the name {local}")
        seen.add(local)
        block = territory(
            local,
            f"{kind} {name}",
            name,
            code=code,
            kind=DISTRICT_KINDS[kind],
            rest=[
                ("ckg:partOf", f"t:{province.slug}"),
                ("ckg:validUntil", date(MERGER)),
                ("dcterms:source", quoted((f"{PACKAGE} {VERSION}", DISTRICTS_BY))),
            ],
        )
        yield block.replace("\n    ", " ")


def derive(folder: Path) -> None:
    """Write both files into `folder`; exits with a sentence when the package is another version."""
    if (found := version(PACKAGE)) != VERSION:
        raise SystemExit(f"{PACKAGE} is {found}, the register is derived from {VERSION}: install that one")
    source = files(PACKAGE) / "data"
    merged = json.loads((source / "converter_2025.json").read_text(encoding="utf-8"))["DICT_PROVINCE"]
    data = sqlite3.connect(f"file:{source / 'dataset.db'}?mode=ro", uri=True)
    what = "The provinces: 63 until 30 June 2025 and 34 since; the 11 that kept their land are one territory."
    header = HEADER.format(package=PACKAGE, version=VERSION, what=what)
    text = header + "\n".join(province_blocks(data, merged))
    (folder / "territories.ttl").write_text(text, encoding="utf-8", newline="\n")
    what = "The 696 districts, all of which ended on 30 June 2025."
    header = HEADER.format(package=PACKAGE, version=VERSION, what=what)
    text = header + "".join(district_blocks(data))
    (folder / "territories-districts.ttl").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    derive(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
