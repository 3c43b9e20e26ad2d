"""Whether the log is in order: for the hub's data-protection officer."""

from datetime import datetime

import strawberry
from strawberry.types import Info

from hub.model import health as model
from schemas.accountability.paging import ADM, Reason
from schemas.desks import desk, told
from schemas.field import described, leaf, part


@strawberry.type(description=described("What a witness cosigned last", "liecinieka paraksts"))
class LogCosignature:
    """Of one witness."""

    witness: str = leaf(ADM, "Name of the witness", "liecinieks")
    year: int = leaf(ADM, "Year of the log", "žurnāla gads")
    size: str = leaf(ADM, "Entries in what it cosigned, in decimal", "ierakstu skaits")
    at: datetime = leaf(ADM, "When the hub received it, UTC", "saņemts")

    @classmethod
    def of(cls, line: model.Cosigned) -> "LogCosignature":
        """Publish one."""
        return cls(witness=line.witness, year=line.year, size=str(line.size), at=line.at)


@strawberry.type(description=described("Something is wrong with the log", "trauksme"))
class LogAlarm:
    """Raised when the log was put in order; evidence, which nothing takes back."""

    at: datetime = leaf(ADM, "When it was found, UTC", "konstatēts")
    kind: str = leaf(
        ADM,
        "`gap`: entries before this one are missing; `link`: it was altered; `columns`: what stands"
        " beside its text contradicts it",
        "trauksmes veids",
    )
    writer: str = leaf(ADM, "Chain that the entry is of", "rakstītājs")
    sequence: str = leaf(ADM, "Its number in that chain, in decimal", "numurs pēc kārtas")
    missing: str = leaf(ADM, "How many entries before it are missing, in decimal", "trūkst")

    @classmethod
    def of(cls, alarm: model.RaisedAlarm) -> "LogAlarm":
        """Publish one; in text, for who forges a number may choose one that no ``Int`` holds."""
        return cls(
            at=alarm.at,
            kind=alarm.kind,
            writer=str(alarm.writer),
            sequence=str(alarm.wseq),
            missing=str(alarm.missing),
        )


@strawberry.type(description=described("Whether the log is in order", "žurnāla stāvoklis"))
class LogHealth:
    """Of the present year, in UTC."""

    at: datetime = leaf(ADM, "Instant of the answer, UTC", "atbildes brīdis")
    year: int = leaf(ADM, "Year of the log", "žurnāla gads")
    size: str = leaf(ADM, "Entries in its tree, in decimal", "ierakstu skaits")
    signed_size: str | None = leaf(
        ADM, "Entries in its newest checkpoint, in decimal", "parakstītais ierakstu skaits"
    )
    signed_at: datetime | None = leaf(ADM, "When that was signed, UTC", "parakstīts")
    waiting: int = leaf(ADM, "Entries that are in no tree yet", "ieraksti, kas gaida")
    waiting_seconds: float = leaf(ADM, "For how long the oldest waits", "gaidīšanas laiks")
    cosignatures: list[LogCosignature] = part("Each witness's last", "liecinieku paraksti")
    alarms: list[LogAlarm] = part("The newest hundred, newest first", "trauksmes")
    alarms_in_all: int = leaf(ADM, "How many there ever were", "trauksmju skaits")

    @classmethod
    def of(cls, made: model.LogHealth) -> "LogHealth":
        """Publish it."""
        state = made.state
        return cls(
            at=made.at,
            year=made.year,
            size=str(state.size),
            signed_size=None if state.signed_size is None else str(state.signed_size),
            signed_at=state.signed_at,
            waiting=state.waiting,
            waiting_seconds=made.lag_s,
            cosignatures=[LogCosignature.of(each) for each in made.cosignatures],
            alarms=[LogAlarm.of(each) for each in made.alarms],
            alarms_in_all=state.alarms,
        )


def log_health(info: Info, reason: Reason) -> LogHealth:
    """Resolve."""
    del reason
    return LogHealth.of(told(info))


QUERIES = [desk("logHealth", log_health, "Whether the log is in order", "žurnāla stāvoklis")]
