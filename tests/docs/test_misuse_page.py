"""The page on misuse tells the table as it stands."""

import re
from pathlib import Path

import msgspec

from hub.model.misuse import Kind
from hub.policy.misuse import load_thresholds
from hub.policy.source import packaged
from tests.unit.policy.given import rules

PAGE = (Path(__file__).parents[2] / "docs" / "misuse.md").read_text()
ROWS = dict(re.findall(r"^\| `([a-z_]+)` \| [^|]+ \| ([^|]+) \| [^|0-9]+ \|$", PAGE, re.MULTILINE))


def test_every_kind_and_every_number_is_told() -> None:
    table = load_thresholds(packaged(), rules().vocabulary)
    assert set(ROWS) == {kind.value for kind in Kind}
    for kind in Kind:
        row = msgspec.to_builtins(getattr(table, kind.value))
        numbers = {name: value for name, value in row.items() if isinstance(value, int)}
        assert dict(_numbers(ROWS[kind.value])) == numbers


def _numbers(told: str) -> list[tuple[str, int]]:
    return [(name, int(value)) for name, value in re.findall(r"`(\w+)` (\d+)", told)]


def test_each_kind_was_measured() -> None:
    measured = PAGE[PAGE.index("## How well it does") :]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", measured, re.MULTILINE)) == set(Kind)
