"""A consent record, and the receipt of it, as ISO/IEC TS 27560 in DPV's terms has them; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from hub.consent.states import state_of
from hub.model.agreement import Agreement
from hub.model.catalogue import SENSITIVITY_OF, Catalogue, Category, Sensitivity
from hub.model.consent import RECIPIENT, SUBJECT, ConsentEvent, ConsentRecord, ConsentState

SCHEMA: Final = "https://w3id.org/dpv/guides/consent-27560"
CONTEXT: Final = MappingProxyType(
    {
        "dpv": "https://w3id.org/dpv#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "loc": "https://w3id.org/dpv/loc#",
        "dct": "http://purl.org/dc/terms/",
    }
)
_STATUS: Final = MappingProxyType(
    {
        ConsentState.UNKNOWN: "dpv:ConsentUnknown",
        ConsentState.REQUESTED: "dpv:ConsentRequested",
        ConsentState.DEFERRED: "dpv:ConsentRequestDeferred",
        ConsentState.REFUSED: "dpv:ConsentRefused",
        ConsentState.GIVEN: "dpv:ConsentGiven",
        ConsentState.RENEWED: "dpv:RenewedConsentGiven",
        ConsentState.EXPIRED: "dpv:ConsentExpired",
        ConsentState.WITHDRAWN: "dpv:ConsentWithdrawn",
        ConsentState.REVOKED: "dpv:ConsentRevoked",
        ConsentState.INVALIDATED: "dpv:ConsentInvalidated",
    }
)
_SPECIAL: Final = MappingProxyType(
    {
        Sensitivity.SPECIAL: "dpv:SpecialCategoryPersonalData",
        Sensitivity.PROTECTED: "dpv:SensitivePersonalData",
        Sensitivity.CRIMINAL: "dpv:SensitivePersonalData",
        Sensitivity.ORDINARY: "dpv:PersonalData",
    }
)
_WITHDRAWAL: Final = "withdrawConsent"


def categories_of(agreement: Agreement, catalogue: Catalogue) -> tuple[Category, ...]:
    """Return the kinds of data that the agreement's fields are of, sorted."""
    known = (catalogue.fields.get(each) for each in agreement.fields)
    return tuple(sorted({field.category for field in known if field}))


def record_of(
    record: ConsentRecord,
    agreement: Agreement | None,
    categories: Sequence[Category],
    at: datetime,
) -> dict[str, Any]:
    """Return a record as JSON-LD: metadata, processing, parties, events.

    The person stands under a name that this record alone has: two records of one person cannot be
    joined by it, and it tells no personal code.

    Args:
        record: With its events.
        agreement: The revision in force; told where it is the one consented to, else what the
            record itself keeps of it.
        categories: Kinds of data of the agreement's fields.
        at: Instant at which ``dpv:hasConsentStatus`` holds, aware UTC.

    Source: ISO/IEC TS 27560:2023 as DPV 2.3's guide maps it (``SCHEMA``).
    """
    terms = record.terms
    same = agreement if agreement and agreement.hash == terms.agreement_hash else None
    return {
        "@context": dict(CONTEXT),
        "@type": "dpv:ConsentRecord",
        "@id": _name(record),
        "dct:conformsTo": SCHEMA,
        "dct:identifier": record.id,
        "dct:hasVersion": record.revision,
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "@id": f"{_name(record)}#subject"},
        "dpv:hasNotice": _notice(record),
        "dpv:hasProcess": _process(record, same, categories),
        "dpv:hasRecipient": _party(record, same),
        "dpv:hasConsentStatus": _STATUS[state_of(record, at)],
        "dpv:hasActivity": [_event(record, event) for event in record.events],
    }


