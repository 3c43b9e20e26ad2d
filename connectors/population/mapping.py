"""From the register's facts to what policy needs of a person, pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from connectors.population.facts import Declared, PopulationFacts
from connectors.transports.codes import canonical
from connectors.transports.unset import rows, told, touches
from hub.model.evidence import Provenance
from hub.model.personal_code import PersonalCode
from hub.ports import Residence


def present(
    facts: PopulationFacts, _arguments: Mapping[str, Any], _provenance: Provenance, today: date
) -> Residence | None:
    """Return the person as of ``today``; None without a code.

    Args:
        facts: As fetched.
        today: Day in Europe/Riga; whoever died stays where they lived last.
    """
    codes = _codes(facts)
    if not codes:
        return None
    died = told(facts.died)
    return Residence(
        codes=codes,
        territory=_territory(facts, today if died is None else min(died, today), today),
        born=told(facts.born),
        died=died,
        guardians=_guardians(facts, today),
    )


def _codes(facts: PopulationFacts) -> tuple[PersonalCode, ...]:
    newest_first = sorted(
        (
            (begins, code)
            for given in rows(facts.codes)
            if (code := told(given.code)) and (begins := told(given.begins))
        ),
        reverse=True,
    )
    return tuple(dict.fromkeys(canonical(code) for _, code in newest_first))


def _territory(facts: PopulationFacts, day: date, today: date) -> str | None:
    """Return the territory declared on ``day``, by the code that the place has ``today``."""
    lived = [one for one in rows(facts.residences) if touches(one.begins, one.ends, day, day)]
    return _valid(lived[-1], today) if lived else None


def _valid(declared: Declared, today: date) -> str | None:
    ended = told(declared.territory_ended)
    if ended is not None and ended < today:
        return told(declared.successor)
    return told(declared.territory)


def _guardians(facts: PopulationFacts, today: date) -> tuple[PersonalCode, ...]:
    valid = (
        code
        for one in rows(facts.representatives)
        if (code := told(one.code)) and touches(one.begins, one.ends, today, today)
    )
    return tuple(dict.fromkeys(canonical(code) for code in valid))
