"""What I consent or object to: a person's own words, and what follows from them."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from hub.model import consent, said
from hub.model.page import Page
from hub.model.personal_code import PersonalCode
from schemas.accountability.paging import ADM, After, First, PageInfo
from schemas.accountability.stops import Stopped, StoppedReceipt
from schemas.desks import desk, told
from schemas.field import argument, described, leaf, part, value

Person = Annotated[
    PersonalCode | None,
    argument("Whose data: one's own, or of whom one represents", "personas kods"),
]
Number = Annotated[str, argument("Number of the agreement", "vienošanās numurs")]
Until = Annotated[date | None, argument("Last day; else until withdrawn", "pēdējā diena")]
Shown = Annotated[
    str | None,
    argument("`sha256` of the text that was shown, to be checked", "parādītā teksta kontrolsumma"),
]
RecordId = Annotated[str, argument("`id` of a consent record", "ieraksta identifikators")]


@strawberry.enum(description=described("State of a consent, as DPV names it", "statuss"))
class ConsentState(Enum):
    """Only GIVEN and RENEWED permit."""

    UNKNOWN = value("UNKNOWN", "Nothing was said", "nav zināms")
    REQUESTED = value("REQUESTED", "The recipient asked", "pieprasīta")
    DEFERRED = value("DEFERRED", "The answer was put off", "atlikta")
    REFUSED = value("REFUSED", "Refused", "atteikta")
    GIVEN = value("GIVEN", "Given", "dota")
    RENEWED = value("RENEWED", "Given again", "atjaunota")
    EXPIRED = value("EXPIRED", "Ended by time", "beigusies")
    WITHDRAWN = value("WITHDRAWN", "Withdrawn by the person", "atsaukta")
    REVOKED = value("REVOKED", "Ended by the recipient", "izbeigta")
    INVALIDATED = value("INVALIDATED", "Found not to have been valid", "atzīta par spēkā neesošu")


@strawberry.enum(description=described("Language of a notice", "valoda"))
class NoticeLanguage(Enum):
    """Of the two that agreements are written in."""

    LV = value("LV", "Latvian", "latviešu")
    EN = value("EN", "English", "angļu")


Language = Annotated[
    NoticeLanguage, argument("In which language the text is shown", "teksta valoda")
]


@strawberry.type(description=described("Something said about a consent", "notikums"))
class ConsentEvent:
    """Never changed afterwards."""

    revision: int = leaf(ADM, "Of the record, since this event", "ieraksta versija")
    state: ConsentState = leaf(ADM, "What was said", "pateiktais")
    at: datetime = leaf(ADM, "When, UTC", "laiks")
    expires_at: datetime | None = leaf(ADM, "When it ends by itself, UTC", "termiņš")
    spoken_as: str = leaf(
        ADM, "In what quality: `subject`, `recipient`, `PARENT`, `GUARDIAN`, …", "statuss"
    )
    via: str = leaf(ADM, "Where it was said", "kanāls")
    notice: str | None = leaf(ADM, "Version of the text that was shown", "teksta versija")
    language: str | None = leaf(ADM, "Language of that text", "valoda")
    operation: str | None = leaf(ADM, "Receipt of the answer that confirmed it", "kvīts")

    @classmethod
    def of(cls, known: consent.ConsentEvent) -> "ConsentEvent":
        """Publish an event."""
        notice = known.notice
        return cls(
            revision=known.revision,
            state=ConsentState[known.state.name],
            at=known.at,
            expires_at=known.expires_at,
            spoken_as=known.capacity,
            via=known.via,
            notice=notice.version if notice else None,
            language=notice.language if notice else None,
            operation=known.operation,
        )


@strawberry.type(description=described("A consent, with all that was said", "piekrišanas ieraksts"))
class ConsentRecord:
    """To one revision of one agreement."""

    id: str = leaf(ADM, "Identifier", "identifikators")
    revision: int = leaf(ADM, "How many events there are", "versija")
    agreement: str = leaf(ADM, "Number of the agreement", "vienošanās numurs")
    recipient: str = leaf(ADM, "Institution that receives", "datu saņēmējs")
    purpose: str = leaf(ADM, "Purpose, as a term under DPV", "nolūks")
    state: ConsentState = leaf(ADM, "Of the last word", "statuss")
    in_force: bool = leaf(
        ADM,
        "Whether a disclosure may rest on it now: who said yes may still speak, nobody said no",
        "vai ir spēkā",
    )
    events: list[ConsentEvent] = part("All that was said, oldest first", "notikumi")
    document: str = leaf(ADM, "JSON-LD, ISO/IEC TS 27560 in DPV's terms", "ieraksts JSON-LD")

    @classmethod
    def of(cls, known: said.ConsentView) -> "ConsentRecord":
        """Publish a record as it stands."""
        record = known.record
        return cls(
            id=record.id,
            revision=record.revision,
            agreement=record.terms.agreement,
            recipient=record.terms.recipient,
            purpose=record.terms.purpose,
            state=ConsentState[known.state.name],
            in_force=known.in_force,
            events=[ConsentEvent.of(event) for event in record.events],
            document=_json(known.document),
        )


@strawberry.type(description=described("What a person said", "personas izteiktais"))
class Consents:
    """Consents, restrictions and objections."""

    consents: list[ConsentRecord] = part("Consents, oldest first", "piekrišanas")
    stops: list[Stopped] = part("Restrictions and objections", "ierobežojumi un iebildumi")


@strawberry.type(description=described("Receipt of a word about a consent", "piekrišanas kvīts"))
class ConsentReceipt:
    """Its entry is on the log."""

    id: str = leaf(ADM, "Id of the operation, as the answer's own receipt names it", "kvīts numurs")
    at: datetime = leaf(ADM, "When, UTC", "laiks")
    changed: bool = leaf(ADM, "Whether it had not been said before", "vai kas mainījās")
    consents: list[ConsentRecord] = part("Records concerned, as they stand now", "ieraksti")
    documents: list[str] = leaf(ADM, "Receipts as JSON-LD, ISO/IEC TS 27560", "kvītis JSON-LD")

    @classmethod
    def of(cls, known: said.ConsentSaid) -> "ConsentReceipt":
        """Publish a receipt."""
        return cls(
            id=known.id,
            at=known.at,
            changed=known.changed,
            consents=[ConsentRecord.of(each) for each in known.consents],
            documents=[_json(each) for each in known.documents],
        )


@strawberry.type(description=described("Text to be shown to who is asked", "paziņojums"))
class ConsentNotice:
    """Of one revision of an agreement."""

    version: str = leaf(ADM, "Agreement and revision", "versija")
    language: str = leaf(ADM, "BCP 47", "valoda")
    text: str = leaf(ADM, "Recipient, purpose, and the fields, line by line", "teksts")
    sha256: str = leaf(ADM, "Hash of the text in UTF-8", "kontrolsumma")


@strawberry.type(description=described("A disclosure that rested on a consent", "izpaušana"))
class ConsentDisclosure:
    """From the access log."""

    at: datetime = leaf(ADM, "When, UTC", "laiks")
    revision: int = leaf(ADM, "Revision of the consent it rested on", "ieraksta versija")
    agreement: str = leaf(ADM, "Number of the agreement", "vienošanās numurs")
    recipient: str = leaf(ADM, "Institution that received", "datu saņēmējs")
    purpose: str = leaf(ADM, "Purpose, as a term under DPV", "nolūks")
    registers: list[str] = leaf(ADM, "Registers asked", "reģistri")
    categories: list[str] = leaf(ADM, "Kinds of data", "datu veidi")

    @classmethod
    def of(cls, known: said.RestedUse) -> "ConsentDisclosure":
        """Publish a disclosure."""
        return cls(
            at=known.at,
            revision=known.revision,
            agreement=known.agreement,
            recipient=known.recipient,
            purpose=known.purpose,
            registers=list(known.registers),
            categories=list(known.categories),
        )


@strawberry.type(description=described("A page of disclosures", "izpaušanu lappuse"))
class ConsentDisclosures:
    """Newest first."""

    nodes: list[ConsentDisclosure] = part("Disclosures", "izpaušanas")
    page_info: PageInfo = part("Where the page ends", "lappuses dati")


def my_consents(info: Info, personal_code: Person = None) -> Consents:  # noqa: ARG001 — read by the desk
    """Resolve."""
    known: said.Overview = told(info)
    return Consents(
        consents=[ConsentRecord.of(each) for each in known.consents],
        stops=[Stopped.of(each) for each in known.stops],
    )


def consent_disclosures(
    info: Info,
    record: RecordId,  # noqa: ARG001 — read by the desk, as the others
    personal_code: Person = None,  # noqa: ARG001
    first: First = None,  # noqa: ARG001
    after: After = None,  # noqa: ARG001
) -> ConsentDisclosures:
    """Resolve."""
    page: Page = told(info)
    nodes = [ConsentDisclosure.of(each) for each in page.rows]
    return ConsentDisclosures(nodes=nodes, page_info=PageInfo.of(page))


def consent_notice(
    info: Info,
    agreement: Number,  # noqa: ARG001 — read by the desk
    language: Language = NoticeLanguage.LV,  # noqa: ARG001 — read by the desk
) -> ConsentNotice:
    """Resolve."""
    known: said.NoticeText = told(info)
    return ConsentNotice(
        version=known.version, language=known.language, text=known.text, sha256=known.sha256
    )


def give_consent(
    info: Info,
    agreement: Number,  # noqa: ARG001 — read by the desk, as the others
    personal_code: Person = None,  # noqa: ARG001
    until: Until = None,  # noqa: ARG001
    notice: Shown = None,  # noqa: ARG001
    language: Language = NoticeLanguage.LV,  # noqa: ARG001
) -> ConsentReceipt:
    """Resolve."""
    return ConsentReceipt.of(told(info))


def refuse_consent(
    info: Info,
    agreement: Number,  # noqa: ARG001 — read by the desk
    personal_code: Person = None,  # noqa: ARG001 — read by the desk
) -> ConsentReceipt:
    """Resolve."""
    return ConsentReceipt.of(told(info))


def withdraw_consent(
    info: Info,
    agreement: Number,  # noqa: ARG001 — read by the desk
    personal_code: Person = None,  # noqa: ARG001 — read by the desk
) -> ConsentReceipt:
    """Resolve."""
    return ConsentReceipt.of(told(info))


def object_to(
    info: Info,
    agreement: Number,  # noqa: ARG001 — read by the desk
    personal_code: Person = None,  # noqa: ARG001 — read by the desk
) -> StoppedReceipt:
    """Resolve."""
    return StoppedReceipt.of(told(info))


def withdraw_objection(
    info: Info,
    agreement: Number,  # noqa: ARG001 — read by the desk
    personal_code: Person = None,  # noqa: ARG001 — read by the desk
) -> StoppedReceipt:
    """Resolve."""
    return StoppedReceipt.of(told(info))


def restrict_processing(
    info: Info,
    personal_code: Person = None,  # noqa: ARG001 — read by the desk
) -> StoppedReceipt:
    """Resolve."""
    return StoppedReceipt.of(told(info))


def lift_restriction(
    info: Info,
    personal_code: Person = None,  # noqa: ARG001 — read by the desk
) -> StoppedReceipt:
    """Resolve."""
    return StoppedReceipt.of(told(info))


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True)


QUERIES = [
    desk("myConsents", my_consents, "What I said about my data", "manas piekrišanas"),
    desk(
        "consentDisclosures",
        consent_disclosures,
        "Which disclosures rested on a consent, ended or not",
        "izpaušanas, kas balstītas uz piekrišanu",
    ),
    desk("consentNotice", consent_notice, "Text to be shown before asking", "paziņojuma teksts"),
]
MUTATIONS = [
    desk("giveConsent", give_consent, "Consent to an agreement", "dot piekrišanu"),
    desk("refuseConsent", refuse_consent, "Refuse consent", "atteikt piekrišanu"),
    desk(
        "withdrawConsent",
        withdraw_consent,
        "Withdraw consent; it binds the next request",
        "atsaukt piekrišanu",
    ),
    desk(
        "objectTo",
        object_to,
        "Object to an agreement's purpose (GDPR 21); stopped until it is decided",
        "iebilst",
    ),
    desk("withdrawObjection", withdraw_objection, "Take an objection back", "atsaukt iebildumu"),
    desk(
        "restrictProcessing",
        restrict_processing,
        "Restrict the use of the data (GDPR 18), until it is decided",
        "ierobežot apstrādi",
    ),
    desk("liftRestriction", lift_restriction, "Take a restriction back", "atcelt ierobežojumu"),
]
