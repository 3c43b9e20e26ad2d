"""Building entries: everything of an operation but its place in a writer's chain."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Final

from hub.audit.encoding import (
    NONCE_BYTES,
    SALT_BYTES,
    Hashing,
    begun_leaf,
    canonical,
    commitment,
    finished_leaf,
)
from hub.audit.keys import NONCE_BYTES as CIPHER_NONCE_BYTES
from hub.audit.keys import SubjectKey
from hub.model.entry import Disclosure, Header, Receipt, SubjectEntry
from hub.model.personal_code import PersonalCode

STOPPABLE: Final = frozenset({"A6-1-a", "A6-1-e", "A6-1-f"})
"""Bases on which a restriction or objection stops disclosure (GDPR 18, 21)."""
SEALED_STEP_BYTES: Final = 256
"""Sealed parts are padded to multiples of this: their length must not tell the outcome."""
_HEADER_FIELDS: Final = tuple(field.name for field in fields(Header))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One operation's entries, ready to be chained; lists have one item per entry.

    Attributes:
        cited: Consent records, each with the person who gave it.
        watched: Persons disclosed on a basis that a restriction stops.
    """

    header: Header
    receipt: Receipt
    opens: Sequence[str]
    salts: Sequence[bytes]
    sealed: Sequence[bytes | None]
    indexes: Sequence[bytes | None]
    leaves: Sequence[bytes]
    cited: Sequence[tuple[str, PersonalCode]]
    watched: Sequence[PersonalCode]


def prepare(disclosure: Disclosure, keys: Sequence[SubjectKey]) -> Prepared:
    """Build an operation's entries: one per person, or one alone when it concerns nobody.

    Args:
        disclosure: What is to be logged.
        keys: Key of each of its subjects, in their order.

    Source: DESIGN.md section 4.8; decision 0301.
    """
    header, subjects = disclosure.header, disclosure.subjects
    nonce = os.urandom(NONCE_BYTES)
    openings = _Openings(header, nonce)
    salts = _random(SALT_BYTES, max(1, len(subjects)))
    sealed: list[bytes | None] = [*seal_all(header, subjects, keys)] or [None]
    opened = [openings.of(entry.consent) for entry in subjects] or [openings.of(None)]
    leaves = [
        finished_leaf(begun, salt, part)
        for (_, begun), salt, part in zip(opened, salts, sealed, strict=True)
    ]
    return Prepared(
        header=header,
        receipt=Receipt(id=header.operation_id, commitment=commitment(nonce, leaves)),
        opens=[text for text, _ in opened],
        salts=salts,
        sealed=sealed,
        indexes=[key.index for key in keys] or [None],
        leaves=leaves,
        cited=[(entry.consent, entry.subject) for entry in subjects if entry.consent],
        watched=watched(header, subjects),
    )


def watched(header: Header, subjects: Sequence[SubjectEntry]) -> list[PersonalCode]:
    """Return whose restriction or objection would stop this disclosure."""
    if header.article6 not in STOPPABLE:
        return []
    return [entry.subject for entry in subjects if entry.discloses]


def seal_all(
    header: Header, subjects: Sequence[SubjectEntry], keys: Sequence[SubjectKey]
) -> list[bytes]:
    """Encrypt what concerns each person under that person's key: nonce, then ciphertext."""
    nonces = _random(CIPHER_NONCE_BYTES, len(subjects))
    place = header.operation_id.encode()
    return [
        nonce + key.cipher.encrypt(nonce, _sealable(entry), place)
        for entry, key, nonce in zip(subjects, keys, nonces, strict=True)
    ]


def instant(at: datetime) -> str:
    """Return an aware instant as entries write it, UTC to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _sealable(entry: SubjectEntry) -> bytes:
    text = canonical(
        {
            "outcomes": dict(entry.outcomes),
            "relation": entry.relation,
            "subject": str(entry.subject),
        }
    )
    return text.ljust(-(-len(text) // SEALED_STEP_BYTES) * SEALED_STEP_BYTES)


class _Openings:
    """Open parts of one operation: alike but for the consent record an entry rests on."""

    def __init__(self, header: Header, nonce: bytes) -> None:
        self._document = _open_part(header) | {"v": 1, "nonce": nonce.hex()}
        self._alike = self._encode(self._document)

    def of(self, consent: str | None) -> tuple[str, Hashing]:
        """Return the text, and its leaf hash begun."""
        return self._encode(self._document | {"consent": consent}) if consent else self._alike

    def _encode(self, document: Mapping[str, object]) -> tuple[str, Hashing]:
        encoded = canonical(document)
        return encoded.decode(), begun_leaf(encoded)


def _open_part(header: Header) -> dict[str, object]:
    """Return the header without what is empty; there is never a value or a personal code in it."""
    values = {name: getattr(header, name) for name in _HEADER_FIELDS}
    values["at"] = instant(header.at)
    return {name: value for name, value in values.items() if value not in (None, (), "", False)}


def _random(size: int, count: int) -> list[bytes]:
    """Return ``count`` random strings of ``size`` bytes, drawn at once."""
    drawn = os.urandom(size * count)
    return [drawn[start : start + size] for start in range(0, size * count, size)]
