"""``hub audit witness``: an outside body's witness, for the sandbox or for who has no other."""

import os
import time
from pathlib import Path
from typing import Final

import click
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.audit.tlog.cosignature import Cosigner
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.witness import Witness

SEED_BYTES: Final = 32
MOST_BYTES: Final = 65_536
_GREETING: Final = "{vkey}\nserving http://{host}:{port}/add-checkpoint"


@click.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Keeps the witness's key and what it has seen; made when missing.",
)
@click.option("--log", "logs", multiple=True, metavar="VKEY", help="A log to watch: its key.")
@click.option("--name", default="witness.example/vienreiz", show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8021, show_default=True)
@click.option("--vkey", "only_vkey", is_flag=True, help="Print the witness's key and exit.")
def command(
    *, folder: Path, logs: tuple[str, ...], name: str, host: str, port: int, only_vkey: bool
) -> None:
    """Cosign checkpoints that grew out of those cosigned before (c2sp.org/tlog-witness).

    Run it elsewhere than the hub: on a machine, and under a key, that the hub's keepers do not
    have. A key of one year's log stands for its other years too. The first line printed is the
    witness's own key, which goes into the hub's HUB_LOG_WITNESSES_FILE.
    """
    try:
        cosigner = Cosigner(name, seed_in(folder))
        if only_vkey:
            click.echo(cosigner.vkey)
            return
        if not logs:
            message = "name a log to watch with --log; its key is what `hub audit vkey` prints"
            raise click.UsageError(message)
        app = application(Witness(cosigner, logs, folder / "seen.json"))
    except Invalid as fault:
        raise click.ClickException(fault.reason) from None
    click.echo(_GREETING.format(vkey=cosigner.vkey, host=host, port=port))
    uvicorn.run(app, host=host, port=port, access_log=False, log_level="warning", ws="none")


def application(witness: Witness) -> Starlette:
    """Return the witness as a web application; one process alone may serve it."""

    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                return Response("too long\n", 413, media_type="text/plain")
        answer = await run_in_threadpool(witness.add_checkpoint, body, time.time)
        return Response(answer.body, answer.status, media_type=answer.media_type)

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])


def seed_in(folder: Path) -> bytes:
    """Return the witness's seed, drawn when there is none; nobody else may read the file.

    Raises:
        Invalid: The file holds something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "key"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        seed = file.read_bytes()
        if len(seed) != SEED_BYTES:
            raise Invalid(reason=f"`{file.name}` is not a key of 32 bytes") from None
        return seed
    with os.fdopen(handle, "wb") as opened:
        seed = os.urandom(SEED_BYTES)
        opened.write(seed)
        opened.flush()
        os.fsync(opened.fileno())
    return seed
