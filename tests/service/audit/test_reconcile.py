"""A register's own call log against ours: in a sandbox, by the command an auditor uses."""

import asyncio
import csv
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from click.testing import CliRunner, Result

from hub.cli.audit.reconcile import command
from hub.cli.estate import estate_of
from hub.model.entry import Disclosure, Header
from hub.model.evidence import Ask, Order, Subject
from hub.model.personal_code import PersonalCode
from hub.sandbox.people.discovery import twins
from hub.sandbox.people.noting import watched
from tests.journey.town import Town, codes
from tests.unit.fetch.register import permit

QUERY = """query ($codes: [PersonalCode!]!) {
  persons(personalCodes: $codes) { personalCode employment { status } }
}"""
READ_ALL = "SELECT count(*) FROM burvis.klients"

Connection = Any


@dataclass(frozen=True)
class Told:
    """What the command said of each register."""

    status: int
    accounts: Mapping[str, Mapping[str, Any]]

    def findings(self, register: str = "employment") -> list[str]:
        return [each["finding"] for each in self.accounts[register]["outside"]]


def run(town: Town, *words: str) -> Result:
    return CliRunner().invoke(command, ["--data-dir", str(town.data_dir), *words])


@dataclass
class Watcher:
    """Reconciles what registers were asked since it was made."""

    town: Town
    since: str

    def told(self, *words: str) -> Told:
        ran = run(self.town, "--json", "--since", self.since, *words)
        assert ran.exit_code in {0, 1}, ran.output
        accounts = {each["register"]: each for each in json.loads(ran.stdout)}
        return Told(ran.exit_code, accounts)


