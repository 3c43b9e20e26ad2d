"""Makes what a sandbox needs before anything is served; what exists is kept."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

import asyncpg
import msgspec

from hub.app import publication
from hub.app.agreements import put_in_force
from hub.app.clock import SystemClock
from hub.app.words import published_words
from hub.audit.log import open_log
from hub.audit.tlog.logkey import LogKey
from hub.cli.day import SetClock, first_moment, log_is_empty
from hub.cli.estate import LOG_ORIGIN, Estate, keep
from hub.consent.desk import ConsentDesk
from hub.model.agreement import Agreement
from hub.model.personal_code import PersonalCode
from hub.policy.cedar import load_rules
from hub.policy.documents import AgreementDocument, load_documents
from hub.policy.signatures import controllers_of, seeds
from hub.policy.source import packaged, read_yaml, text_of
from hub.ports import Clock
from hub.sandbox.data_dir import HUB_DATABASE, RUNTIME_ROLE, DataDir
from hub.sandbox.issuer.keys import prepare
from hub.sandbox.people.generate import Population
from hub.sandbox.people.load import load, people_kept
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


FIRST_PEOPLE: Final = 10_000
"""How many are made where nobody said."""


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
        people: How many synthetic people there shall be; None keeps those there are.
        issuer: Address the issuer will have. ``host``, ``port``: the hub's.
        headless: Log lines instead of a progress bar.
        day: Whether an empty log begins yesterday, so that a day of traffic can follow.
    """

    data_dir: DataDir
    postgres: PostgresServer
    redis: RedisServer
    people: int | None
    issuer: str
    host: str
    port: int
    headless: bool
    day: bool = False


async def furnish(plot: Plot) -> Estate:
    """Migrate, make the people, sign and seed the agreements, make every key."""
    postgres, data_dir = plot.postgres, plot.data_dir
    owner_url = f"{postgres.url}/{HUB_DATABASE}"
    await _database(postgres.url)
    password = data_dir.password(RUNTIME_ROLE)
    await migrate(owner_url, RUNTIME_ROLE, password)
    people = plot.people
    if people is None:
        people = await people_kept(f"{postgres.url}/postgres") or FIRST_PEOPLE
    loaded = await load(
        f"{postgres.url}/postgres",
        Population(seed=SEED, people=people, today=SystemClock().today()),
        headless=plot.headless,
    )
    fresh = plot.day and await log_is_empty(owner_url)
    clock: Clock = SetClock(first_moment()) if fresh else SystemClock()
    agreements = await agree(data_dir, owner_url, clock)
    await _lists(data_dir, owner_url, agreements, clock)
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
        call_log=str(postgres.log),
    )
    keep(data_dir.path, estate)
    return estate


async def agree(
    data_dir: DataDir, owner_url: str, clock: Clock | None = None
) -> Sequence[Agreement]:
    """Put the written agreements in force, signed for every controller; kept ones are kept.

    Args:
        data_dir: Takes the keys of controllers and clients.
        owner_url: The hub's database, migrated, as its owner.
        clock: Tells when; None: the system's.
    """
    documents = sandbox_documents()
    keys = data_dir.controller_keys(controllers_of(documents))
    data_dir.controllers_file(keys)
    terms = [each.agreement for each in documents]
    prepare(data_dir.path, sorted({each.client for each in terms}))
    revisions = list(zip(terms, seeds(documents, keys), strict=True))
    clock, keyring = clock or SystemClock(), MasterKeyring(data_dir.secret("master"))
    key = LogKey(LOG_ORIGIN, data_dir.secret("log"))
    async with aclosing(Database(owner_url)) as database:
        table = LogTable(database, SubjectTokens(keyring), clock)
        async with aclosing(table), open_log(table, KeyTable(database), keyring, key) as log:
            await put_in_force(revisions, AgreementTable(database), log, clock)
    return terms


def sandbox_documents() -> Sequence[AgreementDocument]:
    """Return the sandbox's agreements as written in the policy folder.

    Raises:
        Misconfigured: Something in the folder is wrong.
    """
    folder, catalogue = packaged(), publication.catalogue()
    rules = load_rules(folder, catalogue, sandbox=True)
    return load_documents(folder / "agreements", rules.vocabulary, catalogue)


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
    data_dir: DataDir, owner_url: str, agreements: Sequence[Agreement], clock: Clock
) -> None:
    """Put persons on the lists that agreements name, and record the consents they have given."""
    lists = read_yaml("sandbox.yaml", text_of(packaged() / "sandbox.yaml")).convert(Lists)
    codes = {each.key: PersonalCode.parse(each.code) for each in personas()}
    tokens = SubjectTokens(MasterKeyring(data_dir.secret("master")))
    async with aclosing(Database(owner_url)) as database:
        scopes = ScopeTable(database, tokens)
        for number, keys in lists.caseloads.items():
            await scopes.add(number, None, _coded(keys, codes))
        for number, cases in lists.cases.items():
            for case, keys in cases.items():
                await scopes.add(number, case, _coded(keys, codes))
        desk = ConsentDesk(ConsentTable(database, tokens), clock, published_words(None))
        for agreement in agreements:
            for code in _coded(lists.consents.get(agreement.number, ()), codes):
                if not (await desk.show(code)).records:  # a start never undoes a withdrawal
                    await desk.give(code, agreement)


def _coded(keys: Sequence[str], codes: Mapping[str, PersonalCode]) -> list[PersonalCode]:
    return [codes[key] for key in keys]
