"""Who may speak for whom today: rules over what the population register says, pure."""

from collections.abc import Collection
from datetime import date

from hub.model.guardianship import (
    MAJORITY_YEARS,
    Representation,
    RepresentationScope,
    Standing,
)
from hub.model.personal_code import PersonalCode
from hub.ports import Residence


def may_act(
    holder: Collection[PersonalCode],
    residence: Residence,
    today: date,
    matter: RepresentationScope = RepresentationScope.PERSONAL,
) -> tuple[Standing, Representation | None]:
    """Tell whether somebody may act for a person today, why, and by which relation.

    Whoever may not is told the same in every case: who is protected from a representative is
    protected from learning, too, that the register keeps a relation.

    Args:
        holder: All codes of who wants to act.
        residence: What the population register says of the person.
        today: Day in Europe/Riga.
        matter: ``PERSONAL``, what is said about the person's data; or ``PROPERTY``.

    Source: Civil Law 177, 219, 222, 354; decision 0332.
    """
    if not set(holder).isdisjoint(residence.codes):
        return Standing.SELF, None
    known = [each for each in residence.representations if each.holder in holder]
    standings = {each: _standing(each, residence, today, matter) for each in known}
    if any(standing is Standing.PROTECTED for standing in standings.values()):
        return Standing.PROTECTED, None  # whatever other relation there is with the same person
    for each, standing in standings.items():
        if standing.acts:
            return standing, each
    return next(iter(standings.values()), Standing.NO_RELATION), None


def speakers(residence: Residence, today: date) -> tuple[PersonalCode, ...]:
    """Return whose yes counts for a person today, by the codes of the person's own record.

    A child's representatives; from the day of majority the person, and a trustee where there is
    one. Where the day of birth is unknown, the person alone. For the dead nobody speaks.
    """
    if _is_dead(residence, today):
        return ()
    acting = [
        each.holder
        for each in residence.representations
        if may_act((each.holder,), residence, today)[0] is Standing.REPRESENTS
    ]
    own = [] if is_minor(residence, today) else [residence.codes[0]]
    return tuple(dict.fromkeys([*own, *acting]))


def is_minor(residence: Residence, today: date) -> bool:
    """Tell whether the person is known not to have come of age by ``today``."""
    return residence.born is not None and today < of_age_on(residence.born)


def of_age_on(born: date) -> date:
    """Return the day of majority; who was born on 29 February comes of age on 1 March."""
    year = born.year + MAJORITY_YEARS
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def _standing(
    relation: Representation, residence: Residence, today: date, matter: RepresentationScope
) -> Standing:
    if relation.protected:
        return Standing.PROTECTED
    if _is_dead(residence, today):
        return Standing.DEAD
    if not relation.valid_on(today):
        return Standing.NOT_VALID
    if relation.scope not in {RepresentationScope.FULL, matter}:
        return Standing.OUT_OF_SCOPE
    return _of_age(relation, residence, today)


def _of_age(relation: Representation, residence: Residence, today: date) -> Standing:
    if not relation.kind.of_children:
        return Standing.REPRESENTS
    if residence.born is None:
        return Standing.AGE_UNKNOWN
    return Standing.REPRESENTS if is_minor(residence, today) else Standing.OF_AGE


def _is_dead(residence: Residence, today: date) -> bool:
    return residence.died is not None and residence.died <= today
