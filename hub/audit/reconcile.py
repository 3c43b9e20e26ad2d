"""Holds a register's own call log against the access log: who used the hub's credential?

A call whose reference the hub wrote, once, for that register, is the hub's; it either has entries
that name the register, or nothing was released. Any other call under the hub's credential was made
by somebody else who has it (decision 0342).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from hub.model.reference import Reference, read_reference

_AT_ONCE: Final = 2_000
"""Calls looked up in one query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One line of a register's own call log.

    Attributes:
        at: When the register was asked, aware.
        credential: Under which it was asked, as the register names it.
        reference: As the caller told it; "" when it told none.
        persons: How many personal codes were asked about; None when the register cannot say.
        session: Of the connection or token, where the register tells; "" where not.
    """

    at: datetime
    credential: str
    reference: str
    persons: int | None
    session: str = ""


class Finding(StrEnum):
    """Why a call was not the hub's."""

    UNREFERENCED = "no reference"
    UNKNOWN = "a reference the hub never wrote for this register"
    REPEATED = "reference used again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A call that the hub did not make."""

    call: Call
    finding: Finding


@dataclass(slots=True, kw_only=True)
class Account:
    """How a register's calls compare with the access log.

    Attributes:
        matched: Made by the hub, for an operation with entries that name the register.
        unentered: Made by the hub, and nothing was released: withheld, refused, given up.
        outside: Made by somebody else, in the order of the register's log.
    """

    register: str
    calls: int = 0
    matched: int = 0
    unentered: list[Call] = field(default_factory=list)
    outside: list[Outside] = field(default_factory=list)


class Released(Protocol):
    """Reads of operations what the access log tells."""

    async def registers(self, operations: Collection[str]) -> Mapping[str, Collection[str]]:
        """Return the registers that entries name, by operation; none where nothing was released.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
        """


class Reconciliation:
    """Compares one register's calls, which may be many, as they are read."""

    def __init__(
        self, register: str, key: bytes, *, published: bool, since: datetime | None = None
    ) -> None:
        """Expect calls of ``register``.

        Args:
            register: Its name.
            key: Of the references it is told.
            published: Whether entries name it; the population register is asked for every
                question about persons, so entries do not.
            since: Tell of no earlier call; those only show whose reference is used again.
        """
        self.account = Account(register=register)
        self._key = key
        self._published = published
        self._since = since
        self._spoken: dict[Reference, tuple[int, str]] = {}

    async def compare(
        self, calls: Iterable[Call], released: Released, seen: Callable[[int], None]
    ) -> Account:
        """Compare all ``calls``, in the order of time.

        Args:
            calls: Of this register.
            released: The access log.
            seen: Told how many more were compared.
        """
        part: list[tuple[Call, Reference]] = []
        for call in calls:
            seen(1)
            reference = read_reference(call.reference, self._key)
            repeated = reference is not None and self._repeated(call, reference)
            if self._since is not None and call.at < self._since:
                continue
            self.account.calls += 1
            if reference is None or repeated:
                self._find(call, reference)
                continue
            part.append((call, reference))
            if len(part) >= _AT_ONCE:
                await self._look_up(part, released)
                part = []
        await self._look_up(part, released)
        return self.account

    def _repeated(self, call: Call, reference: Reference) -> bool:
        """Tell whether more was asked with a reference than it was written for, or elsewhere.

        The hub asks about somebody: a call about nobody, a count of all say, is not its own.
        One call of the hub may reach the register in parts, which share reference and session.
        """
        spoken = self._spoken.get(reference)
        persons = reference.persons if call.persons is None else call.persons
        asked = persons + (spoken[0] if spoken else 0)
        if persons < 1 or asked > reference.persons or (spoken and spoken[1] != call.session):
            return True
        self._spoken[reference] = asked, call.session
        return False

    def _find(self, call: Call, reference: Reference | None) -> None:
        finding = Finding.UNKNOWN if call.reference else Finding.UNREFERENCED
        if reference is not None:
            finding = Finding.REPEATED
        self.account.outside.append(Outside(call=call, finding=finding))

    async def _look_up(self, part: Sequence[tuple[Call, Reference]], released: Released) -> None:
        if not part:
            return
        account = self.account
        named = await released.registers({reference.operation_id for _, reference in part})
        for call, reference in part:
            registers = named.get(reference.operation_id)
            if registers is None or (self._published and account.register not in registers):
                account.unentered.append(call)
            else:
                account.matched += 1
