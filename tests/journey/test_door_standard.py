"""GraphQL over HTTP, asked by the working group's own audit (npm package `graphql-http`)."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hub.sandbox.graphiql.build import BuildFailed, find_node
from tests.journey.door import a_token
from tests.journey.town import Town

HERE = Path(__file__).parent / "standard"
MEANT_OTHERWISE = {
    # The audit still asks for what held before 2025: `application/json` where `Accept` says
    # nothing. The standard has asked for `application/graphql-response+json` there since.
    "47DE": "SHOULD accept */* and use application/json for the content-type",
    "80D8": "SHOULD assume application/json content-type when accept is missing",
}
MAY_NOT = {"5A70", "6A70", "D6D5"}
"""What a server may do, asked by GET with variables; none of these is about a person."""


@pytest.fixture(scope="module")
def results(served: Town, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    folder = tmp_path_factory.mktemp("standard") / "audit"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("node_modules"))
    try:
        tools = find_node()
    except BuildFailed as failure:
        pytest.fail(str(failure))
    run([*tools.npm, "ci", "--ignore-scripts"], folder)
    told = run(
        [*tools.node, "audit.mjs"],
        folder,
        HUB_URL=f"{served.url}/graphql",
        HUB_AUTHORIZATION=f"Bearer {a_token(served)}",
    )
    return {each["id"]: each for each in json.loads(told)}


def run(command: list[str], folder: Path, **more: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **more}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_of_the_standard_is_broken(results: dict[str, dict[str, str]]) -> None:
    assert len(results) > 50
    failing = {each["id"]: each["name"] for each in results.values() if each["status"] != "ok"}
    assert failing == MEANT_OTHERWISE


def test_no_must_and_no_may_is_missed(results: dict[str, dict[str, str]]) -> None:
    assert {each["status"] for each in results.values() if "MUST" in each["name"]} == {"ok"}
    assert {results[each]["status"] for each in MAY_NOT} == {"ok"}
