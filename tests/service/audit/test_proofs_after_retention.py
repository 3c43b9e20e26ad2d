"""Keys are destroyed and a year ends: what outsiders hold stays provable, what is gone is told.

Whoever removes entries in any other way is found, whatever was set about before.
"""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from hub.audit.log import DurableLog
from hub.audit.retention import Retention
from hub.audit.tlog.ended import QUESTION
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.logkey import LogKey
from hub.cli.audit.verify_database import verify_database
from hub.errors import Code, HubError
from hub.model.retention import HoldKind, RetentionTerms, YearEnded
from hub.storage.database import Database
from hub.storage.oversight import RetentionTable, YearTable
from tests.service.audit.outsider import Outsider, bundles_in, checked, watching
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import HubDatabase, keyring, log_key, run
from tests.unit.audit.making import code, disclosure

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

OLD, NOW = 2019, 2026
FIRST, SECOND = "VDAA/dpo", "RD-LD/dpo"
GROUND = "GDPR 17(1)(d), judgment in force"
TERMS = RetentionTerms(years=5, law=("VDAR 5. pants",), en="five years", lv="pieci gadi")
HOUSEHOLD = tuple(map(code, range(1, 6)))
UNFINISHED = "does not say that it was done"


@pytest_asyncio.fixture
async def outsider(
    database: Database, clock: StillClock, hub_database: HubDatabase, tmp_path: Path
) -> AsyncIterator[Outsider]:
    async with watching(database, clock, hub_database, tmp_path / "seen.json") as made:
        yield made


@pytest.fixture
def retention(database: Database, log: DurableLog, clock: StillClock) -> Retention:
    return Retention(RetentionTable(database), log, keyring(), clock)


@pytest.fixture
def years(hub_database: HubDatabase) -> YearTable:
    return YearTable(hub_database.owner_url)