@pytest.fixture
def watcher(town: Town) -> Watcher:
    town.forget()
    return Watcher(town, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"))


def within(town: Town, doing: Coroutine[Any, Any, object]) -> None:
    """Do something in the hub's own process."""
    asyncio.run_coroutine_threadsafe(doing, town._loop).result(5)


def residents(town: Town) -> list[str]:
    """Return people of Rīga, of whom its social service may ask."""
    homes = town.homes()
    return [code for code in town.everybody() if homes.get(code) == "0001000"]


def as_connector(town: Town, do: Callable[[Connection], Awaitable[object]]) -> None:
    """Do something with the credential of the hub's connector, but outside the hub."""

    async def done() -> None:
        connection = await asyncpg.connect(town.settings.registers["employment"])
        try:
            await do(connection)
        finally:
            await connection.close()

    asyncio.run(done())


def execute(town: Town, statement: str) -> None:
    as_connector(town, lambda connection: connection.execute(statement))


def references(watcher: Watcher, register: str = "employment") -> list[str]:
    """Return the references in the register's log, as who reads that log could use them."""
    log = Path(str(estate_of(watcher.town.data_dir).call_log)).read_text(errors="replace")
    lines = [line for line in log.splitlines() if f"call {register} asked" in line]
    return [
        line.rpartition(" ")[2] for line in lines if line[:26].replace(" ", "T") >= watcher.since
    ]


def test_all_calls_of_the_hub_match(watcher: Watcher) -> None:
    town = watcher.town
    people = residents(town)[:12]
    for some in (people[:1], people[1:2], people[2:]):
        answer = town.ask(QUERY, {"codes": some})
        assert codes(answer) == []
    told = watcher.told()
    assert told.status == 0
    for register in ("employment", "population"):
        account = told.accounts[register]
        assert account["calls"] == account["matched"] == 3
        assert account["outside"] == account["nothing_released"] == []
    assert told.accounts["disability"]["calls"] == 0


def test_an_answer_at_hand_is_no_call(watcher: Watcher) -> None:
    town = watcher.town
    people = {"codes": residents(town)[:1]}
    for _ in range(3):
        assert codes(town.ask(QUERY, people)) == []
    assert watcher.told().accounts["employment"]["calls"] == 1


@pytest.mark.parametrize("refused", [False, True])
def test_what_was_asked_and_not_released_is_told_apart(watcher: Watcher, *, refused: bool) -> None:
    """Operations that end after their register was asked: without an entry, or with a refusal's."""
    town, operation_id = watcher.town, uuid4().hex
    code = PersonalCode.parse(residents(town)[0])
    columns = town.hub.rooms.connectors["employment"].columns(())
    order = Order(
        ask=Ask(register="employment", columns=columns),
        subjects=(Subject(asked=code, codes=(code,)),),
    )
    within(town, town.hub.rooms.fetch.gather(permit(operation_id=operation_id), [order]))
    if refused:
        header = Header(
            operation_id=operation_id,
            at=datetime.now(UTC),
            decision="refused",
            registers=("employment",),
        )
        within(town, town.hub.rooms.access_log.append(Disclosure(header=header)))
    account = watcher.told("--register", "employment").accounts["employment"]
    assert (account["calls"], account["matched"]) == (1, 0)
    assert [each["persons"] for each in account["nothing_released"]] == [1]
    assert account["outside"] == []


@pytest.mark.parametrize(
    "statement",
    [
        READ_ALL,
        "COPY burvis.cv TO STDOUT",
        "SELECT virsraksts FROM burvis.cv LIMIT 1",
        "DO $$ BEGIN PERFORM FROM burvis.statuss; END $$",
        "BEGIN READ ONLY; SELECT * FROM burvis.pieredze; ROLLBACK",
        "WITH x AS (SELECT * FROM burvis.valoda) SELECT FROM x",
        "SET client_min_messages = error; SET application_name = hub; " + READ_ALL,
    ],
)
def test_a_statement_outside_the_hub_is_found(watcher: Watcher, statement: str) -> None:
    execute(watcher.town, statement)
    told = watcher.told()
    assert told.status == 1
    assert told.findings() == ["no reference"]
    (found,) = told.accounts["employment"]["outside"]
    assert found["credential"] == "hub_burvis"
    assert found["at"] >= watcher.since


def test_a_call_that_is_undone_is_found(watcher: Watcher) -> None:
    async def undone(connection: Connection) -> None:
        transaction = connection.transaction()
        await transaction.start()
        await connection.fetch(READ_ALL)
        await transaction.rollback()

    as_connector(watcher.town, undone)
    assert watcher.told().findings() == ["no reference"]


def test_a_forged_reference_is_found(watcher: Watcher) -> None:
    answer = watcher.town.ask(QUERY, {"codes": residents(watcher.town)[:1]})
    receipt = answer.json()["extensions"]["receipt"]["id"]
    for forged in (receipt, f"{receipt}.1.1.{'0' * 32}", references(watcher, "population")[-1]):
        told = f"SELECT burvis.asked(ARRAY['01010112345'], '{forged}'), ({READ_ALL})"
        execute(watcher.town, told)
    told_of = watcher.told()
    assert told_of.accounts["employment"]["matched"] == 1
    assert told_of.findings() == ["a reference the hub never wrote for this register"] * 3


def test_a_reference_used_again_is_found(watcher: Watcher) -> None:
    watcher.town.ask(QUERY, {"codes": residents(watcher.town)[:1]})
    replayed = f"SELECT burvis.asked('{{01010112345}}', '{references(watcher)[-1]}'), ({READ_ALL})"
    execute(watcher.town, replayed)
    told = watcher.told()
    assert told.accounts["employment"]["matched"] == 1
    assert told.findings() == ["reference used again"]


def test_the_credential_can_neither_be_silent_nor_write_the_log(town: Town) -> None:
    attempts = [
        "SET row_security = off; " + READ_ALL,
        "ALTER TABLE burvis.klients DISABLE ROW LEVEL SECURITY",
        "DROP POLICY noted ON burvis.klients",
        "CREATE OR REPLACE FUNCTION burvis.noted() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "SET log_min_messages = panic",
        "SET log_error_verbosity = verbose",
        "ALTER ROLE hub_burvis BYPASSRLS",
        "SELECT * FROM fpr.persona",
        "SELECT pg_read_file('postgresql.conf')",
        "DELETE FROM burvis.cv",
    ]
    for attempt in attempts:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            execute(town, attempt)


def test_every_table_of_every_register_is_watched(town: Town) -> None:
    """And no connector's role is one that policies do not bind."""
    query = """
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege('{role}', c.oid, 'SELECT')
    AND NOT (relrowsecurity AND pg_get_userbyid(relowner) <> '{role}')
    AND nspname NOT IN ('pg_catalog', 'information_schema')
    """
    role = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = '{role}'"

    async def looked() -> None:
        connection = await asyncpg.connect(f"{estate_of(town.data_dir).server_url}/registers")
        try:
            for twin in twins():
                named = {"role": f"hub_{twin.schema}"}
                assert await connection.fetchval(role.format(**named)) is False
                assert await connection.fetch(query.format(**named)) == []
                assert len(list(watched(twin))) == 2 * len(twin.metadata.sorted_tables)
        finally:
            await connection.close()

    asyncio.run(looked())


def test_a_ping_is_no_call(watcher: Watcher) -> None:
    town = watcher.town
    within(town, town.hub.rooms.connectors["employment"].ping())
    assert watcher.told().accounts["employment"]["calls"] == 0


def test_a_registers_export_is_compared(watcher: Watcher, tmp_path: Path) -> None:
    watcher.town.ask(QUERY, {"codes": residents(watcher.town)[:2]})
    (ours,) = references(watcher)
    persons = int(ours.split(".")[2])
    lines = [
        {"at": "2026-11-20T09:00:00Z", "credential": "hub", "reference": ours, "persons": persons},
        {"at": "2026-11-20T09:00:01+02:00", "credential": "hub", "reference": "", "persons": 1},
        {"at": "2026-11-20T09:00:02Z", "credential": "another", "reference": "", "persons": 1},
    ]
    exported, listed = tmp_path / "calls.csv", tmp_path / "calls.jsonl"
    with exported.open("w", newline="") as file:
        writer = csv.DictWriter(file, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    listed.write_text("\n".join(json.dumps(line) for line in lines))
    for path in (exported, listed):
        words = ["--register", "employment", "--calls", str(path), "--json"]
        ran = run(watcher.town, *words, "--credential", "hub")
        (account,) = json.loads(ran.stdout)
        assert ran.exit_code == 1
        assert (account["calls"], account["matched"], len(account["outside"])) == (2, 1, 1)
        (every,) = json.loads(run(watcher.town, *words).stdout)
        assert len(every["outside"]) == 2


def test_what_is_no_call_log_is_refused(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    for text in ("at,credential\n2026-11-20T09:00:00,hub\n", "at,who\nx,y\n", "at,credential\n,\n"):
        path.write_text(text)
        ran = run(town, "--register", "employment", "--calls", str(path))
        assert ran.exit_code == 1
        assert "is no call" in ran.output
    path.write_text("at,credential\n")
    assert run(town, "--calls", str(path)).exit_code == 2
    assert run(town, "--register", "nothing").exit_code == 2
    assert run(town, "--credential", "hub").exit_code == 2


def test_an_auditor_reads_it_in_lines(watcher: Watcher) -> None:
    execute(watcher.town, READ_ALL)
    ran = run(watcher.town, "--since", watcher.since, "--register", "employment")
    assert ran.exit_code == 1
    assert "employment: outside the hub: " in ran.stdout
    assert "by hub_burvis: no reference" in ran.stdout
