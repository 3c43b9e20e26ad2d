"""Makes what a sandbox needs before anything is served; what exists is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import asyncpg
import msgspec

from hub.app import publication
from hub.app.agreements import put_in_force
from hub.app.clock import SystemClock
from hub.audit.log import open_log
from hub.cli.estate import Estate, keep
from hub.consent.desk import ConsentDesk
from hub.model.agreement import Agreement
from hub.model.personal_code import PersonalCode
from hub.policy.cedar import load_rules
from hub.policy.documents import AgreementDocument, load_documents
from hub.policy.signatures import controllers_of, seeds
from hub.policy.source import packaged, read_yaml, text_of
from hub.ports import StoredAgreement
from hub.sandbox.data_dir import HUB_DATABASE, RUNTIME_ROLE, DataDir
from hub.sandbox.issuer.keys import prepare
from hub.sandbox.people.generate import Population
from hub.sandbox.people.load import load
from hub.sandbox.people.personas import personas
from hub.sandbox.servers import PostgresServer, RedisServer
from hub.storage.agreements import AgreementTable
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.keyring import MasterKeyring
from hub.storage.log import KeyTable, LogTable
from hub.storage.migrate import migrate
from hub.storage.scopes import ScopeTable
from hub.storage.tokens import SubjectTokens

SEED: Final = 19910821
"""Same people on every machine."""


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """``policies/sandbox.yaml``: persons on lists, in cases, and their consents, by persona."""

    caseloads: dict[str, list[str]]
    cases: dict[str, dict[str, list[str]]]
    consents: dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Where a sandbox will stand.

    Attributes:
        postgres: Running. ``redis``: running.
        people: How many synthetic people there shall be.
        issuer: Address the issuer will have. ``host``, ``port``: the hub's.
        headless: Log lines instead of a progress bar.
    """

    data_dir: DataDir
    postgres: PostgresServer
    redis: RedisServer
    people: int
    issuer: str
    host: str
    port: int
    headless: bool


async def furnish(plot: Plot) -> Estate:
    """Migrate, make the people, sign and seed the agreements, make every key."""
    postgres, data_dir = plot.postgres, plot.data_dir
    owner_url = f"{postgres.url}/{HUB_DATABASE}"
    await _database(postgres.url)
    password = data_dir.password(RUNTIME_ROLE)
    await migrate(owner_url, RUNTIME_ROLE, password)
    clock = SystemClock()
    loaded = await load(
        f"{postgres.url}/postgres",
        Population(seed=SEED, people=plot.people, today=clock.today()),
        headless=plot.headless,
    )
    documents = sandbox_documents()
    keys = data_dir.controller_keys(controllers_of(documents))
    data_dir.controllers_file(keys)
    prepare(data_dir.path, sorted({each.agreement.client for each in documents}))
    database = Database(owner_url)
    try:
        keyring = MasterKeyring(data_dir.secret("master"))
        tokens = SubjectTokens(keyring)
        await _agreements(database, keyring, documents, seeds(documents, keys))
        await _lists(database, tokens, [each.agreement for each in documents])
    finally:
        await database.aclose()
    estate = Estate(
        server_url=postgres.url,
        owner_url=owner_url,
        database_url=_runtime(postgres, password),
        redis_url=plot.redis.url,
        registers=dict(loaded.registers),
        issuer=plot.issuer,
        host=plot.host,
        port=plot.port,
        today=loaded.today,
    )
    keep(data_dir.path, estate)
    return estate


def sandbox_documents() -> Sequence[AgreementDocument]:
    """Return the sandbox's agreements as written in the policy folder.

    Raises:
        Misconfigured: Something in the folder is wrong.
    """
    folder, catalogue = packaged(), publication.catalogue()
    rules = load_rules(folder, catalogue, sandbox=True)
    return load_documents(folder / "agreements", rules.vocabulary, catalogue)


async def _agreements(
    database: Database,
    keyring: MasterKeyring,
    documents: Sequence[AgreementDocument],
    rows: Sequence[StoredAgreement],
) -> None:
    clock = SystemClock()
    table = LogTable(database, SubjectTokens(keyring), clock)
    try:
        async with open_log(table, KeyTable(database), keyring) as log:
            terms = [each.agreement for each in documents]
            revisions = list(zip(terms, rows, strict=True))
            await put_in_force(revisions, AgreementTable(database), log, clock)
    finally:
        await table.aclose()


async def _database(server_url: str) -> None:
    connection = await asyncpg.connect(f"{server_url}/postgres")
    try:
        known = await connection.fetchval(
            "SELECT true FROM pg_database WHERE datname = $1", HUB_DATABASE
        )
        if not known:
            await connection.execute(f'CREATE DATABASE "{HUB_DATABASE}"')
    finally:
        await connection.close()


def _runtime(postgres: PostgresServer, password: str) -> str:
    return f"postgresql://{RUNTIME_ROLE}:{password}@127.0.0.1:{postgres.port}/{HUB_DATABASE}"


async def _lists(
    database: Database, tokens: SubjectTokens, agreements: Sequence[Agreement]
) -> None:
    lists = read_yaml("sandbox.yaml", text_of(packaged() / "sandbox.yaml")).convert(Lists)
    codes = {each.key: PersonalCode.parse(each.code) for each in personas()}
    scopes = ScopeTable(database, tokens)
    for number, keys in lists.caseloads.items():
        await scopes.add(number, None, _coded(keys, codes))
    for number, cases in lists.cases.items():
        for case, keys in cases.items():
            await scopes.add(number, case, _coded(keys, codes))
    desk = ConsentDesk(ConsentTable(database, tokens), SystemClock())
    for agreement in agreements:
        for code in _coded(lists.consents.get(agreement.number, ()), codes):
            if not (await desk.show(code)).records:  # a withdrawal is never undone by a start
                await desk.give(code, agreement)


def _coded(keys: Sequence[str], codes: Mapping[str, PersonalCode]) -> list[PersonalCode]:
    return [codes[key] for key in keys]
