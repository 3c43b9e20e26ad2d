"""Consents in a real PostgreSQL: settled in one query, binding at once, never rewritten."""

import asyncio
import time
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

import pytest
from typing_extensions import override

from hub.consent.book import Consents
from hub.consent.desk import ConsentDesk
from hub.consent.states import state_of
from hub.errors import BadRequest, Code, ServiceUnavailable
from hub.model.consent import ConsentState
from hub.model.decision import Consented, Permit
from hub.model.personal_code import PersonalCode
from hub.model.stop import StopKind
from hub.storage.consents import ConsentTable
from hub.storage.database import Database, Line
from hub.storage.tokens import SubjectTokens
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, ask, code, keyring, run
from tests.unit.consent.making import LAW, PUBLIC_TASK, adults, agreement, permit

pytestmark = pytest.mark.asyncio

NOBODY = Consented(records={})


async def settle(consents: Consents, under: Permit, people: Collection[PersonalCode]) -> Consented:
    """Settle for grown-up people, who speak for themselves."""
    return await consents.settle(under, people, adults(people))


class CountingLine(Line):
    """The line itself, which tells how many questions it was asked and may hold answers back."""

    def __init__(self, database: Database, statement: str) -> None:
        super().__init__(database, statement)
        self.questions = 0
        self.answered, self.free = asyncio.Event(), asyncio.Event()
        self.free.set()

    @override
    async def ask(self, code: Code, *arguments: Any) -> Sequence[Any]:
        self.questions += 1
        rows = await super().ask(code, *arguments)
        self.answered.set()
        await self.free.wait()
        return rows


class CountingDatabase(Database):
    """The database itself; its lines count."""

    counting: CountingLine

    @override
    def line(self, statement: str) -> Line:
        self.counting = CountingLine(self, statement)
        self._lines.append(self.counting)
        return self.counting


async def test_settles_any_number_of_persons_in_one_query(
    hub_database: HubDatabase, tokens: SubjectTokens, clock: StillClock, desk: ConsentDesk
) -> None:
    people = [code(number) for number in range(500)]
    given = [await desk.give(person, agreement()) for person in people[:20]]
    await desk.restrict(people[30])
    counting = CountingDatabase(hub_database.url)
    told = await settle(
        Consents(ConsentTable(counting, tokens), clock), permit(agreement()), people
    )
    assert counting.counting.questions == 1
    assert told.records == {
        person: record.reference for person, record in zip(people, given, strict=False)
    }
    assert told.restricted == {people[30]}
    await counting.aclose()


async def test_withdrawal_binds_the_next_request_and_only_that_person(
    consents: Consents, desk: ConsentDesk
) -> None:
    one, two = code(1), code(2)
    first, second = [await desk.give(person, agreement()) for person in (one, two)]
    told = await settle(consents, permit(agreement()), [one, two])
    assert told.records == {one: first.reference, two: second.reference}
    assert await desk.withdraw(one, agreement().number) == [f"{first.id}/2"]
    told = await settle(consents, permit(agreement()), [one, two])
    assert told.records == {two: second.reference}
    assert await desk.withdraw(one, agreement().number) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "SKV-2026-002"},
        {"hash": "cd" * 32},
        {"recipient": "OTHER"},
        {"purpose": "https://example.lv/purpose#Other"},
        {"consent_scope": "everything"},
        {"consent_scope": None},
    ],
)
async def test_consent_binds_recipient_purpose_scope_and_revision(
    consents: Consents, desk: ConsentDesk, changes: dict[str, Any]
) -> None:
    await desk.give(code(1), agreement())
    assert await settle(consents, permit(agreement(**changes)), [code(1)]) == NOBODY


async def test_consent_ends_by_time_and_can_be_renewed(
    consents: Consents, desk: ConsentDesk, clock: StillClock
) -> None:
    expiry = clock.now() + timedelta(days=1)
    record = await desk.give(code(1), agreement(), expires_at=expiry)
    clock.at = expiry - timedelta(microseconds=1)
    assert (await settle(consents, permit(agreement()), [code(1)])).records == {
        code(1): record.reference
    }
    clock.at = expiry
    assert await settle(consents, permit(agreement()), [code(1)]) == NOBODY
    renewed = await desk.give(code(1), agreement())
    assert renewed.id == record.id
    assert [event.state for event in renewed.events] == [ConsentState.GIVEN, ConsentState.RENEWED]
    assert (await settle(consents, permit(agreement()), [code(1)])).records == {
        code(1): renewed.reference
    }


