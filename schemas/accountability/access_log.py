"""The officer's questions to the access log."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from hub.model.catalogue import Category
from hub.model.logged import Logged
from hub.model.page import Page
from hub.model.personal_code import PersonalCode
from schemas.accountability.paging import ADM, After, First, PageInfo, Purpose, Reason
from schemas.desks import desk, told
from schemas.field import argument, described, leaf, part, value


@strawberry.enum(description=described("What an entry of the access log is of", "lēmums"))
class Decision(Enum):
    """As entries write it."""

    DISCLOSED = value("disclosed", "Data left, or that there are none", "izpausts")
    REFUSED = value("refused", "Refused", "atteikts")
    ADMINISTRATIVE = value("administrative", "About nobody", "administratīvs")
    ACCOUNTABILITY = value("accountability", "The log itself was asked", "pārskatatbildība")
    CONSENT = value("consent", "A person said something", "piekrišana")
    OVERSIGHT = value("oversight", "Officers recorded something", "uzraudzība")
    AGREEMENT = value("agreement", "A revision was put on the log", "vienošanās")


@strawberry.input(
    description=described("Which entries; every condition given holds", "atlases nosacījumi")
)
class AccessLogFilter:
    """No condition asks for every entry the officer may see."""

    person: PersonalCode | None = strawberry.field(
        default=None, description=described("Of whom the entry is, by any code", "persona")
    )
    recipient: str | None = strawberry.field(
        default=None, description=described("Code of the institution", "saņēmējs")
    )
    official: str | None = strawberry.field(
        default=None, description=described("Official, as the recipient names them", "amatpersona")
    )
    case: str | None = strawberry.field(
        default=None, description=described("Case number", "lietas numurs")
    )
    agreement: str | None = strawberry.field(
        default=None, description=described("Number of the agreement", "vienošanās")
    )
    client: str | None = strawberry.field(default=None, description=described("Client", "klients"))
    purpose: str | None = strawberry.field(
        default=None, description=described("Purpose: short name or IRI", "nolūks")
    )
    consent: str | None = strawberry.field(
        default=None,
        description=described(
            "Id of a consent record: what rested on it, also after it ended", "piekrišana"
        ),
    )
    register: str | None = strawberry.field(
        default=None, description=described("Register asked", "reģistrs")
    )
    category: Category | None = strawberry.field(
        default=None, description=described("Kind of data granted", "datu kategorija")
    )
    outcome: Decision | None = strawberry.field(
        default=None, description=described("What the entry is of", "lēmums")
    )
    code: str | None = strawberry.field(
        default=None, description=described("Error code of a refusal", "atteikuma kods")
    )
    operation_id: str | None = strawberry.field(
        default=None, description=described("Id of the operation, as of its receipt", "darbība")
    )
    start: datetime | None = strawberry.field(
        name="from", default=None, description=described("From this instant", "no")
    )
    end: datetime | None = strawberry.field(
        name="to", default=None, description=described("Before this instant", "līdz")
    )


@strawberry.type(description=described("A field that was asked and not granted", "liegts lauks"))
class DeniedField:
    """With the rule that decided."""

    field: str = leaf(ADM, "Path below `Person`", "lauks")
    rule: str = leaf(ADM, "Rule that decided", "noteikums")


@strawberry.type(description=described("What a register had of the person", "iznākums"))
class RegisterOutcome:
    """Encrypted in the entry; opened for the hub's officer where a person is named."""

    register: str = leaf(ADM, "Register, or `person`", "reģistrs")
    outcome: str = leaf(ADM, "Outcome, as the entry writes it", "iznākums")


