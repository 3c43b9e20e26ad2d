from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.lv import pvn

from hub.model.personal_code import PersonalCode
from hub.sandbox.people import codes
from hub.sandbox.people.members import MEMBERS

NUMBERS = st.integers(0, codes.OLD_CODES - 1)
SALTS = st.integers(0, 2**25 - 1)


@given(NUMBERS, SALTS)
def test_every_code_is_well_formed(number: int, salt: int) -> None:
    old = codes.old_code(codes.old_slot(number, salt))
    assert pvn.is_valid(old)
    for code in (
        old,
        codes.new_code(number, salt),
        codes.exchanged_code(number, salt),
        codes.generated_code(number, salt),
    ):
        assert PersonalCode.parse(code).digits == code
        assert codes.complete(code[:10]) == code


@given(NUMBERS, SALTS)
def test_codes_come_from_ranges_that_are_not_issued(number: int, salt: int) -> None:
    old = codes.old_code(codes.old_slot(number, salt))
    assert old[6] == "0"
    assert int(old[4:6]) < codes.PERSONA_YEAR
    assert codes.new_code(number, salt).startswith("33")
    assert codes.exchanged_code(number, salt).startswith("34")
    assert codes.generated_code(number, salt).startswith("39")


@given(NUMBERS, SALTS)
def test_an_old_code_shows_the_birthday(number: int, salt: int) -> None:
    slot = codes.old_slot(number, salt)
    month, day = codes.birthday(slot)
    assert codes.old_code(slot)[:4] == f"{day:02}{month:02}"


def old_code(number: int, salt: int) -> str:
    return codes.old_code(codes.old_slot(number, salt))


@pytest.mark.parametrize("make", [old_code, codes.new_code, codes.generated_code])
def test_numbers_never_share_a_code(make: Callable[[int, int], str]) -> None:
    salt, many = 0x123_4567, 60_000
    assert len({make(number, salt) for number in range(many)}) == many


def test_shuffling_is_a_shuffle() -> None:
    assert len({codes.scatter(number, 77) for number in range(2**16)}) == 2**16


def test_personas_have_codes_that_no_generated_person_can_have() -> None:
    made = [member.code for member in MEMBERS.values()]
    assert len(set(made)) == len(made)
    for member in MEMBERS.values():
        assert PersonalCode.parse(member.code)
        assert PersonalCode.parse(member.generated_code)
        assert member.new_code.startswith("38")
        assert pvn.is_valid(member.old_code)
        assert member.old_code[4:6] == str(codes.PERSONA_YEAR)
        assert int(member.generated_code[2:10]) >= 2**25
