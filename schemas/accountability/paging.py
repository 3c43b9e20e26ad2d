"""What answers about the log share: pages, and names in both languages."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from hub.model.catalogue import Category
from hub.model.page import Page
from schemas.field import argument, described, leaf

ADM = Category.ADMINISTRATIVE

First = Annotated[int | None, argument("Rows on the page", "rindu skaits")]
After = Annotated[str | None, argument("`endCursor` of the page before", "turpināt pēc")]
Reason = Annotated[
    str,
    argument("Why it is asked: ten to 300 characters, no personal code; it is logged", "iemesls"),
]


@strawberry.type(description=described("Where a page ends", "lappuses dati"))
class PageInfo:
    """Of Relay's connections, what pages that go one way need."""

    has_next_page: bool = leaf(ADM, "Whether there is a next page", "vai ir nākamā lappuse")
    end_cursor: str | None = leaf(
        ADM, "To be sent as `after`; serves you and this question alone", "turpinājuma norāde"
    )

    @classmethod
    def of(cls, page: Page) -> "PageInfo":
        """Publish where a page ends."""
        return cls(has_next_page=page.more, end_cursor=page.cursor if page.more else None)


@strawberry.type(description=described("An institution that receives data", "datu saņēmējs"))
class Recipient:
    """By its code and names; never an official's."""

    code: str = leaf(ADM, "Code of the institution", "iestādes kods")
    name: str = leaf(ADM, "Name in English", "nosaukums angļu valodā")
    name_lv: str = leaf(ADM, "Name in Latvian", "nosaukums latviešu valodā")


@strawberry.type(description=described("What data are used for", "nolūks"))
class Purpose:
    """An IRI, and plain words."""

    iri: str = leaf(ADM, "Purpose as a term under DPV", "nolūka identifikators")
    text: str = leaf(ADM, "In plain English", "vienkāršiem vārdiem angliski")
    text_lv: str = leaf(ADM, "In plain Latvian", "vienkāršiem vārdiem latviski")


@strawberry.type(description=described("Grounds in law", "tiesiskais pamats"))
class Grounds:
    """GDPR in plain words, then national law as the agreement cites it."""

    text: list[str] = leaf(ADM, "In English", "angliski")
    text_lv: list[str] = leaf(ADM, "In Latvian", "latviski")

    @classmethod
    def of(cls, en: Sequence[str], lv: Sequence[str]) -> "Grounds":
        """Publish grounds."""
        return cls(text=list(en), text_lv=list(lv))
