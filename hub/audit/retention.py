"""Holds, orders of two officers, and the end of a year's retention; each step is an entry."""

import os
import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.audit.keys import NONCE_BYTES, YearKeys
from hub.audit.tlog.ended import QUESTION as YEAR_RETIRED
from hub.errors import BadRequest, Code, HubError, Refused, ServiceUnavailable
from hub.model.entry import Disclosure, Header, SubjectEntry
from hub.model.personal_code import PersonalCode
from hub.model.reason import checked_reason
from hub.model.retention import (
    DestructionOrder,
    Hold,
    HoldKind,
    RetentionTerms,
    YearEnded,
    checked_officer,
)
from hub.ports import AccessLog, Clock, Keyring
from hub.ports.oversight import RetentionStore

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
"""A hold on a person covers every year there can be a key of: later ones too."""
_ID_BYTES: Final = 8


class YearStore(Protocol):
    """Years of the log, as the tables' owner sees them."""

    async def obstacles(self, year: int) -> Sequence[str]:
        """Return what forbids ending a year's retention now."""

    async def size(self, year: int) -> YearEnded:
        """Return what would be dropped with a year."""

    async def retire(self, year: int) -> tuple[Sequence[str], YearEnded | None]:
        """Drop a year's entries and keys; return what forbade it, or what was dropped."""


