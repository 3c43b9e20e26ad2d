"""Objections and restrictions stop until the controller has decided, with reasons."""

from datetime import timedelta

import pytest

from hub.consent.book import Consents
from hub.consent.desk import ConsentDesk, Voice
from hub.errors import BadRequest, Code
from hub.model.stop import Decided, Stop, StopKind, StopState
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, code, run
from tests.unit.consent.making import CONSENT, LAW, PUBLIC_TASK, adults, agreement, permit

pytestmark = pytest.mark.asyncio

ONE = code(1)
TASK = agreement(PUBLIC_TASK)
GROUNDS = "the child's benefit is reviewed for the whole family"


def decision(*, upheld: bool, **changes: object) -> Decided:
    told: dict[str, object] = {
        "upheld": upheld,
        "reason": GROUNDS,
        "institution": "RD-LD",
        "officer": "data protection officer",
    }
    return Decided(**{**told, **changes})  # type: ignore[arg-type]


async def stopped(consents: Consents) -> bool:
    told = await consents.settle(permit(TASK), [ONE], adults([ONE]))
    return ONE in told.restricted


async def only(desk: ConsentDesk) -> Stop:
    (stop,) = (await desk.show(ONE)).stops
    return stop


async def test_an_objection_stops_until_it_is_overridden(
    desk: ConsentDesk, consents: Consents, clock: StillClock
) -> None:
    assert await desk.object_to(ONE, TASK, voice=Voice(operation="a" * 32))
    assert not await desk.object_to(ONE, TASK)
    assert await stopped(consents)
    assert (await only(desk)).state is StopState.ASSESSED
    clock.at += timedelta(days=1)
    kind, purpose = StopKind.OBJECTION, TASK.purpose
    assert await desk.decide(ONE, kind, purpose, decision(upheld=True))
    assert await stopped(consents)
    assert (await only(desk)).state is StopState.UPHELD
    assert await desk.decide(ONE, kind, purpose, decision(upheld=False))
    assert not await stopped(consents)
    stop = await only(desk)
    assert (stop.state, stop.lifted_at, stop.agreement) == (
        StopState.OVERRIDDEN,
        clock.now(),
        TASK.number,
    )
    assert stop.decided == decision(upheld=False)
    assert [event.operation for event in stop.events] == ["a" * 32, None, None]
    assert not await desk.decide(ONE, kind, purpose, decision(upheld=False))


async def test_a_person_takes_an_objection_back(desk: ConsentDesk, consents: Consents) -> None:
    await desk.object_to(ONE, TASK)
    assert await desk.lift(ONE, StopKind.OBJECTION, purpose=TASK.purpose)
    assert not await stopped(consents)
    assert (await only(desk)).state is StopState.LIFTED
    assert not await desk.lift(ONE, StopKind.OBJECTION, purpose=TASK.purpose)
    assert await desk.object_to(ONE, TASK)
    assert await stopped(consents)


@pytest.mark.parametrize(
    ("article6", "instead"), [(CONSENT, "withdrawConsent"), (LAW, "controller")]
)
async def test_nobody_objects_where_there_is_no_such_right(
    desk: ConsentDesk, article6: str, instead: str
) -> None:
    with pytest.raises(BadRequest) as raised:
        await desk.object_to(ONE, agreement(article6))
    assert raised.value.code is Code.OBJECTION_NOT_POSSIBLE
    assert raised.value.details == {"basis": article6, "instead": instead}
    assert (await desk.show(ONE)).stops == []


@pytest.mark.parametrize("told", [None, timedelta(seconds=1)])
async def test_a_restriction_ends_only_after_the_person_was_told(
    desk: ConsentDesk, consents: Consents, clock: StillClock, told: timedelta | None
) -> None:
    await desk.restrict(ONE)
    at = told and clock.now() + told
    with pytest.raises(BadRequest) as raised:
        await desk.decide(ONE, StopKind.RESTRICTION, None, decision(upheld=False, told_at=at))
    assert raised.value.code is Code.DECISION_INCOMPLETE
    assert await stopped(consents)
    before = decision(upheld=False, told_at=clock.now() - timedelta(days=1))
    assert await desk.decide(ONE, StopKind.RESTRICTION, None, before)
    assert not await stopped(consents)
    assert (await only(desk)).decided == before


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"institution": ""}, Code.DECISION_INCOMPLETE),
        ({"officer": ""}, Code.DECISION_INCOMPLETE),
        ({"reason": "short"}, Code.REASON_INVALID),
        ({"reason": f"because of {code(7)} and the like"}, Code.REASON_INVALID),
    ],
)
async def test_a_decision_says_why_and_who(
    desk: ConsentDesk, consents: Consents, changes: dict[str, object], expected: Code
) -> None:
    await desk.object_to(ONE, TASK)
    with pytest.raises(BadRequest) as raised:
        await desk.decide(ONE, StopKind.OBJECTION, TASK.purpose, decision(upheld=False, **changes))
    assert raised.value.code is expected
    assert await stopped(consents)


async def test_the_database_takes_no_decision_without_a_reason(
    desk: ConsentDesk, hub_database: HubDatabase
) -> None:
    await desk.object_to(ONE, TASK)
    with pytest.raises(Exception, match="stop_event_decided_check"):
        await run(
            hub_database.owner_url,
            "INSERT INTO hub.stop_event (token, kind, purpose, at, state, speaker, capacity, via)"
            " SELECT token, kind, purpose, at, 'overridden', speaker, capacity, via"
            " FROM hub.stop_event",
        )
