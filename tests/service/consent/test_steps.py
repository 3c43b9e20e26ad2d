"""Every step of a record from every state, in PostgreSQL, as the table allows it; idempotence."""

import asyncio
from datetime import timedelta

import pytest

from hub.consent.desk import ConsentDesk, Voice
from hub.consent.states import ALLOWED, state_of
from hub.errors import BadRequest, Code
from hub.model.consent import ConsentRecord, ConsentState
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import code
from tests.unit.consent.making import LAW, agreement

pytestmark = pytest.mark.asyncio

ONE = code(1)
S = ConsentState
WAYS: dict[ConsentState, tuple[ConsentState, ...]] = {
    S.UNKNOWN: (),
    S.REQUESTED: (S.REQUESTED,),
    S.DEFERRED: (S.REQUESTED, S.DEFERRED),
    S.REFUSED: (S.REFUSED,),
    S.GIVEN: (S.GIVEN,),
    S.RENEWED: (S.GIVEN, S.RENEWED),
    S.WITHDRAWN: (S.GIVEN, S.WITHDRAWN),
}
"""How a record gets into each state that does not close it."""


async def say(desk: ConsentDesk, state: ConsentState, clock: StillClock) -> bool:
    """Say it; whether the record took it."""
    try:
        if state is S.REQUESTED:
            await desk.request(ONE, agreement())
        elif state is S.DEFERRED:
            await desk.defer(ONE, agreement())
        elif state is S.REFUSED:
            await desk.refuse(ONE, agreement())
        elif state is S.GIVEN:
            await desk.give(ONE, agreement())
        elif state is S.RENEWED:
            ends = clock.now() + timedelta(days=400)
            await desk.give(ONE, agreement(), expires_at=ends)
        elif state is S.WITHDRAWN:
            return bool(await desk.withdraw(ONE, agreement().number))
        else:
            kept = (await desk.show(ONE)).records
            await desk.close(ONE, kept[-1].id if kept else "none", state)
    except BadRequest as refused:
        return refused.code is not Code.CONSENT_STEP_INVALID
    return True


async def last(desk: ConsentDesk) -> ConsentRecord | None:
    records = (await desk.show(ONE)).records
    return records[-1] if records else None


@pytest.mark.parametrize("to", ALLOWED)
@pytest.mark.parametrize("start", WAYS)
async def test_a_record_takes_the_steps_of_the_table_and_no_others(
    desk: ConsentDesk, clock: StillClock, start: ConsentState, to: ConsentState
) -> None:
    for state in WAYS[start]:
        assert await say(desk, state, clock)
    before = await last(desk)
    events = len(before.events) if before else 0
    took = await say(desk, to, clock)
    repeats = start is to or (start is S.RENEWED and to is S.GIVEN)
    if to is S.WITHDRAWN:  # what was not given cannot be taken back; nothing is said
        assert took is (start.permits)
    else:
        assert took is (start in ALLOWED[to])
    after = await last(desk)
    if took and not (repeats and to is start):
        assert after is not None
        assert len(after.events) == events + 1 == after.revision
        expected = S.RENEWED if to is S.GIVEN and start.permits else to
        assert state_of(after, clock.now()) is expected
    else:
        assert after == before


async def test_what_was_said_before_changes_nothing(desk: ConsentDesk, clock: StillClock) -> None:
    ends = clock.now() + timedelta(days=1)
    first = await desk.give(ONE, agreement(), expires_at=ends)
    clock.at += timedelta(hours=1)
    assert await desk.give(ONE, agreement(), expires_at=ends) == first
    renewed = await desk.give(ONE, agreement(), expires_at=ends + timedelta(days=1))
    assert [event.state for event in renewed.events] == [S.GIVEN, S.RENEWED]
    assert await desk.withdraw(ONE, agreement().number)
    assert await desk.withdraw(ONE, agreement().number) == []


async def test_what_closed_stays_closed_and_another_record_begins(desk: ConsentDesk) -> None:
    first = await desk.give(ONE, agreement())
    noted = await desk.close(ONE, first.id, S.REVOKED)
    assert noted.reference == f"{first.id}/2"
    with pytest.raises(BadRequest):
        await desk.close(ONE, first.id, S.INVALIDATED)
    with pytest.raises(BadRequest):
        await desk.close(code(2), first.id, S.INVALIDATED)
    second = await desk.give(ONE, agreement())
    assert (second.id != first.id, second.revision) == (True, 1)
    assert [record.id for record in (await desk.show(ONE)).records] == [first.id, second.id]


async def test_an_event_names_the_operation_the_notice_and_who_spoke(desk: ConsentDesk) -> None:
    voice = Voice(operation="0" * 32, language="en")
    record = await desk.give(ONE, agreement(), voice=voice)
    (event,) = record.events
    assert (event.operation, event.capacity, event.via) == ("0" * 32, "subject", "portal")
    assert event.notice is not None
    assert (event.notice.version, event.notice.language) == ("SKV-2026-001/1", "en")
    assert len(event.notice.sha256) == 64
    asked = await desk.request(code(2), agreement())
    assert (asked.events[0].capacity, asked.events[0].speaker) == ("recipient", b"")


async def test_nothing_is_asked_where_a_law_commands(desk: ConsentDesk) -> None:
    for verb in (desk.give, desk.refuse, desk.defer, desk.request):
        with pytest.raises(BadRequest) as raised:
            await verb(ONE, agreement(LAW))
        assert raised.value.code is Code.CONSENT_NOT_THE_BASIS


async def test_words_said_at_once_make_as_many_revisions(desk: ConsentDesk) -> None:
    speakers = [code(number) for number in range(10, 30)]
    async with asyncio.TaskGroup() as group:
        for speaker in speakers:
            voice = Voice(speaker=speaker, capacity="PARENT")
            group.create_task(desk.give(ONE, agreement(), voice=voice))
    (record,) = (await desk.show(ONE)).records
    assert [event.revision for event in record.events] == [*range(1, 21)]
