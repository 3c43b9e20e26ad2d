"""What this process has at hand: bounded, silent when it hears nothing, true to evictions."""

import tracemalloc
from collections.abc import Sequence
from datetime import timedelta

from hub.fetch.nearby import HEARD_S, Nearby, Shape
from hub.fetch.packed import Packed
from hub.model.evidence import Absent, Ask, Found, Subject
from hub.model.personal_code import PersonalCode
from tests.unit.fetch.register import START, Loan, one, order, person

ASK = order().ask
LATER = START + timedelta(hours=1)


class Timer:
    def __init__(self) -> None:
        self.at_s = 1000.0

    def __call__(self) -> float:
        return self.at_s


def facts(raw: bytes) -> Loan:
    return Loan(title=raw.decode())


def packed(text: str = "Ezera sonāte") -> Packed:
    return Packed(raw=text.encode(), decode=facts, as_of=START, fetched_at=START)


def mark(code: PersonalCode) -> bytes:
    return b"mark of " + code.encode()


def listening(most_bytes: int = 1_000_000, timer: Timer | None = None) -> Nearby:
    timer = timer or Timer()
    nearby = Nearby(most_bytes, timer)
    nearby.heard(timer.at_s)
    return nearby


def put(
    nearby: Nearby,
    codes: Sequence[PersonalCode],
    *,
    ask: Ask = ASK,
    agreement: str = "RSD-1",
    outcome: Packed | Absent | None = None,
    turn: int | None = None,
) -> None:
    nearby.put(
        ask,
        agreement,
        tuple(codes),
        outcome or packed(),
        until=LATER,
        marks=tuple(mark(code) for code in codes),
        turn=nearby.turn if turn is None else turn,
    )


def shape(nearby: Nearby, agreement: str = "RSD-1") -> Shape:
    found = nearby.shape(ASK, agreement)
    assert found is not None
    return found


def has(nearby: Nearby, number: int, agreement: str = "RSD-1") -> bool:
    found = nearby.shape(ASK, agreement)
    return found is not None and found.all_of([one(number)], START) is not None


def test_all_or_nothing_or_some_but_nothing_that_lapsed() -> None:
    nearby = listening()
    put(nearby, [person(1)])
    put(nearby, [person(2)], outcome=Absent(as_of=START, cached=True))
    found = shape(nearby).all_of([one(1), one(2)], START)
    assert found is not None
    assert list(found) == [person(1), person(2)]
    assert shape(nearby).all_of([one(1), one(3)], START) is None
    assert list(shape(nearby).those_of([one(1), one(3)], START)) == [person(1)]
    assert shape(nearby).all_of([one(1)], LATER) is None
    assert shape(nearby).those_of([one(1)], LATER) == {}


def test_a_packed_record_is_equal_to_a_plain_one_and_decodes_each_time() -> None:
    plain = Found(facts=Loan(title="a"), as_of=START, fetched_at=START, cached=True)
    assert packed("a") == plain
    assert plain == packed("a")
    assert hash(packed("a")) == hash(plain)
    assert packed("b") != plain
    assert packed("a") != Absent(as_of=START, cached=True)
    assert packed("a").facts is not packed("a").facts


def test_agreements_questions_and_other_codes_share_nothing() -> None:
    nearby = listening()
    put(nearby, [person(1), person(2)])
    assert nearby.shape(ASK, "RSD-2") is None
    assert nearby.shape(order(wide=True).ask, "RSD-1") is None
    parted = Subject(asked=person(1), codes=(person(1),))
    joined = Subject(asked=person(2), codes=(person(1), person(2)))
    assert shape(nearby).all_of([parted], START) is None
    assert shape(nearby).all_of([joined], START) is not None


def test_it_tells_nothing_unless_it_heard_of_evictions_a_moment_ago() -> None:
    timer = Timer()
    nearby = Nearby(1_000_000, timer)
    put(nearby, [person(1)])
    assert nearby.shape(ASK, "RSD-1") is None
    nearby.heard(timer.at_s)
    assert has(nearby, 1)
    timer.at_s += HEARD_S
    assert nearby.shape(ASK, "RSD-1") is None
    assert HEARD_S < 1


