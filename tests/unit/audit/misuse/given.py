"""An institution, its officials and its clients, made up as a test needs them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from hub.audit.misuse.detect import detect
from hub.audit.misuse.surroundings import Surroundings
from hub.model.agreement import Agreement, Quota, Scope
from hub.model.found import Place
from hub.model.misuse import Finding, Kind, Look, Thresholds
from hub.model.personal_code import PersonalCode
from hub.policy.misuse import load_thresholds
from hub.policy.source import packaged
from hub.ports import Kin, Residence
from tests.service.storage.hub_database import code, keyring
from tests.unit.policy.given import agreement, rules

__all__ = ["code"]

NOON = datetime(2026, 11, 17, 10, tzinfo=UTC)
"""A Tuesday, noon in Rīga."""
INSTITUTION = "RD-LD"
WORKER = "RD-101"
_places = count(1)


@cache
def thresholds() -> Thresholds:
    return load_thresholds(packaged(), rules().vocabulary)


def look(subject: int | None = None, **told: Any) -> Look:  # noqa: ANN401 — any attribute of a look
    """One entry; ``subject`` is the number of a made-up code."""
    place = next(_places)
    usual = {
        "place": Place(2026, place),
        "at": NOON,
        "operation": f"operation {place}",
        "client": "riga-social-service",
        "recipient": INSTITUTION,
        "agreement": "RSD-2026-004",
        "purpose": "https://vienreiz.example/purpose#SocialAssistanceMeansTest",
        "action": "record",
        "official": WORKER,
        "subject": None if subject is None else code(subject),
    }
    return Look(**{**usual, **told})


def lived(
    number: int, *, surname: str = "Egle", home: str | None = None, kin: Sequence[int] = ()
) -> Residence:
    """A person as the population register tells of their household."""
    return Residence(
        codes=(code(number),),
        territory="0001000",
        born=None,
        died=None,
        kin=Kin(
            surname=surname,
            home=home.encode() if home else None,
            relatives=frozenset(map(code, kin)),
        ),
    )


def around(
    *people: Residence,
    officials: dict[str, int] | None = None,
    vips: Iterable[int] = (),
    agreements: Iterable[Agreement] = (),
) -> Surroundings:
    known: dict[PersonalCode, Residence] = {}
    for person in people:
        known |= dict.fromkeys(person.codes, person)
    return Surroundings(
        officials={(INSTITUTION, name): code(who) for name, who in (officials or {}).items()},
        people=known,
        vips=frozenset(map(code, vips)),
        agreements={each.number: each for each in agreements},
    )


def terms(number: str = "RSD-2026-004", **known: Any) -> Agreement:  # noqa: ANN401 — as above
    plain: dict[str, Any] = {"case_required": False, "quota": None, "scope": Scope(), "hours": None}
    return agreement(number=number, **(plain | known))


def daily(subjects: int) -> Quota:
    return Quota(subjects=subjects, period="day")


def found(
    kind: Kind, looks: Iterable[Look], surroundings: Surroundings | None = None
) -> list[Finding]:
    return detect(looks, surroundings or around(), thresholds(), keyring(), (kind,))


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def day(of: date, hour: int = 10) -> datetime:
    return datetime(of.year, of.month, of.day, hour, tzinfo=UTC)
