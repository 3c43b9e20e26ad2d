"""Why an officer looked: free text that goes into the open part of an entry."""

from typing import Final

from hub.errors import BadRequest, Code
from hub.model.personal_code import hides_code

SHORTEST: Final = 10
LONGEST: Final = 300


def checked_reason(text: str | None) -> str:
    """Return the reason, its spaces made single.

    Raises:
        BadRequest: ``reason_invalid``: missing, shorter than ten characters, longer than 300, or
            with control characters or anything shaped like a personal code.
    """
    reason = " ".join((text or "").split())
    # what is no character moves a terminal, or parts a code for readers alone
    if not SHORTEST <= len(reason) <= LONGEST or not reason.isprintable() or hides_code(reason):
        raise BadRequest(Code.REASON_INVALID, atLeast=SHORTEST, atMost=LONGEST)
    return reason
