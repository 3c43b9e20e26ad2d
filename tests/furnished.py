"""One furnished sandbox for the whole run; each test finds it as the one before left it."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from hub.cli.estate import AUDIENCE, settings_of
from hub.cli.furnish import Plot, furnish
from hub.sandbox.data_dir import DataDir
from hub.sandbox.servers import PostgresServer, RedisServer
from hub.sandbox.servers.address import choose_port
from hub.sandbox.servers.process import Child, Command
from hub.sandbox.state import State, write_state
from tests.journey.town import Town

PEOPLE = 400


@pytest.fixture(scope="session")
def furnished(
    tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer, redis_server: RedisServer
) -> Iterator[Path]:
    """A sandbox's data folder: people, agreements, keys, and a running issuer."""
    folder = tmp_path_factory.mktemp("sandbox")
    port = choose_port("issuer", folder, None)
    issuer = f"http://127.0.0.1:{port}"
    plot = Plot(
        data_dir=DataDir(folder).open(),
        postgres=postgres,
        redis=redis_server,
        people=PEOPLE,
        issuer=issuer,
        host="127.0.0.1",
        port=0,
        headless=True,
    )
    asyncio.run(furnish(plot))
    write_state(folder, State(issuer=issuer, hub="http://127.0.0.1:0", audience=AUDIENCE))
    words = [sys.executable, "-m", "hub.sandbox.issuer", "--data-dir", str(folder)]
    command = Command(
        words=[*words, "--port", str(port)],
        log=folder / "issuer.log",
        account=None,
        death_signal=signal.SIGTERM,
    )
    child = Child(command)
    _await(issuer, child, folder / "issuer.log")
    yield folder
    child.send(signal.SIGTERM)
    child.ends_within(10)


@pytest.fixture(scope="session")
def served(furnished: Path) -> Iterator[Town]:
    """The sandbox's hub on a real socket."""
    town = Town(furnished, replace(settings_of(furnished), port=0))
    with town.served():
        yield town


@pytest.fixture
def town(served: Town) -> Town:
    """The served hub, with nothing noted yet and no register down."""
    served.watch.clear()
    return served


def _await(issuer: str, child: Child, log: Path) -> None:
    url = f"{issuer}/.well-known/oauth-authorization-server"
    for _ in range(200):
        try:
            if httpx.get(url, trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            child.ends_within(0.05)
    raise AssertionError(log.read_text())
