"""Questions that concern no register: the access log, consents, agreements."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias

from hub.model.agreement import Oversight
from hub.model.caller import Caller
from hub.model.entry import SubjectEntry
from hub.model.personal_code import PersonalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskQuestion:
    """One root field, before anything is looked up.

    Attributes:
        root: Published name: ``usage``.
        arguments: Coerced, by GraphQL name; None for what is left out.
        operation_id: Of the entry that will be on the log before the answer leaves.
    """

    root: str
    arguments: Mapping[str, Any] = field(repr=False)
    caller: Caller = field(repr=False)
    at: datetime
    operation_id: str

    @property
    def person(self) -> PersonalCode:
        """The person whose own token the caller holds; only where the post admits persons."""
        person = self.caller.client.person
        assert person is not None  # noqa: S101 — the corridor admits no other
        return person


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskAnswer:
    """What a desk says.

    Attributes:
        value: What the published type of the root is made from.
        subjects: Persons the entry is about; none where the question concerned nobody.
        reason: Why an officer asked; checked by ``hub.model.reason``.
    """

    value: Any
    subjects: tuple[SubjectEntry, ...] = ()
    reason: str | None = None


Handler: TypeAlias = Callable[[DeskQuestion], Awaitable[DeskAnswer]]

RECIPIENT: Final = None
"""Among those a post admits: whoever invokes an agreement of exchange."""


PERSON: Final[frozenset[Oversight | None]] = frozenset({Oversight.PERSON})
HUB: Final[frozenset[Oversight | None]] = frozenset({Oversight.HUB})
OFFICERS: Final = HUB | {Oversight.INSTITUTION}
ANYBODY: Final = frozenset({RECIPIENT, *Oversight})


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Who answers a root field, and who may ask.

    Attributes:
        admits: Views of the log that agreements open; ``RECIPIENT`` for agreements that open none.
        decision: Of the entry: ``accountability``, ``consent`` or ``oversight``.
    """

    answer: Handler
    admits: frozenset[Oversight | None]
    decision: str = "accountability"
