"""What is sealed of a person: alike for all with the same outcomes, up to who it is."""

from functools import lru_cache
from typing import Final, NamedTuple

from hub.audit.encoding import canonical
from hub.model.entry import tells

PERSON_BYTES: Final = 96
OUTCOME_BYTES: Final = 32
"""Room for the person and the relation, and for a register's outcome beside its name."""
USUAL_QUOTED_BYTES: Final = 14


@lru_cache(maxsize=256)
def room_of(registers: tuple[str, ...]) -> int:
    """Return what lengths of sealed texts are multiples of: only the registers asked decide."""
    return PERSON_BYTES + sum(len(name) + OUTCOME_BYTES for name in registers)


class Telling(NamedTuple):
    """What is sealed of every person with the same outcomes, up to who it is.

    Attributes:
        head, tail: JSON text before the personal code, and after one of the usual length, as
            long as the operation's others: length must tell no outcome.
        watched: Whether a restriction or objection stops it.
    """

    head: bytes
    tail: bytes
    room: int
    watched: bool

    @staticmethod
    @lru_cache(maxsize=1024)
    def of(
        outcomes: tuple[tuple[str, str], ...],
        relation: str,
        room: int,
        stoppable: bool,  # noqa: FBT001 — part of the key
    ) -> "Telling":
        """Make it; the key is the whole of what stands in it."""
        told = dict(outcomes)
        text = canonical({"outcomes": told, "relation": relation, "subject": ""})
        head = text.removesuffix(b'""}')
        tail = _padded(head, USUAL_QUOTED_BYTES, room)
        return Telling(head, tail, room, stoppable and tells(told, relation))

    def text(self, quoted: bytes) -> bytes:
        """Return what is sealed of one person."""
        if len(quoted) == USUAL_QUOTED_BYTES:
            return self.head + quoted + self.tail
        return self.head + quoted + _padded(self.head, len(quoted), self.room)


def _padded(head: bytes, quoted_bytes: int, room: int) -> bytes:
    """Return the closing brace, and spaces up to a multiple of ``room``."""
    text_bytes = len(head) + quoted_bytes + 1
    return b"}".ljust(1 + -text_bytes % room)