async def test_after_withdrawal_the_record_goes_on_in_another_revision(
    desk: ConsentDesk, clock: StillClock
) -> None:
    first = await desk.give(code(1), agreement())
    await desk.withdraw(code(1), agreement().number)
    second = await desk.give(code(1), agreement())
    assert (first.reference, second.reference) == (f"{first.id}/1", f"{first.id}/3")
    (shown,) = (await desk.show(code(1))).records
    assert [(event.state, event.revision) for event in shown.events] == [
        (ConsentState.GIVEN, 1),
        (ConsentState.WITHDRAWN, 2),
        (ConsentState.GIVEN, 3),
    ]
    assert state_of(shown, clock.now()) is ConsentState.GIVEN
    assert {event.via for event in shown.events} == {"portal"}


async def test_withdrawal_reaches_every_revision(desk: ConsentDesk) -> None:
    records = [await desk.give(code(1), agreement(hash=text * 32)) for text in ("ab", "cd")]
    assert set(await desk.withdraw(code(1), agreement().number)) == {f"{r.id}/2" for r in records}


@pytest.mark.parametrize(
    ("article6", "stops"), [("A6-1-a", True), (PUBLIC_TASK, True), (LAW, False)]
)
async def test_a_restriction_stops_public_task_and_consent_but_not_a_legal_duty(
    consents: Consents, desk: ConsentDesk, article6: str, stops: bool
) -> None:
    await desk.restrict(code(1))
    for residual in (False, True):
        told = await settle(consents, permit(agreement(article6), residual=residual), [code(1)])
        assert told.restricted == ({code(1)} if stops else set())
    assert await desk.lift(code(1), StopKind.RESTRICTION)
    assert not await desk.lift(code(1), StopKind.RESTRICTION)
    told = await settle(consents, permit(agreement(article6)), [code(1)])
    assert told.restricted == set()


async def test_an_objection_concerns_its_purpose_or_all(
    consents: Consents, desk: ConsentDesk
) -> None:
    task = agreement(PUBLIC_TASK)
    other = agreement(PUBLIC_TASK, purpose="https://example.lv/purpose#Other")

    async def stopped() -> list[bool]:
        told = [
            await settle(consents, permit(under), [code(1), code(2)]) for under in (task, other)
        ]
        return [code(1) in each.restricted for each in told]

    await desk.object(code(1), purpose=task.purpose)
    assert await stopped() == [True, False]
    await desk.object(code(1))
    assert await stopped() == [True, True]
    assert await desk.lift(code(1), StopKind.OBJECTION, purpose=task.purpose)
    assert await stopped() == [True, True]
    assert await desk.lift(code(1), StopKind.OBJECTION)
    assert await stopped() == [False, False]


async def test_what_a_person_said_is_shown_with_its_times(
    desk: ConsentDesk, clock: StillClock
) -> None:
    begun = clock.now()
    await desk.restrict(code(1))
    await desk.restrict(code(1))
    clock.at += timedelta(hours=1)
    await desk.lift(code(1), StopKind.RESTRICTION)
    await desk.restrict(code(1))
    stops = (await desk.show(code(1))).stops
    assert [(stop.begun_at, stop.lifted_at) for stop in stops] == [
        (begun, clock.at),
        (clock.at, None),
    ]
    assert (await desk.show(code(2))).records == []


async def test_a_legal_duty_asks_nobody_unless_something_rests_on_consent(
    consents: Consents, desk: ConsentDesk, store: ConsentTable
) -> None:
    duty = agreement(LAW, consent_scope="meals")
    record = await desk.give(code(1), duty)
    assert await settle(consents, permit(duty), [code(1)]) == NOBODY
    told = await settle(consents, permit(duty, residual=True), [code(1)])
    assert told == Consented(records={code(1): record.reference})
    assert await settle(consents, permit(agreement()), []) == NOBODY


