from datetime import date

import orjson
import pytest

from bench.workloads import DOSSIER, STATUS, WORKLOADS, Workload

CODES = [f"{number:06d}-00000" for number in range(1_000)]
TODAY = date(2026, 7, 1)


def test_the_workloads_are_of_the_size_they_are_told_to_be() -> None:
    sizes = {each.name: (len(each.plan().leaves), each.persons) for each in WORKLOADS}
    assert sizes == {"status": (8, 1), "batch": (8, 500), "dossier": (83, 1)}


def test_nobody_is_asked_about_twice() -> None:
    for workload in WORKLOADS:
        variables = [orjson.loads(body)["variables"] for body in workload.bodies(CODES, TODAY)]
        asked = [code for each in variables for code in each.get("personalCodes", [])]
        asked += [each["personalCode"] for each in variables if "personalCode" in each]
        assert len(asked) == len(set(asked)) == len(CODES)


@pytest.mark.parametrize("workload", [STATUS, DOSSIER], ids=lambda each: each.name)
def test_documents_never_seen_differ_in_text_alone(workload: Workload) -> None:
    bodies = workload.unseen(CODES, TODAY, range(5))
    texts = {orjson.loads(body)["query"] for body in bodies}
    assert len(texts) == 5
    assert {text.count("once") for text in texts} == {1}
    assert workload.query not in texts
