"""Asking witnesses for cosignatures. Speaks HTTP; what fails is told to the process's log alone.

Interface::

    witnesses = Witnesses(load_witnesses(path), client)          # client: httpx.AsyncClient
    lines = await witnesses.cosign(checkpoint, signed, prove)    # prove(old, new) -> hashes

``lines`` are signature lines, each with its newline, to be put after the checkpoint as it is.
Nothing but cancellation is raised.

Source: c2sp.org/tlog-witness.
"""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import structlog

from hub.audit.tlog import checkpoint as checkpoints
from hub.audit.tlog import note
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.cosignature import CosignatureVerifier
from hub.audit.tlog.invalid import Invalid

TIMEOUT_S: Final = 5.0
"""Longest wait for one witness, all its questions together."""
MAX_ANSWER_BYTES: Final = 16_384
Prove = Callable[[int, int], Awaitable[Sequence[bytes]]]
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WitnessAddress:
    """Whom to ask; ``url`` is the submission prefix."""

    name: str
    verifier: CosignatureVerifier
    url: str


def load_witnesses(path: Path) -> tuple[WitnessAddress, ...]:
    """Read the file of witnesses: a JSON list of ``name``, ``vkey`` and ``url``.

    Raises:
        Invalid: The file is missing or not of this form.
    """
    try:
        return tuple(
            WitnessAddress(
                name=str(each["name"]),
                verifier=CosignatureVerifier.of(each["vkey"]),
                url=str(each["url"]).rstrip("/"),
            )
            for each in json.loads(path.read_bytes())
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Invalid(
            reason="the file of witnesses must be a JSON list of `name`, `vkey` and `url`"
        ) from None


class Witnesses:
    """Asks every witness for a cosignature, side by side; remembers what each has seen."""

    def __init__(self, known: Sequence[WitnessAddress], client: httpx.AsyncClient) -> None:
        self._known = known
        self._client = client
        self._sizes: dict[tuple[str, str], int] = {}

    async def cosign(self, checkpoint: Checkpoint, signed: bytes, prove: Prove) -> list[str]:
        """Return the signature lines of those witnesses that cosigned within five seconds.

        Args:
            checkpoint: What is to be cosigned.
            signed: The same, signed by the log.
            prove: Returns the consistency proof between two sizes.
        """
        asked = (self._asked(each, checkpoint, signed, prove) for each in self._known)
        return [line for line in await asyncio.gather(*asked) if line]

    async def _asked(
        self, witness: WitnessAddress, checkpoint: Checkpoint, signed: bytes, prove: Prove
    ) -> str | None:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await self._line(witness, checkpoint, signed, prove)
        except Exception as failure:  # noqa: BLE001 — the log goes on without this witness
            reason = str(failure) if isinstance(failure, Invalid) else type(failure).__name__
            _LOG.warning("witness_failed", witness=witness.name, reason=reason)
            return None

    async def _line(
        self, witness: WitnessAddress, checkpoint: Checkpoint, signed: bytes, prove: Prove
    ) -> str:
        key = witness.name, checkpoint.origin
        size = self._sizes.get(key, 0)
        answer = await self._post(witness, size, await _proof(prove, size, checkpoint), signed)
        if answer.status_code == httpx.codes.CONFLICT:
            size = checkpoints.decimal(answer.text.strip())
            if size > checkpoint.size:
                raise Invalid(reason="the witness has seen a larger tree: the log went back")
            answer = await self._post(witness, size, await _proof(prove, size, checkpoint), signed)
        if answer.status_code != httpx.codes.OK or len(answer.content) > MAX_ANSWER_BYTES:
            raise Invalid(reason=f"the witness answers {answer.status_code}")
        line = _verified(checkpoint, answer.text, witness.verifier)
        self._sizes[key] = checkpoint.size
        return line

    async def _post(
        self, witness: WitnessAddress, old: int, proof: Sequence[bytes], signed: bytes
    ) -> httpx.Response:
        lines = "".join(f"{base64.b64encode(each).decode()}\n" for each in proof)
        body = f"old {old}\n{lines}\n".encode() + signed
        return await self._client.post(f"{witness.url}/add-checkpoint", content=body)


async def _proof(prove: Prove, old: int, checkpoint: Checkpoint) -> Sequence[bytes]:
    return await prove(old, checkpoint.size) if 0 < old < checkpoint.size else ()


def _verified(checkpoint: Checkpoint, lines: str, verifier: CosignatureVerifier) -> str:
    """Return the one line that this witness's key made over this checkpoint."""
    opened = note.opened(f"{checkpoint.text}\n{lines}".encode(), [verifier])
    return opened.signatures[0].line
