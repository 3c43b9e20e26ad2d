"""What IIS would hold of a synthetic life."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from types import MappingProxyType

from connectors.disability.source import (
    APLIECIBA,
    ATZINUMS,
    IESNIEGUMS,
    LEMUMS,
    METADATA,
    PARSTAVIS,
    PERSONA,
    SCHEMA,
)
from hub.sandbox.people.health import (
    Cause,
    DisabilityDecision,
    DisabilityStatus,
    Expertise,
    Group,
    OpinionKind,
)
from hub.sandbox.people.life import Life
from hub.sandbox.people.twin import Row, Twin

_STATUSES: Mapping[DisabilityStatus, str] = MappingProxyType(
    {
        DisabilityStatus.NONE: "NAV",
        DisabilityStatus.PREDICTABLE: "PROGN",
        DisabilityStatus.ADULT: "PIEAUG",
        DisabilityStatus.CHILD: "BERNS",
    }
)
_GROUPS: Mapping[Group, str] = MappingProxyType({Group.I: "I", Group.II: "II", Group.III: "III"})
_CAUSES: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.ILLNESS: "SLIMIBA",
        Cause.FROM_CHILDHOOD: "BERNIBA",
        Cause.WORK_ACCIDENT: "NELAIME",
        Cause.OCCUPATIONAL_DISEASE: "AROD",
        Cause.MILITARY_SERVICE: "DIENESTS",
        Cause.CHERNOBYL: "CERNOBILA",
    }
)
_EXPERTISES: Mapping[Expertise, str] = MappingProxyType(
    {
        Expertise.FIRST: "PIRM",
        Expertise.REPEATED: "ATK",
        Expertise.EXTRAORDINARY: "ARPUS",
    }
)
_OPINIONS: Mapping[OpinionKind, str] = MappingProxyType(
    {
        OpinionKind.SPECIAL_CARE: "KOPSANA",
        OpinionKind.CAR_ADAPTATION: "AUTO",
        OpinionKind.TRANSPORT_BENEFIT: "TRANSPORTS",
        OpinionKind.ASSISTANT: "ASIST",
    }
)
_RENEWAL = timedelta(days=60)
"""So long before a decision ends people apply for the next."""


@dataclass(slots=True, kw_only=True)
class _Entry:
    """A life being written down: one row of ``persona`` for each code its facts came under."""

    life: Life
    last_day: date
    rng: Random
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, table: str) -> int:
        """Return the next own key of ``table``."""
        self.numbers[table] = self.numbers.get(table, -1) + 1
        return self.life.key(self.numbers[table])

    def owner(self, day: date) -> int:
        """Return the key of the ``persona`` row that what happened on ``day`` belongs to."""
        codes = [span.code for span in self.life.codes]
        return self.life.key(codes.index(self.life.code_on(day)))


def rows(life: Life, today: date) -> Iterable[Row]:
    """Return the rows of one life; nothing for who never was examined."""
    if not life.disabilities:
        return
    entry = _Entry(life=life, last_day=life.last_day(today), rng=life.rng("disability"))
    for number, span in enumerate(life.codes):
        known = (
            life.key(number),
            span.code,
            life.first_name,
            life.last_name,
            life.died,
            _instant(max(decision.decided_on for decision in life.disabilities)),
        )
        yield PERSONA, known
    for decision in life.disabilities:
        yield from _decision(entry, decision)
    yield from _renewal(entry)
    for guardian in life.guardians:
        who = guardian.who
        yield (
            PARSTAVIS,
            (
                entry.number("parstavis"),
                life.key(),
                who.code,
                who.first_name,
                who.last_name,
                guardian.begins,
                guardian.ends,
            ),
        )


def _decision(entry: _Entry, decision: DisabilityDecision) -> Iterator[Row]:
    key, number = entry.number("lemums"), f"{decision.decided_on.year}/{entry.rng.randrange(10**6)}"
    changed = _instant(decision.decided_on)
    owner = entry.owner(decision.decided_on)
    if entry.rng.random() < 0.03:  # noqa: PLR2004 — some decisions were first entered wrongly
        wrong, corrected = entry.number("lemums"), changed + timedelta(hours=2)
        yield LEMUMS, _lemums(decision, (wrong, owner, number, "NAV", corrected, changed))
        changed = corrected
    status = _STATUSES[decision.status]
    yield LEMUMS, _lemums(decision, (key, owner, number, status, None, changed))
    for opinion in decision.opinions:
        needed = (_OPINIONS[opinion.kind], opinion.valid_from, opinion.valid_to)
        yield ATZINUMS, (entry.number("atzinums"), key, *needed, changed)
    if decision.status in {DisabilityStatus.ADULT, DisabilityStatus.CHILD}:
        validity = (decision.decided_on, decision.valid_to, decision.annulled_on)
        certificate = f"INV{key % 10**9:09}"
        yield APLIECIBA, (entry.number("aplieciba"), owner, certificate, *validity, changed)
    if applied := decision.applied_on:
        begun = min(applied + timedelta(days=entry.rng.randrange(3, 15)), decision.decided_on)
        course = (applied, _EXPERTISES[decision.expertise], begun, decision.decided_on, "LEMUMS")
        application = (entry.number("iesniegums"), entry.owner(applied), *course, changed)
        yield IESNIEGUMS, application


def _lemums(
    decision: DisabilityDecision,
    entered: tuple[int, int, str, str, datetime | None, datetime],
) -> tuple[object, ...]:
    key, owner, number, status, until, changed = entered
    return (
        key,
        owner,
        number,
        decision.decided_on,
        decision.applied_on,
        _EXPERTISES[decision.expertise],
        status,
        _GROUPS[decision.group] if decision.group else None,
        decision.loss_pct,
        _CAUSES[decision.cause] if decision.cause else None,
        list(decision.impairments),
        decision.valid_from,
        decision.valid_to,
        decision.annulled_on,
        until,
        changed,
    )


def _renewal(entry: _Entry) -> Iterator[Row]:
    """Yield the application of somebody whose last decision ends soon; a few took it back."""
    last = max(entry.life.disabilities, key=lambda decision: decision.valid_from)
    if entry.life.ended_on or last.valid_to is None:
        return
    applied = last.valid_to - _RENEWAL
    if not last.decided_on < applied <= entry.last_day < last.valid_to:
        return
    begun = applied + timedelta(days=entry.rng.randrange(3, 15))
    examined = begun if begun <= entry.last_day else None
    ended = (begun, "ATSAUKTS") if examined and entry.rng.random() < 0.1 else (None, None)  # noqa: PLR2004
    course = (applied, "ATK", examined, *ended, _instant(examined or applied))
    yield IESNIEGUMS, (entry.number("iesniegums"), entry.owner(applied), *course)


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(5), UTC)


TWIN = Twin(register="disability", schema=SCHEMA, metadata=METADATA, rows=rows)
