"""``hub demo``: the sandbox, started and stopped as one."""

import contextlib
import logging
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import click
import httpx

from hub.app.logs import configure_logs
from hub.cli.banner import Voice
from hub.cli.children import ChildEnded, SandboxChild, running
from hub.cli.day import has_lived, lived_day, searched
from hub.cli.estate import AUDIENCE, Estate, settings_of
from hub.cli.furnish import FIRST_PEOPLE, Plot, furnish
from hub.cli.options import data_dir_option, folder_of
from hub.cli.premises import claim_port, held
from hub.cli.stop import Stop, Stopped
from hub.errors import Misconfigured
from hub.sandbox.data_dir import REGISTERS_DATABASE, DataDir
from hub.sandbox.servers import Server, start_postgres, start_redis
from hub.sandbox.servers.address import choose_port
from hub.sandbox.state import State, forget_state, write_state
from hub.settings import MOST_WORKERS, Bearing, environment, read_bearing

HOST: Final = "127.0.0.1"
_READY_WAIT_S: Final = 60.0
_PROBE_PAUSE_S: Final = 0.05
_WATCH_PAUSE_S: Final = 0.5


@click.command()
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1, 65_535),
    help="Port of the hub.",
)
@click.option(
    "--people",
    type=click.IntRange(0, 1_860_000),
    help=f"Synthetic people; another number than there are makes them anew.  "
    f"[default: those there are, at first {FIRST_PEOPLE}]",
)
@click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    help="Processes of the hub, side by side on its port.  [default: HUB_WORKERS, else 1]",
)
@data_dir_option
@click.option("--headless", is_flag=True, help="Log lines only: no progress bar, no banner.")
@click.option("--empty", is_flag=True, help="Begin with an empty log: no day of traffic.")
@click.option("--reset", is_flag=True, help="Remove the folder's sandbox and begin anew.")
def command(  # noqa: PLR0913 — as many as there are options
    *,
    port: int,
    people: int | None,
    workers: int | None,
    data_dir: Path | None,
    headless: bool,
    empty: bool,
    reset: bool,
) -> None:
    """Run the sandbox: hub, registers, issuer, synthetic people, GraphiQL.

    The first start makes the people; a second takes seconds and keeps the data. Ctrl-C stops
    everything this started, and nothing else.
    """
    configure_logs(logging.INFO if headless else logging.WARNING)
    bearing = read_bearing(environment())
    folder, voice = folder_of(data_dir), Voice(headless=headless)
    claim_port(HOST, port)
    with held(folder, reset=reset), Stop().heeded() as stop:
        demo = _Demo(
            folder=DataDir(folder).open(),
            port=port,
            people=people,
            bearing=replace(bearing, workers=workers or bearing.workers),
            voice=voice,
            stop=stop,
            day=not empty,
        )
        try:
            demo.run()
        except Stopped:
            voice.stopped()
        except ChildEnded as ended:
            voice.ended(ended.name, ended.tail)
            sys.exit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Demo:
    folder: DataDir
    port: int
    people: int | None
    bearing: Bearing
    voice: Voice
    stop: Stop
    day: bool = True

    @property
    def hub(self) -> str:
        return f"http://{HOST}:{self.port}"

    def run(self) -> None:
        """Start everything in order, and watch it until told to stop; then end it in reverse.

        Raises:
            Stopped: As told; everything has ended.
            ChildEnded: Issuer or hub did not live that long; everything else has ended too.
        """
        path, voice = self.folder.path, self.voice
        with ExitStack() as stack:
            voice.step("starting PostgreSQL and Redis")
            postgres = start_postgres(path / "postgres")
            stack.callback(postgres.stop)
            if postgres.note:
                voice.step(postgres.note)
            redis = start_redis(path / "redis")
            stack.callback(redis.stop)
            self.stop.check()
            issuer_port = choose_port("issuer", self.folder.issuer, None)
            plot = Plot(
                data_dir=self.folder,
                postgres=postgres,
                redis=redis,
                people=self.people,
                issuer=f"http://{HOST}:{issuer_port}",
                host=HOST,
                port=self.port,
                headless=voice.headless,
                day=self.day,
            )
            voice.step("bringing the databases up to date")
            estate = self.stop.run(furnish(plot))
            voice.step("starting issuer and hub")
            self._introduce(estate, [], [postgres, redis])
            stack.callback(forget_state, path)
            words = ("--port", str(issuer_port))
            issuer = stack.enter_context(running(path, "issuer", "hub.sandbox.issuer", *words))
            self._live(estate)
            hub = stack.enter_context(self._hub(path))
            self._introduce(estate, [issuer, hub], [postgres, redis])
            self._await_ready([issuer, hub])
            voice.ready(path, estate)
            self._watch([issuer, hub], [postgres, redis])

    def _live(self, estate: Estate) -> None:
        """Let a day pass, where nothing ever happened."""
        if not self.day or self.stop.run(has_lived(estate.database_url)):
            return
        self.voice.step("letting a working day pass, some of it misuse")
        url = f"{estate.server_url}/{REGISTERS_DATABASE}"
        acts = self.stop.run(lived_day(settings_of(self.folder.path), url))
        if not acts:
            return
        found = self.stop.run(searched(settings_of(self.folder.path), url))
        self.voice.step(f"{acts:,} requests were made that day; {found} findings of misuse")

    def _hub(self, path: Path) -> AbstractContextManager[SandboxChild]:
        words = ["--workers", str(self.bearing.workers)]
        words += [] if self.bearing.planner else ["--no-planner"]
        return running(path, "hub", "hub.cli.hub_process", *words)

    def _introduce(
        self, estate: Estate, children: Iterable[SandboxChild], servers: Iterable[Server]
    ) -> None:
        """Tell the sandbox's commands where everything is."""
        pids = {child.name: child.pid for child in children}
        pids |= {server.name: server.pid for server in servers}
        state = State(issuer=estate.issuer, hub=self.hub, audience=AUDIENCE, pids=pids)
        write_state(self.folder.path, state)

    def _await_ready(self, children: Sequence[SandboxChild]) -> None:
        until = time.monotonic() + _READY_WAIT_S
        while time.monotonic() < until:
            for child in children:
                child.check()
            with contextlib.suppress(httpx.TransportError):
                answer = httpx.get(f"{self.hub}/readyz", timeout=1, trust_env=False)
                if answer.status_code == httpx.codes.OK:
                    return
            self.stop.wait(_PROBE_PAUSE_S)
        told = [f"{child.name}: {child.tail()}" for child in children]
        raise Misconfigured([f"not ready after {_READY_WAIT_S:.0f} seconds", *told])

    def _watch(self, children: Sequence[SandboxChild], servers: Sequence[Server]) -> None:
        """Wait for the order to stop.

        A database that ends is told and left: the hub lives through that, as it would elsewhere.
        """
        fallen: set[str] = set()
        while True:
            self.stop.wait(_WATCH_PAUSE_S)
            for child in children:
                child.check()
            for server in servers:
                if not server.running and server.name not in fallen:
                    fallen.add(server.name)
                    self.voice.fell(server.name, server.log)
