"""What a consent record's history amounts to."""

from datetime import datetime

from hub.model.agreement import Agreement
from hub.model.consent import ConsentRecord, ConsentState, ConsentTerms


def state_of(record: ConsentRecord, at: datetime) -> ConsentState:
    """Return the record's state at an instant; one without a history is ``unknown``, and denies.

    Args:
        record: With its events, oldest first.
        at: Aware UTC instant, not before the last event.

    Source: ISO/IEC TS 27560; expiry is a matter of time and needs no event.
    """
    if not record.events:
        return ConsentState.UNKNOWN
    last = record.events[-1]
    if last.state.permits and last.expires_at is not None and last.expires_at <= at:
        return ConsentState.EXPIRED
    return last.state


def terms_of(agreement: Agreement) -> ConsentTerms:
    """Return what a person agrees to who consents to this very revision."""
    return ConsentTerms(
        recipient=agreement.recipient,
        purpose=agreement.purpose,
        scope=agreement.consent_scope or "",
        agreement=agreement.number,
        agreement_hash=agreement.hash,
    )
