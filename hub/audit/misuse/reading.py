"""Opening entries in bulk: one query for rows, one for keys, whatever the number of persons."""

from collections.abc import Collection, Sequence
from datetime import datetime

import orjson

from hub.audit.keys import NONCE_BYTES, YearKeys, cipher
from hub.model.found import Place
from hub.model.misuse import Look
from hub.model.personal_code import PersonalCode
from hub.ports import Keyring
from hub.ports.misuse import LookStore, SealedLook

UNTOLD = frozenset({"not_found", "out_of_scope"})
"""Outcomes of a person who does not exist, or whom the agreement does not cover."""


class LookReader:
    """Reads what detectors look at; persons are in memory alone."""

    def __init__(self, store: LookStore, keyring: Keyring) -> None:
        self._store = store
        self._keyring = keyring

    async def between(self, since: datetime, until: datetime) -> list[Look]:
        """Return a period's entries, opened; whose key was destroyed stays unnamed.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
            InvalidTag: An entry or a key was altered.
        """
        looks: list[Look] = []
        async for part in self._store.between(since, until):
            looks += await self._opened(part)
        return looks

    async def at(self, places: Collection[Place]) -> list[Look]:
        """Return the entries that stand there, opened; raises as ``between``."""
        return await self._opened(await self._store.at(places))

    async def _opened(self, rows: Sequence[SealedLook]) -> list[Look]:
        years: dict[int, set[bytes]] = {}
        for row in rows:
            if row.index is not None and row.sealed is not None:
                years.setdefault(row.place.year, set()).add(row.index)
        secrets: dict[tuple[int, bytes], bytes] = {}
        for year, indexes in years.items():
            keys = YearKeys(self._keyring, year)
            for index, wrapped in (await self._store.keys(year, indexes)).items():
                secrets[year, index] = keys.unwrap(index, wrapped)
        return [_opened(row, secrets.get((row.place.year, row.index or b""))) for row in rows]


def _opened(row: SealedLook, secret: bytes | None) -> Look:
    subject, found, asked = None, True, True
    if secret is not None and row.sealed is not None:
        nonce, sealed = row.sealed[:NONCE_BYTES], row.sealed[NONCE_BYTES:]
        told = orjson.loads(cipher(secret).decrypt(nonce, sealed, row.operation.encode()))
        subject = PersonalCode(told["subject"])
        found = told["outcomes"].get("person") not in UNTOLD
        asked = "asked" in told["relation"].split(",")
    return Look(
        place=row.place,
        at=row.at,
        operation=row.operation,
        client=row.client,
        recipient=row.recipient,
        agreement=row.agreement,
        purpose=row.purpose,
        action=row.action,
        case=row.case,
        official=row.official,
        subject=subject,
        found=found,
        asked=asked,
    )
