"""Consents, restrictions and objections: histories that only grow, and their present state."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from hub.errors import Code
from hub.model.consent import (
    ConsentFile,
    ConsentState,
    ConsentTerms,
    Heard,
    Noted,
    Spoken,
    Word,
)
from hub.model.personal_code import PersonalCode
from hub.model.stop import Decided, StopKind, StopState, StopWord
from hub.storage.consent_files import RECORDS, STOPS, records_of, stops_of
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
           CAST(q.each -> 'consent' AS bool) AS consent
    FROM question q, generate_series(1, q.persons) AS n
)
SELECT a.question, a.person, w.record, w.revision, w.speaker, w.state, w.expires_at, s.stopped
FROM asked a
LEFT JOIN LATERAL (
    SELECT DISTINCT ON (e.speaker)
           h.id AS record, h.revision, e.speaker, e.state, e.expires_at
    FROM (
        SELECT h.id, h.revision FROM hub.consent_head h
        WHERE a.consent AND h.token = a.token AND h.recipient = a.recipient
          AND h.purpose = a.purpose AND h.scope = a.scope AND h.agreement = a.agreement
          AND h.agreement_hash = a.agreement_hash AND NOT h.closed
        LIMIT 1
    ) AS h
    JOIN hub.consent_event e ON e.record = h.id
    ORDER BY e.speaker, e.revision DESC
) AS w ON true
LEFT JOIN LATERAL (
    SELECT true AS stopped FROM hub.stop_head s
    WHERE s.token = a.token AND s.active AND s.purpose IN ('', a.purpose)
    LIMIT 1
) AS s ON true
WHERE w.record IS NOT NULL OR s.stopped
"""
SAY: Final = "SELECT record, revision, before, outcome FROM hub.say_consent($1, $2, $3)"
SAY_OF: Final = """
SELECT h.id AS record, e.revision, e.before, e.outcome
FROM hub.consent_head h, LATERAL hub.add_consent_event($1, h.id, $3) AS e
WHERE h.id = $4 AND h.token = $2
"""
WITHDRAW: Final = "SELECT record, revision FROM hub.withdraw_consents($1, $2, $3)"
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
INSERT INTO hub.stop_event
    (token, kind, purpose, state, at, speaker, capacity, agreement, via, operation)
SELECT token, kind, purpose, 'assessed', $4, $5, $6, $7, $8, $9 FROM head RETURNING seq
"""
AFTER: Final = """
WITH head AS (
    UPDATE hub.stop_head SET active = $10
    WHERE token = $1 AND kind = $2 AND purpose = $3 AND active AND (NOT $15 OR $5 = (
        SELECT e.speaker FROM hub.stop_event e
        WHERE e.token = $1 AND e.kind = $2 AND e.purpose = $3 AND e.state = 'assessed'
        ORDER BY e.seq DESC LIMIT 1
    ))
    RETURNING token, kind, purpose
)
INSERT INTO hub.stop_event
    (token, kind, purpose, state, at, speaker, capacity, via, operation,
     reason, institution, officer, told_at)
