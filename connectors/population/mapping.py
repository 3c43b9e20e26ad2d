"""From the register's facts to what policy needs of a person, pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Final

from msgspec import UNSET

from connectors.population.facts import Declared, PopulationFacts, Representative
from connectors.transports.codes import canonical
from connectors.transports.unset import rows, told, touches
from hub.model.evidence import Provenance
from hub.model.guardianship import Representation, RepresentationKind, RepresentationScope
from hub.model.personal_code import PersonalCode
from hub.ports import Kin, Residence

_KINDS: Final[Mapping[str, RepresentationKind]] = MappingProxyType(
    {
        "VECA": RepresentationKind.PARENT,
        "AIZB": RepresentationKind.GUARDIAN,
        "AUDZ": RepresentationKind.FOSTER_PARENT,
        "AIZG": RepresentationKind.TRUSTEE,
    }
)
_SCOPES: Final[Mapping[str, RepresentationScope]] = MappingProxyType(
    {
        "PILN": RepresentationScope.FULL,
        "PERS": RepresentationScope.PERSONAL,
        "MANT": RepresentationScope.PROPERTY,
    }
)


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
    relations = _representations(facts)
    return Residence(
        codes=codes,
        territory=_territory(facts, today if died is None else min(died, today), today),
        born=told(facts.born),
        died=died,
        guardians=_guardians(relations, today),
        representations=relations,
        kin=_kin(facts, today),
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


def _guardians(known: Sequence[Representation], today: date) -> tuple[PersonalCode, ...]:
    hidden = {one.holder for one in known if one.protected}
    valid = (one.holder for one in known if one.valid_on(today) and one.holder not in hidden)
    return tuple(dict.fromkeys(valid))


def _representations(facts: PopulationFacts) -> tuple[Representation, ...]:
    """Return the relations the register has; of a kind or scope unknown here, none."""
    return tuple(found for one in rows(facts.representatives) if (found := _representation(one)))


def _representation(one: Representative) -> Representation | None:
    code, begins = told(one.code), told(one.begins)
    kind, scope = _KINDS.get(told(one.kind) or ""), _SCOPES.get(told(one.scope) or "")
    if code is None or begins is None or kind is None or scope is None:
        return None
    return Representation(
        holder=canonical(code),
        kind=kind,
        scope=scope,
        begins=begins,
        ends=told(one.ends),
        protected=told(one.protected) is not False,  # what is not told is not allowed
    )


def _kin(facts: PopulationFacts, today: date) -> Kin | None:
    """Return whose household the person belongs to, where that was asked."""
    if facts.names is UNSET:
        return None
    homes = [one for one in rows(facts.residences) if touches(one.begins, one.ends, today, today)]
    names = [one for one in rows(facts.names) if touches(one.begins, one.ends, today, today)]
    return Kin(
        surname=told(names[-1].last) if names else None,
        home=_mark(told(homes[-1].address)) if homes else None,
        relatives=frozenset(
            canonical(code) for one in rows(facts.relatives) if (code := told(one.code))
        ),
    )


def _mark(address: str | None) -> bytes | None:
    """Return what tells one home from another: nobody who reads it needs the address."""
    return blake2b(address.encode(), digest_size=16).digest() if address else None
