"""Why an officer looked: no personal code, however it is spelt, and nothing that is not text."""

import pytest

from hub.errors import BadRequest, Code
from hub.model.reason import checked_reason

CODE = "14037900019"
SPELT = [
    CODE,
    "140379-00019",
    "140379:00019",
    "140379, 00019",
    "140379 - - 00019",
    "140379−00019",  # noqa: RUF001 — a minus sign
    "14 03 79-00019",
    "1 4 0 3 7 9 0 0 0 1 9",
    "14.03.79.0.00.19",
    "(140379) 00019",
    "１４０３７９-０００１９",  # noqa: RUF001 — wide digits
    "x140379-00019x",
    "N1403790001901",
    "329999-99999",
    "3 29999 9999 9",
]
CONTROLS = ["\x1b[2J", "\x07", "\0", "\u202e", "\u200b", "\u00ad", "\ud800"]
PLAIN = [
    "complaint 2026-113 of 20.11.2026, page 4",
    "log of 2026-11-20 14:05:33 was asked twice",
    "Jūrmalas sociālā dienesta pārbaude Nr. 12/7",
    "call 67 000 000 about agreement RSD-2026-001",
]


@pytest.mark.parametrize("spelt", SPELT)
def test_no_spelling_of_a_code_is_a_reason(spelt: str) -> None:
    with pytest.raises(BadRequest) as refused:
        checked_reason(f"looked because of {spelt} today")
    assert refused.value.code is Code.REASON_INVALID


@pytest.mark.parametrize("control", CONTROLS)
def test_what_moves_a_terminal_or_hides_is_no_reason(control: str) -> None:
    with pytest.raises(BadRequest):
        checked_reason(f"looked because {control} of a complaint")


@pytest.mark.parametrize("plain", PLAIN)
def test_numbers_of_other_things_are(plain: str) -> None:
    assert checked_reason(f" {plain}\n") == plain
