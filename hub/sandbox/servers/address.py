"""Ports and passwords: chosen once, kept in the data folder."""

import contextlib
import os
import secrets
import socket
from pathlib import Path

from hub.sandbox.servers.failure import ServerFailed

LOOPBACK = "127.0.0.1"
# below the range from which systems take the ports of outgoing connections
LOWEST_PORT, HIGHEST_PORT = 20_000, 32_000
PORT_TRIES = 200


def choose_port(server: str, data_dir: Path, wanted: int | None) -> int:
    """Return the port to listen on and remember it: the wanted, the last used, or a free one.

    Raises:
        ServerFailed: ``wanted`` is in use.
    """
    record = data_dir / "port"
    if wanted is None:
        port = _remembered(record) or _free_port(server)
    elif _is_free(wanted):
        port = wanted
    else:
        raise ServerFailed(server, f"port {wanted} of {LOOPBACK} is in use")
    record.write_text(f"{port}\n", encoding="utf-8")
    return port


def password_of(data_dir: Path) -> str:
    """Return the password kept in ``data_dir``, made at the first call."""
    record = data_dir / "password"
    with contextlib.suppress(FileNotFoundError):
        return record.read_text(encoding="utf-8").strip()
    made = secrets.token_urlsafe(24)
    write_private(record, made)
    return made


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone may read, all of it or nothing."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{text}\n")
    fresh.rename(path)


def _remembered(record: Path) -> int | None:
    try:
        port = int(record.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return port if _is_free(port) else None


def _free_port(server: str) -> int:
    for _ in range(PORT_TRIES):
        port = LOWEST_PORT + secrets.randbelow(HIGHEST_PORT - LOWEST_PORT)
        if _is_free(port):
            return port
    raise ServerFailed(server, f"no free port between {LOWEST_PORT} and {HIGHEST_PORT}")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
