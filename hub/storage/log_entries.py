"""Questions about the log: entries found through what the sequencer wrote beside the tree.

One statement a question, keyset paging, every condition in SQL: what may not be told is never
fetched, so that pages, their ends and the number of statements are those of a log without it.
"""

from collections.abc import Sequence
from typing import Any, Final

import asyncpg

from hub.errors import Code
from hub.model.found import Conditions, FoundEntry, Place
from hub.storage.database import Database

UNAVAILABLE: Final = Code.AUDIT_UNAVAILABLE
WALKED: Final = 5_000
"""Latest refusals that are looked through for a code before its index is asked."""

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

# The tree's order is that of arrival. Replicas' clocks differ by less than half an hour, or they
# would take no token (ten minutes' life, thirty seconds' leeway), so an entry of an hour before
# has arrived before, and one of an hour after, after. The exact instants are compared besides.
_MARGIN: Final = "interval '1 hour'"

_NEAREST: Final = (
    "FROM hub.log_entry n WHERE n.at {0} ORDER BY n.at {1}, n.year {1}, n.position {1} LIMIT 1"
)
_WALKED: Final = (
    "FROM hub.log_entry w WHERE w.decision = 'refused'{}"
    " ORDER BY w.year DESC, w.position DESC OFFSET {} LIMIT 1"
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
WITH page AS MATERIALIZED (
    SELECT {found}, NULL::bytea AS wrapped FROM hub.log_entry e
    WHERE true{conditions}
    ORDER BY e.year DESC, e.position DESC LIMIT {limit}
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

        Codes of refusals alone are looked for among the latest refusals first: of a common code
        the index would bring everything there ever was.

        Raises:
            ServiceUnavailable: ``audit_unavailable``; so where it takes too long.
        """
        if conditions.code is not None and conditions.person is None:
            found = await self._find(conditions, limit, walk=WALKED)
            if len(found) == limit:
                return found
        return await self._find(conditions, limit)

    async def _find(
        self, conditions: Conditions, limit: int, walk: int | None = None
    ) -> Sequence[FoundEntry]:
        statement, arguments = statement_of(conditions, limit, walk)
        rows = await self._database.fetch(UNAVAILABLE, statement, *arguments)
        return [_found(row) for row in rows]


def statement_of(
    conditions: Conditions, limit: int, walk: int | None = None
) -> tuple[str, Sequence[object]]:
    """Return the statement and its arguments; its text never depends on whom it is about.

    Args:
        conditions: What is asked for.
        limit: Rows at most.
        walk: Look among so many latest refusals alone.
    """
    writing = _Writing()
    place = writing.place
    if conditions.person is None:
        head = _EVERYBODY
        named: dict[str, str] = {}
        writing.near(conditions)
    else:
        head = _PERSON
        pairs = [(year, each) for year, known in conditions.person.items() for each in known]
        named = {
            "years": place([year for year, _ in pairs]),
            "indexes": place([index for _, index in pairs]),
        }
    writing.conditions(conditions)
    if walk is not None:
        writing.among_latest(walk, conditions)
    elif conditions.code is not None:
        writing.written.append("e.codes <> '{}'")  # as the index has it
    written = head.format(
        found=_FOUND,
        conditions="".join(f"\n          AND {each}" for each in writing.written),
        limit=place(limit),
        **named,
    )
    return written + _ENTRIES, writing.arguments


class _Writing:
    """A statement under construction: conditions, and the arguments they take."""

    def __init__(self) -> None:
        self.arguments: list[object] = []
        self.written: list[str] = []

    def place(self, argument: object) -> str:
        """Return how the statement names an argument."""
        self.arguments.append(argument)
        return f"${len(self.arguments)}"

    def conditions(self, asked: Conditions) -> None:
        """Write every condition that concerns an entry."""
        place, write = self.place, self.written.append
        if asked.before is not None:
            year, position = asked.before
            write(f"(e.year, e.position) < ({place(year)}, {place(position)})")
        if asked.lookups:
            write("(e.decision = 'disclosed' OR e.decision <> 'consent' AND NOT e.person_acting)")
        if asked.hidden:
            write(f"NOT e.categories && {place(list(asked.hidden))}::text[]")
        self._told(asked)
        for name, comparison in _COMPARED.items():
            if (value := getattr(asked, name)) is not None:
                write(comparison.format(place(value)))

    def near(self, asked: Conditions) -> None:
        """Bound places by instants, so that what lies outside is not walked through."""
        if asked.start is not None:
            early = self._around(f"< {self.place(asked.start)}::timestamptz - {_MARGIN}", "DESC")
            self.written.append(f"(e.year, e.position) > {early}")
        if asked.end is not None:
            late = self._around(f">= {self.place(asked.end)}::timestamptz + {_MARGIN}", "ASC")
            self.written.append(f"(e.year, e.position) < {late}")

    def among_latest(self, count: int, asked: Conditions) -> None:
        """Bound places to those of the latest refusals before the page."""
        before = ""
        if asked.before is not None:
            year, position = asked.before
            before = f" AND (w.year, w.position) < ({self.place(year)}, {self.place(position)})"
        walked = _WALKED.format(before, self.place(count))
        parts = [f"coalesce((SELECT w.{name} {walked}), 0)" for name in ("year", "position")]
        self.written.append("e.decision = 'refused'")
        self.written.append(f"(e.year, e.position) >= ({', '.join(parts)})")

    def _around(self, instant: str, order: str) -> str:
        """Return the place nearest to an instant; all places lie inside where there is none."""
        bounds = (0, -1) if order == "DESC" else (32_767, 2**63 - 1)
        parts = [
            f"coalesce((SELECT n.{name} {_NEAREST.format(instant, order)}), {bound})"
            for name, bound in zip(("year", "position"), bounds, strict=True)
        ]
        return f"({', '.join(parts)})"

    def _told(self, asked: Conditions) -> None:
        """Write what is told to the person, by the revision that each entry names."""
        if asked.told is None:
            return
        numbers, revisions, until = (
            self.place([each[column] for each in asked.told]) for column in range(3)
        )
        listed = (
            f"EXISTS (SELECT FROM unnest({numbers}::text[], {revisions}::int[],"
            f" {until}::timestamptz[]) AS t (agreement, revision, until)"
            " WHERE t.agreement = e.agreement AND t.revision = e.revision AND e.at <= t.until)"
        )
        at_once = "e.visibility = 'immediate' OR " if asked.immediate else ""
        self.written.append(f"({at_once}{listed})")


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
