"""The one way in which an embedded server disappoints."""

from hub.errors import Misconfigured

POSTGRES = "postgres"
REDIS = "redis"


class ServerFailed(Misconfigured):
    """A server did not start, or cannot be commanded.

    Attributes:
        server: ``postgres`` or ``redis``.
        reason: One lower-case sentence.
        log_tail: The last lines the server wrote, possibly none.
    """

    def __init__(self, server: str, reason: str, log_tail: str = "") -> None:
        """Tell why ``server`` failed, and what it said last."""
        said = f"; its last words:\n{log_tail}" if log_tail else ""
        super().__init__([f"{server}: {reason}{said}"])
        self.server = server
        self.reason = reason
        self.log_tail = log_tail
