"""What the rooms need of each other and of the world, as Protocols.

Rooms on one floor never import one another; ``hub.app`` hands each what it needs.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from typing_extensions import override

from hub.model.agreement import Agreement, Operation, Quota
from hub.model.caller import Caller, Client, Credentials
from hub.model.catalogue import Catalogue, FieldId, Manifest
from hub.model.consent import ConsentEvent, ConsentFile, ConsentRecord, ConsentTerms, Stop, StopKind
from hub.model.decision import Consented, DecisionSet, Permit, Verdict
from hub.model.entry import Disclosure, Dissent, LogBatch, Receipt, StoredEntry, SubjectKeyRow
from hub.model.evidence import Absence, Ask, Facts, Order, Outcome, Provenance
from hub.model.personal_code import PersonalCode


class Clock(Protocol):
    """Time, so that tests can hold it still."""

    def now(self) -> datetime:
        """Return the present instant, aware, UTC."""

    def today(self) -> date:
        """Return the present day in Europe/Riga."""


class Keyring(Protocol):
    """Keys derived from the hub's master key, one per use."""

    def key(self, use: str) -> bytes:
        """Return the 32-byte key of ``use`` (``cache:employment``, ``index:2026``)."""


# ---- registers ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterConfig:
    """How one register is reached; ``url`` may hold a secret, so repr hides it."""

    url: str

    @override
    def __repr__(self) -> str:
        """Hide the address."""
        return "RegisterConfig(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A register's answer to one batched call.

    Attributes:
        facts: By the code asked; a code without a record is missing.
        as_of: Instant for which the register guarantees the answer, aware UTC.
    """

    facts: Mapping[PersonalCode, Facts]
    as_of: datetime


class Connector(Protocol):
    """One register; knows its wire, and nothing of callers, cache, policy or SQL of others."""

    @property
    def manifest(self) -> Manifest:
        """What the register declares about itself."""

    @property
    def facts_type(self) -> type[Facts]:
        """The msgspec Struct of its facts, with which the cache decodes."""

    def columns(self, fields: Collection[FieldId]) -> frozenset[str]:
        """Return the columns needed to answer ``fields`` (published leaves of this register)."""

    async def fetch(self, ask: Ask, codes: Sequence[PersonalCode]) -> Reply:
        """Ask the register once for all ``codes``.

        Raises:
            RegisterError: ``register_unavailable`` or ``register_malformed``.
        """

    def merge(self, facts: Sequence[Facts]) -> Facts:
        """Join the facts found under several codes of one person."""

    def present(
        self, facts: Facts, arguments: Mapping[str, Any], provenance: Provenance, today: date
    ) -> object | None:
        """Map facts to the published type, pure; None when there is nothing at that date.

        Args:
            facts: Already withheld to what the agreement may see; unasked columns are unset.
            arguments: The published field's coerced arguments by GraphQL name.
            provenance: Where the facts come from.
            today: Day in Europe/Riga that ``on`` defaults to.
        """

    def others(self, published: object) -> Sequence[tuple[str, PersonalCode]]:
        """Return the persons embedded in a presented object: (relation, code); they are counted."""

    async def ping(self) -> None:
        """Raise ``RegisterError`` when the register cannot be reached."""

    async def aclose(self) -> None:
        """Release connections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residence:
    """What policy needs to know of one person (population register).

    Attributes:
        codes: Codes of one history, current first; never across an adoption.
        territory: ATVK code of declared residence, None without one.
        born, died: Days; None when unknown or alive.
        guardians: Current codes of those who may act for the person.
    """

    codes: tuple[PersonalCode, ...]
    territory: str | None
    born: date | None
    died: date | None
    guardians: tuple[PersonalCode, ...] = ()


# ---- storage --------------------------------------------------------------------------------


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


class ConsentBook(Protocol):
    """Consents, restrictions and objections."""

    async def settle(self, permit: Permit, subjects: Collection[PersonalCode]) -> Consented:
        """Return what is in force now for all subjects, in one query.

        Raises:
            ServiceUnavailable: ``consent_unavailable``.
        """


class ConsentStore(Protocol):
    """Consents, restrictions and objections as kept; each raises ``consent_unavailable``."""

    async def in_force(
        self,
        terms: ConsentTerms,
        subjects: Collection[PersonalCode],
        at: datetime,
        *,
        consent: bool,
    ) -> Consented:
        """Answer for all in one query: who is stopped and, with ``consent``, who consents."""

    async def give(
        self, subject: PersonalCode, terms: ConsentTerms, event: ConsentEvent
    ) -> ConsentRecord:
        """Open a record, or renew the one in force on the same terms."""

    async def withdraw(
        self, subject: PersonalCode, agreement: str, event: ConsentEvent
    ) -> Sequence[str]:
        """End what the person gave under ``agreement``; return ids of the records ended."""

    async def stop(self, subject: PersonalCode, stop: Stop) -> None:
        """Begin a restriction or objection; beginning it twice changes nothing."""

    async def lift(
        self, subject: PersonalCode, kind: StopKind, purpose: str | None, at: datetime
    ) -> bool:
        """End one; False when there was none."""

    async def show(self, subject: PersonalCode) -> ConsentFile:
        """Return everything kept of one person, ended records included."""


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


