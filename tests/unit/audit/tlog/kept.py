"""A log in a folder, made of entries that the hub's own code built, for tests to harm."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.audit.chain import Writer
from hub.audit.entry import Prepared
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.entrybytes import entry_bytes
from hub.audit.tlog.proof import inclusion
from hub.audit.tlog.sources import CHECKPOINT, Folder
from hub.audit.tlog.tiles import WIDTH, bundle, bundles_of
from hub.audit.tlog.tlogproof import LogProof
from tests.unit.audit.making import KEY, code, disclosure, prepared, stored
from tests.unit.audit.tlog.growing import tiles

SIGNER = KEY.signer(2026)
BEGIN = datetime(2026, 11, 20, 8, tzinfo=UTC)


def operations(count: int) -> list[Prepared]:
    """Operations about none to three persons, a second apart."""
    return [
        prepared(disclosure(*map(code, range(number % 4)), at=BEGIN + timedelta(seconds=number)))
        for number in range(count)
    ]


def contents(made: Sequence[Prepared], writer: Writer | None = None) -> list[bytes]:
    """The tree's entries of operations, one writer's."""
    rows = stored((writer or Writer.new()).chain(made))
    return [
        entry_bytes(row.writer, row.wseq, row.open.encode(), row.salt, row.sealed) for row in rows
    ]


def entries(count: int) -> list[bytes]:
    """Two writers' entries in turns."""
    one, other = contents(operations(count)), contents(operations(count))
    return [each for pair in zip(one, other, strict=True) for each in pair][:count]


def signed(content: Sequence[bytes]) -> bytes:
    return Checkpoint(SIGNER.name, len(content), tiles(content)[0].root()).signed(SIGNER)


def keep(folder: Path, content: Sequence[bytes]) -> Path:
    """Write a whole log."""
    log = Folder(folder)
    for place, hashes in tiles(content)[1].items():
        log.keep(place.path, hashes)
    for place in bundles_of(len(content)):
        first = place.index * WIDTH
        log.keep(place.path, bundle(content[first : first + place.width]))
    log.keep(CHECKPOINT, signed(content))
    return folder


def proofs(content: Sequence[bytes], positions: Sequence[int]) -> list[str]:
    read: Callable[..., bytes] = tiles(content)[1].__getitem__
    return [
        LogProof(
            position,
            tuple(inclusion(position, len(content)).read(read)),
            signed(content),
            content[position],
        ).text
        for position in positions
    ]