SELECT token, kind, purpose, $9, $4, $5, $6, $7, $8, $11, $12, $13, $14 FROM head RETURNING seq
"""


_UNDECIDED: Final = (False, None, None, None, None)
"""Not active any more, and nobody gave a reason."""


class _Question(NamedTuple):
    """What one request asks about its persons; ``heeded`` None asks for no consents."""

    terms: ConsentTerms
    subjects: Sequence[PersonalCode]
    heeded: Mapping[PersonalCode, Collection[PersonalCode]] | None

    def told(self) -> Mapping[str, object]:
        """Return the question as the query takes it; its persons come beside it, as tokens."""
        return {
            **_terms(self.terms),
            "consent": self.heeded is not None,
            "persons": len(self.subjects),
        }


class ConsentTable:
    """Implements ``hub.ports.ConsentStore``; persons stand here as keyed tokens."""

    def __init__(self, database: Database, tokens: SubjectTokens) -> None:
        self._database = database
        self._tokens = tokens
        self._line = database.line(IN_FORCE)
        self._settling: Gathering[_Question, Heard] = Gathering(self._settle)

    async def in_force(
        self,
        terms: ConsentTerms,
        subjects: Collection[PersonalCode],
        *,
        heeded: Mapping[PersonalCode, Collection[PersonalCode]] | None,
    ) -> Heard:
        """Answer for all in one query: who is stopped, and who said what.

        Those who ask while a query is under way share the next one; never the one under way,
        which may not see what committed since.

        Raises:
            ServiceUnavailable: ``consent_unavailable``; so do all other methods.
        """
        return await self._settling.join(_Question(terms, list(subjects), heeded))

    async def _settle(self, questions: Sequence[_Question]) -> Sequence[Heard]:
        tokens = [self._tokens.consent(code) for each in questions for code in each.subjects]
        told = orjson.dumps([each.told() for each in questions])
        rows = await self._line.ask(UNAVAILABLE, told.decode(), b"".join(tokens))
        spoken: list[dict[PersonalCode, list[Spoken]]] = [{} for _ in questions]
        stopped: list[set[PersonalCode]] = [set() for _ in questions]
        for question, person, record, revision, speaker, state, expires_at, is_stopped in rows:
            asked = questions[question]
            subject = asked.subjects[person]
            if is_stopped:
                stopped[question].add(subject)
            who = self._heeded(asked, subject, speaker) if record is not None else None
            if who is not None:
                word = Spoken(
                    speaker=who,
                    state=ConsentState(state),
                    expires_at=expires_at,
                    reference=f"{record}/{revision}",
                )
                spoken[question].setdefault(subject, []).append(word)
        return [
            Heard(spoken=known, stopped=frozenset(those))
            for known, those in zip(spoken, stopped, strict=True)
        ]

    def _heeded(
        self, asked: _Question, subject: PersonalCode, speaker: bytes
    ) -> PersonalCode | None:
        """Return whose word it is, of those whose words count for the person."""
        candidates = (asked.heeded or {}).get(subject, ())
        return next((who for who in candidates if self._tokens.consent(who) == speaker), None)

    async def say(
        self,
        subject: PersonalCode,
        terms: ConsentTerms,
        word: Word,
        allowed: Collection[ConsentState],
    ) -> Noted:
        """Say something about the record on these terms, opening it where that is allowed."""
        told = {"id": uuid.uuid4().hex, **_terms(terms), **_word(word, allowed)}
        return _noted(await self._said(SAY, told, subject, word))

    async def say_of(
        self,
        subject: PersonalCode,
        record: str,
        word: Word,
        allowed: Collection[ConsentState],
    ) -> Noted | None:
        """Say something about a record of the person by its id; None where there is none."""
        rows = await self._said(SAY_OF, _word(word, allowed), subject, word, record)
        return _noted(rows) if rows else None

    async def withdraw(self, subject: PersonalCode, agreement: str, word: Word) -> Sequence[str]:
        """Take back what ``word.speaker`` gave under ``agreement``, whatever revision.

        Returns:
            Records and revisions that changed.
        """
        allowed = [state for state in ConsentState if not state.denies and not state.closes]
        told = {"agreement": agreement, **_word(word, allowed)}
        rows = await self._said(WITHDRAW, told, subject, word)
        return [f"{row['record']}/{row['revision']}" for row in rows]

    async def stop(self, subject: PersonalCode, word: StopWord) -> bool:
        """Begin a restriction or objection; False when it stands already."""
        rows = await self._database.fetch(
            UNAVAILABLE,
            STOP,
            *self._stop(subject, word.kind, word.purpose),
            word.at,
            self._tokens.consent(word.speaker or subject),
            word.capacity,
            word.agreement,
            word.via,
            word.operation,
        )
        return bool(rows)

    async def lift(self, subject: PersonalCode, word: StopWord) -> bool:
        """Take one back; False when there was none."""
        speaker = self._tokens.consent(word.speaker or subject)
        said = (word.at, speaker, word.capacity, word.via, word.operation)
        place = self._stop(subject, word.kind, word.purpose)
        rows = await self._database.fetch(
            UNAVAILABLE, AFTER, *place, *said, StopState.LIFTED, *_UNDECIDED, word.own
        )
        return bool(rows)

    async def decide(
        self,
        subject: PersonalCode,
        kind: StopKind,
        purpose: str | None,
        decided: Decided,
        *,
        at: datetime,
        via: str,
    ) -> bool:
        """Record the controller's decision; False when there is nothing to decide on."""
        state = StopState.UPHELD if decided.upheld else StopState.OVERRIDDEN
        place = self._stop(subject, kind, purpose)
        why = (decided.reason, decided.institution, decided.officer, decided.told_at, False)
        said = (at, b"", "controller", via, None)
        rows = await self._database.fetch(
            UNAVAILABLE, AFTER, *place, *said, state, state.stops, *why
        )
        return bool(rows)

    async def show(self, subject: PersonalCode) -> ConsentFile:
        """Return everything kept of one person, ended records included."""
        token = self._tokens.consent(subject)
        events = await self._database.fetch(UNAVAILABLE, RECORDS, token)
        stops = await self._database.fetch(UNAVAILABLE, STOPS, token)
        return ConsentFile(records=records_of(events), stops=stops_of(stops))

    async def _said(
        self,
        statement: str,
        told: Mapping[str, object],
        subject: PersonalCode,
        word: Word,
        *more: object,
    ) -> Sequence[Any]:
        speaker = self._tokens.consent(word.speaker) if word.speaker else b""
        text = orjson.dumps(told, option=orjson.OPT_UTC_Z).decode()
        token = self._tokens.consent(subject)
        return await self._database.fetch(UNAVAILABLE, statement, text, token, speaker, *more)

    def _stop(
        self, subject: PersonalCode, kind: StopKind, purpose: str | None
    ) -> tuple[bytes, str, str]:
        return self._tokens.consent(subject), kind.value, purpose or ""


def _terms(terms: ConsentTerms) -> Mapping[str, object]:
    return {
        "recipient": terms.recipient,
        "purpose": terms.purpose,
        "scope": terms.scope,
        "agreement": terms.agreement,
        "agreement_hash": terms.agreement_hash,
    }


def _word(word: Word, allowed: Collection[ConsentState]) -> Mapping[str, object]:
    """Return a word as SQL takes it; who says it comes beside it, as a token."""
    notice = word.notice
    shown = notice and {
        "version": notice.version,
        "language": notice.language,
        "sha256": notice.sha256,
    }
    return {
        "state": word.state,
        "allowed": sorted(allowed),
        "at": word.at,
        "expires_at": word.expires_at,
        "via": word.via,
        "capacity": word.capacity,
        "operation": word.operation,
        "notice": shown,
        "closes": word.state.closes,
    }


def _noted(rows: Sequence[Any]) -> Noted:
    (row,) = rows
    return Noted(
        reference=f"{row['record']}/{row['revision']}" if row["record"] else "",
        before=ConsentState(row["before"]),
        outcome=row["outcome"],
    )