def test_any_mark_evicts_under_every_agreement_and_nobody_else() -> None:
    nearby = listening()
    for agreement in ("RSD-1", "RSD-2"):
        put(nearby, [person(1), person(2)], agreement=agreement)
        put(nearby, [person(3)], agreement=agreement)
    nearby.evict([mark(person(2))])
    assert nearby.records == 2
    assert has(nearby, 3)
    assert has(nearby, 3, "RSD-2")


def test_what_was_looked_for_before_an_eviction_is_not_kept_after_it() -> None:
    nearby = listening()
    before = nearby.turn
    nearby.evict([mark(person(1))])
    put(nearby, [person(1)], turn=before)
    put(nearby, [person(2), person(1)], turn=before)
    assert nearby.records == 0
    put(nearby, [person(3)], turn=before)
    put(nearby, [person(1)])
    assert nearby.records == 2


def test_evictions_that_are_no_longer_remembered_count_for_everybody() -> None:
    nearby = listening()
    before = nearby.turn
    nearby.evict([mark(person(number)) for number in range(10_000)])
    put(nearby, [person(99_999)], turn=before)
    assert nearby.records == 0


def test_clearing_counts_for_what_is_on_its_way_too() -> None:
    nearby = listening()
    put(nearby, [person(1)])
    before = nearby.turn
    nearby.clear()
    put(nearby, [person(2)], turn=before)
    assert (nearby.records, nearby.size_bytes) == (0, 0)


def test_it_is_bounded_and_the_oldest_go_first() -> None:
    nearby = listening(most_bytes=20_000)
    for number in range(100):
        put(nearby, [person(number)])
        assert nearby.size_bytes <= 20_000
    assert 5 < nearby.records < 20
    assert has(nearby, 99)
    assert not has(nearby, 0)
    put(nearby, [person(500)], outcome=packed("x" * 20_000))
    assert not has(nearby, 500)
    assert has(nearby, 99)


def test_the_estimate_is_no_less_than_what_memory_is_taken() -> None:
    nearby = listening(most_bytes=100_000_000)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(2000):
            mine = PersonalCode(f"330101-{number:05d}")
            raw = bytes(150)
            outcome = Packed(
                raw=raw, decode=facts, as_of=START + timedelta(1), fetched_at=START + timedelta(2)
            )
            outcome.views["view"] = bytes(3 * len(raw))
            put(nearby, [mine], outcome=outcome)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert nearby.records == 2000
    assert after - before < nearby.size_bytes


def test_a_record_takes_the_place_of_its_former_one() -> None:
    nearby = listening()
    for _ in range(3):
        put(nearby, [person(1)])
    size_bytes = nearby.size_bytes
    put(nearby, [person(1)], outcome=packed("Zelta zirgs"))
    assert nearby.records == 1
    assert abs(nearby.size_bytes - size_bytes) < 100
    nearby.evict([mark(person(1))])
    assert (nearby.records, nearby.size_bytes) == (0, 0)


def test_questions_are_bounded_too() -> None:
    nearby = listening(most_bytes=100_000_000)
    for number in range(2000):
        put(nearby, [person(1)], agreement=f"A-{number}")
    assert nearby.records <= 512
    assert has(nearby, 1, "A-1999")


def test_what_lapsed_leaves() -> None:
    nearby = listening()
    put(nearby, [person(1)])
    nearby.expire(nearby.everything(), LATER - timedelta(seconds=1))
    assert nearby.records == 1
    nearby.expire(nearby.everything(), LATER)
    assert (nearby.records, nearby.size_bytes) == (0, 0)
    assert nearby.shape(ASK, "RSD-1") is None


def test_an_agreement_forgets_its_own() -> None:
    nearby = listening()
    for agreement in ("RSD-1", "RSD-2"):
        put(nearby, [person(1)], agreement=agreement)
        put(nearby, [person(2)], agreement=agreement)
    nearby.forget("RSD-1", [person(1), person(3)])
    assert not has(nearby, 1)
    assert has(nearby, 2)
    assert has(nearby, 1, "RSD-2")


def test_nothing_is_kept_where_nothing_may() -> None:
    nearby = listening(most_bytes=0)
    put(nearby, [person(1)])
    assert nearby.records == 0
