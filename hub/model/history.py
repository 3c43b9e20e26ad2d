"""An agreement's revisions, as officers read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.model.revision import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRevision:
    """One revision, what vouches for it, and how it differs from the one before.

    Attributes:
        signatures: Controller to whether its signature verifies with the key known today.
        logged_at: Instant of the entry by which the log learned of it; None without one.
        on_log: Whether the hash there is that of the document.
        replaced_at: Instant at which the log learned of the next revision.
        acting: Whether it is the revision that acts.
        problems: Why it may not act.
        gained, lost: Fields compared with the revision before; all are gained by the first.
        changed: Other terms that differ, by name.
    """

    revision: Revision
    signatures: Mapping[str, bool]
    logged_at: datetime | None
    on_log: bool
    replaced_at: datetime | None
    acting: bool
    problems: Sequence[str]
    gained: Sequence[str]
    lost: Sequence[str]
    changed: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixLine:
    """One field under one agreement and kind of operation.

    Attributes:
        basis_en, basis_lv: Grounds in plain words.
    """

    recipient: str
    recipient_en: str
    recipient_lv: str
    client: str
    agreement: str
    revision: int
    purpose: str
    purpose_en: str
    purpose_lv: str
    basis_en: Sequence[str]
    basis_lv: Sequence[str]
    operation: str
    register: str
    field: str
    category: str
    verdict: str
    rule: str