async def logged(
    log: DurableLog, clock: StillClock, outsider: Outsider, year: int, operations: int
) -> None:
    """Log a household's operations over a year, each of five entries; keep proofs on the way."""
    last = ""
    for number in range(operations):
        clock.at = datetime(year, 1 + number * 10 // operations, 5, 12, number % 60, tzinfo=UTC)
        last = (await log.append(disclosure(*HOUSEHOLD, at=clock.at))).id
        if number in {operations // 3, operations - 1}:
            await outsider.settled(year)
            await outsider.prove(last)


@pytest_asyncio.fixture
async def kept(
    log: DurableLog, clock: StillClock, outsider: Outsider, hub_database: HubDatabase
) -> Outsider:
    """Two years of some hundred entries each, in months and without; it fits."""
    for month in ("2019-01-01", "2019-02-01"):
        await run(hub_database.owner_url, f"SELECT hub.add_log_partition('{month}')")
    at = datetime(OLD, 1, 1, tzinfo=UTC)
    await log.append(disclosure(at=at, decision="agreement"))
    await logged(log, clock, outsider, OLD, 60)
    await logged(log, clock, outsider, NOW, 60)
    await verify_database(hub_database.url, log_key())
    return outsider


async def fits(hub_database: HubDatabase, capsys: pytest.CaptureFixture[str]) -> dict[int, object]:
    """Check the database as it is; return by year what was told."""
    capsys.readouterr()
    await verify_database(hub_database.url, log_key())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {int(line["log"][-4:]): line for line in lines if "log" in line}


async def found(hub_database: HubDatabase, *statements: str) -> str:
    await run(hub_database.owner_url, *statements)
    with pytest.raises(Invalid) as fault:
        await verify_database(hub_database.url, log_key())
    return fault.value.reason


async def refused(step: object) -> Code:
    with pytest.raises(HubError) as caught:
        await step  # type: ignore[misc]
    return caught.value.code


async def test_every_proof_stays_valid(
    kept: Outsider,
    retention: Retention,
    years: YearTable,
    hub_database: HubDatabase,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = await kept.mirror(OLD, tmp_path / "before")
    assert len(bundles_in(before)) == 2
    assert await kept.holds() == 24

    # a person's keys
    order = await retention.order(HOUSEHOLD[0], [OLD, NOW], officer=FIRST, ground=GROUND)
    await retention.confirm(order.id, HOUSEHOLD[0], officer=SECOND, reason=GROUND)
    await kept.settled(OLD, NOW)
    assert (await retention.carry_out(order.id, officer=SECOND)).keys == 2
    await kept.settled(OLD, NOW)
    assert await retention.finish(order.id)
    assert await kept.holds() == 28
    told = await fits(hub_database, capsys)
    assert "content removed" not in str(told)
    same = await kept.mirror(OLD, tmp_path / "destroyed")
    assert checked(same, "--consistency", before / "checkpoint").exit_code == 0
    assert [e.read_bytes() for e in bundles_in(same)] == [
        e.read_bytes() for e in bundles_in(before)
    ]

    # the older year
    assert not (same / "ended").exists()
    ended = await retention.retire_year(years, OLD, TERMS, officer=FIRST)
    assert (ended.entries, ended.keys, ended.partitions) == (300, 4, 2)
    await kept.settled(OLD, NOW)
    assert await kept.holds() == 30
    told = await fits(hub_database, capsys)
    (year,) = [line for number, line in told.items() if number == OLD]
    assert isinstance(year, dict)
    assert (year["kept"], year["content removed"]) == (1, 300)
    assert year["ended by"].startswith(f"{FIRST}, position ")
    assert "content removed" not in str(told[NOW])
    assert await kept.view.entries(OLD, 0, 256) is None
    assert await kept.view.entries(NOW, 0, 256)


@pytest_asyncio.fixture
async def ended(kept: Outsider, retention: Retention, years: YearTable, tmp_path: Path) -> Path:
    """A mirror, made when the older year had ended; ``before`` is one made while it stood."""
    await kept.mirror(OLD, tmp_path / "before")
    await retention.retire_year(years, OLD, TERMS, officer=FIRST)
    await kept.settled(OLD, NOW)
    return await kept.mirror(OLD, tmp_path / "after")


async def test_offline_the_end_of_a_year_is_told_and_proved(ended: Path, tmp_path: Path) -> None:
    assert bundles_in(ended) == []
    before = tmp_path / "before" / "checkpoint"
    for words in ((), ("--tiles-only",), ("--mirror", tmp_path / "copy")):
        done = checked(ended, *words, "--consistency", before)
        assert done.exit_code == 0, done.output
        told = json.loads(done.stdout.splitlines()[0])
        assert told["fits"]
        assert "entries" not in told
        removed = told["content removed"]
        assert (removed["log"], removed["official"]) == (log_key().origin(NOW), FIRST)
        assert "retention of 2019 is over: 5 years; entries dropped: 300" in removed["reason"]
    assert checked(tmp_path / "copy").exit_code == 0
    # whoever copied the entries while they stood, checks them as before
    (tmp_path / "before" / "ended").write_bytes((ended / "ended").read_bytes())
    done = checked(tmp_path / "before")
    assert json.loads(done.stdout)["entries"] == 301


async def test_an_end_is_shown_when_it_is_under_a_signed_checkpoint(
    ended: Path, kept: Outsider, hub_database: HubDatabase
) -> None:
    assert (await kept.view.ended(OLD) or b"").decode() == (ended / "ended").read_text()
    newest = "DELETE FROM hub.log_checkpoint WHERE year = 2026 AND size > 300"
    await run(hub_database.owner_url, newest)
    assert await kept.view.ended(OLD) is None


async def test_offline_no_end_is_believed_that_the_log_does_not_tell(
    ended: Path, kept: Outsider, log: DurableLog, clock: StillClock, tmp_path: Path
) -> None:
    proof = ended / "ended"
    genuine = proof.read_text()
    signed = genuine.split("\n\n", 1)[1]
    other = LogKey("hub.test/log", b"x" * 32).signer(NOW).sign(signed.split("\n\n")[0] + "\n")
    for forged in (
        genuine.replace("index ", "index 1"),
        genuine.replace(signed, other),
        kept.proofs[0],
        "c2sp.org/tlog-proof@v1",
    ):
        proof.write_text(forged)
        assert checked(ended, "--tiles-only").exit_code == 1
    proof.unlink()
    assert checked(ended, "--tiles-only").exit_code == 0
    assert "`tile/entries/000` is missing" in checked(ended).output
    # an end of another year is none of this one
    later = await kept.mirror(NOW, tmp_path / "later")
    assert checked(later).exit_code == 0
    (later / "ended").write_text(genuine)
    assert "another entry, not the end of 2026" in checked(later).output
    early = disclosure(at=clock.at, decision="oversight", question=(QUESTION,), case=str(NOW))
    receipt = await log.append(early)
    await kept.settled(NOW)
    await kept.prove(receipt.id)
    (later / "ended").write_text(kept.proofs[-1])
    assert "2026 ended before it was over" in checked(later).output
    bundles_in(later)[0].unlink()
    (later / "ended").unlink()
    assert checked(later).exit_code == 1


DELETED = tuple(
    f"DELETE FROM hub.{table} WHERE at < '2020-01-01Z'" for table in ("access_entry", "log_entry")
)


async def test_who_deletes_entries_without_an_end_is_found(
    kept: Outsider, hub_database: HubDatabase
) -> None:
    reason = await found(hub_database, *DELETED)
    assert "no row tells of this entry" in reason
    assert UNFINISHED not in reason


class Forgetful(YearTable):
    """Looks before somebody sets a hold, and drops afterwards; ``lost`` loses what it did."""

    lost = False

    async def obstacles(self, year: int) -> Sequence[str]:
        return ()

    async def retire(self, year: int) -> tuple[Sequence[str], YearEnded | None]:
        told = await super().retire(year)
        if self.lost:
            raise ConnectionError
        return told


async def test_an_attempt_that_postgresql_refused_excuses_nothing(
    kept: Outsider, retention: Retention, hub_database: HubDatabase
) -> None:
    years = Forgetful(hub_database.owner_url)
    await retention.hold(HoldKind.YEAR, year=OLD, officer=SECOND, reason="an inquiry goes on")
    ending = retention.retire_year(years, OLD, TERMS, officer=FIRST)
    assert await refused(ending) is Code.RECORDS_HELD
    await kept.settled(NOW)
    await verify_database(hub_database.url, log_key())
    assert await kept.view.ended(OLD) is None
    assert UNFINISHED in await found(hub_database, *DELETED)


async def test_an_end_that_broke_off_is_told_and_is_completed_by_asking_again(
    kept: Outsider,
    retention: Retention,
    years: YearTable,
    hub_database: HubDatabase,
    capsys: pytest.CaptureFixture[str],
) -> None:
    broken = Forgetful(hub_database.owner_url)
    broken.lost = True
    with pytest.raises(ConnectionError):
        await retention.retire_year(broken, OLD, TERMS, officer=FIRST)
    await kept.settled(NOW)
    assert UNFINISHED in await found(hub_database)
    await retention.retire_year(years, OLD, TERMS, officer=FIRST)
    await kept.settled(NOW)
    assert "content removed" in str((await fits(hub_database, capsys))[OLD])


async def test_the_end_of_one_year_excuses_no_other(
    kept: Outsider, ended: Path, hub_database: HubDatabase
) -> None:
    this = "(writer, wseq) = (SELECT writer, wseq FROM hub.log_entry WHERE year = 2026 LIMIT 1)"
    gone = f"DELETE FROM hub.access_entry WHERE {this}"
    assert "is missing" in await found(hub_database, gone)


ROW = """
INSERT INTO hub.log_entry (year, position, writer, wseq, at, operation_id, decision, official,
    "case", registers, categories, codes, question, visibility, person_acting)
VALUES (2099, 0, gen_random_uuid(), 1, '2099-01-01Z', 'x', 'oversight', 'VDAA/dpo', '{year}',
    '{{}}', '{{}}', '{{}}', '{{yearRetired}}', 'immediate', false)
"""


async def test_a_row_that_is_in_no_tree_ends_no_year(
    kept: Outsider, hub_database: HubDatabase
) -> None:
    assert "2099: no such tree" in await found(hub_database, ROW.format(year=OLD))
    assert "no row tells of this entry" in await found(hub_database, *DELETED)


async def test_an_end_is_known_when_the_year_that_tells_of_it_has_ended_too(
    kept: Outsider,
    retention: Retention,
    years: YearTable,
    clock: StillClock,
    hub_database: HubDatabase,
    log: DurableLog,
) -> None:
    at = datetime(2010, 5, 5, tzinfo=UTC)
    await log.append(disclosure(*HOUSEHOLD, at=at))
    await kept.settled(2010)
    clock.at = datetime(OLD, 12, 30, tzinfo=UTC)
    await retention.retire_year(years, 2010, TERMS, officer=FIRST)
    clock.at = datetime(NOW, 12, 30, tzinfo=UTC)
    await kept.settled(OLD, NOW)
    assert (await years.size(OLD)).entries == 301  # who set about it goes, who did it stays
    await retention.retire_year(years, OLD, TERMS, officer=FIRST)
    await kept.settled(2010, OLD, NOW)
    await verify_database(hub_database.url, log_key())
    assert await kept.view.ended(2010)
    assert await kept.holds()
