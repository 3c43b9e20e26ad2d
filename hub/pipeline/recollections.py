"""Answers about one person that would be made of the very same records again."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from hub.errors import HubError
from hub.model.decision import Permit
from hub.model.entry import SubjectEntry
from hub.model.personal_code import PersonalCode
from hub.pipeline.bound import Bound
from hub.ports import Fetch

_CAPACITY: Final = 320


class Recollection(Struct, frozen=True, kw_only=True):
    """What was answered about one person.

    Attributes:
        mark: Of what was asked: stands for plan, agreement, policy, periods and day.
        grasped: The records it was made of.
        subjects: What the log was told of the person.
    """

    mark: object
    grasped: Sequence[Any]
    subjects: tuple[SubjectEntry, ...]
    data: Mapping[str, Any] | None
    errors: tuple[HubError, ...]


class Recollections:
    """The newest answers made of records at hand; each request about them is logged as ever.

    # INVARIANT: nothing is recalled once one of its records was evicted, forgotten or is stale,
    # for another question or agreement, on another day, or after any change of policy.
    """

    def __init__(self, fetch: Fetch, *, capacity: int = _CAPACITY) -> None:
        """Recall as long as ``fetch`` has the records; 0 recalls nothing."""
        self._fetch = fetch
        self._capacity = capacity
        self._kept: OrderedDict[tuple[object, PersonalCode], Recollection] = OrderedDict()

    def recall(self, bound: Bound, permit: Permit, code: PersonalCode) -> Recollection | None:
        """Return what was answered to the same question, if its records are still the ones."""
        key = (bound.mark, code)
        known = self._kept.get(key)
        if known is None:
            return None
        if not self._fetch.still(permit, known.grasped):
            del self._kept[key]
            return None
        return known

    def keep(self, code: PersonalCode, known: Recollection) -> None:
        """Keep an answer, as the newest."""
        key = (known.mark, code)
        self._kept[key] = known
        self._kept.move_to_end(key)
        if len(self._kept) > self._capacity:
            self._kept.popitem(last=False)

    def drop(self, bound: Bound, code: PersonalCode) -> None:
        """Forget one."""
        self._kept.pop((bound.mark, code), None)
