"""Agreements: DAGR's permission object, grown up (DESIGN.md section 5)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from hub.model.catalogue import FieldId


class Operation(StrEnum):
    """What an agreement lets its recipient do with a register."""

    RECORD = "record"
    STATUS = "status"
    CHANGES = "changes"
    BATCH = "batch"


class OnExcess(StrEnum):
    """What happens to an operation that asks for more than is granted."""

    REFUSE = "refuse"
    NULL = "null"


class Oversight(StrEnum):
    """Whose view of the access log an agreement opens; it grants no register's field."""

    PERSON = "person"
    INSTITUTION = "institution"
    HUB = "hub"


class Visibility(StrEnum):
    """When the person sees that this agreement was used."""

    IMMEDIATE = "immediate"
    DELAYED = "delayed"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """Grounds of disclosure; belongs to the agreement and is never swapped afterwards.

    Attributes:
        article6: Term of ``https://w3id.org/dpv/legal/eu/gdpr#``; consent is ``A6-1-a``.
        article9: Same for special categories, ``A9-2-b``; None where none are disclosed.
        law: National provisions, as cited in the agreement.
    """

    article6: str
    article9: str | None
    law: tuple[str, ...]

    @property
    def is_consent(self) -> bool:
        """Whether disclosure rests on the person's consent."""
        return self.article6 == "A6-1-a"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose data the agreement covers; every condition given must hold.

    Attributes:
        territories: ATVK codes of declared residence; empty means no territorial bound.
        caseload: Only persons on the agreement's own list.
        case: Only persons tied to the case named in ``Hub-Case``.
    """

    territories: frozenset[str] = frozenset()
    caseload: bool = False
    case: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Distinct subjects per period; ``period`` is ``day``, ``month`` or ``year`` (Europe/Riga)."""

    subjects: int
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Why a person is not told that an agreement was used.

    Attributes:
        ground: Provision of law, or the order, that says so.
        officer: Second officer who confirmed it, by institution and office, never by name.
        review: Day by which it is looked at again.
        ends: Last sealed day; None where law leaves the end open.
    """

    ground: str
    officer: str
    review: date
    ends: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One revision in force.

    Attributes:
        number: Public number, ``RSD-2026-001``.
        revision: From 1; entries of the access log name it.
        hash: SHA-256 of the signed canonical document, hexadecimal.
        client: Client id of the recipient's system.
        recipient: Institution that receives the data; ``recipient_en/lv`` its names.
        service: VIRSIS id of the service, or holder and number (``VSAA-56``); ``service_name``
            its Latvian name.
        purpose: IRI under DPV; ``purpose_en/lv`` in plain words.
        fields: Granted leaves and value classes, expanded from the field tree.
        window_months: How many full months back a period may reach; None means no bound.
        hours: Local hours (Europe/Riga) in which it may be used, ``(8, 20)``; None means always.
        max_subjects: Most persons in one request.
        oversight: Whose view of the access log it opens; None for exchange agreements.
        visible_after_days: With ``delayed``: whole days until the person is told.
        seal: With ``sealed``: on which ground.
        cache: Whether facts may come from, and go into, the shared cache.
    """

    number: str
    revision: int
    hash: str
    client: str
    recipient: str
    recipient_en: str
    recipient_lv: str
    service: str
    purpose: str
    purpose_en: str
    purpose_lv: str
    basis: LegalBasis
    operations: frozenset[Operation]
    fields: frozenset[FieldId]
    scope: Scope
    quota: Quota | None
    valid_from: date
    valid_to: date | None
    window_months: int | None
    hours: tuple[int, int] | None
    max_subjects: int
    case_required: bool
    official_required: bool
    cache: bool
    visibility: Visibility
    on_excess: OnExcess
    controllers: tuple[str, ...]
    processors: tuple[str, ...]
    consent_scope: str | None = None
    service_name: str = ""
    oversight: Oversight | None = None
    visible_after_days: int = 0
    seal: Seal | None = None

    def in_force(self, at: datetime, today: date) -> bool:
        """Tell whether the revision may be used at ``at`` (aware, Europe/Riga) on day ``today``."""
        if not self.valid_from <= today <= (self.valid_to or today):
            return False
        return self.hours is None or self.hours[0] <= at.hour < self.hours[1]