# ---- rooms ----------------------------------------------------------------------------------


class Identify(Protocol):
    """Room ``caller``: from credentials to a verified client."""

    async def identify(self, credentials: Credentials) -> Client:
        """Verify the token; checks of binding and disabled clients run every time.

        Raises:
            BadRequest: ``header_conflict`` for a second ``Authorization`` header.
            Unauthenticated: Any code of that branch.
            ServiceUnavailable: ``issuer_unavailable``; ``audit_unavailable`` when the list of
                disabled clients can no longer be read.
        """


class PolicyEngine(Protocol):
    """Room ``policy``: agreements, guard rails, decision sets."""

    def choose(self, client: Client, credentials: Credentials) -> Caller:
        """Pick the agreement the caller invokes and check case and official.

        Raises:
            Refused: ``agreement_unknown``, ``agreement_ambiguous`` (lists numbers), …
            BadRequest: ``header_conflict``, ``header_invalid``.
            ServiceUnavailable: ``policy_unavailable``.
        """

    def edition(self) -> object:
        """Return what stands for all that decides, another object after any change.

        Raises:
            ServiceUnavailable: ``policy_unavailable``.
        """

    def action(self, caller: Caller, fields: Collection[FieldId]) -> Operation:
        """Tell whether an operation is a status check or asks for records."""

    def decisions(self, caller: Caller) -> DecisionSet:
        """Return the decision set of the caller's agreement, built once per policy version."""

    def decide(self, caller: Caller, fields: Collection[FieldId], action: str) -> Permit:
        """Make the permit, or refuse naming every excess field with its rule and reason.

        Raises:
            Refused: One per excess field, as ``Several``; each ``field``, ``rule``, ``reason``.
        """

    def explain(self, caller: Caller, fields: Collection[FieldId]) -> Sequence[Verdict]:
        """Return the verdict of every field asked, asking nothing of anybody."""

    def agreements(self, client_id: str) -> Sequence[Agreement]:
        """Return the client's agreements in force today."""


class Fetch(Protocol):
    """Room ``fetch``: cache, single flight, breaker, deadline, connector."""

    async def gather(
        self, permit: Permit, orders: Sequence[Order]
    ) -> Mapping[str, Mapping[PersonalCode, Outcome]]:
        """Ask every register once, side by side: register to (current code to outcome).

        A register that fails gives ``Unavailable`` outcomes of its own and nothing else; only
        cancellation leaves this method as an exception.
        """

    async def residences(
        self, permit: Permit, codes: Sequence[PersonalCode]
    ) -> Mapping[PersonalCode, Residence] | None:
        """Ask the population register once; None when it fails. Unknown codes are missing."""

    def peek(
        self, permit: Permit, orders: Sequence[Order]
    ) -> Mapping[str, Mapping[PersonalCode, Outcome]] | None:
        """Return what ``gather`` would, if this process has all of it at hand; else None."""

    def peek_residences(
        self, permit: Permit, codes: Sequence[PersonalCode]
    ) -> Mapping[PersonalCode, Residence] | None:
        """Return what ``residences`` would, if this process has all of it at hand; else None."""

    def grasp(
        self, permit: Permit, orders: Sequence[Order], code: PersonalCode
    ) -> Sequence[Any] | None:
        """Return what stands for the records just peeked at, of one person; None when some left."""

    def still(self, permit: Permit, grasped: Sequence[Any]) -> bool:
        """Tell whether peeking would find those very records again."""

    def forget(self, permit: Permit, codes: Collection[PersonalCode]) -> None:
        """Keep nothing at hand of these persons for this agreement, so that they are settled first
        the next time; what is kept elsewhere stays.
        """  # noqa: D205 — one sentence


class Answers(Protocol):
    """What resolvers read; ``info.context`` during assembly. Nothing here does I/O."""

    def part(self, code: PersonalCode, register: str, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401 — the published types differ
        """Return the published object of one register and person, or None."""

    def absences(self, code: PersonalCode) -> Sequence[Absence]:
        """Return what is missing of that person, by register asked."""

    def distinct(self, codes: Sequence[PersonalCode]) -> list[PersonalCode]:
        """Return ``codes``, each person once, in the order first asked."""

    @property
    def catalogue(self) -> Catalogue:
        """What is published."""
