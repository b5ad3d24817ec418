"""Backups: the graph comes back as it was, or is refused by name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.backup import backup, restore
from kg.errors import StoreError
from kg.store import Store

BASE = "https://example.org/"


def quads(n: int, graph: str = "urn:a") -> str:
    return "".join(f'<urn:s{i}> <urn:p> "chỉ thị {i}"@vi <{graph}> .\n' for i in range(n))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    with Store.open(path, create=True, base=BASE) as opened:
        opened.replace([], quads(500))
    return path


def size(store: Path) -> int:
    with Store.open(store, read_only=True) as opened:
        assert opened.base == BASE
        return len(opened)


def test_a_backup_comes_back(store: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with Store.open(store, read_only=True), Store.open(store) as writer:  # in use by a reader and a writer
        writer.replace([], quads(7, "urn:b"))
        assert backup(store, kept) > 0
    assert size(store) == 507
    restore(kept, store)
    assert size(store) == 500
    restore(kept, tmp_path / "new")
    assert size(tmp_path / "new") == 500
    with Store.open(tmp_path / "new") as writer:
        writer.replace(["urn:a"], quads(3, "urn:c"))
    assert size(tmp_path / "new") == 3


def spoil(kept: Path) -> str:
    file = max((kept / "graph").rglob("*.sst"), key=lambda path: path.stat().st_size)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    return rf"{re.escape(file.name)}: is damaged"


def lose(kept: Path) -> str:
    next((kept / "graph").rglob("CURRENT")).unlink()
    return "CURRENT: is missing"


def unfinish(kept: Path) -> str:
    (kept / "backup.json").unlink()
    return "no finished backup is there"


def age(kept: Path) -> str:
    found = json.loads((kept / "backup.json").read_text())
    (kept / "backup.json").write_text(json.dumps(found | {"layout": 99, "program": "7.0"}))
    return r"another version wrote this backup \(layout 99, kg 7\.0"


def slip(kept: Path) -> str:
    found = json.loads((kept / "backup.json").read_text())
    found["files"]["../../outside"] = [1, "0"]
    (kept / "backup.json").write_text(json.dumps(found))
    return "names files outside of it"


@pytest.mark.parametrize("harm", [spoil, lose, unfinish, age, slip])
def test_a_bad_backup_is_refused_and_the_store_stays(
    store: Path, tmp_path: Path, harm: Callable[[Path], str]
) -> None:
    kept = tmp_path / "kept"
    backup(store, kept)
    with Store.open(store) as writer:
        writer.replace(["urn:a"], quads(9))
    message = harm(kept)
    with pytest.raises(StoreError, match=message):
        restore(kept, store)
    assert size(store) == 9
    assert len([path for path in store.iterdir() if path.name.startswith("graph-")]) == 1


def test_a_folder_with_files_is_not_backed_up_into(store: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("")
    with pytest.raises(StoreError, match="holds files already"):
        backup(store, tmp_path / "full")
    with pytest.raises(StoreError, match="no store here"):
        backup(tmp_path / "none", tmp_path / "kept")
