"""Orders to destroy a person's keys, given by officers who have logged in by their own clients.

The step itself has an entry that names the person, before anything is recorded (see
``hub.audit.retention``); the question's own entry names nobody.
"""

from hub.audit.retention import Retention
from hub.model.desk import DeskAnswer, DeskQuestion


class OrderDesk:
    """Answers ``orderDestruction`` and ``confirmDestruction``; carrying out is the operator's."""

    def __init__(self, retention: Retention) -> None:
        self._retention = retention

    async def order(self, question: DeskQuestion) -> DeskAnswer:
        """Record the first officer's order.

        Raises:
            BadRequest: ``reason_invalid`` or ``parameter_invalid``.
            ServiceUnavailable: ``audit_unavailable``.
        """
        asked = question.arguments
        made = await self._retention.order(
            asked["personalCode"],
            asked["years"],
            officer=officer_of(question),
            ground=asked["ground"],
        )
        return DeskAnswer(value=made, reason=made.ground)

    async def confirm(self, question: DeskQuestion) -> DeskAnswer:
        """Record the second officer's word.

        Raises:
            BadRequest: ``reason_invalid`` or ``order_unknown``.
            Refused: ``officer_same``.
            ServiceUnavailable: ``audit_unavailable``.
        """
        asked = question.arguments
        made = await self._retention.confirm(
            asked["order"],
            asked["personalCode"],
            officer=officer_of(question),
            reason=asked["reason"],
        )
        return DeskAnswer(value=made, reason=asked["reason"])


def officer_of(question: DeskQuestion) -> str:
    """Return the officer as ``institution/client``: who they are, the token told."""
    caller = question.caller
    return f"{caller.agreement.recipient}/{caller.client.id}"