async def test_consent_is_not_taken_where_it_is_not_the_basis(
    desk: ConsentDesk, clock: StillClock
) -> None:
    with pytest.raises(BadRequest, match="does not rest on consent"):
        await desk.give(code(1), agreement(LAW))
    with pytest.raises(BadRequest, match="expire before"):
        await desk.give(code(1), agreement(), expires_at=clock.now())


async def test_no_code_is_kept_in_clear(desk: ConsentDesk, hub_database: HubDatabase) -> None:
    await desk.give(code(1), agreement())
    await desk.restrict(code(1))
    for table in ("consent_head", "consent_event", "stop_head", "stop_event"):
        dump = await ask(
            hub_database.owner_url, f"SELECT string_agg(t::text, '') FROM hub.{table} t"
        )
        assert dump
        assert code(1) not in dump
        assert code(1).digits not in dump


async def test_without_postgres_nobody_is_taken_to_have_consented(
    hub_database: HubDatabase, clock: StillClock
) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nothing")
    store = ConsentTable(nowhere, SubjectTokens(keyring()))
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable) as raised:
        await settle(Consents(store, clock), permit(agreement()), [code(1)])
    assert raised.value.code is Code.CONSENT_UNAVAILABLE
    assert time.monotonic() - began < 2
    await nowhere.aclose()


async def test_those_who_ask_meanwhile_share_the_next_query_and_see_what_committed_before(
    hub_database: HubDatabase, tokens: SubjectTokens, clock: StillClock, desk: ConsentDesk
) -> None:
    one, two = code(1), code(2)
    records = {each: (await desk.give(each, agreement())).reference for each in (one, two)}
    database = CountingDatabase(hub_database.url)
    settling = Consents(ConsentTable(database, tokens), clock)
    line = database.counting
    line.free.clear()
    async with asyncio.TaskGroup() as group:
        early = group.create_task(settle(settling, permit(agreement()), [one, two]))
        await line.answered.wait()  # by PostgreSQL, but nobody was told yet
        await desk.withdraw(one, agreement().number)
        await desk.restrict(two)
        late = [group.create_task(settle(settling, permit(agreement()), [one, two]))]
        late += [group.create_task(settle(settling, permit(agreement(LAW)), [two, one]))]
        late += [group.create_task(settle(settling, permit(agreement(PUBLIC_TASK)), [two, one]))]
        await asyncio.sleep(0.05)
        assert line.questions == 1
        line.free.set()
    assert early.result() == Consented(records=records)
    stopped = Consented(records={}, restricted=frozenset({two}))
    kept = Consented(records={two: records[two]}, restricted=frozenset({two}))
    assert [task.result() for task in late] == [kept, NOBODY, stopped]
    assert line.questions == 2
    await database.aclose()


async def test_each_gets_the_answer_to_its_own_question(
    consents: Consents, desk: ConsentDesk
) -> None:
    people = [code(number) for number in range(60)]
    other = agreement(number="SKV-2026-009", hash="cd" * 32, purpose="https://example.lv/p#Other")
    records = {each: (await desk.give(each, agreement())).reference for each in people[::2]}
    others = {each: (await desk.give(each, other)).reference for each in people[::3]}
    for each in people[::5]:
        await desk.object(each, purpose=other.purpose)
    asked = [people[start : start + 7] for start in range(0, 60, 7)] * 3
    async with asyncio.TaskGroup() as group:
        settled = [
            group.create_task(settle(consents, permit(terms), part))
            for part in asked
            for terms in (agreement(), other)
        ]
    for place, task in enumerate(settled):
        part, about_other = asked[place // 2], place % 2
        given = others if about_other else records
        restricted = frozenset(set(part) & set(people[::5])) if about_other else frozenset()
        told = {each: given[each] for each in part if each in given}
        assert task.result() == Consented(records=told, restricted=restricted)


async def test_a_lost_line_is_opened_again_by_itself(
    consents: Consents, hub_database: HubDatabase
) -> None:
    assert await settle(consents, permit(agreement()), [code(1)]) == NOBODY
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await run(hub_database.owner_url, end)
    await asyncio.sleep(0.05)
    assert await settle(consents, permit(agreement()), [code(1)]) == NOBODY
