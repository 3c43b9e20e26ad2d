"""Curiosity: each detector on both sides of its threshold."""

import pytest

from hub.audit.misuse.surroundings import stem
from hub.model.misuse import Kind
from hub.ports import Residence
from tests.unit.audit.misuse.given import WORKER, around, code, found, hours, lived, look

OWN, SPOUSE, CHILD, FLATMATE, STRANGER, OTHER = 1, 2, 3, 4, 5, 6


def family() -> tuple[Residence, ...]:
    return (
        lived(OWN, home="a", kin=[SPOUSE, CHILD]),
        lived(SPOUSE, home="b"),
        lived(CHILD, home="c", kin=[OWN]),
        lived(FLATMATE, home="a", surname="Vēja"),
        lived(STRANGER, home="d"),
        lived(OTHER, home="e"),
    )


ME = around(*family(), officials={WORKER: OWN})


def test_own_code_under_a_former_one_too() -> None:
    former = Residence(
        codes=(code(OWN), code(9)), territory=None, born=None, died=None, kin=family()[0].kin
    )
    both = around(former, officials={WORKER: 9})
    assert len(found(Kind.OWN_CODE, [look(OWN)], both)) == 1
    assert found(Kind.OWN_CODE, [look(STRANGER)], both) == []
    assert found(Kind.OWN_CODE, [look(OWN, official=None)], both) == []
    assert found(Kind.OWN_CODE, [look(OWN, official="RD-102")], both) == []
    assert found(Kind.OWN_CODE, [look(OWN, recipient="elsewhere")], both) == []


def test_one_day_is_one_finding() -> None:
    looks = [look(OWN), look(OWN), look(OWN, at=look().at + hours(24))]
    (first, second) = found(Kind.OWN_CODE, looks, ME)
    assert first.measured == {"lookUps": 2, "persons": 1}
    assert (first.since, first.until) == (look().at, look().at)
    assert second.evidence == {looks[2].place}
    assert first.official == WORKER


@pytest.mark.parametrize("who", [SPOUSE, CHILD, FLATMATE])
def test_own_household_is_relatives_and_those_at_the_same_address(who: int) -> None:
    assert len(found(Kind.OWN_HOUSEHOLD, [look(who)], ME)) == 1


@pytest.mark.parametrize("who", [OWN, STRANGER])
def test_nobody_else_is_of_the_household(who: int) -> None:
    assert found(Kind.OWN_HOUSEHOLD, [look(who)], ME) == []


def test_no_address_is_nobodys_address() -> None:
    homeless = around(lived(OWN), lived(STRANGER), officials={WORKER: OWN})
    assert found(Kind.OWN_HOUSEHOLD, [look(STRANGER)], homeless) == []


def test_an_embedded_person_was_not_looked_up() -> None:
    assert found(Kind.OWN_HOUSEHOLD, [look(SPOUSE, asked=False)], ME) == []


COLLEAGUE = around(*family(), officials={WORKER: STRANGER, "RD-103": OWN})


def test_a_colleague_is_found_at_once_their_household_from_two_persons() -> None:
    assert len(found(Kind.COLLEAGUE, [look(OWN)], COLLEAGUE)) == 1
    assert found(Kind.COLLEAGUE, [look(SPOUSE), look(SPOUSE)], COLLEAGUE) == []
    (told,) = found(Kind.COLLEAGUE, [look(SPOUSE), look(CHILD)], COLLEAGUE)
    assert told.measured == {"lookUps": 2, "persons": 2}
    assert found(Kind.COLLEAGUE, [look(SPOUSE), look(OTHER)], COLLEAGUE) == []
    assert len(found(Kind.COLLEAGUE, [look(CHILD), look(FLATMATE)], COLLEAGUE)) == 1


def test_two_days_are_not_one() -> None:
    apart = [look(SPOUSE), look(CHILD, at=look().at + hours(24))]
    assert found(Kind.COLLEAGUE, apart, COLLEAGUE) == []


def test_an_official_elsewhere_is_no_colleague() -> None:
    assert found(Kind.COLLEAGUE, [look(OWN, recipient="elsewhere")], COLLEAGUE) == []


def test_ones_own_household_is_no_colleagues_household() -> None:
    couple = around(*family(), officials={WORKER: SPOUSE, "RD-103": OWN})
    assert found(Kind.COLLEAGUE, [look(OWN), look(SPOUSE)], couple) == []
    assert len(found(Kind.OWN_HOUSEHOLD, [look(OWN)], couple)) == 1


def namesakes(surname: str, *, own: str = "Rudmeža") -> list[object]:
    people = (
        lived(OWN, surname=own, home="mine"),
        lived(STRANGER, surname=surname, home="theirs"),
        lived(OTHER, surname="Cits", home="theirs"),
        lived(8, surname="Cits", home="theirs"),
    )
    them = around(*people, officials={WORKER: OWN})
    return [
        len(found(Kind.NAMESAKE, looks, them))
        for looks in (
            [look(STRANGER)],
            [look(STRANGER), look(OTHER)],
            [look(OTHER), look(8)],
        )
    ]


def test_a_namesakes_household_counts_from_two_persons_the_namesake_among_them() -> None:
    assert namesakes("Rudmežs") == [0, 1, 0]
    assert namesakes("Krastmals") == [0, 0, 0]


def test_a_common_name_says_nothing() -> None:
    assert namesakes("Bērziņš", own="Bērziņa") == [0, 0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bērziņš", "Bērziņa"),
        ("Ozols", "Ozola"),
        ("Eglītis", "Eglīte"),
        ("Liepa", "Liepa"),
        ("Ivanovs", "Ivanova"),
        ("Lielais", "Lielā"),
    ],
)
def test_both_forms_of_a_name_are_one(one: str, other: str) -> None:
    assert stem(one) == stem(other)
    assert stem(one) != stem("Kalns")


def test_listed_persons() -> None:
    listed = around(lived(STRANGER), vips=[STRANGER])
    assert len(found(Kind.VIP, [look(STRANGER)], listed)) == 1
    assert len(found(Kind.VIP, [look(STRANGER, official=None)], listed)) == 1
    assert found(Kind.VIP, [look(OTHER)], listed) == []
    machine = look(STRANGER, official=None, action="status")
    assert found(Kind.VIP, [machine], listed) == []
    assert len(found(Kind.VIP, [look(STRANGER, action="status")], listed)) == 1
    assert found(Kind.VIP, [look(STRANGER)], around(lived(STRANGER))) == []


@pytest.mark.parametrize(("together", "expected"), [(10, 1), (11, 0)])
def test_a_list_worked_through_is_no_curiosity(together: int, expected: int) -> None:
    listed = around(vips=[STRANGER])
    looks = [look(number + 100, operation="list") for number in range(together - 1)]
    looks.append(look(STRANGER, operation="list"))
    assert len(found(Kind.VIP, looks, listed)) == expected
