"""What a person is told of who looked at their data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Disclosed(StrEnum):
    """What a recipient learned from one register about one person."""

    FACTS = "FACTS"
    NO_RECORD = "NO_RECORD"
    NOTHING = "NOTHING"


LEARNED = {
    "found": Disclosed.FACTS,
    "stale": Disclosed.FACTS,
    "absent": Disclosed.NO_RECORD,
    "withheld_or_empty": Disclosed.NO_RECORD,
}
"""From outcomes of entries; whatever other outcome there is, nothing was learned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterUse:
    """One register asked about the person, and what the recipient learned from it."""

    register: str
    disclosed: Disclosed


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One look at a person's data; never an official, a case or anybody else's household.

    Attributes:
        system: Client of the recipient that asked.
        purpose, purpose_en, purpose_lv: IRI, and plain words.
        basis_en, basis_lv: Grounds of GDPR in plain words, then national law as cited.
        by_consent: The person's own consent was the ground.
        agreement: Its number, under which the person may object.
        mentioned: The person was named in another person's record; no register was asked.
    """

    at: datetime
    recipient: str
    recipient_en: str
    recipient_lv: str
    system: str
    purpose: str
    purpose_en: str
    purpose_lv: str
    basis_en: Sequence[str]
    basis_lv: Sequence[str]
    by_consent: bool
    consent: str | None
    registers: Sequence[RegisterUse]
    categories: Sequence[str]
    mentioned: bool
    agreement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """For which time the log is kept; the same for everybody."""

    start: datetime
    end: datetime
