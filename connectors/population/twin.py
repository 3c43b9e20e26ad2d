"""The population register's stand-in."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count
from types import MappingProxyType

from connectors.population import source
from hub.sandbox.people.care import GuardianKind, Scope
from hub.sandbox.people.kin import Kin
from hub.sandbox.people.life import CodeKind, Life, Sex, Stay
from hub.sandbox.people.territories import TERRITORIES, valid_on
from hub.sandbox.people.twin import Row, Twin

_KINDS = MappingProxyType({CodeKind.OLD: "VEC", CodeKind.NEW: "JAUN", CodeKind.GENERATED: "VSAA"})
_QUALITIES = MappingProxyType(
    {
        GuardianKind.PARENT: "VECA",
        GuardianKind.GUARDIAN: "AIZB",
        GuardianKind.FOSTER_PARENT: "AUDZ",
        GuardianKind.TRUSTEE: "AIZG",
    }
)
_SCOPES = MappingProxyType({Scope.FULL: "PILN", Scope.PERSONAL: "PERS", Scope.PROPERTY: "MANT"})


def rows(life: Life, _today: date) -> Iterable[Row]:
    """Tell a life as the register holds it; whoever only social insurance knows is not in it."""
    if not life.in_population:
        return
    yield from _codes(life)
    if life.closed_on is not None:  # nothing of the former record is kept
        yield source.PERSONS, (life.key(), None, None, None, life.closed_on)
        return
    sex = "S" if life.sex is Sex.FEMALE else "V"
    yield source.PERSONS, (life.key(), sex, life.born, life.died, None)
    yield from _names(life)
    yield from _residences(life)
    yield from _relatives(life)
    yield from _representatives(life)


def territories(today: date) -> Iterator[Row]:
    """Yield the classifier of municipalities."""
    for one in TERRITORIES:
        successor = None if one.successor is None else valid_on(one.successor, today)
        yield source.TERRITORIES, (one.code, one.name, one.begins, one.ends, successor)


def _codes(life: Life) -> Iterator[Row]:
    for number, span in enumerate(life.codes):
        kind = _KINDS[span.kind]
        row = (life.key(number), life.key(), span.code, kind, span.begins, span.ends)
        yield source.CODES, row


def _names(life: Life) -> Iterator[Row]:
    for number, name in enumerate(life.names):
        row = (life.key(number), life.key(), name.first, name.last, name.begins, name.ends)
        yield source.NAMES, row


def _residences(life: Life) -> Iterator[Row]:
    for number, stay in enumerate(_declared(life.stays)):
        row = (life.key(number), life.key(), stay.territory, stay.address, stay.begins, stay.ends)
        yield source.RESIDENCES, row


def _declared(stays: tuple[Stay, ...]) -> list[Stay]:
    """Join stays at one address: a merger of municipalities makes no new declaration."""
    declared: list[Stay] = []
    for stay in stays:
        if declared and declared[-1].address == stay.address:
            first = declared.pop()
            stay = Stay(  # noqa: PLW2901 - the joined one takes both places
                territory=first.territory,
                address=first.address,
                begins=first.begins,
                ends=stay.ends,
            )
        declared.append(stay)
    return declared


def _relatives(life: Life) -> Iterator[Row]:
    numbers = count()
    spouses: tuple[Kin, ...] = () if life.spouse is None else (life.spouse,)
    for kind, people in (("VE", life.parents), ("BE", life.children), ("LA", spouses)):
        for one in people:
            yield source.RELATIVES, (life.key(next(numbers)), life.key(), kind, one.code)


def _representatives(life: Life) -> Iterator[Row]:
    for number, one in enumerate(life.guardians):
        yield (
            source.REPRESENTATIVES,
            (
                life.key(number),
                life.key(),
                one.who.code,
                _QUALITIES[one.kind],
                _SCOPES[one.scope],
                one.protected,
                one.begins,
                one.ends,
            ),
        )


TWIN = Twin(
    register="population",
    schema=source.SCHEMA,
    metadata=source.METADATA,
    rows=rows,
    constants=territories,
)
