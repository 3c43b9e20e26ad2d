"""The table of thresholds: complete, bounded, or nothing starts."""

from pathlib import Path

import pytest

from hub.errors import Misconfigured
from hub.model.misuse import Kind
from hub.policy.misuse import FILE, load_thresholds
from hub.policy.source import packaged
from tests.unit.policy.given import rules

WRITTEN = (packaged() / FILE).read_text()


def problems(tmp_path: Path, old: str, new: str) -> list[str]:
    assert old in WRITTEN
    (tmp_path / FILE).write_text(WRITTEN.replace(old, new, 1))
    with pytest.raises(Misconfigured) as wrong:
        load_thresholds(tmp_path, rules().vocabulary)
    return list(wrong.value.problems)


def test_every_kind_has_a_row() -> None:
    table = load_thresholds(packaged(), rules().vocabulary)
    assert set(table.__struct_fields__) == {kind.value for kind in Kind}
    assert table.out_of_hours.exempt_purposes[0].endswith("#CrisisBenefit")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("negatives: 20", "negatives: 0", "expected `int` >= 1"),
        ("negatives: 20", "negatives: twenty", "expected `int`"),
        ("percent: 50", "percent: 101", "expected `int` <= 100"),
        ("  minutes: 60\n", "", "missing required field `minutes`"),
        ("minutes: 60", "minutes: 60\n  seconds: 3", "unknown field `seconds`"),
        ("status_sweep:", "status_swept:", "unknown field `status_swept`"),
        ("CrisisBenefit", "CrisisBenefits", "is no purpose"),
        ("opens: 7", "opens: 20", "`opens` is not before `closes`"),
        ('moved_holidays: ["05-04"', 'moved_holidays: ["05-03"', "is no fixed holiday"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    (problem,) = problems(tmp_path, old, new)
    assert told in problem
    assert problem.startswith(f"{FILE}:")


def test_a_folder_without_the_table_does_not_do(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        load_thresholds(tmp_path, rules().vocabulary)
