"""The fuzzer itself: it finds, makes small, tells, and can be taken up again."""

from collections import Counter

import pytest

from hub.plan.compiler import Compiled
from tests.differential import fuzz
from tests.differential.cases import published_case
from tests.differential.dice import Dice, Rolled
from tests.differential.rolling import failure
from tests.differential.shrinking import shrunk


def test_a_case_is_made_small() -> None:
    def fails(dice: Dice) -> bool:
        return "vaccination" in published_case(dice).question.text

    seed = next(seed for seed in range(1_000) if fails(Rolled(seed)))
    small = published_case(shrunk(seed, fails)).question.text
    assert "vaccination" in small
    assert len(small) < 200


def test_the_same_number_is_the_same_case() -> None:
    assert str(published_case(Rolled(5))) == str(published_case(Rolled(5)))
    assert str(published_case(Rolled(5))) != str(published_case(Rolled(6)))


def test_a_wrong_answer_is_found_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert failure(8) is None
    right = Compiled.exact
    monkeypatch.setattr(
        Compiled, "exact", lambda *given: ({**(right(*given)[0] or {}), "x": 1}, [])
    )
    told = failure(8)
    assert told is not None
    assert told.startswith("case 8: ")
    assert "query" in told


def test_an_exception_is_found_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Compiled, "exact", failing)
    assert "ZeroDivisionError" in (failure(9) or "")


def test_a_run_tells_how_far_it_came(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("CASES", "30"), ("SEED", "7"), ("PROCESSES", "1")):
        monkeypatch.setenv(f"FUZZ_{name}", value)
    assert fuzz.main() == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first == "30 cases from FUZZ_SEED=7, 1 processes"
    assert last.startswith("30 cases, ")
    assert " 0 failed" in last


def test_the_rest_of_a_run_can_be_taken_up(capsys: pytest.CaptureFixture[str]) -> None:
    progress = fuzz._Progress(100, 1_000)
    progress.add((250, ["case 101: data"], Counter(errors=3)))
    progress.tell()
    out = capsys.readouterr().out
    assert "FAILED case 101: data" in out
    assert "1 failed" in out
    assert "FUZZ_SEED=350 FUZZ_CASES=750" in out
