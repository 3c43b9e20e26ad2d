"""Withdrawals and restrictions against appends: before the entry, or after it, never beside it."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from hub.app.words import published_words
from hub.audit.chain import verify_writer
from hub.audit.log import DurableLog, open_log
from hub.audit.reader import LogReader, opened
from hub.consent.desk import ConsentDesk, Voice
from hub.errors import ServiceUnavailable
from hub.model.consent import ConsentState
from hub.model.entry import Disclosure
from hub.model.personal_code import PersonalCode
from hub.model.stop import StopKind
from hub.ports import ConsentChanged
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.log import KeyTable, LogTable
from hub.storage.tokens import SubjectTokens
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, ask, code, keyring, log_key, run
from tests.unit.audit.making import disclosure
from tests.unit.consent.making import CONSENT, LAW, PUBLIC_TASK, agreement

pytestmark = pytest.mark.asyncio

NUMBER = agreement().number
TOLD_NOTHING = {"disability": "restricted"}


@pytest.fixture
def desk(database: Database, tokens: SubjectTokens, clock: StillClock) -> ConsentDesk:
    return ConsentDesk(ConsentTable(database, tokens), clock, published_words(None))


def citing(consents: dict[PersonalCode, str], *others: PersonalCode) -> Disclosure:
    return disclosure(*consents, *others, consents=consents, article6=CONSENT)


async def given(desk: ConsentDesk, *people: PersonalCode) -> dict[PersonalCode, str]:
    return {person: (await desk.give(person, agreement())).reference for person in people}


async def changed(log: DurableLog, made: Disclosure) -> frozenset[PersonalCode]:
    with pytest.raises(ConsentChanged) as raised:
        await log.append(made)
    return raised.value.subjects


async def test_an_ended_consent_excludes_its_operation_alone(
    log: DurableLog, desk: ConsentDesk, reader: LogReader, table: LogTable
) -> None:
    consents = await given(desk, code(1), code(2), code(3))
    await log.append(citing(consents))
    await desk.withdraw(code(2), NUMBER)
    fine = citing({code(1): consents[code(1)]})
    void = citing(consents)
    unknown = citing({code(3): "no such record"})
    async with asyncio.TaskGroup() as group:
        blocker = group.create_task(log.append(disclosure(code(1))))
        await asyncio.sleep(0)
        tasks = [group.create_task(log.append(fine)), group.create_task(changed(log, void))]
        also = group.create_task(changed(log, unknown))
    assert blocker.result()
    assert tasks[1].result() == {code(2)}
    assert also.result() == {code(3)}
    assert len(await reader.entries(fine.header.operation_id)) == 1
    for nothing in (void, unknown):
        assert await reader.entries(nothing.header.operation_id) == []
    writers = await table.writers()
    assert len(writers) == 1
    assert verify_writer(await table.of_writer(writers[0])) is None


async def test_a_consent_may_expire_between_settling_and_commit(
    log: DurableLog, desk: ConsentDesk, clock: StillClock
) -> None:
    record = await desk.give(code(1), agreement(), expires_at=clock.now() + timedelta(hours=1))
    await log.append(citing({code(1): record.reference}))
    clock.at += timedelta(hours=1)
    assert await changed(log, citing({code(1): record.reference})) == {code(1)}


async def test_another_representatives_no_excludes_what_rests_on_the_ones_yes(
    log: DurableLog, desk: ConsentDesk, reader: LogReader
) -> None:
    """The record cited stands and was not withdrawn; but another revision of it was made since."""
    mother, father = (Voice(speaker=code(n), capacity="PARENT") for n in (8, 9))
    record = await desk.give(code(1), agreement(), voice=mother)
    await log.append(citing({code(1): record.reference}))
    (now,) = await desk.withdraw(code(1), NUMBER, voice=father)
    void = citing({code(1): record.reference})
    assert await changed(log, void) == {code(1)}
    assert await reader.entries(void.header.operation_id) == []
    # the last word of all is a yes again; the father's no stands
    soon = datetime(2030, 1, 1, tzinfo=UTC)
    await desk.give(code(1), agreement(), expires_at=soon, voice=mother)
    assert await changed(log, citing({code(1): record.reference})) == {code(1)}
    again = await desk.give(code(1), agreement(), voice=father)
    assert again.reference != now
    await log.append(citing({code(1): again.reference}))


async def test_what_was_closed_excludes_and_a_word_of_the_person_does_not_need_to_stand(
    log: DurableLog, desk: ConsentDesk
) -> None:
    record = await desk.give(code(1), agreement())
    await desk.close(code(1), record.id, ConsentState.REVOKED)
    assert await changed(log, citing({code(1): f"{record.id}/2"})) == {code(1)}
    # the entry of a word names what it made, whatever has been said since
    said = {"decision": "consent", "consents": {code(1): f"{record.id}/1"}}
    await log.append(disclosure(code(1), article6=CONSENT, outcomes=TOLD_NOTHING, **said))  # type: ignore[arg-type]


async def test_a_replica_of_the_version_before_cites_no_revision(
    log: DurableLog, desk: ConsentDesk
) -> None:
    record = await desk.give(code(1), agreement())
    await log.append(citing({code(1): record.id}))
    await desk.withdraw(code(1), NUMBER)
    assert await changed(log, citing({code(1): record.id})) == {code(1)}


@pytest.mark.parametrize("article6", [CONSENT, PUBLIC_TASK])
async def test_a_restriction_begun_since_excludes_what_discloses(
    log: DurableLog, desk: ConsentDesk, reader: LogReader, article6: str
) -> None:
    both = disclosure(code(1), code(2), article6=article6)
    await log.append(both)
    await desk.restrict(code(2))
    again = disclosure(code(1), code(2), article6=article6)
    assert await changed(log, again) == {code(2)}
    assert await reader.entries(again.header.operation_id) == []
    await log.append(disclosure(code(2), article6=article6, outcomes=TOLD_NOTHING))
    await log.append(disclosure(code(1), article6=article6))
    await log.append(disclosure(code(2), article6=LAW))
    await desk.lift(code(2), StopKind.RESTRICTION)
    await log.append(disclosure(code(1), code(2), article6=article6))


async def test_an_objection_excludes_its_own_purpose(log: DurableLog, desk: ConsentDesk) -> None:
    made = disclosure(code(1), article6=PUBLIC_TASK)
    assert made.header.purpose
    await desk.object(code(1), purpose=made.header.purpose)
    assert await changed(log, disclosure(code(1), article6=PUBLIC_TASK)) == {code(1)}
    await log.append(disclosure(code(1), article6=PUBLIC_TASK, purpose="https://example.lv/p#2"))


async def test_a_withdrawal_waits_for_the_entry_that_came_first(
    desk: ConsentDesk, hub_database: HubDatabase
) -> None:
    consents = await given(desk, code(1))
    holder = await asyncpg.connect(hub_database.url)
    async with holder.transaction():
        await holder.execute(
            "SELECT 1 FROM hub.consent_head WHERE id = $1 FOR SHARE",
            consents[code(1)].partition("/")[0],
        )
        with pytest.raises(ServiceUnavailable):
            await desk.withdraw(code(1), NUMBER)
    await holder.close()
    assert await desk.withdraw(code(1), NUMBER) == [consents[code(1)].replace("/1", "/2")]


COUNT_AT_WITHDRAWAL = """
CREATE TABLE witness (record text PRIMARY KEY, entries bigint);
CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    -- the record's head is locked here: whatever cites it has committed, or never will
    INSERT INTO public.witness SELECT NEW.record, count(*) FROM hub.access_entry
    WHERE open::jsonb ->> 'consent' LIKE NEW.record || '/%';
    RETURN NEW;
