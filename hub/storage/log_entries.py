"""Questions about the log: entries found through what the sequencer wrote beside the tree.

One statement a question, keyset paging, every condition in SQL: what may not be told is never
fetched, so that pages, their ends and the number of statements are those of a log without it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from hub.errors import Code
from hub.model.found import Conditions, FoundEntry, Place
from hub.storage.database import Database

UNAVAILABLE: Final = Code.AUDIT_UNAVAILABLE

COLUMNS: Final = (
    "decision",
    "client",
    "recipient",
    "agreement",
    "revision",
    "visibility",
    "person_acting",
)
"""What is shown to agree with the entry itself before anybody is told."""
_FOUND: Final = ", ".join(
    ("year", "position", "writer", "wseq", "at", "operation_id", "index", *COLUMNS)
)
_COMPARED: Final = {
    "start": "e.at >= {}::timestamptz",
    "end": "e.at < {}::timestamptz",
    "recipient": "e.recipient = {}",
    "official": "e.official = {}",
    "case": 'e."case" = {}',
    "agreement": "e.agreement = {}",
    "client": "e.client = {}",
    "purpose": "e.purpose = {}",
    "consent": "e.consent = {}",
    "decision": "e.decision = {}",
    "operation_id": "e.operation_id = {}",
    "register": "e.registers @> ARRAY[{}::text]",
    "category": "e.categories @> ARRAY[{}::text]",
    "code": "e.codes @> ARRAY[{}::text]",
}
"""By name in ``Conditions``; each is served by an index of ``hub.log_entry``."""
_LISTED: Final = {
    "code": ("codes", " AND {0}.codes <> '{{}}'"),  # as its index has it
    "register": ("registers", ""),
    "category": ("categories", ""),
}
"""Conditions on what an entry lists: the column, and which rows its index has."""
_ALONE: Final = frozenset({"recipient", "start", "end"})
"""Conditions under which entries are still read set by set: others have a better index."""

# The tree's order is that of arrival. Replicas' clocks differ by less than half an hour, or they
# would take no token (ten minutes' life, thirty seconds' leeway), so an entry of an hour before
# has arrived before, and one of an hour after, after. The exact instants are compared besides.
_MARGIN: Final = "interval '1 hour'"

_FIRST: Final = "0, -1"
_LAST: Final = "32767, 9223372036854775807"
_NEAREST: Final = (
    "FROM hub.log_entry n WHERE n.at {0} ORDER BY n.at {1}, n.year {1}, n.position {1} LIMIT 1"
)
_PERSON: Final = """
WITH person AS MATERIALIZED (
    SELECT q.year, q.index, k.wrapped
    FROM unnest({years}::smallint[], {indexes}::bytea[]) AS q (year, index)
    JOIN hub.subject_key k ON k.year = q.year AND k.index = q.index
), page AS MATERIALIZED (
    SELECT found.*, person.wrapped
    FROM person CROSS JOIN LATERAL (
        SELECT {found} FROM hub.log_entry e
        WHERE e.index = person.index AND e.year = person.year{conditions}
        ORDER BY e.position DESC LIMIT {limit}
    ) AS found
    ORDER BY year DESC, position DESC LIMIT {limit}
)
"""
_EVERYBODY: Final = """
WITH RECURSIVE {sets}page AS MATERIALIZED (
    SELECT {found}, NULL::bytea AS wrapped FROM hub.log_entry e
    WHERE true{conditions}
    ORDER BY e.year DESC, e.position DESC LIMIT {limit}
)
"""

# No index has a list's members in order. But entries list the same few sets again and again: the
# index of a column is by set and recipient, then place. Its keys are gone through by leaps, one
# row of each is looked at, and the newest of each set that will do are merged: as many heads are
# read as make a page, of which the oldest bounds what else is. What is read grows with the number
# of sets, and never with that of entries (decision 0323).
_KEY: Final = "hash_array_extended(array_append({0}.{1}, {0}.recipient), 0)"
_SETS: Final = """leapt AS (
    (SELECT {key} AS key, w.{column}, w.recipient FROM hub.log_entry w
     WHERE true{had} ORDER BY key LIMIT 1)
    UNION ALL
    SELECT next.* FROM leapt CROSS JOIN LATERAL (
        SELECT {key} AS key, w.{column}, w.recipient FROM hub.log_entry w
        WHERE {key} > leapt.key{had} ORDER BY key LIMIT 1
    ) AS next
), sets AS MATERIALIZED (
    SELECT e.key FROM leapt e WHERE true{conditions}
), """
# INVARIANT: ordered by the key too, which is the same for all rows: only its index has that order
_BY_SET: Final = """
WITH RECURSIVE {sets}heads AS MATERIALIZED (
    SELECT sets.key, head.year, head.position
    FROM sets CROSS JOIN LATERAL (
        SELECT e.year, e.position FROM hub.log_entry e
        WHERE ({key}, e.year, e.position) < (sets.key, {upper})
          AND ({key}, e.year, e.position) >= (sets.key, {lower}){had}{conditions}
        ORDER BY {key} DESC, e.year DESC, e.position DESC
        LIMIT (SELECT 1 + 2 * {limit}::bigint / greatest(count(*), 1) FROM sets)
    ) AS head
), oldest AS MATERIALIZED (
    SELECT year, position FROM heads
    ORDER BY year DESC, position DESC OFFSET {limit}::bigint - 1 LIMIT 1
), bound AS MATERIALIZED (
    SELECT year, position FROM oldest
    UNION ALL SELECT {lower} WHERE NOT EXISTS (SELECT FROM oldest)
), page AS MATERIALIZED (
    SELECT found.*, NULL::bytea AS wrapped
    FROM (
        SELECT DISTINCT h.key, b.year, b.position
        FROM heads h JOIN bound b ON (h.year, h.position) >= (b.year, b.position)
    ) AS s CROSS JOIN LATERAL (
        SELECT {found} FROM hub.log_entry e
        WHERE ({key}, e.year, e.position) < (s.key, {upper})
          AND ({key}, e.year, e.position) >= (s.key, s.year, s.position){had}{conditions}
        ORDER BY {key} DESC, e.year DESC, e.position DESC LIMIT {limit}
    ) AS found
    ORDER BY year DESC, position DESC LIMIT {limit}
)
"""
_ENTRIES: Final = """
SELECT page.*, a.open, a.sealed
FROM page
JOIN hub.access_entry a ON a.writer = page.writer AND a.wseq = page.wseq AND a.at = page.at
ORDER BY page.year DESC, page.position DESC
"""
ENTERED: Final = """
SELECT open, count(*) OVER () AS entries FROM hub.access_entry
WHERE operation_id = $1 ORDER BY wseq LIMIT 1
"""


class LogEntries:
    """Implements ``hub.ports.accountability.EntryStore``.

    Args:
        database: Best one of its own, so that no question holds up requests; its patience bounds
            every statement.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def years(self) -> Sequence[int]:
        """Return the years that have a log, oldest first."""
        rows = await self._database.fetch(
            UNAVAILABLE, "SELECT year FROM hub.log_head ORDER BY year"
        )
        return [row["year"] for row in rows]

    async def entered(self, operation_id: str) -> tuple[str, int] | None:
        """Return the open part of an operation's first entry, and how many entries it has."""
        rows = await self._database.fetch(UNAVAILABLE, ENTERED, operation_id)
        return (rows[0]["open"], rows[0]["entries"]) if rows else None

    async def find(self, conditions: Conditions, limit: int) -> Sequence[FoundEntry]:
        """Return entries, newest first; one statement, whatever is found.

        Raises:
            ServiceUnavailable: ``audit_unavailable``; so where it takes too long.
        """
        statement, arguments = statement_of(conditions, limit)
        rows = await self._database.fetch(UNAVAILABLE, statement, *arguments)
        return [_found(row) for row in rows]


