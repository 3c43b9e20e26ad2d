"""What a consent record's history amounts to, and which steps it allows."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from hub.model.agreement import Agreement
from hub.model.consent import ConsentRecord, ConsentState, ConsentTerms, Notice, Spoken
from hub.model.personal_code import PersonalCode
from hub.ports.words import FieldWords

_ASKED: Final = {ConsentState.UNKNOWN, ConsentState.REQUESTED, ConsentState.DEFERRED}
_NO: Final = {ConsentState.REFUSED, ConsentState.WITHDRAWN}
_YES: Final = {ConsentState.GIVEN, ConsentState.RENEWED}
_OPEN: Final = _ASKED | _NO | _YES

ALLOWED: Final[Mapping[ConsentState, frozenset[ConsentState]]] = MappingProxyType(
    {
        ConsentState.REQUESTED: frozenset(_ASKED | _NO),
        ConsentState.DEFERRED: frozenset({ConsentState.REQUESTED, ConsentState.DEFERRED}),
        ConsentState.REFUSED: frozenset(_ASKED | _NO),
        ConsentState.GIVEN: frozenset(_ASKED | _NO | _YES),
        ConsentState.WITHDRAWN: frozenset(_YES | {ConsentState.WITHDRAWN}),
        ConsentState.REVOKED: frozenset(_YES),
        ConsentState.INVALIDATED: frozenset(_OPEN - {ConsentState.UNKNOWN}),
    }
)
"""From which last words each may be said. Given again where it is given already, it is renewed;
what expired by time can be renewed or withdrawn; nothing follows what closes a record.

Source: states of DPV 2.3 and ISO/IEC TS 27560; decision 0330.
"""
_NOTICE: Final = MappingProxyType(
    {
        "lv": (
            "{} lūdz jūsu piekrišanu.",
            "Nolūks: {}.",
            "Dati, ko izsniegtu:",
            (
                "Piekrišanu varat atsaukt jebkurā laikā un tikpat vienkārši, kā to dodat. "
                "Līdz tam izdarītais paliek likumīgs."
            ),
        ),
        "en": (
            "{} asks for your consent.",
            "Purpose: {}.",
            "Data it would be given:",
            (
                "You may withdraw your consent at any time, as easily as you give it. "
                "What was done until then stays lawful."
            ),
        ),
    }
)
"""What stands around recipient, purpose and data."""


def state_of(record: ConsentRecord, at: datetime) -> ConsentState:
    """Return the record's state at an instant; one without a history is ``unknown``, and denies.

    Where several speak for a person, it is the last word of all; what disclosures may rest on is
    ``rests_on``.

    Args:
        record: With its events, oldest first.
        at: Aware UTC instant, not before the last event.

    Source: ISO/IEC TS 27560; expiry is a matter of time and needs no event.
    """
    if not record.events:
        return ConsentState.UNKNOWN
    last = record.events[-1]
    return _expired(last.state, last.expires_at, at)


def rests_on(
    words: Iterable[Spoken], speakers: Collection[PersonalCode], at: datetime
) -> str | None:
    """Return the record and revision on which a disclosure may rest; None denies.

    Args:
        words: Last words of those who may speak, and of the person.
        speakers: Whose yes counts now.
        at: Aware UTC instant.

    Source: decision 0332: a no outweighs the yes of another; nobody speaks for who may speak.
    """
    said = list(words)
    if any(word.state.denies for word in said):
        return None
    given = (
        word.reference
        for word in said
        if word.speaker in speakers and _expired(word.state, word.expires_at, at).permits
    )
    return next(given, None)


def terms_of(agreement: Agreement) -> ConsentTerms:
    """Return what a person agrees to who consents to this very revision."""
    return ConsentTerms(
        recipient=agreement.recipient,
        purpose=agreement.purpose,
        scope=agreement.consent_scope or "",
        agreement=agreement.number,
        agreement_hash=agreement.hash,
    )


def notice_text(agreement: Agreement, language: str, words: FieldWords) -> str:
    """Return what is shown to who is asked: recipient, purpose, the data line by line, the right.

    Data stand in words below the register that holds them, no names of the schema among them.

    Source: GDPR 7(2) and 12(1), plain language; 7(3), told of the right to withdraw before
    consenting; EDPB 05/2020, 64.
    """
    asked, purpose, data, right = _NOTICE[language]
    recipient, purpose_told = (
        (agreement.recipient_lv, agreement.purpose_lv)
        if language == "lv"
        else (agreement.recipient_en, agreement.purpose_en)
    )
    lines = [asked.format(recipient), purpose.format(purpose_told), data]
    for group in words.groups(agreement.fields):
        lines.append(f"{group.register.of(language)}:")
        lines += [f"- {each.of(language)}" for each in group.fields]
    return "\n".join([*lines, right])


def notice_of(agreement: Agreement, language: str, words: FieldWords) -> Notice:
    """Return version and hash of what is shown."""
    text = notice_text(agreement, language, words)
    return Notice(
        version=f"{agreement.number}/{agreement.revision}",
        language=language,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _expired(state: ConsentState, expires_at: datetime | None, at: datetime) -> ConsentState:
    if state.permits and expires_at is not None and expires_at <= at:
        return ConsentState.EXPIRED
    return state
