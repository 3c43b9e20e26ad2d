from collections.abc import Collection

import pytest

from hub.model.agreement import Scope
from hub.model.personal_code import PersonalCode
from hub.policy.scope import within
from hub.ports import Residence
from tests.unit.policy.given import agreement, caller

RIGA, MADONA = "0001000", "0038000"
ANNA, BERTA, CILDA, NOBODY, OLD_ANNA = (
    PersonalCode(code)
    for code in ("330000-00001", "330000-00002", "330000-00003", "330000-00004", "330000-00005")
)
PEOPLE = {
    ANNA: Residence(codes=(ANNA, OLD_ANNA), territory=RIGA, born=None, died=None),
    BERTA: Residence(codes=(BERTA,), territory=MADONA, born=None, died=None),
    CILDA: Residence(codes=(CILDA,), territory=None, born=None, died=None),
}
ASKED = (ANNA, BERTA, CILDA, NOBODY)


class Lists:
    def __init__(self, *members: tuple[str | None, PersonalCode]) -> None:
        self.kept = set(members)
        self.asked: list[tuple[str, str | None, frozenset[PersonalCode]]] = []

    async def members(
        self, agreement: str, case: str | None, codes: Collection[PersonalCode]
    ) -> frozenset[PersonalCode]:
        self.asked.append((agreement, case, frozenset(codes)))
        return frozenset(code for code in codes if (case, code) in self.kept)


async def _inside(scope: Scope, lists: Lists, case: str | None = None) -> set[PersonalCode]:
    found = await within(caller(agreement(scope=scope), case), ASKED, PEOPLE, lists)
    assert all(found[code] is PEOPLE[code] for code in found)
    return set(found)


@pytest.mark.asyncio
async def test_without_conditions_everybody_who_exists_is_inside() -> None:
    lists = Lists()
    assert await _inside(Scope(), lists) == {ANNA, BERTA, CILDA}
    assert lists.asked == []


@pytest.mark.asyncio
async def test_territory_is_declared_residence_and_none_is_nowhere() -> None:
    assert await _inside(Scope(territories=frozenset({RIGA})), Lists()) == {ANNA}
    assert await _inside(Scope(territories=frozenset({RIGA, MADONA})), Lists()) == {ANNA, BERTA}


@pytest.mark.asyncio
async def test_a_caseload_knows_a_person_under_an_earlier_code() -> None:
    lists = Lists((None, OLD_ANNA), (None, BERTA), (None, NOBODY))
    assert await _inside(Scope(caseload=True), lists) == {ANNA, BERTA}


@pytest.mark.asyncio
async def test_only_the_case_asserted_counts() -> None:
    lists = Lists(("C-1", ANNA), ("C-2", BERTA), (None, CILDA), ("", CILDA))
    assert await _inside(Scope(case=True), lists, "C-1") == {ANNA}
    assert await _inside(Scope(case=True), Lists((None, CILDA)), None) == set()


@pytest.mark.asyncio
async def test_every_condition_must_hold() -> None:
    scope = Scope(territories=frozenset({RIGA}), caseload=True, case=True)
    everywhere = Lists((None, ANNA), ("C-1", ANNA), (None, BERTA), ("C-1", BERTA))
    assert await _inside(scope, everywhere, "C-1") == {ANNA}
    assert await _inside(scope, Lists((None, ANNA)), "C-1") == set()
    assert await _inside(scope, Lists(("C-1", ANNA)), "C-1") == set()


@pytest.mark.asyncio
async def test_the_lists_are_asked_alike_about_those_inside_outside_and_nowhere() -> None:
    lists = Lists()
    await _inside(Scope(territories=frozenset({RIGA}), caseload=True, case=True), lists, "C-1")
    everybody = frozenset({*ASKED, OLD_ANNA})
    assert lists.asked == [("T-001", None, everybody), ("T-001", "C-1", everybody)]
