"""What is published: registers, their fields, and the class of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

FieldId = NewType("FieldId", str)
"""Dotted path below ``Person``: ``disability.group``, ``socialInsurance.benefits.payments.net``.

A value class of rows is an id too, ``<list or leaf>#<category>``:
``socialInsurance.benefits#HEALTH``.
"""


class Category(StrEnum):
    """Kind of data (DOMAIN.md section 2: ID, ADM, FIN, HLT, CHP, CRM, and origin by value)."""

    IDENTITY = "IDENTITY"
    ADMINISTRATIVE = "ADMINISTRATIVE"
    FINANCIAL = "FINANCIAL"
    HEALTH = "HEALTH"
    CHILD_PROTECTION = "CHILD_PROTECTION"
    CRIMINAL = "CRIMINAL"
    ORIGIN = "ORIGIN"


class Sensitivity(StrEnum):
    """How carefully the law holds it.

    ``SPECIAL`` is GDPR 9, ``CRIMINAL`` GDPR 10, ``PROTECTED`` confidential by national law
    (child protection, adoption).
    """

    ORDINARY = "ORDINARY"
    PROTECTED = "PROTECTED"
    SPECIAL = "SPECIAL"
    CRIMINAL = "CRIMINAL"


SENSITIVITY_OF: Mapping[Category, Sensitivity] = {
    Category.IDENTITY: Sensitivity.ORDINARY,
    Category.ADMINISTRATIVE: Sensitivity.ORDINARY,
    Category.FINANCIAL: Sensitivity.ORDINARY,
    Category.HEALTH: Sensitivity.SPECIAL,
    Category.ORIGIN: Sensitivity.SPECIAL,
    Category.CHILD_PROTECTION: Sensitivity.PROTECTED,
    Category.CRIMINAL: Sensitivity.CRIMINAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One published leaf, or one value class of rows.

    Attributes:
        id: See ``FieldId``.
        register: Published register name, ``socialInsurance``; "" for the person's own fields.
        free: Granted beside any granted field (``personalCode``, ``absences``, ``provenance``).
    """

    id: FieldId
    register: str
    category: Category
    sensitivity: Sensitivity
    free: bool = False

    @property
    def is_value_class(self) -> bool:
        """Whether this id grants rows by value and not a leaf."""
        return "#" in self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How long facts may be kept, in seconds (connector's manifest).

    Attributes:
        ttl_s: Served from cache without asking; 0 forbids caching.
        negative_ttl_s: Same for a definite "no record".
        stale_if_error_s: While the register fails, facts may be this old; 0 forbids.
        max_age_s: Never older than this, whatever happens.
    """

    ttl_s: int
    negative_ttl_s: int
    stale_if_error_s: int
    max_age_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a connector declares about its register.

    Attributes:
        name: Published name, as the field of ``Person``: ``socialInsurance``.
        role: ``register`` (published), or ``population`` (known to policy by this role only).
        controller: Institution answerable for the data (VSAA); ``controller_en/lv`` its names.
        source: Name of the state information system (SAIS).
        deadline_s: Longest wait for one batched call.
        concurrency: Batched calls under way at once per replica.
        max_batch: Most subjects in one call to the register.
        windowed: Whether ``Ask.window`` narrows what is fetched.
        cacheable: Whether the controller allows caching.
    """

    name: str
    controller: str
    controller_en: str
    controller_lv: str
    source: str
    freshness: Freshness
    role: str = "register"
    title_en: str = ""
    title_lv: str = ""
    deadline_s: float = 3.0
    concurrency: int = 8
    max_batch: int = 10_000
    windowed: bool = False
    cacheable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything published, read once from the schema at start-up."""

    fields: Mapping[FieldId, Field]
    registers: Mapping[str, Manifest]
