"""Reports over a real log: nobody else's entries, nothing unproved; what is not told is flagged."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from typing_extensions import override

from hub.app.reports import PlainWords
from hub.audit.keys import YearKeys, cipher
from hub.audit.log import DurableLog
from hub.audit.reports import breach, person
from hub.audit.reports.breach import BreachReports, codes_of
from hub.audit.reports.desk import ReportDesk, SubjectDesk
from hub.audit.reports.person import SubjectReports
from hub.errors import BadRequest, Code, HubError
from hub.model.personal_code import PersonalCode
from hub.model.reports import BreachOf, SubjectReport, TreeSize, Words
from hub.model.retention import RetentionTerms
from hub.policy.revisions import KnownRevisions
from hub.storage.consents import ConsentTable
from hub.storage.exposure import ExposureTable
from hub.storage.tokens import SubjectTokens
from tests.service.audit.asking import NOW, WHY, Office, alter, by_officer, by_person
from tests.service.audit.ordering import Hand
from tests.service.storage.hub_database import HubDatabase, ask, keyring
from tests.unit.audit.making import code
from tests.unit.policy.given import rules

pytestmark = pytest.mark.asyncio

TERMS = RetentionTerms(years=5, law=("VDAR 5. pants",), en="five years", lv="pieci gadi")
GONE = {"disability": "not_found", "employment": "register_unavailable"}


class Reports:
    """Every desk that makes reports, over the log of an office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.words = PlainWords(
            retention=TERMS,
            vocabulary=rules().vocabulary,
            registers=rules().catalogue.registers,
        )
        usages = office.usages
        consents = ConsentTable(office.database, SubjectTokens(keyring()))
        self.store = ExposureTable(office.database)
        self.subjects = SubjectDesk(
            entries=usages.entries,
            revisions=KnownRevisions(office.store, rules()),
            identities=usages.identities,
            cursors=usages.cursors,
            keyring=keyring(),
            clock=usages.clock,
            reports=SubjectReports(
                entries=usages.entries, consents=consents, words=self.words, keyring=keyring()
            ),
        )
        self.desk = ReportDesk(
            subjects=self.subjects,
            breaches=BreachReports(store=self.store, words=self.words),
            words=self.words,
            acting=lambda: [("RSD-2026-001", 1), ("NVA-2026-001", 1)],
        )

    async def of(self, number: int, *, officer: bool = True) -> SubjectReport:
        """Return one person's report, as the hub's officer or the person reads it."""
        if officer:
            given: dict[str, Any] = {"personalCode": code(number), "reason": WHY}
            asked = by_officer("subjectReport", **given)
        else:
            asked = by_person(code(number), "subjectReport")
        made: SubjectReport = (await self.subjects.subject_report(asked)).value
        return made

    async def recipients(self, number: int, **asked: object) -> Any:  # noqa: ANN401 — a report
        since = NOW - timedelta(days=365)
        given: dict[str, Any] = {"register": "disability", "since": since, "reason": WHY}
        question = by_officer("pastRecipients", **(given | asked | {"personalCode": code(number)}))
        return (await self.desk.past_recipients(question)).value


async def listed(reports: Reports, of: BreachOf) -> Sequence[PersonalCode]:
    return await codes_of(reports.store, keyring(), of, await reports.store.sizes())


@pytest_asyncio.fixture
async def reports(hub_database: HubDatabase, log: DurableLog) -> AsyncIterator[Reports]:
    office = Office(hub_database.url, log)
    await office.furnish()
    yield Reports(office)
    await office.database.aclose()


async def test_an_officer_reads_flagged_what_the_person_does_not_read_at_all(
    reports: Reports, hand: Hand
) -> None:
    office = reports.office
    for under, days in (
        (("RSD-2026-001", 1), 1.0),
        (("ATD-2026-001", 1), 40.0),  # due
        (("ATD-2026-001", 1), 2.0),  # not due yet
        (("RBT-2026-002", 1), 3.0),  # sealed for ever
        (("RBT-2026-002", 3), 4.0),  # the seal has ended
    ):
        await office.look(code(1), code(2), under=under, days_ago=days)
    await hand.tick()
    whole, own = await reports.of(1), await reports.of(1, officer=False)
    assert [each.told for each in whole.uses] == [True, False, False, True, True]
    assert [each.use for each in own.uses] == [e.use for e in whole.uses if e.told]
    assert {each.told for each in own.uses} == {True}
    assert own.sources
    assert sum(each.uses for each in own.purposes) == 3
    assert code(2) not in str(whole)


