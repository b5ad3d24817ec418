"""The description of the API against the API: schemathesis reads /openapi.json and asks what it allows and
what it does not, of a real server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings

import kg
from kg.serve.openapi import document
from kg.serve.settings import Settings

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: E402

GenerationMode = schemathesis.GenerationMode
SEEDS = Path(__file__).parent.parent.parent / "seeds"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `kg serve` over the five articles."""
    folder = tmp_path_factory.mktemp("schema")
    kg.build([SEEDS], folder / "store")
    command = [sys.executable, "-m", "kg", "serve", "--store", str(folder / "store"), "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [*command, "--workers", "2", "--no-access-log"], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+[^/\s]", process.stdout.readline())
        assert found
        yield found[0]
        process.terminate()


@pytest.fixture(scope="module")
def description(server: str) -> Any:
    return schemathesis.openapi.from_url(f"{server}/openapi.json")


# Each query by what it allows; by what it does not, only where the parameters are of other kinds: the code
# is one. The same for lists of values, of which there are as many as parameters.
DESCRIBED = document(Settings(), "", "en")["paths"]
KINDS = {
    json.dumps([parameter["schema"] for parameter in described["get"]["parameters"]]): path
    for path, described in DESCRIBED.items()
    if described["get"]["parameters"]
}
CASES = [(path, GenerationMode.POSITIVE) for path in DESCRIBED if "/values/" not in path]
CASES += [(path, GenerationMode.NEGATIVE) for path in KINDS.values() if "{" not in path]


@pytest.mark.parametrize(("path", "mode"), CASES, ids=[f"{path}-{mode.name}" for path, mode in CASES])
def test_every_answer_is_as_described(path: str, mode: Any, description: Any) -> None:
    @given(case=description[path]["GET"].as_strategy(generation_mode=mode))
    @settings(max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate])
    def answers(case: Any) -> None:
        # OpenAPI cannot say which text is a query, nor that one of two parameters is given
        excluded = [positive_data_acceptance] if path in ("/sparql", "/graphs") else []
        case.call_and_validate(timeout=60, excluded_checks=excluded)

    answers()
