"""Whom the day is about: residents, and codes that name nobody."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

import asyncpg
from stdnum.lv import pvn

from hub.model.personal_code import PersonalCode

RESIDENTS: Final = """
SELECT d.atvk_kods, k.personas_kods FROM fpr.personas_kods k
JOIN fpr.deklareta_dzivesvieta d USING (personas_id) JOIN fpr.persona p USING (personas_id)
WHERE k.lidz_datumam IS NULL AND d.lidz_datumam IS NULL AND p.miris IS NULL
  AND p.ieraksts_slegts IS NULL
ORDER BY md5(k.personas_kods) LIMIT $1
"""
Residents = Mapping[str, Sequence[PersonalCode]]


async def residents(registers_url: str, most: int) -> Residents:
    """Return codes of the living by ATVK code of their home, in an order that never changes."""
    connection = await asyncpg.connect(registers_url)
    try:
        rows = await connection.fetch(RESIDENTS, most)
    finally:
        await connection.close()
    found: dict[str, list[PersonalCode]] = {}
    for home, code in rows:
        found.setdefault(home, []).append(PersonalCode.parse(code))
    return found


def nobody(dice: Random) -> PersonalCode:
    """Return a well-formed code of the new generation that names nobody the sandbox makes."""
    body = f"39{dice.randrange(10**8):08d}"
    return PersonalCode.parse(body + str(pvn.calc_check_digit_pers(body)))
