"""The desk that tells whether the log is in order, to whoever watches over the hub."""

from dataclasses import dataclass
from datetime import UTC
from typing import Final

from hub.model.desk import DeskAnswer, DeskQuestion
from hub.model.health import LogHealth
from hub.model.reason import checked_reason
from hub.ports.accountability import HealthStore

_MOST_ALARMS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthDesk:
    """Answers ``logHealth``."""

    store: HealthStore

    async def log_health(self, question: DeskQuestion) -> DeskAnswer:
        """Return the present year's log, what waits for it, witnesses and alarms.

        Raises:
            BadRequest: ``reason_invalid``.
            ServiceUnavailable: ``audit_unavailable``.
        """
        reason = checked_reason(question.arguments.get("reason"))
        year = question.at.astimezone(UTC).year
        state = await self.store.state(year)
        waited = (question.at - state.oldest).total_seconds() if state.oldest else 0.0
        made = LogHealth(
            at=question.at,
            year=year,
            state=state,
            lag_s=max(0.0, waited),
            cosignatures=await self.store.cosigned(),
            alarms=await self.store.alarms(_MOST_ALARMS),
        )
        return DeskAnswer(value=made, reason=reason)
