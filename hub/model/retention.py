"""How long the access log is kept, what holds it longer, and whose keys are destroyed sooner."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from hub.errors import BadRequest, Code
from hub.model.personal_code import PersonalCode, looks_like_code

_OFFICER: Final = re.compile(r"[^\W_][\w.-]{1,39}/[^\W_][\w .-]{1,59}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionTerms:
    """How long entries stay after the end of their year (policies/retention.yaml).

    Attributes:
        law: Provisions that say so.
        en, lv: The same in plain words.
    """

    years: int
    law: tuple[str, ...]
    en: str
    lv: str

    def ends(self, year: int) -> int:
        """Return the first year (UTC) in which the entries of ``year`` may be dropped."""
        return year + self.years + 1


class HoldKind(StrEnum):
    """What a hold keeps."""

    PERSON = "person"
    YEAR = "year"
    AGREEMENT = "agreement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Why records must not be destroyed for now.

    Attributes:
        year: Only this one; None means every year. A hold on a year names it.
        person: Whose keys; None where it is about nobody, or was lifted.
        officer: Who set it, as ``institution/office``. ``lifted_by``: who ended it.
    """

    id: str
    kind: HoldKind
    year: int | None
    agreement: str | None
    person: PersonalCode | None = field(repr=False)
    reason: str
    officer: str
    at: datetime
    lifted_by: str | None = None
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionOrder:
    """Two officers' order to destroy a person's keys.

    Attributes:
        person: Whose; None once it was carried out: nothing tells any more.
        keys: How many there were.
        finished_at: When the blind indexes of the person's entries had gone too.
    """

    id: str
    ground: str
    years: Sequence[int]
    person: PersonalCode | None = field(repr=False)
    ordered_by: str
    ordered_at: datetime
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    carried_out_at: datetime | None = None
    keys: int | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEnded:
    """What was dropped with a year."""

    entries: int
    keys: int
    partitions: int


def checked_officer(text: str | None) -> str:
    """Return an officer as ``institution/office``, spaces made single; never a name with a code.

    Raises:
        BadRequest: ``officer_invalid``.
    """
    officer = " ".join((text or "").split())
    if not _OFFICER.fullmatch(officer) or looks_like_code(officer):
        raise BadRequest(Code.OFFICER_INVALID)
    return officer
