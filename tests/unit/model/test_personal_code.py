import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.lv import pvn

from hub.errors import BadRequest
from hub.model.personal_code import REMEMBERED, PersonalCode, read_code

DIGITS = st.from_regex(r"[0-3][0-9]{10}", fullmatch=True)
DAYS = st.dates().map(lambda day: f"{day:%d%m%y}")


def accepted(digits: str) -> bool:
    try:
        PersonalCode.parse(digits)
    except BadRequest:
        return False
    return True


@given(DIGITS | st.builds(lambda day, rest: f"{day}{rest:05}", DAYS, st.integers(0, 99_999)))
def test_old_codes_are_judged_as_another_library_judges_them(digits: str) -> None:
    if digits[0] == "3" and digits[1] >= "2":
        assert accepted(digits)
    else:
        assert accepted(digits) == (pvn.is_valid(digits) and digits[6] in "012")


@given(DAYS, st.integers(0, 9_999))
def test_one_check_digit_at_most_is_right(day: str, rest: int) -> None:
    assert sum(accepted(f"{day}{rest:04}{check}") for check in range(10)) <= 1


@pytest.mark.parametrize(
    "text", ["310275-13579", "000000-00000", "161175-19998", "٠١٠١٨٠-00010", "010101-30006"]
)
def test_impossible_codes_are_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        PersonalCode.parse(text)


def test_both_print_forms_become_one() -> None:
    assert PersonalCode.parse("16117519997") == PersonalCode.parse("161175-19997") == "161175-19997"


def test_a_code_read_again_is_the_same_code_and_refusals_are_not_remembered() -> None:
    read_code.cache_clear()
    assert PersonalCode.parse("161175-19997") is PersonalCode.parse("161175-19997")
    before = read_code.cache_info().currsize
    for _ in range(3):
        with pytest.raises(BadRequest):
            PersonalCode.parse("161175-19998")
    assert read_code.cache_info().currsize == before


def test_what_is_remembered_of_codes_is_bounded() -> None:
    for number in range(REMEMBERED + 50):
        PersonalCode.parse(f"38{number // 100_000:04}-{number % 100_000:05}")
    assert read_code.cache_info().currsize == REMEMBERED
    read_code.cache_clear()
