"""Whose data an agreement covers; whoever is outside answers as if they did not exist."""

from collections.abc import Mapping, Sequence

from hub.model.caller import Caller
from hub.model.personal_code import PersonalCode
from hub.ports import Residence, ScopeStore


async def within(
    caller: Caller,
    asked: Sequence[PersonalCode],
    residences: Mapping[PersonalCode, Residence],
    store: ScopeStore,
) -> Mapping[PersonalCode, Residence]:
    """Return the residences of those asked whom the caller's agreement covers.

    A store that is asked is asked about everybody, whatever the other conditions say, so that
    being outside takes as long as not existing (DESIGN.md invariant 12).

    Args:
        caller: Holds the agreement and the case asserted.
        asked: Codes as sent.
        residences: By code asked; whom the population register does not know is missing.
        store: Caseloads and cases.

    Raises:
        ServiceUnavailable: From the store.
    """
    scope, number = caller.agreement.scope, caller.agreement.number
    if not (scope.caseload or scope.case):
        return {
            code: residences[code]
            for code in asked
            if code in residences
            and (not scope.territories or residences[code].territory in scope.territories)
        }
    histories = {code: _history(code, residences) for code in asked}
    everybody = frozenset(code for codes in histories.values() for code in codes)
    lists = []
    if scope.caseload:
        lists.append(await store.members(number, None, everybody))
    if scope.case:
        lists.append(await store.members(number, caller.case or "", everybody))
    return {
        code: residences[code]
        for code, codes in histories.items()
        if code in residences
        and (not scope.territories or residences[code].territory in scope.territories)
        and all(not members.isdisjoint(codes) for members in lists)
    }


def _history(
    code: PersonalCode, residences: Mapping[PersonalCode, Residence]
) -> tuple[PersonalCode, ...]:
    known = residences.get(code)
    return (code, *known.codes) if known else (code,)