@strawberry.type(description=described("An entry of the access log", "auditācijas pieraksts"))
class LogEntry:
    """Never a value, and no personal code."""

    entry: str | None = leaf(
        ADM, "Year and position in the log; for the hub's officer", "vieta žurnālā"
    )
    operation_id: str = leaf(ADM, "Id of the operation, as of its receipt", "darbība")
    at: datetime = leaf(ADM, "Instant, UTC", "laiks")
    decision: Decision = leaf(ADM, "What the entry is of", "lēmums")
    client: str | None = leaf(ADM, "Client", "klients")
    person_acting: bool = leaf(ADM, "Whether a person's own token was used", "pati persona")
    recipient: str | None = leaf(ADM, "Code of the institution", "saņēmējs")
    agreement: str | None = leaf(ADM, "Number of the agreement", "vienošanās")
    revision: int | None = leaf(ADM, "Its revision", "redakcija")
    purpose: Purpose | None = part("What for", "nolūks")
    article6: str | None = leaf(ADM, "Ground of GDPR 6", "6. panta pamats")
    article9: str | None = leaf(ADM, "Ground of GDPR 9", "9. panta pamats")
    consent: str | None = leaf(ADM, "Consent record and revision", "piekrišana")
    case: str | None = leaf(ADM, "Case number", "lietas numurs")
    official: str | None = leaf(ADM, "Official", "amatpersona")
    action: str = leaf(ADM, "Kind of operation", "darbības veids")
    registers: list[str] = leaf(ADM, "Registers asked", "reģistri")
    fields: list[str] = leaf(ADM, "Fields asked and granted", "lauki")
    denied: list[DeniedField] = part("Fields asked and not granted", "liegtie lauki")
    categories: list[str] = leaf(ADM, "Kinds of data granted", "datu kategorijas")
    codes: list[str] = leaf(ADM, "Error codes of a refusal", "kļūdu kodi")
    question: list[str] = leaf(ADM, "Questions that concern no register", "jautājumi")
    reason: str | None = leaf(ADM, "Why an officer asked", "iemesls")
    visibility: str = leaf(ADM, "When the person is told", "redzamība personai")
    policy_version: str | None = leaf(ADM, "Version of the rules", "noteikumu versija")
    document_hash: str | None = leaf(ADM, "SHA-256 of the document", "dokumenta jaucējvērtība")
    relation: str | None = leaf(
        ADM, "How the person came into the answer; where a person is named", "saistība"
    )
    outcomes: list[RegisterOutcome] | None = part(
        "What depends on the person; where a person is named", "iznākumi"
    )

    @classmethod
    def of(cls, logged: Logged) -> "LogEntry":
        """Publish an entry."""
        known: Any = logged.told
        return cls(
            entry=logged.place,
            operation_id=logged.found.operation_id,
            at=logged.found.at,
            decision=Decision(known["decision"]),
            client=known.get("client"),
            person_acting=known.get("person_acting", False),
            recipient=known.get("recipient"),
            agreement=known.get("agreement"),
            revision=known.get("revision"),
            purpose=_purpose(logged),
            article6=known.get("article6"),
            article9=known.get("article9"),
            consent=known.get("consent"),
            case=known.get("case"),
            official=known.get("official"),
            action=known.get("action", ""),
            registers=list(known.get("registers", ())),
            fields=list(known.get("fields", ())),
            denied=[DeniedField(field=path, rule=rule) for path, rule in known.get("denied", ())],
            categories=list(known.get("categories", ())),
            codes=list(known.get("codes", ())),
            question=list(known.get("question", ())),
            reason=known.get("reason"),
            visibility=known.get("visibility", "immediate"),
            policy_version=known.get("policy_version"),
            document_hash=known.get("document_hash"),
            relation=logged.relation,
            outcomes=_outcomes(logged),
        )


@strawberry.type(description=described("Entries of the access log, newest first", "pieraksti"))
class LogPage:
    """One page."""

    entries: list[LogEntry] = part("Newest first", "pieraksti")
    page_info: PageInfo = part("Where the page ends", "lappuses dati")

    @classmethod
    def of(cls, page: Page) -> "LogPage":
        """Publish a page."""
        return cls(entries=[LogEntry.of(each) for each in page.rows], page_info=PageInfo.of(page))


def access_log(
    info: Info,
    reason: Reason,
    filter: Annotated[AccessLogFilter | None, argument("Which", "atlase")] = None,  # noqa: A002 — as published
    first: First = None,
    after: After = None,
) -> LogPage:
    """Resolve."""
    del reason, filter, first, after
    return LogPage.of(told(info))


def _purpose(logged: Logged) -> Purpose | None:
    iri, revision = logged.told.get("purpose"), logged.revision
    if iri is None:
        return None
    terms = revision.agreement if revision else None
    return Purpose(
        iri=iri,
        text=terms.purpose_en if terms else iri,
        text_lv=terms.purpose_lv if terms else iri,
    )


def _outcomes(logged: Logged) -> list[RegisterOutcome] | None:
    if logged.outcomes is None:
        return None
    return [RegisterOutcome(register=name, outcome=word) for name, word in logged.outcomes]


QUERIES = [
    desk(
        "accessLog",
        access_log,
        "Entries of the access log, newest first; the question is itself an entry",
        "auditācijas pieraksti",
    )
]
