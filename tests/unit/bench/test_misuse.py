"""The benchmark of misuse counts what it says it counts."""

from bench import misuse
from bench.misuse_seeds import Seed
from hub.model.misuse import Kind
from tests.unit.audit.misuse.given import around, code, found, lived, look


def test_right_other_and_wrong_are_told_apart() -> None:
    own, other, innocent = look(1), look(1, official="RD-102"), look(1, official="RD-103")
    desks = dict.fromkeys(("RD-101", "RD-102", "RD-103"), 1)
    findings = found(Kind.OWN_CODE, [own, other, innocent], around(lived(1), officials=desks))
    missed = look(2)
    seeded = [
        Seed(Kind.OWN_CODE, (own,)),
        Seed(Kind.OWN_CODE, (missed,)),
        Seed(Kind.VIP, (other,)),
    ]
    tally = misuse._tally(Kind.OWN_CODE, findings, seeded)
    assert tally == misuse.Tally(seeded=2, caught=1, right=1, other=1, wrong=1)
    assert (tally.recall(), round(tally.precision(), 2)) == (0.5, 0.67)
    assert code(1)