class Retention:
    """What officers do about keeping and destroying.

    # INVARIANT: nothing here destroys anything by itself: PostgreSQL's functions do, and look for
    # the second officer, holds and open findings themselves.
    """

    def __init__(
        self, store: RetentionStore, log: AccessLog, keyring: Keyring, clock: Clock
    ) -> None:
        self._store = store
        self._log = log
        self._keyring = keyring
        self._clock = clock
        self._cipher = AESGCM(keyring.key("oversight"))

    # ---- holds ------------------------------------------------------------------------------

    async def hold(
        self,
        kind: HoldKind,
        *,
        officer: str,
        reason: str,
        person: PersonalCode | None = None,
        year: int | None = None,
        agreement: str | None = None,
    ) -> Hold:
        """Forbid destroying what concerns a person, a year or an agreement.

        Its entry names no person: a hold may be part of an inquiry.

        Args:
            kind: Which of the three is named.
            officer: As ``institution/office``.
            reason: 10 to 300 characters, without a personal code.
            person: Whose keys; of ``year`` alone where that is named too.
            year: Essential for a hold on a year.
            agreement: Number; its entries of ``year`` alone where that is named too.

        Raises:
            BadRequest: ``hold_invalid``, ``officer_invalid`` or ``reason_invalid``.
            ServiceUnavailable: ``audit_unavailable``.

        Source: GDPR 18(1)(c), 17(3)(e).
        """
        named = {HoldKind.PERSON: person, HoldKind.YEAR: year, HoldKind.AGREEMENT: agreement}
        others = {HoldKind.PERSON: agreement, HoldKind.YEAR: person or agreement}
        if named[kind] is None or others.get(kind, person) is not None:
            raise BadRequest(Code.HOLD_INVALID)
        made = Hold(
            id=secrets.token_hex(_ID_BYTES),
            kind=kind,
            year=year,
            agreement=agreement,
            person=person,
            reason=checked_reason(reason),
            officer=checked_officer(officer),
            at=self._clock.now(),
        )
        years = range(FIRST_YEAR, LAST_YEAR) if year is None else (year,)
        indexes = [(each, self._index(each, person)) for each in years] if person else []
        await self._enter("setHold", made.id, made.officer, made.reason)
        await self._store.set_hold(made, self._sealed(made.id, person), indexes)
        return made

    async def lift(self, hold: str, *, officer: str, reason: str) -> None:
        """End a hold, and forget whom it was about.

        Raises:
            BadRequest: ``order_unknown``, ``officer_invalid`` or ``reason_invalid``.
            ServiceUnavailable: ``audit_unavailable``.
        """
        who, why = checked_officer(officer), checked_reason(reason)
        if hold not in {each.id for each in await self.holds() if each.lifted_at is None}:
            raise BadRequest(Code.ORDER_UNKNOWN)
        await self._enter("liftHold", hold, who, why)
        if not await self._store.lift_hold(hold, who, self._clock.now()):
            raise BadRequest(Code.ORDER_UNKNOWN)

    async def holds(self) -> Sequence[Hold]:
        """Return every hold, the newest first, those lifted too.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
        """
        return [
            replace(hold, person=self._opened(hold.id, sealed))
            for hold, sealed in await self._store.holds()
        ]

    # ---- orders of two officers -------------------------------------------------------------

    async def order(
        self, person: PersonalCode, years: Collection[int], *, officer: str, ground: str
    ) -> DestructionOrder:
        """Record the first officer's order to destroy a person's keys of some years.

        Args:
            person: Whose entries nobody shall read any more.
            years: Of the log (UTC).
            officer: As ``institution/office``.
            ground: Legal ground, 10 to 300 characters, without a personal code.

        Raises:
            BadRequest: ``officer_invalid``, ``reason_invalid``, or ``parameter_invalid``.
            ServiceUnavailable: ``audit_unavailable``.

        Source: GDPR 17(1).
        """
        asked = sorted(set(years))
        if not asked or not FIRST_YEAR <= asked[0] <= asked[-1] < LAST_YEAR:
            raise BadRequest(Code.PARAMETER_INVALID, "name the years of the log")
        made = DestructionOrder(
            id=secrets.token_hex(_ID_BYTES),
            ground=checked_reason(ground),
            years=asked,
            person=person,
            ordered_by=checked_officer(officer),
            ordered_at=self._clock.now(),
        )
        sealed = self._sealed(made.id, person)
        assert sealed is not None  # noqa: S101 — there is a person
        await self._enter("orderDestruction", made.id, made.ordered_by, made.ground, person)
        await self._store.order(made, sealed, self._indexes(asked, person))
        return made

    async def confirm(
        self, order: str, person: PersonalCode, *, officer: str, reason: str
    ) -> DestructionOrder:
        """Record the second officer's confirmation, who names the person once more.

        Raises:
            BadRequest: ``order_unknown`` (of another person, too), ``officer_invalid`` or
                ``reason_invalid``.
            Refused: ``officer_same``.
            ServiceUnavailable: ``audit_unavailable``.
        """
        who, why = checked_officer(officer), checked_reason(reason)
        known = await self._known(order)
        await self._enter("confirmDestruction", order, who, why, person)
        indexes = self._indexes(known.years, person)
        if told := await self._store.confirm(order, indexes, who, self._clock.now()):
            raise await self._refused("confirmDestruction", order, who, why, [told])
        return await self._known(order)

    async def carry_out(self, order: str, *, officer: str) -> DestructionOrder:
        """Destroy the keys of an order that two officers gave.

        Raises:
            BadRequest: ``order_unknown`` or ``officer_invalid``.
            Refused: ``order_unconfirmed``, ``records_held`` or ``finding_open``.
            ServiceUnavailable: ``entries_unsequenced`` or ``audit_unavailable``.
        """
        who = checked_officer(officer)
        step, known = "carryOutDestruction", await self._known(order)
        if obstacles := await self._store.obstacles(order):
            raise await self._refused(step, order, who, known.ground, obstacles)
        await self._enter(step, order, who, known.ground)
        obstacles, keys = await self._store.carry_out(order, self._clock.now())
        if obstacles:
            raise await self._refused(step, order, who, known.ground, obstacles)
        await self._enter("destroyed", order, who, f"keys destroyed: {keys}")
        return await self._known(order)

    async def finish(self, order: str) -> bool:
        """Delete the blind indexes of a carried-out order's entries.

        Returns:
            False before all of them were sequenced; it may be asked again.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
        """
        return await self._store.finish(order, self._clock.now())

    async def orders(self) -> Sequence[DestructionOrder]:
        """Return every order, the newest first.

        Raises:
            ServiceUnavailable: ``audit_unavailable``.
        """
        return [
            replace(order, person=self._opened(order.id, sealed))
            for order, sealed in await self._store.orders()
        ]

    # ---- the end of a year ------------------------------------------------------------------

    async def check_year(self, years: YearStore, year: int, terms: RetentionTerms) -> YearEnded:
        """Return what would be dropped with a year, if it may be.

        Raises:
            Refused: ``retention_not_over``, ``records_held`` or ``finding_open``.
            ServiceUnavailable: ``entries_unsequenced`` or ``audit_unavailable``.
        """
        if self._clock.now().year < terms.ends(year):
            raise Refused(Code.RETENTION_NOT_OVER, until=terms.ends(year))
        if obstacles := await years.obstacles(year):
            raise _obstacle(obstacles)
        return await years.size(year)

    async def retire_year(
        self, years: YearStore, year: int, terms: RetentionTerms, *, officer: str
    ) -> YearEnded:
        """Drop a year's entries and keys; its tree and checkpoints stay.

        Both are entries: that somebody set about it, and that it was done. Only the second
        accounts for entries that are missing. Where it could not be written, asking again does it.

        Raises:
            BadRequest: ``officer_invalid``.
            Refused: As ``check_year``.
            ServiceUnavailable: As ``check_year``.

        Source: GDPR 5(1)(e).
        """
        who = checked_officer(officer)
        await self.check_year(years, year, terms)
        reason = f"retention of {year} is over: {terms.years} years"
        await self._enter("retireYear", str(year), who, reason)
        obstacles, ended = await years.retire(year)
        if ended is None:
            raise await self._refused("retireYear", str(year), who, reason, obstacles)
        dropped = f"{reason}; entries dropped: {ended.entries}, keys: {ended.keys}"
        await self._enter(YEAR_RETIRED, str(year), who, dropped)
        return ended

    # ---- what they share --------------------------------------------------------------------

    async def _known(self, order: str) -> DestructionOrder:
        for each in await self.orders():
            if each.id == order:
                return each
        raise BadRequest(Code.ORDER_UNKNOWN)

    async def _refused(
        self, question: str, case: str, officer: str, reason: str, obstacles: Sequence[str]
    ) -> HubError:
        """Put a step that was refused on the log; return the refusal."""
        refusal = _obstacle(obstacles)
        await self._enter(question, case, officer, reason, refusal=refusal)
        return refusal

    async def _enter(
        self,
        question: str,
        case: str,
        officer: str,
        reason: str,
        person: PersonalCode | None = None,
        refusal: HubError | None = None,
    ) -> None:
        """Put a step on the log; a carried-out order names nobody, lest it make a key anew."""
        header = Header(
            operation_id=secrets.token_hex(16),
            at=self._clock.now(),
            decision="oversight",
            question=(question,),
            case=case,
            official=officer,
            recipient=officer.partition("/")[0],
            reason=reason,
            codes=(refusal.code.code,) if refusal else (),
        )
        subjects = (SubjectEntry(subject=person, outcomes={}),) if person else ()
        await self._log.append(Disclosure(header=header, subjects=subjects))

    def _index(self, year: int, person: PersonalCode) -> bytes:
        return YearKeys(self._keyring, year).index(person)

    def _indexes(self, years: Collection[int], person: PersonalCode) -> list[bytes]:
        return [self._index(year, person) for year in years]

    def _sealed(self, place: str, person: PersonalCode | None) -> bytes | None:
        if person is None:
            return None
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, person.encode(), place.encode())

    def _opened(self, place: str, sealed: bytes | None) -> PersonalCode | None:
        if sealed is None:
            return None
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return PersonalCode(self._cipher.decrypt(nonce, rest, place.encode()).decode())


_OBSTACLES: Final = (
    ("unknown", BadRequest, Code.ORDER_UNKNOWN),
    ("other_person", BadRequest, Code.ORDER_UNKNOWN),
    ("same_officer", Refused, Code.OFFICER_SAME),
    ("unconfirmed", Refused, Code.ORDER_UNCONFIRMED),
    ("running", Refused, Code.RETENTION_NOT_OVER),
    ("held", Refused, Code.RECORDS_HELD),
    ("finding", Refused, Code.FINDING_OPEN),
    ("unsequenced", ServiceUnavailable, Code.ENTRIES_UNSEQUENCED),
)
"""What PostgreSQL names, the gravest first, and how it is told."""


def _obstacle(found: Sequence[str]) -> HubError:
    return next(kind(code) for name, kind, code in _OBSTACLES if name in found)
