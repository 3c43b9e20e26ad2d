"""Building entries: everything of an operation but its place in a writer's chain."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Final

import orjson

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
from hub.model.consent import STOPPABLE_BASES
from hub.model.entry import Disclosure, Header, Opening, Receipt, SubjectEntry
from hub.model.personal_code import PersonalCode

PERSON_BYTES: Final = 96
OUTCOME_BYTES: Final = 32
"""Room for the person and the relation, and for a register's outcome beside its name."""
_HEADER_FIELDS: Final = tuple(field.name for field in fields(Header))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One operation's entries, ready to be chained; lists have one item per entry.

    Attributes:
        openings, which: Open parts, and the position among them of each entry's own.
        cited: Consent records, each with the person who gave it.
        watched: Persons disclosed on a basis that a restriction stops.
    """

    header: Header
    receipt: Receipt
    openings: Sequence[Opening]
    which: Sequence[int]
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
    which = [openings.place(entry.consent) for entry in subjects] or [openings.place(None)]
    salts = _random(SALT_BYTES, len(which))
    sealed: list[bytes | None] = [*seal_all(header, subjects, keys)] or [None]
    leaves = [
        finished_leaf(openings.begun[place], salt, part)
        for place, salt, part in zip(which, salts, sealed, strict=True)
    ]
    return Prepared(
        header=header,
        receipt=Receipt(id=header.operation_id, commitment=commitment(nonce, leaves)),
        openings=openings.made,
        which=which,
        salts=salts,
        sealed=sealed,
        indexes=[key.index for key in keys] or [None],
        leaves=leaves,
        cited=[(entry.consent, entry.subject) for entry in subjects if entry.consent],
        watched=watched(header, subjects),
    )


def watched(header: Header, subjects: Sequence[SubjectEntry]) -> list[PersonalCode]:
    """Return whose restriction or objection would stop this disclosure."""
    if header.article6 not in STOPPABLE_BASES:
        return []
    return [entry.subject for entry in subjects if entry.discloses]


def seal_all(
    header: Header, subjects: Sequence[SubjectEntry], keys: Sequence[SubjectKey]
) -> list[bytes]:
    """Encrypt what concerns each person under that person's key: nonce, then ciphertext."""
    nonces = _random(CIPHER_NONCE_BYTES, len(subjects))
    place = header.operation_id.encode()
    room = PERSON_BYTES + sum(len(name) + OUTCOME_BYTES for name in header.registers)
    return [
        nonce + key.cipher.encrypt(nonce, _sealable(entry, room), place)
        for entry, key, nonce in zip(subjects, keys, nonces, strict=True)
    ]


def instant(at: datetime) -> str:
    """Return an aware instant as entries write it, in UTC."""
    return orjson.dumps(at.astimezone(UTC), option=orjson.OPT_UTC_Z).decode().strip('"')


def _sealable(entry: SubjectEntry, room: int) -> bytes:
    """Return the text to seal, as long as the operation's others: length must tell no outcome."""
    told = {"outcomes": dict(entry.outcomes), "relation": entry.relation, "subject": entry.subject}
    text = canonical(told)
    return text.ljust(-(-len(text) // room) * room)


class _Openings:
    """Open parts of one operation: alike but for the consent record an entry rests on."""

    def __init__(self, header: Header, nonce: bytes) -> None:
        self._header = header
        self._document = _open_part(header) | {"v": 1, "nonce": nonce.hex()}
        self._places: dict[str | None, int] = {}
        self.made: list[Opening] = []
        self.begun: list[Hashing] = []

    def place(self, consent: str | None) -> int:
        """Return the position of the open part that names ``consent``, made at first need."""
        known = self._places.get(consent)
        if known is None:
            known = self._places[consent] = len(self.made)
            self._make(self._document | {"consent": consent} if consent else self._document)
        return known

    def _make(self, document: Mapping[str, object]) -> None:
        encoded = canonical(document)
        header, text = self._header, encoded.decode()
        self.made.append(Opening(operation_id=header.operation_id, at=header.at, open=text))
        self.begun.append(begun_leaf(encoded))


def _open_part(header: Header) -> dict[str, object]:
    """Return the header without what is empty; there is never a value or a personal code in it."""
    told = {name: value for name in _HEADER_FIELDS if (value := getattr(header, name))}
    return told | {"at": instant(header.at)}


def _random(size: int, count: int) -> list[bytes]:
    """Return ``count`` random strings of ``size`` bytes, drawn at once."""
    drawn = os.urandom(size * count)
    return [drawn[start : start + size] for start in range(0, size * count, size)]
