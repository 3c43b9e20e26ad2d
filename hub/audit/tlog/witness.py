"""A witness: cosigns what it has seen to grow, and never anything that shrank or forked.

Interface: ``Witness(cosigner, logs, state)`` with ``.add_checkpoint(body, at)``.

Reads and writes one file: what it last cosigned of each log. It is replaced as a whole, and
written to disk, before anything is answered.

Source: c2sp.org/tlog-witness, ``add-checkpoint``.
"""

import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from hub.audit.tlog import checkpoint as checkpoints
from hub.audit.tlog import note
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.cosignature import Cosigner
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.note import Verifier
from hub.audit.tlog.proof import verify_consistency
from hub.audit.tlog.tlogproof import hashes_of
from hub.audit.tlog.tree import EMPTY_ROOT

PLAIN: Final = "text/plain; charset=utf-8"
SIZE: Final = "text/x.tlog.size"
_YEAR: Final = re.compile(r"(?P<base>.+)/[0-9]{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers over HTTP."""

    status: int
    body: str
    media_type: str = PLAIN


class Witness:
    """One witness with its memory; not to be run twice over the same file.

    # INVARIANT: what was checked against is what the cosigned checkpoint replaces: one at a time,
    # or two forks that arrive together are both found consistent and both cosigned.
    """

    def __init__(self, cosigner: Cosigner, logs: Iterable[str], state: Path) -> None:
        """Watch ``logs``, verifier keys; one of a year's log stands for every year of it.

        Raises:
            Invalid: A key is none, or the file is not a witness's memory.
        """
        self._cosigner = cosigner
        self._logs = {_base(key.name): key.public for key in map(Verifier.of, logs)}
        self._state = state
        self._seen = _kept(state)
        self._alone = Lock()

    def add_checkpoint(self, body: bytes, at: Callable[[], float]) -> Answer:
        """Cosign a checkpoint that the log's own key signed and that is consistent with the last.

        Args:
            body: Old size, consistency proof, empty line, checkpoint.
            at: Tells the time, in seconds since 1970.
        """
        try:
            old, proof, signed = _parts(body)
            text = note.parsed(signed).text
            told = checkpoints.parsed(text)
        except Invalid as fault:
            return Answer(400, f"{fault}\n")
        public = self._logs.get(_base(told.origin))
        if public is None:
            return Answer(404, "this witness does not know the log\n")
        try:
            note.opened(signed, [Verifier(told.origin, public)])
        except Invalid as fault:
            return Answer(403, f"{fault}\n")
        with self._alone:
            return self._consistent(told, old, proof) or self._cosign(told, text, int(at()))

    def _consistent(self, told: Checkpoint, old: int, proof: tuple[bytes, ...]) -> Answer | None:
        """Return why not, or None."""
        size, root = self._seen.get(told.origin, (0, EMPTY_ROOT))
        if old > told.size:
            return Answer(400, "the old size is larger than the checkpoint's\n")
        if old != size:
            return Answer(409, f"{size}\n", SIZE)
        if old == told.size and root != told.root:
            return Answer(409, f"{size}\n", SIZE)
        try:
            verify_consistency(old, told.size, root, told.root, proof)
        except Invalid as fault:
            return Answer(422, f"{fault}\n")
        return None

    def _cosign(self, told: Checkpoint, text: str, at: int) -> Answer:
        seen = {**self._seen, told.origin: (told.size, told.root)}
        _keep(self._state, seen)
        self._seen = seen
        return Answer(200, self._cosigner.line(text, at))


def _parts(body: bytes) -> tuple[int, tuple[bytes, ...], bytes]:
    """Return old size, proof and signed checkpoint of a request."""
    before, parted, signed = body.partition(b"\n\n")
    if not parted or not before.isascii():
        raise Invalid(reason="the request is not an old size, a proof and a checkpoint")
    first, *lines = before.decode().split("\n")
    if not first.startswith("old "):
        raise Invalid(reason="the request does not tell an old size")
    return checkpoints.decimal(first.removeprefix("old ")), hashes_of(lines), signed


def _base(origin: str) -> str:
    """Return the name without the year: a log of this kind has one key for all its years."""
    found = _YEAR.fullmatch(origin)
    return found["base"] if found else origin


def _kept(state: Path) -> dict[str, tuple[int, bytes]]:
    try:
        known = json.loads(state.read_bytes())
        return {name: (int(size), bytes.fromhex(root)) for name, (size, root) in known.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, TypeError):
        raise Invalid(reason=f"`{state.name}` is not a witness's memory") from None


def _keep(state: Path, seen: dict[str, tuple[int, bytes]]) -> None:
    """Replace the file as a whole, so that neither a crash nor a full disk halves it."""
    fresh = state.with_name(f"{state.name}.new")
    with fresh.open("w") as file:
        json.dump({name: [size, root.hex()] for name, (size, root) in seen.items()}, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(state)
    folder = os.open(state.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
