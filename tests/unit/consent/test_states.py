"""What a history amounts to."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.consent.states import state_of, terms_of
from hub.model.consent import ConsentEvent, ConsentRecord, ConsentState
from tests.unit.consent.making import LAW, agreement

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def record(*states: ConsentState, expires_at: datetime | None = None) -> ConsentRecord:
    events = [
        ConsentEvent(
            state=state,
            at=NOW - timedelta(days=len(states) - i),
            expires_at=expires_at if state.permits else None,
        )
        for i, state in enumerate(states)
    ]
    return ConsentRecord(id="1", terms=terms_of(agreement()), events=events)


@pytest.mark.parametrize("state", ConsentState)
def test_only_given_and_renewed_permit(state: ConsentState) -> None:
    permits = state in {ConsentState.GIVEN, ConsentState.RENEWED}
    assert state.permits is permits
    assert state_of(record(ConsentState.GIVEN, state), NOW) is state


def test_no_history_is_unknown_and_denies() -> None:
    assert state_of(record(), NOW) is ConsentState.UNKNOWN
    assert not ConsentState.UNKNOWN.permits


def test_time_alone_ends_what_was_given_and_nothing_else() -> None:
    given = record(ConsentState.GIVEN, expires_at=NOW)
    assert state_of(given, NOW - SECOND) is ConsentState.GIVEN
    assert state_of(given, NOW) is ConsentState.EXPIRED
    withdrawn = record(ConsentState.GIVEN, ConsentState.WITHDRAWN, expires_at=NOW)
    assert state_of(withdrawn, NOW + SECOND) is ConsentState.WITHDRAWN


def test_another_revision_is_another_consent() -> None:
    assert terms_of(agreement()) == terms_of(agreement())
    assert terms_of(agreement(hash="cd" * 32)) != terms_of(agreement())
    assert terms_of(agreement(LAW)).scope == ""
