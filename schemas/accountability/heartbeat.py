"""Whether the log of look-ups can be asked: Estonia's Data Tracker asks it so."""

from datetime import datetime

import strawberry
from strawberry.types import Info

from hub.model.catalogue import Category
from schemas.desks import desk, told
from schemas.field import described, leaf

ADM = Category.ADMINISTRATIVE


@strawberry.type(description=described("That the log of look-ups answers", "dzīvības zīme"))
class Heartbeat:
    """``heartbeat`` of the Data Tracker's protocol 1.6."""

    at: datetime = leaf(ADM, "Instant of the answer, UTC", "brīdis")


def heartbeat(info: Info) -> Heartbeat:
    """Resolve."""
    return Heartbeat(at=told(info))


QUERIES = [
    desk("heartbeat", heartbeat, "Whether the log of look-ups can be asked", "dzīvības zīme")
]
