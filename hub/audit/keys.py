"""Every person's own key of the year: destroying it makes their entries unreadable for good."""

import asyncio
import contextlib
import hmac
import os
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.audit.group import GroupCommit
from hub.errors import ServiceUnavailable
from hub.model.entry import SubjectKeyRow
from hub.model.personal_code import PersonalCode
from hub.ports import Keyring
from hub.ports.oversight import EndingKeyStore

NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
SLICE: Final = 250
"""Keys made or unwrapped before others get their turn; some three milliseconds."""
WATCH_S: Final = 1.0
"""For so long, and one statement, a key may outlive its destruction in a replica's memory."""


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """What sealing a person's entries of one year takes.

    Attributes:
        quoted: The personal code as JSON text.
        index: The person's blind index.
        secret: The person's own key.
    """

    quoted: bytes
    index: bytes
    secret: bytes


@lru_cache(maxsize=1024)
def cipher(secret: bytes) -> AESGCM:
    """Return the cipher of a person's own key, fifty times larger than the key itself."""
    return AESGCM(secret)


class YearKeys:
    """The hub's own two keys of one year: for blind indexes, and to wrap persons' keys.

    Args:
        capacity: Persons whose keys are kept in memory, unwrapped.
    """

    def __init__(self, keyring: Keyring, year: int, *, capacity: int = 0) -> None:
        self._year = year
        self._index = keyring.key(f"index:{year}")
        self._wrapping = AESGCM(keyring.key(f"subject-key:{year}"))
        self._capacity = capacity
        self._known: OrderedDict[PersonalCode, SubjectKey] = OrderedDict()

    def known(self, subjects: Sequence[PersonalCode]) -> list[SubjectKey] | None:
        """Return everybody's key in the order asked, or None unless all are in memory."""
        try:
            found = [self._known[code] for code in subjects]
        except KeyError:
            return None
        for code in subjects:
            self._known.move_to_end(code)
        return found

    def recall(self, code: PersonalCode) -> SubjectKey | None:
        """Return one person's key, if it is in memory."""
        return self._known.get(code)

    def remember(self, code: PersonalCode, row: SubjectKeyRow) -> SubjectKey:
        """Unwrap a person's key and keep it; those longest unused go first.

        Raises:
            InvalidTag: The key was altered, or belongs to somebody else.
        """
        secret = self.unwrap(row.index, row.wrapped)
        quoted = bytes(memoryview(orjson.dumps(str(code))))  # what orjson returns holds 4 kB
        key = SubjectKey(quoted, row.index, secret)
        self._known[code] = key
        self._known.move_to_end(code)
        while len(self._known) > self._capacity:
            self._known.popitem(last=False)
        return key

    def index(self, code: PersonalCode) -> bytes:
        """Return the person's blind index, 32 bytes; without the key nobody can compute it."""
        return hmac.digest(self._index, code.encode(), "sha256")

    def make(self, index: bytes) -> SubjectKeyRow:
        """Make a random key for a person, wrapped."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._wrapping.encrypt(nonce, os.urandom(KEY_BYTES), self._place(index))
        return SubjectKeyRow(year=self._year, index=index, wrapped=nonce + sealed)

    def unwrap(self, index: bytes, wrapped: bytes) -> bytes:
        """Return the person's own key.

        Raises:
            InvalidTag: The key was altered, or belongs to somebody else.
        """
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        return self._wrapping.decrypt(nonce, sealed, self._place(index))

    def forget(self) -> None:
        """Keep no person's key in memory."""
        self._known.clear()

    def _place(self, index: bytes) -> bytes:
        return self._year.to_bytes(2, "big") + index


class SubjectKeys:
    """Finds and makes persons' keys, those of all waiting operations in one query.

    Args:
        capacity: Keys of each of the last two years kept in memory, unwrapped.
    """

    def __init__(self, store: EndingKeyStore, keyring: Keyring, *, capacity: int = 4_000) -> None:
        self._store = store
        self._keyring = keyring
        self._capacity = capacity
        self._years: dict[int, YearKeys] = {}
        self._epoch = -1
        self.group: GroupCommit[Sequence[SubjectKeyRow], Sequence[SubjectKeyRow]] = GroupCommit(
            self._keep, weigh=len
        )

    def of_year(self, year: int) -> YearKeys:
        """Return the hub's own keys of ``year``; only the last two years asked are kept."""
        keys = self._years.get(year)
        if keys is None:
            keys = self._years[year] = YearKeys(self._keyring, year, capacity=self._capacity)
            while len(self._years) > 2:  # noqa: PLR2004 — an old year and the new one
                del self._years[next(iter(self._years))]
        return keys

    def known(self, subjects: Sequence[PersonalCode], year: int) -> list[SubjectKey] | None:
        """Return what ``of`` would, if all of it is in memory; else None."""
        return self.of_year(year).known(subjects)

    async def of(
        self, subjects: Sequence[PersonalCode], year: int, deadline: float
    ) -> list[SubjectKey]:
        """Return everybody's key of ``year`` in the order asked; unknown ones are made.

        Args:
            subjects: Persons, each perhaps more than once.
            year: Of the operation's instant, UTC.
            deadline: In seconds of the loop's clock.

        Raises:
            ServiceUnavailable: ``audit_unavailable`` or ``overloaded``.
        """
        keys, epoch = self.of_year(year), self._epoch
        found = {code: keys.recall(code) for code in subjects}
        missing = [code for code, key in found.items() if key is None]
        candidates: list[SubjectKeyRow] = []
        for start in range(0, len(missing), SLICE):
            candidates += [keys.make(keys.index(code)) for code in missing[start : start + SLICE]]
            await asyncio.sleep(0)
        rows = await self.group.join(candidates, deadline) if candidates else ()
        for start in range(0, len(missing), SLICE):
            part = slice(start, start + SLICE)
            for code, row in zip(missing[part], rows[part], strict=True):
                found[code] = keys.remember(code, row)
            await asyncio.sleep(0)
        if epoch != self._epoch:  # these may have been read before they were destroyed
            self.forget()
        return [key for code in subjects if (key := found[code])]

    async def watch(self) -> None:
        """Look for keys destroyed, about once a second, until cancelled."""
        while True:
            await asyncio.sleep(WATCH_S)
            await self.look()

    async def look(self) -> None:
        """Forget every key if some were destroyed since the last look (decision 0372)."""
        with contextlib.suppress(ServiceUnavailable):
            epoch = await self._store.epoch()
            if epoch != self._epoch:
                self._epoch = epoch
                self.forget()

    def forget(self) -> None:
        """Keep no person's key in memory, nor a cipher made from one."""
        for keys in self._years.values():
            keys.forget()
        cipher.cache_clear()

    async def _keep(
        self, groups: Sequence[Sequence[SubjectKeyRow]]
    ) -> Sequence[Sequence[SubjectKeyRow]]:
        kept = iter(await self._store.keep([row for group in groups for row in group]))
        return [[next(kept) for _ in group] for group in groups]
