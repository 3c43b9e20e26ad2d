"""Reports on what is done with data: of one person (GDPR 15), of everything (GDPR 30)."""

from datetime import date, datetime

import strawberry
from strawberry.types import Info

from hub.model import reports as model
from schemas.accountability.paging import ADM, Grounds, Purpose, Reason, Recipient
from schemas.accountability.usage import Person, Usage, WhyAsked
from schemas.accountability.words import (
    KindOfData,
    Retention,
    SourceRegister,
    purpose,
    recipient,
)
from schemas.desks import desk, told
from schemas.field import described, leaf, part

# ---- GDPR 15 --------------------------------------------------------------------------------


@strawberry.type(description=described("One look, in a report", "izmantošana pārskatā"))
class ReportedUsage:
    """And whether the person may know of it."""

    usage: Usage = part("The look", "izmantošana")
    told: bool = leaf(ADM, "Whether the person may know of it by now", "persona drīkst zināt")


@strawberry.type(description=described("What data were used for, over all", "nolūku kopsavilkums"))
class PurposeUse:
    """Over all looks of the report."""

    purpose: Purpose = part("What for", "nolūks")
    recipients: list[str] = leaf(ADM, "Recipients, in English", "saņēmēji, angļu valodā")
    recipients_lv: list[str] = leaf(ADM, "Recipients, in Latvian", "saņēmēji, latviešu valodā")
    categories: list[KindOfData] = part("Kinds of data", "datu kategorijas")
    legal_basis: Grounds = part("On which grounds", "tiesiskais pamats")
    uses: int = leaf(ADM, "How many looks", "izmantošanu skaits")

    @classmethod
    def of(cls, use: model.PurposeUse) -> "PurposeUse":
        """Publish one."""
        return cls(
            purpose=purpose(use.words, use.iri),
            recipients=[each.en for each in use.recipients],
            recipients_lv=[each.lv for each in use.recipients],
            categories=[KindOfData.of(each) for each in use.categories],
            legal_basis=Grounds.of(use.basis_en, use.basis_lv),
            uses=use.uses,
        )


@strawberry.type(description=described("A consent as it stands", "piekrišana"))
class ReportedConsent:
    """Its last word."""

    record: str = leaf(ADM, "Consent record", "piekrišanas ieraksts")
    agreement: str = leaf(ADM, "Number of the agreement", "vienošanās numurs")
    recipient: str = leaf(ADM, "Recipient, in English", "saņēmējs, angļu valodā")
    recipient_lv: str = leaf(ADM, "Recipient, in Latvian", "saņēmējs, latviešu valodā")
    purpose: Purpose = part("What for", "nolūks")
    state: str = leaf(ADM, "Its last state", "stāvoklis")
    at: datetime = leaf(ADM, "Since when, UTC", "kopš")
    expires_at: datetime | None = leaf(ADM, "When it ends by itself", "derīga līdz")

    @classmethod
    def of(cls, line: model.ConsentLine) -> "ReportedConsent":
        """Publish one."""
        return cls(
            record=line.record,
            agreement=line.agreement,
            recipient=line.recipient.en,
            recipient_lv=line.recipient.lv,
            purpose=purpose(line.purpose),
            state=line.state,
            at=line.at,
            expires_at=line.expires_at,
        )


@strawberry.type(
    description=described("A restriction or objection as it stands", "ierobežojums vai iebildums")
)
class ReportedStop:
    """GDPR 18 and 21."""

    kind: str = leaf(ADM, "Which of the two", "veids")
    purpose: Purpose | None = part("The only purpose it concerns; none: all", "nolūks")
    state: str = leaf(ADM, "Where it stands", "stāvoklis")
    begun_at: datetime = leaf(ADM, "Since when, UTC", "kopš")

    @classmethod
    def of(cls, line: model.StopLine) -> "ReportedStop":
        """Publish one."""
        about = purpose(line.purpose) if line.purpose else None
        return cls(kind=line.kind, purpose=about, state=line.state, begun_at=line.begun_at)


@strawberry.type(
    description=described("What is done with one person's data (GDPR 15)", "datu subjekta pārskats")
)
class SubjectReport:
    """For the person; an officer sees besides what the person may not know yet."""

    at: datetime = leaf(ADM, "Instant of the report, UTC", "pārskata brīdis")
    purposes: list[PurposeUse] = part("Purposes", "nolūki")
    sources: list[SourceRegister] = part("Where the data come from", "datu avoti")
    usages: list[ReportedUsage] = part("Every look, newest first", "izmantošanas")
    more: bool = leaf(ADM, "Whether older looks were left out for their number", "ir vēl vecākas")
    consents: list[ReportedConsent] = part("Consents", "piekrišanas")
    stops: list[ReportedStop] = part("Restrictions and objections", "ierobežojumi un iebildumi")
    retention: Retention = part("How long the log is kept", "glabāšanas termiņš")

    @classmethod
    def of(cls, made: model.SubjectReport) -> "SubjectReport":
        """Publish one."""
        return cls(
            at=made.at,
            purposes=[PurposeUse.of(each) for each in made.purposes],
            sources=[SourceRegister.of(each) for each in made.sources],
            usages=[ReportedUsage(usage=Usage.of(each.use), told=each.told) for each in made.uses],
            more=made.more,
            consents=[ReportedConsent.of(each) for each in made.consents],
            stops=[ReportedStop.of(each) for each in made.stops],
            retention=Retention.of(made.retention),
        )


