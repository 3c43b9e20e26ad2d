"""An entry of the access log as officers read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.model.found import FoundEntry
from hub.model.revision import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One entry.

    Attributes:
        told: Its open part; keys without a value are missing.
        revision: Of the agreement it names; None without one.
        place: Year and position, for the hub's officer; positions tell others of what they may
            not see.
        outcomes: Register to outcome, for the hub's officer and where a person was named.
        relation: How the person came into the answer, with the same bounds.
    """

    found: FoundEntry
    told: Mapping[str, Any]
    revision: Revision | None
    place: str | None = None
    outcomes: Sequence[tuple[str, str]] | None = field(default=None, repr=False)
    relation: str | None = field(default=None, repr=False)
