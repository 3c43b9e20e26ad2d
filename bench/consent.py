"""How long after a withdrawal's commit the last disclosure under that consent leaves.

Two hubs on one PostgreSQL and one Redis answer about one person, from hot caches, as fast as they
can, while the person withdraws. The withdrawal holds the record's lock from before its entries are
counted until it has committed: whatever cites the record and is there afterwards besides was
committed after the withdrawal. There must be none. The milliseconds tell something else: how long
answers whose entries had been committed before were still on their way to their callers.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import asyncpg
import httpx
import msgspec

from bench.figures import Withdrawals
from bench.sandbox import Sandbox
from bench.start import another
from hub.app import publication
from hub.app.clock import SystemClock
from hub.app.words import published_words
from hub.cli.estate import settings_of
from hub.cli.reading import kept_book
from hub.consent.desk import ConsentDesk
from hub.consent.states import ALLOWED
from hub.model.agreement import Agreement
from hub.model.consent import ConsentState
from hub.model.personal_code import PersonalCode
from hub.sandbox.issuer.fetch import fetch_token
from hub.sandbox.people.members import MEMBERS
from hub.sandbox.servers.address import LOOPBACK
from hub.settings import Settings
from hub.storage.consents import WITHDRAW, ConsentTable
from hub.storage.database import Database
from hub.storage.keyring import MasterKeyring
from hub.storage.tokens import SubjectTokens

CLIENT: Final = "employment-ngo"
NUMBER: Final = "NVO-2026-001"
PERSON: Final = MEMBERS["harijs"].code
CALLERS: Final = 4
"""Who ask each hub, each one question after another."""
HOT: Final = 20
"""Answers from hot caches that a withdrawal waits for."""
WARM_S: Final = 0.4
PATIENCE_S: Final = 15.0
AFTER_S: Final = 0.25
QUERY: Final = """query($p: PersonalCode!) { person(personalCode: $p) {
    employment { status provenance { cached } } absences { code } } }"""
CITING: Final = """
SELECT count(*) FROM hub.access_entry WHERE at >= $1 AND open::jsonb ->> 'consent' LIKE $2
"""


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One withdrawal.

    Attributes:
        disclosed: Answers that told something, all in all; ``cached`` those from hot caches.
        denied: Answers after the withdrawal that told nothing.
        late: Entries citing the consent that were committed after the withdrawal. Must be 0.
        last_ms: From the commit until the last answer that told something had arrived; negative
            where it had arrived before.
    """

    disclosed: int
    cached: int
    denied: int
    late: int
    last_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where it happens.

    Attributes:
        urls: Of the hubs' GraphQL.
        owner_url: The hub's database, as its owner.
        token: Of the recipient's client.
    """

    urls: Sequence[str]
    settings: Settings
    owner_url: str
    agreement: Agreement
    person: PersonalCode
    token: str


@dataclass(slots=True)
class _Heard:
    """What callers heard: instants of answers that told something, and how many did not.

    Attributes:
        hot: Set once answers come from hot caches.
    """

    told: list[float] = field(default_factory=list)
    cached: int = 0
    denied: int = 0
    over: bool = False
    hot: asyncio.Event = field(default_factory=asyncio.Event)


def measure_withdrawals(sandbox: Sandbox, rounds: int) -> Withdrawals:
    """Withdraw while the sandbox's hub and a further one are asked."""
    settings = settings_of(sandbox.data_dir)
    with another(sandbox) as port:
        book = asyncio.run(kept_book(settings, publication.catalogue(), SystemClock()))
        scene = Scene(
            urls=[f"http://{LOOPBACK}:{each}/graphql" for each in (sandbox.estate.port, port)],
            settings=settings,
            owner_url=sandbox.estate.owner_url,
            agreement=book.agreements[CLIENT][NUMBER],
            person=PersonalCode.parse(PERSON),
            token=fetch_token(sandbox.data_dir, CLIENT),
        )
        return asyncio.run(withdrawals(scene, rounds))


