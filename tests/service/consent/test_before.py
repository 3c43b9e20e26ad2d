"""What was kept before records had revisions goes on: numbered, ended records closed."""

import uuid

import asyncpg
import pytest
from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from hub.app.words import published_words
from hub.consent.book import Consents
from hub.consent.desk import ConsentDesk
from hub.consent.states import terms_of
from hub.model.consent import ConsentState
from hub.model.stop import StopKind, StopState
from hub.storage.consents import ConsentTable
from hub.storage.database import Database
from hub.storage.migrate import configuration, migrate
from hub.storage.tokens import SubjectTokens
from tests.service.storage.fixtures import StillClock
from tests.service.storage.hub_database import PASSWORD, ROLE, code, named, run
from tests.unit.consent.making import adults, agreement, permit

pytestmark = pytest.mark.asyncio

HEAD = "INSERT INTO hub.consent_head VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)"
EVENT = "INSERT INTO hub.consent_event (record, state, at, via) VALUES ($1, $2, $3, 'sandbox')"
STOP = "INSERT INTO hub.stop_event (token, kind, purpose, begins, at) VALUES ($1, $2, '', $3, $4)"


async def test_records_and_objections_of_the_version_before_go_on(
    postgres_url: str, tokens: SubjectTokens, clock: StillClock
) -> None:
    name = f"before_{uuid.uuid4().hex[:8]}"
    await run(postgres_url, f"CREATE DATABASE {name}")
    owner_url = named(postgres_url, name)
    await _upgraded(owner_url, "0003")
    one, two = code(1), code(2)
    terms = terms_of(agreement())
    told = (terms.recipient, terms.purpose, terms.scope, terms.agreement, terms.agreement_hash)
    connection = await asyncpg.connect(owner_url)
    for record, state in (("ended", "withdrawn"), ("stands", "renewed")):
        await connection.execute(HEAD, record, tokens.consent(one), *told, state)
        for each in ("given", state):
            await connection.execute(EVENT, record, each, clock.now())
    for person, words in ((one, (True, False)), (two, (True,))):
        for begins in words:
            await connection.execute(STOP, tokens.consent(person), "objection", begins, clock.now())
    await connection.execute(
        "INSERT INTO hub.stop_head VALUES ($1, 'objection', '', true)", tokens.consent(two)
    )
    await connection.close()

    await migrate(owner_url, ROLE, PASSWORD)
    url = make_url(owner_url).set(username=ROLE, password=PASSWORD)
    database = Database(url.render_as_string(hide_password=False))
    store = ConsentTable(database, tokens)
    desk, consents = ConsentDesk(store, clock, published_words(None)), Consents(store, clock)
    settled = await consents.settle(permit(agreement()), [one, two], adults([one, two]))
    assert settled.records == {one: "stands/2"}
    assert settled.restricted == {two}
    ended, stands = (await desk.show(one)).records
    assert [(event.state, event.revision, event.capacity) for event in ended.events] == [
        (ConsentState.GIVEN, 1, "subject"),
        (ConsentState.WITHDRAWN, 2, "subject"),
    ]
    assert stands.reference == "stands/2"
    assert await desk.withdraw(one, agreement().number) == ["stands/3"]
    assert [stop.state for stop in (await desk.show(one)).stops] == [StopState.LIFTED]
    assert await desk.lift(two, StopKind.OBJECTION)
    await database.aclose()
    await run(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


async def _upgraded(owner_url: str, revision: str) -> None:
    def upgrade(connection: Connection) -> None:
        connection.execute(text("CREATE SCHEMA hub"))
        command.upgrade(configuration(connection), revision)

    engine = create_async_engine(owner_url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()
