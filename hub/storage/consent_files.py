"""Everything kept of one person's consents, restrictions and objections, from rows."""

from collections.abc import Sequence
from typing import Final

import asyncpg
import orjson

from hub.model.consent import ConsentEvent, ConsentRecord, ConsentState, ConsentTerms, Notice
from hub.model.stop import Decided, Stop, StopEvent, StopKind, StopState

RECORDS: Final = """
SELECT h.id, h.recipient, h.purpose, h.scope, h.agreement, h.agreement_hash,
       e.state, e.at, e.expires_at, e.via, e.revision, e.speaker, e.capacity, e.operation,
       CAST(e.notice AS text) AS notice
FROM hub.consent_head h JOIN hub.consent_event e ON e.record = h.id
WHERE h.token = $1 ORDER BY min(e.seq) OVER (PARTITION BY h.id), e.revision
"""
STOPS: Final = """
SELECT kind, purpose, state, at, agreement, via, operation, reason, institution, officer, told_at
FROM hub.stop_event WHERE token = $1 ORDER BY seq
"""


def records_of(rows: Sequence[asyncpg.Record]) -> list[ConsentRecord]:
    """Return records from ``RECORDS``, the oldest first."""
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
        events.setdefault(row["id"], []).append(_event(row))
    return [ConsentRecord(id=id_, terms=terms[id_], events=told) for id_, told in events.items()]


def _event(row: asyncpg.Record) -> ConsentEvent:
    return ConsentEvent(
        state=ConsentState(row["state"]),
        at=row["at"],
        expires_at=row["expires_at"],
        via=row["via"],
        revision=row["revision"],
        speaker=row["speaker"],
        capacity=row["capacity"],
        operation=row["operation"],
        notice=Notice(**orjson.loads(row["notice"])) if row["notice"] else None,
    )


def stops_of(rows: Sequence[asyncpg.Record]) -> list[Stop]:
    """Return restrictions and objections from ``STOPS``: the ended first, then what stands.

    Of each kind and purpose one stands at most; what follows its beginning belongs to it.
    """
    standing: dict[tuple[str, str], Stop] = {}
    ended: list[Stop] = []
    for row in rows:
        key = (row["kind"], row["purpose"])
        event = _stop_event(row)
        if event.state is StopState.ASSESSED:
            standing[key] = Stop(
                kind=StopKind(row["kind"]),
                purpose=row["purpose"] or None,
                agreement=row["agreement"],
                events=(event,),
            )
            continue
        begun = standing.pop(key)
        grown = Stop(
            kind=begun.kind,
            purpose=begun.purpose,
            agreement=begun.agreement,
            events=(*begun.events, event),
        )
        if event.state.stops:
            standing[key] = grown
        else:
            ended.append(grown)
    return [*ended, *standing.values()]


def _stop_event(row: asyncpg.Record) -> StopEvent:
    state = StopState(row["state"])
    decided = state in {StopState.UPHELD, StopState.OVERRIDDEN}
    return StopEvent(
        state=state,
        at=row["at"],
        via=row["via"],
        operation=row["operation"],
        decided=Decided(
            upheld=state is StopState.UPHELD,
            reason=row["reason"],
            institution=row["institution"],
            officer=row["officer"],
            told_at=row["told_at"],
        )
        if decided
        else None,
    )
