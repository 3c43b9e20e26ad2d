"""Consents, restrictions and objections: histories that only grow, and their present state."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import asyncpg
import orjson

from hub.errors import Code
from hub.model.consent import (
    ConsentEvent,
    ConsentFile,
    ConsentRecord,
    ConsentState,
    ConsentTerms,
    Stop,
    StopKind,
)
from hub.model.decision import Consented
from hub.model.personal_code import PersonalCode
from hub.storage.database import Database
from hub.storage.gathering import Gathering
from hub.storage.tokens import SubjectTokens

UNAVAILABLE: Final = Code.CONSENT_UNAVAILABLE

# one look into each index per person: the limits keep it so, whatever is estimated
IN_FORCE: Final = """
WITH question AS (
    SELECT q.each, q.position, CAST(q.each -> 'persons' AS int) AS persons,
           sum(CAST(q.each -> 'persons' AS int)) OVER (ORDER BY q.position) AS reached
    FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS q (each, position)
), asked AS (
    SELECT q.position - 1 AS question, n - 1 AS person,
           substr($2::bytea, CAST(q.reached - q.persons + n AS int) * 32 - 31, 32) AS token,
           q.each ->> 'recipient' AS recipient, q.each ->> 'purpose' AS purpose,
           q.each ->> 'scope' AS scope, q.each ->> 'agreement' AS agreement,
           q.each ->> 'agreement_hash' AS agreement_hash,
           CAST(q.each ->> 'at' AS timestamptz) AS at, CAST(q.each -> 'consent' AS bool) AS consent
    FROM question q, generate_series(1, q.persons) AS n
)
SELECT a.question, a.person, h.id AS record, s.stopped
FROM asked a
LEFT JOIN LATERAL (
    SELECT h.id FROM hub.consent_head h
    WHERE a.consent AND h.token = a.token AND h.recipient = a.recipient AND h.purpose = a.purpose
      AND h.scope = a.scope AND h.agreement = a.agreement AND h.agreement_hash = a.agreement_hash
      AND h.state IN ('given', 'renewed') AND (h.expires_at IS NULL OR h.expires_at > a.at)
    LIMIT 1
) AS h ON true
LEFT JOIN LATERAL (
    SELECT true AS stopped FROM hub.stop_head s
    WHERE s.token = a.token AND s.active AND s.purpose IN ('', a.purpose)
    LIMIT 1
) AS s ON true
WHERE h.id IS NOT NULL OR s.stopped
"""
GIVE: Final = """
WITH head AS (
    INSERT INTO hub.consent_head
        (id, token, recipient, purpose, scope, agreement, agreement_hash, state, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'given', $8)
    ON CONFLICT (token, recipient, purpose, scope, agreement, agreement_hash)
        WHERE state IN ('given', 'renewed')
    DO UPDATE SET state = 'renewed', expires_at = excluded.expires_at
    RETURNING id, state
), event AS (
    INSERT INTO hub.consent_event (record, state, at, expires_at, via)
    SELECT id, state, $9, $8, $10 FROM head
)
SELECT id FROM head
"""
# INVARIANT: the head's lock is held until commit, and entries citing it hold it shared until
# theirs: a withdrawal is before the entry, which is then refused, or after it, never beside it
WITHDRAW: Final = """
WITH standing AS (
    SELECT id FROM hub.consent_head
    WHERE token = $1 AND agreement = $2 AND state IN ('given', 'renewed')
    ORDER BY id FOR UPDATE
), head AS (
    UPDATE hub.consent_head h SET state = $3 FROM standing WHERE h.id = standing.id
    RETURNING h.id, h.state
), event AS (
    INSERT INTO hub.consent_event (record, state, at, via) SELECT id, state, $4, $5 FROM head
)
SELECT id FROM head ORDER BY id
"""
# the lock excludes every append that looks for restrictions (``append_batch``)
STOP: Final = """
WITH gate AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(1986948963)
), head AS (
    INSERT INTO hub.stop_head AS h (token, kind, purpose, active)
    SELECT $1, $2, $3, true FROM gate
    ON CONFLICT (token, kind, purpose) DO UPDATE SET active = true WHERE NOT h.active
    RETURNING token, kind, purpose
)
INSERT INTO hub.stop_event (token, kind, purpose, begins, at)
SELECT token, kind, purpose, true, $4 FROM head
"""
LIFT: Final = """
WITH head AS (
    UPDATE hub.stop_head SET active = false
    WHERE token = $1 AND kind = $2 AND purpose = $3 AND active
    RETURNING token, kind, purpose
)
INSERT INTO hub.stop_event (token, kind, purpose, begins, at)
SELECT token, kind, purpose, false, $4 FROM head RETURNING seq
"""
RECORDS: Final = """
SELECT h.id, h.recipient, h.purpose, h.scope, h.agreement, h.agreement_hash,
       e.state, e.at, e.expires_at, e.via
