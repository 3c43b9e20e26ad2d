"""What the hub needs of the world: time, keys, registers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol

from typing_extensions import override

from hub.model.catalogue import FieldId, Manifest
from hub.model.evidence import Ask, Facts, Provenance
from hub.model.guardianship import Representation
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

    async def fetch(self, ask: Ask, codes: Sequence[PersonalCode], reference: str) -> Reply:
        """Ask the register once for all ``codes``.

        Args:
            ask: What is wanted.
            codes: Of whom.
            reference: Told to the register with every message of this call, so that its own call
                log can be held against the hub's (``hub.model.reference``). A message that is
                sent again is a second call: it never carries a reference twice.

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


KIN: Final = FieldId("kin")
"""Leaf under which the population register's connector is asked for kin; nothing else asks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Whose household a person belongs to; lives in memory while the log is analysed.

    Attributes:
        surname: Present last name.
        home: Tells one declared address from another; None without one.
        relatives: Parents, children and spouse, by the codes that the register has of them.
    """

    surname: str | None
    home: bytes | None
    relatives: frozenset[PersonalCode]


@dataclass(frozen=True, slots=True, kw_only=True)
class Residence:
    """What policy needs to know of one person (population register).

    Attributes:
        codes: Codes of one history, current first; never across an adoption.
        territory: ATVK code of declared residence, None without one.
        born, died: Days; None when unknown or alive.
        guardians: Codes of those whom the register has as representatives today; none from whom
            the person is protected.
        representations: All relations that the register has, with their dates, for the rules of
            ``hub.consent.guardianship``.
        kin: Where ``KIN`` was asked.
    """

    codes: tuple[PersonalCode, ...]
    territory: str | None
    born: date | None
    died: date | None
    guardians: tuple[PersonalCode, ...] = ()
    representations: tuple[Representation, ...] = ()
    kin: Kin | None = None


class Kinship(Protocol):
    """The population register, asked who belongs to whose household."""

    async def of(self, codes: Collection[PersonalCode]) -> Mapping[PersonalCode, Residence]:
        """Return each person found, with ``kin``, by the code asked; a batched question.

        Raises:
            RegisterError: The register does not answer.
        """
