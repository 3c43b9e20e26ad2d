import pytest

from hub.errors import BadRequest, Code
from hub.model.caller import Credentials
from hub.policy.headers import Asserted, read_headers


def _sent(name: str, *values: str) -> Credentials:
    return Credentials(
        agreement=values if name == "agreement" else (),
        case=values if name == "case" else (),
        official=values if name == "official" else (),
    )


def test_nothing_is_asserted_by_silence() -> None:
    assert read_headers(Credentials()) == Asserted()


def test_values_of_the_right_form_are_taken() -> None:
    sent = Credentials(agreement=("RSD-2026-001",), case=("SP/2026.14-a",), official=("a_b",))
    assert read_headers(sent) == Asserted(
        agreement="RSD-2026-001", case="SP/2026.14-a", official="a_b"
    )


@pytest.mark.parametrize("name", ["agreement", "case", "official"])
def test_a_repeated_header_is_refused_even_when_both_agree(name: str) -> None:
    with pytest.raises(BadRequest) as told:
        read_headers(_sent(name, "a", "a"))
    assert told.value.code is Code.HEADER_CONFLICT


@pytest.mark.parametrize("name", ["agreement", "case", "official"])
@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "a b",
        "a\n",
        "ā",
        "٣",
        "x" * 65,
        "a;b",
        "161175-19997",
        "16117519997",
        "SP/161175-19997/1",
        "x161175_19997",
        "161175/19997",
        "161175--19997",
    ],
)
def test_other_forms_and_anything_like_a_code_are_refused_unrepeated(name: str, value: str) -> None:
    with pytest.raises(BadRequest) as told:
        read_headers(_sent(name, value))
    assert told.value.code is Code.HEADER_INVALID
    assert not value.strip() or value not in f"{told.value} {told.value.details}"


def test_sixty_four_characters_are_the_most() -> None:
    assert read_headers(Credentials(case=("x" * 64,))).case == "x" * 64


@pytest.mark.parametrize(
    "value",
    [
        "14-03-79-00019",
        "1403790001912345",
        "x1403790001912345y",
        "14.03.79/00019",
        "k/330000-00001/2",
        "3-3-0-0-0-0-0-0-0-0-1",
    ],
)
def test_a_code_is_found_however_its_digits_are_parted(value: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read_headers(Credentials(case=(value,)))
    assert caught.value.code is Code.HEADER_INVALID
    assert value not in str(caught.value)


@pytest.mark.parametrize("value", ["BT-2026/17", "SD/2026/000123.4", "a.berzina", "2026-11-20/7"])
def test_ordinary_numbers_pass(value: str) -> None:
    assert read_headers(Credentials(case=(value,))).case == value
