"""A small published schema of one made-up register, for tests of plan and assembly."""

from datetime import date
from enum import Enum
from typing import Annotated

import strawberry
from strawberry import UNSET
from strawberry.types import Info

from hub.model.catalogue import Category, Freshness, Manifest
from schemas.composition import build
from schemas.field import argument, leaf, part, value
from schemas.person import Registered, answer
from schemas.provenance import Provenance


@strawberry.enum(description="Kind (veids)")
class LoanKind(Enum):
    NOVEL = value("NOVEL", "A novel", "romāns", category=Category.ADMINISTRATIVE)
    CURE = value("CURE", "A book of cures", "ārstniecība", category=Category.HEALTH)


@strawberry.type(description="A loan (aizdevums)")
class Loan:
    kind: LoanKind = leaf(Category.ADMINISTRATIVE, "Kind", "veids", classifies="row")
    since: date | None = leaf(Category.ADMINISTRATIVE, "Since", "no")
    fee: int = leaf(Category.FINANCIAL, "Fee", "maksa")


@strawberry.type(description="Library (bibliotēka)")
class Library:
    card: str | None = leaf(Category.ADMINISTRATIVE, "Card", "karte")
    loans: list[Loan] = part("Loans", "aizdevumi")
    provenance: Provenance = part("Provenance", "izcelsme")


def library(
    self: object,
    info: Info,
    on: Annotated[date | None, argument("Day", "diena")] = UNSET,
) -> Library | None:
    found: Library | None = answer(self, info, "library", on=on)
    return found


LIBRARY = Registered(register="library", resolver=library, en="Library", lv="bibliotēka")
MANIFEST = Manifest(
    name="library",
    controller="LNB",
    controller_en="National Library",
    controller_lv="Latvijas Nacionālā bibliotēka",
    source="BIS",
    freshness=Freshness(ttl_s=60, negative_ttl_s=10, stale_if_error_s=0, max_age_s=60),
)
SCHEMA = build([LIBRARY])._schema
