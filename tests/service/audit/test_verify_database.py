"""Whatever is done to the log's tables, by whoever owns them, checking them names it."""

from pathlib import Path

import asyncpg
import orjson
import pytest
import pytest_asyncio

from hub.audit.log import DurableLog
from hub.audit.logview import TreeView, published
from hub.audit.tlog import checkpoint as checkpoints
from hub.audit.tlog.cosignature import Cosigner
from hub.audit.tlog.entrybytes import entry_bytes
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.tree import leaf_hash
from hub.audit.tlog.verifying import Unfit
from hub.audit.tlog.witness import Witness
from hub.cli.audit.verify_database import verify_database
from hub.storage.database import Database
from hub.storage.tree import TreeTable
from tests.service.audit.ordering import Author, Connection, Hand, put
from tests.service.storage.hub_database import HubDatabase, ask, log_key, run
from tests.unit.audit.making import code, disclosure

pytestmark = pytest.mark.asyncio
WHERE = 7
HOLE = "00000000-0000-4000-8000-000000000001"
PEOPLE = (1, 2, 0, 3, 1, 2, 1, 2, 1, 300)
THIS = f"(writer, wseq) = (SELECT writer, wseq FROM hub.log_entry WHERE position = {WHERE})"


@pytest_asyncio.fixture
async def kept(log: DurableLog, hand: Hand, hub_database: HubDatabase) -> HubDatabase:
    """A log of three hundred entries, all in the tree and signed; it fits."""
    for number, people in enumerate(PEOPLE):
        await log.append(disclosure(*map(code, range(people)), case=f"C-{number}"))
    await hand.tick(2)
    await verify_database(hub_database.url, log_key())
    return hub_database


async def found(kept: HubDatabase, *statements: str) -> Invalid:
    """Do something to the tables as their owner, and return what checking them says."""
    await run(kept.owner_url, *statements)
    with pytest.raises(Invalid) as fault:
        await verify_database(kept.url, log_key())
    return fault.value


@pytest.mark.parametrize(
    "change",
    [
        "open = replace(open, 'riga-social-service', 'riga-police-service')",
        "open = open || ' '",
        "salt = set_byte(salt, 0, get_byte(salt, 0) # 1)",
        "sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 128)",
        "sealed = NULL",
    ],
)
async def test_an_altered_entry_is_named(kept: HubDatabase, change: str) -> None:
    fault = await found(kept, f"UPDATE hub.access_entry SET {change} WHERE {THIS}")
    assert isinstance(fault, Unfit)
    assert fault.position == WHERE
    assert "not those in the tree" in fault.reason
    assert fault.wseq == await told(kept, "wseq")
    assert fault.operation_id == await told(kept, "operation_id")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("hash = set_byte(hash, 0, get_byte(hash, 0) # 1)", "chain"),
        ("previous = hash", "chain"),
        ("operation_id = 'another'", "chain breaks here: columns"),
    ],
)
async def test_what_stands_beside_an_entry_is_held_against_it(
    kept: HubDatabase, change: str, why: str
) -> None:
    fault = await found(kept, f"UPDATE hub.access_entry SET {change} WHERE {THIS}")
    assert isinstance(fault, Unfit)
    assert (fault.position, why in fault.reason) == (WHERE, True)


@pytest.mark.parametrize(
    "change",
    ["client = 'another'", "decision = 'refused'", '"case" = NULL', "registers = '{}'",
     "operation_id = 'x'", "purpose = 'x'", "index = sha256('x')", "person_acting = true"],
)  # fmt: skip
async def test_a_row_that_finds_an_entry_says_what_it_says(kept: HubDatabase, change: str) -> None:
    fault = await found(kept, f"UPDATE hub.log_entry SET {change} WHERE position = {WHERE}")
    assert isinstance(fault, Unfit)
    assert (fault.position, "says something else" in fault.reason) == (WHERE, True)


ERASED = (
    f"UPDATE hub.log_entry SET index = NULL WHERE position = {WHERE}",
    f"UPDATE hub.access_entry SET index = NULL WHERE {THIS}",
)
DESTROYED = """
INSERT INTO hub.destruction_order
    (id, ground, years, ordered_by, ordered_at, confirmed_by, confirmed_at, carried_out_at)
SELECT 'one', 'as a court ordered', ARRAY[year], 'dvi/one', now(), 'dvi/two', now(), now()
FROM hub.log_head
"""


async def test_an_index_erased_by_order_is_no_alteration(kept: HubDatabase) -> None:
    await run(kept.owner_url, *ERASED, DESTROYED)
    await verify_database(kept.url, log_key())
    await run(kept.owner_url, "DELETE FROM hub.subject_key")
    await verify_database(kept.url, log_key())


