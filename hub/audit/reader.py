"""Reading the log: for operators, the data-protection officer, and tests."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.audit.chain import leaf_of
from hub.audit.encoding import commitment
from hub.audit.keys import NONCE_BYTES, YearKeys
from hub.model.entry import Receipt, StoredEntry, SubjectEntry
from hub.model.personal_code import PersonalCode
from hub.ports import Keyring, KeyStore, LogStore


class LogReader:
    """Reads entries, and opens their sealed parts with the keyring."""

    def __init__(self, store: LogStore, keys: KeyStore, keyring: Keyring) -> None:
        self._store = store
        self._keys = keys
        self._keyring = keyring

    async def count(self, decision: str | None = None) -> int:
        """Return how many entries there are, of one decision or of all."""
        counts = await self._store.count()
        return counts.get(decision, 0) if decision else sum(counts.values())

    async def entries(self, operation_id: str) -> Sequence[StoredEntry]:
        """Return one operation's entries, the first person's first."""
        return await self._store.of_operation(operation_id)

    async def reveal(self, entry: StoredEntry) -> SubjectEntry | None:
        """Open an entry's sealed part; None when it has none, or its key was destroyed.

        Raises:
            InvalidTag: Entry or key was altered.
        """
        if entry.sealed is None or entry.index is None:
            return None
        told = opened(entry)
        year = int(told["at"][:4])
        wrapped = await self._keys.find(year, entry.index)
        if wrapped is None:
            return None
        secret = YearKeys(self._keyring, year).unwrap(entry.index, wrapped)
        nonce, sealed = entry.sealed[:NONCE_BYTES], entry.sealed[NONCE_BYTES:]
        document = orjson.loads(AESGCM(secret).decrypt(nonce, sealed, entry.operation_id.encode()))
        return SubjectEntry(
            subject=PersonalCode(document["subject"]),
            outcomes=document["outcomes"],
            consent=told.get("consent"),
            relation=document["relation"],
        )

    async def proves(self, receipt: Receipt) -> bool:
        """Tell whether the entries that ``receipt`` commits to are there, all and unaltered."""
        entries = await self.entries(receipt.id)
        if not entries:
            return False
        nonce = bytes.fromhex(opened(entries[0])["nonce"])
        return commitment(nonce, map(leaf_of, entries)) == receipt.commitment


def opened(entry: StoredEntry) -> Mapping[str, Any]:
    """Return an entry's open part."""
    document: Mapping[str, Any] = orjson.loads(entry.open)
    return document
