"""What a running sandbox tells its own commands: one small file in the data folder."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from hub.errors import Misconfigured

_NAME: Final = "sandbox.json"


class SandboxFailure(Misconfigured):
    """A sandbox command cannot do what was asked; the message is for a person, exit code 2."""

    def __init__(self, message: str) -> None:
        """Tell why."""
        super().__init__([message])


class NotRunning(SandboxFailure):
    """There is no running sandbox in that data folder."""

    def __init__(self, data_dir: Path) -> None:
        """Tell which folder, and what to do."""
        super().__init__(f"no sandbox is running in `{data_dir}`; start it with `make demo`")
        self.data_dir = data_dir


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses and processes of a sandbox.

    Attributes:
        issuer: Address of the token issuer, also the ``iss`` of its tokens.
        hub: Address of the hub.
        audience: ``aud`` of the tokens the hub accepts.
        pids: Process ids by name of the process.
    """

    issuer: str
    hub: str
    audience: str
    pids: dict[str, int] = {}


def read_state(data_dir: Path) -> State:
    """Return the state of the sandbox in ``data_dir``.

    Raises:
        NotRunning: No state, one that cannot be read, or one that a killed sandbox left behind.
    """
    path = data_dir / _NAME
    try:
        state = msgspec.json.decode(path.read_bytes(), type=State)
        written_s = path.stat().st_mtime
    except (OSError, msgspec.DecodeError):
        raise NotRunning(data_dir) from None
    if state.pids and not _any_runs(state.pids.values(), written_s):
        raise NotRunning(data_dir)
    return state


def write_state(data_dir: Path, state: State) -> None:
    """Replace the state at once: a reader sees the old or the new, never half of one."""
    write_private(data_dir / _NAME, msgspec.json.encode(state))


def forget_state(data_dir: Path) -> None:
    """Tell no more: the sandbox has stopped."""
    (data_dir / _NAME).unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, at once, making its folder (0700) if needed."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:  # mkstemp makes it 0600
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _any_runs(pids: Iterable[int], written_s: float) -> bool:
    """Tell whether any process still runs that did when the state was written.

    One that ended keeps its number until it is reaped, which may take seconds once whoever started
    it is gone; later the number may be somebody else's.
    """
    from hub.sandbox.servers.claim import running_since  # noqa: PLC0415 — a sandbox's need alone

    return any(running_since(pid, written_s) for pid in pids)
