"""The officer's questions about agreements."""

from datetime import date, datetime
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.model.history import MatrixLine, PastRevision
from hub.model.page import Page
from schemas.accountability.paging import (
    ADM,
    After,
    First,
    Grounds,
    PageInfo,
    Purpose,
    Reason,
    Recipient,
)
from schemas.desks import desk, told
from schemas.field import argument, described, leaf, part


@strawberry.type(description=described("A controller's signature", "pārziņa paraksts"))
class ControllerSignature:
    """Ed25519, over the document of the revision."""

    controller: str = leaf(ADM, "Controller", "pārzinis")
    valid: bool = leaf(ADM, "Whether it verifies with the key known today", "derīgs")


@strawberry.type(description=described("A revision of an agreement", "vienošanās redakcija"))
class AgreementRevision:
    """Its terms, what vouches for it, and how it differs from the one before."""

    number: str = leaf(ADM, "Number of the agreement", "numurs")
    revision: int = leaf(ADM, "Revision, from 1", "redakcija")
    hash: str = leaf(ADM, "SHA-256 of the document", "jaucējvērtība")
    client: str = leaf(ADM, "Client", "klients")
    recipient: Recipient = part("Institution that receives data", "saņēmējs")
    purpose: Purpose = part("What for", "nolūks")
    legal_basis: Grounds = part("On which grounds", "tiesiskais pamats")
    visibility: str = leaf(ADM, "When the person is told", "redzamība personai")
    visible_after_days: int = leaf(ADM, "Where that is delayed, by so many days", "aizkave dienās")
    valid_from: date = leaf(ADM, "First day", "spēkā no")
    valid_to: date | None = leaf(ADM, "Last day", "spēkā līdz")
    logged_at: datetime | None = leaf(ADM, "When the log learned of it", "reģistrēts žurnālā")
    on_log: bool = leaf(ADM, "Whether the log holds this document's hash", "ir žurnālā")
    replaced_at: datetime | None = leaf(ADM, "When the next revision came", "aizstāts")
    acting: bool = leaf(ADM, "Whether it is the one that acts", "darbojas")
    problems: list[str] = leaf(ADM, "Why it may not act", "šķēršļi")
    signatures: list[ControllerSignature] = part("Controllers' signatures", "paraksti")
    gained: list[str] = leaf(ADM, "Fields that the revision before lacked", "pievienotie lauki")
    lost: list[str] = leaf(ADM, "Fields that only the revision before had", "atņemtie lauki")
    changed: list[str] = leaf(ADM, "Other terms that differ", "mainītie noteikumi")

    @classmethod
    def of(cls, past: PastRevision) -> "AgreementRevision":
        """Publish a revision."""
        terms = past.revision.agreement
        return cls(
            number=terms.number,
            revision=terms.revision,
            hash=terms.hash,
            client=terms.client,
            recipient=Recipient(
                code=terms.recipient, name=terms.recipient_en, name_lv=terms.recipient_lv
            ),
            purpose=Purpose(iri=terms.purpose, text=terms.purpose_en, text_lv=terms.purpose_lv),
            legal_basis=Grounds.of(past.revision.basis_en, past.revision.basis_lv),
            visibility=terms.visibility.value,
            visible_after_days=terms.visible_after_days,
            valid_from=terms.valid_from,
            valid_to=terms.valid_to,
            logged_at=past.logged_at,
            on_log=past.on_log,
            replaced_at=past.replaced_at,
            acting=past.acting,
            problems=list(past.problems),
            signatures=[
                ControllerSignature(controller=name, valid=valid)
                for name, valid in sorted(past.signatures.items())
            ],
            gained=list(past.gained),
            lost=list(past.lost),
            changed=list(past.changed),
        )


@strawberry.type(description=described("A field under an agreement", "matricas rinda"))
class MatrixRow:
    """Who may see it, for what, by which rule."""

    recipient: Recipient = part("Institution that receives data", "saņēmējs")
    client: str = leaf(ADM, "Client", "klients")
    agreement: str = leaf(ADM, "Number of the agreement", "vienošanās")
    revision: int = leaf(ADM, "Its revision", "redakcija")
    purpose: Purpose = part("What for", "nolūks")
    legal_basis: Grounds = part("On which grounds", "tiesiskais pamats")
    operation: str = leaf(ADM, "Kind of operation", "darbība")
    register: str = leaf(ADM, "Register", "reģistrs")
    field: str = leaf(ADM, "Path below `Person`", "lauks")
    category: str = leaf(ADM, "Kind of data", "datu kategorija")
    verdict: str = leaf(ADM, "Granted, with consent or without; or why not", "lēmums")
    rule: str = leaf(ADM, "Rule that decides", "noteikums")

    @classmethod
    def of(cls, line: MatrixLine) -> "MatrixRow":
        """Publish a line."""
        return cls(
            recipient=Recipient(
                code=line.recipient, name=line.recipient_en, name_lv=line.recipient_lv
            ),
            client=line.client,
            agreement=line.agreement,
            revision=line.revision,
            purpose=Purpose(iri=line.purpose, text=line.purpose_en, text_lv=line.purpose_lv),
            legal_basis=Grounds.of(line.basis_en, line.basis_lv),
            operation=line.operation,
            register=line.register,
            field=line.field,
            category=line.category,
            verdict=line.verdict,
            rule=line.rule,
        )


@strawberry.type(description=described("Who may see what for what purpose", "piekļuves matrica"))
class MatrixPage:
    """One page, in the order of client, agreement, operation and field."""

    rows: list[MatrixRow] = part("Rows", "rindas")
    page_info: PageInfo = part("Where the page ends", "lappuses dati")

    @classmethod
    def of(cls, page: Page) -> "MatrixPage":
        """Publish a page."""
        return cls(rows=[MatrixRow.of(each) for each in page.rows], page_info=PageInfo.of(page))


def agreement_history(
    info: Info,
    number: Annotated[str, argument("Number of the agreement", "vienošanās numurs")],
    reason: Reason,
) -> list[AgreementRevision]:
    """Resolve."""
    del number, reason
    return [AgreementRevision.of(each) for each in told(info)]


def policy_matrix(  # noqa: PLR0913, PLR0917 — as published
    info: Info,
    reason: Reason,
    recipient: Annotated[str | None, argument("Code of the institution", "saņēmējs")] = None,
    purpose: Annotated[str | None, argument("Purpose, IRI or short name", "nolūks")] = None,
    client: Annotated[str | None, argument("Client", "klients")] = None,
    refused: Annotated[bool | None, argument("Refused fields too", "arī liegtie")] = None,
    first: First = None,
    after: After = None,
) -> MatrixPage:
    """Resolve."""
    del reason, recipient, purpose, client, refused, first, after
    return MatrixPage.of(told(info))


QUERIES = [
    desk(
        "agreementHistory",
        agreement_history,
        "Every revision of an agreement, newest first",
        "vienošanās vēsture",
    ),
    desk(
        "policyMatrix",
        policy_matrix,
        "Who may see what for what purpose, by the agreements of today",
        "piekļuves matrica",
    ),
]
