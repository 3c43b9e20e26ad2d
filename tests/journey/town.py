"""A whole sandbox for tests: real servers, a real issuer, and the hub on a real socket.

Registers are watched at the connectors' port, so that a test can prove that none was asked.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import httpx
import uvicorn
from redis import Redis

from hub.app.clock import SystemClock
from hub.app.serve import configuration
from hub.app.wiring import Connectors, Hub
from hub.audit.reader import LogReader, opened
from hub.cli.estate import estate_of
from hub.cli.sandbox_hub import sandbox_application
from hub.errors import Code, RegisterError
from hub.model.catalogue import Manifest
from hub.model.entry import StoredEntry, SubjectEntry
from hub.model.evidence import Ask
from hub.model.personal_code import PersonalCode
from hub.ports import Connector, Reply
from hub.sandbox.issuer.fetch import fetch_token
from hub.sandbox.people.load import synthetic_codes
from hub.sandbox.people.personas import personas
from hub.settings import Settings
from hub.storage.database import Database
from hub.storage.keyring import MasterKeyring
from hub.storage.log import KeyTable, LogTable
from hub.storage.tokens import SubjectTokens

T = TypeVar("T")

PERSONAS = {each.key: each.code for each in personas()}
TOKEN_S = 240
"""Tokens live ten minutes, and a run of all tests longer."""
HOMES = """
SELECT k.personas_kods, d.atvk_kods FROM fpr.personas_kods k
JOIN fpr.deklareta_dzivesvieta d USING (personas_id)
WHERE k.lidz_datumam IS NULL AND d.lidz_datumam IS NULL
"""
SEVERAL = """
SELECT personas_kods, count(*) OVER (PARTITION BY personas_id)::text FROM fpr.personas_kods
"""
GRAPHQL = "application/graphql-response+json"


class Watched:
    """A connector that notes each call, and fails when told to."""

    def __init__(self, connector: Connector, watch: "Watch") -> None:
        self._connector = connector
        self._watch = watch

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 — whatever the connector has
        return getattr(self._connector, name)

    @property
    def manifest(self) -> Manifest:
        return self._connector.manifest

    async def fetch(self, ask: Ask, codes: Sequence[PersonalCode], reference: str) -> Reply:
        name = self.manifest.name
        self._watch.calls.append((name, len(codes), ask.columns))
        if name in self._watch.down:
            raise RegisterError(Code.REGISTER_UNAVAILABLE, register=name)
        if name in self._watch.broken:
            raise self._watch.broken[name]
        return await self._connector.fetch(ask, codes, reference)


@dataclass
class Watch:
    """What was asked of registers since it was last cleared, and who fails how."""

    calls: list[tuple[str, int, frozenset[str]]] = field(default_factory=list)
    down: set[str] = field(default_factory=set)
    broken: dict[str, Exception] = field(default_factory=dict)

    def refit(self, connectors: Connectors) -> Connectors:
        return {name: Watched(each, self) for name, each in connectors.items()}

    def clear(self) -> None:
        self.calls.clear()
        self.down.clear()
        self.broken.clear()

    def published(self) -> list[str]:
        return [name for name, _, _ in self.calls if name != "population"]


class Town:
    """The hub, served; ask it by HTTP."""

    def __init__(self, data_dir: Path, settings: Settings) -> None:
        self.data_dir = data_dir
        self.settings = settings
        self.watch = Watch()
        self.url = ""
        self.hub: Hub
        self._loop: asyncio.AbstractEventLoop
        self._tokens: dict[str, tuple[str, float]] = {}
        self.http = httpx.Client(timeout=30, trust_env=False)
        self._unasked: list[str] | None = None

    def forget(self) -> None:
        """Empty Redis and what the hub has at hand, so that all is asked of the registers."""
        asyncio.run_coroutine_threadsafe(self._forget(), self._loop).result(5)

    async def _forget(self) -> None:
        fetch: Any = self.hub.rooms.fetch
        await fetch.settle()
        with Redis.from_url(self.settings.redis_url) as redis:
            redis.flushdb()
        fetch._nearby.clear()

    def everybody(self) -> list[str]:
        """Return the codes of the living made by chance, in an order that never changes."""
        url = estate_of(self.data_dir).server_url
        return list(asyncio.run(synthetic_codes(url, 1_000)))[len(PERSONAS) :]

    def strangers(self, number: int) -> list[str]:
        """Return codes of people about whom no test asked before: nothing of them is cached."""
        if self._unasked is None:
            self._unasked = self.everybody()[30:]
        found, self._unasked = self._unasked[:number], self._unasked[number:]
        assert len(found) == number, "the sandbox of the journeys has too few people"
        return found

    def single(self, number: int) -> list[str]:
        """Return as many strangers who never had another code."""
        url = f"{estate_of(self.data_dir).server_url}/registers"
        codes = dict(asyncio.run(_rows(url, SEVERAL)))
        found: list[str] = []
        while len(found) < number:
            (code,) = self.strangers(1)
            if codes[code.replace("-", "")] == "1":
                found.append(code)
        return found

    def outside(self) -> str:
        """Return a stranger who lives neither in Rīga nor in Madona."""
        near = {"0001000", "0038000", "0054000"}
        homes = self.homes()
        while True:
            (code,) = self.strangers(1)
            if homes[code] not in near:
                return code

    def homes(self) -> Mapping[str, str]:
        """Return where everybody lives, as the population register's own table has it."""
        url = f"{estate_of(self.data_dir).server_url}/registers"
        return {f"{code[:6]}-{code[6:]}": home for code, home in asyncio.run(_rows(url, HOMES))}

    def token(self, client: str) -> str:
        fetched = self._tokens.get(client)
        if fetched is None or time.monotonic() - fetched[1] > TOKEN_S:
            fetched = self._tokens[client] = fetch_token(self.data_dir, client), time.monotonic()
        return fetched[0]

    def ask(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        *,
        client: str | None = "riga-social-service",
        agreement: str | None = "RSD-2026-001",
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> httpx.Response:
        sent = {"accept": GRAPHQL}
        if client:
            sent["authorization"] = f"Bearer {self.token(client)}"
        if agreement:
            sent["x-dagr-permission"] = agreement
        body = {"query": query, "variables": dict(variables or {}), **more}
        return self.http.post(f"{self.url}/graphql", json=body, headers=sent | dict(headers or {}))

    def read_log(self, read: Callable[[LogReader], Awaitable[T]]) -> T:
        """Read the access log by a connection of one's own."""

        async def reading() -> T:
            database = Database(self.settings.database_url)
            keyring = MasterKeyring(self.settings.master_key)
            table = LogTable(database, SubjectTokens(keyring), SystemClock())
            try:
                return await read(LogReader(table, KeyTable(database), keyring))
            finally:
                await table.aclose()
                await database.aclose()

        return asyncio.run(reading())

    def logged(self, decision: str) -> int:
        """Return how many entries of one decision there are."""
        return self.read_log(lambda reader: reader.count(decision))

    @contextlib.contextmanager
    def refusing(self) -> Iterator[None]:
        """Hold that what is asked inside moves nothing: no register asked, one entry logged."""
        self.watch.calls.clear()
        before = self.logged("refused")
        yield
        assert self.watch.calls == []
        assert self.logged("refused") == before + 1

    def log_of(self, response: httpx.Response) -> list[tuple[Mapping[str, Any], StoredEntry]]:
        """Return the open parts of the entries behind an answer's receipt, and the rows."""
        operation = response.json()["extensions"]["receipt"]["id"]

        async def read(reader: LogReader) -> list[StoredEntry]:
            return list(await reader.entries(operation))

        return [(opened(each), each) for each in self.read_log(read)]

    def entries(self, response: httpx.Response) -> list[SubjectEntry | None]:
        """Return the opened entries behind an answer's receipt."""
        operation = response.json()["extensions"]["receipt"]["id"]

        async def revealed(reader: LogReader) -> list[SubjectEntry | None]:
            return [await reader.reveal(each) for each in await reader.entries(operation)]

        return self.read_log(revealed)

    @contextlib.contextmanager
    def served(self) -> Iterator["Town"]:
        started: list[uvicorn.Server] = []
        failed: list[BaseException] = []

        async def serve() -> None:
            async with sandbox_application(
                self.data_dir, self.settings, refit=self.watch.refit
            ) as (app, hub):
                self.hub, self._loop = hub, asyncio.get_running_loop()
                server = uvicorn.Server(configuration(self.settings, app))
                server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
                started.append(server)
                await server.serve()

        def body() -> None:
            try:
                asyncio.run(serve())
            except BaseException as error:  # noqa: BLE001 — told to the test
                failed.append(error)

        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        while not (started and started[0].started) and not failed:
            time.sleep(0.02)
        if failed:
            raise failed[0]
        port = started[0].servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        while self.http.get(f"{self.url}/readyz").status_code != httpx.codes.OK:
            time.sleep(0.02)
        try:
            yield self
        finally:
            self.http.close()
            started[0].should_exit = True
            thread.join(timeout=20)


def codes(response: httpx.Response) -> list[str]:
    """Return the codes of an answer's errors."""
    return [error["extensions"]["code"] for error in response.json().get("errors", [])]


async def _rows(url: str, query: str) -> list[tuple[Any, ...]]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row.values()) for row in await connection.fetch(query)]
    finally:
        await connection.close()
