"""Where a record comes from and how old it is."""

from datetime import datetime
from typing import Self

import strawberry

from hub.model import evidence
from hub.model.catalogue import Category
from schemas.field import described, leaf


@strawberry.type(
    description=described(
        "Where a record comes from and how old it is; tells nothing of other callers",
        "datu izcelsme",
    )
)
class Provenance:
    """Free beside any granted field of the same register."""

    register: str = leaf(Category.ADMINISTRATIVE, "Register asked", "reģistrs")
    controller: str = leaf(
        Category.ADMINISTRATIVE, "Institution answerable for the data", "pārzinis"
    )
    source: str = leaf(Category.ADMINISTRATIVE, "State information system", "informācijas sistēma")
    as_of: datetime = leaf(
        Category.ADMINISTRATIVE,
        "Instant the facts are guaranteed for, UTC; never later than true",
        "dati ir spēkā uz brīdi",
    )
    fetched_at: datetime = leaf(
        Category.ADMINISTRATIVE,
        "When this agreement last fetched the record, UTC",
        "dati iegūti",
    )
    cached: bool = leaf(
        Category.ADMINISTRATIVE,
        "Whether this agreement's own earlier fetch is reused",
        "no kešatmiņas",
    )
    stale: bool = leaf(
        Category.ADMINISTRATIVE,
        "Whether the facts are older than usual because the register does not answer",
        "novecojuši dati",
    )

    @classmethod
    def of(cls, known: evidence.Provenance) -> Self:
        """Publish what the hub knows of a record's origin."""
        return cls(
            register=known.register,
            controller=known.controller,
            source=known.source,
            as_of=known.as_of,
            fetched_at=known.fetched_at,
            cached=known.cached,
            stale=known.stale,
        )
