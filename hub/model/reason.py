"""Why an officer looked: free text that goes into the open part of an entry."""

from typing import Final

from hub.errors import BadRequest, Code
from hub.model.personal_code import looks_like_code

SHORTEST: Final = 10
LONGEST: Final = 300


def checked_reason(text: str | None) -> str:
    """Return the reason, its spaces made single.

    Raises:
        BadRequest: ``reason_invalid``: missing, shorter than ten characters, longer than 300, or
            with anything shaped like a personal code.
    """
    reason = " ".join((text or "").split())
    if not SHORTEST <= len(reason) <= LONGEST or looks_like_code(reason):
        raise BadRequest(Code.REASON_INVALID, atLeast=SHORTEST, atMost=LONGEST)
    return reason
