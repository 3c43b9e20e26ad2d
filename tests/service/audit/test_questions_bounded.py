"""Whatever one condition asks for, and be it in no entry, a bounded number of rows is read."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
import orjson
import pytest
import pytest_asyncio

from hub.app.questions import PATIENCE
from hub.model.found import Conditions, Place
from hub.storage.database import Database
from hub.storage.log_entries import _COMPARED, _ENTRIES, statement_of
from tests.service.storage.hub_database import copy_template, run

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENTRIES: Final = 300_000
PAGE, LARGE = 50, 500
BOUND: Final = 2_000
"""Rows: some hundreds of sets, looked at twice; beside them, some pages."""
SPAN: Final = timedelta(days=300)
FIRST: Final = datetime(2026, 1, 1, tzinfo=UTC)
MAKE: Final = f"""
INSERT INTO hub.log_entry SELECT
    2026, i, '00000000-0000-0000-0000-000000000001', i + 1,
    timestamptz '2026-01-01 00:00Z' + (i::float8 / {ENTRIES}) * interval '{SPAN.days} days',
    'operation-' || i / 2,
    CASE WHEN i % 50 = 0 THEN 'refused' WHEN i = 7 THEN 'oversight' ELSE 'disclosed' END,
    'client-' || i % 7, CASE WHEN i % 4 > 0 THEN 'recipient-' || i % 4 END, 'agreement-' || i % 9,
    1, 'purpose-' || i % 5, 'fetch', CASE WHEN i % 3 = 0 THEN 'case-' || i / 30 END,
    CASE WHEN i % 2 = 0 THEN 'officer-' || i * 31 % 900 END,
    CASE WHEN i % 10 = 0 THEN 'consent-' || i % 5000 END, 1,
    CASE WHEN i < {ENTRIES // 5} THEN ARRAY['past', 'register-' || i % 3]
        WHEN i = {ENTRIES // 2} THEN ARRAY['rare'] WHEN i % 6 = 0 THEN '{{}}'
        WHEN i % 3 = 0 THEN ARRAY['register-' || i % 11]
        ELSE ARRAY['register-' || i % 3, 'register-' || i * 3 % 7] END,
    CASE WHEN i < {ENTRIES // 5} THEN ARRAY['past']
        WHEN i = {ENTRIES // 2} THEN ARRAY['rare']
        ELSE ARRAY['category-' || i % 5, 'category-' || i % 9] END,
    CASE WHEN i % 50 > 0 THEN '{{}}' WHEN i < {ENTRIES // 5} THEN ARRAY['past']
        WHEN i = {ENTRIES // 2} THEN ARRAY['rare'] ELSE ARRAY['code-' || i / 50 % 4, 'also'] END,
    '{{}}', 'immediate', false, decode(md5('person-' || i % 20000), 'hex')
FROM generate_series(0::bigint, {ENTRIES} - 1) AS i
"""
ENTERED: Final = """
INSERT INTO hub.access_entry (writer, wseq, previous, hash, operation_id, at, open, salt)
SELECT writer, wseq, sha256(''), sha256(''), operation_id, at, '{}', '' FROM hub.log_entry
"""
NAIVE: Final = """
WITH page AS MATERIALIZED (
    SELECT e.*, NULL::bytea AS wrapped FROM hub.log_entry e WHERE true{conditions}
    ORDER BY e.year DESC, e.position DESC LIMIT {limit}
)
"""
VALUES: Final[Mapping[str, Sequence[object]]] = {
    "recipient": ("recipient-1", "nobody"),
    "official": ("officer-31", "nobody"),
    "case": ("case-77", "none"),
    "agreement": ("agreement-3", "none"),
    "client": ("client-2", "none"),
    "purpose": ("purpose-1", "none"),
    "consent": ("consent-10", "none"),
    "register": ("register-1", "past", "rare", "none"),
    "category": ("category-1", "past", "rare", "none"),
    "decision": ("disclosed", "refused", "oversight", "agreement"),
    "code": ("also", "code-1", "past", "rare", "none"),
    "operation_id": ("operation-5", "none"),
    "start": (FIRST, FIRST + SPAN / 2, FIRST + 2 * SPAN),
    "end": (FIRST - SPAN, FIRST, FIRST + timedelta(hours=3), FIRST + SPAN / 2, FIRST + SPAN),
}
"""What entries have now, had once, have in one row, and never had."""
SINGLE: Final = [{name: value} for name, values in VALUES.items() for value in values]
LISTED: Final = ("register", "category", "code")
TOGETHER: Final[Sequence[Mapping[str, Any]]] = [
    {},
    *({name: "past", "recipient": "recipient-2"} for name in LISTED),
    *({name: "rare", "recipient": "recipient-2"} for name in LISTED),
    *({name: "none", "client": "client-2"} for name in LISTED),
    *({name: "rare", "client": "none"} for name in LISTED),
    {"register": "register-1", "recipient": "recipient-3", "end": FIRST + SPAN / 3},
    {"register": "past", "start": FIRST + SPAN / 2},
    {"category": "category-1", "before": Place(2026, ENTRIES // 3)},
    {"category": "category-1", "before": Place(2026, 3), "end": FIRST + SPAN / 2},
    {"client": "client-2", "before": Place(2026, ENTRIES // 3), "start": FIRST + SPAN / 4},
    {"start": FIRST + SPAN / 2, "end": FIRST + SPAN / 2 + timedelta(hours=3)},
]


@pytest.fixture(scope="module")
def filled(postgres_url: str, template: str) -> Iterator[str]:
    """A table of entries like those of a busy log, with their statistics; its owner's URL."""
    made = copy_template(postgres_url, template)
    asyncio.run(run(made.owner_url, MAKE, ENTERED, "ANALYZE hub.log_entry, hub.access_entry"))
    yield made.url
    name = made.owner_url.rpartition("/")[2]
    asyncio.run(run(postgres_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def line(filled: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection as questions have it."""
    database = Database(filled, patience=PATIENCE)
    opened = await database.connect()
    yield opened
    await opened.close()
    await database.aclose()


@pytest.mark.parametrize("asked", [*SINGLE, *TOGETHER], ids=str)
@pytest.mark.parametrize("size", [PAGE, LARGE])
async def test_rows_read_are_bounded(
    line: "asyncpg.Connection[asyncpg.Record]", asked: Mapping[str, Any], size: int
) -> None:
    statement, arguments = statement_of(Conditions(**asked), size)
    assert await rows_read(line, statement, arguments) < BOUND + 20 * size


async def test_a_persons_history_reads_that_persons_rows_alone(
    line: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    for known in (b"nobody", (await line.fetchval("SELECT md5('person-5')::text")).encode()):
        index = bytes.fromhex(known.decode()) if len(known) == 32 else known
        statement, arguments = statement_of(Conditions(person={2026: [index]}), PAGE)
        assert await rows_read(line, statement, arguments) < 10 * PAGE


@pytest.mark.parametrize("asked", [*SINGLE, *TOGETHER], ids=str)
async def test_pages_are_those_of_a_search_through_everything(
    line: "asyncpg.Connection[asyncpg.Record]", asked: Mapping[str, Any]
) -> None:
    conditions = Conditions(**asked)
    statement, arguments = statement_of(conditions, PAGE)
    found = [(row["year"], row["position"]) for row in await line.fetch(statement, *arguments)]
    statement, arguments = naive(conditions)
    assert found == [
        (row["year"], row["position"]) for row in await line.fetch(statement, *arguments)
    ]


async def test_the_search_through_everything_would_be_seen(
    line: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    statement, arguments = naive(Conditions(register="none"))
    assert await rows_read(line, statement, arguments) >= ENTRIES


def naive(asked: Conditions) -> tuple[str, Sequence[object]]:
    """Return the same question without a thought for how it is answered."""
    wanted = {name: value for name in _COMPARED if (value := getattr(asked, name)) is not None}
    arguments = list(wanted.values())
    written = [_COMPARED[name].format(f"${i}") for i, name in enumerate(wanted, start=1)]
    if asked.before is not None:
        written.append(f"(e.year, e.position) < ({asked.before.year}, {asked.before.position})")
    conditions = "".join(f" AND {each}" for each in written)
    return NAIVE.format(conditions=conditions, limit=PAGE) + _ENTRIES, arguments


async def rows_read(
    line: "asyncpg.Connection[asyncpg.Record]", statement: str, arguments: Sequence[object]
) -> int:
    """Return how many rows and index entries the statement looked at."""
    told: str = await line.fetchval(
        f"EXPLAIN (ANALYZE, TIMING off, FORMAT json) {statement}", *arguments
    )
    return sum(map(_looked_at, _nodes(orjson.loads(told)[0]["Plan"])))


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from _nodes(each)


def _looked_at(node: Mapping[str, Any]) -> int:
    """Return the rows a scan gave or threw away, in all its loops."""
    if "Scan" not in node["Node Type"]:
        return 0
    lost = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    each: float = sum(node.get(name, 0) for name in ("Actual Rows", *lost))
    loops: float = node["Actual Loops"]
    return round(loops * each)
