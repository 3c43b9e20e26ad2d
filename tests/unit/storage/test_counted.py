"""What a process remembers of counted persons."""

from hub.model.personal_code import PersonalCode
from hub.storage.quota import Counted


def people(*numbers: int) -> list[PersonalCode]:
    return [PersonalCode(f"340000-{number:05d}") for number in numbers]


def test_a_memory_of_few_persons_forgets_the_period_longest_unheard_of() -> None:
    counted = Counted(most=4)
    counted.add("A", "2026", people(1, 2))
    counted.add("B", "2026", people(1, 2))
    counted.add("A", "2026", people(2, 3))
    assert counted.all("A", "2026", people(1, 2, 3))
    assert not counted.all("B", "2026", people(1))
    assert counted._kept == 3
    counted.add("C", "2026", people(*range(5)))
    assert counted._kept == 0
