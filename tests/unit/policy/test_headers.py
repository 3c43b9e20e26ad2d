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
