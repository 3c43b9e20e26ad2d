"""``hub audit verify``: is the log whole, and does it hold what receipts say?"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import KW_ONLY, asdict, dataclass
from pathlib import Path
from typing import Final

import click
import httpx

from hub.audit.tlog import checkpoint as checkpoints
from hub.audit.tlog import ended, note
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.cosignature import CosignatureVerifier
from hub.audit.tlog.ended import FILE as ENDED
from hub.audit.tlog.ended import Ending
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.logkey import LogKey
from hub.audit.tlog.note import Verifier
from hub.audit.tlog.proof import consistency, verify_consistency
from hub.audit.tlog.receipts import of_year, read_receipt
from hub.audit.tlog.sources import CHECKPOINT, TIMEOUT_S, Folder, Served, Source, mirror
from hub.audit.tlog.tiles import bundles_of, tiles_of
from hub.audit.tlog.verifying import verify_entries, verify_tiles, year_of
from hub.cli.audit.telling import shown, tell
from hub.cli.audit.verify_database import verify_database
from hub.cli.options import data_dir_option
from hub.cli.whose import chosen_settings

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_NOTHING_ASKED: Final = "name a log's folder or address, or --receipt, or --database"


@click.command()
@click.argument("log", required=False)
@click.option("--vkey", help="The log's verifier key, or a file with it.  [default: this hub's]")
@click.option("--receipt", type=_FILE, help="Check a receipt that was kept, with its proofs.")
@click.option(
    "--consistency", "old", type=_FILE, help="Check that LOG grew out of this old checkpoint."
)
@click.option("--witness", "witnesses", multiple=True, metavar="VKEY", help="Who has to cosign.")
@click.option("--tiles-only", is_flag=True, help="Do without entries, which not all may read.")
@click.option(
    "--mirror",
    "into",
    type=click.Path(file_okay=False, path_type=Path),
    help="Copy LOG into this folder first, and check the copy.",
)
@click.option("--token-file", type=_FILE, help="Access token of who may read entries.")
@click.option("--agreement", help="Agreement that lets them.")
@click.option("--official", help="Who reads them, as the agreement may demand.")
@click.option("--database", is_flag=True, help="Check the hub's own database against its tree.")
@data_dir_option
def command(  # noqa: PLR0913 — as many as there are options
    *,
    log: str | None,
    vkey: str | None,
    receipt: Path | None,
    old: Path | None,
    witnesses: tuple[str, ...],
    tiles_only: bool,
    into: Path | None,
    token_file: Path | None,
    agreement: str | None,
    official: str | None,
    database: bool,
    data_dir: Path | None,
) -> None:
    """Check LOG, a folder or an address with `checkpoint` and `tile/`, from its bytes alone.

    Every entry's leaf is computed anew and found in the tree; the tree's root is that of the
    signed checkpoint; no writer's sequence has a gap or a repetition; no entry is backdated. The
    first entry that does not fit is named, and the exit status is 1.

    --receipt checks what one operation's recipient keeps. --database compares the database of the
    hub with its own tree, entry by entry.
    """
    if not (log or receipt or database):
        raise click.UsageError(_NOTHING_ASKED)
    try:
        if receipt:
            _verify_receipt(receipt, _key(vkey, None, data_dir))
        if log:
            headers = _headers(token_file, agreement, official)
            with _opened(log, headers) as source:
                raw = source.checkpoint()
                key = _key(vkey, raw, data_dir)
                check = _Check(key, _head(raw, key, witnesses), tiles_only=tiles_only)
                before = old.read_bytes() if old else None
                if into:
                    check.copied(source, raw, into, before)
                else:
                    check.all(source, before)
        if database:
            settings = chosen_settings(data_dir)
            own = LogKey(settings.log_origin, settings.log_key)
            asyncio.run(verify_database(settings.database_url, own))
    except Invalid as fault:
        raise click.ClickException(fault.reason) from None


# ---- whom to believe ------------------------------------------------------------------------


def _key(told: str | None, checkpoint: bytes | None, data_dir: Path | None) -> Verifier:
    """Return the log's key: as told, or the hub's own, of the year that the log is of."""
    origin = note.parsed(checkpoint).text.split("\n", 1)[0] if checkpoint else ""
    if told:
        file = Path(told)
        return of_year(Verifier.of(file.read_text() if file.is_file() else told), origin)
    settings = chosen_settings(data_dir)
    key = LogKey(settings.log_origin, settings.log_key)
    return key.signer(year_of(origin) or 2000).verifier


def _head(raw: bytes, key: Verifier, witnesses: Sequence[str]) -> Checkpoint:
    """Return the checkpoint, if log and witnesses signed it."""
    head = checkpoints.opened(raw, [key], key.name)
    for each in witnesses:
        note.opened(raw, [CosignatureVerifier.of(each)])
    return head


def _headers(token: Path | None, agreement: str | None, official: str | None) -> dict[str, str]:
    told = {"Hub-Agreement": agreement, "Hub-Official": official}
    if token:
        told["Authorization"] = f"Bearer {token.read_text().strip()}"
    return {name: value for name, value in told.items() if value}


# ---- what to check --------------------------------------------------------------------------


@contextmanager
def _opened(log: str, headers: dict[str, str]) -> Iterator[Source]:
    if log.startswith(("http://", "https://")):
        with httpx.Client(headers=headers, timeout=TIMEOUT_S) as client:
            yield Served(client, log)
    else:
        yield Folder(Path(log))


@dataclass(frozen=True, slots=True)
class _Check:
    """What is checked of one log, down from a checkpoint that was verified."""

    key: Verifier
    head: Checkpoint
    _: KW_ONLY
    tiles_only: bool

    def all(self, source: Source, *older: bytes | None) -> None:
        """Check tiles, entries, and growth out of each older checkpoint."""
        head = self.head
        ending = self._ending(source)
        verify_tiles(head, source.read)
        told: dict[str, object] = {"log": head.origin, "size": head.size, "root": head.root.hex()}
        if ending:
            told["content removed"] = asdict(ending)
        if self._reads_entries(source, gone=ending is not None):
            with shown("checking entries", head.size) as seen:
                told |= asdict(verify_entries(head, source.read, seen))
        tell(told)
        for each in older:
            if each is not None:
                self._growth(source, checkpoints.opened(each, [self.key], self.key.name))

    def copied(self, source: Source, raw: bytes, into: Path, old: bytes | None) -> None:
        """Copy the log, then check the copy: also that it grew out of what was copied before.

        # INVARIANT: the folder's checkpoint is replaced when all it vouches for was checked.
        """
        folder, size = Folder(into), self.head.size
        kept = folder.checkpoint() if (into / CHECKPOINT).is_file() else None
        entries = not self.tiles_only and not self._ending(source)
        total = sum(1 for _ in tiles_of(size)) + (sum(1 for _ in bundles_of(size)) * entries)
        with shown("copying", total) as told:
            mirror(source, folder, self.head, entries=entries, told=told)
        if proof := source.ended():
            folder.keep(ENDED, proof)
        self.all(folder, old, kept)
        folder.keep(CHECKPOINT, raw)

    def _ending(self, source: Source) -> Ending | None:
        """Return who removed the year's entries, as the log of a later year says."""
        year, raw = year_of(self.head.origin), source.ended()
        return ended.opened(raw, self.key, year) if raw and year else None

    def _reads_entries(self, source: Source, *, gone: bool) -> bool:
        """Tell whether entries are checked: those removed, only where all were copied before."""
        kept = not gone or all(map(source.has, bundles_of(self.head.size)))
        return kept and not self.tiles_only

    def _growth(self, source: Source, old: Checkpoint) -> None:
        head = self.head
        if old.size > head.size:
            raise Invalid(
                reason=f"the log went back: it had {old.size} entries, and now has {head.size}"
            )
        proof = consistency(old.size, head.size).read(source.read)
        verify_consistency(old.size, head.size, old.root, head.root, proof)
        tell({"log": head.origin, "grew from": old.size, "to": head.size})


def _verify_receipt(file: Path, key: Verifier) -> None:
    kept = read_receipt(file.read_bytes()).verify(key)
    told: dict[str, object] = {"operation": kept.operation_id, "promised": kept.at}
    if kept.head:
        told |= {"log": kept.head.origin, "size": kept.head.size, "positions": kept.positions}
    tell(told)
