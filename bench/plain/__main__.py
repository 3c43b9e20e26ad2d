"""``python -m bench.plain``: the plain server as its own process, over a running sandbox."""

import asyncio
import gc
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import click
import httpx
import uvicorn
import uvloop
from joserfc.jwk import KeySet

from bench.plain.door import Door
from bench.plain.guard import Journal, Tokens
from bench.plain.schema import build
from connectors import found
from hub.app.clock import SystemClock
from hub.cli.estate import AUDIENCE, Estate, estate_of
from hub.ports import RegisterConfig


@click.command()
@click.option("--data-dir", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--port", required=True, type=click.IntRange(1, 65_535))
@click.option("--token-cache", is_flag=True, help="Verify each token once, not at every request.")
def main(data_dir: Path, *, port: int, token_cache: bool) -> None:
    """Serve until told to stop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(estate_of(data_dir), port, token_cache=token_cache))


async def _serve(estate: Estate, port: int, *, token_cache: bool) -> None:
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        journal = await Journal.opened(estate.server_url)
        stack.push_async_callback(journal.aclose)
        connectors = {
            name: module.connect(RegisterConfig(url=estate.registers[name]), clock)
            for name, module in found().items()
        }
        for connector in connectors.values():
            stack.push_async_callback(connector.aclose)
            await connector.ping()
        tokens = Tokens(await _keys(estate.issuer), estate.issuer, AUDIENCE, cached=token_cache)
        door = Door(build(), connectors=connectors, clock=clock, tokens=tokens, journal=journal)
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: None)  # uvicorn heeds it while it serves
        await uvicorn.Server(_configuration(door, port)).serve()


def _configuration(door: Door, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        door,
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        access_log=False,
        log_level="warning",
        timeout_keep_alive=60,
    )


async def _keys(issuer: str) -> KeySet:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
        answer = await http.get(f"{issuer}/jwks.json")
        return KeySet.import_key_set(answer.raise_for_status().json())


if __name__ == "__main__":
    main()
