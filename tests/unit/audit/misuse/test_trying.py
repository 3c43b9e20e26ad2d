"""Trying out: each detector on both sides of its threshold."""

from datetime import timedelta

from hub.model.misuse import Kind
from tests.unit.audit.misuse.given import NOON, found, look


def test_many_codes_that_name_nobody() -> None:
    missed = [look(n, found=False) for n in range(20)]
    assert found(Kind.ENUMERATION, missed[:19]) == []
    (told,) = found(Kind.ENUMERATION, missed)
    assert told.measured == {"negatives": 20, "persons": 20}


def test_half_of_all_must_be_nobody() -> None:
    missed = [look(n, found=False) for n in range(20)]
    hit = [look(n) for n in range(100, 121)]
    assert len(found(Kind.ENUMERATION, missed + hit[:20])) == 1
    assert found(Kind.ENUMERATION, missed + hit) == []


def test_one_code_again_and_again_is_a_mistake() -> None:
    assert found(Kind.ENUMERATION, [look(1, found=False) for _ in range(50)]) == []


def test_an_hour_and_an_asker_are_each_their_own() -> None:
    late = [look(n, found=False, at=NOON + timedelta(minutes=6 * n)) for n in range(20)]
    assert found(Kind.ENUMERATION, late) == []
    two = [look(n, found=False, official=f"RD-{n % 2}") for n in range(38)]
    assert found(Kind.ENUMERATION, two) == []
    machine = [look(n, found=False, official=None) for n in range(20)]
    assert len(found(Kind.ENUMERATION, machine)) == 1


def swept(number: int, minutes: float, **told: object) -> int:
    looks = [
        look(1, action="status", at=NOON + timedelta(minutes=minutes * n), **told)
        for n in range(number)
    ]
    return len(found(Kind.STATUS_SWEEP, looks))


def test_ten_checks_of_one_person_within_the_hour() -> None:
    assert swept(9, 1) == 0
    assert swept(10, 1) == 1
    assert swept(10, 60 / 9) == 1
    assert swept(10, 7) == 0
    assert swept(10, 1, operation="one") == 0


def test_only_status_checks_of_one_person_count() -> None:
    many = [look(n, action="status") for n in range(20)]
    assert found(Kind.STATUS_SWEEP, many) == []
    records = [look(1) for _ in range(20)]
    assert found(Kind.STATUS_SWEEP, records) == []


def test_the_sweep_alone_is_cited() -> None:
    morning = look(1, action="status", at=NOON - timedelta(hours=3))
    looks = [look(1, action="status", at=NOON) for _ in range(10)]
    (told,) = found(Kind.STATUS_SWEEP, [morning, *looks])
    assert told.evidence == {each.place for each in looks}
