"""Invariant 7: no personal code in a URL, a key, a log line, a metric, a trace or an error.

After a varied and hostile run everything the hub wrote is searched for every code that was sent,
in both print forms and as an unkeyed hash.
"""

import asyncio
import hashlib
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import asyncpg
import httpx
import pytest
from redis import Redis
from structlog.testing import capture_logs

from hub.cli.estate import estate_of
from tests.invariants.hostile import NOBODY, sent_badly, sent_well
from tests.journey.town import PERSONAS, Town

CODES = [*PERSONAS.values(), NOBODY]


def forms(codes: Sequence[str]) -> re.Pattern[str]:
    """Match every code in both print forms, and every unkeyed hash of either."""
    printed = {form for code in codes for form in (code, code.replace("-", ""))}
    hashes = {
        hashlib.new(name, form.encode()).hexdigest()
        for form in printed
        for name in ("md5", "sha1", "sha256", "blake2b")
    }
    return re.compile("|".join(re.escape(each) for each in sorted(printed | hashes)))


ANY = forms(CODES)


def told(value: object) -> str:
    """Return every form in which a stored value could be read."""
    if isinstance(value, bytes):
        return f"{value.decode('latin-1')} {value.hex()}"
    return str(value)


async def tables(url: str) -> Mapping[str, list[str]]:
    """Return every row of every table of the hub, by table."""
    connection = await asyncpg.connect(url)
    try:
        names = await connection.fetch(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'hub'"
        )
        return {
            name: [
                " ".join(map(told, row.values()))
                for row in await connection.fetch(f'SELECT * FROM hub."{name}"')
            ]
            for (name,) in names
        }
    finally:
        await connection.close()


def kept_in_redis(url: str) -> list[str]:
    with Redis.from_url(url) as redis:
        return [
            f"{told(key)} {' '.join(map(told, _members(redis, key)))}" for key in redis.scan_iter()
        ]


def _members(redis: Redis, key: bytes) -> Sequence[Any]:
    kind: Any = redis.type(key)
    if kind == b"set":
        return list(redis.smembers(key))
    if kind == b"stream":
        entries: Any = redis.xrange(key)
        return [part for _, entry in entries for pair in entry.items() for part in pair]
    assert kind == b"string", f"search values of type {kind} too"
    return [redis.get(key)]


def released(response: httpx.Response) -> str:
    """Return what an answer says besides the data asked for."""
    found = [str(response.headers)]
    try:
        body = response.json()
    except ValueError:
        return " ".join([*found, response.text])
    if isinstance(body, dict):
        body.pop("data", None)
    return " ".join([*found, str(body)])


@contextmanager
def every_line() -> Iterator[list[str]]:
    """Keep every line logged by anybody in the hub's process, at every level."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    root, kept = logging.getLogger(), Kept(logging.DEBUG)
    before = root.level
    for name in ("httpx", "httpcore"):  # the asker's own
        logging.getLogger(name).setLevel(logging.WARNING)
    root.addHandler(kept)
    root.setLevel(logging.DEBUG)
    try:
        with capture_logs() as events:
            yield lines
        lines.extend(map(str, events))
    finally:
        root.removeHandler(kept)
        root.setLevel(before)


@pytest.fixture(scope="module")
def written(served: Town) -> Mapping[str, list[str]]:
    """Everything the hub wrote during the run, by place."""
    with every_line() as lines:
        served.watch.clear()
        well, badly = list(sent_well(served)), list(sent_badly(served))
        served.watch.clear()
    assert {response.status_code for response in well} <= {200, 403}  # 403: out of hours
    rows = asyncio.run(tables(estate_of(served.data_dir).owner_url))
    return {
        "log": lines,
        "metrics": [served.http.get(f"{served.url}/metrics").text],
        "answers": [released(response) for response in [*well, *badly]],
        "redis": kept_in_redis(served.settings.redis_url),
        **{f"table {name}": found for name, found in rows.items()},
    }


def test_the_search_finds_what_it_looks_for() -> None:
    code = PERSONAS["gunta"]
    planted = [code, code.replace("-", ""), hashlib.sha256(code.encode()).hexdigest()]
    assert all(ANY.search(f"x{each}y") for each in planted)
    assert ANY.search(told(hashlib.sha1(code.encode()).digest()))  # noqa: S324 — a hash to be found


def test_the_run_left_traces_to_search(written: Mapping[str, list[str]]) -> None:
    assert len(written["answers"]) > 100
    assert any("connector_bug" in line for line in written["log"])
    assert len(written["redis"]) > 50
    assert len(written["table access_entry"]) > 100
    assert "table quota_use" in written


def test_no_code_is_written_anywhere(written: Mapping[str, list[str]]) -> None:
    leaks = {
        place: [ANY.sub("<CODE>", text)[:300] for text in texts if ANY.search(text)]
        for place, texts in written.items()
    }
    assert {place: found for place, found in leaks.items() if found} == {}


def test_every_wrong_request_has_a_stable_code(town: Town) -> None:
    for response in sent_badly(town):
        if response.request.method == "POST" and response.status_code != 200:
            told_codes = [each["extensions"]["code"] for each in response.json()["errors"]]
            assert told_codes
            assert all(re.fullmatch("[a-z_]+", each) for each in told_codes)
            assert "internal" not in told_codes
