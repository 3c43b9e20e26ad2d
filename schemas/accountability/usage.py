"""Who looked at my data."""

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.model.page import Page
from hub.model.personal_code import PersonalCode
from hub.model.usage import Use
from schemas.accountability.paging import (
    ADM,
    After,
    First,
    Grounds,
    PageInfo,
    Purpose,
    Recipient,
)
from schemas.desks import desk, told
from schemas.field import argument, described, leaf, part, value

Person = Annotated[
    PersonalCode | None,
    argument(
        "Whose data: one's own, or of whom one represents; officers name the person",
        "personas kods",
    ),
]
From = Annotated[datetime | None, argument("From this instant", "no", name="from")]
To = Annotated[datetime | None, argument("Before this instant", "līdz", name="to")]
WhyAsked = Annotated[
    str | None,
    argument("Officers: why it is asked, 10 to 300 characters, no personal code", "iemesls"),
]


@strawberry.enum(
    description=described("What a recipient learned from a register", "izpaušanas iznākums")
)
class Disclosed(Enum):
    """Of one person; ``hub.model.usage`` says which outcomes are which."""

    FACTS = value("FACTS", "Something the register knows", "ziņas")
    NO_RECORD = value(
        "NO_RECORD", "That there is no record, or none it may see", "ieraksta nav vai to neredz"
    )
    NOTHING = value("NOTHING", "Nothing: no answer, or stopped", "nekas")


@strawberry.type(description=described("A register asked about the person", "pieprasīts reģistrs"))
class RegisterUse:
    """By its published name, as of ``registers``."""

    register: str = leaf(ADM, "Name, as of `registers`", "reģistrs")
    disclosed: Disclosed = leaf(ADM, "What the recipient learned", "izpausts")


@strawberry.type(description=described("One look at a person's data", "datu izmantošana"))
class Usage:
    """Never an official, a case or anybody else's household."""

    at: datetime = leaf(ADM, "Instant, UTC", "laiks")
    recipient: Recipient = part("Institution that asked", "datu saņēmējs")
    purpose: Purpose = part("What for", "nolūks")
    legal_basis: Grounds = part("On which grounds", "tiesiskais pamats")
    by_consent: bool = leaf(ADM, "Whether the person's consent was the ground", "ar piekrišanu")
    consent: str | None = leaf(ADM, "Consent record and its revision", "piekrišanas ieraksts")
    registers: list[RegisterUse] = part("Registers asked", "reģistri")
    categories: list[str] = leaf(ADM, "Kinds of data the agreement opened", "datu kategorijas")
    agreement: str = leaf(
        ADM, "Number of the agreement, as `objectTo` takes it", "vienošanās numurs"
    )
    mentioned: bool = leaf(
        ADM,
        "Named in another person's record; of what was asked about that person nothing is told",
        "minēts citas personas ierakstā",
    )

    @classmethod
    def of(cls, use: Use) -> "Usage":
        """Publish one."""
        return cls(
            at=use.at,
            recipient=Recipient(
                code=use.recipient, name=use.recipient_en, name_lv=use.recipient_lv
            ),
            purpose=Purpose(iri=use.purpose, text=use.purpose_en, text_lv=use.purpose_lv),
            legal_basis=Grounds.of(use.basis_en, use.basis_lv),
            by_consent=use.by_consent,
            consent=use.consent,
            registers=[
                RegisterUse(register=each.register, disclosed=Disclosed[each.disclosed.name])
                for each in use.registers
            ],
            categories=list(use.categories),
            agreement=use.agreement,
            mentioned=use.mentioned,
        )


@strawberry.type(description=described("Looks at a person's data, newest first", "izmantošanas"))
class UsagePage:
    """One page."""

    usages: list[Usage] = part("Newest first", "izmantošanas")
    page_info: PageInfo = part("Where the page ends", "lappuses dati")

    @classmethod
    def of(cls, page: Page) -> "UsagePage":
        """Publish a page."""
        return cls(usages=[Usage.of(each) for each in page.rows], page_info=PageInfo.of(page))


def usage(  # noqa: PLR0913, PLR0917 — as published
    info: Info,
    personal_code: Person = None,
    start: From = None,
    end: To = None,
    first: First = None,
    after: After = None,
    reason: WhyAsked = None,
) -> UsagePage:
    """Resolve."""
    del personal_code, start, end, first, after, reason
    return UsagePage.of(told(info))


QUERIES = [desk("usage", usage, "Who looked at a person's data, and why", "datu izmantošana")]
