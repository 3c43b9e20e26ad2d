"""Restrictions (GDPR 18) and objections (GDPR 21): what stops a disclosure until it is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.model.personal_code import PersonalCode

STOPPABLE_BASES = frozenset({"A6-1-a", "A6-1-e", "A6-1-f"})
"""Bases (GDPR 6) on which a restriction or objection stops disclosure at once.

Source: GDPR 21(1) for ``e`` and ``f``; consent can be taken back as easily as it was given (7(3)).
Where a law commands the disclosure (``c``), the register's controller restricts at the source.
"""
OBJECTABLE_BASES = frozenset({"A6-1-e", "A6-1-f"})
"""Bases on which a person has the right to object to an agreement's purpose (GDPR 21(1))."""


class StopKind(StrEnum):
    """A right that stops a disclosure resting on public task, legitimate interest or consent."""

    RESTRICTION = "restriction"
    OBJECTION = "objection"


class StopState(StrEnum):
    """Where a restriction or objection stands."""

    ASSESSED = "assessed"
    UPHELD = "upheld"
    OVERRIDDEN = "overridden"
    LIFTED = "lifted"

    @property
    def stops(self) -> bool:
        """Whether disclosure stays stopped: until somebody decided otherwise, it does."""
        return self in {StopState.ASSESSED, StopState.UPHELD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The controller's reasoned decision on a restriction or objection.

    Attributes:
        upheld: It stays stopped; else compelling legitimate grounds override it (GDPR 21(1)), or
            the ground of the restriction is gone (18(3)).
        reason: Why, in plain words, without a personal code.
        institution: Who decided; ``officer`` the post, never a name.
        told_at: When the person was told; before a restriction is lifted, always (18(3)).
    """

    upheld: bool
    reason: str
    institution: str
    officer: str
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopEvent:
    """Something that happened to a restriction or objection; never changed afterwards."""

    state: StopState
    at: datetime
    via: str = "sandbox"
    operation: str | None = None
    decided: Decided | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWord:
    """A restriction or objection about to begin or to be taken back.

    Attributes:
        purpose: IRI of the only purpose it concerns; None means every purpose.
        agreement: Number of the agreement it was said about; None where it was about none.
        speaker: Who says it; ``capacity`` as in consents.
        own: Take back only what the same speaker began.
    """

    kind: StopKind
    purpose: str | None
    at: datetime
    speaker: PersonalCode | None = None
    capacity: str = "subject"
    agreement: str | None = None
    via: str = "sandbox"
    operation: str | None = None
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A restriction or objection of one person, with its history, oldest event first.

    Attributes:
        purpose: IRI of the only purpose it concerns; None means every purpose.
    """

    kind: StopKind
    purpose: str | None
    agreement: str | None = None
    events: Sequence[StopEvent]

    @property
    def state(self) -> StopState:
        """Where it stands."""
        return self.events[-1].state

    @property
    def begun_at(self) -> datetime:
        """Aware UTC instant."""
        return self.events[0].at

    @property
    def lifted_at(self) -> datetime | None:
        """Aware UTC instant at which it ended; None while it stops."""
        return None if self.state.stops else self.events[-1].at

    @property
    def decided(self) -> Decided | None:
        """The controller's last decision."""
        return next((each.decided for each in reversed(self.events) if each.decided), None)
