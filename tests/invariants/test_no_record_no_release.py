"""Invariant 1: personal data leave only after their access-log entry is durably committed."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest

from hub.audit.reader import LogReader
from hub.cli.estate import estate_of
from hub.model.entry import Receipt
from tests.journey.town import PERSONAS, Town, codes

QUERY = """query($personalCodes: [PersonalCode!]!) { persons(personalCodes: $personalCodes) {
    personalCode employment { status } disability { group } } }"""
PEOPLE = {"personalCodes": [PERSONAS["ilze"], PERSONAS["vija"]]}


@contextmanager
def log_held(town: Town) -> Iterator[None]:
    """Keep anybody from writing to the access log; reading goes on."""
    held, over = threading.Event(), threading.Event()

    async def hold() -> None:
        connection = await asyncpg.connect(estate_of(town.data_dir).owner_url)
        async with connection.transaction():
            await connection.execute("LOCK TABLE hub.access_entry IN EXCLUSIVE MODE")
            held.set()
            await asyncio.to_thread(over.wait)
        await connection.close()

    thread = threading.Thread(target=lambda: asyncio.run(hold()), daemon=True)
    thread.start()
    assert held.wait(5)
    try:
        yield
    finally:
        over.set()
        thread.join(5)


def test_whatever_was_received_is_on_the_log(town: Town) -> None:
    for _ in range(5):
        response = town.ask(QUERY, PEOPLE)
        receipt = Receipt(**response.json()["extensions"]["receipt"])

        async def proves(reader: LogReader, receipt: Receipt = receipt) -> bool:
            return await reader.proves(receipt)

        assert town.read_log(proves)
        subjects = {entry.subject for entry in town.entries(response) if entry}
        assert subjects == set(PEOPLE["personalCodes"])


def test_while_the_log_cannot_be_written_nothing_leaves(town: Town) -> None:
    assert town.ask(QUERY, PEOPLE).status_code == 200  # cached, decided, at hand
    ours: dict[str, Any] = {"client": "riga-social-service", "agreement": "RSD-2026-001"}
    questions: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        (QUERY, PEOPLE, ours),
        (QUERY, PEOPLE, {"client": "sandbox-full", "agreement": None}),
        ("{ currentPermissions { permissionNumber } }", {}, ours),
        (QUERY.replace("group", "cause"), PEOPLE, ours),  # even a refusal
    ]
    with log_held(town):
        for query, variables, by in questions:
            began = time.monotonic()
            response = town.ask(query, variables, **by)
            assert time.monotonic() - began < 2.5
            assert response.status_code == 503
            assert codes(response) == ["audit_unavailable"]
            assert set(response.json()) == {"errors"}
            assert "UNEMPLOYED" not in response.text
    deadline = time.monotonic() + 10
    while (response := town.ask(QUERY, PEOPLE)).status_code != 200:
        assert codes(response) == ["audit_unavailable"]
        assert time.monotonic() < deadline, "service must resume by itself"
    assert len(town.entries(response)) == 2


@pytest.mark.parametrize(
    "method",
    [
        "UPDATE hub.access_entry SET open = ''",
        "DELETE FROM hub.access_entry",
        "TRUNCATE hub.access_entry",
        "DROP TABLE hub.access_entry",
    ],
)
def test_the_hub_itself_cannot_alter_what_it_logged(town: Town, method: str) -> None:
    async def alter() -> None:
        connection = await asyncpg.connect(town.settings.database_url)
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(method)
        finally:
            await connection.close()

    asyncio.run(alter())
