"""``hub audit verify --database``: the database of a hub, held against its own tree."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from hub.audit.chain import fault
from hub.audit.encoding import genesis
from hub.audit.logview import content_of
from hub.audit.taking import tree_of
from hub.audit.tlog import checkpoint as checkpoints
from hub.audit.tlog.checkpoint import Checkpoint
from hub.audit.tlog.ended import QUESTION as ENDED
from hub.audit.tlog.entrybytes import parsed
from hub.audit.tlog.invalid import Invalid
from hub.audit.tlog.logkey import LogKey
from hub.audit.tlog.tiles import HASH_BYTES, WIDTH, Place
from hub.audit.tlog.tree import leaf_hash
from hub.audit.tlog.verifying import BACKDATED_S, Unfit, Walk, verify_tiles
from hub.cli.audit.alarms import Connection, list_alarms
from hub.cli.audit.telling import shown, tell
from hub.model.entry import StoredEntry
from hub.model.sequence import Head, Told
from hub.storage.projection import COLUMNS

_ENTRY: Final = ("writer", "wseq", "previous", "hash", "operation_id", "at", "open", "salt")
_PARTS: Final = (*_ENTRY, "sealed", "index")
_ENTRIES: Final = """
SELECT {told}, {parts} FROM hub.log_entry l
LEFT JOIN hub.access_entry e ON e.writer = l.writer AND e.wseq = l.wseq AND e.at = l.at
WHERE l.year = $1 ORDER BY l.position
""".format(
    told=", ".join(f'l."{name}" AS "l_{name}"' for name in COLUMNS),
    parts=", ".join(f'e."{name}"' for name in _PARTS),
)
_LOOSE: Final = """
SELECT e.writer, e.wseq, e.operation_id FROM hub.access_entry e
JOIN hub.log_writer w ON w.writer = e.writer AND e.wseq <= w.wseq
LEFT JOIN hub.log_entry l ON l.writer = e.writer AND l.wseq = e.wseq AND l.at = e.at
WHERE l.writer IS NULL ORDER BY e.arrival LIMIT 1
"""
_WAITING: Final = """
SELECT count(*) AS entries, coalesce(extract(epoch FROM now() - min(e.at)), 0)::float AS seconds
FROM hub.access_entry e LEFT JOIN hub.log_writer w ON w.writer = e.writer
WHERE e.wseq > coalesce(w.wseq, 0)
"""
_AGREEMENTS: Final = """
SELECT r.number, r.revision FROM hub.agreement_revision r WHERE NOT EXISTS (
    SELECT FROM hub.log_entry l
    JOIN hub.access_entry e ON e.writer = l.writer AND e.wseq = l.wseq AND e.at = l.at
    WHERE l.operation_id = left(encode(sha256(r.document), 'hex'), 32)
    AND l.decision = 'agreement' AND l.agreement = r.number AND l.revision = r.revision
    AND e.open::jsonb ->> 'agreement_hash' = encode(sha256(r.document), 'hex')
) ORDER BY r.number, r.revision LIMIT 1
"""
_AT_ONCE: Final = 2_000
_BEGUN: Final = """
SELECT EXISTS (
    SELECT FROM hub.log_entry WHERE question = '{retireYear}' AND decision = 'oversight'
    AND codes = '{}' AND "case" = $1
)
"""
_TREELESS: Final = """
SELECT year, position FROM hub.log_entry l
WHERE NOT EXISTS (SELECT FROM hub.log_head h WHERE h.year = l.year) LIMIT 1
"""
_ERASING: Final = """
SELECT DISTINCT unnest(years) FROM hub.destruction_order WHERE carried_out_at IS NOT NULL
"""
_KEYLESS: Final = """
SELECT l.year, l.position FROM hub.log_entry l
LEFT JOIN hub.subject_key k ON k.year = l.year AND k.index = l.index
WHERE l.index IS NOT NULL AND k.index IS NULL AND l.year <> ALL ($1::smallint[])
ORDER BY l.year, l.position LIMIT 1
"""
_BLINDED: Final = "what its person finds it by is erased, and no order of two officers says why"
_UNFINISHED: Final = (
    "; somebody set about ending this year, and the log does not say that it was done:"
    " see `hub audit retain`"
)
_told: Final = msgspec.json.Decoder(Told)
_SAME: Final = tuple(name for name in COLUMNS if name in Told.__struct_fields__)


async def verify_database(database_url: str, key: LogKey) -> None:
    """Check every entry in the database against the tree, as one instant has them.

    The newest year comes first: what it says of years that ended has been checked by then.

    Each year's tiles lead to its newest checkpoint, which the log's key signed; each entry's
    bytes are the leaf in its place; each writer's chain holds; rows by which entries are found
    say what the entries say; no entry is outside the tree; agreements are on the log. Blind
    indexes and keys are gone only where an order for that year was carried out. Alarms come
    before all that, on stderr, and are never made good: what was missing once is evidence.

    Raises:
        Invalid: Names the first entry that does not fit; or there were alarms.
    """
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            alarms = await list_alarms(connection)
            heads = await connection.fetch(
                "SELECT year, size, edge FROM hub.log_head ORDER BY year DESC"
            )
            erasing = [year for (year,) in await connection.fetch(_ERASING)]
            endings: dict[int, str] = {}
            for year, size, edge in heads:
                head = Head(size, edge)
                endings |= await _verify_year(
                    connection, key, year, head, endings, erasing=year in erasing
                )
            await _verify_rest(connection, erasing, alarms)
    finally:
        await connection.close()


# ---- a year ---------------------------------------------------------------------------------


async def _verify_year(
    connection: Connection,
    key: LogKey,
    year: int,
    head: Head,
    endings: Mapping[int, str],
    *,
    erasing: bool,
) -> Mapping[int, str]:
    """Check the tiles against the signed checkpoint, then entry by entry against the tiles.

    Returns:
        Earlier years that ended, and who said so, by entries of this one that are signed.
    """
    tiles = await _tiles(connection, year, head)
    signed = await _checkpoint(connection, key, year)
    if signed is not None:
        if signed.size > head.size:
            raise Invalid(reason=f"the tree of {year} is smaller than its checkpoint: it went back")
        verify_tiles(signed, tiles)
    check = _Entries(year, head.size, tiles, ended=year in endings)
    check.erasing = erasing
    if year not in endings and await connection.fetchval(_BEGUN, str(year)):
        check.hint = _UNFINISHED
    with shown(f"checking entries of {year}", head.size) as seen:
        async for row in connection.cursor(_ENTRIES, year, prefetch=_AT_ONCE):
            check.take(row)
            seen(1)
    check.end()
    size = signed.size if signed else 0
    told = {"log": key.origin(year), "size": head.size, "signed": size, "kept": check.taken}
    if year in endings:
        told |= {"content removed": head.size - check.taken, "ended by": endings[year]}
    tell(told)
    return {
        ended: f"{official}, position {position} of {key.origin(year)}"
        for position, ended, official in check.endings
        if position < size and ended < year
    }


async def _checkpoint(connection: Connection, key: LogKey, year: int) -> Checkpoint | None:
    text = await connection.fetchval(
        "SELECT note FROM hub.log_checkpoint WHERE year = $1 ORDER BY size DESC LIMIT 1", year
    )
    verifier = key.signer(year).verifier
    return checkpoints.opened(text.encode(), [verifier], key.origin(year)) if text else None


class _Tiles:
    """A year's tiles, full ones and those at the edge; a part is cut from a whole one."""

    def __init__(self, tiles: Mapping[tuple[int, int], bytes]) -> None:
        self._tiles = tiles

    def __call__(self, place: Place) -> bytes:
        """Return what ``verify_tiles`` reads; nothing where there is no such tile."""
        assert place.level is not None  # noqa: S101 — no bundles are read
        return self._tiles.get((place.level, place.index), b"")[: place.width * HASH_BYTES]

    def leaf(self, position: int) -> bytes:
        """Return the hash at a position."""
        tile, offset = divmod(position, WIDTH)
        return self._tiles.get((0, tile), b"")[offset * HASH_BYTES : (offset + 1) * HASH_BYTES]