def statement_of(conditions: Conditions, limit: int) -> tuple[str, Sequence[object]]:
    """Return the statement and its arguments; its text never depends on whom it is about.

    Args:
        conditions: What is asked for.
        limit: Rows at most.
    """
    writing = _Writing()
    if conditions.person is not None:
        head = writing.about_person(conditions.person, conditions, limit)
    elif listed := next((name for name in _LISTED if getattr(conditions, name) is not None), None):
        head = writing.by_set(listed, conditions, limit)
    else:
        head = writing.about_everybody(conditions, limit)
    return head + _ENTRIES, writing.arguments


class _Writing:
    """A statement under construction, and the arguments it takes."""

    def __init__(self) -> None:
        self.arguments: list[object] = []

    def place(self, argument: object) -> str:
        """Return how the statement names an argument."""
        self.arguments.append(argument)
        return f"${len(self.arguments)}"

    def about_person(
        self, person: Mapping[int, Sequence[bytes]], asked: Conditions, limit: int
    ) -> str:
        """Return how one person's entries are found."""
        pairs = [(year, each) for year, known in person.items() for each in known]
        before = [f"(e.year, e.position) < ({self._upper(asked)})"] if asked.before else []
        return _PERSON.format(
            years=self.place([year for year, _ in pairs]),
            indexes=self.place([index for _, index in pairs]),
            found=_FOUND,
            conditions=_all(before + self._conditions(asked)),
            limit=self.place(limit),
        )

    def about_everybody(
        self, asked: Conditions, limit: int, sets: str = "", more: Sequence[str] = ()
    ) -> str:
        """Return how entries are found, newest first, among whatever fits any index."""
        bounds = [
            f"(e.year, e.position) < ({self._upper(asked)})",
            f"(e.year, e.position) > ({self._lower(asked)})",
        ]
        return _EVERYBODY.format(
            sets=sets,
            found=_FOUND,
            conditions=_all([*more, *bounds, *self._conditions(asked)]),
            limit=self.place(limit),
        )

    def by_set(self, name: str, asked: Conditions, limit: int) -> str:
        """Return how entries are found that list something: set by set, or not at all.

        Where something else narrows them down, the sets only tell whether there can be any.
        """
        column, had = _LISTED[name]
        wanted = {each: getattr(asked, each) for each in (name, "recipient")}
        sets = _SETS.format(
            column=column,
            key=_KEY.format("w", column),
            had=had.format("w"),
            conditions=_all(self._compared(wanted)),
        )
        others = set(_COMPARED) - set(_LISTED) - _ALONE
        if any(getattr(asked, each) is not None for each in others):
            return self.about_everybody(asked, limit, sets, ["EXISTS (SELECT FROM sets)"])
        return _BY_SET.format(
            sets=sets,
            found=_FOUND,
            key=_KEY.format("e", column),
            upper=self._upper(asked),
            lower=self._lower(asked),
            had=had.format("e"),
            # "IS TRUE" keeps other indexes out, which would bring all that they have of these
            conditions=_all([f"({each}) IS TRUE" for each in self._conditions(asked)]),
            limit=self.place(limit),
        )

    def _conditions(self, asked: Conditions) -> list[str]:
        """Return every condition that concerns an entry and not its place."""
        written: list[str] = []
        if asked.lookups:
            told = "(e.decision = 'disclosed' OR e.decision <> 'consent' AND NOT e.person_acting)"
            written.append(told)
        if asked.hidden:
            written.append(f"NOT e.categories && {self.place(list(asked.hidden))}::text[]")
        written += self._told(asked)
        return written + self._compared({name: getattr(asked, name) for name in _COMPARED})

    def _compared(self, wanted: Mapping[str, object]) -> list[str]:
        return [
            _COMPARED[name].format(self.place(value))
            for name, value in wanted.items()
            if value is not None
        ]

    def _upper(self, asked: Conditions) -> str:
        """Return the place before which entries are asked for; the last page lies before all."""
        if asked.before is not None:
            year, position = asked.before
            return f"{self.place(year)}, {self.place(position)}"
        if asked.end is None:
            return _LAST
        return self._around(f">= {self.place(asked.end)}::timestamptz + {_MARGIN}", "ASC")

    def _lower(self, asked: Conditions) -> str:
        """Return the place after which entries are asked for."""
        if asked.start is None:
            return _FIRST
        return self._around(f"< {self.place(asked.start)}::timestamptz - {_MARGIN}", "DESC")

    def _around(self, instant: str, order: str) -> str:
        """Return the place nearest to an instant; all places lie inside where there is none."""
        bounds = (_FIRST if order == "DESC" else _LAST).split(", ")
        parts = [
            f"coalesce((SELECT n.{name} {_NEAREST.format(instant, order)}), {bound})"
            for name, bound in zip(("year", "position"), bounds, strict=True)
        ]
        return ", ".join(parts)

    def _told(self, asked: Conditions) -> list[str]:
        """Return what is told to the person, by the revision that each entry names."""
        if asked.told is None:
            return []
        numbers, revisions, until = (
            self.place([each[column] for each in asked.told]) for column in range(3)
        )
        listed = (
            f"EXISTS (SELECT FROM unnest({numbers}::text[], {revisions}::int[],"
            f" {until}::timestamptz[]) AS t (agreement, revision, until)"
            " WHERE t.agreement = e.agreement AND t.revision = e.revision AND e.at <= t.until)"
        )
        at_once = "e.visibility = 'immediate' OR " if asked.immediate else ""
        return [f"({at_once}{listed})"]


def _all(conditions: Sequence[str]) -> str:
    return "".join(f"\n          AND {each}" for each in conditions)


def _found(row: asyncpg.Record) -> FoundEntry:
    values: dict[str, Any] = dict(row)
    return FoundEntry(
        place=Place(values["year"], values["position"]),
        operation_id=values["operation_id"],
        at=values["at"],
        columns={name: values[name] for name in COLUMNS},
        open=values["open"],
        sealed=values["sealed"],
        index=values["index"],
        wrapped=values["wrapped"],
    )
