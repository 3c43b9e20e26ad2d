"""Invariant 10: a seventh register is new files only, in ``schemas``, ``connectors``, ``policies``.

They are laid beside the others in a copy of the tree, of which no file is touched; there the
register is asked over HTTP, and the suites that find registers by themselves find it too.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEVENTH = Path(__file__).parent / "seventh"
TREE = ("hub", "schemas", "connectors", "policies", "tests", "pyproject.toml")
PLACES = {"schemas", "connectors", "policies"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, with the seventh register's files added."""
    folder = tmp_path_factory.mktemp("tree")
    folder.chmod(0o755)
    for name in TREE:
        source = ROOT / name
        if source.is_dir():
            unneeded = shutil.ignore_patterns("__pycache__", "node_modules", "browser")
            shutil.copytree(source, folder / name, ignore=unneeded)
        else:
            shutil.copy(source, folder / name)
    for source in _added():
        target = folder / source.relative_to(SEVENTH).with_suffix(
            "" if source.suffix == ".txt" else source.suffix
        )
        assert not target.exists(), "a new register changes no file"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    return folder


def _added() -> Sequence[Path]:
    return [each for each in sorted(SEVENTH.rglob("*")) if each.is_file()]


def suite(copy: Path, *words: str) -> str:
    """Run tests of the copy, in the copy."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-4000:]
    return run.stdout


def test_the_new_files_lie_where_registers_do() -> None:
    parts = {each.relative_to(SEVENTH).parts[0] for each in _added()}
    assert parts == PLACES | {"tests"}


def test_it_is_asked_like_the_others(copy: Path) -> None:
    assert " passed" in suite(copy, "tests/test_seventh.py")


def test_the_contract_of_connectors_and_guard_rails_finds_it(copy: Path) -> None:
    told = suite(copy, "tests/contract", "-k", "angling")
    assert " passed" in told
    rails = suite(copy, "tests/unit/policy/test_guardrails.py", "-k", "angling")
    assert " passed" in rails


def test_the_published_schema_holds_it_without_a_hand(copy: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from hub.app import publication as p; print(p.published_sdl())"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "angling: Angling" in run.stdout
    assert "type Angling" in run.stdout
