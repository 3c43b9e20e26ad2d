"""What is kept, and the log, as rooms see them."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from hub.model.agreement import Quota
from hub.model.entry import Disclosure, Dissent, LogBatch, Receipt, StoredEntry, SubjectKeyRow
from hub.model.personal_code import PersonalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAgreement:
    """One revision as kept: the document, and each controller's Ed25519 signature over it.

    Attributes:
        logged_hash: Hash that the access log holds for this document; None when it holds none.
    """

    number: str
    revision: int
    document: bytes
    signatures: Mapping[str, bytes]
    logged_hash: str | None


class AgreementStore(Protocol):
    """Agreement revisions in PostgreSQL."""

    async def latest(self) -> Sequence[StoredAgreement]:
        """Return the newest revision of every agreement."""

    async def version(self) -> int:
        """Return a number that grows with every change, cheap to ask."""


class ClientStore(Protocol):
    """Clients an operator has disabled."""

    async def disabled(self) -> frozenset[str]:
        """Return ids of disabled clients."""


class ScopeStore(Protocol):
    """Caseloads and cases."""

    async def members(
        self, agreement: str, case: str | None, codes: Collection[PersonalCode]
    ) -> frozenset[PersonalCode]:
        """Return those of ``codes`` on the agreement's caseload, or tied to ``case`` when given."""


class QuotaCounter(Protocol):
    """Distinct subjects used under an agreement in a period."""

    async def reserve(
        self, agreement: str, quota: Quota, subjects: Collection[PersonalCode], now: datetime
    ) -> None:
        """Count ``subjects``, all or none.

        Raises:
            Refused: ``quota_exhausted`` with ``limit`` and ``resetsAt``.
            ServiceUnavailable: ``quota_unavailable``.
        """

    async def used(self, agreement: str, quota: Quota, now: datetime) -> int:
        """Return distinct subjects counted in the present period."""


class ConsentChanged(Exception):
    """Between settling and commit a cited consent ended, or a restriction began.

    Attributes:
        subjects: Persons whose disclosure no longer stands; their ``repr`` hides the codes.
    """

    def __init__(self, subjects: Collection[PersonalCode] = ()) -> None:
        """Name the persons concerned."""
        super().__init__("a consent ended or a restriction began before the entry was committed")
        self.subjects = frozenset(subjects)


class LogStore(Protocol):
    """Rows of the access log: added and read, never changed; raises ``audit_unavailable``."""

    async def insert(self, batch: LogBatch) -> Dissent:
        """Commit all, or nothing when somebody dissents; a failure leaves open which."""

    async def of_operation(self, operation_id: str) -> Sequence[StoredEntry]:
        """Return one operation's entries in the order of their sequence."""

    async def of_writer(self, writer: UUID) -> Sequence[StoredEntry]:
        """Return one writer's entries in the order of their sequence."""

    async def writers(self) -> Sequence[UUID]:
        """Return everybody who ever wrote."""

    async def count(self) -> Mapping[str, int]:
        """Return how many entries there are of each decision."""


class KeyStore(Protocol):
    """Wrapped keys, one per person and year; raises ``audit_unavailable``."""

    async def keep(self, candidates: Sequence[SubjectKeyRow]) -> Sequence[SubjectKeyRow]:
        """Keep each candidate whose person has no key yet; return everybody's, in one query."""

    async def find(self, year: int, index: bytes) -> bytes | None:
        """Return one wrapped key, None where it was destroyed."""


class Pending(Protocol):
    """Entries on their way to their commit, so that the answer can be encoded meanwhile."""

    @property
    def receipt(self) -> Receipt:
        """The receipt promised; worth nothing, and shown to nobody, before ``committed``."""

    @property
    def early(self) -> bool:
        """Whether encoding pays before ``committed``; else asking for the receipt now costs."""

    async def committed(self) -> Receipt:
        """Wait for the commit.

        Raises:
            ServiceUnavailable: ``audit_unavailable``, within two seconds.
            ConsentChanged: A consent cited is no longer in force; nothing was written.
        """


class AccessLog(Protocol):
    """The durable log; the only maker of receipts."""

    async def enter(self, disclosure: Disclosure) -> Pending:
        """Put all entries of one operation on their way; whoever releases waits for the commit.

        Raises:
            ServiceUnavailable: ``audit_unavailable`` or ``overloaded``.
        """

    async def append(self, disclosure: Disclosure) -> Receipt:
        """Commit all entries of one operation, then return.

        Raises:
            ServiceUnavailable: ``audit_unavailable``, within two seconds.
            ConsentChanged: A consent cited is no longer in force; nothing was written.
        """


class Pulse(Protocol):
    """Whether the database that holds the log answers, known without asking."""

    def guarded(self) -> AbstractAsyncContextManager[None]:
        """Carry out a block while the log can be written; give it up as soon as it cannot.

        A failure of another part of the same database is told as the log's own: nothing leaves.

        Raises:
            ServiceUnavailable: ``audit_unavailable``, at once or in the midst of the block.
        """