async def _tiles(connection: Connection, year: int, head: Head) -> _Tiles:
    tiles = {(each.level, each.index): each.hashes for each in tree_of(head).partial()}
    query = "SELECT level, index, hashes FROM hub.log_tile WHERE year = $1"
    async for row in connection.cursor(query, year, prefetch=_AT_ONCE):
        tiles[row["level"], row["index"]] = row["hashes"]
    return _Tiles(tiles)


class _Entries:
    """One year's entries, in the order of the tree.

    Args:
        ended: Whether the year's retention ended: then few entries are kept, which concern nobody.

    Attributes:
        taken: How many entries there were.
        endings: Position, year and officer of each entry that says that a year was dropped.
        hint: Told with an entry that is missing.
        erasing: Whether an order to destroy keys of this year was carried out.
    """

    def __init__(self, year: int, size: int, tiles: _Tiles, *, ended: bool) -> None:
        self._size, self._tiles, self._ended = size, tiles, ended
        self._walk = Walk(year)
        self._heads: dict[UUID, bytes] = {}
        self._next = 0
        self.taken = 0
        self.endings: list[tuple[int, int, str]] = []
        self.hint = ""
        self.erasing = False

    def take(self, row: asyncpg.Record) -> None:
        """Check the next entry.

        Raises:
            Unfit: It does not fit.
        """
        position = row["l_position"]
        if position != self._next and not self._ended:
            raise Unfit(self._next, f"no row tells of this entry{self.hint}")
        if position >= self._size:
            raise Unfit(position, "the tree has no such position")
        self._next = position + 1
        self.taken += 1
        if row["writer"] is None:
            reason = f"the entry is missing{self.hint}"
            raise Unfit(position, reason, operation_id=row["l_operation_id"])
        values = {name: row[name] for name in _PARTS}
        entry = StoredEntry(**{**values, "writer": UUID(int=row["writer"].int)})
        self._fits(position, entry)
        if not _tells(row, entry):
            raise self._unfit(position, entry, "the row by which it is found says something else")
        if entry.sealed is not None and entry.index is None and not self.erasing:
            raise self._unfit(position, entry, _BLINDED)
        if row["l_question"] == [ENDED] and row["l_decision"] == "oversight":
            self.endings.append((position, int(row["l_case"]), row["l_official"]))

    def end(self) -> None:
        """Check that no entry is missing at the end.

        Raises:
            Unfit: One is.
        """
        if self._next != self._size and not self._ended:
            raise Unfit(self._next, f"no row tells of this entry{self.hint}")

    def _fits(self, position: int, entry: StoredEntry) -> None:
        content = content_of(entry)
        if leaf_hash(content) != self._tiles.leaf(position):
            raise self._unfit(position, entry, "its bytes are not those in the tree")
        if self._ended:  # what stood between is gone
            return
        self._walk.step(position, content)
        head = self._heads.get(entry.writer) or genesis(entry.writer)
        if why := fault(entry, entry.writer, entry.wseq, head):
            raise self._unfit(position, entry, f"its writer's chain breaks here: {why}")
        self._heads[entry.writer] = entry.hash

    def _unfit(self, position: int, entry: StoredEntry, reason: str) -> Unfit:
        return Unfit(position, reason, parsed(content_of(entry)), entry.operation_id)


