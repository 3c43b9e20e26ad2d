"""Restrictions and objections, and what was decided on them."""

from datetime import datetime
from enum import Enum

import strawberry

from hub.model import said, stop
from schemas.accountability.paging import ADM
from schemas.field import described, leaf, part, value


@strawberry.enum(description=described("A right that stops a disclosure", "tiesība"))
class StopKind(Enum):
    """Of GDPR 18 and 21."""

    RESTRICTION = value("RESTRICTION", "Restriction (GDPR 18)", "apstrādes ierobežojums")
    OBJECTION = value("OBJECTION", "Objection (GDPR 21)", "iebildums")


@strawberry.enum(description=described("Where a restriction or objection stands", "statuss"))
class StopState(Enum):
    """It stops while assessed and when upheld."""

    ASSESSED = value("ASSESSED", "Stops, and waits for the controller's decision", "izvērtē")
    UPHELD = value("UPHELD", "Stops: so the controller decided", "apmierināts")
    OVERRIDDEN = value("OVERRIDDEN", "Stops no more: so the controller decided", "noraidīts")
    LIFTED = value("LIFTED", "Taken back by the person", "atsaukts")


@strawberry.type(description=described("The controller's decision", "pārziņa lēmums"))
class StopDecision:
    """With its reason, institution and office; never a name."""

    at: datetime = leaf(ADM, "When, UTC", "laiks")
    reason: str = leaf(ADM, "Why, in plain words", "pamatojums")
    institution: str = leaf(ADM, "Who decided", "iestāde")
    office: str = leaf(ADM, "The deciding officer's office", "amats")
    told_at: datetime | None = leaf(ADM, "When the person was told, UTC", "paziņots")

    @classmethod
    def of(cls, known: stop.Stop) -> "StopDecision | None":
        """Publish the last decision, if there is any."""
        for event in reversed(known.events):
            if event.decided is not None:
                return cls(
                    at=event.at,
                    reason=event.decided.reason,
                    institution=event.decided.institution,
                    office=event.decided.officer,
                    told_at=event.decided.told_at,
                )
        return None


@strawberry.type(description=described("A restriction or objection", "ierobežojums vai iebildums"))
class Stopped:
    """It stops disclosures on a public task, a legitimate interest, or consent."""

    kind: StopKind = leaf(ADM, "Which right", "tiesība")
    purpose: str | None = leaf(ADM, "The only purpose concerned; null means all", "nolūks")
    agreement: str | None = leaf(ADM, "Agreement it was said about", "vienošanās numurs")
    state: StopState = leaf(ADM, "Where it stands", "statuss")
    begun_at: datetime = leaf(ADM, "When it began, UTC", "sākums")
    ended_at: datetime | None = leaf(ADM, "When it ended, UTC", "beigas")
    decision: StopDecision | None = part("What the controller decided", "pārziņa lēmums")

    @classmethod
    def of(cls, known: stop.Stop) -> "Stopped":
        """Publish one."""
        return cls(
            kind=StopKind[known.kind.name],
            purpose=known.purpose,
            agreement=known.agreement,
            state=StopState[known.state.name],
            begun_at=known.begun_at,
            ended_at=known.lifted_at,
            decision=StopDecision.of(known),
        )


@strawberry.type(
    description=described(
        "Receipt of a restriction or objection", "iebilduma vai ierobežojuma kvīts"
    )
)
class StoppedReceipt:
    """Its entry is on the log."""

    id: str = leaf(ADM, "Id of the operation, as the answer's own receipt names it", "kvīts numurs")
    at: datetime = leaf(ADM, "When, UTC", "laiks")
    changed: bool = leaf(ADM, "Whether it had not been said before", "vai kas mainījās")
    stops: list[Stopped] = part("All restrictions and objections now", "ierobežojumi un iebildumi")

    @classmethod
    def of(cls, known: said.StopSaid) -> "StoppedReceipt":
        """Publish a receipt."""
        return cls(
            id=known.id,
            at=known.at,
            changed=known.changed,
            stops=[Stopped.of(each) for each in known.stops],
        )
