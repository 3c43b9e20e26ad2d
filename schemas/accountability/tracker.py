"""What Estonia's Data Tracker asks, with its names: a portal written for it can ask us."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.types import Info

from hub.model.usage import Period, Use
from schemas.accountability.paging import ADM
from schemas.accountability.usage import From, Person, To, WhyAsked
from schemas.desks import desk, told
from schemas.field import argument, described, leaf

Offset = Annotated[int | None, argument("Entries left out, 10,000 at most", "izlaist")]
Limit = Annotated[int | None, argument("Entries, 1,000 at most", "skaits")]


@strawberry.type(description=described("One look at a person's data", "datu izmantošana"))
class TrackerUsage:
    """``findUsage`` of protocol 1.6: its five fields."""

    logtime: datetime = leaf(ADM, "Instant, UTC", "laiks")
    action: str = leaf(ADM, "Purpose in plain Latvian", "darbība")
    receiver_code: str = leaf(ADM, "Code of the institution", "saņēmēja kods")
    receiver_name: str = leaf(ADM, "Latvian name of the institution", "saņēmēja nosaukums")
    receiver_system: str = leaf(ADM, "Its information system", "saņēmēja sistēma")

    @classmethod
    def of(cls, use: Use) -> "TrackerUsage":
        """Publish one."""
        return cls(
            logtime=use.at,
            action=use.purpose_lv,
            receiver_code=use.recipient,
            receiver_name=use.recipient_lv,
            receiver_system=use.system,
        )


@strawberry.type(description=described("For which time look-ups are kept", "glabāšanas periods"))
class UsagePeriod:
    """``usagePeriod`` of protocol 1.6; the same for everybody."""

    start: datetime = leaf(ADM, "From this instant, UTC", "no", name="from")
    end: datetime = leaf(ADM, "Up to this instant, UTC", "līdz", name="to")

    @classmethod
    def of(cls, period: Period) -> "UsagePeriod":
        """Publish it."""
        return cls(start=period.start, end=period.end)


def find_usage(  # noqa: PLR0913, PLR0917 — as published
    info: Info,
    personal_code: Person = None,
    start: From = None,
    end: To = None,
    offset: Offset = None,
    limit: Limit = None,
    reason: WhyAsked = None,
) -> list[TrackerUsage]:
    """Resolve."""
    del personal_code, start, end, offset, limit, reason
    return [TrackerUsage.of(each) for each in told(info)]


def usage_period(info: Info) -> UsagePeriod:
    """Resolve."""
    return UsagePeriod.of(told(info))


QUERIES = [
    desk(
        "findUsage",
        find_usage,
        "Who looked at a person's data, as the Data Tracker lists it: newest first",
        "datu izmantošana",
    ),
    desk(
        "usagePeriod",
        usage_period,
        "For which time look-ups are kept",
        "datu izmantošanas periods",
    ),
]
