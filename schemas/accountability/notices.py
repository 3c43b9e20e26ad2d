"""Whom to notify: past recipients of a fact (GDPR 19), authority and persons (GDPR 33, 34)."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.model import reports as model
from hub.model.personal_code import PersonalCode
from schemas.accountability.paging import ADM, Purpose, Reason, Recipient
from schemas.accountability.usage import From, To
from schemas.accountability.words import KindOfData, SourceRegister, purpose, recipient
from schemas.desks import desk, told
from schemas.field import argument, described, leaf, part

Whose = Annotated[PersonalCode, argument("Whose fact was corrected", "personas kods")]
Register = Annotated[str, argument("Register, by its published name", "reģistrs")]
Fields = Annotated[
    list[str] | None,
    argument("Field ids, or what they begin with; none: every field of the register", "lauki"),
]
Since = Annotated[datetime, argument("Disclosures since then", "kopš")]
ClientId = Annotated[str | None, argument("Client whose credentials were breached", "klients")]
Number = Annotated[str | None, argument("Number of an agreement", "vienošanās numurs")]
KeyYear = Annotated[
    int | None, argument("Year of the hub's own keys of persons", "mezgla atslēgu gads")
]
KnownAt = Annotated[datetime | None, argument("When it became known; else now", "kad kļuva zināms")]


# ---- GDPR 19 --------------------------------------------------------------------------------


@strawberry.type(description=described("Who was given a fact before", "agrākais saņēmējs"))
class PastRecipient:
    """Under one agreement."""

    recipient: Recipient = part("Who", "datu saņēmējs")
    client: str = leaf(ADM, "Client of the recipient", "klients")
    agreement: str = leaf(ADM, "Number of the agreement", "vienošanās numurs")
    purpose: Purpose = part("What for", "nolūks")
    fields: list[str] = leaf(ADM, "Fields granted, of those asked about", "lauki")
    first: datetime = leaf(ADM, "First disclosure, UTC", "pirmoreiz")
    last: datetime = leaf(ADM, "Last disclosure, UTC", "pēdējoreiz")
    times: int = leaf(ADM, "How many disclosures", "reižu skaits")
    told: bool = leaf(ADM, "Whether the person may know of it by now", "persona drīkst zināt")

    @classmethod
    def of(cls, made: model.PastRecipient) -> "PastRecipient":
        """Publish one."""
        return cls(
            recipient=recipient(made.code, made.recipient),
            client=made.client,
            agreement=made.agreement,
            purpose=purpose(made.purpose),
            fields=list(made.fields),
            first=made.first,
            last=made.last,
            times=made.times,
            told=made.told,
        )


@strawberry.type(
    description=described("Past recipients of a person's facts (GDPR 19)", "agrākie saņēmēji")
)
class RecipientsReport:
    """Of one register."""

    at: datetime = leaf(ADM, "Instant of the report, UTC", "pārskata brīdis")
    register: SourceRegister = part("Register", "reģistrs")
    recipients: list[PastRecipient] = part("Whom to notify", "kam jāpaziņo")
    more: bool = leaf(ADM, "Whether older disclosures were left out", "ir vēl vecākas")

    @classmethod
    def of(cls, made: model.RecipientsReport) -> "RecipientsReport":
        """Publish it."""
        return cls(
            at=made.at,
            register=SourceRegister.of(made.register),
            recipients=[PastRecipient.of(each) for each in made.recipients],
            more=made.more,
        )


def past_recipients(
    info: Info,
    personal_code: Whose,
    register: Register,
    since: Since,
    reason: Reason,
    fields: Fields = None,
) -> RecipientsReport:
    """Resolve."""
    del personal_code, register, since, reason, fields
    return RecipientsReport.of(told(info))


# ---- GDPR 33 and 34 -------------------------------------------------------------------------


@strawberry.type(description=described("What left under one agreement", "izpaustie dati"))
class Exposure:
    """With the same fields."""

    agreement: str = leaf(ADM, "Number", "vienošanās numurs")
    revision: int = leaf(ADM, "Revision", "redakcija")
    client: str = leaf(ADM, "Client", "klients")
    recipient: str = leaf(ADM, "Recipient, in English", "saņēmējs, angļu valodā")
    recipient_lv: str = leaf(ADM, "Recipient, in Latvian", "saņēmējs, latviešu valodā")
    purpose: Purpose = part("What for", "nolūks")
    registers: list[str] = leaf(ADM, "Registers", "reģistri")
    categories: list[KindOfData] = part("Kinds of data", "datu kategorijas")
    fields: list[str] = leaf(ADM, "Fields granted", "lauki")
    persons: int = leaf(ADM, "Distinct persons", "personu skaits")
    entries: int = leaf(ADM, "Looks at them", "pierakstu skaits")
    first: datetime = leaf(ADM, "First, UTC", "pirmoreiz")
    last: datetime = leaf(ADM, "Last, UTC", "pēdējoreiz")

    @classmethod
    def of(cls, made: model.Exposure) -> "Exposure":
        """Publish one."""
        return cls(
            agreement=made.agreement,
            revision=made.revision,
            client=made.client,
            recipient=made.recipient.en,
            recipient_lv=made.recipient.lv,
            purpose=purpose(made.purpose),
            registers=list(made.registers),
            categories=[KindOfData.of(each) for each in made.categories],
            fields=list(made.fields),
            persons=made.persons,
            entries=made.entries,
            first=made.first,
            last=made.last,
        )


@strawberry.type(
    description=described("What was exposed in a breach (GDPR 33)", "pārkāpuma pārskats")
)
class BreachReport:
    """In numbers; whom to tell, the command line alone lists."""

    at: datetime = leaf(ADM, "Instant of the report, UTC", "pārskata brīdis")
    known_at: datetime = leaf(ADM, "When it became known, UTC", "kad kļuva zināms")
    notify_by: datetime = leaf(ADM, "72 hours later (GDPR 33)", "jāpaziņo līdz")
    persons: int = leaf(ADM, "Distinct persons, once a year of the log", "personu skaits")
    unreadable: int = leaf(
        ADM, "Looks at persons whose keys were destroyed", "pieraksti bez atslēgas"
    )
    entries: int = leaf(ADM, "Looks at persons' data", "pierakstu skaits")
    exposures: list[Exposure] = part("By agreement and fields", "izpaustie dati")

    @classmethod
    def of(cls, made: model.BreachReport) -> "BreachReport":
        """Publish it."""
        return cls(
            at=made.at,
            known_at=made.known_at,
            notify_by=made.notify_by,
            persons=made.persons,
            unreadable=made.unreadable,
            entries=made.entries,
            exposures=[Exposure.of(each) for each in made.exposures],
        )


def breach_report(  # noqa: PLR0913, PLR0917 — as published
    info: Info,
    reason: Reason,
    client: ClientId = None,
    agreement: Number = None,
    key_year: KeyYear = None,
    start: From = None,
    end: To = None,
    known_at: KnownAt = None,
) -> BreachReport:
    """Resolve."""
    del reason, client, agreement, key_year, start, end, known_at
    return BreachReport.of(told(info))


QUERIES = [
    desk(
        "pastRecipients",
        past_recipients,
        "Who was given facts that have since been corrected (GDPR 19)",
        "agrākie saņēmēji",
    ),
    desk(
        "breachReport",
        breach_report,
        "What a client, an agreement, a key or a time exposed (GDPR 33)",
        "pārkāpuma pārskats",
    ),
]