def _tells(row: asyncpg.Record, entry: StoredEntry) -> bool:
    """Tell whether the row by which an entry is found says what the entry says.

    The blind index is in no hash and may be erased, in both tables at once.
    """
    told = _told.decode(entry.open)
    consent, _, revision = (told.consent or "").partition("/")
    expected = {name: getattr(told, name) for name in _SAME}
    expected |= {"at": entry.at, "consent": consent or None}
    shown_ = {name: row[f"l_{name}"] for name in _SAME}
    lists = {name: tuple(value) for name, value in shown_.items() if isinstance(value, list)}
    number = row["l_consent_revision"]
    return (
        shown_ | lists == expected
        and (number is None or str(number) == revision)
        and row["l_index"] == entry.index
    )


# ---- what is outside the tree ---------------------------------------------------------------


async def _verify_rest(connection: Connection, erasing: Sequence[int], alarms: int) -> None:
    loose = await connection.fetchrow(_LOOSE)
    if loose:
        raise Invalid(
            reason=f"an entry outside the tree: writer {loose['writer']}, sequence"
            f" {loose['wseq']}, operation {loose['operation_id']}"
        )
    ((waiting, seconds),) = await connection.fetch(_WAITING)
    if seconds > BACKDATED_S:
        raise Invalid(
            reason=f"{waiting} entries are not in the tree yet, the oldest for {seconds:.0f}"
            " seconds: does a hub run?"
        )
    agreement = await connection.fetchrow(_AGREEMENTS)
    if agreement:
        raise Invalid(
            reason=f"agreement {agreement['number']}, revision {agreement['revision']}, is not on"
            " the log with this text"
        )
    treeless = await connection.fetchrow(_TREELESS)
    if treeless:
        raise Invalid(reason=f"position {treeless['position']} of {treeless['year']}: no such tree")
    keyless = await connection.fetchrow(_KEYLESS, erasing)
    if keyless:
        raise Invalid(
            reason=f"position {keyless['position']} of {keyless['year']}: its person's key is gone,"
            " and no order of two officers says why"
        )
    tell({"fits": not alarms, "waiting": waiting, "alarms": alarms})
    if alarms:
        raise Invalid(reason=f"{alarms} alarms when the log was put in order, listed above")
