"""A record as ISO/IEC TS 27560 and DPV's guide have it."""

import json
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from hub.app.words import published_words
from hub.consent.export import categories_of, receipt_of, record_of
from hub.consent.states import notice_of, terms_of
from hub.model.catalogue import SENSITIVITY_OF, Catalogue, Category, Field, FieldId
from hub.model.consent import RECIPIENT, ConsentEvent, ConsentRecord, ConsentState
from tests.unit.consent.making import agreement

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
S = ConsentState
MANDATORY = [
    "dct:conformsTo",
    "dct:identifier",
    "dpv:hasDataSubject",
    "dpv:hasNotice",
    "dpv:hasProcess",
    "dpv:hasRecipient",
    "dpv:hasConsentStatus",
    "dpv:hasActivity",
]
PROCESS = [
    "dpv:hasPurpose",
    "dpv:hasLegalBasis",
    "dpv:hasPersonalData",
    "dpv:hasDataController",
    "dpv:hasJurisdiction",
    "dpv:hasStorageCondition",
    "dpv:hasConsentControl",
]
EVENT = ["dct:date", "dpv:isImplementedByEntity", "dpv:hasLegalBasis", "dpv:hasConsentStatus"]


def event(revision: int, state: ConsentState, **changes: Any) -> ConsentEvent:  # noqa: ANN401 — any attribute
    told = {"notice": notice_of(agreement(), "lv", published_words(None)), **changes}
    return ConsentEvent(state=state, at=NOW, revision=revision, **told)


RECORD = ConsentRecord(
    id="f" * 32,
    terms=terms_of(agreement()),
    events=[
        event(1, S.REQUESTED, capacity=RECIPIENT),
        event(2, S.GIVEN, capacity="PARENT", speaker=b"\1" * 32, operation="a" * 32),
        event(3, S.WITHDRAWN, notice=None),
    ],
)


def test_what_the_guide_demands_is_there() -> None:
    told = record_of(RECORD, agreement(), [Category.HEALTH, Category.ADMINISTRATIVE], NOW)
    assert not [name for name in MANDATORY if not told.get(name)]
    process = told["dpv:hasProcess"]
    assert not [name for name in PROCESS if not process.get(name)]
    for each in told["dpv:hasActivity"]:
        assert not [name for name in EVENT if not each.get(name)]
    assert [each["@type"] for each in process["dpv:hasPersonalData"]] == [
        "dpv:SpecialCategoryPersonalData",
        "dpv:PersonalData",
    ]
    assert [each["dpv:hasConsentStatus"] for each in told["dpv:hasActivity"]] == [
        "dpv:ConsentRequested",
        "dpv:ConsentGiven",
        "dpv:ConsentWithdrawn",
    ]
    assert [each["dpv:isImplementedByEntity"]["@type"] for each in told["dpv:hasActivity"]] == [
        "dpv:Recipient",
        "dpv:Representative",
        "dpv:DataSubject",
    ]
    assert len(told["dpv:hasNotice"]) == 1
    assert (told["dct:hasVersion"], told["dpv:hasConsentStatus"]) == (3, "dpv:ConsentWithdrawn")


def test_it_names_nobody() -> None:
    text = json.dumps(record_of(RECORD, agreement(), [], NOW))
    assert "\\u0001" not in text
    assert "01" * 32 not in text


@pytest.mark.parametrize("state", ConsentState)
def test_every_state_has_a_term(state: ConsentState) -> None:
    given = ConsentRecord(id="1", terms=RECORD.terms, events=[event(1, state)])
    term = record_of(given, None, [], NOW)["dpv:hasConsentStatus"]
    assert term.startswith("dpv:")
    assert "Consent" in term


def test_time_shows_in_the_status_and_not_in_the_events() -> None:
    given = ConsentRecord(id="1", terms=RECORD.terms, events=[event(1, S.GIVEN, expires_at=NOW)])
    told = record_of(given, None, [], NOW + timedelta(seconds=1))
    assert told["dpv:hasConsentStatus"] == "dpv:ConsentExpired"
    assert told["dpv:hasActivity"][0]["dpv:hasConsentStatus"] == "dpv:ConsentGiven"
    assert told["dpv:hasActivity"][0]["dct:valid"] == "2026-11-20T12:00:00Z"


def test_of_a_revision_not_in_force_only_what_the_record_keeps_is_told() -> None:
    later = agreement(hash="cd" * 32, purpose_en="Something else")
    told = record_of(RECORD, later, [Category.HEALTH], NOW)
    assert "Something else" not in json.dumps(told)
    assert "dpv:hasPersonalData" not in told["dpv:hasProcess"]
    assert told["dpv:hasProcess"]["dct:hasVersion"] == RECORD.terms.agreement_hash


def test_a_receipt_holds_the_record_and_the_entry() -> None:
    record = record_of(RECORD, agreement(), [], NOW)
    receipt = receipt_of(record, "b" * 32, NOW)
    assert (receipt["@type"], receipt["dct:identifier"]) == ("dpv:ConsentReceipt", "b" * 32)
    assert receipt["dpv:hasRecord"] == {k: v for k, v in record.items() if k != "@context"}


def test_kinds_of_data_are_those_of_the_agreements_fields() -> None:
    known = {
        FieldId(name): Field(
            id=FieldId(name),
            register="disability",
            category=category,
            sensitivity=SENSITIVITY_OF[category],
        )
        for name, category in (
            ("disability.group", Category.HEALTH),
            ("disability.validTo", Category.ADMINISTRATIVE),
        )
    }
    catalogue = Catalogue(fields=MappingProxyType(known), registers={})
    assert categories_of(agreement(), catalogue) == (Category.HEALTH,)
