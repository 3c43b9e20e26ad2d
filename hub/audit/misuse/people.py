"""Detectors of curiosity: whom somebody looked up."""

from collections.abc import Callable, Collection, Iterator, Sequence

from hub.audit.misuse.surroundings import Institution, Surroundings, stem
from hub.audit.misuse.suspicion import (
    Suspicion,
    asker_of,
    day_of,
    grouped,
    official_of,
    persons,
)
from hub.model.agreement import Operation
from hub.model.misuse import Colleague, Kind, Look, Namesake, OwnCode, OwnHousehold, Vip
from hub.model.personal_code import PersonalCode


def own_code(looks: Sequence[Look], around: Surroundings, limits: OwnCode) -> Iterator[Suspicion]:
    """Find officials who looked up themselves, under any code they ever had."""
    yield from _private(
        Kind.OWN_CODE, looks, around, limits.look_ups, lambda own, other: own == other
    )


def own_household(
    looks: Sequence[Look], around: Surroundings, limits: OwnHousehold
) -> Iterator[Suspicion]:
    """Find officials who looked up their relatives, or those they live with."""

    def close(own: PersonalCode, other: PersonalCode) -> bool:
        return own != other and around.together(own, other)

    yield from _private(Kind.OWN_HOUSEHOLD, looks, around, limits.look_ups, close)


def colleague(
    looks: Sequence[Look], around: Surroundings, limits: Colleague
) -> Iterator[Suspicion]:
    """Find officials who looked up a colleague, or several persons of a colleague's household.

    One's own household is another detector's matter, even where a colleague belongs to it.
    """
    institutions: dict[str, Institution] = {}
    for (recipient, official), mine in grouped(looks, official_of).items():
        if recipient not in institutions:
            institutions[recipient] = Institution(recipient, around)
        there = institutions[recipient]
        own = there.officials.get(official)
        for (day, whose), found in _households(mine, there, around, own).items():
            themselves = [look for look in found if whose in there.is_official(_whom(look, around))]
            household = {_whom(look, around) for look in found}
            if len(_operations(themselves)) >= limits.self_look_ups or (
                len(household) >= limits.household_persons
            ):
                yield Suspicion(
                    kind=Kind.COLLEAGUE,
                    matter=(recipient, official, whose, str(day)),
                    evidence=found,
                    measured={"lookUps": len(_operations(found)), "persons": len(household)},
                )


def namesake(looks: Sequence[Look], around: Surroundings, limits: Namesake) -> Iterator[Suspicion]:
    """Find officials who looked up a household in which somebody bears their own, rare name."""
    common = {stem(name) for name in limits.common_surnames}
    for (recipient, official), mine in grouped(looks, official_of).items():
        own = around.officials.get((recipient, official))
        name = around.kin(own).surname if own else None
        if own is None or name is None or stem(name) in common:
            continue
        strangers = [look for look in mine if not _is_close(own, look, around)]
        for (day, home), found in grouped(strangers, _home_of(around)).items():
            names = {around.kin(code).surname for code in persons(found)}
            household = {_whom(look, around) for look in found}
            if len(household) >= limits.persons and stem(name) in {stem(n) for n in names if n}:
                yield Suspicion(
                    kind=Kind.NAMESAKE,
                    matter=(recipient, official, home.hex(), day),
                    evidence=found,
                    measured={"lookUps": len(_operations(found)), "persons": len(household)},
                )


def vip(looks: Sequence[Look], around: Surroundings, limits: Vip) -> Iterator[Suspicion]:
    """Find look-ups of listed persons, but for those among many at once.

    A status check that names no official is a machine's, which knows no curiosity.
    """
    if not around.listed:
        return
    sizes: dict[str, int] = {}
    for look in looks:
        sizes[look.operation] = sizes.get(look.operation, 0) + 1
    few = (
        look
        for look in looks
        if look.subject is not None
        and (look.official or look.action != Operation.STATUS)
        and sizes[look.operation] <= limits.together
        and around.current(look.subject) in around.listed
    )
    keyed = grouped(few, lambda look: (*asker_of(look), _whom(look, around), day_of(look.at)))
    for (recipient, asker, whom, day), found in keyed.items():
        if len(_operations(found)) >= limits.look_ups:
            yield Suspicion(
                kind=Kind.VIP,
                matter=(recipient, asker, whom, str(day)),
                evidence=found,
                measured={"lookUps": len(_operations(found))},
            )


def _private(
    kind: Kind,
    looks: Sequence[Look],
    around: Surroundings,
    least: int,
    concerns: Callable[[PersonalCode, PersonalCode], bool],
) -> Iterator[Suspicion]:
    """Find officials' look-ups, by day, of those who ``concern`` the officials themselves."""
    for desk, mine in grouped(looks, official_of).items():
        known = around.officials.get(desk)
        if known is None:
            continue
        own = around.current(known)
        theirs = (
            look for look in mine if look.subject and concerns(own, around.current(look.subject))
        )
        for day, found in grouped(theirs, lambda look: day_of(look.at)).items():
            if len(_operations(found)) >= least:
                yield Suspicion(
                    kind=kind,
                    matter=(*desk, str(day)),
                    evidence=found,
                    measured={
                        "lookUps": len(_operations(found)),
                        "persons": len({_whom(look, around) for look in found}),
                    },
                )


def _households(
    mine: Sequence[Look], there: Institution, around: Surroundings, own: PersonalCode | None
) -> dict[tuple[object, str], list[Look]]:
    """Return one official's looks by day and by colleague to whose household they belong."""
    found: dict[tuple[object, str], list[Look]] = {}
    for look in mine:
        if look.subject is None or (own and _is_close(own, look, around)):
            continue
        for whose in there.households(_whom(look, around)):
            if whose != look.official and there.officials[whose] != own:
                found.setdefault((day_of(look.at), whose), []).append(look)
    return found


def _is_close(own: PersonalCode, look: Look, around: Surroundings) -> bool:
    if look.subject is None:
        return False
    whom = around.current(look.subject)
    return whom == around.current(own) or around.together(own, whom)


def _home_of(around: Surroundings) -> Callable[[Look], tuple[str, bytes] | None]:
    def home(look: Look) -> tuple[str, bytes] | None:
        mark = around.kin(look.subject).home if look.subject else None
        return (str(day_of(look.at)), mark) if mark else None

    return home


def _whom(look: Look, around: Surroundings) -> PersonalCode:
    assert look.subject is not None  # noqa: S101 — looks without a person are left out before
    return around.current(look.subject)


def _operations(looks: Collection[Look]) -> set[str]:
    return {look.operation for look in looks}