async def test_an_index_erased_without_order_is_named(kept: HubDatabase) -> None:
    fault = await found(kept, *ERASED)
    assert isinstance(fault, Unfit)
    assert (fault.position, "no order" in fault.reason) == (WHERE, True)


@pytest.mark.parametrize("half", ERASED)
async def test_an_index_erased_in_one_place_is_named_whatever_was_ordered(
    kept: HubDatabase, half: str
) -> None:
    fault = await found(kept, half, DESTROYED)
    assert isinstance(fault, Unfit)
    assert fault.position == WHERE


async def test_a_key_deleted_without_order_is_named(kept: HubDatabase) -> None:
    fault = await found(kept, "DELETE FROM hub.subject_key")
    assert "no order" in fault.reason


async def test_a_deleted_entry_is_named(kept: HubDatabase) -> None:
    fault = await found(kept, f"DELETE FROM hub.access_entry WHERE {THIS}")
    assert isinstance(fault, Unfit)
    assert (fault.position, "missing" in fault.reason) == (WHERE, True)


async def test_a_deleted_row_is_named(kept: HubDatabase) -> None:
    fault = await found(
        kept,
        f"DELETE FROM hub.access_entry WHERE {THIS}",
        f"DELETE FROM hub.log_entry WHERE position = {WHERE}",
    )
    assert isinstance(fault, Unfit)
    assert fault.position == WHERE


async def test_rows_that_are_said_to_be_of_an_ended_year_need_an_entry_that_ended_it(
    kept: HubDatabase,
) -> None:
    assert "position 0" in (await found(kept, "DELETE FROM hub.log_entry")).reason


async def test_swapped_entries_are_named(kept: HubDatabase) -> None:
    far = "position = 1000000"
    fault = await found(
        kept,
        f"UPDATE hub.log_entry SET {far} WHERE position = {WHERE}",
        f"UPDATE hub.log_entry SET position = {WHERE} WHERE position = {WHERE + 1}",
        f"UPDATE hub.log_entry SET position = {WHERE + 1} WHERE {far}",
    )
    assert isinstance(fault, Unfit)
    assert fault.position == WHERE


COPY = (
    "INSERT INTO hub.access_entry"
    " (writer, wseq, previous, hash, operation_id, at, open, salt, sealed, index)"
    " SELECT writer, wseq, previous, hash, operation_id, {at}, open, salt, sealed, index"
    " FROM hub.access_entry WHERE {this}"
)


@pytest.mark.parametrize("at", ["at + interval '1 second'", "at - interval '40 days'"])
async def test_a_duplicate_or_backdated_row_is_named(kept: HubDatabase, at: str) -> None:
    fault = await found(kept, COPY.format(at=at, this=THIS))
    place = f"writer {await told(kept, 'writer')}, sequence {await told(kept, 'wseq')}"
    assert f"outside the tree: {place}" in fault.reason


async def told(kept: HubDatabase, column: str) -> object:
    query = f"SELECT {column} FROM hub.access_entry WHERE {THIS} LIMIT 1"
    value: object = await ask(kept.owner_url, query)
    return value


async def test_an_entry_that_never_enters_the_tree_is_told(kept: HubDatabase) -> None:
    stray = COPY.format(at="at - interval '1 hour'", this=THIS).replace(
        "SELECT writer,", "SELECT gen_random_uuid(),", 1
    )
    assert "not in the tree yet" in (await found(kept, stray)).reason


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE hub.log_tile SET hashes = set_byte(hashes, 99, get_byte(hashes, 99) # 1)",
        "DELETE FROM hub.log_tile",
        "UPDATE hub.log_head SET edge = set_byte(edge, 0, get_byte(edge, 0) # 1)",
        "UPDATE hub.log_checkpoint SET note = replace(note, '\n314\n', '\n313\n')",
    ],
)
async def test_an_altered_tree_is_noticed(kept: HubDatabase, change: str) -> None:
    assert await found(kept, change)


async def test_an_entry_altered_together_with_its_tile_is_noticed_by_the_checkpoint(
    kept: HubDatabase,
) -> None:
    await run(
        kept.owner_url,
        f"UPDATE hub.access_entry SET open = replace(open, 'C-4', 'C-5') WHERE {THIS}",
    )
    connection = await asyncpg.connect(kept.owner_url)
    row = await connection.fetchrow(f"SELECT * FROM hub.access_entry WHERE {THIS}")
    assert row is not None
    opened = row["open"].encode()
    content = entry_bytes(row["writer"], row["wseq"], opened, row["salt"], row["sealed"])
    await connection.execute(
        "UPDATE hub.log_tile SET hashes = overlay(hashes PLACING $1 FROM $2)",
        leaf_hash(content),
        WHERE * 32 + 1,
    )
    await connection.close()
    assert "over positions 0 to 255" in (await found(kept)).reason