END $$;
CREATE TRIGGER witness BEFORE INSERT ON hub.consent_event
FOR EACH ROW WHEN (NEW.state = 'withdrawn') EXECUTE FUNCTION witness();
"""


class Race:
    """Clients of several replicas ask about people who withdraw one after another."""

    def __init__(self, consents: dict[PersonalCode, str]) -> None:
        self.consents = consents
        self.people = list(consents)
        self.withdrawn_at: dict[PersonalCode, float] = {}
        self.void: set[PersonalCode] = set()
        self.late: list[PersonalCode] = []

    async def withdraw(self, desk: ConsentDesk) -> None:
        for person in self.people:
            await asyncio.sleep(0.02)
            await desk.withdraw(person, NUMBER)
            self.withdrawn_at[person] = asyncio.get_running_loop().time()

    async def client(self, log: DurableLog, seed: int) -> None:
        choice = random.Random(seed)
        while len(self.withdrawn_at) < len(self.people):
            chosen = choice.sample(self.people, 3)
            began = asyncio.get_running_loop().time()
            try:
                await log.append(citing({person: self.consents[person] for person in chosen}))
            except ConsentChanged as change:
                self.void |= change.subjects
            else:
                self.late += [who for who in chosen if self.withdrawn_at.get(who, began) < began]


@pytest.mark.slow
async def test_no_entry_is_committed_after_the_withdrawal_it_cites(
    hub_database: HubDatabase, database: Database, tokens: SubjectTokens, clock: StillClock
) -> None:
    """Many withdrawals race many appends of two replicas.

    A trigger counts, while the withdrawal holds the record's lock, the entries that cite it; if
    later there are more, one was committed after the withdrawal.
    """
    await run(hub_database.owner_url, COUNT_AT_WITHDRAWAL)
    desk = ConsentDesk(ConsentTable(database, tokens), clock, published_words(None))
    race = Race(await given(desk, *map(code, range(60))))

    async def replica(number: int) -> None:
        table = LogTable(database, tokens, clock)
        async with (
            open_log(table, KeyTable(database), keyring(), log_key()) as log,
            asyncio.TaskGroup() as own,
        ):
            for client in range(6):
                own.create_task(race.client(log, number * 100 + client))
        await table.aclose()

    async with asyncio.TaskGroup() as group:
        group.create_task(race.withdraw(desk))
        for number in range(2):
            group.create_task(replica(number))
    after = await ask(
        hub_database.owner_url,
        "SELECT count(*) FROM witness w WHERE w.entries <> (SELECT count(*) FROM hub.access_entry"
        " WHERE open::jsonb ->> 'consent' LIKE w.record || '/%')",
    )
    assert (after, race.late) == (0, [])
    assert await ask(hub_database.owner_url, "SELECT sum(entries) FROM witness") > 100
    assert len(race.void) > 10
    await all_chains_hold(LogTable(database, tokens, clock))


async def all_chains_hold(table: LogTable) -> None:
    for writer in await table.writers():
        entries = await table.of_writer(writer)
        assert verify_writer(entries) is None
        assert all("consent" in opened(entry) for entry in entries)


@pytest.mark.slow
async def test_no_entry_is_committed_after_the_restriction_it_should_have_seen(
    database: Database, tokens: SubjectTokens, clock: StillClock, hub_database: HubDatabase
) -> None:
    """The same for restrictions, which have no row to lock before they begin."""
    witness = COUNT_AT_WITHDRAWAL.replace("record text", "record bytea").replace(
        "hub.consent_event", "hub.stop_event"
    )
    witness = witness.replace("NEW.record", "NEW.token").replace(
        "open::jsonb ->> 'consent' LIKE NEW.token || '/%'",
        "open::jsonb ->> 'case' = encode(NEW.token, 'hex')",
    )
    witness = witness.replace("NEW.state = 'withdrawn'", "NEW.state = 'assessed'")
    await run(hub_database.owner_url, witness)
    desk = ConsentDesk(ConsentTable(database, tokens), clock, published_words(None))
    people = [code(number) for number in range(40)]
    restricted: set[PersonalCode] = set()
    stopped: list[PersonalCode] = []

    async def ask_about(log: DurableLog, seed: int) -> None:
        choice = random.Random(seed)
        while len(restricted) < len(people):
            person = choice.choice(people)
            case = tokens.consent(person).hex()  # so that the witness can tell whose entry it is
            try:
                await log.append(disclosure(person, article6=PUBLIC_TASK, case=case))
            except ConsentChanged as change:
                stopped.extend(change.subjects)

    async def restrict() -> None:
        for person in people:
            await asyncio.sleep(0.02)
            await desk.restrict(person)
            restricted.add(person)

    table = LogTable(database, tokens, clock)
    async with (
        open_log(table, KeyTable(database), keyring(), log_key()) as log,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(restrict())
        for client in range(8):
            group.create_task(ask_about(log, client))
    await table.aclose()
    after = await ask(
        hub_database.owner_url,
        "SELECT count(*) FROM witness w WHERE w.entries <> (SELECT count(*) FROM hub.access_entry"
        " WHERE open::jsonb ->> 'case' = encode(w.record, 'hex'))",
    )
    assert after == 0
    assert len(set(stopped)) > 10
    assert await ask(hub_database.owner_url, "SELECT sum(entries) FROM witness") > 100
