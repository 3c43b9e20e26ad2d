"""``hub demo``: the sandbox, started and stopped as one."""

import asyncio
import contextlib
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import click
import httpx

from hub.app.logs import configure_logs
from hub.cli.banner import tell
from hub.cli.estate import AUDIENCE, Estate
from hub.cli.furnish import Plot, default_data_dir, furnish
from hub.errors import Misconfigured
from hub.sandbox.data_dir import DataDir
from hub.sandbox.servers import start_postgres, start_redis
from hub.sandbox.servers.address import choose_port
from hub.sandbox.servers.process import Child, Command
from hub.sandbox.state import State, write_state

HOST: Final = "127.0.0.1"
_READY_WAIT_S: Final = 60.0
_DRAIN_S: Final = 12.0
_MARK: Final = "estate.json"


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
    default=10_000,
    show_default=True,
    type=click.IntRange(0, 1_860_000),
    help="Synthetic people to make.",
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of all the sandbox keeps.  [default: .demo]",
)
@click.option("--headless", is_flag=True, help="Log lines only: no progress bar, no banner.")
@click.option("--reset", is_flag=True, help="Remove the folder's sandbox and begin anew.")
def command(*, port: int, people: int, data_dir: Path | None, headless: bool, reset: bool) -> None:
    """Run the sandbox: hub, registers, issuer, synthetic people, GraphiQL.

    The first start makes the people; a second takes seconds and keeps the data. Ctrl-C stops
    everything this started, and nothing else.
    """
    configure_logs()
    folder = (data_dir or default_data_dir()).resolve()
    if reset:
        _remove(folder)
    _claim_port(port)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as stack:
        estate = _start(
            stack, DataDir(folder).open(), port=port, people=people, headless=headless, stop=stop
        )
        if estate is None:
            return
        tell(folder, estate, headless=headless)
        _watch(stack, stop)
    click.echo("stopped", err=True)


def _start(
    stack: ExitStack,
    folder: DataDir,
    *,
    port: int,
    people: int,
    headless: bool,
    stop: threading.Event,
) -> Estate | None:
    """Start everything in order; None when told to stop meanwhile."""
    say = _say(headless=headless)
    say("starting PostgreSQL and Redis")
    postgres = start_postgres(folder.path / "postgres")
    stack.callback(postgres.stop)
    if postgres.note:
        say(postgres.note)
    redis = start_redis(folder.path / "redis")
    stack.callback(redis.stop)
    (folder.path / "issuer").mkdir(mode=0o700, exist_ok=True)
    issuer_port = choose_port("issuer", folder.path / "issuer", None)
    issuer = f"http://{HOST}:{issuer_port}"
    say("bringing the databases up to date")
    estate = asyncio.run(
        furnish(
            Plot(
                data_dir=folder,
                postgres=postgres,
                redis=redis,
                people=people,
                issuer=issuer,
                host=HOST,
                port=port,
                headless=headless,
            )
        )
    )
    hub = f"http://{HOST}:{port}"
    write_state(folder.path, State(issuer=issuer, hub=hub, audience=AUDIENCE))
    say("starting issuer and hub")
    children = {
        "issuer": _child(
            stack, folder, "issuer", ["hub.sandbox.issuer", "--port", str(issuer_port)]
        ),
        "hub": _child(stack, folder, "hub", ["hub.cli.sandbox_hub"]),
    }
    pids = {name: child.pid for name, child in children.items()}
    pids |= {"postgres": postgres.pid, "redis": redis.pid}
    write_state(folder.path, State(issuer=issuer, hub=hub, audience=AUDIENCE, pids=pids))
    stack.callback(lambda: (folder.path / "sandbox.json").unlink(missing_ok=True))
    return estate if _await_ready(hub, children, folder, stop) else None


def _child(stack: ExitStack, folder: DataDir, name: str, words: list[str]) -> Child:
    child = Child(
        Command(
            words=[sys.executable, "-m", words[0], "--data-dir", str(folder.path), *words[1:]],
            log=folder.path / f"{name}.log",
            account=None,
            death_signal=signal.SIGTERM,
        )
    )
    stack.callback(_end, child)
    return child


def _end(child: Child) -> None:
    child.send(signal.SIGTERM)
    if not child.ends_within(_DRAIN_S):
        child.send(signal.SIGKILL)
        child.ends_within(_DRAIN_S)


def _await_ready(
    hub: str, children: dict[str, Child], folder: DataDir, stop: threading.Event
) -> bool:
    deadline = time.monotonic() + _READY_WAIT_S
    while time.monotonic() < deadline and not stop.is_set():
        for name, child in children.items():
            if not child.running:
                raise Misconfigured([f"{name} ended at once: {_tail(folder.path / f'{name}.log')}"])
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{hub}/readyz", timeout=1, trust_env=False).status_code == httpx.codes.OK:
                return True
        stop.wait(0.05)
    if stop.is_set():
        return False
    raise Misconfigured([f"the hub is not ready: {_tail(folder.path / 'hub.log')}"])


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return " | ".join(lines[-8:]) or "its log is empty"


def _watch(stack: ExitStack, stop: threading.Event) -> None:
    """Wait for the signal to stop."""
    del stack
    while not stop.wait(0.5):
        pass


def _say(*, headless: bool):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def say(text: str) -> None:
        click.echo(text if headless else f"· {text}", err=True)

    return say


def _claim_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError:
            raise Misconfigured(
                [f'port {port} is in use; choose another: make demo ARGS="--port {port + 1}"']
            ) from None


def _remove(folder: Path) -> None:
    """Remove a sandbox's folder; a folder that is none is left alone."""
    if not folder.exists():
        return
    if any(folder.iterdir()) and not (folder / _MARK).exists() and not (folder / "keys").exists():
        raise Misconfigured([f"`{folder}` holds no sandbox; nothing was removed"])
    with _stopped(folder):
        shutil.rmtree(folder)


@contextmanager
def _stopped(folder: Path) -> Iterator[None]:
    if (folder / "postgres").exists():
        server = start_postgres(folder / "postgres")
        if server.adopted:
            raise Misconfigured([f"a sandbox is running in `{folder}`; stop it first"])
        server.stop()
        server.remove()
    yield
