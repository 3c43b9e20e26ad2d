"""Building entries in one pass: everything of an operation but its place in a writer's chain."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from hub.audit.encoding import (
    NONCE_BYTES,
    SALT_BYTES,
    Hashing,
    begun_leaf,
    commitment,
    finished_leaf,
    length,
    whole_leaf,
)
from hub.audit.keys import NONCE_BYTES as CIPHER_NONCE_BYTES
from hub.audit.keys import SubjectKey, cipher
from hub.audit.opening import Template, template_of, utc
from hub.audit.sealing import Telling, room_of
from hub.audit.tlog.entrybytes import PARTS_BYTES
from hub.audit.tlog.logkey import LogKey
from hub.audit.tlog.promise import promised
from hub.errors import BadRequest, Code
from hub.model.entry import Disclosure, Header, Receipt, Run, SubjectEntry
from hub.model.personal_code import PersonalCode
from hub.model.stop import STOPPABLE_BASES

NO_INDEX: Final = bytes(32)
SLICE: Final = 500
"""Persons whose entries are built before others get their turn; some two milliseconds."""


@dataclass(slots=True, kw_only=True)
class Prepared:
    """One operation's entries, ready to be chained; columns are those of ``LogBatch``.

    Attributes:
        cited: Consent records, each with the person who gave it.
        watched: Persons disclosed on a basis that a restriction stops.
    """

    receipt: Receipt
    purpose: str
    runs: Sequence[Run]
    salts: bytes
    sealed: bytes
    indexes: bytes
    leaves: Sequence[bytes]
    cited: Sequence[tuple[str, PersonalCode]]
    watched: Sequence[PersonalCode]

    @property
    def year(self) -> int:
        """Year of the log that the entries belong to."""
        return utc(self.runs[0].at).year


def prepare(disclosure: Disclosure, keys: Sequence[SubjectKey], key: LogKey) -> Prepared:
    """Build an operation's entries: one per person, or one alone when it concerns nobody.

    Args:
        disclosure: What is to be logged.
        keys: Key of each of its subjects, in their order.
        key: The log's, which signs the promise.

    Raises:
        BadRequest: ``limit_exceeded``; an entry would be longer than the tree's bundles can hold.

    Source: DESIGN.md section 4.8; decisions 0301 and 0311.
    """
    if len(disclosure.subjects) == 1:
        return _alone(disclosure.header, disclosure.subjects[0], keys[0], key)
    building = Building(disclosure.header, key)
    building.add(disclosure.subjects, keys)
    return building.finished()


def _alone(header: Header, entry: SubjectEntry, key: SubjectKey, signing: LogKey) -> Prepared:
    """Build the entry of an operation about one person, which most operations are."""
    drawn = os.urandom(NONCE_BYTES + SALT_BYTES + CIPHER_NONCE_BYTES)
    nonce, salt = drawn[:NONCE_BYTES], drawn[NONCE_BYTES:-CIPHER_NONCE_BYTES]
    own = drawn[-CIPHER_NONCE_BYTES:]
    telling = Telling.of(
        tuple(entry.outcomes.items()),
        entry.relation,
        room_of(header.registers),
        header.article6 in STOPPABLE_BASES,
    )
    text = telling.text(key.quoted)
    sealed = own + cipher(key.secret).encrypt(own, text, header.operation_id.encode())
    opened = template_of(header).text(header, nonce.hex(), entry.consent)
    content = _bounded(opened, len(sealed))
    leaf = whole_leaf(content, salt, sealed)
    return Prepared(
        receipt=_receipt(header, commitment(nonce, (leaf,)), signing),
        purpose=header.purpose or "",
        runs=(Run(header.operation_id, header.at, opened, 1, len(sealed)),),
        salts=salt,
        sealed=sealed,
        indexes=key.index,
        leaves=(leaf,),
        cited=((entry.consent, entry.subject),) if entry.consent and _rests(header) else (),
        watched=(entry.subject,) if telling.watched else (),
    )


def _rests(header: Header) -> bool:
    """Tell whether consents named are what the entries rest on: a disclosure, not a word said."""
    return header.decision == "disclosed"


class Building:
    """An operation's entries under construction; persons may come in several turns."""

    def __init__(self, header: Header, key: LogKey) -> None:
        self._header = header
        self._key = key
        self._template: Template = template_of(header)
        self._nonce = os.urandom(NONCE_BYTES)
        self._hex = self._nonce.hex()
        self._associated = header.operation_id.encode()
        self._room = room_of(header.registers)
        self._stoppable = header.article6 in STOPPABLE_BASES
        self._runs: list[Run] = []
        self._salts: list[bytes] = []
        self._sealed: list[bytes] = []
        self._indexes: list[bytes] = []
        self._leaves: list[bytes] = []
        self._cited: list[tuple[str, PersonalCode]] = []
        self._watched: list[PersonalCode] = []
        self._opened = _NOTHING

    def add(self, subjects: Sequence[SubjectEntry], keys: Sequence[SubjectKey]) -> None:
        """Seal, salt and hash what concerns these persons, in their order.

        The one loop over persons: everything in it is looked up, drawn and joined beforehand
        where it can be.
        """
        count = len(subjects)
        salts, nonces = os.urandom(SALT_BYTES * count), os.urandom(CIPHER_NONCE_BYTES * count)
        tellings: dict[tuple[int, str], Telling] = {}
        opened, associated = self._opened, self._associated
        sealed, leaves, rests = self._sealed, self._leaves, _rests(self._header)
        salt_at = nonce_at = 0
        for entry, key in zip(subjects, keys, strict=True):
            # the disclosure holds its mappings, so that none of them changes its identity here
            known = id(entry.outcomes), entry.relation
            telling = tellings.get(known)
            if telling is None:
                telling = tellings[known] = self._telling(entry)
            nonce = nonces[nonce_at : (nonce_at := nonce_at + CIPHER_NONCE_BYTES)]
            text = telling.text(key.quoted)
            part = nonce + cipher(key.secret).encrypt(nonce, text, associated)
            if entry.consent != opened.consent or len(part) != opened.size:
                opened = self._open(entry.consent, len(part))
            if entry.consent and rests:
                self._cited.append((entry.consent, entry.subject))
            if telling.watched:
                self._watched.append(entry.subject)
            leaf = opened.begun.copy()
            leaf.update(salts[salt_at : (salt_at := salt_at + SALT_BYTES)] + opened.length + part)
            opened.count += 1
            sealed.append(part)
            leaves.append(leaf.digest())
        self._salts.append(salts)
        self._indexes += [key.index for key in keys]

    def finished(self) -> Prepared:
        """Return the operation; one without persons has an entry all the same."""
        if not self._leaves:
            self._add_nobody()
        self._close()
        header, told = self._header, commitment(self._nonce, self._leaves)
        return Prepared(
            receipt=_receipt(header, told, self._key),
            purpose=header.purpose or "",
            runs=self._runs,
            salts=b"".join(self._salts),
            sealed=b"".join(self._sealed),
            indexes=b"".join(self._indexes),
            leaves=self._leaves,
            cited=self._cited,
            watched=self._watched,
        )

    def _telling(self, entry: SubjectEntry) -> Telling:
        return Telling.of(
            tuple(entry.outcomes.items()), entry.relation, self._room, self._stoppable
        )

    def _open(self, consent: str | None, size: int) -> "_Opened":
        """Begin a run of entries that rest on ``consent`` and have sealed parts of ``size``."""
        self._close()
        if consent == self._opened.consent and self._opened.text:
            text = self._opened.text
        else:
            text = self._template.text(self._header, self._hex, consent)
        self._opened = _Opened(
            consent=consent, size=size, text=text, begun=begun_leaf(_bounded(text, size))
        )
        return self._opened

    def _close(self) -> None:
        opened, header = self._opened, self._header
        if opened.count:
            run = Run(header.operation_id, header.at, opened.text, opened.count, opened.size)
            self._runs.append(run)

    def _add_nobody(self) -> None:
        salt = os.urandom(SALT_BYTES)
        opened = self._open(None, 0)
        opened.count = 1
        self._salts.append(salt)
        self._indexes.append(NO_INDEX)
        self._leaves.append(finished_leaf(opened.begun, salt, None))


def _receipt(header: Header, told: str, key: LogKey) -> Receipt:
    promise = promised(key, header.operation_id, told, header.at)
    return Receipt(id=header.operation_id, commitment=told, promise=promise)


def _bounded(opened: str, size: int) -> bytes:
    """Return an open part's bytes, if the tree can hold them beside ``size`` sealed ones."""
    content = opened.encode()
    if len(content) + size > PARTS_BYTES:
        raise BadRequest(Code.LIMIT_EXCEEDED, "more is asked at once than one entry can record")
    return content


@dataclass(slots=True)
class _Opened:
    """The run of entries under way.

    Attributes:
        begun: The leaf hash of all of them, up to where they begin to differ.
        length: ``size`` as the leaf hash takes it.
    """

    consent: str | None
    size: int
    text: str
    begun: Hashing
    count: int = 0
    length: bytes = field(init=False)

    def __post_init__(self) -> None:
        """Write the length once for the whole run."""
        self.length = length(max(self.size, 0))


_NOTHING: Final = _Opened(consent=None, size=-1, text="", begun=begun_leaf(b""))
"""Before the first run; no entry is ever of this size."""
