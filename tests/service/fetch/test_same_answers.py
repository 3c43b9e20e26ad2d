"""With and without records at hand, the same answers, whatever happens in between."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hub.fetch import Fetcher, FetchSettings
from hub.model.evidence import Order, Outcome, Subject, Unavailable
from tests.service.fetch.opening import PATIENT, ask, fetching, flushed
from tests.service.fetch.test_at_hand import hears
from tests.unit.fetch.register import Register, Time, one, order, permit, person

PERSONS = 3
JOINED = Subject(asked=person(1), codes=(person(0), person(1)))
NARROW = FetchSettings(cache_timeout_s=2.0, nearby_bytes=6000)
"""Room for a few records, so that they push one another out."""
ROOMY = FetchSettings(cache_timeout_s=2.0)


@dataclass(frozen=True)
class Fetch:
    agreement: str
    cache: bool
    wide: bool
    persons: tuple[int, ...]
    joined: bool

    def order(self) -> Order:
        subjects = [one(number) for number in self.persons if number > 1 or not self.joined]
        return order(*subjects, *([JOINED] if self.joined else []), wide=self.wide)


@dataclass(frozen=True)
class Evict:
    person: int


@dataclass(frozen=True)
class Pass:
    seconds: int


@dataclass(frozen=True)
class Forget:
    agreement: str
    person: int


@dataclass(frozen=True)
class Lend:
    person: int
    title: str | None


@dataclass(frozen=True)
class Fail:
    fails: bool


Step = Fetch | Evict | Pass | Forget | Lend | Fail
AGREEMENTS = st.sampled_from(["RSD-1", "RSD-1", "RSD-1", "RSD-2"])
NUMBERS = st.integers(0, PERSONS - 1)
FETCHES = st.builds(
    Fetch,
    agreement=AGREEMENTS,
    cache=st.sampled_from([True, True, True, True, False]),
    wide=st.sampled_from([False, False, False, True]),
    persons=st.lists(NUMBERS, min_size=1, max_size=PERSONS).map(tuple),
    joined=st.sampled_from([False, False, True]),
)
STEPS = st.lists(
    st.one_of(
        FETCHES,
        FETCHES,
        FETCHES,
        st.builds(Evict, person=NUMBERS),
        st.builds(Pass, seconds=st.sampled_from([1, 50, 200, 400, 3000, 8000])),
        st.builds(Forget, agreement=AGREEMENTS, person=NUMBERS),
        st.builds(Lend, person=NUMBERS, title=st.sampled_from([None, "a", "b"])),
        st.builds(Fail, fails=st.booleans()),
    ),
    min_size=8,
    max_size=30,
)


ALONE = Fetch(agreement="RSD-1", cache=True, wide=False, persons=(1, 2), joined=False)
EVERYTHING: list[Step] = [
    *(Lend(1, "a"), ALONE, ALONE),
    *(Evict(1), Lend(1, "b"), ALONE, replace(ALONE, agreement="RSD-2")),
    *(Pass(400), Lend(1, "a"), ALONE),
    *(replace(ALONE, joined=True), replace(ALONE, wide=True), ALONE),
    *(Evict(0), replace(ALONE, joined=True), ALONE),
    *(Forget("RSD-1", 1), Lend(1, "b"), ALONE, replace(ALONE, cache=False)),
    *(Fail(fails=True), ALONE, Pass(400), ALONE, Pass(8000), ALONE, Fail(fails=False), ALONE),
]
"""What chance may leave out."""


async def told(
    url: str, steps: Sequence[Step], bounds: FetchSettings
) -> tuple[list[object], list[object]]:
    """Play ``steps``; return all outcomes, and what was asked of the register."""
    register = Register(Time())
    outcomes: list[object] = []
    async with flushed(url) as client, fetching(client, register, settings=bounds) as fetcher:
        for shelf in (each.shelf for each in fetcher._stations.values()):
            assert shelf is not None
            shelf.spread = lambda: 0.0  # type: ignore[method-assign]  # luck is not what differs
        if bounds.nearby_bytes:
            await hears(fetcher)
        for step in steps:
            await play(fetcher, register, step, outcomes)
    return outcomes, list(register.calls)


async def play(fetcher: Fetcher, register: Register, step: Step, outcomes: list[object]) -> None:
    match step:
        case Fetch():
            outcomes.append(await fetched(fetcher, step))
        case Evict(person=number):
            await fetcher.evict(person(number))
        case Pass(seconds=seconds):
            register.time.pass_s(seconds)
        case Forget(agreement=agreement, person=number):
            fetcher.forget(permit(agreement), [person(number)])
        case Lend(person=number, title=None):
            register.loans.pop(person(number), None)
        case Lend(person=number, title=title):
            register.lend(person(number), title=title or "")
        case Fail(fails=fails):
            register.fail() if fails else register.recover()


async def fetched(fetcher: Fetcher, step: Fetch) -> list[Outcome]:
    """Peek, as the hub does, then ask; what is peeked is what would be gathered."""
    allowed = permit(step.agreement, cache=step.cache)
    peeked = fetcher.peek(allowed, [step.order()])
    gathered = await ask(fetcher, allowed, step.order())
    if peeked is not None:
        assert dict(peeked["library"]) == gathered
    # how soon a register that is left alone may be asked is a matter of the clock on the wall
    return [
        each.failure if isinstance(each, Unavailable) else each  # type: ignore[misc]
        for each in gathered.values()
    ]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
@example(steps=EVERYTHING)
def test_records_at_hand_change_no_answer_and_no_question(url: str, steps: list[Step]) -> None:
    expected = asyncio.run(told(url, steps, PATIENT))
    assert asyncio.run(told(url, steps, ROOMY)) == expected
    assert asyncio.run(told(url, steps, NARROW)) == expected
