"""Whatever await fails, is cancelled, or never ends well: nothing is released without its entry."""

import asyncio
import errno
import itertools
import types
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.app.clock import SystemClock
from hub.app.wiring import open_hub
from hub.audit.chain import verify_writer
from hub.audit.reader import LogReader
from hub.cli.estate import settings_of
from hub.cli.examples import questions, variables
from hub.errors import Code, HubError, ServiceUnavailable
from hub.fetch import Fetcher
from hub.model.caller import Credentials
from hub.model.entry import Disclosure, Receipt
from hub.pipeline import Release, Request, Rooms, answer
from hub.ports import Pending
from hub.sandbox.issuer.fetch import fetch_token
from hub.settings import Settings
from hub.storage.database import Database
from hub.storage.keyring import MasterKeyring
from hub.storage.log import KeyTable, LogTable
from hub.storage.quota import Counted, Quotas
from hub.storage.tokens import SubjectTokens

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

Work = Callable[[], Awaitable[Release]]
CANCELLED_AT = 120


class Failed(Exception):
    """The n-th await failed."""


class Failing:
    """Runs work until it suspends for the n-th time, and lets that await fail.

    Attributes:
        reached: Whether there was an n-th await.
    """

    def __init__(self, n: int, error: BaseException) -> None:
        self.reached = False
        self._n = n
        self._error = error

    @types.coroutine
    def run(self, work: Awaitable[Release]) -> Generator[Any, Any, Release]:
        steps = work.__await__()
        raised: BaseException | None = None
        for suspended in itertools.count(1):
            try:
                awaited = steps.throw(raised) if raised else next(steps)
            except StopIteration as done:
                release: Release = done.value
                return release
            raised = None
            if suspended == self._n:
                self.reached, raised = True, self._error
                continue
            try:
                yield awaited
            except BaseException as error:  # noqa: BLE001 — handed on
                raised = error
        raise AssertionError


class Book:
    """The access log's table, read by connections of one's own."""

    def __init__(self, table: LogTable, reader: LogReader) -> None:
        self._table = table
        self._reader = reader

    async def check(self, release: Release) -> None:
        assert await self._reader.proves(release.receipt)

    async def broken(self) -> list[Any]:
        chains = [await self._table.of_writer(w) for w in await self._table.writers()]
        return [found for chain in chains if (found := verify_writer(chain))]


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Rooms, Book]]:
    database, keyring = Database(settings.database_url), MasterKeyring(settings.master_key)
    table = LogTable(database, SubjectTokens(keyring), SystemClock())
    async with open_hub(settings) as hub:
        yield hub.rooms, Book(table, LogReader(table, KeyTable(database), keyring))
    await table.aclose()
    await database.aclose()


def question(folder: Path, key: str = "answered") -> Request:
    example = next(each for each in questions() if each.key == key)
    return Request(
        query=example.query,
        operation_name=None,
        variables=variables(example),
        credentials=Credentials(
            authorization=(f"Bearer {fetch_token(folder, example.client)}",),
            certificate_sha256=None,
            agreement=(example.agreement,),
            case=(),
            official=(),
        ),
    )


def begin_anew(rooms: Rooms) -> None:
    """Let the process know nothing of anybody: at hand, a request would wait for its log alone."""
    assert isinstance(rooms.fetch, Fetcher)
    assert isinstance(rooms.quota, Quotas)
    assert rooms.fetch._nearby
    rooms.fetch._nearby.clear()
    rooms.quota._counted = Counted()


async def in_the_end(request: Request, rooms: Rooms) -> Release:
    """Return the answer, which a hub that was just harmed may refuse for a moment."""
    for _ in range(50):
        try:
            return await answer(request, rooms)
        except ServiceUnavailable:
            await asyncio.sleep(0.1)
    return await answer(request, rooms)


@pytest.mark.asyncio
@pytest.mark.parametrize("key", ["answered", "partial"])
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("error", [Failed, asyncio.CancelledError, TimeoutError, OSError])
async def test_every_await_may_fail(
    furnished: Path, error: type[BaseException], key: str, *, known: bool
) -> None:
    request = question(furnished, key)
    async with opened(settings_of(furnished)) as (rooms, book):
        await answer(request, rooms)
        failures = 0
        for n in itertools.count(1):
            if not known:
                begin_anew(rooms)
            failing = Failing(n, error(errno.ECONNRESET, "failed"))
            try:
                await book.check(await failing.run(answer(request, rooms)))
            except (error, HubError):
                failures += 1
            if not failing.reached:
                break
        assert failures > (0 if known else 1)
        await book.check(await in_the_end(request, rooms))
        assert await book.broken() == []


@pytest.mark.asyncio
async def test_caller_may_go_away_at_any_moment(furnished: Path) -> None:
    request = question(furnished)
    async with opened(settings_of(furnished)) as (rooms, book):
        cancelled = released = 0
        for turns in range(CANCELLED_AT):
            begin_anew(rooms)
            async with asyncio.TaskGroup() as group:
                task = group.create_task(answer(request, rooms))
                for _ in range(turns):
                    await asyncio.sleep(0)
                task.cancel()
            if task.cancelled():
                cancelled += 1
            else:
                released += 1
                await book.check(task.result())
        assert cancelled > 10
        await book.check(await in_the_end(request, rooms))
        assert await book.broken() == []


class Faulty:
    """A log that fails, at once or after it has committed, whichever way it is asked."""

    def __init__(self, error: BaseException, rooms: Rooms | None = None) -> None:
        self.error = error
        self.appended: list[Disclosure] = []
        self._rooms = rooms

    async def append(self, disclosure: Disclosure) -> Receipt:
        self.appended.append(disclosure)
        if self._rooms:
            await self._rooms.access_log.append(disclosure)
        raise self.error

    async def enter(self, disclosure: Disclosure) -> Pending:
        self.appended.append(disclosure)
        entering = self._rooms.access_log.enter(disclosure) if self._rooms else None
        return Unkept(self.error, await entering if entering else None)


class Unkept:
    """A receipt promised, and a commit that fails before or after it happened."""

    def __init__(self, error: BaseException, pending: Pending | None) -> None:
        self._error = error
        self._pending = pending
        self.receipt = pending.receipt if pending else Receipt(id="0" * 32, commitment="0" * 64)
        self.early = True

    async def committed(self) -> Receipt:
        if self._pending:
            await self._pending.committed()
        raise self._error


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "error", [ServiceUnavailable(Code.AUDIT_UNAVAILABLE), Failed(), asyncio.CancelledError()]
)
async def test_without_a_receipt_there_is_no_release(furnished: Path, error: BaseException) -> None:
    async with opened(settings_of(furnished)) as (rooms, _):
        for key in ("answered", "refused", "partial", "batch"):
            for committed in (False, True):
                log = Faulty(error, rooms if committed else None)
                with pytest.raises(type(error)):
                    await answer(question(furnished, key), replace(rooms, access_log=log))
                assert len(log.appended) == 1
