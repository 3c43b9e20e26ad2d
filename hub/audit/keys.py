"""Every person's own key of the year: destroying it makes their entries unreadable for good."""

import hmac
import os
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.audit.group import GroupCommit
from hub.model.entry import SubjectKeyRow
from hub.model.personal_code import PersonalCode
from hub.ports import Keyring, KeyStore

NONCE_BYTES = 12
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """A person's blind index and cipher of one year."""

    index: bytes
    cipher: AESGCM


class YearKeys:
    """The hub's own two keys of one year: for blind indexes, and to wrap persons' keys."""

    def __init__(self, keyring: Keyring, year: int) -> None:
        self._year = year
        self._index = keyring.key(f"index:{year}")
        self._wrapping = AESGCM(keyring.key(f"subject-key:{year}"))

    def index(self, code: PersonalCode) -> bytes:
        """Return the person's blind index, 32 bytes; without the key nobody can compute it."""
        return hmac.digest(self._index, code.encode(), "sha256")

    def make(self, index: bytes) -> SubjectKeyRow:
        """Make a random key for a person, wrapped."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._wrapping.encrypt(nonce, os.urandom(KEY_BYTES), self._place(index))
        return SubjectKeyRow(year=self._year, index=index, wrapped=nonce + sealed)

    def unwrap(self, index: bytes, wrapped: bytes) -> AESGCM:
        """Return the person's cipher.

        Raises:
            InvalidTag: The key was altered, or belongs to somebody else.
        """
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        return AESGCM(self._wrapping.decrypt(nonce, sealed, self._place(index)))

    def _place(self, index: bytes) -> bytes:
        return self._year.to_bytes(2, "big") + index


class SubjectKeys:
    """Finds and makes persons' keys, those of all waiting operations in one query.

    Args:
        capacity: Unwrapped keys kept in memory; the ones longest unused go first.
    """

    def __init__(self, store: KeyStore, keyring: Keyring, *, capacity: int = 20_000) -> None:
        self._store = store
        self._keyring = keyring
        self._capacity = capacity
        self._years: dict[int, YearKeys] = {}
        self._ciphers: OrderedDict[tuple[int, bytes], AESGCM] = OrderedDict()
        self.group: GroupCommit[Sequence[SubjectKeyRow], Sequence[SubjectKeyRow]] = GroupCommit(
            self._keep, weigh=len
        )

    def of_year(self, year: int) -> YearKeys:
        """Return the hub's own keys of ``year``."""
        if year not in self._years:
            self._years[year] = YearKeys(self._keyring, year)
        return self._years[year]

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
        keys = self.of_year(year)
        indexes = [keys.index(code) for code in subjects]
        ciphers = {index: self._ciphers.get((year, index)) for index in indexes}
        missing = [index for index, cipher in ciphers.items() if cipher is None]
        if missing:
            rows = await self.group.join([keys.make(index) for index in missing], deadline)
            ciphers |= {row.index: keys.unwrap(row.index, row.wrapped) for row in rows}
        found = [SubjectKey(index, cipher) for index in indexes if (cipher := ciphers[index])]
        self._remember(year, found)
        return found

    async def _keep(
        self, groups: Sequence[Sequence[SubjectKeyRow]]
    ) -> Sequence[Sequence[SubjectKeyRow]]:
        kept = iter(await self._store.keep([row for group in groups for row in group]))
        return [[next(kept) for _ in group] for group in groups]

    def _remember(self, year: int, found: Sequence[SubjectKey]) -> None:
        for key in found:
            self._ciphers[year, key.index] = key.cipher
            self._ciphers.move_to_end((year, key.index))
        while len(self._ciphers) > self._capacity:
            self._ciphers.popitem(last=False)