FROM hub.consent_head h JOIN hub.consent_event e ON e.record = h.id
WHERE h.token = $1 ORDER BY min(e.seq) OVER (PARTITION BY h.id), e.seq
"""
STOPS: Final = "SELECT kind, purpose, begins, at FROM hub.stop_event WHERE token = $1 ORDER BY seq"


class _Question(NamedTuple):
    """What one request asks about its persons."""

    terms: ConsentTerms
    subjects: Sequence[PersonalCode]
    at: datetime
    consent: bool

    def told(self) -> Mapping[str, object]:
        """Return the question as the query takes it; its persons come beside it, as tokens."""
        terms = self.terms
        return {
            "recipient": terms.recipient,
            "purpose": terms.purpose,
            "scope": terms.scope,
            "agreement": terms.agreement,
            "agreement_hash": terms.agreement_hash,
            "at": self.at,
            "consent": self.consent,
            "persons": len(self.subjects),
        }


class ConsentTable:
    """Implements ``hub.ports.ConsentStore``; persons stand here as keyed tokens."""

    def __init__(self, database: Database, tokens: SubjectTokens) -> None:
        self._database = database
        self._tokens = tokens
        self._line = database.line(IN_FORCE)
        self._settling: Gathering[_Question, Consented] = Gathering(self._settle)

    async def in_force(
        self,
        terms: ConsentTerms,
        subjects: Collection[PersonalCode],
        at: datetime,
        *,
        consent: bool,
    ) -> Consented:
        """Answer for all in one query: who is stopped and, with ``consent``, who consents.

        Those who ask while a query is under way share the next one; never the one under way,
        which may not see what committed since.

        Raises:
            ServiceUnavailable: ``consent_unavailable``; so do all other methods.
        """
        return await self._settling.join(_Question(terms, list(subjects), at, consent))

    async def _settle(self, questions: Sequence["_Question"]) -> Sequence[Consented]:
        tokens = [self._tokens.consent(code) for each in questions for code in each.subjects]
        told = orjson.dumps([each.told() for each in questions], option=orjson.OPT_UTC_Z)
        rows = await self._line.ask(UNAVAILABLE, told.decode(), b"".join(tokens))
        records: list[dict[PersonalCode, str]] = [{} for _ in questions]
        stopped: list[set[PersonalCode]] = [set() for _ in questions]
        for question, person, record, is_stopped in rows:
            subject = questions[question].subjects[person]
            if record is not None:
                records[question][subject] = record
            if is_stopped:
                stopped[question].add(subject)
        return [
            Consented(records=known, restricted=frozenset(those))
            for known, those in zip(records, stopped, strict=True)
        ]

    async def give(
        self, subject: PersonalCode, terms: ConsentTerms, event: ConsentEvent
    ) -> ConsentRecord:
        """Open a record, or renew the one in force on the same terms; one statement."""
        rows = await self._database.fetch(
            UNAVAILABLE,
            GIVE,
            uuid.uuid4().hex,
            self._tokens.consent(subject),
            *_columns(terms),
            event.expires_at,
            event.at,
            event.via,
        )
        records = (await self.show(subject)).records
        return next(record for record in records if record.id == rows[0]["id"])

    async def withdraw(
        self, subject: PersonalCode, agreement: str, event: ConsentEvent
    ) -> Sequence[str]:
        """End what the person gave under ``agreement``, whatever revision; one statement."""
        token = self._tokens.consent(subject)
        rows = await self._database.fetch(
            UNAVAILABLE, WITHDRAW, token, agreement, event.state.value, event.at, event.via
        )
        return [row["id"] for row in rows]

    async def stop(self, subject: PersonalCode, stop: Stop) -> None:
        """Begin a restriction or objection; beginning it twice changes nothing."""
        token = self._tokens.consent(subject)
        await self._database.fetch(
            UNAVAILABLE, STOP, token, stop.kind.value, stop.purpose or "", stop.begun_at
        )

    async def lift(
        self, subject: PersonalCode, kind: StopKind, purpose: str | None, at: datetime
    ) -> bool:
        """End one; False when there was none."""
        token = self._tokens.consent(subject)
        rows = await self._database.fetch(UNAVAILABLE, LIFT, token, kind.value, purpose or "", at)
        return bool(rows)

    async def show(self, subject: PersonalCode) -> ConsentFile:
        """Return everything kept of one person, ended records included."""
        token = self._tokens.consent(subject)
        events = await self._database.fetch(UNAVAILABLE, RECORDS, token)
        stops = await self._database.fetch(UNAVAILABLE, STOPS, token)
        return ConsentFile(records=_records(events), stops=_stops(stops))


def _columns(terms: ConsentTerms) -> tuple[str, str, str, str, str]:
    return terms.recipient, terms.purpose, terms.scope, terms.agreement, terms.agreement_hash


def _records(rows: Sequence[asyncpg.Record]) -> list[ConsentRecord]:
    events: dict[str, list[ConsentEvent]] = {}
    terms: dict[str, ConsentTerms] = {}
    for row in rows:
        terms[row["id"]] = ConsentTerms(
            recipient=row["recipient"],
            purpose=row["purpose"],
            scope=row["scope"],
            agreement=row["agreement"],
            agreement_hash=row["agreement_hash"],
        )
        events.setdefault(row["id"], []).append(
            ConsentEvent(
                state=ConsentState(row["state"]),
                at=row["at"],
                expires_at=row["expires_at"],
                via=row["via"],
            )
        )
    return [ConsentRecord(id=id_, terms=terms[id_], events=told) for id_, told in events.items()]


def _stops(rows: Sequence[asyncpg.Record]) -> list[Stop]:
    """Pair beginnings with ends; of each kind and purpose they alternate."""
    begun: dict[tuple[str, str], datetime] = {}
    ended: list[Stop] = []
    for row in rows:
        key = (row["kind"], row["purpose"])
        if row["begins"]:
            begun[key] = row["at"]
        else:
            ended.append(_stop(key, begun.pop(key), row["at"]))
    return [*ended, *(_stop(key, at, None) for key, at in begun.items())]


def _stop(key: tuple[str, str], begun_at: datetime, lifted_at: datetime | None) -> Stop:
    kind, purpose = key
    return Stop(
        kind=StopKind(kind), purpose=purpose or None, begun_at=begun_at, lifted_at=lifted_at
    )