async def withdrawals(scene: Scene, rounds: int) -> Withdrawals:
    """Withdraw ``rounds`` times while both hubs are asked about the person."""
    done = [await _round(scene) for _ in range(rounds)]
    return Withdrawals(
        rounds=rounds,
        disclosed=sum(each.disclosed for each in done),
        cached=sum(each.cached for each in done),
        denied=sum(each.denied for each in done),
        late=sum(each.late for each in done),
        last_ms_median=statistics.median(each.last_ms for each in done),
        last_ms_most=max(each.last_ms for each in done),
    )


async def _round(scene: Scene) -> Round:
    begun, record = SystemClock().now(), await _give(scene)
    heard = _Heard()
    headers = {"authorization": f"Bearer {scene.token}", "x-dagr-permission": NUMBER}
    async with (
        httpx.AsyncClient(headers=headers, trust_env=False, timeout=10) as http,
        asyncio.TaskGroup() as group,
    ):
        for url in scene.urls:
            for _ in range(CALLERS):
                group.create_task(_ask(http, url, scene.person, heard))
        async with asyncio.timeout(PATIENCE_S):
            await heard.hot.wait()
        await asyncio.sleep(WARM_S)
        committed, entries = await _withdraw(scene, record, begun)
        await asyncio.sleep(AFTER_S)
        heard.over = True
    after = await _count(scene, record, begun)
    return Round(
        disclosed=len(heard.told),
        cached=heard.cached,
        denied=heard.denied,
        late=after - entries,
        last_ms=(max(heard.told) - committed) * 1000 if heard.told else 0.0,
    )


async def _ask(http: httpx.AsyncClient, url: str, person: str, heard: _Heard) -> None:
    body = {"query": QUERY, "variables": {"p": person}}
    while not heard.over:
        answer = (await http.post(url, json=body)).raise_for_status().json()
        told: dict[str, Any] | None = answer["data"]["person"]["employment"]
        if told is None:
            heard.denied += 1
        else:
            heard.told.append(time.monotonic())
            heard.cached += told["provenance"]["cached"]
            if heard.cached >= HOT:
                heard.hot.set()


async def _give(scene: Scene) -> str:
    """Consent anew; return the record's id."""
    database = Database(scene.settings.database_url)
    try:
        store = ConsentTable(database, _tokens(scene))
        desk = ConsentDesk(store, SystemClock(), published_words(None), via="bench")
        return (await desk.give(scene.person, scene.agreement)).id
    finally:
        await database.aclose()


async def _withdraw(scene: Scene, record: str, begun: datetime) -> tuple[float, int]:
    """Withdraw; return when it had committed, and the entries that cited the record until then."""
    token = _tokens(scene).consent(scene.person)
    word = {
        "agreement": NUMBER,
        "state": ConsentState.WITHDRAWN,
        "allowed": sorted(ALLOWED[ConsentState.WITHDRAWN]),
        "at": SystemClock().now(),
        "via": "bench",
        "capacity": "subject",
        "closes": False,
    }
    connection = await asyncpg.connect(scene.owner_url)
    try:
        async with connection.transaction():
            said = msgspec.json.encode(word).decode()
            rows = await connection.fetch(WITHDRAW, said, token, token)
            assert [row["record"] for row in rows] == [record]
            entries = int(await connection.fetchval(CITING, begun, f"{record}/%"))
        return time.monotonic(), entries
    finally:
        await connection.close()


async def _count(scene: Scene, record: str, begun: datetime) -> int:
    connection = await asyncpg.connect(scene.owner_url)
    try:
        return int(await connection.fetchval(CITING, begun, f"{record}/%"))
    finally:
        await connection.close()


def _tokens(scene: Scene) -> SubjectTokens:
    return SubjectTokens(MasterKeyring(scene.settings.master_key))
