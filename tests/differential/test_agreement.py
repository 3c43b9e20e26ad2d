"""The planner against graphql-core: the same data, and the same errors."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.plan.documents import Document
from hub.plan.operation import read_plan
from tests.differential.cases import composed_case, published_case
from tests.differential.dice import Drawn, Rolled
from tests.differential.rolling import failure, maker, wrong

BATCHES, BATCH = 6, 500
RANDOM = 300

thorough = settings(
    max_examples=100,
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def rolled(numbers: range) -> Counter[str]:
    seen: Counter[str] = Counter()
    for number in numbers:
        told = failure(number, seen)
        assert not told, f"make fuzz FUZZ_SEED={number} FUZZ_CASES=1\n{told}"
    return seen


@pytest.mark.parametrize("batch", range(BATCHES))
def test_thousands_of_cases_agree(batch: int) -> None:
    seen = rolled(range(batch * BATCH, (batch + 1) * BATCH))
    assert seen["optimistic"] > BATCH // 2
    assert min(seen["errors"], seen["denied"], seen["planned before"]) > BATCH // 10


def test_cases_that_no_run_had_before_agree() -> None:
    start = int.from_bytes(os.urandom(5))
    rolled(range(start, start + RANDOM))


@thorough
@given(st.data())
def test_over_the_published_schema(data: st.DataObject) -> None:
    assert not wrong(published_case, Drawn(data.draw))


@thorough
@given(st.data())
def test_over_random_schemas(data: st.DataObject) -> None:
    assert not wrong(composed_case, Drawn(data.draw))


def test_policy_is_asked_about_every_leaf_that_is_assembled() -> None:
    for number in range(0, 1_000, 2):
        case = maker(number)(Rolled(number))
        document = Document(case.question.text, case.question.node)
        plan = read_plan(case.schema, document, case.operation, case.variables)
        assert case.compiled().tree.ids <= plan.fields, str(case)