def subject_report(
    info: Info, personal_code: Person = None, reason: WhyAsked = None
) -> SubjectReport:
    """Resolve."""
    del personal_code, reason
    return SubjectReport.of(told(info))


# ---- GDPR 30 --------------------------------------------------------------------------------


@strawberry.type(
    description=described("A record of processing (GDPR 30)", "apstrādes darbību reģistra ieraksts")
)
class ProcessingRecord:
    """One agreement in force."""

    agreement: str = leaf(ADM, "Number", "vienošanās numurs")
    revision: int = leaf(ADM, "Revision", "redakcija")
    service: str = leaf(ADM, "Service in the state's catalogue", "pakalpojums")
    controllers: list[str] = leaf(ADM, "Controllers, in English", "pārziņi, angļu valodā")
    controllers_lv: list[str] = leaf(ADM, "Controllers, in Latvian", "pārziņi, latviešu valodā")
    processors: list[str] = leaf(ADM, "Processors", "apstrādātāji")
    recipient: Recipient = part("Who receives", "datu saņēmējs")
    purpose: Purpose = part("What for", "nolūks")
    legal_basis: Grounds = part("On which grounds", "tiesiskais pamats")
    categories: list[KindOfData] = part("Kinds of data", "datu kategorijas")
    registers: list[SourceRegister] = part("Registers", "reģistri")
    subjects: str = leaf(ADM, "Whose data, in English", "datu subjekti, angliski")
    subjects_lv: str = leaf(ADM, "Whose data, in Latvian", "datu subjekti")
    limits: str = leaf(ADM, "Until when, how far back, in English", "termiņi, angliski")
    limits_lv: str = leaf(ADM, "Until when, how far back, in Latvian", "termiņi")
    valid_from: date = leaf(ADM, "First day", "spēkā no")
    valid_to: date | None = leaf(ADM, "Last day", "spēkā līdz")

    @classmethod
    def of(cls, made: model.ProcessingRecord) -> "ProcessingRecord":
        """Publish one."""
        return cls(
            agreement=made.agreement,
            revision=made.revision,
            service=made.service,
            controllers=[each.en for each in made.controllers],
            controllers_lv=[each.lv for each in made.controllers],
            processors=list(made.processors),
            recipient=recipient(made.recipient_code, made.recipient),
            purpose=purpose(made.purpose),
            legal_basis=Grounds.of(made.basis_en, made.basis_lv),
            categories=[KindOfData.of(each) for each in made.categories],
            registers=[SourceRegister.of(each) for each in made.registers],
            subjects=made.subjects.en,
            subjects_lv=made.subjects.lv,
            limits=made.limits.en,
            limits_lv=made.limits.lv,
            valid_from=made.valid_from,
            valid_to=made.valid_to,
        )


@strawberry.type(
    description=described("Records of processing (GDPR 30)", "apstrādes darbību reģistrs")
)
class ProcessingReport:
    """Everything that is in force."""

    at: datetime = leaf(ADM, "Instant of the report, UTC", "pārskata brīdis")
    records: list[ProcessingRecord] = part("One for each agreement", "ieraksti")
    measures: list[str] = leaf(ADM, "Security measures, in English", "drošības pasākumi, angliski")
    measures_lv: list[str] = leaf(ADM, "Security measures, in Latvian", "drošības pasākumi")
    retention: Retention = part("How long the log is kept", "glabāšanas termiņš")

    @classmethod
    def of(cls, made: model.ProcessingReport) -> "ProcessingReport":
        """Publish it."""
        return cls(
            at=made.at,
            records=[ProcessingRecord.of(each) for each in made.records],
            measures=[each.en for each in made.measures],
            measures_lv=[each.lv for each in made.measures],
            retention=Retention.of(made.retention),
        )


def processing_records(info: Info, reason: Reason) -> ProcessingReport:
    """Resolve."""
    del reason
    return ProcessingReport.of(told(info))


QUERIES = [
    desk(
        "subjectReport",
        subject_report,
        "What is done with one person's data (GDPR 15)",
        "datu subjekta pārskats",
    ),
    desk(
        "processingRecords",
        processing_records,
        "Records of processing (GDPR 30)",
        "apstrādes darbību reģistrs",
    ),
]
