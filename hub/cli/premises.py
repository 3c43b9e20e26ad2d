"""What a demo must have to itself before it starts anything: its folder and its port."""

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hub.errors import Misconfigured
from hub.sandbox.servers import discard_postgres, discard_redis

_MARK: Final = "SANDBOX"
_TOLD: Final = (
    "Everything in this folder belongs to a sandbox of Vienreiz; `hub demo --reset` deletes it.\n"
)


def claim_port(host: str, port: int) -> None:
    """Check that nobody listens on ``port``.

    Raises:
        Misconfigured: Somebody does, or it may not be taken.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except PermissionError:
            raise Misconfigured([f"port {port} is not yours to take; choose another"]) from None
        except OSError:
            raise Misconfigured(
                [f'port {port} is in use; choose another: make demo ARGS="--port {_other(port)}"']
            ) from None


@contextmanager
def held(folder: Path, *, reset: bool) -> Iterator[None]:
    """Hold a sandbox's folder, made when missing, for as long as the block runs.

    Args:
        folder: A new or empty one, or that of an earlier sandbox.
        reset: Empty it first.

    Raises:
        Misconfigured: Another demo holds it, it holds something else, or it cannot be used.
    """
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)  # PostgreSQL's account passes through
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as failure:
        raise Misconfigured([f"cannot use `{folder}`: {failure.strerror}"]) from None
    try:
        _lock(folder, descriptor)
        _recognise(folder)
        if reset:
            _empty(folder)
        yield
    finally:
        os.close(descriptor)  # which also unlocks


def _lock(folder: Path, descriptor: int) -> None:
    """Lock the folder itself: the kernel unlocks it however this process ends."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Misconfigured(
            [f"a sandbox is running in `{folder}`; stop it first, or name another `--data-dir`"]
        ) from None


def _recognise(folder: Path) -> None:
    """Mark a new folder as a sandbox's; one that holds anything else is left alone."""
    known = {_MARK, "estate.json"}
    held_already = {path.name for path in folder.iterdir()}
    if held_already and not held_already & known:
        raise Misconfigured([f"`{folder}` holds no sandbox, and is not empty; name another"])
    try:
        (folder / _MARK).write_text(_TOLD, encoding="utf-8")
    except OSError as failure:
        raise Misconfigured([f"cannot write to `{folder}`: {failure.strerror}"]) from None


def _empty(folder: Path) -> None:
    discard_postgres(folder / "postgres")
    discard_redis(folder / "redis")
    for path in folder.iterdir():
        if path.name == _MARK:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _other(port: int) -> int:
    return port + 1 if port < 65_535 else port - 1  # noqa: PLR2004 — the last port there is
