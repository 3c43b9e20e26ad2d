"""Orders to destroy a person's keys: two officers, two clients."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.model import retention as model
from hub.model.personal_code import PersonalCode
from schemas.accountability.paging import ADM, Reason
from schemas.desks import desk, told
from schemas.field import argument, described, leaf

Whose = Annotated[PersonalCode, argument("Whose keys", "personas kods")]
Years = Annotated[list[int], argument("Years of the log, UTC", "gadi")]
Ground = Annotated[
    str, argument("Legal ground: ten to 300 characters, no personal code; it is logged", "pamats")
]
Order = Annotated[str, argument("Id of the order", "rīkojums")]


@strawberry.type(
    description=described("An order to destroy a person's keys", "rīkojums iznīcināt atslēgas")
)
class DestructionOrder:
    """It never tells whose."""

    id: str = leaf(ADM, "Id", "apzīmējums")
    years: list[int] = leaf(ADM, "Years of the log, UTC", "gadi")
    ground: str = leaf(ADM, "Legal ground", "pamats")
    ordered_by: str = leaf(ADM, "First officer: institution/client", "pirmā amatpersona")
    ordered_at: datetime = leaf(ADM, "When, UTC", "kad")
    confirmed_by: str | None = leaf(ADM, "Second officer: institution/client", "otrā amatpersona")
    confirmed_at: datetime | None = leaf(ADM, "When, UTC", "kad apstiprināts")

    @classmethod
    def of(cls, order: model.DestructionOrder) -> "DestructionOrder":
        """Publish one."""
        return cls(
            id=order.id,
            years=list(order.years),
            ground=order.ground,
            ordered_by=order.ordered_by,
            ordered_at=order.ordered_at,
            confirmed_by=order.confirmed_by,
            confirmed_at=order.confirmed_at,
        )


def order_destruction(
    info: Info, personal_code: Whose, years: Years, ground: Ground
) -> DestructionOrder:
    """Resolve."""
    del personal_code, years, ground
    return DestructionOrder.of(told(info))


def confirm_destruction(
    info: Info, order: Order, personal_code: Whose, reason: Reason
) -> DestructionOrder:
    """Resolve."""
    del order, personal_code, reason
    return DestructionOrder.of(told(info))


MUTATIONS = [
    desk(
        "orderDestruction",
        order_destruction,
        "Order, as the first of two officers, that a person's keys be destroyed",
        "dot rīkojumu iznīcināt atslēgas",
    ),
    desk(
        "confirmDestruction",
        confirm_destruction,
        "Confirm the order, as the second officer, naming the person once more",
        "apstiprināt rīkojumu",
    ),
]