async def test_a_tail_that_is_cut_off_with_its_tree_is_noticed_by_the_checkpoint(
    kept: HubDatabase,
) -> None:
    fault = await found(
        kept, "UPDATE hub.log_head SET size = 256, edge = (SELECT substr(hashes, 1, 32)"
        " FROM hub.log_tile)"
    )  # fmt: skip
    assert "it went back" in fault.reason


async def test_an_agreement_that_is_not_on_the_log_is_named(kept: HubDatabase) -> None:
    fault = await found(
        kept,
        "INSERT INTO hub.agreement_revision (number, revision, document, signatures)"
        " VALUES ('RSD-2026-999', 1, 'terms', '{}')",
    )
    assert "agreement RSD-2026-999, revision 1" in fault.reason


TABLES = ("log_checkpoint", "log_head", "log_tile", "log_entry", "log_writer", "access_entry")


async def test_a_restored_backup_fits_itself_and_no_witness(
    kept: HubDatabase, log: DurableLog, hand: Hand, database: Database, tmp_path: Path
) -> None:
    """All tables as they were: the database agrees with itself; who saw more does not."""
    view, year = TreeView(TreeTable(database)), 2026
    signer = log_key().signer(year)
    witness = Witness(Cosigner("w.test", b"w" * 32), [signer.vkey], tmp_path / "seen")

    async def shown() -> bytes:
        newest = await view.newest(year)
        assert newest is not None
        return published(newest)

    before = await shown()
    await run(kept.owner_url, *(f"CREATE TABLE old_{t} AS TABLE hub.{t}" for t in TABLES))
    await log.append(disclosure(code(9)))
    await hand.tick(2)
    later = await shown()
    assert witness.add_checkpoint(b"old 0\n\n" + later, lambda: 1).status == 200
    for table in TABLES:
        await run(kept.owner_url, f"TRUNCATE hub.{table}")
        await run(kept.owner_url, f"INSERT INTO hub.{table} SELECT * FROM old_{table}")
    assert await shown() == before
    await verify_database(kept.url, log_key())
    refused = witness.add_checkpoint(b"old 0\n\n" + before, lambda: 1)
    size = checkpoints.opened(later, [signer.verifier], signer.name).size
    assert (refused.status, refused.body) == (409, f"{size}\n")


async def test_nobody_but_the_owner_can_do_any_of_this(kept: HubDatabase) -> None:
    for statement in (
        "UPDATE hub.access_entry SET open = ''",
        "DELETE FROM hub.access_entry",
        "UPDATE hub.log_entry SET position = 0",
        "UPDATE hub.log_tile SET level = 9",
        "DELETE FROM hub.log_checkpoint",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(kept.url, statement)


async def test_a_hole_is_told_though_all_that_is_left_fits(
    kept: HubDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    """The year with the hole has ended since, say; its alarms have not."""
    capsys.readouterr()
    fault = await found(
        kept,
        "INSERT INTO hub.log_alarm (at, kind, writer, wseq, missing) VALUES"
        f" ('2026-11-20 09:30:00Z', 'gap', '{HOLE}', 6, 2),"
        f" ('2026-11-20 09:31:00Z', 'link', '{HOLE}', 9, 0)",
    )
    assert fault.reason.startswith("2 alarms")
    said = capsys.readouterr()
    gap, link = [line for line in said.err.splitlines() if line.startswith("alarm")]
    assert gap == (
        f"alarm gap: writer {HOLE}, sequence 6: entries missing before it: 2;"
        " found 2026-11-20T09:30:00Z"
    )
    assert link.startswith(f"alarm link: writer {HOLE}, sequence 9:")
    told = [orjson.loads(line) for line in said.out.splitlines()]
    assert [each["fits"] for each in told] == [True, False]
    assert told[-1]["alarms"] == 2


async def test_a_hole_is_told_before_the_entry_that_does_not_fit(
    kept: HubDatabase, line: Connection, hand: Hand, capsys: pytest.CaptureFixture[str]
) -> None:
    author = Author()
    first, _, third = author.entries(3)
    await put(line, [first, third])
    await hand.tick(2)
    fault = await found(kept)
    assert isinstance(fault, Unfit)
    assert fault.wseq == 3
    writer = f"writer {first.writer}, sequence 3: entries missing before it: 1;"
    assert f"alarm gap: {writer}" in capsys.readouterr().err