def receipt_of(told: Mapping[str, Any], entry: str, at: datetime) -> dict[str, Any]:
    """Return the receipt of a record: the record itself, and the entry that proves it was made.

    Args:
        told: From ``record_of``.
        entry: Id of the operation whose entry the access log has; the receipt's own id.
        at: Aware UTC instant.
    """
    return {
        "@context": told["@context"],
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": SCHEMA,
        "dct:identifier": entry,
        "dct:date": _instant(at),
        "dpv:hasRecord": {name: part for name, part in told.items() if name != "@context"},
    }


def _process(
    record: ConsentRecord, agreement: Agreement | None, categories: Sequence[Category]
) -> dict[str, Any]:
    terms = record.terms
    process: dict[str, Any] = {
        "@type": "dpv:Process",
        "dct:identifier": terms.agreement,
        "dct:hasVersion": terms.agreement_hash,
        "dpv:hasPurpose": {"@id": terms.purpose},
        "dpv:hasLegalBasis": "eu-gdpr:A6-1-a",
        "dpv:hasScope": terms.scope or None,
        "dpv:hasJurisdiction": "loc:LV",
        "dpv:hasLocation": "loc:LV",
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": "dpv:UntilEventDuration",
            "dct:description": "until the purpose is served or the consent ends",
        },
        "dpv:hasConsentControl": {"@type": "dpv:WithdrawConsent", "dct:identifier": _WITHDRAWAL},
    }
    if agreement is not None:
        process["dpv:hasPurpose"]["dct:description"] = {
            "en": agreement.purpose_en,
            "lv": agreement.purpose_lv,
        }
        process["dpv:hasPersonalData"] = [
            {"@type": _SPECIAL[SENSITIVITY_OF[each]], "dct:identifier": each.value}
            for each in categories
        ]
        process["dpv:hasDataController"] = [
            {"@type": "dpv:DataController", "dct:identifier": each}
            for each in agreement.controllers
        ]
        process["dpv:hasService"] = {"@type": "dpv:Service", "dct:identifier": agreement.service}
    return {name: part for name, part in process.items() if part is not None}


def _party(record: ConsentRecord, agreement: Agreement | None) -> dict[str, Any]:
    told: dict[str, Any] = {"@type": "dpv:Recipient", "dct:identifier": record.terms.recipient}
    if agreement is not None:
        told["dpv:hasName"] = {"en": agreement.recipient_en, "lv": agreement.recipient_lv}
    return told


def _notice(record: ConsentRecord) -> list[dict[str, Any]]:
    """Return each text that was shown, once."""
    shown = dict.fromkeys(event.notice for event in record.events if event.notice)
    return [
        {
            "@type": "dpv:ConsentNotice",
            "dct:hasVersion": notice.version,
            "dct:language": notice.language,
            "dct:identifier": f"urn:sha256:{notice.sha256}",
        }
        for notice in shown
    ]


def _event(record: ConsentRecord, event: ConsentEvent) -> dict[str, Any]:
    told = {
        "dct:identifier": f"{record.id}/{event.revision}",
        "dct:date": _instant(event.at),
        "dct:valid": _instant(event.expires_at) if event.expires_at else None,
        "dpv:isImplementedByEntity": _entity(record, event),
        "dpv:hasLegalBasis": "dpv:ExplicitlyExpressedConsent",
        "dpv:hasConsentStatus": _STATUS[event.state],
        "dpv:hasIndicationMethod": event.via,
        "dct:source": event.operation,
        "dpv:hasNotice": f"urn:sha256:{event.notice.sha256}" if event.notice else None,
    }
    return {name: part for name, part in told.items() if part is not None}


def _entity(record: ConsentRecord, event: ConsentEvent) -> dict[str, Any]:
    if event.capacity == SUBJECT:
        return {"@type": "dpv:DataSubject", "@id": f"{_name(record)}#subject"}
    if event.capacity == RECIPIENT:
        return {"@type": "dpv:Recipient", "dct:identifier": record.terms.recipient}
    return {"@type": "dpv:Representative", "dct:type": event.capacity}


def _name(record: ConsentRecord) -> str:
    return f"urn:vienreiz:consent:{record.id}"


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
