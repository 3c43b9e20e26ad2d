"""A day of traffic through a hub of one's own, so that a sandbox's log is not empty."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from hub.app.clock import RIGA, SystemClock
from hub.app.misuse import open_office, open_searching
from hub.app.wiring import open_hub
from hub.errors import Code, HubError
from hub.model.caller import Client, Credentials
from hub.pipeline import Request, answer
from hub.sandbox.traffic.act import Act
from hub.sandbox.traffic.day import RIGA_HOME, day, officials, sought, working_day
from hub.sandbox.traffic.people import residents
from hub.settings import Settings
from hub.storage.database import Database
from hub.storage.officials import OfficialTable, VipTable

MOST_RESIDENTS: Final = 5_000
FEWEST_RESIDENTS: Final = 40
"""In Rīga; with fewer there is no day worth looking at."""
REASON: Final = "the sandbox's own first day"
NOTHING: Final = "SELECT NOT EXISTS (SELECT FROM hub.access_entry) AS nothing"
WAITING: Final = """
SELECT (SELECT count(*) FROM hub.access_entry) > (SELECT count(*) FROM hub.log_entry) AS waiting
"""
SEQUENCED_S: Final = 60.0
PAUSE_S: Final = 0.2
LIVED: Final = """
SELECT EXISTS (
    SELECT FROM hub.access_entry WHERE open::jsonb ->> 'decision' <> 'agreement'
) AS lived
"""


class SetClock:
    """A clock that somebody sets; implements ``hub.ports.Clock``."""

    def __init__(self, at: datetime) -> None:
        """Begin at an aware instant."""
        self.at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant set."""
        return self.at

    def today(self) -> date:
        """Return its day in Europe/Riga."""
        return self.at.astimezone(RIGA).date()


@dataclass(slots=True)
class _Known:
    """Whoever asks is known: tokens of a day that is over cannot be had.

    Implements ``hub.ports.Identify`` for this traffic alone.
    """

    client: Client

    async def identify(self, _credentials: Credentials) -> Client:
        return self.client


def first_moment() -> datetime:
    """Return when the log of a new sandbox begins: before the last working day does."""
    return datetime.combine(working_day(SystemClock().today()), time(), RIGA) - timedelta(hours=1)


async def log_is_empty(database_url: str) -> bool:
    """Tell whether nothing was ever entered."""
    async with aclosing(Database(database_url)) as database:
        rows = await database.fetch(Code.AUDIT_UNAVAILABLE, NOTHING)
    return bool(rows[0]["nothing"])


async def has_lived(database_url: str) -> bool:
    """Tell whether anything but agreements was ever entered."""
    async with aclosing(Database(database_url)) as database:
        rows = await database.fetch(Code.AUDIT_UNAVAILABLE, LIVED)
    return bool(rows[0]["lived"])


async def lived_day(
    settings: Settings, registers_url: str, told: Callable[[int, int], None] = lambda *_: None
) -> int:
    """Let the last working day pass through the hub's rooms; return how many acts there were.

    Args:
        settings: Of the sandbox, whose servers run.
        registers_url: The registers' database as its owner.
        told: Called with acts done and all acts.
    """
    homes = await residents(registers_url, MOST_RESIDENTS)
    if len(homes.get(RIGA_HOME, ())) < FEWEST_RESIDENTS:
        return 0
    acts = day(working_day(SystemClock().today()), homes)
    await live_through(settings, acts, lambda done: told(done, len(acts)))
    return len(acts)


async def searched(settings: Settings, registers_url: str) -> int:
    """Say who is who, search the day for misuse, and return how many findings there are."""
    homes = await residents(registers_url, MOST_RESIDENTS)
    async with open_office(settings) as office:
        await office.enter("importOfficials", REASON)
        table = OfficialTable(office.database, office.keyring)
        await table.put(officials(homes), office.clock.now())
        await office.enter("addVip", REASON)
        await VipTable(office.database, office.keyring).add(sought(), office.clock.now())
    async with open_searching(settings) as searching:
        search = await searching.search(first_moment(), SystemClock().now(), REASON)
    return len(search.findings)


async def live_through(
    settings: Settings, acts: Sequence[Act], told: Callable[[int], None] = lambda _: None
) -> int:
    """Carry the acts through the rooms of a hub, each at its own time; return how many answered.

    Args:
        settings: Of the sandbox.
        acts: In order.
        told: Called with the number of acts done, now and then.
    """
    clock = SetClock(acts[0].at)
    answered = 0
    async with open_hub(settings, clock=clock) as hub:
        known = _Known(_client(acts[0], clock))
        rooms = replace(hub.rooms, caller=known)
        for number, act in enumerate(acts, 1):
            clock.at = act.at.astimezone(UTC)
            known.client = _client(act, clock)
            try:
                await answer(_request(act), rooms)
                answered += 1
            except HubError:
                pass  # refusals belong to the day
            told(number)
        await _sequenced(settings.database_url)
    return answered


async def _sequenced(database_url: str) -> None:
    """Wait until the log's tree has everything; not for ever."""
    async with aclosing(Database(database_url)) as database, asyncio.timeout(SEQUENCED_S):
        while (await database.fetch(Code.AUDIT_UNAVAILABLE, WAITING))[0]["waiting"]:  # noqa: ASYNC110 — no event of ours: a table
            await asyncio.sleep(PAUSE_S)


def _client(act: Act, clock: SetClock) -> Client:
    return Client(id=act.client, expires_at=clock.at + timedelta(minutes=5), person=act.person)


def _request(act: Act) -> Request:
    return Request(
        query=act.query,
        operation_name=None,
        variables=act.variables,
        credentials=Credentials(
            agreement=(act.agreement,),
            case=(act.case,) if act.case else (),
            official=(act.official,) if act.official else (),
        ),
    )