async def test_older_looks_are_said_to_be_left_out(
    reports: Reports, hand: Hand, hub_database: HubDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in reversed(range(5)):
        await reports.office.look(code(1), days_ago=day)
    await hand.tick()
    monkeypatch.setattr(person, "PAGE", 2)
    assert (len((await reports.of(1)).uses), (await reports.of(1)).more) == (5, False)
    monkeypatch.setattr(person, "MOST", 4)
    report = await reports.of(1)
    assert (len(report.uses), report.more) == (4, True)
    assert report.uses[0].use.at > report.uses[-1].use.at


async def test_only_who_was_given_facts_is_notified(reports: Reports, hand: Hand) -> None:
    office = reports.office
    await office.look(code(1), days_ago=3)
    await office.look(code(1), days_ago=2, fields=("disability.status", "employment.status"))
    await office.look(code(1), days_ago=1, outcomes=GONE, under=("ATD-2026-001", 2))
    await office.look(code(2), days_ago=1, under=("ATD-2026-001", 2))
    await office.look(code(1), days_ago=1, under=("RBT-2026-002", 1))
    await hand.tick()
    first, second = (await reports.recipients(1)).recipients
    assert (first.agreement, first.told, first.times) == ("RBT-2026-002", False, 1)
    assert (second.agreement, second.told, second.times) == ("RSD-2026-001", True, 2)
    assert second.fields == ["disability.group", "disability.status"]
    assert second.first < second.last
    assert (await reports.recipients(1, register="employment")).recipients == []
    (named,) = (await reports.recipients(1, fields=["disability.status"])).recipients
    assert (named.fields, named.times) == (["disability.status"], 1)
    late = await reports.recipients(1, since=NOW - timedelta(days=1, hours=12))
    assert [each.agreement for each in late.recipients] == ["RBT-2026-002"]
    with pytest.raises(BadRequest) as refused:
        await reports.recipients(1, fields=["disability"] * 101)
    assert refused.value.code is Code.LIMIT_EXCEEDED


async def test_a_breach_counts_each_person_once_and_lists_only_whom_entries_prove(
    reports: Reports, hand: Hand, hub_database: HubDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breach, "PAGE", 2)
    office, client = reports.office, BreachOf(client="riga-social-service")
    await office.look(*[code(number) for number in range(1, 6)], days_ago=3)
    await office.look(code(1), days_ago=2)
    await office.look(code(9), days_ago=2, under=("ATD-2026-001", 2))
    await hand.tick()
    known = await reports.subjects.revisions.known()
    desk = reports.desk.breaches

    async def told(of: BreachOf) -> tuple[int, int, int]:
        made = await desk.report(of, known, NOW, NOW)
        assert made.notify_by == NOW + timedelta(hours=72)
        assert made.entries == sum(each.entries for each in made.exposures)
        return made.persons, made.entries, made.unreadable

    assert await told(client) == (5, 6, 0)
    assert await told(BreachOf(agreement="ATD-2026-001")) == (1, 1, 0)
    assert await told(BreachOf(start=NOW - timedelta(days=2, hours=1))) == (2, 2, 0)
    assert await told(BreachOf(key_year=2026)) == (6, 7, 0)
    assert await told(BreachOf(key_year=2025)) == (0, 0, 0)
    five = [code(number) for number in range(1, 6)]
    assert await listed(reports, client) == five
    # a key destroyed, its blind index too; and an index changed for another's
    index = {number: YearKeys(keyring(), 2026).index(code(number)) for number in (1, 2, 3)}
    owner = hub_database.owner_url
    await alter(owner, "DELETE FROM hub.subject_key WHERE index = $1", index[1])
    assert await told(client) == (5, 6, 2)
    await alter(owner, "UPDATE hub.log_entry SET index = NULL WHERE index = $1", index[1])
    assert await told(client) == (4, 6, 2)
    await alter(owner, "UPDATE hub.log_entry SET index = $1 WHERE index = $2", index[3], index[2])
    proved = {code(3), code(4), code(5)}
    assert set(await listed(reports, client)) <= proved


async def test_what_is_entered_after_the_count_is_neither_counted_nor_listed(
    reports: Reports, hand: Hand
) -> None:
    """Another look is placed between any two statements of the report and of its list."""
    office, client = reports.office, BreachOf(client="riga-social-service")
    known, numbers = await reports.subjects.revisions.known(), iter(range(1, 50))

    class Passing(ExposureTable):
        @override
        async def sizes(self) -> Sequence[TreeSize]:
            found = await super().sizes()
            await enter()
            return found

        @override
        async def counts(self, of: BreachOf, log: Sequence[TreeSize]) -> tuple[int, int, int]:
            found = await super().counts(of, log)
            await enter()
            return found

    async def enter() -> None:
        await office.look(code(next(numbers)))
        await office.look(code(1))
        await hand.tick()

    await enter()
    store = Passing(office.database)
    made = await BreachReports(store=store, words=reports.words).report(client, known, NOW, NOW)
    assert (made.persons, made.entries, made.log) == (1, 2, [TreeSize(year=2026, size=2)])
    assert [(each.persons, each.entries) for each in made.exposures] == [(1, 2)]
    assert await codes_of(store, keyring(), client, made.log) == [code(1)]
    assert len(await listed(reports, client)) == 3


async def test_an_entry_that_names_somebody_else_than_its_index_lists_nobody(
    reports: Reports, hand: Hand, hub_database: HubDatabase
) -> None:
    client, owner = BreachOf(client="riga-social-service"), hub_database.owner_url
    receipt = await reports.office.look(code(1))
    await hand.tick()
    assert await listed(reports, client) == [code(1)]
    keys = YearKeys(keyring(), 2026)
    index = keys.index(code(1))
    wrapped = await ask(owner, "SELECT wrapped FROM hub.subject_key WHERE index = $1", index)
    text = f'{{"outcomes":{{}},"relation":"asked","subject":"{code(7)}"}}'.encode()
    nonce = bytes(12)
    sealed = nonce + cipher(keys.unwrap(index, wrapped)).encrypt(nonce, text, receipt.id.encode())
    await alter(
        owner, "UPDATE hub.access_entry SET sealed = $1 WHERE operation_id = $2", sealed, receipt.id
    )
    assert await listed(reports, client) == []


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (BreachOf(), Code.PARAMETER_INVALID),
        (BreachOf(start=NOW, end=NOW), Code.WINDOW_INVALID),
    ],
)
async def test_a_breach_of_nothing_is_refused(
    reports: Reports, of: BreachOf, expected: Code
) -> None:
    with pytest.raises(HubError) as caught:
        await listed(reports, of)
    assert caught.value.code is expected


async def test_words_that_are_no_more_stand_by_their_short_names(reports: Reports) -> None:
    words = reports.words
    assert words.category("HEALTH").words.lv == "veselība"
    assert words.category("GONE").words == Words(en="GONE", lv="GONE")
    assert words.source("gone").title == Words(en="gone", lv="gone")
    assert words.controller("GONE") == Words(en="GONE", lv="GONE")
    assert words.purpose("urn:gone") == Words(en="urn:gone", lv="urn:gone")


async def test_an_entry_under_a_revision_nobody_knows_is_flagged(
    reports: Reports, hand: Hand
) -> None:
    await reports.office.look(code(1), revision=77, visibility="sealed", days_ago=1)
    await reports.office.look(code(1), revision=77, visibility="immediate", days_ago=2)
    await hand.tick()
    assert [each.told for each in (await reports.of(1)).uses] == [True, False]
    ((given,)) = (await reports.recipients(1)).recipients
    assert (given.code, given.told) == ("RD-LD", False)
    assert datetime.now(UTC) > given.first
